//! The configuration `/config` signs. Not its job: to judge the patterns somebody publishes.
//!
//! Invariant: the serial rises with every change and never falls, restarts included.

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::ServerError;
use crate::ops;
use crate::receipts::key_id;
use crate::storage::{Storage, transact};

/// Oldest core whose bodies this server reads.
const MIN_APP: &str = "0.1.0";
/// Body of a request after decompression.
pub(crate) const BATCH_BYTES: usize = 256 * 1024;
/// One photo.
pub(crate) const ATTACHMENT_BYTES: usize = 400_000;
/// Hours from the first date; practice of the offices for stays, none known for jobs and refusals.
const DEADLINE_HOURS: u32 = 24;

/// What somebody decides about the configuration: everything else in it is this server's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Published {
    /// Rises with every change.
    pub(crate) serial: u32,
    /// When this serial was made.
    pub(crate) issued_ms: i64,
    /// How codes are recognised; the server signs them unread.
    pub(crate) patterns: Option<Value>,
    /// Contents of photos that are asked for.
    pub(crate) attachments: Vec<String>,
}

/// The configuration as published before, or under a new serial if patterns or photos are others now.
pub(crate) fn publish(
    storage: &dyn Storage,
    patterns: Option<Value>,
    attachments: Vec<String>,
    now_ms: i64,
) -> Result<Published, ServerError> {
    transact(storage, |tables| {
        let before = tables.published()?;
        let serial = match before {
            Some(before) if before.patterns == patterns && before.attachments == attachments => {
                return Ok(before);
            }
            Some(before) => before.serial + 1,
            None => 1,
        };
        let published = Published { serial, issued_ms: now_ms, patterns, attachments };
        tables.publish(&published)?;
        Ok(published)
    })
}

/// Payload of the configuration.
#[derive(Serialize)]
pub(crate) struct Config {
    serial: u32,
    issued_at: String,
    server_time: String,
    min_app: &'static str,
    schemas: [u32; 1],
    limits: Value,
    deadlines: Value,
    retention: Value,
    receipt_keys: Value,
    official_receipts: bool,
    attachments: Vec<String>,
    tls_roots: [&'static str; 0],
    patterns: Option<Value>,
}

impl Config {
    /// The configuration at a moment, for the key that signs receipts.
    pub(crate) fn at(
        now_ms: i64,
        receipt_key: &ed25519_dalek::SigningKey,
        published: &Published,
        official_receipts: bool,
    ) -> Self {
        let key = key_id(receipt_key);
        Self {
            serial: published.serial,
            issued_at: instant(published.issued_ms),
            server_time: instant(now_ms),
            min_app: MIN_APP,
            schemas: [ops::SCHEMA],
            limits: json!({
                "batch_ops": ops::BATCH_OPS,
                "batch_bytes": BATCH_BYTES,
                "op_bytes": ops::OP_BYTES,
                "attachment_bytes": ATTACHMENT_BYTES,
            }),
            deadlines: json!({ "lodging.check_in": DEADLINE_HOURS, "individual": DEADLINE_HOURS }),
            retention: json!({ "body_days": 30, "draft_days": 30, "tombstone_days": 730 }),
            receipt_keys: json!([{ "kid": key, "x": key }]),
            official_receipts,
            attachments: published.attachments.clone(),
            tls_roots: [],
            patterns: published.patterns.clone(),
        }
    }
}

/// RFC 3339 in UTC, whole milliseconds.
pub(crate) fn instant(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}
