//! A new key epoch: every data key is wrapped anew, both blind indexes are computed anew, and then the old key of the
//! vault is destroyed, so that no earlier copy of the file opens what was erased since. Values stay as they are.
//!
//! Killed at any moment it goes on where it was: the new epoch stands in the file before its first row, a row is in one
//! epoch or the other, and the old key goes only when no row needs it.

use std::sync::{Arc, PoisonError};

use apoa_domain::ids::Timestamp;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::summary::Summary;
use rusqlite::{OptionalExtension as _, Row, Transaction};

use super::duplicates::COUNTERS;
use super::events::{Happening, Moment, log};
use super::keyring::{CURRENT, EpochRow, FILLING, KeyRing, RETIRING, next_epoch};
use super::rows::place_of;
use super::unit::{UnitStore, set_state, state};
use crate::error::Error;
use crate::failpoint::around;
use crate::seal::envelope::{self, Column, Place, SealedKey, tag};
use crate::seal::index::BlindMac;
use crate::seal::keys::{self, EpochKeys};

/// Rows of one transaction. Blind indexes lie in no order, so each batch writes nearly every page of theirs: with 2,000
/// rows a rotation takes half as long again. Saving a report waits a fifth of a second for a batch at most.
const BATCH: usize = 5000;

/// With erased reports whose keys still exist a new epoch is due after so long.
pub(crate) const ROTATE_AFTER_MS: i64 = 30 * 86_400_000;

/// What a rotation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The epoch new reports get.
    pub epoch: u32,
    /// Reports that changed their epoch.
    pub reports: u32,
    /// Reports that stay with a key that is lost or that did not open; nothing of them was changed.
    pub left: u32,
    /// Erased reports that no old copy opens any more.
    pub destroyed: u32,
}

/// A report on its way into the new epoch.
struct Moving {
    seq: i64,
    id: [u8; 16],
    epoch: u32,
    wrapped: Vec<u8>,
    kind: i64,
    dedup: Option<BlindMac>,
    doc: Option<BlindMac>,
    revision: u32,
    summary: Vec<u8>,
}

/// What a row gets.
struct Moved {
    seq: i64,
    wrapped: SealedKey,
    dedup: Option<BlindMac>,
    doc: Option<BlindMac>,
}

impl UnitStore {
    /// Opens a new epoch, or finishes one that was begun. Long: in proportion to the number of reports.
    pub(crate) fn rotate(&self, at: Moment) -> Result<Rotated, Error> {
        self.ring()?;
        let new = self.filling_epoch()?;
        let (mut reports, mut after) = (0, 0);
        loop {
            let (moved, last) = self.move_batch(&new, after)?;
            reports += moved;
            match last {
                Some(seq) => after = seq,
                None => break,
            }
        }
        let left = self.make_current(&new, at)?;
        let destroyed = self.destroy_retired(at.wall)?;
        Ok(Rotated { epoch: new.epoch, reports, left, destroyed })
    }

    /// Whether erased reports wait for a new epoch long enough.
    pub(crate) fn rotation_is_due(&self, now: Timestamp) -> Result<bool, Error> {
        self.database.read(|tx| {
            let begun: bool =
                tx.query_row("SELECT EXISTS(SELECT 1 FROM key_epoch WHERE state = ?1)", [FILLING], |row| {
                    row.get(0)
                })?;
            let oldest: Option<i64> =
                tx.query_row("SELECT min(purged_ms) FROM tombstone WHERE destroyed_ms IS NULL", [], |row| {
                    row.get(0)
                })?;
            Ok(begun || oldest.is_some_and(|oldest| now.0.saturating_sub(oldest) >= ROTATE_AFTER_MS))
        })
    }

