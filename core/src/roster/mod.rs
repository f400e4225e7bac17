//! Lists of guests or workers as files: read here, judged by the domain (`apoa_domain::roster`), filed by the facade in
//! `import.rs`. A list as text is read on every device, workbooks with the feature `spreadsheet` alone.
//!
//! A file is hostile input. Nothing in it is executed or opened, its size is bounded before and after unpacking, and
//! whatever goes wrong leaves the store as it was.
//!
//! | file | |
//! | --- | --- |
//! | `list` | text with a delimiter that is found out |
//! | `workbook` | sheets, by calamine |
//! | `package` | what a zipped workbook unpacks to, and which rows it hides, before calamine sees it |
//! | `binary` | the same for the old binary workbooks |
//! | `import` | the part of the facade that reads, compares and files |

#[cfg(feature = "spreadsheet")]
mod binary;
mod import;
mod list;
#[cfg(feature = "spreadsheet")]
mod package;
#[cfg(feature = "spreadsheet")]
mod workbook;

use core::ops::ControlFlow;

use apoa_domain::codes::Code;
use apoa_domain::fields::Field;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::roster::{self, Columns};

pub use apoa_domain::roster::{
    Cell, CellProblem, CellWord, CheckedRow, Column, Difference, Expected, Fault, ORIGIN, Row, Table, Titles,
    facts, in_contract_words, letters, revealed,
};
pub use import::{Filed, Roster, RosterCounts, RosterRequest, RosterRow, RowState};

use crate::error::StoreError;

/// Largest file, in bytes: 10,000 rows with thirty columns have some three million.
pub const BYTES_MOST: usize = 10_000_000;

/// Most rows below the header.
pub const ROWS_MOST: usize = 10_000;

/// Cells beyond this column are not looked at; lists have some thirty.
#[cfg(feature = "spreadsheet")]
const COLUMNS_MOST: usize = 512;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with a delimiter.
    Csv,
    /// A workbook of Office Open XML.
    Xlsx,
    /// A binary workbook.
    Xls,
    /// A workbook of OpenDocument.
    Ods,
}

impl Format {
    /// The usual ending of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }
}

/// Why a file is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It holds nothing.
    #[error("the file is empty")]
    Empty,
    /// Neither text nor a workbook that is read here.
    #[error("not a kind of file that is read here")]
    Unknown,
    /// A password is needed to open it.
    #[error("the workbook is locked by a password")]
    Locked,
    /// It ends too early, or its parts contradict each other.
    #[error("the file is damaged")]
    Damaged,
}

/// What a file may not have more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Rows below the header: [`ROWS_MOST`].
    #[error("the list has too many rows")]
    Rows,
    /// Bytes: [`BYTES_MOST`].
    #[error("the file has too many bytes")]
    Bytes,
    /// What its parts, sheets and cells come to once they are unpacked.
    #[error("the workbook is too large once it is unpacked")]
    Unpacked,
}

/// A list could not be read or filed. Wrong rows are no error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// Choose another file.
    #[error("no list can be read: {reason}")]
    Unreadable {
        /// What is wrong with it.
        reason: Unreadable,
    },
    /// Say which column holds these facts, or begin with the template.
    #[error("needed columns are missing")]
    ColumnsMissing {
        /// The facts without a column.
        fields: Vec<Field>,
    },
    /// Split it, or keep nothing but the list in it.
    #[error("{limit}")]
    TooLarge {
        /// What it has too much of.
        limit: Limit,
    },
    /// Nobody is active: sign in, or choose a member who is known here.
    #[error("no member is active on this device")]
    NoUnit,
    /// Storage or key failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RosterError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Unreadable { .. } => Code::FileType,
            Self::ColumnsMissing { .. } => Code::ColumnMissing,
            Self::TooLarge { .. } => Code::FileTooLarge,
            Self::NoUnit => Code::SignInNeeded,
            Self::Store(error) => error.code(),
        }
    }
}

impl From<Unreadable> for RosterError {
    fn from(reason: Unreadable) -> Self {
        Self::Unreadable { reason }
    }
}

impl From<Limit> for RosterError {
    fn from(limit: Limit) -> Self {
        Self::TooLarge { limit }
    }
}

