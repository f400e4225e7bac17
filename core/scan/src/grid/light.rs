//! Brightness at places between pixels.

use crate::Point;
use crate::frame::Luma;

/// A plane of luma read at any place; places outside have the brightness of the nearest edge.
#[derive(Clone, Copy)]
pub(crate) struct Light<'a> {
    luma: Luma<'a>,
    /// Dark and light change places.
    inverted: bool,
    right: f32,
    bottom: f32,
}

impl<'a> Light<'a> {
    /// `None` for a plane of less than two rows or columns.
    pub(crate) fn new(luma: Luma<'a>, inverted: bool) -> Option<Self> {
        let (width, height) = (luma.width(), luma.height());
        (width > 1 && height > 1).then_some(Self {
            luma,
            inverted,
            // The last place whose right and lower neighbours exist.
            right: width as f32 - 1.001,
            bottom: height as f32 - 1.001,
        })
    }

    /// Brightness, straight lines between the pixels' centres.
    #[inline]
    pub(crate) fn at(&self, place: Point) -> f32 {
        let x = (place.x - 0.5).max(0.0).min(self.right);
        let y = (place.y - 0.5).max(0.0).min(self.bottom);
        let (left, top) = (x as u32 as usize, y as u32 as usize);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let ([a, b], [c, d]) = self.luma.square(left, top);
        let (a, b, c, d) = (f32::from(a), f32::from(b), f32::from(c), f32::from(d));
        let upper = a + (b - a) * fx;
        let lower = c + (d - c) * fx;
        let level = upper + (lower - upper) * fy;
        if self.inverted { 255.0 - level } else { level }
    }
}
