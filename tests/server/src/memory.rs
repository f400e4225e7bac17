//! The store in memory: for simulations that make a server a thousand times. It ends with its process.
//!
//! Invariant: work that fails leaves nothing behind; every change notes how it is undone.

mod ledger;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::config::Published;
use crate::error::ServerError;
use crate::model::{
    Access, Account, Code, Deed, Device, Family, KeyKind, LookedUp, Membership, OpKind, Permit, Report,
    ReportState, Right, Secret, StoredOp, Unit,
};
use crate::storage::{Register, Storage, Tables, Work};

/// The store.
#[derive(Default)]
pub(crate) struct Memory(Mutex<State>);

impl Memory {
    /// Another store that holds the same.
    pub(crate) fn fork(&self) -> Self {
        Self(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }

    /// Dismisses everybody, or takes them back.
    pub(crate) fn set_members(&self, are_members: bool) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let State { members, dismissed, .. } = &mut *state;
        if are_members { members.append(dismissed) } else { dismissed.append(members) }
    }
}

impl Storage for Memory {
    fn transaction(&self, work: Work<'_>) -> Result<(), ServerError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = Open { state: &mut state, undo: Vec::new() };
        let done = work(&mut open);
        if done.is_err() {
            while let Some(undo) = open.undo.pop() {
                undo(open.state);
            }
        }
        done
    }
}

/// Rows by key, each with its place in the order of arrival.
type Rows<K, V> = BTreeMap<K, (u64, V)>;

#[derive(Clone, Default)]
struct State {
    arrivals: u64,
    units: Rows<Uuid, Unit>,
    versions: Rows<Uuid, i64>,
    accounts: Rows<Uuid, Account>,
    members: Rows<(Uuid, Uuid), Membership>,
    /// Members who are none at the moment.
    dismissed: Rows<(Uuid, Uuid), Membership>,
    codes: Rows<String, Code>,
    families: Rows<Uuid, Family>,
    refreshes: Rows<String, Uuid>,
    accesses: Rows<String, Access>,
    ops: Rows<(Uuid, Uuid), StoredOp>,
    reports: Rows<(Uuid, Uuid), Report>,
    permits: Rows<u64, Permit>,
    lookups: Rows<u64, LookedUp>,
    attachments: Rows<(Uuid, String), Vec<u8>>,
    published: Rows<(), Published>,
    deeds: Rows<u64, Deed>,
    devices: Rows<(Uuid, Uuid), Device>,
    secrets: Rows<String, Secret>,
    emails: Rows<Uuid, String>,
}

type Undo = Box<dyn FnOnce(&mut State)>;
type Table<K, V> = fn(&mut State) -> &mut Rows<K, V>;

/// The tables of an open transaction.
struct Open<'a> {
    state: &'a mut State,
    undo: Vec<Undo>,
}

impl Open<'_> {
    /// Writes a row. One that was there keeps its place.
    fn put<K: Ord + Clone + 'static, V: 'static>(&mut self, table: Table<K, V>, key: K, value: V) {
        self.state.arrivals += 1;
        let arrived = self.state.arrivals;
        let rows = table(self.state);
        let before = rows.remove(&key);
        rows.insert(key.clone(), (before.as_ref().map_or(arrived, |(place, _)| *place), value));
        self.undo.push(Box::new(move |state| {
            let rows = table(state);
            match before {
                Some(row) => rows.insert(key, row),
                None => rows.remove(&key),
            };
        }));
    }

    /// Writes a row that must be new.
    fn add<K: Ord + Clone + 'static, V: 'static>(
        &mut self,
        table: Table<K, V>,
        key: K,
        value: V,
        what: &'static str,
    ) -> Result<(), ServerError> {
        if table(self.state).contains_key(&key) {
            return Err(ServerError::Taken { what });
        }
        self.put(table, key, value);
        Ok(())
    }

    fn drop_where<K: Ord + Clone + 'static, V: Clone + 'static>(
        &mut self,
        table: Table<K, V>,
        gone: impl Fn(&V) -> bool,
    ) {
        let rows = table(self.state);
        let keys: Vec<K> =
            rows.iter().filter(|(_, (_, value))| gone(value)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.drop_row(table, key);
        }
    }

    fn drop_row<K: Ord + 'static, V: 'static>(&mut self, table: Table<K, V>, key: K) {
        if let Some(row) = table(self.state).remove(&key) {
            self.undo.push(Box::new(move |state| {
                table(state).insert(key, row);
            }));
        }
    }
}

