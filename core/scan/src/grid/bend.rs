//! A sheet that is not flat, as the picture shows it.
//!
//! Polynomials of third degree over a common perspective. A cylinder of 105° of arc across the code is within a fifth
//! of a module of one, whatever its direction; cards that bend unevenly and sheets with a wave are near one too.
//! Not its job: finding it (`pull.rs`).

use crate::Point;
use crate::geometry::Axes;

/// Products of the two coordinates that make up a bend: the first three are the flat sheet's.
pub(crate) const TERMS: usize = 10;

/// From modules to pixels of a plane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Bend {
    /// Half the code's side in modules: within the code, coordinates run from -1 to 1.
    pub(super) half: f32,
    /// Direction in the code across which it is bent most, in radians.
    pub(super) way: f32,
    /// What each term adds to a pixel's place.
    pub(super) terms: [Point; TERMS],
    /// The perspective.
    pub(super) lean: Point,
}

/// The terms at a place whose coordinates run from -1 to 1.
pub(super) fn terms(at: Point) -> [f32; TERMS] {
    let Point { x, y } = at;
    let (xx, xy, yy) = (x * x, x * y, y * y);
    [1.0, x, y, xx, xy, yy, xx * x, xx * y, x * yy, yy * y]
}

impl Bend {
    /// A place in modules with its coordinates from -1 to 1.
    pub(super) fn within(half: f32, module: Point) -> Point {
        Point::new(module.x / half - 1.0, module.y / half - 1.0)
    }

    #[inline]
    pub(crate) fn place(&self, module: Point) -> Point {
        let at = Self::within(self.half, module);
        let sum = terms(at).iter().zip(&self.terms).fold(Point::default(), |sum, (t, by)| sum + *by * *t);
        sum * (1.0 / self.depth(at))
    }

    /// How much further away a place is than the code's middle would be on a flat sheet.
    pub(super) fn depth(&self, at: Point) -> f32 {
        1.0 + self.lean.x * at.x + self.lean.y * at.y
    }

    /// How a step of one module looks at a place.
    pub(crate) fn axes(&self, at: Point) -> Axes {
        let half = |by: Point| self.place(at + by) - self.place(at - by);
        Axes { u: half(Point::new(0.5, 0.0)), v: half(Point::new(0.0, 0.5)) }
    }

    /// Whether all of the code is seen from the same side: the sheet is nowhere folded or behind the camera.
    pub(crate) fn sees(&self) -> bool {
        /// Places a side: a polynomial of this degree does not fold between them.
        const PLACES: i32 = 5;
        let middle = self.axes(Point::new(self.half, self.half)).area();
        (0..PLACES * PLACES).all(|i| {
            let at = Point::new((i % PLACES) as f32, (i / PLACES) as f32) * (2.0 / (PLACES - 1) as f32);
            let area = self.axes(at * self.half).area();
            // A module seen along the sheet is a line, and one behind its edge is seen in a mirror.
            self.depth(at - Point::new(1.0, 1.0)) > 0.1 && area / middle > 0.03
        })
    }

    /// The same in a plane whose pixels are `by` times smaller.
    pub(crate) fn enlarged(&self, by: f32) -> Self {
        Self { terms: self.terms.map(|t| t * by), ..*self }
    }
}
