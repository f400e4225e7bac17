//! The facade for reports: opens the store, signs in, keeps reports, sends them. It wires and delegates; every rule
//! lives in the domain, every statement in the store, every decision about sending in the sync.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use apoa_domain::ids::{AccountId, OpId, ReportId, Timestamp, UnitId};
use apoa_domain::jws::VerifyingKeys;
use apoa_domain::report::deadline;
use apoa_domain::report::draft::Draft;
use apoa_domain::report::finalise::{Compared, Judged, NewIdentity, finalise};
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::receipt::{self, ReceiptProblem, VerifiedReceipt};
use apoa_domain::report::rules::{self, FieldProblem};
use apoa_domain::report::state::{Standing, Work};
use apoa_domain::report::summary::Summary;
use jiff::civil::Date;

use crate::config::Config;
use crate::counts::Counts;
use crate::error::{DraftError, Error, Missing, StoreError, SyncError};
use crate::ports::Ports;
use crate::seam::Seams;
use crate::server_clock::ServerClock;
use crate::store::accounts::Account;
use crate::store::device::DeviceStore;
use crate::store::events::{Happening, Moment};
use crate::store::filing::{Due, Filing};
use crate::store::reports::{QueueRow, ReportDetail, Which};
use crate::store::rows::ReportRow;
use crate::store::unit::UnitStore;
use crate::sync::config::{SignedConfig, default_deadline_hours};

/// A report that is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalised {
    /// The report.
    pub report: ReportId,
    /// Its op in the outbox.
    pub op: OpId,
    /// When it is due, if at all.
    pub due: Option<Timestamp>,
}

/// Which reports a list shows, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only those with this work left.
    pub work: Option<Work>,
    /// Only those of this standing.
    pub standing: Option<Standing>,
    /// At most so many.
    pub limit: usize,
    /// Only those after this one, the last of the page before.
    pub after: Option<ReportId>,
}

/// One client a process and data folder.
pub struct ApoaClient {
    pub(crate) config: Config,
    pub(crate) ports: Ports,
    pub(crate) seams: Seams,
    pub(crate) device: DeviceStore,
    pub(crate) server_clock: ServerClock,
    /// The units opened so far, the active one first. A unit stays open once it was used: a run that began before a
    /// switch ends with it, and `suspend` and `lock` reach it.
    units: Mutex<Vec<Arc<UnitStore>>>,
    /// The config last verified, with the texts of itself and of the trust file.
    verified: Mutex<Option<(String, String, SignedConfig)>>,
    pub(crate) run: Mutex<crate::runs::Runs>,
}

impl ApoaClient {
    /// Blocks; call from a background thread. Opens the data folder or makes it. Server and trust file are looked at
    /// only when a run starts. `Busy` while another program has the folder open.
    pub fn open(config: Config, ports: Ports) -> Result<Self, StoreError> {
        Self::open_with(config, ports, Seams::default())
    }

    /// The same with another transport or another contract: for simulations, and for servers that speak otherwise.
    pub fn open_with(config: Config, ports: Ports, seams: Seams) -> Result<Self, StoreError> {
        let device = DeviceStore::open(&config.data_dir, &ports)?;
        let unit = match device.active_unit()? {
            Some(unit) => Some(Arc::new(UnitStore::open(&device.folder(unit)?, &ports)?)),
            None => None,
        };
        let offset = unit.as_ref().map(|unit| unit.clock_offset()).transpose()?.flatten();
        let client = Self {
            config,
            ports,
            seams,
            device,
            server_clock: ServerClock::new(offset),
            units: Mutex::new(unit.into_iter().collect()),
            verified: Mutex::default(),
            run: Mutex::default(),
        };
        client.take_config()?;
        Ok(client)
    }

    /// The active account with its units; `None` before the first sign-in and while nobody is active.
    pub fn account(&self) -> Result<Option<Account>, StoreError> {
        Ok(self.device.account()?)
    }

    /// Today in the unit's zone, by the server's clock as far as it is known.
    pub fn today(&self) -> Date {
        self.zone().day(self.now())
    }

    /// Everything that is wrong with a draft, notices included.
    pub fn check(&self, draft: &Draft) -> Vec<FieldProblem> {
        rules::check(draft, self.today())
    }

