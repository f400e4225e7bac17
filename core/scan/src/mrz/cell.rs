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

/// Added to a small number it leaves the nearest whole one in the low bits: 1.5 * 2^23. Quicker than a cast or a call of
/// `round`, which ask for what cannot be here.
pub(super) const WHOLE: f32 = 12_582_912.0;

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
        // Four sums each, which the processor adds at once.
        let (mut sums, mut squares, mut saturated) = ([0.0_f32; 4], [0.0_f32; 4], [0_u32; 4]);
        for (row, line) in grey.as_chunks_mut::<COLUMNS>().0.iter_mut().enumerate() {
            let first = corner + down * row as f32;
            let x = std::array::from_fn(|nth| first.x + across.x * nth as f32);
            let y = std::array::from_fn(|nth| first.y + across.y * nth as f32);
            *line = light.at_all(&x, &y);
            for levels in line.as_chunks::<4>().0 {
                for (nth, level) in levels.iter().enumerate() {
                    sums[nth] += level;
                    squares[nth] += level * level;
                    saturated[nth] += u32::from(*level >= SATURATED);
                }
            }
        }
        let count = SAMPLES as f32;
        let mean = sums.iter().sum::<f32>() / count;
        let deviation = (squares.iter().sum::<f32>() / count - mean * mean).max(0.0).sqrt().max(FLAT);
        let gain = DEVIATION / deviation;
        let mut samples = [0_i8; SAMPLES];
        for (sample, level) in samples.iter_mut().zip(grey) {
            let whole = ((level - mean) * gain).clamp(i8::MIN.into(), i8::MAX.into()) + WHOLE;
            *sample = whole.to_bits() as i8;
        }
        Some(Self { samples, known: (saturated.iter().sum::<u32>() as f32) < BLIND_SHARE * count })
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cell").field("known", &self.known).finish_non_exhaustive()
    }
}
