//! Several looks at one zone: scores of successive frames added up, so that a zone which no single frame shows whole can
//! still be read.
//!
//! Noise, blur and a moving glare spoil other cells in every frame; what is printed stays. A cell without an opinion
//! adds nothing. The fit may begin a cell or two earlier in one frame than in the next, or see a line less: each look is
//! registered on those before it by the characters that both show. Looks join only what they resemble and do not
//! contradict, so that another document at the same place never mixes in; older looks fade, and a pile that has seen
//! nothing for a while is dropped.
//!
//! Not its job: reading. What it gives is decoded like a single look, by the same rules. Where every digit of a sum fits,
//! it is as good as two looks that agree.

use super::alphabet::{CLASSES, NONE};
use super::letters::FILLER;
use super::score::{CellScore, LOG_STEPS};
use super::zone::ZoneScores;
use crate::Outline;

/// Looks farther apart are not looks at the same thing; as for codes (`../fusion.rs`).
const FORGET_MS: i64 = 1_000;

/// What the looks so far keep of their weight when another joins; as for codes.
const KEPT: f32 = 0.85;

/// Least logarithm, against the likeliest class, that one look gives a class: a look that is surely wrong is outvoted
/// by two that are right. All classes at the floor together still take less than two thousandths from a cell that was
/// seen once.
const FLOOR: f32 = -10.0;

/// How much of one look the next repeats: worn ink is worn in all of them. Many looks count as at most one over this.
const REPEATED: f32 = 0.25;

/// How much likelier, as a natural logarithm, one print must be than two. Each character that both looks show clearly
/// is worth three and a half; fillers are worth nothing, since all zones have them in the same places.
const LIKE: f32 = 14.0;

/// From here on a look is sure of a cell.
const SURE: f32 = 0.95;

/// Of the cells that both are sure of and that tell documents apart, one in as many may differ. Passports of one
/// family, issued together, differ in a sixth (given name, birth, last figures of the number, digits).
const PER_CONTRADICTION: usize = 12;

/// Least probability that a cell of two prints gives to the same character.
const LEAST: f32 = 2e-3;

/// Cells that two fits of one zone may be apart.
const MAX_SHIFT: isize = 2;

/// Piles at a time. One document is in view; the others are for fits that fail.
const PILES: usize = 3;

/// One cell's looks.
#[derive(Clone, Copy)]
struct Sum {
    /// Weighted sums of logarithms.
    log_p: [f32; CLASSES],
    weight: f32,
}

impl Sum {
    const NOTHING: Self = Self { log_p: [0.0; CLASSES], weight: 0.0 };

    fn fade(&mut self) {
        self.weight *= KEPT;
        for log_p in &mut self.log_p {
            *log_p *= KEPT;
        }
    }

    fn add(&mut self, cell: &CellScore) {
        if !cell.known {
            return;
        }
        let most = cell.log_p.iter().copied().max().unwrap_or(0);
        for (sum, log_p) in self.log_p.iter_mut().zip(cell.log_p) {
            *sum += ((f32::from(log_p) - f32::from(most)) / LOG_STEPS).max(FLOOR);
        }
        self.weight += 1.0;
    }

    /// How many looks these are worth.
    fn looks(&self) -> f32 {
        // A look that fades before another comes is still a whole look.
        (self.weight / (1.0 + (self.weight - 1.0) * REPEATED)).max(1.0)
    }

    /// What the looks say together.
    fn score(&self) -> CellScore {
        if self.weight <= 0.0 {
            return CellScore::UNKNOWN;
        }
        let looks = self.looks();
        let log_p = self.log_p.map(|log_p| log_p / self.weight * looks);
        let most = log_p.iter().copied().fold(f32::MIN, f32::max);
        let all = log_p.iter().map(|log_p| (log_p - most).exp()).sum::<f32>().ln();
        CellScore { log_p: log_p.map(|log_p| ((log_p - most - all) * LOG_STEPS) as i16), known: true }
    }
}

/// Where a look lies on a pile: what to add to its line and column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offset {
    pub(crate) line: isize,
    pub(crate) column: isize,
}

