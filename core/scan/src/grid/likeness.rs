//! How much a place looks like a finder pattern in grey.
//!
//! Bits that happen to lie in the ratio 1 : 1 : 3 : 1 : 1 are common in text and noise; a square of 81 modules as dark
//! and as light as it should be is not.

use std::sync::LazyLock;

use crate::Point;
use crate::grid::light::Light;
use crate::locate::finders::Finder;

/// Modules to either side of the middle: the pattern and the light ring around it (ISO/IEC 18004, 6.3.3 and 6.3.4).
const REACH: i32 = 4;

/// Grey levels that are no contrast.
const FLAT: f32 = 2.0;

/// Places off the middle and what they show, above zero dark, the sum zero.
static SQUARE: LazyLock<Vec<(Point, f32)>> = LazyLock::new(|| {
    let places = (-REACH..=REACH).flat_map(|y| (-REACH..=REACH).map(move |x| (x, y)));
    let shown = places.map(|(x, y)| {
        let dark = matches!(x.abs().max(y.abs()), 0 | 1 | 3);
        (Point::new(x as f32, y as f32), if dark { 1.0 } else { -1.0 })
    });
    let shown: Vec<(Point, f32)> = shown.collect();
    let mean = shown.iter().map(|(_, v)| v).sum::<f32>() / shown.len() as f32;
    shown.into_iter().map(|(p, v)| (p, v - mean)).collect()
});

/// Correlation with a perfect finder pattern: 1 for one, about 0 for anything else. Pixels are those of the finder
/// pattern times `enlarged`.
pub(crate) fn likeness(light: &Light<'_>, finder: &Finder, enlarged: f32) -> f32 {
    let (mut sum, mut squares, mut along, mut norm) = (0.0, 0.0, 0.0, 0.0);
    for (off, value) in SQUARE.iter() {
        let level = light.at((finder.centre + finder.axes.place(*off)) * enlarged);
        sum += level;
        squares += level * level;
        along -= value * level;
        norm += value * value;
    }
    let count = SQUARE.len() as f32;
    let spread = (squares - sum * sum / count).max(0.0) + FLAT * FLAT * count;
    along / (spread * norm).sqrt()
}
