//! A unit's profile: what it may hold, and what is still missing. Not its job: HTTP.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::UnitKind;
use crate::problem::{Fault, FieldProblem};

/// A profile and what the unit's kind still asks for.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    pub(crate) profile: &'a Map<String, Value>,
    pub(crate) missing: Vec<&'static str>,
}

/// Every fact a profile may hold, in the order of a form.
const FACTS: [&str; 15] = [
    "name",
    "address",
    "zone",
    "office",
    "person_in_charge",
    "business_number",
    "licence",
    "lodging_kind",
    "rooms",
    "guarantor",
    "work_address",
    "site",
    "hr_contact",
    "relation",
    "language",
];
/// Longest value, in characters.
const VALUE_CHARS: usize = 128;

/// What a kind of unit is asked for.
fn needed(kind: UnitKind) -> &'static [&'static str] {
    match kind {
        UnitKind::Lodging => &["name", "address", "zone", "person_in_charge", "licence", "lodging_kind"],
        UnitKind::Company => &["name", "address", "zone", "guarantor", "work_address"],
        UnitKind::Private => &["name", "address", "zone", "relation"],
    }
}

/// A profile with what is missing in it.
pub(crate) fn view(kind: UnitKind, profile: &Map<String, Value>) -> View<'_> {
    let missing = needed(kind).iter().copied().filter(|code| !profile.contains_key(*code)).collect();
    View { profile, missing }
}

/// All that is wrong with a profile; that something is missing is not.
pub(crate) fn problems(profile: &Map<String, Value>) -> Vec<FieldProblem> {
    let problem = |(code, value): (&String, &Value)| {
        let fault = if FACTS.contains(&code.as_str()) { fault_of(code, value) } else { Some(Fault::Unknown) };
        // The name came from outside: it is repeated only as far as a name may be long.
        fault.map(|problem| FieldProblem { code: code.chars().take(64).collect(), problem })
    };
    profile.iter().filter(|(code, _)| !code.is_empty()).filter_map(problem).take(100).collect()
}

fn fault_of(code: &str, value: &Value) -> Option<Fault> {
    let Some(text) = value.as_str() else { return Some(Fault::Form) };
    if text.chars().count() > VALUE_CHARS {
        return Some(Fault::Length);
    }
    let other = || text.strip_prefix("other:").is_some_and(|text| !text.trim().is_empty());
    let fits = match code {
        "zone" => matches!(text, "WIB" | "WITA" | "WIT"),
        "language" => matches!(text, "id" | "en"),
        "rooms" => {
            text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
        }
        "relation" => matches!(text, "host" | "landlord" | "neighbour") || other(),
        _ => !text.trim().is_empty() && !text.chars().any(char::is_control),
    };
    (!fits).then_some(Fault::Form)
}
