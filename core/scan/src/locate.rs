//! Bits to triples of finder patterns, over rxing's detector.
//!
//! Not its job: reading modules (`sample.rs`) or deciding which passes run (`lanes.rs`). The foreign calls take a
//! bounded number of patterns and stand behind [`guarded`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitArray, BitMatrix};
use rxing::qrcode::cpp_port::detector::{
    FindFinderPatterns, FinderPatternSet, FinderPatterns, GenerateFinderPatternSets,
};

use crate::Point;
use crate::threshold::{Bits, WORD};

/// A plane smaller than the smallest code, 21 modules of one pixel, is not searched: the detector's own arithmetic
/// assumes more than a few rows.
const SMALLEST: usize = 21;

/// The bits as the detector takes them; `None` if they are too few for any code.
pub(crate) fn matrix(bits: &Bits) -> Option<BitMatrix> {
    if bits.width() < SMALLEST || bits.height() < SMALLEST {
        return None;
    }
    let mut matrix = BitMatrix::new(bits.width() as u32, bits.height() as u32).ok()?;
    let mut line = BitArray::with_size(bits.width());
    for (y, row) in bits.rows().enumerate() {
        for (i, word) in row.iter().enumerate() {
            line.setBulk(i * WORD, *word);
        }
        matrix.setRow(y as u32, &line);
    }
    Some(matrix)
}

/// Runs one call into another crate. A panic inside counts as "nothing found" and is added to `caught`.
pub(crate) fn guarded<T>(caught: &mut u32, call: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        *caught = caught.saturating_add(1);
        None
    })
}

/// Finder patterns of one plane, at most `most`, the largest kept: small ones are noise and text.
pub(crate) fn patterns(image: &BitMatrix, thorough: bool, most: usize, caught: &mut u32) -> FinderPatterns {
    let mut found = guarded(caught, || Some(FindFinderPatterns(image, thorough, 0))).unwrap_or_default();
    if found.len() > most {
        found.sort_by_key(|p| std::cmp::Reverse(p.size));
        found.truncate(most);
    }
    found
}

/// Triples that may span a code, the most plausible first.
pub(crate) fn triples(patterns: &mut FinderPatterns, caught: &mut u32) -> Vec<FinderPatternSet> {
    guarded(caught, || Some(GenerateFinderPatternSets(patterns))).unwrap_or_default()
}

/// The centre of a finder pattern, in pixels of the plane.
pub(crate) fn centre(pattern: &ConcentricPattern) -> Point {
    Point { x: pattern.p.x, y: pattern.p.y }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_counted_and_reads_as_nothing() {
        let mut caught = 0;
        #[allow(clippy::panic)]
        let got: Option<u8> = guarded(&mut caught, || panic!("foreign"));
        assert_eq!((got, caught), (None, 1));
    }
}