    /// Blocks; call from a background thread. Freezes the draft and keeps it: `Ok` means on disk. Needs an
    /// active member, neither network nor a valid token. `again` is the reason why the same guest on the same day is
    /// another stay all the same; it is added to the remarks.
    pub fn finalise(
        &self,
        mut draft: Draft,
        compared: Option<&Compared>,
        again: Option<&str>,
    ) -> Result<Finalised, DraftError> {
        let account = self.device.account().map_err(StoreError::from)?.ok_or(DraftError::NoUnit)?;
        let unit = self.unit().ok_or(DraftError::NoUnit)?;
        if let Some(reason) = again {
            draft.remark(reason);
        }
        let id = self.new_report_id()?;
        self.finalise_as(&unit, &account, id, &draft, compared, again)
    }

    fn finalise_as(
        &self,
        unit: &UnitStore,
        account: &Account,
        report: ReportId,
        draft: &Draft,
        compared: Option<&Compared>,
        again: Option<&str>,
    ) -> Result<Finalised, DraftError> {
        let at = self.moment(account);
        let identity = self.new_identity(at.wall, unit, account.account, report)?;
        let judged = compared.map(Judged::from);
        let captured = self.server_clock.stamp(at.wall);
        let op = finalise(draft, self.today(), &identity, captured, judged.as_ref())
            .map_err(|problems| DraftError::Invalid { problems })?;
        let due = self.due(draft)?;
        let filed = unit.file_new(&Filing {
            ops: core::slice::from_ref(&op),
            body: op.body(),
            summary: &Summary::of(draft),
            photo: None,
            due: Due::At(due),
            captured_by: account.account,
            at,
            again: again.is_some(),
            what: Happening::Finalised,
        });
        match filed {
            Ok(()) => {}
            Err(Error::Duplicate(existing)) => return Err(DraftError::Duplicate { existing }),
            Err(error) => return Err(StoreError::from(error).into()),
        }
        self.tell();
        Ok(Finalised { report, op: op.op(), due })
    }

    /// Now, by the device's clock, and the active account as the one who acts.
    pub(crate) fn moment(&self, account: &Account) -> Moment {
        self.moment_of(Some(account.account))
    }

    pub(crate) fn moment_of(&self, actor: Option<AccountId>) -> Moment {
        Moment { wall: self.ports.clock.wall(), trust: self.server_clock.trust(), actor }
    }

    pub(crate) fn new_report_id(&self) -> Result<ReportId, StoreError> {
        let random = self.ports.random.array::<10>().map_err(Error::from)?;
        Ok(ReportId::new(self.ports.clock.wall().0, random))
    }

    pub(crate) fn new_identity(
        &self,
        wall: Timestamp,
        unit: &UnitStore,
        captured_by: AccountId,
        report: ReportId,
    ) -> Result<NewIdentity, StoreError> {
        let random = &*self.ports.random;
        Ok(NewIdentity {
            op: OpId::new(wall.0, random.array().map_err(Error::from)?),
            report,
            unit: unit.unit,
            captured_by,
            salt: random.array().map_err(Error::from)?,
        })
    }

    pub(crate) fn due(&self, draft: &Draft) -> Result<Option<Timestamp>, StoreError> {
        let kind: ReportKind = draft.kind();
        let hours = self.deadline_hours(kind)?;
        let first = kind.first_date().and_then(|field| draft.day(field));
        Ok(deadline::due(first, hours, self.zone()))
    }

    pub(crate) fn deadline_hours(&self, kind: ReportKind) -> Result<Option<u32>, StoreError> {
        Ok(match self.signed_config()? {
            Some(config) => config.deadline_hours(kind),
            None => default_deadline_hours(kind),
        })
    }

    /// Blocks. A page of reports of the active unit, newest first; without their contents while nobody is active.
    pub fn reports(&self, page: Page) -> Result<Vec<ReportRow>, StoreError> {
        let Some(unit) = self.unit() else { return Ok(Vec::new()) };
        let which = Which { work: page.work, standing: page.standing, after: page.after };
        Ok(match self.account()? {
            Some(_) => unit.reports(which, page.limit)?,
            None => unit.reports_sealed(which, page.limit)?,
        })
    }

    /// Blocks. One report of the active unit; `None` if there is no such report, and while nobody is active.
    pub fn report(&self, report: ReportId) -> Result<Option<ReportDetail>, StoreError> {
        match self.open_to_read()? {
            Some(unit) => Ok(unit.report(report)?),
            None => Ok(None),
        }
    }

