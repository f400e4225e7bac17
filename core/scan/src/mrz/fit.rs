//! A zone laid over the picture: where each character of each line is.

use super::band;
use super::cell::CellFrame;
use super::few::Few;
use super::pitch::{Beat, Row, Wave, common_pitch, follow};
use super::poly::Poly;
use super::stacks::APART;
use super::zone::MAX_LINES;
use crate::Point;
use crate::geometry::Axes;
use crate::grid::light::Light;

/// Distance of two lines in pitches, about: 5.8 of 2.54 mm (Doc 9303-4 to -7).
const LINE_PITCHES: f32 = 2.3;

/// Share of the lines' distance that is sampled across a row before its height is known: less than any capital seen
/// straight on, so that the next line stays out.
const ACROSS: f32 = 0.38;

/// Height of a capital in pitches, for the first guess of how high a cell is.
const CAPITAL: f32 = 1.03;

/// Beat below which a fit is none: of 72 frames most fits of other print had less than 0.1, the true ones 0.23 and more
/// (November 2026).
pub(super) const CLEAR: f32 = 0.13;

/// Beat below which a first pass is not worth a second: straightened, print beats clearer by half.
const FAINT: f32 = 0.5 * CLEAR;

/// A small correction along a line: of its middle, its lean from end to end, its bow; all in pitches.
pub(super) type Bend = [f32; 3];

/// One line of a zone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineFit {
    /// Column over number of the character.
    pub(super) place: Poly,
    /// Row over column.
    pub(super) curve: Poly,
    /// Added to the numbers so that all lines count alike.
    pub(super) shift: f32,
    /// How far the centres lie below `curve`.
    pub(super) lift: Bend,
    /// How far they lie to the right of `place`.
    pub(super) nudge: Bend,
}

impl LineFit {
    fn centre(&self, u: f32) -> Point {
        let x = self.place.at(u + self.shift);
        Point::new(x, self.curve.at(x))
    }
}

/// The lines of a zone. Character 0 is about the first; what is truly the first shows in what the cells hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct ZoneFit {
    pub(super) lines: Few<LineFit, MAX_LINES>,
    /// Length of a pitch down the paper, as a share of the way from a line to the next.
    pub(super) rise: f32,
    /// Added to every step down, in steps along: a slant that the lines' numbers do not show.
    pub(super) slant: f32,
    /// Number of the first character with ink, about; the leading line's is 0.
    pub(super) from: f32,
    /// Characters from the first to the last ink, about.
    pub(super) length: f32,
    /// Share of the darkness that beats in the common pitch, the least of the lines'.
    pub(super) clear: f32,
    pub(super) pitch: f32,
    /// Whether the print stands on its head in the picture.
    pub(super) upside_down: bool,
}

impl ZoneFit {
    /// Lays rows over a plane. `apart` is their distance in its pixels.
    pub(super) fn lay(light: &Light<'_>, rows: &[Row], apart: f32, waves: &mut Vec<Wave>) -> Option<Self> {
        let first = Self::lay_besides(light, rows, apart, None, waves);
        match &first {
            Err(wrong) => Self::lay_besides(light, rows, apart, *wrong, waves).ok(),
            Ok(fit) if fit.clear < CLEAR => {
                Self::lay_besides(light, rows, apart, Some(fit.pitch), waves).ok()
            }
            Ok(_) => first.ok(),
        }
    }

    /// The same with a pitch that is not the one given. Fails with the pitch that did not fit.
    fn lay_besides(
        light: &Light<'_>,
        rows: &[Row],
        apart: f32,
        wrong: Option<f32>,
        waves: &mut Vec<Wave>,
    ) -> Result<Self, Option<f32>> {
        if waves.len() < rows.len() {
            waves.resize_with(rows.len(), Wave::default);
        }
        let waves = &mut waves[..rows.len()];
        let (low, high) = (apart / APART.1, apart / APART.0);
        for (wave, row) in waves.iter_mut().zip(rows) {
            wave.sample(light, row, apart * ACROSS, high * 1.5, |x| row.upright(x));
            wave.flatten(2.0 * apart / LINE_PITCHES);
        }
        // Two of three pitches that beat are the double or half of the true one; the length says which.
        let long = rows.iter().map(|r| r.to - r.from).fold(0.0, f32::max);
        let (low, high) = (low.max(long / 56.0), high.min(long / 17.0));
        let (pitch, _) = common_pitch(waves, rows, (low, high), wrong).ok_or(None)?;
        let beats = follow(waves, rows, pitch).ok_or(pitch)?;
        let first = Self::join(rows, &beats, pitch, apart).ok_or(pitch)?;
        if first.clear < FAINT {
            return Err(Some(pitch));
        }
        // Once more along the slant that the lines show of each other, and where the print truly runs.
        let mut rows: Few<Row, MAX_LINES> = rows.iter().copied().collect();
        let (mut height, mut apart_now) = (0.0_f32, 0.0);
        for (nth, row) in rows.iter_mut().enumerate() {
            let (from, to) = (first.column(nth, first.from), first.column(nth, first.from + first.length));
            (row.from, row.to) = (from.max(row.from), to.min(row.to));
            let step = |x: f32| first.step_down(nth, first.number_at(nth, x));
            let band = band::measure(light, row, pitch, step).ok_or(pitch)?;
            row.curve = band.curve;
            height = height.max(band.height);
            apart_now += step(f32::midpoint(from, to)).length();
        }
        apart_now /= rows.len() as f32;
        for (nth, (wave, row)) in waves.iter_mut().zip(&*rows).enumerate() {
            wave.sample(light, row, height, pitch * 3.0, |x| {
                let v = first.step_down(nth, first.number_at(nth, x));
                v * (1.0 / v.length().max(f32::EPSILON))
            });
            wave.flatten(2.0 * pitch);
        }
        let beats = follow(waves, &rows, pitch).ok_or(pitch)?;
        let mut fit = Self::join(&rows, &beats, pitch, apart).ok_or(pitch)?;
        fit.rise = height / CAPITAL / apart_now;
        Ok(fit)
    }

