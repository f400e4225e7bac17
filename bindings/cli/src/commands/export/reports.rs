//! Every report that may be shown to others, with its state.

use std::collections::HashMap;

use apoa_core::ListedReport;
use apoa_core::codes::Code;
use apoa_core::ids::ReportId;
use apoa_core::report::state::Standing;
use serde::Serialize;

use super::{Export, Head, Maker, fact, instant};
use crate::failure::Stop;
use crate::office::table::{Cell, Table, Tone};

/// Titles and shares of the width.
const COLUMNS: [(&str, f32); 10] = [
    ("cli-paper-number", 2.2),
    ("word-kind", 1.3),
    ("field-full_name", 1.9),
    ("field-passport_number", 1.0),
    ("cli-col-since", 0.95),
    ("cli-col-until", 0.95),
    ("word-state", 1.4),
    ("cli-paper-received", 1.3),
    ("cli-paper-deadline", 1.0),
    ("cli-col-code", 0.95),
];

#[derive(Serialize)]
pub(super) struct Row {
    report_id: String,
    kind: &'static str,
    standing: &'static str,
    work: &'static str,
    full_name: Option<String>,
    passport_number: Option<String>,
    first_date: Option<String>,
    planned_end: Option<String>,
    due: Option<String>,
    received_at: Option<String>,
    /// Whether the server had it before it was due; `null` where nothing is due or nothing is proved.
    in_time: Option<bool>,
    captured_by: String,
    revision: u32,
    closed: bool,
    /// The code of what holds it back.
    problem: Option<String>,
}

pub(super) fn list(maker: &Maker<'_>) -> Result<Export<Head, Row>, Stop> {
    let mut listed = maker.client.listed_reports().map_err(|error| maker.refused(error))?;
    let all = listed.len();
    listed.retain(|report| maker.inspects || !report.row.closed);
    let problems: HashMap<ReportId, Option<String>> =
        maker.client.queue()?.into_iter().map(|row| (row.report, row.problem)).collect();
    let rows: Vec<Row> = listed.iter().map(|report| Row::of(report, &problems, maker)).collect();
    let table = Table {
        title: maker.say("cli-list-reports"),
        about: maker.about(rows.len(), Vec::new()),
        notes: maker.notes(None, all - listed.len())?,
        columns: maker.columns(&COLUMNS),
        rows: listed.iter().zip(&rows).map(|(report, row)| cells(report, row, maker)).collect(),
        zone: maker.client.zone(),
    };
    Ok(Export { name: "reports", head: maker.head(), rows, table, codes: Vec::new() })
}

fn cells(report: &ListedReport, row: &Row, maker: &Maker<'_>) -> Vec<Cell> {
    let kept = match row.in_time {
        Some(true) => Cell::word(maker.say("cli-deadline-kept")).tone(Tone::Good),
        Some(false) => Cell::word(maker.say("cli-col-late")).tone(Tone::Warn),
        None => Cell::moment(report.row.due),
    };
    vec![
        Cell::text(row.report_id.as_str()),
        maker.kind(report.row.kind),
        Cell::maybe(row.full_name.as_deref()),
        Cell::maybe(row.passport_number.as_deref()),
        Cell::day(row.first_date.as_deref()),
        Cell::day(row.planned_end.as_deref()),
        state(row, maker),
        Cell::moment(report.received),
        kept,
        Cell::maybe(row.problem.as_deref()).tone(Tone::Bad),
    ]
}

/// What is left to do, or else what the server proved.
fn state(row: &Row, maker: &Maker<'_>) -> Cell {
    let key = match (row.work, row.standing) {
        ("none", standing) => format!("cli-state-{standing}"),
        (work, _) => format!("cli-work-{work}"),
    };
    let tone = match (row.work, row.standing) {
        ("none", "received" | "accepted") => Tone::Good,
        ("none" | "wedged" | "needs_correction", _) => Tone::Bad,
        _ => Tone::Warn,
    };
    Cell::word(maker.say(&key)).tone(tone)
}

impl Row {
    fn of(report: &ListedReport, problems: &HashMap<ReportId, Option<String>>, maker: &Maker<'_>) -> Self {
        let ListedReport { row, received, .. } = report;
        Self {
            report_id: row.report.to_string(),
            kind: row.kind.as_str(),
            standing: row.standing.as_str(),
            work: row.work.as_str(),
            full_name: maker.name(row),
            passport_number: maker.document(row),
            first_date: fact(row.summary.first_date.as_ref()),
            planned_end: fact(row.summary.planned_end.as_ref()),
            due: instant(row.due),
            received_at: instant(*received),
            in_time: row.due.zip(*received).map(|(due, received)| received <= due),
            captured_by: row.captured_by.to_string(),
            revision: row.revision.0,
            closed: row.closed,
            problem: problems
                .get(&row.report)
                .cloned()
                .flatten()
                .or_else(|| (row.standing == Standing::Rejected).then(|| Code::Rejected.to_string())),
        }
    }
}
