//! Settings, and who works here.

use apoa_core::private::Private;
use apoa_core::{self as core, Missing};

use super::ids::{AccountId, UnitId};
use super::words::UnitRight;
use crate::error::SyncError;

/// Settings of one client.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Config {
    /// Private folder of the app, outside backups.
    pub data_dir: String,
    /// Origin of the server; nothing takes what the last sign-in remembered.
    pub server: Option<String>,
    /// Text of the trust file; nothing takes what the last sign-in remembered.
    pub trust: Option<String>,
    /// Client id of the deployment.
    pub client_id: String,
    /// Name of the platform.
    pub platform: String,
}

impl TryFrom<Config> for core::Config {
    type Error = SyncError;

    fn try_from(config: Config) -> Result<Self, SyncError> {
        let Config { data_dir, server, trust, client_id, platform } = config;
        let missing = |missing| SyncError::from(core::SyncError::NotSetUp { missing });
        Ok(Self {
            data_dir: data_dir.into(),
            server: server.map(|url| url.parse()).transpose().map_err(|_| missing(Missing::Server))?,
            trust: trust
                .map(|pem| core::Trust::from_pem(&pem))
                .transpose()
                .map_err(|_| missing(Missing::Trust))?,
            client_id,
            platform,
        })
    }
}

/// What a person signs in with.
#[derive(Clone, uniffi::Enum)]
pub enum Credentials {
    /// User name and password.
    Password {
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
    /// A code that the office handed out. It works once.
    AccessCode {
        /// The code.
        code: String,
    },
    /// A code that was mailed a moment ago. It works once.
    EmailCode {
        /// The code.
        code: String,
    },
}

impl From<Credentials> for core::Credentials {
    fn from(credentials: Credentials) -> Self {
        match credentials {
            Credentials::Password { user, password } => {
                Self::Password { user: Private::new(user), password: Private::new(password) }
            }
            Credentials::AccessCode { code } => Self::AccessCode { code: Private::new(code) },
            Credentials::EmailCode { code } => Self::EmailCode { code: Private::new(code) },
        }
    }
}

/// A unit as its member sees it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct UnitCard {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// `lodging`, `company` or `private`.
    pub kind: String,
    /// What the account may do there.
    pub rights: Vec<UnitRight>,
}

impl From<core::UnitCard> for UnitCard {
    fn from(card: core::UnitCard) -> Self {
        let core::UnitCard { unit, name, kind, rights } = card;
        Self { unit, name, kind, rights }
    }
}

fn cards(units: Vec<core::UnitCard>) -> Vec<UnitCard> {
    units.into_iter().map(UnitCard::from).collect()
}

/// Who is active on this device.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub user: String,
    /// The units it belongs to.
    pub units: Vec<UnitCard>,
    /// The unit new reports go to.
    pub active_unit: UnitId,
}

impl From<core::Account> for Account {
    fn from(account: core::Account) -> Self {
        let core::Account { account, user, units, active_unit } = account;
        Self { account, user: user.reveal().clone(), units: cards(units), active_unit }
    }
}

/// A person known on this device, whether signed in or not.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Its user name; empty while the key does not answer.
    pub user: String,
    /// Whether this device may send in its name.
    pub signed_in: bool,
    /// The units it belongs to.
    pub units: Vec<UnitCard>,
}

impl From<core::Member> for Member {
    fn from(member: core::Member) -> Self {
        let core::Member { account, user, signed_in, units } = member;
        Self { account, user: user.reveal().clone(), signed_in, units: cards(units) }
    }
}

/// Who signed out, and what waits for the next one.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct SignedOut {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub user: String,
    /// Reports that wait in its units, whoever typed them. They stay.
    pub waiting: i64,
    /// In how many units.
    pub units: i64,
}

impl From<core::SignedOut> for SignedOut {
    fn from(signed_out: core::SignedOut) -> Self {
        let core::SignedOut { account, user, waiting, units } = signed_out;
        Self { account, user: user.reveal().clone(), waiting: waiting.into(), units: units.into() }
    }
}
