//! Persons as sources describe them, and what comparing them came to.

use std::collections::HashMap;

use apoa_core::fields::Field;
use apoa_core::passport::{self, Date, read_mrz};
use apoa_core::permit::{Patterns, Said, read};
use apoa_core::private::Private;

use super::draft::pairs;
use super::words::{Origin, Pair, Reason, Verdict};
use crate::error::InputError;

/// One person as one source describes him or her.
#[derive(Clone, uniffi::Enum)]
pub enum Described {
    /// Facts that somebody wrote down, or that the register said.
    Facts {
        /// By field code, in the contract's forms or as printed.
        facts: HashMap<String, String>,
        /// Where they come from.
        origin: Origin,
    },
    /// What a code on a permit or sticker says.
    Code {
        /// Its bytes, as read.
        payload: Vec<u8>,
    },
    /// The machine-readable lines of a passport, card or visa.
    Lines {
        /// The lines, or a page around them.
        text: String,
    },
    /// A permit whose data the server has not given yet.
    Pending,
}

impl Described {
    /// The core's view of the same person.
    pub(crate) fn seen(self, patterns: &Patterns, today: Date) -> Result<passport::Person, InputError> {
        Ok(match self {
            Self::Facts { facts, origin } => {
                let facts = pairs(facts)?;
                let facts = facts.iter().map(|(field, value)| (*field, value.as_str()));
                passport::Person::from_fields(facts, origin, patterns)
            }
            Self::Code { payload } => {
                let reading = read(&payload, patterns);
                match &reading.said {
                    Said::Mrz { text, sure: _ } => of_lines(text.0.reveal(), patterns, today),
                    _ => passport::Person::from_reading(&reading, patterns),
                }
            }
            Self::Lines { text } => of_lines(&text, patterns, today),
            Self::Pending => passport::Person::pending(),
        })
    }
}

fn of_lines(text: &str, patterns: &Patterns, today: Date) -> passport::Person {
    match read_mrz(text, today).zone() {
        Some(zone) => passport::Person::from_zone(zone),
        None => passport::Person::from_fields([], Origin::Zone, patterns),
    }
}

/// The days that decide what has run out, ISO.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Occasion {
    /// Today in the unit's zone.
    pub today: String,
    /// First day of the stay, if it is not today.
    #[uniffi(default = None)]
    pub check_in: Option<String>,
    /// Planned last day.
    #[uniffi(default = None)]
    pub check_out: Option<String>,
}

impl TryFrom<Occasion> for passport::Occasion {
    type Error = InputError;

    fn try_from(occasion: Occasion) -> Result<Self, InputError> {
        let Occasion { today, check_in, check_out } = occasion;
        let given = |text: Option<String>| text.map(|text| day(&text)).transpose();
        Ok(Self { today: day(&today)?, check_in: given(check_in)?, check_out: given(check_out)? })
    }
}

/// A day, ISO.
pub(crate) fn day(text: &str) -> Result<Date, InputError> {
    text.parse().map_err(|_| InputError::of("not a day of the form 2026-11-24"))
}

/// Something to say beside a verdict.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Remark {
    /// Something that a person can meet.
    Coded {
        /// Its stable code.
        code: String,
    },
    /// A rule that did not decide the whole.
    Ruled {
        /// The rule.
        reason: Reason,
    },
}

impl From<passport::Remark> for Remark {
    fn from(remark: passport::Remark) -> Self {
        match remark {
            passport::Remark::Code(code) => Self::Coded { code: code.to_string() },
            passport::Remark::Reason(reason) => Self::Ruled { reason },
        }
    }
}

/// The verdict on one field.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct FieldVerdict {
    /// The field's code.
    pub field: String,
    /// What the permit's side shows.
    pub permit: Option<String>,
    /// What the passport's side shows.
    pub passport: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The rule; none where equal values need none, or a value is simply not stated.
    pub reason: Option<Reason>,
}

impl From<passport::FieldVerdict> for FieldVerdict {
    fn from(found: passport::FieldVerdict) -> Self {
        let passport::FieldVerdict { field, permit, passport, verdict, reason } = found;
        let shown = |value: Option<Private<String>>| value.map(|value| value.reveal().clone());
        Self {
            field: Field::to_string(&field),
            permit: shown(permit),
            passport: shown(passport),
            verdict,
            reason,
        }
    }
}

/// The result of comparing two sources. It blocks no report; it travels with it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Comparison {
    /// The whole verdict.
    pub verdict: Verdict,
    /// The rule that decided it.
    pub reason: Option<Reason>,
    /// Each field of either side.
    pub fields: Vec<FieldVerdict>,
    /// What else to say.
    pub notes: Vec<Remark>,
}

impl From<passport::Comparison> for Comparison {
    fn from(comparison: passport::Comparison) -> Self {
        let passport::Comparison { verdict, reason, fields, notes } = comparison;
        Self {
            verdict,
            reason,
            fields: fields.into_iter().map(FieldVerdict::from).collect(),
            notes: notes.into_iter().map(Remark::from).collect(),
        }
    }
}

/// The verdict on two of three sources.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct PairVerdict {
    /// Which two.
    pub pair: Pair,
    /// What comparing them came to.
    pub comparison: Comparison,
}

/// The result of comparing code, register and passport.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ThreeWay {
    /// The whole verdict: the worst pair's. A pair with nothing to compare does not count.
    pub verdict: Verdict,
    /// The rule that decided it.
    pub reason: Option<Reason>,
    /// The pair that decided it.
    pub decided_by: Pair,
    /// Every pair, the one that weighs most first.
    pub pairs: Vec<PairVerdict>,
    /// What else to say.
    pub notes: Vec<Remark>,
}

impl From<passport::ThreeWay> for ThreeWay {
    fn from(three: passport::ThreeWay) -> Self {
        let passport::ThreeWay {
            verdict,
            reason,
            decided_by,
            record_passport,
            code_record,
            code_passport,
            notes,
        } = three;
        let pairs = [
            (Pair::RecordPassport, record_passport),
            (Pair::CodeRecord, code_record),
            (Pair::CodePassport, code_passport),
        ];
        let pair =
            |(pair, found): (Pair, passport::Comparison)| PairVerdict { pair, comparison: found.into() };
        Self {
            verdict,
            reason,
            decided_by,
            pairs: pairs.into_iter().map(pair).collect(),
            notes: notes.into_iter().map(Remark::from).collect(),
        }
    }
}
