//! Vaults of a story.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use apoa_core::KeyVault as _;
use apoa_ffi::{KeyVault, VaultError};
use apoa_tests::vault::MemoryVault;

const SLOW: Duration = Duration::from_millis(50);

/// The vault of this kind.
pub(crate) fn vault(kind: &str) -> Arc<dyn KeyVault> {
    let how = match kind {
        // What the bridge makes of an exception that no vault should throw.
        "throws" => Mood::Fails(VaultError::Failed),
        "locked" => Mood::Fails(VaultError::Locked),
        "slow" => Mood::Slow,
        unknown => panic!("an unknown vault: {unknown}"),
    };
    Arc::new(Moody { how, keys: MemoryVault::default() })
}

enum Mood {
    Fails(VaultError),
    Slow,
}

struct Moody {
    how: Mood,
    keys: MemoryVault,
}

impl Moody {
    fn keys(&self) -> Result<&MemoryVault, VaultError> {
        match self.how {
            Mood::Fails(error) => Err(error),
            Mood::Slow => {
                thread::sleep(SLOW);
                Ok(&self.keys)
            }
        }
    }
}

impl KeyVault for Moody {
    fn create(&self, alias: String) -> Result<(), VaultError> {
        self.keys()?.create(&alias).map_err(told)
    }

    fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        self.keys()?.wrap(&alias, &plain).map_err(told)
    }

    fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Ok(self.keys()?.unwrap(&alias, &wrapped).map_err(told)?.to_vec())
    }

    fn delete(&self, alias: String) -> Result<(), VaultError> {
        self.keys()?.delete(&alias).map_err(told)
    }
}

fn told(error: apoa_core::VaultError) -> VaultError {
    match error {
        apoa_core::VaultError::Locked => VaultError::Locked,
        apoa_core::VaultError::Lost => VaultError::Lost,
        apoa_core::VaultError::Failed => VaultError::Failed,
    }
}
