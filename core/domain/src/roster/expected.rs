//! What a cell should hold, for whoever mends it: a kind of value, one of some words, a limit.

use jiff::civil::Date;

use super::{CellProblem, Fault};
use crate::fields::{Field, Shape};
use crate::report::rules::Problem;

/// A word that a person types into a cell, in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellWord {
    /// In Indonesian.
    pub indonesian: &'static str,
    /// In English.
    pub english: &'static str,
}

const fn word(indonesian: &'static str, english: &'static str) -> CellWord {
    CellWord { indonesian, english }
}

/// The words of each column that takes no other ones, or offers some. Each is read by `cells`.
const WORDS: &[(Field, &[CellWord])] = &[
    (Field::Sex, &[word("P", "F"), word("L", "M"), word("X", "X")]),
    (Field::PermitKind, &[word("ITAS", "ITAS"), word("ITAP", "ITAP"), word("ITK", "ITK")]),
    (
        Field::Purpose,
        &[
            word("liburan", "holiday"),
            word("bisnis", "business"),
            word("keluarga", "family"),
            word("kerja", "work"),
            word("belajar", "study"),
            word("transit", "transit"),
            word("berobat", "medical"),
            word("lainnya", "other"),
        ],
    ),
    (
        Field::Relation,
        &[word("tuan rumah", "host"), word("pemilik", "landlord"), word("tetangga", "neighbour")],
    ),
    (Field::OfficeInformed, &[word("ya", "yes"), word("tidak", "no")]),
];

/// What a cell should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A day.
    Date,
    /// A day, or a year alone: a date of birth.
    DateOrYear,
    /// A moment.
    Instant,
    /// A country by name or code.
    Country,
    /// Letters and digits, kept as a text.
    Number,
    /// How many.
    Count,
    /// A line of text.
    Text,
    /// One of these words.
    Words(&'static [CellWord]),
    /// This day or a later one.
    From(Date),
    /// This day or an earlier one.
    Until(Date),
    /// At most so many characters.
    AtMost(usize),
    /// Somebody else, or another first day: the row is there already.
    Another,
}

impl Expected {
    /// What a column holds.
    pub fn in_column(field: Field) -> Self {
        if let Some((_, words)) = WORDS.iter().find(|(known, _)| *known == field) {
            return Self::Words(words);
        }
        match field.shape() {
            Shape::Date => Self::Date,
            Shape::PartialDate => Self::DateOrYear,
            Shape::Instant => Self::Instant,
            Shape::Country => Self::Country,
            Shape::Number => Self::Number,
            Shape::Count => Self::Count,
            Shape::Text
            | Shape::LongText
            | Shape::Flag
            | Shape::Digest
            | Shape::Word(_)
            | Shape::WordOrOther(_) => Self::Text,
        }
    }

    /// What a cell with this problem should hold; none where the problem is no cell's.
    pub fn instead_of(problem: &CellProblem) -> Option<Self> {
        let field = problem.field?;
        Some(match problem.fault {
            Fault::Hidden => return None,
            Fault::Repeats(_) => Self::Another,
            Fault::Rule(Problem::Before(day)) => Self::From(day),
            Fault::Rule(Problem::After(day)) => Self::Until(day),
            Fault::Rule(Problem::TooLong(most)) => Self::AtMost(most),
            Fault::Unfit
            | Fault::Mangled
            | Fault::Rule(
                Problem::Missing
                | Problem::NotADate
                | Problem::Characters
                | Problem::Foreign(_)
                | Problem::LongAgo,
            ) => Self::in_column(field),
        })
    }

    /// The key of its words in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Self::Date => "expect-date",
            Self::DateOrYear => "expect-birth",
            Self::Instant => "expect-instant",
            Self::Country => "expect-country",
            Self::Number => "expect-number",
            Self::Count => "expect-count",
            Self::Text => "expect-text",
            Self::Words(_) => "expect-words",
            Self::From(_) => "expect-from",
            Self::Until(_) => "expect-until",
            Self::AtMost(_) => "expect-length",
            Self::Another => "expect-other",
        }
    }
}
