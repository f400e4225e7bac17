//! How much of each pixel a shape covers, by the area that its edges cut off.

use crate::Point;

/// A plane that shapes are drawn into edge by edge. Edges of a closed ring, either way round, fill it.
#[derive(Clone)]
pub struct Ink {
    width: usize,
    height: usize,
    /// Per pixel the change of coverage against the pixel to its left; two more a row, for what ends at the border.
    steps: Vec<f32>,
}

impl std::fmt::Debug for Ink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ink")
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

impl Ink {
    /// An empty plane.
    pub fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { width, height, steps: vec![0.0; (width + 2) * height] }
    }

    /// Adds an edge, in pixels; what lies outside the plane counts as its border.
    pub fn edge(&mut self, from: Point, to: Point) {
        let (upper, lower, sign) = if from.y < to.y { (from, to, 1.0) } else { (to, from, -1.0) };
        if upper.y >= self.height as f32 || lower.y <= 0.0 || upper.y == lower.y {
            return;
        }
        let slope = (lower.x - upper.x) / (lower.y - upper.y);
        let first = upper.y.max(0.0) as usize;
        let end = (lower.y.ceil() as usize).min(self.height);
        let most = self.width as f32;
        for y in first..end {
            let (top, bottom) = (upper.y.max(y as f32), lower.y.min((y + 1) as f32));
            let x = |at: f32| (upper.x + (at - upper.y) * slope).clamp(0.0, most);
            let row = &mut self.steps[y * (self.width + 2)..][..self.width + 2];
            cut(row, x(top), x(bottom), (bottom - top) * sign);
        }
    }

    /// Share of each pixel that is covered, 0 to 1, row by row.
    pub fn coverage(&self) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.width * self.height);
        for row in self.steps.chunks_exact(self.width + 2) {
            let mut sum = 0.0;
            out.extend(row[..self.width].iter().map(|step| {
                sum += step;
                f32::min(f32::abs(sum), 1.0)
            }));
        }
        out
    }
}

/// An edge within one row: pixels right of it are covered by `height`, those that it crosses by a part.
fn cut(row: &mut [f32], a: f32, b: f32, height: f32) {
    let (left, right) = (a.min(b), a.max(b));
    let (first, last) = (left as usize, right as usize);
    if first == last {
        let part = height * (f32::midpoint(left, right) - first as f32);
        row[first] += height - part;
        row[first + 1] += part;
        return;
    }
    // Coverage up to the right border of each crossed pixel, as the area of a triangle growing with the square.
    let width = right - left;
    let mut before = 0.0;
    let mut given = 0.0;
    for (x, step) in row.iter_mut().enumerate().take(last + 1).skip(first) {
        let reached = ((x + 1) as f32).min(right) - left;
        let full = ((x + 1) as f32 - right).max(0.0);
        let area = height * (reached * reached / (2.0 * width) + full);
        // Pixel x is covered by what was cut off in it alone.
        let covered = area - before;
        *step += covered - given;
        given = covered;
        before = area;
    }
    row[last + 1] += height - given;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(points: &[(f32, f32)]) -> Vec<f32> {
        let mut ink = Ink::new(10, 10);
        for (i, from) in points.iter().enumerate() {
            let to = points[(i + 1) % points.len()];
            ink.edge(Point { x: from.0, y: from.1 }, Point { x: to.0, y: to.1 });
        }
        ink.coverage()
    }

    #[test]
    fn a_rectangle_covers_its_pixels_and_parts_of_them() {
        let cover = filled(&[(2.0, 3.0), (5.5, 3.0), (5.5, 6.25), (2.0, 6.25)]);
        for (at, want) in [
            ((2, 3), 1.0),
            ((4, 5), 1.0),
            ((5, 4), 0.5),
            ((3, 6), 0.25),
            ((5, 6), 0.125),
            ((1, 4), 0.0),
            ((6, 4), 0.0),
        ] {
            let (x, y) = at;
            assert!((cover[y * 10 + x] - want).abs() < 1e-5, "{at:?}");
        }
    }

    #[test]
    fn a_slanted_shape_covers_its_area_either_way_round() {
        let points = [(1.2, 1.1), (8.7, 3.4), (2.9, 8.8)];
        let area = ((8.7 - 1.2) * (8.8 - 1.1) - (2.9 - 1.2) * (3.4 - 1.1)) / 2.0;
        let forth = filled(&points);
        let back = filled(&[points[2], points[1], points[0]]);
        assert!((forth.iter().sum::<f32>() - area).abs() < 1e-3, "{}", forth.iter().sum::<f32>());
        assert!(forth.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn what_lies_outside_is_cut_off() {
        let cover = filled(&[(-5.0, -5.0), (20.0, -5.0), (20.0, 20.0), (-5.0, 20.0)]);
        assert!(cover.iter().all(|c| (*c - 1.0).abs() < 1e-5));
    }
}
