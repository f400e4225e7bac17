//! A located grid to modules once more, from grey levels instead of bits.
//!
//! Deciding dark or light pixel by pixel throws away what blur and fading leave. Where a grid was placed but did not
//! decode, each module is measured as a whole in the frame itself and compared with the modules around it, as it is
//! and with the blur of its neighbours taken out. Works for grids that are flat; a bent one keeps its bits.

use rxing::common::BitMatrix;

use crate::Point;
use crate::frame::Luma;

/// Modules to either side that a module is compared with. A smaller square can lie within one finder pattern.
const REACH: usize = 4;

/// How much of the difference to its four neighbours is added to a module, in turn.
pub(crate) const SHARPENING: [f32; 3] = [0.0, 0.6, 1.2];

/// Brightness of each module of a grid.
pub(crate) struct Levels {
    size: usize,
    values: Vec<f32>,
}

/// Measures the modules of a grid of `size` a side whose outer corners lie at `corners`, in pixels of the plane.
/// `None` if the four do not span a square seen in perspective.
pub(crate) fn measure(luma: Luma<'_>, corners: [Point; 4], size: usize) -> Option<Levels> {
    /// Places within a module, in shares of its side: the middle, where least of the neighbours shines in.
    const WITHIN: [(f32, f32); 5] = [(0.5, 0.5), (0.3, 0.4), (0.6, 0.3), (0.7, 0.6), (0.4, 0.7)];
    let project = projection(corners)?;
    let mut values = Vec::with_capacity(size * size);
    for y in 0..size {
        for x in 0..size {
            let sum: f32 = WITHIN
                .iter()
                .map(|(dx, dy)| {
                    let (u, v) = ((x as f32 + dx) / size as f32, (y as f32 + dy) / size as f32);
                    between(luma, project(u, v))
                })
                .sum();
            values.push(sum / WITHIN.len() as f32);
        }
    }
    Some(Levels { size, values })
}

impl Levels {
    /// Dark where a module is under the mean of the square around it; the other way round for an inverted code.
    pub(crate) fn modules(&self, sharpening: f32, inverted: bool) -> Option<BitMatrix> {
        let size = self.size;
        let values = self.sharpened(sharpening);
        let mut matrix = BitMatrix::new(size as u32, size as u32).ok()?;
        for y in 0..size {
            let rows = y.saturating_sub(REACH)..(y + REACH + 1).min(size);
            for x in 0..size {
                let columns = x.saturating_sub(REACH)..(x + REACH + 1).min(size);
                let count = (rows.len() * columns.len()) as f32;
                let sum: f32 =
                    rows.clone().map(|r| values[r * size..][columns.clone()].iter().sum::<f32>()).sum();
                if (values[y * size + x] < sum / count) != inverted {
                    matrix.set(x as u32, y as u32);
                }
            }
        }
        Some(matrix)
    }

    fn sharpened(&self, by: f32) -> Vec<f32> {
        let last = self.size - 1;
        let at = |x: usize, y: usize| self.values[y * self.size + x];
        (0..self.values.len())
            .map(|i| {
                let (x, y) = (i % self.size, i / self.size);
                let around = at(x.saturating_sub(1), y)
                    + at((x + 1).min(last), y)
                    + at(x, y.saturating_sub(1))
                    + at(x, (y + 1).min(last));
                at(x, y) + by * (at(x, y) - around / 4.0)
            })
            .collect()
    }
}

/// Brightness between pixels.
fn between(luma: Luma<'_>, at: Point) -> f32 {
    let (x, y) = ((at.x - 0.5).max(0.0), (at.y - 0.5).max(0.0));
    let (left, top) = (x as usize, y as usize);
    let (fx, fy) = (x - left as f32, y - top as f32);
    let row = |y: usize| {
        let row = luma.row(y as isize);
        let near = |x: usize| f32::from(row.get(x.min(row.len().saturating_sub(1))).copied().unwrap_or(0));
        let (l, r) = (near(left), near(left.saturating_add(1)));
        l + (r - l) * fx
    };
    let (upper, lower) = (row(top), row(top.saturating_add(1)));
    upper + (lower - upper) * fy
}

/// The perspective that takes the unit square to four corners, clockwise from its origin.
fn projection(corners: [Point; 4]) -> Option<impl Fn(f32, f32) -> Point> {
    let [a, b, c, d] = corners;
    let (sum_x, sum_y) = (a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y);
    let (right_x, right_y) = (b.x - c.x, b.y - c.y);
    let (down_x, down_y) = (d.x - c.x, d.y - c.y);
    let area = right_x * down_y - down_x * right_y;
    // Less than a pixel of area is no code.
    if area.abs() < 1.0 {
        return None;
    }
    let g = (sum_x * down_y - down_x * sum_y) / area;
    let h = (right_x * sum_y - sum_x * right_y) / area;
    // The far corner must stay before the camera.
    if g <= -0.95 || h <= -0.95 || g + h <= -0.95 {
        return None;
    }
    let (ax, bx) = (b.x - a.x + g * b.x, d.x - a.x + h * d.x);
    let (ay, by) = (b.y - a.y + g * b.y, d.y - a.y + h * d.y);
    Some(move |u: f32, v: f32| {
        let w = g * u + h * v + 1.0;
        Point { x: (ax * u + bx * v + a.x) / w, y: (ay * u + by * v + a.y) / w }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_projection_meets_its_corners() {
        let corners = [(10.0, 12.0), (90.0, 20.0), (80.0, 95.0), (5.0, 70.0)].map(|(x, y)| Point { x, y });
        let project = projection(corners).unwrap();
        for ((u, v), corner) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter().zip(corners) {
            assert!(project(u, v).distance(corner) < 0.01);
        }
    }

    #[test]
    fn corners_on_a_line_span_nothing() {
        let corners = [0.0, 1.0, 2.0, 3.0].map(|x| Point { x, y: x });
        assert!(projection(corners).is_none());
    }

    #[test]
    fn faint_modules_under_falling_light_come_out_whole() {
        let size = 21;
        let dark = |x: usize, y: usize| (x * 7 + y * 5 + x * y).is_multiple_of(3);
        let luma: Vec<u8> = (0..63 * 63)
            .map(|i| {
                let (x, y) = (i % 63, i / 63);
                let paper = 200 - (x / 3) as u8;
                if dark(x / 3, y / 3) { paper - paper / 12 } else { paper }
            })
            .collect();
        let corners = [(0.0, 0.0), (63.0, 0.0), (63.0, 63.0), (0.0, 63.0)].map(|(x, y)| Point { x, y });
        let levels = measure(Luma::packed(&luma, 63, 63), corners, size).unwrap();
        let matrix = levels.modules(0.0, false).unwrap();
        for y in 0..size {
            for x in 0..size {
                assert_eq!(matrix.get(x as u32, y as u32), dark(x, y), "{x} {y}");
            }
        }
    }
}
