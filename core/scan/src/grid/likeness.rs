//! How much a place looks like a finder pattern in grey.
//!
//! Bits that happen to lie in the ratio 1 : 1 : 3 : 1 : 1 are common in text and noise; a square of 81 modules as dark
//! and as light as it should be is not.

use std::sync::LazyLock;

use crate::Point;
use crate::grid::landmarks::Landmark;
use crate::grid::light::Light;
use crate::locate::finders::Finder;

/// Modules to either side of the middle: the pattern and the light ring around it (ISO/IEC 18004, 6.3.3 and 6.3.4).
const REACH: i32 = 4;

/// Modules off the middle of a finder pattern.
static SQUARE: LazyLock<Landmark> = LazyLock::new(|| {
    let places = (-REACH..=REACH).flat_map(|y| (-REACH..=REACH).map(move |x| (x, y)));
    Landmark::of(places.map(|(x, y)| {
        let dark = matches!(x.abs().max(y.abs()), 0 | 1 | 3);
        (Point::new(x as f32, y as f32), dark)
    }))
});

/// Agreement with a perfect finder pattern: 1 for one, about 0 for anything else. Pixels are those of the finder
/// pattern times `enlarged`.
pub(crate) fn likeness(light: &Light<'_>, finder: &Finder, enlarged: f32) -> f32 {
    SQUARE.agreement_of(|off| light.at((finder.centre + finder.axes.place(off)) * enlarged))
}
