//! Authenticated encryption of one value, bound to the place where it is kept.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::SealError;
use crate::ports::{NoRandomness, Random};

/// Every associated text begins so; a new layout gets a new word.
pub(super) const LAYOUT: &[u8; 5] = b"apoa1";

/// XChaCha20's nonce, long enough to be random for ever.
const NONCE: usize = 24;

/// Values grow in such steps, so that their length tells nothing about a name.
const STEP: usize = 64;

/// The length of the value stands before it, in so many bytes.
const LENGTH: usize = 4;

/// A key that seals values.
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

/// Table and column of a value. The numbers are part of every sealed value: they are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    ReportDraft = 1,
    ReportBody = 2,
    ReportSummary = 3,
    OutboxFrozen = 4,
    UnitName = 16,
    AccountName = 17,
    TokenRefresh = 18,
    TokenAccess = 19,
    UnitProfile = 20,
}

/// Where a value lives. All parts have fixed width, so that no two places give the same bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The unit, or the device.
    pub(crate) owner: [u8; 16],
    pub(crate) column: Column,
    /// The report, account or unit of the row.
    pub(crate) row: [u8; 16],
    /// Revision or op id of the value, zero where a row has only one.
    pub(crate) tag: [u8; 16],
}

impl Place {
    fn associated(&self) -> Vec<u8> {
        [&LAYOUT[..], &self.owner, &[self.column as u8], &self.row, &self.tag].concat()
    }
}

/// A tag of a number.
pub(crate) fn tag(number: u32) -> [u8; 16] {
    let mut tag = [0; 16];
    tag[..4].copy_from_slice(&number.to_be_bytes());
    tag
}

/// Seals a value: nonce, then ciphertext of its length, itself and zeros up to a step of 64 bytes.
pub(crate) fn seal(
    key: &DataKey,
    place: &Place,
    plain: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, NoRandomness> {
    let mut padded = Zeroizing::new(Vec::with_capacity(plain.len() + LENGTH + STEP));
    padded.extend_from_slice(&(plain.len() as u32).to_be_bytes());
    padded.extend_from_slice(plain);
    let whole = padded.len().next_multiple_of(STEP);
    padded.resize(whole, 0);
    encrypt(key, &place.associated(), &padded, random)
}

/// Opens a value sealed for exactly this place.
pub(crate) fn open(key: &DataKey, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut padded = decrypt(key, &place.associated(), sealed)?;
    let (length, _) = padded.split_first_chunk::<LENGTH>().ok_or(SealError)?;
    let end = LENGTH + u32::from_be_bytes(*length) as usize;
    if end > padded.len() {
        return Err(SealError);
    }
    padded.truncate(end);
    padded.drain(..LENGTH);
    Ok(padded)
}

/// Nonce and ciphertext, without padding: for keys, whose length is no secret.
pub(super) fn encrypt(
    key: &DataKey,
    associated: &[u8],
    plain: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, NoRandomness> {
    let nonce = random.array::<NONCE>()?;
    let payload = Payload { msg: plain, aad: associated };
    // Encryption into memory fails only beyond 256 GiB, far above every limit of the store.
    let ciphertext = key.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| NoRandomness)?;
    Ok([&nonce[..], &ciphertext].concat())
}

/// The inverse of `encrypt`.
pub(super) fn decrypt(
    key: &DataKey,
    associated: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(SealError)?;
    let payload = Payload { msg: ciphertext, aad: associated };
    let plain = key.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError)?;
    Ok(Zeroizing::new(plain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::SystemRandom;

    fn place() -> Place {
        Place { owner: [1; 16], column: Column::ReportBody, row: [2; 16], tag: tag(3) }
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_again(plain in proptest::collection::vec(any::<u8>(), 0..300)) {
            let key = DataKey::new([7; 32]);
            let sealed = seal(&key, &place(), &plain, &SystemRandom).unwrap();
            let opened = open(&key, &place(), &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
        }
    }

    #[test]
    fn a_value_opens_at_its_own_place_only() {
        let key = DataKey::new([7; 32]);
        let sealed = seal(&key, &place(), b"ERIKSSON", &SystemRandom).unwrap();
        let moves: [fn(&mut Place); 4] = [
            |p| p.owner = [9; 16],
            |p| p.column = Column::ReportSummary,
            |p| p.row = [9; 16],
            |p| p.tag = tag(4),
        ];
        for change in moves {
            let mut elsewhere = place();
            change(&mut elsewhere);
            assert_eq!(open(&key, &elsewhere, &sealed).err(), Some(SealError));
        }
        assert_eq!(open(&DataKey::new([8; 32]), &place(), &sealed).err(), Some(SealError));
    }

    #[test]
    fn a_changed_or_cut_value_does_not_open() {
        let key = DataKey::new([7; 32]);
        let sealed = seal(&key, &place(), b"ERIKSSON", &SystemRandom).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&key, &place(), &changed).is_err());
            assert!(open(&key, &place(), &sealed[..at]).is_err());
        }
    }

    #[test]
    fn the_length_of_a_name_does_not_show() {
        let key = DataKey::new([7; 32]);
        let length = |plain: &[u8]| seal(&key, &place(), plain, &SystemRandom).unwrap().len();
        assert_eq!(length(b"A"), length(b"ERIKSSON ANNA MARIA"));
    }
}
