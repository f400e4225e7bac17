//! Damaged codes, and matrices that are none.

use proptest::prelude::*;

use super::maker::{LEVELS, Random, blocks, clear, code, modules_of, room, spoil};
use crate::EcLevel;
use crate::matrix::codewords::Plan;
use crate::matrix::{Effort, Layout, MatrixDecoder, Modules, agrees};

/// Small and large codes, with one block and with many, with and without misdecode protection.
const SIZES: [u8; 9] = [1, 2, 3, 5, 7, 10, 14, 27, 40];

fn plan(version: u8, level: EcLevel) -> Plan {
    Plan::of(Layout::of(version).unwrap(), level).unwrap()
}

#[test]
fn damage_up_to_the_capacity_of_every_block_is_corrected() {
    let mut decoder = MatrixDecoder::default();
    let mut random = Random(2);
    let mut drawn = Vec::new();
    for version in SIZES {
        for level in LEVELS {
            let payload = random.some_bytes(room(version, level));
            let dark = code(&payload, version, level);
            let mut modules = clear(&dark);
            let design = plan(version, level).design;
            let each = (design.spare - design.guard) / 2;
            let blocks = blocks(version, level);
            for block in &blocks {
                for i in random.choose(each, block.len()) {
                    spoil(&mut modules, block[i], &mut random);
                }
            }
            let read = decoder.read(&modules, Effort::Plain).unwrap();
            assert!(read.bytes == payload, "{version} {level:?}");
            assert_eq!(read.correction.errors as usize, each * blocks.len());
            assert_eq!(read.correction.errors, read.correction.capacity);
            assert!(!read.correction.is_easy());
            decoder.corrected(&mut drawn).unwrap();
            assert!(drawn == dark, "{version} {level:?}");
        }
    }
}

#[test]
fn one_error_more_than_a_block_carries_is_never_read_wrong() {
    let mut decoder = MatrixDecoder::default();
    let mut random = Random(3);
    for (version, level) in [1, 2, 3, 4].into_iter().flat_map(|v| LEVELS.map(|l| (v, l))) {
        let payload = random.some_bytes(room(version, level));
        let whole = clear(&code(&payload, version, level));
        let design = plan(version, level).design;
        let block = blocks(version, level).swap_remove(0);
        for trial in 0..400 {
            let mut modules = whole.clone();
            let least = (design.spare - design.guard) / 2 + 1;
            let wrong = least + trial % (block.len() - least);
            for i in random.choose(wrong, block.len()) {
                spoil(&mut modules, block[i], &mut random);
            }
            // How sure a module is has nothing to do with whether it is right.
            for value in modules.values_mut() {
                *value *= random.unit();
            }
            let plain = decoder.read(&modules, Effort::Plain);
            assert!(plain.is_none(), "{version} {level:?}: {wrong} wrong codewords");
            if let Some(read) = decoder.read(&modules, Effort::Full) {
                assert!(read.bytes == payload, "{version} {level:?}: {wrong} wrong codewords");
            }
        }
    }
}

#[test]
fn codewords_known_to_be_lost_count_half() {
    let mut decoder = MatrixDecoder::default();
    let mut random = Random(4);
    for version in SIZES {
        for level in LEVELS {
            let design = plan(version, level).design;
            // At least four codewords remain as proof.
            let lost = design.spare - design.guard.max(4);
            let payload = random.some_bytes(room(version, level));
            let mut modules = clear(&code(&payload, version, level));
            for block in blocks(version, level) {
                for i in random.choose(lost, block.len()) {
                    for index in modules_of(&modules, block[i]) {
                        modules.values_mut()[index] = 0.01 * (random.unit() - 0.5);
                    }
                }
            }
            let read = decoder.read(&modules, Effort::Full);
            assert!(read.is_some_and(|r| r.bytes == payload && r.erasures > 0), "{version} {level:?}");
            assert!(decoder.read(&modules, Effort::Plain).is_none(), "{version} {level:?}");
            assert!(decoder.corrected(&mut Vec::new()).is_none(), "nothing was read last");
        }
    }
}

