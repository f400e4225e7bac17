//! What the server's word does to a report: state, receipt, outbox row and event in one transaction. Only a verified
//! receipt moves the standing; the body stays, whatever the verdict.

use apoa_domain::codes::Code;
use apoa_domain::ids::{OpId, ReportId, Timestamp};
use apoa_domain::report::receipt::VerifiedReceipt;
use apoa_domain::report::state::{ReportEvent, Standing, Work, step};
use rusqlite::{OptionalExtension as _, Transaction};

use super::events::{Happening, Moment, log};
use super::reports::{place_of, stored};
use super::unit::UnitStore;
use crate::error::Error;

/// What the server's answer does to an op.
#[derive(Clone, Debug)]
pub(crate) enum Settlement {
    /// A verified receipt: the op leaves, the standing moves.
    Proved { receipt: Box<VerifiedReceipt>, same_as: Option<ReportId> },
    /// Other data are needed: the op leaves, the body stays.
    Invalid,
    /// It stays, held back, visible.
    Wedged(Code),
    /// It stays and is tried again.
    Later { not_before: Timestamp, delay_ms: i64 },
}

impl UnitStore {
    /// What an answer does: state, receipt, outbox row and event in one transaction. Returns the report's state, or
    /// `None` where the op is no longer there.
    pub(crate) fn settle(
        &self,
        op: OpId,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<Option<(ReportId, Standing, Work)>, Error> {
        self.database.write(|tx| {
            let found = tx
                .query_row(
                    "SELECT r.id, r.standing, r.work FROM outbox o JOIN report r ON r.id = o.report_id \
                     WHERE o.op_id = ?1",
                    [op.as_bytes()],
                    |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)),
                )
                .optional()?;
            let Some((report, standing, work)) = found else { return Ok(None) };
            let report = ReportId::from_bytes(report);
            let before = (place_of(Standing::ALL, standing)?, place_of(Work::ALL, work)?);
            let (standing, work) = match settlement {
                Settlement::Proved { receipt, same_as } => {
                    prove(tx, op, report, before, receipt, *same_as, at)?
                }
                Settlement::Invalid => {
                    remove(tx, op)?;
                    log(tx, Some(report), Some(op), Happening::Invalid, Some(Code::CorrectionAsked), at)?;
                    move_to(tx, report, before, ReportEvent::Invalid)?
                }
                Settlement::Wedged(code) => {
                    tx.execute(
                        "UPDATE outbox SET wedge_code = ?2 WHERE op_id = ?1",
                        (op.as_bytes(), code.short()),
                    )?;
                    log(tx, Some(report), Some(op), Happening::Wedged, Some(*code), at)?;
                    move_to(tx, report, before, ReportEvent::Wedged)?
                }
                Settlement::Later { not_before, delay_ms } => {
                    tx.execute(
                        "UPDATE outbox SET not_before_ms = ?2, delay_ms = ?3 WHERE op_id = ?1",
                        (op.as_bytes(), not_before.0, delay_ms),
                    )?;
                    before
                }
            };
            Ok(Some((report, standing, work)))
        })
    }

    /// A decision of the server about a report of this file that has no op waiting here. Older ones do nothing.
    /// Returns the state if it changed.
    pub(crate) fn decide(
        &self,
        decision: &VerifiedReceipt,
        at: Moment,
    ) -> Result<Option<(Standing, Work)>, Error> {
        let about = decision.about();
        let version = i64::try_from(decision.server_version()).unwrap_or(i64::MAX);
        self.database.write(|tx| {
            let found = tx
                .query_row(
                    "SELECT standing, work FROM report WHERE id = ?1 AND server_version < ?2 \
                     AND NOT EXISTS(SELECT 1 FROM outbox WHERE report_id = ?1)",
                    (about.report.as_bytes(), version),
                    |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
                )
                .optional()?;
            let Some((standing, work)) = found else { return Ok(None) };
            let before = (place_of(Standing::ALL, standing)?, place_of(Work::ALL, work)?);
            let after = prove(tx, about.op, about.report, before, decision, None, at)?;
            Ok((after != before).then_some(after))
        })
    }
}

/// The only writer of a standing; it takes a verified receipt.
fn prove(
    tx: &Transaction<'_>,
    op: OpId,
    report: ReportId,
    before: (Standing, Work),
    receipt: &VerifiedReceipt,
    same_as: Option<ReportId>,
    at: Moment,
) -> Result<(Standing, Work), Error> {
    let about = receipt.about();
    remove(tx, op)?;
    tx.execute(
        "INSERT OR IGNORE INTO receipt(op_id, state, report_id, revision, jws, iat_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        (
            op.as_bytes(),
            stored(Standing::ALL, &receipt.standing()),
            report.as_bytes(),
            about.revision.0,
            receipt.text(),
            receipt.issued_at().0,
        ),
    )?;
    tx.execute(
        "UPDATE report SET acked_rev = max(acked_rev, ?2), server_version = max(server_version, ?3), \
         same_as = coalesce(?4, same_as) WHERE id = ?1",
        (
            report.as_bytes(),
            about.revision.0,
            i64::try_from(receipt.server_version()).unwrap_or(i64::MAX),
            same_as.map(|other| *other.as_bytes()),
        ),
    )?;
    log(tx, Some(report), Some(op), Happening::Proved, None, at)?;
    let more = tx.query_row(
        "SELECT EXISTS(SELECT 1 FROM outbox WHERE report_id = ?1 AND wedge_code IS NULL)",
        [report.as_bytes()],
        |row| row.get(0),
    )?;
    move_to(tx, report, before, ReportEvent::Proved { standing: receipt.standing(), more })
}

fn move_to(
    tx: &Transaction<'_>,
    report: ReportId,
    before: (Standing, Work),
    event: ReportEvent,
) -> Result<(Standing, Work), Error> {
    let (standing, work) = step(before.0, before.1, event).map_err(|_| Error::Stored("state of a report"))?;
    tx.execute(
        "UPDATE report SET standing = ?2, work = ?3 WHERE id = ?1",
        (report.as_bytes(), stored(Standing::ALL, &standing), stored(Work::ALL, &work)),
    )?;
    Ok((standing, work))
}

fn remove(tx: &Transaction<'_>, op: OpId) -> Result<(), Error> {
    tx.execute("DELETE FROM outbox WHERE op_id = ?1", [op.as_bytes()])?;
    Ok(())
}
