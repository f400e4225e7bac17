//! Format and version information, whole and damaged.

use super::maker::{LEVELS, Random, clear, code};
use crate::matrix::format::Formats;
use crate::matrix::layout::{format_sites, version_sites};
use crate::matrix::{Effort, MatrixDecoder, Modules, version_information};

fn turn(modules: &mut Modules, (x, y): (usize, usize)) {
    let size = modules.size();
    modules.values_mut()[y * size + x] *= -1.0;
}

#[test]
fn one_copy_of_the_format_is_enough() {
    let mut decoder = MatrixDecoder::default();
    let mut random = Random(7);
    for version in [1, 4, 7, 20] {
        for level in LEVELS {
            for lost in 0..2 {
                let mut modules = clear(&code(b"UTO", version, level));
                let size = modules.size();
                // One copy is covered, by what says the opposite in every other bit or by nothing; the other has as
                // many bits wrong as it can still carry then.
                let blind = version % 2 == 0;
                for bit in (0..15).step_by(if blind { 1 } else { 2 }) {
                    let (x, y) = format_sites(size, bit)[lost];
                    modules.values_mut()[y * size + x] *= if blind { 0.0 } else { -1.0 };
                }
                for bit in random.choose(if blind { 3 } else { 2 }, 15) {
                    turn(&mut modules, format_sites(size, bit)[1 - lost]);
                }
                for mirrored in [false, true] {
                    let seen = if mirrored { modules.transposed() } else { modules.clone() };
                    let read = decoder.read(&seen, Effort::Full).unwrap();
                    assert!(read.bytes == b"UTO");
                    assert_eq!(
                        (read.ec_level, read.mirrored),
                        (level, mirrored),
                        "version {version}, {lost}"
                    );
                }
            }
        }
    }
}

#[test]
fn clean_format_information_comes_first() {
    for level in LEVELS {
        let upright = clear(&code(b"UTO", 3, level));
        for (modules, mirrored) in [(upright.transposed(), true), (upright, false)] {
            let first = Formats::of(&modules).iter().next().unwrap();
            assert_eq!((first.level, first.mirrored), (level, mirrored));
        }
    }
}

#[test]
fn version_information_tells_the_version_with_three_wrong_bits() {
    let mut random = Random(8);
    for version in 1..=40 {
        let mut modules = clear(&code(b"UTO", version, crate::EcLevel::Low));
        if version < 7 {
            assert_eq!(version_information(&modules), None);
            continue;
        }
        let size = modules.size();
        assert_eq!(version_information(&modules), Some((version, 0)));
        assert_eq!(version_information(&modules.transposed()), Some((version, 0)));
        for copy in 0..2 {
            for bit in random.choose(3, 18) {
                turn(&mut modules, version_sites(size, bit)[copy]);
            }
        }
        assert_eq!(version_information(&modules), Some((version, 3)));
        let even = Modules::new(size, vec![-1.0; size * size]).unwrap();
        assert_eq!(version_information(&even), None);
    }
}
