//! From the plane that was read back to the frame it was cut from.

use super::reader::Seen;
use super::reading::MrzRead;
use crate::frame::FrameView;
use crate::{Outline, Point};

/// Where a plane's pixels lie in the frame.
#[derive(Clone, Copy)]
pub(super) struct Placing {
    /// The region's corner.
    origin: Point,
    /// The region's height, if the plane is the region turned clockwise by a quarter.
    turned: Option<f32>,
}

impl Placing {
    pub(super) fn new(frame: &FrameView<'_>, turned: bool) -> Self {
        let region = frame.region();
        let origin = Point::new(region.x as f32, region.y as f32);
        Self { origin, turned: turned.then_some(region.height as f32) }
    }

    /// Whether the plane is the region turned.
    pub(super) fn is_turned(self) -> bool {
        self.turned.is_some()
    }

    fn point(self, at: Point) -> Point {
        self.origin + self.turned.map_or(at, |height| Point::new(at.y, height - at.x))
    }

    /// A reading with its places in pixels of the frame.
    pub(super) fn read(self, seen: &Seen, looks: u16) -> MrzRead {
        let mut read = seen.read(looks);
        read.outline = Outline { corners: read.outline.corners.map(|at| self.point(at)) };
        for cell in &mut read.cells {
            *cell = self.point(*cell);
        }
        read
    }
}
