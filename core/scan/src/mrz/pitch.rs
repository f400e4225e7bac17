//! Where the characters of a row stand: print of equal pitch is a wave, and its phase counts the characters.
//!
//! The darkness along a row rises at each character and falls between them. In windows of eight characters the
//! frequency of that wave is followed from one end to the other, and its phase unwrapped: pitch, perspective and
//! curve come out together, without a single character being cut out.

use std::f32::consts::TAU;

use super::comb::{Comb, LANES, Wheel};
use super::few::Few;
use super::poly::{Poly, Through};
use super::zone::MAX_LINES;
use crate::Point;
use crate::grid::light::Light;

/// Characters in a window: fewer show no clear wave, more hide how the pitch changes.
pub(super) const WINDOW: f32 = 8.0;

/// Half of it.
pub(super) const HALF: f32 = WINDOW / 2.0;

/// Step from one pitch tried to the next. A window of eight characters tells pitches apart that differ by 6 %.
const STEP: f32 = 1.02;

/// Share of the darkness from which a window is heard to beat at all: noise alone gives a few hundredths.
const HEARD: f32 = 0.10;

/// Columns that are sampled together.
const ABREAST: usize = 8;

/// Windows in a row that may be silent inside a zone: two characters each.
const DEAF: usize = 5;

/// Windows along the rows at most: every second character of two rows of 64 that hardly overlap.
const WINDOWS: usize = 64;

/// Windows that a polynomial needs.
const FEWEST: usize = 4;

/// A row of print as it is sampled: its middle and how far its ink reaches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    /// Middle: row over column.
    pub(super) curve: Poly,
    pub(super) from: f32,
    pub(super) to: f32,
}

impl Row {
    /// A step of one pixel across the row.
    pub(super) fn upright(&self, x: f32) -> Point {
        let slope = self.curve.slope(x);
        let long = (slope * slope + 1.0).sqrt();
        Point::new(-slope / long, 1.0 / long)
    }

    /// The same row in a plane whose pixels are `by` times smaller.
    pub(super) fn scaled(&self, by: f32) -> Self {
        Self { curve: self.curve.scaled(by), from: self.from * by, to: self.to * by }
    }
}

/// Characters of a row: column over number of the character. The numbers begin anywhere; whole ones are centres.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beat {
    pub(super) place: Poly,
    /// Number of the character at the row's first and last ink.
    pub(super) first: f32,
    pub(super) last: f32,
    /// Share of the darkness that is this wave, 0 to 1.
    pub(super) clear: f32,
}

/// Darkness along a row, one value a pixel, the mean of its surroundings removed.
#[derive(Default)]
pub(super) struct Wave {
    start: f32,
    values: Vec<f32>,
    raw: Vec<f32>,
}

impl Wave {
    /// Samples a row across `height` pixels along `down` (per column: a step of one pixel), a margin beyond its ends.
    pub(super) fn sample(
        &mut self,
        light: &Light<'_>,
        row: &Row,
        height: f32,
        margin: f32,
        down: impl Fn(f32) -> Point,
    ) {
        self.start = (row.from - margin).max(0.0).floor();
        let end = row.to + margin;
        self.raw.clear();
        let lines = (height.round() as usize).clamp(3, 24);
        let gap = height / lines as f32;
        let count = (end - self.start).ceil().max(0.0) as usize;
        for first in (0..count).step_by(ABREAST) {
            let (mut x, mut y) = ([0.0; ABREAST], [0.0; ABREAST]);
            let (mut step_x, mut step_y) = ([0.0; ABREAST], [0.0; ABREAST]);
            for n in 0..ABREAST {
                let column = self.start + (first + n) as f32 + 0.5;
                let step = down(column) * gap;
                let top = Point::new(column, row.curve.at(column)) - step * ((lines - 1) as f32 / 2.0);
                (x[n], y[n], step_x[n], step_y[n]) = (top.x, top.y, step.x, step.y);
            }
            let mut sums = [0.0; ABREAST];
            for _ in 0..lines {
                let levels = light.at_all(&x, &y);
                for n in 0..ABREAST {
                    sums[n] += levels[n];
                    x[n] += step_x[n];
                    y[n] += step_y[n];
                }
            }
            let inside = sums.iter().take(count - first);
            self.raw.extend(inside.map(|sum| sum / lines as f32));
        }
    }

