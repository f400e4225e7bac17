//! What the core needs from outside: keys, time, randomness, and somebody to tell. Platforms and tests fulfil these
//! traits; the core calls none of them under a lock or inside a transaction.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use apoa_domain::ids::Timestamp;
use zeroize::Zeroizing;

use crate::counts::Counts;
use crate::sync::cancel::CancelFlag;

/// Why a vault did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The key exists, but may not be used before the device is unlocked.
    #[error("the key is locked")]
    Locked,
    /// The key is gone. What it sealed cannot be read again; nothing is deleted because of that.
    #[error("the key is lost")]
    Lost,
    /// Anything else.
    #[error("the key vault failed")]
    Failed,
}

/// Keeps the keys that wrap our keys: Keystore, Keychain, a file, or memory in tests.
/// An implementation never calls back into the core and never shows a prompt.
pub trait KeyVault: Send + Sync {
    /// Makes the key of this name if it is absent. The key is durable before the call returns.
    fn create(&self, alias: &str) -> Result<(), VaultError>;
    /// Encrypts and authenticates `plain` (32 bytes) under the key of this name.
    fn wrap(&self, alias: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError>;
    /// The inverse of `wrap`. `Lost` where key and bytes do not belong together.
    fn unwrap(&self, alias: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError>;
    /// Destroys the key of this name; absent is fine.
    fn delete(&self, alias: &str) -> Result<(), VaultError>;
}

/// Time. Wall time may jump; monotonic time may not.
pub trait Clock: Send + Sync {
    /// What the device's clock says.
    fn wall(&self) -> Timestamp;
    /// Time since an arbitrary moment of this process.
    fn monotonic(&self) -> Duration;
    /// Waits so long, or until the flag is set. Blocks. A clock whose time passes by itself keeps this; one that a test
    /// moves lets the time pass instead.
    fn wait(&self, most: Duration, cancel: &CancelFlag) {
        cancel.wait(most);
    }
}

/// The source of randomness failed; nothing can be sealed or identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct NoRandomness;

/// Unpredictable bytes for keys, nonces, identities and jitter.
pub trait Random: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

impl dyn Random + '_ {
    /// `N` unpredictable bytes.
    pub(crate) fn array<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// Told after a commit, never under a lock, never more than once a change.
pub trait Observer: Send + Sync {
    /// The queue changed; these are the counts now.
    fn changed(&self, counts: Counts);
}

/// Everything from outside, given to `ApoaClient::open`.
#[derive(Clone)]
pub struct Ports {
    /// Keys.
    pub vault: Arc<dyn KeyVault>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Who is told of changes, if anybody.
    pub observer: Option<Arc<dyn Observer>>,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports")
    }
}
