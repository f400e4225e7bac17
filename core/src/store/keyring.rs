//! The keys of a unit, an epoch each. The vault is asked when a key is first needed, outside every transaction and
//! under no lock, so that counts and deadlines are there while it is locked.
//!
//! A lost key deletes nothing: the rows of its epoch stay, listed without their contents, and new reports get an epoch
//! of their own. A vault that was wrong for a while makes them readable again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLockReadGuard};

use apoa_domain::codes::Code;
use apoa_domain::report::finalise::ClockTrust;

use super::connection::Database;
use super::events::{Happening, Moment, log};
use super::keyfile;
use super::unit::UnitStore;
use crate::error::Error;
use crate::ports::VaultError;
use crate::seal::keys::{self, EpochKeys};

/// States of an epoch, as the file keeps them.
pub(super) const FILLING: u32 = 0;
pub(super) const CURRENT: u32 = 1;
pub(super) const RETIRING: u32 = 2;

/// The keys that open, and the epochs whose keys are gone.
pub(crate) struct KeyRing {
    current: Arc<EpochKeys>,
    known: BTreeMap<u32, Arc<EpochKeys>>,
    lost: BTreeSet<u32>,
}

/// A row of `key_epoch`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct EpochRow {
    pub(super) epoch: u32,
    pub(super) alias: String,
    pub(super) wrapped: Vec<u8>,
    pub(super) state: u32,
}

impl KeyRing {
    /// The keys of an epoch.
    pub(crate) fn of(&self, epoch: u32) -> Result<&EpochKeys, Error> {
        match self.known.get(&epoch) {
            Some(keys) => Ok(keys),
            None if self.lost.contains(&epoch) => Err(VaultError::Lost.into()),
            None => Err(Error::Stored("key epoch")),
        }
    }

    /// The keys new reports get.
    pub(crate) fn current(&self) -> &EpochKeys {
        &self.current
    }

    /// Every epoch that opens.
    pub(crate) fn known(&self) -> impl Iterator<Item = &EpochKeys> {
        self.known.values().map(AsRef::as_ref)
    }

    /// The same with one more epoch.
    pub(super) fn with(&self, keys: Arc<EpochKeys>) -> Self {
        let mut known = self.known.clone();
        known.insert(keys.epoch, keys);
        Self { current: Arc::clone(&self.current), known, lost: self.lost.clone() }
    }

    /// The same with another epoch for new reports.
    pub(super) fn led_by(&self, keys: Arc<EpochKeys>) -> Self {
        Self { current: Arc::clone(&keys), ..self.with(keys) }
    }

    /// The same without an epoch.
    pub(super) fn without(&self, epoch: u32) -> Self {
        let mut ring = self.with(Arc::clone(&self.current));
        ring.known.remove(&epoch);
        ring.lost.remove(&epoch);
        ring
    }
}

