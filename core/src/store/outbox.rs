//! Ops on their way: frozen with their report in one transaction, marked before their first byte leaves, and gone
//! only by a receipt or a verdict that keeps the body.

use apoa_domain::codes::Code;
use apoa_domain::ids::{AccountId, Digest, OpId, ReportId, Revision, Timestamp};
use apoa_domain::private::Private;
use apoa_domain::report::kinds::{OpKind, ReportKind};
use apoa_domain::report::op::{FrozenOp, QueuedOp};
use apoa_domain::report::state::Work;
use rusqlite::{OptionalExtension as _, Row, Transaction, named_params};

use super::events::{Happening, Moment, log};
use super::reports::{Summary, place_of, stored};
use super::unit::UnitStore;
use crate::error::Error;
use crate::seal::envelope::{self, Column, Place, tag};

/// What `enqueue` needs beside the frozen op.
pub(crate) struct Enqueue<'a> {
    pub(crate) op: &'a FrozenOp,
    pub(crate) summary: &'a Summary,
    pub(crate) due: Option<Timestamp>,
    pub(crate) captured_by: AccountId,
    pub(crate) at: Moment,
    /// A person says that the same guest on the same day is another stay all the same.
    pub(crate) again: bool,
}

impl UnitStore {
    /// Report, op and event, on disk once this returns. The duplicate check sees the same rows as the insert.
    pub(crate) fn enqueue(&self, new: &Enqueue<'_>) -> Result<(), Error> {
        let (op, row) = (new.op, *new.op.report().as_bytes());
        let owner = *self.unit.as_bytes();
        let (key, wrapped) = self.keys.new_data_key(owner, row, &*self.random)?;
        let revision = tag(op.revision().0);
        let seal = |column, tag, plain: &[u8]| {
            envelope::seal(&key, &Place { owner, column, row, tag }, plain, &*self.random)
        };
        let body = seal(Column::ReportBody, revision, op.body().as_bytes())?;
        let summary = seal(Column::ReportSummary, revision, new.summary.to_json().as_bytes())?;
        let frozen = seal(Column::OutboxFrozen, *op.op().as_bytes(), op.body().as_bytes())?;
        self.database.write(|tx| {
            let dedup = self.free_duplicate_key(tx, new)?;
            tx.execute(
                "INSERT INTO report(id, kind, work, local_rev, due_ms, captured_by, dedup_mac, doc_mac, epoch, \
                 wrapped_dek, enc_body, enc_summary) \
                 VALUES(:id, :kind, :work, :rev, :due, :by, :dedup, :doc, :epoch, :dek, :body, :summary)",
                named_params! {
                    ":id": row, ":kind": stored(ReportKind::ALL, &op.report_kind()),
                    ":work": stored(Work::ALL, &Work::Queued), ":rev": op.revision().0,
                    ":due": new.due.map(|due| due.0), ":by": new.captured_by.as_bytes(), ":dedup": dedup,
                    ":doc": new.summary.document().map(|number| self.keys.index.document(number)),
                    ":epoch": self.keys.epoch, ":dek": wrapped, ":body": body, ":summary": summary,
                },
            )?;
            tx.execute(
                "INSERT INTO outbox(op_id, report_id, kind, revision, base_revision, frozen, body_sha256) \
                 VALUES(:op, :report, :kind, :rev, :base, :frozen, :sha256)",
                named_params! {
                    ":op": op.op().as_bytes(), ":report": row, ":kind": stored(OpKind::ALL, &op.kind()),
                    ":rev": op.revision().0, ":base": op.base().0, ":frozen": frozen, ":sha256": op.digest().0,
                },
            )?;
            log(tx, Some(op.report()), Some(op.op()), Happening::Finalised, None, new.at)?;
            if new.again {
                log(tx, Some(op.report()), Some(op.op()), Happening::Again, Some(Code::Duplicate), new.at)?;
            }
            Ok(())
        })
    }

