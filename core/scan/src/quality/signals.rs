//! One frame that was not read, as numbers. Neither pixels nor payloads are in them, so they may be kept and sent.

use super::Side;
use super::cells::{Cells, Patch, Shape};
use super::patch::{Lens, Look, Shine};
use super::zone::ZoneSignals;
use crate::mrz::MrzRead;
use crate::{FinderMark, Findings, FrameView, Located, Outline, Point, Region, Rotation};

/// Modules a side of an ordinary permit's code: version 4.
pub(super) const ORDINARY_MODULES: f32 = 33.0;

/// Modules a side of the smallest code.
const LEAST_MODULES: f32 = 21.0;

/// Between two lines of a zone there is less light than this many characters both ways.
const LIGHT_CHARS: f32 = 2.0;

/// What the edge leaves of a code is filled as a code is, and at least about half of it.
const PART_FILLED: f32 = 0.8;
const PART_LONG: f32 = 2.2;

/// How wide edges are, in pixels: 2 is as sharp as it gets, since two pixels are the step they are measured over.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Blur {
    /// Width in the sharper of two perpendicular directions.
    pub least: f32,
    /// Width in the other one: much more means motion.
    pub most: f32,
}

/// A reflection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glare {
    /// Its middle, in pixels of the frame.
    pub at: Point,
    /// How much of the code's box it covers, 0 to 1.
    pub share: f32,
}

/// What a frame looked like where a code is, or most likely is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// The place all of this is about, in pixels of the frame: the code's or the zone's box if one was located, else the
    /// liveliest place. `None` in a frame without any texture.
    pub place: Option<Region>,
    /// A grid was found there.
    pub located: bool,
    /// Finder patterns in and around that place.
    pub finders: u32,
    /// Pixels a module, by grid or finder patterns.
    pub px_per_module: Option<f32>,
    /// Side of the liveliest place as a square, in pixels, whatever its turn.
    pub side: f32,
    /// Its longer side over its shorter side.
    pub elongation: f32,
    /// How much of it is lively, about 1 at most: a code is so throughout.
    pub density: f32,
    /// 5th percentile of the place's grey levels.
    pub p5: u8,
    /// 95th percentile.
    pub p95: u8,
    /// Noise of the frame's calmest parts: a standard deviation in grey levels.
    pub noise: f32,
    /// Width of edges.
    pub blur: Blur,
    /// Movement since the frame before, in pixels; `None` without one.
    pub motion: Option<f32>,
    /// Larger side of the place, of the box's: 0 to 1.
    pub fill: f32,
    /// Side of the largest finder pattern, of the box's smaller side.
    pub largest_finder: f32,
    /// Where the code leaves the box.
    pub cut_off: Option<Side>,
    /// The reflection over the place.
    pub glare: Option<Glare>,
    /// Different payloads that were read and do not count yet.
    pub payloads: u32,
    /// All of this is about a zone, which was seen and not read.
    pub zone: Option<ZoneSignals>,
}

/// Measures frames; keeps buffers and the coarse picture of the frame before.
#[derive(Default)]
pub(crate) struct Gauge {
    cells: Cells,
    lens: Lens,
}

impl Gauge {
    /// A frame was read and not measured: the next one has nothing to be compared with.
    pub(crate) fn skip(&mut self) {
        self.cells.forget();
    }

