//! What waits while the server is out of reach: ids, times and digests, for a proof that it was recorded in time.

use apoa_core::codes::Code;
use apoa_core::ids::Timestamp;
use apoa_core::report::finalise::ClockTrust;
use apoa_core::{OutageExtract, WaitingOp};
use serde::Serialize;

use super::{Export, Maker, instant};
use crate::failure::{Failure, Stop};
use crate::office::receipt_facts::clock;
use crate::office::table::{Cell, Table, Tone};
use crate::office::words::Said;

/// Titles and shares of the width.
const COLUMNS: [(&str, f32); 11] = [
    ("cli-col-captured", 1.25),
    ("cli-list-clock", 1.35),
    ("cli-paper-deadline", 1.25),
    ("word-kind", 1.25),
    ("cli-paper-number", 2.0),
    ("cli-col-op", 1.1),
    ("cli-col-op-id", 2.0),
    ("cli-col-revision", 0.5),
    // Wide enough for half of its digits.
    ("cli-col-digest", 3.3),
    ("cli-col-tries", 0.95),
    ("cli-col-code", 0.95),
];

/// Who recorded it, when this was written, and by which clock.
#[derive(Serialize)]
pub(super) struct Head {
    device_id: String,
    unit: String,
    at: String,
    clock: ClockTrust,
}

#[derive(Serialize)]
pub(super) struct Row {
    report_id: String,
    kind: &'static str,
    op_id: String,
    op_kind: &'static str,
    revision: u32,
    body_sha256: String,
    captured_at: Option<String>,
    clock: Option<ClockTrust>,
    due: Option<String>,
    /// Whether it was recorded before it was due; `null` where nothing is due.
    in_time: Option<bool>,
    attempts: u32,
    maybe_sent: bool,
    problem: Option<String>,
}

pub(super) fn list(maker: &Maker<'_>) -> Result<Export<Head, Row>, Stop> {
    let extract = maker.client.outage_extract()?.ok_or_else(|| Failure::new(Code::SignInNeeded))?;
    let OutageExtract { device, unit, at, trust, waiting } = &extract;
    let rows: Vec<Row> = waiting.iter().map(Row::of).collect();
    let device = device.to_string();
    let more = vec![
        (maker.say("cli-list-device"), Said::same(device.as_str())),
        (maker.say("cli-list-clock"), clock(&maker.both, *trust)),
    ];
    let table = Table {
        title: maker.say("cli-list-outage"),
        about: maker.about(rows.len(), more),
        notes: vec![maker.say("cli-note-outage")],
        columns: maker.columns(&COLUMNS),
        rows: waiting.iter().zip(&rows).map(|(op, row)| cells(op, row, maker)).collect(),
        zone: maker.client.zone(),
    };
    let head = Head { device_id: device, unit: unit.to_string(), at: at.to_string(), clock: *trust };
    Ok(Export { name: "outage", head, rows, table, codes: Vec::new() })
}

fn cells(op: &WaitingOp, row: &Row, maker: &Maker<'_>) -> Vec<Cell> {
    let sent = if op.maybe_sent {
        maker.say("cli-maybe-sent").map(|maybe| format!("{}, {maybe}", op.attempts))
    } else {
        Said::same(op.attempts.to_string())
    };
    vec![
        captured(op, row, maker),
        op.trust.map_or(Cell::NONE, |trust| Cell::word(clock(&maker.both, trust))),
        Cell::moment(op.due),
        maker.kind(op.report_kind),
        Cell::id(row.report_id.as_str()),
        Cell::word(maker.say(&format!("cli-op-{}", row.op_kind))),
        Cell::id(row.op_id.as_str()),
        Cell::number(row.revision),
        Cell::id(row.body_sha256.as_str()),
        Cell::word(sent),
        Cell::maybe(row.problem.as_deref()).tone(Tone::Bad),
    ]
}

/// When it was recorded, and whether that was too late.
fn captured(op: &WaitingOp, row: &Row, maker: &Maker<'_>) -> Cell {
    let at = Cell::moment(op.captured);
    match row.in_time {
        Some(true) => at.tone(Tone::Good),
        Some(false) => {
            let at = at.said(maker.client.zone()).id;
            Cell::word(maker.say("cli-col-late").map(|late| format!("{at} {late}"))).tone(Tone::Bad)
        }
        None => at,
    }
}

impl Row {
    fn of(op: &WaitingOp) -> Self {
        let in_time = op.captured.zip(op.due).map(|(at, due): (Timestamp, Timestamp)| at <= due);
        Self {
            report_id: op.report.to_string(),
            kind: op.report_kind.as_str(),
            op_id: op.op.to_string(),
            op_kind: op.kind.as_str(),
            revision: op.revision.0,
            body_sha256: op.digest.to_string(),
            captured_at: instant(op.captured),
            clock: op.trust,
            due: instant(op.due),
            in_time,
            attempts: op.attempts,
            maybe_sent: op.maybe_sent,
            problem: op.problem.clone(),
        }
    }
}