fn find<K: Ord, V: Clone>(rows: &Rows<K, V>, key: &K) -> Option<V> {
    rows.get(key).map(|(_, value)| value.clone())
}

/// In order of arrival.
fn in_order<'a, K: 'a, V: 'a>(rows: impl Iterator<Item = (&'a K, &'a (u64, V))>) -> Vec<&'a V> {
    let mut found: Vec<_> = rows.map(|(_, row)| row).collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, value)| value).collect()
}

impl Register for Open<'_> {
    fn has_permits(&mut self) -> Result<bool, ServerError> {
        Ok(!self.state.permits.is_empty())
    }

    fn add_permit(&mut self, permit: &Permit) -> Result<(), ServerError> {
        let taken = permit.keys.iter().any(|key| {
            let mut known = self.state.permits.values().flat_map(|(_, known)| &known.keys);
            known.any(|other| other == key)
        });
        if taken {
            return Err(ServerError::Taken { what: "permit_key" });
        }
        self.put(|state| &mut state.permits, self.state.arrivals, permit.clone());
        Ok(())
    }

    fn permit(&mut self, kind: KeyKind, key: &str) -> Result<Option<Map<String, Value>>, ServerError> {
        let named = |permit: &Permit| permit.keys.iter().any(|(known, text)| *known == kind && text == key);
        let found = self.state.permits.values().find(|(_, permit)| named(permit));
        Ok(found.map(|(_, permit)| permit.record.clone()))
    }

    fn note_lookup(&mut self, note: &LookedUp) -> Result<(), ServerError> {
        self.put(|state| &mut state.lookups, self.state.arrivals, note.clone());
        Ok(())
    }

    fn lookups(&mut self) -> Result<Vec<LookedUp>, ServerError> {
        Ok(in_order(self.state.lookups.iter()).into_iter().cloned().collect())
    }

    fn keep_attachment(&mut self, unit: Uuid, sha256: &str, bytes: &[u8]) -> Result<(), ServerError> {
        if !self.has_attachment(unit, sha256)? {
            self.put(|state| &mut state.attachments, (unit, sha256.to_owned()), bytes.to_vec());
        }
        Ok(())
    }

    fn has_attachment(&mut self, unit: Uuid, sha256: &str) -> Result<bool, ServerError> {
        Ok(self.state.attachments.contains_key(&(unit, sha256.to_owned())))
    }

    fn published(&mut self) -> Result<Option<Published>, ServerError> {
        Ok(find(&self.state.published, &()))
    }

    fn publish(&mut self, published: &Published) -> Result<(), ServerError> {
        self.put(|state| &mut state.published, (), published.clone());
        Ok(())
    }
}

