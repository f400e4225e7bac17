//! The stable code of every error, under which a platform keeps its words. The table is the core's.

use apoa_core::codes::Code;
use apoa_core::report::photo;
use apoa_core::roster::{Limit, RosterError as CoreRosterError};
use apoa_core::{DraftError as CoreDraftError, StoreError as CoreStoreError, SyncError as CoreSyncError};

use crate::convert::PictureFault;
use crate::error::{
    DraftError, InputError, PhotoProblem, RosterError, ScanError, StoreError, SyncError, WhyUnavailable,
};

#[uniffi::export]
impl StoreError {
    /// The stable code, such as `APOA-D701`.
    pub fn code(&self) -> Result<String, InputError> {
        Ok(CoreStoreError::from(self.clone()).code().to_string())
    }
}

#[uniffi::export]
impl DraftError {
    /// The stable code, such as `APOA-V310`; of several problems that of the first that is no notice.
    pub fn code(&self) -> Result<String, InputError> {
        let core = match self {
            Self::Invalid { problems } => {
                let real = problems.iter().find(|problem| !problem.notice).or(problems.first());
                return Ok(real.map_or_else(|| Code::FieldMissing.to_string(), |first| first.code.clone()));
            }
            Self::UnknownField { .. } => return Ok(Code::UnknownField.to_string()),
            Self::BadValue { .. } => return Ok(Code::Characters.to_string()),
            Self::Duplicate { existing } => CoreDraftError::Duplicate { existing: *existing },
            Self::NotPossible { why } => CoreDraftError::NotPossible { why: *why },
            Self::PhotoRefused { why } => CoreDraftError::Photo { why: (*why).into() },
            Self::NoReport => CoreDraftError::NoReport,
            Self::NoUnit => CoreDraftError::NoUnit,
            Self::StoreFailed { failure } => CoreDraftError::Store(failure.clone().into()),
        };
        Ok(core.code().to_string())
    }
}

#[uniffi::export]
impl RosterError {
    /// The stable code, such as `APOA-I403`.
    pub fn code(&self) -> Result<String, InputError> {
        let core = match self {
            Self::Unreadable { reason } => CoreRosterError::Unreadable { reason: *reason },
            Self::ColumnsMissing { .. } => CoreRosterError::ColumnsMissing { fields: Vec::new() },
            Self::TooLarge { .. } => Limit::Rows.into(),
            Self::UnknownField { .. } => return Ok(Code::UnknownField.to_string()),
            Self::BadInput { .. } => return Ok(Code::Internal.to_string()),
            Self::NoUnit => CoreRosterError::NoUnit,
            Self::StoreFailed { failure } => CoreRosterError::Store(failure.clone().into()),
        };
        Ok(core.code().to_string())
    }
}

#[uniffi::export]
impl SyncError {
    /// The stable code, such as `APOA-N501`.
    pub fn code(&self) -> Result<String, InputError> {
        let core = match self {
            Self::NotSetUp { missing } => CoreSyncError::NotSetUp { missing: *missing },
            Self::AlreadyRunning => CoreSyncError::AlreadyRunning,
            Self::WrongSecret => CoreSyncError::WrongSecret,
            Self::Stopped { by } => CoreSyncError::Stopped { by: *by },
            Self::StoreFailed { failure } => CoreSyncError::Store(failure.clone().into()),
        };
        Ok(core.code().to_string())
    }
}

#[uniffi::export]
impl ScanError {
    /// The stable code, such as `APOA-S109`.
    pub fn code(&self) -> Result<String, InputError> {
        let reason = match self {
            Self::BadFrame { .. } => PictureFault::Damaged,
            Self::BadPicture { reason } => *reason,
        };
        Ok(apoa_core::ScanError::BadPicture { reason }.code().to_string())
    }
}

impl From<StoreError> for CoreStoreError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Closed => Self::Closed,
            StoreError::Busy => Self::Busy,
            StoreError::DiskFull => Self::DiskFull,
            StoreError::NotWritable => Self::NotWritable,
            StoreError::KeyUnavailable { why } => Self::KeyUnavailable {
                why: match why {
                    WhyUnavailable::NotUnlocked => apoa_core::VaultError::Locked,
                    WhyUnavailable::Gone => apoa_core::VaultError::Lost,
                    WhyUnavailable::Unexpected => apoa_core::VaultError::Failed,
                },
            },
            StoreError::NewerSchema => Self::NewerSchema,
            StoreError::Damaged => Self::Damaged,
            StoreError::Unexpected { reason } => Self::Internal { reason },
        }
    }
}

impl From<PhotoProblem> for photo::PhotoProblem {
    fn from(problem: PhotoProblem) -> Self {
        match problem {
            PhotoProblem::NotTaken => Self::NotTaken,
            PhotoProblem::Child => Self::Child,
            PhotoProblem::NoJpeg => Self::Format,
            PhotoProblem::TooLarge { most_bytes } => {
                Self::TooLarge { most_bytes: usize::try_from(most_bytes).unwrap_or(0) }
            }
        }
    }
}
