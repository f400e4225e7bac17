//! Waves to compare darkness with, several samples at once.

use std::f32::consts::TAU;

use super::pitch::{WINDOW, Wave};

/// Samples that are multiplied at once.
pub(super) const LANES: usize = 8;

/// Samples of the longest window: one of 56 pixels a character.
const LONGEST: usize = 448;

/// A wave at successive samples, turned on without calling the sine again.
pub(super) struct Wheel {
    pub(super) cos: [f32; LANES],
    pub(super) sin: [f32; LANES],
    /// The turn of all of them together.
    by: (f32, f32),
}

impl Wheel {
    /// At the samples from `begin` on; `period` in samples.
    pub(super) fn new(period: f32, begin: f32) -> Self {
        let angle = TAU / period;
        let step = angle.sin_cos();
        let mut at = (angle * begin).sin_cos();
        let mut wheel = Self { cos: [0.0; LANES], sin: [0.0; LANES], by: (0.0, 1.0) };
        for n in 0..LANES {
            (wheel.sin[n], wheel.cos[n]) = at;
            at = then(at, step);
            wheel.by = then(wheel.by, step);
        }
        wheel
    }

    /// On to the next samples.
    pub(super) fn turn(&mut self) {
        for n in 0..LANES {
            (self.sin[n], self.cos[n]) = then((self.sin[n], self.cos[n]), self.by);
        }
    }
}

/// One turn after another, each as sine and cosine.
fn then((sin, cos): (f32, f32), (by_sin, by_cos): (f32, f32)) -> (f32, f32) {
    (sin * by_cos + cos * by_sin, cos * by_cos - sin * by_sin)
}

/// The wave of one pitch over one window, fading to its ends: what darkness is compared with.
pub(super) struct Comb {
    /// Samples of the window. Behind them the arrays are zero up to a multiple of [`LANES`].
    length: usize,
    cos: [f32; LONGEST],
    sin: [f32; LONGEST],
    fade: [f32; LONGEST],
    weight: f32,
}

impl Comb {
    /// What one window counts at most: none may decide alone, and a comb of bars beats better than any print.
    pub(super) const MOST: f32 = 0.8;

    pub(super) const NONE: Self =
        Self { length: 0, cos: [0.0; LONGEST], sin: [0.0; LONGEST], fade: [0.0; LONGEST], weight: 0.0 };

    pub(super) fn tune(&mut self, pitch: f32) {
        let length = ((WINDOW * pitch) as usize).min(LONGEST);
        let begin = 0.5 - length as f32 / 2.0;
        let (mut at, mut hann) = (Wheel::new(pitch, begin), Wheel::new(WINDOW * pitch, begin));
        let full = length.next_multiple_of(LANES);
        let [fade, cos, sin] =
            [&mut self.fade, &mut self.cos, &mut self.sin].map(|all| all[..full].as_chunks_mut::<LANES>().0);
        for ((fade, cos), sin) in fade.iter_mut().zip(cos).zip(sin) {
            for n in 0..LANES {
                fade[n] = 0.5 + 0.5 * hann.cos[n];
                (cos[n], sin[n]) = (fade[n] * at.cos[n], fade[n] * at.sin[n]);
            }
            at.turn();
            hann.turn();
        }
        for all in [&mut self.fade, &mut self.cos, &mut self.sin] {
            all[length..full].fill(0.0);
        }
        self.weight = 1e-6 + self.fade[..length].iter().sum::<f32>();
        self.length = length;
    }

    /// The wave's size as a share of the darkness in a window around a column.
    pub(super) fn share(&self, wave: &Wave, column: f32) -> f32 {
        let from = (column - wave.start() - self.length as f32 / 2.0).max(0.0).round() as usize;
        let values = wave.values().get(from..).unwrap_or(&[]).as_chunks::<LANES>().0;
        let full = self.length.next_multiple_of(LANES);
        let [cos, sin, fade] =
            [&self.cos, &self.sin, &self.fade].map(|all| all[..full].as_chunks::<LANES>().0);
        let (mut re, mut im, mut energy) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for (((values, cos), sin), fade) in values.iter().zip(cos).zip(sin).zip(fade) {
            for n in 0..LANES {
                re[n] += values[n] * cos[n];
                im[n] += values[n] * sin[n];
                energy[n] += values[n] * values[n] * fade[n];
            }
        }
        let [re, im, energy] = [re, im, energy].map(|lanes| lanes.iter().sum::<f32>());
        2.0 * (re * re + im * im) / ((energy + 1e-6) * self.weight)
    }
}
