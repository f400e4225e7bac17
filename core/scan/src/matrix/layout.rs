//! What is fixed in a code of a version: its size, the patterns every reader knows beforehand, and the order in which
//! the modules between them carry the codewords.
//!
//! Not its job: values. Everything here follows from the version alone (ISO/IEC 18004:2015, 6.3 and 7.7, annex E), so
//! one [`Layout`] per version is built on first use and shared for good.
//!
//! Coordinates are columns `x` and rows `y` of the upright code, (0, 0) the outermost module of the top left finder
//! pattern; the quiet zone is no part of it.

use std::sync::OnceLock;

use super::mask;

/// The largest version.
pub(crate) const VERSIONS: u8 = 40;

/// Version information is carried from this version on.
pub(crate) const FIRST_WITH_VERSION: u8 = 7;

/// Row and column coordinates of the alignment patterns of versions 1 to 40 (annex E).
const ALIGNMENT: [&[u8]; VERSIONS as usize] = [
    &[],
    &[6, 18],
    &[6, 22],
    &[6, 26],
    &[6, 30],
    &[6, 34],
    &[6, 22, 38],
    &[6, 24, 42],
    &[6, 26, 46],
    &[6, 28, 50],
    &[6, 30, 54],
    &[6, 32, 58],
    &[6, 34, 62],
    &[6, 26, 46, 66],
    &[6, 26, 48, 70],
    &[6, 26, 50, 74],
    &[6, 30, 54, 78],
    &[6, 30, 56, 82],
    &[6, 30, 58, 86],
    &[6, 34, 62, 90],
    &[6, 28, 50, 72, 94],
    &[6, 26, 50, 74, 98],
    &[6, 30, 54, 78, 102],
    &[6, 28, 54, 80, 106],
    &[6, 32, 58, 84, 110],
    &[6, 30, 58, 86, 114],
    &[6, 34, 62, 90, 118],
    &[6, 26, 50, 74, 98, 122],
    &[6, 30, 54, 78, 102, 126],
    &[6, 26, 52, 78, 104, 130],
    &[6, 30, 56, 82, 108, 134],
    &[6, 34, 60, 86, 112, 138],
    &[6, 30, 58, 86, 114, 142],
    &[6, 34, 62, 90, 118, 146],
    &[6, 30, 54, 78, 102, 126, 150],
    &[6, 24, 50, 76, 102, 128, 154],
    &[6, 28, 54, 80, 106, 132, 158],
    &[6, 32, 58, 84, 110, 136, 162],
    &[6, 26, 54, 82, 110, 138, 166],
    &[6, 30, 58, 86, 114, 142, 170],
];

/// Modules a side of a code of this version.
pub(crate) fn side(version: u8) -> usize {
    17 + 4 * usize::from(version)
}

/// The version of a code with this many modules a side, if there is one.
pub(crate) fn version_of(side: usize) -> Option<u8> {
    ((21..=177).contains(&side) && side % 4 == 1).then(|| ((side - 17) / 4) as u8)
}

/// Row and column coordinates of the alignment patterns' centres: a pattern stands where any two of them cross, save
/// in the three finder patterns. Empty for version 1 and where there is no such version.
pub(crate) fn alignment_centres(version: u8) -> &'static [u8] {
    usize::from(version).checked_sub(1).and_then(|i| ALIGNMENT.get(i)).copied().unwrap_or(&[])
}

/// What a module is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A bit of the codeword stream, or of the remainder after it.
    Data,
    /// Dark in every code of this version.
    Dark,
    /// Light in every code of this version.
    Light,
    /// A bit of the format information.
    Format,
    /// A bit of the version information.
    Version,
}

/// The fixed part of all codes of one version.
#[derive(Debug)]
pub(crate) struct Layout {
    version: u8,
    size: usize,
    kinds: Vec<Kind>,
    known: Vec<(u8, u8, bool)>,
    data: Vec<(u8, u8)>,
    phases: Vec<u8>,
}

