//! The office at a database: what the server holds, its log, access codes. Also while a server writes.

use std::path::Path;

use serde::Serialize;

use crate::error::ServerError;
use crate::model::{Report, SecretKind, StoredOp};
use crate::secrets;
use crate::sqlite::Sqlite;
use crate::storage::{Storage, Tables, transact};

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
    /// Whether nothing can follow.
    pub closed: bool,
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

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfficeDeed {
    /// When, RFC 3339.
    pub at: String,
    /// An account's id, or the office's own word; `None` where nobody was known.
    pub who: Option<String>,
    /// What was done, `device_revoked`.
    pub what: String,
    /// On which unit.
    pub unit: Option<String>,
    /// From which installation.
    pub device: Option<String>,
    /// The report, installation or account it was done to.
    pub about: Option<String>,
}

/// The log of a database, oldest line first: who did what, when, on which unit; never what anything said. Blocks.
pub fn office_log(db: &Path) -> Result<Vec<OfficeDeed>, ServerError> {
    let storage = Sqlite::look_into(db)?;
    let text = |id: Option<uuid::Uuid>| id.map(|id| id.to_string());
    let deeds = transact(&storage, |tables| tables.deeds())?;
    Ok(deeds
        .into_iter()
        .map(|deed| OfficeDeed {
            at: crate::config::instant(deed.at_ms),
            who: deed.who,
            what: deed.what.as_str().to_owned(),
            unit: text(deed.unit),
            device: text(deed.device),
            about: text(deed.about),
        })
        .collect())
}

/// A fresh access code.
#[derive(Clone, Serialize)]
pub struct AccessCode {
    /// For whom.
    pub user: String,
    /// The code; the database holds its hash alone.
    pub access_code: String,
    /// When it ends, RFC 3339; with its first use in any case.
    pub expires_at: String,
}

impl std::fmt::Debug for AccessCode {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessCode").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Makes an access code for a user, the first one where none is named; `None` where nobody has this name. Blocks.
pub fn office_access_code(db: &Path, user: Option<&str>) -> Result<Option<AccessCode>, ServerError> {
    let storage = Sqlite::open_existing(db)?;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    transact(&storage, |tables| {
        let account = match user {
            Some(user) => tables.account(user)?,
            None => tables.accounts()?.into_iter().next(),
        };
        let Some(account) = account else { return Ok(None) };
        let (access_code, ends) =
            secrets::issue(tables, SecretKind::AccessCode, account.id, "office", now_ms)?;
        Ok(Some(AccessCode { user: account.name, access_code, expires_at: crate::config::instant(ends) }))
    })
}

/// Every look-up of a permit a database noted, oldest first. Blocks.
pub fn office_lookups(db: &Path) -> Result<Vec<OfficeLookup>, ServerError> {
    let storage = Sqlite::look_into(db)?;
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
    listed(&Sqlite::look_into(db)?)
}

/// Every report a store holds, in order of arrival.
pub(crate) fn listed(storage: &dyn Storage) -> Result<Vec<OfficeReport>, ServerError> {
    transact(storage, |tables| {
        let mut listed = Vec::new();
        for report in tables.reports()? {
            listed.push(OfficeReport::of(tables, &report)?);
        }
        Ok(listed)
    })
}

impl OfficeReport {
    pub(crate) fn of(tables: &mut dyn Tables, report: &Report) -> Result<Self, ServerError> {
        let ops = tables.ops_of(report.unit, report.id)?;
        let op = |op: StoredOp| OfficeOp {
            op_id: op.id.to_string(),
            kind: op.kind.as_str().to_owned(),
            times_seen: op.times_seen,
        };
        Ok(Self {
            report_id: report.id.to_string(),
            unit: report.unit.to_string(),
            kind: report.kind.as_str().to_owned(),
            state: report.state.as_str().to_owned(),
            closed: report.closed,
            revision: report.revision,
            ops: ops.into_iter().map(op).collect(),
            received_at: crate::config::instant(report.received_ms),
        })
    }
}
