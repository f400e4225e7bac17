//! The event log of a unit: what happened to which report, when, by which clock and through whom. Random ids and
//! codes, never personal data.

use apoa_domain::codes::Code;
use apoa_domain::ids::{AccountId, OpId, ReportId, Timestamp};
use apoa_domain::report::finalise::ClockTrust;
use rusqlite::Transaction;

use super::rows::place_of;
use super::unit::UnitStore;
use crate::error::Error;

/// A time for the event log, how far it can be trusted, and who acts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) wall: Timestamp,
    pub(crate) trust: ClockTrust,
    pub(crate) actor: Option<AccountId>,
}

/// What happened, in the event log. The numbers are kept in databases: they are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// An op was frozen and waits.
    Finalised = 1,
    /// A person said that the same guest on the same day is another stay.
    Again = 2,
    /// A receipt verified; who acts is whose sign-in carried the op.
    Proved = 3,
    /// The server asks for other data.
    Invalid = 4,
    /// An op is on hold.
    Wedged = 5,
    /// A draft was kept.
    Drafted = 6,
    /// An op that was never sent was replaced.
    Replaced = 7,
    /// A report that the server never saw was dropped.
    Discarded = 8,
    /// An op on hold goes on.
    Released = 9,
    /// An op that had no effect at the server, and never will, left for one on a newer base.
    Superseded = 10,
    /// The office decided, or another device filed an op.
    Told = 11,
    /// It may not be shown, exported or erased.
    HoldSet = 12,
    /// It may again.
    HoldCleared = 13,
    /// A key was lost.
    KeyLost = 14,
    /// The keys are those of a new epoch.
    Rotated = 15,
    /// Rows were saved from a damaged file.
    Salvaged = 16,
}

impl Happening {
    /// All of them; the stored number is the place in this list plus one.
    pub const ALL: &'static [Self] = &[
        Self::Finalised,
        Self::Again,
        Self::Proved,
        Self::Invalid,
        Self::Wedged,
        Self::Drafted,
        Self::Replaced,
        Self::Discarded,
        Self::Released,
        Self::Superseded,
        Self::Told,
        Self::HoldSet,
        Self::HoldCleared,
        Self::KeyLost,
        Self::Rotated,
        Self::Salvaged,
    ];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finalised => "finalised",
            Self::Again => "again",
            Self::Proved => "proved",
            Self::Invalid => "invalid",
            Self::Wedged => "wedged",
            Self::Drafted => "drafted",
            Self::Replaced => "replaced",
            Self::Discarded => "discarded",
            Self::Released => "released",
            Self::Superseded => "superseded",
            Self::Told => "told",
            Self::HoldSet => "hold_set",
            Self::HoldCleared => "hold_cleared",
            Self::KeyLost => "key_lost",
            Self::Rotated => "rotated",
            Self::Salvaged => "salvaged",
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The report, where it is about one.
    pub report: Option<ReportId>,
    /// The op, where it is about one.
    pub op: Option<OpId>,
    /// When, by the device's clock.
    pub at: Timestamp,
    /// How far that clock could be trusted.
    pub trust: ClockTrust,
    /// What.
    pub what: Happening,
    /// The code of what stood in the way.
    pub code: Option<String>,
    /// Who acted.
    pub actor: Option<AccountId>,
}

pub(super) const TRUST: &[ClockTrust] = &[ClockTrust::Unknown, ClockTrust::Estimated, ClockTrust::Synced];

/// Adds a line, in the transaction of what it tells.
pub(super) fn log(
    tx: &Transaction<'_>,
    report: Option<ReportId>,
    op: Option<OpId>,
    what: Happening,
    code: Option<Code>,
    at: Moment,
) -> Result<(), Error> {
    let trust = TRUST.iter().position(|trust| *trust == at.trust).unwrap_or(0);
    tx.prepare_cached(
        "INSERT INTO event(report_id, op_id, at_ms, trust, what, code, actor) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        report.map(|id| *id.as_bytes()),
        op.map(|id| *id.as_bytes()),
        at.wall.0,
        trust as i64,
        what as i64,
        code.map(Code::short),
        at.actor.map(|id| *id.as_bytes()),
    ))?;
    Ok(())
}

impl UnitStore {
    /// The log of one report, oldest first; or of everything since a time.
    pub(crate) fn events(&self, report: Option<ReportId>, since: Timestamp) -> Result<Vec<Event>, Error> {
        let which = if report.is_some() { "report_id = ?1" } else { "?1 IS NULL" };
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT report_id, op_id, at_ms, trust, what, code, actor FROM event \
                 WHERE {which} AND at_ms >= ?2 ORDER BY seq"
            ))?;
            let mut rows = statement.query((report.map(|id| *id.as_bytes()), since.0))?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(Event {
                    report: row.get::<_, Option<[u8; 16]>>(0)?.map(ReportId::from_bytes),
                    op: row.get::<_, Option<[u8; 16]>>(1)?.map(OpId::from_bytes),
                    at: Timestamp(row.get(2)?),
                    trust: place_of(TRUST, row.get(3)?)?,
                    what: place_of(Happening::ALL, row.get::<_, i64>(4)? - 1)?,
                    code: row.get::<_, Option<String>>(5)?.map(|code| format!("APOA-{code}")),
                    actor: row.get::<_, Option<[u8; 16]>>(6)?.map(AccountId::from_bytes),
                });
            }
            Ok(events)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_number_is_the_place_in_the_list() {
        for (place, what) in Happening::ALL.iter().enumerate() {
            assert_eq!(*what as usize, place + 1, "{what:?}");
        }
    }
}
