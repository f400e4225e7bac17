//! One-time secrets: an access code that the office hands out, a code by e-mail. Kept as hashes, each for a limited time
//! and for one use. Not its job: how a code reaches its holder (`mailer.rs`), and how often one may guess (`throttle.rs`).

use uuid::Uuid;

use crate::auth::Verdict;
use crate::error::ServerError;
use crate::model::{Deed, Secret, SecretKind, What};
use crate::problem::{Kind, Problem};
use crate::random::Dice;
use crate::receipts::sha256_hex;
use crate::storage::Tables;

/// Life of an access code: a letter reaches a lodging in a week.
const ACCESS_MS: i64 = 7 * 24 * 3600 * 1000;
/// Life of a code by e-mail: long enough for a slow mail server.
const EMAIL_MS: i64 = 10 * 60 * 1000;

/// A fresh secret for an account: its text, and when it ends.
pub(crate) fn issue(
    tables: &mut dyn Tables,
    kind: SecretKind,
    account: Uuid,
    by: &str,
    now_ms: i64,
) -> Result<(String, i64), ServerError> {
    let (length, life, what) = match kind {
        SecretKind::AccessCode => (20, ACCESS_MS, What::AccessCodeIssued),
        // Ten letters are about 49 bits: with ten minutes and few guesses a minute out of reach.
        SecretKind::EmailCode => (10, EMAIL_MS, What::EmailCodeSent),
    };
    let text = Dice::new(None).letters(length)?;
    let expires_ms = now_ms + life;
    tables.put_secret(&sha256_hex(text.as_bytes()), &Secret { kind, account, expires_ms, used: false })?;
    tables.note(&Deed {
        at_ms: now_ms,
        who: Some(by.to_owned()),
        what,
        unit: None,
        device: None,
        about: Some(account),
    })?;
    Ok((text, expires_ms))
}

/// The account a secret was made for; afterwards it is worth nothing.
pub(crate) fn spend(
    tables: &mut dyn Tables,
    kind: SecretKind,
    presented: &str,
    now_ms: i64,
) -> Verdict<Uuid> {
    let hash = sha256_hex(presented.trim().to_ascii_lowercase().as_bytes());
    let good = |secret: &Secret| secret.kind == kind && !secret.used && secret.expires_ms > now_ms;
    let Some(secret) = tables.secret(&hash)?.filter(good) else {
        return Ok(Err(Problem::new(Kind::AccessDenied)));
    };
    tables.put_secret(&hash, &Secret { used: true, ..secret.clone() })?;
    Ok(Ok(secret.account))
}
