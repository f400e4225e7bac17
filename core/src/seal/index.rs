//! A blind index: finds a duplicate or a document without storing a number. Each unit has its own key, so that the
//! same guest in two units cannot be linked.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What the index keeps of a value: half a hash. Among 2^32 different ones two meet once in 2^65 files.
pub(crate) type BlindMac = [u8; 16];

/// Key of the index.
pub(crate) struct IndexKey(Zeroizing<[u8; 32]>);

impl IndexKey {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Over kind, document number and first day. `counter` rises from 0 each time a person says that the same guest
    /// on the same day is another stay all the same.
    pub(crate) fn duplicate(&self, kind: &str, document: &str, first_day: &str, counter: u32) -> BlindMac {
        self.mac(&[
            b"dedup",
            kind.as_bytes(),
            document.as_bytes(),
            first_day.as_bytes(),
            &counter.to_be_bytes(),
        ])
    }

    /// Over the document number alone.
    pub(crate) fn document(&self, document: &str) -> BlindMac {
        self.mac(&[b"doc", document.as_bytes()])
    }

    /// Parts are joined with their lengths, so that no two lists of parts give the same text.
    fn mac(&self, parts: &[&[u8]]) -> BlindMac {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("any key fits");
        for part in parts {
            mac.update(&(part.len() as u32).to_be_bytes());
            mac.update(part);
        }
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        let mut half = BlindMac::default();
        half.copy_from_slice(&whole[..16]);
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_and_the_key_change_the_index() {
        let key = IndexKey::new([1; 32]);
        let own = key.duplicate("lodging.check_in", "L898902C3", "2026-11-24", 0);
        assert_eq!(own, key.duplicate("lodging.check_in", "L898902C3", "2026-11-24", 0));
        for other in [
            key.duplicate("individual", "L898902C3", "2026-11-24", 0),
            key.duplicate("lodging.check_in", "L898902C32", "026-11-24", 0),
            key.duplicate("lodging.check_in", "L898902C3", "2026-11-25", 0),
            key.duplicate("lodging.check_in", "L898902C3", "2026-11-24", 1),
            IndexKey::new([2; 32]).duplicate("lodging.check_in", "L898902C3", "2026-11-24", 0),
            key.document("L898902C3"),
        ] {
            assert_ne!(own, other);
        }
    }
}
