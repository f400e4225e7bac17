//! The network that tells the characters of a zone apart: two convolutions and two dense layers over one cell.
//!
//! Its weights are learned by `tests/train-mrz`, whose card says how well they do. They are read while compiling: a
//! file that does not fit this code does not build, and nothing is left to go wrong at run time.

use super::alphabet::CLASSES;
use super::cell::{COLUMNS, Cell, ROWS};
use super::score::{CellScore, LOG_STEPS};

/// What the trainer wrote: the head of [`HEAD`] bytes, then layer by layer the steps and biases of its outputs and
/// their weights.
const FILE: &[u8] = include_bytes!("glyphs.bin");

/// Magic, version as two bytes, two bytes of zero, FNV-1a of the rest; numbers little endian.
const HEAD: usize = 16;

const MAGIC: [u8; 4] = *b"MRZG";
const VERSION: u8 = 1;

/// Side of the first layer's window, as stored: five samples, three more of weight zero make full vectors.
const WINDOW: usize = 5;
const PADDED: usize = 8;

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
const COARSE_TAPS: usize = 3 * 3 * FINE;
const FEATURES: usize = COARSE_COLUMNS * COARSE_ROWS * COARSE;

/// Bits that a layer's steps are shifted by.
const STEP_BITS: u32 = 20;

/// Largest activation: sums over all features stay within 32 bits.
const MOST: f32 = 8191.0;

/// Added to a small number it leaves the nearest whole one in the low bits: 1.5 * 2^23. Quicker than a cast, which
/// asks for what cannot be here.
const WHOLE: f32 = 12_582_912.0;

/// Outputs that are computed together.
const GROUP: usize = 4;

/// Some outputs of a layer: their weights, and what makes their sums the next layer's activations.
#[derive(Clone, Copy)]
struct Group<const TAPS: usize> {
    weights: [[i16; TAPS]; GROUP],
    bias: [i32; GROUP],
    step: [f32; GROUP],
}

/// The network's weights.
pub(crate) struct Glyphs {
    fine: [Group<FINE_TAPS>; FINE / GROUP],
    coarse: [Group<COARSE_TAPS>; COARSE / GROUP],
    hidden: [Group<FEATURES>; HIDDEN / GROUP],
    classes: [Group<HIDDEN>; CLASSES.div_ceil(GROUP)],
}

/// The weights that are shipped.
pub(crate) static GLYPHS: Glyphs = Glyphs::parse(FILE);

impl<const TAPS: usize> Group<TAPS> {
    /// Nothing.
    const EMPTY: Self = Self { weights: [[0; TAPS]; GROUP], bias: [0; GROUP], step: [0.0; GROUP] };

    /// The outputs in the unit of the next layer.
    #[inline]
    fn of(&self, input: &[i16; TAPS]) -> [f32; GROUP] {
        let mut sums = self.bias;
        for tap in 0..TAPS {
            for (sum, weights) in sums.iter_mut().zip(&self.weights) {
                *sum += i32::from(weights[tap]) * i32::from(input[tap]);
            }
        }
        let mut out = [0.0; GROUP];
        for ((out, sum), step) in out.iter_mut().zip(sums).zip(self.step) {
            *out = sum as f32 * step;
        }
        out
    }

    /// The same where nothing passes below zero.
    #[inline]
    fn rectified(&self, input: &[i16; TAPS]) -> [i16; GROUP] {
        self.of(input).map(|value| (value.clamp(0.0, MOST) + WHOLE).to_bits() as i16)
    }
}

/// Runs a layer over all windows. One loop over windows and groups: with two nested ones the compiler widens a window
/// ahead of the inner loop and multiplies in more steps. With the groups of four this took 1.2 ms for 94 cells instead
/// of 2.1 (x86-64 without AVX2).
#[inline]
fn layer<const TAPS: usize, const GROUPS: usize>(
    groups: &[Group<TAPS>; GROUPS],
    windows: &[[i16; TAPS]],
    out: &mut [i16],
) {
    for (nth, values) in out.chunks_exact_mut(GROUP).enumerate() {
        let Some(window) = windows.get(nth / GROUPS) else { return };
        values.copy_from_slice(&groups[nth % GROUPS].rectified(window));
    }
}

