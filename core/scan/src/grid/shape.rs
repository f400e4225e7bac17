//! Where the modules of a code lie in a picture.

use crate::Point;
use crate::geometry::{Axes, Perspective};
use crate::grid::bend::Bend;

/// From modules to pixels of a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    Flat(Perspective),
    Bent(Bend),
}

impl Default for Shape {
    fn default() -> Self {
        Self::Flat(Perspective::default())
    }
}

impl Shape {
    #[inline]
    pub(crate) fn place(&self, module: Point) -> Point {
        match self {
            Self::Flat(flat) => flat.place(module),
            Self::Bent(bend) => bend.place(module),
        }
    }

    pub(crate) fn axes(&self, at: Point) -> Axes {
        match self {
            Self::Flat(flat) => flat.axes(at),
            Self::Bent(bend) => bend.axes(at),
        }
    }

    /// Whether all of a code of `side` modules lies before the camera.
    pub(crate) fn sees(&self, side: f32) -> bool {
        match self {
            Self::Flat(flat) => flat.sees(side),
            Self::Bent(bend) => bend.sees(),
        }
    }

    /// The four corners of a code of `side` modules.
    pub(crate) fn corners(&self, side: f32) -> [Point; 4] {
        corners_of(side).map(|c| self.place(c))
    }

    /// The same in a plane whose pixels are `by` times smaller.
    pub(crate) fn enlarged(&self, by: f32) -> Self {
        match self {
            Self::Flat(flat) => Self::Flat(flat.enlarged(by)),
            Self::Bent(bend) => Self::Bent(bend.enlarged(by)),
        }
    }
}

/// Corners of the square of modules, clockwise from its top left.
pub(crate) fn corners_of(side: f32) -> [Point; 4] {
    [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| Point::new(x, y))
}
