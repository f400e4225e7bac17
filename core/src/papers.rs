//! The part of the facade that lists what is shown to others: who is here now, whose papers end soon, and what waits
//! while the server is out of reach. No name that may not be shown to others is in any of them.

use apoa_domain::ids::{DeviceId, Timestamp, UnitId};
use apoa_domain::report::finalise::ClockTrust;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::state::Standing;
use apoa_domain::report::watch::{Level, PermitState, days_left};
use jiff::civil::Date;

use crate::client::ApoaClient;
use crate::error::{DraftError, StoreError};
use crate::store::lists::{Listed, ListedReport, WaitingOp};
use crate::store::rows::ReportRow;

/// A foreigner who is here now, as far as this unit knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The report, with its receipt.
    pub report: ListedReport,
    /// What is to be said of the permit today.
    pub permit: PermitState,
    /// Whether the planned end has passed and nobody closed the report.
    pub stays_on: bool,
}

/// A paper whose last valid day is near or past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// What the list shows of whose it is.
    pub row: ReportRow,
    /// Which paper.
    pub paper: Paper,
    /// Its last valid day.
    pub last: Date,
    /// Days until then; negative once it has passed.
    pub days_left: i64,
    /// How near that is.
    pub level: Level,
}

/// A paper that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paper {
    /// The stay permit.
    Permit,
    /// A worker's contract.
    Contract,
}

impl Paper {
    /// Its word: `permit` or `contract`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Contract => "contract",
        }
    }
}

/// What waits on this device, for a proof that it was recorded in time: ids, times and digests, nobody's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutageExtract {
    /// This installation, as the server knows it.
    pub device: DeviceId,
    /// The unit.
    pub unit: UnitId,
    /// When this was written, by the server's clock as far as it is known.
    pub at: Timestamp,
    /// How far that clock is known.
    pub trust: ClockTrust,
    /// Every op that waits, nearest deadline first.
    pub waiting: Vec<WaitingOp>,
}

impl ApoaClient {
    /// Blocks; call from a background thread. The foreigners who are here now: open reports that began, without those
    /// whose end is recorded here already; and rejected ones until their planned end, unless the person was reported
    /// again, since a rejection sends nobody away. By kind, then room, then first day.
    pub fn present(&self) -> Result<Vec<Present>, DraftError> {
        let today = self.today();
        let mut present: Vec<Present> =
            self.listed(Listed::Here)?.into_iter().filter_map(|report| is_here(report, today)).collect();
        present.sort_by_cached_key(|person| {
            let row = &person.report.row;
            let room = row.summary.room.as_ref().map(|room| room.reveal().clone());
            (row.kind, room.is_none(), room, row.summary.first_date().map(str::to_owned), row.report)
        });
        Ok(present)
    }

    /// Blocks; call from a background thread. Permits and contracts of open reports that end within 60 days or have
    /// ended, the nearest first.
    pub fn expiring(&self) -> Result<Vec<Expiring>, DraftError> {
        let today = self.today();
        let mut ending = Vec::new();
        for ListedReport { row, .. } in self.listed(Listed::Open)? {
            let contract = row.summary.planned_end.as_ref().filter(|_| row.kind == ReportKind::WorkerStart);
            let papers = [(Paper::Permit, row.summary.permit_expiry.as_ref()), (Paper::Contract, contract)];
            for (paper, last) in papers {
                let Some(last) = last.and_then(|day| day.reveal().parse().ok()) else { continue };
                let days_left = days_left(last, today);
                let level = Level::of(days_left);
                if level > Level::Far {
                    ending.push(Expiring { row: row.clone(), paper, last, days_left, level });
                }
            }
        }
        ending.sort_by_key(|one| (one.last, one.paper, one.row.report));
        Ok(ending)
    }

    /// Blocks. What waits on this device, with the digests of its bytes; also while nobody is active.
    pub fn outage_extract(&self) -> Result<Option<OutageExtract>, StoreError> {
        let Some(unit) = self.unit() else { return Ok(None) };
        Ok(Some(OutageExtract {
            device: self.device.device,
            unit: unit.unit,
            at: self.now(),
            trust: self.server_clock.trust(),
            waiting: unit.outage_ops()?,
        }))
    }

    /// Blocks. Whether the deployment's config says that this server's receipts are the office's own. `false` where no
    /// config was seen.
    pub fn official_receipts(&self) -> Result<bool, StoreError> {
        Ok(self.signed_config()?.is_some_and(|config| config.official_receipts))
    }

    /// Blocks; call from a background thread. Every report that may be shown to others, newest first, with its receipt:
    /// neither drafts nor what is on hold. Who may see the closed ones (right `inspect`) is the caller's to heed.
    pub fn listed_reports(&self) -> Result<Vec<ListedReport>, DraftError> {
        self.listed(Listed::All)
    }

    /// Blocks. How many reports no list for others shows, because they are on hold.
    pub fn on_hold(&self) -> Result<u32, DraftError> {
        let (_, unit) = self.at_work()?;
        Ok(unit.on_hold().map_err(StoreError::from)?)
    }

    fn listed(&self, which: Listed) -> Result<Vec<ListedReport>, DraftError> {
        let (_, unit) = self.at_work()?;
        Ok(unit.listed(which).map_err(StoreError::from)?)
    }
}

/// A report whose first day has come; one that does not open is listed rather than hidden. Nobody can close a rejected
/// one: it ends by itself.
fn is_here(report: ListedReport, today: Date) -> Option<Present> {
    let day = |text: Option<&str>| text.and_then(|day| day.parse::<Date>().ok());
    let summary = &report.row.summary;
    if day(summary.first_date()).is_some_and(|first| first > today) {
        return None;
    }
    let [end, last] = [&summary.planned_end, &summary.permit_expiry]
        .map(|fact| day(fact.as_ref().map(|fact| fact.reveal().as_str())));
    let permit = PermitState::of(last, end, today);
    let stays_on = end.is_some_and(|end| end < today);
    if stays_on && report.row.standing == Standing::Rejected {
        return None;
    }
    Some(Present { report, permit, stays_on })
}
