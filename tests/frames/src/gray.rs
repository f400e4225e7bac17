//! A picture of 8-bit luma: drawing rectangles, writing PNG and PGM.

use std::io::Cursor;
use std::ops::Range;
use std::path::Path;

/// What can go wrong with a frame: drawing has no errors beside these.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The payload does not fit a code of this level.
    #[error("a payload of {bytes} bytes does not fit a code of this level")]
    PayloadTooLong {
        /// Its length.
        bytes: usize,
    },
    /// An empty payload makes no code.
    #[error("an empty payload makes no code")]
    PayloadEmpty,
    /// The picture could not be encoded.
    #[error("the picture could not be encoded: {reason}")]
    Encode {
        /// From the encoder.
        reason: String,
    },
    /// The file could not be written.
    #[error("the picture could not be written: {reason}")]
    Write {
        /// From the file system.
        reason: std::io::Error,
    },
}

/// A picture of one byte a pixel, rows from the top without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Gray {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height` bytes, 0 is black.
    pub luma: Vec<u8>,
}

impl std::fmt::Debug for Gray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gray")
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

impl Gray {
    /// A picture of one brightness.
    pub fn new(width: u32, height: u32, luma: u8) -> Self {
        Self { width, height, luma: vec![luma; width as usize * height as usize] }
    }

    /// The pixel there, the nearest one for places outside.
    pub fn at(&self, x: i32, y: i32) -> u8 {
        let x = x.clamp(0, self.width as i32 - 1) as usize;
        let y = y.clamp(0, self.height as i32 - 1) as usize;
        self.luma[y * self.width as usize + x]
    }

    /// Fills a rectangle, the part outside left out.
    pub fn fill(&mut self, x: i32, y: i32, width: i32, height: i32, luma: u8) {
        self.change(x, y, width, height, |_| luma);
    }

    /// Changes each pixel of a rectangle, the part outside left out.
    pub fn change(&mut self, x: i32, y: i32, width: i32, height: i32, to: impl Fn(u8) -> u8) {
        let columns = x.max(0) as usize..(x + width).clamp(0, self.width as i32) as usize;
        let rows = y.max(0) as usize..(y + height).clamp(0, self.height as i32) as usize;
        if columns.is_empty() {
            return;
        }
        for y in rows {
            let start = y * self.width as usize;
            for p in &mut self.luma[start + columns.start..start + columns.end] {
                *p = to(*p);
            }
        }
    }

    /// Lays a share of a brightness over one pixel; outside nothing happens.
    pub(crate) fn blend(&mut self, x: i32, y: i32, luma: f32, share: f32) {
        if x < 0 || y < 0 || x >= self.width as i32 || y >= self.height as i32 {
            return;
        }
        let p = &mut self.luma[y as usize * self.width as usize + x as usize];
        *p = (f32::from(*p) * (1.0 - share) + luma * share + 0.5) as u8;
    }

    /// Changes the light (the square of luma, white paper 1) of each pixel of a rectangle within the picture.
    pub(crate) fn relight(
        &mut self,
        columns: Range<usize>,
        rows: Range<usize>,
        mut to: impl FnMut(usize, usize, f32) -> f32,
    ) {
        let (width, height) = (self.width as usize, self.height as usize);
        let columns = columns.start..columns.end.min(width);
        for y in rows.start..rows.end.min(height) {
            for x in columns.clone() {
                let p = &mut self.luma[y * width + x];
                let own = f32::from(*p) / 255.0;
                *p = (to(x, y, own * own).clamp(0.0, 1.0).sqrt() * 255.0 + 0.5) as u8;
            }
        }
    }

    /// Between pixels, from the four around; the edge continues outside.
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as i32, top as i32);
        let inside = left >= 0 && top >= 0 && left + 1 < self.width as i32 && top + 1 < self.height as i32;
        let [a, b, c, d] = if inside {
            let at = top as usize * self.width as usize + left as usize;
            let below = at + self.width as usize;
            [self.luma[at], self.luma[at + 1], self.luma[below], self.luma[below + 1]]
        } else {
            [self.at(left, top), self.at(left + 1, top), self.at(left, top + 1), self.at(left + 1, top + 1)]
        }
        .map(f32::from);
        let upper = a + (b - a) * fx;
        let lower = c + (d - c) * fx;
        upper + (lower - upper) * fy
    }

    /// Half the size, each pixel the mean of four.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut out = Self::new(width.max(1), height.max(1), 0);
        for y in 0..out.height as i32 {
            for x in 0..out.width as i32 {
                let sum: u16 = [(0, 0), (1, 0), (0, 1), (1, 1)]
                    .map(|(dx, dy)| u16::from(self.at(2 * x + dx, 2 * y + dy)))
                    .iter()
                    .sum();
                out.luma[(y * out.width as i32 + x) as usize] = ((sum + 2) / 4) as u8;
            }
        }
        out
    }

    /// As binary PGM: the quickest to write and read, and without a library.
    pub fn pgm(&self) -> Vec<u8> {
        let mut bytes = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend_from_slice(&self.luma);
        bytes
    }

    /// As PNG.
    ///
    /// # Errors
    /// [`FrameError::Encode`] if the picture has no pixels.
    pub fn png(&self) -> Result<Vec<u8>, FrameError> {
        use image::ImageEncoder;
        let mut bytes = Cursor::new(Vec::new());
        image::codecs::png::PngEncoder::new(&mut bytes)
            .write_image(&self.luma, self.width, self.height, image::ExtendedColorType::L8)
            .map_err(|e| FrameError::Encode { reason: e.to_string() })?;
        Ok(bytes.into_inner())
    }

    /// Writes a PNG file. Blocks.
    ///
    /// # Errors
    /// [`FrameError::Encode`] or [`FrameError::Write`].
    pub fn write_png(&self, path: &Path) -> Result<(), FrameError> {
        std::fs::write(path, self.png()?).map_err(|reason| FrameError::Write { reason })
    }
}
