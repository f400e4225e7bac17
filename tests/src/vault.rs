//! Keys in memory, which can be locked, lost or found again: what a platform's vault does on a bad day.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use apoa_core::{KeyVault, VaultError};
use zeroize::Zeroizing;

/// A vault that keeps its keys in memory. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryVault(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    keys: BTreeMap<String, [u8; 16]>,
    made: u8,
    broken: Option<VaultError>,
    calls: u32,
    dies_after: Option<u32>,
}

impl MemoryVault {
    /// From now on every call ends so; `None` mends it.
    pub fn break_with(&self, error: Option<VaultError>) {
        self.inside(|inside| inside.broken = error);
    }

    /// Forgets the keys whose name begins so, and returns them.
    pub fn lose(&self, prefix: &str) -> Vec<(String, [u8; 16])> {
        self.inside(|inside| {
            let lost: Vec<_> = inside
                .keys
                .iter()
                .filter(|(name, _)| name.starts_with(prefix))
                .map(|(n, k)| (n.clone(), *k))
                .collect();
            inside.keys.retain(|name, _| !name.starts_with(prefix));
            lost
        })
    }

    /// Finds lost keys again.
    pub fn find_again(&self, keys: Vec<(String, [u8; 16])>) {
        self.inside(|inside| inside.keys.extend(keys));
    }

    /// Another vault with the same keys.
    #[must_use]
    pub fn copied(&self) -> Self {
        let keys = self.inside(|inside| inside.keys.clone());
        Self(Arc::new(Mutex::new(Inside { keys, made: 100, ..Inside::default() })))
    }

    /// The names of its keys.
    pub fn names(&self) -> Vec<String> {
        self.inside(|inside| inside.keys.keys().cloned().collect())
    }

    /// From the next call on so many succeed, then all fail: a process that dies in between, as the store sees it.
    pub fn die_after(&self, calls: Option<u32>) {
        self.inside(|inside| (inside.calls, inside.dies_after) = (0, calls));
    }

    fn inside<T>(&self, f: impl FnOnce(&mut Inside) -> T) -> T {
        f(&mut self.0.lock().expect("no test panics in here"))
    }

    fn call<T>(&self, f: impl FnOnce(&mut Inside) -> Result<T, VaultError>) -> Result<T, VaultError> {
        self.inside(|inside| {
            inside.calls += 1;
            match inside.broken {
                Some(error) => Err(error),
                None if inside.dies_after.is_some_and(|most| inside.calls > most) => Err(VaultError::Failed),
                None => f(inside),
            }
        })
    }
}

/// Not encryption: it tells keys apart and hides the wrapped bytes from a search of the files.
fn masked(key: [u8; 16], bytes: &[u8]) -> Vec<u8> {
    bytes.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key ^ 0x5a).collect()
}

impl KeyVault for MemoryVault {
    fn create(&self, alias: &str) -> Result<(), VaultError> {
        self.call(|inside| {
            inside.made = inside.made.wrapping_add(1);
            let made = inside.made;
            inside.keys.entry(alias.to_owned()).or_insert([made.wrapping_mul(37); 16]);
            Ok(())
        })
    }

    fn wrap(&self, alias: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.call(|inside| {
            let key = inside.keys.get(alias).ok_or(VaultError::Lost)?;
            Ok([&key[..], &masked(*key, plain)].concat())
        })
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.call(|inside| {
            let key = inside.keys.get(alias).ok_or(VaultError::Lost)?;
            let (named, masked_bytes) = wrapped.split_first_chunk::<16>().ok_or(VaultError::Lost)?;
            if named != key {
                return Err(VaultError::Lost);
            }
            Ok(Zeroizing::new(masked(*key, masked_bytes)))
        })
    }

    fn delete(&self, alias: &str) -> Result<(), VaultError> {
        self.call(|inside| {
            inside.keys.remove(alias);
            Ok(())
        })
    }
}
