//! A real error: its stable code, what fills the text, and what a script may want to know beside it. Outcomes are
//! lines, not errors.

use std::io::ErrorKind;

use apoa_core::catalogue::Catalogue;
use apoa_core::codes::Code;
use apoa_core::scanner::ScanError;
use apoa_core::{StoreError, SyncError};
use serde::Serialize;

use crate::exit::Exit;

/// Why a command could not be carried out.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The call is wrong: what the person who typed it is told.
    Usage(Usage),
    /// A file is there, and nothing is written over.
    Taken(String),
    /// Something failed.
    Failure(Box<Failure>),
}

impl Stop {
    /// The key of the sentence, and what fills it.
    pub(crate) fn usage(key: &'static str, args: &[(&'static str, &str)]) -> Self {
        let args = args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::Usage(Usage { key, args })
    }

    /// A file or folder that cannot be read.
    pub(crate) fn unread(path: &impl ToString, error: &std::io::Error) -> Self {
        let path = path.to_string();
        match error.kind() {
            ErrorKind::NotFound => Self::usage("cli-usage-not-there", &[("a", &path)]),
            ErrorKind::PermissionDenied => Self::usage("cli-usage-not-allowed", &[("a", &path)]),
            ErrorKind::IsADirectory => Self::usage("cli-usage-folder", &[("a", &path)]),
            _ => Self::usage("cli-usage-unread", &[("a", &path), ("cause", &error.to_string())]),
        }
    }

    /// A file or folder that cannot be written.
    pub(crate) fn unwritten(path: &impl ToString, error: &std::io::Error) -> Self {
        let path = path.to_string();
        match error.kind() {
            ErrorKind::NotFound => Self::usage("cli-usage-no-folder", &[("a", &path)]),
            ErrorKind::PermissionDenied => Self::usage("cli-usage-not-allowed", &[("a", &path)]),
            _ => Self::usage("cli-usage-unwritten", &[("a", &path), ("cause", &error.to_string())]),
        }
    }

    /// Wrong in the words of somebody else: a library, the reference server.
    pub(crate) fn said(cause: &impl ToString) -> Self {
        Self::usage("cli-usage-said", &[("cause", &cause.to_string())])
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::Taken(_) => Exit::Usage,
            Self::Failure(failure) => Exit::of(failure.code),
        }
    }
}

/// A call that is wrong, as the catalogue says it.
#[derive(Debug)]
pub(crate) struct Usage {
    key: &'static str,
    args: Vec<(&'static str, String)>,
}

impl Usage {
    /// The sentence.
    pub(crate) fn in_words(&self, words: &Catalogue) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        words.text(self.key, &args).unwrap_or_else(|| self.key.to_owned())
    }
}

/// A failure with its code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    /// What fills the text.
    pub(crate) args: Vec<(&'static str, String)>,
    /// The cause in technical words, for stderr alone.
    pub(crate) cause: Option<String>,
    /// Each problem of a report.
    pub(crate) problems: Vec<ProblemLine>,
    /// The report that is there already.
    pub(crate) report_id: Option<String>,
    /// Which of the causes of one code it is, as a word for scripts.
    pub(crate) reason: Option<&'static str>,
    /// Text and remedy of this very cause, where those of the code are too wide.
    pub(crate) told: Option<(String, String)>,
}

/// One field to mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ProblemLine {
    pub(crate) field: String,
    pub(crate) code: String,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            args: Vec::new(),
            cause: None,
            problems: Vec::new(),
            report_id: None,
            reason: None,
            told: None,
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// The one of the code's causes, and what is said of it.
    pub(crate) fn of_cause(mut self, reason: &'static str, told: Option<(String, String)>) -> Self {
        (self.reason, self.told) = (Some(reason), told);
        self
    }

    pub(crate) fn because(mut self, cause: &impl ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(Box::new(failure))
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Failure::new(error.code()).because(&error).into()
    }
}

impl From<SyncError> for Stop {
    fn from(error: SyncError) -> Self {
        Failure::new(error.code()).because(&error).into()
    }
}

impl From<ScanError> for Stop {
    fn from(error: ScanError) -> Self {
        Failure::new(error.code()).because(&error).into()
    }
}
