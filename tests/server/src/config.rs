//! The configuration `/config` signs. Not its job: to let anyone change it.

use serde::Serialize;
use serde_json::{Value, json};

use crate::ops;
use crate::receipts::key_id;

/// Serial of the configuration below; rises with every change to it.
const SERIAL: u32 = 1;
/// When this serial was made.
const ISSUED_AT: &str = "2026-11-24T00:00:00Z";
/// Oldest core whose bodies this server reads.
const MIN_APP: &str = "0.1.0";
/// Body of a request after decompression.
pub(crate) const BATCH_BYTES: usize = 256 * 1024;
/// One photo.
const ATTACHMENT_BYTES: usize = 400_000;
/// Hours from the first date; practice of the offices for stays, none known for jobs and refusals.
const DEADLINE_HOURS: u32 = 24;

/// Payload of the configuration.
#[derive(Serialize)]
pub(crate) struct Config {
    serial: u32,
    issued_at: &'static str,
    server_time: String,
    min_app: &'static str,
    schemas: [u32; 1],
    limits: Value,
    deadlines: Value,
    retention: Value,
    receipt_keys: Value,
    official_receipts: bool,
    attachments: [&'static str; 0],
    tls_roots: [&'static str; 0],
    patterns: Option<Value>,
}

impl Config {
    /// The configuration at a moment, for the key that signs receipts.
    pub(crate) fn at(now_ms: i64, receipt_key: &ed25519_dalek::SigningKey) -> Self {
        let key = key_id(receipt_key);
        Self {
            serial: SERIAL,
            issued_at: ISSUED_AT,
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
            official_receipts: false,
            attachments: [],
            tls_roots: [],
            patterns: None,
        }
    }
}

/// RFC 3339 in UTC, whole milliseconds.
pub(crate) fn instant(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}