    /// The numbers of one frame. Blocks for a fraction of a millisecond, whatever the frame's size.
    pub(crate) fn measure(
        &mut self,
        frame: &FrameView<'_>,
        found: &Findings,
        zone: Option<&MrzRead>,
    ) -> Signals {
        let luma = frame.luma();
        let region = frame.region();
        let noise = self.cells.look(luma);
        let lively = self.cells.liveliest(noise);
        let grid = found.located.iter().find(|l| believable(l, lively, region));
        let Shape { side, elongation, density } = lively.map(|_| self.cells.shape()).unwrap_or_default();
        let zone = zone.filter(|_| grid.is_none());
        let zone = zone.map(|read| (read, ZoneSignals::of(read, region)));
        let laid = zone.filter(|(_, signals)| signals.laid);
        let outline = grid.map(|l| &l.outline).or(laid.map(|(read, _)| &read.outline));
        let patch = outline.map(|o| bounds(o, region)).or(lively);
        let mut signals = Signals { noise, motion: self.cells.motion(), ..Signals::default() };
        signals.payloads = payloads(found);
        let Some(patch) = patch else { return signals };
        let Look { p5, p95, widths } = self.lens.look(luma, patch, noise);
        let finders = || found.finders.iter().filter(|m| near(m, patch, region));
        // Patterns in print may look like finders; those of a code this large cannot be larger than that.
        let most = 1.15 * side / LEAST_MODULES;
        let fitting = || finders().filter(|m| m.module <= most);
        let module = grid.map(Located::px_per_module).or_else(|| median_module(fitting()));
        // Without a grid a code is taken for one of ordinary size. Five modules of one colour both ways are no part of it.
        let taken_for = || side / ORDINARY_MODULES;
        let hole = laid.map_or_else(
            || 4.5 * module.unwrap_or_else(taken_for).clamp(1.0, 24.0),
            |(zone, _)| LIGHT_CHARS * zone.px_per_char,
        );
        let shine = self.lens.shine(luma, patch, hole);
        let seen = finders().count() as u32;
        // Without a grid: part of a code at the edge, the rest of it outside.
        let part = || density > PART_FILLED && elongation < PART_LONG;
        let leaving = match grid {
            Some(grid) => passed_by(&grid.outline, 2.0 * grid.px_per_module(), region),
            None if zone.is_some() => {
                zone.and_then(|(z, _)| passed_by(&z.outline, 0.5 * z.px_per_char, region))
            }
            None if part() => touched(patch, region, self.cells.side()),
            None => None,
        };
        let largest = finders().map(|m| 7.0 * m.module).fold(0.0, f32::max);
        Signals {
            place: Some(in_frame(patch, region)),
            located: grid.is_some() || laid.is_some(),
            finders: seen,
            px_per_module: module.filter(|_| zone.is_none()),
            side,
            elongation,
            density,
            p5,
            p95,
            blur: blur(widths),
            fill: fill(patch, region),
            largest_finder: largest / region.width.min(region.height) as f32,
            cut_off: leaving.map(|side| upright(side, frame.layout().rotation)),
            glare: glare(shine, region),
            zone: zone.map(|(_, signals)| signals),
            ..signals
        }
    }
}

fn payloads(found: &Findings) -> u32 {
    let others = |nth: usize| found.symbols[..nth].iter();
    let new = |(nth, symbol): &(usize, &crate::Symbol)| !others(*nth).any(|s| s.bytes == symbol.bytes);
    found.symbols.iter().enumerate().filter(new).count() as u32
}

/// A grid counts as the code's if it is about where the picture is lively: patterns in text and wood make grids too.
fn believable(grid: &Located, lively: Option<Patch>, region: Region) -> bool {
    let module = grid.px_per_module();
    let Some(lively) = lively else { return false };
    let box_of = bounds(&grid.outline, region);
    let over = |a: (usize, usize), b: (usize, usize)| (a.0 + a.1).min(b.0 + b.1).saturating_sub(a.0.max(b.0));
    let shared = over((box_of.x, box_of.width), (lively.x, lively.width))
        * over((box_of.y, box_of.height), (lively.y, lively.height));
    let smaller = (box_of.width * box_of.height).min(lively.width * lively.height);
    module >= 1.0 && 2 * shared > smaller
}

