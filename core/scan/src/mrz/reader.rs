//! One look for a zone: rows, fit, cells, characters.

use super::cell::CellFrame;
use super::chains::Chains;
use super::decode::{Decoded, Decoder};
use super::few::Few;
use super::fit::{CLEAR, ZoneFit};
use super::look::{Care, Looks};
use super::pitch::{Row, Wave};
use super::reading::MrzRead;
use super::score::CellScore;
use super::stacks::{Scratch, stacks};
use super::strips::Strips;
use super::sum::Offset;
use super::zone::{MAX_LENGTH, MAX_LINES, ZoneScores};
use crate::frame::Luma;
use crate::grid::light::Light;
use crate::limit::WorkLimit;
use crate::{Outline, Point};

/// Cells looked at before the first and behind the last character that the fit shows, at least: beyond both ends there
/// must be no character.
const MARGIN: usize = 5;

/// Characters that a fit may show.
const LENGTH: (f32, f32) = (16.0, 58.0);

/// A likelihood from which a facing is worth more than a glance: a mean probability of a tenth for the best characters.
const WORTH: f32 = -2.2;

/// How far a likelihood over every eighth character may be off the one over every fourth.
const ROUGH: f32 = 1.5;

/// A likelihood from which a fit is read before others are laid: a mean probability of a half.
const SURE: f32 = -0.7;

/// What digits that all fit are worth in quality.
const FITS: f32 = 0.3;

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
    /// Of each line [`MAX_LENGTH`].
    pub(super) scores: Vec<CellScore>,
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
        Self { decoded: *decoded, fit: self.fit, scores: Vec::new(), origin, scale: self.scale }
    }

    /// Whether it may be shown as a zone, read or not.
    pub(super) fn is_like_a_zone(&self) -> bool {
        self.decoded.accepted || self.decoded.likeness >= LIKE
    }

    /// Compares readings of different places.
    pub(super) fn rank(&self) -> (bool, f32) {
        let fits = self.decoded.checks().iter().all(|check| check.ok);
        (self.decoded.accepted, self.decoded.quality + if fits { FITS } else { 0.0 })
    }

    /// What the cells say.
    pub(super) fn scores(&self) -> Option<ZoneScores<'_>> {
        ZoneScores::new(&self.scores, self.fit.lines.len())
    }
}

