//! What this device holds and held of people, for a notice of a breach (UU 27/2022 art. 46): ids, kinds and times, nobody's
//! identity.

use apoa_core::{BreachExtract, HeldReport, Tombstone};
use serde::Serialize;

use super::{Export, Maker, instant};
use crate::failure::Stop;
use crate::office::table::{Cell, Table};
use crate::office::words::Said;

/// Titles and shares of the width.
const COLUMNS: [(&str, f32); 8] = [
    ("cli-paper-number", 2.4),
    ("cli-col-held", 0.9),
    ("word-kind", 1.3),
    ("word-state", 1.3),
    ("cli-col-since", 1.2),
    ("cli-col-until", 1.2),
    ("cli-col-destroyed", 1.2),
    ("cli-col-rule", 1.2),
];

/// Who holds.
#[derive(Serialize)]
pub(super) struct Head {
    device_id: String,
    unit: String,
    at: String,
}

/// A report that is here or was here. A CSV file has these columns.
#[derive(Serialize)]
pub(super) struct Row {
    report_id: String,
    /// `whole`, `summary` (a row of the list alone) or `erased`.
    data: &'static str,
    kind: Option<&'static str>,
    standing: Option<&'static str>,
    work: Option<&'static str>,
    since: Option<String>,
    /// When it was erased; `null` while it is held.
    until: Option<String>,
    /// When the keys of an erased report were destroyed too: no earlier copy of the files opens it since.
    destroyed_at: Option<String>,
    rule: Option<String>,
}

pub(super) fn list(maker: &Maker<'_>) -> Result<Export<Head, Row>, Stop> {
    let extract = maker.client.breach_extract().map_err(|error| maker.refused(error))?;
    let BreachExtract { device, unit, at, reports, erased } = &extract;
    let rows: Vec<Row> = reports.iter().map(Row::held).chain(erased.iter().map(Row::erased)).collect();
    let held = reports.iter().map(|report| held_cells(report, maker));
    let cells: Vec<Vec<Cell>> = held.chain(erased.iter().map(|gone| erased_cells(gone, maker))).collect();
    let device = device.to_string();
    let more = vec![(maker.say("cli-list-device"), Said::same(device.as_str()))];
    let table = Table {
        title: maker.say("cli-list-breach"),
        about: maker.about(rows.len(), more),
        notes: vec![maker.say("cli-note-breach")],
        columns: maker.columns(&COLUMNS),
        rows: cells,
        zone: maker.client.zone(),
    };
    let head = Head { device_id: device, unit: unit.to_string(), at: at.to_string() };
    Ok(Export { name: "breach", head, rows, table, codes: Vec::new() })
}

fn held_cells(report: &HeldReport, maker: &Maker<'_>) -> Vec<Cell> {
    let held = if report.whole { "cli-held-whole" } else { "cli-held-summary" };
    vec![
        Cell::text(report.report.to_string()),
        Cell::word(maker.say(held)),
        maker.kind(report.kind),
        Cell::word(maker.say(&format!("cli-state-{}", report.standing.as_str()))),
        Cell::moment(report.since),
        // Still held.
        Cell::NONE,
        Cell::NONE,
        Cell::NONE,
    ]
}

fn erased_cells(report: &Tombstone, maker: &Maker<'_>) -> Vec<Cell> {
    vec![
        Cell::text(report.report.to_string()),
        Cell::word(maker.say("cli-held-erased")),
        Cell::NONE,
        Cell::NONE,
        Cell::NONE,
        Cell::moment(Some(report.purged)),
        Cell::moment(report.destroyed),
        Cell::text(report.rule.as_str()),
    ]
}

impl Row {
    fn held(report: &HeldReport) -> Self {
        Self {
            report_id: report.report.to_string(),
            data: if report.whole { "whole" } else { "summary" },
            kind: Some(report.kind.as_str()),
            standing: Some(report.standing.as_str()),
            work: Some(report.work.as_str()),
            since: instant(report.since),
            until: None,
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
            destroyed_at: instant(report.destroyed),
            rule: Some(report.rule.clone()),
        }
    }
}
