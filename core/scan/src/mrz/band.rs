//! How high the print of a row is and where its middle runs, measured across it.

use super::few::Few;
use super::pitch::Row;
use super::poly::{Poly, Through};
use crate::Point;
use crate::grid::light::Light;

/// Samples a pitch across a row.
const FINE: f32 = 8.0;

/// Pitches to either side that are looked at: the next line's capitals begin beyond.
const REACH: f32 = 1.1;

/// Samples across.
const ACROSS: usize = 2 * (REACH * FINE) as usize + 1;

/// Pitches that one profile is the mean of.
const WINDOW: f32 = 4.0;

/// Profiles along a row at most: a line of 44 characters has half as many.
const PROFILES: usize = 40;

/// Pitches that the middle may lie off the row's first course.
const STRAY: f32 = 0.4;

/// Darkness across a row, its mean over some characters.
#[derive(Clone, Copy, Default)]
struct Profile {
    dark: [f32; ACROSS],
}

impl Profile {
    fn sample(light: &Light<'_>, row: &Row, column: f32, pitch: f32, down: Point) -> Self {
        let mut dark = [0.0; ACROSS];
        let step = down * (pitch / FINE);
        let count = (WINDOW * FINE / 2.0) as usize;
        for i in 0..count {
            let x = column + (i as f32 / count as f32 - 0.5) * WINDOW * pitch;
            let mut at = Point::new(x, row.curve.at(x)) - step * (ACROSS / 2) as f32;
            for d in &mut dark {
                *d += light.at(at);
                at = at + step;
            }
        }
        let paper = dark.iter().copied().fold(1.0, f32::max);
        Self { dark: dark.map(|d| 1.0 - d / paper) }
    }

    /// Middle and height of the band around the centre, in samples, and how much it stands out; `None` without one.
    fn band(&self, guess: f32, high: f32) -> Option<(f32, f32)> {
        let half = high / 2.0;
        let mean = |from: f32, to: f32| {
            let (from, to) = (from.max(0.0), to.min((ACROSS - 1) as f32));
            let (first, last) = (from.ceil() as usize, to.floor() as usize);
            let inside = self.dark.get(first..=last.max(first))?;
            Some(inside.iter().sum::<f32>() / inside.len().max(1) as f32)
        };
        let reach = (STRAY * FINE) as i32;
        let score = |by: i32| {
            let middle = guess + by as f32;
            let inside = mean(middle - half, middle + half)?;
            let above = mean(middle - half - 0.3 * FINE, middle - half - 0.5)?;
            let below = mean(middle + half + 0.5, middle + half + 0.3 * FINE)?;
            Some(inside - f32::midpoint(above, below))
        };
        let (best, most) =
            (-reach..=reach).filter_map(|by| Some((by, score(by)?))).max_by(|a, b| a.1.total_cmp(&b.1))?;
        if most <= 0.0 {
            return None;
        }
        let (before, after) = (score(best - 1).unwrap_or(0.0), score(best + 1).unwrap_or(0.0));
        let curvature = (2.0 * most - before - after).max(f32::EPSILON);
        let off = ((after - before) / (2.0 * curvature)).clamp(-0.5, 0.5);
        Some((guess + best as f32 + off, most))
    }

    /// Height between the places where the darkness passes half of what it is inside.
    fn height(&self) -> Option<f32> {
        let middle = ACROSS / 2;
        let inside = (middle - 2..=middle + 2).map(|i| self.dark[i]).sum::<f32>() / 5.0;
        let floor = self.dark.iter().copied().fold(f32::INFINITY, f32::min);
        let level = f32::midpoint(inside, floor);
        let edge = |order: &mut dyn Iterator<Item = usize>| {
            let mut before = inside;
            for i in order {
                let here = self.dark[i];
                if here < level {
                    let part = (before - level) / (before - here).max(f32::EPSILON);
                    return Some((i.abs_diff(middle)) as f32 - 1.0 + part);
                }
                before = here;
            }
            None
        };
        Some(edge(&mut (0..middle).rev())? + edge(&mut (middle + 1..ACROSS))?)
    }
}

/// What was measured of a row.
pub(super) struct Band {
    /// Its middle: row over column.
    pub(super) curve: Poly,
    /// Height of its print in pixels across.
    pub(super) height: f32,
}

/// Measures a row anew between two columns. `down` is a pitch's way down at a column.
pub(super) fn measure(light: &Light<'_>, row: &Row, pitch: f32, down: impl Fn(f32) -> Point) -> Option<Band> {
    let count = (((row.to - row.from) / (2.0 * pitch)) as usize).clamp(4, PROFILES);
    let columns = (0..count).map(|i| row.from + (row.to - row.from) * (i as f32 + 0.5) / count as f32);
    let unit = |column: f32| {
        let way = down(column);
        way * (1.0 / way.length().max(f32::EPSILON))
    };
    let profiles: Few<(f32, Profile), PROFILES> =
        columns.map(|c| (c, Profile::sample(light, row, c, pitch, unit(c)))).collect();
    let mut high = 1.03 * FINE;
    let mut through: Few<Through, PROFILES> = Few::default();
    for _ in 0..2 {
        through.clear();
        let mut mean = Profile::default();
        for (column, profile) in &*profiles {
            let centre = (ACROSS / 2) as f32;
            let Some((middle, stands_out)) = profile.band(centre, high) else { continue };
            let by = unit(*column) * ((middle - centre) * pitch / FINE);
            through.push(Through {
                at: column + by.x,
                value: row.curve.at(*column) + by.y,
                weight: stands_out.min(0.2),
            });
            let shift = (middle - centre).round() as isize;
            for (i, sum) in mean.dark.iter_mut().enumerate() {
                let from = i.saturating_add_signed(shift).min(ACROSS - 1);
                *sum += profile.dark[from] * stands_out.min(0.2);
            }
        }
        if let Some(height) = mean.height() {
            high = height.clamp(0.65 * FINE, 1.45 * FINE);
        }
    }
    let degree = if through.len() >= 12 { 3 } else { 2 };
    let mut curve = Poly::fit(&through, degree)?;
    for slack in [0.2, 0.12] {
        let mut left = 0;
        for t in &mut *through {
            if (curve.at(t.at) - t.value).abs() > slack * pitch {
                t.weight *= 0.05;
            } else {
                left += 1;
            }
        }
        if left * 2 < through.len() {
            break;
        }
        curve = Poly::fit(&through, degree)?;
    }
    Some(Band { curve, height: high * pitch / FINE })
}
