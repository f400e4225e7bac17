//! The signed config of a deployment: receipt keys, deadlines, roots, patterns. It counts only with the signature of a
//! key in the trust file; the last good one stays in use.

use std::collections::BTreeMap;

use apoa_domain::ids::Timestamp;
use apoa_domain::jws::{self, JwsProblem, Purpose, VerifyingKeys};
use apoa_domain::permit::{Patterns, PatternsError};
use apoa_domain::report::finalise::BODY_VERSION;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::photo::PhotoRules;
use apoa_domain::report::retention::RetentionRules;
use serde::Deserialize;

use super::policy::CONFIG_AGE_MS;

/// Official practice, where no config was ever seen: 24 hours from the start of a stay.
const DEFAULT_DEADLINE_HOURS: u32 = 24;

/// A config whose signature fits.
#[derive(Clone, Debug)]
pub(crate) struct SignedConfig {
    pub(crate) serial: i64,
    pub(crate) receipt_keys: VerifyingKeys,
    pub(crate) tls_roots: Vec<String>,
    /// The set as the deployment wrote it; `None` leaves the built-in patterns in use.
    patterns: Option<String>,
    pub(crate) retention: RetentionRules,
    pub(crate) photos: PhotoRules,
    /// Whether this server's receipts are the office's own.
    pub(crate) official_receipts: bool,
    server_time: Timestamp,
    deadlines: BTreeMap<String, u32>,
    min_app: String,
    schemas: Vec<u32>,
}

#[derive(Deserialize)]
struct Payload {
    serial: i64,
    server_time: String,
    min_app: String,
    schemas: Vec<u32>,
    deadlines: BTreeMap<String, u32>,
    retention: Retention,
    limits: Limits,
    attachments: Vec<String>,
    receipt_keys: Vec<ReceiptKey>,
    official_receipts: bool,
    tls_roots: Vec<String>,
    patterns: Option<serde_json::Value>,
}

/// Days on the device.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
struct Retention {
    body_days: u32,
    draft_days: u32,
    tombstone_days: u32,
}

/// Of the server's limits the one that is not ours to keep below by ourselves.
#[derive(Deserialize)]
struct Limits {
    attachment_bytes: usize,
}

#[derive(Deserialize)]
struct ReceiptKey {
    kid: String,
    x: String,
}

impl SignedConfig {
    /// Verifies and reads a config.
    pub(crate) fn verify(jws: &str, trusted: &VerifyingKeys) -> Result<Self, JwsProblem> {
        let verified = jws::verify(jws.trim(), Purpose::Config, trusted)?;
        let payload: Payload =
            serde_json::from_slice(&verified.payload).map_err(|_| JwsProblem::Malformed)?;
        let server_time: jiff::Timestamp = payload.server_time.parse().map_err(|_| JwsProblem::Malformed)?;
        let mut receipt_keys = VerifyingKeys::default();
        for key in &payload.receipt_keys {
            receipt_keys.insert_x(&key.kid, &key.x).map_err(|_| JwsProblem::Malformed)?;
        }
        Ok(Self {
            serial: payload.serial,
            receipt_keys,
            tls_roots: payload.tls_roots,
            patterns: payload.patterns.as_ref().map(serde_json::Value::to_string),
            retention: RetentionRules {
                body_days: payload.retention.body_days,
                draft_days: payload.retention.draft_days,
                tombstone_days: payload.retention.tombstone_days,
            },
            photos: PhotoRules { contents: payload.attachments, most_bytes: payload.limits.attachment_bytes },
            official_receipts: payload.official_receipts,
            server_time: Timestamp(server_time.as_millisecond()),
            deadlines: payload.deadlines,
            min_app: payload.min_app,
            schemas: payload.schemas,
        })
    }

    /// How codes are recognised. A set that is refused leaves the rest of the config in use, and the last good set.
    pub(crate) fn patterns(&self) -> Result<Patterns, PatternsError> {
        self.patterns.as_deref().map_or_else(|| Ok(Patterns::default()), Patterns::from_json)
    }

    /// Whether it should be fetched anew. A clock that jumped either way makes it old.
    pub(crate) fn is_old(&self, now: Timestamp) -> bool {
        now.0.abs_diff(self.server_time.0) > CONFIG_AGE_MS.unsigned_abs()
    }

    /// Hours until a report of this kind is due, if it ever is.
    pub(crate) fn deadline_hours(&self, kind: ReportKind) -> Option<u32> {
        self.deadlines.get(kind.as_str()).copied()
    }

    /// Whether the server still takes what this version sends.
    pub(crate) fn takes(&self, version: &str) -> bool {
        let number =
            |text: &str| -> Vec<u32> { text.split('.').map_while(|part| part.parse().ok()).collect() };
        self.schemas.contains(&BODY_VERSION) && number(version) >= number(&self.min_app)
    }
}

/// Hours until a report is due, as long as no config says otherwise.
pub(crate) fn default_deadline_hours(kind: ReportKind) -> Option<u32> {
    match kind {
        ReportKind::LodgingCheckIn | ReportKind::Individual => Some(DEFAULT_DEADLINE_HOURS),
        ReportKind::WorkerStart | ReportKind::Refusal => None,
    }
}
