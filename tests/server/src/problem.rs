//! A refusal as the contract writes it (RFC 9457). Not its job: to decide who is refused.
//!
//! Invariant: a problem never holds personal data; its title is a constant.

use serde::Serialize;

/// What is refused, in the words of `ProblemType` of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Malformed,
    Digest,
    AccessDenied,
    InsufficientAuthorization,
    InvalidRequest,
    InvalidGrant,
    UnsupportedGrantType,
    Unauthorised,
    Unit,
    Role,
    DeviceRevoked,
    NoDevice,
    NeverSeen,
    NoRecord,
    NotFound,
    Method,
    RevisionConflict,
    ProfileConflict,
    PhotoMissing,
    CursorExpired,
    TooLarge,
    TooMany,
    Busy,
    Internal,
    SchemaUnsupported,
    Invalid,
    Mismatch,
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Retry {
    /// Nobody has to: the same bytes later.
    #[serde(rename = "self")]
    Same,
    /// After a change.
    Fix,
    /// Never.
    No,
}

impl Kind {
    /// Word, status, title and who can mend it.
    fn row(self) -> (&'static str, u16, &'static str, Retry) {
        match self {
            Self::Malformed => ("malformed", 400, "the request is not of the contract's form", Retry::Fix),
            Self::Digest => ("digest", 400, "content and Content-Digest differ", Retry::Same),
            Self::AccessDenied => ("access_denied", 400, "user or secret is wrong", Retry::Fix),
            Self::InsufficientAuthorization => (
                "insufficient_authorization",
                400,
                "the code that was mailed to this user is needed",
                Retry::Fix,
            ),
            Self::InvalidRequest => {
                ("invalid_request", 400, "the request is not of the contract's form", Retry::Fix)
            }
            Self::InvalidGrant => ("invalid_grant", 400, "code or token is not valid any more", Retry::Fix),
            Self::UnsupportedGrantType => ("unsupported_grant_type", 400, "no such grant", Retry::No),
            Self::Unauthorised => ("unauthorised", 401, "access token is missing or not valid", Retry::Fix),
            Self::Unit => ("unit", 403, "the account is no member of the unit", Retry::No),
            Self::Role => ("role", 403, "the account lacks the right in this unit", Retry::No),
            Self::DeviceRevoked => ("device-revoked", 403, "the unit revoked this installation", Retry::No),
            Self::NoDevice => ("no-device", 404, "the unit has no such installation", Retry::No),
            Self::NeverSeen => ("never-seen", 404, "no such operation had an effect", Retry::No),
            Self::NoRecord => ("no-record", 404, "no permit by this key", Retry::No),
            Self::NotFound => ("not-found", 404, "no such endpoint", Retry::Fix),
            Self::Method => ("method", 405, "the endpoint has no such method", Retry::Fix),
            Self::RevisionConflict => {
                ("revision-conflict", 409, "the report is not at the base revision", Retry::Fix)
            }
            Self::ProfileConflict => ("revision-conflict", 412, "the profile changed in between", Retry::Fix),
            Self::PhotoMissing => {
                ("photo-missing", 409, "the bytes of the photo did not arrive yet", Retry::Same)
            }
            Self::CursorExpired => ("cursor-expired", 410, "the cursor is not valid any more", Retry::Fix),
            Self::TooLarge => ("too-large", 413, "the request is larger than the limits allow", Retry::Fix),
            Self::TooMany => ("busy", 429, "too many attempts", Retry::Same),
            Self::Busy => ("busy", 503, "the server is busy", Retry::Same),
            Self::Internal => ("internal", 500, "the server failed", Retry::Same),
            Self::SchemaUnsupported => {
                ("schema-unsupported", 501, "the server does not take this form of an operation", Retry::Fix)
            }
            Self::Invalid => ("invalid", 422, "the data break a rule", Retry::Fix),
            Self::Mismatch => ("mismatch", 422, "envelope, body and what is stored do not agree", Retry::No),
        }
    }
}

/// What is wrong with a field; words of `FieldProblem` of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    Missing,
    Date,
    Range,
    Length,
    Form,
    Unknown,
}

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldProblem {
    pub(crate) code: String,
    pub(crate) problem: Fault,
}

/// A refusal, ready to be written.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    pub(crate) status: u16,
    retry: Retry,
    pub(crate) fields: Vec<FieldProblem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// Becomes the header `Retry-After`.
    #[serde(skip)]
    pub(crate) retry_after: Option<u64>,
}

impl Problem {
    pub(crate) fn new(kind: Kind) -> Self {
        let (word, status, title, retry) = kind.row();
        let oauth = matches!(
            kind,
            Kind::AccessDenied
                | Kind::InsufficientAuthorization
                | Kind::InvalidRequest
                | Kind::InvalidGrant
                | Kind::UnsupportedGrantType
        );
        Self {
            kind: format!("urn:apoa:problem:{word}"),
            title,
            status,
            retry,
            fields: Vec::new(),
            error: oauth.then_some(word),
            retry_after: None,
        }
    }

    pub(crate) fn with_fields(kind: Kind, fields: Vec<FieldProblem>) -> Self {
        Self { fields, ..Self::new(kind) }
    }

    /// One member or header is wrong.
    pub(crate) fn field(kind: Kind, code: &str, problem: Fault) -> Self {
        Self::with_fields(kind, vec![FieldProblem { code: code.to_owned(), problem }])
    }

    pub(crate) fn after(kind: Kind, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(kind) }
    }
}
