//! Reads request bodies: content type, digest, compression and limits. Not its job: what the body means.
//!
//! Invariant: nothing is read beyond its limit, packed or unpacked.

use std::io::Read as _;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use base64ct::{Base64, Encoding as _};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::config::BATCH_BYTES;
use crate::http::Failure;
use crate::json;
use crate::problem::{Fault, Kind, Problem};

/// Form bodies are short: the longest holds a password.
const FORM_BYTES: usize = 16 * 1024;

/// A form body, strictly read.
pub(crate) async fn form<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Failure> {
    if !content_is(headers, "application/x-www-form-urlencoded") || headers.contains_key(CONTENT_ENCODING) {
        return Err(Kind::InvalidRequest.into());
    }
    let bytes = to_bytes(body, FORM_BYTES).await.map_err(|_| Failure::from(Kind::TooLarge))?;
    let request = axum::http::Request::builder()
        .method("POST")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(bytes))
        .map_err(|_| Failure::from(Kind::InvalidRequest))?;
    let form = <axum::Form<T> as axum::extract::FromRequest<()>>::from_request(request, &()).await;
    form.map(|axum::Form(form)| form).map_err(|_| Kind::InvalidRequest.into())
}

pub(crate) fn content_is(headers: &HeaderMap, kind: &str) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(kind))
}

/// Length and alphabet of an opaque token or a challenge.
pub(crate) fn is_token(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

/// A JSON body: digest checked as sent, unpacked within the limit, strictly read.
pub(crate) async fn json_body<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Failure> {
    if !content_is(headers, "application/json") {
        return Err(Problem::field(Kind::Malformed, "content-type", Fault::Form).into());
    }
    let bytes = to_bytes(body, BATCH_BYTES).await.map_err(|_| Failure::from(Kind::TooLarge))?;
    check_digest(headers, &bytes)?;
    let bytes = match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None => bytes,
        Some(b"gzip") => unpack(&bytes)?,
        Some(_) => return Err(Problem::field(Kind::Malformed, "content-encoding", Fault::Form).into()),
    };
    json::read(&bytes).ok_or_else(|| Kind::Malformed.into())
}

fn unpack(bytes: &[u8]) -> Result<Bytes, Failure> {
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(BATCH_BYTES as u64 + 1);
    reader
        .read_to_end(&mut unpacked)
        .map_err(|_| Failure::from(Problem::field(Kind::Malformed, "content-encoding", Fault::Form)))?;
    if unpacked.len() > BATCH_BYTES {
        return Err(Kind::TooLarge.into());
    }
    Ok(unpacked.into())
}

pub(crate) fn check_digest(headers: &HeaderMap, bytes: &[u8]) -> Result<(), Failure> {
    let Some(value) = headers.get("content-digest") else { return Ok(()) };
    let encoded = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().strip_prefix("sha-256=:"))
        .and_then(|text| text.strip_suffix(':'))
        .and_then(|text| Base64::decode_vec(text).ok());
    let Some(digest) = encoded else {
        return Err(Problem::field(Kind::Malformed, "content-digest", Fault::Form).into());
    };
    if digest == Sha256::digest(bytes)[..] { Ok(()) } else { Err(Kind::Digest.into()) }
}
