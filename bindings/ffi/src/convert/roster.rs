//! Lists of guests and workers: what is asked of one, what is wrong with its rows, and what becomes of them.

use std::collections::HashMap;

use apoa_core::fields::Field;
use apoa_core::report::draft::Facts;
use apoa_core::roster::{self, Difference, Fault, Filed, Roster};

use super::draft::{FieldProblem, pairs};
use super::ids::ReportId;
use super::words::{ReportKind, RosterState};
use super::{count, limit};
use crate::error::RosterError;

/// What a list is.
#[derive(Clone, Debug, uniffi::Record)]
pub struct RosterRequest {
    /// The kind of report that each row becomes.
    pub kind: ReportKind,
    /// By field code the title of its column, where the core does not know that title; remembered for the unit once a
    /// list is filed.
    #[uniffi(default)]
    pub titles: HashMap<String, String>,
}

impl TryFrom<RosterRequest> for roster::RosterRequest {
    type Error = RosterError;

    fn try_from(request: RosterRequest) -> Result<Self, RosterError> {
        let RosterRequest { kind, titles } = request;
        Ok(Self { kind, titles: pairs(titles)?.into_iter().collect() })
    }
}

/// Which rows of a list are shown, in the order of the list.
#[derive(Clone, Debug, uniffi::Record)]
pub struct RosterPage {
    /// Only those of this state.
    #[uniffi(default = None)]
    pub state: Option<RosterState>,
    /// At most so many.
    pub limit: i32,
    /// Only those after the row with this number, the last of the page before.
    #[uniffi(default = 0)]
    pub after: i32,
}

/// A list that was judged.
#[derive(Clone, uniffi::Record)]
pub struct RosterPreview {
    /// Rows that would be filed.
    pub ready: i32,
    /// Rows that would be filed, and should be looked at.
    pub warnings: i32,
    /// Rows to mend.
    pub errors: i32,
    /// Rows that are reported already, or stand in the list twice.
    pub duplicates: i32,
    /// The title of each column that was understood, by field code.
    pub columns: HashMap<String, String>,
    /// The rows asked for.
    pub rows: Vec<RosterRow>,
}

impl RosterPreview {
    pub(crate) fn of(list: &Roster, page: RosterPage) -> Result<Self, RosterError> {
        let RosterPage { state, limit: most, after } = page;
        let roster::RosterCounts { ready, warnings, errors, duplicates } = list.counts();
        let columns = &list.columns.of;
        let shown = |row: &&roster::RosterRow| {
            number(row.checked.number) > after && state.is_none_or(|state| state == row.state())
        };
        let rows = list.rows.iter().filter(shown).take(limit(most)?);
        Ok(Self {
            ready: count(ready),
            warnings: count(warnings),
            errors: count(errors),
            duplicates: count(duplicates),
            columns: columns
                .iter()
                .map(|(field, column)| (field.to_string(), column.title.clone()))
                .collect(),
            rows: rows.map(|row| RosterRow::of(row, list)).collect(),
        })
    }
}

/// A row of a list.
#[derive(Clone, uniffi::Record)]
pub struct RosterRow {
    /// Its number in the list, from 1, header lines counted.
    pub number: i32,
    /// What becomes of it.
    pub state: RosterState,
    /// Whole name.
    pub full_name: Option<String>,
    /// Number of the travel document.
    pub passport_number: Option<String>,
    /// The report that is there already.
    pub existing: Option<ReportId>,
    /// What is wrong, and what should be looked at.
    pub problems: Vec<CellProblem>,
}

impl RosterRow {
    fn of(row: &roster::RosterRow, list: &Roster) -> Self {
        let facts: &Facts = row.checked.draft.facts();
        let fact = |field| facts.get(&field).map(|fact| fact.reveal().clone());
        Self {
            number: number(row.checked.number),
            state: row.state(),
            full_name: fact(Field::FullName),
            passport_number: fact(Field::PassportNumber),
            existing: row.existing,
            problems: row.checked.problems.iter().map(|problem| CellProblem::of(problem, list)).collect(),
        }
    }
}

/// One thing that is wrong with a row, or to look at.
#[derive(Clone, uniffi::Record)]
pub struct CellProblem {
    /// The field's code; none where it is about the whole row.
    pub field: Option<String>,
    /// The letters of the column, where the list has one for it.
    pub column: Option<String>,
    /// What is wrong.
    pub fault: CellFault,
    /// The stable code of what is wrong; a hidden row has none.
    pub code: Option<String>,
    /// Whether the row can be filed all the same.
    pub notice: bool,
    /// What a person sees in the cell.
    pub found: String,
    /// What should stand there.
    pub expected: Option<Expected>,
}

impl CellProblem {
    fn of(problem: &roster::CellProblem, list: &Roster) -> Self {
        let column = problem.field.and_then(|field| list.columns.of.get(&field));
        Self {
            field: problem.field.map(|field| field.to_string()),
            column: column.map(|column| roster::letters(column.place)),
            fault: CellFault::of(problem),
            code: problem.code().map(|code| code.to_string()),
            notice: problem.is_notice(),
            found: problem.found.reveal().clone(),
            expected: roster::Expected::instead_of(problem).map(Expected::from),
        }
    }
}

