//! The core's errors for both languages: the same variants, the same stable codes, no second set of words.

use apoa_core::report::photo;
use apoa_core::roster::{BYTES_MOST, ROWS_MOST, RosterError as CoreRosterError};
use apoa_core::{DraftError as CoreDraftError, StoreError as CoreStoreError, SyncError as CoreSyncError};

use crate::convert::{
    FieldProblem, ListFault, NoSuchField, Obstacle, PictureFault, ProfileField, ReportId, SetUp, StoppedBy,
    count,
};
use crate::ports::VaultError;

/// Why the key does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum WhyUnavailable {
    /// The device was not unlocked since it started.
    NotUnlocked,
    /// The key is gone.
    Gone,
    /// Anything else.
    Unexpected,
}

/// Storage or key failed: nothing that was saved is lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum StoreError {
    /// Suspended: resume (APOA-X902).
    #[error("the storage is closed")]
    Closed,
    /// Another program uses the data: wait until it is closed (APOA-D706).
    #[error("another program uses the data")]
    Busy,
    /// No space: free some and repeat (APOA-D701).
    #[error("the storage is full")]
    DiskFull,
    /// The folder cannot be written: fix its permissions (APOA-D707).
    #[error("the data folder cannot be written")]
    NotWritable,
    /// The key does not answer: unlock the device (APOA-D708), or enter again what was not sent (APOA-D702).
    #[error("the key of the data is not available")]
    KeyUnavailable {
        /// Why.
        why: WhyUnavailable,
    },
    /// A newer version wrote the data: update (APOA-D704).
    #[error("the data were written by a newer version")]
    NewerSchema,
    /// A file is damaged and was left as it is (APOA-D703).
    #[error("the data are damaged")]
    Damaged,
    /// A bug: report it (APOA-X901).
    #[error("the store failed unexpectedly: {reason}")]
    Unexpected {
        /// What failed, without identities.
        reason: String,
    },
}

impl From<CoreStoreError> for StoreError {
    fn from(error: CoreStoreError) -> Self {
        match error {
            CoreStoreError::Closed => Self::Closed,
            CoreStoreError::Busy => Self::Busy,
            CoreStoreError::DiskFull => Self::DiskFull,
            CoreStoreError::NotWritable => Self::NotWritable,
            CoreStoreError::KeyUnavailable { why } => Self::KeyUnavailable {
                why: match why {
                    apoa_core::VaultError::Locked => WhyUnavailable::NotUnlocked,
                    apoa_core::VaultError::Lost => WhyUnavailable::Gone,
                    apoa_core::VaultError::Failed => WhyUnavailable::Unexpected,
                },
            },
            CoreStoreError::NewerSchema => Self::NewerSchema,
            CoreStoreError::Damaged => Self::Damaged,
            CoreStoreError::Internal { reason } => Self::Unexpected { reason },
        }
    }
}

/// Why a photo is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum PhotoProblem {
    /// The server asks for no such photo: send the report without it.
    NotTaken,
    /// The report is about a child: send it without a photo.
    Child,
    /// It is no JPEG: take it again as one.
    NoJpeg,
    /// Scale it down first.
    TooLarge {
        /// The limit.
        most_bytes: i32,
    },
}

impl From<photo::PhotoProblem> for PhotoProblem {
    fn from(problem: photo::PhotoProblem) -> Self {
        match problem {
            photo::PhotoProblem::NotTaken => Self::NotTaken,
            photo::PhotoProblem::Child => Self::Child,
            photo::PhotoProblem::Format => Self::NoJpeg,
            photo::PhotoProblem::TooLarge { most_bytes } => Self::TooLarge { most_bytes: count(most_bytes) },
        }
    }
}

