//! The written form of the patterns, and what makes a written set refused. The same rules as a schema, for people who
//! write one: `patterns.schema.json`.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde::Deserialize;

use super::number::NumberKind;
use super::patterns::{
    Columns, Issuer, KeyKind, KeyRule, Label, Official, Patterns, PatternsError, Template, fold,
};
use super::payload;
use super::safety::{expression, safe_hosts, safe_name};
use crate::countries;
use crate::fields::Field;

/// The JSON object as written; what is left out keeps the built-in value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) issuers: Option<Vec<RawIssuer>>,
    pub(super) numbers: Option<BTreeMap<String, Vec<String>>>,
    pub(super) labels: Option<BTreeMap<String, Vec<String>>>,
    pub(super) columns: Option<Vec<RawColumns>>,
    pub(super) json: Option<BTreeMap<String, Vec<String>>>,
    pub(super) other_official: Option<Vec<RawOfficial>>,
    pub(super) nationality_aliases: Option<BTreeMap<String, String>>,
    pub(super) index_titles: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) tests: Vec<RawTest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIssuer {
    id: String,
    hosts: Vec<String>,
    schemes: Vec<String>,
    #[serde(default)]
    keys: Vec<RawKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKey {
    kind: String,
    path: String,
    query: Option<String>,
    fragment: Option<String>,
    #[serde(default)]
    ignore_case: bool,
    key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawColumns {
    sep: char,
    order: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOfficial {
    id: String,
    hosts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTest {
    text: String,
    expect: String,
}

pub(super) fn parse(json: &str) -> Result<Raw, PatternsError> {
    serde_json::from_slice(json.as_bytes())
        .map_err(|e| PatternsError::Malformed { line: e.line(), column: e.column() })
}

/// Checks a set of patterns, its own tests included.
pub(super) fn build(raw: Raw) -> Result<Patterns, PatternsError> {
    let mut numbers = Vec::new();
    for (name, shapes) in raw.numbers.unwrap_or_default() {
        let kind = number_kind(&name, "numbers")?;
        let shapes = shapes.iter().map(|shape| expression(shape, &name)).collect::<Result<_, _>>()?;
        numbers.push((kind, shapes));
    }
    let patterns = Patterns {
        issuers: raw
            .issuers
            .unwrap_or_default()
            .into_iter()
            .map(|issuer| build_issuer(issuer, &numbers))
            .collect::<Result<_, _>>()?,
        official: raw
            .other_official
            .unwrap_or_default()
            .into_iter()
            .map(|entry| {
                Ok(Official { hosts: safe_hosts(entry.hosts, &entry.id)?, id: safe_name(entry.id)? })
            })
            .collect::<Result<_, _>>()?,
        numbers,
        labels: by_name(raw.labels, |code| match code {
            "birth" => Some(Label::Birth),
            _ => code.parse().ok().map(Label::Field),
        })?,
        columns: raw.columns.unwrap_or_default().iter().map(build_columns).collect::<Result<_, _>>()?,
        members: by_name(raw.json, |code| code.parse().ok())?,
        aliases: raw
            .nationality_aliases
            .unwrap_or_default()
            .into_iter()
            .map(|(word, code)| match countries::canonical(&code) {
                Some(code) => Ok((fold(&word), code)),
                None => Err(PatternsError::UnknownName { place: format!("nationality_aliases {code}") }),
            })
            .collect::<Result<_, _>>()?,
        index_titles: raw.index_titles.unwrap_or_default().into_iter().map(|(k, v)| (fold(&k), v)).collect(),
    };
    unique_hosts(&patterns)?;
    let fails = |test: &RawTest| payload::read(test.text.as_bytes(), &patterns).word() != test.expect;
    match raw.tests.iter().position(fails) {
        Some(at) => Err(PatternsError::TestFailed { number: at.saturating_add(1) }),
        None => Ok(patterns),
    }
}

/// A host in two entries would be judged by the first, whichever was meant.
fn unique_hosts(patterns: &Patterns) -> Result<(), PatternsError> {
    let mut hosts: Vec<&str> = patterns.hosts().collect();
    hosts.sort_unstable();
    match hosts.iter().zip(hosts.iter().skip(1)).find(|(one, other)| one == other) {
        Some((host, _)) => Err(PatternsError::Ambiguous { place: (*host).to_owned() }),
        None => Ok(()),
    }
}

fn build_issuer(raw: RawIssuer, numbers: &[(NumberKind, Vec<Regex>)]) -> Result<Issuer, PatternsError> {
    let keys = raw.keys.iter().map(|key| build_key(key, &raw.id, numbers)).collect::<Result<_, _>>()?;
    if raw.schemes.iter().any(|scheme| scheme != "http" && scheme != "https") {
        return Err(PatternsError::UnsafeHost { id: raw.id });
    }
    let allows = |scheme: &str| raw.schemes.iter().any(|allowed| allowed == scheme);
    Ok(Issuer {
        http: allows("http"),
        https: allows("https"),
        hosts: safe_hosts(raw.hosts, &raw.id)?,
        keys,
        id: safe_name(raw.id)?,
    })
}

fn build_key(raw: &RawKey, id: &str, numbers: &[(NumberKind, Vec<Regex>)]) -> Result<KeyRule, PatternsError> {
    let kind = match raw.kind.as_str() {
        "record_id" => KeyKind::RecordId,
        name => KeyKind::Number(number_kind(name, id)?),
    };
    let key = match raw.key.strip_prefix('@') {
        Some(name) => {
            let kind = number_kind(name, id)?;
            let shapes = numbers.iter().find(|(known, _)| *known == kind).map(|(_, shapes)| shapes.clone());
            shapes.ok_or_else(|| PatternsError::UnknownName { place: format!("{id} @{name}") })?
        }
        None => vec![expression(&raw.key, id)?],
    };
    let path = template(&raw.path);
    let fragment = raw.fragment.as_deref().map(template);
    let in_path = path.after.is_some();
    let in_fragment = fragment.as_ref().is_some_and(|fragment| fragment.after.is_some());
    let places = [in_path, raw.query.is_some(), in_fragment].into_iter().filter(|here| *here).count();
    let templates = [Some(&raw.path), raw.fragment.as_ref()].into_iter().flatten();
    let twice = templates.into_iter().any(|text| text.matches("{key}").count() > 1);
    if places != 1 || twice || !raw.path.starts_with('/') || raw.query.as_deref() == Some("") {
        return Err(PatternsError::NoPlace { id: id.to_owned() });
    }
    Ok(KeyRule { kind, path, query: raw.query.clone(), fragment, ignore_case: raw.ignore_case, key })
}

fn template(text: &str) -> Template {
    match text.split_once("{key}") {
        Some((before, after)) => Template { before: before.to_owned(), after: Some(after.to_owned()) },
        None => Template { before: text.to_owned(), after: None },
    }
}

fn build_columns(raw: &RawColumns) -> Result<Columns, PatternsError> {
    let order: Result<Vec<Field>, _> = raw.order.iter().map(|code| code.parse()).collect();
    let order = order.map_err(|_| PatternsError::UnknownName { place: "columns".to_owned() })?;
    let separates =
        raw.sep == '\t' || (raw.sep.is_ascii_punctuation() && !matches!(raw.sep, '-' | '/' | '.' | '\''));
    // One column would make every text holder data.
    if order.len() < 2 || !separates {
        return Err(PatternsError::UnsafeExpression { place: "columns".to_owned() });
    }
    let repeated =
        order.iter().enumerate().any(|(at, field)| order.iter().take(at).any(|before| before == field));
    if repeated {
        return Err(PatternsError::Ambiguous { place: "columns".to_owned() });
    }
    Ok(Columns { separator: raw.sep, order })
}

/// Turns `{code: [names]}` round, into what each folded name stands for.
fn by_name<T: Copy + PartialEq>(
    raw: Option<BTreeMap<String, Vec<String>>>,
    known: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<String, T>, PatternsError> {
    let mut by_name = BTreeMap::new();
    for (code, names) in raw.unwrap_or_default() {
        for name in names {
            let meant = known(&code).ok_or_else(|| PatternsError::UnknownName { place: code.clone() })?;
            let folded = fold(&name);
            if folded.is_empty() {
                return Err(PatternsError::UnsafeName { place: code });
            }
            if by_name.insert(folded, meant).is_some_and(|before| before != meant) {
                return Err(PatternsError::Ambiguous { place: name });
            }
        }
    }
    Ok(by_name)
}

fn number_kind(name: &str, place: &str) -> Result<NumberKind, PatternsError> {
    NumberKind::ALL
        .into_iter()
        .find(|kind| kind.field().as_str() == name)
        .ok_or_else(|| PatternsError::UnknownName { place: format!("{place} {name}") })
}
