//! Geometry by basic arithmetic alone: the sine of a platform's library differs in its last bit from the next one's,
//! and a frame must not.

/// A place in a picture in pixels; (0, 0) is the outer corner of the first pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    pub(crate) fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }
}

/// Width and height of a frame in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// 1280 × 720, what live scanning asks of a phone's camera.
    pub const HD: Self = Self { width: 1280, height: 720 };
    /// 1920 × 1080.
    pub const FULL_HD: Self = Self { width: 1920, height: 1080 };
}

/// Sine of an angle in degrees.
pub(crate) fn sin(degrees: f32) -> f32 {
    use std::f64::consts::PI;
    // Folded to within a quarter turn, where seven terms are exact to a single-precision float.
    let turns = f64::from(degrees) / 360.0;
    let turn = turns - turns.round();
    let folded = if turn > 0.25 {
        0.5 - turn
    } else if turn < -0.25 {
        -0.5 - turn
    } else {
        turn
    };
    let x = folded * 2.0 * PI;
    let square = x * x;
    let mut term = x;
    let mut sum = x;
    for n in 1..8 {
        let n = f64::from(n);
        term = -term * square / (2.0 * n * (2.0 * n + 1.0));
        sum += term;
    }
    sum as f32
}

/// Cosine of an angle in degrees.
pub(crate) fn cos(degrees: f32) -> f32 {
    sin(degrees + 90.0)
}

/// `e` to the power of `-x`, for `x` of 0 and more.
pub(crate) fn exp_neg(x: f32) -> f32 {
    // Halved until small, then the series, then squared back.
    let x = f64::from(x.clamp(0.0, 80.0)) / 1024.0;
    let mut value = 1.0 - x + x * x / 2.0 - x * x * x / 6.0;
    for _ in 0..10 {
        value *= value;
    }
    value as f32
}

/// Angle in radians whose sine is `x`, for -1 to 1.
pub(crate) fn asin(x: f64) -> f64 {
    let x = x.clamp(-1.0, 1.0);
    // As the arc tangent of half the angle, halved twice more, where nine terms suffice.
    let mut t = x / (1.0 + (1.0 - x * x).sqrt());
    for _ in 0..2 {
        t /= 1.0 + (1.0 + t * t).sqrt();
    }
    let square = t * t;
    let mut power = t;
    let mut sum = 0.0;
    for n in 0..9 {
        sum += power / f64::from(2 * n + 1);
        power = -power * square;
    }
    8.0 * sum
}

/// A projective map of the plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Homography([[f32; 3]; 3]);

impl Homography {
    pub(crate) fn new(rows: [[f32; 3]; 3]) -> Self {
        Self(rows)
    }

    pub(crate) fn apply(&self, p: Point) -> Point {
        let [a, b, c] = self.0;
        let w = c[0] * p.x + c[1] * p.y + c[2];
        Point::new((a[0] * p.x + a[1] * p.y + a[2]) / w, (b[0] * p.x + b[1] * p.y + b[2]) / w)
    }

    /// The map back, up to scale. A plane seen from the side has none; the result is then useless but finite work.
    pub(crate) fn inverse(&self) -> Self {
        let [a, b, c] = self.0.map(|r| r.map(f64::from));
        let minor = |p: [f64; 3], q: [f64; 3], i: usize, j: usize| p[i] * q[j] - p[j] * q[i];
        let rows = [
            [minor(b, c, 1, 2), -minor(a, c, 1, 2), minor(a, b, 1, 2)],
            [-minor(b, c, 0, 2), minor(a, c, 0, 2), -minor(a, b, 0, 2)],
            [minor(b, c, 0, 1), -minor(a, c, 0, 1), minor(a, b, 0, 1)],
        ];
        let scale = 1.0 / (a[0] * rows[0][0] + a[1] * rows[1][0] + a[2] * rows[2][0]);
        Self(rows.map(|r| r.map(|v| (v * scale) as f32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_cosine_and_decay_agree_with_the_library() {
        for d in -72..=72 {
            let degrees = d as f32 * 10.0;
            assert!((sin(degrees) - degrees.to_radians().sin()).abs() < 2e-6, "{degrees}");
            assert!((cos(degrees) - degrees.to_radians().cos()).abs() < 2e-6, "{degrees}");
            let x = (d + 72) as f32 / 10.0;
            assert!((exp_neg(x) - (-x).exp()).abs() < 1e-6, "{x}");
            let share = f64::from(d) / 72.0;
            assert!((asin(share) - share.asin()).abs() < 1e-9, "{share}");
        }
    }

    #[test]
    fn a_map_and_its_inverse_cancel() {
        let map = Homography::new([[0.9, 0.1, 40.0], [-0.2, 1.1, 30.0], [1e-4, 2e-4, 1.0]]);
        let there = map.apply(Point::new(120.0, 310.0));
        let back = map.inverse().apply(there);
        assert!((back.x - 120.0).abs() < 0.01 && (back.y - 310.0).abs() < 0.01, "{back:?}");
    }
}
