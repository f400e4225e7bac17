//! Settings, accounts and units.

use apoa_core::{self as core, Missing};

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

/// A unit as its member sees it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct UnitCard {
    /// The unit.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `lodging`, `company` or `private`.
    pub kind: String,
    /// What the account may do there.
    pub rights: Vec<String>,
}

/// A person known on this device.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// The account.
    pub id: String,
    /// Its user name.
    pub user: String,
    /// The units it belongs to.
    pub units: Vec<UnitCard>,
    /// The unit new reports go to.
    pub active_unit: String,
}

impl From<core::Account> for Account {
    fn from(account: core::Account) -> Self {
        let core::Account { account, user, units, active_unit } = account;
        Self {
            id: account.to_string(),
            user: user.reveal().clone(),
            units: units.into_iter().map(UnitCard::from).collect(),
            active_unit: active_unit.to_string(),
        }
    }
}

impl From<core::UnitCard> for UnitCard {
    fn from(card: core::UnitCard) -> Self {
        let core::UnitCard { unit, name, kind, rights } = card;
        let rights = rights.into_iter().map(|right| right.as_str().to_owned()).collect();
        Self { id: unit.to_string(), name, kind, rights }
    }
}
