//! What may be believed about payloads, as configuration: issuers and their hosts, number shapes, labels, columns.
//! One JSON object, the member `patterns` of the server's signed config; what it leaves out keeps the built-in value.
//! Patterns cannot loosen the rules for hostile payloads: hosts are exact, expressions are anchored, the engine is
//! linear in its input.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde::Deserialize;

use super::number::NumberKind;
use super::payload;
use super::safety::{expression, safe_hosts};
use crate::countries;
use crate::fields::Field;

/// A config of a few hundred patterns fits in a tenth of this.
const MAX_BYTES: usize = 256 * 1024;

/// Why a set of patterns is refused. The last good one stays in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternsError {
    /// Over 256 KiB.
    #[error("the patterns are larger than 256 KiB")]
    TooLarge,
    /// No JSON object of the expected form.
    #[error("the patterns are not of the expected form (line {line}, column {column})")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A host that is not written exactly as an address carries it, or a scheme other than http and https.
    #[error("{id} has an unsafe host or scheme")]
    UnsafeHost {
        /// The entry.
        id: String,
    },
    /// An expression that is not anchored, too large, wrong, or fits the empty text.
    #[error("an expression of {place} is unsafe")]
    UnsafeExpression {
        /// Where it stands.
        place: String,
    },
    /// A name that is no field code, no kind of key, or no country code.
    #[error("{place} names something unknown")]
    UnknownName {
        /// Where it stands.
        place: String,
    },
    /// The place of a key is not said, or said twice.
    #[error("a key of {id} has no place")]
    NoPlace {
        /// The entry.
        id: String,
    },
    /// One of the patterns' own tests gives another reading.
    #[error("own test number {number} fails")]
    TestFailed {
        /// From 1.
        number: usize,
    },
}

/// What a key names at its issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A record of the issuer.
    RecordId,
    /// A number printed on the paper.
    Number(NumberKind),
    /// Text that only the server understands.
    Token,
}

impl KeyKind {
    /// The word of the command line and the lookup request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecordId => "record_id",
            Self::Number(kind) => kind.field().as_str(),
            Self::Token => "opaque_token",
        }
    }
}

/// What a label stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Field(Field),
    /// Place and date of birth under one label.
    Birth,
}

#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    pub(crate) id: String,
    pub(crate) hosts: Vec<String>,
    pub(crate) http: bool,
    pub(crate) https: bool,
    pub(crate) keys: Vec<KeyRule>,
}

/// Where an issuer's address holds a key.
#[derive(Clone, Debug)]
pub(crate) struct KeyRule {
    pub(crate) kind: KeyKind,
    pub(crate) path: Template,
    pub(crate) query: Option<String>,
    pub(crate) fragment: Option<Template>,
    pub(crate) ignore_case: bool,
    pub(crate) key: Vec<Regex>,
}

/// A fixed text, or one with `{key}` in it.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) before: String,
    /// The text after `{key}`; none if there is no key here.
    pub(crate) after: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) separator: char,
    pub(crate) order: Vec<Field>,
}

/// A checked set of patterns.
#[derive(Clone, Debug)]
pub struct Patterns {
    pub(crate) issuers: Vec<Issuer>,
    pub(crate) official: Vec<Official>,
    numbers: Vec<(NumberKind, Vec<Regex>)>,
    labels: BTreeMap<String, Label>,
    columns: Vec<Columns>,
    members: BTreeMap<String, Field>,
    aliases: BTreeMap<String, &'static str>,
    index_titles: BTreeMap<String, String>,
}

