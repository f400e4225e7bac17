//! A sensor that reads its rows one after the other while the hand moves.

use crate::Point;
use crate::math::sin;

/// How the document moves while the frame is read from the top row to the bottom row. The default stands still.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shutter {
    /// Pixels of the frame it drifts on the way, evenly.
    pub drift: Point,
    /// Pixels it swings to either side besides.
    pub swing: Point,
    /// Swings on the way.
    pub swings: f32,
    /// Where in its swing the top row finds it, degrees.
    pub phase: f32,
}

impl Shutter {
    /// How far the document lies from its pose when a row is read. The middle row of a drift sees it in its pose.
    pub(crate) fn shift(&self, row: f32, height: f32) -> Point {
        if *self == Self::default() {
            return Point::default();
        }
        let time = row / height;
        let swing = sin(time * self.swings * 360.0 + self.phase);
        Point::new(
            self.drift.x * (time - 0.5) + self.swing.x * swing,
            self.drift.y * (time - 0.5) + self.swing.y * swing,
        )
    }

    /// Where a place is recorded that would be at `at` if all rows were read at once.
    pub(crate) fn seen(&self, at: Point, height: f32) -> Point {
        let mut seen = at;
        // The row decides the shift and the shift the row; the change of shift from row to row is far below 1.
        for _ in 0..12 {
            let shift = self.shift(seen.y, height);
            seen = Point::new(at.x + shift.x, at.y + shift.y);
        }
        seen
    }

    /// No shift is larger, in either direction.
    pub(crate) fn reach(&self) -> f32 {
        let most = |drift: f32, swing: f32| drift.abs() + swing.abs();
        most(self.drift.x, self.swing.x).max(most(self.drift.y, self.swing.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_what_lies_its_shift_away() {
        let shutter =
            Shutter { drift: Point::new(20.0, -30.0), swing: Point::new(6.0, 3.0), swings: 4.0, phase: 70.0 };
        let seen = shutter.seen(Point::new(400.0, 300.0), 720.0);
        let shift = shutter.shift(seen.y, 720.0);
        assert!((seen.x - shift.x - 400.0).abs() < 1e-3 && (seen.y - shift.y - 300.0).abs() < 1e-3);
        assert_eq!(Shutter::default().seen(Point::new(1.0, 2.0), 720.0), Point::new(1.0, 2.0));
    }
}
