//! What the neighbours say about a name's character: a run of fillers goes on to the end of the line, a single or
//! double one ends a word, and vowels stand between consonants.
//!
//! A chain of five states (`markov.rs`). Names may be cut off at the end of the line, words may be of
//! one letter or of consonants alone, and clear ink overrules all of this.

use super::alphabet::CLASSES;
use super::letters::{FILLER, STRANGER};
use super::markov;

/// The longest field of names.
const MAX_NAME: usize = 39;

/// Vowel, consonant, first filler, second filler, filler of the run to the end.
type States = [f32; 5];

/// However sure the neighbours are, ink that is as many times likelier wins: four steps of the natural logarithm.
const OVERRULED: f32 = 50.0;

/// From each state to each, from what names look like: words of five to seven letters, two to four words. What has
/// ended begins again only by a misprint.
const STEPS: [States; 5] = [
    [0.15, 0.70, 0.15, 0.0, 0.0],
    [0.58, 0.27, 0.15, 0.0, 0.0],
    [0.17, 0.38, 0.0, 0.45, 0.0],
    [0.15, 0.35, 0.0, 0.0, 0.50],
    [0.005, 0.015, 0.0, 0.0, 0.98],
];

/// A name begins with a letter.
const FIRST: States = [0.29, 0.69, 0.02, 0.0, 0.0];

/// How often each letter stands in a thousand of names' letters, about, over many languages; the rarer ones more often
/// than they do, since nobody's name is to be read as a commoner one.
const LETTERS: [f32; 26] = [
    90.0, 24.0, 30.0, 32.0, 72.0, 17.0, 25.0, 36.0, 66.0, 19.0, 28.0, 50.0, 38.0, 66.0, 55.0, 20.0, 9.0,
    56.0, 48.0, 40.0, 38.0, 19.0, 17.0, 10.0, 24.0, 18.0,
];

/// Which letters are vowels: A, E, I, O, U, Y.
const VOWELS: u32 = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20 | 1 << 24;

const fn is_vowel(nth: usize) -> bool {
    VOWELS >> nth & 1 == 1
}

/// Each letter's share of its kind.
const USUAL: [f32; 26] = {
    let mut sums = [0.0; 2];
    let mut nth = 0;
    while nth < 26 {
        sums[is_vowel(nth) as usize] += LETTERS[nth];
        nth += 1;
    }
    let mut usual = [0.0; 26];
    nth = 0;
    while nth < 26 {
        usual[nth] = LETTERS[nth] / sums[is_vowel(nth) as usize];
        nth += 1;
    }
    usual
};

/// Turns the probabilities of a name's cells into how usual each class is there, given its neighbours: the shares are
/// written over `shares`, which is as long.
pub(crate) fn shares(cells: &[[f32; CLASSES]], shares: &mut [[f32; CLASSES]]) {
    let mut ink = [[0.0_f32; 5]; MAX_NAME];
    for (ink, cell) in ink.iter_mut().zip(cells) {
        let digits: f32 = cell[..10].iter().sum();
        let strangers = (digits + cell[CLASSES - 1]) * STRANGER;
        let filler = cell[FILLER] + strangers;
        let mut letters = [strangers / 26.0; 2];
        for (nth, (p, usual)) in cell[10..FILLER].iter().zip(USUAL).enumerate() {
            letters[usize::from(is_vowel(nth))] += p * usual;
        }
        *ink = [letters[1], letters[0], filler, filler, filler];
    }
    let ink = &ink[..cells.len().min(MAX_NAME)];
    for (prior, shares) in markov::priors(ink, &STEPS, FIRST).iter().zip(shares).take(ink.len()) {
        let mut usual = [0.0; 27];
        for (nth, (share, usual)) in usual.iter_mut().zip(USUAL).enumerate() {
            *share = prior[usize::from(!is_vowel(nth))] * usual;
        }
        usual[26] = prior[2..].iter().sum();
        let most = usual.iter().copied().fold(0.0, f32::max);
        shares.fill(STRANGER * most);
        for (share, usual) in shares[10..=FILLER].iter_mut().zip(usual) {
            *share = usual.max(most / OVERRULED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::synth::doubtful;
    use super::*;

    fn read(name: &str, nth: usize, between: [u8; 2]) -> u8 {
        doubtful(shares, name, nth, between.map(|letter| (letter, 0.5)))
    }

    #[test]
    fn a_vowel_stands_between_consonants() {
        assert_eq!(read("ERIKSSON<<ANNA<MARIA<<<<<<<<<<", 0, *b"EF"), b'E');
        assert_eq!(read("ERIKSSON<<ANNA<MARIA<<<<<<<<<<", 6, *b"OC"), b'O');
    }

    #[test]
    fn fillers_go_on_to_the_end() {
        assert_eq!(read("ERIKSSON<<ANNA<MARIA<<<<<<<<<<", 25, *b"K<"), b'<');
    }

    #[test]
    fn kinds_of_letters_add_up_to_one() {
        let sum =
            |vowels: bool| (0..26).filter(|nth| is_vowel(*nth) == vowels).map(|nth| USUAL[nth]).sum::<f32>();
        assert!((sum(true) - 1.0).abs() < 1e-5 && (sum(false) - 1.0).abs() < 1e-5);
        assert!(STEPS.iter().chain([&FIRST]).all(|steps| (steps.iter().sum::<f32>() - 1.0).abs() < 1e-5));
    }
}
