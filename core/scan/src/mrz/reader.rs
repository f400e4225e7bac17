//! One look for a zone: rows, fit, cells, characters.

use super::cell::CellFrame;
use super::chains::Chains;
use super::decode::{Decoded, Decoder};
use super::fit::ZoneFit;
use super::look::{Care, Looks};
use super::pitch::{Row, Wave};
use super::reading::MrzRead;
use super::score::CellScore;
use super::stacks::{Scratch, stacks};
use super::strips::Strips;
use super::sum::Offset;
use super::zone::{MAX_LENGTH, ZoneScores};
use crate::frame::Luma;
use crate::grid::light::Light;
use crate::limit::WorkLimit;
use crate::{Outline, Point};

/// Cells looked at before the first and behind the last character that the fit shows, at least: beyond both ends there
/// must be no character.
const MARGIN: usize = 5;

/// Beat below which a fit is none: of 72 frames most fits of other print had less than 0.1, the true ones 0.23 and more
/// (November 2026).
const CLEAR: f32 = 0.13;

/// Characters that a fit may show.
const LENGTH: (f32, f32) = (16.0, 58.0);

/// A likelihood from which a facing is worth more than a glance: a mean probability of a tenth for the best characters.
const WORTH: f32 = -2.2;

/// A plane of the frame and how many of its pixels one of this plane is.
#[derive(Clone, Copy)]
pub(crate) struct Level<'a> {
    pub(crate) plane: Luma<'a>,
    pub(crate) scale: f32,
}

/// Likeness below which print is not worth a word: of 32 frames without a zone only print of one pitch had more
/// (November 2026).
const LIKE: f32 = 2.2;

/// How much one look may try.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Stacks of rows that are fitted.
    pub(crate) fits: usize,
    /// Fits whose characters are looked at.
    pub(crate) looks: usize,
    /// How carefully a fit is set right before its characters are read.
    pub(crate) care: Care,
}

/// A zone that was seen: what was read and where. Holds a person's data, therefore no `Debug`.
pub(crate) struct Seen {
    pub(crate) decoded: Decoded,
    pub(crate) fit: ZoneFit,
    /// Where the fit's first character lies in the scores that were decoded.
    origin: Offset,
    /// Pixels of the frame in one of the plane that the fit lies in.
    pub(crate) scale: f32,
}

impl Seen {
    /// The reading with its places in pixels of the levels' full size.
    pub(crate) fn read(&self, looks: u16) -> MrzRead {
        let placement = self.decoded.placement;
        let (lines, length) = (placement.format.lines(), placement.format.length());
        let frame = |line: usize, column: usize| self.cell(placement.line + line, placement.start + column);
        let cells = (0..lines * length).map(|nth| frame(nth / length, nth % length).centre * self.scale);
        let corner = |line: usize, column: usize, along: f32, down: f32| {
            let cell = frame(line, column);
            (cell.centre + cell.axes.u * along + cell.axes.v * down) * self.scale
        };
        // A band of capitals reaches a little beyond half a pitch up and down.
        let corners = [
            corner(0, 0, -0.5, -0.6),
            corner(0, length - 1, 0.5, -0.6),
            corner(lines - 1, length - 1, 0.5, 0.6),
            corner(lines - 1, 0, -0.5, 0.6),
        ];
        let wide = corners[0].distance(corners[1]) + corners[3].distance(corners[2]);
        let px_per_char = wide / (2 * length) as f32;
        let cells: Vec<Point> = cells.collect();
        self.decoded.into_read(Outline { corners }, px_per_char, cells, looks)
    }

    /// A cell of the scores that were decoded. Other looks may have seen a line that this fit lacks: it lies as far on.
    fn cell(&self, line: usize, column: usize) -> CellFrame {
        let (line, number) =
            (line as isize - self.origin.line, (column as isize - self.origin.column) as f32);
        let last = self.fit.lines.len() as isize - 1;
        let known = line.clamp(0, last);
        let mut cell = self.fit.cell(known as usize, number);
        if line != known {
            let beside = self.fit.cell((known - (line - known).signum()).clamp(0, last) as usize, number);
            cell.centre = cell.centre + (cell.centre - beside.centre) * (line - known).abs() as f32;
        }
        cell
    }

    /// The same place with what several looks say together, whose scores this one's lie in at `offset`.
    pub(super) fn with(&self, decoded: &Decoded, offset: Offset) -> Self {
        let line = self.origin.line + offset.line;
        let origin = Offset { line, column: self.origin.column + offset.column };
        Self { decoded: *decoded, fit: self.fit.clone(), origin, scale: self.scale }
    }

