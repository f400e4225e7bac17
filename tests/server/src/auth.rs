//! Sign-in and tokens: password and PKCE challenge to code, code to tokens, rotating refresh tokens. Not its job: HTTP.
//!
//! Invariants: secrets are stored as hashes only; a code works once; of a family of tokens the newest refresh token
//! works, and its predecessor until the newest was used once; any other known one ends the family.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::devices;
use crate::error::ServerError;
use crate::model::{Access, Account, Code, Deed, Family, Membership, Right, UnitKind, What};
use crate::problem::{Kind, Problem};
use crate::random;
use crate::receipts::sha256_hex;
use crate::storage::Tables;

/// Life of an authorization code: one round trip on a bad link.
const CODE_MS: i64 = 60_000;
/// Life of an access token in seconds; the contract's upper bound.
const ACCESS_SECONDS: i64 = 1800;
/// A phone may rest this long between two uses of its refresh token.
const IDLE_MS: i64 = 180 * 24 * 3600 * 1000;
/// How long ended access tokens stay known.
const KEEP_MS: i64 = 24 * 3600 * 1000;

/// A right answer, or the problem to send.
pub(crate) type Verdict<T> = Result<Result<T, Problem>, ServerError>;

/// Answer of `/oauth/token`.
#[derive(Serialize)]
pub(crate) struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
    account: AccountView,
    units: Vec<UnitView>,
}

#[derive(Serialize)]
struct AccountView {
    id: Uuid,
    name: String,
}

#[derive(Serialize)]
struct UnitView {
    id: Uuid,
    name: String,
    kind: UnitKind,
    rights: Vec<Right>,
}

/// How much work it is to try a password.
#[derive(Clone, Copy)]
pub(crate) enum Effort {
    /// As for people.
    Full,
    /// As little as there is: where the password protects nothing, and a thousand sign-ins follow.
    Least,
}

/// Argon2id over the password, as a PHC string.
pub(crate) fn hash_password(password: &str, effort: Effort) -> Result<String, ServerError> {
    let params = match effort {
        Effort::Full => Params::default(),
        Effort::Least => Params::new(8, 1, 1, None).map_err(|_| ServerError::Random)?,
    };
    let argon = Argon2::new(Algorithm::default(), Version::default(), params);
    let hash: PasswordHash = argon.hash_password(password.as_bytes()).map_err(|_| ServerError::Random)?;
    Ok(hash.to_string())
}

/// Whether the password is right. Without an account the same work is done, so that time tells nothing.
pub(crate) fn password_fits(account: Option<&Account>, password: &str) -> bool {
    let Some(account) = account else {
        let _ = hash_password(password, Effort::Full);
        return false;
    };
    PasswordHash::new(&account.password)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A fresh opaque token and the hash it is stored under.
fn token() -> Result<(String, String), ServerError> {
    let token = Base64UrlUnpadded::encode_string(&random::bytes::<32>()?);
    let hash = sha256_hex(token.as_bytes());
    Ok((token, hash))
}

/// Makes an authorization code for an account whose secret was right.
pub(crate) fn issue_code(
    tables: &mut dyn Tables,
    account: Uuid,
    client: &str,
    challenge: &str,
    now_ms: i64,
) -> Result<String, ServerError> {
    tables.sweep(now_ms - KEEP_MS)?;
    let (code, hash) = token()?;
    tables.put_code(
        &hash,
        &Code {
            account,
            client: client.to_owned(),
            challenge: challenge.to_owned(),
            expires_ms: now_ms + CODE_MS,
            spent: None,
        },
    )?;
    Ok(code)
}

/// Exchanges a code for tokens. A code seen twice ends what it led to.
pub(crate) fn redeem(
    tables: &mut dyn Tables,
    client: &str,
    device: Option<Uuid>,
    code: &str,
    verifier: &str,
    now_ms: i64,
) -> Verdict<Tokens> {
    let refused = Problem::new(Kind::InvalidGrant);
    let hash = sha256_hex(code.as_bytes());
    let Some(mut stored) = tables.code(&hash)? else { return Ok(Err(refused)) };
    if let Some(family) = stored.spent {
        end(tables, family)?;
        return Ok(Err(refused));
    }
    let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()));
    if stored.client != client || stored.expires_ms < now_ms || stored.challenge != challenge {
        return Ok(Err(refused));
    }
    let (refresh, refresh_hash) = token()?;
    let family = Family {
        id: random::id()?,
        account: stored.account,
        client: client.to_owned(),
        device,
        revoked: false,
        current: refresh_hash,
        previous: None,
        proven: false,
        used_ms: now_ms,
    };
    stored.spent = Some(family.id);
    tables.put_code(&hash, &stored)?;
    issue(tables, &family, refresh, now_ms)
}

