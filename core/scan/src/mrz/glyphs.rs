//! The network that tells the characters of a zone apart: two convolutions and two dense layers over one cell.
//!
//! Its weights are learned by `tests/train-mrz`, whose card says how well they do. They are read while compiling: a
//! file that does not fit this code does not build, and nothing is left to go wrong at run time.

use super::alphabet::CLASSES;
use super::cell::{COLUMNS, Cell, ROWS, WHOLE};
use super::score::{CellScore, LOG_STEPS};

/// What the trainer wrote: the head of [`HEAD`] bytes, then layer by layer the steps and biases of its outputs and
/// their weights.
const FILE: &[u8] = include_bytes!("glyphs.bin");

/// Magic, version as two bytes, two bytes of zero, FNV-1a of the rest; numbers little endian.
const HEAD: usize = 16;

const MAGIC: [u8; 4] = *b"MRZG";
const VERSION: u8 = 1;

/// Side of the first layer's window.
const WINDOW: usize = 5;
/// Its rows as they are computed: taps go in pairs, the last one's partner has weight zero.
const PADDED: usize = 6;

/// Channels of the first layer.
const FINE: usize = 8;
/// Channels of the second layer.
const COARSE: usize = 16;
/// Outputs of the third layer.
const HIDDEN: usize = 64;

/// Cells of the first layer's output, half the samples each way.
const FINE_COLUMNS: usize = COLUMNS / 2;
const FINE_ROWS: usize = ROWS / 2;
/// Cells of the second layer's output, half of that.
const COARSE_COLUMNS: usize = FINE_COLUMNS / 2;
const COARSE_ROWS: usize = FINE_ROWS / 2;

const FINE_TAPS: usize = WINDOW * PADDED;
/// Values of one row of the second layer's window: three cells.
const COARSE_RUN: usize = 3 * FINE;
const COARSE_TAPS: usize = 3 * COARSE_RUN;
const FEATURES: usize = COARSE_COLUMNS * COARSE_ROWS * COARSE;

/// Bits that a layer's steps are shifted by.
const STEP_BITS: u32 = 20;

/// Largest activation: sums over all features stay within 32 bits.
const MOST: f32 = 8191.0;

/// Sums of the third layer that are kept at once: as many as there are registers for.
const PART: usize = 32;

/// Outputs of the last layer, in full vectors.
const FULL_CLASSES: usize = CLASSES.next_multiple_of(8);

/// A layer: for each tap the weights of all outputs, and what makes their sums the next layer's activations. All
/// outputs of a tap are added at once, so that taps of value zero, three of five behind the first layer, cost nothing.
struct Layer<const TAPS: usize, const OUT: usize> {
    weights: [[i16; OUT]; TAPS],
    bias: [i32; OUT],
    step: [f32; OUT],
}

/// The network's weights.
pub(crate) struct Glyphs {
    fine: Layer<FINE_TAPS, FINE>,
    coarse: Layer<COARSE_TAPS, COARSE>,
    hidden: Layer<FEATURES, HIDDEN>,
    classes: Layer<HIDDEN, FULL_CLASSES>,
}

/// The weights that are shipped.
pub(crate) static GLYPHS: Glyphs = Glyphs::parse(FILE);

impl<const TAPS: usize, const OUT: usize> Layer<TAPS, OUT> {
    /// The outputs as the next layer's activations: nothing passes below zero.
    #[inline]
    fn rectified(&self, sums: &[i32; OUT]) -> [i16; OUT] {
        let mut out = [0; OUT];
        for ((out, sum), step) in out.iter_mut().zip(sums).zip(&self.step) {
            *out = ((*sum as f32 * step).clamp(0.0, MOST) + WHOLE).to_bits() as i16;
        }
        out
    }
}

/// Adds what one tap gives to some outputs.
#[inline]
fn add<const OUT: usize>(sums: &mut [i32; OUT], weights: &[i16; OUT], value: i16) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += i32::from(*weight) * i32::from(value);
    }
}

type FineCells = [[[i16; FINE]; FINE_COLUMNS]; FINE_ROWS];

