//! The planes of one frame: full size borrowed, smaller, larger and sharpened ones made when first asked for.

use crate::frame::Luma;
use crate::lanes::{Cut, Pass};
use crate::plane::{Plane, double, halve, sharpen};
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
    half: Option<Plane>,
    quarter: Option<Plane>,
    spare: [Plane; 2],
    sharp: Plane,
    bits: Bits,
    columns: Vec<u16>,
    scratch: Scratch,
}

impl Planes {
    /// Forgets the last frame.
    pub(crate) fn begin(&mut self) {
        let [a, b] = &mut self.spare;
        if let Some(plane) = self.half.take() {
            *a = plane;
        }
        if let Some(plane) = self.quarter.take() {
            *b = plane;
        }
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
        match (&self.half, &self.quarter) {
            (_, Some(quarter)) if px >= 2.0 * WIDE => (quarter.view(), Scale::Quarter),
            (Some(half), _) if px >= WIDE => (half.view(), Scale::Half),
            _ => (full, Scale::Full),
        }
    }

    /// Leaves the bits of a pass in `bits`.
    pub(crate) fn cut(&mut self, full: Luma<'_>, pass: &Pass) {
        let Self { doubled, columns, half, quarter, sharp, bits, scratch, spare } = self;
        let [spare_half, spare_quarter] = spare;
        if matches!(pass.scale, Scale::Half | Scale::Quarter) && half.is_none() {
            halve(full, spare_half);
            *half = Some(std::mem::take(spare_half));
        }
        if let (Scale::Quarter, None, Some(half)) = (pass.scale, &quarter, &half) {
            halve(half.view(), spare_quarter);
            *quarter = Some(std::mem::take(spare_quarter));
        }
        let mut plane = match (pass.scale, &half, &quarter) {
            (Scale::Half, Some(half), _) => half.view(),
            (Scale::Quarter, _, Some(quarter)) => quarter.view(),
            (Scale::Double, ..) => {
                double(full, doubled);
                doubled.view()
            }
            _ => full,
        };
        if pass.gain != 0 {
            sharpen(plane, pass.gain, columns, sharp);
            plane = sharp.view();
        }
        match pass.cut {
            Cut::Blocks => by_blocks(plane, scratch, bits),
            Cut::LocalMean(reach) => by_local_mean(plane, reach, scratch, bits),
        }
        if pass.inverted {
            bits.invert();
        }
    }
}
