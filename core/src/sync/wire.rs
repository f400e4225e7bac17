//! Shapes on the wire, as `core/api/openapi.yaml` fixes them. An answer may carry members that are not known here.

use core::fmt;

use apoa_domain::ids::{AccountId, DeviceId, OpId, ReportId, Timestamp, UnitId};
use apoa_domain::private::Private;
use serde::{Deserialize, Serialize};

/// A request below `/apoa/v1`.
#[derive(Clone)]
pub(crate) struct WireRequest {
    /// `GET`, `POST` or `PUT`.
    pub(crate) method: Method,
    /// Path and query below `/apoa/v1`. Never personal data.
    pub(crate) path: String,
    /// Access token.
    pub(crate) bearer: Option<Private<String>>,
    /// The unit it is about; a request never holds rows of two.
    pub(crate) unit: Option<UnitId>,
    /// This installation.
    pub(crate) device: DeviceId,
    /// The body, before compression.
    pub(crate) body: Option<Body>,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Asks.
    Get,
    /// Acts; every act can be repeated.
    Post,
    /// Leaves something at its own address; again is the same.
    Put,
}

/// Content with its type.
#[derive(Clone)]
pub(crate) struct Body {
    /// Media type.
    pub(crate) content_type: &'static str,
    /// Bytes.
    pub(crate) bytes: Private<Vec<u8>>,
}

/// An answer of whoever answered.
#[derive(Clone)]
pub(crate) struct WireReply {
    /// HTTP status.
    pub(crate) status: u16,
    /// Media type without parameters, lower case; empty if there was none.
    pub(crate) content_type: String,
    /// Bytes after decompression.
    pub(crate) body: Vec<u8>,
    /// `Retry-After`, as milliseconds from the answer on.
    pub(crate) retry_after_ms: Option<i64>,
    /// `Date`.
    pub(crate) date: Option<Timestamp>,
}

#[cfg(test)]
impl WireReply {
    /// An answer with nothing but these.
    pub(super) fn of(status: u16, content_type: &str, body: &str) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            body: body.as_bytes().to_vec(),
            retry_after_ms: None,
            date: None,
        }
    }
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.method, self.path)
    }
}

impl fmt::Debug for WireReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} bytes)", self.status, self.content_type, self.body.len())
    }
}

/// Media type of a refusal.
pub(super) const PROBLEM_TYPE: &str = "application/problem+json";
/// Media type of an answer.
pub(super) const JSON_TYPE: &str = "application/json";
/// Media type of a photo.
pub(super) const JPEG_TYPE: &str = "image/jpeg";
/// Media type of the signed config.
pub(super) const JWT_TYPE: &str = "application/jwt";
/// Media type of the sign-in's requests.
pub(super) const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Prefix of every problem of the contract.
pub(super) const PROBLEM: &str = "urn:apoa:problem:";

#[derive(Serialize)]
pub(super) struct OpsRequest<'a> {
    pub(super) schema: u32,
    pub(super) ops: Vec<Op<'a>>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
pub(super) struct Op<'a> {
    pub(super) op_id: OpId,
    pub(super) kind: &'static str,
    pub(super) report_id: ReportId,
    pub(super) revision: u32,
    pub(super) base_revision: u32,
    pub(super) body_sha256: String,
    pub(super) body: &'a str,
}

#[derive(Deserialize)]
pub(super) struct OpsAnswer {
    pub(super) results: Vec<OpResult>,
}

#[derive(Deserialize)]
pub(super) struct OpResult {
    pub(super) op_id: OpId,
    pub(super) outcome: String,
    pub(super) receipt: Option<String>,
    pub(super) same_as: Option<ReportId>,
}

#[derive(Deserialize)]
pub(super) struct ProblemText {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct ChallengeAnswer {
    pub(super) authorization_code: Private<String>,
}

#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: Private<String>,
    pub(crate) expires_in: i64,
    pub(crate) refresh_token: Private<String>,
    pub(crate) account: AccountText,
    pub(crate) units: Vec<UnitText>,
}

#[derive(Deserialize)]
pub(crate) struct AccountText {
    pub(crate) id: AccountId,
    pub(crate) name: Private<String>,
}

#[derive(Deserialize)]
pub(crate) struct UnitText {
    pub(crate) id: UnitId,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) rights: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct ChangesAnswer {
    pub(super) items: Vec<ChangedReport>,
    pub(super) next_cursor: String,
    pub(super) has_more: bool,
}

/// A report as the server tells of it: what a list shows, and the receipt that proves its state.
#[derive(Deserialize)]
pub(crate) struct ChangedReport {
    pub(super) report_id: ReportId,
    pub(super) kind: String,
    pub(super) captured_by: AccountId,
    pub(super) full_name: Option<Private<String>>,
    pub(super) passport_number: Option<Private<String>>,
    pub(super) first_date: Option<Private<String>>,
    pub(super) planned_end: Option<Private<String>>,
    pub(super) permit_expiry: Option<Private<String>>,
    pub(super) room: Option<Private<String>>,
    pub(super) receipt: String,
}
