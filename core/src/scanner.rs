//! The facade for frames and pictures: what apoa-scan reads, with what the permit's rules say about it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use apoa_domain::codes::Code;
use apoa_domain::permit::{Patterns, Reading, read};
use apoa_scan::{Deadline, ScanOutcome, ScanSettings};
pub use apoa_scan::{EcLevel, FrameFault, FrameLayout, Outline, Point, Region, Rotation, Symbol};

use crate::clock::SystemClock;
use crate::ports::Clock;

/// A frame or picture could not be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// The layout does not fit the bytes: fix the call.
    #[error("the frame does not fit its layout: {reason}")]
    BadFrame {
        /// What does not fit.
        reason: FrameFault,
    },
    /// Not a picture, or too large: take another one.
    #[error("the picture cannot be used: {reason}")]
    BadPicture {
        /// Why.
        reason: PictureFault,
    },
}

/// What is wrong with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// No format this build reads.
    #[error("format not supported")]
    Format,
    /// Cut off, damaged, or larger than allowed.
    #[error("damaged or too large")]
    Damaged,
}

impl ScanError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::BadFrame { .. } | Self::BadPicture { reason: PictureFault::Damaged } => Code::BadPicture,
            Self::BadPicture { reason: PictureFault::Format } => Code::PictureFormat,
        }
    }
}

impl From<apoa_scan::ScanError> for ScanError {
    fn from(error: apoa_scan::ScanError) -> Self {
        let apoa_scan::ScanError::BadFrame { reason } = error;
        Self::BadFrame { reason }
    }
}

/// What one frame brought.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Scanned {
    /// No code in sight.
    Nothing,
    /// A code is there and does not count yet.
    Located {
        /// Where.
        outline: Outline,
    },
    /// A payload counts; said once for a code held in view.
    Confirmed {
        /// The code.
        symbol: Symbol,
        /// What it says.
        reading: Reading,
    },
    /// What was confirmed before is still in view.
    Unchanged,
}

/// A code of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The code.
    pub symbol: Symbol,
    /// What it says.
    pub reading: Reading,
}

/// What a picture held.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Its codes.
    pub found: Vec<Found>,
    /// The scanner's own time, without decompressing.
    pub took: Duration,
}

/// Reads the frames of one camera session. One for each camera thread; it keeps what it saw in the last seconds.
pub struct Scanner {
    inner: Mutex<apoa_scan::Scanner>,
    patterns: Patterns,
    clock: SystemClock,
}

/// Passes once the clock does.
struct Until<'a> {
    clock: &'a SystemClock,
    at: Duration,
}

impl Deadline for Until<'_> {
    fn passed(&self) -> bool {
        self.clock.monotonic() >= self.at
    }
}

impl Scanner {
    /// A scanner that has seen nothing, and reads payloads by these patterns.
    pub fn new(patterns: Patterns) -> Self {
        let inner = Mutex::new(apoa_scan::Scanner::new(ScanSettings::default()));
        Self { inner, patterns, clock: SystemClock::new() }
    }

    /// Looks at one frame of a camera: 8-bit luma, one byte a pixel, rows `row_stride` bytes apart, in the order the
    /// frames were taken. The bytes are read, never kept. Blocks for a few milliseconds, hardly longer than `budget`.
    pub fn scan(&self, luma: &[u8], layout: FrameLayout, budget: Duration) -> Result<Scanned, ScanError> {
        let until = self.until(budget);
        let outcome = self.inner.lock().unwrap_or_else(PoisonError::into_inner).scan(luma, layout, &until)?;
        Ok(match outcome {
            ScanOutcome::Nothing => Scanned::Nothing,
            ScanOutcome::Located { outline } => Scanned::Located { outline },
            ScanOutcome::Unchanged => Scanned::Unchanged,
            ScanOutcome::Confirmed { symbol } => {
                let reading = read(&symbol.bytes, &self.patterns);
                Scanned::Confirmed { symbol, reading }
            }
        })
    }

    /// Looks at one picture as luma: every lane, several codes, one look decides.
    pub fn scan_luma(
        &self,
        luma: &[u8],
        layout: FrameLayout,
        budget: Duration,
    ) -> Result<Picture, ScanError> {
        let begun = self.clock.monotonic();
        let (width, height) = (layout.width, layout.height);
        let symbols = apoa_scan::scan_still(luma, layout, &self.until(budget))?;
        let found = symbols
            .into_iter()
            .map(|symbol| Found { reading: read(&symbol.bytes, &self.patterns), symbol })
            .collect();
        Ok(Picture { width, height, found, took: self.clock.monotonic().saturating_sub(begun) })
    }

    /// Looks at one picture file: PNG or JPEG, and what else the build of `image` reads. `region` narrows the search.
    #[cfg(feature = "still-image")]
    pub fn scan_picture(
        &self,
        file: &[u8],
        region: Option<Region>,
        budget: Duration,
    ) -> Result<Picture, ScanError> {
        let luma = crate::picture::decode(file).map_err(|reason| ScanError::BadPicture { reason })?;
        let layout = FrameLayout { region, ..FrameLayout::packed(luma.width(), luma.height()) };
        self.scan_luma(luma.as_raw(), layout, budget)
    }

    fn until(&self, budget: Duration) -> Until<'_> {
        Until { clock: &self.clock, at: self.clock.monotonic() + budget }
    }
}