impl Glyphs {
    /// What the network thinks of a cell.
    pub(crate) fn score(&self, cell: &Cell, out: &mut CellScore) {
        if !cell.known {
            *out = CellScore::UNKNOWN;
            return;
        }
        let hidden = self.hidden(&self.coarse(&self.fine(cell)));
        let mut sums = self.classes.bias;
        for (value, weights) in hidden.iter().zip(&self.classes.weights).filter(|(value, _)| **value != 0) {
            add(&mut sums, weights, *value);
        }
        let mut likely = [0.0_f32; CLASSES];
        for ((value, sum), step) in likely.iter_mut().zip(sums).zip(&self.classes.step) {
            *value = sum as f32 * step;
        }
        let most = likely.iter().fold(f32::MIN, |a, b| a.max(*b));
        let sum: f32 = likely.iter().map(|l| ((l - most) / LOG_STEPS).exp()).sum();
        let all = most + sum.ln() * LOG_STEPS;
        for (log_p, value) in out.log_p.iter_mut().zip(likely) {
            // A cast from float saturates.
            *log_p = (value - all - 0.5).min(0.0) as i16;
        }
        out.known = true;
    }

    /// Windows of 5 × 5 samples, every second one each way.
    fn fine(&self, cell: &Cell) -> FineCells {
        // Two samples of zero around, and each as often as there are outputs: it is in six windows.
        let mut samples = [[[0_i16; FINE]; COLUMNS + WINDOW - 1]; ROWS + WINDOW - 1];
        for (row, line) in samples[2..].iter_mut().zip(cell.samples.chunks_exact(COLUMNS)) {
            for (to, from) in row[2..].iter_mut().zip(line) {
                *to = [i16::from(*from); FINE];
            }
        }
        let mut out = [[[0; FINE]; FINE_COLUMNS]; FINE_ROWS];
        for (y, line) in out.iter_mut().enumerate() {
            for (x, out) in line.iter_mut().enumerate() {
                let mut sums = self.fine.bias;
                let rows = samples[2 * y..].iter().zip(self.fine.weights.as_chunks::<PADDED>().0);
                for (row, weights) in rows {
                    let (levels, _) = row[2 * x..2 * x + PADDED].as_chunks::<2>();
                    for ([a, b], [of_a, of_b]) in levels.iter().zip(weights.as_chunks::<2>().0) {
                        for nth in 0..FINE {
                            // Two products of 127 and 128 still fit.
                            let both =
                                of_a[nth].wrapping_mul(a[nth]).wrapping_add(of_b[nth].wrapping_mul(b[nth]));
                            sums[nth] += i32::from(both);
                        }
                    }
                }
                *out = self.fine.rectified(&sums);
            }
        }
        out
    }

    /// Windows of 3 × 3 cells of the first layer, every second one each way.
    fn coarse(&self, fine: &FineCells) -> [i16; FEATURES] {
        // A border of zeros on top and at the left; and a bit for each value of a row that is not zero.
        let mut bordered = [[[0; FINE]; FINE_COLUMNS + 1]; FINE_ROWS + 1];
        let mut lit = [0_u128; FINE_ROWS + 1];
        for ((row, lit), line) in bordered[1..].iter_mut().zip(&mut lit[1..]).zip(fine) {
            row[1..].copy_from_slice(line);
            for (nth, values) in row.iter().enumerate() {
                let bits = values.iter().rev().fold(0_u8, |bits, value| bits << 1 | u8::from(*value != 0));
                *lit |= u128::from(bits) << (nth * FINE);
            }
        }
        let mut out = [[0; COARSE]; COARSE_COLUMNS * COARSE_ROWS];
        for (place, out) in out.iter_mut().enumerate() {
            let (x, y) = (2 * (place % COARSE_COLUMNS), 2 * (place / COARSE_COLUMNS));
            let mut sums = self.coarse.bias;
            let rows =
                bordered[y..].iter().zip(&lit[y..]).zip(self.coarse.weights.as_chunks::<COARSE_RUN>().0);
            for ((row, lit), weights) in rows {
                let values = row[x..x + 3].as_flattened();
                let mut left = (lit >> (x * FINE)) as u32 & ((1 << COARSE_RUN) - 1);
                while left != 0 {
                    let tap = left.trailing_zeros() as usize;
                    left &= left - 1;
                    if let (Some(value), Some(weights)) = (values.get(tap), weights.get(tap)) {
                        add(&mut sums, weights, *value);
                    }
                }
            }
            *out = self.coarse.rectified(&sums);
        }
        let mut features = [0; FEATURES];
        features.copy_from_slice(out.as_flattened());
        features
    }

    /// All features of a cell at once.
    fn hidden(&self, features: &[i16; FEATURES]) -> [i16; HIDDEN] {
        // Those that are not zero, moved together without a branch.
        let mut lit = [(0_u16, 0_i16); FEATURES];
        let mut count = 0;
        for (tap, value) in features.iter().enumerate() {
            let Some(slot) = lit.get_mut(count) else { break };
            *slot = (tap as u16, *value);
            count += usize::from(*value != 0);
        }
        let mut sums = self.hidden.bias;
        for (part, sums) in sums.as_chunks_mut::<PART>().0.iter_mut().enumerate() {
            let mut own = [0; PART];
            for (tap, value) in lit.iter().take(count) {
                let weights = self.hidden.weights.get(usize::from(*tap));
                let Some(weights) = weights.and_then(|w| w.as_chunks().0.get(part)) else { break };
                add(&mut own, weights, *value);
            }
            for (sum, own) in sums.iter_mut().zip(own) {
                *sum += own;
            }
        }
        self.hidden.rectified(&sums)
    }

