//! Reed-Solomon correction of one block, with errors whose places are unknown and erasures whose places are known.
//!
//! A block of `n` codewords with `s` of error correction can be put right if twice its unknown errors and its erasures
//! are no more than `s`. Soft values say which codewords are least sure; erasing the right ones lets a block carry up
//! to twice as much damage. Which are right is found by trying (generalised minimum distance decoding): none first,
//! then growing numbers of the least sure ones, then the same with some least sure bits turned over.
//!
//! # Never a wrong read
//!
//! Trying much means that chance gets many tries as well. Suppose a block is nothing but noise. Its `s` syndromes then
//! take each of 256^s values equally often. With `e` erased codewords, the damage that a correction with exactly `t`
//! errors can explain is C(n - e, t) · 255^t · 256^e patterns, each with syndromes of its own, so the chance that
//! noise looks like a code with that damage is about 2 to the power of
//!
//! ```text
//! log2 C(n - e, t) + 8 t - 8 (s - e)
//! ```
//!
//! The `k`-th try on a block adds log2 `k`, so that all tries together stay within a few times the chance of one. A
//! correction is accepted only if the result is at most [`CHANCE`]. Corrections without erasures always pass in the
//! sizes of the standard (its own misdecode protection codewords of versions 1 to 3, which are respected here
//! throughout, see to that); erasures must leave at least four codewords of proof, six if an error comes with them.
//! Afterwards the syndromes are computed anew and must be zero.

use super::galois::{
    LANES, Lanes, add_root, add_scaled, advance, div, evaluate, inverse_power, mul, power, product, shift,
};

/// Log2 of the highest accepted chance that a block of noise passes as a code: one in 270 million. A scanner looks at
/// 30 frames a second, so even noise that got as far as this in every frame would pass once in months, and a read that
/// took erasures still needs its confirmation.
const CHANCE: f32 = -28.0;

/// Codewords of error correction that erasures must leave, by the same measure: `-CHANCE / 8`, rounded up.
const PROOF: usize = 4;

/// Codewords of a block at most, by the field's size.
const MOST: usize = 255;

/// Least sure bits that are turned over, in all combinations, once no number of erasures helps. On noise at which half
/// of the small blocks fail, three bits turn about a third of the failures into reads, four nearly half of them, six a
/// little more than half, in 7, 15 and 63 rounds of tries.
const TURNED: usize = 4;

/// By how much the number of erased codewords grows from try to try. An odd codeword of error correction left over is
/// of no use, so the finest is 2, worth 1 to 5 points over 4; behind turned bits it is worth nothing.
const FINE: usize = 2;
const COARSE: usize = 4;

/// What a code's design says about each of its blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Design {
    /// Error correction codewords, at most 31.
    pub(super) spare: usize,
    /// Of these, how many must not be spent on correction, so that a misread is as unlikely in the smallest codes as
    /// in the others (table 9, note on misdecode protection).
    pub(super) guard: usize,
}

/// How unsure a codeword is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Doubt {
    /// Of all its bits together, from 0 on.
    pub(super) sum: f32,
    /// Of its least sure bit.
    pub(super) weakest: f32,
    /// That bit.
    pub(super) bit: u8,
}

/// What was done to a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fix {
    /// Codewords that changed.
    pub(super) changed: u32,
    /// Codewords that were erased or had a bit turned over beforehand, whether or not they changed in the end.
    pub(super) erased: u32,
}

/// Corrects a block in place by what its codewords say alone. `None`, and nothing changed, if that is not possible.
pub(super) fn correct(words: &mut [u8], design: Design) -> Option<Fix> {
    let syndromes = syndromes(words, design.spare);
    if syndromes == [0; LANES] {
        return Some(Fix::default());
    }
    let mut search = Search::new(words.len(), design)?;
    search.attempt(&syndromes, &Erasing::none(&syndromes), &[])?;
    search.apply(words)
}

/// Corrects a block in place, with the help of what is known of its codewords; for blocks which [`correct`] could not.
/// `turning` turns over bits as well, at ten times the work. `None`, and nothing changed, if that is not possible.
pub(super) fn correct_by_doubts(
    words: &mut [u8],
    design: Design,
    doubts: &[Doubt],
    turning: bool,
) -> Option<Fix> {
    let mut search = Search::new(words.len(), design)?;
    // The try without erasures has had its chance.
    search.tries = 1;
    let syndromes = syndromes(words, design.spare);
    let mut order = [0; MOST];
    let order = search.most_doubtful(doubts, &mut order);
    if search.growing(&syndromes, order, FINE).is_none() {
        if !turning {
            return None;
        }
        search.by_turning(&syndromes, order, doubts)?;
    }
    search.apply(words)
}

/// The value of the block, as a polynomial with its last codeword as constant term, at the first `spare` powers of α.
fn syndromes(words: &[u8], spare: usize) -> Lanes {
    let mut lanes = [0; LANES];
    for word in words {
        advance(&mut lanes);
        for lane in &mut lanes {
            *lane ^= word;
        }
    }
    lanes[spare.min(LANES)..].fill(0);
    lanes
}

