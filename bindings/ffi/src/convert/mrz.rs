//! What machine-readable lines say, and what their digits prove.

use std::collections::HashMap;

use apoa_core::passport;
use apoa_core::private::Private;
use apoa_core::report::draft::zone_facts;

use super::words::{Reason, WhyNoZone, ZoneField};
use super::{count, texts};

/// What came of looking for a zone in a text.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[expect(clippy::large_enum_variant, reason = "made once a text, read once, never kept in a list")]
pub enum MrzReading {
    /// All lines are there; the digits say what they prove.
    Complete {
        /// What they say.
        lines: MrzLines,
    },
    /// No zone.
    NoZone {
        /// Why.
        why: WhyNoZone,
    },
}

/// What the lines say. That the digits fit says nothing of names, nationality and sex: they have none.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct MrzLines {
    /// `TD1`, `TD2`, `TD3`, `MRV-A` or `MRV-B`.
    pub format: String,
    /// `P`, `PD`, `V`, `I` …
    pub document_code: String,
    /// The whole number.
    pub document_number: String,
    /// Code of the issuing state, or as read.
    pub issuing_state: String,
    /// Code of the nationality, or as read.
    pub nationality: String,
    /// ISO, perhaps cut after month or year; none if unknown or impossible.
    pub birth_date: Option<String>,
    /// `F`, `M`, or `X` where the issuer does not state it; none for a misread.
    pub sex: Option<String>,
    /// Last valid day, ISO; none if impossible.
    pub expiry_date: Option<String>,
    /// Primary identifier.
    pub surname: String,
    /// Secondary identifier; empty for a single name.
    pub given_names: String,
    /// Personal number or other optional data.
    pub optional_data: Option<String>,
    /// Whether every check digit of the format fits.
    pub valid: bool,
    /// The digits that this format prints.
    pub checks: Vec<MrzCheck>,
    /// What was put right.
    pub repairs: Vec<MrzRepair>,
    /// Characters of the number with a look-alike that its digit does not tell apart.
    pub unproven: Vec<MrzPlace>,
    /// What else to say.
    pub notes: Vec<Reason>,
    /// The lines that were believed, one a line.
    pub text: String,
    /// Whether the name fills its field to the last cell, so that it may be cut.
    pub name_fills_field: bool,
    /// What it says of its holder, by field code: what fills a draft.
    pub facts: HashMap<String, String>,
}

/// One check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MrzCheck {
    /// What it covers.
    pub field: ZoneField,
    /// Whether it fits.
    pub fits: bool,
}

/// A misread that a digit proved and put right.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct MrzRepair {
    /// Where. For a line a lost cell was put back, and the characters are none.
    pub field: ZoneField,
    /// Place inside the field or line, from 0.
    pub index: i32,
    /// As read.
    pub from: Option<String>,
    /// As proved.
    pub to: Option<String>,
}

/// A character for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MrzPlace {
    /// Where.
    pub field: ZoneField,
    /// Place in the value, from 0.
    pub index: i32,
}

impl From<passport::MrzReading> for MrzReading {
    fn from(reading: passport::MrzReading) -> Self {
        match reading {
            passport::MrzReading::Complete(zone) => Self::Complete { lines: (*zone).into() },
            passport::MrzReading::Unreadable { why } => Self::NoZone { why },
        }
    }
}

impl From<passport::Zone> for MrzLines {
    fn from(zone: passport::Zone) -> Self {
        let (valid, facts) = (zone.is_valid(), texts(&zone_facts(&zone)));
        let passport::Zone {
            format,
            document_code,
            document_number,
            issuing_state,
            nationality,
            birth_date,
            sex,
            expiry_date,
            surname,
            given_names,
            optional_data,
            checks,
            repairs,
            unproven,
            notes,
            lines,
            name_fills_field,
        } = zone;
        let shown = |value: Option<Private<String>>| value.map(|value| value.reveal().clone());
        Self {
            format: format.as_str().to_owned(),
            document_code,
            document_number: document_number.reveal().clone(),
            issuing_state,
            nationality,
            birth_date: shown(birth_date),
            sex: sex.map(str::to_owned),
            expiry_date: expiry_date.map(|day| day.to_string()),
            surname: surname.reveal().clone(),
            given_names: given_names.reveal().clone(),
            optional_data: shown(optional_data),
            valid,
            checks: checks.into_iter().map(MrzCheck::from).collect(),
            repairs: repairs.into_iter().map(MrzRepair::from).collect(),
            unproven: unproven.into_iter().map(MrzPlace::from).collect(),
            notes,
            text: lines.reveal().clone(),
            name_fills_field,
            facts,
        }
    }
}

impl From<passport::Check> for MrzCheck {
    fn from(check: passport::Check) -> Self {
        let passport::Check { field, ok } = check;
        Self { field, fits: ok }
    }
}

impl From<passport::Repair> for MrzRepair {
    fn from(repair: passport::Repair) -> Self {
        let passport::Repair { field, index, from, to } = repair;
        Self { field, index: count(index), from: from.map(String::from), to: to.map(String::from) }
    }
}

impl From<passport::Unproven> for MrzPlace {
    fn from(place: passport::Unproven) -> Self {
        let passport::Unproven { field, index } = place;
        Self { field, index: count(index) }
    }
}
