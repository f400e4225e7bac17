//! What a person can change, so that the next frame is read.

use apoa_core::scanner as core;

use super::layout::Corner;
use crate::convert::Side;

/// One thing a person can change; words by its kind.
#[derive(Clone, PartialEq, uniffi::Enum)]
pub enum Hint {
    /// Nothing is wrong so far: put a code before the camera.
    Aim,
    /// Several codes: tap one.
    Several {
        /// Different payloads.
        count: i32,
    },
    /// What was read is no permit.
    Wrong {
        /// What it is instead.
        kind: String,
    },
    /// The code leaves the picture.
    CutOff {
        /// Where to move the phone.
        side: Side,
    },
    /// The code is too large for the picture.
    Farther,
    /// Its modules are too small.
    Closer {
        /// How many times larger it should appear.
        zoom: f32,
    },
    /// Too little light.
    Dark {
        /// A torch would help.
        torch: bool,
    },
    /// Too much light.
    Bright,
    /// A reflection.
    Glare {
        /// Its middle, in pixels of the frame.
        at: Corner,
    },
    /// Blurred by motion.
    Still,
    /// Out of focus.
    Focus,
    /// Seen, but its content does not come out.
    Unreadable {
        /// `damaged`, `covered` or `faded`.
        reason: String,
    },
    /// Nothing looks like a code.
    Nowhere,
    /// It takes too long.
    GiveUp,
}

impl From<core::Hint> for Hint {
    fn from(hint: core::Hint) -> Self {
        use core::FrameHint as Seen;
        match hint {
            core::Hint::Wrong { kind } => Self::Wrong { kind },
            core::Hint::Frame(seen) => match seen {
                Seen::Several { count } => Self::Several { count: i32::try_from(count).unwrap_or(i32::MAX) },
                Seen::CutOff { side } => Self::CutOff { side },
                Seen::Farther => Self::Farther,
                Seen::Closer { zoom } => Self::Closer { zoom },
                Seen::Dark { torch } => Self::Dark { torch },
                Seen::Bright => Self::Bright,
                Seen::Glare { at: core::Point { x, y } } => Self::Glare { at: Corner { x, y } },
                Seen::Still => Self::Still,
                Seen::Focus => Self::Focus,
                Seen::Unreadable { reason } => Self::Unreadable { reason: reason.as_str().to_owned() },
                Seen::Where => Self::Nowhere,
                Seen::GiveUp => Self::GiveUp,
                Seen::Aim => Self::Aim,
            },
        }
    }
}
