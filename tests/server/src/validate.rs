//! The contract's rules for a frozen body, in this server's own words: which fields a kind has, which it needs, and what
//! each may look like. Not its job: whether the operation fits what is stored (`ops.rs`).
//!
//! Source: the table of field codes in `core/api/openapi.yaml`; a test holds the two equal.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::model::{OpKind, ReportKind};
use crate::problem::{Fault, FieldProblem};

/// How far ahead a first date may lie: the phone's day may already be the next one.
const DAYS_AHEAD: i64 = 1;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    LongText,
    Day,
    PartialDay,
    Instant,
    Country,
    Number,
    Count,
    Flag,
    Digest,
    Word(&'static [&'static str]),
    WordOrOther(&'static [&'static str]),
}

/// Every field code and its shape.
pub(crate) const FIELDS: &[(&str, Shape)] = &[
    ("full_name", Shape::Text),
    ("surname", Shape::Text),
    ("given_names", Shape::Text),
    ("birth_date", Shape::PartialDay),
    ("birth_place", Shape::Text),
    ("nationality", Shape::Country),
    ("sex", Shape::Word(&["F", "M", "X"])),
    ("passport_number", Shape::Number),
    ("issuing_state", Shape::Country),
    ("passport_expiry", Shape::Day),
    ("permit_number", Shape::Number),
    ("permit_kind", Shape::Word(&["ITK", "ITAS", "ITAP"])),
    ("permit_index", Shape::Text),
    ("permit_expiry", Shape::Day),
    ("niora", Shape::Number),
    ("register_number", Shape::Number),
    ("visa_number", Shape::Number),
    ("source", Shape::Word(&["permit_qr", "sticker_qr", "mrz", "manual", "import"])),
    ("email", Shape::Text),
    ("remarks", Shape::LongText),
    ("parent_passport_number", Shape::Number),
    ("check_in", Shape::Day),
    ("nights", Shape::Count),
    ("check_out_planned", Shape::Day),
    (
        "purpose",
        Shape::WordOrOther(&["holiday", "business", "family", "work", "study", "transit", "medical"]),
    ),
    ("room", Shape::Text),
    ("group_id", Shape::Text),
    ("start", Shape::Day),
    ("position", Shape::Text),
    ("work_address", Shape::Text),
    ("guarantor", Shape::Text),
    ("site", Shape::Text),
    ("contract_end", Shape::Day),
    ("work_approval_number", Shape::Number),
    ("address", Shape::Text),
    ("since", Shape::Day),
    ("relation", Shape::WordOrOther(&["host", "landlord", "neighbour"])),
    ("until", Shape::Day),
    ("refused_at", Shape::Instant),
    ("place", Shape::Text),
    ("asked_for", Shape::Text),
    ("shown", Shape::Text),
    ("said", Shape::LongText),
    ("language", Shape::Text),
    ("office_informed", Shape::Flag),
    ("check_out", Shape::Day),
    ("next_destination", Shape::Text),
    ("left_without_notice", Shape::Flag),
    (
        "change",
        Shape::Word(&["address", "civil_status", "passport", "permit", "position", "site", "guarantor"]),
    ),
    ("old", Shape::Text),
    ("new", Shape::Text),
    ("end", Shape::Day),
    ("reason", Shape::Text),
    ("departure_date", Shape::Day),
    ("sha256", Shape::Digest),
    ("content", Shape::Word(&["passport_page"])),
];

const PERSON_REQUIRED: &[&str] =
    &["full_name", "birth_date", "nationality", "sex", "passport_number", "source"];
const PERSON: &[&str] = &[
    "full_name",
    "birth_date",
    "birth_place",
    "nationality",
    "sex",
    "passport_number",
    "issuing_state",
    "passport_expiry",
    "surname",
    "given_names",
    "permit_number",
    "permit_kind",
    "permit_index",
    "permit_expiry",
    "niora",
    "register_number",
    "visa_number",
    "source",
    "email",
    "remarks",
    "parent_passport_number",
];

/// Codes of an operation: some it must have, some it may have.
pub(crate) struct Codes {
    pub(crate) required: Vec<&'static str>,
    pub(crate) allowed: Vec<&'static str>,
}

/// The codes of a report kind beside the person's, and the required ones among them.
fn own_codes(kind: ReportKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        ReportKind::Lodging => (
            &["check_in", "nights", "check_out_planned", "purpose", "room", "group_id"],
            &["check_in", "purpose"],
        ),
        ReportKind::Worker => (
            &[
                "start",
                "position",
                "work_address",
                "guarantor",
                "site",
                "contract_end",
                "work_approval_number",
            ],
            &["start", "position", "work_address", "guarantor"],
        ),
        ReportKind::Individual => {
            (&["address", "since", "relation", "until"], &["address", "since", "relation"])
        }
        ReportKind::Refusal => (
            &["refused_at", "place", "asked_for", "shown", "said", "language", "office_informed"],
            &["refused_at", "place", "asked_for", "shown", "said"],
        ),
    }
}