/// Looks for zones; keeps its memory.
#[derive(Default)]
pub(crate) struct Reader {
    strips: Strips,
    chains: Chains,
    scratch: Scratch,
    waves: Vec<Wave>,
    pub(super) decoder: Decoder,
    fits: Vec<(f32, ZoneFit)>,
    /// Memory for scores.
    pub(super) spare: Vec<Vec<CellScore>>,
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
        let found = levels.get(nth)?;
        let fine = levels.get(nth.saturating_sub(1))?;
        self.strips.measure(found.plane);
        self.chains.find(&self.strips);
        if limit.passed() {
            return None;
        }
        let light = Light::new(found.plane, false)?;
        let mut scratch = std::mem::take(&mut self.scratch);
        let stacks = stacks(&self.chains.found, &self.strips, &light, &mut scratch);
        let larger = found.scale / fine.scale;
        let light = Light::new(fine.plane, false)?;
        let mut fits = std::mem::take(&mut self.fits);
        fits.clear();
        let mut best: Option<Seen> = None;
        for stack in stacks.iter().take(effort.fits) {
            if limit.passed() || best.as_ref().is_some_and(|best| best.decoded.accepted) {
                break;
            }
            let rows: Few<Row, MAX_LINES> = stack.rows.iter().map(|r| r.scaled(larger)).collect();
            let fit = ZoneFit::lay(&light, &rows, stack.apart * larger, &mut self.waves);
            let fit = fit.filter(|f| f.clear >= CLEAR && (LENGTH.0..LENGTH.1).contains(&f.length));
            let Some((likely, fit)) = fit.and_then(|fit| glance(fine.plane, &fit)) else { continue };
            if likely >= SURE {
                self.improve(&mut best, fine, &fit, effort.care);
            } else {
                // What the cells show says more than the beat; and the whole zone shows more than two of its lines.
                fits.push(((likely - WORTH) * fit.length * fit.lines.len() as f32, fit));
            }
        }
        fits.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        for (_, fit) in fits.iter().take(effort.looks) {
            if limit.passed() || best.as_ref().is_some_and(|best| best.decoded.accepted) {
                break;
            }
            self.improve(&mut best, fine, fit, effort.care);
        }
        (self.fits, self.scratch) = (fits, scratch);
        best
    }

    /// Reads a fit and keeps the better of the two.
    fn improve(&mut self, best: &mut Option<Seen>, level: &Level<'_>, fit: &ZoneFit, care: Care) {
        let Some(seen) = self.read(level, fit, care) else { return };
        let worse = if best.as_ref().is_some_and(|best| best.rank() >= seen.rank()) {
            Some(seen)
        } else {
            best.replace(seen)
        };
        if let Some(worse) = worse {
            self.give_back(worse);
        }
    }

    /// Takes the memory of what is no longer looked at.
    pub(super) fn give_back(&mut self, seen: Seen) {
        self.spare.push(seen.scores);
    }

    /// Reads a fit where its cells are surest.
    pub(super) fn read(&mut self, level: &Level<'_>, fit: &ZoneFit, care: Care) -> Option<Seen> {
        let looks = Looks::new(level.plane, fit);
        let fit = looks.settle(*fit, care);
        self.decode(level, &fit, |fit, nth, number| looks.at(fit, nth, number))
    }

    /// Reads all cells of a fit, each as `look` sees it.
    pub(super) fn decode(
        &mut self,
        level: &Level<'_>,
        fit: &ZoneFit,
        look: impl Fn(&ZoneFit, usize, f32) -> CellScore,
    ) -> Option<Seen> {
        let lines = fit.lines.len();
        // A worn or glaring end does not beat: there may be more characters than the fit shows.
        let shown = fit.length.round() as usize + 1;
        let margin = (MAX_LENGTH.saturating_sub(shown) / 2).max(MARGIN);
        let mut scores = self.spare.pop().unwrap_or_default();
        scores.clear();
        scores.extend(
            (0..lines * MAX_LENGTH)
                .map(|nth| look(fit, nth / MAX_LENGTH, (nth % MAX_LENGTH) as f32 - margin as f32)),
        );
        let Some(decoded) = ZoneScores::new(&scores, lines).and_then(|s| self.decoder.decode(&s)) else {
            self.spare.push(scores);
            return None;
        };
        let origin = Offset { line: 0, column: margin as isize };
        Some(Seen { decoded, fit: *fit, scores, origin, scale: level.scale })
    }
}

/// The way up that a fit's cells are likelier, and how likely the best character of each is, as the mean of a natural
/// logarithm; `None` if that is not worth more than a glance.
fn glance(plane: Luma<'_>, fit: &ZoneFit) -> Option<(f32, ZoneFit)> {
    let looks = Looks::new(plane, fit);
    let likely = |fit: &ZoneFit, skip: usize| looks.likelihood(fit, 0..fit.lines.len(), skip);
    let turned = fit.turned();
    let (upright, reversed) = (likely(fit, 8), likely(&turned, 8));
    if upright.max(reversed) < WORTH - ROUGH {
        return None;
    }
    let (better, other) = if reversed > upright { (turned, *fit) } else { (*fit, turned) };
    let most = likely(&better, 4);
    let other = ((upright - reversed).abs() < ROUGH).then(|| (likely(&other, 4), other));
    let (most, fit) = other.filter(|(likely, _)| *likely > most).unwrap_or((most, better));
    (most >= WORTH).then_some((most, fit))
}
