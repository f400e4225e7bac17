//! `apoa export`: lists for others, as files. What goes out holds no identities unless its name says so.

use std::path::{Path, PathBuf};

use apoa_core::ids::Timestamp;
use apoa_core::{BreachExtract, HeldReport, Tombstone};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::{BOLD, GOOD, Line, Output};
use crate::session;
use crate::written::write_new;

use super::report::refused;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// What this device holds and held of people: ids, kinds and times for a notice of a breach, no identities.
    Breach {
        /// The file to write; its ending says the form.
        #[arg(value_name = "OUT.json|OUT.csv")]
        out: PathBuf,
    },
}

#[derive(Debug, Serialize)]
struct ExportLine {
    export: &'static str,
    file: String,
    rows: usize,
}

/// The extract as JSON: who holds, and a row for each report.
#[derive(Debug, Serialize)]
struct Extract {
    device_id: String,
    unit: String,
    at: String,
    reports: Vec<Row>,
}

/// A report that is here or was here. A CSV file has these columns.
#[derive(Debug, Serialize)]
struct Row {
    report_id: String,
    /// `whole`, `summary` (a row of the list alone) or `erased`.
    data: &'static str,
    kind: Option<&'static str>,
    standing: Option<&'static str>,
    work: Option<&'static str>,
    since: Option<String>,
    until: Option<String>,
    /// When the keys of an erased report were destroyed too: no earlier copy of the files opens it since.
    destroyed_at: Option<String>,
    rule: Option<String>,
}

/// How the file is written.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Csv,
}

pub(crate) fn run(command: &Command, global: &Global, out: &Output) -> Ended {
    let Command::Breach { out: file } = command;
    let form = Form::of(file)?;
    let client = session::open_signed_in(global)?;
    let extract = client.breach_extract().map_err(|error| refused(error, &client, out))?;
    let extract = Extract::of(&extract);
    write_new(file, &extract.bytes(form))?;
    let file = file.display().to_string();
    out.line(&ExportLine { export: "breach", file, rows: extract.reports.len() });
    Ok(Exit::Done)
}

impl Form {
    fn of(file: &Path) -> Result<Self, Stop> {
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            _ => Err(Stop::usage("the file's name ends in .json or .csv")),
        }
    }
}

impl Extract {
    fn of(extract: &BreachExtract) -> Self {
        let here = extract.reports.iter().map(Row::held);
        Self {
            device_id: extract.device.to_string(),
            unit: extract.unit.to_string(),
            at: extract.at.to_string(),
            reports: here.chain(extract.erased.iter().map(Row::erased)).collect(),
        }
    }

    fn bytes(&self, form: Form) -> Vec<u8> {
        let mut bytes = Vec::new();
        let done = match form {
            Form::Json => serde_json::to_writer_pretty(&mut bytes, self).is_ok(),
            Form::Csv => {
                let mut rows = csv::Writer::from_writer(&mut bytes);
                self.reports.iter().all(|row| rows.serialize(row).is_ok()) && rows.flush().is_ok()
            }
        };
        debug_assert!(done, "plain values into memory");
        bytes
    }
}

impl Row {
    fn held(report: &HeldReport) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            report_id: report.report.to_string(),
            data: if report.whole { "whole" } else { "summary" },
            kind: Some(report.kind.as_str()),
            standing: Some(report.standing.as_str()),
            work: Some(report.work.as_str()),
            since: text(report.since),
            until: text(report.until),
            destroyed_at: None,
            rule: None,
        }
    }

    fn erased(report: &Tombstone) -> Self {
        Self {
            report_id: report.report.to_string(),
            data: "erased",
            kind: None,
            standing: None,
            work: None,
            since: None,
            until: Some(report.purged.to_string()),
            destroyed_at: report.destroyed.map(|at| at.to_string()),
            rule: Some(report.rule.clone()),
        }
    }
}

impl Line for ExportLine {
    fn text(&self, out: &Output) -> String {
        let said = out.word("cli-exported", &[("n", &self.rows.to_string())]);
        format!("{GOOD}✓{GOOD:#} {said} {BOLD}{}{BOLD:#}", self.file)
    }
}