    /// Whether it may be shown as a zone, read or not.
    pub(super) fn is_like_a_zone(&self) -> bool {
        self.decoded.accepted || self.decoded.likeness >= LIKE
    }

    pub(super) fn rank(&self) -> (bool, f32) {
        (self.decoded.accepted, self.decoded.quality)
    }
}

/// Looks for zones; keeps its memory.
#[derive(Default)]
pub(crate) struct Reader {
    strips: Strips,
    chains: Chains,
    scratch: Scratch,
    waves: Vec<Wave>,
    decoder: Decoder,
    scores: Vec<CellScore>,
    /// Scores of the best reading so far.
    best: Vec<CellScore>,
}

impl Reader {
    /// Looks for rows in one of the levels, and reads them in the next larger one where there is one. The best
    /// reading, whether accepted or not; `None` where nothing resembles a zone.
    pub(crate) fn look(
        &mut self,
        levels: &[Level<'_>],
        nth: usize,
        effort: Effort,
        limit: WorkLimit<'_>,
    ) -> Option<Seen> {
        self.best.clear();
        let found = levels.get(nth)?;
        let fine = levels.get(nth.saturating_sub(1))?;
        self.strips.measure(found.plane);
        self.chains.find(&self.strips);
        if limit.passed() {
            return None;
        }
        let light = Light::new(found.plane, false)?;
        let stacks = stacks(&self.chains.found, &self.strips, &light, &mut self.scratch);
        let larger = found.scale / fine.scale;
        let light = Light::new(fine.plane, false)?;
        let mut fits: Vec<ZoneFit> = Vec::new();
        for stack in stacks.iter().take(effort.fits) {
            if limit.passed() {
                return None;
            }
            let rows: Vec<Row> = stack.rows.iter().map(|r| r.scaled(larger)).collect();
            let fit = ZoneFit::lay(&light, &rows, stack.apart * larger, &mut self.waves);
            fits.extend(fit.filter(|f| f.clear >= CLEAR && (LENGTH.0..LENGTH.1).contains(&f.length)));
        }
        let weight = |f: &ZoneFit| f.clear * f.length.sqrt();
        fits.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        let mut best: Option<Seen> = None;
        for fit in fits.into_iter().take(effort.looks) {
            if limit.passed() {
                break;
            }
            let seen = self.read(fine, fit, effort.care);
            let better = |s: &Seen| best.as_ref().is_none_or(|b| s.rank() > b.rank());
            if let Some(seen) = seen.filter(better) {
                std::mem::swap(&mut self.best, &mut self.scores);
                let done = seen.decoded.accepted;
                best = Some(seen);
                if done {
                    break;
                }
            }
        }
        best
    }

    /// The scores of what the last look gave; `None` if it gave nothing.
    pub(super) fn scores(&self, seen: &Seen) -> Option<ZoneScores<'_>> {
        ZoneScores::new(&self.best, seen.fit.lines.len())
    }

    /// Reads scores of several looks.
    pub(super) fn decode(&mut self, scores: &ZoneScores<'_>) -> Option<Decoded> {
        self.decoder.decode(scores)
    }

    fn read(&mut self, level: &Level<'_>, fit: ZoneFit, care: Care) -> Option<Seen> {
        let looks = Looks::new(level.plane, &fit, care);
        let lines = fit.lines.len();
        let turned = fit.clone().turned();
        let (upright, reversed) =
            (looks.likelihood(&fit, 0..lines, 4), looks.likelihood(&turned, 0..lines, 4));
        let fit = if reversed > upright { turned } else { fit };
        if upright.max(reversed) < WORTH {
            return None;
        }
        let fit = looks.settle(fit);
        // A worn or glaring end does not beat: there may be more characters than the fit shows.
        let shown = fit.length.round() as usize + 1;
        let margin = (MAX_LENGTH.saturating_sub(shown) / 2).max(MARGIN);
        let cells = (0..lines * MAX_LENGTH)
            .map(|nth| looks.at(&fit, nth / MAX_LENGTH, (nth % MAX_LENGTH) as f32 - margin as f32));
        self.scores.clear();
        self.scores.extend(cells);
        let decoded = self.decoder.decode(&ZoneScores::new(&self.scores, lines)?)?;
        let origin = Offset { line: 0, column: margin as isize };
        Some(Seen { decoded, fit, origin, scale: level.scale })
    }
}
