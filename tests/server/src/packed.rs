//! Compresses an answer for whoever takes it so: receipts are most of what a phone downloads, and shrink to a third.

use std::io::Write as _;

use axum::body::{Body, to_bytes};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, VARY};
use axum::http::{HeaderValue, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body::Body as _;

/// Below it the header costs more than it saves.
const FROM: usize = 1024;

/// Whether a request takes answers in gzip.
pub(crate) fn is_taken(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| coding.split(';').next().is_some_and(|name| name.trim() == "gzip"))
}

/// The same answer, smaller. One that a fault cuts, which promises more than it has, stays as it is.
pub(crate) async fn pack(response: Response<Body>) -> Result<Response<Body>, axum::Error> {
    let promised = response.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if promised.is_some_and(|promised| response.body().size_hint().exact() != Some(promised)) {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await?;
    if bytes.len() < FROM {
        return Ok(Response::from_parts(parts, Body::from(bytes)));
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let packed = packer.write_all(&bytes).and_then(|()| packer.finish()).map_err(axum::Error::new)?;
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    Ok(Response::from_parts(parts, Body::from(packed)))
}
