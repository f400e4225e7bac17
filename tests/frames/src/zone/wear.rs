//! What spoils the print of a zone before any camera sees it.

use crate::math::{cos, sin};
use crate::{Gray, Rng};

/// How a document was printed and what has become of it since. The default is new and plain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wear {
    /// Of the ink against the paper, 1 is new.
    pub(super) contrast: f32,
    /// Share of the ink that a pattern printed over it hides at most.
    pub(super) over: f32,
    /// Share of the ink that has broken off.
    pub(super) broken: f32,
    /// Light of the laminate's bright lines, white paper being 1.
    pub(super) laminate: f32,
    /// Depth of the pattern behind the zone; `None` leaves it to the document.
    pub(super) backdrop: Option<f32>,
}

impl Default for Wear {
    fn default() -> Self {
        Self { contrast: 1.0, over: 0.0, broken: 0.0, laminate: 0.0, backdrop: None }
    }
}

/// Bright ovals that the laminate over the lower part of a page mirrors. They shimmer, and lie elsewhere in each look.
pub(super) fn laminate(on: &mut Gray, light: f32, mm: f32, rng: &mut Rng) {
    let (width, height) = (on.width as usize, on.height as usize);
    let mut bright = vec![0.0_f32; width * height];
    for _ in 0..14 {
        let middle = (rng.unit() * width as f32, rng.between(0.6, 1.0) * height as f32);
        let half = [rng.between(2.0, 14.0) * mm, rng.between(2.0, 14.0) * mm];
        let turn = rng.between(0.0, 180.0);
        let thick = rng.between(0.2, 0.8) * mm;
        let (c, s) = (cos(turn), sin(turn));
        let reach = half[0].max(half[1]) + thick;
        let span = |at: f32, most: usize| {
            ((at - reach).max(0.0) as usize).min(most)..((at + reach).max(0.0) as usize).min(most)
        };
        for y in span(middle.1, height) {
            for x in span(middle.0, width) {
                let (dx, dy) = (x as f32 + 0.5 - middle.0, y as f32 + 0.5 - middle.1);
                let (u, v) = ((dx * c + dy * s) / half[0], (dy * c - dx * s) / half[1]);
                let round = (u * u + v * v).sqrt();
                // How far the line is: what its equation lacks of 1, over its slope.
                let slope =
                    ((u / half[0]) * (u / half[0]) + (v / half[1]) * (v / half[1])).sqrt() / round.max(1e-3);
                let far = (round - 1.0).abs() / slope.max(1e-6);
                let share = (thick / 2.0 + 0.5 - far).clamp(0.0, 1.0);
                let p = &mut bright[y * width + x];
                *p = p.max(share);
            }
        }
    }
    on.relight(0..width, 0..height, |x, y, own| {
        let shimmer = 0.6 + 0.4 * sin(x as f32 * 360.0 / (18.8 * mm));
        own + light * shimmer * bright[y * width + x]
    });
}
