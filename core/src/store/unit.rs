//! The file of one reporting unit: made crash-safely, opened without its keys.
//!
//! A unit is built under `<random>.new`, synced, renamed to `<random>`, and only then entered in `device.db`. At
//! start leftovers `.new` go, and a finished folder without an entry is taken in: each file names its unit.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use apoa_domain::ids::UnitId;
use apoa_domain::report::retention::RetentionRules;
use rusqlite::{OptionalExtension as _, Transaction};

use super::connection::Database;
use super::files::{create_private_folder, sync_folder};
use super::keyfile;
use super::keyring::{self, CURRENT, KeyRing};
use super::quarantine::{self, Salvage};
use super::schema;
use crate::error::Error;
use crate::failpoint::around;
use crate::ports::{Clock, KeyVault, Ports, Random};
use crate::seal::keys::{self, WrappedMaster};

/// The first key epoch of a unit.
const FIRST_EPOCH: u32 = 1;

/// Folders of damaged copies are called so, with a number.
pub(super) const QUARANTINE: &str = "quarantine-";

/// Everything of one unit.
pub(crate) struct UnitStore {
    pub(crate) unit: UnitId,
    pub(super) database: Database,
    pub(super) ring: RwLock<Option<Arc<KeyRing>>>,
    pub(super) vault: Arc<dyn KeyVault>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    retention: RwLock<RetentionRules>,
    /// Held shared while a row is written under the keys that were looked up for it, alone while rows change their
    /// epoch: no row is ever written under a key that is on its way out.
    pub(super) filing: RwLock<()>,
    /// The unit's folder; what was damaged lies in it beside the live file.
    pub(super) folder: PathBuf,
    /// What had to be rescued when it was opened.
    pub(crate) salvage: Option<Salvage>,
}

impl UnitStore {
    /// Opens the unit of this folder. The vault is asked when a key is first needed. A damaged file is moved aside, and
    /// what of it can be proved is there again.
    pub(crate) fn open(folder: &Path, ports: &Ports) -> Result<Self, Error> {
        let mut salvage = None;
        if quarantine::is_unfinished(folder) {
            salvage = Some(quarantine::rescue(folder, ports)?);
        }
        match Self::open_live(folder, ports) {
            Err(error) if error.is_damage() => {
                salvage = Some(quarantine::rescue(folder, ports)?);
                let opened = Self::open_live(folder, ports)?;
                Ok(Self { salvage, ..opened })
            }
            opened => Ok(Self { salvage, ..opened? }),
        }
    }

    fn open_live(folder: &Path, ports: &Ports) -> Result<Self, Error> {
        let path = folder.join("live").join("unit.db");
        if !path.try_exists()? {
            return Err(Error::Stored("unit file"));
        }
        let database = Database::open(
            &path,
            &schema::UNIT,
            || Err::<(), _>(Error::Stored("unit without content")),
            |_, ()| Ok(()),
        )?;
        database.settle_suspicion()?;
        let unit = database.read(|tx| {
            state(tx, "unit")?.and_then(|bytes| bytes.try_into().ok()).ok_or(Error::Stored("unit id"))
        })?;
        Ok(Self {
            unit: UnitId::from_bytes(unit),
            database,
            ring: RwLock::default(),
            vault: Arc::clone(&ports.vault),
            clock: Arc::clone(&ports.clock),
            random: Arc::clone(&ports.random),
            retention: RwLock::default(),
            filing: RwLock::default(),
            folder: folder.to_owned(),
            salvage: None,
        })
    }

    /// What lies in quarantine beside the live file.
    pub(crate) fn kept_aside(&self) -> Vec<Salvage> {
        quarantine::kept(&self.folder)
    }

