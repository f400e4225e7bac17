//! Ops on their way: loaded in the order of their deadlines, marked before their first byte leaves. How they come in
//! stands in `filing.rs`, how an answer takes them out in `settle.rs`.

use apoa_domain::codes::Code;
use apoa_domain::ids::{Digest, OpId, ReportId, Revision, Timestamp};
use apoa_domain::private::Private;
use apoa_domain::report::kinds::OpKind;
use apoa_domain::report::op::QueuedOp;
use rusqlite::Row;

use super::events::Moment;
use super::keyring::KeyRing;
use super::rows::place_of;
use super::settle::Settlement;
use super::unit::UnitStore;
use crate::error::Error;
use crate::ports::VaultError;
use crate::seal::envelope::{self, Column, Place};
use crate::seal::keys::KeyError;

/// The first op of a report, its base proved, that waits for nothing but its time.
pub(super) const MOVES: &str = "r.work = 2 AND o.wedge_code IS NULL AND o.base_revision <= r.acked_rev \
                     AND o.seq = (SELECT min(seq) FROM outbox WHERE report_id = o.report_id)";

/// An `attach` (7) whose photo the server does not have yet: the photo goes first.
pub(super) const WITHOUT_PHOTO: &str = "(o.kind = 7 AND EXISTS(SELECT 1 FROM attachment p \
                                        WHERE p.report_id = o.report_id AND p.uploaded = 0))";

/// Columns of [`SealedOp`].
const SEALED_OP: &str = "o.op_id, o.report_id, o.kind, o.revision, o.base_revision, o.frozen, o.body_sha256, \
                         o.attempts, r.epoch, r.wrapped_dek";

