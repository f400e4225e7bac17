//! The key of this installation: it seals names, profiles and tokens. Lost, it costs a new sign-in and no report.

use std::sync::{Arc, PoisonError};

use super::device::DeviceStore;
use crate::error::Error;
use crate::ports::VaultError;
use crate::seal::keys::{self, EpochKeys, KeyError};

impl DeviceStore {
    /// The key of this installation; the vault is asked the first time, outside every transaction.
    pub(super) fn keys(&self) -> Result<Arc<EpochKeys>, Error> {
        if let Some(keys) = &*self.keys.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Arc::clone(keys));
        }
        let (alias, wrapped) = self.wrapped()?;
        let keys = Arc::new(keys::load(&*self.vault, &alias, number(&alias)?, &wrapped)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&keys));
        Ok(keys)
    }

    /// Whether the key is in memory.
    pub(super) fn has_key(&self) -> bool {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn wrapped(&self) -> Result<(String, Vec<u8>), Error> {
        self.database.read(|tx| {
            Ok(tx.query_row("SELECT alias, wrapped_mk FROM device", [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
            })?)
        })
    }

    /// Whether the key answers.
    pub(crate) fn ask_key(&self) -> Result<(), Error> {
        self.keys().map(drop)
    }

    /// Forgets the key and what it opened; the next use asks the vault again.
    pub(crate) fn forget_keys(&self) {
        self.known_account.forget();
        self.known_profile.forget();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// A sign-in brings everything anew, so a lost key gets a successor then. What it wrapped is kept: a vault may be
    /// wrong for a while.
    pub(super) fn replace_lost_key(&self) -> Result<(), Error> {
        match self.keys() {
            Err(Error::Key(KeyError::Vault(VaultError::Lost))) => {}
            other => return other.map(drop),
        }
        let (old, _) = self.wrapped()?;
        let (name, _) = old.rsplit_once('.').ok_or(Error::Stored("key name"))?;
        let alias = format!("{name}.{}", number(&old)? + 1);
        let master = keys::create(&*self.vault, &alias, &*self.random)?;
        self.database.write("commit.device_key", |tx| {
            tx.execute(
                "INSERT OR IGNORE INTO lost_key(alias, wrapped_mk) SELECT alias, wrapped_mk FROM device",
                [],
            )?;
            tx.execute("UPDATE device SET alias = ?1, wrapped_mk = ?2", (&alias, &master.0))?;
            // Sealed under the lost key; the sign-in under way brings new ones.
            tx.execute("DELETE FROM token", [])?;
            Ok(())
        })?;
        self.keys().map(drop)
    }
}

/// The number at the end of a key's name.
fn number(alias: &str) -> Result<u32, Error> {
    let end = alias.rsplit_once('.').and_then(|(_, number)| number.parse().ok());
    end.ok_or(Error::Stored("key name"))
}