/// The part of a try that grows with its erasures.
struct Erasing {
    /// Vanishes at the inverse roots of the erased places.
    polynomial: Lanes,
    /// Its product with the syndromes.
    modified: Lanes,
}

impl Erasing {
    fn none(syndromes: &Lanes) -> Self {
        let mut polynomial = [0; LANES];
        polynomial[0] = 1;
        Self { polynomial, modified: *syndromes }
    }

    fn add(&mut self, root: u8) {
        add_root(&mut self.polynomial, root);
        add_root(&mut self.modified, root);
    }
}

/// Tries on one block.
struct Search {
    len: usize,
    design: Design,
    tries: u32,
    /// What the last successful try changes: place in the block, and what is added there.
    changes: [(u8, u8); LANES + TURNED],
    count: usize,
    erased: usize,
}

impl Search {
    fn new(len: usize, design: Design) -> Option<Self> {
        let fits = len <= MOST && design.spare < LANES && design.guard < design.spare && design.spare < len;
        fits.then_some(Self { len, design, tries: 0, changes: [(0, 0); LANES + TURNED], count: 0, erased: 0 })
    }

    /// Makes the changes and checks them.
    fn apply(&self, words: &mut [u8]) -> Option<Fix> {
        let changes = &self.changes[..self.count];
        let change = |words: &mut [u8]| {
            for (place, value) in changes {
                words[usize::from(*place)] ^= value;
            }
        };
        change(words);
        if syndromes(words, self.design.spare) != [0; LANES] {
            change(words);
            return None;
        }
        // A place may stand twice, turned over and then corrected.
        let net = |place: u8| changes.iter().filter(|c| c.0 == place).fold(0, |sum, c| sum ^ c.1);
        let is_first = |i: usize| !changes[..i].iter().any(|c| c.0 == changes[i].0);
        let changed = (0..changes.len()).filter(|i| is_first(*i) && net(changes[*i].0) != 0).count();
        Some(Fix { changed: changed as u32, erased: self.erased as u32 })
    }

    /// All places, the most doubtful first.
    fn most_doubtful<'a>(&self, doubts: &[Doubt], places: &'a mut [u8; MOST]) -> &'a [u8] {
        let places = &mut places[..self.len.min(doubts.len())];
        for (place, slot) in places.iter_mut().enumerate() {
            *slot = place as u8;
        }
        places.sort_unstable_by(|a, b| doubts[usize::from(*b)].sum.total_cmp(&doubts[usize::from(*a)].sum));
        places
    }

    /// Erases growing numbers of places from the front of `order`.
    fn growing(&mut self, syndromes: &Lanes, order: &[u8], step: usize) -> Option<()> {
        let usable = self.design.spare - self.design.guard;
        let most = usable.min(self.design.spare.saturating_sub(PROOF)).min(order.len());
        let mut erasing = Erasing::none(syndromes);
        for erased in 1..=most {
            erasing.add(self.root(order[erased - 1]));
            if (usable - erased).is_multiple_of(step) || erased == most {
                let found = self.attempt(syndromes, &erasing, &order[..erased]);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// Turns over single bits of codewords which are sure otherwise, and erases others: Chase's way of decoding.
    fn by_turning(&mut self, syndromes: &Lanes, order: &[u8], doubts: &[Doubt]) -> Option<()> {
        // A codeword with one doubtful bit is worth turning, one with several is erased.
        let worth = |place: u8| {
            let Doubt { sum, weakest, .. } = doubts[usize::from(place)];
            2.0 * weakest - sum
        };
        let mut rest = [0; MOST];
        let rest = &mut rest[..order.len()];
        rest.copy_from_slice(order);
        rest.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)));
        let mut turned = [(0, 0); TURNED];
        for (slot, place) in turned.iter_mut().zip(rest.iter()) {
            *slot = (*place, doubts[usize::from(*place)].bit);
        }
        let others = rest.len();
        rest.copy_from_slice(order);
        let mut kept = 0;
        for i in 0..others {
            if !turned.iter().any(|(place, _)| *place == rest[i]) {
                rest[kept] = rest[i];
                kept += 1;
            }
        }
        for pattern in 1_u32..1 << TURNED {
            let chosen =
                turned.iter().enumerate().filter(|(i, _)| pattern >> i & 1 == 1).map(|(_, turn)| *turn);
            let mut changed = *syndromes;
            for (place, value) in chosen.clone() {
                self.turn(&mut changed, place, value);
            }
            let plain = self.attempt(&changed, &Erasing::none(&changed), &[]);
            if plain.or_else(|| self.growing(&changed, &rest[..kept], COARSE)).is_some() {
                for turn in chosen {
                    self.changes[self.count] = turn;
                    self.count += 1;
                    self.erased += 1;
                }
                return Some(());
            }
        }
        None
    }

    /// Changes the syndromes as adding `value` at a place of the block does.
    fn turn(&self, syndromes: &mut Lanes, place: u8, value: u8) {
        let root = self.root(place);
        let mut share = value;
        for lane in &mut syndromes[..self.design.spare] {
            *lane ^= share;
            share = mul(share, root);
        }
    }

    /// The power of α that stands for a place in the block.
    fn root(&self, place: u8) -> u8 {
        power(self.len - 1 - usize::from(place))
    }

    /// One try, which notes its changes if it succeeds.
    fn attempt(&mut self, syndromes: &Lanes, erasing: &Erasing, erased: &[u8]) -> Option<()> {
        let Design { spare, guard } = self.design;
        self.tries += 1;
        let (errors, count) = locator(&erasing.modified[erased.len()..spare]);
        if 2 * count + erased.len() + guard > spare || !self.is_proof(count, erased.len()) {
            return None;
        }
        let found = self.find_roots(&errors, count)?;
        let found = &found[..count];
        if found.iter().any(|place| erased.contains(place)) {
            return None;
        }
        let locator = product(&errors, &erasing.polynomial);
        let evaluator = product(syndromes, &locator);
        // The derivative: in this field the even terms vanish.
        let mut slope = [0; LANES];
        for odd in (1..LANES).step_by(2) {
            slope[odd - 1] = locator[odd];
        }
        let all = count + erased.len();
        for (slot, place) in self.changes.iter_mut().zip(erased.iter().chain(found)) {
            let exponent = self.len - 1 - usize::from(*place);
            let inverse = inverse_power(exponent);
            let below = evaluate(&slope[..=all], inverse);
            if below == 0 {
                return None;
            }
            let above = evaluate(&evaluator[..spare], inverse);
            *slot = (*place, mul(power(exponent), div(above, below)));
        }
        (self.count, self.erased) = (all, erased.len());
        Some(())
    }

    /// The rule of the module's head.
    fn is_proof(&self, errors: usize, erased: usize) -> bool {
        let open = self.len - erased;
        if errors > open {
            return false;
        }
        let choices: f32 = (0..errors).map(|i| ((open - i) as f32 / (i + 1) as f32).log2()).sum();
        let spent = 8.0 * errors as f32 - 8.0 * (self.design.spare - erased) as f32;
        choices + spent + (self.tries as f32).log2() <= CHANCE
    }

    /// The places at which an error locator vanishes; `None` unless there are as many as its degree.
    fn find_roots(&self, locator: &Lanes, count: usize) -> Option<[u8; LANES]> {
        let mut places = [0; LANES];
        let mut found = 0;
        let mut terms: Lanes = [0; LANES];
        for (i, (term, factor)) in terms.iter_mut().zip(locator).enumerate() {
            *term = mul(*factor, inverse_power(i * (self.len - 1)));
        }
        for place in 0..self.len {
            if terms.iter().fold(0, |sum, term| sum ^ term) == 0 {
                *places[..count].get_mut(found)? = place as u8;
                found += 1;
            }
            advance(&mut terms);
        }
        (found == count).then_some(places)
    }
}

