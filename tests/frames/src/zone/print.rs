//! Print in OCR-B on a page: first how much ink lies where, so that it can wear, then the ink on the paper.

use crate::rosette::Rosette;
use crate::{Face, Gray, Ink, Line, Optics, Outlines, Point, Rng};

/// How much finer than the pattern of a card at 300 dots an inch the one of a page is drawn.
pub(super) const FINER: f32 = 1.7;

/// How a page's OCR-B is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) face: Face,
    /// Pixels of the page from one character to the next.
    pub(super) pitch: f32,
    /// As [`Line::weight`].
    pub(super) weight: f32,
}

/// What is printed on a strip of a page: the share of ink on each pixel, 0 to 1.
pub(super) struct Print {
    top: usize,
    width: usize,
    share: Vec<f32>,
}

impl Print {
    /// Sets lines in a strip of so many rows from `top` on. Each line begins at its base, in pixels of the page.
    pub(super) fn new<'a>(
        (width, top, rows): (u32, u32, u32),
        lines: impl IntoIterator<Item = (&'a str, Point)>,
        ty: &Type,
    ) -> Self {
        let mut ink = Ink::new(width, rows);
        let outlines = Outlines::new(ty.face);
        for (words, base) in lines {
            let line = Line { left: base.x, base: base.y - top as f32, pitch: ty.pitch, weight: ty.weight };
            outlines.draw(words, &line, &mut ink);
        }
        Self { top: top as usize, width: width as usize, share: ink.coverage() }
    }

    /// Breaks a share of the ink off, in crumbs of about a tenth of a pitch.
    pub(super) fn break_off(&mut self, share: f32, pitch: f32, rng: &mut Rng) {
        let mut crumbs: Vec<f32> = self.share.iter().map(|_| rng.normal()).collect();
        let defocus = (pitch * rng.between(0.05, 0.12)).max(0.6);
        Optics { defocus, ..Optics::default() }.apply(&mut crumbs, self.width);
        let mut sorted = crumbs.clone();
        let nth = ((sorted.len() as f32 * share) as usize).min(sorted.len().saturating_sub(1));
        let (_, least, _) = sorted.select_nth_unstable_by(nth, f32::total_cmp);
        for (ink, crumb) in self.share.iter_mut().zip(&crumbs) {
            if crumb < least {
                *ink = 0.0;
            }
        }
    }

    /// Prints a fine pattern over, in the colour of the paper: at most `over` of the ink is hidden.
    pub(super) fn print_over(&mut self, over: f32, rng: &mut Rng) {
        let rows = self.share.len() / self.width;
        let pattern = Rosette::new(rng).plane(self.width, rows, FINER);
        for (ink, p) in self.share.iter_mut().zip(&pattern) {
            *ink *= 1.0 - over * (0.5 + 0.5 * p);
        }
    }

    /// Puts the ink on the page. `light` is what solid ink gives back, white paper being 1.
    pub(super) fn print(&self, on: &mut Gray, light: f32) {
        let rows = self.share.len() / self.width;
        on.relight(0..self.width, self.top..self.top + rows, |x, y, own| {
            own + (light - own) * self.share[(y - self.top) * self.width + x]
        });
    }
}