    /// Removes the mean over `width` pixels around, as a share of it.
    pub(super) fn flatten(&mut self, width: f32) {
        let reach = (width / 2.0).max(1.0) as usize;
        let count = self.raw.len();
        self.values.clear();
        let mut sum: f32 = self.raw.iter().take(reach).sum();
        let mut inside = reach.min(count);
        for (i, level) in self.raw.iter().enumerate() {
            if let Some(entering) = self.raw.get(i + reach) {
                sum += entering;
                inside += 1;
            }
            if i > reach {
                sum -= self.raw[i - reach - 1];
                inside -= 1;
            }
            let mean = sum / inside.max(1) as f32;
            self.values.push((1.0 - level / mean.max(1.0)).clamp(-0.5, 0.5));
        }
    }

    /// The column of the first value.
    pub(super) fn start(&self) -> f32 {
        self.start
    }

    /// Darkness column by column.
    pub(super) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The wave of this pitch around a column: its size as a share of the darkness there, and its phase there in
    /// turns, 0 where a character's centre is.
    fn listen(&self, column: f32, pitch: f32) -> (f32, f32, f32) {
        let reach = WINDOW * pitch / 2.0;
        let from = ((column - reach - self.start).ceil().max(0.0)) as usize;
        let to = ((column + reach - self.start).max(0.0) as usize).min(self.values.len());
        let begin = self.start + from as f32 + 0.5 - column;
        let (mut wave, mut hann) = (Wheel::new(pitch, begin), Wheel::new(2.0 * reach, begin));
        let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
        let (mut energy, mut weight) = ([0.0; LANES], [0.0; LANES]);
        let mut hear = |values: &[f32; LANES], inside: &[f32; LANES]| {
            for n in 0..LANES {
                let w = (0.5 + 0.5 * hann.cos[n]) * inside[n];
                re[n] += w * values[n] * wave.cos[n];
                im[n] -= w * values[n] * wave.sin[n];
                energy[n] += w * values[n] * values[n];
                weight[n] += w;
            }
            wave.turn();
            hann.turn();
        };
        let (whole, rest) = self.values.get(from..to.max(from)).unwrap_or(&[]).as_chunks::<LANES>();
        for values in whole {
            hear(values, &[1.0; LANES]);
        }
        let (mut last, mut inside) = ([0.0; LANES], [0.0; LANES]);
        last[..rest.len()].copy_from_slice(rest);
        inside[..rest.len()].fill(1.0);
        hear(&last, &inside);
        let [re, im, energy, weight] = [re, im, energy, weight].map(|lanes| lanes.iter().sum::<f32>());
        let (energy, weight) = (energy + 1e-6, weight + 1e-6);
        let power = re * re + im * im;
        // A pure wave of this pitch has half its energy in `power / weight`.
        (2.0 * power / (energy * weight), im.atan2(re) / TAU, power.sqrt() / weight)
    }
}

/// Pitches nearer to each other than this are one.
const ALIKE: f32 = 0.12;

