//! What each character's proof is, and whether a reading may be believed as a whole.

use super::alphabet::{ALPHABET, CLASSES, NONE, class_of};
use super::checks::{Checks, Cover, Covers, residue, sums};
use super::decode::Placement;
use super::layout::{self, Text, place};
use super::proof::{LIKELY, certainty, odds_of_read};
use super::reading::{CharProof, MrzFormat};
use super::zone::ZoneScores;

/// Pairs that are alike in print and that no digit tells apart, because their values end in the same figure.
const LOOK_ALIKES: [[u8; 2]; 10] =
    [*b"FP", *b"6G", *b"K<", *b"HR", *b"MW", *b"NX", *b"1L", *b"0U", *b"AK", *b"8S"];

/// Least probability of a character that a digit proves.
const PROVEN_P: f32 = 0.5;

/// The same where the digit cannot help: under none, or with a look-alike that it does not tell apart.
const UNPROVEN_P: f32 = 0.9;

/// What is left of a character that lost a stroke, and the character. Wear breaks ink off and adds none: the left ones
/// are read with confidence where the right ones stood, and seldom the other way round.
const REMNANTS: [[u8; 2]; 9] = [*b"PR", *b"PB", *b"FE", *b"LE", *b"CO", *b"CG", *b"OQ", *b"IT", *b"NM"];

/// Odds of the whole character from which a remnant of it is not believed where no digit sees it: of 160 drawn frames
/// with all digits right the one that was read wrong took a worn R, at 0.06, for a P (November 2026). Of several looks
/// their mean: what is worn is worn in all of them.
const WHOLE_CHARACTER: f32 = 0.03;

/// Characters that are read only because the digits leave nothing else, repaired ones included.
const MAX_LEANING: usize = 1;

/// A cell whose likeliest character is less likely than this shows none: it was under a thumb or a spot of light, and a
/// digit that says what should stand there repairs no misreading but guesses. Of 1,666 drawn documents with a thumb on
/// their zone the digits fitted in 15, 2 of them wrong; in 13, both wrong ones too, a cell showed less (November 2026).
const SEEN_P: f32 = 0.5;

/// Least probability that all characters are right. The network learned from far harder cells than most frames hold, so
/// on whole zones it is less sure than it could be: of 288 frames in 18 conditions all 202 readings from 0.45 on were
/// right, and every wrong one whose digits fit lay below (November 2026).
const WHOLE_P: f32 = 0.6;

/// How much likelier, as a natural logarithm, the layout and its place must be than the next.
pub(crate) const LEAD: f32 = 3.0;

/// Least probability of "none" beside a zone.
const BOUND_P: f32 = 0.5;

/// Whether the lines end where the layout says: at each end no known cell shows a character, and at least one is known.
pub(crate) fn bounded(scores: &ZoneScores<'_>, placement: Placement) -> bool {
    let Placement { format, line, start } = placement;
    let Some(before) = start.checked_sub(1) else { return false };
    [before, start + format.length()].into_iter().all(|column| {
        let mut known = (line..line + format.lines())
            .map(|line| scores.cell(line, column))
            .filter(|cell| cell.known)
            .peekable();
        known.peek().is_some() && known.all(|cell| cell.probability(NONE) >= BOUND_P)
    })
}

/// The proofs of a reading's characters, and what they come to together.
pub(crate) struct Proofs {
    chars: [Proof; 90],
    format: MrzFormat,
    whole: f32,
    leaning: usize,
}

#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "facts that hold or do not, each by itself")]
struct Proof {
    p: f32,
    runner_up: u8,
    /// A fitting digit covers it.
    covered: bool,
    proven: bool,
    /// Whether its cell shows a character, be it this one or the one it was misread as.
    seen: bool,
    /// Whether it may well be what is left of another.
    remnant: bool,
    /// What the cell alone says, where another cell of the same print may be misread in the same way and both changes
    /// together leave the digits fitting.
    twin: Option<f32>,
}

impl Proofs {
    pub(crate) fn of(
        format: MrzFormat,
        text: &Text,
        odds: &[[f32; CLASSES]],
        weight: f32,
        checks: &Checks,
        covers: &Covers,
    ) -> Self {
        let nothing = Proof {
            p: 0.0,
            runner_up: b'<',
            covered: false,
            proven: false,
            seen: false,
            remnant: false,
            twin: None,
        };
        let mut proofs = Self { chars: [nothing; 90], format, whole: 1.0, leaning: 0 };
        let length = format.length();
        for (nth, odds_here) in odds.iter().enumerate() {
            let at = (nth / length, nth % length);
            let runner_up = others(format, text, at).max_by(|a, b| odds_here[*a].total_cmp(&odds_here[*b]));
            proofs.chars[nth].p = odds_of_read(format, text, odds, at);
            proofs.chars[nth].runner_up = runner_up.map_or(text[at.0][at.1], |class| ALPHABET[class]);
            proofs.chars[nth].seen = odds_here[..NONE].iter().any(|p| *p >= SEEN_P);
            proofs.chars[nth].remnant = REMNANTS.iter().any(|[left, whole]| {
                *left == text[at.0][at.1]
                    && class_of(*whole)
                        .is_some_and(|class| odds_here[class].powf(1.0 / weight) >= WHOLE_CHARACTER)
            });
        }
        let all: usize = covers.all().iter().map(|cover| sums(cover, text).1).sum();
        for cover in covers.all().iter().filter(|cover| checks.ok(cover.field)) {
            let sure = if checks.all_ok() {
                certainty(format, text, odds, cover, (all + 100 - sums(cover, text).1) % 10)
            } else {
                // Something is wrong, and it may be here.
                0.0
            };
            proofs.whole *= sure;
            for cell in cover.cells() {
                let nth = cell.line * length + cell.column;
                let value = class_of(text[cell.line][cell.column]).map_or(0, residue);
                // Every weight is prime to ten, so that a digit misses the same characters wherever they stand.
                let missed = others(format, text, (cell.line, cell.column))
                    .any(|other| residue(other) == value && odds[nth][other] >= LIKELY);
                let proof = &mut proofs.chars[nth];
                proofs.leaning += usize::from(proof.p < PROVEN_P);
                // A cell is at least as sure as all of them together.
                proof.p = proof.p.max(sure);
                proof.covered = true;
                proof.proven = proof.p >= PROVEN_P && !missed;
            }
        }
        for cover in covers.all() {
            proofs.pair(format, text, odds, cover);
        }
        let bare = proofs.chars[..odds.len()].iter().filter(|proof| !proof.covered);
        proofs.whole *= bare.map(|proof| proof.p).product::<f32>();
        proofs
    }

