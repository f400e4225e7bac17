//! What lies around a document, and frames that show no code at all.

use crate::conditions::easy;
use crate::light::Exposure;
use crate::optics::Optics;
use crate::text::line;
use crate::{Card, Frame, Gray, Rng, Size, Truth, specimen};

/// What a frame without a code shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scenery {
    /// A specimen card whose code was left out, held as for [`crate::Condition::Clean`].
    Card,
    /// A desk with sheets and pens.
    Desk,
    /// Printed text in columns.
    Text,
    /// Grain as of carpet, leaves or a halftone: the worst for anything that counts runs of dark and light.
    Grain,
    /// Squares in rows as of windows, keys or checks: many places look like finder patterns.
    Tiles,
    /// A desk in the dark.
    Dark,
}

impl Scenery {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Card, Self::Desk, Self::Text, Self::Grain, Self::Tiles, Self::Dark];

    /// Short name, lowercase.
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Desk => "desk",
            Self::Text => "text",
            Self::Grain => "grain",
            Self::Tiles => "tiles",
            Self::Dark => "dark",
        }
    }
}

/// A frame without a code.
pub fn no_code(scenery: Scenery, seed: u64, size: Size) -> Frame {
    let rng = &mut Rng::forked(seed, 0xc0de + scenery as u64);
    let card = match scenery {
        Scenery::Card => specimen(seed).without_code(),
        _ => Card { image: Gray::new(1, 1, 0), code: None, zone: None, rounding: 0.0 },
    };
    let mut shot = easy(&card, size, rng);
    let moment = rng.next_u64();
    shot.optics = Optics { defocus: 0.8, ..shot.optics };
    let plane = match scenery {
        Scenery::Card => return shot.take(&card, moment),
        Scenery::Desk | Scenery::Dark => desk(size, rng),
        Scenery::Text => text(size, rng),
        Scenery::Grain => grain(size, rng),
        Scenery::Tiles => tiles(size, rng),
    };
    if scenery == Scenery::Dark {
        shot.exposure = Exposure { gain: 0.14, noise: 6.0, ..shot.exposure };
    }
    let luma = shot.record(plane, moment);
    Frame { width: size.width, height: size.height, luma, truth: Truth::default() }
}

/// Columns of words as tall as those of a card held near.
fn text(size: Size, rng: &mut Rng) -> Vec<f32> {
    let mut page = Gray::new(size.width, size.height, 228);
    let least = (size.width / 1280).max(1) as f32;
    for column in 0..3 {
        let left = 20 + column * size.width as i32 / 3;
        let mut y = 12;
        while y < size.height as i32 {
            let scale = (least + 2.0 * rng.unit()) as i32;
            let letters = rng.between(6.0, size.width as f32 / 3.0 / (8 * scale) as f32 - 2.0) as usize;
            let words: String = (0..letters)
                .map(|_| char::from(b"ABCDEFGHIKLMNOPRSTUVW 0123456789 "[(rng.next_u64() % 33) as usize]))
                .collect();
            line(&mut page, &words, left, y, scale, 40);
            y += 14 * scale;
        }
    }
    page.luma.iter().map(|p| f32::from(*p)).collect()
}

/// Even noise, blurred to blobs of about a module, then pulled apart.
fn grain(size: Size, rng: &mut Rng) -> Vec<f32> {
    let width = size.width as usize;
    let mut plane: Vec<f32> = (0..width * size.height as usize).map(|_| rng.unit()).collect();
    Optics { defocus: rng.between(1.2, 2.2), ..Optics::default() }.apply(&mut plane, width);
    for p in &mut plane {
        *p = 255.0 * ((*p - 0.5) * 5.0 + 0.5).clamp(0.05, 0.9).sqrt();
    }
    plane
}

