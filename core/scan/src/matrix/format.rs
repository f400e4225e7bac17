//! Format and version information: 5 and 6 bits, protected so well that they can be read by likeness.
//!
//! Format information tells level and mask and stands in the code twice (ISO/IEC 18004:2015, 7.9 and annex C); version
//! information, from version 7 on, tells the version and stands there twice too (7.10 and annex D).
//!
//! All 32 formats are compared with the soft values of both copies. The likeliest is not taken for granted: where a
//! copy is covered its modules say something else, often with confidence, so a few are handed on, ranked, and error
//! correction of the codewords decides.

use super::layout::{FIRST_WITH_VERSION, VERSIONS, format_sites, version_of, version_sites};
use super::values::Modules;
use crate::EcLevel;

/// Bits of format information.
const FORMAT_BITS: usize = 15;
/// Generator of its BCH code, and the mask that keeps it from being all light.
const FORMAT_GENERATOR: u32 = 0x537;
const FORMAT_MASK: u32 = 0x5412;
/// Bits of version information, and the generator of its Golay code.
const VERSION_BITS: usize = 18;
const VERSION_GENERATOR: u32 = 0x1f25;

/// Wrong bits that a copy of either can carry: any two formats differ in 7 bits at least, any two versions in 8.
const CORRECTABLE: u32 = 3;

/// With neither copy within its capacity, the likeliest format must lead the next by this much, of 30 modules that
/// count up to 1 each. Two formats differ by at least 14 modules, so clean values lead by 28.
const CLEAR_LEAD: f32 = 5.0;

/// A format that is this much less like than the likeliest is not tried: seven modules would have to lie for it.
const FAR_BEHIND: f32 = 14.0;

/// All 32 words of format information.
static FORMATS: [u32; 32] = formats();

/// Formats tried on one matrix at most. True ones are nearly always first; each further one costs a try.
pub(super) const MOST: usize = 6;

/// A format worth trying.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Format {
    pub(super) level: EcLevel,
    /// 0 to 7.
    pub(super) mask: u8,
    /// Columns stand for rows.
    pub(super) mirrored: bool,
    /// Likeness, 30 at best.
    pub(super) likeness: f32,
}

/// Formats by falling likeness.
#[derive(Debug, Default)]
pub(super) struct Formats {
    list: [Option<Format>; MOST],
}

