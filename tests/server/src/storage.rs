//! What the rules ask of a store: one transaction at a time, all of it or nothing. No rule and no SQL here.
//!
//! Invariants a store keeps by its own constraints: one operation for each `(unit, op_id)` and for each
//! `(unit, report_id, revision)`.

#[cfg(test)]
mod suite;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::config::Published;
use crate::error::ServerError;
use crate::model::{
    Access, Account, Code, Deed, Device, Family, KeyKind, LookedUp, Membership, Permit, Report, Right,
    Secret, StoredOp, Unit,
};

/// The tables of the register inside one transaction.
pub(crate) trait Register {
    fn has_permits(&mut self) -> Result<bool, ServerError>;
    fn add_permit(&mut self, permit: &Permit) -> Result<(), ServerError>;
    /// The record of the permit with this key.
    fn permit(&mut self, kind: KeyKind, key: &str) -> Result<Option<Map<String, Value>>, ServerError>;
    fn note_lookup(&mut self, note: &LookedUp) -> Result<(), ServerError>;
    /// Every note of a look-up, oldest first.
    fn lookups(&mut self) -> Result<Vec<LookedUp>, ServerError>;

    /// Keeps a photo under its digest; one that is there stays.
    fn keep_attachment(&mut self, unit: Uuid, sha256: &str, bytes: &[u8]) -> Result<(), ServerError>;
    fn has_attachment(&mut self, unit: Uuid, sha256: &str) -> Result<bool, ServerError>;

    /// What the configuration was published with; `None` before the first time.
    fn published(&mut self) -> Result<Option<Published>, ServerError>;
    fn publish(&mut self, published: &Published) -> Result<(), ServerError>;
}

/// The tables of sign-in beside passwords, of installations, and of the log, inside one transaction.
pub(crate) trait Ledger {
    /// Adds a line to the log; none is ever changed or taken out.
    fn note(&mut self, deed: &Deed) -> Result<(), ServerError>;
    /// The log, oldest line first.
    fn deeds(&mut self) -> Result<Vec<Deed>, ServerError>;

    fn device(&mut self, unit: Uuid, id: Uuid) -> Result<Option<Device>, ServerError>;
    fn put_device(&mut self, device: &Device) -> Result<(), ServerError>;
    /// The installations a unit saw, in the order of their coming.
    fn devices(&mut self, unit: Uuid) -> Result<Vec<Device>, ServerError>;
    /// Whether any unit revoked an installation.
    fn is_revoked(&mut self, device: Uuid) -> Result<bool, ServerError>;
    /// Ends every sign-in that works from an installation.
    fn end_families_of(&mut self, device: Uuid) -> Result<(), ServerError>;

    fn secret(&mut self, hash: &str) -> Result<Option<Secret>, ServerError>;
    fn put_secret(&mut self, hash: &str, secret: &Secret) -> Result<(), ServerError>;
    fn email(&mut self, account: Uuid) -> Result<Option<String>, ServerError>;
    fn set_email(&mut self, account: Uuid, address: &str) -> Result<(), ServerError>;
}

/// The tables inside one transaction.
pub(crate) trait Tables: Register + Ledger {
    fn unit(&mut self, id: Uuid) -> Result<Option<Unit>, ServerError>;
    fn set_profile(&mut self, unit: Uuid, profile: &Map<String, Value>) -> Result<(), ServerError>;
    /// The members of a unit with their rights, in the order of their accounts.
    fn members(&mut self, unit: Uuid) -> Result<Vec<(Account, Vec<Right>)>, ServerError>;

    fn add_unit(&mut self, unit: &Unit) -> Result<(), ServerError>;
    fn accounts(&mut self) -> Result<Vec<Account>, ServerError>;
    fn account(&mut self, name: &str) -> Result<Option<Account>, ServerError>;
    fn account_by_id(&mut self, id: Uuid) -> Result<Option<Account>, ServerError>;
    fn add_account(&mut self, account: &Account) -> Result<(), ServerError>;
    fn memberships(&mut self, account: Uuid) -> Result<Vec<Membership>, ServerError>;
    fn add_member(&mut self, account: Uuid, membership: &Membership) -> Result<(), ServerError>;

