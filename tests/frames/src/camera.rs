//! A document on a desk before a pinhole camera.

use crate::jpeg::round_trip;
use crate::light::{Exposure, Light, Screen};
use crate::optics::Optics;
use crate::scenery::desk;
use crate::shutter::Shutter;
use crate::surface::Surface;
use crate::{Card, FrameError, Gray, PlacedCode, Point, Rng, Size, ZoneTruth};

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
    /// Degrees of arc across the code, or across a document without one, of a document bent over a cylinder along
    /// its height, below 180; 0 is flat.
    pub bend: f32,
    /// Where the middle of what is aimed at appears, in pixels of the frame.
    pub centre: Point,
}

/// Everything about one shot but the document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shot {
    /// Of the frame.
    pub size: Size,
    /// Where the document lies.
    pub pose: Pose,
    /// How it moves while the rows are read.
    pub shutter: Shutter,
    /// Blur.
    pub optics: Optics,
    /// Light on the scene.
    pub light: Light,
    /// The screen that shows the document, if it is no print.
    pub screen: Option<Screen>,
    /// Brightness and noise.
    pub exposure: Exposure,
    /// The quality at which the frame was stored as JPEG, 1 to 100.
    pub jpeg: Option<u8>,
}

/// What is true of a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// What the code says; empty if the document has none.
    pub payload: Vec<u8>,
    /// Corners of the code from its own top left on, clockwise in print, in pixels of the frame.
    pub corners: Option<[Point; 4]>,
    /// Mean side of a module in pixels of the frame, along straight lines between the corners; 0 without a code.
    pub px_per_module: f32,
    /// The machine-readable zone, if the document shows one.
    pub zone: Option<ZoneTruth>,
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
        if let Some(zone) = &mut self.truth.zone {
            zone.mirror(self.width as f32);
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

impl Shot {
    /// Takes the picture. The same card, shot and seed give the same bytes.
    pub fn take(&self, card: &Card, seed: u64) -> Frame {
        self.take_again(card, seed, seed)
    }

    /// Takes a picture of the scene another `take` showed: `scene` fixes the desk, `moment` the noise.
    pub fn take_again(&self, card: &Card, scene: u64, moment: u64) -> Frame {
        let mut plane = desk(self.size, &mut Rng::forked(scene, 1));
        let side = card.code.as_ref().map_or(card.image.width as f32, PlacedCode::side);
        let surface = Surface::new(&self.pose, self.size, aim(card), side);
        self.lay(card, &surface, &mut plane);
        let luma = self.record(plane, moment);
        Frame { width: self.size.width, height: self.size.height, luma, truth: self.truth(card, &surface) }
    }

    /// Light, lens, sensor and file, once the scene is drawn.
    pub(crate) fn record(&self, mut plane: Vec<f32>, moment: u64) -> Vec<u8> {
        let width = self.size.width as usize;
        self.light.apply(&mut plane, width);
        self.optics.apply(&mut plane, width);
        if let Some(screen) = &self.screen {
            screen.apply(&mut plane, width);
        }
        let mut luma = self.exposure.record(&plane, &mut Rng::forked(moment, 2));
        if let Some(quality) = self.jpeg {
            round_trip(&mut luma, width, quality);
        }
        luma
    }

    /// Draws the document into the scene, four samples a pixel, from a copy small enough not to skip pixels.
    fn lay(&self, card: &Card, surface: &Surface, plane: &mut [f32]) {
        let mut image = card.image.clone();
        let mut shrink = 1.0;
        while self.pose.scale * shrink < 0.35 {
            image = image.halved();
            shrink *= 2.0;
        }
        let (w, h) = (card.image.width as f32, card.image.height as f32);
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let edges = surface.outline(w, h);
        let span = |of: fn(&Point) -> f32, most: usize| {
            let reach = self.shutter.reach();
            let low = edges.iter().map(of).fold(f32::INFINITY, f32::min).floor() - reach;
            let high = edges.iter().map(of).fold(f32::NEG_INFINITY, f32::max).ceil() + reach;
            (low.max(0.0) as usize).min(most)..(high.max(0.0) as usize).min(most)
        };
        let columns = span(|e| e.x, width);
        for y in span(|e| e.y, height) {
            let shift = self.shutter.shift(y as f32 + 0.5, height as f32);
            for x in columns.clone() {
                let mut sum = 0.0;
                let mut hits = 0.0;
                for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                    let place = Point::new(x as f32 + dx - shift.x, y as f32 + dy - shift.y);
                    let Some(at) = surface.to_document(place) else { continue };
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

    fn truth(&self, card: &Card, surface: &Surface) -> Truth {
        let seen = |at: Point| self.shutter.seen(surface.to_frame(at), self.size.height as f32);
        let zone = card.zone.as_ref().map(|zone| ZoneTruth::new(zone, seen));
        let Some(code) = &card.code else { return Truth { zone, ..Truth::default() } };
        let corners = code.corners.map(seen);
        let [a, b, c, d] = corners;
        let length = |p: Point, q: Point| ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).sqrt();
        let side = (length(a, b) + length(b, c) + length(c, d) + length(d, a)) / 4.0;
        let modules = code.side() / code.module;
        Truth { payload: code.payload.clone(), corners: Some(corners), px_per_module: side / modules, zone }
    }
}

/// The middle of the code, else of the zone, else of the document.
fn aim(card: &Card) -> Point {
    match (&card.code, &card.zone) {
        (Some(code), _) => {
            let [a, _, c, _] = code.corners;
            Point::new(f32::midpoint(a.x, c.x), f32::midpoint(a.y, c.y))
        }
        (None, Some(zone)) => zone.middle(),
        (None, None) => Point::new(card.image.width as f32 / 2.0, card.image.height as f32 / 2.0),
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
