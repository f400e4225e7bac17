//! Lists of guests or workers: which column is which fact, what a cell says, which rows can be reported, and how a list
//! differs from what is reported already.
//!
//! Rows become drafts, and drafts are judged by the rules of a single report: there is no second set of rules. Reading
//! files is the core's (`core/src/roster`); here are tables of cells, whatever they came from.
//!
//! | file | |
//! | --- | --- |
//! | `bytes` | a list as bytes into text |
//! | `cells` | what a cell says of a fact |
//! | `titles` | the words by which columns are known, in Indonesian and English |
//! | `columns` | the header row, and the column of each fact |
//! | `rows` | rows into drafts, with everything that is wrong |
//! | `expected` | what a wrong cell should hold |
//! | `diff` | a list against the reports that are there |

mod bytes;
mod cells;
mod columns;
mod diff;
mod expected;
mod rows;
mod titles;

use core::fmt;

pub use bytes::text_of;
pub use cells::in_contract_words;
pub use columns::{Column, Columns, HEADER_WITHIN, ORIGIN, Titles, facts, find, is_same_title, missing};
pub use diff::{Difference, Known, compare};
pub use expected::{CellWord, Expected};
pub use jiff::civil::Date;
pub use rows::{CellProblem, CheckedRow, Fault, check};

/// One cell as a file holds it.
#[derive(Clone, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text.
    Text(String),
    /// A number, whatever it shows.
    Number(f64),
    /// A day: a number that the file shows as a date, or a date by name.
    Day(Date),
    /// Yes or no.
    Flag(bool),
    /// A formula that failed.
    Failed,
}

impl Cell {
    /// Whether nothing is written there.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Day(_) | Self::Flag(_) | Self::Failed => false,
        }
    }

    /// What a person sees in the cell.
    pub fn shown(&self) -> String {
        cells::shown(self)
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Text(_) => "Text((private))",
            Self::Number(_) => "Number((private))",
            Self::Day(_) => "Day((private))",
            Self::Flag(_) => "Flag",
            Self::Failed => "Failed",
        })
    }
}

/// From which day a file counts its dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    /// From the end of 1899, with a 29 February 1900 that never was.
    #[default]
    Of1900,
    /// From 1904: workbooks of old Macintosh programs.
    Of1904,
}

impl Epoch {
    /// The day of a serial number; none for what no calendar has.
    pub fn day(self, serial: f64) -> Option<Date> {
        cells::day_of_serial(serial, self)
    }
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its number in the file, from 1, header lines counted.
    pub number: u32,
    /// Whether the file hides it.
    pub hidden: bool,
    /// Its cells from the first column on.
    pub cells: Vec<Cell>,
}

/// The rows of a list that hold something, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Name of the sheet, where the file has sheets.
    pub sheet: Option<String>,
    /// How it counts days.
    pub epoch: Epoch,
    /// Rows with at least one cell that is not empty.
    pub rows: Vec<Row>,
}

/// What a person sees of a text, with hidden characters by their number: `⟨U+202E⟩`. None if it has none.
pub fn revealed(text: &str) -> Option<String> {
    use crate::permit::text::is_hidden;

    let one = |c: char| if is_hidden(c) { format!("⟨U+{:04X}⟩", u32::from(c)) } else { c.to_string() };
    text.chars().any(is_hidden).then(|| text.chars().map(one).collect())
}

/// The letters by which spreadsheets call a column: 0 is `A`, 26 is `AA`.
pub fn letters(place: usize) -> String {
    let mut left = place;
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A'.saturating_add(u8::try_from(left % 26).unwrap_or(0))));
        match (left / 26).checked_sub(1) {
            Some(next) => left = next,
            None => break,
        }
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_spreadsheets_call_them() {
        for (place, name) in
            [(0, "A"), (4, "E"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(letters(place), name);
        }
    }

    #[test]
    fn a_hidden_character_is_shown_by_its_number() {
        assert_eq!(revealed("ANNA\u{202e} MARIA").as_deref(), Some("ANNA⟨U+202E⟩ MARIA"));
        assert_eq!(revealed("ANNA MARIA"), None);
    }

    #[test]
    fn debug_shows_no_content() {
        let day = jiff::civil::date(1974, 8, 12);
        let cells = [Cell::Text("ERIKSSON".to_owned()), Cell::Number(898_902.0), Cell::Day(day)];
        let shown = format!("{cells:?}");
        assert!(!shown.contains("ERIKSSON") && !shown.contains("898") && !shown.contains("1974"), "{shown}");
    }
}