    /// The duplicate key of a new report, or the live report that holds it.
    fn free_duplicate_key(&self, tx: &Transaction<'_>, new: &Enqueue<'_>) -> Result<Option<[u8; 32]>, Error> {
        let (Some(document), Some(first_day)) = (new.summary.document(), new.summary.first_date()) else {
            return Ok(None);
        };
        // Each "again" takes the next free number; a live report under the last one would be unheard of.
        for counter in 0..=u32::MAX {
            let mac = self.keys.index.duplicate(new.op.report_kind().as_str(), document, first_day, counter);
            let live: Option<[u8; 16]> = tx
                .query_row(
                    "SELECT id FROM report WHERE dedup_mac = ?1 AND standing <= 2 \
                     AND (standing > 0 OR work IN (2, 3, 4)) LIMIT 1",
                    [mac],
                    |row| row.get(0),
                )
                .optional()?;
            match live {
                None => return Ok(Some(mac)),
                Some(existing) if !new.again => return Err(Error::Duplicate(ReportId::from_bytes(existing))),
                Some(_) => {}
            }
        }
        Err(Error::Stored("duplicate counter"))
    }

    /// The next ops to send: nearest deadline first, then small before large; one a report; nothing that waits for
    /// its base, its time or a person. `ignore_backoff` is for a person who pressed "send now".
    pub(crate) fn due_ops(
        &self,
        now: Timestamp,
        ignore_backoff: bool,
        most: usize,
        most_bytes: usize,
    ) -> Result<Vec<QueuedOp>, Error> {
        let rows = self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT o.op_id, o.report_id, o.kind, o.revision, o.base_revision, o.frozen, o.body_sha256, \
                 o.attempts, r.wrapped_dek FROM outbox o JOIN report r ON r.id = o.report_id \
                 WHERE r.work = 2 AND o.wedge_code IS NULL AND (?1 OR o.not_before_ms <= ?2) \
                 AND o.base_revision <= r.acked_rev \
                 AND o.seq = (SELECT min(seq) FROM outbox WHERE report_id = o.report_id) \
                 ORDER BY r.due_ms IS NULL, r.due_ms, length(o.frozen), o.seq LIMIT ?3",
            )?;
            let rows = statement.query_map((ignore_backoff, now.0, most as i64), SealedOp::read)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        let mut ops = Vec::new();
        let mut bytes = 0;
        for row in rows {
            let op = row.open(self)?;
            bytes += op.body.reveal().len();
            if !ops.is_empty() && bytes > most_bytes {
                break;
            }
            ops.push(op);
        }
        Ok(ops)
    }

    /// When the next op that only waits for its time may go; `None` if none waits.
    pub(crate) fn next_try(&self) -> Result<Option<Timestamp>, Error> {
        self.database.read(|tx| {
            Ok(tx
                .query_row(
                    "SELECT min(o.not_before_ms) FROM outbox o JOIN report r ON r.id = o.report_id \
                     WHERE r.work = 2 AND o.wedge_code IS NULL",
                    [],
                    |row| row.get::<_, Option<i64>>(0),
                )?
                .map(Timestamp))
        })
    }

    /// "Maybe sent" and one more attempt, on disk before the first byte leaves. After it these ops may only be
    /// repeated or followed, never edited.
    pub(crate) fn mark_attempt(&self, ops: &[OpId]) -> Result<(), Error> {
        self.database.write(|tx| {
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
        self.database.write(|tx| {
            tx.execute(
                "UPDATE outbox SET not_before_ms = ?1 + delay_ms WHERE not_before_ms > ?1 + delay_ms",
                [now.0],
            )?;
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
            wrapped_dek: row.get(8)?,
        })
    }

    fn open(self, unit: &UnitStore) -> Result<QueuedOp, Error> {
        let owner = *unit.unit.as_bytes();
        let key = unit.keys.data_key(owner, self.report, &self.wrapped_dek)?;
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
