//! The part of the facade that speaks with the server about a unit: its profile on both ends, its members, its
//! installations, codes by e-mail; and what happens on an installation that the unit revoked.

use std::sync::Arc;
use std::time::Duration;

use apoa_domain::ids::{DeviceId, UnitId};
use apoa_domain::report::profile::{Profile, ProfileField};
use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::ask::Asker;
use crate::client::ApoaClient;
use crate::error::{Error, Missing, StoreError, SyncError};
use crate::runs::{ONE_REQUEST, stopped};
use crate::store::accounts::{Account, Right};
use crate::sync::cancel::CancelFlag;
use crate::sync::contract::{Ask, Contract, Sender};
use crate::sync::outcome::Trouble;
use crate::sync::unit::{StaffMember, UnitDevice, Written};

/// How often a profile is merged anew because somebody else was faster. Two people rarely write one at once.
const ATTEMPTS: u32 = 3;

/// What came of bringing a profile in line with the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileSync {
    /// Both have the same now.
    InLine,
    /// What was changed here stays here: this member may not change the unit's profile.
    NotAllowed,
}

impl ApoaClient {
    /// Blocks; call from a background thread. Brings the active unit's profile in line with the server's: what was
    /// changed here goes there, everything else comes from there, fact by fact. Where another phone was faster it is
    /// merged again.
    pub fn sync_profile(&self, budget: Duration) -> Result<ProfileSync, SyncError> {
        let account = self.active()?;
        let unit = account.active_unit;
        let rights = account.units.iter().find(|card| card.unit == unit).map(|card| card.rights.as_slice());
        let manages = rights.is_some_and(|rights| rights.contains(&Right::Manage));
        for _ in 0..ATTEMPTS {
            let there = self.about(&account, budget, |contract, sender| contract.profile(sender))?;
            let seen = self.device.seen_profile(unit).map_err(StoreError::from)?;
            let here = self.device.profile(unit).map_err(StoreError::from)?;
            let merged = merged(&here, &seen, &there.profile);
            if merged != there.profile && !manages {
                self.device.keep_profile(unit, &merged, &there.profile).map_err(StoreError::from)?;
                return Ok(ProfileSync::NotAllowed);
            }
            let written = if merged == there.profile {
                Written::Done
            } else {
                self.about(&account, budget, |contract, sender| {
                    contract.put_profile(sender, &merged, &there.tag)
                })?
            };
            if matches!(written, Written::Done) {
                self.device.keep_profile(unit, &merged, &merged).map_err(StoreError::from)?;
                return Ok(ProfileSync::InLine);
            }
        }
        Err(stopped(Trouble::Temporary { retry_after_ms: None }))
    }

    /// Blocks. Whether the active unit's profile was changed here since the server last saw it.
    pub fn profile_waits(&self) -> Result<bool, StoreError> {
        let Some(unit) = self.open_to_read()? else { return Ok(false) };
        Ok(self.device.profile(unit.unit)? != self.device.seen_profile(unit.unit)?)
    }

    /// Blocks; call from a background thread. The members of the active unit.
    pub fn staff(&self, budget: Duration) -> Result<Vec<StaffMember>, SyncError> {
        self.about(&self.active()?, budget, |contract, sender| contract.staff(sender))
    }

    /// Blocks; call from a background thread. The installations that the active unit saw; needs right `manage`.
    pub fn devices(&self, budget: Duration) -> Result<Vec<UnitDevice>, SyncError> {
        self.about(&self.active()?, budget, |contract, sender| contract.devices(sender))
    }

    /// Blocks; call from a background thread. Revokes an installation of the active unit: it is told so at its next
    /// call, keeps what it holds and sends nothing more. `false` if the unit never saw it. Needs right `manage`.
    pub fn revoke_device(&self, device: DeviceId, budget: Duration) -> Result<bool, SyncError> {
        self.about(&self.active()?, budget, |contract, sender| contract.revoke_device(sender, device))
    }

    /// Blocks; call from a background thread. Has a code mailed to whoever has this user name, for
    /// `Credentials::EmailCode`. The server says the same whether or not there is such a user.
    pub fn mail_code(&self, user: &str) -> Result<(), SyncError> {
        let transport = self.transport(&[])?;
        let cancel = CancelFlag::default();
        let line = self.line(&*transport, &cancel, ONE_REQUEST);
        // The code is exchanged under a challenge of its own; this one is never used.
        let challenge =
            self.ports.random.array::<32>().map_err(|error| StoreError::from(Error::from(error)))?;
        let challenge = Base64UrlUnpadded::encode_string(&challenge);
        let ask = line.contract.mail_code(&self.applicant(), user, &challenge);
        line.ask("ask.mail_code", ask).map_err(stopped)
    }

    /// Blocks. Whether the last unit worked for revoked this installation. Then nobody is active, nothing is sent, and
    /// everything stays where it is; whoever may still work here signs in anew.
    pub fn is_revoked(&self) -> Result<bool, StoreError> {
        match self.unit() {
            Some(unit) => Ok(self.device.is_locked_out(unit.unit)?),
            None => Ok(false),
        }
    }

    /// What a unit's word that it revoked this installation does: nobody of its members is active or sends any more,
    /// and the keys leave the memory. Nothing is deleted.
    pub(crate) fn lock_out(&self, unit: UnitId) -> Result<(), StoreError> {
        tracing::warn!(code = "A603", "this installation was revoked");
        self.device.lock_out(unit)?;
        self.lock();
        self.tell();
        Ok(())
    }

    fn active(&self) -> Result<Account, SyncError> {
        self.account()?.ok_or(SyncError::NotSetUp { missing: Missing::SignIn })
    }

    fn about<T>(
        &self,
        account: &Account,
        budget: Duration,
        question: impl Fn(&dyn Contract, &Sender) -> Ask<T>,
    ) -> Result<T, SyncError> {
        let cancel = Arc::new(CancelFlag::default());
        let asker = Asker { account, unit: account.active_unit, cancel: &cancel, budget };
        self.ask(&asker, "ask.unit", question)
    }
}

/// Fact by fact: what was changed here since the server was seen, else what the server has.
fn merged(here: &Profile, seen: &Profile, there: &Profile) -> Profile {
    let mut merged = there.clone();
    for field in ProfileField::ALL {
        let ours = here.get(*field);
        if ours != seen.get(*field) {
            // A value that was taken once is taken again.
            let _ = merged.set(*field, ours.unwrap_or_default());
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn profile(facts: &[(ProfileField, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (field, value) in facts {
            profile.set(*field, value).unwrap();
        }
        profile
    }

    #[test]
    fn whoever_changed_a_fact_is_right_about_it() {
        use ProfileField::{Name, Office, Rooms, Site, Zone};
        let seen = profile(&[(Name, "A"), (Zone, "WIB"), (Rooms, "1"), (Office, "O")]);
        let here = profile(&[(Name, "A"), (Zone, "WITA"), (Rooms, "2")]);
        let there = profile(&[(Name, "B"), (Zone, "WIB"), (Rooms, "3"), (Office, "O"), (Site, "S")]);
        let expected = profile(&[(Name, "B"), (Zone, "WITA"), (Rooms, "2"), (Site, "S")]);
        assert_eq!(merged(&here, &seen, &there), expected);
        assert_eq!(
            merged(&Profile::default(), &Profile::default(), &there),
            there,
            "a new phone takes it all"
        );
    }
}
