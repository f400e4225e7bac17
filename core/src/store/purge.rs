//! What leaves this device and when: a closed report after its time, a dropped draft after a day, what is left of a
//! report after two years. An open report never does, and the file itself refuses it.
//!
//! An erased report is a tombstone in the same transaction; then the journal is emptied, so that no page of it is left
//! in the file or beside it. Its key dies with the next key epoch: only then it is called destroyed.

use apoa_domain::ids::{Digest, ReportId, Timestamp};
use apoa_domain::report::finalise::ClockTrust;
use apoa_domain::report::plan::{Plan, Wish, plan};
use apoa_domain::report::retention::days_after;
use apoa_domain::report::state::Work;
use rusqlite::OptionalExtension as _;

use super::events::{Happening, Moment, log};
use super::rows::place_of;
use super::unit::{UnitStore, set_state, state};
use crate::error::Error;

/// Whether a report may leave. Both sides of the guard in one place: closed and proved so, or dropped; nothing to do,
/// nothing waiting, nobody holding it.
const MAY_GO: &str = "purge_after_ms <= ?1 AND hold = 0 AND work IN (0, 5) \
                      AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.report_id = report.id) \
                      AND (work = 5 OR EXISTS(SELECT 1 FROM receipt c WHERE c.report_id = report.id))";

/// How many tombstones left, so that a rescue can tell what is missing from what was erased long ago.
pub(super) const FORGOTTEN: &str = "forgotten";

/// What maintenance did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Drafts that nobody touched for their time.
    pub drafts: u32,
    /// Reports whose data are gone.
    pub purged: u32,
    /// Tombstones whose own time was over.
    pub forgotten: u32,
    /// Erased reports that no old copy opens any more.
    pub destroyed: u32,
}

/// What is left of an erased report: the log of destruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The report.
    pub report: ReportId,
    /// SHA-256 of its last receipt, as hexadecimal; none where the server never had it.
    pub receipt_sha256: Option<String>,
    /// When its data were erased.
    pub purged: Timestamp,
    /// By which rule: `retention` or `discarded`.
    pub rule: String,
    /// When the last key that could open an old copy of it was destroyed.
    pub destroyed: Option<Timestamp>,
}

impl UnitStore {
    /// Erases what is due. `now` is server time; with a clock that nobody ever compared nothing goes.
    pub(crate) fn upkeep(&self, now: Timestamp, at: Moment) -> Result<Upkeep, Error> {
        let mut done = Upkeep::default();
        if at.trust == ClockTrust::Unknown {
            return Ok(done);
        }
        for draft in self.stale_drafts(now, self.retention().draft_days)? {
            let Some(life) = self.life(draft)? else { continue };
            if let Ok(Plan::Discard { drop }) = plan(&life, Wish::Discard) {
                match self.discard(draft, &life, &drop, at) {
                    // Somebody went on typing meanwhile: then it is not stale.
                    Err(Error::Moved) => {}
                    other => {
                        other?;
                        done.drafts += 1;
                    }
                }
            }
        }
        for report in self.due_to_go(now)? {
            done.purged += u32::from(self.purge(report, now)?);
        }
        done.forgotten = self.forget(now)?;
        if done.purged + done.forgotten > 0 {
            self.database.truncate()?;
        }
        done.destroyed = self.destroy_retired(at.wall)?;
        if self.rotation_is_due(now)? {
            done.destroyed += self.rotate(at)?.destroyed;
        }
        self.database.tidy()?;
        Ok(done)
    }

    fn due_to_go(&self, now: Timestamp) -> Result<Vec<ReportId>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!("SELECT id FROM report WHERE {MAY_GO}"))?;
            let rows = statement.query_map([now.0], |row| row.get::<_, [u8; 16]>(0))?;
            Ok(rows.map(|id| id.map(ReportId::from_bytes)).collect::<Result<_, _>>()?)
        })
    }

    /// Tombstone and erasure, if the report may still go.
    fn purge(&self, report: ReportId, now: Timestamp) -> Result<bool, Error> {
        let id = *report.as_bytes();
        self.database.write("commit.purge", |tx| {
            let work: Option<i64> = tx
                .query_row(&format!("SELECT work FROM report WHERE {MAY_GO} AND id = ?2"), (now.0, id), |row| {
                    row.get(0)
                })
                .optional()?;
            let Some(work) = work else { return Ok(false) };
            let receipt: Option<String> = tx
                .query_row(
                    "SELECT jws FROM receipt WHERE report_id = ?1 ORDER BY revision DESC, iat_ms DESC LIMIT 1",
                    [id],
                    |row| row.get(0),
                )
                .optional()?;
            let rule =
                if place_of(Work::ALL, work)? == Work::Discarded { "discarded" } else { "retention" };
            tx.execute(
                "INSERT OR REPLACE INTO tombstone(report_id, receipt_sha256, purged_ms, rule) VALUES(?1, ?2, ?3, ?4)",
                (id, receipt.map(|jws| Digest::of(jws.as_bytes()).0), now.0, rule),
            )?;
            tx.execute("DELETE FROM receipt WHERE report_id = ?1", [id])?;
            tx.execute("DELETE FROM attachment WHERE report_id = ?1", [id])?;
            tx.execute("DELETE FROM report WHERE id = ?1", [id])?;
            Ok(true)
        })
    }

    /// Tombstones whose time is over leave with what the log says of them; not before their keys are gone.
    fn forget(&self, now: Timestamp) -> Result<u32, Error> {
        let days = days_after(Timestamp(0), self.retention().tombstone_days);
        let before = now.0.saturating_sub(days.0);
        self.database.write("commit.forget", |tx| {
            let over = "SELECT report_id FROM tombstone WHERE purged_ms < ?1 AND destroyed_ms IS NOT NULL";
            tx.execute(&format!("DELETE FROM event WHERE report_id IN ({over})"), [before])?;
            let gone = tx.execute(&format!("DELETE FROM tombstone WHERE report_id IN ({over})"), [before])?;
            if gone > 0 {
                let earlier = state(tx, FORGOTTEN)?.and_then(|bytes| bytes.try_into().ok());
                let all = earlier.map_or(0, i64::from_be_bytes) + gone as i64;
                set_state(tx, FORGOTTEN, &all.to_be_bytes())?;
            }
            Ok(gone as u32)
        })
    }

    /// Sets or clears the hold of a report: held ones are not shown to others, exported or erased, and still delivered.
    /// `false` if there is no such report.
    pub(crate) fn set_hold(&self, report: ReportId, hold: bool, at: Moment) -> Result<bool, Error> {
        self.database.write("commit.hold", |tx| {
            let found =
                tx.execute("UPDATE report SET hold = ?2 WHERE id = ?1", (report.as_bytes(), hold))? == 1;
            if found {
                let what = if hold { Happening::HoldSet } else { Happening::HoldCleared };
                log(tx, Some(report), None, what, None, at)?;
            }
            Ok(found)
        })
    }

    /// The log of destruction, oldest first.
    pub(crate) fn tombstones(&self) -> Result<Vec<Tombstone>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT report_id, receipt_sha256, purged_ms, rule, destroyed_ms FROM tombstone ORDER BY rowid",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Tombstone {
                    report: ReportId::from_bytes(row.get(0)?),
                    receipt_sha256: row.get::<_, Option<[u8; 32]>>(1)?.map(|hash| Digest(hash).to_string()),
                    purged: Timestamp(row.get(2)?),
                    rule: row.get(3)?,
                    destroyed: row.get::<_, Option<i64>>(4)?.map(Timestamp),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
