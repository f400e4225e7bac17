//! In which form a list is written: the ending of the file's name says it.

use std::path::Path;

use crate::failure::Stop;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For programs: everything, with instants in UTC.
    Json,
    /// The same as lines of text, for whatever reads tables.
    Csv,
    /// A sheet for people who calculate.
    Xlsx,
    /// Paper.
    Pdf,
}

impl Form {
    pub(crate) fn of(file: &Path) -> Result<Self, Stop> {
        let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
        match ending.as_deref() {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some("xlsx") => Ok(Self::Xlsx),
            Some("pdf") => Ok(Self::Pdf),
            _ => Err(Stop::usage("cli-usage-ending", &[("a", ".csv, .xlsx, .pdf, .json")])),
        }
    }
}
