//! Rows for the suite.

use serde_json::{Map, json};
use uuid::Uuid;

use crate::error::ServerError;
use crate::model::{
    Account, Decision, Deed, Family, Membership, OpKind, Outcome, Report, ReportKind, ReportState, Right,
    StoredOp, Unit, UnitKind, What,
};
use crate::storage::{Storage, Tables, transact};

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Work that cannot fail in a healthy store.
pub(super) fn done<T>(
    storage: &dyn Storage,
    work: impl FnOnce(&mut dyn Tables) -> Result<T, ServerError>,
) -> T {
    transact(storage, work).unwrap()
}

pub(super) const HOUSE: Uuid = Uuid::from_u128(1);
pub(super) const OTHER_HOUSE: Uuid = Uuid::from_u128(2);
pub(super) const CLERK: Uuid = Uuid::from_u128(11);

pub(super) fn unit(number: Uuid, name: &str) -> Unit {
    Unit { id: number, name: name.to_owned(), kind: UnitKind::Lodging, profile: Map::new() }
}

pub(super) fn account(number: Uuid, name: &str) -> Account {
    Account { id: number, name: name.to_owned(), password: "hash".to_owned() }
}

/// Two houses, and a clerk of the first.
pub(super) fn peopled(storage: &dyn Storage) {
    done(storage, |tables| {
        tables.add_unit(&unit(HOUSE, "Losmen"))?;
        tables.add_unit(&unit(OTHER_HOUSE, "Hotel"))?;
        tables.add_account(&account(CLERK, "resepsionis"))?;
        tables.add_member(CLERK, &Membership { unit: unit(HOUSE, "Losmen"), rights: vec![Right::Report] })
    });
}

pub(super) fn report(unit: Uuid, number: u128, version: i64) -> Report {
    Report {
        id: id(number),
        unit,
        kind: ReportKind::Lodging,
        state: ReportState::Received,
        closed: false,
        revision: 1,
        version,
        captured_by: CLERK,
        received_ms: 5,
        duplicate_key: Some(format!("stay {number}")),
        same_as: None,
        data: json!({ "room": "12" }).as_object().cloned().unwrap(),
        decision: Decision::default(),
        receipt: "token".to_owned(),
    }
}

pub(super) fn op(unit: Uuid, number: u128, report: u128, revision: u32) -> StoredOp {
    StoredOp {
        id: id(number),
        unit,
        report: id(report),
        kind: OpKind::Submit,
        revision,
        sha256: "hash".to_owned(),
        outcome: Outcome::Applied,
        state: ReportState::Received,
        version: 1,
        same_as: None,
        receipt: "token".to_owned(),
        times_seen: 1,
        device: id(99),
        sent_by: CLERK,
        body: "{}".to_owned(),
    }
}

pub(super) fn deed(what: What, at_ms: i64) -> Deed {
    Deed { at_ms, who: Some("office".to_owned()), what, unit: Some(HOUSE), device: None, about: Some(id(7)) }
}

pub(super) fn family(number: u128, device: Option<Uuid>) -> Family {
    Family {
        id: id(number),
        account: CLERK,
        client: "apoa".to_owned(),
        device,
        revoked: false,
        current: "current".to_owned(),
        previous: None,
        proven: false,
        used_ms: 1,
    }
}
