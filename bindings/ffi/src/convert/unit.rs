//! What a unit says about itself, and who and what belongs to it.

use std::collections::HashMap;

use apoa_core as core;
use apoa_core::report::profile::{self, BadProfileValue};

use super::ids::{AccountId, DeviceId};
use super::words::ProfileField;
use crate::error::DraftError;

/// What a unit says about itself; an empty value takes a fact out.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Profile {
    /// Its facts.
    pub facts: HashMap<ProfileField, String>,
}

impl TryFrom<Profile> for profile::Profile {
    type Error = DraftError;

    fn try_from(profile: Profile) -> Result<Self, DraftError> {
        let Profile { facts } = profile;
        let mut converted = Self::default();
        for (field, value) in facts {
            converted.set(field, &value).map_err(|BadProfileValue(field)| DraftError::BadValue { field })?;
        }
        Ok(converted)
    }
}

impl From<profile::Profile> for Profile {
    fn from(profile: profile::Profile) -> Self {
        Self { facts: profile.facts().map(|(field, value)| (field, value.to_owned())).collect() }
    }
}

/// A member of the unit, as the server lists it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct StaffMember {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub user: String,
    /// What it may do: `report`, `inspect`, `manage`, or a word of a later server.
    pub rights: Vec<String>,
}

impl From<core::StaffMember> for StaffMember {
    fn from(member: core::StaffMember) -> Self {
        let core::StaffMember { account, user, rights } = member;
        Self { account, user: user.reveal().clone(), rights }
    }
}

/// An installation the unit saw.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct UnitDevice {
    /// The installation.
    pub device: DeviceId,
    /// Whose sign-in used it last.
    pub account: AccountId,
    /// That one's user name.
    pub user: String,
    /// When it came first, RFC 3339.
    pub first_seen: String,
    /// When it came last, exact to a minute.
    pub last_seen: String,
    /// Since when it may not come any more.
    pub revoked_at: Option<String>,
}

impl From<core::UnitDevice> for UnitDevice {
    fn from(device: core::UnitDevice) -> Self {
        let core::UnitDevice { device, account, user, first_seen, last_seen, revoked_at } = device;
        Self { device, account, user: user.reveal().clone(), first_seen, last_seen, revoked_at }
    }
}
