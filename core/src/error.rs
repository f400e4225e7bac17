//! Public errors, and the one place where internal failures become public ones. Every variant names something the
//! caller does; none carries personal data.

use apoa_domain::codes::Code;
use apoa_domain::ids::ReportId;
use apoa_domain::report::photo::PhotoProblem;
use apoa_domain::report::plan::NotPossible;
use apoa_domain::report::rules::FieldProblem;
use rusqlite::ffi;

use crate::ports::{NoRandomness, VaultError};
use crate::seal::SealError;
use crate::seal::keys::KeyError;
use crate::sync::outcome::StoppedBy;

/// Storage or key failed: nothing that was saved is lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Suspended: resume.
    #[error("the storage is closed")]
    Closed,
    /// Another program uses the data: wait until it is closed.
    #[error("another program uses the data")]
    Busy,
    /// No space: free some and repeat.
    #[error("the storage is full")]
    DiskFull,
    /// The folder or a file in it cannot be written: fix its permissions.
    #[error("the data folder cannot be written")]
    NotWritable,
    /// The key does not answer: unlock the device, or, if it is lost, enter again what was not sent.
    #[error("the key of the data is not available: {why}")]
    KeyUnavailable {
        /// Locked, lost or failed.
        why: VaultError,
    },
    /// A newer version wrote the data: update. Nothing was touched.
    #[error("the data were written by a newer version")]
    NewerSchema,
    /// A file is damaged. It was left as it is.
    #[error("the data are damaged")]
    Damaged,
    /// A bug: report it.
    #[error("the store failed unexpectedly: {reason}")]
    Internal {
        /// What failed, without identities.
        reason: String,
    },
}

/// A draft was not accepted; it stays with the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Show each problem at its field.
    #[error("the report is not complete or not consistent")]
    Invalid {
        /// All of them.
        problems: Vec<FieldProblem>,
    },
    /// Open the other report, or repeat with a reason.
    #[error("this stay is already reported")]
    Duplicate {
        /// The report that is there.
        existing: ReportId,
    },
    /// The report's state does not allow it: look at the report.
    #[error("not possible: {why}")]
    NotPossible {
        /// What stands in the way.
        why: NotPossible,
    },
    /// The photo is not kept; the report stays as it is.
    #[error("the photo is not kept: {why}")]
    Photo {
        /// What speaks against it.
        why: PhotoProblem,
    },
    /// There is no such report in this unit.
    #[error("there is no such report")]
    NoReport,
    /// Nobody is active: sign in, or choose a member who is known here.
    #[error("no member is active on this device")]
    NoUnit,
    /// Storage or key failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A call to the server could not start, or a single request failed. Reports themselves speak through the summary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// Sign-in, server or trust file is missing.
    #[error("the client is not set up: {missing}")]
    NotSetUp {
        /// Which.
        missing: Missing,
    },
    /// One run at a time: wait for the other.
    #[error("a run is already under way")]
    AlreadyRunning,
    /// Type it again.
    #[error("user or secret is wrong")]
    WrongSecret,
    /// See `by`.
    #[error("the request stopped: {by}")]
    Stopped {
        /// What stopped it.
        by: StoppedBy,
    },
    /// Storage or key failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a client needs before it can talk to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Nobody signed in yet.
    #[error("nobody signed in")]
    SignIn,
    /// No server is known.
    #[error("no server address")]
    Server,
    /// No trust file is known.
    #[error("no trust file")]
    Trust,
}

impl StoreError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Closed => Code::Closed,
            Self::Busy => Code::Busy,
            Self::DiskFull => Code::DiskFull,
            Self::NotWritable => Code::NotWritable,
            Self::KeyUnavailable { why: VaultError::Lost } => Code::KeyLost,
            Self::KeyUnavailable { why: VaultError::Locked } => Code::KeyLocked,
            Self::NewerSchema => Code::NewerSchema,
            Self::Damaged => Code::Damaged,
            Self::KeyUnavailable { why: VaultError::Failed } | Self::Internal { .. } => Code::Internal,
        }
    }
}

