//! What happens to a print before any camera sees it: scratches, things lying on it, wear.

use crate::math::{cos, sin};
use crate::rosette::Rosette;
use crate::{Card, Gray, PlacedCode, Point, Rng};

/// Luma of what covers a print: dark cloth, skin, bright paper.
const COVERS: [f32; 3] = [85.0, 186.0, 248.0];

/// The part of a code that something covers wholly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The finder pattern of this corner, counted as in [`PlacedCode::corners`].
    Finder(usize),
    /// The alignment pattern of the lower right corner.
    Alignment,
}

/// Scratches through the code, three of four down to the white of the card.
pub(crate) fn scratch(card: &mut Card, count: u32, rng: &mut Rng) {
    let Some(code) = &card.code else { return };
    for _ in 0..count {
        let mut end = || inside(code, rng.between(-0.1, 1.1), rng.between(-0.1, 1.1));
        let (from, to) = (end(), end());
        let luma = if rng.unit() < 0.75 { COVERS[2] } else { COVERS[0] };
        let half = (rng.between(0.2, 0.65) * code.module).max(1.0) / 2.0;
        stroke(&mut card.image, [from, to], half, luma);
    }
}

/// Blobs over the code until this share of its area is covered.
pub(crate) fn occlude(card: &mut Card, share: f32, rng: &mut Rng) {
    let Some(code) = &card.code else { return };
    let side = code.side();
    let area = side * side;
    let mut covered = vec![false; (side as usize) * (side as usize)];
    loop {
        let hidden = covered.iter().filter(|c| **c).count() as f32;
        let left = share * area - hidden;
        // A blob smaller than this would be a speck; the share is met to a quarter of a percent.
        if left < area * 0.0025 {
            return;
        }
        let size = left.min(share * area * rng.between(0.35, 1.0));
        let flat = rng.between(0.6, 1.7);
        let blob = Blob {
            at: inside(code, rng.between(0.15, 0.85), rng.between(0.15, 0.85)),
            // 1 / sqrt(π): an ellipse of this area.
            half: [(size * flat).sqrt() * 0.564_19, (size / flat).sqrt() * 0.564_19],
            turn: rng.between(0.0, 180.0),
        };
        let luma = COVERS[(rng.next_u64() % 3) as usize];
        blob.each(|x, y, share| {
            card.image.blend(x, y, luma, share);
            let (column, row) = (x - code.corners[0].x as i32, y - code.corners[0].y as i32);
            let within = 0..side as i32;
            if share >= 0.5 && within.contains(&column) && within.contains(&row) {
                covered[row as usize * side as usize + column as usize] = true;
            }
        });
    }
}

/// One finder or alignment pattern wholly covered by a sticker, a thumb or a hole.
pub(crate) fn cover(card: &mut Card, spot: Spot, rng: &mut Rng) {
    let Some(code) = &card.code else { return };
    let modules = code.side() / code.module;
    // Middle of a finder 3.5 modules from both sides, of the alignment pattern 6.5; radii of the circles around
    // squares of 7 and 5 modules.
    let (corner, inset, radius) = match spot {
        Spot::Finder(corner) => (corner, 3.5 / modules, 5.2 * code.module),
        Spot::Alignment => (2, 6.5 / modules, 3.6 * code.module),
    };
    let near = |far: bool| if far { 1.0 - inset } else { inset };
    let at = inside(code, near(matches!(corner, 1 | 2)), near(matches!(corner, 2 | 3)));
    let luma = [30.0, COVERS[0], 158.0, COVERS[2]][(rng.next_u64() % 4) as usize];
    if spot != Spot::Alignment && rng.unit() < 0.5 {
        // A thumb comes from outside and is wider than a finder; its round end still hides the whole of it.
        let middle = inside(code, 0.5, 0.5);
        let (dx, dy) = (at.x - middle.x, at.y - middle.y);
        let long = (dx * dx + dy * dy).sqrt();
        let out = |way: f32| Point::new(at.x + dx / long * way, at.y + dy / long * way);
        capsule(&mut card.image, [out(0.65 * radius), out(8.0 * radius)], 1.75 * radius, luma);
    } else {
        let blob = Blob { at, half: [radius, radius], turn: 0.0 };
        blob.each(|x, y, share| card.image.blend(x, y, luma, share));
    }
}

