//! The traits a platform fulfils, and the bridge from them to the core's own.

use std::sync::Arc;

use apoa_core::{Ports, SystemClock, SystemRandom};
use zeroize::Zeroizing;

use crate::convert::Counts;

/// Why a vault did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum VaultError {
    /// The device was not unlocked since it started.
    #[error("the key is locked")]
    Locked,
    /// The key is gone.
    #[error("the key is lost")]
    Lost,
    /// Anything else.
    #[error("the key vault failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for VaultError {
    /// The reason is a foreign text that may hold anything: it is dropped.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Keystore or Keychain. A key is durable before `create` returns. Never call back into the client, never show a
/// prompt.
#[uniffi::export(with_foreign)]
pub trait KeyVault: Send + Sync {
    /// Makes the key of this name if it is absent.
    fn create(&self, alias: String) -> Result<(), VaultError>;
    /// Encrypts and authenticates 32 bytes under the key of this name.
    fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, VaultError>;
    /// The inverse of wrap; lost where key and bytes do not belong together.
    fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError>;
    /// Removes the key of this name; absent is fine.
    fn delete(&self, alias: String) -> Result<(), VaultError>;
}

/// Why a listener did not take what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// Whatever it was: nothing here depends on it.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    /// The reason is a foreign text that may hold anything: it is dropped.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Told after a commit, batched. Never block, never throw for control flow: what it throws is dropped.
#[uniffi::export(with_foreign)]
pub trait Observer: Send + Sync {
    /// The queue changed; these are the counts now.
    fn changed(&self, counts: Counts) -> Result<(), ListenerError>;
}

struct ForeignVault(Arc<dyn KeyVault>);

impl apoa_core::KeyVault for ForeignVault {
    fn create(&self, alias: &str) -> Result<(), apoa_core::VaultError> {
        Ok(self.0.create(alias.to_owned())?)
    }

    fn wrap(&self, alias: &str, plain: &[u8]) -> Result<Vec<u8>, apoa_core::VaultError> {
        Ok(self.0.wrap(alias.to_owned(), plain.to_vec())?)
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, apoa_core::VaultError> {
        Ok(Zeroizing::new(self.0.unwrap(alias.to_owned(), wrapped.to_vec())?))
    }

    fn delete(&self, alias: &str) -> Result<(), apoa_core::VaultError> {
        Ok(self.0.delete(alias.to_owned())?)
    }
}

struct ForeignObserver(Arc<dyn Observer>);

impl apoa_core::Observer for ForeignObserver {
    fn changed(&self, counts: apoa_core::Counts) {
        // What is committed stays committed, whether or not a screen could follow.
        let _ = self.0.changed(counts.into());
    }
}

/// The core's ports with a platform's keys.
pub(crate) fn with_vault(vault: Arc<dyn KeyVault>, observer: Option<Arc<dyn Observer>>) -> Ports {
    ports(Arc::new(ForeignVault(vault)), observer)
}

/// The core's ports with keys in files below the data folder.
pub(crate) fn with_file_vault(data_dir: &std::path::Path, observer: Option<Arc<dyn Observer>>) -> Ports {
    ports(Arc::new(apoa_core::FileVault::new(data_dir.join("keys"), Arc::new(SystemRandom))), observer)
}

fn ports(vault: Arc<dyn apoa_core::KeyVault>, observer: Option<Arc<dyn Observer>>) -> Ports {
    Ports {
        vault,
        clock: Arc::new(SystemClock::new()),
        random: Arc::new(SystemRandom),
        observer: observer
            .map(|observer| Arc::new(ForeignObserver(observer)) as Arc<dyn apoa_core::Observer>),
    }
}