/// The pitch at which all rows together beat most clearly, between two bounds and away from one that is known to be
/// wrong, and how clear that is.
pub(super) fn common_pitch(
    waves: &[Wave],
    rows: &[Row],
    (low, high): (f32, f32),
    wrong: Option<f32>,
) -> Option<(f32, f32)> {
    let mut comb = Comb::NONE;
    let mut clear = |pitch: f32| {
        comb.tune(pitch);
        let hop = WINDOW * pitch / 2.0;
        let (mut sum, mut count) = (0.0, 0.0);
        for (wave, row) in waves.iter().zip(rows) {
            let mut column = row.from + hop;
            while column <= row.to - hop {
                sum += comb.share(wave, column).min(Comb::MOST);
                count += 1.0;
                column += hop;
            }
        }
        (count > 0.0).then(|| sum / count)
    };
    let mut best: Option<(f32, f32)> = None;
    let mut attempt = |pitch: f32, best: &mut Option<(f32, f32)>| {
        if wrong.is_some_and(|wrong| (pitch / wrong - 1.0).abs() < ALIKE) {
            return;
        }
        if let Some(clear) = clear(pitch).filter(|c| best.is_none_or(|(_, most)| *c > most)) {
            *best = Some((pitch, clear));
        }
    };
    let mut pitch = low;
    while pitch <= high {
        attempt(pitch, &mut best);
        pitch *= STEP * STEP;
    }
    let (coarse, _) = best?;
    for pitch in [coarse / STEP, coarse * STEP] {
        if (low..=high).contains(&pitch) {
            attempt(pitch, &mut best);
        }
    }
    best
}

/// Follows the beat of all rows together from where it is clearest to both ends, and counts the characters of each.
pub(super) fn follow(waves: &[Wave], rows: &[Row], pitch: f32) -> Option<Few<Beat, MAX_LINES>> {
    let from = rows.iter().map(|r| r.from).fold(f32::INFINITY, f32::min);
    let to = rows.iter().map(|r| r.to).fold(f32::NEG_INFINITY, f32::max);
    let hop = 2.0 * pitch;
    let count = (((to - from) / hop) as usize).clamp(1, WINDOWS - 1);
    let columns: Few<f32, WINDOWS> =
        (0..=count).map(|i| from + (to - from) * i as f32 / count as f32).collect();
    let together = |column: f32, pitch: f32| {
        let inside = waves.iter().zip(rows);
        let sum: f32 = inside.map(|(w, _)| w.listen(column, pitch).0).sum();
        sum / waves.len() as f32
    };
    // The middle of the rows is where a fold or the frame's edge is least likely.
    let candidates = columns.iter().enumerate().filter(|(i, _)| *i >= count / 5 && *i <= count - count / 5);
    let start = candidates.max_by(|a, b| together(*a.1, pitch).total_cmp(&together(*b.1, pitch)))?.0;
    let (mut pitches, mut clear) = ([pitch; WINDOWS], [0.0; WINDOWS]);
    let mut tune = |at: usize, around: f32, reach: i32| {
        let tried = (-reach..=reach).map(|i| around * (1.0 + 0.01 * i as f32));
        let scored = tried.map(|p| (p, together(columns[at], p)));
        if let Some((p, c)) = scored.max_by(|a, b| a.1.total_cmp(&b.1)) {
            // A faint window keeps most of what its neighbours say.
            let trust = (c * 2.5).min(1.0);
            pitches[at] = around + (p - around) * trust;
            clear[at] = c;
        }
        pitches[at]
    };
    let begun = tune(start, pitch, 8);
    let mut around = begun;
    for at in start + 1..columns.len() {
        around = tune(at, around, 3);
    }
    around = begun;
    for at in (0..start).rev() {
        around = tune(at, around, 3);
    }
    let through: Few<Through, WINDOWS> = columns
        .iter()
        .zip(pitches.iter().zip(&clear))
        .map(|(c, (p, w))| Through { at: *c, value: *p, weight: w * w + 1e-4 })
        .collect();
    let smooth = Poly::fit(&through, 2)?;
    let mut beats = Few::default();
    for (wave, row) in waves.iter().zip(rows) {
        beats.push(count_along(wave, row, &columns, &smooth)?);
    }
    Some(beats)
}

