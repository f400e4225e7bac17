//! All finder patterns of a plane of bits.

use std::cmp::Reverse;

use crate::Point;
use crate::geometry::Axes;
use crate::locate::runs::{cross, dark, edges, module_of};
use crate::locate::square;
use crate::threshold::Bits;

/// A finder pattern in a plane of bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder {
    /// Its middle, in pixels of the plane.
    pub(crate) centre: Point,
    /// The sides of one of its modules; which of its four sides is up is not known yet.
    pub(crate) axes: Axes,
    /// Correlation with a perfect finder pattern; what the bits alone cannot say.
    pub(crate) likeness: f32,
}

/// How closely a plane is searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search {
    /// Every so many rows.
    pub(crate) step: usize,
    /// Finder patterns at most.
    pub(crate) most: usize,
}

/// A run of rows that all look like the middle of the same finder pattern.
#[derive(Clone, Copy, Debug)]
struct Streak {
    /// Where the latest row crosses it.
    x: f32,
    first: u32,
    last: u32,
    module: f32,
    rows: u32,
}

/// Working memory.
#[derive(Default)]
pub(crate) struct Rows {
    edges: Vec<u32>,
    streaks: Vec<Streak>,
    /// The latest streak in each part of a row.
    latest: Vec<Option<u16>>,
}

/// Places looked at closely in one plane, per finder pattern wanted: each costs up to a microsecond.
const LOOKS: usize = 4;

/// Places looked at closely that a single row speaks for. Small codes have some, noise has thousands.
const LONE_LOOKS: usize = 48;

/// Streaks kept in one plane; noise has thousands, each one row long.
const STREAKS: usize = 4096;

/// Finds finder patterns. Places that many rows agree on are looked at first, so noise cannot use up the looks.
pub(crate) fn find(bits: &Bits, search: Search, rows: &mut Rows, found: &mut Vec<Finder>) {
    found.clear();
    collect(bits, search.step.max(1), rows);
    rows.streaks.sort_unstable_by_key(|s| (Reverse(s.rows), s.first, s.x as u32));
    let mut lone = 0;
    for streak in rows.streaks.iter().take(search.most * LOOKS) {
        lone += usize::from(streak.rows == 1);
        if found.len() == search.most || lone > LONE_LOOKS {
            return;
        }
        let place = Point::new(streak.x, (streak.first + streak.last) as f32 / 2.0 + 0.5);
        if known(found, place) {
            continue;
        }
        if let Some(finder) = look(bits, place, streak.module).filter(|f| !known(found, f.centre)) {
            found.push(finder);
        }
    }
}

/// Gathers streaks from rows.
fn collect(bits: &Bits, step: usize, rows: &mut Rows) {
    /// Columns that share a latest streak: no wider than the middle of the smallest finder pattern.
    const PART: f32 = 4.0;
    let Rows { edges: ends, streaks, latest } = rows;
    streaks.clear();
    latest.clear();
    latest.resize(bits.width() / PART as usize + 3, None);
    for (y, words) in bits.rows().enumerate().skip(step / 2).step_by(step) {
        edges(words, bits.width(), ends);
        for at in (0..ends.len().saturating_sub(5)).step_by(2) {
            let Some(window) = ends.get(at..at + 6) else { break };
            let [e0, e1, e2, e3, e4, e5] = std::array::from_fn(|i| window[i]);
            // Most places end here, before any arithmetic: the middle is the widest of the five.
            let middle = e3 - e2;
            if middle <= e2 - e1 || middle <= e4 - e3 || 10 * middle <= 9 * (e1 - e0).max(e5 - e4) {
                continue;
            }
            let e = [e0, e1, e2, e3, e4, e5].map(|v| v as f32);
            let Some(module) = module_of(e) else { continue };
            let x = f32::midpoint(e[2], e[3]);
            let part = (x / PART) as usize + 1;
            let same = |s: &Streak| {
                (s.x - x).abs() <= module
                    && y as u32 - s.last <= 3 * step as u32
                    && (0.6..1.7).contains(&(s.module / module))
            };
            let before = latest[part - 1..=part + 1]
                .iter()
                .flatten()
                .copied()
                .find(|i| same(&streaks[usize::from(*i)]));
            let index = before.unwrap_or_else(|| {
                streaks.push(Streak { x, first: y as u32, last: y as u32, module, rows: 0 });
                (streaks.len() - 1) as u16
            });
            let streak = &mut streaks[usize::from(index)];
            streak.x = x;
            streak.last = y as u32;
            streak.rows += 1;
            latest[part] = Some(index);
            if streaks.len() == STREAKS {
                return;
            }
        }
    }
}

fn known(found: &[Finder], place: Point) -> bool {
    found.iter().any(|f| {
        let d = place - f.centre;
        d.x.abs() + d.y.abs() < 3.0 * f.axes.size()
    })
}

/// Looks along the column and again along the row, then all around.
fn look(bits: &Bits, place: Point, module: f32) -> Option<Finder> {
    let most = (module * 4.5) as i32 + 3;
    let (x, y) = (place.x as i32, place.y as i32);
    let column = |x: i32| cross(|y| dark(bits, x, y), y, most * 2).map(|c| (x, c));
    let aside = (module * 0.9) as i32;
    let (x, vertical) = column(x).or_else(|| column(x - aside)).or_else(|| column(x + aside))?;
    // A view from 70° squeezes by three.
    if !(1.0 / 3.2..3.2).contains(&(vertical.module / module)) {
        return None;
    }
    let y = vertical.middle as i32;
    let middle = cross(|x| dark(bits, x, y), x, most).map_or(place.x, |c| c.middle);
    let (centre, axes) = square::fit(bits, Point::new(middle, vertical.middle), module.max(vertical.module))?;
    Some(Finder { centre, axes, likeness: 0.0 })
}
