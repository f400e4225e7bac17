//! How ops come into the outbox and leave it by a person's wish: a report, its ops and its event change in one
//! transaction, which is on disk once the call returns.
//!
//! A plan is made on what was seen and committed only if it is still so: a run may have marked or settled an op in
//! between. Then the caller looks again.

use apoa_domain::codes::Code;
use apoa_domain::ids::{AccountId, OpId, ReportId, Revision, Timestamp, UnitId};
use apoa_domain::report::kinds::{OpKind, ReportKind};
use apoa_domain::report::op::FrozenOp;
use apoa_domain::report::plan::{Held, Life, LiveOp};
use apoa_domain::report::retention::{Lifetime, purge_after};
use apoa_domain::report::state::{ReportEvent, Standing, Work, step};
use apoa_domain::report::summary::Summary;
use rusqlite::{OptionalExtension as _, Transaction, named_params};

use super::duplicates::free_duplicate_key;
use super::events::{Happening, Moment, log};
use super::keyring::KeyRing;
use super::photos::{self, SealedPhoto};
use super::rows::{place_of, stored};
use super::settle::move_to;
use super::unit::UnitStore;
use crate::error::Error;
use crate::seal::envelope::{self, Column, DataKey, Place, SealedKey, tag};

/// What `wedge_code` holds while a predecessor needs a correction.
pub(super) const PARKED: &str = "parent";

/// When a report is due.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Due {
    /// As it was.
    Kept,
    /// Then, if at all.
    At(Option<Timestamp>),
}

/// Frozen ops with all that changes together with them.
pub(crate) struct Filing<'a> {
    /// At least one, in their order.
    pub(crate) ops: &'a [FrozenOp],
    /// The body to keep.
    pub(crate) body: &'a str,
    pub(crate) summary: &'a Summary,
    /// The photo that an `attach` among the ops speaks of.
    pub(crate) photo: Option<&'a [u8]>,
    pub(crate) due: Due,
    pub(crate) captured_by: AccountId,
    pub(crate) at: Moment,
    /// A person says that the same guest on the same day is another stay all the same.
    pub(crate) again: bool,
    /// What the log says.
    pub(crate) what: Happening,
}

/// The sealed values of a filing.
struct Sealed {
    body: Vec<u8>,
    summary: Vec<u8>,
    frozen: Vec<Vec<u8>>,
    photo: Option<SealedPhoto>,
    revision: Revision,
}

/// A new report, sealed and not yet written.
pub(super) struct New<'a> {
    filing: &'a Filing<'a>,
    row: [u8; 16],
    kind: ReportKind,
    wrapped: SealedKey,
    sealed: Sealed,
}

impl New<'_> {
    /// Writes it, unless a live report holds its duplicate key: then nothing was written.
    pub(super) fn insert(&self, tx: &Transaction<'_>, ring: &KeyRing) -> Result<(), Error> {
        let (filing, keys) = (self.filing, ring.current());
        let dedup = free_duplicate_key(tx, ring, (keys.epoch, self.row), None, self.kind, filing)?;
        tx.prepare_cached(
            "INSERT INTO report(id, kind, work, local_rev, due_ms, captured_by, dedup_mac, doc_mac, epoch, \
             wrapped_dek, enc_body, enc_summary) \
             VALUES(:id, :kind, :work, :rev, :due, :by, :dedup, :doc, :epoch, :dek, :body, :summary)",
        )?
        .execute(named_params! {
            ":id": self.row, ":kind": stored(ReportKind::ALL, &self.kind),
            ":work": stored(Work::ALL, &Work::Queued), ":rev": self.sealed.revision.0,
            ":due": match filing.due { Due::At(Some(due)) => Some(due.0), Due::At(None) | Due::Kept => None },
            ":by": filing.captured_by.as_bytes(), ":dedup": dedup,
            ":doc": filing.summary.document().map(|number| keys.index.document(number)),
            ":epoch": keys.epoch, ":dek": self.wrapped, ":body": self.sealed.body,
            ":summary": self.sealed.summary,
        })?;
        insert_ops(tx, filing, &self.sealed)
    }
}

