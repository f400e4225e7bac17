//! The event log of a unit: what happened to which report, when, by which clock. Random ids and codes, never personal
//! data.

use apoa_domain::codes::Code;
use apoa_domain::ids::{OpId, ReportId, Timestamp};
use apoa_domain::report::finalise::ClockTrust;
use rusqlite::Transaction;

use crate::error::Error;

/// A time for the event log, and how far it can be trusted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) wall: Timestamp,
    pub(crate) trust: ClockTrust,
}

/// What happened, in the event log. The numbers are kept in databases: they are never reused.
#[derive(Clone, Copy)]
pub(super) enum Happening {
    Finalised = 1,
    Again = 2,
    Proved = 3,
    Invalid = 4,
    Wedged = 5,
}

/// Adds a line, in the transaction of what it tells.
pub(super) fn log(
    tx: &Transaction<'_>,
    report: Option<ReportId>,
    op: Option<OpId>,
    what: Happening,
    code: Option<Code>,
    at: Moment,
) -> Result<(), Error> {
    let trust = match at.trust {
        ClockTrust::Unknown => 0,
        ClockTrust::Estimated => 1,
        ClockTrust::Synced => 2,
    };
    tx.execute(
        "INSERT INTO event(report_id, op_id, at_ms, trust, what, code) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        (
            report.map(|id| *id.as_bytes()),
            op.map(|id| *id.as_bytes()),
            at.wall.0,
            trust,
            what as i64,
            code.map(Code::short),
        ),
    )?;
    Ok(())
}