    /// The epoch being filled: the one that was begun, or a new one.
    fn filling_epoch(&self) -> Result<Arc<EpochKeys>, Error> {
        let rows = self.epochs()?;
        let begun = rows.iter().find(|row| row.state == FILLING);
        let (epoch, alias, wrapped) = if let Some(row) = begun {
            (row.epoch, row.alias.clone(), row.wrapped.clone())
        } else {
            let (epoch, alias) = next_epoch(&rows)?;
            let wrapped = keys::create(&*self.vault, &alias, &*self.random)?.0;
            (epoch, alias, wrapped)
        };
        let new = Arc::new(keys::load(&*self.vault, &alias, epoch, &wrapped)?);
        let _alone = self.filing.write().unwrap_or_else(PoisonError::into_inner);
        if begun.is_none() {
            self.begin_epoch(epoch, &alias, &wrapped)?;
        }
        self.keep_keys()?;
        // Lists and the duplicate check look under both epochs from now on, also where an earlier attempt ended here.
        self.replace_ring(|ring| ring.with(Arc::clone(&new)))?;
        Ok(new)
    }

    fn begin_epoch(&self, epoch: u32, alias: &str, wrapped: &[u8]) -> Result<(), Error> {
        self.database.write("commit.filling_epoch", |tx| {
            tx.execute(
                "INSERT INTO key_epoch(epoch, alias, wrapped_mk, state) VALUES(?1, ?2, ?3, ?4)",
                (epoch, alias, wrapped, FILLING),
            )?;
            // What is erased from now on may already be under the new key: it waits for the next rotation.
            let erased: i64 =
                tx.query_row("SELECT coalesce(max(rowid), 0) FROM tombstone", [], |row| row.get(0))?;
            set_state(tx, "rotating", &erased.to_be_bytes())
        })
    }

