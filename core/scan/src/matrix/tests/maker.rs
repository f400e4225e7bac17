//! Codes to read, made by fast_qr or drawn from chosen data codewords, and ways to damage them.

use std::ops::Range;

use fast_qr::{ECL, QRBuilder, Version};

use crate::EcLevel;
use crate::matrix::codewords::{Codewords, Plan};
use crate::matrix::format::Format;
use crate::matrix::galois::{mul, power};
use crate::matrix::layout::version_of;
use crate::matrix::{Last, Layout, MatrixDecoder, Modules};

pub(super) const LEVELS: [EcLevel; 4] = [EcLevel::Low, EcLevel::Medium, EcLevel::Quartile, EcLevel::High];

#[rustfmt::skip]
const VERSIONS: [Version; 40] = [
    Version::V01, Version::V02, Version::V03, Version::V04, Version::V05, Version::V06, Version::V07, Version::V08,
    Version::V09, Version::V10, Version::V11, Version::V12, Version::V13, Version::V14, Version::V15, Version::V16,
    Version::V17, Version::V18, Version::V19, Version::V20, Version::V21, Version::V22, Version::V23, Version::V24,
    Version::V25, Version::V26, Version::V27, Version::V28, Version::V29, Version::V30, Version::V31, Version::V32,
    Version::V33, Version::V34, Version::V35, Version::V36, Version::V37, Version::V38, Version::V39, Version::V40,
];

/// A code by another's hand.
pub(super) fn code(payload: &[u8], version: u8, level: EcLevel) -> Vec<bool> {
    let ecl = match level {
        EcLevel::Low => ECL::L,
        EcLevel::Medium => ECL::M,
        EcLevel::Quartile => ECL::Q,
        EcLevel::High => ECL::H,
    };
    let made = QRBuilder::new(payload).ecl(ecl).version(VERSIONS[usize::from(version) - 1]).build().unwrap();
    made.data[..made.size * made.size].iter().map(|module| module.value()).collect()
}

/// Bytes that a code holds in byte mode.
pub(super) fn room(version: u8, level: EcLevel) -> usize {
    data_codewords(version, level) - if version < 10 { 2 } else { 3 }
}

/// Data codewords of a code.
pub(super) fn data_codewords(version: u8, level: EcLevel) -> usize {
    let layout = Layout::of(version).unwrap();
    let plan = Plan::of(layout, level).unwrap();
    layout.codewords() - plan.ranges().count() * plan.design.spare
}

/// Clear modules: all values 1 or -1.
pub(super) fn clear(dark: &[bool]) -> Modules {
    let values = dark.iter().map(|dark| if *dark { 1.0 } else { -1.0 }).collect();
    Modules::new(dark.len().isqrt(), values).unwrap()
}

/// A fixed sequence of random numbers (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// 1 to `most` bytes.
    pub(super) fn some_bytes(&mut self, most: usize) -> Vec<u8> {
        let count = 1 + self.below(most);
        self.bytes(count)
    }

    /// From 0 to 1.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1 << 24) as f32
    }

    /// Normally distributed about 0 with deviation 1 (Box and Muller).
    pub(super) fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f32::consts::TAU * self.unit()).cos()
    }

    /// `count` different numbers below `end`.
    pub(super) fn choose(&mut self, count: usize, end: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..end).collect();
        for i in 0..count {
            let other = i + self.below(end - i);
            all.swap(i, other);
        }
        all.truncate(count);
        all
    }
}

/// A code with chosen data codewords, as many as the code has, under mask 3.
pub(super) fn drawn(data: &[u8], version: u8, level: EcLevel) -> Vec<bool> {
    let layout = Layout::of(version).unwrap();
    let plan = Plan::of(layout, level).unwrap();
    let mut words = Vec::new();
    let mut rest = data;
    for range in plan.ranges() {
        let (block, later) = rest.split_at(range.len() - plan.design.spare);
        words.extend_from_slice(block);
        words.extend(parity(block, plan.design.spare));
        rest = later;
    }
    assert!(rest.is_empty());
    let format = Format { level, mask: 3, mirrored: false, likeness: 30.0 };
    let mut decoder = MatrixDecoder {
        codewords: Codewords { words, doubts: Vec::new() },
        last: Some(Last { layout, plan, format }),
        ..MatrixDecoder::default()
    };
    let mut dark = Vec::new();
    decoder.corrected(&mut dark).unwrap();
    decoder.last = None;
    dark
}

/// Error correction codewords: the remainder of a division by the product of x - α to the powers of 0 to `spare` - 1.
fn parity(block: &[u8], spare: usize) -> Vec<u8> {
    let mut generator = vec![1_u8];
    for exponent in 0..spare {
        generator.push(0);
        for i in (1..generator.len()).rev() {
            generator[i] ^= mul(generator[i - 1], power(exponent));
        }
    }
    let mut remainder = block.to_vec();
    remainder.resize(block.len() + spare, 0);
    for i in 0..block.len() {
        let factor = remainder[i];
        for (target, term) in remainder[i..].iter_mut().zip(&generator) {
            *target ^= mul(*term, factor);
        }
    }
    remainder.split_off(block.len())
}

/// The codewords of each block, by their places in the stream.
pub(super) fn blocks(version: u8, level: EcLevel) -> Vec<Vec<usize>> {
    let plan = Plan::of(Layout::of(version).unwrap(), level).unwrap();
    let streamed: Vec<usize> = plan.places().collect();
    let within =
        |range: &Range<usize>| (0..streamed.len()).filter(|i| range.contains(&streamed[*i])).collect();
    plan.ranges().map(|range| within(&range)).collect()
}

/// The values of one codeword of the stream, as indices.
pub(super) fn modules_of(modules: &Modules, codeword: usize) -> Vec<usize> {
    let layout = Layout::of(version_of(modules.size()).unwrap()).unwrap();
    let sites = &layout.data()[8 * codeword..8 * codeword + 8];
    sites.iter().map(|(x, y)| usize::from(*y) * modules.size() + usize::from(*x)).collect()
}

/// Turns over some modules of a codeword, at least one.
pub(super) fn spoil(modules: &mut Modules, codeword: usize, random: &mut Random) {
    let pattern = 1 + random.below(255);
    for (bit, index) in modules_of(modules, codeword).into_iter().enumerate() {
        if pattern >> bit & 1 == 1 {
            modules.values_mut()[index] *= -1.0;
        }
    }
}
