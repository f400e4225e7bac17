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

    /// Brightness at many places at once, which is quicker: all but the fetching of the pixels becomes vectors.
    #[inline]
    pub(crate) fn at_all<const N: usize>(&self, x: &[f32; N], y: &[f32; N]) -> [f32; N] {
        /// Added to a small number it leaves the nearest whole one in the low bits: 1.5 * 2^23.
        const WHOLE: f32 = 12_582_912.0;
        const LOW: u32 = (1 << 22) - 1;
        // Comparing like this makes a place that is no number one at the edge. Half a pixel less, rounded, is the whole
        // part; of a whole number it may be one less, which leaves a share of one.
        let split = |at: f32, last: f32| {
            let at = at - 0.5;
            let at = if at > 0.0 { at } else { 0.0 };
            let at = if at < last { at } else { last };
            let whole = at - 0.5 + WHOLE;
            (whole.to_bits() & LOW, at - (whole - WHOLE))
        };
        let (mut left, mut top) = ([0; N], [0; N]);
        let (mut right_share, mut lower_share) = ([0.0; N], [0.0; N]);
        for n in 0..N {
            (left[n], right_share[n]) = split(x[n], self.right);
            (top[n], lower_share[n]) = split(y[n], self.bottom);
        }
        let (mut upper, mut lower) = ([0; N], [0; N]);
        for n in 0..N {
            let (above, below) = self.luma.square(left[n] as usize, top[n] as usize);
            (upper[n], lower[n]) =
                (i32::from(u16::from_le_bytes(above)), i32::from(u16::from_le_bytes(below)));
        }
        std::array::from_fn(|n| {
            let along = |pair: i32| {
                let (a, b) = ((pair & 0xff) as f32, (pair >> 8) as f32);
                a + (b - a) * right_share[n]
            };
            let (upper, lower) = (along(upper[n]), along(lower[n]));
            let level = upper + (lower - upper) * lower_share[n];
            if self.inverted { 255.0 - level } else { level }
        })
    }
}