#[test]
fn noise_that_stops_hard_decisions_is_read_with_doubts() {
    let mut decoder = MatrixDecoder::default();
    let mut random = Random(5);
    for (version, level, deviation) in
        [(2, EcLevel::Medium, 0.54), (7, EcLevel::Medium, 0.48), (7, EcLevel::Low, 0.45)]
    {
        let mut reads = [0; 2];
        for _ in 0..60 {
            let payload = random.some_bytes(room(version, level));
            let mut modules = clear(&code(&payload, version, level));
            for value in modules.values_mut() {
                *value += deviation * random.normal();
            }
            for (effort, count) in [Effort::Plain, Effort::Full].into_iter().zip(&mut reads) {
                if let Some(read) = decoder.read(&modules, effort) {
                    assert!(read.bytes == payload);
                    *count += 1;
                }
            }
        }
        assert!(reads[1] >= reads[0] + 12, "version {version} {level:?}: {reads:?} of 60");
    }
}

#[test]
fn a_code_with_a_corner_covered_reads() {
    let mut decoder = MatrixDecoder::default();
    let payload = b"a finder pattern is not needed once the grid is known";
    let modules = clear(&code(payload, 5, EcLevel::Quartile));
    let size = modules.size();
    for (right, down) in [(false, false), (true, false), (false, true), (true, true)] {
        for dark in [false, true] {
            let mut covered = modules.clone();
            for i in 0..10 * 10 {
                let (x, y) = (i % 10, i / 10);
                let (x, y) = (if right { size - 1 - x } else { x }, if down { size - 1 - y } else { y });
                covered.values_mut()[y * size + x] = if dark { 1.0 } else { -1.0 };
            }
            let read = decoder.read(&covered, Effort::Plain);
            assert!(read.is_some_and(|r| r.bytes == payload), "{right} {down} {dark}");
        }
    }
}

#[test]
fn rqrr_agrees_with_what_was_corrected() {
    let mut decoder = MatrixDecoder::default();
    let mut random = Random(6);
    let (mut drawn, mut caught) = (Vec::new(), 0);
    for version in [1, 2, 6, 7, 9, 10, 15, 27] {
        for level in LEVELS {
            let payload = random.some_bytes(room(version, level));
            let mut modules = clear(&code(&payload, version, level));
            spoil(&mut modules, 3, &mut random);
            if version % 2 == 0 {
                modules = modules.transposed();
            }
            let mut read = decoder.read(&modules, Effort::Plain).unwrap();
            let size = decoder.corrected(&mut drawn).unwrap();
            assert_eq!(agrees(size, &drawn, &read.bytes, &mut caught), Some(true), "{version} {level:?}");
            read.bytes[0] ^= 1;
            assert_eq!(agrees(size, &drawn, &read.bytes, &mut caught), Some(false));
            for dark in &mut drawn {
                *dark = !*dark;
            }
            assert_eq!(agrees(size, &drawn, &payload, &mut caught), Some(false));
        }
    }
    assert_eq!(caught, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_is_no_code(version in 1_u8..=40, seed: u64, loud in 0_u8..4) {
        let mut random = Random(seed);
        let mut modules = Modules::default();
        for value in modules.reset(usize::from(version) * 4 + 17).unwrap() {
            *value = match loud {
                0 => random.normal(),
                1 => if random.unit() < 0.5 { 1.0 } else { -1.0 },
                2 => random.unit() - 0.01,
                _ => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, 0.5, -0.5][random.below(6)],
            };
        }
        let mut decoder = MatrixDecoder::default();
        prop_assert!(decoder.read(&modules, Effort::Plain).is_none());
        prop_assert!(decoder.read(&modules, Effort::Full).is_none());
    }
}

#[test]
fn even_grounds_are_no_codes() {
    let mut decoder = MatrixDecoder::default();
    for size in (21..=177).step_by(4) {
        for value in [0.0, 1.0, -1.0] {
            let modules = Modules::new(size, vec![value; size * size]).unwrap();
            assert!(decoder.read(&modules, Effort::Full).is_none(), "{size} of {value}");
        }
    }
    assert!(decoder.read(&Modules::default(), Effort::Full).is_none());
}