impl UnitStore {
    /// The next ops to send: nearest deadline first, then small before large; one a report; nothing that waits for
    /// its base, its photo, its time or a person. `ignore_backoff` is for a person who pressed "send now".
    pub(crate) fn due_ops(
        &self,
        at: Moment,
        ignore_backoff: bool,
        most: usize,
        most_bytes: usize,
    ) -> Result<Vec<QueuedOp>, Error> {
        let rows = self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT {SEALED_OP} FROM outbox o JOIN report r ON r.id = o.report_id \
                 WHERE {MOVES} AND NOT {WITHOUT_PHOTO} AND (?1 OR o.not_before_ms <= ?2) \
                 ORDER BY r.standing > 0 OR r.due_ms IS NULL, \
                 CASE WHEN r.standing = 0 THEN r.due_ms END, length(o.frozen), o.seq LIMIT ?3"
            ))?;
            let rows = statement.query_map((ignore_backoff, at.wall.0, most as i64), SealedOp::read)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        let ring = self.ring()?;
        let mut ops = Vec::new();
        let mut bytes = 0;
        for row in rows {
            let op = match row.open(self, &ring) {
                Ok(op) => op,
                // It can never be sent from here. It is held where a person sees it, and holds up no other one.
                Err(error) => {
                    self.wedge_unreadable(OpId::from_bytes(row.op), &error, at)?;
                    continue;
                }
            };
            bytes += op.body.reveal().len();
            if !ops.is_empty() && bytes > most_bytes {
                break;
            }
            ops.push(op);
        }
        Ok(ops)
    }

    /// What would go next of each report, whatever its time, in the order of their making: at most so many behind this
    /// place, and the place of the last one. Ops that do not open are left out.
    pub(crate) fn waiting_ops(
        &self,
        after: i64,
        most: usize,
        most_bytes: usize,
    ) -> Result<(Vec<QueuedOp>, i64), Error> {
        let rows = self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT {SEALED_OP}, o.seq FROM outbox o JOIN report r ON r.id = o.report_id \
                 WHERE {MOVES} AND o.seq > ?1 ORDER BY o.seq LIMIT ?2"
            ))?;
            let rows =
                statement.query_map((after, most as i64), |row| Ok((SealedOp::read(row)?, row.get(10)?)))?;
            Ok(rows.collect::<Result<Vec<(SealedOp, i64)>, _>>()?)
        })?;
        let (ring, mut ops, mut last, mut bytes) = (self.ring()?, Vec::new(), after, 0);
        for (row, seq) in rows {
            if let Ok(op) = row.open(self, &ring) {
                bytes += op.body.reveal().len();
                if !ops.is_empty() && bytes > most_bytes {
                    break;
                }
                ops.push(op);
            }
            last = seq;
        }
        Ok((ops, last))
    }

    pub(super) fn wedge_unreadable(&self, op: OpId, error: &Error, at: Moment) -> Result<(), Error> {
        let lost = matches!(error, Error::Key(KeyError::Vault(VaultError::Lost)));
        let code = if lost { Code::KeyLost } else { Code::Damaged };
        self.settle(op, &Settlement::Wedged(code), at)?;
        Ok(())
    }

    /// When the next op that only waits for its time may go; `None` if none waits. One that stands behind another does
    /// not count: it goes when that one is proved.
    pub(crate) fn next_try(&self) -> Result<Option<Timestamp>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT min(o.not_before_ms) FROM outbox o JOIN report r ON r.id = o.report_id WHERE {MOVES}"
            ))?;
            Ok(statement.query_row([], |row| row.get::<_, Option<i64>>(0))?.map(Timestamp))
        })
    }

    /// When the next run makes sense, if something waits for a time to come: that of the next op, and not before a silence
    /// is over that the server asked for, nor before this device has waited by itself.
    pub(crate) fn next_run(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        let Some(next) = self.next_try()? else { return Ok(None) };
        let silence = self.silence(now)?.map_or(now, |silence| silence.spread);
        let own = self.backoff(now)?.until;
        Ok(Some(next.max(silence).max(own)).filter(|at| *at > now))
    }

    /// "Maybe sent" and one more attempt, on disk before the first byte leaves. After it these ops may only be
    /// repeated or followed, never edited.
    pub(crate) fn mark_attempt(&self, ops: &[OpId]) -> Result<(), Error> {
        self.database.write("commit.mark", |tx| {
            let mut mark = tx.prepare_cached(
                "UPDATE outbox SET maybe_sent = 1, attempts = attempts + 1 WHERE op_id = ?1",
            )?;
            for op in ops {
                mark.execute([op.as_bytes()])?;
            }
            Ok(())
        })
    }

    /// After a jump of the wall clock nothing waits longer than its own delay from now.
    pub(crate) fn mend_waiting(&self, now: Timestamp) -> Result<(), Error> {
        self.database.write("commit.mend", |tx| {
            tx.prepare_cached(
                "UPDATE outbox SET not_before_ms = ?1 + delay_ms WHERE not_before_ms > ?1 + delay_ms",
            )?
            .execute([now.0])?;
            Ok(())
        })
    }
}

/// A row of the outbox before its body is opened, which happens outside the transaction.
struct SealedOp {
    op: [u8; 16],
    report: [u8; 16],
    kind: i64,
    revision: u32,
    base: u32,
    frozen: Vec<u8>,
    digest: [u8; 32],
    attempts: u32,
    epoch: u32,
    wrapped_dek: Vec<u8>,
}

impl SealedOp {
    fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            op: row.get(0)?,
            report: row.get(1)?,
            kind: row.get(2)?,
            revision: row.get(3)?,
            base: row.get(4)?,
            frozen: row.get(5)?,
            digest: row.get(6)?,
            attempts: row.get(7)?,
            epoch: row.get(8)?,
            wrapped_dek: row.get(9)?,
        })
    }

    fn open(&self, unit: &UnitStore, ring: &KeyRing) -> Result<QueuedOp, Error> {
        let owner = *unit.unit.as_bytes();
        let key = ring.of(self.epoch)?.data_key(owner, self.report, &self.wrapped_dek)?;
        let place = Place { owner, column: Column::OutboxFrozen, row: self.report, tag: self.op };
        let bytes = envelope::open(&key, &place, &self.frozen)?;
        let body = core::str::from_utf8(&bytes).map_err(|_| Error::Stored("frozen body"))?;
        Ok(QueuedOp {
            op: OpId::from_bytes(self.op),
            report: ReportId::from_bytes(self.report),
            kind: place_of(OpKind::ALL, self.kind)?,
            revision: Revision(self.revision),
            base: Revision(self.base),
            digest: Digest(self.digest),
            body: Private::from(body),
            attempts: self.attempts,
        })
    }
}