/// Squares and frames of squares on a light wall, some missing.
fn tiles(size: Size, rng: &mut Rng) -> Vec<f32> {
    let mut wall = Gray::new(size.width, size.height, 214);
    let side = rng.between(18.0, 40.0) as i32;
    for y in (0..size.height as i32).step_by(side as usize) {
        for x in (0..size.width as i32).step_by(side as usize) {
            if rng.unit() >= 0.6 {
                continue;
            }
            let gap = (side as f32 * rng.between(0.1, 0.3)) as i32;
            let luma = rng.between(57.0, 140.0) as u8;
            let inner = side - 2 * gap;
            wall.fill(x + gap, y + gap, inner, inner, luma);
            if rng.unit() < 0.5 {
                wall.fill(x + gap + 2, y + gap + 2, inner - 4, inner - 4, 214);
            }
        }
    }
    wall.luma.iter().map(|p| f32::from(*p)).collect()
}

/// A desk: two sizes of blotches, wood grain, and a few sheets and pens in the way.
pub(crate) fn desk(size: Size, rng: &mut Rng) -> Vec<f32> {
    let (width, height) = (size.width as usize, size.height as usize);
    let base = rng.between(70.0, 150.0);
    let coarse = Blotches::new(rng, 9);
    let fine = Blotches::new(rng, 61);
    let mut plane = Vec::with_capacity(width * height);
    for y in 0..height {
        let v = y as f32 / height as f32;
        let mut coarse_row = coarse.row(v);
        let mut fine_row = fine.row(v);
        for x in 0..width {
            let u = x as f32 / width as f32;
            plane.push(base + 26.0 * coarse_row.at(u) + 14.0 * fine_row.at(u));
        }
    }
    for _ in 0..5 {
        let (w, h) = (rng.between(0.05, 0.4) * width as f32, rng.between(0.02, 0.3) * height as f32);
        let (x, y) = (rng.between(-0.1, 0.9) * width as f32, rng.between(-0.1, 0.9) * height as f32);
        let luma = rng.between(30.0, 220.0);
        let ruled = rng.unit() < 0.5;
        for row in y.max(0.0) as usize..((y + h).max(0.0) as usize).min(height) {
            let printed = ruled && (row / 5) % 3 == 0;
            let from = row * width + x.max(0.0) as usize;
            let to = row * width + ((x + w).max(0.0) as usize).min(width);
            for (nth, p) in plane[from.min(to)..to].iter_mut().enumerate() {
                let word = printed && (nth / 7) % 4 != 0 && (nth * 7 + row) % 5 != 0;
                *p = if word { luma * 0.4 } else { luma };
            }
        }
    }
    plane
}

/// A grid of random values from -1 to 1, straight lines between them.
struct Blotches {
    cells: usize,
    values: Vec<f32>,
}

impl Blotches {
    fn new(rng: &mut Rng, cells: usize) -> Self {
        Self { cells, values: (0..(cells + 1) * (cells + 1)).map(|_| rng.between(-1.0, 1.0)).collect() }
    }

    fn row(&self, v: f32) -> BlotchRow {
        let at = v * self.cells as f32;
        let top = (at as usize).min(self.cells - 1);
        let share = at - top as f32;
        let line = self.cells + 1;
        let upper = &self.values[top * line..(top + 1) * line];
        let lower = &self.values[(top + 1) * line..(top + 2) * line];
        BlotchRow { values: upper.iter().zip(lower).map(|(u, l)| u + (l - u) * share).collect() }
    }
}

struct BlotchRow {
    values: Vec<f32>,
}

impl BlotchRow {
    fn at(&mut self, u: f32) -> f32 {
        let at = u * (self.values.len() - 1) as f32;
        let left = (at as usize).min(self.values.len() - 2);
        self.values[left] + (self.values[left + 1] - self.values[left]) * (at - left as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenery_fills_its_frame_and_differs_by_seed() {
        for scenery in Scenery::ALL {
            let one = no_code(scenery, 1, Size::HD);
            assert_eq!((one.width, one.height, one.luma.len()), (1280, 720, 1280 * 720));
            assert_eq!(one.truth, Truth::default(), "{}", scenery.name());
            assert_eq!(one, no_code(scenery, 1, Size::HD));
            assert_ne!(one.luma, no_code(scenery, 2, Size::HD).luma, "{}", scenery.name());
        }
    }
}
