//! From finder patterns to the grid between them.
//!
//! The corners of the finder patterns give a first perspective, the timing patterns tell how many modules lie
//! between, the alignment patterns pull the far corner into place.

use crate::Point;
use crate::geometry::{Pair, Perspective};
use crate::grid::curve::version_along;
use crate::grid::landmarks::Landmarks;
use crate::grid::light::Light;
use crate::grid::shape::Shape;
use crate::grid::unroll::Sight;
use crate::locate::constellation::Constellation;
use crate::matrix::layout::{VERSIONS, side};

/// A grid laid over a picture.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Grid {
    pub(crate) version: u8,
    /// In pixels of the plane it was laid over.
    pub(crate) shape: Shape,
    /// How well it lies, as [`Landmarks::agreement`] says.
    pub(crate) agreement: f32,
    /// Whether its corners may be shown as they are: the far one hangs on an alignment pattern, and the print does not
    /// drift from the grid.
    pub(crate) firm: bool,
}

impl Grid {
    /// Modules a side.
    pub(crate) fn size(&self) -> usize {
        side(self.version)
    }
}

/// Views without perspective are more likely than the corners of small finder patterns say: they err by a third of a
/// pixel, which over a code is a perspective no hand holds.
const FLATNESS: f32 = 2e-3;

/// Versions to try around the one the finder patterns' rulers give, likeliest first.
const AROUND: [i32; 5] = [0, -1, 1, -2, 2];

/// Timing patterns that agree better along straight lines are first tried as those of a flat code.
const STRAIGHT: f32 = 0.7;

/// Those of a bent code agree so much better along curves.
const BETTER: f32 = 0.05;

/// A bend of 105° across a code strains what its finder patterns say of each other by 0.8; noise by 1 to 2.
const STRAINED: f32 = 1.0;

/// Timing patterns that agree less along curves are none.
const CURVED: f32 = 0.6;

/// A first idea of a grid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sketch {
    version: u8,
    shape: Shape,
    /// Whether the timing patterns agree along curves, not along straight lines.
    bent: bool,
    /// How well the timing patterns agree: 1 is perfect, 0 is chance.
    pub(crate) score: f32,
}

/// Sketches a grid over a constellation: the version whose timing patterns agree best. Pixels are those of the
/// constellation times `enlarged`.
pub(crate) fn sketch(light: &Light<'_>, constellation: &Constellation, enlarged: f32) -> Option<Sketch> {
    let version = ((constellation.distance + 7.0 - 17.0) / 4.0).round() as i32;
    let sketches = AROUND.iter().filter_map(|by| {
        let version = u8::try_from(version + by).ok().filter(|v| (1..=VERSIONS).contains(v))?;
        let shape = first_shape(constellation, version, None)?.enlarged(enlarged);
        let score = timing(constellation, Landmarks::of(version)?.timing_agreement(light, &shape));
        Some(Sketch { version, shape, bent: false, score })
    });
    let flat = sketches.max_by(|a, b| a.score.total_cmp(&b.score))?;
    if flat.score > STRAIGHT {
        return Some(flat);
    }
    curved(light, constellation, enlarged, &flat).or(Some(flat))
}

/// The sketch of a bent code, where the timing patterns agree better along curves than a flat one says.
pub(crate) fn curved(
    light: &Light<'_>,
    constellation: &Constellation,
    enlarged: f32,
    flat: &Sketch,
) -> Option<Sketch> {
    if flat.bent || constellation.strain > STRAINED {
        return None;
    }
    let least = CURVED.max(flat.score + BETTER);
    let (version, score) = version_along(light, constellation, enlarged).filter(|(_, s)| *s > least)?;
    let shape = first_shape(constellation, version, None)?.enlarged(enlarged);
    Some(Sketch { version, shape, bent: true, score })
}

/// The sketch with another version: the one a code's own version information names.
pub(crate) fn renamed(
    constellation: &Constellation,
    enlarged: f32,
    sketch: &Sketch,
    version: u8,
) -> Option<Sketch> {
    let shape = first_shape(constellation, version, None)?.enlarged(enlarged);
    Some(Sketch { version, shape, ..*sketch })
}

/// Timing patterns between two finder patterns that are there say more than one that leads into the unknown.
pub(super) fn timing(constellation: &Constellation, [along, down]: [f32; 2]) -> f32 {
    match constellation.marks {
        [Some(_), Some(_), None] => 0.8 * along + 0.2 * down,
        [Some(_), None, Some(_)] => 0.8 * down + 0.2 * along,
        _ => 0.5 * (along + down),
    }
}

/// Pulls a sketch to the alignment pattern at the far corner.
pub(crate) fn settle(
    light: &Light<'_>,
    constellation: &Constellation,
    enlarged: f32,
    sketch: &Sketch,
) -> Option<Grid> {
    let Sketch { version, mut shape, .. } = *sketch;
    if sketch.bent {
        return Sight { light, constellation, enlarged }.settle(&Grid {
            version,
            shape,
            agreement: 0.0,
            firm: false,
        });
    }
    let landmarks = Landmarks::of(version)?;
    let mut firm = false;
    // The far corner alone: the finder patterns hold the other three.
    if let Some((centre, mark)) = landmarks.alignment.last() {
        let reach = if constellation.marks.iter().all(Option::is_some) { 3.0 } else { 5.0 };
        let anchor = mark.seek(light, &shape, *centre, reach).map(|pixel| Pair {
            module: *centre,
            pixel: pixel * (1.0 / enlarged),
            weight: ANCHOR,
        });
        let better = anchor.and_then(|anchor| first_shape(constellation, version, Some(anchor)));
        if let Some(better) = better.map(|b| b.enlarged(enlarged)).filter(|b| b.sees(side(version) as f32)) {
            shape = better;
            firm = true;
        }
    }
    let agreement = landmarks.agreement(light, &shape);
    shape.sees(side(version) as f32).then_some(Grid { version, shape, agreement, firm })
}

/// The middle of an alignment pattern, found by its own shape, against a corner of a finder pattern.
const ANCHOR: f32 = 8.0;

/// The perspective through the finder patterns' middles and corners, and an anchor.
fn first_shape(constellation: &Constellation, version: u8, anchor: Option<Pair>) -> Option<Shape> {
    let pairs = sightings(constellation, version);
    Some(Shape::Flat(Perspective::fit(&pairs.chain(anchor), FLATNESS)?))
}

/// The finder patterns' middles and corners in a code of this version, pixels those of the constellation.
pub(super) fn sightings(
    constellation: &Constellation,
    version: u8,
) -> impl Iterator<Item = Pair> + Clone + use<'_> {
    /// Off the middle of a finder pattern: the middle, four times as sure as a corner, and the corners.
    const PLACES: [(f32, f32, f32); 5] =
        [(0.0, 0.0, 4.0), (-3.5, -3.5, 1.0), (3.5, -3.5, 1.0), (3.5, 3.5, 1.0), (-3.5, 3.5, 1.0)];
    let far = side(version) as f32 - 3.5;
    let middles = [Point::new(3.5, 3.5), Point::new(far, 3.5), Point::new(3.5, far)];
    let marks =
        constellation.marks.iter().zip(middles).filter_map(|(mark, middle)| mark.map(|m| (m, middle)));
    marks.flat_map(|(mark, middle)| {
        PLACES.map(|(x, y, weight)| {
            let off = Point::new(x, y);
            Pair { module: middle + off, pixel: mark.centre + mark.axes.place(off), weight }
        })
    })
}
