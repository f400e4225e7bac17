//! The planes of one frame: full size borrowed, smaller, larger and sharpened ones made when first asked for.

use crate::frame::Luma;
use crate::lanes::{Cut, Focus, Pass};
use crate::plane::{Plane, double, halve, sharpen, soften};
use crate::threshold::{Bits, Scratch, by_blocks, by_local_mean};

/// Size of a plane against the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Double,
    Full,
    Half,
    Quarter,
}

impl Scale {
    /// Pixels of the frame in one of the plane.
    pub(crate) fn factor(self) -> f32 {
        match self {
            Self::Double => 0.5,
            Self::Full => 1.0,
            Self::Half => 2.0,
            Self::Quarter => 4.0,
        }
    }
}

/// Buffers for the planes of a frame. Keeps memory between frames, no content that matters.
#[derive(Default)]
pub(crate) struct Planes {
    doubled: Plane,
    half: Plane,
    quarter: Plane,
    /// Whether these two are of this frame.
    has_half: bool,
    has_quarter: bool,
    focused: Plane,
    bits: Bits,
    columns: Vec<u16>,
    line: Vec<u8>,
    scratch: Scratch,
}

impl Planes {
    /// Forgets the last frame.
    pub(crate) fn begin(&mut self) {
        self.has_half = false;
        self.has_quarter = false;
    }

    /// The bits of the pass cut last.
    pub(crate) fn bits(&self) -> &Bits {
        &self.bits
    }

    /// The largest plane in which a module of `px` pixels of the frame is small enough to be measured by a few
    /// points, and its scale. Only planes already made.
    pub(crate) fn for_module<'a>(&'a self, full: Luma<'a>, px: f32) -> (Luma<'a>, Scale) {
        /// A module of 8 pixels becomes one of 4: averaged, and still wide enough to stay clear of its neighbours.
        const WIDE: f32 = 8.0;
        if self.has_quarter && px >= 2.0 * WIDE {
            (self.quarter.view(), Scale::Quarter)
        } else if self.has_half && px >= WIDE {
            (self.half.view(), Scale::Half)
        } else {
            (full, Scale::Full)
        }
    }

    /// Leaves the bits of a pass in `bits`.
    pub(crate) fn cut(&mut self, full: Luma<'_>, pass: &Pass) {
        let Self { doubled, half, quarter, has_half, has_quarter, focused, bits, columns, line, scratch } =
            self;
        if matches!(pass.scale, Scale::Half | Scale::Quarter) && !*has_half {
            halve(full, half);
            *has_half = true;
        }
        if pass.scale == Scale::Quarter && !*has_quarter {
            halve(half.view(), quarter);
            *has_quarter = true;
        }
        let mut plane = match pass.scale {
            Scale::Double => {
                double(full, line, doubled);
                doubled.view()
            }
            Scale::Full => full,
            Scale::Half => half.view(),
            Scale::Quarter => quarter.view(),
        };
        match pass.focus {
            Focus::AsIs => {}
            Focus::Soft => {
                soften(plane, columns, focused);
                plane = focused.view();
            }
            Focus::Sharp(gain) => {
                sharpen(plane, gain, columns, focused);
                plane = focused.view();
            }
        }
        match pass.cut {
            Cut::Blocks => by_blocks(plane, scratch, bits),
            Cut::LocalMean(reach, margin) => by_local_mean(plane, reach, margin, scratch, bits),
        }
        if pass.inverted {
            bits.invert();
        }
    }
}
