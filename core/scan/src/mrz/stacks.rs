//! Rows that may be a zone: two or three of equal length, parallel, a line's distance apart.

use super::chains::Chain;
use super::few::Few;
use super::pitch::{Row, Wave, common_pitch};
use super::strips::{STRIP, Strips};
use super::zone::MAX_LINES;
use crate::Point;
use crate::grid::light::Light;

/// Distance of two lines in pitches, seen straight on or tilted by up to 45 degrees in either direction: 4.8 to 6.6 mm
/// at 2.54 mm a character (Doc 9303-4 to -7), and some room.
pub(super) const APART: (f32, f32) = (1.3, 3.7);

/// The same in pixels of the plane, at four to nine a character.
const PIXELS: (f32, f32) = (5.0, 34.0);

/// Pitches searched in one plane, in its pixels.
const PITCH: (f32, f32) = (4.0, 9.6);

/// Chains whose neighbours are looked for by the ink around them: a zone's line is among the most print of a page.
const LED: usize = 10;

/// Stacks that are told apart, the likeliest: more than are ever fitted.
const MOST: usize = 64;

/// Least ink of a neighbour against the chain's own.
const SHARE: f32 = 0.35;

/// Score below which rows are not worth a fit: of 465 stacks whose characters could be believed one had less than 2, half of
/// those of print, grain and desks have less than 0.5 (November 2026).
const LEAST: f32 = 0.6;

/// Rows of one zone in the order down the picture, with how likely they are one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack {
    /// Two or three.
    pub(super) rows: Few<Row, MAX_LINES>,
    pub(super) score: f32,
    /// The same, the less the more likelier ones lie about the same place.
    rank: f32,
    /// Mean distance of neighbouring rows, in pixels of the plane.
    pub(super) apart: f32,
}

/// A row with how dark it is, and the pitch of its print if it has one.
#[derive(Clone, Copy)]
struct Dark {
    row: Row,
    strength: f32,
    pitch: f32,
    clear: f32,
}

impl Dark {
    fn new(row: Row, strength: f32, light: &Light<'_>, wave: &mut Wave) -> Self {
        wave.sample(light, &row, PITCH.0, 0.0, |x| row.upright(x));
        wave.flatten(2.5 * PITCH.0);
        let heard = common_pitch(std::slice::from_ref(wave), &[row], PITCH, None);
        let (pitch, clear) = heard.unwrap_or((PITCH.0, 0.0));
        let (row, clear) = row.trimmed(wave, pitch).unwrap_or((row, clear));
        Self { row, strength, pitch, clear }
    }

    fn length(&self) -> f32 {
        self.row.to - self.row.from
    }
}

/// Two rows of a group, their distance and how likely they are lines of one zone.
struct Pair {
    upper: usize,
    lower: usize,
    apart: f32,
    score: f32,
}

/// What looking for stacks needs; keeps its memory.
#[derive(Default)]
pub(super) struct Scratch {
    wave: Wave,
    profile: Vec<f32>,
    rows: Vec<Dark>,
    beside: Vec<(Row, f32)>,
    family: Vec<Dark>,
    pairs: Vec<Pair>,
    all: Vec<Stack>,
    distinct: Vec<Stack>,
}

/// All stacks, the likeliest first.
pub(super) fn stacks<'a>(
    chains: &[Chain],
    strips: &Strips,
    light: &Light<'_>,
    scratch: &'a mut Scratch,
) -> &'a [Stack] {
    let Scratch { wave, profile, rows, beside, family, pairs, all, distinct } = scratch;
    all.clear();
    distinct.clear();
    rows.clear();
    rows.extend(chains.iter().map(|chain| {
        let row = Row { curve: chain.curve, from: chain.from, to: chain.to };
        Dark::new(row, chain.strength, light, wave)
    }));
    rows.sort_unstable_by(|a, b| b.clear.total_cmp(&a.clear));
    group(rows, pairs, all);
    for lead in rows.iter().take(LED) {
        neighbours(lead, strips, profile, beside);
        family.clear();
        family.extend(beside.iter().map(|(row, strength)| Dark::new(*row, *strength, light, wave)));
        family.push(*lead);
        group(family, pairs, all);
    }
    all.retain(|stack| stack.score >= LEAST);
    all.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
    for stack in &*all {
        if !distinct.iter().any(|s| s.is_alike(stack)) {
            distinct.push(*stack);
            if distinct.len() == MOST {
                break;
            }
        }
    }
    spread(distinct);
    distinct
}

impl Stack {
    fn new(rows: &[Dark], score: f32, apart: f32) -> Self {
        let rows: Few<Row, MAX_LINES> = rows.iter().map(|dark| dark.row).collect();
        Self { rows, score, rank: score, apart }
    }

    /// Whether both lie about the same place: the middle of one is within the other.
    fn is_about(&self, other: &Self) -> bool {
        let (here, there) = (self.middle(), other.middle());
        let reach = (self.rows[0].to - self.rows[0].from) / 2.0;
        (here.x - there.x).abs() < reach && (here.y - there.y).abs() < 1.5 * self.apart
    }

    fn middle(&self) -> Point {
        let [first, .., last] = &*self.rows else { return Point::default() };
        let x = f32::midpoint(first.from.max(last.from), first.to.min(last.to));
        Point::new(x, f32::midpoint(first.curve.at(x), last.curve.at(x)))
    }

