//! `apoa office`: what the reference server holds. Ids, states and times; nobody's identity.

use std::fmt::Write as _;

use std::path::PathBuf;

use apoa_server::{OfficeReport, office_reports};
use serde::Serialize;

use super::serve::stop;
use crate::Ended;
use crate::exit::Exit;
use crate::output::{DIM, Line, Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Every report of a database, in order of arrival.
    Reports {
        /// The server's database.
        #[arg(long, value_name = "FILE")]
        db: PathBuf,
    },
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct ReportLine(OfficeReport);

pub(crate) fn run(command: Command, out: &Output) -> Ended {
    let Command::Reports { db } = command;
    for report in office_reports(&db).map_err(|error| stop(&error))? {
        out.line(&ReportLine(report));
    }
    Ok(Exit::Done)
}

impl Line for ReportLine {
    fn text(&self, out: &Output) -> String {
        let report = &self.0;
        let mut text = format!(
            "{}  {} · {} {DIM}{}{DIM:#}",
            report.report_id,
            report.kind,
            out.word(&format!("count-{}", report.state.replace('_', "-")), &[]),
            report.received_at
        );
        for op in &report.ops {
            let _ = write!(text, "\n    {} {} ×{}", op.op_id, op.kind, op.times_seen);
        }
        text
    }
}
