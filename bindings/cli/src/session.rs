//! From options to the core: data folder, server, trust, patterns, log.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use apoa_core::codes::Code;
use apoa_core::permit::{Date, Patterns};
use apoa_core::report::deadline::Zone;
use apoa_core::report::profile::ProfileField;
use apoa_core::{ApoaClient, Clock as _, Config, FileVault, Ports, SystemClock, SystemRandom, Trust};
use clap::ValueEnum as _;
use url::Url;

use crate::args::{Global, Lang};
use crate::failure::{Failure, Stop};
use crate::output::{Output, WARN};

/// The client id that deployments know this program by.
const CLIENT_ID: &str = "apoa-cli";

/// A command that saves or lists has the data folder for less than this together.
const BUSY_TRIES: u32 = 10;
const BUSY_PAUSE: Duration = Duration::from_millis(100);

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
    let client = Arc::new(ApoaClient::open(config, ports)?);
    let _ = global.of_unit.zone.set(client.zone());
    Ok(client)
}

/// Opens a data folder in which somebody signed in once, whether or not a member is active now.
pub(crate) fn open_known(global: &Global) -> Result<Arc<ApoaClient>, Stop> {
    let client = open(global, Reach::Local)?;
    if client.members()?.is_empty() {
        return Err(Failure::new(Code::SignInNeeded).into());
    }
    Ok(client)
}

/// Opens the data folder for the member who is active.
pub(crate) fn open_signed_in(global: &Global) -> Result<Arc<ApoaClient>, Stop> {
    let client = open(global, Reach::Local)?;
    if client.account()?.is_none() {
        let code = if client.is_revoked()? { Code::DeviceRevoked } else { Code::SignInNeeded };
        return Err(Failure::new(code).into());
    }
    // What the unit speaks, unless somebody else was asked to speak already.
    if let Some(language) =
        client.profile()?.get(ProfileField::Language).and_then(|text| Lang::from_str(text, true).ok())
    {
        let _ = global.of_unit.language.set(language.language());
    }
    Ok(client)
}

fn data_dir(global: &Global) -> Result<PathBuf, Stop> {
    if let Some(folder) = &global.data {
        return Ok(folder.clone());
    }
    let home = directories::ProjectDirs::from("", "", "apoa");
    home.map(|found| found.data_dir().to_owned()).ok_or_else(|| Stop::usage("cli-usage-no-home", &[]))
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

/// The patterns payloads are read by: from a file if one is given, else those of the deployment that this data folder
/// signed in to, else the built-in ones. Reading needs no sign-in, so a data folder that does not open is no obstacle.
pub(crate) fn patterns(global: &Global, out: &Output) -> Result<Patterns, Stop> {
    if let Some(patterns) = patterns_of_file(global, out)? {
        return Ok(patterns);
    }
    if !data_dir(global).is_ok_and(|folder| folder.join("device.db").is_file()) {
        return Ok(Patterns::default());
    }
    let opened = patiently(|| open(global, Reach::Local));
    Ok(opened.and_then(|client| patterns_of(&client, global, out)).unwrap_or_else(|_| {
        out.note(&format!("{WARN}{}{WARN:#}", out.word("cli-patterns-built-in", &[])));
        Patterns::default()
    }))
}

/// The same with the data folder open.
pub(crate) fn patterns_of(client: &ApoaClient, global: &Global, out: &Output) -> Result<Patterns, Stop> {
    if let Some(patterns) = patterns_of_file(global, out)? {
        return Ok(patterns);
    }
    if let Some(refused) = client.refused_patterns()? {
        let (text, remedy) = out.explain(Code::PatternsRefused, &[]);
        out.note(&format!("{WARN}{}{WARN:#} {text} {remedy} ({refused})", Code::PatternsRefused));
    }
    Ok(client.patterns()?)
}

/// Another command may have the folder open for a moment.
fn patiently<T>(open: impl Fn() -> Result<T, Stop>) -> Result<T, Stop> {
    for _ in 0..BUSY_TRIES {
        match open() {
            Err(Stop::Failure(failure)) if failure.code == Code::Busy => std::thread::sleep(BUSY_PAUSE),
            other => return other,
        }
    }
    open()
}

/// The patterns of `--patterns`, with the warning that nobody signed them.
pub(crate) fn patterns_of_file(global: &Global, out: &Output) -> Result<Option<Patterns>, Stop> {
    let Some(path) = &global.patterns else { return Ok(None) };
    let json =
        std::fs::read_to_string(path).map_err(|error| Failure::new(Code::PatternsRefused).because(&error))?;
    let patterns =
        Patterns::from_json(&json).map_err(|error| Failure::new(Code::PatternsRefused).because(&error))?;
    out.note(&format!("{WARN}{}{WARN:#}", out.word("cli-patterns-unsigned", &[])));
    Ok(Some(patterns))
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