/// A draft was not accepted; it stays with the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum DraftError {
    /// Show each problem at its field.
    #[error("the report is not complete or not consistent")]
    Invalid {
        /// All of them.
        problems: Vec<FieldProblem>,
    },
    /// A fact has a code that is not in the dictionary (APOA-V306).
    #[error("no such field code")]
    UnknownField {
        /// The code as given.
        code: String,
        /// The nearest one.
        nearest: String,
    },
    /// Open the other report, or repeat with a reason (APOA-V310).
    #[error("this stay is already reported")]
    Duplicate {
        /// The report that is there.
        existing: ReportId,
    },
    /// The report's state does not allow it (APOA-V311).
    #[error("not possible: {why}")]
    NotPossible {
        /// What stands in the way.
        why: Obstacle,
    },
    /// The photo is not kept; the report stays as it is.
    #[error("the photo is not kept")]
    PhotoRefused {
        /// What speaks against it.
        why: PhotoProblem,
    },
    /// A unit cannot say that about itself.
    #[error("not a value of {field}")]
    BadValue {
        /// Which fact.
        field: ProfileField,
    },
    /// There is no such report in this unit.
    #[error("there is no such report")]
    NoReport,
    /// Nobody ever signed in here: sign in, once (APOA-A601).
    #[error("no member is active on this device")]
    NoUnit,
    /// Storage or key failed.
    #[error("the store failed: {failure}")]
    StoreFailed {
        /// Why.
        failure: StoreError,
    },
}

impl From<CoreDraftError> for DraftError {
    fn from(error: CoreDraftError) -> Self {
        match error {
            CoreDraftError::Invalid { problems } => {
                Self::Invalid { problems: problems.into_iter().map(FieldProblem::from).collect() }
            }
            CoreDraftError::Duplicate { existing } => Self::Duplicate { existing },
            CoreDraftError::NotPossible { why } => Self::NotPossible { why },
            CoreDraftError::Photo { why } => Self::PhotoRefused { why: why.into() },
            CoreDraftError::NoReport => Self::NoReport,
            CoreDraftError::NoUnit => Self::NoUnit,
            CoreDraftError::Store(error) => Self::StoreFailed { failure: error.into() },
        }
    }
}

impl From<NoSuchField> for DraftError {
    fn from(unknown: NoSuchField) -> Self {
        let NoSuchField { code, nearest } = unknown;
        Self::UnknownField { code, nearest }
    }
}

const BYTES_IN_MB: usize = 1_000_000;

/// A list could not be read or filed. Wrong rows are no error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum RosterError {
    /// Choose another file (APOA-I403).
    #[error("no list can be read: {reason}")]
    Unreadable {
        /// What is wrong with it.
        reason: ListFault,
    },
    /// Say which columns hold these facts (APOA-I402).
    #[error("needed columns are missing")]
    ColumnsMissing {
        /// The codes of the facts without a column.
        fields: Vec<String>,
    },
    /// Split it (APOA-I406).
    #[error("the list is too large")]
    TooLarge {
        /// So many rows are allowed.
        most_rows: i32,
        /// So many megabytes are allowed.
        most_mb: i32,
    },
    /// A title was given for a code that is not in the dictionary (APOA-V306).
    #[error("no such field code")]
    UnknownField {
        /// The code as given.
        code: String,
        /// The nearest one.
        nearest: String,
    },
    /// An argument is not of its form: fix the call.
    #[error("{reason}")]
    BadInput {
        /// Which one, and what it should be.
        reason: String,
    },
    /// Nobody ever signed in here: sign in, once (APOA-A601).
    #[error("no member is active on this device")]
    NoUnit,
    /// Storage or key failed.
    #[error("the store failed: {failure}")]
    StoreFailed {
        /// Why.
        failure: StoreError,
    },
}

impl From<CoreRosterError> for RosterError {
    fn from(error: CoreRosterError) -> Self {
        match error {
            CoreRosterError::Unreadable { reason } => Self::Unreadable { reason },
            CoreRosterError::ColumnsMissing { fields } => {
                Self::ColumnsMissing { fields: fields.iter().map(ToString::to_string).collect() }
            }
            CoreRosterError::TooLarge { .. } => {
                Self::TooLarge { most_rows: count(ROWS_MOST), most_mb: count(BYTES_MOST / BYTES_IN_MB) }
            }
            CoreRosterError::NoUnit => Self::NoUnit,
            CoreRosterError::Store(error) => Self::StoreFailed { failure: error.into() },
        }
    }
}

