//! Why a frame was not read, as one thing a person can change: a [`Hint`] with numbers. Words belong to the catalogue.
//!
//! Three steps, each of its own: `signals.rs` turns a frame that was not read into a few numbers ([`Signals`]),
//! `cause.rs` says which hints those numbers support, [`Coach`] says which of them a person sees, and for how long. The
//! last two know no pixels: from recorded numbers they say the same again. Nothing here runs for a frame that was read.

mod cause;
mod cells;
mod coach;
mod patch;
mod signals;
mod zone;

pub use coach::{Coach, Memory};
pub(crate) use signals::Gauge;
pub use signals::{Blur, Glare, Signals};
pub use zone::ZoneSignals;

use crate::Point;

/// One thing to change, most urgent first. The kinds are those of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hint {
    /// More than one payload was read, and none counts yet.
    Several {
        /// Different payloads.
        count: u32,
    },
    /// The code or the zone leaves the picture.
    CutOff {
        /// Where to move the phone, in the upright picture.
        side: Side,
    },
    /// The code is too large for the picture.
    Farther,
    /// Its modules or characters are too small.
    Closer {
        /// How many times larger it should appear; above 1.
        zoom: f32,
    },
    /// Too little light.
    Dark {
        /// A torch would help: the picture is black, not merely noisy.
        torch: bool,
    },
    /// So much light that print fades.
    Bright,
    /// A reflection covers part of it.
    Glare {
        /// Its middle, in pixels of the frame.
        at: Point,
    },
    /// Blurred by motion.
    Still,
    /// Out of focus.
    Focus,
    /// Seen, but its content does not come out.
    Unreadable {
        /// What is the matter with it.
        reason: Unread,
    },
    /// Nothing looks like a code.
    Where,
    /// It takes too long: another way is better.
    GiveUp,
    /// Nothing is wrong so far: put a code before the camera. Stands until another hint applies.
    Aim,
}

impl Hint {
    /// The stable name: `closer`, `cut_off`, `give_up` …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Several { .. } => "several",
            Self::CutOff { .. } => "cut_off",
            Self::Farther => "farther",
            Self::Closer { .. } => "closer",
            Self::Dark { .. } => "dark",
            Self::Bright => "bright",
            Self::Glare { .. } => "glare",
            Self::Still => "still",
            Self::Focus => "focus",
            Self::Unreadable { .. } => "unreadable",
            Self::Where => "where",
            Self::GiveUp => "give_up",
            Self::Aim => "aim",
        }
    }

    /// 1 is the most urgent.
    pub(crate) fn priority(&self) -> u8 {
        match self {
            Self::Several { .. } => 1,
            Self::CutOff { .. } => 2,
            Self::Farther => 3,
            Self::Closer { .. } => 4,
            Self::Dark { .. } => 5,
            Self::Bright => 6,
            Self::Glare { .. } => 7,
            Self::Still => 8,
            Self::Focus => 9,
            Self::Unreadable { .. } => 10,
            Self::Where => 11,
            Self::GiveUp => 12,
            Self::Aim => 13,
        }
    }

    /// The same words, whatever the numbers.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::CutOff { side: a }, Self::CutOff { side: b }) => a == b,
            _ => self.priority() == other.priority(),
        }
    }
}

/// A direction in the upright picture, as the person holding the phone sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The code leaves at the left: the phone goes left.
    Left,
    /// At the right.
    Right,
    /// At the top.
    Up,
    /// At the bottom.
    Down,
}

impl Side {
    /// The stable name: `left`, `right`, `up`, `down`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// Why a code or a zone in plain sight is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Its grid is whole, but more modules are wrong than error correction carries; or a zone's check digits do not fit.
    Damaged,
    /// A finder pattern or a run of characters is missing: part of it is covered, torn off or dirty.
    Covered,
    /// Its print is hardly darker than the paper.
    Faded,
    /// The page bends, or leans out of the picture.
    Curved,
}

impl Unread {
    /// The stable name: `damaged`, `covered`, `faded`, `curved`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Covered => "covered",
            Self::Faded => "faded",
            Self::Curved => "curved",
        }
    }
}