    fn code(&mut self, hash: &str) -> Result<Option<Code>, ServerError>;
    fn put_code(&mut self, hash: &str, code: &Code) -> Result<(), ServerError>;
    fn family(&mut self, id: Uuid) -> Result<Option<Family>, ServerError>;
    fn put_family(&mut self, family: &Family) -> Result<(), ServerError>;
    /// The family a refresh token ever belonged to.
    fn family_of_refresh(&mut self, hash: &str) -> Result<Option<Uuid>, ServerError>;
    fn add_refresh(&mut self, hash: &str, family: Uuid) -> Result<(), ServerError>;
    fn access(&mut self, hash: &str) -> Result<Option<Access>, ServerError>;
    fn add_access(&mut self, hash: &str, access: &Access) -> Result<(), ServerError>;
    /// Forgets codes and access tokens that ended before this moment.
    fn sweep(&mut self, before_ms: i64) -> Result<(), ServerError>;

    fn op(&mut self, unit: Uuid, id: Uuid) -> Result<Option<StoredOp>, ServerError>;
    fn add_op(&mut self, op: &StoredOp) -> Result<(), ServerError>;
    fn saw_op_again(&mut self, unit: Uuid, id: Uuid) -> Result<(), ServerError>;
    fn ops_of(&mut self, unit: Uuid, report: Uuid) -> Result<Vec<StoredOp>, ServerError>;

    fn report(&mut self, unit: Uuid, id: Uuid) -> Result<Option<Report>, ServerError>;
    fn put_report(&mut self, report: &Report) -> Result<(), ServerError>;
    /// Takes out every personal fact of a report: its data, its key, the bodies of its operations, its photos. Ids, hashes
    /// and receipts stay.
    fn strip(&mut self, report: &Report) -> Result<(), ServerError>;
    /// The open report of the unit with this duplicate key that is not merged into another.
    fn live(&mut self, unit: Uuid, duplicate_key: &str) -> Result<Option<Uuid>, ServerError>;
    /// Closes what was merged into a report, or opens it again.
    fn close_merged(&mut self, unit: Uuid, report: Uuid, closed: bool) -> Result<(), ServerError>;
    /// The unit's next version; larger than every one before.
    fn next_version(&mut self, unit: Uuid) -> Result<i64, ServerError>;
    /// The unit's newest version, 0 before the first.
    fn version(&mut self, unit: Uuid) -> Result<i64, ServerError>;
    /// Reports with a larger version than `after`, in order of version; closed ones only from behind `closed_after`.
    fn changed(
        &mut self,
        unit: Uuid,
        after: i64,
        closed_after: i64,
        limit: usize,
    ) -> Result<Vec<Report>, ServerError>;
    /// The report with this id, whatever its unit.
    fn report_of_any(&mut self, id: Uuid) -> Result<Option<Report>, ServerError>;
    /// Every report of every unit, in order of arrival.
    fn reports(&mut self) -> Result<Vec<Report>, ServerError>;
}

/// Work inside a transaction.
pub(crate) type Work<'a> = &'a mut dyn FnMut(&mut dyn Tables) -> Result<(), ServerError>;

/// A store.
pub(crate) trait Storage: Send + Sync {
    /// Runs the work in one transaction, serialised with every other; an error undoes all of it.
    fn transaction(&self, work: Work<'_>) -> Result<(), ServerError>;
}

/// [`Storage::transaction`] for work that returns something.
pub(crate) fn transact<T>(
    storage: &dyn Storage,
    work: impl FnOnce(&mut dyn Tables) -> Result<T, ServerError>,
) -> Result<T, ServerError> {
    let mut work = Some(work);
    let mut result = None;
    storage.transaction(&mut |tables| {
        if let Some(work) = work.take() {
            result = Some(work(tables)?);
        }
        Ok(())
    })?;
    result.ok_or(ServerError::Damaged { what: "transaction" })
}

/// Does the work and undoes all of it: what would have happened.
pub(crate) fn rehearse<T>(
    storage: &dyn Storage,
    work: impl FnOnce(&mut dyn Tables) -> Result<T, ServerError>,
) -> Result<T, ServerError> {
    let mut work = Some(work);
    let mut result = None;
    let ended = storage.transaction(&mut |tables| {
        if let Some(work) = work.take() {
            result = Some(work(tables)?);
        }
        Err(ServerError::Rehearsed)
    });
    match (ended, result) {
        (Err(ServerError::Rehearsed), Some(result)) => Ok(result),
        (Err(error), _) => Err(error),
        (Ok(()), _) => Err(ServerError::Damaged { what: "rehearsal" }),
    }
}
