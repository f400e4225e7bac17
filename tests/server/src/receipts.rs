//! Compact JWS with Ed25519: configuration and receipts. Not its job: to decide what a receipt says.
//!
//! Invariant: the header is exactly `alg`, `kid`, `typ`, in this order; the same payload and key give the same text.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::ServerError;
use crate::model::{Decision, Report, ReportState};
use crate::random;

/// What a token is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Config,
    Receipt,
}

impl Purpose {
    fn typ(self) -> &'static str {
        match self {
            Self::Config => "apoa-config+jwt",
            Self::Receipt => "apoa-receipt+jwt",
        }
    }
}

/// Payload of a receipt; members as in `Receipt` of the contract.
#[derive(Serialize)]
struct Receipt<'a> {
    rid: Uuid,
    op: Uuid,
    rev: u32,
    sha256: &'a str,
    unit: Uuid,
    state: ReportState,
    closed: bool,
    sv: i64,
    iat: i64,
    ds: String,
    doc: Option<String>,
    #[serde(flatten)]
    decision: &'a Decision,
}

/// Signs that the server has a report as this operation left it.
pub(crate) fn of(
    report: &Report,
    op: Uuid,
    sha256: &str,
    now_ms: i64,
    key: &SigningKey,
) -> Result<String, ServerError> {
    let salt = random::bytes::<16>()?;
    let number = report.data.get("passport_number").and_then(Value::as_str);
    sign(
        Purpose::Receipt,
        &Receipt {
            rid: report.id,
            op,
            rev: report.revision,
            sha256,
            unit: report.unit,
            state: report.state,
            closed: report.closed,
            sv: report.version,
            iat: now_ms.div_euclid(1000),
            ds: Base64UrlUnpadded::encode_string(&salt),
            doc: number.map(|number| document_check(&salt, number)),
            decision: &report.decision,
        },
        key,
    )
}

/// The id of a key is the public key itself.
pub(crate) fn key_id(key: &SigningKey) -> String {
    Base64UrlUnpadded::encode_string(key.verifying_key().as_bytes())
}

/// Signs a payload.
pub(crate) fn sign<T: Serialize>(
    purpose: Purpose,
    payload: &T,
    key: &SigningKey,
) -> Result<String, ServerError> {
    let payload = serde_json::to_vec(payload).map_err(|_| ServerError::Random)?;
    Ok(sign_bytes(purpose, &key_id(key), &payload, key))
}

fn sign_bytes(purpose: Purpose, kid: &str, payload: &[u8], key: &SigningKey) -> String {
    let header = format!(r#"{{"alg":"Ed25519","kid":"{kid}","typ":"{}"}}"#, purpose.typ());
    let signed = format!(
        "{}.{}",
        Base64UrlUnpadded::encode_string(header.as_bytes()),
        Base64UrlUnpadded::encode_string(payload)
    );
    let signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
}

/// The same receipt under the id of the true key, signed by another: what a forger would send.
pub(crate) fn forge(receipt: &str, true_key: &SigningKey, foreign: &SigningKey) -> Option<String> {
    let payload = Base64UrlUnpadded::decode_vec(receipt.split('.').nth(1)?).ok()?;
    Some(sign_bytes(Purpose::Receipt, &key_id(true_key), &payload, foreign))
}

/// The 16 bits that tie a receipt to a document number, as 4 hexadecimal digits.
fn document_check(salt: &[u8; 16], number: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(number.as_bytes());
    let digest = hash.finalize();
    format!("{:02x}{:02x}", digest[0], digest[1])
}

/// SHA-256 as 64 lower-case hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
    }
    text
}
