//! How sure the cells under one digit are, once the digit is known to fit.

use super::alphabet::{CLASSES, NONE, class_of};
use super::checks::{Cover, residue};
use super::layout::{Text, place};
use super::reading::MrzFormat;

/// Other characters less likely than this are not thought of: neither against a digit's proof, nor as what a misread
/// should have been.
pub(crate) const LIKELY: f32 = 0.02;

/// Residues as rare as this change nothing that is told to a percent.
const RARE: f32 = 1e-6;

/// The odds of the character that was read.
pub(crate) fn odds_of_read(
    format: MrzFormat,
    text: &Text,
    odds: &[[f32; CLASSES]],
    at: (usize, usize),
) -> f32 {
    let cell = odds.get(at.0 * format.length() + at.1);
    let class = class_of(text[at.0][at.1]).unwrap_or(NONE);
    cell.map_or(0.0, |odds| odds[class])
}

/// The probability that a cover's cells are right as read, among all that could stand there and make its own digit and
/// the one over all others fit, where the other covers add `rest` to the latter.
///
/// The digits as read have to fit. Every sum that the cells could have is followed, cell by cell, with its probability.
pub(crate) fn certainty(
    format: MrzFormat,
    text: &Text,
    odds: &[[f32; CLASSES]],
    cover: &Cover,
    rest: usize,
) -> f32 {
    let mut sums = [[0.0_f32; 10]; 10];
    sums[0][rest % 10] = 1.0;
    let mut as_read = 1.0;
    for cell in cover.cells() {
        let letters = place(format, cell.line, cell.column).letters();
        let Some(odds_here) = odds.get(cell.line * format.length() + cell.column) else { return 0.0 };
        let mut shares = [0.0; 10];
        for class in (0..NONE).filter(|class| letters.holds(*class)) {
            shares[residue(class)] += odds_here[class];
        }
        let mut next = [[0.0; 10]; 10];
        for (value, share) in shares.iter().enumerate().filter(|(_, share)| **share > RARE) {
            for (own, row) in sums.iter().enumerate() {
                let own = (own + value * cell.own) % 10;
                for (all, p) in row.iter().enumerate().filter(|(_, p)| **p > RARE) {
                    next[own][(all + value * cell.all) % 10] += p * share;
                }
            }
        }
        // Adding up to one again, so that cells nobody is sure of do not fall under what counts as rare.
        let sum = next.iter().flatten().sum::<f32>().max(f32::MIN_POSITIVE);
        for p in next.iter_mut().flatten() {
            *p /= sum;
        }
        as_read *= odds_of_read(format, text, odds, (cell.line, cell.column)) / sum;
        sums = next;
    }
    (as_read / sums[0][0].max(f32::MIN_POSITIVE)).min(1.0)
}