impl Offset {
    fn of(self, line: usize, column: usize) -> Option<(usize, usize)> {
        Some((line.checked_add_signed(self.line)?, column.checked_add_signed(self.column)?))
    }
}

/// The looks at one zone.
struct Pile {
    lines: usize,
    length: usize,
    cells: Vec<Sum>,
    /// What they come to.
    scores: Vec<CellScore>,
    looks: u16,
    outline: Outline,
    at_ms: i64,
}

impl Pile {
    fn of(look: &Look<'_>) -> Self {
        let mut pile = Self {
            lines: 0,
            length: 0,
            cells: Vec::new(),
            scores: Vec::new(),
            looks: 0,
            outline: look.outline,
            at_ms: look.at_ms,
        };
        pile.begin(look);
        pile
    }

    /// Forgets everything and takes this look, in the memory it has.
    fn begin(&mut self, look: &Look<'_>) {
        self.looks = 0;
        self.clear(look.scores.lines(), look.scores.length());
        self.add(look, Offset::default());
    }

    fn clear(&mut self, lines: usize, length: usize) {
        (self.lines, self.length) = (lines, length);
        self.cells.clear();
        self.cells.resize(lines * length, Sum::NOTHING);
    }

    fn is_here(&self, outline: &Outline, at_ms: i64) -> bool {
        let apart = self.outline.centre().distance(outline.centre());
        (0..=FORGET_MS).contains(&at_ms.saturating_sub(self.at_ms)) && apart < self.outline.side()
    }

    fn at(&self, (line, column): (usize, usize)) -> Option<usize> {
        (line < self.lines && column < self.length).then_some(line * self.length + column)
    }

    /// Adds a look that lies here; the pile grows to it if that one saw more.
    fn add(&mut self, look: &Look<'_>, mut offset: Offset) -> Offset {
        let (lines, length) = (look.scores.lines(), look.scores.length());
        if lines * length > self.cells.len() {
            let (old, old_length) = (std::mem::take(&mut self.cells), self.length);
            self.clear(lines, length);
            let back = Offset { line: -offset.line, column: -offset.column };
            for (nth, sum) in old.iter().enumerate() {
                let place = back.of(nth / old_length, nth % old_length).and_then(|place| self.at(place));
                if let Some(at) = place {
                    self.cells[at] = *sum;
                }
            }
            offset = Offset::default();
        }
        self.cells.iter_mut().for_each(Sum::fade);
        for line in 0..lines {
            for (column, cell) in look.scores.line(line).iter().enumerate() {
                if let Some(at) = offset.of(line, column).and_then(|place| self.at(place)) {
                    self.cells[at].add(cell);
                }
            }
        }
        self.scores.clear();
        self.scores.extend(self.cells.iter().map(Sum::score));
        self.looks = self.looks.saturating_add(1);
        self.outline = look.outline;
        self.at_ms = look.at_ms;
        offset
    }
}

/// One look at a zone.
pub(crate) struct Look<'a> {
    pub(crate) scores: ZoneScores<'a>,
    pub(crate) outline: Outline,
    pub(crate) at_ms: i64,
}

/// A look together with those before it.
pub(crate) struct Joined<'a> {
    pub(crate) scores: ZoneScores<'a>,
    /// How many looks these are.
    pub(crate) looks: u16,
    /// Where this look's cells lie in the scores.
    pub(crate) offset: Offset,
}

/// Stands for the probabilities of a cell that is not known; those of a known one add up to one.
const NO_OPINION: [f32; CLASSES] = [0.0; CLASSES];

/// What was seen of zones lately. Holds what readings are made of, therefore no `Debug`.
#[derive(Default)]
pub(crate) struct ZoneSums {
    piles: Vec<Pile>,
    /// Probabilities of the look's cells and of a pile's, kept for their memory.
    ink: [Vec<[f32; CLASSES]>; 2],
}

