//! A board of permits and contracts that end soon, the nearest first.

use apoa_core::Expiring;
use apoa_core::report::watch::Level;
use serde::Serialize;

use super::{Export, Head, Maker};
use crate::failure::Stop;
use crate::office::table::{Cell, Table, Tone};

/// Titles and shares of the width.
const COLUMNS: [(&str, f32); 8] = [
    ("cli-col-last-day", 1.0),
    ("cli-col-days-left", 0.8),
    ("cli-col-level", 0.8),
    ("cli-col-paper", 1.1),
    ("field-full_name", 2.0),
    ("field-passport_number", 1.1),
    ("word-kind", 1.4),
    ("cli-paper-number", 2.4),
];

#[derive(Serialize)]
pub(super) struct Row {
    report_id: String,
    kind: &'static str,
    full_name: Option<String>,
    passport_number: Option<String>,
    /// `permit` or `contract`.
    paper: &'static str,
    last_day: String,
    /// Negative once the last valid day has passed.
    days_left: i64,
    level: &'static str,
}

pub(super) fn list(maker: &Maker<'_>) -> Result<Export<Head, Row>, Stop> {
    let ending = maker.client.expiring().map_err(|error| maker.refused(error))?;
    let rows: Vec<Row> = ending.iter().map(|one| Row::of(one, maker)).collect();
    let table = Table {
        title: maker.say("cli-list-expiring"),
        about: maker.about(rows.len(), Vec::new()),
        notes: maker.notes(Some("cli-note-expiring"), 0)?,
        columns: maker.columns(&COLUMNS),
        rows: ending.iter().zip(&rows).map(|(one, row)| cells(one, row, maker)).collect(),
        zone: maker.client.zone(),
    };
    Ok(Export { name: "expiring", head: maker.head(), rows, table, codes: Vec::new() })
}

fn cells(one: &Expiring, row: &Row, maker: &Maker<'_>) -> Vec<Cell> {
    let tone = match one.level {
        Level::Far | Level::Grey => Tone::Plain,
        Level::Amber => Tone::Warn,
        Level::Red | Level::Over => Tone::Bad,
    };
    vec![
        Cell::day(Some(&row.last_day)).tone(tone),
        Cell::number(one.days_left).tone(tone),
        Cell::word(maker.say(&format!("cli-level-{}", row.level))).tone(tone),
        Cell::word(maker.say(&format!("cli-paper-{}", row.paper))),
        Cell::maybe(row.full_name.as_deref()),
        Cell::maybe(row.passport_number.as_deref()),
        maker.kind(one.row.kind),
        Cell::text(row.report_id.as_str()),
    ]
}

impl Row {
    fn of(one: &Expiring, maker: &Maker<'_>) -> Self {
        Self {
            report_id: one.row.report.to_string(),
            kind: one.row.kind.as_str(),
            full_name: maker.name(&one.row),
            passport_number: maker.document(&one.row),
            paper: one.paper.as_str(),
            last_day: one.last.to_string(),
            days_left: one.days_left,
            level: one.level.as_str(),
        }
    }
}
