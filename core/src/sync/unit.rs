//! What a phone hears about its unit: profile, members, installations.

use apoa_domain::ids::{AccountId, DeviceId};
use apoa_domain::private::Private;
use apoa_domain::report::profile::Profile;
use serde::Deserialize;

/// A profile as the server has it, and the tag by which it is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedProfile {
    /// Facts that are known here.
    pub profile: Profile,
    /// Opaque.
    pub tag: String,
}

/// What came of replacing a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The server has it.
    Done,
    /// Somebody was faster: read again.
    Moved,
}

/// A member of the unit, as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct StaffMember {
    /// The account.
    #[serde(rename = "id")]
    pub account: AccountId,
    /// Its user name.
    #[serde(rename = "name")]
    pub user: Private<String>,
    /// What it may do: `report`, `inspect`, `manage`, or a word of a later server.
    pub rights: Vec<String>,
}

/// An installation the unit saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitDevice {
    /// The installation.
    pub device: DeviceId,
    /// Whose sign-in used it last.
    pub account: AccountId,
    /// That one's user name.
    pub user: Private<String>,
    /// When it came first, RFC 3339.
    pub first_seen: String,
    /// When it came last, exact to a minute.
    pub last_seen: String,
    /// Since when it may not come any more.
    pub revoked_at: Option<String>,
}