/// Exchanges a refresh token for new tokens.
pub(crate) fn refresh(
    tables: &mut dyn Tables,
    client: &str,
    presented: &str,
    now_ms: i64,
) -> Verdict<Tokens> {
    let refused = Problem::new(Kind::InvalidGrant);
    let presented = sha256_hex(presented.as_bytes());
    let Some(id) = tables.family_of_refresh(&presented)? else { return Ok(Err(refused)) };
    let Some(mut family) = tables.family(id)? else { return Ok(Err(refused)) };
    if devices::ended(tables, &family)? {
        return Ok(Err(Problem::new(Kind::DeviceRevoked)));
    }
    if family.revoked || family.client != client || family.used_ms + IDLE_MS < now_ms {
        return Ok(Err(refused));
    }
    let (refresh, refresh_hash) = token()?;
    if presented == family.current {
        family.previous = Some(std::mem::replace(&mut family.current, refresh_hash));
    } else if family.previous.as_ref() == Some(&presented) && !family.proven {
        // The answer to this token was lost: what it held is replaced and never works again.
        family.current = refresh_hash;
    } else {
        end(tables, id)?;
        tables.note(&Deed {
            at_ms: now_ms,
            who: Some(family.account.to_string()),
            what: What::SignInEnded,
            unit: None,
            device: family.device,
            about: None,
        })?;
        return Ok(Err(refused));
    }
    family.proven = false;
    family.used_ms = now_ms;
    issue(tables, &family, refresh, now_ms)
}

fn issue(tables: &mut dyn Tables, family: &Family, refresh: String, now_ms: i64) -> Verdict<Tokens> {
    let Some(account) = tables.account_by_id(family.account)? else {
        return Ok(Err(Problem::new(Kind::InvalidGrant)));
    };
    let units = tables.memberships(account.id)?.into_iter().map(view).collect();
    tables.put_family(family)?;
    tables.add_refresh(&family.current, family.id)?;
    let (access, access_hash) = token()?;
    tables.add_access(
        &access_hash,
        &Access {
            family: family.id,
            refresh: family.current.clone(),
            expires_ms: now_ms + ACCESS_SECONDS * 1000,
        },
    )?;
    Ok(Ok(Tokens {
        access_token: access,
        token_type: "Bearer",
        expires_in: ACCESS_SECONDS,
        refresh_token: refresh,
        account: AccountView { id: account.id, name: account.name },
        units,
    }))
}

fn view(membership: Membership) -> UnitView {
    let Membership { unit, rights } = membership;
    UnitView { id: unit.id, name: unit.name, kind: unit.kind, rights }
}

fn end(tables: &mut dyn Tables, id: Uuid) -> Result<(), ServerError> {
    if let Some(mut family) = tables.family(id)? {
        family.revoked = true;
        tables.put_family(&family)?;
    }
    Ok(())
}

/// Ends the family of an access or refresh token; an unknown one is no error.
pub(crate) fn revoke(
    tables: &mut dyn Tables,
    client: &str,
    presented: &str,
    now_ms: i64,
) -> Result<(), ServerError> {
    let hash = sha256_hex(presented.as_bytes());
    let id = match tables.family_of_refresh(&hash)? {
        Some(id) => Some(id),
        None => tables.access(&hash)?.map(|access| access.family),
    };
    let Some(id) = id else { return Ok(()) };
    match tables.family(id)? {
        Some(family) if family.client == client => {
            end(tables, id)?;
            tables.note(&Deed {
                at_ms: now_ms,
                who: Some(family.account.to_string()),
                what: What::SignedOut,
                unit: None,
                device: family.device,
                about: None,
            })
        }
        _ => Ok(()),
    }
}

/// Who asks: a token, for a unit, from an installation.
pub(crate) struct Claim<'a> {
    pub(crate) token: &'a str,
    pub(crate) unit: Uuid,
    pub(crate) device: Uuid,
}

/// The account behind a claim and its rights, if it is a member of the unit with this right. Using a token of the
/// newest generation proves that its answer arrived; its first use ties the sign-in to the installation.
pub(crate) fn admit(
    tables: &mut dyn Tables,
    claim: &Claim<'_>,
    right: Right,
    now_ms: i64,
) -> Verdict<(Uuid, Vec<Right>)> {
    let refused = Problem::new(Kind::Unauthorised);
    let Some(access) = tables.access(&sha256_hex(claim.token.as_bytes()))? else { return Ok(Err(refused)) };
    let Some(mut family) = tables.family(access.family)? else { return Ok(Err(refused)) };
    if family.device.is_some_and(|device| device != claim.device) {
        return Ok(Err(refused));
    }
    if devices::ended(tables, &family)? || devices::is_revoked_in(tables, claim)? {
        return Ok(Err(Problem::new(Kind::DeviceRevoked)));
    }
    let newest = access.refresh == family.current;
    let predecessor = family.previous.as_ref() == Some(&access.refresh);
    if family.revoked || access.expires_ms <= now_ms || !(newest || predecessor) {
        return Ok(Err(refused));
    }
    if (newest && !family.proven) || family.device.is_none() {
        family.device = Some(claim.device);
        if newest {
            family.proven = true;
            family.used_ms = now_ms;
        }
        tables.put_family(&family)?;
    }
    let rights = match member(tables, family.account, claim.unit, right)? {
        Ok(rights) => rights,
        Err(problem) => return Ok(Err(problem)),
    };
    devices::saw(tables, claim, family.account, now_ms)?;
    Ok(Ok((family.account, rights)))
}

/// The account as a member of a unit with a right in it.
fn member(tables: &mut dyn Tables, account: Uuid, unit: Uuid, right: Right) -> Verdict<Vec<Right>> {
    let memberships = tables.memberships(account)?;
    let Some(membership) = memberships.into_iter().find(|membership| membership.unit.id == unit) else {
        return Ok(Err(Problem::new(Kind::Unit)));
    };
    if membership.rights.contains(&right) {
        Ok(Ok(membership.rights))
    } else {
        Ok(Err(Problem::new(Kind::Role)))
    }
}
