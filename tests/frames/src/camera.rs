//! A document on a desk before a pinhole camera.

use crate::light::{Exposure, Light};
use crate::math::{Homography, cos, sin};
use crate::optics::Optics;
use crate::{Card, FrameError, Gray, Point, Rng};

/// How the document lies before the camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Pixels of the frame per pixel of the document, at the middle of what is aimed at.
    pub scale: f32,
    /// Degrees the document leans away.
    pub tilt: f32,
    /// Direction in which it leans, degrees.
    pub tilt_angle: f32,
    /// Degrees the document is turned in the frame.
    pub roll: f32,
    /// Where the middle of what is aimed at appears, in pixels of the frame.
    pub centre: Point,
}

/// Everything about one shot but the document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shot {
    /// Pixels in a row of the frame.
    pub width: u32,
    /// Rows of the frame.
    pub height: u32,
    /// Where the document lies.
    pub pose: Pose,
    /// Blur.
    pub optics: Optics,
    /// Light on the scene.
    pub light: Light,
    /// Brightness and noise.
    pub exposure: Exposure,
}

/// What is true of a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// What the code says; empty if the document has none.
    pub payload: Vec<u8>,
    /// Corners of the code from its own top left on, clockwise in print, in pixels of the frame.
    pub corners: Option<[Point; 4]>,
    /// Mean side of a module in pixels of the frame; 0 without a code.
    pub px_per_module: f32,
}

/// One frame of the camera.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height` bytes without padding.
    pub luma: Vec<u8>,
    /// What is true of it.
    pub truth: Truth,
}

impl Frame {
    /// The frame as seen in a mirror.
    #[must_use]
    pub fn mirrored(mut self) -> Self {
        for row in self.luma.chunks_exact_mut(self.width as usize) {
            row.reverse();
        }
        if let Some(corners) = &mut self.truth.corners {
            for c in corners {
                c.x = self.width as f32 - c.x;
            }
        }
        self
    }

    /// The frame's picture.
    pub fn image(&self) -> Gray {
        Gray { width: self.width, height: self.height, luma: self.luma.clone() }
    }

    /// Writes the frame as a PNG file. Blocks.
    ///
    /// # Errors
    /// [`FrameError::Encode`] or [`FrameError::Write`].
    pub fn write_png(&self, path: &std::path::Path) -> Result<(), FrameError> {
        self.image().write_png(path)
    }
}

/// Distance from the lens to the picture, in frame widths: the main camera of a phone sees about 65° across.
const FOCAL: f32 = 0.8;

impl Shot {
    /// Takes the picture. The same card, shot and seed give the same bytes.
    pub fn take(&self, card: &Card, seed: u64) -> Frame {
        self.take_again(card, seed, seed)
    }

    /// Takes a picture of the scene another `take` showed: `scene` fixes the desk, `moment` the noise.
    pub fn take_again(&self, card: &Card, scene: u64, moment: u64) -> Frame {
        let (width, height) = (self.width as usize, self.height as usize);
        let aim = aim(card);
        let to_frame = self.projection(aim);
        let mut plane = desk(width, height, &mut Rng::forked(scene, 1));
        lay(card, &to_frame, self.pose.scale, &mut plane, width);
        self.light.apply(&mut plane, width);
        self.optics.apply(&mut plane, width);
        let luma = self.exposure.record(&plane, &mut Rng::forked(moment, 2));
        Frame { width: self.width, height: self.height, luma, truth: truth(card, &to_frame) }
    }