    /// Whether a damaged copy lies beside the live file.
    pub(super) fn has_quarantine(&self) -> bool {
        let Ok(entries) = fs::read_dir(&self.folder) else { return false };
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(QUARANTINE))
    }

    /// How long things stay, as the server's config says.
    pub(crate) fn set_retention(&self, rules: RetentionRules) {
        *self.retention.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    pub(crate) fn retention(&self) -> RetentionRules {
        *self.retention.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the folder of a unit and returns its name below `units`. Nothing refers to it yet.
    pub(crate) fn create(units: &Path, unit: UnitId, ports: &Ports) -> Result<String, Error> {
        let name = folder_name(&*ports.random)?;
        let building = units.join(format!("{name}.new"));
        let live = building.join("live");
        create_private_folder(&live)?;
        let alias = format!("apoa.{name}.{FIRST_EPOCH}");
        let make_key = || Ok(keys::create(&*ports.vault, &alias, &*ports.random)?);
        let first_rows = |tx: &Transaction<'_>, master: WrappedMaster| {
            tx.execute(
                "INSERT INTO key_epoch(epoch, alias, wrapped_mk, state) VALUES(?1, ?2, ?3, ?4)",
                (FIRST_EPOCH, &alias, &master.0, CURRENT),
            )?;
            set_state(tx, "unit", unit.as_bytes())
        };
        let database = Database::open(&live.join("unit.db"), &schema::UNIT, make_key, first_rows)?;
        keyfile::write(&building, unit, &keyring::epochs_of(&database)?)?;
        drop(database);
        sync_folder(&live)?;
        around("file.unit_synced", || sync_folder(&building))?;
        around("file.unit_renamed", || fs::rename(&building, units.join(&name)))?;
        sync_folder(units)?;
        Ok(name)
    }

    /// Closes the file and frees its lock.
    pub(crate) fn suspend(&self) -> Result<(), Error> {
        self.database.suspend()
    }

    /// Opens the file again.
    pub(crate) fn resume(&self) -> Result<(), Error> {
        self.database.resume()
    }

    /// Whether the file is sound, by its own checksums.
    pub(crate) fn is_sound(&self) -> Result<bool, Error> {
        self.database.is_sound()
    }

    /// The offset of the server's clock as an earlier process measured it.
    pub(crate) fn clock_offset(&self) -> Result<Option<i64>, Error> {
        let bytes = self.database.read(|tx| state(tx, "offset"))?;
        Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes))
    }

    /// Where the last pull of changes ended; `None` before the first one.
    pub(crate) fn cursor(&self) -> Result<Option<String>, Error> {
        let bytes = self.database.read(|tx| state(tx, "cursor"))?.unwrap_or_default();
        let text = String::from_utf8(bytes).map_err(|_| Error::Stored("cursor"))?;
        Ok((!text.is_empty()).then_some(text))
    }

    /// Keeps it; empty starts over.
    pub(crate) fn set_cursor(&self, cursor: &str) -> Result<(), Error> {
        if self.cursor()?.as_deref() == Some(cursor) {
            return Ok(());
        }
        self.database.write("commit.cursor", |tx| set_state(tx, "cursor", cursor.as_bytes()))
    }

    /// Keeps the offset for the next process.
    pub(crate) fn set_clock_offset(&self, offset_ms: i64) -> Result<(), Error> {
        self.database.write("commit.offset", |tx| set_state(tx, "offset", &offset_ms.to_be_bytes()))
    }
}

/// A word of the server or of this device about the unit.
pub(super) fn state(tx: &Transaction<'_>, key: &str) -> Result<Option<Vec<u8>>, Error> {
    let mut statement = tx.prepare_cached("SELECT v FROM sync_state WHERE k = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(super) fn set_state(tx: &Transaction<'_>, key: &str, value: &[u8]) -> Result<(), Error> {
    tx.prepare_cached("INSERT INTO sync_state(k, v) VALUES(?1, ?2) ON CONFLICT(k) DO UPDATE SET v = ?2")?
        .execute((key, value))?;
    Ok(())
}

/// Removes what an interrupted creation left, and returns the finished folders that `known` does not name.
/// A half-made folder held no report: nothing can be saved before its rename.
pub(super) fn tidy(units: &Path, known: &BTreeSet<String>) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(units) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut orphans = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "new") {
            fs::remove_dir_all(&path)?;
        } else if !known.contains(&name) && path.join("live").join("unit.db").is_file() {
            orphans.push(path);
        }
    }
    Ok(orphans)
}

/// Random, so that a folder's name says nothing about its unit.
fn folder_name(random: &dyn Random) -> Result<String, Error> {
    Ok(format!("{:016x}", u64::from_be_bytes(random.array()?)))
}
