//! `device.db`: this installation, who may use it, for which units, and how it reaches its server.
//! A lost or damaged `device.db` costs a new sign-in: the units' folders name themselves and are taken in again.

use core::fmt;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use apoa_domain::ids::{AccountId, DeviceId, Timestamp, UnitId};
use apoa_domain::private::Private;
use apoa_domain::report::profile::Profile;
use rusqlite::{OptionalExtension as _, Transaction};

use super::connection::Database;
use super::files::create_private_folder;
use super::quarantine;
use super::remembered::Remembered;
use super::schema;
use super::unit::{self, UnitStore};
use crate::error::Error;
use crate::ports::{KeyVault, Ports, Random, VaultError};
use crate::seal::envelope::{self, Column, Place};
use crate::seal::keys::{self, EpochKeys, KeyError, WrappedMaster};

/// The first key of this installation; each further one counts up.
const ALIAS: &str = "apoa.device.1";

/// What a member may do in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// File reports.
    Report = 1,
    /// See closed reports.
    Inspect = 2,
    /// Change profile, staff and devices.
    Manage = 4,
}

impl Right {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Report, Self::Inspect, Self::Manage];

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Inspect => "inspect",
            Self::Manage => "manage",
        }
    }
}

/// A unit as its member sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct UnitCard {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// `lodging`, `company` or `private`.
    pub kind: String,
    /// What the account may do there.
    pub rights: Vec<Right>,
}

impl fmt::Debug for UnitCard {
    /// Without the name: that of a private host's unit is a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unit, name: _, kind, rights } = self;
        f.debug_struct("UnitCard")
            .field("unit", unit)
            .field("kind", kind)
            .field("rights", rights)
            .finish_non_exhaustive()
    }
}

/// A person known on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub user: Private<String>,
    /// The units it belongs to.
    pub units: Vec<UnitCard>,
    /// The unit new reports go to.
    pub active_unit: UnitId,
}

/// Bearer tokens of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access: Private<String>,
    pub(crate) refresh: Private<String>,
    /// By the server's clock.
    pub(crate) expires: Timestamp,
}

/// What one sign-in brings.
pub(crate) struct SignedIn<'a> {
    pub(crate) account: AccountId,
    pub(crate) user: &'a str,
    pub(crate) units: &'a [UnitCard],
    pub(crate) tokens: &'a Tokens,
    pub(crate) server: &'a str,
    pub(crate) trust: &'a str,
}

/// Whether the patterns of a config may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternsOf {
    /// They may; so may the built-in ones that a config without any leaves in use.
    Good,
    /// They break a rule.
    Refused,
}

/// The open `device.db`.
pub(crate) struct DeviceStore {
    pub(crate) device: DeviceId,
    units: PathBuf,
    pub(super) database: Database,
    pub(super) keys: RwLock<Option<Arc<EpochKeys>>>,
    // Every saved report asks for these four.
    pub(super) known_account: Remembered<Option<Account>>,
    pub(super) known_profile: Remembered<Profile, UnitId>,
    known_config: Remembered<Option<String>>,
    known_server: Remembered<(Option<String>, Option<String>)>,
    pub(super) vault: Arc<dyn KeyVault>,
    pub(super) random: Arc<dyn Random>,
}

impl DeviceStore {
    /// Opens or makes the file in this folder. A damaged one is moved aside and costs a new sign-in: the folders of the
    /// units name themselves.
    pub(crate) fn open(root: &Path, ports: &Ports) -> Result<Self, Error> {
        create_private_folder(root)?;
        match Self::open_file(root, ports) {
            Err(error) if error.is_damage() => {
                quarantine::set_aside(
                    root,
                    &["device.db", "device.db-wal", "device.db-shm", "device.suspect"],
                )?;
                Self::open_file(root, ports)
            }
            opened => opened,
        }
    }

