//! What a document's number says about its own characters: most are digits behind one or two letters, some mix both.

use super::alphabet::CLASSES;
use super::letters::{FILLER, Letters};

/// Share of documents whose number has letters at its head only.
const PLAIN: f32 = 0.7;

/// However sure the others are, ink that is as many times likelier wins.
const OVERRULED: f32 = 50.0;

/// How usual each kind is in such a number: at the first place, the second, any other.
static PLAIN_PLACES: [Letters; 3] =
    [Letters::kinds(0.5, 0.5, 0.0), Letters::kinds(0.8, 0.2, 0.0), Letters::kinds(0.98, 0.0, 0.02)];

/// The same in a mixed one.
static MIXED_PLACES: [Letters; 3] =
    [Letters::kinds(0.5, 0.5, 0.0), Letters::kinds(0.5, 0.5, 0.0), Letters::kinds(0.49, 0.49, 0.02)];

/// Least probability of a cell under either kind: one that is surely wrong must not decide.
const FLOOR: f32 = 1e-3;

/// Turns the probabilities of a number's cells into how usual each class is there, given the others.
pub(crate) fn shares(cells: &[[f32; CLASSES]], shares: &mut [[f32; CLASSES]]) {
    let at = |places: &'static [Letters; 3], nth: usize| &places[nth.min(2)].share;
    let fits = |places, nth: usize, cell: &[f32; CLASSES]| {
        cell[..=FILLER].iter().zip(at(places, nth)).map(|(p, share)| p * share).sum::<f32>() + FLOOR
    };
    let lead = |(nth, cell)| (fits(&PLAIN_PLACES, nth, cell) / fits(&MIXED_PLACES, nth, cell)).ln();
    let leads: f32 = cells.iter().enumerate().map(lead).sum();
    for (nth, (cell, shares)) in cells.iter().zip(shares).enumerate() {
        // What the other cells say; this one speaks for itself.
        let odds = (leads - lead((nth, cell))).exp() * PLAIN / (1.0 - PLAIN);
        let plain = odds / (1.0 + odds);
        let mut most = 0.0_f32;
        for (class, share) in shares.iter_mut().enumerate() {
            *share = plain * at(&PLAIN_PLACES, nth)[class] + (1.0 - plain) * at(&MIXED_PLACES, nth)[class];
            most = most.max(*share);
        }
        for share in &mut shares[10..=FILLER] {
            *share = share.max(most / OVERRULED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::synth::doubtful;
    use super::*;

    /// The number read, from clear ink but for one cell that may be `0` or O and is rather the letter.
    fn read(number: &str, nth: usize) -> char {
        char::from(doubtful(shares, number, nth, [(b'0', 0.2), (b'O', 0.8)]))
    }

    #[test]
    fn among_digits_a_doubtful_character_is_a_digit() {
        assert_eq!(read("X68306510", 4), '0');
        assert_eq!(read("74380507<", 4), '0');
    }

    #[test]
    fn among_letters_it_is_what_the_ink_says() {
        assert_eq!(read("Q7OVB4RAX", 2), 'O');
    }
}
