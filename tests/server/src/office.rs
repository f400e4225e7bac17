//! The office's look at a database: what the server holds. Read-only, also while a server writes.

use std::path::Path;

use serde::Serialize;

use crate::error::ServerError;
use crate::sqlite::Sqlite;
use crate::storage::{Storage, transact};

/// A report as the office lists it: ids, states and times, nobody's identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfficeReport {
    /// Id, made on the phone.
    pub report_id: String,
    /// The unit that filed it.
    pub unit: String,
    /// Kind of the report, `lodging.check_in`.
    pub kind: String,
    /// State, `received`.
    pub state: String,
    /// Newest revision.
    pub revision: u32,
    /// Operations that had an effect, in order.
    pub ops: Vec<OfficeOp>,
    /// When the first operation arrived, RFC 3339.
    pub received_at: String,
}

/// An operation that had an effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfficeOp {
    /// Id, made on the phone.
    pub op_id: String,
    /// Kind, `submit`.
    pub kind: String,
    /// How often it arrived; its effect happened once.
    pub times_seen: u32,
}

/// That somebody asked for a permit's record: neither the key nor the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfficeLookup {
    /// When, RFC 3339.
    pub at: String,
    /// Who asked.
    pub account: String,
    /// For which unit.
    pub unit: String,
    /// From which installation.
    pub device: String,
    /// What the key named, `permit_number`.
    pub key_kind: String,
    /// Whether there was a record.
    pub found: bool,
}

/// Every look-up of a permit a database noted, oldest first. Blocks.
pub fn office_lookups(db: &Path) -> Result<Vec<OfficeLookup>, ServerError> {
    let storage = Sqlite::open_existing(db)?;
    let notes = transact(&storage, |tables| tables.lookups())?;
    Ok(notes
        .into_iter()
        .map(|note| OfficeLookup {
            at: crate::config::instant(note.at_ms),
            account: note.account.to_string(),
            unit: note.unit.to_string(),
            device: note.device.to_string(),
            key_kind: note.key_kind.as_str().to_owned(),
            found: note.found,
        })
        .collect())
}

/// Every report a database holds, in order of arrival. Blocks.
pub fn office_reports(db: &Path) -> Result<Vec<OfficeReport>, ServerError> {
    listed(&Sqlite::open_existing(db)?)
}

/// Every report a store holds, in order of arrival.
pub(crate) fn listed(storage: &dyn Storage) -> Result<Vec<OfficeReport>, ServerError> {
    transact(storage, |tables| {
        let mut listed = Vec::new();
        for report in tables.reports()? {
            let ops = tables.ops_of(report.unit, report.id)?;
            listed.push(OfficeReport {
                report_id: report.id.to_string(),
                unit: report.unit.to_string(),
                kind: report.kind.as_str().to_owned(),
                state: report.state.as_str().to_owned(),
                revision: report.revision,
                ops: ops
                    .into_iter()
                    .map(|op| OfficeOp {
                        op_id: op.id.to_string(),
                        kind: op.kind.as_str().to_owned(),
                        times_seen: op.times_seen,
                    })
                    .collect(),
                received_at: crate::config::instant(report.received_ms),
            });
        }
        Ok(listed)
    })
}