/// Codes that follow-ups may have left in a report, and an `amend` therefore repeats.
fn follow_up_codes(kind: ReportKind) -> &'static [&'static str] {
    match kind {
        ReportKind::Lodging => &["check_out", "next_destination", "left_without_notice", "sha256", "content"],
        ReportKind::Worker => {
            &["change", "old", "new", "since", "end", "reason", "departure_date", "sha256", "content"]
        }
        ReportKind::Individual => &[
            "check_out_planned",
            "check_out",
            "next_destination",
            "left_without_notice",
            "sha256",
            "content",
        ],
        ReportKind::Refusal => &["sha256", "content"],
    }
}

/// The codes of an operation; `None` where a report of this kind knows no such operation.
pub(crate) fn codes(op: OpKind, report: ReportKind) -> Option<Codes> {
    let stay = matches!(report, ReportKind::Lodging | ReportKind::Individual);
    let job = report == ReportKind::Worker;
    let small = |required: &[&'static str], allowed: &[&'static str]| Codes {
        required: required.to_vec(),
        allowed: allowed.to_vec(),
    };
    match op {
        OpKind::Submit | OpKind::Amend => {
            let (own, own_required) = own_codes(report);
            let person: &[&str] = if report == ReportKind::Refusal { &["source"] } else { PERSON_REQUIRED };
            let mut allowed = [PERSON, own].concat();
            if op == OpKind::Amend {
                allowed.extend(follow_up_codes(report));
            }
            Some(Codes { required: [person, own_required].concat(), allowed })
        }
        OpKind::Extend if stay => {
            Some(small(&["check_out_planned"], &["check_out_planned", "permit_expiry"]))
        }
        OpKind::CheckOut if stay => {
            Some(small(&["check_out"], &["check_out", "next_destination", "left_without_notice"]))
        }
        OpKind::Change if job => Some(small(&["change", "new", "since"], &["change", "old", "new", "since"])),
        OpKind::End if job => Some(small(&["end"], &["end", "reason", "departure_date"])),
        OpKind::Cancel => Some(small(&["reason"], &["reason"])),
        OpKind::Attach => Some(small(&["sha256", "content"], &["sha256", "content"])),
        OpKind::Extend | OpKind::CheckOut | OpKind::Change | OpKind::End => None,
    }
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

/// The code whose date is the first of a report.
pub(crate) fn first_date_code(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Lodging => "check_in",
        ReportKind::Worker => "start",
        ReportKind::Individual => "since",
        ReportKind::Refusal => "refused_at",
    }
}

/// The code that closes a report of this kind when it holds a date.
pub(crate) fn closing_code(kind: ReportKind) -> Option<&'static str> {
    match kind {
        ReportKind::Lodging | ReportKind::Individual => Some("check_out"),
        ReportKind::Worker => Some("end"),
        ReportKind::Refusal => None,
    }
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
    if data.get("birth_date").and_then(Value::as_str).is_some_and(|text| text > today.to_string().as_str()) {
        add("birth_date");
    }
    for (first, last) in [
        ("check_in", "check_out_planned"),
        ("check_in", "check_out"),
        ("start", "contract_end"),
        ("start", "end"),
        ("since", "until"),
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
            Some(_) => Some(Fault::Range),
            None => Some(Fault::Form),
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
    let ascii = |good: fn(u8) -> bool| text.bytes().all(good);
    if text.is_empty() {
        return Some(Fault::Missing);
    }
    let limit = if shape == Shape::LongText { 1000 } else { 128 };
    if characters > limit {
        return Some(Fault::Length);
    }
    let form = match shape {
        Shape::Text | Shape::LongText => text.trim() == text && !text.chars().any(char::is_control),
        Shape::Country => characters <= 3 && ascii(|byte| byte.is_ascii_uppercase()),
        Shape::Number => characters <= 64 && ascii(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
        Shape::Digest => {
            characters == 64 && ascii(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        }
        Shape::Word(words) => words.contains(&text),
        Shape::WordOrOther(words) => {
            words.contains(&text) || text.strip_prefix("other:").is_some_and(|rest| !rest.is_empty())
        }
        Shape::Day => return read_day(text).is_none().then_some(Fault::Date),
        Shape::PartialDay => return (!is_partial_day(text)).then_some(Fault::Date),
        Shape::Instant => return text.parse::<jiff::Timestamp>().is_err().then_some(Fault::Date),
        Shape::Count | Shape::Flag => false,
    };
    (!form).then_some(Fault::Form)
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
