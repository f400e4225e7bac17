//! A triple of finder patterns to the module matrix, over rxing's sampler.

use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, SampleQR};

use crate::Point;
use crate::locate::guarded;

/// Modules of a possible code and where it lies in the plane it was sampled from.
pub(crate) struct Sampled {
    pub(crate) modules: BitMatrix,
    /// Top left, top right, bottom right, bottom left as the finder patterns say, in pixels of the plane.
    pub(crate) corners: [Point; 4],
}

/// Reads the modules between three finder patterns; `None` if no grid of a valid size fits them.
pub(crate) fn sample(image: &BitMatrix, set: &FinderPatternSet, caught: &mut u32) -> Option<Sampled> {
    let result = guarded(caught, || SampleQR(image, set).ok())?;
    // The sampler adds half a pixel for rounding and gives the lower corners left first.
    let &[tl, tr, bl, br] = result.getPoints() else { return None };
    let corners = [tl, tr, br, bl].map(|p| Point { x: p.x - 0.5, y: p.y - 0.5 });
    corners
        .iter()
        .all(|c| c.x.is_finite() && c.y.is_finite())
        .then(|| Sampled { modules: result.getBits().clone(), corners })
}
