//! What must hold for any input of the crate `apoa-core`: one function a target, bytes in, a panic for a finding. The
//! fuzzers call these, and `tests/system/corpus.rs` calls the same on every file of the corpus.

use std::sync::OnceLock;

use apoa_core::hearing::{Answer, believed, signed_by};
use apoa_core::ids::{Digest, OpId, ReportId, Revision, UnitId};
use apoa_core::report::receipt::{Expected, read, verify};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::SigningKey;

/// A body: takes any bytes, panics where something does not hold.
pub(crate) type Body = fn(&[u8]);

/// Every target with its name, which is also the name of its folder in the corpus.
pub(crate) const TARGETS: &[(&str, Body)] = &[("response", response)];

/// Whose receipts count; its signatures stand in the corpus.
pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

/// The op that the answers of the corpus speak of.
pub(crate) fn sent() -> Expected {
    Expected {
        op: OpId::from_bytes([1; 16]),
        report: ReportId::from_bytes([2; 16]),
        revision: Revision(1),
        digest: Digest::of(b"body"),
        unit: UnitId::from_bytes([3; 16]),
    }
}

/// An answer as it crosses the wire: a status, headers, an empty line, the body.
pub(crate) fn response(data: &[u8]) {
    static KEY: OnceLock<String> = OnceLock::new();
    let key = KEY.get_or_init(|| Base64UrlUnpadded::encode_string(signing_key().verifying_key().as_bytes()));
    let Ok(keys) = signed_by(key) else { panic!("a key") };
    let end = data.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((data, &[][..]), |end| (&data[..end], &data[end + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let status = lines.next().and_then(|line| core::str::from_utf8(line).ok()?.parse().ok()).unwrap_or(200);
    let headers: Vec<(&[u8], &[u8])> = lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((&line[..colon], line[colon + 1..].trim_ascii()))
        })
        .collect();
    let answer = Answer { status, headers: &headers, body };
    let receipts = believed(&answer, &sent(), &keys);
    assert_eq!(receipts, believed(&answer, &sent(), &keys), "the same answer, heard otherwise");
    assert!(receipts.is_empty() || status == 200, "a receipt beside the status {status}");
    for receipt in receipts {
        let Ok(own) = read(&receipt, &keys) else { panic!("a receipt that does not verify was believed") };
        // What a page tells may be about any report, what a batch is told only about its op.
        assert_eq!(verify(&receipt, own.about(), &keys).as_ref(), Ok(&own));
    }
}