impl ZoneSums {
    /// Adds a look to those it resembles. The sum with it in, if there were others; `None` for a first look and for a
    /// second one at the same frame.
    pub(crate) fn join(&mut self, look: &Look<'_>) -> Option<Joined<'_>> {
        let [mine, theirs] = &mut self.ink;
        fill(mine, (0..look.scores.lines()).flat_map(|line| look.scores.line(line)));
        let mut best: Option<(usize, Offset, f32)> = None;
        for (nth, pile) in self.piles.iter().enumerate().filter(|(_, p)| p.is_here(&look.outline, look.at_ms))
        {
            fill(theirs, pile.scores.iter());
            if let Some((offset, like)) = register(look, mine, pile, theirs)
                && best.is_none_or(|(.., most)| like > most)
            {
                best = Some((nth, offset, like));
            }
        }
        let Some((nth, offset, _)) = best else {
            self.begin(look);
            return None;
        };
        let pile = &mut self.piles[nth];
        if pile.at_ms == look.at_ms {
            return None;
        }
        let offset = pile.add(look, offset);
        let weight = pile.cells.iter().map(Sum::looks).fold(1.0, f32::max);
        let scores = ZoneScores::new(&pile.scores, pile.lines)?.weighing(weight);
        Some(Joined { scores, looks: pile.looks, offset })
    }

    /// A pile of its own, in the place of one that is over or else of the one not seen for longest.
    fn begin(&mut self, look: &Look<'_>) {
        if self.piles.len() < PILES {
            self.piles.push(Pile::of(look));
        } else if let Some(oldest) = self.piles.iter_mut().min_by_key(|pile| pile.at_ms) {
            oldest.begin(look);
        }
    }
}

/// Probabilities of cells; [`NO_OPINION`] where a cell is not known.
fn fill<'a>(ink: &mut Vec<[f32; CLASSES]>, cells: impl Iterator<Item = &'a CellScore>) {
    ink.clear();
    ink.extend(cells.map(|cell| if cell.known { cell.probabilities() } else { NO_OPINION }));
}

/// Where a look lies on a pile if it shows the same print, and how much likelier that is than another print.
fn register(
    look: &Look<'_>,
    mine: &[[f32; CLASSES]],
    pile: &Pile,
    theirs: &[[f32; CLASSES]],
) -> Option<(Offset, f32)> {
    let (lines, length) = (look.scores.lines() as isize, look.scores.length() as isize);
    // A fit that lacks a line lacks the first or the last; one that is shorter may lack either end.
    let spare = (pile.lines as isize - lines, pile.length as isize - length);
    let mut best: Option<(Offset, f32)> = None;
    for line in spare.0.min(0)..=spare.0.max(0) {
        for column in spare.1.min(0) - MAX_SHIFT..=spare.1.max(0) + MAX_SHIFT {
            let offset = Offset { line, column };
            let like = likeness(look, mine, pile, theirs, offset);
            if like >= LIKE && best.is_none_or(|(_, most)| like > most) {
                best = Some((offset, like));
            }
        }
    }
    best
}

/// How much likelier a look and a pile show one print than two; the least there is if they contradict each other.
fn likeness(
    look: &Look<'_>,
    mine: &[[f32; CLASSES]],
    pile: &Pile,
    theirs: &[[f32; CLASSES]],
    offset: Offset,
) -> f32 {
    let length = look.scores.length();
    let (mut like, mut compared, mut contradictions) = (0.0, 0, 0);
    for (nth, a) in mine.iter().enumerate() {
        let there = offset.of(nth / length, nth % length).and_then(|place| pile.at(place));
        let Some(b) = there.and_then(|at| theirs.get(at)) else { continue };
        if *a == NO_OPINION || *b == NO_OPINION {
            continue;
        }
        let both: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
        let common = a[FILLER] * b[FILLER] + a[NONE] * b[NONE];
        // The same filler or nothing is no news; the same one of 36 others is.
        like += ((both - common) * (CLASSES - 2) as f32 + common + LEAST).ln();
        if let (Some(a), Some(b)) = (sure_of(a), sure_of(b))
            && (a < FILLER || b < FILLER)
        {
            compared += 1;
            contradictions += usize::from(a != b);
        }
    }
    if contradictions * PER_CONTRADICTION > compared { f32::MIN } else { like }
}

fn sure_of(ink: &[f32; CLASSES]) -> Option<usize> {
    ink.iter().position(|p| *p >= SURE)
}

#[cfg(test)]
mod tests;
