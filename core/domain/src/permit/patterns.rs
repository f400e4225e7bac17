//! What may be believed about payloads, as configuration: issuers and their hosts, number shapes, labels, columns.
//! One JSON object, the member `patterns` of the server's signed config; what it leaves out keeps the built-in value.
//! Patterns cannot loosen the rules for hostile payloads: hosts are exact, expressions are anchored, the engine is
//! linear in its input.

use std::collections::BTreeMap;

use regex_lite::Regex;

use super::config::{self, Raw};
use super::number::NumberKind;
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
    /// An id or a label that is empty or holds more than small letters, digits and `_` (an id) may hold.
    #[error("{place} has an unsafe name")]
    UnsafeName {
        /// Where it stands.
        place: String,
    },
    /// A host of two entries, a label of two fields, a field in two columns.
    #[error("{place} means two things")]
    Ambiguous {
        /// What.
        place: String,
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
    pub(super) numbers: Vec<(NumberKind, Vec<Regex>)>,
    pub(super) labels: BTreeMap<String, Label>,
    pub(super) columns: Vec<Columns>,
    pub(super) members: BTreeMap<String, Field>,
    pub(super) aliases: BTreeMap<String, &'static str>,
    pub(super) index_titles: BTreeMap<String, String>,
}

/// Another official document's address.
#[derive(Clone, Debug)]
pub(crate) struct Official {
    pub(crate) id: String,
    pub(crate) hosts: Vec<String>,
}

/// The built-in patterns: the two hosts known to issue, the shapes seen by third parties, the printed labels.
const BUILT_IN: &str = include_str!("patterns.json");

impl Default for Patterns {
    #[expect(clippy::expect_used, reason = "the built-in file is part of this crate and read by its tests")]
    fn default() -> Self {
        let raw = serde_json::from_slice(BUILT_IN.as_bytes()).expect("the built-in patterns are well formed");
        config::build(raw).expect("the built-in patterns are safe")
    }
}

impl Patterns {
    /// Reads and checks a set of patterns, its own tests included.
    pub fn from_json(json: &str) -> Result<Self, PatternsError> {
        if json.len() > MAX_BYTES {
            return Err(PatternsError::TooLarge);
        }
        let given: Raw = config::parse(json)?;
        let own: Raw = config::parse(BUILT_IN)?;
        config::build(Raw {
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
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() && !folded.ends_with('/') && !word.starts_with('/') {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_uppercase));
    }
    folded
}
