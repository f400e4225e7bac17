//! What a receipt of the server proves: this op, this revision, these bytes, this unit, and in which state they are.
//! Nothing counts as received before [`verify`] says so; [`VerifiedReceipt`] can be made in no other way.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::state::Standing;
use crate::fields::Field;
use crate::ids::{Digest, OpId, ReportId, Revision, Timestamp, UnitId};
use crate::jws::{self, JwsProblem, Purpose, VerifyingKeys};

/// What the receipt has to be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The op that was sent.
    pub op: OpId,
    /// Its report.
    pub report: ReportId,
    /// Its revision.
    pub revision: Revision,
    /// The digest of its frozen bytes.
    pub digest: Digest,
    /// The unit it was sent for.
    pub unit: UnitId,
}

/// Why a receipt proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptProblem {
    /// The token itself does not hold.
    #[error(transparent)]
    Token(#[from] JwsProblem),
    /// The signed payload is not that of a receipt.
    #[error("the receipt's content is not of the expected form")]
    Content,
    /// It is signed, but speaks of something else.
    #[error("the receipt belongs to another {0}")]
    About(&'static str),
}

/// A receipt whose signature fits a trusted key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReceipt {
    about: Expected,
    standing: Standing,
    closed: bool,
    server_version: u64,
    issued_at: Timestamp,
    kid: String,
    salt: String,
    document: Option<String>,
    decision: Decision,
    text: String,
}

/// What the office says beside a state. Codes and a reason; never who the report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The facts to correct, as far as they are known here; `None` where the office asks for none.
    pub asks: Option<Vec<Field>>,
    /// Why it rejected the report.
    pub reason: Option<String>,
}

#[derive(Deserialize)]
struct Payload {
    rid: String,
    op: String,
    rev: u32,
    sha256: String,
    unit: String,
    state: String,
    closed: bool,
    sv: u64,
    iat: i64,
    ds: String,
    doc: Option<String>,
    #[serde(default)]
    fields: Vec<String>,
    reason: Option<String>,
}

/// The word of a state in which the server has the report and asks for other data.
const NEEDS_CORRECTION: &str = "needs_correction";

/// Verifies the signature and that the receipt is about exactly what was sent.
pub fn verify(
    receipt: &str,
    expected: &Expected,
    keys: &VerifyingKeys,
) -> Result<VerifiedReceipt, ReceiptProblem> {
    let verified = read(receipt, keys)?;
    let about = &verified.about;
    let parts = [
        ("op", about.op == expected.op),
        ("report", about.report == expected.report),
        ("revision", about.revision == expected.revision),
        ("body", about.digest == expected.digest),
        ("unit", about.unit == expected.unit),
    ];
    match parts.into_iter().find(|(_, same)| !same) {
        Some((part, _)) => Err(ReceiptProblem::About(part)),
        None => Ok(verified),
    }
}

/// Verifies the signature alone, for a receipt shown by somebody else.
pub fn read(receipt: &str, keys: &VerifyingKeys) -> Result<VerifiedReceipt, ReceiptProblem> {
    let token = receipt.trim();
    let verified = jws::verify(token, Purpose::Receipt, keys)?;
    let payload: Payload = serde_json::from_slice(&verified.payload).map_err(|_| ReceiptProblem::Content)?;
    let standing = payload.standing().ok_or(ReceiptProblem::Content)?;
    let decision = payload.decision();
    Ok(VerifiedReceipt {
        about: Expected {
            op: payload.op.parse().map_err(|_| ReceiptProblem::Content)?,
            report: payload.rid.parse().map_err(|_| ReceiptProblem::Content)?,
            revision: Revision(payload.rev),
            digest: digest(&payload.sha256).ok_or(ReceiptProblem::Content)?,
            unit: payload.unit.parse().map_err(|_| ReceiptProblem::Content)?,
        },
        standing,
        closed: payload.closed,
        server_version: payload.sv,
        issued_at: Timestamp(payload.iat.saturating_mul(1000)),
        kid: verified.kid,
        salt: payload.ds,
        document: payload.doc,
        decision,
        text: token.to_owned(),
    })
}

/// What a receipt says beside its state, without looking at its signature: for one that was verified before it was kept.
pub fn decision_of(kept: &str) -> Decision {
    let payload = kept.split('.').nth(1).and_then(|part| Base64UrlUnpadded::decode_vec(part).ok());
    let payload = payload.and_then(|bytes| serde_json::from_slice::<Payload>(&bytes).ok());
    payload.map(|payload| payload.decision()).unwrap_or_default()
}

impl Payload {
    fn standing(&self) -> Option<Standing> {
        if self.state == NEEDS_CORRECTION {
            return Some(Standing::Received);
        }
        let known = Standing::ALL.iter().copied().filter(|standing| *standing != Standing::None);
        known.into_iter().find(|standing| standing.as_str() == self.state)
    }

    fn decision(&self) -> Decision {
        let asks = (self.state == NEEDS_CORRECTION)
            .then(|| self.fields.iter().filter_map(|code| code.parse().ok()).collect());
        let reason = self.reason.clone().filter(|_| self.state == Standing::Rejected.as_str());
        Decision { asks, reason }
    }
}

