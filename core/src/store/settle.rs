//! What the server's word does to a report: state, receipt, outbox row and event in one transaction. Only a verified
//! receipt moves the standing; the body stays, whatever the verdict.

use apoa_domain::codes::Code;
use apoa_domain::ids::{OpId, ReportId, Timestamp};
use apoa_domain::report::deadline::Zone;
use apoa_domain::report::receipt::VerifiedReceipt;
use apoa_domain::report::retention::{Holder, Lifetime, holder, purge_after};
use apoa_domain::report::state::{ReportEvent, Standing, Work, step};
use rusqlite::{OptionalExtension as _, Transaction};

use super::events::{Happening, Moment, log};
use super::filing::PARKED;
use super::keyring::KeyRing;
use super::photos;
use super::rows::{ROW, SealedRow, place_of, stored};
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

/// Stored state of a receipt that asks for other data; the others are places in [`Standing::ALL`].
const ASKS: i64 = Standing::ALL.len() as i64;

impl UnitStore {
    /// What an answer does: state, receipt, outbox row, event, and with the last `attach` the photos, in one
    /// transaction. Returns the report's state, or `None` where the op is no longer there.
    pub(crate) fn settle(
        &self,
        op: OpId,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<Option<(ReportId, Standing, Work)>, Error> {
        // Without the key a closed report keeps the longest time.
        let ring = self.ring().ok();
        let mut photo_left = false;
        let settled = self.database.write("commit.settle", |tx| {
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
                    remove(tx, op)?;
                    let (standing, asked) = newest_word(tx, before.0, receipt)?;
                    self.keep_proof(tx, ring.as_deref(), receipt, *same_as)?;
                    log(tx, Some(report), Some(op), Happening::Proved, None, at)?;
                    let more = waits(tx, report)?;
                    let after = move_to(tx, report, before, ReportEvent::Proved { standing, more })?;
                    if asked { move_to(tx, report, after, ReportEvent::Asked { standing })? } else { after }
                }
                Settlement::Invalid => {
                    remove(tx, op)?;
                    // What was to follow has lost its base: it goes again behind the correction.
                    tx.execute(
                        "UPDATE outbox SET wedge_code = ?2 WHERE report_id = ?1",
                        (report.as_bytes(), PARKED),
                    )?;
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
            photo_left = photos::drop_unspoken(tx, report)?;
            Ok(Some((report, standing, work)))
        })?;
        if photo_left {
            self.database.truncate()?;
        }
        Ok(settled)
    }

    /// A newer word of the server about a report of this file: a decision of the office, or an op of another device.
    /// Ops that wait here stay. Of the very op that waits here only a decision is taken, which its own answer would not
    /// repeat; the op itself is settled by that answer. Returns the state if it changed.
    pub(super) fn decide(
        &self,
        tx: &Transaction<'_>,
        ring: Option<&KeyRing>,
        decision: &VerifiedReceipt,
        at: Moment,
    ) -> Result<Option<(Standing, Work)>, Error> {
        let about = decision.about();
        // The server has it, whatever this file remembers: an older copy may think that it was never sent.
        tx.prepare_cached("UPDATE outbox SET maybe_sent = 1 WHERE op_id = ?1")?
            .execute([about.op.as_bytes()])?;
        let found = tx
            .query_row(
                "SELECT standing, work, enc_body IS NOT NULL, local_rev <= acked_rev \
                 FROM report WHERE id = ?1 AND server_version < ?2 \
                 AND (?4 OR NOT EXISTS(SELECT 1 FROM outbox WHERE op_id = ?3))",
                (about.report.as_bytes(), version(decision), about.op.as_bytes(), is_decision(decision)),
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()?;
        let Some((standing, work, has_data, all_proved)) = found else { return Ok(None) };
        let before = (place_of(Standing::ALL, standing)?, place_of(Work::ALL, work)?);
        self.keep_proof(tx, ring, decision, None)?;
        let standing = decision.standing();
        let asks = decision.decision().asks.is_some();
        let code = match standing {
            Standing::Rejected => Some(Code::Rejected),
            _ => asks.then_some(Code::CorrectionAsked),
        };
        log(tx, Some(about.report), Some(about.op), Happening::Told, code, at)?;
        // Only whoever has the data can correct them. A correction that the server asked for by refusing an op is
        // not answered by a word about what it has.
        let told = if asks && has_data {
            ReportEvent::Asked { standing }
        } else if before.1 == Work::NeedsCorrection && all_proved {
            ReportEvent::Answered { standing }
        } else {
            ReportEvent::Told { standing }
        };
        let after = move_to(tx, about.report, before, told)?;
        Ok((after != before).then_some(after))
    }

    /// Keeps a verified receipt and what it says of revision, version and end. The standing moves beside it.
    pub(super) fn keep_proof(
        &self,
        tx: &Transaction<'_>,
        ring: Option<&KeyRing>,
        receipt: &VerifiedReceipt,
        same_as: Option<ReportId>,
    ) -> Result<(), Error> {
        let about = receipt.about();
        let older = tx
            .prepare_cached("SELECT server_version > ?2 AND standing > 0 FROM report WHERE id = ?1")?
            .query_row((about.report.as_bytes(), version(receipt)), |row| row.get::<_, bool>(0))?;
        let goes = if receipt.closed() {
            let whose = self.holder_of(tx, ring, about.report, receipt);
            purge_after(&Lifetime::Closed { at: receipt.issued_at(), holder: whose }, &self.retention())
        } else {
            None
        };
        tx.prepare_cached(
            "INSERT OR REPLACE INTO receipt(op_id, state, report_id, revision, jws, iat_ms) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            about.op.as_bytes(),
            if receipt.decision().asks.is_some() { ASKS } else { stored(Standing::ALL, &receipt.standing()) },
            about.report.as_bytes(),
            about.revision.0,
            receipt.text(),
            receipt.issued_at().0,
        ))?;
        tx.prepare_cached(
            "UPDATE report SET acked_rev = max(acked_rev, ?2), server_version = max(server_version, ?3), \
             same_as = coalesce(?4, same_as), purge_after_ms = iif(?6, purge_after_ms, ?5) WHERE id = ?1",
        )?
        .execute((
            about.report.as_bytes(),
            about.revision.0,
            version(receipt),
            same_as.map(|other| *other.as_bytes()),
            goes.map(|at| at.0),
            older,
        ))?;
        Ok(())
    }

    /// Whether the report is about a child, as far as its row opens.
    fn holder_of(
        &self,
        tx: &Transaction<'_>,
        ring: Option<&KeyRing>,
        report: ReportId,
        receipt: &VerifiedReceipt,
    ) -> Holder {
        let row = tx
            .query_row(
                &format!("SELECT {ROW} FROM report WHERE id = ?1"),
                [report.as_bytes()],
                SealedRow::read,
            )
            .ok();
        let summary = row.zip(ring).and_then(|(row, ring)| row.summary(*self.unit.as_bytes(), ring).ok());
        let born = summary.and_then(|summary| summary.birth_date);
        let on = Zone::default().day(receipt.issued_at());
        holder(born.as_ref().map(|born| born.reveal().as_str()), on)
    }
}

/// Standing and whether data are asked for, by this receipt or by a newer word that came before it: the answer to
/// a repeated op is as old as its first.
fn newest_word(
    tx: &Transaction<'_>,
    standing: Standing,
    receipt: &VerifiedReceipt,
) -> Result<(Standing, bool), Error> {
    let about = receipt.about();
    let newer = tx
        .prepare_cached(
            "SELECT c.state FROM report r JOIN receipt c ON c.report_id = r.id \
             WHERE r.id = ?1 AND r.server_version > ?2 AND r.standing > 0 \
             ORDER BY c.revision DESC, c.iat_ms DESC, c.rowid DESC LIMIT 1",
        )?
        .query_row((about.report.as_bytes(), version(receipt)), |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(match newer {
        Some(state) => (standing, state == ASKS),
        None => (receipt.standing(), receipt.decision().asks.is_some()),
    })
}

/// Whether the office said it: the receipt of an op that just arrived says `received` or `cancelled`.
fn is_decision(word: &VerifiedReceipt) -> bool {
    word.decision().asks.is_some() || matches!(word.standing(), Standing::Accepted | Standing::Rejected)
}

fn version(receipt: &VerifiedReceipt) -> i64 {
    i64::try_from(receipt.server_version()).unwrap_or(i64::MAX)
}

/// Whether another op of the report goes on by itself.
fn waits(tx: &Transaction<'_>, report: ReportId) -> Result<bool, Error> {
    Ok(tx.query_row(
        "SELECT EXISTS(SELECT 1 FROM outbox WHERE report_id = ?1 AND wedge_code IS NULL)",
        [report.as_bytes()],
        |row| row.get(0),
    )?)
}

/// The only writer of a standing; it moves only where `keep_proof` took a verified receipt before.
pub(super) fn move_to(
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