impl Glyphs {
    /// What the network thinks of a cell.
    pub(crate) fn score(&self, cell: &Cell, out: &mut CellScore) {
        if !cell.known {
            *out = CellScore::UNKNOWN;
            return;
        }
        let features = self.coarse(&self.fine(cell));
        let mut hidden = [0; HIDDEN];
        layer(&self.hidden, &[features], &mut hidden);
        let mut likely = [0.0_f32; CLASSES];
        for (values, group) in likely.chunks_mut(GROUP).zip(&self.classes) {
            for (value, of) in values.iter_mut().zip(group.of(&hidden)) {
                *value = of;
            }
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
    fn fine(&self, cell: &Cell) -> [[[i16; FINE]; FINE_COLUMNS]; FINE_ROWS] {
        // Two samples of zero around; at the right as many as the stored window is wider.
        let mut samples = [[0_i16; COLUMNS + PADDED]; ROWS + WINDOW - 1];
        for (row, line) in samples[2..].iter_mut().zip(cell.samples.chunks_exact(COLUMNS)) {
            for (to, from) in row[2..].iter_mut().zip(line) {
                *to = i16::from(*from);
            }
        }
        let mut windows = [[0; FINE_TAPS]; FINE_COLUMNS * FINE_ROWS];
        for (place, window) in windows.iter_mut().enumerate() {
            let (x, y) = (place % FINE_COLUMNS, place / FINE_COLUMNS);
            for (taps, line) in window.chunks_exact_mut(PADDED).zip(&samples[2 * y..]) {
                taps.copy_from_slice(&line[2 * x..2 * x + PADDED]);
            }
        }
        let mut out = [[[0; FINE]; FINE_COLUMNS]; FINE_ROWS];
        layer(&self.fine, &windows, out.as_flattened_mut().as_flattened_mut());
        out
    }

    /// Windows of 3 × 3 cells of the first layer, every second one each way.
    fn coarse(&self, fine: &[[[i16; FINE]; FINE_COLUMNS]; FINE_ROWS]) -> [i16; FEATURES] {
        // A border of zeros on top and at the left.
        let mut bordered = [[[0; FINE]; FINE_COLUMNS + 1]; FINE_ROWS + 1];
        for (row, line) in bordered[1..].iter_mut().zip(fine) {
            row[1..].copy_from_slice(line);
        }
        let mut windows = [[0; COARSE_TAPS]; COARSE_COLUMNS * COARSE_ROWS];
        for (place, window) in windows.iter_mut().enumerate() {
            let (x, y) = (place % COARSE_COLUMNS, place / COARSE_COLUMNS);
            for (taps, line) in window.chunks_exact_mut(3 * FINE).zip(&bordered[2 * y..]) {
                taps.copy_from_slice(line[2 * x..2 * x + 3].as_flattened());
            }
        }
        let mut out = [0; FEATURES];
        layer(&self.coarse, &windows, &mut out);
        out
    }

    const fn parse(file: &[u8]) -> Self {
        assert!(file[0] == MAGIC[0] && file[1] == MAGIC[1] && file[2] == MAGIC[2] && file[3] == MAGIC[3]);
        assert!(file[4] == VERSION && file[5] == 0, "the weights are of another version");
        assert!(fnv(file, HEAD) == long(file, 8), "the weights are damaged");
        let mut at = HEAD;
        let fine = groups(file, &mut at, FINE, WINDOW);
        let coarse = groups(file, &mut at, COARSE, COARSE_TAPS);
        let hidden = groups(file, &mut at, HIDDEN, FEATURES);
        let classes = groups(file, &mut at, CLASSES, HIDDEN);
        assert!(at == file.len(), "the weights are of another network");
        Self { fine, coarse, hidden, classes }
    }
}

/// Reads a layer of `count` outputs. Its windows are stored in rows of `run` weights; here a row takes its share of
/// `TAPS`.
const fn groups<const TAPS: usize, const GROUPS: usize>(
    file: &[u8],
    at: &mut usize,
    count: usize,
    run: usize,
) -> [Group<TAPS>; GROUPS] {
    let mut out = [Group::EMPTY; GROUPS];
    // Rows of full vectors in the first layer, one row of all elsewhere.
    let wide = if run == WINDOW { PADDED } else { run };
    let mut nth = 0;
    while nth < count {
        let (group, member) = (&mut out[nth / GROUP], nth % GROUP);
        group.step[member] = int(file, *at) as f32 / (1_u32 << STEP_BITS) as f32;
        group.bias[member] = int(file, *at + 4);
        *at += 8;
        let mut row = 0;
        while row < TAPS / wide {
            let mut tap = 0;
            while tap < run {
                group.weights[member][row * wide + tap] = file[*at].cast_signed() as i16;
                *at += 1;
                tap += 1;
            }
            row += 1;
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
