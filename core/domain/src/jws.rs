//! Compact JWS (RFC 7515) with one algorithm, Ed25519 (RFC 8037, RFC 9864), and nothing to negotiate.
//! Signing is the server's work; here signatures are only verified.

use core::fmt;
use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;

/// The longest token looked at: a config with a few hundred patterns fits, a bomb does not.
const MAX_TOKEN_BYTES: usize = 512 * 1024;

/// What the token is for; its `typ` header must say exactly this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A receipt of the server over one op.
    Receipt,
    /// The signed config of a deployment.
    Config,
}

impl Purpose {
    fn typ(self) -> &'static str {
        match self {
            Self::Receipt => "apoa-receipt+jwt",
            Self::Config => "apoa-config+jwt",
        }
    }
}

/// Why a token proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsProblem {
    /// Not three base64url parts of a sane size, or a header that is not exactly ours.
    #[error("the token is not of the expected form")]
    Malformed,
    /// No key with the id in its header is trusted.
    #[error("the token is signed with a key that is not known here")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the token's signature does not fit")]
    BadSignature,
}

/// The public keys that may sign, by key id.
#[derive(Clone, Default)]
pub struct VerifyingKeys(BTreeMap<String, VerifyingKey>);

impl fmt::Debug for VerifyingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The bytes are no Ed25519 public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key")]
pub struct NotAKey;

impl VerifyingKeys {
    /// No key: nothing verifies.
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a key given as base64url of its 32 bytes (`x` of RFC 8037).
    pub fn insert_x(&mut self, kid: &str, x: &str) -> Result<(), NotAKey> {
        let mut bytes = [0; 32];
        let decoded = Base64UrlUnpadded::decode(x, &mut bytes).map_err(|_| NotAKey)?;
        let decoded: &[u8; 32] = decoded.try_into().map_err(|_| NotAKey)?;
        let key = VerifyingKey::from_bytes(decoded).map_err(|_| NotAKey)?;
        self.0.insert(kid.to_owned(), key);
        Ok(())
    }

    /// Adds a key given as PEM `PUBLIC KEY` (SPKI). Its id is the base64url of its 32 bytes.
    pub fn insert_pem(&mut self, pem: &str) -> Result<(), NotAKey> {
        let key = VerifyingKey::from_public_key_pem(pem).map_err(|_| NotAKey)?;
        self.0.insert(Base64UrlUnpadded::encode_string(key.as_bytes()), key);
        Ok(())
    }

    /// Whether no key is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// A payload whose signature fitted, and the id of the key that signed it.
pub struct Verified {
    /// The payload's bytes.
    pub payload: Vec<u8>,
    /// The key.
    pub kid: String,
}

/// Verifies a compact token and returns its payload. The header must hold exactly `alg`, `kid` and `typ`.
pub fn verify(token: &str, purpose: Purpose, keys: &VerifyingKeys) -> Result<Verified, JwsProblem> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JwsProblem::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(JwsProblem::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsProblem::Malformed)?;
    let decode = |part| Base64UrlUnpadded::decode_vec(part).map_err(|_| JwsProblem::Malformed);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| JwsProblem::Malformed)?;
    if header.alg != "Ed25519" || header.typ != purpose.typ() {
        return Err(JwsProblem::Malformed);
    }
    let payload = decode(payload)?;
    let signature = Signature::from_slice(&decode(signature)?).map_err(|_| JwsProblem::Malformed)?;
    let key = keys.0.get(&header.kid).ok_or(JwsProblem::UnknownKey)?;
    key.verify_strict(signed.as_bytes(), &signature).map_err(|_| JwsProblem::BadSignature)?;
    Ok(Verified { payload, kid: header.kid })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    pub(crate) fn sign(header: &str, payload: &str, key: &SigningKey) -> String {
        let signed = format!(
            "{}.{}",
            Base64UrlUnpadded::encode_string(header.as_bytes()),
            Base64UrlUnpadded::encode_string(payload.as_bytes())
        );
        let signature = key.sign(signed.as_bytes());
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
    }

    pub(crate) fn keys(key: &SigningKey) -> VerifyingKeys {
        let mut keys = VerifyingKeys::default();
        keys.insert_x("k1", &Base64UrlUnpadded::encode_string(key.verifying_key().as_bytes())).unwrap();
        keys
    }

    pub(crate) const RECEIPT_HEADER: &str = r#"{"alg":"Ed25519","kid":"k1","typ":"apoa-receipt+jwt"}"#;

    #[test]
    fn a_signed_payload_comes_back() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let verified = verify(&sign(RECEIPT_HEADER, "{}", &key), Purpose::Receipt, &keys(&key)).unwrap();
        assert_eq!((verified.payload.as_slice(), verified.kid.as_str()), (b"{}".as_slice(), "k1"));
    }

    #[test]
    fn one_changed_letter_anywhere_proves_nothing() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let token = sign(RECEIPT_HEADER, r#"{"rid":"x"}"#, &key);
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify(&changed, Purpose::Receipt, &keys(&key)).is_err(), "at {place}");
        }
    }

    #[test]
    fn another_algorithm_purpose_key_or_header_member_is_refused() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let problem = |header| verify(&sign(header, "{}", &key), Purpose::Receipt, &keys(&key)).err();
        assert_eq!(
            problem(r#"{"alg":"none","kid":"k1","typ":"apoa-receipt+jwt"}"#),
            Some(JwsProblem::Malformed)
        );
        assert_eq!(
            problem(r#"{"alg":"Ed25519","kid":"k1","typ":"apoa-config+jwt"}"#),
            Some(JwsProblem::Malformed)
        );
        assert_eq!(
            problem(r#"{"alg":"Ed25519","kid":"k2","typ":"apoa-receipt+jwt"}"#),
            Some(JwsProblem::UnknownKey)
        );
        assert_eq!(
            problem(r#"{"alg":"Ed25519","kid":"k1","typ":"apoa-receipt+jwt","crit":["x"]}"#),
            Some(JwsProblem::Malformed)
        );
        let other = SigningKey::from_bytes(&[2; 32]);
        let foreign = sign(RECEIPT_HEADER, "{}", &other);
        assert_eq!(verify(&foreign, Purpose::Receipt, &keys(&key)).err(), Some(JwsProblem::BadSignature));
    }
}
