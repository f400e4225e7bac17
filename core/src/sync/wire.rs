//! What crosses the wire, whatever the contract: one request, one answer.

use core::fmt;

use apoa_domain::ids::{DeviceId, Timestamp, UnitId};
use apoa_domain::private::Private;

/// A request.
#[derive(Clone)]
pub struct WireRequest {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: Method,
    /// Path and query from the server's origin on, with the first slash. Never personal data.
    pub path: String,
    /// Access token.
    pub bearer: Option<Private<String>>,
    /// The unit it is about; a request never holds rows of two.
    pub unit: Option<UnitId>,
    /// This installation.
    pub device: DeviceId,
    /// `If-Match`: the tag of what is to be replaced.
    pub if_match: Option<String>,
    /// The body, before compression.
    pub body: Option<Body>,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Asks.
    Get,
    /// Acts; every act can be repeated.
    Post,
    /// Leaves something at its own address; again is the same.
    Put,
    /// Takes something away; again is the same.
    Delete,
}

/// Content with its type.
#[derive(Clone)]
pub struct Body {
    /// Media type.
    pub content_type: &'static str,
    /// Bytes.
    pub bytes: Private<Vec<u8>>,
}

/// An answer of whoever answered.
#[derive(Clone, Default)]
pub struct WireReply {
    /// HTTP status.
    pub status: u16,
    /// Media type without parameters, lower case; empty if there was none.
    pub content_type: String,
    /// Bytes after decompression.
    pub body: Vec<u8>,
    /// `Retry-After`, as milliseconds from the answer on.
    pub retry_after_ms: Option<i64>,
    /// `Apoa-Backoff`, in milliseconds: the server would rather not be asked for so long.
    pub backoff_ms: Option<i64>,
    /// `Date`.
    pub date: Option<Timestamp>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Content-Location`: path and query of what the answer says it shows.
    pub content_location: Option<String>,
}

#[cfg(test)]
impl WireReply {
    /// An answer with nothing but these.
    pub(super) fn of(status: u16, content_type: &str, body: &str) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            body: body.as_bytes().to_vec(),
            ..Self::default()
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