impl UnitStore {
    /// The keys; asked of the vault the first time.
    pub(crate) fn ring(&self) -> Result<Arc<KeyRing>, Error> {
        if let Some(ring) = &*self.ring.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Arc::clone(ring));
        }
        let ring = Arc::new(self.load_ring()?);
        self.keep_keys()?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&ring));
        Ok(ring)
    }

    /// Held while a row is written under keys that were looked up for it. The vault is asked before, not under it.
    pub(super) fn shared(&self) -> Result<RwLockReadGuard<'_, ()>, Error> {
        self.ring()?;
        Ok(self.filing.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace_ring(&self, change: impl FnOnce(&KeyRing) -> KeyRing) -> Result<(), Error> {
        let ring = Arc::new(change(&*self.ring()?));
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some(ring);
        Ok(())
    }

    /// Forgets the keys; the next use asks the vault again.
    pub(crate) fn forget_keys(&self) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn load_ring(&self) -> Result<KeyRing, Error> {
        let rows = self.epochs()?;
        let mut known = BTreeMap::new();
        let mut lost = BTreeSet::new();
        let mut current = None;
        for row in &rows {
            match keys::load(&*self.vault, &row.alias, row.epoch, &row.wrapped) {
                Ok(keys) => {
                    let keys = Arc::new(keys);
                    if row.state == CURRENT {
                        current = Some(Arc::clone(&keys));
                    }
                    known.insert(row.epoch, keys);
                }
                Err(VaultError::Lost) => {
                    lost.insert(row.epoch);
                }
                Err(error @ (VaultError::Locked | VaultError::Failed)) => return Err(error.into()),
            }
        }
        let current = match current {
            Some(keys) => keys,
            None => self.epoch_after_loss(&rows, &mut known)?,
        };
        Ok(KeyRing { current, known, lost })
    }

    /// A new epoch for new reports: what the lost key wrapped stays where it is.
    fn epoch_after_loss(
        &self,
        rows: &[EpochRow],
        known: &mut BTreeMap<u32, Arc<EpochKeys>>,
    ) -> Result<Arc<EpochKeys>, Error> {
        let (epoch, alias) = next_epoch(rows)?;
        let wrapped = keys::create(&*self.vault, &alias, &*self.random)?;
        let keys = Arc::new(keys::load(&*self.vault, &alias, epoch, &wrapped.0)?);
        let at = Moment { wall: self.clock.wall(), trust: ClockTrust::Unknown, actor: None };
        self.database.write("commit.epoch_lost", |tx| {
            tx.execute("UPDATE key_epoch SET state = ?1 WHERE state = ?2", (RETIRING, CURRENT))?;
            tx.execute(
                "INSERT INTO key_epoch(epoch, alias, wrapped_mk, state) VALUES(?1, ?2, ?3, ?4)",
                (epoch, &alias, &wrapped.0, CURRENT),
            )?;
            log(tx, None, None, Happening::KeyLost, Some(Code::KeyLost), at)
        })?;
        known.insert(epoch, Arc::clone(&keys));
        Ok(keys)
    }

    /// How many reports with open work nobody can open any more. Asks the vault anew.
    pub(crate) fn lost_work(&self) -> Result<u32, Error> {
        self.forget_keys();
        let ring = self.ring()?;
        let mut lost = 0;
        for epoch in &ring.lost {
            lost += self.database.read(|tx| {
                Ok(tx.query_row(
                    "SELECT count(*) FROM report WHERE epoch = ?1 AND work IN (1, 2, 3, 4)",
                    [epoch],
                    |row| row.get::<_, u32>(0),
                )?)
            })?;
        }
        Ok(lost)
    }

    /// Keeps the wrapped keys beside the file too, if what lies there is not the same.
    pub(super) fn keep_keys(&self) -> Result<(), Error> {
        let rows = self.epochs()?;
        if keyfile::read(&self.folder).is_some_and(|(unit, kept)| unit == self.unit && kept == rows) {
            return Ok(());
        }
        keyfile::write(&self.folder, self.unit, &rows)
    }

    /// Every epoch of the file, oldest first.
    pub(super) fn epochs(&self) -> Result<Vec<EpochRow>, Error> {
        epochs_of(&self.database)
    }
}

/// Every epoch of a unit's file, oldest first.
pub(super) fn epochs_of(database: &Database) -> Result<Vec<EpochRow>, Error> {
    database.read(|tx| {
        let mut statement =
            tx.prepare("SELECT epoch, alias, wrapped_mk, state FROM key_epoch ORDER BY epoch")?;
        let rows = statement.query_map([], |row| {
            Ok(EpochRow { epoch: row.get(0)?, alias: row.get(1)?, wrapped: row.get(2)?, state: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    })
}

/// The number and name of the epoch after these. The name changes with the number: with one lasting key of the vault an
/// old copy of the file could still be opened.
pub(super) fn next_epoch(rows: &[EpochRow]) -> Result<(u32, String), Error> {
    let newest = rows.last().ok_or(Error::Stored("key epoch"))?;
    let (name, _) = newest.alias.rsplit_once('.').ok_or(Error::Stored("key name"))?;
    let epoch = newest.epoch + 1;
    Ok((epoch, format!("{name}.{epoch}")))
}
