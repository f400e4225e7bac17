//! Pages of `GET /changes`: what other phones of a unit did. Not its job: who may ask (`auth.rs`).
//!
//! Invariant: a cursor is the version up to which its holder knows everything; pages are ordered by version.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::ServerError;
use crate::fields::first_date_code;
use crate::model::{Report, ReportKind, ReportState, Right};
use crate::problem::{Kind, Problem};
use crate::storage::Tables;
use crate::validate::read_day;

/// Largest page.
pub(crate) const PAGE: usize = 200;
/// Tells cursors of this form from any later one.
const CURSOR_TAG: u8 = 1;

/// Answer of `/changes`.
#[derive(Serialize)]
pub(crate) struct Page {
    items: Vec<Item>,
    next_cursor: String,
    has_more: bool,
}

#[derive(Serialize)]
struct Item {
    report_id: Uuid,
    kind: ReportKind,
    revision: u32,
    standing: ReportState,
    server_version: i64,
    full_name: Option<String>,
    passport_number: Option<String>,
    first_date: Option<String>,
    planned_end: Option<String>,
    permit_expiry: Option<String>,
    room: Option<String>,
    captured_by: Uuid,
    closed: bool,
    receipt: String,
    same_as: Option<Uuid>,
}

/// One page. Without a cursor only open reports, unless the member may inspect.
pub(crate) fn page(
    tables: &mut dyn Tables,
    unit: Uuid,
    rights: &[Right],
    cursor: Option<&str>,
    limit: usize,
) -> Result<Result<Page, Problem>, ServerError> {
    let newest = tables.version(unit)?;
    let known = 0..=newest;
    let (first_pull_until, after) = match cursor.map(read_cursor) {
        None => (newest, 0),
        Some(Some(cursor)) if known.contains(&cursor.after) && known.contains(&cursor.full_until) => {
            (cursor.full_until, cursor.after)
        }
        Some(_) => return Ok(Err(Problem::new(Kind::CursorExpired))),
    };
    // What was closed before the first pull began stays out; what closes later is told.
    let closed_after = if rights.contains(&Right::Inspect) { 0 } else { first_pull_until };
    let mut reports = tables.changed(unit, after, closed_after, limit + 1)?;
    let has_more = reports.len() > limit;
    reports.truncate(limit);
    let known = if has_more { reports.last().map_or(newest, |report| report.version) } else { newest };
    Ok(Ok(Page {
        next_cursor: write_cursor(&Cursor { full_until: first_pull_until, after: known }),
        items: reports.into_iter().map(item).collect(),
        has_more,
    }))
}

struct Cursor {
    /// Newest version when the first pull began.
    full_until: i64,
    /// Everything up to here is known.
    after: i64,
}

fn write_cursor(cursor: &Cursor) -> String {
    let mut bytes = vec![CURSOR_TAG];
    bytes.extend(cursor.full_until.to_be_bytes());
    bytes.extend(cursor.after.to_be_bytes());
    Base64UrlUnpadded::encode_string(&bytes)
}

fn read_cursor(text: &str) -> Option<Cursor> {
    let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
    let (tag, rest) = bytes.split_first()?;
    let (full_until, after) = rest.split_at_checked(8)?;
    (*tag == CURSOR_TAG).then_some(Cursor {
        full_until: i64::from_be_bytes(full_until.try_into().ok()?),
        after: i64::from_be_bytes(after.try_into().ok()?),
    })
}

fn item(report: Report) -> Item {
    let text = |code: &str| report.data.get(code).and_then(Value::as_str).map(str::to_owned);
    Item {
        report_id: report.id,
        kind: report.kind,
        revision: report.revision,
        standing: report.state,
        server_version: report.version,
        full_name: text("full_name"),
        passport_number: text("passport_number"),
        first_date: text(first_date_code(report.kind)).map(|date| date.chars().take(10).collect()),
        planned_end: planned_end(report.kind, &report.data),
        permit_expiry: text("permit_expiry"),
        room: text("room"),
        captured_by: report.captured_by,
        closed: report.closed,
        same_as: report.same_as,
        receipt: report.receipt,
    }
}

fn planned_end(kind: ReportKind, data: &Map<String, Value>) -> Option<String> {
    let text = |code: &str| data.get(code).and_then(Value::as_str).map(str::to_owned);
    match kind {
        ReportKind::Lodging => text("check_out_planned").or_else(|| {
            let arrival: Date = read_day(data.get("check_in")?.as_str()?)?;
            let nights = i64::try_from(data.get("nights")?.as_u64()?).ok()?;
            Some(arrival.checked_add(jiff::Span::new().days(nights)).ok()?.to_string())
        }),
        ReportKind::Worker => text("contract_end"),
        ReportKind::Individual => text("check_out_planned").or_else(|| text("until")),
        ReportKind::Refusal => None,
    }
}
