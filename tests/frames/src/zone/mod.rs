//! Documents with a machine-readable zone (Doc 9303, parts 4 to 7): their text, their page, its wear, its frames.

mod conditions;
mod lookalike;
mod page;
mod print;
mod sequence;
mod text;
mod wear;

pub use conditions::render_zone;
pub use lookalike::{Lookalike, half_shown, no_zone};
pub(crate) use page::print_passport_zone;
pub use sequence::zone_sequence;
pub use text::Document;

use crate::Point;

/// Layouts of Doc 9303, parts 4 to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MrzFormat {
    /// Passport: two lines of 44.
    Td3,
    /// Card: three lines of 30.
    Td1,
    /// Card: two lines of 36.
    Td2,
    /// Visa: two lines of 44.
    MrvA,
    /// Visa: two lines of 36.
    MrvB,
}

impl MrzFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Td3, Self::Td1, Self::Td2, Self::MrvA, Self::MrvB];

    /// Short name, as the standard writes it without its hyphen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Td3 => "TD3",
            Self::Td1 => "TD1",
            Self::Td2 => "TD2",
            Self::MrvA => "MRVA",
            Self::MrvB => "MRVB",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// Number of lines.
    pub fn lines(self) -> usize {
        if self == Self::Td1 { 3 } else { 2 }
    }

    /// Characters a line.
    pub fn length(self) -> usize {
        match self {
            Self::Td3 | Self::MrvA => 44,
            Self::Td2 | Self::MrvB => 36,
            Self::Td1 => 30,
        }
    }
}

/// A zone on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedZone {
    /// Its layout.
    pub format: MrzFormat,
    /// Its lines.
    pub lines: Vec<String>,
    /// Left end of each line's base, in document pixels.
    pub bases: Vec<Point>,
    /// Document pixels from one character to the next.
    pub pitch: f32,
}

impl PlacedZone {
    /// Pixels from the first character's left to the last one's right.
    pub fn width(&self) -> f32 {
        self.pitch * self.format.length() as f32
    }

    /// Top left, top right, bottom right, bottom left of a character's cell: a pitch wide, from [`Self::ABOVE`] over
    /// the base to [`Self::BELOW`] under it.
    pub(crate) fn cell(&self, line: usize, nth: usize) -> [Point; 4] {
        let base = self.bases[line];
        let (left, right) = (base.x + nth as f32 * self.pitch, base.x + (nth + 1) as f32 * self.pitch);
        let (top, bottom) = (base.y - Self::ABOVE * self.pitch, base.y + Self::BELOW * self.pitch);
        [Point::new(left, top), Point::new(right, top), Point::new(right, bottom), Point::new(left, bottom)]
    }

    /// Each line and where it begins.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (&str, Point)> {
        self.lines.iter().map(String::as_str).zip(self.bases.iter().copied())
    }

    /// Its middle.
    pub(crate) fn middle(&self) -> Point {
        let (first, last) = (self.bases[0], self.bases[self.bases.len() - 1]);
        let half = (Self::ABOVE - Self::BELOW) / 2.0 * self.pitch;
        Point::new(first.x + self.width() / 2.0, f32::midpoint(first.y, last.y) - half)
    }

    /// Pitches from a line's base up to the top of its cells: a capital is 1.03 pitches high.
    pub const ABOVE: f32 = 1.08;

    /// Pitches from a line's base down to the bottom of its cells: half a stroke.
    pub const BELOW: f32 = 0.06;
}

/// What is true of a zone in a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneTruth {
    /// Its layout.
    pub format: MrzFormat,
    /// What its lines say.
    pub lines: Vec<String>,
    /// For each line, for each character: top left, top right, bottom right, bottom left of its cell as printed, in
    /// pixels of the frame. A cell is a pitch wide and reaches from 1.08 pitches over the base to 0.06 under it.
    pub cells: Vec<Vec<[Point; 4]>>,
    /// Mean width of a cell in pixels of the frame.
    pub px_per_char: f32,
}

impl ZoneTruth {
    pub(crate) fn new(zone: &PlacedZone, seen: impl Fn(Point) -> Point) -> Self {
        let cells: Vec<Vec<[Point; 4]>> = (0..zone.lines.len())
            .map(|line| (0..zone.format.length()).map(|nth| zone.cell(line, nth).map(&seen)).collect())
            .collect();
        let wide = |[a, b, ..]: &[Point; 4]| ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).sqrt();
        let widths = cells.iter().flatten().map(wide);
        let px_per_char = widths.sum::<f32>() / (zone.lines.len() * zone.format.length()) as f32;
        Self { format: zone.format, lines: zone.lines.clone(), cells, px_per_char }
    }

    /// Corners of one line, of all its cells together, from its first character's top left on.
    pub fn band(&self, line: usize) -> Option<[Point; 4]> {
        let cells = self.cells.get(line)?;
        let ([a, _, _, d], [_, b, c, _]) = (cells.first()?, cells.last()?);
        Some([*a, *b, *c, *d])
    }

    pub(crate) fn mirror(&mut self, width: f32) {
        for corner in self.cells.iter_mut().flatten().flatten() {
            corner.x = width - corner.x;
        }
    }
}