    /// Blocks. Reports with open work, nearest deadline first; also while nobody is active.
    pub fn queue(&self) -> Result<Vec<QueueRow>, StoreError> {
        match self.unit() {
            Some(unit) => Ok(unit.queue()?),
            None => Ok(Vec::new()),
        }
    }

    /// Blocks. How many reports of the active unit are in which state; also while nobody is active.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        match self.unit() {
            Some(unit) => Ok(unit.counts()?),
            None => Ok(Counts::default()),
        }
    }

    /// Blocks. Verifies a receipt, also one of another device, with the receipt keys of the last config, which is
    /// fetched once if need be and then kept with its server and whom it was trusted by. The error of the outer result
    /// means that no config was ever seen here and none can be fetched.
    pub fn verify_receipt(&self, text: &str) -> Result<Result<VerifiedReceipt, ReceiptProblem>, SyncError> {
        let config = match self.signed_config()? {
            Some(config) => config,
            None => self.fetch_config()?,
        };
        let (_, remembered) = self.device.server().map_err(StoreError::from)?;
        if let (None, Ok(origin), Ok(trust)) = (remembered, self.origin(), self.trust()) {
            self.device.meet(origin.as_str(), trust.as_pem()).map_err(StoreError::from)?;
        }
        Ok(receipt::read(text, &config.receipt_keys))
    }

    /// Lets the open unit follow what the newest config says of retention.
    pub(crate) fn take_config(&self) -> Result<(), StoreError> {
        if let (Some(unit), Some(config)) = (self.unit(), self.signed_config()?) {
            unit.set_retention(config.retention);
        }
        Ok(())
    }

    /// The newest config kept here, verified again whenever it or the trust file is another one. One that does not
    /// verify counts as none.
    pub(crate) fn signed_config(&self) -> Result<Option<SignedConfig>, StoreError> {
        let Some(jws) = self.device.config()? else { return Ok(None) };
        let trust = match &self.config.trust {
            Some(trust) => trust.as_pem().to_owned(),
            None => self.device.server()?.1.unwrap_or_default(),
        };
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((text, by, config)) = &*verified
            && *text == jws
            && *by == trust
        {
            return Ok(Some(config.clone()));
        }
        let Ok(trusted) = self.trusted() else { return Ok(None) };
        let Ok(config) = SignedConfig::verify(&jws, &trusted) else { return Ok(None) };
        *verified = Some((jws, trust, config.clone()));
        Ok(Some(config))
    }

    /// The keys that sign `/config`.
    pub(crate) fn trusted(&self) -> Result<VerifyingKeys, SyncError> {
        let trust = self.trust()?;
        trust.config_keys().map_err(|_| SyncError::NotSetUp { missing: Missing::Trust })
    }

    /// Server time, as far as it is known.
    pub fn now(&self) -> Timestamp {
        self.server_clock.now(self.ports.clock.wall())
    }

    /// The active unit, which is that of the last member while nobody is active.
    pub(crate) fn unit(&self) -> Option<Arc<UnitStore>> {
        self.open_units().first().cloned()
    }

    /// The active unit where somebody may read it: while nobody is active, what it holds stays sealed.
    pub(crate) fn open_to_read(&self) -> Result<Option<Arc<UnitStore>>, StoreError> {
        Ok(self.account()?.and_then(|_| self.unit()))
    }

    /// Every unit that is open, the active one too.
    pub(crate) fn every_unit(&self) -> Vec<Arc<UnitStore>> {
        self.open_units().clone()
    }

    /// Makes this unit the one that is worked on, and opens it if it was not open yet.
    pub(crate) fn open_unit(&self, unit: UnitId) -> Result<(), StoreError> {
        let store = self.opened(unit)?;
        let mut units = self.open_units();
        units.retain(|open| open.unit != unit);
        units.insert(0, store);
        drop(units);
        self.take_config()
    }

    /// A unit as it is open already, else opened for the caller alone.
    pub(crate) fn opened(&self, unit: UnitId) -> Result<Arc<UnitStore>, StoreError> {
        match self.every_unit().into_iter().find(|open| open.unit == unit) {
            Some(open) => Ok(open),
            None => Ok(Arc::new(UnitStore::open(&self.device.folder(unit)?, &self.ports)?)),
        }
    }

    fn open_units(&self) -> MutexGuard<'_, Vec<Arc<UnitStore>>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the observer, with no lock held.
    pub(crate) fn tell(&self) {
        if let Some(observer) = &self.ports.observer
            && let Ok(counts) = self.counts()
        {
            observer.changed(counts);
        }
    }
}
