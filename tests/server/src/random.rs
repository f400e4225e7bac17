//! Randomness: the system's, and a stream from a seed for the accounts of a first start in tests. Tokens, salts and keys
//! always come from the system, so that two runs with one seed never share a secret that protects anything.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::error::ServerError;

/// Bytes of the system's source.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], ServerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ServerError::Random)?;
    Ok(bytes)
}

/// A random id of the server's own (version 4).
pub(crate) fn id() -> Result<Uuid, ServerError> {
    Ok(Builder::from_random_bytes(bytes()?).into_uuid())
}

/// Random bytes from the system, or the same ones for the same seed.
pub(crate) struct Dice {
    seed: Option<u64>,
    rolls: u64,
}

impl Dice {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self { seed, rolls: 0 }
    }

    pub(crate) fn bytes(&mut self) -> Result<[u8; 16], ServerError> {
        let Some(seed) = self.seed else { return bytes() };
        self.rolls += 1;
        let mut hash = Sha256::new();
        hash.update(b"apoa-server");
        hash.update(seed.to_be_bytes());
        hash.update(self.rolls.to_be_bytes());
        let digest = hash.finalize();
        let mut out = [0; 16];
        out.copy_from_slice(&digest[..16]);
        Ok(out)
    }

    pub(crate) fn id(&mut self) -> Result<Uuid, ServerError> {
        Ok(Builder::from_random_bytes(self.bytes()?).into_uuid())
    }

    /// A password a person can type, about 99 bits.
    pub(crate) fn password(&mut self) -> Result<String, ServerError> {
        self.letters(20)
    }

    /// So many letters and digits without look-alikes, about 5 bits each.
    pub(crate) fn letters(&mut self, count: usize) -> Result<String, ServerError> {
        const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
        let mut password = String::with_capacity(count);
        while password.len() < count {
            for byte in self.bytes()? {
                // 248 is the largest multiple of 31 a byte holds; what lies above would favour some letters.
                if byte < 248 && password.len() < count {
                    password.push(char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
                }
            }
        }
        Ok(password)
    }
}