impl DraftError {
    /// The stable code; of several problems the first that is no notice.
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid { problems } => {
                let real = problems.iter().find(|problem| !problem.is_notice());
                real.map_or(Code::FieldMissing, FieldProblem::code)
            }
            Self::Duplicate { .. } => Code::Duplicate,
            Self::NotPossible { .. } | Self::NoReport => Code::NotPossible,
            Self::Photo { why } => why.code(),
            Self::NoUnit => Code::SignInNeeded,
            Self::Store(error) => error.code(),
        }
    }
}

impl SyncError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::NotSetUp { missing: Missing::SignIn } => Code::SignInNeeded,
            Self::NotSetUp { missing: Missing::Server } => Code::ServerMissing,
            Self::NotSetUp { missing: Missing::Trust } => Code::TrustMissing,
            Self::AlreadyRunning => Code::AlreadyRunning,
            Self::WrongSecret => Code::WrongSecret,
            Self::Stopped { by } => by.code().unwrap_or(Code::Offline),
            Self::Store(error) => error.code(),
        }
    }
}

/// What can fail inside. Sources stay in the crate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("another program holds the lock")]
    Locked,
    #[error("schema version {found} is newer than {known}")]
    Newer { found: u32, known: u32 },
    #[error("a stored value is not of the expected form: {0}")]
    Stored(&'static str),
    #[error("a live report with the same key is there")]
    Duplicate(ReportId),
    #[error("the report changed in between")]
    Moved,
    #[error("the store is suspended")]
    Closed,
}

impl Error {
    /// Whether the file itself is damaged, not what was asked of it.
    pub(crate) fn is_sql_damage(&self) -> bool {
        let Self::Sql(rusqlite::Error::SqliteFailure(failure, _)) = self else { return false };
        matches!(failure.extended_code & 0xff, ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB)
    }

    /// Whether a file cannot be used as it is and something may be rescued from it.
    pub(crate) fn is_damage(&self) -> bool {
        // What is missing outright or newer than we are is nothing to rescue.
        self.is_sql_damage() || matches!(self, Self::Stored(what) if *what != "unit file")
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        Self::Key(KeyError::Vault(error))
    }
}

impl From<NoRandomness> for Error {
    fn from(error: NoRandomness) -> Self {
        Self::Key(KeyError::Random(error))
    }
}

/// The one place where an internal failure becomes public, and the only one that logs it.
impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let public = match &error {
            Error::Sql(error) => from_sql(error),
            Error::File(error) => from_file(error),
            Error::Seal(_) | Error::Stored(_) => Self::Damaged,
            Error::Key(KeyError::Vault(why)) => Self::KeyUnavailable { why: *why },
            Error::Locked => Self::Busy,
            Error::Closed => Self::Closed,
            Error::Newer { .. } => Self::NewerSchema,
            Error::Key(KeyError::Random(_)) | Error::Duplicate(_) | Error::Moved => {
                Self::Internal { reason: error.to_string() }
            }
        };
        if public.code() == Code::Internal {
            tracing::error!(code = %public.code(), "store failed");
        } else {
            tracing::info!(code = %public.code(), "store refused");
        }
        public
    }
}

fn from_sql(error: &rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        return StoreError::Internal { reason: "an unexpected answer of the database".to_owned() };
    };
    // Of a full disk the shared memory file is often the first to hear.
    if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE {
        return StoreError::DiskFull;
    }
    match failure.extended_code & 0xff {
        ffi::SQLITE_FULL => StoreError::DiskFull,
        ffi::SQLITE_READONLY | ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM => StoreError::NotWritable,
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => StoreError::Damaged,
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => StoreError::Busy,
        _ => StoreError::Internal { reason: format!("database code {}", failure.extended_code) },
    }
}

fn from_file(error: &std::io::Error) -> StoreError {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::DiskFull,
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::NotADirectory
        | ErrorKind::AlreadyExists => StoreError::NotWritable,
        kind => StoreError::Internal { reason: format!("file system: {kind}") },
    }
}
