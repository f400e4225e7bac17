//! One character's cell, cut from the picture: what the network sees.

use crate::Point;
use crate::frame::Luma;
use crate::geometry::Axes;
use crate::grid::light::Light;

/// Samples across a cell.
pub const COLUMNS: usize = 20;

/// Samples down a cell.
pub const ROWS: usize = 24;

/// Samples of a cell.
pub const SAMPLES: usize = COLUMNS * ROWS;

/// Width of a cell in pitches: a character and a little of its neighbours, so that a fit some tenths of a pitch off
/// still shows all of it.
const WIDE: f32 = 1.24;

/// Height of a cell in pitches: capitals of OCR-B are 1.03 pitches high (2.6 of 2.54 mm, ISO 1073-2 size I).
const HIGH: f32 = 1.44;

/// Grey levels that one deviation becomes; an ordinary cell reaches two to three deviations.
const DEVIATION: f32 = 40.0;

/// Cells flatter than this are paper: their noise is not blown up to look like print.
const FLAT: f32 = 2.0;

/// From here on a pixel says only that there was much light.
const SATURATED: f32 = 252.0;

/// A cell with more saturated samples than this share may have lost a stroke.
const BLIND_SHARE: f32 = 0.30;

/// Grey samples of one cell, row by row, mean and deviation removed.
#[derive(Clone, Copy)]
pub struct Cell {
    /// Brightness against the cell's mean, a deviation being 40 levels.
    pub samples: [i8; SAMPLES],
    /// False where the cell is saturated: it has no opinion then.
    pub known: bool,
}

/// Where a cell lies: its centre half a capital above the base line; `u` is one pitch along the line, `v` the same
/// length of paper down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellFrame {
    pub(crate) centre: Point,
    pub(crate) axes: Axes,
}

impl Cell {
    /// Cuts a cell from a plane; `None` if the plane is too small to be sampled.
    pub(crate) fn sample(luma: Luma<'_>, place: &CellFrame) -> Option<Self> {
        let light = Light::new(luma, false)?;
        let across = place.axes.u * (WIDE / COLUMNS as f32);
        let down = place.axes.v * (HIGH / ROWS as f32);
        let corner = place.centre - across * (COLUMNS as f32 / 2.0 - 0.5) - down * (ROWS as f32 / 2.0 - 0.5);
        let mut grey = [0.0_f32; SAMPLES];
        let (mut sum, mut squares, mut saturated) = (0.0, 0.0, 0);
        for (row, line) in grey.chunks_exact_mut(COLUMNS).enumerate() {
            let mut at = corner + down * row as f32;
            for level in line {
                *level = light.at(at);
                sum += *level;
                squares += *level * *level;
                saturated += usize::from(*level >= SATURATED);
                at = at + across;
            }
        }
        let count = SAMPLES as f32;
        let mean = sum / count;
        let deviation = (squares / count - mean * mean).max(0.0).sqrt().max(FLAT);
        let gain = DEVIATION / deviation;
        let mut samples = [0_i8; SAMPLES];
        for (sample, level) in samples.iter_mut().zip(grey) {
            // A cast from float saturates.
            *sample = ((level - mean) * gain).round() as i8;
        }
        Some(Self { samples, known: (saturated as f32) < BLIND_SHARE * count })
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cell").field("known", &self.known).finish_non_exhaustive()
    }
}