    /// Moves the next rows after `after`. The last one looked at, or `None` at the end.
    fn move_batch(&self, new: &EpochKeys, after: i64) -> Result<(u32, Option<i64>), Error> {
        let ring = self.ring()?;
        let _alone = self.filing.write().unwrap_or_else(PoisonError::into_inner);
        self.database.write("commit.moved_rows", |tx| {
            let mut statement = tx.prepare_cached(
                "SELECT seq, id, epoch, wrapped_dek, kind, dedup_mac, doc_mac, local_rev, enc_summary FROM report \
                 WHERE epoch < ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            )?;
            let rows = statement.query_map((new.epoch, after, BATCH as i64), Moving::read)?;
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            let mut moving = tx.prepare_cached(
                "UPDATE report SET wrapped_dek = ?2, dedup_mac = ?3, doc_mac = ?4 WHERE seq = ?1",
            )?;
            // The epoch afterwards, for many rows at once: a statement that touches a reference keeps a copy of each page
            // it writes, in case it must be undone.
            let mut entering = tx.prepare_cached("UPDATE report SET epoch = ?1 WHERE seq BETWEEN ?2 AND ?3")?;
            let mut count = 0;
            // A row that does not open stays as it is: a lost key may come back.
            let moved: Vec<_> = rows.iter().map(|row| self.moved(row, &ring, new).ok()).collect();
            for run in moved.split(Option::is_none) {
                for moved in run.iter().flatten() {
                    moving.execute((moved.seq, moved.wrapped, moved.dedup, moved.doc))?;
                    count += 1;
                }
                if let (Some(Some(first)), Some(Some(last))) = (run.first(), run.last()) {
                    entering.execute((new.epoch, first.seq, last.seq))?;
                }
            }
            Ok((count, rows.last().map(|row| row.seq)))
        })
    }

    fn moved(&self, row: &Moving, ring: &KeyRing, new: &EpochKeys) -> Result<Moved, Error> {
        let (owner, old) = (*self.unit.as_bytes(), ring.of(row.epoch)?);
        let key = old.data_key(owner, row.id, &row.wrapped)?;
        let wrapped = new.wrap_data_key(owner, row.id, &key, &*self.random)?;
        if row.dedup.is_none() && row.doc.is_none() {
            return Ok(Moved { seq: row.seq, wrapped, dedup: None, doc: None });
        }
        let place = Place { owner, column: Column::ReportSummary, row: row.id, tag: tag(row.revision) };
        let summary = envelope::open(&key, &place, &row.summary)?;
        let summary: Summary = serde_json::from_slice(&summary).map_err(|_| Error::Stored("summary"))?;
        let kind = place_of(ReportKind::ALL, row.kind)?;
        let document = summary.document().ok_or(Error::Stored("document number"))?;
        let dedup = match (&row.dedup, summary.first_date()) {
            (Some(mac), Some(day)) => {
                // The counter is not stored: it is the one that gives the index that is.
                let duplicate =
                    |keys: &EpochKeys, counter| keys.index.duplicate(kind.as_str(), document, day, counter);
                let counter = (0..COUNTERS).find(|counter| duplicate(old, *counter) == *mac);
                Some(duplicate(new, counter.ok_or(Error::Stored("duplicate counter"))?))
            }
            _ => None,
        };
        Ok(Moved {
            seq: row.seq,
            wrapped,
            dedup,
            doc: row.doc.as_ref().map(|_| new.index.document(document)),
        })
    }

    /// The new epoch takes over. Returns how many reports stay behind.
    fn make_current(&self, new: &Arc<EpochKeys>, at: Moment) -> Result<u32, Error> {
        let _alone = self.filing.write().unwrap_or_else(PoisonError::into_inner);
        let left = self.database.write("commit.current_epoch", |tx| {
            let changed = tx.execute(
                "UPDATE key_epoch SET state = ?2 WHERE epoch = ?1 AND state = ?3",
                (new.epoch, CURRENT, FILLING),
            )?;
            if changed != 1 {
                return Err(Error::Stored("key epoch"));
            }
            tx.execute("UPDATE key_epoch SET state = ?2 WHERE epoch < ?1", (new.epoch, RETIRING))?;
            log(tx, None, None, Happening::Rotated, None, at)?;
            Ok(tx.query_row("SELECT count(*) FROM report WHERE epoch < ?1", [new.epoch], |row| row.get(0))?)
        })?;
        self.keep_keys()?;
        self.replace_ring(|ring| ring.led_by(Arc::clone(new)))?;
        Ok(left)
    }

    /// Destroys the keys of epochs that no row needs: checkpoint, then the vault, then the row that names the key.
    /// Also what a killed rotation left. Returns how many erased reports no old copy opens any more.
    pub(crate) fn destroy_retired(&self, now: Timestamp) -> Result<u32, Error> {
        let retired: Vec<EpochRow> = self.epochs()?.into_iter().filter(|row| row.state == RETIRING).collect();
        if retired.is_empty() {
            return Ok(0);
        }
        self.database.truncate()?;
        for row in &retired {
            let needed = self.database.read(|tx| is_needed(tx, row.epoch))?;
            // A folder in quarantine may hold rows that only this key opens.
            if needed || self.has_quarantine() {
                continue;
            }
            around("vault.delete", || self.vault.delete(&row.alias))?;
            // The file itself refuses it while a report refers to this epoch.
            self.database.write("commit.epoch_dropped", |tx| {
                Ok(tx.execute("DELETE FROM key_epoch WHERE epoch = ?1", [row.epoch]).map(drop)?)
            })?;
            self.keep_keys()?;
            self.replace_ring(|ring| ring.without(row.epoch))?;
        }
        self.database.write("commit.destroyed", |tx| {
            let pending: bool =
                tx.query_row("SELECT EXISTS(SELECT 1 FROM key_epoch WHERE state = ?1)", [RETIRING], |row| {
                    row.get(0)
                })?;
            let erased = state(tx, "rotating")?.and_then(|bytes| bytes.try_into().ok());
            let (false, Some(erased)) = (pending, erased.map(i64::from_be_bytes)) else { return Ok(0) };
            let destroyed = tx.execute(
                "UPDATE tombstone SET destroyed_ms = ?1 WHERE destroyed_ms IS NULL AND rowid <= ?2",
                (now.0, erased),
            )?;
            Ok(destroyed as u32)
        })
    }
}

fn is_needed(tx: &Transaction<'_>, epoch: u32) -> Result<bool, Error> {
    let found = tx
        .query_row("SELECT 1 FROM report WHERE epoch = ?1 LIMIT 1", [epoch], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(found.is_some())
}

impl Moving {
    fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            seq: row.get(0)?,
            id: row.get(1)?,
            epoch: row.get(2)?,
            wrapped: row.get(3)?,
            kind: row.get(4)?,
            dedup: row.get(5)?,
            doc: row.get(6)?,
            revision: row.get(7)?,
            summary: row.get(8)?,
        })
    }
}