impl Tables for Open<'_> {
    fn unit(&mut self, id: Uuid) -> Result<Option<Unit>, ServerError> {
        Ok(find(&self.state.units, &id))
    }

    fn set_profile(&mut self, unit: Uuid, profile: &Map<String, Value>) -> Result<(), ServerError> {
        if let Some(known) = self.unit(unit)? {
            self.put(|state| &mut state.units, unit, Unit { profile: profile.clone(), ..known });
        }
        Ok(())
    }

    fn members(&mut self, unit: Uuid) -> Result<Vec<(Account, Vec<Right>)>, ServerError> {
        let accounts = in_order(self.state.accounts.iter()).into_iter();
        let member = |account: &Account| find(&self.state.members, &(account.id, unit));
        Ok(accounts.filter_map(|account| Some((account.clone(), member(account)?.rights))).collect())
    }

    fn add_unit(&mut self, unit: &Unit) -> Result<(), ServerError> {
        self.add(|state| &mut state.units, unit.id, unit.clone(), "unit")?;
        self.add(|state| &mut state.versions, unit.id, 0, "unit")
    }

    fn accounts(&mut self) -> Result<Vec<Account>, ServerError> {
        Ok(in_order(self.state.accounts.iter()).into_iter().cloned().collect())
    }

    fn account(&mut self, name: &str) -> Result<Option<Account>, ServerError> {
        let found = self.state.accounts.values().find(|(_, account)| account.name == name);
        Ok(found.map(|(_, account)| account.clone()))
    }

    fn account_by_id(&mut self, id: Uuid) -> Result<Option<Account>, ServerError> {
        Ok(find(&self.state.accounts, &id))
    }

    fn add_account(&mut self, account: &Account) -> Result<(), ServerError> {
        if self.account(&account.name)?.is_some() {
            return Err(ServerError::Taken { what: "account" });
        }
        self.add(|state| &mut state.accounts, account.id, account.clone(), "account")
    }

    fn memberships(&mut self, account: Uuid) -> Result<Vec<Membership>, ServerError> {
        // In the order of the units.
        let units = in_order(self.state.units.iter()).into_iter();
        let member = |unit: &Unit| find(&self.state.members, &(account, unit.id));
        Ok(units.filter_map(|unit| Some(Membership { unit: unit.clone(), ..member(unit)? })).collect())
    }

    fn add_member(&mut self, account: Uuid, membership: &Membership) -> Result<(), ServerError> {
        self.add(|state| &mut state.members, (account, membership.unit.id), membership.clone(), "member")
    }

    fn code(&mut self, hash: &str) -> Result<Option<Code>, ServerError> {
        Ok(find(&self.state.codes, &hash.to_owned()))
    }

    fn put_code(&mut self, hash: &str, code: &Code) -> Result<(), ServerError> {
        self.put(|state| &mut state.codes, hash.to_owned(), code.clone());
        Ok(())
    }

    fn family(&mut self, id: Uuid) -> Result<Option<Family>, ServerError> {
        Ok(find(&self.state.families, &id))
    }

    fn put_family(&mut self, family: &Family) -> Result<(), ServerError> {
        self.put(|state| &mut state.families, family.id, family.clone());
        Ok(())
    }

    fn family_of_refresh(&mut self, hash: &str) -> Result<Option<Uuid>, ServerError> {
        Ok(find(&self.state.refreshes, &hash.to_owned()))
    }

    fn add_refresh(&mut self, hash: &str, family: Uuid) -> Result<(), ServerError> {
        self.add(|state| &mut state.refreshes, hash.to_owned(), family, "refresh")
    }

    fn access(&mut self, hash: &str) -> Result<Option<Access>, ServerError> {
        Ok(find(&self.state.accesses, &hash.to_owned()))
    }

    fn add_access(&mut self, hash: &str, access: &Access) -> Result<(), ServerError> {
        self.add(|state| &mut state.accesses, hash.to_owned(), access.clone(), "access")
    }

    fn sweep(&mut self, before_ms: i64) -> Result<(), ServerError> {
        self.drop_where(|state| &mut state.codes, |code| code.expires_ms < before_ms);
        self.drop_where(|state| &mut state.accesses, |access| access.expires_ms < before_ms);
        Ok(())
    }

    fn op(&mut self, unit: Uuid, id: Uuid) -> Result<Option<StoredOp>, ServerError> {
        Ok(find(&self.state.ops, &(unit, id)))
    }

    fn add_op(&mut self, op: &StoredOp) -> Result<(), ServerError> {
        let same = |known: &StoredOp| {
            (known.unit, known.report, known.revision) == (op.unit, op.report, op.revision)
        };
        if self.state.ops.values().any(|(_, known)| same(known)) {
            return Err(ServerError::Taken { what: "op" });
        }
        self.add(|state| &mut state.ops, (op.unit, op.id), op.clone(), "op")
    }

    fn saw_op_again(&mut self, unit: Uuid, id: Uuid) -> Result<(), ServerError> {
        if let Some(mut op) = self.op(unit, id)? {
            op.times_seen += 1;
            self.put(|state| &mut state.ops, (unit, id), op);
        }
        Ok(())
    }

    fn ops_of(&mut self, unit: Uuid, report: Uuid) -> Result<Vec<StoredOp>, ServerError> {
        let of = |op: &StoredOp| (op.unit, op.report) == (unit, report);
        let ops = self.state.ops.iter().filter(|(_, (_, op))| of(op));
        Ok(in_order(ops).into_iter().cloned().collect())
    }

    fn report(&mut self, unit: Uuid, id: Uuid) -> Result<Option<Report>, ServerError> {
        Ok(find(&self.state.reports, &(unit, id)))
    }

    fn put_report(&mut self, report: &Report) -> Result<(), ServerError> {
        self.put(|state| &mut state.reports, (report.unit, report.id), report.clone());
        Ok(())
    }

    fn strip(&mut self, report: &Report) -> Result<(), ServerError> {
        for op in self.ops_of(report.unit, report.id)? {
            if op.kind == OpKind::Attach
                && let Ok(body) = serde_json::from_str::<Value>(&op.body)
                && let Some(photo) = body["data"]["sha256"].as_str()
            {
                let key = (op.unit, photo.to_owned());
                self.drop_row(|state| &mut state.attachments, key);
            }
            self.put(|state| &mut state.ops, (op.unit, op.id), StoredOp { body: String::new(), ..op });
        }
        self.put_report(&Report { data: Map::new(), duplicate_key: None, ..report.clone() })
    }

    fn live(&mut self, unit: Uuid, duplicate_key: &str) -> Result<Option<Uuid>, ServerError> {
        let live = |report: &Report| {
            report.unit == unit
                && report.duplicate_key.as_deref() == Some(duplicate_key)
                && !report.closed
                && report.same_as.is_none()
        };
        let reports = self.state.reports.iter().filter(|(_, (_, report))| live(report));
        Ok(in_order(reports).first().map(|report| report.id))
    }

    fn close_merged(&mut self, unit: Uuid, report: Uuid, closed: bool) -> Result<(), ServerError> {
        let merged = |other: &Report| {
            other.unit == unit && other.same_as == Some(report) && other.state != ReportState::Cancelled
        };
        let found: Vec<Report> = self
            .state
            .reports
            .values()
            .filter(|(_, other)| merged(other))
            .map(|(_, other)| other.clone())
            .collect();
        for other in found {
            self.put_report(&Report { closed, ..other })?;
        }
        Ok(())
    }

    fn next_version(&mut self, unit: Uuid) -> Result<i64, ServerError> {
        let next = self.version(unit)? + 1;
        self.put(|state| &mut state.versions, unit, next);
        Ok(next)
    }

    fn version(&mut self, unit: Uuid) -> Result<i64, ServerError> {
        find(&self.state.versions, &unit).ok_or(ServerError::Damaged { what: "unit.version" })
    }

    fn changed(
        &mut self,
        unit: Uuid,
        after: i64,
        closed_after: i64,
        limit: usize,
    ) -> Result<Vec<Report>, ServerError> {
        let told = |report: &Report| {
            report.unit == unit && report.version > after && (!report.closed || report.version > closed_after)
        };
        let mut found: Vec<&Report> =
            self.state.reports.values().map(|(_, report)| report).filter(|report| told(report)).collect();
        found.sort_by_key(|report| report.version);
        Ok(found.into_iter().take(limit).cloned().collect())
    }

    fn report_of_any(&mut self, id: Uuid) -> Result<Option<Report>, ServerError> {
        let mut reports = self.state.reports.values().map(|(_, report)| report);
        Ok(reports.find(|report| report.id == id).cloned())
    }

    fn reports(&mut self) -> Result<Vec<Report>, ServerError> {
        Ok(in_order(self.state.reports.iter()).into_iter().cloned().collect())
    }
}