impl Layout {
    /// The layout of a version, 1 to 40. Built at the first call for each version (about 0.1 ms for the largest),
    /// then shared by all threads.
    pub(crate) fn of(version: u8) -> Option<&'static Self> {
        static LAYOUTS: [OnceLock<Layout>; VERSIONS as usize] =
            [const { OnceLock::new() }; VERSIONS as usize];
        let cell = LAYOUTS.get(usize::from(version).checked_sub(1)?)?;
        Some(cell.get_or_init(|| Self::build(version)))
    }

    /// 1 to 40.
    pub(crate) fn version(&self) -> u8 {
        self.version
    }

    /// Modules a side.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// What the module in column `x` and row `y` is for; `Light`, as the quiet zone is, outside the code.
    pub(crate) fn kind(&self, x: usize, y: usize) -> Kind {
        if x < self.size && y < self.size { self.kinds[y * self.size + x] } else { Kind::Light }
    }

    /// Every module of known value, in row order: column, row, and whether it is dark.
    pub(crate) fn known(&self) -> &[(u8, u8, bool)] {
        &self.known
    }

    /// Column and row of the data modules in the order of the codeword stream, most significant bit first, the
    /// remainder bits (at most 7) at the end.
    pub(crate) fn data(&self) -> &[(u8, u8)] {
        &self.data
    }

    /// For each of these modules, its place in the masks' period ([`mask::phase`]).
    pub(super) fn phases(&self) -> &[u8] {
        &self.phases
    }

    /// Codewords the data modules hold.
    pub(super) fn codewords(&self) -> usize {
        self.data.len() / 8
    }

    fn build(version: u8) -> Self {
        let size = side(version);
        let mut canvas = Canvas { size, kinds: vec![Kind::Data; size * size] };
        canvas.timing();
        canvas.finders();
        canvas.alignment(alignment_centres(version));
        canvas.information(version);
        let Canvas { kinds, .. } = canvas;
        let known = (0..size * size)
            .filter_map(|i| match kinds[i] {
                Kind::Dark => Some(((i % size) as u8, (i / size) as u8, true)),
                Kind::Light => Some(((i % size) as u8, (i / size) as u8, false)),
                Kind::Data | Kind::Format | Kind::Version => None,
            })
            .collect();
        let data: Vec<(u8, u8)> = placement(size)
            .filter(|&(x, y)| kinds[usize::from(y) * size + usize::from(x)] == Kind::Data)
            .collect();
        let phases = data.iter().map(|&(x, y)| mask::phase(x.into(), y.into())).collect();
        Self { version, size, kinds, known, data, phases }
    }
}

/// Where bit `bit` (0 the least significant of 15) of the format information stands: the copy around the top left
/// finder pattern, and the copy along the other two.
pub(super) fn format_sites(size: usize, bit: usize) -> [(usize, usize); 2] {
    let near = match bit {
        0..=5 => (8, bit),
        6 => (8, 7),
        7 => (8, 8),
        8 => (7, 8),
        _ => (14 - bit, 8),
    };
    let far = if bit < 8 { (size - 1 - bit, 8) } else { (8, size - 15 + bit) };
    [near, far]
}

/// Where bit `bit` (0 the least significant of 18) of the version information stands: the copy at the top right, and
/// the copy at the bottom left.
pub(super) fn version_sites(size: usize, bit: usize) -> [(usize, usize); 2] {
    let (long, short) = (size - 11 + bit % 3, bit / 3);
    [(long, short), (short, long)]
}

/// All modules in the order in which data is placed: two columns wide, from the right, up first, then down, and so
/// on; the column of the vertical timing pattern is no part of any pair.
fn placement(size: usize) -> impl Iterator<Item = (u8, u8)> {
    let pairs = (0..size / 2).map(move |pair| {
        let right = size - 1 - 2 * pair;
        (pair, if right <= 6 { right - 1 } else { right })
    });
    pairs.flat_map(move |(pair, right)| {
        (0..size).flat_map(move |step| {
            let y = if pair % 2 == 0 { size - 1 - step } else { step };
            [(right as u8, y as u8), ((right - 1) as u8, y as u8)]
        })
    })
}

/// A layout under construction; later patterns cover earlier ones.
struct Canvas {
    size: usize,
    kinds: Vec<Kind>,
}