/// An outline's bounding box, inside the region and from its corner.
fn bounds(outline: &Outline, region: Region) -> Patch {
    let span = |values: [f32; 4], from: u32, length: u32| {
        let low = values.iter().copied().fold(f32::INFINITY, f32::min) - from as f32;
        let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max) - from as f32;
        // Casts from float saturate; a wild outline ends at the region.
        let start = (low.max(0.0) as usize).min(length as usize - 1);
        (start, (high.max(0.0) as usize).clamp(start + 1, length as usize) - start)
    };
    let (x, width) = span(outline.corners.map(|c| c.x), region.x, region.width);
    let (y, height) = span(outline.corners.map(|c| c.y), region.y, region.height);
    Patch { x, y, width, height }
}

/// A finder pattern belongs to the place if its middle lies in it, or within its own size of it.
fn near(mark: &FinderMark, patch: Patch, region: Region) -> bool {
    let (x, y) = (mark.centre.x - region.x as f32, mark.centre.y - region.y as f32);
    let slack = 7.0 * mark.module;
    let within =
        |v: f32, from: usize, length: usize| v >= from as f32 - slack && v <= (from + length) as f32 + slack;
    within(x, patch.x, patch.width) && within(y, patch.y, patch.height)
}

fn median_module<'a>(finders: impl Iterator<Item = &'a FinderMark>) -> Option<f32> {
    let (mut sizes, mut count) = ([0.0_f32; 8], 0);
    for mark in finders.take(8) {
        sizes[count] = mark.module;
        count += 1;
    }
    let sizes = &mut sizes[..count];
    sizes.sort_by(f32::total_cmp);
    // The smaller of two: false patterns are the larger ones.
    sizes.get(count.saturating_sub(1) / 2).copied()
}

fn blur(widths: [f32; 4]) -> Blur {
    let pair = |a: f32, b: f32| (a > 0.0 && b > 0.0).then(|| (a.min(b), a.max(b)));
    // Motion shows in one of the two crosses: that with the larger contrast between its directions.
    let crosses = [pair(widths[0], widths[1]), pair(widths[2], widths[3])];
    let contrast = |c: &(f32, f32)| c.1 / c.0;
    let chosen = crosses.into_iter().flatten().max_by(|a, b| contrast(a).total_cmp(&contrast(b)));
    let (least, most) = chosen.unwrap_or_else(|| {
        let any = widths.into_iter().filter(|w| *w > 0.0).fold(f32::INFINITY, f32::min);
        if any.is_finite() { (any, any) } else { (0.0, 0.0) }
    });
    Blur { least, most }
}

fn fill(patch: Patch, region: Region) -> f32 {
    let share = |length: usize, of: u32| length as f32 / of as f32;
    share(patch.width, region.width).max(share(patch.height, region.height))
}

/// The side at which an outline leaves the region: a corner beyond its edge, or within this many pixels of it.
fn passed_by(outline: &Outline, within: f32, region: Region) -> Option<Side> {
    let (left, top) = (region.x as f32, region.y as f32);
    let (right, bottom) = (left + region.width as f32, top + region.height as f32);
    // How far the outermost corner is beyond each edge.
    let beyond = |along: fn(&Point) -> f32, edge: f32, sign: f32| {
        outline.corners.iter().map(|c| (along(c) - edge) * sign).fold(f32::NEG_INFINITY, f32::max)
    };
    let sides = [
        (Side::Left, beyond(|c| c.x, left, -1.0)),
        (Side::Right, beyond(|c| c.x, right, 1.0)),
        (Side::Up, beyond(|c| c.y, top, -1.0)),
        (Side::Down, beyond(|c| c.y, bottom, 1.0)),
    ];
    let (side, most) = sides.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (most > -within).then_some(side)
}

/// The side at which a place reaches the region's edge, beyond which less than a cell is not looked at; of two, that along which more of it lies.
fn touched(patch: Patch, region: Region, cell: usize) -> Option<Side> {
    let (width, height) = (region.width as usize, region.height as usize);
    let sides = [
        (Side::Left, patch.x < cell, patch.height),
        (Side::Right, patch.x + patch.width + 2 * cell > width, patch.height),
        (Side::Up, patch.y < cell, patch.width),
        (Side::Down, patch.y + patch.height + 2 * cell > height, patch.width),
    ];
    sides.into_iter().filter(|(_, touches, _)| *touches).max_by_key(|(_, _, length)| *length).map(|s| s.0)
}

