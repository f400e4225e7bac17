//! Where a pass looks, and through which plane it sees.

use crate::frame::FrameView;
use crate::grid::light::Light;
use crate::grid::likeness::likeness;
use crate::grid::seek::Grid;
use crate::lanes::Pass;
use crate::limit::WorkLimit;
use crate::locate::constellation::Constellation;
use crate::locate::finders::Finder;
use crate::planes::Planes;
use crate::symbol::{Outline, Point};

/// Where to look.
pub(crate) struct Place<'a> {
    pub(crate) frame: &'a FrameView<'a>,
    pub(crate) planes: &'a Planes,
    pub(crate) pass: &'a Pass,
    pub(crate) limit: WorkLimit<'a>,
}

/// The plane in which a constellation's modules are measured.
pub(crate) struct View<'a> {
    pub(crate) light: Light<'a>,
    /// Pixels of the frame in one of this plane.
    pub(crate) scale: f32,
    /// Pixels of this plane in one of the plane the finder patterns were found in.
    pub(crate) enlarged: f32,
}

impl Place<'_> {
    pub(crate) fn view(&self, constellation: &Constellation) -> Option<View<'_>> {
        self.view_of(constellation.marks.iter().flatten().map(|f| f.axes.size()).reduce(f32::min)?)
    }

    pub(crate) fn likeness(&self, finder: &Finder) -> Option<f32> {
        self.view_of(finder.axes.size()).map(|view| likeness(&view.light, finder, view.enlarged))
    }

    /// The plane for modules of so many pixels of the plane that was searched.
    fn view_of(&self, module: f32) -> Option<View<'_>> {
        let factor = self.pass.scale.factor();
        let module = module * factor;
        let (luma, scale) = self.planes.for_module(self.frame.luma(), module);
        let scale = scale.factor();
        Some(View { light: Light::new(luma, self.pass.inverted)?, scale, enlarged: factor / scale })
    }

    /// From pixels of a plane, each as wide as `scale` of the frame's, to pixels of the frame.
    pub(crate) fn in_frame(&self, at: Point, scale: f32) -> Point {
        let region = self.frame.region();
        at * scale + Point::new(region.x as f32, region.y as f32)
    }

    /// Where a finder pattern's middle lies in the frame.
    pub(crate) fn middle(&self, finder: &Finder) -> Point {
        self.in_frame(finder.centre, self.pass.scale.factor())
    }

    /// The outline of a grid in pixels of the frame.
    pub(crate) fn outline(&self, grid: &Grid, view: &View<'_>) -> Outline {
        Outline { corners: grid.shape.corners(grid.size() as f32).map(|c| self.in_frame(c, view.scale)) }
    }
}