    fn is_alike(&self, other: &Self) -> bool {
        let near = |(a, b): (&Row, &Row)| {
            let x = f32::midpoint(a.from.max(b.from), a.to.min(b.to));
            let ends = (a.from - b.from).abs() + (a.to - b.to).abs();
            (a.curve.at(x) - b.curve.at(x)).abs() < 2.0 && ends < 0.2 * (a.to - a.from)
        };
        self.rows.len() == other.rows.len() && self.rows.iter().zip(&*other.rows).all(near)
    }
}

/// Puts first the likeliest of each place: rows of equal bars make dozens of stacks that beat better than print, and
/// none of them may keep the zone from being looked at.
fn spread(stacks: &mut [Stack]) {
    for nth in 1..stacks.len() {
        let (before, here) = stacks.split_at_mut(nth);
        let above = before.iter().filter(|b| b.is_about(&here[0])).count();
        here[0].rank = here[0].score / (1.0 + above as f32);
    }
    stacks.sort_unstable_by(|a, b| b.rank.total_cmp(&a.rank));
}

/// Pairs of these rows, and threes made of two pairs.
fn group(rows: &[Dark], pairs: &mut Vec<Pair>, all: &mut Vec<Stack>) {
    pairs.clear();
    for (a, upper) in rows.iter().enumerate() {
        for (b, lower) in rows.iter().enumerate() {
            if let Some((apart, score)) = pair(upper, lower) {
                pairs.push(Pair { upper: a, lower: b, apart, score });
                all.push(Stack::new(&[*upper, *lower], score, apart));
            }
        }
    }
    for first in &*pairs {
        for second in pairs.iter().filter(|p| p.upper == first.lower) {
            if !(0.77..1.3).contains(&(first.apart / second.apart)) {
                continue;
            }
            let (top, middle, bottom) = (rows[first.upper], rows[first.lower], rows[second.lower]);
            let score = (first.score + second.score) * 0.6 * alike_ends(&top, &bottom);
            let apart = f32::midpoint(first.apart, second.apart);
            all.push(Stack::new(&[top, middle, bottom], score, apart));
        }
    }
}

fn pair(upper: &Dark, lower: &Dark) -> Option<(f32, f32)> {
    let (from, to) = (upper.row.from.max(lower.row.from), upper.row.to.min(lower.row.to));
    let longer = upper.length().max(lower.length());
    let overlap = to - from;
    if overlap < 0.45 * longer {
        return None;
    }
    let gap = |share: f32| {
        let x = from + overlap * share;
        lower.row.curve.at(x) - upper.row.curve.at(x)
    };
    let (left, middle, right) = (gap(0.1), gap(0.5), gap(0.9));
    let (least, most) = (left.min(right).min(middle), left.max(right).max(middle));
    if least < PIXELS.0 || most > PIXELS.1 || most > 1.8 * least {
        return None;
    }
    // At least 28 characters, one 3.7 of a line's distance.
    if longer / middle < 7.0 {
        return None;
    }
    let strength = (upper.strength * lower.strength).sqrt();
    let even = (upper.strength.min(lower.strength) / upper.strength.max(lower.strength)).sqrt();
    // Print of one pitch in both: what nothing else on a page has.
    let clear = (upper.clear * lower.clear).sqrt();
    let ratio = (upper.pitch / lower.pitch).ln().abs();
    let agree = 1.0 / (1.0 + (ratio / 0.06).powi(2));
    let beat = clear * (0.3 + 0.7 * agree);
    Some((middle, overlap / middle * alike_ends(upper, lower) * even * strength.powf(0.25) * beat))
}

/// 1 for rows that begin and end below each other, less for others.
fn alike_ends(a: &Dark, b: &Dark) -> f32 {
    let off = ((a.row.from - b.row.from).abs() + (a.row.to - b.row.to).abs()) / a.length().max(b.length());
    1.0 / (1.0 + 3.0 * off)
}

/// Rows beside one, by the ink at equal distances from it: where noise, wear or a glare broke their own chains.
fn neighbours(lead: &Dark, strips: &Strips, profile: &mut Vec<f32>, found: &mut Vec<(Row, f32)>) {
    found.clear();
    let reach = (2.0 * PIXELS.1) as isize;
    profile.clear();
    profile.resize(2 * reach as usize + 1, 0.0);
    let mut count = 0.0;
    for nth in 0..strips.columns() {
        let x = (nth as f32 + 0.5) * STRIP as f32;
        if x < lead.row.from || x > lead.row.to {
            continue;
        }
        let middle = lead.row.curve.at(x) as isize;
        let ink = strips.column(nth);
        count += 1.0;
        for (sum, by) in profile.iter_mut().zip(-reach..=reach) {
            *sum += usize::try_from(middle + by).ok().and_then(|y| ink.get(y)).copied().unwrap_or(0.0);
        }
    }
    let mean = |at: isize, half: isize| {
        let inside = profile.get(
            (at + reach - half).max(0) as usize..=((at + reach + half) as usize).min(2 * reach as usize),
        );
        inside.map_or(0.0, |i| i.iter().sum::<f32>() / i.len() as f32)
    };
    let stands_out = |at: isize| {
        let over = |far: isize| mean(at, 2) - mean(at - far, 1).max(mean(at + far, 1));
        over(4).max(over(6)) / f32::max(count, 1.0)
    };
    for by in -reach + 8..=reach - 8 {
        let here = stands_out(by);
        if (by as f32).abs() < PIXELS.0 || here < SHARE * lead.strength {
            continue;
        }
        let peak = (-3..=3).all(|d| stands_out(by + d) <= here);
        if peak {
            let curve = lead.row.curve.raised(by as f32);
            found.push((Row { curve, ..lead.row }, here));
        }
    }
}
