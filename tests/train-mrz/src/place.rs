//! Where a place on the paper appears in the picture.

use apoa_scan::Point;

use crate::look::Look;

/// From pitches on the paper to pixels.
#[derive(Clone)]
pub(crate) struct Place {
    /// Rows of the linear part.
    rows: [[f32; 2]; 2],
    recede: [f32; 2],
    curve: f32,
    /// Middle of the paper, and where it appears.
    middle: (f32, f32),
    centre: (f32, f32),
    /// Size of the picture that holds the paper.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Place {
    /// The paper from (0, 0) to `wide`, `high`, seen by this look; the origin moves so that all of it is in view.
    pub(crate) fn new(look: &Look, wide: f32, high: f32, recede_angle: f32) -> Self {
        let (sin, cos) = look.turn.to_radians().sin_cos();
        let (ts, tc) = look.tilt_angle.to_radians().sin_cos();
        let short = look.tilt.to_radians().cos();
        // Shortened along the tilt's direction, then turned, then to pixels.
        let lean = [
            [1.0 + (short - 1.0) * tc * tc, (short - 1.0) * tc * ts],
            [(short - 1.0) * tc * ts, 1.0 + (short - 1.0) * ts * ts],
        ];
        let turned = |a: [f32; 2], b: [f32; 2]| {
            let row = |i: usize| (cos * a[i] - sin * b[i]) * look.pitch;
            let low = |i: usize| (sin * a[i] + cos * b[i]) * look.pitch;
            [[row(0), row(1)], [low(0), low(1)]]
        };
        let mut place = Self {
            rows: turned(lean[0], lean[1]),
            recede: [recede_angle.cos() * look.recede, recede_angle.sin() * look.recede],
            curve: look.curve,
            middle: (wide / 2.0, high / 2.0),
            centre: (0.0, 0.0),
            width: 0,
            height: 0,
        };
        let border = (0..=12).flat_map(|step| {
            let t = step as f32 / 12.0;
            [(t * wide, 0.0), (t * wide, high), (0.0, t * high), (wide, t * high)]
        });
        let seen: Vec<Point> = border.map(|(u, v)| place.at(u, v)).collect();
        let low = |f: fn(&Point) -> f32| seen.iter().map(f).fold(f32::MAX, f32::min).floor();
        let high = |f: fn(&Point) -> f32| seen.iter().map(f).fold(f32::MIN, f32::max).ceil();
        let (left, top) = (low(|p| p.x), low(|p| p.y));
        place.width = (high(|p| p.x) - left).max(8.0) as u32;
        place.height = (high(|p| p.y) - top).max(8.0) as u32;
        place.centre = (-left, -top);
        place
    }

    /// The pixel of a place on the paper.
    pub(crate) fn at(&self, u: f32, v: f32) -> Point {
        let (u, v) = (u - self.middle.0, v - self.middle.1);
        let v = v + self.curve * u * u;
        let near = 1.0 / (1.0 + self.recede[0] * u + self.recede[1] * v).max(0.3);
        let [a, b] = self.rows;
        Point {
            x: (a[0] * u + a[1] * v) * near + self.centre.0,
            y: (b[0] * u + b[1] * v) * near + self.centre.1,
        }
    }

    /// One pitch to the right and one down, about a place.
    pub(crate) fn axes(&self, u: f32, v: f32) -> (Point, Point) {
        let between = |a: Point, b: Point| Point { x: b.x - a.x, y: b.y - a.y };
        let along = between(self.at(u - 0.5, v), self.at(u + 0.5, v));
        (along, between(self.at(u, v - 0.5), self.at(u, v + 0.5)))
    }

    /// The paper's place of a pixel, perspective and curve left out: near enough for patterns.
    pub(crate) fn paper(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - self.centre.0, y - self.centre.1);
        let [a, b] = self.rows;
        let area = a[0] * b[1] - a[1] * b[0];
        ((b[1] * x - a[1] * y) / area, (a[0] * y - b[0] * x) / area)
    }
}
