//! The endpoint of photos. Not its job: whether an operation may speak of one (`ops.rs`).

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::json;

use super::{Answer, Caller, Failure, Shared, blocking, committed, json_response};
use crate::bodies::{check_digest, content_is};
use crate::config::ATTACHMENT_BYTES;
use crate::model::Right;
use crate::problem::{Fault, Kind, Problem};
use crate::receipts;
use crate::storage::transact;
use crate::validate::is_digest;

/// Keeps a photo whole, or says why not; the same one again changes nothing.
pub(super) async fn keep(
    State(app): State<Shared>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (caller, _) = Caller::with_body(&app, &headers, Right::Report).await?;
    if app.attachments().is_empty() {
        return Err(Problem::field(Kind::Invalid, "content", Fault::Unknown).into());
    }
    if !is_digest(&sha256) {
        return Err(Problem::field(Kind::Malformed, "sha256", Fault::Form).into());
    }
    if !content_is(&headers, "image/jpeg") {
        return Err(Problem::field(Kind::Malformed, "content-type", Fault::Form).into());
    }
    let bytes = to_bytes(body, ATTACHMENT_BYTES).await.map_err(|_| Failure::from(Kind::TooLarge))?;
    check_digest(&headers, &bytes)?;
    if receipts::sha256_hex(&bytes) != sha256 {
        return Err(Kind::Mismatch.into());
    }
    blocking(app, move |app| {
        transact(app.storage.as_ref(), |tables| tables.keep_attachment(caller.unit, &sha256, &bytes))?;
        Ok(committed(json_response(&json!({}))))
    })
    .await
}