impl Formats {
    /// Upright and mirrored formats that the matrix may carry, the likeliest first, none far behind it.
    pub(super) fn of(modules: &Modules) -> Self {
        let mut all = Self::default();
        if version_of(modules.size()).is_some() {
            for mirrored in [false, true] {
                all.add_side(modules, mirrored);
            }
        }
        let floor = all.list[0].map_or(0.0, |best| best.likeness - FAR_BEHIND);
        for slot in &mut all.list {
            *slot = slot.filter(|f| f.likeness >= floor);
        }
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Format> {
        self.list.iter().copied().flatten()
    }

    fn add_side(&mut self, modules: &Modules, mirrored: bool) {
        let mut copies = [[0.0; FORMAT_BITS]; 2];
        for bit in 0..FORMAT_BITS {
            for (copy, (x, y)) in copies.iter_mut().zip(format_sites(modules.size(), bit)) {
                copy[bit] = if mirrored { modules.value(y, x) } else { modules.value(x, y) };
            }
        }
        let seen = Seen::of(&copies);
        let scored: [(f32, u32); 32] = std::array::from_fn(|data| seen.compare(FORMATS[data]));
        let best = highest(scored.iter().map(|s| s.0));
        let second = highest(scored.iter().map(|s| s.0).filter(|s| *s < best));
        for (data, (likeness, wrong)) in scored.into_iter().enumerate() {
            if wrong <= CORRECTABLE || (likeness == best && best - second >= CLEAR_LEAD) {
                self.insert(Format { level: level(data >> 3), mask: (data & 7) as u8, mirrored, likeness });
            }
        }
    }

    /// Keeps the list in falling order.
    fn insert(&mut self, mut format: Format) {
        for slot in &mut self.list {
            match slot {
                None => {
                    *slot = Some(format);
                    return;
                }
                Some(held) if held.likeness < format.likeness => std::mem::swap(held, &mut format),
                Some(_) => {}
            }
        }
    }
}

/// Version information of codes from version 7 on: the likeliest version, and how many bits of its better copy are
/// wrong, at most 3. `None` if both copies have more, or the size is that of a smaller code.
///
/// Mirrored codes too: in a mirror the two copies change places. Both stand at a finder pattern's side, so a matrix
/// whose size was guessed wrong can still tell.
pub(crate) fn version_information(modules: &Modules) -> Option<(u8, u8)> {
    let size = modules.size();
    if version_of(size)? < FIRST_WITH_VERSION {
        return None;
    }
    let mut copies = [[0.0; VERSION_BITS]; 2];
    for bit in 0..VERSION_BITS {
        for (copy, (x, y)) in copies.iter_mut().zip(version_sites(size, bit)) {
            copy[bit] = modules.value(x, y);
        }
    }
    let seen = Seen::of(&copies);
    let scored = (FIRST_WITH_VERSION..=VERSIONS).map(|v| (seen.compare(version_word(v.into())), v));
    let ((_, wrong), version) =
        scored.min_by(|((like_a, a), _), ((like_b, b), _)| a.cmp(b).then(like_b.total_cmp(like_a)))?;
    (wrong <= CORRECTABLE).then_some((version, wrong as u8))
}

/// The 15 bits of format information as they stand in a code.
pub(super) fn format_bits(level: EcLevel, mask: u8) -> u32 {
    let level = match level {
        EcLevel::Medium => 0,
        EcLevel::Low => 1,
        EcLevel::High => 2,
        EcLevel::Quartile => 3,
    };
    format_word(level << 3 | u32::from(mask & 7))
}

/// The 18 bits of version information.
pub(super) fn version_word(version: u32) -> u32 {
    version << 12 | remainder(version << 12, VERSION_GENERATOR)
}

const fn formats() -> [u32; 32] {
    let mut all = [0; 32];
    let mut data = 0;
    while data < 32 {
        all[data] = format_word(data as u32);
        data += 1;
    }
    all
}

const fn format_word(data: u32) -> u32 {
    (data << 10 | remainder(data << 10, FORMAT_GENERATOR)) ^ FORMAT_MASK
}

/// The level two bits stand for (table 12).
fn level(bits: usize) -> EcLevel {
    match bits & 3 {
        0 => EcLevel::Medium,
        1 => EcLevel::Low,
        2 => EcLevel::High,
        _ => EcLevel::Quartile,
    }
}

/// Remainder of a division of polynomials over single bits.
const fn remainder(mut value: u32, generator: u32) -> u32 {
    let degree = generator.ilog2();
    while value >> degree != 0 {
        value ^= generator << (value.ilog2() - degree);
    }
    value
}

/// Two copies as they were read.
struct Seen<const BITS: usize> {
    /// What both copies together say of each bit, -2 to 2.
    voices: [f32; BITS],
    /// Hard decisions of each copy.
    words: [u32; 2],
}

impl<const BITS: usize> Seen<BITS> {
    fn of(copies: &[[f32; BITS]; 2]) -> Self {
        let mut seen = Self { voices: [0.0; BITS], words: [0; 2] };
        for (copy, word) in copies.iter().zip(&mut seen.words) {
            for (bit, (value, voice)) in copy.iter().zip(&mut seen.voices).enumerate() {
                *word |= u32::from(*value > 0.0) << bit;
                // One module has one voice, however loud; what is no number has none.
                *voice += if value.is_nan() { 0.0 } else { value.clamp(-1.0, 1.0) };
            }
        }
        seen
    }

    /// How like the copies are to a word, and how many bits of the better one differ.
    fn compare(&self, word: u32) -> (f32, u32) {
        let voices = self.voices.iter().enumerate();
        let likeness = voices.map(|(bit, voice)| if word >> bit & 1 == 1 { *voice } else { -voice }).sum();
        let [near, far] = self.words.map(|seen| (seen ^ word).count_ones());
        (likeness, near.min(far))
    }
}

fn highest(scores: impl Iterator<Item = f32>) -> f32 {
    scores.fold(f32::NEG_INFINITY, f32::max)
}