impl From<NoSuchField> for InputError {
    fn from(_: NoSuchField) -> Self {
        Self::of("no such field code")
    }
}

impl From<NoSuchField> for RosterError {
    fn from(unknown: NoSuchField) -> Self {
        let NoSuchField { code, nearest } = unknown;
        Self::UnknownField { code, nearest }
    }
}

impl From<InputError> for RosterError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::BadInput { reason } => Self::BadInput { reason },
            InputError::NotRead { failure } => Self::StoreFailed { failure },
        }
    }
}

/// A call to the server could not start, or a single request failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SyncError {
    /// Sign-in, server or trust file is missing (APOA-A601, A606, A607).
    #[error("the client is not set up")]
    NotSetUp {
        /// Which of them.
        missing: SetUp,
    },
    /// One run at a time: wait for the other (APOA-N507).
    #[error("a run is already under way")]
    AlreadyRunning,
    /// Type it again (APOA-A604).
    #[error("user or secret is wrong")]
    WrongSecret,
    /// The request stopped.
    #[error("the request stopped: {by}")]
    Stopped {
        /// What stopped it.
        by: StoppedBy,
    },
    /// Storage or key failed.
    #[error("the store failed: {failure}")]
    StoreFailed {
        /// Why.
        failure: StoreError,
    },
}

impl From<CoreSyncError> for SyncError {
    fn from(error: CoreSyncError) -> Self {
        match error {
            CoreSyncError::NotSetUp { missing } => Self::NotSetUp { missing },
            CoreSyncError::AlreadyRunning => Self::AlreadyRunning,
            CoreSyncError::WrongSecret => Self::WrongSecret,
            CoreSyncError::Stopped { by } => Self::Stopped { by },
            CoreSyncError::Store(error) => Self::StoreFailed { failure: error.into() },
        }
    }
}

/// A frame or picture could not be looked at (APOA-S109, S110).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ScanError {
    /// The layout does not fit the bytes: fix the call.
    #[error("the frame does not fit its layout: {reason}")]
    BadFrame {
        /// What does not fit.
        reason: String,
    },
    /// Not a picture, or too large: take another one.
    #[error("the picture cannot be used: {reason}")]
    BadPicture {
        /// Why.
        reason: PictureFault,
    },
}

impl ScanError {
    pub(crate) fn no_layout() -> Self {
        Self::BadFrame { reason: "no layout was said".to_owned() }
    }
}

impl From<apoa_core::ScanError> for ScanError {
    fn from(error: apoa_core::ScanError) -> Self {
        match error {
            apoa_core::ScanError::BadFrame { reason } => Self::BadFrame { reason: reason.to_string() },
            apoa_core::ScanError::BadPicture { reason } => Self::BadPicture { reason },
        }
    }
}

/// An argument is not of its form: fix the call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum InputError {
    /// Which argument, and what it should be.
    #[error("{reason}")]
    BadInput {
        /// What is wrong.
        reason: String,
    },
    /// The store failed while answering.
    #[error("the store failed: {failure}")]
    NotRead {
        /// Why.
        failure: StoreError,
    },
}

impl From<CoreStoreError> for InputError {
    fn from(error: CoreStoreError) -> Self {
        Self::NotRead { failure: error.into() }
    }
}

impl From<CoreStoreError> for SyncError {
    fn from(error: CoreStoreError) -> Self {
        Self::StoreFailed { failure: error.into() }
    }
}

impl InputError {
    pub(crate) fn of(reason: &str) -> Self {
        Self::BadInput { reason: reason.to_owned() }
    }
}

impl From<VaultError> for apoa_core::VaultError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Locked => Self::Locked,
            VaultError::Lost => Self::Lost,
            VaultError::Failed => Self::Failed,
        }
    }
}