/// A side of the frame as a side of the upright picture.
fn upright(side: Side, rotation: Rotation) -> Side {
    let turns = match rotation {
        Rotation::None => 0,
        Rotation::Quarter => 1,
        Rotation::Half => 2,
        Rotation::ThreeQuarter => 3,
    };
    // Clockwise, as the frame is turned.
    let ring = [Side::Up, Side::Right, Side::Down, Side::Left];
    let at = ring.iter().position(|s| *s == side).unwrap_or(0);
    ring[(at + turns) % ring.len()]
}

fn glare(shine: Shine, region: Region) -> Option<Glare> {
    (shine.share > 0.0).then_some(Glare {
        at: Point { x: shine.x + region.x as f32, y: shine.y + region.y as f32 },
        share: shine.share,
    })
}

fn in_frame(patch: Patch, region: Region) -> Region {
    Region {
        x: region.x + patch.x as u32,
        y: region.y + patch.y as u32,
        width: patch.width as u32,
        height: patch.height as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: Region = Region { x: 100, y: 50, width: 400, height: 300 };

    fn grid(left: f32, top: f32) -> Located {
        let at = |x: f32, y: f32| Point { x: left + x, y: top + y };
        let corners = [at(0.0, 0.0), at(100.0, 0.0), at(100.0, 100.0), at(0.0, 100.0)];
        Located { outline: Outline { corners }, modules: 25, lane: "half" }
    }

    #[test]
    fn a_corner_within_two_modules_of_the_edge_is_cut_off_there() {
        assert_eq!(passed_by(&grid(200.0, 150.0).outline, 8.0, REGION), None);
        assert_eq!(passed_by(&grid(107.0, 150.0).outline, 8.0, REGION), Some(Side::Left));
        assert_eq!(passed_by(&grid(405.0, 150.0).outline, 8.0, REGION), Some(Side::Right));
        assert_eq!(passed_by(&grid(200.0, 30.0).outline, 8.0, REGION), Some(Side::Up));
        assert_eq!(passed_by(&grid(200.0, 245.0).outline, 8.0, REGION), Some(Side::Down));
        // Beyond two edges, the farther one is said first.
        assert_eq!(passed_by(&grid(95.0, 20.0).outline, 8.0, REGION), Some(Side::Up));
    }

    #[test]
    fn sides_are_those_of_the_upright_picture() {
        // The frame must be turned by a quarter clockwise: its left edge becomes the upper one.
        assert_eq!(upright(Side::Left, Rotation::Quarter), Side::Up);
        assert_eq!(upright(Side::Up, Rotation::Quarter), Side::Right);
        assert_eq!(upright(Side::Left, Rotation::Half), Side::Right);
        assert_eq!(upright(Side::Down, Rotation::ThreeQuarter), Side::Right);
        assert_eq!(upright(Side::Down, Rotation::None), Side::Down);
    }

    #[test]
    fn motion_shows_as_one_wide_direction_and_defocus_as_all() {
        assert_eq!(blur([3.0, 9.0, 6.0, 7.0]), Blur { least: 3.0, most: 9.0 });
        assert_eq!(blur([6.0, 6.5, 9.0, 3.0]), Blur { least: 3.0, most: 9.0 });
        assert_eq!(blur([5.0, 0.0, 0.0, 0.0]), Blur { least: 5.0, most: 5.0 });
        assert_eq!(blur([0.0; 4]), Blur::default());
    }

    #[test]
    fn outlines_gone_wild_stay_inside_the_region() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1e30, 1e30] {
            let outline = Outline { corners: [Point { x: value, y: value }; 4] };
            let patch = bounds(&outline, REGION);
            assert!(patch.width >= 1 && patch.x + patch.width <= 400, "{value} {patch:?}");
            assert!(patch.height >= 1 && patch.y + patch.height <= 300, "{value} {patch:?}");
        }
    }
}
