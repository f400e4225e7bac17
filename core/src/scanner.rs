//! The facade for frames and pictures: what apoa-scan reads, with what the permit's rules say about it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use apoa_domain::codes::Code;
use apoa_domain::passport::Date;
use apoa_domain::permit::{Patterns, Reading, read as read_payload};
use apoa_domain::report::deadline;
pub use apoa_scan::mrz::{CharProof, Check, CheckedField, MrzFormat, MrzRead};
pub use apoa_scan::{
    Blur, EcLevel, FinderMark, FrameFault, FrameLayout, Glare, Hint as FrameHint, Outline, Point, Region,
    Rotation, Side, Signals, Symbol, Unread, ZoneSignals,
};
use apoa_scan::{Deadline, Payload as Seen, ScanOutcome, ScanSettings};

pub use crate::found_zone::FoundZone;

use crate::clock::SystemClock;
use crate::diagnosis::{FrameRecord, Report, Ring, Sight};
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

/// One thing a person can change. Words stand in the catalogue under `hint-` and its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Hint {
    /// What was read is no permit.
    Wrong {
        /// What it is instead: the kind of its reading.
        kind: String,
    },
    /// Something about the frame.
    Frame(FrameHint),
}

impl Hint {
    /// The stable name: `wrong`, `closer`, `cut_off` …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Wrong { .. } => "wrong",
            Self::Frame(hint) => hint.kind(),
        }
    }

    /// Its key in the catalogue.
    pub fn key(&self) -> String {
        let kind = self.kind().replace('_', "-");
        match self {
            Self::Frame(FrameHint::CutOff { side }) => format!("hint-{kind}-{}", side.as_str()),
            Self::Frame(FrameHint::Unreadable { reason: reason @ (Unread::Curved | Unread::Covered) }) => {
                format!("hint-{kind}-{}", reason.as_str())
            }
            Self::Wrong { .. } | Self::Frame(_) => format!("hint-{kind}"),
        }
    }

    /// What to say of the payloads in view. Codes that are no permits matter only where no other code is.
    fn of(readings: &[&Reading]) -> Option<Self> {
        let valid = readings.iter().filter(|reading| !is_wrong(reading)).count();
        match (valid, readings.first()) {
            (0, Some(first)) => Some(Self::Wrong { kind: first.kind().unwrap_or_default().to_owned() }),
            (0 | 1, _) => None,
            (count, _) => Some(Self::Frame(FrameHint::Several { count: count as u32 })),
        }
    }
}

/// No permit for certain. An unknown payload is none of these: it is a result.
fn is_wrong(reading: &Reading) -> bool {
    matches!(reading.word(), "not_permit" | "other_official")
}

/// What counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// A code.
    Code(Found),
    /// The machine-readable zone of a passport, card or visa.
    Mrz(Box<FoundZone>),
}

/// What one frame brought.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Scanned {
    /// No code and no zone in sight.
    Nothing {
        /// What to change.
        hint: Option<Hint>,
    },
    /// A code or a zone is there and does not count yet.
    Located {
        /// Where.
        outline: Outline,
        /// What to change; `None` if it was read and waits for a second look.
        hint: Option<Hint>,
    },
    /// A payload counts; said once for what is held in view.
    Confirmed {
        /// What was read, and what it says.
        payload: Payload,
        /// That a code is no permit, or that other permits are in view.
        hint: Option<Hint>,
    },
    /// What was confirmed before is still in view.
    Unchanged,
}

/// A code that was read.
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
    /// Its size, and what part was looked at.
    pub layout: FrameLayout,
    /// Its codes.
    pub found: Vec<Found>,
    /// Its machine-readable zone, accepted or not, looked for where no code was read.
    pub zone: Option<MrzRead>,
    /// What to change for the next picture; `None` where a zone was read. With codes: that none is a permit, or that
    /// several are.
    pub hint: Option<Hint>,
    /// What was seen and not read.
    pub sight: Sight,
    /// The scanner's own time, without decompressing.
    pub took: Duration,
}

impl Picture {
    /// Whether it brought anything: a code, or a zone that was accepted.
    pub fn is_read(&self) -> bool {
        !self.found.is_empty() || self.zone.as_ref().is_some_and(|zone| zone.accepted)
    }

    /// Why nothing was read, as numbers; of a picture with a code or a zone, that it was read.
    pub fn report(&self) -> Report {
        let hint = match &self.hint {
            Some(Hint::Frame(hint)) if !self.is_read() => Some(*hint),
            _ => None,
        };
        let FrameLayout { width, height, region, at_ms, .. } = self.layout;
        let frame = FrameRecord {
            at_ms,
            width,
            height,
            region,
            read: self.is_read(),
            sight: self.sight.clone(),
            hint,
            ms: self.took.as_secs_f64() * 1_000.0,
        };
        Report { still: true, before: apoa_scan::Coach::default(), frames: vec![frame] }
    }
}