/// Another official document's address.
#[derive(Clone, Debug)]
pub(crate) struct Official {
    pub(crate) id: String,
    pub(crate) hosts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    issuers: Option<Vec<RawIssuer>>,
    numbers: Option<BTreeMap<String, Vec<String>>>,
    labels: Option<BTreeMap<String, Vec<String>>>,
    columns: Option<Vec<RawColumns>>,
    json: Option<BTreeMap<String, Vec<String>>>,
    other_official: Option<Vec<RawOfficial>>,
    nationality_aliases: Option<BTreeMap<String, String>>,
    index_titles: Option<BTreeMap<String, String>>,
    #[serde(default)]
    tests: Vec<RawTest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIssuer {
    id: String,
    hosts: Vec<String>,
    schemes: Vec<String>,
    #[serde(default)]
    keys: Vec<RawKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKey {
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
struct RawColumns {
    sep: char,
    order: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOfficial {
    id: String,
    hosts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTest {
    text: String,
    expect: String,
}

/// The built-in patterns: the two hosts known to issue, the shapes seen by third parties, the printed labels.
const BUILT_IN: &str = include_str!("patterns.json");

impl Default for Patterns {
    #[expect(clippy::expect_used, reason = "the built-in file is part of this crate and read by its tests")]
    fn default() -> Self {
        let raw = serde_json::from_str(BUILT_IN).expect("the built-in patterns are well formed");
        build(raw).expect("the built-in patterns are safe")
    }
}

impl Patterns {
    /// Reads and checks a set of patterns, its own tests included.
    pub fn from_json(json: &str) -> Result<Self, PatternsError> {
        if json.len() > MAX_BYTES {
            return Err(PatternsError::TooLarge);
        }
        let given: Raw = parse(json)?;
        let own: Raw = parse(BUILT_IN)?;
        build(Raw {
            issuers: given.issuers.or(own.issuers),
            numbers: given.numbers.or(own.numbers),
            labels: given.labels.or(own.labels),
            columns: given.columns.or(own.columns),
            json: given.json.or(own.json),
            other_official: given.other_official.or(own.other_official),
            nationality_aliases: given.nationality_aliases.or(own.nationality_aliases),
            index_titles: given.index_titles.or(own.index_titles),
            tests: given.tests,
        })
    }

    /// The title of a stay permit index, if a table names it. An index without one is as good as any.
    pub fn index_title(&self, index: &str) -> Option<&str> {
        self.index_titles.get(&fold(index)).map(String::as_str)
    }

    /// The kind of number that a whole text is, upper case and as printed.
    pub(crate) fn number_kind(&self, printed: &str) -> Option<NumberKind> {
        NumberKind::ALL.into_iter().find(|kind| self.fits(*kind, printed))
    }

    pub(crate) fn fits(&self, kind: NumberKind, printed: &str) -> bool {
        self.numbers
            .iter()
            .any(|(known, shapes)| *known == kind && shapes.iter().any(|shape| shape.is_match(printed)))
    }

    /// Whether a field's numbers have a configured shape at all.
    pub(crate) fn has_shape(&self, field: Field) -> bool {
        self.numbers.iter().any(|(kind, _)| kind.field() == field)
    }

    /// Whether a printed number has its field's shape, if there is one.
    pub(crate) fn knows_number(&self, field: Field, printed: &str) -> bool {
        let upper = printed.trim().to_ascii_uppercase();
        NumberKind::ALL
            .into_iter()
            .find(|kind| kind.field() == field)
            .is_none_or(|kind| self.fits(kind, &upper))
            || !self.has_shape(field)
    }

    pub(crate) fn label(&self, printed: &str) -> Option<Label> {
        self.labels.get(&fold(printed)).copied()
    }

    pub(crate) fn member(&self, name: &str) -> Option<Field> {
        self.members.get(&fold(name)).copied()
    }

    pub(crate) fn columns(&self) -> &[Columns] {
        &self.columns
    }

    pub(crate) fn nationality_alias(&self, printed: &str) -> Option<&'static str> {
        self.aliases.get(&fold(printed)).copied()
    }

    /// Every host that may stand in an address without a scheme.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        let official = self.official.iter().flat_map(|entry| &entry.hosts);
        self.issuers.iter().flat_map(|entry| &entry.hosts).chain(official).map(String::as_str)
    }
}

/// Upper case, one space between words, none beside a slash.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() && !folded.ends_with('/') && !word.starts_with('/') {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_uppercase));
    }
    folded
}

fn parse(json: &str) -> Result<Raw, PatternsError> {
    serde_json::from_str(json).map_err(|e| PatternsError::Malformed { line: e.line(), column: e.column() })
}

fn build(raw: Raw) -> Result<Patterns, PatternsError> {
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
            .map(|entry| Ok(Official { hosts: safe_hosts(entry.hosts, &entry.id)?, id: entry.id }))
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
    let fails = |test: &RawTest| payload::read(test.text.as_bytes(), &patterns).word() != test.expect;
    match raw.tests.iter().position(fails) {
        Some(at) => Err(PatternsError::TestFailed { number: at.saturating_add(1) }),
        None => Ok(patterns),
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
        id: raw.id,
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
    if places != 1 || !raw.path.starts_with('/') {
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
    Ok(Columns { separator: raw.sep, order })
}

/// Turns `{code: [names]}` round, into what each folded name stands for.
fn by_name<T>(
    raw: Option<BTreeMap<String, Vec<String>>>,
    known: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<String, T>, PatternsError> {
    let mut by_name = BTreeMap::new();
    for (code, names) in raw.unwrap_or_default() {
        for name in names {
            let meant = known(&code).ok_or_else(|| PatternsError::UnknownName { place: code.clone() })?;
            by_name.insert(fold(&name), meant);
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
