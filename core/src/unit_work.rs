//! The part of the facade that looks after a unit: which one is active, what it says about itself, who finds what in
//! it, and what one shift leaves to the next. Units never meet: each has its own file, keys and queue.

use apoa_domain::ids::{ReportId, Timestamp, UnitId};
use apoa_domain::report::deadline::Zone;
use apoa_domain::report::draft::Draft;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::profile::{Profile, ProfileField};
use apoa_domain::report::state::Work;

use crate::client::ApoaClient;
use crate::counts::Counts;
use crate::error::{DraftError, Error, StoreError};
use crate::store::accounts::Account;
use crate::store::events::Event;
use crate::store::reports::QueueRow;
use crate::store::rows::ReportRow;

/// What one shift leaves to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// From when on.
    pub since: Timestamp,
    /// How many reports are in which state.
    pub counts: Counts,
    /// What is still to be done, nearest deadline first.
    pub to_do: Vec<QueueRow>,
    /// Drafts that somebody began.
    pub drafts: Vec<ReportRow>,
    /// Reports that were typed, sent or decided since then, newest first.
    pub touched: Vec<ReportRow>,
}

/// Drafts in a hand-over; more are no list but a habit.
const DRAFTS_MOST: usize = 200;

impl ApoaClient {
    /// Blocks. Makes another unit of the active account the active one, without network. `NoUnit` if it is not one of
    /// its units. A run that is under way ends with the unit it began with; what waits in a unit that is not active
    /// stays there and is sent once it is active again.
    pub fn use_unit(&self, unit: UnitId) -> Result<Account, DraftError> {
        let account = self.device.account().map_err(StoreError::from)?.ok_or(DraftError::NoUnit)?;
        if !account.units.iter().any(|card| card.unit == unit) {
            return Err(DraftError::NoUnit);
        }
        self.move_to(unit, || self.device.use_unit(unit))?;
        Ok(Account { active_unit: unit, ..account })
    }

    /// Makes a unit the active one: opened first, then written down. `NoUnit` where `write` finds that it is not to be.
    pub(crate) fn move_to(
        &self,
        unit: UnitId,
        write: impl FnOnce() -> Result<bool, Error>,
    ) -> Result<(), DraftError> {
        // A unit that does not open leaves the other one active, here as on disk.
        self.open_unit(unit)?;
        let written = write();
        if !matches!(written, Ok(true))
            && let Some(active) = self.device.active_unit().map_err(StoreError::from)?
        {
            self.open_unit(active)?;
        }
        if !written.map_err(StoreError::from)? {
            return Err(DraftError::NoUnit);
        }
        self.tell();
        Ok(())
    }

    /// Blocks. What the active unit says about itself; nothing while nobody is active.
    pub fn profile(&self) -> Result<Profile, StoreError> {
        match self.open_to_read()? {
            Some(unit) => Ok(self.device.profile(unit.unit)?),
            None => Ok(Profile::default()),
        }
    }

    /// Blocks. Keeps what the active unit says about itself.
    pub fn set_profile(&self, profile: &Profile) -> Result<(), DraftError> {
        let (_, unit) = self.at_work()?;
        Ok(self.device.set_profile(unit.unit, profile).map_err(StoreError::from)?)
    }

    /// Blocks. What the active unit has not said about itself yet. It never hinders saving.
    pub fn profile_gaps(&self) -> Result<Vec<ProfileField>, DraftError> {
        let (account, unit) = self.at_work()?;
        let kind = account.units.into_iter().find(|card| card.unit == unit.unit).map(|card| card.kind);
        Ok(self.profile()?.missing(&kind.unwrap_or_default()))
    }

    /// Blocks. An empty draft with what the unit's profile fills in.
    pub fn new_draft(&self, kind: ReportKind) -> Draft {
        let mut draft = Draft::new(kind);
        self.fill_defaults(&mut draft);
        draft
    }

    /// Fills what is still open from the unit's profile. A profile that does not open fills nothing.
    pub fn fill_defaults(&self, draft: &mut Draft) {
        let profile = self.profile().unwrap_or_default();
        draft.fill_defaults(profile.defaults(draft.kind()));
    }

    /// Blocks. Reports of the active unit with this document number, or whose name or room holds every word; newest
    /// first, after the last one of the page before. None while nobody is active.
    pub fn search(
        &self,
        text: &str,
        limit: usize,
        after: Option<ReportId>,
    ) -> Result<Vec<ReportRow>, StoreError> {
        match self.open_to_read()? {
            Some(unit) => Ok(unit.search(text, limit, after)?),
            None => Ok(Vec::new()),
        }
    }

    /// Blocks. What this shift leaves to the next one.
    pub fn hand_over(&self, since: Timestamp) -> Result<HandOver, DraftError> {
        let (_, unit) = self.at_work()?;
        let list = || {
            Ok::<_, Error>(HandOver {
                since,
                counts: unit.counts()?,
                to_do: unit.queue()?,
                drafts: unit.reports(
                    crate::store::reports::Which { work: Some(Work::Draft), ..Default::default() },
                    DRAFTS_MOST,
                )?,
                touched: unit.touched_since(since)?,
            })
        };
        Ok(list().map_err(StoreError::from)?)
    }

    /// Blocks. What happened in the active unit since a time, oldest first: ids and codes, no personal data.
    pub fn events(&self, since: Timestamp) -> Result<Vec<Event>, StoreError> {
        match self.unit() {
            Some(unit) => Ok(unit.events(None, since)?),
            None => Ok(Vec::new()),
        }
    }

    /// Blocks. The zone of the active unit, also while nobody is active.
    pub fn zone(&self) -> Zone {
        let profile = self.unit().and_then(|unit| self.device.profile(unit.unit).ok());
        profile.map(|profile| profile.zone()).unwrap_or_default()
    }
}
