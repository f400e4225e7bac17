//! `apoa office`: what the reference server holds, and what its officer decides. Ids, states and times; nobody's identity.

use std::fmt::Write as _;
use std::path::PathBuf;

use apoa_server::{
    AccessCode, Decision, OfficeDeed, OfficeReport, office_access_code, office_decide, office_log,
    office_reports,
};
use serde::Serialize;

use super::serve::stop;
use crate::Ended;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::{BOLD, DIM, GOOD, Line, Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Every report of a database, in order of arrival.
    Reports(Database),
    /// Accept a report; its phones hear of it at their next sync.
    Accept {
        /// The report.
        id: String,
        #[command(flatten)]
        database: Database,
    },
    /// Ask for facts of a report to be corrected.
    Correct {
        /// The report.
        id: String,
        /// A fact that is wrong, `passport_number`; may be given several times.
        #[arg(long = "field", required = true, value_name = "CODE")]
        fields: Vec<String>,
        #[command(flatten)]
        database: Database,
    },
    /// Refuse a report once and for all.
    Reject {
        /// The report.
        id: String,
        /// Why, in a sentence that names nobody.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        database: Database,
    },
    /// Make a code with which somebody signs in once.
    AccessCode {
        /// For whom; the first member if absent.
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        #[command(flatten)]
        database: Database,
    },
    /// The log: who did what, when, on which unit.
    Audit(Database),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Database {
    /// The server's database.
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct ReportLine(OfficeReport);

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct CodeLine(AccessCode);

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct DeedLine(OfficeDeed);

pub(crate) fn run(command: Command, out: &Output) -> Ended {
    match command {
        Command::Reports(Database { db }) => {
            for report in office_reports(&db).map_err(|error| stop(&error))? {
                out.line(&ReportLine(report));
            }
        }
        Command::Accept { id, database } => decide(&database, &id, &Decision::Accept, out)?,
        Command::Correct { id, fields, database } => {
            decide(&database, &id, &Decision::Correct { fields }, out)?;
        }
        Command::Reject { id, reason, database } => {
            decide(&database, &id, &Decision::Reject { reason }, out)?;
        }
        Command::AccessCode { user, database } => {
            let code = office_access_code(&database.db, user.as_deref()).map_err(|error| stop(&error))?;
            out.line(&CodeLine(code.ok_or_else(|| Stop::usage("cli-usage-nobody", &[]))?));
        }
        Command::Audit(Database { db }) => {
            for deed in office_log(&db).map_err(|error| stop(&error))? {
                out.line(&DeedLine(deed));
            }
        }
    }
    Ok(Exit::Done)
}

fn decide(database: &Database, id: &str, decision: &Decision, out: &Output) -> Result<(), Stop> {
    let decided = office_decide(&database.db, id, decision).map_err(|error| stop(&error))?;
    out.line(&ReportLine(decided.map_err(|problem| Stop::said(&problem))?));
    Ok(())
}

impl Line for ReportLine {
    fn text(&self, out: &Output) -> String {
        let report = &self.0;
        let mut text = format!(
            "{}  {} · {} {DIM}{}{DIM:#}",
            report.report_id,
            out.kind(&report.kind),
            out.word(&format!("count-{}", report.state.replace('_', "-")), &[]),
            out.moment(&report.received_at)
        );
        for op in &report.ops {
            let kind = out.word(&format!("cli-op-{}", op.kind), &[]);
            let _ = write!(text, "\n    {} {kind} ×{}", op.op_id, op.times_seen);
        }
        text
    }
}

impl Line for CodeLine {
    fn text(&self, out: &Output) -> String {
        let AccessCode { user, access_code, expires_at } = &self.0;
        let expires_at = out.moment(expires_at);
        format!("{GOOD}✓{GOOD:#} {user}  {BOLD}{access_code}{BOLD:#}  {DIM}{expires_at}{DIM:#}")
    }
}

impl Line for DeedLine {
    fn text(&self, _: &Output) -> String {
        let OfficeDeed { at, who, what, unit, device: _, about } = &self.0;
        let shown = |id: &Option<String>| id.clone().unwrap_or_else(|| "–".to_owned());
        format!("{DIM}{at}{DIM:#}  {what:18}  {}  {}  {}", shown(who), shown(unit), shown(about))
    }
}
