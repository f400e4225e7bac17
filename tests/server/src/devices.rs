//! Installations of a unit: which were seen, and which may no longer come. Not its job: tokens (`auth.rs`).
//!
//! Invariant: an installation that a unit revoked stays revoked there, whoever signs in on it.

use serde::Serialize;
use uuid::Uuid;

use crate::auth::{Claim, Verdict};
use crate::config::instant;
use crate::error::ServerError;
use crate::model::{Deed, Device, Family, Right, What};
use crate::problem::{Kind, Problem};
use crate::storage::Tables;

/// How exact "last seen" is. Writing every call down would cost a sync of the disk each.
const SEEN_STEP_MS: i64 = 60_000;

/// Answer of `GET /units/{id}/devices`.
#[derive(Serialize)]
pub(crate) struct Devices {
    devices: Vec<DeviceView>,
}

#[derive(Serialize)]
struct DeviceView {
    id: Uuid,
    account: Person,
    first_seen: String,
    last_seen: String,
    revoked_at: Option<String>,
}

/// Answer of `GET /units/{id}/staff`.
#[derive(Serialize)]
pub(crate) struct Staff {
    members: Vec<MemberView>,
}

#[derive(Serialize)]
struct MemberView {
    #[serde(flatten)]
    person: Person,
    rights: Vec<Right>,
}

#[derive(Clone, Serialize)]
struct Person {
    id: Uuid,
    name: String,
}

/// Notes that an installation was here.
pub(crate) fn saw(
    tables: &mut dyn Tables,
    claim: &Claim<'_>,
    account: Uuid,
    now_ms: i64,
) -> Result<(), ServerError> {
    let (unit, id) = (claim.unit, claim.device);
    let known = tables.device(unit, id)?;
    if known.as_ref().is_some_and(|known| known.account == account && now_ms - known.last_ms < SEEN_STEP_MS) {
        return Ok(());
    }
    let first_ms = known.map_or(now_ms, |known| known.first_ms);
    tables.put_device(&Device { id, unit, account, first_ms, last_ms: now_ms, revoked_ms: None })
}

/// Whether the unit revoked the installation.
pub(crate) fn is_revoked_in(tables: &mut dyn Tables, claim: &Claim<'_>) -> Result<bool, ServerError> {
    Ok(tables.device(claim.unit, claim.device)?.is_some_and(|device| device.revoked_ms.is_some()))
}

/// Whether a sign-in ended because its installation was revoked.
pub(crate) fn ended(tables: &mut dyn Tables, family: &Family) -> Result<bool, ServerError> {
    match family.device {
        Some(device) if family.revoked => tables.is_revoked(device),
        _ => Ok(false),
    }
}

/// Revokes an installation and ends every sign-in on it. Again is the same.
pub(crate) fn revoke(
    tables: &mut dyn Tables,
    by: Uuid,
    claim: &Claim<'_>,
    id: Uuid,
    now_ms: i64,
) -> Verdict<()> {
    let Some(device) = tables.device(claim.unit, id)? else { return Ok(Err(Problem::new(Kind::NoDevice))) };
    if device.revoked_ms.is_none() {
        tables.put_device(&Device { revoked_ms: Some(now_ms), ..device })?;
        tables.end_families_of(id)?;
        tables.note(&Deed {
            at_ms: now_ms,
            who: Some(by.to_string()),
            what: What::DeviceRevoked,
            unit: Some(claim.unit),
            device: Some(claim.device),
            about: Some(id),
        })?;
    }
    Ok(Ok(()))
}

/// The installations of a unit.
pub(crate) fn list(tables: &mut dyn Tables, unit: Uuid) -> Result<Devices, ServerError> {
    let mut devices = Vec::new();
    for device in tables.devices(unit)? {
        let account = tables.account_by_id(device.account)?.ok_or(ServerError::Damaged { what: "device" })?;
        devices.push(DeviceView {
            id: device.id,
            account: Person { id: account.id, name: account.name },
            first_seen: instant(device.first_ms),
            last_seen: instant(device.last_ms),
            revoked_at: device.revoked_ms.map(instant),
        });
    }
    Ok(Devices { devices })
}

/// The members of a unit.
pub(crate) fn staff(tables: &mut dyn Tables, unit: Uuid) -> Result<Staff, ServerError> {
    let view = |(account, rights): (crate::model::Account, _)| MemberView {
        person: Person { id: account.id, name: account.name },
        rights,
    };
    Ok(Staff { members: tables.members(unit)?.into_iter().map(view).collect() })
}
