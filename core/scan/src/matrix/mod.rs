//! From the modules of one code to its payload: format, mask, error correction and segments, by ISO/IEC 18004:2015.
//!
//! Not its job: pixels. Modules come with a value that says how sure they are, and correction makes use of it.

mod codewords;
mod correct;
mod format;
mod galois;
pub(crate) mod layout;
mod mask;
mod second_opinion;
mod segments;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use format::version_information;
pub(crate) use layout::Layout;
pub(crate) use second_opinion::agrees;
pub(crate) use values::Modules;

use crate::{Correction, EcLevel};
use codewords::{Codewords, Plan, strides};
use correct::{Fix, correct, correct_by_doubts};
use format::{Format, Formats, format_bits, version_word};
use layout::{FIRST_WITH_VERSION, format_sites, version_of, version_sites};

/// How much work a matrix is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Hard decisions: no erasures. What a live frame can afford for every candidate.
    Plain,
    /// Erases and turns over what is least sure.
    Full,
}

/// What a module matrix says.
pub(crate) struct Decoded {
    /// The payload as encoded, never empty.
    pub(crate) bytes: Vec<u8>,
    /// 1 to 40.
    pub(crate) version: u8,
    pub(crate) ec_level: EcLevel,
    /// Codewords that changed, and how many may be wrong at unknown places.
    pub(crate) correction: Correction,
    /// Codewords that were erased or turned over beforehand, whether or not they changed: 0 for a read by hard
    /// decisions alone.
    pub(crate) erasures: u32,
    /// Columns stand for rows.
    pub(crate) mirrored: bool,
    /// What follows the payload is the padding of the standard. Nearly every writer keeps to it, noise does not.
    pub(crate) padded: bool,
}

/// Reads module matrices one after another; keeps its memory.
#[derive(Debug, Default)]
pub(crate) struct MatrixDecoder {
    codewords: Codewords,
    data: Vec<u8>,
    last: Option<Last>,
}

/// The last read, as far as drawing it again needs.
#[derive(Clone, Copy, Debug)]
struct Last {
    layout: &'static Layout,
    plan: Plan,
    format: Format,
}

impl MatrixDecoder {
    /// Reads a matrix, upright or mirrored; `None` unless every block could be corrected beyond reasonable doubt and
    /// something is in it.
    pub(crate) fn read(&mut self, modules: &Modules, effort: Effort) -> Option<Decoded> {
        self.last = None;
        let layout = Layout::of(version_of(modules.size())?)?;
        Formats::of(modules)
            .iter()
            .enumerate()
            .find_map(|(rank, format)| self.attempt(modules, layout, format, effort, rank == 0))
    }

    fn attempt(
        &mut self,
        modules: &Modules,
        layout: &'static Layout,
        format: Format,
        effort: Effort,
        likeliest: bool,
    ) -> Option<Decoded> {
        let plan = Plan::of(layout, format.level)?;
        self.codewords.collect(modules, layout, plan, format.mask, format.mirrored);
        self.data.clear();
        let mut has_doubts = false;
        let (mut errors, mut erasures) = (0, 0);
        for range in plan.ranges() {
            let mut fix = correct(&mut self.codewords.words[range.clone()], plan.design);
            if fix.is_none() && effort == Effort::Full {
                if !has_doubts {
                    self.codewords.collect_doubts(modules, layout, plan, format.mirrored);
                    has_doubts = true;
                }
                let Codewords { words, doubts } = &mut self.codewords;
                let doubts = &doubts[range.clone()];
                fix = correct_by_doubts(&mut words[range.clone()], plan.design, doubts, likeliest);
            }
            let Fix { changed, erased } = fix?;
            errors += changed;
            erasures += erased;
            let data = &self.codewords.words[range];
            self.data.extend_from_slice(&data[..data.len() - plan.design.spare]);
        }
        let payload = segments::read(&self.data, layout.version())?;
        self.last = Some(Last { layout, plan, format });
        Some(Decoded {
            bytes: payload.bytes,
            version: layout.version(),
            ec_level: format.level,
            correction: Correction { errors, capacity: plan.capacity() as u32 },
            erasures,
            mirrored: format.mirrored,
            padded: payload.padded,
        })
    }

    /// Draws the last read as it should have looked, dark modules `true`, in row order and in the orientation of the
    /// matrix that was read. Returns the modules a side; `None`, and nothing drawn, if the last matrix was not read.
    pub(crate) fn corrected(&self, dark: &mut Vec<bool>) -> Option<usize> {
        let Last { layout, plan, format } = self.last?;
        let size = layout.size();
        dark.clear();
        dark.resize(size * size, false);
        let (across, down) = strides(size, format.mirrored);
        for &(x, y, is_dark) in layout.known() {
            dark[usize::from(x) * across + usize::from(y) * down] = is_dark;
        }
        let word = format_bits(format.level, format.mask);
        for bit in 0..15 {
            for (x, y) in format_sites(size, bit) {
                dark[x * across + y * down] = word >> bit & 1 == 1;
            }
        }
        if layout.version() >= FIRST_WITH_VERSION {
            let word = version_word(layout.version().into());
            for bit in 0..18 {
                for (x, y) in version_sites(size, bit) {
                    dark[x * across + y * down] = word >> bit & 1 == 1;
                }
            }
        }
        self.codewords.place(dark, layout, plan, format.mask, format.mirrored);
        Some(size)
    }
}
