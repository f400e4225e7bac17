//! From the scores of a zone's cells to a reading: which layout it is and where it begins, what stands in each place, and
//! what its digits prove.
//!
//! The layout and the first character are those under which all cells are likeliest, against all of them showing no
//! character. Each place is then read alone (a name's with its neighbours, `names.rs`), from the characters it may hold.
//! If one digit fails, the change that makes all of them fit may be taken (`repair.rs`); what may be believed without a
//! look is decided in `accept.rs`.

use super::accept::{self, Proofs};
use super::alphabet::{ALPHABET, CLASSES, NONE};
use super::checks::{Checks, Covers};
use super::layout::{self, FORMATS, MAX_TEXT, Text};
use super::letters::{PLACES, Place, SHARES};
use super::names;
use super::number;
use super::reading::{CharProof, Check, MrzFormat, MrzRead};
use super::repair;
use super::runs;
use super::states;
use super::zone::{MAX_LINES, ZoneScores};
use crate::{Outline, Point};

/// Least probability of anything where a zone is looked for: one cell that is surely wrong (dirt, a stamp) costs the true
/// place no more than seven steps of the natural logarithm.
const FLOOR: f32 = 1e-3;

/// Characters of a zone at most.
const MAX_CHARS: usize = 90;

/// Reads zones, one after the other; keeps its memory.
#[derive(Default)]
pub(crate) struct Decoder {
    /// Probability of each class in each cell.
    ink: Vec<[f32; CLASSES]>,
    /// For each cell, how much likelier it is one place's character than none, as a natural logarithm.
    gains: Vec<[f32; PLACES]>,
    /// For each character of the chosen layout, the probability of each class given what its place may hold; of
    /// classes that it may not hold as well, so that they take certainty away.
    odds: Vec<[f32; CLASSES]>,
}

/// A layout at a place of the scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placement {
    pub(crate) format: MrzFormat,
    /// The first of the scores' lines that belongs to it.
    pub(crate) line: usize,
    /// The cell of each line that holds its first character.
    pub(crate) start: usize,
}

/// What was read. Holds a person's data, therefore no `Debug`.
#[derive(Clone, Copy)]
pub(crate) struct Decoded {
    pub(crate) placement: Placement,
    /// How much likelier the cells are this zone than no characters: the mean of a character's natural logarithm.
    /// Compares readings of one place, such as right way up and upside down.
    pub(crate) quality: f32,
    /// The same over the cells that had an opinion.
    pub(crate) likeness: f32,
    text: Text,
    proofs: [CharProof; MAX_CHARS],
    checks: Checks,
    /// Probability that every character is right.
    pub(crate) certainty: f32,
    pub(crate) repairs: u8,
    pub(crate) accepted: bool,
}

impl Decoder {
    /// The likeliest reading; `None` if the scores have no room for any layout. Says nothing about whether there is a
    /// zone at all: that is for [`Decoded::quality`] and [`Decoded::accepted`].
    pub(crate) fn decode(&mut self, scores: &ZoneScores<'_>) -> Option<Decoded> {
        self.measure(scores);
        let (placement, total, lead) = self.place(scores)?;
        let format = placement.format;
        self.weigh(scores, placement);
        let mut text = self.read(format);
        let mut checks = Checks::of(format, &text);
        let mut repairs = 0;
        if !checks.all_ok()
            && let Some(repaired) = repair::cheapest(format, &text, &self.odds)
        {
            (text, checks, repairs) = (repaired, Checks::of(format, &repaired), 1);
        }
        let covers = Covers::of(format, &text);
        let proofs = Proofs::of(format, &text, &self.odds, scores.weight(), &checks, &covers);
        let bounded = accept::bounded(scores, placement);
        let accepted = bounded && lead >= accept::LEAD && proofs.hold(&text, &checks);
        let count = format.lines() * format.length();
        let mut chars = [CharProof { p: 0, runner_up: b'<', proven: false }; MAX_CHARS];
        for (proof, nth) in chars.iter_mut().zip(0..count) {
            *proof = proofs.proof(nth);
        }
        Some(Decoded {
            placement,
            quality: total / count as f32,
            likeness: total / known(scores, placement).max(1) as f32,
            text,
            proofs: chars,
            checks,
            certainty: proofs.whole(),
            repairs,
            accepted,
        })
    }

    /// The quality that [`Self::decode`] would find, and no more.
    pub(crate) fn quality(&mut self, scores: &ZoneScores<'_>) -> Option<f32> {
        self.measure(scores);
        let (placement, total, _) = self.place(scores)?;
        Some(total / (placement.format.lines() * placement.format.length()) as f32)
    }

    /// Probabilities of all cells, and what each would gain in each place.
    fn measure(&mut self, scores: &ZoneScores<'_>) {
        self.ink.clear();
        self.gains.clear();
        for cell in (0..scores.lines()).flat_map(|line| scores.line(line)) {
            let ink = cell.probabilities();
            let none = (ink[NONE] + FLOOR).ln();
            let mut gains = [0.0; PLACES];
            if cell.known {
                for (p, shares) in ink.iter().zip(&SHARES) {
                    for (gain, share) in gains.iter_mut().zip(shares) {
                        *gain += share * p;
                    }
                }
                gains = gains.map(|any: f32| (any + FLOOR).ln() - none);
            }
            self.ink.push(ink);
            self.gains.push(gains);
        }
    }