    /// Marks twins. What makes a document's zero look like an O does so wherever one stands, so that two such cells are
    /// no two witnesses; and under weights of seven and three the digit does not see both changed at once.
    fn pair(&mut self, format: MrzFormat, text: &Text, odds: &[[f32; CLASSES]], cover: &Cover) {
        let length = format.length();
        for (nth, a) in cover.cells().iter().enumerate() {
            let read = text[a.line][a.column];
            for b in cover.cells()[nth + 1..].iter().filter(|b| text[b.line][b.column] == read) {
                let (i, j) = (a.line * length + a.column, b.line * length + b.column);
                let missed = |other: usize| {
                    let shift = 10 + residue(other) - class_of(read).map_or(0, residue);
                    ((a.own + b.own) * shift).is_multiple_of(10)
                        && ((a.all + b.all) * shift).is_multiple_of(10)
                        && odds[i][other].max(odds[j][other]) >= LIKELY
                };
                if others(format, text, (a.line, a.column)).any(missed) {
                    for nth in [i, j] {
                        let at = (nth / length, nth % length);
                        self.chars[nth].twin = Some(odds_of_read(format, text, odds, at));
                        self.chars[nth].proven = false;
                    }
                }
            }
        }
    }

    /// Of one character, counted line by line.
    pub(crate) fn proof(&self, nth: usize) -> CharProof {
        let Proof { p, runner_up, proven, .. } = self.chars[nth];
        CharProof { p: (p * 255.0) as u8, runner_up, proven }
    }

    /// Probability that every character is right.
    pub(crate) fn whole(&self) -> f32 {
        self.whole
    }

    /// Whether the text may be believed, as far as its characters and digits go.
    pub(crate) fn hold(&self, text: &Text, checks: &Checks) -> bool {
        let length = self.format.length();
        let sure = (0..self.format.lines() * length).all(|nth| {
            let (at, proof) = ((nth / length, nth % length), self.chars[nth]);
            let blind = has_look_alike(self.format, text, at);
            let alone = proof.twin.is_none_or(|p| p >= UNPROVEN_P);
            let whole = proof.covered || !proof.remnant;
            proof.seen
                && whole
                && alone
                && proof.p >= if proof.covered && !blind { PROVEN_P } else { UNPROVEN_P }
        });
        let dates = layout::dates(self.format)
            .into_iter()
            .all(|(line, column, width)| is_date(&text[line][column..column + width]));
        checks.all_ok() && sure && dates && self.leaning <= MAX_LEANING && self.whole >= WHOLE_P
    }
}

/// Everything else that could stand in a place.
fn others(format: MrzFormat, text: &Text, (line, column): (usize, usize)) -> impl Iterator<Item = usize> {
    let letters = place(format, line, column).letters();
    let read = class_of(text[line][column]);
    (0..NONE).filter(move |class| letters.holds(*class) && Some(*class) != read)
}

fn has_look_alike(format: MrzFormat, text: &Text, (line, column): (usize, usize)) -> bool {
    let read = text[line][column];
    let letters = place(format, line, column).letters();
    let holds = |other: u8| class_of(other).is_some_and(|class| letters.holds(class));
    LOOK_ALIKES.iter().any(|[a, b]| (*a == read && holds(*b)) || (*b == read && holds(*a)))
}

/// Whether month and day are ones; parts of a birth date may be unknown, each as a whole.
fn is_date(date: &[u8]) -> bool {
    let within = |from: usize, most: u8| match date.get(from..from + 2) {
        Some(b"<<") => true,
        Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => {
            (1..=most).contains(&((tens - b'0') * 10 + (ones - b'0')))
        }
        _ => false,
    };
    let year = date.get(..2).is_some_and(|year| year == b"<<" || year.iter().all(u8::is_ascii_digit));
    year && within(2, 12) && within(4, 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_pairs_that_no_digit_tells_apart() {
        for [a, b] in LOOK_ALIKES {
            assert!(mrz::blindspot(char::from(a), char::from(b)).is_blind());
        }
    }

    #[test]
    fn dates_have_months_and_days_or_say_they_are_unknown() {
        for date in [b"740812", b"74<<<<", b"<<<<<<", b"000229", b"991231"] {
            assert!(is_date(date));
        }
        for date in [b"741312", b"740012", b"740832", b"740800", b"7<0812", b"74081<"] {
            assert!(!is_date(date));
        }
    }
}
