//! `apoa profile`: what the active unit says about itself once, so that nobody types it for every guest.

use std::collections::BTreeMap;
use std::time::Duration;

use apoa_core::codes::Code;
use apoa_core::report::profile::{Profile, ProfileField};
use apoa_core::{ApoaClient, DraftError, ProfileSync};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::{Line, Output, table};
use crate::session;

/// A person waits, and nothing depends on it.
const BUDGET: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Say what is missing; exit 9 if anything is.
    #[arg(long)]
    check: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show it.
    Show,
    /// Set facts; an empty value takes one out.
    Set {
        /// Facts, `zone=WITA`.
        #[arg(required = true, value_name = "FIELD=VALUE")]
        facts: Vec<String>,
    },
}

/// Every fact of a profile, `null` where nobody said it.
#[derive(Debug, Serialize)]
struct ProfileLine {
    profile: BTreeMap<&'static str, Option<String>>,
    missing: Vec<&'static str>,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let mut profile = client.profile()?;
    if let Some(Command::Set { facts }) = &args.command {
        for fact in facts {
            let (field, value) = assignment(fact)?;
            profile
                .set(field, value)
                .map_err(|_| Failure::new(Code::Characters).with("field", name(field, out)))?;
        }
        client.set_profile(&profile).map_err(|error| of_store(&error))?;
        bring_in_line(&client, out);
        profile = client.profile()?;
    }
    let missing = client.profile_gaps().map_err(|error| of_store(&error))?;
    out.line(&ProfileLine::of(&profile, &missing));
    if missing.is_empty() || !args.check {
        return Ok(Exit::Done);
    }
    let names: Vec<String> = missing.iter().map(|field| name(*field, out)).collect();
    Err(Failure::new(Code::ProfileIncomplete).with("field", names.join(", ")).into())
}

/// Lets server and phone tell each other what the unit says of itself. Everything goes on without it: what was set is
/// kept, and goes with a later run.
pub(crate) fn bring_in_line(client: &ApoaClient, out: &Output) {
    match client.sync_profile(BUDGET) {
        Ok(ProfileSync::InLine) => {}
        Ok(ProfileSync::NotAllowed) => out.note(&out.word("cli-profile-not-allowed", &[])),
        Err(_) => out.note(&out.word("cli-profile-later", &[])),
    }
}

fn of_store(error: &DraftError) -> Failure {
    Failure::new(error.code()).because(error)
}

fn assignment(text: &str) -> Result<(ProfileField, &str), Stop> {
    let (code, value) =
        text.split_once('=').ok_or_else(|| Stop::usage("cli-usage-profile-fact", &[("a", text)]))?;
    let field = code.trim().parse().map_err(|_| {
        let known: Vec<_> = ProfileField::ALL.iter().map(|field| field.as_str()).collect();
        Stop::usage("cli-usage-profile-fields", &[("a", &known.join(", "))])
    })?;
    Ok((field, value))
}

fn name(field: ProfileField, out: &Output) -> String {
    out.word(&format!("profile-{field}"), &[])
}

impl ProfileLine {
    fn of(profile: &Profile, missing: &[ProfileField]) -> Self {
        Self {
            profile: ProfileField::ALL
                .iter()
                .map(|field| (field.as_str(), profile.get(*field).map(str::to_owned)))
                .collect(),
            missing: missing.iter().map(|field| field.as_str()).collect(),
        }
    }
}

impl Line for ProfileLine {
    fn text(&self, out: &Output) -> String {
        let rows: Vec<_> = ProfileField::ALL
            .iter()
            .map(|field| (name(*field, out), self.profile.get(field.as_str()).cloned().flatten()))
            .collect();
        let missing: Vec<_> =
            self.missing.iter().map(|code| out.word(&format!("profile-{code}"), &[])).collect();
        let mut text = table(&rows);
        if !missing.is_empty() {
            text = format!("{text}\n{} {}", out.word("profile-missing", &[]), missing.join(", "));
        }
        text
    }
}