    /// The likeliest layout and place, what it gains over none, and its lead over the next.
    fn place(&self, scores: &ZoneScores<'_>) -> Option<(Placement, f32, f32)> {
        let mut best: Option<(Placement, f32)> = None;
        let mut second = 0.0_f32;
        for format in FORMATS {
            let (lines, length) = (format.lines(), format.length());
            let mut places = [[Place::Free; MAX_TEXT]; MAX_LINES];
            for (line, places) in places.iter_mut().enumerate() {
                for (column, place) in places.iter_mut().enumerate() {
                    *place = layout::place(format, line, column);
                }
            }
            for line in 0..(scores.lines() + 1).saturating_sub(lines) {
                for start in 0..(scores.length() + 1).saturating_sub(length) {
                    let gain = (0..lines).flat_map(|nth| {
                        let from = (line + nth) * scores.length() + start;
                        let cells = self.gains.get(from..from + length).unwrap_or_default();
                        cells.iter().zip(&places[nth]).map(|(gains, place)| gains[*place as usize])
                    });
                    let total: f32 = gain.sum();
                    if best.is_none_or(|(_, most)| total > most) {
                        second = best.map_or(second, |(_, most)| most);
                        best = Some((Placement { format, line, start }, total));
                    } else {
                        second = second.max(total);
                    }
                }
            }
        }
        best.map(|(placement, total)| (placement, total, total - second))
    }

    /// The odds of each class in each place of the layout.
    fn weigh(&mut self, scores: &ZoneScores<'_>, placement: Placement) {
        let Placement { format, line, start } = placement;
        let length = format.length();
        let Self { ink, odds, .. } = self;
        odds.clear();
        for nth in 0..format.lines() {
            odds.extend((0..length).map(|column| layout::place(format, nth, column).letters().share));
        }
        let place = |(nth, column): (usize, usize)| {
            ((line + nth) * scores.length() + start + column, nth * length + column)
        };
        let spans = |(nth, column, width): layout::Span| {
            let (from, to) = place((nth, column));
            (from..from + width, to..to + width)
        };
        let (from, to) = spans(layout::names(format));
        names::shares(&ink[from], &mut odds[to]);
        let (from, to) = spans(layout::number_span(format));
        number::shares(&ink[from], &mut odds[to]);
        for (from, to) in layout::free(format).iter().map(|span| spans(*span)) {
            runs::shares(&ink[from], &mut odds[to]);
        }
        for at in layout::states(format) {
            let (from, to) = place(at);
            if let (Some(cells), Some(odds)) = (ink[from..].first_chunk(), odds[to..].first_chunk_mut()) {
                states::shares(cells, odds);
            }
        }
        for nth in 0..format.lines() {
            let (from, to) = spans((nth, 0, length));
            for (odds, ink) in odds[to].iter_mut().zip(&ink[from]) {
                for (share, p) in odds.iter_mut().zip(ink) {
                    *share *= p + f32::MIN_POSITIVE;
                }
                let sum = odds.iter().sum::<f32>().max(f32::MIN_POSITIVE);
                for odds in odds.iter_mut() {
                    *odds /= sum;
                }
            }
        }
    }

    /// The likeliest character of each place.
    fn read(&self, format: MrzFormat) -> Text {
        let mut text = [[0; MAX_TEXT]; MAX_LINES];
        for (nth, odds) in self.odds.iter().enumerate() {
            let (line, column) = (nth / format.length(), nth % format.length());
            let letters = layout::place(format, line, column).letters();
            let members = (0..NONE).filter(|class| letters.holds(*class));
            let best = members.max_by(|a, b| odds[*a].total_cmp(&odds[*b]));
            text[line][column] = best.map_or(b'<', |class| ALPHABET[class]);
        }
        text
    }
}

/// Cells of a placement that had an opinion.
fn known(scores: &ZoneScores<'_>, placement: Placement) -> usize {
    let Placement { format, line, start } = placement;
    let cells =
        (line..line + format.lines()).flat_map(|line| &scores.line(line)[start..start + format.length()]);
    cells.filter(|cell| cell.known).count()
}

impl Decoded {
    /// The digits and whether they fit.
    pub(crate) fn checks(&self) -> &[Check] {
        self.checks.all()
    }

    /// The lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        let length = self.placement.format.length();
        let lines = self.text.iter().take(self.placement.format.lines());
        // Every character is one of the alphabet's, which is ASCII.
        lines.map(move |line| std::str::from_utf8(&line[..length]).unwrap_or_default())
    }

    /// For each character of each line, line by line.
    pub(crate) fn proofs(&self) -> &[CharProof] {
        &self.proofs[..self.placement.format.lines() * self.placement.format.length()]
    }

    /// The reading together with where it was seen.
    pub(crate) fn into_read(
        self,
        outline: Outline,
        px_per_char: f32,
        cells: Vec<Point>,
        looks: u16,
    ) -> MrzRead {
        MrzRead {
            format: self.placement.format,
            lines: self.lines().map(str::to_owned).collect(),
            chars: self.proofs().to_vec(),
            checks: self.checks().to_vec(),
            certainty: self.certainty,
            likeness: self.likeness,
            repairs: self.repairs,
            outline,
            px_per_char,
            cells,
            looks,
            accepted: self.accepted,
        }
    }
}

#[cfg(test)]
mod tests;