/// A table as a reader found it; what lies beyond the limit of rows is not in it.
struct Found {
    table: Table,
    cut: bool,
}

/// Whether a reader has as many rows as any list may have, the lines above its header among them.
fn is_full(table: &Table) -> bool {
    table.rows.len() >= ROWS_MOST + roster::HEADER_WITHIN
}

/// Chooses among the tables of a file: the first with every needed column, else the one with most of them.
struct Choice<'a> {
    kind: ReportKind,
    titles: &'a Titles,
    /// Facts that the unit's profile gives to every row.
    defaults: Vec<Field>,
    best: Option<(Found, Option<Columns>)>,
}

impl Choice<'_> {
    fn offer(&mut self, found: Found) -> ControlFlow<()> {
        let columns = roster::find(&found.table.rows, self.kind, self.titles);
        let whole = self.missing(columns.as_ref()).is_empty();
        let known = |columns: Option<&Columns>| columns.map_or(0, |columns| columns.of.len());
        let better =
            self.best.as_ref().is_none_or(|(_, best)| known(columns.as_ref()) > known(best.as_ref()));
        if whole || better {
            self.best = Some((found, columns));
        }
        if whole { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn missing(&self, columns: Option<&Columns>) -> Vec<Field> {
        roster::missing(columns, self.kind, &self.defaults)
    }

    fn chosen(self) -> Result<(Table, Columns), RosterError> {
        let (found, columns) = self.best.as_ref().map_or((None, None), |(f, c)| (Some(f), c.as_ref()));
        let fields = self.missing(columns);
        let below = columns.map_or(0, |columns| columns.header + 1);
        let rows = found.map_or(0, |found| found.table.rows.len().saturating_sub(below));
        let cut = found.is_some_and(|found| found.cut);
        match self.best {
            Some((found, Some(columns))) if fields.is_empty() => {
                if cut || rows > ROWS_MOST {
                    Err(Limit::Rows.into())
                } else {
                    Ok((found.table, columns))
                }
            }
            _ => Err(RosterError::ColumnsMissing { fields }),
        }
    }
}

/// Reads a file into the table that is the list.
fn read(bytes: &[u8], mut choice: Choice<'_>) -> Result<(Format, Table, Columns), RosterError> {
    if bytes.len() > BYTES_MOST {
        return Err(Limit::Bytes.into());
    }
    if bytes.is_empty() {
        return Err(Unreadable::Empty.into());
    }
    #[cfg(feature = "spreadsheet")]
    if let Some(format) = workbook::format_of(bytes)? {
        workbook::read(bytes, format, |found| choice.offer(found))?;
        let (table, columns) = choice.chosen()?;
        return Ok((format, table, columns));
    }
    let text = roster::text_of(bytes).ok_or(Unreadable::Unknown)?;
    let found = list::read(&text, choice.kind, choice.titles);
    let _ = choice.offer(found);
    let (table, columns) = choice.chosen()?;
    Ok((Format::Csv, table, columns))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choice(titles: &Titles) -> Choice<'_> {
        Choice { kind: ReportKind::WorkerStart, titles, defaults: Vec::new(), best: None }
    }

    fn refused(bytes: &[u8]) -> RosterError {
        read(bytes, choice(&Titles::new())).unwrap_err()
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_reason() {
        assert_eq!(refused(b""), Unreadable::Empty.into());
        assert_eq!(refused(b"\x89PNG\r\n\x1a\n\0\0\0\0"), Unreadable::Unknown.into());
        assert_eq!(refused(&vec![b'a'; BYTES_MOST + 1]), Limit::Bytes.into());
        let RosterError::ColumnsMissing { fields } = refused(b"just a line\n") else { panic!("a list") };
        assert_eq!((fields.len(), fields[0]), (9, Field::FullName));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes, choice(&Titles::new()));
            let mut zipped = b"PK\x03\x04".to_vec();
            zipped.extend(&bytes);
            let _ = read(&zipped, choice(&Titles::new()));
            let mut compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
            compound.extend(&bytes);
            compound.resize(2048, 7);
            let _ = read(&compound, choice(&Titles::new()));
        }
    }
}
