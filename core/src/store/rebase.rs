//! What waits, put on what the server has proved by now: the same instructions as new ops on a new base. Old ops leave
//! and new ones come in one transaction, so that nothing is lost or doubled wherever the process ends; the old ones
//! had no effect and never will. Which ops may go so stands in the domain's `plan.rs`.

use apoa_domain::codes::Code;
use apoa_domain::ids::{OpId, ReportId};
use apoa_domain::report::draft::Draft;
use apoa_domain::report::finalise::{NewIdentity, freeze_again};
use apoa_domain::report::kinds::OpKind;
use apoa_domain::report::plan::{Life, Plan, rebased, rebases};
use apoa_domain::report::summary::Summary;
use zeroize::Zeroizing;

use super::events::{Happening, Moment};
use super::filing::{Due, Filing};
use super::rows::{body_text, facts_of};
use super::unit::UnitStore;
use crate::error::Error;
use crate::seal::SealError;

impl UnitStore {
    /// Puts on what is proved whatever may go there without a person: after a conflict, or where a pull moved the base
    /// of what was surely never sent. Returns the reports. What does not open stays as it is and holds up no other one.
    pub(crate) fn rebase_overtaken(&self, at: Moment) -> Result<Vec<ReportId>, Error> {
        let mut moved = Vec::new();
        for report in self.overtaken()? {
            let Some(life) = self.life(report)?.filter(rebases) else { continue };
            match self.put_on_proved(report, &life, at) {
                Err(error) if is_of_one_report(&error) => {}
                other => {
                    other?;
                    moved.push(report);
                }
            }
        }
        Ok(moved)
    }

    /// Reports whose first op that waits builds on less than the server has, and is not held for another reason.
    fn overtaken(&self) -> Result<Vec<ReportId>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT o.report_id FROM outbox o JOIN report r ON r.id = o.report_id \
                 WHERE r.work IN (2, 3) AND o.base_revision < r.acked_rev \
                 AND (o.wedge_code = ?1 OR (o.wedge_code IS NULL AND o.maybe_sent = 0)) \
                 AND o.seq = (SELECT min(seq) FROM outbox WHERE report_id = o.report_id) ORDER BY o.seq",
            )?;
            let rows = statement.query_map([Code::Conflict.short()], |row| row.get::<_, [u8; 16]>(0))?;
            Ok(rows.map(|id| id.map(ReportId::from_bytes)).collect::<Result<_, _>>()?)
        })
    }

    /// Everything of the report that waits, as new ops on what the server has proved. The caller knows that the server
    /// has none of it. `Moved` if the report is not as it was seen.
    pub(crate) fn put_on_proved(&self, report: ReportId, seen: &Life, at: Moment) -> Result<(), Error> {
        let Plan::File { drop, again, .. } = rebased(seen) else { return Ok(()) };
        let Some(row) = self.row(report)? else { return Err(Error::Moved) };
        let mut ops = Vec::new();
        for (op, step) in &again {
            let identity = NewIdentity {
                op: OpId::new(at.wall.0, self.random.array()?),
                report,
                unit: self.unit,
                // Who typed it stays in the frozen text.
                captured_by: row.captured_by,
                salt: self.random.array()?,
            };
            let text = self.frozen(report, *op)?;
            ops.push(freeze_again(&text, *step, &identity).ok_or(Error::Stored("frozen body"))?);
        }
        let Some(last) = ops.last() else { return Ok(()) };
        let (body, summary) = match self.body(report)? {
            Some((kind, kept)) => {
                let whole = facts_of(&kept)?;
                let carries_all = ops.len() == 1 && matches!(last.kind(), OpKind::Submit | OpKind::Amend);
                (
                    body_text(last.body(), (!carries_all).then_some(&whole)),
                    Summary::of(&Draft::of(kind, whole)),
                )
            }
            // Its data are on another device.
            None if row.readable => (Zeroizing::default(), row.summary),
            None => return Err(Error::Seal(SealError)),
        };
        self.file_on(
            seen,
            &drop,
            &Filing {
                ops: &ops,
                body: &body,
                summary: &summary,
                photo: None,
                due: Due::Kept,
                captured_by: row.captured_by,
                at,
                again: false,
                what: Happening::Superseded,
            },
        )
    }
}

/// Whether a person was faster, or the report does not open: the store goes on with all others.
pub(super) fn is_of_one_report(error: &Error) -> bool {
    matches!(
        error,
        Error::Moved
            | Error::Duplicate(_)
            | Error::Key(_)
            | Error::Seal(_)
            | Error::Stored(_)
            | Error::Sql(rusqlite::Error::QueryReturnedNoRows)
    )
}
