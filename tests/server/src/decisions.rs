//! The officer's decisions: a state, signed like a receipt, under a new version, so that the next `GET /changes` of every
//! phone of the unit brings it. Not its job: who the officer is, and how phones take it.

use std::path::Path;

use ed25519_dalek::SigningKey;
use uuid::Uuid;

use crate::error::ServerError;
use crate::fields;
use crate::keys::{self, Keys};
use crate::model::{Decision as Said, Deed, OpKind, Report, ReportKind, ReportState, What};
use crate::office::OfficeReport;
use crate::receipts;
use crate::sqlite::Sqlite;
use crate::storage::{Tables, transact};

/// Longest reason, in characters: that of a text in a report.
const REASON_CHARS: usize = 128;

/// What the office decides about a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is right.
    Accept,
    /// These facts have to be corrected.
    Correct {
        /// Field codes, `passport_number`.
        fields: Vec<String>,
    },
    /// It is refused, once and for all.
    Reject {
        /// Why; a sentence that names nobody.
        reason: String,
    },
}

/// Destroys what a closed report says, once its retention is over. Its ids, hashes and receipts stay, so that a phone which
/// comes back years later hears `duplicate` and the same receipt. Blocks. Again is the same.
pub fn office_destroy(db: &Path, report: &str) -> Result<Result<(), NotDecided>, ServerError> {
    let Ok(report) = report.parse::<Uuid>() else { return Ok(Err(NotDecided::NoReport)) };
    let storage = Sqlite::open_existing(db)?;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let destroyed = transact(&storage, |tables| {
        let Some(report) = tables.report_of_any(report)? else { return Ok(Err(NotDecided::NoReport)) };
        if !report.closed {
            return Ok(Err(NotDecided::Open));
        }
        tables.strip(&report)?;
        tables.note(&by_the_office(What::Destroyed, &report, now_ms))?;
        Ok(Ok(()))
    })?;
    storage.settle()?;
    Ok(destroyed)
}

fn by_the_office(what: What, report: &Report, now_ms: i64) -> Deed {
    Deed {
        at_ms: now_ms,
        who: Some("office".to_owned()),
        what,
        unit: Some(report.unit),
        device: None,
        about: Some(report.id),
    }
}

/// Why a decision cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDecided {
    /// No such report.
    #[error("there is no such report")]
    NoReport,
    /// It was withdrawn or refused before.
    #[error("the report is over: cancelled or rejected")]
    Over,
    /// Only a closed report is destroyed.
    #[error("the report is open")]
    Open,
    /// A report of this kind has no such fact.
    #[error("a report of this kind has no such field")]
    Field,
    /// Empty, too long, or with control characters.
    #[error("the reason must be a sentence of 1 to 128 characters")]
    Reason,
}

/// Decides about a report of a database, also while a server runs on it. Blocks. The same decision again changes nothing.
pub fn office_decide(
    db: &Path,
    report: &str,
    decision: &Decision,
) -> Result<Result<OfficeReport, NotDecided>, ServerError> {
    let Ok(report) = report.parse::<Uuid>() else { return Ok(Err(NotDecided::NoReport)) };
    let storage = Sqlite::open_existing(db)?;
    let path = keys::key_path(db);
    if !path.exists() {
        return Err(ServerError::KeysMissing { path });
    }
    let key = Keys::load_or_create(db)?.receipt;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    transact(&storage, |tables| decide(tables, report, decision, now_ms, &key))
}

/// Decides inside the caller's transaction.
pub(crate) fn decide(
    tables: &mut dyn Tables,
    report: Uuid,
    decision: &Decision,
    now_ms: i64,
    key: &SigningKey,
) -> Result<Result<OfficeReport, NotDecided>, ServerError> {
    let Some(mut report) = tables.report_of_any(report)? else { return Ok(Err(NotDecided::NoReport)) };
    if matches!(report.state, ReportState::Cancelled | ReportState::Rejected) {
        return Ok(Err(NotDecided::Over));
    }
    let (what, state, said) = match said(&report, decision) {
        Ok(said) => said,
        Err(problem) => return Ok(Err(problem)),
    };
    if (report.state, &report.decision) == (state, &said) {
        return OfficeReport::of(tables, &report).map(Ok);
    }
    let was_closed = report.closed;
    report.state = state;
    report.decision = said;
    report.closed |= state == ReportState::Rejected
        || (state == ReportState::Accepted && report.kind == ReportKind::Refusal);
    report.version = tables.next_version(report.unit)?;
    let newest = tables.ops_of(report.unit, report.id)?.into_iter().max_by_key(|op| op.revision);
    let newest = newest.ok_or(ServerError::Damaged { what: "op" })?;
    report.receipt = receipts::of(&report, newest.id, &newest.sha256, now_ms, key)?;
    tables.put_report(&report)?;
    if was_closed != report.closed {
        tables.close_merged(report.unit, report.id, report.closed)?;
    }
    tables.note(&by_the_office(what, &report, now_ms))?;
    OfficeReport::of(tables, &report).map(Ok)
}

/// The deed, the state and the words of a decision about this report.
fn said(report: &Report, decision: &Decision) -> Result<(What, ReportState, Said), NotDecided> {
    match decision {
        Decision::Accept => Ok((What::Accepted, ReportState::Accepted, Said::default())),
        Decision::Correct { fields: asked } => {
            let known = fields::codes(OpKind::Amend, report.kind).ok_or(NotDecided::Field)?.allowed;
            if asked.is_empty() || asked.iter().any(|code| !known.contains(&code.as_str())) {
                return Err(NotDecided::Field);
            }
            let mut fields = asked.clone();
            fields.sort_unstable();
            fields.dedup();
            let said = Said { fields, reason: None };
            Ok((What::CorrectionAsked, ReportState::NeedsCorrection, said))
        }
        Decision::Reject { reason } => {
            let reason = reason.trim();
            let length = reason.chars().count();
            if length == 0 || length > REASON_CHARS || reason.chars().any(char::is_control) {
                return Err(NotDecided::Reason);
            }
            let said = Said { fields: Vec::new(), reason: Some(reason.to_owned()) };
            Ok((What::Rejected, ReportState::Rejected, said))
        }
    }
}
