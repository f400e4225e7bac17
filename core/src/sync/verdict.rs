//! What a server says it would make of an op, where nothing has an effect.

use apoa_domain::codes::Code;

/// What the server would make of an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would be received.
    Applied,
    /// It was received before.
    Duplicate,
    /// Another phone reported this stay: it would be received as the same one.
    Merged,
    /// Other data are needed.
    Invalid,
    /// The report was changed elsewhere.
    Conflict,
    /// Not now.
    Deferred,
    /// The server holds other bytes under this id.
    Mismatch,
    /// The server does not take it in this form.
    Unsupported,
}

impl Verdict {
    const ALL: &'static [Self] = &[
        Self::Applied,
        Self::Duplicate,
        Self::Merged,
        Self::Invalid,
        Self::Conflict,
        Self::Deferred,
        Self::Mismatch,
        Self::Unsupported,
    ];

    /// The verdict of this word; `None` if it is not known here.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verdict| verdict.as_str() == word)
    }

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Merged => "merged",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::Deferred => "deferred",
            Self::Mismatch => "mismatch",
            Self::Unsupported => "unsupported",
        }
    }

    /// What would have to be mended first.
    pub fn problem(self) -> Option<Code> {
        match self {
            Self::Applied | Self::Duplicate | Self::Merged | Self::Deferred => None,
            Self::Invalid => Some(Code::CorrectionAsked),
            Self::Conflict => Some(Code::Conflict),
            Self::Mismatch => Some(Code::Contract),
            Self::Unsupported => Some(Code::UpdateRequired),
        }
    }
}
