//! Undamaged codes of every size.

use super::maker::{LEVELS, Random, clear, code, room};
use crate::EcLevel;
use crate::matrix::{Effort, MatrixDecoder};

#[test]
fn every_version_and_level_reads_back() {
    let mut decoder = MatrixDecoder::default();
    let mut random = Random(1);
    let mut drawn = Vec::new();
    for version in 1..=40 {
        for level in LEVELS {
            let payload = random.some_bytes(room(version, level));
            let dark = code(&payload, version, level);
            let read = decoder.read(&clear(&dark), Effort::Plain).unwrap();
            assert!(read.bytes == payload, "{version} {level:?}");
            assert_eq!((read.version, read.ec_level, read.mirrored), (version, level, false));
            assert_eq!(
                (read.correction.errors, read.erasures, read.padded),
                (0, 0, true),
                "{version} {level:?}"
            );
            assert_eq!(decoder.corrected(&mut drawn), Some(dark.len().isqrt()));
            assert!(drawn == dark, "{version} {level:?}");
        }
    }
}

#[test]
fn a_code_in_a_mirror_reads_and_is_drawn_in_the_mirror() {
    let mut decoder = MatrixDecoder::default();
    let mut drawn = Vec::new();
    for version in 1..=40 {
        let seen = clear(&code(b"UTO", version, EcLevel::Medium)).transposed();
        let read = decoder.read(&seen, Effort::Plain).unwrap();
        assert!(read.mirrored && read.bytes == b"UTO", "{version}");
        decoder.corrected(&mut drawn).unwrap();
        assert!(clear(&drawn).values() == seen.values(), "{version}");
    }
}

#[test]
fn one_decoder_reads_small_codes_after_large_ones() {
    let mut decoder = MatrixDecoder::default();
    for version in [40, 1, 20, 3] {
        let modules = clear(&code(b"UTO", version, EcLevel::High));
        assert!(decoder.read(&modules, Effort::Full).is_some_and(|r| r.bytes == b"UTO"), "{version}");
    }
}
