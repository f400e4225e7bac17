//! Modules to blocks of codewords, each codeword with what is known of its trustworthiness, and back.
//!
//! Not its job: correcting them. Buffers hold the blocks one after another, each with its data codewords before its
//! error correction codewords; in the code they stand interleaved (ISO/IEC 18004:2015, 7.6).

use super::correct::{Design, Doubt};
use super::layout::{Layout, VERSIONS};
use super::mask::MASKS;
use super::values::Modules;
use crate::EcLevel;

/// For versions 1 to 40 and levels L, M, Q, H: the number of blocks, and the error correction codewords of each
/// (table 9).
#[rustfmt::skip]
const BLOCKS: [[(u8, u8); 4]; VERSIONS as usize] = [
    [(1, 7), (1, 10), (1, 13), (1, 17)],
    [(1, 10), (1, 16), (1, 22), (1, 28)],
    [(1, 15), (1, 26), (2, 18), (2, 22)],
    [(1, 20), (2, 18), (2, 26), (4, 16)],
    [(1, 26), (2, 24), (4, 18), (4, 22)],
    [(2, 18), (4, 16), (4, 24), (4, 28)],
    [(2, 20), (4, 18), (6, 18), (5, 26)],
    [(2, 24), (4, 22), (6, 22), (6, 26)],
    [(2, 30), (5, 22), (8, 20), (8, 24)],
    [(4, 18), (5, 26), (8, 24), (8, 28)],
    [(4, 20), (5, 30), (8, 28), (11, 24)],
    [(4, 24), (8, 22), (10, 26), (11, 28)],
    [(4, 26), (9, 22), (12, 24), (16, 22)],
    [(4, 30), (9, 24), (16, 20), (16, 24)],
    [(6, 22), (10, 24), (12, 30), (18, 24)],
    [(6, 24), (10, 28), (17, 24), (16, 30)],
    [(6, 28), (11, 28), (16, 28), (19, 28)],
    [(6, 30), (13, 26), (18, 28), (21, 28)],
    [(7, 28), (14, 26), (21, 26), (25, 26)],
    [(8, 28), (16, 26), (20, 30), (25, 28)],
    [(8, 28), (17, 26), (23, 28), (25, 30)],
    [(9, 28), (17, 28), (23, 30), (34, 24)],
    [(9, 30), (18, 28), (25, 30), (30, 30)],
    [(10, 30), (20, 28), (27, 30), (32, 30)],
    [(12, 26), (21, 28), (29, 30), (35, 30)],
    [(12, 28), (23, 28), (34, 28), (37, 30)],
    [(12, 30), (25, 28), (34, 30), (40, 30)],
    [(13, 30), (26, 28), (35, 30), (42, 30)],
    [(14, 30), (28, 28), (38, 30), (45, 30)],
    [(15, 30), (29, 28), (40, 30), (48, 30)],
    [(16, 30), (31, 28), (43, 30), (51, 30)],
    [(17, 30), (33, 28), (45, 30), (54, 30)],
    [(18, 30), (35, 28), (48, 30), (57, 30)],
    [(19, 30), (37, 28), (51, 30), (60, 30)],
    [(19, 30), (38, 28), (53, 30), (63, 30)],
    [(20, 30), (40, 28), (56, 30), (66, 30)],
    [(21, 30), (43, 28), (59, 30), (70, 30)],
    [(22, 30), (45, 28), (62, 30), (74, 30)],
    [(24, 30), (47, 28), (65, 30), (77, 30)],
    [(25, 30), (49, 28), (68, 30), (81, 30)],
];

/// How the codewords of a version and level are divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Number of blocks; the short ones come first.
    blocks: usize,
    short_blocks: usize,
    /// Codewords of a short block; a long one has one more, of data.
    short_len: usize,
    pub(super) design: Design,
}

impl Plan {
    pub(super) fn of(layout: &Layout, level: EcLevel) -> Option<Self> {
        let row = BLOCKS.get(usize::from(layout.version()).checked_sub(1)?)?;
        let (blocks, spare) = row[column(level)];
        let (blocks, total) = (usize::from(blocks), layout.codewords());
        let guard = match (layout.version(), level) {
            (1, EcLevel::Low) => 3,
            (1, EcLevel::Medium) | (2, EcLevel::Low) => 2,
            (1, _) | (3, EcLevel::Low) => 1,
            _ => 0,
        };
        Some(Self {
            blocks,
            short_blocks: blocks - total % blocks,
            short_len: total / blocks,
            design: Design { spare: spare.into(), guard },
        })
    }

    /// Where each block lies in a buffer of blocks.
    pub(super) fn ranges(self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let mut start = 0;
        (0..self.blocks).map(move |block| {
            let range = start..start + self.len(block);
            start = range.end;
            range
        })
    }

    /// Wrong codewords the whole code can carry at best.
    pub(super) fn capacity(self) -> usize {
        self.blocks * ((self.design.spare - self.design.guard) / 2)
    }

    fn len(self, block: usize) -> usize {
        self.short_len + usize::from(block >= self.short_blocks)
    }

    fn start(self, block: usize) -> usize {
        block * self.short_len + block.saturating_sub(self.short_blocks)
    }

    /// For each codeword of the stream, in its order, the place in a buffer of blocks.
    pub(super) fn places(self) -> impl Iterator<Item = usize> {
        let short_data = self.short_len - self.design.spare;
        let common = (0..short_data).flat_map(move |i| (0..self.blocks).map(move |b| self.start(b) + i));
        let extra = (self.short_blocks..self.blocks).map(move |b| self.start(b) + short_data);
        let spare = (0..self.design.spare).flat_map(move |i| {
            (0..self.blocks).map(move |b| self.start(b) + self.len(b) - self.design.spare + i)
        });
        common.chain(extra).chain(spare)
    }
}

