//! A misread that the digits prove: of one changed character that makes every digit fit, the likeliest.

use super::alphabet::{ALPHABET, CLASSES, NONE, class_of};
use super::checks::{Checks, Covers, residue, sums};
use super::layout::{Text, place};
use super::proof::{LIKELY, certainty, odds_of_read};
use super::reading::{CheckedField, MrzFormat};

/// Share that a repair must have of everything that would make its digits fit; the others together are at least nine
/// times less likely.
const UNAMBIGUOUS: f32 = 0.9;

/// The text with the one change that makes all digits fit; `None` if none does or others are nearly as likely.
pub(crate) fn cheapest(format: MrzFormat, text: &Text, odds: &[[f32; CLASSES]]) -> Option<Text> {
    let covers = Covers::of(format, text);
    let all: usize = covers.all().iter().map(|cover| sums(cover, text).1).sum();
    let mut failing = covers.all().iter().filter(|cover| sums(cover, text).0 != 0);
    let failed = failing.next();
    if failing.next().is_some() {
        return None;
    }
    // Where each field's own digit fits, what is wrong stands under the digit over all alone.
    let over_all = || covers.all().iter().find(|cover| cover.field == CheckedField::Composite);
    let cover = failed.or_else(over_all)?;
    let (own, part) = sums(cover, text);
    let mut best: Option<(f32, Text)> = None;
    for cell in cover.cells() {
        let letters = place(format, cell.line, cell.column).letters();
        let read = class_of(text[cell.line][cell.column])?;
        let price = odds_of_read(format, text, odds, (cell.line, cell.column));
        let here = odds.get(cell.line * format.length() + cell.column)?;
        // Clear ink is what the paper says, fitting or not: a digit printed wrong must be seen to be wrong.
        let others =
            (0..NONE).filter(|class| letters.holds(*class) && *class != read && here[*class] >= LIKELY);
        for class in others {
            let shift = 10 + residue(class) - residue(read);
            let fits = |sum: usize, weight: usize| (sum + weight * shift).is_multiple_of(10);
            if !fits(own, cell.own) || !fits(all, cell.all) {
                continue;
            }
            let likely = here[class] / price.max(f32::MIN_POSITIVE);
            if best.as_ref().is_none_or(|(most, _)| likely > *most) {
                let mut changed = *text;
                changed[cell.line][cell.column] = ALPHABET[class];
                best = Some((likely, changed));
            }
        }
    }
    let (_, repaired) = best?;
    // The change may have moved what the digits cover; and whether they fit is not for these sums to say.
    if !Checks::of(format, &repaired).all_ok() {
        return None;
    }
    let sure = certainty(format, &repaired, odds, cover, (all + 100 - part) % 10);
    (sure >= UNAMBIGUOUS).then_some(repaired)
}
