//! From options to the core: data folder, server, trust, patterns, log.

use std::path::PathBuf;
use std::sync::Arc;

use apoa_core::codes::Code;
use apoa_core::permit::{Date, Patterns};
use apoa_core::report::deadline::Zone;
use apoa_core::{ApoaClient, Clock as _, Config, FileVault, Ports, SystemClock, SystemRandom, Trust};
use url::Url;

use crate::args::Global;
use crate::failure::{Failure, Stop};
use crate::output::{Output, WARN};

/// The client id that deployments know this program by.
const CLIENT_ID: &str = "apoa-cli";

/// What a command needs of server and trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nothing: saving, listing and counting work whatever the trust file's state.
    Local,
    /// Options win over what `login` remembered.
    Server,
}

/// Opens the data folder.
pub(crate) fn open(global: &Global, reach: Reach) -> Result<Arc<ApoaClient>, Stop> {
    let (server, trust) = match reach {
        Reach::Local => (None, None),
        Reach::Server => (server(global)?, trust(global)?),
    };
    open_with(global, server, trust)
}

/// Opens the data folder with this server and this trust.
pub(crate) fn open_with(
    global: &Global,
    server: Option<Url>,
    trust: Option<Trust>,
) -> Result<Arc<ApoaClient>, Stop> {
    let data_dir = data_dir(global)?;
    let random = Arc::new(SystemRandom);
    let ports = Ports {
        vault: Arc::new(FileVault::new(data_dir.join("keys"), random.clone())),
        clock: Arc::new(SystemClock::new()),
        random,
        observer: None,
    };
    let platform = std::env::consts::OS.to_owned();
    let config = Config { data_dir, server, trust, client_id: CLIENT_ID.to_owned(), platform };
    Ok(Arc::new(ApoaClient::open(config, ports)?))
}

/// Opens the data folder of somebody who signed in here once.
pub(crate) fn open_signed_in(global: &Global) -> Result<Arc<ApoaClient>, Stop> {
    let client = open(global, Reach::Local)?;
    if client.account()?.is_none() {
        return Err(Failure::new(Code::SignInNeeded).into());
    }
    Ok(client)
}

fn data_dir(global: &Global) -> Result<PathBuf, Stop> {
    if let Some(folder) = &global.data {
        return Ok(folder.clone());
    }
    let home = directories::ProjectDirs::from("", "", "apoa");
    home.map(|found| found.data_dir().to_owned())
        .ok_or_else(|| Stop::usage("no home folder is known: give --data DIR"))
}

/// The server of the options; an address that is none counts as missing.
pub(crate) fn server(global: &Global) -> Result<Option<Url>, Stop> {
    let Some(text) = &global.server else { return Ok(None) };
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" => Ok(Some(url)),
        Ok(_) => {
            Err(Failure::new(Code::ServerMissing).because(&"the address must begin with https://").into())
        }
        Err(error) => Err(Failure::new(Code::ServerMissing).because(&error).into()),
    }
}

/// The trust file of the options.
pub(crate) fn trust(global: &Global) -> Result<Option<Trust>, Stop> {
    let Some(path) = &global.trust else { return Ok(None) };
    let missing = |cause: String| Failure::new(Code::TrustMissing).because(&cause);
    let pem = std::fs::read_to_string(path).map_err(|error| missing(error.to_string()))?;
    Ok(Some(Trust::from_pem(&pem).map_err(|problem| missing(problem.to_string()))?))
}

/// The patterns payloads are read by: from a file if one is given, else the built-in ones.
pub(crate) fn patterns(global: &Global, out: &Output) -> Result<Patterns, Stop> {
    let Some(path) = &global.patterns else { return Ok(Patterns::default()) };
    let json =
        std::fs::read_to_string(path).map_err(|error| Failure::new(Code::PatternsRefused).because(&error))?;
    let patterns =
        Patterns::from_json(&json).map_err(|error| Failure::new(Code::PatternsRefused).because(&error))?;
    out.note(&format!("{WARN}{}{WARN:#}", out.word("cli-patterns-unsigned", &[])));
    Ok(patterns)
}

/// Today where most lodgings are; a command without a store knows no unit.
pub(crate) fn today() -> Date {
    Zone::default().day(SystemClock::new().wall())
}

/// Sends the core's log to stderr if asked for. It never holds personal data.
pub(crate) fn log(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing_subscriber::filter::LevelFilter::INFO,
        _ => tracing_subscriber::filter::LevelFilter::TRACE,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}
