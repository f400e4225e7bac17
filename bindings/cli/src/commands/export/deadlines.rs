//! A board for the desk: what is still to be reported, nearest deadline first, and what is overdue.

use std::collections::HashMap;

use apoa_core::ids::ReportId;
use apoa_core::{QueueRow, ReportRow};
use serde::Serialize;

use super::{Export, Head, Maker, fact, instant};
use crate::failure::Stop;
use crate::office::table::{Cell, Table, Tone};
use crate::office::words::{span, text};

/// Hours left from which a deadline stands out: time enough to mend and send within a shift. Our choice, no rule.
const WARN_HOURS: i64 = 6;

/// Titles and shares of the width.
const COLUMNS: [(&str, f32); 9] = [
    ("cli-paper-deadline", 1.2),
    ("cli-col-left", 1.5),
    ("field-full_name", 2.0),
    ("field-room", 0.8),
    ("cli-col-since", 1.0),
    ("word-kind", 1.4),
    ("word-state", 1.3),
    ("cli-col-code", 1.0),
    ("cli-paper-number", 2.3),
];

#[derive(Serialize)]
pub(super) struct Row {
    report_id: String,
    kind: &'static str,
    full_name: Option<String>,
    room: Option<String>,
    first_date: Option<String>,
    due: Option<String>,
    /// Negative once it has passed; `null` where nothing is due.
    minutes_left: Option<i64>,
    overdue: bool,
    standing: &'static str,
    work: &'static str,
    problem: Option<String>,
}

pub(super) fn list(maker: &Maker<'_>) -> Result<Export<Head, Row>, Stop> {
    let listed = maker.client.listed_reports().map_err(|error| maker.refused(error))?;
    let known: HashMap<ReportId, ReportRow> =
        listed.into_iter().map(|report| (report.row.report, report.row)).collect();
    let queue = maker.client.queue()?;
    // What is on hold for others is known to the queue alone.
    let shown: Vec<(&QueueRow, &ReportRow)> =
        queue.iter().filter_map(|row| Some((row, known.get(&row.report)?))).collect();
    let rows: Vec<Row> = shown.iter().map(|(queued, row)| Row::of(queued, row, maker)).collect();
    let table = Table {
        title: maker.say("cli-list-deadlines"),
        about: maker.about(rows.len(), Vec::new()),
        notes: maker.notes(Some("cli-note-deadlines"), 0)?,
        columns: maker.columns(&COLUMNS),
        rows: shown
            .iter()
            .zip(&rows)
            .map(|((queued, report), row)| cells(queued, report, row, maker))
            .collect(),
        zone: maker.client.zone(),
    };
    Ok(Export { name: "deadlines", head: maker.head(), rows, table, codes: Vec::new() })
}

fn cells(queued: &QueueRow, report: &ReportRow, row: &Row, maker: &Maker<'_>) -> Vec<Cell> {
    let tone = match row.minutes_left {
        Some(..0) => Tone::Bad,
        Some(minutes) if minutes <= WARN_HOURS * 60 => Tone::Warn,
        _ => Tone::Plain,
    };
    let left = row.minutes_left.map_or(Cell::NONE, |minutes| {
        let key = if minutes < 0 { "cli-deadline-over" } else { "cli-deadline-open" };
        let said = maker.both.each(|words| text(words, key, &[("time", &span(words, minutes * 60_000))]));
        Cell::word(said).tone(tone)
    });
    vec![
        Cell::moment(queued.due).tone(tone),
        left,
        Cell::maybe(row.full_name.as_deref()),
        Cell::maybe(row.room.as_deref()),
        Cell::day(row.first_date.as_deref()),
        maker.kind(report.kind),
        Cell::word(maker.say(&format!("cli-work-{}", row.work))),
        Cell::maybe(row.problem.as_deref()).tone(Tone::Bad),
        Cell::text(row.report_id.as_str()),
    ]
}

impl Row {
    fn of(queued: &QueueRow, row: &ReportRow, maker: &Maker<'_>) -> Self {
        let minutes_left = queued.due.map(|due| (due.0 - maker.now.0).div_euclid(60_000));
        Self {
            report_id: row.report.to_string(),
            kind: row.kind.as_str(),
            full_name: maker.name(row),
            room: fact(row.summary.room.as_ref()),
            first_date: fact(row.summary.first_date.as_ref()),
            due: instant(queued.due),
            minutes_left,
            overdue: minutes_left.is_some_and(|minutes| minutes < 0),
            standing: queued.standing.as_str(),
            work: queued.work.as_str(),
            problem: queued.problem.clone(),
        }
    }
}
