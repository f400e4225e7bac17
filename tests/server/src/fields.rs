//! The table of field codes in this server's own words: their shapes, and which ones each kind of report and operation
//! has and needs. Source: `core/api/openapi.yaml`; tests hold the two equal by sending the same data to both.

use crate::model::{OpKind, ReportKind};

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
        OpKind::End if job => Some(small(&["end", "reason"], &["end", "reason", "departure_date"])),
        OpKind::Cancel => Some(small(&["reason"], &["reason"])),
        OpKind::Attach => Some(small(&["sha256", "content"], &["sha256", "content"])),
        OpKind::Extend | OpKind::CheckOut | OpKind::Change | OpKind::End => None,
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    const KINDS: [(ReportKind, &str); 4] = [
        (ReportKind::Lodging, "Lodging"),
        (ReportKind::Worker, "Worker"),
        (ReportKind::Individual, "Individual"),
        (ReportKind::Refusal, "Refusal"),
    ];

    fn schemas() -> Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/api/openapi.yaml");
        let document: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        document["components"]["schemas"].clone()
    }

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    fn assert_same(op: OpKind, report: ReportKind, name: &str) {
        let schema = &schemas()[name];
        let allowed: BTreeSet<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let required: BTreeSet<String> = serde_json::from_value(schema["required"].clone()).unwrap();
        let codes = codes(op, report).unwrap();
        assert_eq!(names(&codes.allowed), allowed, "{name}");
        assert_eq!(names(&codes.required), required, "{name}");
    }

    #[test]
    fn the_dictionary_is_that_of_the_contract() {
        let schemas = schemas();
        let dictionary = schemas["Fields"]["properties"].as_object().unwrap();
        let ours: Vec<&str> = FIELDS.iter().map(|(code, _)| *code).collect();
        assert_eq!(names(&ours), dictionary.keys().cloned().collect());
        for (code, shape) in FIELDS {
            if let Shape::Word(words) = shape {
                assert_eq!(dictionary[*code]["enum"], json!(words), "{code}");
            }
            if let Shape::WordOrOther(words) = shape {
                let pattern = format!("^({}|other:.+)$", words.join("|"));
                assert_eq!(dictionary[*code]["pattern"], json!(pattern), "{code}");
            }
        }
    }

    #[test]
    fn every_kind_has_and_needs_the_codes_of_the_contract() {
        for (kind, name) in KINDS {
            assert_same(OpKind::Submit, kind, &format!("Submit{name}"));
            assert_same(OpKind::Amend, kind, &format!("Amend{name}"));
            assert_same(OpKind::Cancel, kind, "Cancel");
            assert_same(OpKind::Attach, kind, "Attach");
        }
        for stay in [ReportKind::Lodging, ReportKind::Individual] {
            assert_same(OpKind::Extend, stay, "Extend");
            assert_same(OpKind::CheckOut, stay, "CheckOut");
            assert!(codes(OpKind::Change, stay).is_none() && codes(OpKind::End, stay).is_none());
        }
        assert_same(OpKind::Change, ReportKind::Worker, "Change");
        assert_same(OpKind::End, ReportKind::Worker, "End");
        assert!(codes(OpKind::CheckOut, ReportKind::Refusal).is_none());
    }
}