    fn join(rows: &[Row], beats: &[Beat], pitch: f32, apart: f32) -> Option<Self> {
        let lead = beats.iter().enumerate().max_by(|a, b| a.1.clear.total_cmp(&b.1.clear))?.0;
        let lines: Few<LineFit, MAX_LINES> = rows
            .iter()
            .zip(beats)
            .map(|(row, beat)| LineFit {
                place: beat.place,
                curve: row.curve,
                shift: 0.0,
                lift: Bend::default(),
                nudge: Bend::default(),
            })
            .collect();
        let origin = beats[lead].first.round();
        let middle = (beats[lead].last - origin) / 2.0;
        let mut fit = Self {
            lines,
            rise: pitch / apart,
            slant: 0.0,
            from: 0.0,
            length: beats.iter().map(|b| b.last - b.first).fold(0.0, f32::max),
            clear: beats.iter().map(|b| b.clear).fold(f32::INFINITY, f32::min),
            pitch,
            upside_down: false,
        };
        fit.lines[lead].shift = origin;
        let at = fit.lines[lead].centre(middle);
        let slope = fit.lines[lead].curve.slope(at.x);
        let reference = beats[lead];
        for (nth, beat) in beats.iter().enumerate() {
            if nth == lead {
                continue;
            }
            // The character straight below or above, as the paper is seen; the ends decide between neighbours.
            let distance = fit.lines[nth].curve.at(at.x) - at.y;
            let below = at.x - slope * distance / (1.0 + slope * slope);
            let straight = fit.number_at(nth, below);
            let ends =
                (beat.first - (reference.first - origin) + beat.last - (reference.last - origin)) / 2.0;
            let steps = nth as f32 - lead as f32;
            let best = (-2..=2).map(|by| (straight - middle).round() + by as f32).min_by(|a, b| {
                let cost = |shift: f32| {
                    let lean = (shift + middle - straight) / steps;
                    let ragged = ((shift - ends) / 2.0).clamp(-1.0, 1.0);
                    lean * lean + 0.5 * ragged * ragged
                };
                cost(*a).total_cmp(&cost(*b))
            })?;
            fit.lines[nth].shift = best;
        }
        let ends = |of: fn(&Beat) -> f32| fit.lines.iter().zip(beats).map(move |(l, b)| of(b) - l.shift);
        fit.from = ends(|b| b.first).fold(f32::INFINITY, f32::min);
        fit.length = ends(|b| b.last).fold(f32::NEG_INFINITY, f32::max) - fit.from;
        Some(fit)
    }

    /// Column of a character of a line.
    pub(super) fn column(&self, nth: usize, u: f32) -> f32 {
        self.lines.get(nth).map_or(0.0, |line| line.place.at(u + line.shift))
    }

    /// Number of the character at a column of a line.
    pub(super) fn number_at(&self, nth: usize, x: f32) -> f32 {
        let Some(line) = self.lines.get(nth) else { return 0.0 };
        let mut u = line.shift + self.length / 2.0;
        for _ in 0..8 {
            let slope = line.place.slope(u);
            u -= (line.place.at(u) - x) / if slope > 1.0 { slope } else { self.pitch };
        }
        u - line.shift
    }

    /// The way from a line's character to the same of the next line.
    pub(super) fn step_down(&self, nth: usize, u: f32) -> Point {
        let last = self.lines.len() - 1;
        let (upper, lower) = (nth.min(last.saturating_sub(1)), (nth + 1).min(last));
        if upper == lower {
            return Point::new(0.0, 1.0);
        }
        self.lines[lower].centre(u) - self.lines[upper].centre(u)
    }

    /// The same seen with the picture the other way up.
    pub(super) fn turned(mut self) -> Self {
        self.upside_down = !self.upside_down;
        self
    }

    /// The same in a plane whose pixels are `by` times smaller.
    pub(super) fn scaled(&self, by: f32) -> Self {
        let mut fit = Self { pitch: self.pitch * by, ..*self };
        for line in &mut *fit.lines {
            line.place = line.place.stretched(by);
            line.curve = line.curve.scaled(by);
        }
        fit
    }

    /// The cell of a character as it is read: 0 is the first with ink, about; line 0 the upper one of the print.
    /// Numbers before the first and behind the last are as good.
    pub(super) fn cell(&self, nth: usize, number: f32) -> CellFrame {
        let (nth, u, way) = if self.upside_down {
            (self.lines.len() - 1 - nth, (self.from + self.length).round() - number, -1.0)
        } else {
            (nth, self.from.round() + number, 1.0)
        };
        let line = &self.lines[nth];
        let along = line.centre(u + 0.5) - line.centre(u - 0.5);
        let down = self.step_down(nth, u) * self.rise + along * self.slant;
        let t = 2.0 * (u - self.from) / self.length.max(1.0) - 1.0;
        let bent = |[all, lean, bow]: Bend| all + lean * t + bow * (t * t - 1.0 / 3.0);
        let centre = line.centre(u) + down * bent(line.lift) + along * bent(line.nudge);
        CellFrame { centre, axes: Axes { u: along * way, v: down * way } }
    }
}
