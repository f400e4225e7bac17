//! The part of the facade that keeps a store small and its keys young: retention, erasure, rotation, holds, and what
//! has to be told when a device is lost.

use apoa_domain::ids::{DeviceId, ReportId, Timestamp, UnitId};
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::state::{Standing, Work};

use crate::client::ApoaClient;
use crate::error::{DraftError, StoreError};
use crate::store::purge::{Tombstone, Upkeep};
use crate::store::quarantine::Salvage;
use crate::store::reports::Which;
use crate::store::rotate::Rotated;

/// Whether a report is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Not shown to others, not exported, not erased; still delivered where the law requires it.
    Set,
    /// As any other.
    Cleared,
}

/// What this device holds of people, for a notice of a breach (UU 27/2022 art. 46): what, since when, how kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachExtract {
    /// This installation, as the server knows it.
    pub device: DeviceId,
    /// The unit.
    pub unit: UnitId,
    /// When this was written.
    pub at: Timestamp,
    /// Reports whose data are here.
    pub reports: Vec<HeldReport>,
    /// Reports whose data were here.
    pub erased: Vec<Tombstone>,
}

/// A report as a breach extract names it: ids, times and kinds, nobody's identity. The server knows whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldReport {
    /// The report.
    pub report: ReportId,
    /// Its kind, which says what data it holds.
    pub kind: ReportKind,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// Whether the whole data are here, or the row of a list.
    pub whole: bool,
    /// First and last time the log speaks of it.
    pub since: Option<Timestamp>,
    /// See `since`.
    pub until: Option<Timestamp>,
}

/// Reports read in one go.
const CHUNK: usize = 1000;

impl ApoaClient {
    /// Blocks; call from a background thread. Erases what is due, destroys keys that nothing needs, opens a new key
    /// epoch if one is due. Cheap where nothing is; a run does it by itself.
    pub fn upkeep(&self) -> Result<Upkeep, StoreError> {
        let Some(unit) = self.unit() else { return Ok(Upkeep::default()) };
        let actor = self.account()?.map(|account| account.account);
        let done = unit.upkeep(self.now(), self.moment_of(actor))?;
        if done != Upkeep::default() {
            self.tell();
        }
        Ok(done)
    }

    /// Blocks; call from a background thread, it takes time in proportion to the reports. New keys for everything, and
    /// the old ones destroyed: no earlier copy of the files opens with the keys of this device any more.
    pub fn rotate_keys(&self) -> Result<Rotated, DraftError> {
        let (account, unit) = self.at_work()?;
        Ok(unit.rotate(self.moment(&account)).map_err(StoreError::from)?)
    }

    /// Blocks. Holds a report, or lets it go.
    pub fn set_hold(&self, report: ReportId, hold: Hold) -> Result<(), DraftError> {
        let (account, unit) = self.at_work()?;
        let held =
            unit.set_hold(report, hold == Hold::Set, self.moment(&account)).map_err(StoreError::from)?;
        if held { Ok(()) } else { Err(DraftError::NoReport) }
    }

    /// Blocks, at most a few seconds. Ends a run, finishes the write under way, closes every file and frees every lock:
    /// a phone's system ends whoever holds one while suspended. Until `resume` every call gives `Closed`. Again is fine.
    pub fn suspend(&self) -> Result<(), StoreError> {
        self.cancel_current();
        let units: Vec<_> = self.every_unit().iter().map(|unit| unit.suspend()).collect();
        self.device.suspend()?;
        Ok(units.into_iter().collect::<Result<_, _>>()?)
    }

    /// Blocks. Opens the files again. Again is fine; `Busy` while another program has them.
    pub fn resume(&self) -> Result<(), StoreError> {
        self.device.resume()?;
        for unit in self.every_unit() {
            unit.resume()?;
        }
        Ok(())
    }

    /// What was rescued from damaged files of the active unit and still lies in quarantine beside them, oldest first.
    /// Only a person removes it.
    pub fn salvages(&self) -> Vec<Salvage> {
        self.unit().map(|unit| unit.kept_aside()).unwrap_or_default()
    }

    /// What this opening itself had to rescue.
    pub fn rescued(&self) -> Option<Salvage> {
        self.unit().and_then(|unit| unit.salvage.clone())
    }

    /// Wipes the keys from memory. The next call that needs one asks the vault again.
    pub fn lock(&self) {
        self.device.forget_keys();
        for unit in self.every_unit() {
            unit.forget_keys();
        }
    }

    /// Blocks. What this device holds of people in the active unit, and what it held; without identities.
    pub fn breach_extract(&self) -> Result<BreachExtract, DraftError> {
        let (_, unit) = self.at_work()?;
        let mut extract = BreachExtract {
            device: self.device.device,
            unit: unit.unit,
            at: self.now(),
            reports: Vec::new(),
            erased: unit.tombstones().map_err(StoreError::from)?,
        };
        let mut after = None;
        loop {
            let which = Which { after, ..Which::default() };
            let page = unit.reports(which, CHUNK).map_err(StoreError::from)?;
            let Some(last) = page.last() else { return Ok(extract) };
            after = Some(last.report);
            for row in page {
                let log = unit.events(Some(row.report), Timestamp(i64::MIN)).map_err(StoreError::from)?;
                extract.reports.push(HeldReport {
                    report: row.report,
                    kind: row.kind,
                    standing: row.standing,
                    work: row.work,
                    whole: row.here,
                    since: log.first().map(|line| line.at),
                    until: log.last().map(|line| line.at),
                });
            }
        }
    }
}