/// What is wrong with a row or one of its cells.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum CellFault {
    /// The cell cannot be what its column holds.
    Unfit,
    /// A spreadsheet made a number of a document number.
    Mangled,
    /// The same person on the same day stands in a row above.
    Repeats {
        /// That row's number.
        row: i32,
    },
    /// The file hides the row: it is read all the same.
    HiddenRow,
    /// What the rules of a report say.
    Rule {
        /// Of this field.
        problem: FieldProblem,
    },
}

impl CellFault {
    fn of(problem: &roster::CellProblem) -> Self {
        match problem.fault {
            Fault::Unfit => Self::Unfit,
            Fault::Mangled => Self::Mangled,
            Fault::Repeats(row) => Self::Repeats { row: number(row) },
            Fault::Hidden => Self::HiddenRow,
            Fault::Rule(_) => problem.rule().map_or(Self::Unfit, |rule| Self::Rule { problem: rule.into() }),
        }
    }
}

/// What a cell should hold.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Expected {
    /// A day.
    Day,
    /// A day, or a year alone.
    DayOrYear,
    /// A moment.
    Moment,
    /// A country by name or code.
    Country,
    /// Letters and digits, kept as a text.
    Number,
    /// How many.
    HowMany,
    /// A line of text.
    Line,
    /// One of these words.
    OneOf {
        /// In Indonesian.
        indonesian: Vec<String>,
        /// In English, in the same order.
        english: Vec<String>,
    },
    /// This day or a later one.
    From {
        /// ISO.
        day: String,
    },
    /// This day or an earlier one.
    Until {
        /// ISO.
        day: String,
    },
    /// No more than so many characters.
    AtMost {
        /// So many.
        characters: i32,
    },
    /// Somebody else, or another first day.
    Another,
}

impl From<roster::Expected> for Expected {
    fn from(expected: roster::Expected) -> Self {
        match expected {
            roster::Expected::Date => Self::Day,
            roster::Expected::DateOrYear => Self::DayOrYear,
            roster::Expected::Instant => Self::Moment,
            roster::Expected::Country => Self::Country,
            roster::Expected::Number => Self::Number,
            roster::Expected::Count => Self::HowMany,
            roster::Expected::Text => Self::Line,
            roster::Expected::Words(words) => Self::OneOf {
                indonesian: words.iter().map(|word| word.indonesian.to_owned()).collect(),
                english: words.iter().map(|word| word.english.to_owned()).collect(),
            },
            roster::Expected::From(day) => Self::From { day: day.to_string() },
            roster::Expected::Until(day) => Self::Until { day: day.to_string() },
            roster::Expected::AtMost(most) => Self::AtMost { characters: count(most) },
            roster::Expected::Another => Self::Another,
        }
    }
}

/// A list beside the open reports of its kind.
#[derive(Clone, Debug, uniffi::Record)]
pub struct RosterChanges {
    /// Numbers of the rows whose people are not reported.
    pub unreported: Vec<i32>,
    /// Who is reported with other facts.
    pub changed: Vec<RosterChange>,
    /// How many are reported as their row says.
    pub same: i32,
    /// Reports whose people are in no row.
    pub gone: Vec<ReportId>,
}

/// Somebody who is reported with other facts.
#[derive(Clone, Debug, uniffi::Record)]
pub struct RosterChange {
    /// The row's number.
    pub row: i32,
    /// The report.
    pub report: ReportId,
    /// Codes of the fields that differ.
    pub fields: Vec<String>,
}

impl RosterChanges {
    pub(crate) fn of(list: &Roster, differences: Vec<Difference>) -> Self {
        let of_row = |place: usize| list.rows.get(place).map_or(0, |row| number(row.checked.number));
        let mut changes = Self { unreported: Vec::new(), changed: Vec::new(), same: 0, gone: Vec::new() };
        for difference in differences {
            match difference {
                Difference::New { row } => changes.unreported.push(of_row(row)),
                Difference::Changed { row, report, fields } => changes.changed.push(RosterChange {
                    row: of_row(row),
                    report,
                    fields: fields.iter().map(Field::to_string).collect(),
                }),
                Difference::Same { .. } => changes.same += 1,
                Difference::Gone { report } => changes.gone.push(report),
            }
        }
        changes
    }
}

/// What was filed of a list.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RosterFiled {
    /// The new reports, in the order of their rows.
    pub reports: Vec<ReportId>,
    /// Rows that somebody else reported since the list was read.
    pub existing: i32,
    /// Whether it was cancelled before its end.
    pub stopped: bool,
}

impl From<Filed> for RosterFiled {
    fn from(filed: Filed) -> Self {
        let Filed { reports, existing, stopped } = filed;
        Self {
            reports: reports.into_iter().map(|(_, report)| report).collect(),
            existing: count(existing.len()),
            stopped,
        }
    }
}

fn number(row: u32) -> i32 {
    i32::try_from(row).unwrap_or(i32::MAX)
}