/// Ink worn to a share of its contrast in light, with the card's fine pattern printed over at `over` of what is left.
pub(crate) fn fade(card: &mut Card, contrast: f32, over: f32, rng: &mut Rng) {
    let Some(code) = &card.code else { return };
    let (left, top, side) = code.printed();
    let light = |luma: u8| {
        let own = f32::from(luma) / 255.0;
        own * own
    };
    let paper = light(card.image.at(left + 1, top + 1));
    let ink = light(card.image.at(code.corners[0].x as i32 + 1, code.corners[0].y as i32 + 1));
    let rosette = Rosette::new(rng);
    for y in top..top + side {
        for x in left..left + side {
            let own = light(card.image.at(x, y));
            let pattern = if over > 0.0 { rosette.at(x as f32, y as f32) } else { 0.0 };
            let worn = paper - (paper - own) * contrast + over * (paper - ink) * contrast * pattern;
            let luma = (worn.clamp(0.0, 1.0).sqrt() * 255.0 + 0.5) as u8;
            card.image.fill(x, y, 1, 1, luma);
        }
    }
}

/// A place in the code, both from 0 to 1.
fn inside(code: &PlacedCode, across: f32, down: f32) -> Point {
    let from = code.corners[0];
    Point::new(from.x + across * code.side(), from.y + down * code.side())
}

/// An ellipse with an edge one pixel soft.
struct Blob {
    at: Point,
    half: [f32; 2],
    turn: f32,
}

impl Blob {
    fn each(&self, mut to: impl FnMut(i32, i32, f32)) {
        let [a, b] = self.half;
        let reach = a.max(b).ceil() as i32 + 1;
        let (c, s) = (cos(self.turn), sin(self.turn));
        let (column, row) = (self.at.x as i32, self.at.y as i32);
        for y in row - reach..=row + reach {
            for x in column - reach..=column + reach {
                let (dx, dy) = (x as f32 + 0.5 - self.at.x, y as f32 + 0.5 - self.at.y);
                let (u, v) = ((dx * c + dy * s) / a, (dy * c - dx * s) / b);
                let share = ((1.0 - (u * u + v * v).sqrt()) * a.min(b) + 0.5).clamp(0.0, 1.0);
                if share > 0.0 {
                    to(x, y, share);
                }
            }
        }
    }
}

/// A line of this half width, thinner to its ends.
fn stroke(image: &mut Gray, ends: [Point; 2], half: f32, luma: f32) {
    each_near(ends, half + 1.0, |x, y, far, along| {
        // A quarter thinner at the ends than in the middle.
        let thick = half * (0.75 + along * (1.0 - along));
        image.blend(x, y, luma, (thick.max(0.5) + 0.5 - far).clamp(0.0, 1.0));
    });
}

/// A line of this half width with round ends.
pub(crate) fn capsule(image: &mut Gray, ends: [Point; 2], half: f32, luma: f32) {
    each_near(ends, half + 1.0, |x, y, far, _| image.blend(x, y, luma, (half + 0.5 - far).clamp(0.0, 1.0)));
}

