//! Columns and rows of the tables, read strictly: a word or id this server never writes is damage, not a guess.

use rusqlite::Row;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::ServerError;
use crate::model::{
    Account, OpKind, Outcome, Report, ReportKind, ReportState, Right, StoredOp, Unit, UnitKind,
};

pub(super) const UNIT: &str = "unit.id, unit.name, unit.kind, unit.profile";
pub(super) const REPORT: &str = "id, unit, kind, state, closed, revision, version, captured_by, received_ms, duplicate_key, \
                      same_as, data, receipt, decision";
pub(super) const OP: &str = "id, unit, report, kind, revision, sha256, outcome, state, version, same_as, receipt, times_seen, \
                  device, sent_by, body";

pub(super) fn damaged(what: &'static str) -> ServerError {
    ServerError::Damaged { what }
}

pub(super) fn uuid(row: &Row<'_>, column: usize, what: &'static str) -> Result<Uuid, ServerError> {
    row.get_ref(column)?.as_str().ok().and_then(|text| text.parse().ok()).ok_or_else(|| damaged(what))
}

pub(super) fn maybe_uuid(
    row: &Row<'_>,
    column: usize,
    what: &'static str,
) -> Result<Option<Uuid>, ServerError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| damaged(what))).transpose()
}

pub(super) fn word<T>(
    row: &Row<'_>,
    column: usize,
    read: fn(&str) -> Option<T>,
    what: &'static str,
) -> Result<T, ServerError> {
    row.get_ref(column)?.as_str().ok().and_then(read).ok_or_else(|| damaged(what))
}

pub(super) fn facts(
    row: &Row<'_>,
    column: usize,
    what: &'static str,
) -> Result<Map<String, Value>, ServerError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|_| damaged(what))
}

pub(super) fn text_of(facts: &Map<String, Value>) -> Result<String, ServerError> {
    serde_json::to_string(facts).map_err(|_| damaged("facts"))
}

pub(super) fn unit(row: &Row<'_>) -> Result<Unit, ServerError> {
    Ok(Unit {
        id: uuid(row, 0, "unit.id")?,
        name: row.get(1)?,
        kind: word(row, 2, UnitKind::from_word, "unit.kind")?,
        profile: facts(row, 3, "unit.profile")?,
    })
}

pub(super) fn rights(row: &Row<'_>, column: usize) -> Result<Vec<Right>, ServerError> {
    let words: String = row.get(column)?;
    let known = |word| Right::from_word(word).ok_or_else(|| damaged("member.rights"));
    words.split_whitespace().map(known).collect()
}

pub(super) fn account(row: &Row<'_>) -> Result<Account, ServerError> {
    Ok(Account { id: uuid(row, 0, "account.id")?, name: row.get(1)?, password: row.get(2)? })
}

pub(super) fn report(row: &Row<'_>) -> Result<Report, ServerError> {
    Ok(Report {
        id: uuid(row, 0, "report.id")?,
        unit: uuid(row, 1, "report.unit")?,
        kind: word(row, 2, ReportKind::from_word, "report.kind")?,
        state: word(row, 3, ReportState::from_word, "report.state")?,
        closed: row.get(4)?,
        revision: row.get(5)?,
        version: row.get(6)?,
        captured_by: uuid(row, 7, "report.captured_by")?,
        received_ms: row.get(8)?,
        duplicate_key: row.get(9)?,
        same_as: maybe_uuid(row, 10, "report.same_as")?,
        data: facts(row, 11, "report.data")?,
        receipt: row.get(12)?,
        decision: serde_json::from_str(row.get_ref(13)?.as_str().unwrap_or_default())
            .map_err(|_| damaged("report.decision"))?,
    })
}

pub(super) fn op(row: &Row<'_>) -> Result<StoredOp, ServerError> {
    Ok(StoredOp {
        id: uuid(row, 0, "op.id")?,
        unit: uuid(row, 1, "op.unit")?,
        report: uuid(row, 2, "op.report")?,
        kind: word(row, 3, OpKind::from_word, "op.kind")?,
        revision: row.get(4)?,
        sha256: row.get(5)?,
        outcome: word(row, 6, Outcome::from_word, "op.outcome")?,
        state: word(row, 7, ReportState::from_word, "op.state")?,
        version: row.get(8)?,
        same_as: maybe_uuid(row, 9, "op.same_as")?,
        receipt: row.get(10)?,
        times_seen: row.get(11)?,
        device: uuid(row, 12, "op.device")?,
        sent_by: uuid(row, 13, "op.sent_by")?,
        body: row.get(14)?,
    })
}