impl VerifiedReceipt {
    /// What it is about.
    pub fn about(&self) -> &Expected {
        &self.about
    }

    /// The state it proves; never [`Standing::None`].
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// The word of the contract for the state: that of the standing, or `needs_correction`.
    pub fn state(&self) -> &'static str {
        if self.decision.asks.is_some() { NEEDS_CORRECTION } else { self.standing.as_str() }
    }

    /// What the office says beside the state.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Whether the report is closed as of this revision.
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// The server's version of the report; it never falls.
    pub fn server_version(&self) -> u64 {
        self.server_version
    }

    /// When it was issued, by the server's clock.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// The key that signed it.
    pub fn key_id(&self) -> &str {
        &self.kid
    }

    /// The token itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the receipt belongs to the holder of this document, given in its normal form. `None` where the report
    /// named no document. A wrong number passes once in 65,536: 16 bits show that both belong together, yet are too
    /// few to compute the number from.
    pub fn belongs_to(&self, document_number: &str) -> Option<bool> {
        let document = self.document.as_ref()?;
        let salt = Base64UrlUnpadded::decode_vec(&self.salt).ok()?;
        let hash = Sha256::new().chain_update(salt).chain_update(document_number.as_bytes()).finalize();
        let first = hash.first_chunk::<2>().map(|bytes| format!("{:04x}", u16::from_be_bytes(*bytes)))?;
        Some(first == *document)
    }
}

fn digest(hex: &str) -> Option<Digest> {
    let bytes = hex.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        let text = core::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(text, 16).ok()?;
    }
    Some(Digest(out))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::jws::tests::{RECEIPT_HEADER, keys, sign};

    type Swap = fn(&mut Expected);

    fn expected() -> Expected {
        Expected {
            op: OpId::from_bytes([1; 16]),
            report: ReportId::from_bytes([2; 16]),
            revision: Revision(1),
            digest: Digest::of(b"body"),
            unit: UnitId::from_bytes([3; 16]),
        }
    }

    fn payload(about: &Expected, state: &str) -> String {
        // `doc` holds the first 16 bits of SHA-256(16 zero bytes, "L898902C3"), computed with another tool.
        serde_json::json!({
            "rid": about.report, "op": about.op, "rev": about.revision, "sha256": about.digest.to_string(),
            "unit": about.unit, "state": state, "closed": false, "sv": 7, "iat": 1_790_000_000,
            "ds": "AAAAAAAAAAAAAAAAAAAAAA", "doc": "b9e3"
        })
        .to_string()
    }

    #[test]
    fn a_fitting_receipt_proves_its_state_and_its_holder() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let token = sign(RECEIPT_HEADER, &payload(&expected(), "received"), &key);
        let receipt = verify(&token, &expected(), &keys(&key)).unwrap();
        assert_eq!(
            (receipt.standing(), receipt.closed(), receipt.server_version()),
            (Standing::Received, false, 7)
        );
        assert_eq!(receipt.belongs_to("L898902C3"), Some(true));
        assert_eq!(receipt.belongs_to("L898902C4"), Some(false));
    }

    #[test]
    fn a_decision_names_what_to_correct_or_why_it_was_rejected() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let read_with = |state: &str, more: &str| {
            let payload = payload(&expected(), state).replacen('{', &format!("{{{more},"), 1);
            read(&sign(RECEIPT_HEADER, &payload, &key), &keys(&key)).unwrap()
        };
        let asked = read_with("needs_correction", r#""fields":["room","a_later_fact"]"#);
        assert_eq!((asked.standing(), asked.state()), (Standing::Received, "needs_correction"));
        assert_eq!(asked.decision().asks, Some(vec![Field::Room]));
        assert_eq!(decision_of(asked.text()), *asked.decision());
        let rejected = read_with("rejected", r#""reason":"twice""#);
        assert_eq!(rejected.decision().reason.as_deref(), Some("twice"));
        assert_eq!(read_with("accepted", r#""fields":["room"]"#).decision(), &Decision::default());
    }

    #[test]
    fn a_receipt_about_anything_else_is_refused() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let token = sign(RECEIPT_HEADER, &payload(&expected(), "received"), &key);
        let swaps: [(&str, Swap); 5] = [
            ("op", |e| e.op = OpId::from_bytes([9; 16])),
            ("report", |e| e.report = ReportId::from_bytes([9; 16])),
            ("revision", |e| e.revision = Revision(2)),
            ("body", |e| e.digest = Digest::of(b"other")),
            ("unit", |e| e.unit = UnitId::from_bytes([9; 16])),
        ];
        for (part, swap) in swaps {
            let mut other = expected();
            swap(&mut other);
            assert_eq!(verify(&token, &other, &keys(&key)), Err(ReceiptProblem::About(part)));
        }
    }

    #[test]
    fn a_state_that_proves_nothing_is_refused() {
        let key = SigningKey::from_bytes(&[1; 32]);
        for state in ["none", "queued", ""] {
            let token = sign(RECEIPT_HEADER, &payload(&expected(), state), &key);
            assert_eq!(verify(&token, &expected(), &keys(&key)), Err(ReceiptProblem::Content));
        }
    }
}