impl UnitStore {
    /// A new report with its first op.
    pub(crate) fn file_new(&self, filing: &Filing<'_>) -> Result<(), Error> {
        let _shared = self.shared()?;
        let ring = self.ring()?;
        let new = self.seal_new(filing, &ring)?;
        self.database.write("commit.file_new", |tx| new.insert(tx, &ring))
    }

    /// Ops on a report that is there. `seen` is what they were planned on, `drop` what leaves for them.
    pub(crate) fn file_on(&self, seen: &Life, drop: &[OpId], filing: &Filing<'_>) -> Result<(), Error> {
        let _shared = self.shared()?;
        let first = filing.ops.first().ok_or(Error::Stored("filing"))?;
        let (report, row, ring) = (first.report(), *first.report().as_bytes(), self.ring()?);
        let (epoch, key) = self.data_key_of(report, &ring)?;
        let sealed = self.seal_filing(filing, row, &key)?;
        let photo_left = self.database.write("commit.file_on", |tx| {
            unchanged(tx, report, seen)?;
            let keys = ring.of(epoch)?;
            let own = tx
                .prepare_cached("SELECT dedup_mac FROM report WHERE id = ?1")?
                .query_row([row], |row| row.get(0))?;
            let dedup = free_duplicate_key(tx, &ring, (epoch, row), own, seen.kind, filing)?;
            for op in drop {
                tx.execute("DELETE FROM outbox WHERE op_id = ?1", [op.as_bytes()])?;
            }
            let (_, work) = step(seen.standing, seen.work, ReportEvent::Finalised)
                .map_err(|_| Error::Stored("state of a report"))?;
            let due = match filing.due {
                Due::Kept => None,
                Due::At(due) => Some(due.map(|due| due.0)),
            };
            tx.execute(
                "UPDATE report SET work = :work, local_rev = :rev, due_ms = CASE WHEN :keep THEN due_ms ELSE :due END, \
                 dedup_mac = :dedup, doc_mac = :doc, enc_draft = NULL, enc_body = :body, enc_summary = :summary \
                 WHERE id = :id",
                named_params! {
                    ":id": row, ":work": stored(Work::ALL, &work), ":rev": sealed.revision.0,
                    ":keep": due.is_none(), ":due": due.flatten(), ":dedup": dedup,
                    ":doc": filing.summary.document().map(|number| keys.index.document(number)),
                    // A report that another device made keeps no body: its data are not here.
                    ":body": (!filing.body.is_empty()).then_some(sealed.body.as_slice()),
                    ":summary": sealed.summary,
                },
            )?;
            insert_ops(tx, filing, &sealed)?;
            photos::drop_unspoken(tx, report)
        })?;
        if photo_left { self.database.truncate() } else { Ok(()) }
    }

    /// What waits leaves, and the report with it: the server never had any of it.
    pub(crate) fn discard(
        &self,
        report: ReportId,
        seen: &Life,
        drop: &[OpId],
        at: Moment,
    ) -> Result<(), Error> {
        let goes = purge_after(&Lifetime::Discarded { at: at.wall }, &self.retention());
        self.leave(report, seen, drop, |tx| {
            tx.execute(
                "UPDATE report SET purge_after_ms = ?2 WHERE id = ?1",
                (report.as_bytes(), goes.map(|at| at.0)),
            )?;
            move_to(tx, report, (seen.standing, seen.work), ReportEvent::Discarded)?;
            log(tx, Some(report), None, Happening::Discarded, None, at)
        })
    }

    /// What waits leaves, and the report stays as it ended elsewhere. The caller knows that the server has none of it.
    pub(crate) fn let_go(&self, report: ReportId, seen: &Life, at: Moment) -> Result<(), Error> {
        let ops: Vec<OpId> = seen.ops.iter().map(|op| op.op).collect();
        self.leave(report, seen, &ops, |tx| {
            move_to(tx, report, (seen.standing, seen.work), ReportEvent::LetGo)?;
            log(tx, Some(report), None, Happening::Superseded, None, at)
        })
    }

    /// Ops leave, and what becomes of their report, in one transaction.
    fn leave(
        &self,
        report: ReportId,
        seen: &Life,
        drop: &[OpId],
        becomes: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let photo_left = self.database.write("commit.discard", |tx| {
            unchanged(tx, report, seen)?;
            for op in drop {
                tx.execute("DELETE FROM outbox WHERE op_id = ?1", [op.as_bytes()])?;
            }
            becomes(tx)?;
            photos::drop_unspoken(tx, report)
        })?;
        if photo_left { self.database.truncate() } else { Ok(()) }
    }