/// The readings of different payloads.
fn different(found: &[Found]) -> Vec<&Reading> {
    let new =
        |(nth, one): &(usize, &Found)| !found[..*nth].iter().any(|f| f.symbol.bytes == one.symbol.bytes);
    found.iter().enumerate().filter(new).map(|(_, one)| &one.reading).collect()
}

/// Reads the frames of one camera session. One for each camera thread; it keeps what it saw in the last seconds.
pub struct Scanner {
    inner: Mutex<Inner>,
    patterns: Patterns,
    clock: SystemClock,
}

/// The scanner and its last second.
struct Inner {
    scanner: apoa_scan::Scanner,
    ring: Ring,
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
        let scanner = apoa_scan::Scanner::new(ScanSettings::default());
        Self {
            inner: Mutex::new(Inner { scanner, ring: Ring::default() }),
            patterns,
            clock: SystemClock::new(),
        }
    }

    /// Looks at one frame of a camera: 8-bit luma, one byte a pixel, rows `row_stride` bytes apart, in the order the
    /// frames were taken. The bytes are read, never kept. Blocks for a few milliseconds, hardly longer than `budget`.
    pub fn scan(&self, luma: &[u8], layout: FrameLayout, budget: Duration) -> Result<Scanned, ScanError> {
        let begun = self.clock.monotonic();
        let until = Until { clock: &self.clock, at: begun + budget };
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { scanner, ring } = &mut *inner;
        let before = scanner.coach_state();
        let outcome = scanner.scan(luma, layout, &until)?;
        let ms = self.clock.monotonic().saturating_sub(begun).as_secs_f64() * 1_000.0;
        let said = match &outcome {
            ScanOutcome::Nothing { hint } | ScanOutcome::Located { hint, .. } => *hint,
            ScanOutcome::Confirmed { .. } | ScanOutcome::Unchanged => None,
        };
        let read = scanner.signals().is_none();
        ring.push(before, &layout, read, said, ms).take(scanner.findings(), scanner.signals().copied());
        Ok(match outcome {
            ScanOutcome::Nothing { hint } => Scanned::Nothing { hint: hint.map(Hint::Frame) },
            ScanOutcome::Located { outline, hint } => {
                Scanned::Located { outline, hint: hint.map(Hint::Frame) }
            }
            ScanOutcome::Unchanged => Scanned::Unchanged,
            ScanOutcome::Confirmed { payload: Seen::Mrz(read) } => {
                let outline = read.outline;
                match FoundZone::of(read, self.today()) {
                    Some(zone) => Scanned::Confirmed { payload: Payload::Mrz(Box::new(zone)), hint: None },
                    None => Scanned::Located { outline, hint: None },
                }
            }
            ScanOutcome::Confirmed { payload: Seen::Code(symbol) } => {
                let reading = read_payload(&symbol.bytes, &self.patterns);
                let others = scanner.findings().symbols.iter().filter(|other| other.bytes != symbol.bytes);
                let others: Vec<Reading> = others.map(|o| read_payload(&o.bytes, &self.patterns)).collect();
                let hint = Hint::of(&std::iter::once(&reading).chain(&others).collect::<Vec<_>>());
                Scanned::Confirmed { payload: Payload::Code(Found { symbol, reading }), hint }
            }
        })
    }

    /// What the last frame showed, without what it said: for drawing, and for people who ask why.
    pub fn sight(&self) -> Sight {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.ring.last().map(|record| record.sight.clone()).unwrap_or_default()
    }

    /// The zone in the last frame, whether it counts or not: for drawing.
    pub fn zone(&self) -> Option<MrzRead> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.scanner.zone().cloned()
    }

    /// The last second's numbers: no payload, no pixels.
    pub fn report(&self) -> Report {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).ring.report()
    }

    /// Looks at one picture as luma: every lane, several codes, one look decides.
    pub fn scan_luma(
        &self,
        luma: &[u8],
        layout: FrameLayout,
        budget: Duration,
    ) -> Result<Picture, ScanError> {
        let begun = self.clock.monotonic();
        let still = apoa_scan::scan_still(luma, layout, &self.until(budget))?;
        let mut sight = Sight::default();
        sight.take(&still.findings, still.signals);
        let found: Vec<Found> = still
            .findings
            .symbols
            .into_iter()
            .map(|symbol| Found { reading: read_payload(&symbol.bytes, &self.patterns), symbol })
            .collect();
        let hint = Hint::of(&different(&found)).or(still.hint.map(Hint::Frame));
        let took = self.clock.monotonic().saturating_sub(begun);
        Ok(Picture { layout, found, zone: still.zone, hint, sight, took })
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

    /// Where most lodgings are: it settles the century of a birth year.
    fn today(&self) -> Date {
        deadline::Zone::default().day(self.clock.wall())
    }

    fn until(&self, budget: Duration) -> Until<'_> {
        Until { clock: &self.clock, at: self.clock.monotonic() + budget }
    }
}
