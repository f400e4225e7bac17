//! Which key wraps which: the vault's key the master key of an epoch, the master key the data key of each report.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::SealError;
use super::envelope::{DataKey, LAYOUT, SealedKey, open_key, seal_key};
use super::index::IndexKey;
use crate::failpoint::around;
use crate::ports::{KeyVault, NoRandomness, Random, VaultError};

/// The keys of one epoch, derived from its master key.
pub(crate) struct EpochKeys {
    pub(crate) epoch: u32,
    wrap: DataKey,
    pub(crate) index: IndexKey,
}

/// A fresh master key, in the form in which it is kept.
pub(crate) struct WrappedMaster(pub(crate) Vec<u8>);

/// A fresh key or its keeper failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// Makes the vault's key durable, then a master key wrapped under it. Called outside every transaction.
pub(crate) fn create(
    vault: &dyn KeyVault,
    alias: &str,
    random: &dyn Random,
) -> Result<WrappedMaster, KeyError> {
    around("vault.create", || vault.create(alias))?;
    let master = Zeroizing::new(random.array::<32>()?);
    Ok(WrappedMaster(around("vault.wrap", || vault.wrap(alias, &*master))?))
}

/// Takes a master key out of the vault's wrapping. Called outside every transaction.
pub(crate) fn load(
    vault: &dyn KeyVault,
    alias: &str,
    epoch: u32,
    wrapped: &[u8],
) -> Result<EpochKeys, VaultError> {
    let master = around("vault.unwrap", || vault.unwrap(alias, wrapped))?;
    let master = <&[u8; 32]>::try_from(master.as_slice()).map_err(|_| VaultError::Lost)?;
    Ok(EpochKeys::derive(epoch, master))
}

impl EpochKeys {
    fn derive(epoch: u32, master: &[u8; 32]) -> Self {
        let expand = |info: &[u8]| {
            let mut key = [0; 32];
            // HKDF gives up to 255 blocks; one always succeeds.
            let done = Hkdf::<Sha256>::new(None, master).expand(info, &mut key);
            debug_assert!(done.is_ok(), "one block of HKDF");
            key
        };
        Self { epoch, wrap: DataKey::new(expand(b"wrap")), index: IndexKey::new(expand(b"index")) }
    }

    /// The key itself seals the few values of the device that belong to no report.
    pub(crate) fn own(&self) -> &DataKey {
        &self.wrap
    }

    /// A fresh data key for one row, and the form in which the row keeps it.
    pub(crate) fn new_data_key(
        &self,
        owner: [u8; 16],
        row: [u8; 16],
        random: &dyn Random,
    ) -> Result<(DataKey, SealedKey), NoRandomness> {
        let key = DataKey::new(random.array()?);
        let wrapped = self.wrap_data_key(owner, row, &key, random)?;
        Ok((key, wrapped))
    }

    /// Wraps the data key of a row under this epoch.
    pub(crate) fn wrap_data_key(
        &self,
        owner: [u8; 16],
        row: [u8; 16],
        key: &DataKey,
        random: &dyn Random,
    ) -> Result<SealedKey, NoRandomness> {
        seal_key(&self.wrap, &self.associated(owner, row), key, random)
    }

    /// The data key of a row.
    pub(crate) fn data_key(
        &self,
        owner: [u8; 16],
        row: [u8; 16],
        wrapped: &[u8],
    ) -> Result<DataKey, SealError> {
        open_key(&self.wrap, &self.associated(owner, row), wrapped)
    }

    /// The epoch stands here and nowhere else: a new epoch wraps data keys anew and leaves the values alone.
    fn associated(&self, owner: [u8; 16], row: [u8; 16]) -> [u8; 41] {
        let mut text = [0; 41];
        text[..5].copy_from_slice(LAYOUT);
        text[5..21].copy_from_slice(&owner);
        text[21..37].copy_from_slice(&row);
        text[37..].copy_from_slice(&self.epoch.to_be_bytes());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandom;
    use crate::seal::envelope::{Column, Place, open, seal, tag};

    #[test]
    fn a_wrapped_data_key_opens_what_it_sealed_in_its_own_row_only() {
        let keys = EpochKeys::derive(1, &[5; 32]);
        let place = Place { owner: [1; 16], column: Column::ReportBody, row: [2; 16], tag: tag(1) };
        let (key, wrapped) = keys.new_data_key([1; 16], [2; 16], &SystemRandom).unwrap();
        let sealed = seal(&key, &place, b"body", &SystemRandom).unwrap();
        let again = keys.data_key([1; 16], [2; 16], &wrapped).unwrap();
        assert_eq!(open(&again, &place, &sealed).unwrap().as_slice(), b"body");
        assert!(keys.data_key([1; 16], [3; 16], &wrapped).is_err());
        assert!(EpochKeys::derive(2, &[5; 32]).data_key([1; 16], [2; 16], &wrapped).is_err());
    }
}