    /// Lets an op on hold go on with the same bytes. `false` if none was.
    pub(crate) fn release(&self, report: ReportId, seen: &Life, at: Moment) -> Result<bool, Error> {
        if seen.work != Work::Wedged {
            return Ok(false);
        }
        self.database.write("commit.release", |tx| {
            unchanged(tx, report, seen)?;
            tx.execute(
                "UPDATE outbox SET wedge_code = NULL, not_before_ms = 0, delay_ms = 0 \
                 WHERE report_id = ?1 AND wedge_code IS NOT NULL AND wedge_code <> ?2",
                (report.as_bytes(), PARKED),
            )?;
            move_to(tx, report, (seen.standing, seen.work), ReportEvent::Released)?;
            log(tx, Some(report), None, Happening::Released, None, at)?;
            Ok(true)
        })
    }

    /// A report as a plan sees it.
    pub(crate) fn life(&self, report: ReportId) -> Result<Option<Life>, Error> {
        self.database.read(|tx| read_life(tx, report))
    }

    /// The frozen text of an op that waits.
    pub(crate) fn frozen(&self, report: ReportId, op: OpId) -> Result<String, Error> {
        let ring = self.ring()?;
        let (_, key) = self.data_key_of(report, &ring)?;
        let sealed: Vec<u8> = self.database.read(|tx| {
            Ok(tx
                .query_row("SELECT frozen FROM outbox WHERE op_id = ?1", [op.as_bytes()], |row| row.get(0))?)
        })?;
        let place = Place {
            owner: *self.unit.as_bytes(),
            column: Column::OutboxFrozen,
            row: *report.as_bytes(),
            tag: *op.as_bytes(),
        };
        let bytes = envelope::open(&key, &place, &sealed)?;
        core::str::from_utf8(&bytes).map(str::to_owned).map_err(|_| Error::Stored("frozen body"))
    }

    /// The data key of a report, with the epoch that wraps it.
    pub(super) fn data_key_of(&self, report: ReportId, ring: &KeyRing) -> Result<(u32, DataKey), Error> {
        self.database.read(|tx| read_data_key(tx, self.unit, report, ring))
    }

    /// Seals a value of a report at its place.
    pub(super) fn seal(
        &self,
        key: &DataKey,
        row: [u8; 16],
        (column, tag): (Column, [u8; 16]),
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let place = Place { owner: *self.unit.as_bytes(), column, row, tag };
        Ok(envelope::seal(key, &place, plain, &*self.random)?)
    }

    /// A new report, sealed under the current keys. Nothing of it is written yet.
    pub(super) fn seal_new<'a>(&self, filing: &'a Filing<'a>, ring: &KeyRing) -> Result<New<'a>, Error> {
        let first = filing.ops.first().ok_or(Error::Stored("filing"))?;
        let (owner, row) = (*self.unit.as_bytes(), *first.report().as_bytes());
        let (key, wrapped) = ring.current().new_data_key(owner, row, &*self.random)?;
        let sealed = self.seal_filing(filing, row, &key)?;
        Ok(New { filing, row, kind: first.report_kind(), wrapped, sealed })
    }

    fn seal_filing(&self, filing: &Filing<'_>, row: [u8; 16], key: &DataKey) -> Result<Sealed, Error> {
        let revision = filing.ops.last().map_or(Revision::NONE, FrozenOp::revision);
        let seal = |place, plain: &[u8]| self.seal(key, row, place, plain);
        Ok(Sealed {
            body: seal((Column::ReportBody, tag(revision.0)), filing.body.as_bytes())?,
            summary: seal((Column::ReportSummary, tag(revision.0)), filing.summary.to_json().as_bytes())?,
            frozen: filing
                .ops
                .iter()
                .map(|op| seal((Column::OutboxFrozen, *op.op().as_bytes()), op.body().as_bytes()))
                .collect::<Result<_, _>>()?,
            photo: filing.photo.map(|photo| self.seal_photo(key, row, photo)).transpose()?,
            revision,
        })
    }
}