    const fn parse(file: &[u8]) -> Self {
        assert!(file[0] == MAGIC[0] && file[1] == MAGIC[1] && file[2] == MAGIC[2] && file[3] == MAGIC[3]);
        assert!(file[4] == VERSION && file[5] == 0, "the weights are of another version");
        assert!(fnv(file, HEAD) == long(file, 8), "the weights are damaged");
        let mut at = HEAD;
        let fine = layer(file, &mut at, FINE, (WINDOW, PADDED));
        let coarse = layer(file, &mut at, COARSE, (COARSE_TAPS, COARSE_TAPS));
        let hidden = layer(file, &mut at, HIDDEN, (FEATURES, FEATURES));
        let classes = layer(file, &mut at, CLASSES, (HIDDEN, HIDDEN));
        assert!(at == file.len(), "the weights are of another network");
        Self { fine, coarse, hidden, classes }
    }
}

/// Reads a layer of `count` outputs, whose weights are stored in runs of the first length of `run` and kept in runs of
/// the second.
const fn layer<const TAPS: usize, const OUT: usize>(
    file: &[u8],
    at: &mut usize,
    count: usize,
    run: (usize, usize),
) -> Layer<TAPS, OUT> {
    let mut out = Layer { weights: [[0; OUT]; TAPS], bias: [0; OUT], step: [0.0; OUT] };
    let mut nth = 0;
    while nth < count {
        out.step[nth] = int(file, *at) as f32 / (1_u32 << STEP_BITS) as f32;
        out.bias[nth] = int(file, *at + 4);
        *at += 8;
        let mut tap = 0;
        while tap < TAPS {
            if tap % run.1 < run.0 {
                let weight = file[*at].cast_signed();
                assert!(weight != i8::MIN, "a weight beyond what two products leave room for");
                out.weights[tap][nth] = weight as i16;
                *at += 1;
            }
            tap += 1;
        }
        nth += 1;
    }
    out
}

const fn int(file: &[u8], at: usize) -> i32 {
    i32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]])
}

const fn long(file: &[u8], at: usize) -> u64 {
    (int(file, at).cast_unsigned() as u64) | (int(file, at + 4).cast_unsigned() as u64) << 32
}

/// FNV-1a of what follows `from`.
const fn fnv(file: &[u8], from: usize) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = from;
    while at < file.len() {
        hash = (hash ^ file[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::super::alphabet::NONE;
    use super::super::cell::SAMPLES;
    use super::*;

    fn score(samples: &[i8; SAMPLES], known: bool) -> CellScore {
        let mut out = CellScore { log_p: [0; CLASSES], known: false };
        GLYPHS.score(&Cell { samples: *samples, known }, &mut out);
        out
    }

    fn best(score: &CellScore) -> usize {
        (0..CLASSES).max_by_key(|class| score.log_p[*class]).unwrap_or(NONE)
    }

    #[test]
    fn the_weights_stay_small() {
        assert!(FILE.len() <= 60 * 1024, "{}", FILE.len());
    }

    #[test]
    fn a_blank_cell_is_none() {
        let score = score(&[0; SAMPLES], true);
        assert_eq!(best(&score), NONE);
        assert!(score.known && score.log_p[NONE] > -128, "{:?}", score.log_p);
    }

    #[test]
    fn a_saturated_cell_has_no_opinion() {
        assert_eq!(score(&[90; SAMPLES], false), CellScore::UNKNOWN);
    }

    #[test]
    fn probabilities_sum_to_one_whatever_the_cell() {
        let noise = |seed: usize| {
            let mut state = seed as u32;
            [(); SAMPLES].map(|()| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8 as i8
            })
        };
        let cells = [[0; SAMPLES], [i8::MAX; SAMPLES], [i8::MIN; SAMPLES], noise(1), noise(2), noise(3)];
        for samples in &cells {
            let score = score(samples, true);
            let sum: f32 = score.log_p.iter().map(|l| (f32::from(*l) / LOG_STEPS).exp()).sum();
            assert!((sum - 1.0).abs() < 0.1, "{sum}");
            assert!(score.log_p.iter().all(|l| *l <= 0));
        }
    }
}
