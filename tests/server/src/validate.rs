//! The contract's rules for a frozen body: its form, and what may be wrong with its data. Not
//! its job: whether the operation fits what is stored (`ops.rs`).

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use unicode_normalization::is_nfc;
use unicode_security::MixedScript;
use uuid::Uuid;

use crate::countries;
use crate::fields::{Codes, FIELDS, Shape, closing_code};
use crate::model::{OpKind, ReportKind};
use crate::problem::{Fault, FieldProblem};

/// How far ahead a first date may lie: the phone's day may already be the next one.
const DAYS_AHEAD: i64 = 1;

/// A number of a document in its normal form.
pub(crate) fn is_number(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// A SHA-256 as the contract writes it.
pub(crate) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The frozen body, read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub(crate) v: u32,
    pub(crate) op_id: Uuid,
    pub(crate) report_id: Uuid,
    pub(crate) unit_id: Uuid,
    pub(crate) kind: OpKind,
    pub(crate) report_kind: ReportKind,
    pub(crate) revision: u32,
    pub(crate) base_revision: u32,
    pub(crate) captured_by: Uuid,
    #[serde(rename = "captured")]
    _captured: Captured,
    pub(crate) salt: String,
    #[serde(rename = "verdict")]
    _verdict: Option<Verdict>,
    pub(crate) data: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Captured {
    #[serde(rename = "wall_ms")]
    _wall_ms: i64,
    #[serde(rename = "offset_ms")]
    _offset_ms: i64,
    #[serde(rename = "trust")]
    _trust: Trust,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Trust {
    Synced,
    Estimated,
    Unknown,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    #[serde(rename = "verdict")]
    _verdict: VerdictWord,
    #[serde(rename = "reasons")]
    _reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum VerdictWord {
    Match,
    Plausible,
    Mismatch,
    NotComparable,
}

/// All that is wrong with the data of an operation. `today` is the latest day it can be anywhere on earth.
pub(crate) fn problems(
    op: OpKind,
    report: ReportKind,
    codes: &Codes,
    data: &Map<String, Value>,
    today: Date,
) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let mut add = |code: &str, problem| found.push(FieldProblem { code: code.to_owned(), problem });
    for code in &codes.required {
        if !data.contains_key(*code) {
            add(code, Fault::Missing);
        }
    }
    let whole = matches!(op, OpKind::Submit | OpKind::Amend);
    if whole
        && report == ReportKind::Lodging
        && !data.contains_key("nights")
        && !data.contains_key("check_out_planned")
    {
        add("check_out_planned", Fault::Missing);
    }
    for (code, value) in data {
        let Some((_, shape)) =
            FIELDS.iter().find(|(known, _)| known == code && codes.allowed.contains(known))
        else {
            // The name came from outside: repeat it only as far as a name may be long.
            add(&code.chars().take(64).collect::<String>(), Fault::Unknown);
            continue;
        };
        let reopens = op == OpKind::Amend && closing_code(report) == Some(code.as_str()) && value.is_null();
        if reopens {
            if !data.contains_key("remarks") {
                add("remarks", Fault::Missing);
            }
        } else if let Some(problem) = fault_of(*shape, value) {
            add(code, problem);
        }
    }
    if found.is_empty() {
        found = order_problems(data, today);
    }
    found
}

/// Dates that contradict each other or the calendar. Called once every value has its form.
fn order_problems(data: &Map<String, Value>, today: Date) -> Vec<FieldProblem> {
    let day = |code: &str| data.get(code).and_then(Value::as_str).and_then(read_day);
    let latest = today.saturating_add(jiff::Span::new().days(DAYS_AHEAD));
    let mut found = Vec::new();
    let mut add = |code: &str| found.push(FieldProblem { code: code.to_owned(), problem: Fault::Range });
    for code in ["check_in", "start", "since"] {
        if day(code).is_some_and(|date| date > latest) {
            add(code);
        }
    }
    let refused = data.get("refused_at").and_then(Value::as_str).and_then(|text| read_day(text.get(..10)?));
    if refused.is_some_and(|date| date > latest) {
        add("refused_at");
    }
    if data.get("birth_date").and_then(Value::as_str).is_some_and(|text| text > today.to_string().as_str()) {
        add("birth_date");
    }
    for (first, last) in [
        ("check_in", "check_out_planned"),
        ("check_in", "check_out"),
        ("start", "contract_end"),
        ("start", "end"),
        ("since", "until"),
        ("since", "check_out"),
        ("since", "check_out_planned"),
    ] {
        if let (Some(from), Some(to)) = (day(first), day(last))
            && to < from
        {
            add(last);
        }
    }
    found
}

/// What is wrong with one value, if anything is.
fn fault_of(shape: Shape, value: &Value) -> Option<Fault> {
    match shape {
        Shape::Count => match value.as_u64() {
            Some(1..=999) => None,
            Some(_) | None => Some(Fault::Form),
        },
        Shape::Flag => (!value.is_boolean()).then_some(Fault::Form),
        _ => match value.as_str() {
            Some(text) => text_fault(shape, text),
            None => Some(Fault::Form),
        },
    }
}

fn text_fault(shape: Shape, text: &str) -> Option<Fault> {
    let characters = text.chars().count();
    if text.is_empty() {
        return Some(Fault::Missing);
    }
    let limit = if shape == Shape::LongText { 1000 } else { 128 };
    if characters > limit {
        return Some(Fault::Length);
    }
    let form = match shape {
        Shape::Text | Shape::LongText => is_plain(text),
        Shape::Country => countries::is_code(text),
        Shape::Number => is_number(text),
        Shape::Digest => is_digest(text),
        Shape::Word(words) => words.contains(&text),
        Shape::WordOrOther(words) => {
            words.contains(&text)
                || (is_plain(text) && text.strip_prefix("other:").is_some_and(|rest| !rest.is_empty()))
        }
        Shape::Day => return read_day(text).is_none().then_some(Fault::Date),
        Shape::PartialDay => return (!is_partial_day(text)).then_some(Fault::Date),
        Shape::Instant => return text.parse::<jiff::Timestamp>().is_err().then_some(Fault::Date),
        Shape::Count | Shape::Flag => false,
    };
    (!form).then_some(Fault::Form)
}

/// Text as the contract wants it: normal form C, trimmed, nothing hidden in it, one script a word.
fn is_plain(text: &str) -> bool {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.trim() == text
        && !text.chars().any(hidden)
        && is_nfc(text)
        && text.split_whitespace().all(MixedScript::is_single_script)
}

/// `YYYY-MM-DD` and nothing else.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    if text.len() == 10 { Date::strptime("%Y-%m-%d", text).ok() } else { None }
}

fn is_partial_day(text: &str) -> bool {
    match text.len() {
        4 => read_day(&format!("{text}-01-01")).is_some(),
        7 => read_day(&format!("{text}-01")).is_some(),
        _ => read_day(text).is_some(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    //! The table that the client's rules are held against too: one misunderstanding cannot sit on both ends.

    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::effects;
    use crate::fields;
    use crate::model::{Report, ReportState};

    const TODAY: Date = jiff::civil::date(2026, 11, 24);

    fn report(kind: ReportKind, data: Map<String, Value>) -> Report {
        Report {
            id: Uuid::nil(),
            unit: Uuid::nil(),
            kind,
            state: ReportState::Received,
            closed: false,
            revision: 1,
            version: 1,
            captured_by: Uuid::nil(),
            received_ms: 0,
            duplicate_key: None,
            same_as: None,
            data,
            decision: crate::model::Decision::default(),
            receipt: String::new(),
        }
    }

    fn found(op: OpKind, before: &Report, data: &Map<String, Value>) -> Option<Vec<FieldProblem>> {
        let codes = fields::codes(op, before.kind)?;
        let found = problems(op, before.kind, &codes, data, TODAY);
        if !found.is_empty() {
            return Some(found);
        }
        let before = (op != OpKind::Submit).then_some(before);
        let after = effects::apply(op, before.map_or(ReportKind::Lodging, |b| b.kind), before, data);
        Some(effects::problems(op, before, &after))
    }

    #[test]
    fn every_case_has_the_problems_of_its_line() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/reports/cases.jsonl");
        let lines: Vec<Value> = std::fs::read_to_string(file)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut bases = BTreeMap::new();
        let mut judged = 0;
        for line in &lines {
            let base = line["base"].as_str().unwrap();
            if line["id"].is_null() {
                let kind: ReportKind = serde_json::from_value(line["report"].clone()).unwrap();
                bases.insert(base, report(kind, line["data"].as_object().unwrap().clone()));
                continue;
            }
            let op: OpKind = serde_json::from_value(line["op"].clone()).unwrap();
            let mut data = line["data"].as_object().unwrap_or(&bases[base].data).clone();
            data.extend(line["set"].as_object().cloned().unwrap_or_default());
            for code in line["without"].as_array().into_iter().flatten() {
                data.remove(code.as_str().unwrap());
            }
            let Some(found) = found(op, &bases[base], &data) else {
                assert_eq!(line["none"], true, "{line}");
                continue;
            };
            let expected: BTreeSet<String> = line["problems"]
                .as_array()
                .unwrap()
                .iter()
                .map(|pair| format!("{} {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
                .collect();
            let found: BTreeSet<String> = found
                .iter()
                .map(|found| {
                    format!(
                        "{} {}",
                        found.code,
                        serde_json::to_value(found.problem).unwrap().as_str().unwrap()
                    )
                })
                .collect();
            assert_eq!(found, expected, "{line}");
            judged += 1;
        }
        assert!(judged > 150, "only {judged} cases");
    }
}
