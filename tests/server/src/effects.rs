//! What each kind of operation makes of a report. Values in, values out.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value};

use crate::fields::closing_code;
use crate::model::{Decision, OpKind, Report, ReportKind, ReportState};
use crate::problem::{Fault, FieldProblem};

/// A report as an operation leaves it.
pub(crate) struct Change {
    pub(crate) data: Map<String, Value>,
    pub(crate) state: ReportState,
    pub(crate) closed: bool,
    pub(crate) decision: Decision,
}

/// The day in the easternmost zone of the country (WIT, +9), so that no phone is ahead of it.
pub(crate) fn today(now_ms: i64) -> Date {
    let now = jiff::Timestamp::from_millisecond(now_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    now.to_zoned_datetime(TimeZone::fixed(Offset::constant(9))).date()
}

/// Applies valid data to a report, or makes a new one.
pub(crate) fn apply(
    op: OpKind,
    kind: ReportKind,
    before: Option<&Report>,
    data: &Map<String, Value>,
) -> Change {
    let old = before.map(|report| report.data.clone()).unwrap_or_default();
    let state = before.map_or(ReportState::Received, |report| report.state);
    let was_closed = before.is_some_and(|report| report.closed);
    // What the office asked for stays asked until the data are corrected.
    let asked = before.map(|report| report.decision.clone()).unwrap_or_default();
    let going_on = |data, closed| Change { data, state, closed, decision: asked.clone() };
    let decision = Decision::default();
    match op {
        OpKind::Submit => {
            Change { data: data.clone(), state: ReportState::Received, closed: false, decision }
        }
        OpKind::Amend => amend(kind, &old, data, was_closed),
        OpKind::Cancel => Change { data: old, state: ReportState::Cancelled, closed: true, decision },
        OpKind::Extend => {
            let mut facts = with(old, data);
            // The planned end is a date now; a number of nights would contradict it.
            facts.remove("nights");
            going_on(facts, was_closed)
        }
        OpKind::CheckOut | OpKind::End => going_on(with(old, data), true),
        OpKind::Change => going_on(changed(with(old, data)), was_closed),
        OpKind::Attach => going_on(with(old, data), was_closed),
    }
}

fn with(mut facts: Map<String, Value>, more: &Map<String, Value>) -> Map<String, Value> {
    facts.extend(more.clone());
    facts
}

/// The whole corrected data. Only an explicit `null` opens a closed report again; leaving the code out keeps it closed.
fn amend(kind: ReportKind, old: &Map<String, Value>, data: &Map<String, Value>, was_closed: bool) -> Change {
    let mut facts = data.clone();
    let mut closed = was_closed;
    if let Some(code) = closing_code(kind) {
        match data.get(code) {
            Some(Value::Null) => {
                facts.remove(code);
                closed = false;
            }
            Some(_) => closed = true,
            None => {
                if let Some(date) = old.get(code) {
                    facts.insert(code.to_owned(), date.clone());
                }
            }
        }
    }
    // A photo is no part of the data: leaving its codes out keeps them.
    for code in ["sha256", "content"] {
        if let (false, Some(kept)) = (facts.contains_key(code), old.get(code)) {
            facts.insert(code.to_owned(), kept.clone());
        }
    }
    Change { data: facts, state: ReportState::Received, closed, decision: Decision::default() }
}

/// Moves the new value of a `change` to the code it is about, where the report has one.
fn changed(mut facts: Map<String, Value>) -> Map<String, Value> {
    let code = match facts.get("change").and_then(Value::as_str) {
        Some("address") => "work_address",
        Some("passport") => "passport_number",
        Some("permit") => "permit_number",
        Some("position") => "position",
        Some("site") => "site",
        Some("guarantor") => "guarantor",
        _ => return facts,
    };
    if let Some(new) = facts.get("new").cloned() {
        facts.insert(code.to_owned(), new);
    }
    facts
}

/// What is wrong with an operation on this report, though its data alone are fine.
pub(crate) fn problems(op: OpKind, before: Option<&Report>, after: &Change) -> Vec<FieldProblem> {
    let problem = |code: &str, problem| vec![FieldProblem { code: code.to_owned(), problem }];
    let Some(before) = before else { return Vec::new() };
    // One without data was destroyed: there is nothing to follow.
    let gone =
        matches!(before.state, ReportState::Cancelled | ReportState::Rejected) || before.data.is_empty();
    if gone {
        return problem("kind", Fault::Form);
    }
    let day = |code: &str| after.data.get(code).and_then(Value::as_str).and_then(crate::validate::read_day);
    let ends_before = |first: &str, last: &str| match (day(first), day(last)) {
        (Some(from), Some(to)) => to < from,
        _ => false,
    };
    let number = after.data.get("new").and_then(Value::as_str).unwrap_or_default();
    let plain = number.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    match op {
        OpKind::Extend | OpKind::CheckOut | OpKind::Change | OpKind::End if before.closed => {
            problem("kind", Fault::Form)
        }
        OpKind::Extend
            if ends_before("check_in", "check_out_planned") || ends_before("since", "check_out_planned") =>
        {
            problem("check_out_planned", Fault::Range)
        }
        OpKind::CheckOut if ends_before("check_in", "check_out") || ends_before("since", "check_out") => {
            problem("check_out", Fault::Range)
        }
        OpKind::End if ends_before("start", "end") => problem("end", Fault::Range),
        OpKind::Change
            if !plain
                && matches!(
                    after.data.get("change").and_then(Value::as_str),
                    Some("passport" | "permit")
                ) =>
        {
            problem("new", Fault::Form)
        }
        OpKind::Submit
        | OpKind::Amend
        | OpKind::Cancel
        | OpKind::Extend
        | OpKind::CheckOut
        | OpKind::Change
        | OpKind::End
        | OpKind::Attach => Vec::new(),
    }
}
