//! Text as zones have it, and as they do not.

use apoa_frames::Rng;
use apoa_scan::mrz::alphabet::ALPHABET;

/// Characters that are alike in print; they are drawn more often than others.
const ALIKE: &[u8] = b"FP6GKHRMWNX1L0UA8SOIB5Z2QDVY7T";

/// Whole numbers below `end`.
pub(crate) fn below(rng: &mut Rng, end: usize) -> usize {
    (rng.next_u64() % end as u64) as usize
}

/// One of them.
pub(crate) fn pick(rng: &mut Rng, from: &[u8]) -> u8 {
    from[below(rng, from.len())]
}

/// A line of a zone: stretches of letters, of digits, of both, and fillers between.
pub(crate) fn line(rng: &mut Rng, length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        let (set, most): (&[u8], usize) = match below(rng, 10) {
            0 | 1 => (b"0123456789", 8),
            2 => (b"<", 4),
            3 | 4 => (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 9),
            5..=7 => (ALIKE, 6),
            _ => (&ALPHABET, 6),
        };
        for _ in 0..=below(rng, most) {
            text.push(char::from(pick(rng, set)));
        }
        if below(rng, 3) == 0 {
            text.push('<');
        }
    }
    text.truncate(length);
    text
}

/// A line of other print: mostly lower case.
pub(crate) fn other(rng: &mut Rng, length: usize) -> String {
    let set: &[u8] = match below(rng, 4) {
        0 => b".,:;-/()+=*#%&'\"?!",
        1 => b"abcdefghijklmnopqrstuvwxyz ABC .,012",
        _ => b"abcdefghijklmnopqrstuvwxyz ",
    };
    (0..length).map(|_| char::from(pick(rng, set))).collect()
}
