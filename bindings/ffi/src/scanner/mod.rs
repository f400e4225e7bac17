//! Frames and pictures from both languages.

mod hint;
mod layout;
mod seen;
mod session;
mod zone;

use std::sync::{Mutex, MutexGuard, PoisonError};

use apoa_core::permit::Patterns;
use apoa_core::scanner::{self as core, MrzRead};

pub use hint::Hint;
pub use layout::{Corner, FrameLayout, Region, Rotation};
pub use seen::{FoundCode, Payload, Picture, Reading, Scanned};
pub use zone::{FactPlace, Zone, ZoneChar};

use crate::convert::millis;
use crate::error::ScanError;
use session::Session;

/// Reads the frames of one camera session; one for each camera thread.
///
/// What stays the same from frame to frame does not cross again: the layout is said once, and an answer is fetched only
/// if it is news. Two threads that share a scanner must let each other finish. If they do not, no memory is touched that
/// is not theirs, because each frame is held against the layout in force before a byte is read; but a frame may meet the
/// other thread's layout, and `seen` may tell of the other thread's frame.
#[derive(uniffi::Object)]
pub struct Scanner {
    core: apoa_core::Scanner,
    session: Mutex<Session>,
}

impl Scanner {
    pub(crate) fn with(patterns: Patterns) -> Self {
        Self { core: apoa_core::Scanner::new(patterns), session: Mutex::new(Session::default()) }
    }

    /// Never held while pixels are looked at.
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[uniffi::export]
impl Scanner {
    /// A scanner that has seen nothing and knows the built-in patterns; the client makes one with the deployment's.
    #[uniffi::constructor]
    pub fn new() -> Result<Self, ScanError> {
        Ok(Self::with(Patterns::default()))
    }

    /// What the frames that follow look like, until it is said again. A layout that is refused changes nothing.
    pub fn set_layout(&self, layout: FrameLayout) -> Result<(), ScanError> {
        self.session().layout = Some(layout.try_into()?);
        Ok(())
    }

    /// Blocks for a few milliseconds; call from the camera thread. The bytes are read, never kept. `at_ms` is the frame's
    /// time, by any clock that only moves forward.
    ///
    /// True if the answer is news: `seen` has it. False if it equals the one that `seen` gave last.
    pub fn scan(&self, luma: &[u8], at_ms: i64, budget_ms: i32) -> Result<bool, ScanError> {
        let layout = self.session().layout.ok_or_else(ScanError::no_layout)?;
        let layout = core::FrameLayout { at_ms, ..layout };
        let seen = self.core.scan(luma, layout, millis(budget_ms))?;
        Ok(self.session().take(seen))
    }

    /// What the last frame brought; of a scanner that has seen none, nothing.
    pub fn seen(&self) -> Result<Scanned, ScanError> {
        Ok(self.session().fetch().into())
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
        Ok(self.core.scan_picture(picture, region, millis(budget_ms))?.into())
    }

    /// Blocks; call from a background thread. The same for a picture that is there as luma already.
    pub fn scan_luma(&self, luma: &[u8], layout: FrameLayout, budget_ms: i32) -> Result<Picture, ScanError> {
        Ok(self.core.scan_luma(luma, layout.try_into()?, millis(budget_ms))?.into())
    }

    /// The zone in the last frame, whether it counts or not: for drawing.
    pub fn zone(&self) -> Result<Option<Zone>, ScanError> {
        Ok(self.core.zone().map(|read: MrzRead| read.into()))
    }

    /// Why nothing was read in the last second, as JSON: numbers alone, no payload, no pixels.
    pub fn report(&self) -> Result<String, ScanError> {
        Ok(self.core.report().to_json())
    }
}