    /// From document to frame.
    fn projection(&self, aim: Point) -> Homography {
        let Pose { scale, tilt, tilt_angle, roll, centre } = self.pose;
        let focal = FOCAL * self.width as f32;
        let away = focal / scale;
        // Lean about an axis in the document's plane, then turn in the frame.
        let (ax, ay) = (cos(tilt_angle), sin(tilt_angle));
        let (ct, st) = (cos(tilt), sin(tilt));
        let lean = [
            [ct + ax * ax * (1.0 - ct), ax * ay * (1.0 - ct)],
            [ax * ay * (1.0 - ct), ct + ay * ay * (1.0 - ct)],
            [-ay * st, ax * st],
        ];
        let (cr, sr) = (cos(roll), sin(roll));
        let turned = [
            [cr * lean[0][0] - sr * lean[1][0], cr * lean[0][1] - sr * lean[1][1]],
            [sr * lean[0][0] + cr * lean[1][0], sr * lean[0][1] + cr * lean[1][1]],
            lean[2],
        ];
        let depth = [turned[2][0], turned[2][1], away - turned[2][0] * aim.x - turned[2][1] * aim.y];
        let row = |r: [f32; 2], at: f32| {
            let own = [focal * r[0], focal * r[1], -focal * (r[0] * aim.x + r[1] * aim.y)];
            [own[0] + at * depth[0], own[1] + at * depth[1], own[2] + at * depth[2]]
        };
        Homography::new([row(turned[0], centre.x), row(turned[1], centre.y), depth])
    }
}

/// The middle of the code, or of the document without one.
fn aim(card: &Card) -> Point {
    card.code.as_ref().map_or_else(
        || Point::new(card.image.width as f32 / 2.0, card.image.height as f32 / 2.0),
        |code| {
            let [a, _, c, _] = code.corners;
            Point::new(f32::midpoint(a.x, c.x), f32::midpoint(a.y, c.y))
        },
    )
}

fn truth(card: &Card, to_frame: &Homography) -> Truth {
    let Some(code) = &card.code else { return Truth::default() };
    let corners = code.corners.map(|c| to_frame.apply(c));
    let [a, b, c, d] = corners;
    let length = |p: Point, q: Point| ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).sqrt();
    let side = (length(a, b) + length(b, c) + length(c, d) + length(d, a)) / 4.0;
    let modules = (code.corners[1].x - code.corners[0].x) / code.module;
    Truth { payload: code.payload.clone(), corners: Some(corners), px_per_module: side / modules }
}

/// A desk: two sizes of blotches, wood grain, and a few sheets and pens in the way.
fn desk(width: usize, height: usize, rng: &mut Rng) -> Vec<f32> {
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

/// Draws the document into the scene, four samples a pixel, from a copy small enough not to skip pixels.
fn lay(card: &Card, to_frame: &Homography, scale: f32, plane: &mut [f32], width: usize) {
    let mut image = card.image.clone();
    let mut shrink = 1.0;
    while scale * shrink < 0.35 {
        image = image.halved();
        shrink *= 2.0;
    }
    let (w, h) = (card.image.width as f32, card.image.height as f32);
    let edges = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)].map(|(x, y)| to_frame.apply(Point::new(x, y)));
    let span = |values: [f32; 4], most: usize| {
        let low = values.iter().copied().fold(f32::INFINITY, f32::min).floor();
        let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max).ceil();
        (low.max(0.0) as usize).min(most)..(high.max(0.0) as usize).min(most)
    };
    let columns = span(edges.map(|e| e.x), width);
    let rows = span(edges.map(|e| e.y), plane.len() / width);
    let back = to_frame.inverse();
    for y in rows {
        for x in columns.clone() {
            let mut sum = 0.0;
            let mut hits = 0.0;
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let at = back.apply(Point::new(x as f32 + dx, y as f32 + dy));
                if on_card(at, w, h, card.rounding) {
                    sum += image.sample(at.x / shrink, at.y / shrink);
                    hits += 1.0;
                }
            }
            if hits > 0.0 {
                let p = &mut plane[y * width + x];
                *p = (sum + *p * (4.0 - hits)) / 4.0;
            }
        }
    }
}

/// Whether a place lies on a document with rounded corners.
fn on_card(at: Point, width: f32, height: f32, rounding: f32) -> bool {
    if at.x < 0.0 || at.y < 0.0 || at.x >= width || at.y >= height {
        return false;
    }
    let dx = (rounding - at.x).max(at.x - (width - rounding)).max(0.0);
    let dy = (rounding - at.y).max(at.y - (height - rounding)).max(0.0);
    dx * dx + dy * dy <= rounding * rounding
}
