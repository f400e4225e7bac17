//! Where the modules of a code lie in a picture.

use crate::Point;
use crate::geometry::{Axes, Perspective};

/// From modules to pixels of a plane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shape {
    pub(crate) flat: Perspective,
}

impl Shape {
    #[inline]
    pub(crate) fn place(&self, module: Point) -> Point {
        self.flat.place(module)
    }

    pub(crate) fn axes(&self, at: Point) -> Axes {
        self.flat.axes(at)
    }

    /// Whether all of a code of `side` modules lies before the camera.
    pub(crate) fn sees(&self, side: f32) -> bool {
        self.flat.sees(side)
    }

    /// The four corners of a code of `side` modules.
    pub(crate) fn corners(&self, side: f32) -> [Point; 4] {
        corners_of(side).map(|c| self.place(c))
    }

    /// The same in a plane whose pixels are `by` times smaller.
    pub(crate) fn enlarged(&self, by: f32) -> Self {
        Self { flat: self.flat.enlarged(by) }
    }
}

/// Corners of the square of modules, clockwise from its top left.
pub(crate) fn corners_of(side: f32) -> [Point; 4] {
    [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| Point::new(x, y))
}
