//! Several looks at one code: soft values of successive frames added up, so that a code which no single frame shows
//! can still be read.
//!
//! Noise, a moving glare and a lens that searches spoil other modules in every frame; what the code shows stays.
//! Looks join only what they resemble: each pile holds the looks of one code, laid out by one version's grid, and a
//! look that resembles no pile begins its own. Older looks count less with every one that joins, and a pile that has
//! seen nothing for a while is dropped, so another card never joins the one before.
//!
//! Not its job: reading. What it gives goes through the same correction and the same proofs as a single look.

use crate::Outline;
use crate::matrix::{Layout, Modules};

/// Looks farther apart are not looks at the same thing; the same time confirms a payload.
const FORGET_MS: i64 = 1_000;

/// What the looks so far keep of their weight when another joins: the last six or so count. A hand changes the light
/// and the focus within a quarter of a second.
const KEPT: f32 = 0.85;

/// Correlation of a look with those before it, over the data modules. Of 77 further looks at codes in hard sequences nine
/// in ten had 0.25 or more, nearly all of these over 0.35 (November 2026); codes of unlike payload have 0 within a few times
/// one over the root of their modules, 0.04 at version 3.
const LIKE: f32 = 0.25;

/// Piles at a time. A code whose version is not clear has two or three.
const PILES: usize = 3;

/// The looks at one code.
struct Pile {
    /// Modules a side.
    size: usize,
    /// Weighted sums of soft values, in row order.
    sums: Vec<f32>,
    weight: f32,
    outline: Outline,
    at_ms: i64,
}

impl Pile {
    fn is_here(&self, size: usize, outline: &Outline, at_ms: i64) -> bool {
        let apart = self.outline.centre().distance(outline.centre());
        self.size == size
            && (0..=FORGET_MS).contains(&at_ms.saturating_sub(self.at_ms))
            && apart < self.outline.side() / 2.0
    }
}

/// What was seen lately and not read. Holds what payloads are made of, therefore no `Debug`.
#[derive(Default)]
pub(crate) struct Fusion {
    piles: Vec<Pile>,
}

/// One look at a grid that was not read.
pub(crate) struct Look<'a> {
    pub(crate) modules: &'a Modules,
    /// How much it counts: how well its grid lies.
    pub(crate) weight: f32,
    pub(crate) outline: Outline,
    pub(crate) at_ms: i64,
}

impl Fusion {
    /// Adds a look to those it resembles. The sums with it in, if there were others; `None` for a first look and for
    /// a second one at the same frame.
    pub(crate) fn join(&mut self, look: &Look<'_>) -> Option<&[f32]> {
        let size = look.modules.size();
        self.piles.retain(|p| (0..=FORGET_MS).contains(&look.at_ms.saturating_sub(p.at_ms)));
        let likeness = |p: &Pile| {
            let here = p.is_here(size, &look.outline, look.at_ms);
            if here { correlation(&p.sums, look.modules) } else { 0.0 }
        };
        let ranked = self.piles.iter().map(likeness).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((nth, _)) = ranked.filter(|(_, like)| *like >= LIKE) else {
            self.begin(look);
            return None;
        };
        let pile = &mut self.piles[nth];
        if pile.at_ms == look.at_ms {
            return None;
        }
        for (sum, value) in pile.sums.iter_mut().zip(look.modules.values()) {
            *sum = *sum * KEPT + value * look.weight;
        }
        pile.weight = pile.weight * KEPT + look.weight;
        pile.outline = look.outline;
        pile.at_ms = look.at_ms;
        Some(&pile.sums)
    }

    fn begin(&mut self, look: &Look<'_>) {
        let sums = look.modules.values().iter().map(|v| v * look.weight).collect();
        let pile = Pile {
            size: look.modules.size(),
            sums,
            weight: look.weight,
            outline: look.outline,
            at_ms: look.at_ms,
        };
        if self.piles.len() < PILES {
            self.piles.push(pile);
        } else if let Some(least) = self.piles.iter_mut().min_by(|a, b| a.weight.total_cmp(&b.weight)) {
            *least = pile;
        }
    }
}

