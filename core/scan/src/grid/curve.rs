//! Timing patterns along curves: which version a bent code is of.
//!
//! A finder pattern shows where a timing pattern begins and in which direction and how fast it leaves, so a curve of
//! third degree from one finder pattern to the next lies along it whatever the bend. No version has to be known to
//! draw it, and nothing but a code agrees with two of them.

use crate::Point;
use crate::geometry::Axes;
use crate::grid::landmarks::Landmarks;
use crate::grid::light::Light;
use crate::locate::constellation::Constellation;
use crate::locate::finders::Finder;
use crate::matrix::layout::{VERSIONS, side};

/// Versions to try around the one the rulers of the shorter side give, likeliest first. A bend makes a side look
/// longer to the rulers at its ends than it is.
const AROUND: [i32; 4] = [0, -1, 1, -2];

/// Ten modules of noise agree as well with a timing pattern once in seven times; two of true ones always do.
const BEGUN: f32 = 0.3;

/// From the middle of a finder pattern to the timing patterns' inner end, along both sides.
const INWARDS: f32 = 3.0;

/// The version whose timing patterns agree best along curves, and how well: 1 is perfect, 0 is chance. `None` without
/// all three finder patterns. Pixels are those of the constellation times `enlarged`.
pub(super) fn version_along(
    light: &Light<'_>,
    constellation: &Constellation,
    enlarged: f32,
) -> Option<(u8, f32)> {
    let [Some(corner), Some(right), Some(down)] =
        constellation.marks.map(|m| m.map(|m| larger(&m, enlarged)))
    else {
        return None;
    };
    let inner = Point::new(INWARDS, INWARDS);
    let along = Curve {
        from: corner.centre + corner.axes.place(inner),
        to: right.centre + right.axes.place(Point::new(-INWARDS, INWARDS)),
        leaving: corner.axes.u,
        arriving: right.axes.u,
    };
    let beside = Curve {
        from: along.from,
        to: down.centre + down.axes.place(Point::new(INWARDS, -INWARDS)),
        leaving: corner.axes.v,
        arriving: down.axes.v,
    };
    let distance = measured(&corner, &right).min(measured(&corner, &down));
    let guess = ((distance + 7.0 - 17.0) / 4.0).round() as i32;
    let scores = AROUND.iter().filter_map(|by| {
        let version = u8::try_from(guess + by).ok().filter(|v| (1..=VERSIONS).contains(v))?;
        let landmarks = Landmarks::of(version)?;
        let start = 3.5 + INWARDS;
        let long = side(version) as f32 - 2.0 * start;
        let on_top = |m: Point| light.at(along.place((m.x - start) / long, long));
        let on_left = |m: Point| light.at(beside.place((m.y - start) / long, long));
        if landmarks.timing_begins(0, on_top) < BEGUN || landmarks.timing_begins(1, on_left) < BEGUN {
            return None;
        }
        let top = landmarks.timing_agreement_of(0, on_top);
        let left = landmarks.timing_agreement_of(1, on_left);
        Some((version, 0.5 * (top + left)))
    });
    scores.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The same finder pattern in a plane whose pixels are `by` times smaller.
fn larger(finder: &Finder, by: f32) -> Finder {
    Finder { centre: finder.centre * by, axes: finder.axes.scaled(by), ..*finder }
}

/// Modules between the middles of two finder patterns, as their rulers say.
fn measured(a: &Finder, b: &Finder) -> f32 {
    let between = b.centre - a.centre;
    let by = |axes: &Axes| axes.measure(between).length();
    (by(&a.axes) * by(&b.axes)).sqrt()
}

/// A curve of third degree.
struct Curve {
    from: Point,
    to: Point,
    /// A step of one module at either end.
    leaving: Point,
    arriving: Point,
}

impl Curve {
    /// The place at a share of its length, which is so many modules.
    fn place(&self, share: f32, long: f32) -> Point {
        let (t, s) = (share, 1.0 - share);
        self.from * (s * s * (1.0 + 2.0 * t))
            + self.to * (t * t * (3.0 - 2.0 * t))
            + (self.leaving * s - self.arriving * t) * (long * s * t)
    }
}
