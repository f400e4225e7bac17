//! What the neighbours say about a name's character: a run of fillers goes on to the end of the line, a single or
//! double one ends a word.
//!
//! A chain of four states, summed forwards and backwards. Names may be cut off at the end of the line, words may be of
//! one letter, and clear ink overrules all of this.

use super::alphabet::CLASSES;
use super::letters::{FILLER, STRANGER};

/// The longest field of names.
const MAX_NAME: usize = 39;

/// Letter, first filler, second filler, filler of the run to the end.
type States = [f32; 4];

/// However sure the neighbours are, ink that is as many times likelier wins: four steps of the natural logarithm.
const OVERRULED: f32 = 50.0;

/// From each state to each, from what names look like: words of five to seven letters, two to four words. What has
/// ended begins again only by a misprint.
const STEPS: [States; 4] =
    [[0.85, 0.15, 0.0, 0.0], [0.55, 0.0, 0.45, 0.0], [0.50, 0.0, 0.0, 0.50], [0.02, 0.0, 0.0, 0.98]];

/// A name begins with a letter.
const FIRST: States = [0.98, 0.02, 0.0, 0.0];

/// Turns the probabilities of a name's cells into how usual each class is there, given its neighbours: the shares are
/// written over `shares`, which is as long.
pub(crate) fn shares(cells: &[[f32; CLASSES]], shares: &mut [[f32; CLASSES]]) {
    let mut ink = [[0.0_f32; 4]; MAX_NAME];
    for (ink, cell) in ink.iter_mut().zip(cells) {
        let digits: f32 = cell[..10].iter().sum();
        let letters: f32 = cell[10..FILLER].iter().sum();
        let strangers = (digits + cell[CLASSES - 1]) * STRANGER;
        let filler = cell[FILLER] + strangers;
        *ink = [(letters + strangers) / 26.0, filler, filler, filler];
    }
    let ink = &ink[..cells.len().min(MAX_NAME)];
    let mut behind = [[1.0_f32; 4]; MAX_NAME];
    for nth in (1..ink.len()).rev() {
        let mut sum = [0.0; 4];
        for (sum, steps) in sum.iter_mut().zip(&STEPS) {
            *sum = (0..4).map(|to| steps[to] * ink[nth][to] * behind[nth][to]).sum();
        }
        behind[nth - 1] = scaled(sum);
    }
    let mut before = FIRST;
    for ((ink, behind), shares) in ink.iter().zip(&behind).zip(shares) {
        let prior = scaled(std::array::from_fn(|s| before[s] * behind[s]));
        let filler: f32 = prior[1..].iter().sum();
        let letter = (prior[0] / 26.0).max(filler / OVERRULED);
        let filler = filler.max(letter / OVERRULED);
        for (class, share) in shares.iter_mut().enumerate() {
            *share = match class {
                10..FILLER => letter,
                FILLER => filler,
                _ => STRANGER * letter.max(filler),
            };
        }
        let here: States = std::array::from_fn(|s| before[s] * ink[s]);
        before = scaled(std::array::from_fn(|to| (0..4).map(|from| here[from] * STEPS[from][to]).sum()));
    }
}

/// Adding up to one, so that a line's product stays in range.
fn scaled(states: States) -> States {
    let sum = states.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    states.map(|state| state / sum)
}
