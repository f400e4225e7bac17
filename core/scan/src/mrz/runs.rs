//! What the neighbours say about optional data: characters first, fillers from somewhere on to the end.
//!
//! A chain of three states (`markov.rs`); clear ink overrules it.

use super::alphabet::CLASSES;
use super::letters::{FILLER, STRANGER};
use super::markov;

/// The longest optional data.
const MOST: usize = 16;

/// A character, a filler between two, a filler of the run to the end.
type States = [f32; 3];

const STEPS: [States; 3] = [[0.88, 0.02, 0.10], [1.0, 0.0, 0.0], [0.005, 0.0, 0.995]];

/// Most documents leave it empty.
const FIRST: States = [0.4, 0.0, 0.6];

/// However sure the neighbours are, ink that is as many times likelier wins: four steps of the natural logarithm.
const OVERRULED: f32 = 50.0;

/// How usual each digit and each capital is among the characters.
const DIGIT: f32 = 0.06;
const CAPITAL: f32 = 0.4 / 26.0;

/// Turns the probabilities of the cells into how usual each class is there, given the others.
pub(crate) fn shares(cells: &[[f32; CLASSES]], shares: &mut [[f32; CLASSES]]) {
    let mut ink = [[0.0_f32; 3]; MOST];
    for (ink, cell) in ink.iter_mut().zip(cells) {
        let digits: f32 = cell[..10].iter().sum();
        let capitals: f32 = cell[10..FILLER].iter().sum();
        let strangers = cell[CLASSES - 1] * STRANGER;
        let filler = cell[FILLER] + strangers;
        *ink = [digits * DIGIT + capitals * CAPITAL + strangers / 36.0, filler, filler];
    }
    let ink = &ink[..cells.len().min(MOST)];
    for (prior, shares) in markov::priors(ink, &STEPS, FIRST).iter().zip(shares).take(ink.len()) {
        let [digit, capital, filler] = [prior[0] * DIGIT, prior[0] * CAPITAL, prior[1] + prior[2]];
        let least = digit.max(filler) / OVERRULED;
        shares[..10].fill(digit.max(least));
        shares[10..FILLER].fill(capital.max(least));
        shares[FILLER] = filler.max(least);
        shares[CLASSES - 1] = STRANGER * digit.max(filler);
    }
}

#[cfg(test)]
mod tests {
    use super::super::synth::doubtful;
    use super::*;

    fn read(data: &str, nth: usize, between: [u8; 2]) -> u8 {
        doubtful(shares, data, nth, between.map(|letter| (letter, 0.5)))
    }

    #[test]
    fn characters_go_on_and_so_do_fillers() {
        assert_eq!(read("8R453HQ<<<<<<<", 4, *b"3<"), b'3');
        assert_eq!(read("8R45HQ<<<<<<<<", 9, *b"K<"), b'<');
        assert_eq!(read("<<<<<<<<<<<<<<", 0, *b"2<"), b'<');
    }
}