/// The shortest polynomial that explains the syndromes (Berlekamp and Massey), and the number of errors it stands for.
fn locator(syndromes: &[u8]) -> (Lanes, usize) {
    let mut current = [0; LANES];
    current[0] = 1;
    let mut earlier = [0; LANES];
    earlier[1] = 1;
    let mut count = 0;
    let mut discrepancy_then = 1;
    for now in 0..syndromes.len() {
        let discrepancy = current[1..=count]
            .iter()
            .zip(syndromes[..now].iter().rev())
            .fold(syndromes[now], |sum, (factor, syndrome)| sum ^ mul(*factor, *syndrome));
        if discrepancy != 0 {
            let before = current;
            add_scaled(&mut current, &earlier, div(discrepancy, discrepancy_then));
            if 2 * count <= now {
                count = now + 1 - count;
                earlier = before;
                discrepancy_then = discrepancy;
            }
        }
        shift(&mut earlier);
    }
    (current, count)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::codewords::Plan;
    use super::super::layout::{Layout, VERSIONS};
    use super::*;
    use crate::EcLevel;

    #[test]
    fn whatever_the_standard_corrects_without_erasures_is_proof() {
        for version in 1..=VERSIONS {
            for level in [EcLevel::Low, EcLevel::Medium, EcLevel::Quartile, EcLevel::High] {
                let plan = Plan::of(Layout::of(version).unwrap(), level).unwrap();
                for range in plan.ranges() {
                    let mut search = Search::new(range.len(), plan.design).unwrap();
                    search.tries = 1;
                    let most = (plan.design.spare - plan.design.guard) / 2;
                    assert!(search.is_proof(most, 0), "{version} {level:?}");
                }
            }
        }
    }

    #[test]
    fn erasures_must_leave_proof_and_the_more_tries_the_more() {
        let mut search = Search::new(44, Design { spare: 16, guard: 0 }).unwrap();
        search.tries = 2;
        assert!(search.is_proof(0, 12));
        assert!(!search.is_proof(0, 13));
        assert!(!search.is_proof(1, 11));
        assert!(search.is_proof(1, 10));
        search.tries = 1 << 5;
        assert!(!search.is_proof(0, 12));
        assert!(search.is_proof(0, 11));
    }
}
