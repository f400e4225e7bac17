//! Light on the scene, and what the sensor makes of it.
//!
//! Planes hold luma as cameras store it, about the square root of light. Where light adds up, it is squared first.

use crate::math::{cos, exp_neg, sin};
use crate::{Point, Rng};

/// How evenly the scene is lit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// Fall of the light across the frame's width, 0 is even, 0.5 halves it at the far side.
    pub gradient: f32,
    /// Direction in which light falls off and shadows lie, degrees.
    pub angle: f32,
    /// Share of the luma left in the shadow, the square root of the share of light; 1 is no shadow.
    pub shadow: f32,
    /// Where the shadow's edge crosses, -0.5 to 0.5 of the frame's width from its middle.
    pub shadow_at: f32,
    /// A lamp mirrored in the document.
    pub glare: Option<Glare>,
}

/// A bright spot with a soft edge and a veil around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glare {
    /// Its middle, in pixels of the frame.
    pub at: Point,
    /// Pixels from its middle to where it is as bright as a third of white paper; it is white within nearly that.
    pub radius: f32,
    /// How much narrower it is in height than in width; 1 is round.
    pub flat: f32,
}

impl Default for Light {
    fn default() -> Self {
        Self { gradient: 0.0, angle: 0.0, shadow: 1.0, shadow_at: 0.0, glare: None }
    }
}

impl Light {
    /// Width of a shadow's soft edge, as a share of the frame's width.
    const EDGE: f32 = 0.03;

    pub(crate) fn apply(&self, plane: &mut [f32], width: usize) {
        self.fall(plane, width);
        if let Some(glare) = &self.glare {
            glare.add(plane, width);
        }
    }

    fn fall(&self, plane: &mut [f32], width: usize) {
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

impl Glare {
    /// Light in the middle of the spot, where white paper gives 1: twice what the sensor takes.
    const CORE: f32 = 2.0;
    /// Light of the veil: scatter in the lens and in the laminate.
    const VEIL: f32 = 0.05;

    fn add(&self, plane: &mut [f32], width: usize) {
        let square = self.radius * self.radius;
        for (y, row) in plane.chunks_exact_mut(width).enumerate() {
            let dy = (y as f32 + 0.5 - self.at.y) * self.flat;
            for (x, p) in row.iter_mut().enumerate() {
                let dx = x as f32 + 0.5 - self.at.x;
                let far = (dx * dx + dy * dy) / square;
                // Beyond this even the veil is less than a grey level.
                if far > 30.0 {
                    continue;
                }
                let light = Self::CORE * exp_neg(1.8 * far) + Self::VEIL * exp_neg(0.2 * far);
                let own = *p / 255.0;
                *p = 255.0 * (own * own + light).sqrt();
            }
        }
    }
}

/// A screen before the camera: its pixels beat with those of the sensor, and its rows are refreshed in bands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screen {
    /// Pixels of the frame from one column of the screen to the next.
    pub pitch: f32,
    /// The same from row to row.
    pub row_pitch: f32,
    /// Share of the light missing between its pixels.
    pub depth: f32,
    /// Degrees it is turned against the sensor.
    pub turn: f32,
    /// Rows of the frame from one dark band to the next.
    pub bands: f32,
}

impl Screen {
    /// Share of the depth that the bands take besides.
    const BAND: f32 = 0.25;

    pub(crate) fn apply(&self, plane: &mut [f32], width: usize) {
        let (c, s) = (cos(self.turn), sin(self.turn));
        // Degrees a pixel to the right and a pixel down, for columns and for rows.
        let columns = (360.0 * c / self.pitch, 360.0 * s / self.pitch);
        let rows = (-360.0 * s / self.row_pitch, 360.0 * c / self.row_pitch);
        for (y, row) in plane.chunks_exact_mut(width).enumerate() {
            let y = y as f32;
            let band = 1.0 - Self::BAND * self.depth * (0.5 + 0.5 * sin(360.0 * y / self.bands));
            let mut across = Turning::new(y * columns.1, columns.0);
            let mut down = Turning::new(y * rows.1, rows.0);
            for p in row {
                let grid = 0.5 + 0.25 * (across.next_cosine() + down.next_cosine());
                *p *= (band * (1.0 - self.depth * (1.0 - grid))).sqrt();
            }
        }
    }
}

/// Cosines at even steps, each from the one before.
struct Turning {
    at: [f64; 2],
    step: [f64; 2],
}

impl Turning {
    fn new(degrees: f32, step: f32) -> Self {
        let pair = |d: f32| [f64::from(cos(d)), f64::from(sin(d))];
        Self { at: pair(degrees), step: pair(step) }
    }

    fn next_cosine(&mut self) -> f32 {
        let ([c, s], [dc, ds]) = (self.at, self.step);
        self.at = [c * dc - s * ds, s * dc + c * ds];
        c as f32
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
