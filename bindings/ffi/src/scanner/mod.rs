//! Frames and pictures from both languages.

mod hint;
mod layout;
mod seen;
mod zone;

use apoa_core::permit::Patterns;
use apoa_core::scanner::MrzRead;

pub use hint::Hint;
pub use layout::{Corner, FrameLayout, Region, Rotation};
pub use seen::{FoundCode, Payload, Picture, Reading, Scanned};
pub use zone::{FactPlace, Zone, ZoneChar};

use crate::convert::millis;
use crate::error::ScanError;

/// Reads the frames of one camera session; one for each camera thread.
#[derive(uniffi::Object)]
pub struct Scanner(apoa_core::Scanner);

impl Scanner {
    pub(crate) fn with(patterns: Patterns) -> Self {
        Self(apoa_core::Scanner::new(patterns))
    }
}

#[uniffi::export]
impl Scanner {
    /// A scanner that has seen nothing and knows the built-in patterns; the client makes one with the deployment's.
    #[uniffi::constructor]
    pub fn new() -> Result<Self, ScanError> {
        Ok(Self::with(Patterns::default()))
    }

    /// Blocks for a few milliseconds; call from the camera thread. The bytes are read, never kept.
    pub fn scan(&self, luma: &[u8], layout: FrameLayout, budget_ms: i32) -> Result<Scanned, ScanError> {
        Ok(self.0.scan(luma, layout.try_into()?, millis(budget_ms))?.into())
    }

    /// Blocks; call from a background thread. Reads the codes and the zone of one picture file, PNG or JPEG. A region
    /// narrows the search.
    #[uniffi::method(default(region = None))]
    pub fn scan_still(
        &self,
        picture: &[u8],
        budget_ms: i32,
        region: Option<Region>,
    ) -> Result<Picture, ScanError> {
        let region = region.map(Region::try_into).transpose()?;
        Ok(self.0.scan_picture(picture, region, millis(budget_ms))?.into())
    }

    /// Blocks; call from a background thread. The same for a picture that is there as luma already.
    pub fn scan_luma(&self, luma: &[u8], layout: FrameLayout, budget_ms: i32) -> Result<Picture, ScanError> {
        Ok(self.0.scan_luma(luma, layout.try_into()?, millis(budget_ms))?.into())
    }

    /// The zone in the last frame, whether it counts or not: for drawing.
    pub fn zone(&self) -> Result<Option<Zone>, ScanError> {
        Ok(self.0.zone().map(|read: MrzRead| read.into()))
    }

    /// Why nothing was read in the last second, as JSON: numbers alone, no payload, no pixels.
    pub fn report(&self) -> Result<String, ScanError> {
        Ok(self.0.report().to_json())
    }
}