impl Canvas {
    fn set(&mut self, (x, y): (usize, usize), kind: Kind) {
        self.kinds[y * self.size + x] = kind;
    }

    fn timing(&mut self) {
        for i in 0..self.size {
            let kind = if i % 2 == 0 { Kind::Dark } else { Kind::Light };
            self.set((i, 6), kind);
            self.set((6, i), kind);
        }
    }

    /// Finder patterns with their separators: rings around the centre, counted in king's moves.
    fn finders(&mut self) {
        let far = self.size - 4;
        for (cx, cy) in [(3, 3), (far, 3), (3, far)] {
            for y in cy.saturating_sub(4)..=(cy + 4).min(self.size - 1) {
                for x in cx.saturating_sub(4)..=(cx + 4).min(self.size - 1) {
                    self.ring((cx, cy), (x, y), |ring| ring != 2 && ring != 4);
                }
            }
        }
    }

    fn alignment(&mut self, centres: &[u8]) {
        let last = self.size - 7;
        for &cy in centres {
            for &cx in centres {
                let (cx, cy) = (usize::from(cx), usize::from(cy));
                if [(6, 6), (last, 6), (6, last)].contains(&(cx, cy)) {
                    continue;
                }
                for y in cy - 2..=cy + 2 {
                    for x in cx - 2..=cx + 2 {
                        self.ring((cx, cy), (x, y), |ring| ring != 1);
                    }
                }
            }
        }
    }

    fn ring(&mut self, centre: (usize, usize), at: (usize, usize), dark: impl Fn(usize) -> bool) {
        let ring = centre.0.abs_diff(at.0).max(centre.1.abs_diff(at.1));
        self.set(at, if dark(ring) { Kind::Dark } else { Kind::Light });
    }

    fn information(&mut self, version: u8) {
        for bit in 0..15 {
            for site in format_sites(self.size, bit) {
                self.set(site, Kind::Format);
            }
        }
        self.set((8, self.size - 8), Kind::Dark);
        if version >= FIRST_WITH_VERSION {
            for bit in 0..18 {
                for site in version_sites(self.size, bit) {
                    self.set(site, Kind::Version);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn sizes_and_versions_belong_to_each_other() {
        for version in 1..=VERSIONS {
            assert_eq!(version_of(side(version)), Some(version));
        }
        for size in [0, 17, 20, 22, 23, 24, 178, 181] {
            assert_eq!(version_of(size), None, "{size}");
        }
        assert!(Layout::of(0).is_none() && Layout::of(41).is_none());
    }

    #[test]
    fn every_version_has_the_standards_number_of_codewords() {
        // Table 1 of the standard, column "data capacity".
        for (version, codewords) in [(1, 26), (2, 44), (6, 172), (7, 196), (14, 581), (21, 1156), (40, 3706)]
        {
            assert_eq!(Layout::of(version).unwrap().codewords(), codewords, "version {version}");
        }
    }

    #[test]
    fn every_module_has_one_purpose() {
        for version in 1..=VERSIONS {
            let layout = Layout::of(version).unwrap();
            let size = layout.size();
            let count = |kind| layout.kinds.iter().filter(|k| **k == kind).count();
            assert_eq!(
                layout.known().len() + layout.data().len() + count(Kind::Format) + count(Kind::Version),
                { size * size }
            );
            assert_eq!(count(Kind::Format), 30);
            assert_eq!(count(Kind::Version), if version >= FIRST_WITH_VERSION { 36 } else { 0 });
            let mut seen = vec![false; size * size];
            for &(x, y) in layout.data() {
                let i = usize::from(y) * size + usize::from(x);
                assert!(!std::mem::replace(&mut seen[i], true), "version {version}: ({x}, {y}) twice");
            }
        }
    }

    #[test]
    fn the_first_bits_are_at_the_bottom_right() {
        let layout = Layout::of(1).unwrap();
        assert_eq!(layout.data()[..4], [(20, 20), (19, 20), (20, 19), (19, 19)]);
        assert_eq!(layout.kind(8, 13), Kind::Dark, "the dark module");
        assert_eq!(layout.kind(30, 0), Kind::Light, "the quiet zone");
    }
}