/// Calls with each pixel nearer to a line than `reach`, its distance, and how far along the line it lies, 0 to 1.
fn each_near([from, to]: [Point; 2], reach: f32, mut call: impl FnMut(i32, i32, f32, f32)) {
    let (vx, vy) = (to.x - from.x, to.y - from.y);
    let square = (vx * vx + vy * vy).max(1e-6);
    let first = (from.y.min(to.y) - reach).floor() as i32;
    let last = (from.y.max(to.y) + reach).ceil() as i32;
    for y in first..=last {
        // The part of the line that is near this row in height.
        let middle = y as f32 + 0.5;
        let cut = |height: f32| if vy.abs() < 1e-3 { None } else { Some((height - from.y) / vy) };
        let (a, b) = match (cut(middle - reach), cut(middle + reach)) {
            (Some(a), Some(b)) => (a.min(b).clamp(0.0, 1.0), a.max(b).clamp(0.0, 1.0)),
            (None, _) | (_, None) => (0.0, 1.0),
        };
        let (left, right) = (from.x + vx * a, from.x + vx * b);
        for x in (left.min(right) - reach).floor() as i32..=(left.max(right) + reach).ceil() as i32 {
            let (px, py) = (x as f32 + 0.5 - from.x, middle - from.y);
            let along = ((px * vx + py * vy) / square).clamp(0.0, 1.0);
            let (dx, dy) = (px - along * vx, py - along * vy);
            let far = (dx * dx + dy * dy).sqrt();
            if far < reach {
                call(x, y, far, along);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::specimen;

    /// Share of the code's pixels that a change touched.
    fn changed(before: &Card, after: &Card) -> f32 {
        let code = before.code.as_ref().unwrap();
        let (left, top, side) = (code.corners[0].x as i32, code.corners[0].y as i32, code.side() as i32);
        let touched = (top..top + side)
            .flat_map(|y| (left..left + side).map(move |x| (x, y)))
            .filter(|(x, y)| before.image.at(*x, *y).abs_diff(after.image.at(*x, *y)) > 4)
            .count();
        touched as f32 / (side * side) as f32
    }

    #[test]
    fn blobs_cover_the_share_they_are_told() {
        for (seed, share) in [(1, 0.03), (2, 0.06), (3, 0.10), (4, 0.15)] {
            let card = specimen(seed);
            let mut covered = card.clone();
            occlude(&mut covered, share, &mut Rng::new(seed));
            let touched = changed(&card, &covered);
            // Soft edges count too; a light blob on light paper may not.
            assert!(touched > share * 0.5 && touched < share * 1.3 + 0.01, "{share}: {touched}");
        }
    }

    #[test]
    fn a_covered_finder_shows_nothing_of_itself_and_the_others_are_whole() {
        let corners = [(0, (false, false)), (1, (true, false)), (3, (false, true))];
        for (seed, (corner, (far_x, far_y))) in (0..8).flat_map(|seed| corners.map(|c| (seed, c))) {
            let card = specimen(seed);
            let mut covered = card.clone();
            cover(&mut covered, Spot::Finder(corner), &mut Rng::new(seed));
            let code = card.code.as_ref().unwrap();
            let finder = |image: &Gray, (far_x, far_y): (bool, bool)| {
                let from = |far: bool| if far { code.side() - 7.0 * code.module } else { 0.0 } as i32;
                let (x, y) = (code.corners[0].x as i32 + from(far_x), code.corners[0].y as i32 + from(far_y));
                let side = (7.0 * code.module) as i32;
                (y..y + side)
                    .flat_map(|y| (x..x + side).map(move |x| (x, y)))
                    .map(|(x, y)| image.at(x, y))
                    .collect::<Vec<u8>>()
            };
            let hidden = finder(&covered.image, (far_x, far_y));
            assert!(hidden.iter().all(|p| *p == hidden[0]), "corner {corner}");
            for other in [(false, false), (true, false), (false, true)] {
                let same = finder(&covered.image, other) == finder(&card.image, other);
                assert_eq!(same, other != (far_x, far_y), "corner {corner}, finder {other:?}");
            }
        }
    }

    #[test]
    fn faded_ink_keeps_its_share_of_contrast() {
        let card = specimen(1);
        let mut faded = card.clone();
        fade(&mut faded, 0.3, 0.0, &mut Rng::new(1));
        let code = card.code.as_ref().unwrap();
        let light = |image: &Gray, modules: f32| {
            let at = (modules * code.module) as i32;
            let p = f32::from(image.at(code.corners[0].x as i32 + at, code.corners[0].y as i32 + at)) / 255.0;
            p * p
        };
        let contrast = |image: &Gray| light(image, 1.5) - light(image, 0.5);
        let share = contrast(&faded.image) / contrast(&card.image);
        assert!((share - 0.3).abs() < 0.02, "{share}");
    }

    #[test]
    fn more_scratches_touch_more_of_the_code() {
        let card = specimen(2);
        let touched = [6, 15, 30, 50].map(|count| {
            let mut scratched = card.clone();
            scratch(&mut scratched, count, &mut Rng::new(1));
            changed(&card, &scratched)
        });
        assert!(touched.windows(2).all(|w| w[0] < w[1]) && touched[0] > 0.01, "{touched:?}");
    }
}
