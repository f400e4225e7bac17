//! What was read of a machine-readable zone, and how sure each part of it is.

use crate::{Outline, Point};

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
    /// Short name, as the standard writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Td3 => "TD3",
            Self::Td1 => "TD1",
            Self::Td2 => "TD2",
            Self::MrvA => "MRV-A",
            Self::MrvB => "MRV-B",
        }
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

/// How sure one character is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CharProof {
    /// Probability in steps of 1/255.
    pub p: u8,
    /// The next likely character of this position's alphabet, as ASCII.
    pub runner_up: u8,
    /// A check digit that is right covers it, and no likely other character would leave that digit right too.
    pub proven: bool,
}

/// Parts of a zone that a check digit covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckedField {
    /// Number of the document.
    DocumentNumber,
    /// Date of birth.
    BirthDate,
    /// Last valid day.
    ExpiryDate,
    /// Personal number (TD3).
    PersonalNumber,
    /// The digit over all of them.
    Composite,
}

/// One check digit of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it covers.
    pub field: CheckedField,
    /// Whether it fits.
    pub ok: bool,
}

/// A zone that was read. Its lines are a person's data: `Debug` shows only their shape.
#[derive(Clone, PartialEq)]
pub struct MrzRead {
    /// The layout.
    pub format: MrzFormat,
    /// The lines, each as long as the format says, of the zone's alphabet.
    pub lines: Vec<String>,
    /// For each character of each line, line by line.
    pub chars: Vec<CharProof>,
    /// The format's digits in the order of their places.
    pub checks: Vec<Check>,
    /// Probability that every character is right, 0 to 1.
    pub certainty: f32,
    /// How much likelier the cells are these characters than paper or other print, in steps of e a character: 3.5 and more
    /// where a person could read them, about 2 where the lines lie wrong or nothing but texture is there.
    pub likeness: f32,
    /// Characters changed because a digit proved them misread.
    pub repairs: u8,
    /// The corners of the zone: of the outer cells of the first and the last line. As read, from the first character
    /// on; clockwise in the frame.
    pub outline: Outline,
    /// Width of a character in pixels of the input, its mean over the zone.
    pub px_per_char: f32,
    /// Centres of the cells, line by line, in pixels of the frame: for drawing.
    pub cells: Vec<Point>,
    /// Frames whose scores were added up; 1 for a single look.
    pub looks: u16,
    /// Accepted as a whole: every digit the format has is right, nothing in doubt stands where no digit looks.
    pub accepted: bool,
}

impl std::fmt::Debug for MrzRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MrzRead")
            .field("format", &self.format)
            .field("checks", &self.checks)
            .field("repairs", &self.repairs)
            .field("looks", &self.looks)
            .field("accepted", &self.accepted)
            .field("px_per_char", &self.px_per_char)
            .finish_non_exhaustive()
    }
}
