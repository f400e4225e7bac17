//! Authenticated encryption of one value, bound to the place where it is kept.

use core::ops::Range;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::SealError;
use crate::ports::{NoRandomness, Random};

/// Every associated text begins so; a new layout gets a new word.
pub(super) const LAYOUT: &[u8; 5] = b"apoa1";

/// XChaCha20's nonce, long enough to be random for ever.
const NONCE: usize = 24;

/// Poly1305's tag, behind the ciphertext.
const TAG: usize = 16;

/// A key of 32 bytes, sealed.
pub(crate) type SealedKey = [u8; NONCE + 32 + TAG];

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
    AttachmentPhoto = 5,
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
    /// Revision, op id or half of the digest of the value, zero where a row has only one.
    pub(crate) tag: [u8; 16],
}

impl Place {
    fn associated(&self) -> [u8; 54] {
        let mut text = [0; 54];
        text[..5].copy_from_slice(LAYOUT);
        text[5..21].copy_from_slice(&self.owner);
        text[21] = self.column as u8;
        text[22..38].copy_from_slice(&self.row);
        text[38..].copy_from_slice(&self.tag);
        text
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
    let padded = (LENGTH + plain.len()).next_multiple_of(STEP);
    // As long as the sealed value from the start: growing would leave copies of the plain text behind.
    // Plain until it is encrypted: wiped where that fails.
    let mut sealed = Zeroizing::new(vec![0; NONCE + padded + TAG]);
    let (length, value) = sealed[NONCE..].split_at_mut(LENGTH);
    length.copy_from_slice(&(plain.len() as u32).to_be_bytes());
    value[..plain.len()].copy_from_slice(plain);
    encrypt(key, &place.associated(), &mut sealed, random)?;
    Ok(core::mem::take(&mut *sealed))
}

/// Opens a value sealed for exactly this place.
pub(crate) fn open(key: &DataKey, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut opened = Zeroizing::new(sealed.to_vec());
    let value = open_in_place(key, place, &mut opened)?;
    opened.truncate(value.end);
    opened.drain(..value.start);
    Ok(opened)
}

/// The same without a copy: the value then stands in this range of the bytes.
pub(crate) fn open_in_place(
    key: &DataKey,
    place: &Place,
    sealed: &mut [u8],
) -> Result<Range<usize>, SealError> {
    let padded = decrypt(key, &place.associated(), sealed)?;
    let (length, value) = padded.split_first_chunk::<LENGTH>().ok_or(SealError)?;
    let length = u32::from_be_bytes(*length) as usize;
    let start = NONCE + LENGTH;
    if length <= value.len() { Ok(start..start + length) } else { Err(SealError) }
}

/// Seals a key, whose length is no secret: without padding.
pub(super) fn seal_key(
    key: &DataKey,
    associated: &[u8],
    inner: &DataKey,
    random: &dyn Random,
) -> Result<SealedKey, NoRandomness> {
    let mut sealed = Zeroizing::new([0; NONCE + 32 + TAG]);
    sealed[NONCE..NONCE + 32].copy_from_slice(&*inner.0);
    encrypt(key, associated, &mut *sealed, random)?;
    Ok(*sealed)
}

/// The inverse of `seal_key`.
pub(super) fn open_key(key: &DataKey, associated: &[u8], sealed: &[u8]) -> Result<DataKey, SealError> {
    let mut opened = Zeroizing::new(SealedKey::try_from(sealed).map_err(|_| SealError)?);
    let inner: &[u8] = decrypt(key, associated, &mut *opened)?;
    inner.try_into().map(DataKey::new).map_err(|_| SealError)
}

/// Encrypts what stands between the place of the nonce and that of the tag, and fills in both.
fn encrypt(
    key: &DataKey,
    associated: &[u8],
    sealed: &mut [u8],
    random: &dyn Random,
) -> Result<(), NoRandomness> {
    let (nonce, text, tag) = parts(sealed).ok_or(NoRandomness)?;
    random.fill(nonce)?;
    let cipher = key.cipher();
    // Encryption in memory fails only beyond 256 GiB, far above every limit of the store.
    *tag = cipher
        .encrypt_inout_detached(&XNonce::from(*nonce), associated, text.into())
        .map_err(|_| NoRandomness)?
        .into();
    Ok(())
}

/// The inverse of `encrypt`: what stands between nonce and tag, now plain.
fn decrypt<'a>(key: &DataKey, associated: &[u8], sealed: &'a mut [u8]) -> Result<&'a mut [u8], SealError> {
    let (nonce, text, tag) = parts(sealed).ok_or(SealError)?;
    key.cipher()
        .decrypt_inout_detached(&XNonce::from(*nonce), associated, (&mut *text).into(), &Tag::from(*tag))
        .map_err(|_| SealError)?;
    Ok(text)
}

type Parts<'a> = (&'a mut [u8; NONCE], &'a mut [u8], &'a mut [u8; TAG]);

fn parts(sealed: &mut [u8]) -> Option<Parts<'_>> {
    let (nonce, rest) = sealed.split_first_chunk_mut()?;
    let (text, tag) = rest.split_last_chunk_mut()?;
    Some((nonce, text, tag))
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