fn insert_ops(tx: &Transaction<'_>, filing: &Filing<'_>, sealed: &Sealed) -> Result<(), Error> {
    for (op, frozen) in filing.ops.iter().zip(&sealed.frozen) {
        tx.prepare_cached(
            "INSERT INTO outbox(op_id, report_id, kind, revision, base_revision, frozen, body_sha256) \
             VALUES(:op, :report, :kind, :rev, :base, :frozen, :sha256)",
        )?
        .execute(named_params! {
            ":op": op.op().as_bytes(), ":report": op.report().as_bytes(),
            ":kind": stored(OpKind::ALL, &op.kind()), ":rev": op.revision().0, ":base": op.base().0,
            ":frozen": frozen, ":sha256": op.digest().0,
        })?;
        log(tx, Some(op.report()), Some(op.op()), filing.what, None, filing.at)?;
    }
    if let (Some(photo), Some(first)) = (&sealed.photo, filing.ops.first()) {
        photos::insert(tx, first.report(), photo)?;
    }
    if let (true, Some(first)) = (filing.again, filing.ops.first()) {
        let code = Some(Code::Duplicate);
        log(tx, Some(first.report()), Some(first.op()), Happening::Again, code, filing.at)?;
    }
    Ok(())
}

/// Refuses to commit what was planned on another state.
fn unchanged(tx: &Transaction<'_>, report: ReportId, seen: &Life) -> Result<(), Error> {
    if read_life(tx, report)?.as_ref() == Some(seen) { Ok(()) } else { Err(Error::Moved) }
}

/// Epoch and data key of a report.
pub(super) fn read_data_key(
    tx: &Transaction<'_>,
    unit: UnitId,
    report: ReportId,
    ring: &KeyRing,
) -> Result<(u32, DataKey), Error> {
    let (epoch, wrapped) = tx
        .prepare_cached("SELECT epoch, wrapped_dek FROM report WHERE id = ?1")?
        .query_row([report.as_bytes()], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let key = ring.of(epoch)?.data_key(*unit.as_bytes(), *report.as_bytes(), &wrapped)?;
    Ok((epoch, key))
}

pub(super) fn read_life(tx: &Transaction<'_>, report: ReportId) -> Result<Option<Life>, Error> {
    let found = tx
        .prepare_cached(
            "SELECT kind, standing, work, local_rev, acked_rev, purge_after_ms IS NOT NULL, \
             enc_body IS NOT NULL FROM report WHERE id = ?1",
        )?
        .query_row([report.as_bytes()], |row| {
            Ok((
                [row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?],
                [row.get::<_, u32>(3)?, row.get(4)?],
                [row.get::<_, bool>(5)?, row.get(6)?],
            ))
        })
        .optional()?;
    let Some(([kind, standing, work], [local, acked], [closed, has_data])) = found else { return Ok(None) };
    let mut statement = tx.prepare_cached(
        "SELECT op_id, kind, revision, base_revision, maybe_sent, wedge_code FROM outbox \
         WHERE report_id = ?1 ORDER BY seq",
    )?;
    let mut rows = statement.query([report.as_bytes()])?;
    let mut ops = Vec::new();
    while let Some(row) = rows.next()? {
        let code: Option<String> = row.get(5)?;
        // The server's word "conflict" says that the op had no effect and never will.
        let no_effect = code.as_deref() == Some(Code::Conflict.short());
        ops.push(LiveOp {
            op: OpId::from_bytes(row.get(0)?),
            kind: place_of(OpKind::ALL, row.get(1)?)?,
            revision: Revision(row.get(2)?),
            base: Revision(row.get(3)?),
            maybe_sent: row.get::<_, bool>(4)? && !no_effect,
            held: match code.as_deref() {
                None => Held::No,
                Some(PARKED) => Held::Parked,
                Some(_) => Held::Wedged,
            },
        });
    }
    Ok(Some(Life {
        kind: place_of(ReportKind::ALL, kind)?,
        standing: place_of(Standing::ALL, standing)?,
        work: place_of(Work::ALL, work)?,
        local: Revision(local),
        acked: Revision(acked),
        closed,
        has_data,
        ops,
    }))
}
