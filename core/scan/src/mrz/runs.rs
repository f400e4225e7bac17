//! What the neighbours say about optional data: characters first, fillers from somewhere on to the end.
//!
//! A chain of three states, summed forwards and backwards; clear ink overrules it.

use super::alphabet::CLASSES;
use super::letters::{FILLER, STRANGER};

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
    let mut behind = [[1.0_f32; 3]; MOST];
    for nth in (1..ink.len()).rev() {
        let from = |steps: &States| (0..3).map(|to| steps[to] * ink[nth][to] * behind[nth][to]).sum();
        behind[nth - 1] = scaled(STEPS.each_ref().map(from));
    }
    let mut before = FIRST;
    for ((ink, behind), shares) in ink.iter().zip(&behind).zip(shares) {
        let prior = scaled(std::array::from_fn(|s| before[s] * behind[s]));
        let [digit, capital, filler] = [prior[0] * DIGIT, prior[0] * CAPITAL, prior[1] + prior[2]];
        let least = digit.max(filler) / OVERRULED;
        shares[..10].fill(digit.max(least));
        shares[10..FILLER].fill(capital.max(least));
        shares[FILLER] = filler.max(least);
        shares[CLASSES - 1] = STRANGER * digit.max(filler);
        let here: States = std::array::from_fn(|s| before[s] * ink[s]);
        before = scaled(std::array::from_fn(|to| (0..3).map(|from| here[from] * STEPS[from][to]).sum()));
    }
}

/// Adding up to one.
fn scaled(states: States) -> States {
    let sum = states.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    states.map(|state| state / sum)
}

#[cfg(test)]
mod tests {
    use super::super::alphabet::{ALPHABET, class_of};
    use super::*;

    /// What is read where two characters are as likely in one cell and all others are clear.
    fn read(data: &str, doubtful: usize, between: [u8; 2]) -> u8 {
        let class = |letter: u8| class_of(letter).unwrap_or(FILLER);
        let cell = |(nth, letter): (usize, u8)| {
            let mut cell = [1e-6; CLASSES];
            if nth == doubtful {
                for letter in between {
                    cell[class(letter)] = 0.5;
                }
            } else {
                cell[class(letter)] = 1.0;
            }
            cell
        };
        let cells: Vec<_> = data.bytes().enumerate().map(cell).collect();
        let mut usual = vec![[0.0; CLASSES]; cells.len()];
        shares(&cells, &mut usual);
        let weigh = |class: &usize| cells[doubtful][*class] * usual[doubtful][*class];
        let best = (0..CLASSES - 1).max_by(|a, b| weigh(a).total_cmp(&weigh(b)));
        ALPHABET[best.unwrap_or(FILLER)]
    }

    #[test]
    fn characters_go_on_and_so_do_fillers() {
        assert_eq!(read("8R453HQ<<<<<<<", 4, *b"3<"), b'3');
        assert_eq!(read("8R45HQ<<<<<<<<", 9, *b"K<"), b'<');
        assert_eq!(read("<<<<<<<<<<<<<<", 0, *b"2<"), b'<');
    }
}