    fn open_file(root: &Path, ports: &Ports) -> Result<Self, Error> {
        let make_key = || {
            let master = keys::create(&*ports.vault, ALIAS, &*ports.random)?;
            Ok((DeviceId::new(ports.clock.wall().0, ports.random.array()?), master))
        };
        let first_rows = |tx: &Transaction<'_>, (device, master): (DeviceId, WrappedMaster)| {
            tx.execute(
                "INSERT INTO device(one, device_id, alias, wrapped_mk) VALUES(1, ?1, ?2, ?3)",
                (device.as_bytes(), ALIAS, &master.0),
            )?;
            Ok(())
        };
        let database = Database::open(&root.join("device.db"), &schema::DEVICE, make_key, first_rows)?;
        database.settle_suspicion()?;
        let device = database.read(|tx| {
            Ok(tx.query_row("SELECT device_id FROM device", [], |row| row.get::<_, [u8; 16]>(0))?)
        })?;
        Ok(Self {
            device: DeviceId::from_bytes(device),
            units: root.join("units"),
            database,
            keys: RwLock::default(),
            known_account: Remembered::default(),
            known_profile: Remembered::default(),
            known_config: Remembered::default(),
            known_server: Remembered::default(),
            vault: Arc::clone(&ports.vault),
            random: Arc::clone(&ports.random),
        })
    }

    /// Keeps account, units, tokens, server and trust in one transaction. The folder of each new unit is durable
    /// before; one that an interrupted sign-in left behind is taken in.
    pub(crate) fn remember(&self, new: &SignedIn<'_>, ports: &Ports) -> Result<(), Error> {
        self.replace_lost_key()?;
        create_private_folder(&self.units)?;
        let folders = self.folders_for(new.units, ports)?;
        let account = *new.account.as_bytes();
        let user = self.seal(Column::AccountName, account, new.user.as_bytes())?;
        let refresh = self.seal(Column::TokenRefresh, account, new.tokens.refresh.reveal().as_bytes())?;
        let access = self.seal(Column::TokenAccess, account, new.tokens.access.reveal().as_bytes())?;
        let names: Vec<Vec<u8>> = new
            .units
            .iter()
            .map(|card| self.seal(Column::UnitName, *card.unit.as_bytes(), card.name.as_bytes()))
            .collect::<Result<_, _>>()?;
        self.database.write("commit.sign_in", |tx| {
            tx.execute(
                "INSERT INTO account(id, enc_name, state) VALUES(?1, ?2, 0) \
                 ON CONFLICT(id) DO UPDATE SET enc_name = ?2, state = 0",
                (account, &user),
            )?;
            tx.execute("DELETE FROM membership WHERE account_id = ?1", [account])?;
            for ((card, folder), name) in new.units.iter().zip(&folders).zip(&names) {
                let unit = *card.unit.as_bytes();
                tx.execute(
                    "INSERT INTO unit(id, dir, kind, enc_name) VALUES(?1, ?2, ?3, ?4) \
                     ON CONFLICT(id) DO UPDATE SET kind = ?3, enc_name = ?4",
                    (unit, folder, &card.kind, name),
                )?;
                let rights = card.rights.iter().fold(0, |bits, right| bits | *right as i64);
                tx.execute("INSERT INTO membership VALUES(?1, ?2, ?3)", (account, unit, rights))?;
            }
            put_tokens(tx, account, &refresh, &access, new.tokens.expires)?;
            let active = new.units.first().map(|card| *card.unit.as_bytes());
            tx.execute(
                "UPDATE device SET server = ?1, trust = ?2, active_account = ?3, active_unit = \
                 CASE WHEN active_unit IN (SELECT unit_id FROM membership WHERE account_id = ?3) THEN active_unit ELSE ?4 END",
                (new.server, new.trust, account, active),
            )?;
            Ok(())
        })
    }

    /// The folder name of each unit: the known one, an orphan's, or a new one.
    fn folders_for(&self, cards: &[UnitCard], ports: &Ports) -> Result<Vec<String>, Error> {
        let known: Vec<([u8; 16], String)> = self.database.read(|tx| {
            let mut statement = tx.prepare("SELECT id, dir FROM unit")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut orphans = Vec::new();
        for folder in
            unit::tidy(&self.units, &known.iter().map(|(_, name)| name.clone()).collect::<BTreeSet<_>>())?
        {
            // A folder whose key or file does not answer stays where it is, for a person to look at.
            if let (Ok(store), Some(name)) = (UnitStore::open(&folder, ports), folder.file_name()) {
                orphans.push((store.unit, name.to_string_lossy().into_owned()));
            }
        }
        cards
            .iter()
            .map(|card| {
                let here =
                    known.iter().find(|(id, _)| id == card.unit.as_bytes()).map(|(_, name)| name.clone());
                let found = orphans.iter().find(|(unit, _)| *unit == card.unit).map(|(_, name)| name.clone());
                match here.or(found) {
                    Some(name) => Ok(name),
                    None => UnitStore::create(&self.units, card.unit, ports),
                }
            })
            .collect()
    }

    /// The active account with its units; `None` before the first sign-in. Names are empty while the key does not
    /// answer: everything else works without it.
    pub(crate) fn account(&self) -> Result<Option<Account>, Error> {
        // Without the key its names are empty, and the next one asks for them again.
        if !self.has_key() {
            return self.read_account();
        }
        self.known_account.get(&self.database, (), || self.read_account())
    }

    fn read_account(&self) -> Result<Option<Account>, Error> {
        let found = self.database.read(|tx| {
            tx.query_row(
                "SELECT a.id, a.enc_name, d.active_unit FROM device d JOIN account a ON a.id = d.active_account \
                 WHERE d.active_unit IS NOT NULL",
                [],
                |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, [u8; 16]>(2)?)),
            )
            .optional()
            .map_err(Error::from)
        })?;
        let Some((account, user, active)) = found else { return Ok(None) };
        Ok(Some(Account {
            account: AccountId::from_bytes(account),
            user: self.name(Column::AccountName, account, &user),
            units: self.units_of(account)?,
            active_unit: UnitId::from_bytes(active),
        }))
    }

    fn units_of(&self, account: [u8; 16]) -> Result<Vec<UnitCard>, Error> {
        let rows: Vec<([u8; 16], String, Vec<u8>, i64)> = self.database.read(|tx| {
            let mut statement = tx.prepare(
                "SELECT u.id, u.kind, u.enc_name, m.rights FROM membership m JOIN unit u ON u.id = m.unit_id \
                 WHERE m.account_id = ?1 ORDER BY u.rowid",
            )?;
            let rows = statement
                .query_map([account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let cards = rows.into_iter().map(|(unit, kind, name, rights)| UnitCard {
            unit: UnitId::from_bytes(unit),
            name: self.name(Column::UnitName, unit, &name).reveal().clone(),
            kind,
            rights: Right::ALL.iter().copied().filter(|right| rights & (*right as i64) != 0).collect(),
        });
        Ok(cards.collect())
    }

    /// The folder of a unit.
    pub(crate) fn folder(&self, unit: UnitId) -> Result<PathBuf, Error> {
        let name: String = self.database.read(|tx| {
            Ok(tx.query_row("SELECT dir FROM unit WHERE id = ?1", [unit.as_bytes()], |row| row.get(0))?)
        })?;
        Ok(self.units.join(name))
    }

    /// Server and trust as the last sign-in left them.
    pub(crate) fn server(&self) -> Result<(Option<String>, Option<String>), Error> {
        self.known_server.get(&self.database, (), || {
            self.database.read(|tx| {
                Ok(tx.query_row("SELECT server, trust FROM device", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?)
            })
        })
    }

    /// The tokens of an account; `None` when it signed out.
    pub(crate) fn tokens(&self, account: AccountId) -> Result<Option<Tokens>, Error> {
        let row = *account.as_bytes();
        let found = self.database.read(|tx| {
            tx.query_row(
                "SELECT enc_refresh, enc_access, expires_ms FROM token WHERE account_id = ?1 AND enc_access IS NOT NULL",
                [row],
                |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, i64>(2)?)),
            )
            .optional()
            .map_err(Error::from)
        })?;
        let Some((refresh, access, expires)) = found else { return Ok(None) };
        if matches!(self.keys(), Err(Error::Key(KeyError::Vault(VaultError::Lost)))) {
            return Ok(None);
        }
        Ok(Some(Tokens {
            access: self.open_text(Column::TokenAccess, row, &access)?,
            refresh: self.open_text(Column::TokenRefresh, row, &refresh)?,
            expires: Timestamp(expires),
        }))
    }

    /// Keeps new tokens: on disk before the access token is used, so that a crash cannot lose the refresh token.
    pub(crate) fn set_tokens(&self, account: AccountId, tokens: &Tokens) -> Result<(), Error> {
        let row = *account.as_bytes();
        let refresh = self.seal(Column::TokenRefresh, row, tokens.refresh.reveal().as_bytes())?;
        let access = self.seal(Column::TokenAccess, row, tokens.access.reveal().as_bytes())?;
        self.database.write("commit.tokens", |tx| put_tokens(tx, row, &refresh, &access, tokens.expires))
    }

    /// The newest signed config.
    pub(crate) fn config(&self) -> Result<Option<String>, Error> {
        self.known_config.get(&self.database, (), || {
            self.database.read(|tx| {
                Ok(tx
                    .query_row("SELECT jws FROM config ORDER BY serial DESC LIMIT 1", [], |row| row.get(0))
                    .optional()?)
            })
        })
    }

    /// Every signed config that is kept, the newest first: that one, and behind one with refused patterns the last one
    /// whose patterns were good.
    pub(crate) fn configs(&self) -> Result<Vec<String>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare("SELECT jws FROM config ORDER BY serial DESC")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Keeps a config unless a newer one is there: the serial never falls. The oldest that is kept is the one with good
    /// patterns, if there ever was one: it goes only when another with good ones comes.
    pub(crate) fn keep_config(&self, serial: i64, jws: &str, patterns: PatternsOf) -> Result<(), Error> {
        let outdated = match patterns {
            PatternsOf::Good => "DELETE FROM config",
            PatternsOf::Refused => "DELETE FROM config WHERE serial > (SELECT min(serial) FROM config)",
        };
        self.database.write("commit.config", |tx| {
            let newest: Option<i64> = tx.query_row("SELECT max(serial) FROM config", [], |row| row.get(0))?;
            if newest.is_none_or(|newest| newest <= serial) {
                tx.execute(outdated, [])?;
                tx.execute("INSERT OR REPLACE INTO config(serial, jws) VALUES(?1, ?2)", (serial, jws))?;
            }
            Ok(())
        })
    }

    /// Whether the file is sound, by its own checksums.
    pub(crate) fn is_sound(&self) -> Result<bool, Error> {
        self.database.is_sound()
    }

    fn place(&self, column: Column, row: [u8; 16]) -> Place {
        Place { owner: *self.device.as_bytes(), column, row, tag: [0; 16] }
    }

    pub(super) fn seal(&self, column: Column, row: [u8; 16], plain: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(envelope::seal(self.keys()?.own(), &self.place(column, row), plain, &*self.random)?)
    }

    /// A name as far as it can be read.
    fn name(&self, column: Column, row: [u8; 16], sealed: &[u8]) -> Private<String> {
        self.open_text(column, row, sealed).unwrap_or_default()
    }

    pub(super) fn open_text(
        &self,
        column: Column,
        row: [u8; 16],
        sealed: &[u8],
    ) -> Result<Private<String>, Error> {
        let bytes = envelope::open(self.keys()?.own(), &self.place(column, row), sealed)?;
        core::str::from_utf8(&bytes).map(Private::from).map_err(|_| Error::Stored("text"))
    }
}

fn put_tokens(
    tx: &Transaction<'_>,
    account: [u8; 16],
    refresh: &[u8],
    access: &[u8],
    expires: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO token(account_id, enc_refresh, enc_access, expires_ms) VALUES(?1, ?2, ?3, ?4) \
         ON CONFLICT(account_id) DO UPDATE SET enc_refresh = ?2, enc_access = ?3, expires_ms = ?4",
        (account, refresh, access, expires.0),
    )?;
    Ok(())
}
