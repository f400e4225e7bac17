//! The unit: what it says about itself, who and what belongs to it, what one shift leaves to the next.

use super::ApoaClient;
use crate::convert::{
    DeviceId, Event, HandOver, Instant, Profile, ProfileField, ProfileSync, StaffMember, UnitDevice, millis,
};
use crate::error::{DraftError, StoreError, SyncError};

#[uniffi::export]
impl ApoaClient {
    /// Blocks. Today in the unit's zone, ISO, by the server's clock as far as it is known.
    pub fn today(&self) -> Result<String, StoreError> {
        Ok(self.0.today().to_string())
    }

    /// Blocks. What the active unit says about itself; nothing while nobody is active.
    pub fn profile(&self) -> Result<Profile, StoreError> {
        Ok(self.0.profile()?.into())
    }

    /// Blocks. Keeps what the active unit says about itself.
    pub fn set_profile(&self, profile: Profile) -> Result<(), DraftError> {
        Ok(self.0.set_profile(&profile.try_into()?)?)
    }

    /// Blocks. What the active unit has not said about itself yet. It never hinders saving.
    pub fn profile_gaps(&self) -> Result<Vec<ProfileField>, DraftError> {
        Ok(self.0.profile_gaps()?)
    }

    /// Blocks. Whether the active unit's profile was changed here since the server last saw it.
    pub fn profile_waits(&self) -> Result<bool, StoreError> {
        Ok(self.0.profile_waits()?)
    }

    /// Blocks within its budget; call from a background thread. Brings the profile in line with the server's, fact by
    /// fact: what was changed here goes there, everything else comes from there.
    pub fn sync_profile(&self, budget_ms: i64) -> Result<ProfileSync, SyncError> {
        Ok(self.0.sync_profile(millis(budget_ms))?)
    }

    /// Blocks within its budget; call from a background thread. The members of the active unit.
    pub fn staff(&self, budget_ms: i64) -> Result<Vec<StaffMember>, SyncError> {
        Ok(self.0.staff(millis(budget_ms))?.into_iter().map(StaffMember::from).collect())
    }

    /// Blocks within its budget; call from a background thread. The installations that the active unit saw; needs the
    /// right to manage.
    pub fn devices(&self, budget_ms: i64) -> Result<Vec<UnitDevice>, SyncError> {
        Ok(self.0.devices(millis(budget_ms))?.into_iter().map(UnitDevice::from).collect())
    }

    /// Blocks within its budget; call from a background thread. Revokes an installation of the active unit: it keeps
    /// what it holds and sends nothing more. False if the unit never saw it. Needs the right to manage.
    pub fn revoke_device(&self, device: DeviceId, budget_ms: i64) -> Result<bool, SyncError> {
        Ok(self.0.revoke_device(device, millis(budget_ms))?)
    }

    /// Blocks. What this shift leaves to the next one.
    pub fn hand_over(&self, since: Instant) -> Result<HandOver, DraftError> {
        Ok(self.0.hand_over(since)?.into())
    }

    /// Blocks. What happened in the active unit since a time, oldest first: ids and codes, no personal data.
    pub fn events(&self, since: Instant) -> Result<Vec<Event>, StoreError> {
        Ok(self.0.events(since)?.into_iter().map(Event::from).collect())
    }
}