fn column(level: EcLevel) -> usize {
    match level {
        EcLevel::Low => 0,
        EcLevel::Medium => 1,
        EcLevel::Quartile => 2,
        EcLevel::High => 3,
    }
}

/// All codewords of a code, block by block.
#[derive(Debug, Default)]
pub(super) struct Codewords {
    /// As read, later corrected.
    pub(super) words: Vec<u8>,
    /// How unsure each is, once asked for.
    pub(super) doubts: Vec<Doubt>,
}

impl Codewords {
    /// Collects and unmasks. `mirrored` reads columns for rows.
    pub(super) fn collect(
        &mut self,
        modules: &Modules,
        layout: &Layout,
        plan: Plan,
        mask: u8,
        mirrored: bool,
    ) {
        self.words.resize(layout.codewords(), 0);
        let flips = &MASKS[usize::from(mask & 7)];
        let values = modules.values();
        let (across, down) = strides(layout.size(), mirrored);
        let stream = layout.data().chunks_exact(8).zip(layout.phases().chunks_exact(8));
        for ((sites, phases), place) in stream.zip(plan.places()) {
            let mut word = 0;
            for (&(x, y), &phase) in sites.iter().zip(phases) {
                let dark = values[usize::from(x) * across + usize::from(y) * down] > 0.0;
                word = word << 1 | u8::from(dark != flips[usize::from(phase)]);
            }
            self.words[place] = word;
        }
    }

    /// Collects how unsure the codewords are.
    pub(super) fn collect_doubts(&mut self, modules: &Modules, layout: &Layout, plan: Plan, mirrored: bool) {
        self.doubts.resize(layout.codewords(), Doubt::default());
        let values = modules.values();
        let (across, down) = strides(layout.size(), mirrored);
        for (sites, place) in layout.data().chunks_exact(8).zip(plan.places()) {
            let mut doubt = Doubt::default();
            for (bit, &(x, y)) in sites.iter().enumerate() {
                let this = doubtfulness(values[usize::from(x) * across + usize::from(y) * down]);
                doubt.sum += this;
                if this > doubt.weakest {
                    (doubt.weakest, doubt.bit) = (this, 0x80 >> bit);
                }
            }
            self.doubts[place] = doubt;
        }
    }

    /// The opposite: sets the data modules of `dark`, a matrix in row order, as the codewords say. Remainder bits are
    /// 0 before masking, as the standard has them.
    pub(super) fn place(&self, dark: &mut [bool], layout: &Layout, plan: Plan, mask: u8, mirrored: bool) {
        let flips = &MASKS[usize::from(mask & 7)];
        let (across, down) = strides(layout.size(), mirrored);
        let bits =
            plan.places().flat_map(|place| (0..8).rev().map(move |bit| self.words[place] >> bit & 1 == 1));
        let sites = layout.data().iter().zip(layout.phases());
        for ((&(x, y), &phase), bit) in sites.zip(bits.chain(std::iter::repeat(false))) {
            dark[usize::from(x) * across + usize::from(y) * down] = bit != flips[usize::from(phase)];
        }
    }
}

/// How likely a module is wrong, as far as the order of likelihoods goes: 1 without any idea, 0 for a clear module, in
/// between falling about as exp(-10 |value|) does, which is how errors fall off in noise that a code can just bear.
/// What is no number is no idea. Adding these up per codeword beats taking its least sure bit alone: a codeword with
/// all bits covered then stands before one with a single doubtful bit.
fn doubtfulness(value: f32) -> f32 {
    let doubt = if value.is_nan() { 1.0 } else { 1.0 - value.abs().min(1.0) };
    let fourth = (doubt * doubt) * (doubt * doubt);
    fourth * fourth
}

/// What a step to the right and a step down add to an index in row order.
pub(super) fn strides(size: usize, mirrored: bool) -> (usize, usize) {
    if mirrored { (size, 1) } else { (1, size) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const LEVELS: [EcLevel; 4] = [EcLevel::Low, EcLevel::Medium, EcLevel::Quartile, EcLevel::High];

    #[test]
    fn blocks_cover_every_codeword_once() {
        for version in 1..=VERSIONS {
            let layout = Layout::of(version).unwrap();
            for level in LEVELS {
                let plan = Plan::of(layout, level).unwrap();
                let mut places: Vec<_> = plan.places().collect();
                places.sort_unstable();
                assert!(places.into_iter().eq(0..layout.codewords()), "{version} {level:?}");
                assert_eq!(plan.ranges().last().unwrap().end, layout.codewords(), "{version} {level:?}");
            }
        }
    }

    #[test]
    fn blocks_divide_as_the_standard_says() {
        // Version 5-Q: two blocks of 33 codewords with 15 of data, two of 34 with 16.
        let plan = Plan::of(Layout::of(5).unwrap(), EcLevel::Quartile).unwrap();
        assert_eq!(plan.ranges().map(|r| r.len()).collect::<Vec<_>>(), [33, 33, 34, 34]);
        assert_eq!((plan.design.spare, plan.capacity()), (18, 36));
        let small = Plan::of(Layout::of(1).unwrap(), EcLevel::Low).unwrap();
        assert_eq!((small.design.spare, small.capacity()), (7, 2));
    }
}
