//! The network's view of a fitted zone, and the fit set right by what the network sees.

use super::alphabet::NONE;
use super::cell::{Cell, CellFrame};
use super::fit::ZoneFit;
use super::glyphs::GLYPHS;
use super::score::{CellScore, LOG_STEPS};
use crate::Point;
use crate::frame::Luma;

/// How carefully a fit is set right.
#[derive(Clone, Copy)]
pub(crate) struct Care {
    /// Characters from one that is tried to the next.
    pub(crate) every: usize,
    /// Rounds, each with steps half as long.
    pub(crate) rounds: u8,
    /// Likelihood of the characters from which nothing is set right, as [`Looks::likelihood`] gives it.
    pub(crate) enough: f32,
}

/// Characters from one that is tried to the next while a line is bent.
const EVERY_OTHER: usize = 2;

/// Where a doubtful zone's cells are looked at, in pitches off the fit's places: as far as a fit may be off.
const GLANCES: [(f32, f32); 5] = [(0.0, 0.0), (-0.07, 0.0), (0.07, 0.0), (0.0, -0.06), (0.0, 0.06)];

/// Steps by which a fit is moved: about what the network still reads without loss.
const LIFT: f32 = 0.09;
const NUDGE: f32 = 0.09;
const RISE: f32 = 1.07;
const SLANT: f32 = 0.10;

/// Share of a zone's cells that are saturated where it is the paper that is white, as on scans: a glare covers less.
const WHITE: f32 = 0.7;

/// A plane's cells.
#[derive(Clone, Copy)]
pub(super) struct Looks<'a> {
    plane: Luma<'a>,
    /// Whether the paper itself is as light as the plane can say, so that saturation says nothing of a glare.
    white: bool,
}

impl<'a> Looks<'a> {
    pub(super) fn new(plane: Luma<'a>, fit: &ZoneFit) -> Self {
        let looks = Self { plane, white: false };
        let count = fit.length.max(1.0) as usize;
        let all = (0..fit.lines.len()).flat_map(|nth| (0..count).step_by(2).map(move |number| (nth, number)));
        let (mut blind, mut seen) = (0.0, 0.0_f32);
        for cell in all.filter_map(|(nth, number)| looks.cell(&fit.cell(nth, number as f32))) {
            seen += 1.0;
            blind += f32::from(u8::from(!cell.known));
        }
        Self { plane, white: blind > WHITE * seen }
    }

    /// One character's cell; `None` outside the plane.
    fn cell(&self, place: &CellFrame) -> Option<Cell> {
        let inside = |p: Point| {
            p.x >= 0.0 && p.y >= 0.0 && p.x <= self.plane.width() as f32 && p.y <= self.plane.height() as f32
        };
        let half = place.axes.v * 0.5;
        if !inside(place.centre - half) || !inside(place.centre + half) {
            return None;
        }
        let mut cell = Cell::sample(self.plane, place)?;
        cell.known |= self.white;
        Some(cell)
    }

    /// One character's scores; unknown outside the plane.
    pub(super) fn at(&self, fit: &ZoneFit, nth: usize, number: f32) -> CellScore {
        self.score(&fit.cell(nth, number))
    }

    fn score(&self, place: &CellFrame) -> CellScore {
        let mut score = CellScore::UNKNOWN;
        if let Some(cell) = self.cell(place) {
            GLYPHS.score(&cell, &mut score);
        }
        score
    }

    /// Mean logarithm of the likeliest character's probability, over a part of the characters.
    pub(super) fn likelihood(&self, fit: &ZoneFit, lines: std::ops::Range<usize>, skip: usize) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0_f32);
        for nth in lines {
            for number in (nth..=fit.length.max(0.0) as usize).step_by(skip) {
                let score = self.at(fit, nth, number as f32);
                if score.known {
                    let best = score.log_p.iter().take(NONE).copied().max().unwrap_or(i16::MIN);
                    // A cell that cannot be read at all must not outweigh ten that can.
                    sum += (f32::from(best) / LOG_STEPS).max(-4.0);
                    count += 1.0;
                }
            }
        }
        if count > 0.0 { sum / count } else { -4.0 }
    }

    /// Moves, stretches and slants the fit to where the characters are likeliest.
    pub(super) fn settle(&self, mut fit: ZoneFit, care: Care) -> ZoneFit {
        let Care { every, rounds, enough } = care;
        let lines = fit.lines.len();
        let mut best = self.likelihood(&fit, 0..lines, every);
        if best >= enough {
            return fit;
        }
        for round in 0..rounds {
            let by = 0.5_f32.powi(i32::from(round));
            let whole: [fn(&mut ZoneFit, f32); 3] = [
                |f, by| f.rise *= RISE.powf(by),
                |f, by| f.slant += SLANT * by,
                // A longer step out of a place where a short one does not help.
                |f, by| f.rise *= (RISE * RISE).powf(by),
            ];
            for change in whole {
                best = self.climb(&mut fit, best, (0..lines, every), by, change);
            }
            for nth in 0..lines {
                let place = if fit.upside_down { lines - 1 - nth } else { nth };
                let before = self.likelihood(&fit, nth..nth + 1, every);
                let lifted = self.climb(&mut fit, before, (nth..nth + 1, every), by, |f, by| {
                    f.lines[place].lift[0] += LIFT * by;
                });
                self.climb(&mut fit, lifted, (nth..nth + 1, every), by, |f, by| {
                    f.lines[place].nudge[0] += NUDGE * by;
                });
            }
            best = self.likelihood(&fit, 0..lines, every);
        }
        fit
    }

    /// Leans and bows each line to where its characters are likeliest, where the fit's curves are a little off.
    pub(super) fn bend(&self, mut fit: ZoneFit) -> ZoneFit {
        let lines = fit.lines.len();
        for by in [1.0, 0.5] {
            for nth in 0..lines {
                let place = if fit.upside_down { lines - 1 - nth } else { nth };
                let mut best = self.likelihood(&fit, nth..nth + 1, EVERY_OTHER);
                for term in 0..3 {
                    best = self.climb(&mut fit, best, (nth..nth + 1, EVERY_OTHER), by, |f, by| {
                        f.lines[place].nudge[term] += NUDGE * by;
                    });
                    best = self.climb(&mut fit, best, (nth..nth + 1, EVERY_OTHER), by, |f, by| {
                        f.lines[place].lift[term] += LIFT * by;
                    });
                }
            }
        }
        fit
    }

    /// One character's scores from several looks at it, each a little off: what one sees by chance the others do not.
    pub(super) fn around(&self, fit: &ZoneFit, nth: usize, number: f32) -> CellScore {
        let place = fit.cell(nth, number);
        let looks = GLANCES.map(|(along, down)| {
            let centre = place.centre + place.axes.u * along + place.axes.v * down;
            self.score(&CellFrame { centre, ..place })
        });
        CellScore::mean(&looks)
    }

    /// One step either way, as long as it helps.
    fn climb(
        &self,
        fit: &mut ZoneFit,
        mut best: f32,
        (lines, skip): (std::ops::Range<usize>, usize),
        by: f32,
        change: impl Fn(&mut ZoneFit, f32),
    ) -> f32 {
        for way in [by, -by] {
            let before = best;
            loop {
                let mut moved = *fit;
                change(&mut moved, way);
                let likely = self.likelihood(&moved, lines.clone(), skip);
                if likely <= best + 0.002 {
                    break;
                }
                best = likely;
                *fit = moved;
            }
            if best > before {
                break;
            }
        }
        best
    }
}
