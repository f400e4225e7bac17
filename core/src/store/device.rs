//! `device.db`: this installation, its key, and how it reaches its server. Who may use it stands in `accounts.rs`.
//! A lost or damaged `device.db` costs a new sign-in: the units' folders name themselves and are taken in again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use apoa_domain::ids::{DeviceId, UnitId};
use apoa_domain::private::Private;
use apoa_domain::report::profile::Profile;
use rusqlite::{OptionalExtension as _, Transaction};

use super::accounts::Account;
use super::connection::Database;
use super::files::create_private_folder;
use super::quarantine;
use super::remembered::Remembered;
use super::schema;
use crate::error::Error;
use crate::ports::{KeyVault, Ports, Random};
use crate::seal::envelope::{self, Column, Place};
use crate::seal::keys::{self, EpochKeys, WrappedMaster};

/// The first key of this installation; each further one counts up.
const ALIAS: &str = "apoa.device.1";

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
    pub(super) units: PathBuf,
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

    /// Remembers server and trust where nobody signed in yet: later a config that is kept can be verified by itself. What
    /// a sign-in left stays.
    pub(crate) fn meet(&self, server: &str, trust: &str) -> Result<(), Error> {
        self.database.write("commit.meet", |tx| {
            tx.execute("UPDATE device SET server = ?1, trust = ?2 WHERE trust IS NULL", (server, trust))?;
            Ok(())
        })
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
