//! `apoa serve`: the reference server as a process. Its first line says how to reach it; then a line an event. Always
//! JSON: what starts it reads it. With `--patterns` it publishes these in its signed config.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use apoa_core::codes::Code;
use apoa_server::{Options, Patterns, Rule, ServerError};
use serde::Serialize;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Database file; keys and trust file lie beside it. Without it a temporary folder.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// A fault on command: `KIND[=ARG][@PATH][*N]`.
    #[arg(long = "fail", value_name = "RULE", value_parser = rule)]
    faults: Vec<Rule>,
    /// The same ids and password for the same seed, on a new database.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Ask for photos of passport pages: `report attach` is refused without.
    #[arg(long)]
    photos: bool,
    /// Say in the config that receipts are the office's own.
    #[arg(long)]
    official_receipts: bool,
}

#[derive(Debug, Serialize)]
struct FirstLine<'a> {
    url: &'a str,
    trust: String,
    user: &'a str,
    password: Option<&'a str>,
    unit: &'a str,
}

pub(crate) fn run(args: &Args, global: &Global) -> Ended {
    // Watched before anything starts, so that no signal finds the process without a handler.
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let options = Options {
        listen: args.listen,
        db: args.db.clone(),
        faults: args.faults.clone(),
        seed: args.seed,
        patterns: patterns(global)?,
        attachments: args.photos.then(|| "passport_page".to_owned()).into_iter().collect(),
        official_receipts: args.official_receipts,
        ..Options::default()
    };
    let running = apoa_server::start(options, |event| say(&event)).map_err(|error| stop(&error))?;
    let account = running.account();
    say(&FirstLine {
        url: running.url(),
        trust: running.trust_file().display().to_string(),
        user: &account.user,
        password: account.password.as_deref(),
        unit: &account.unit,
    });
    signals.forever().next();
    running.stop();
    Ok(Exit::Done)
}

/// `--patterns` is what the signed config publishes. Unread: a set that clients refuse is worth trying too.
fn patterns(global: &Global) -> Result<Patterns, Stop> {
    let Some(path) = &global.patterns else { return Ok(Patterns::Kept) };
    let refused = |cause: String| Failure::new(Code::PatternsRefused).because(&cause);
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    let set: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    Ok(Patterns::These(set.into()))
}

/// One line at once, whole: events come from several threads.
fn say(value: &impl Serialize) {
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    let mut stdout = std::io::stdout().lock();
    // Whoever reads may be gone; the server goes on.
    let _ = stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush());
}

fn rule(text: &str) -> Result<Rule, String> {
    text.parse().map_err(|error: apoa_server::RuleError| error.to_string())
}

/// The server is a tool beside the product: what keeps it from starting is a matter of the call.
pub(crate) fn stop(error: &ServerError) -> Stop {
    Stop::said(error)
}