fn count_along(wave: &Wave, row: &Row, columns: &[f32], pitch: &Poly) -> Option<Beat> {
    let mut through: Few<Through, WINDOWS> = Few::default();
    let (mut number, mut before): (f32, Option<f32>) = (0.0, None);
    let (mut clear, mut heard) = (0.0, 0.0);
    let mut shares: Few<(f32, f32), WINDOWS> = Few::default();
    for column in columns {
        let inside = *column >= row.from - pitch.at(*column) && *column <= row.to + pitch.at(*column);
        let here = pitch.at(*column).max(2.0);
        let (share, phase, size) = wave.listen(*column, here);
        let expected = before.map_or(0.0, |b: f32| {
            let mean = (pitch.at(b).max(2.0) + here + 4.0 * pitch.at((b + column) / 2.0).max(2.0)) / 6.0;
            number + (column - b) / mean
        });
        let measured = expected + wrap(phase - expected);
        // A faint window says little about the phase: what was expected counts more.
        let trust = (share * 3.0).min(1.0);
        number = expected + (measured - expected) * trust;
        before = Some(*column);
        if inside {
            shares.push((*column, share));
            through.push(Through { at: measured, value: *column, weight: share * share * size + 1e-6 });
            clear += share;
            heard += 1.0;
        }
    }
    if through.len() < FEWEST {
        return None;
    }
    let place = best_of_degrees(&mut through, pitch)?;
    let number_at = |column: f32| {
        let nearest =
            through.iter().min_by(|a, b| (a.value - column).abs().total_cmp(&(b.value - column).abs()));
        let mut u = nearest.map_or(0.0, |t| t.at);
        for _ in 0..4 {
            u -= (place.at(u) - column) / place.slope(u).max(1.0);
        }
        u
    };
    let (from, to) = beating(&shares, row);
    Some(Beat { place, first: number_at(from), last: number_at(to), clear: clear / f32::max(heard, 1.0) })
}

/// The columns between which a row beats: what lies beyond is the page's edge, a desk, other print.
fn beating(shares: &[(f32, f32)], row: &Row) -> (f32, f32) {
    let mut run: Option<(usize, usize)> = None;
    let mut best: Option<(usize, usize)> = None;
    for (i, (_, share)) in shares.iter().enumerate() {
        if *share < HEARD {
            continue;
        }
        run = match run {
            Some((first, last)) if i - last <= DEAF => Some((first, i)),
            _ => Some((i, i)),
        };
        let long = |r: Option<(usize, usize)>| r.map_or(0, |(a, b)| b - a + 1);
        if long(run) > long(best) {
            best = run;
        }
    }
    let Some((first, last)) = best else { return (row.from, row.to) };
    let at = |i: usize| shares.get(i).map(|(c, _)| *c);
    let step = shares.get(1).map_or(0.0, |s| s.0 - shares[0].0);
    // A window half outside still beats: its centre is about the edge.
    (
        at(first).map_or(row.from, |c| (c - step / 2.0).max(row.from)),
        at(last).map_or(row.to, |c| (c + step / 2.0).min(row.to)),
    )
}

/// Degree 2 suits a flat page in any perspective; a bent one needs more, and only where 2 leaves a residue.
fn best_of_degrees(through: &mut [Through], pitch: &Poly) -> Option<Poly> {
    let residue = |poly: &Poly| {
        let (mut sum, mut weight) = (0.0, f32::EPSILON);
        for t in &*through {
            let off = (poly.at(t.at) - t.value) / pitch.at(t.value).max(2.0);
            sum += t.weight * off * off;
            weight += t.weight;
        }
        (sum / weight).sqrt()
    };
    let plain = Poly::fit(through, 2)?;
    if residue(&plain) < 0.06 || through.len() < 9 {
        return Some(plain);
    }
    Poly::fit(through, 4).or(Some(plain))
}

/// To the nearest of -0.5 to 0.5.
fn wrap(turns: f32) -> f32 {
    turns - turns.round()
}