/// Of sums and a look at a code of the same size, over its data modules: fixed patterns are alike in all codes.
fn correlation(sums: &[f32], look: &Modules) -> f32 {
    let size = look.size();
    let version = (size.saturating_sub(17) / 4) as u8;
    let Some(layout) = Layout::of(version) else { return 0.0 };
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, f32::EPSILON);
    for &(x, y) in layout.data() {
        let at = usize::from(y) * size + usize::from(x);
        let (Some(a), Some(b)) = (sums.get(at), look.values().get(at)) else { return 0.0 };
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    ab / (aa * bb).sqrt().max(f32::EPSILON)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::Point;

    const SIZE: usize = 29;

    /// Modules of a code that some seed stands for, each off by up to `noise`.
    fn code(seed: u32, noise: f32, look: u32) -> Modules {
        let mut modules = Modules::default();
        let hash = |n: u32| n.wrapping_mul(0x9e37_79b9).rotate_left(13).wrapping_mul(0x85eb_ca6b) >> 8;
        for (i, value) in modules.reset(SIZE).unwrap().iter_mut().enumerate() {
            let dark = hash(seed * 10_007 + i as u32) & 1 == 1;
            let off = hash(look * 7_919 + i as u32 + 1) as f32 / (1 << 23) as f32 - 1.0;
            *value = if dark { 1.0 } else { -1.0 } + noise * off;
        }
        modules
    }

    fn outline(at: f32) -> Outline {
        let corner = |x: f32, y: f32| Point { x: at + x * 100.0, y: y * 100.0 };
        Outline { corners: [corner(0.0, 0.0), corner(1.0, 0.0), corner(1.0, 1.0), corner(0.0, 1.0)] }
    }

    fn join(fusion: &mut Fusion, modules: &Modules, at: f32, at_ms: i64) -> Option<Vec<f32>> {
        let look = Look { modules, weight: 1.0, outline: outline(at), at_ms };
        fusion.join(&look).map(<[f32]>::to_vec)
    }

    fn wrong(sums: &[f32], truth: &Modules) -> usize {
        sums.iter().zip(truth.values()).filter(|(s, t)| (**s > 0.0) != (**t > 0.0)).count()
    }

    #[test]
    fn looks_at_one_code_are_wrong_in_fewer_modules_together_than_alone() {
        let (mut fusion, truth) = (Fusion::default(), code(1, 0.0, 0));
        let alone = wrong(code(1, 2.0, 3).values(), &truth);
        let mut together = usize::MAX;
        for look in 0..8 {
            let sums = join(&mut fusion, &code(1, 2.0, look), 0.0, i64::from(look) * 33);
            together = sums.map_or(together, |s| wrong(&s, &truth));
        }
        assert!(together * 3 < alone, "{together} together, {alone} alone");
    }

    #[test]
    fn another_code_at_the_same_place_does_not_join() {
        let mut fusion = Fusion::default();
        assert!(join(&mut fusion, &code(1, 0.5, 0), 0.0, 0).is_none());
        assert!(join(&mut fusion, &code(2, 0.5, 1), 0.0, 33).is_none());
        // Each has a pile of its own to come back to.
        let sums = join(&mut fusion, &code(1, 0.5, 2), 0.0, 66).unwrap();
        assert_eq!(wrong(&sums, &code(1, 0.0, 0)), 0);
        let sums = join(&mut fusion, &code(2, 0.5, 3), 0.0, 99).unwrap();
        assert_eq!(wrong(&sums, &code(2, 0.0, 0)), 0);
    }

    #[test]
    fn what_lies_elsewhere_long_ago_or_in_the_same_frame_does_not_join() {
        let modules = code(1, 0.0, 0);
        for (at, at_ms) in [(90.0, 33), (0.0, 1_001), (0.0, -1), (0.0, 0)] {
            let mut fusion = Fusion::default();
            assert!(join(&mut fusion, &modules, 0.0, 0).is_none());
            assert!(join(&mut fusion, &modules, at, at_ms).is_none(), "{at} px, {at_ms} ms");
        }
    }
}
