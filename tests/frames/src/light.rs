//! Light on the scene, and what the sensor makes of it.

use crate::Rng;
use crate::math::{cos, sin};

/// How evenly the scene is lit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// Fall of the light across the frame's width, 0 is even, 0.5 halves it at the far side.
    pub gradient: f32,
    /// Direction in which light falls off and shadows lie, degrees.
    pub angle: f32,
    /// Share of the light left in the shadow; 1 is no shadow.
    pub shadow: f32,
    /// Where the shadow's edge crosses, -0.5 to 0.5 of the frame's width from its middle.
    pub shadow_at: f32,
}

impl Default for Light {
    fn default() -> Self {
        Self { gradient: 0.0, angle: 0.0, shadow: 1.0, shadow_at: 0.0 }
    }
}

impl Light {
    /// Width of a shadow's soft edge, as a share of the frame's width.
    const EDGE: f32 = 0.03;

    pub(crate) fn apply(&self, plane: &mut [f32], width: usize) {
        if self.gradient == 0.0 && self.shadow >= 1.0 {
            return;
        }
        let height = plane.len() / width;
        let (c, s) = (cos(self.angle), sin(self.angle));
        let middle = (width as f32 / 2.0, height as f32 / 2.0);
        for (y, row) in plane.chunks_exact_mut(width).enumerate() {
            for (x, p) in row.iter_mut().enumerate() {
                let along = ((x as f32 - middle.0) * c + (y as f32 - middle.1) * s) / width as f32;
                let fall = (1.0 - self.gradient * (along + 0.5)).clamp(0.05, 1.0);
                let dark = ((along - self.shadow_at) / Self::EDGE + 0.5).clamp(0.0, 1.0);
                *p *= fall * (1.0 - dark * (1.0 - self.shadow));
            }
        }
    }
}

/// How the sensor records it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Factor on brightness; 1 shows paper nearly white.
    pub gain: f32,
    /// Deviation of the noise of the electronics, in grey levels.
    pub noise: f32,
    /// Deviation of the noise of the light itself at full brightness, in grey levels; falls with its square root.
    pub shot_noise: f32,
}

impl Default for Exposure {
    fn default() -> Self {
        Self { gain: 1.0, noise: 1.0, shot_noise: 1.5 }
    }
}

impl Exposure {
    pub(crate) fn record(&self, plane: &[f32], rng: &mut Rng) -> Vec<u8> {
        let read = self.noise * self.noise;
        let shot = self.shot_noise * self.shot_noise / 255.0;
        plane
            .iter()
            .map(|p| {
                let value = (p * self.gain).clamp(0.0, 255.0);
                let deviation = (read + shot * value).sqrt();
                (value + deviation * rng.normal() + 0.5).clamp(0.0, 255.0) as u8
            })
            .collect()
    }
}
