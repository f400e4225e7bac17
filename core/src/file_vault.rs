//! Keys in files: for a command line, a test machine or a desktop, where the system offers no key store.
//! Mode 0600 protects against other users of the machine and against nothing else; `doctor` says so.
//! A key is durable before `create` returns: temporary name, fsync, rename, fsync of the folder.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::failpoint::around;
use crate::ports::{KeyVault, Random, VaultError};
use crate::store::files::{create_private_folder, private_file, sync_folder};

const NONCE: usize = 24;

/// A folder of keys, one file a name.
pub struct FileVault {
    folder: PathBuf,
    random: Arc<dyn Random>,
}

impl FileVault {
    /// A vault in this folder, made when its first key is. Touches no file yet.
    pub fn new(folder: PathBuf, random: Arc<dyn Random>) -> Self {
        Self { folder, random }
    }

    fn path(&self, alias: &str) -> Result<PathBuf, VaultError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if alias.is_empty() || alias.starts_with('.') || !alias.chars().all(plain) {
            return Err(VaultError::Failed);
        }
        Ok(self.folder.join(format!("{alias}.key")))
    }

    fn key(&self, alias: &str) -> Result<XChaCha20Poly1305, VaultError> {
        let bytes = match fs::read(self.path(alias)?) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultError::Lost),
            Err(_) => return Err(VaultError::Failed),
        };
        let key = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| VaultError::Lost)?;
        Ok(XChaCha20Poly1305::new(key.into()))
    }

    fn write_new(&self, path: &Path, key: &[u8]) -> io::Result<()> {
        create_private_folder(&self.folder)?;
        let temporary = path.with_extension("new");
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_file(&temporary)?;
        file.write_all(key)?;
        around("file.key_synced", || file.sync_all())?;
        around("file.key_renamed", || fs::rename(&temporary, path))?;
        sync_folder(&self.folder)
    }
}

impl KeyVault for FileVault {
    fn create(&self, alias: &str) -> Result<(), VaultError> {
        let path = self.path(alias)?;
        if path.try_exists().map_err(|_| VaultError::Failed)? {
            return Ok(());
        }
        let key = Zeroizing::new(self.random.array::<32>().map_err(|_| VaultError::Failed)?);
        self.write_new(&path, &*key).map_err(|_| VaultError::Failed)
    }

    fn wrap(&self, alias: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce = self.random.array::<NONCE>().map_err(|_| VaultError::Failed)?;
        let sealed = self.key(alias)?.encrypt(&XNonce::from(nonce), plain).map_err(|_| VaultError::Failed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE>().ok_or(VaultError::Lost)?;
        let plain = self.key(alias)?.decrypt(&XNonce::from(*nonce), sealed).map_err(|_| VaultError::Lost)?;
        Ok(Zeroizing::new(plain))
    }

    fn delete(&self, alias: &str) -> Result<(), VaultError> {
        match fs::remove_file(self.path(alias)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(VaultError::Failed),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandom;

    fn vault(folder: &Path) -> FileVault {
        FileVault::new(folder.join("keys"), Arc::new(SystemRandom))
    }

    #[test]
    fn a_wrapped_key_survives_a_restart_and_create_does_not_replace_it() {
        let folder = tempfile::tempdir().unwrap();
        vault(folder.path()).create("apoa.device.1").unwrap();
        let wrapped = vault(folder.path()).wrap("apoa.device.1", &[9; 32]).unwrap();
        vault(folder.path()).create("apoa.device.1").unwrap();
        assert_eq!(vault(folder.path()).unwrap("apoa.device.1", &wrapped).unwrap().as_slice(), [9; 32]);
    }

    #[test]
    fn a_deleted_or_other_key_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        vault.create("a").unwrap();
        vault.create("b").unwrap();
        let wrapped = vault.wrap("a", &[9; 32]).unwrap();
        assert_eq!(vault.unwrap("b", &wrapped).err(), Some(VaultError::Lost));
        vault.delete("a").unwrap();
        vault.delete("a").unwrap();
        assert_eq!(vault.unwrap("a", &wrapped).err(), Some(VaultError::Lost));
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        for alias in ["../x", "a/b", "", ".hidden", "a\\b"] {
            assert_eq!(vault(folder.path()).create(alias), Err(VaultError::Failed));
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_a_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        vault(folder.path()).create("a").unwrap();
        let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("keys"), mode("keys/a.key")), (0o700, 0o600));
    }
}
