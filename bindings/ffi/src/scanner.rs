//! Frames and pictures from both languages.

use std::time::Duration;

use apoa_core::permit::Patterns;
use apoa_core::scanner as core;

use crate::error::ScanError;
use crate::zone::Zone;

/// How the camera was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Rotation {
    /// As the sensor is mounted.
    Upright,
    /// A quarter turn clockwise.
    Quarter,
    /// Half a turn.
    Half,
    /// Three quarter turns clockwise.
    ThreeQuarter,
}

/// A rectangle of the frame, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Region {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// Where the pixels of a luma plane lie: one byte a pixel, rows `row_stride` bytes apart. The last row may end at its
/// last pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FrameLayout {
    /// Pixels a row.
    pub width: i32,
    /// Rows.
    pub height: i32,
    /// Bytes from one row to the next.
    pub row_stride: i32,
    /// How the camera was held.
    pub rotation: Rotation,
    /// The only part that is looked at, if not all of it.
    pub region: Option<Region>,
    /// Time of the frame, by any clock that only moves forward, in milliseconds.
    pub at_ms: i64,
}

/// A corner, in pixels of the frame.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct Corner {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// A code that was read.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Code {
    /// Its payload.
    pub bytes: Vec<u8>,
    /// Its corners, from the code's own top left.
    pub corners: Vec<Corner>,
    /// Pixels a module.
    pub px_per_module: f32,
    /// What it says.
    pub reading: Reading,
}

/// What a payload says: the words of the command line.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Reading {
    /// The kind of reading, such as `holder_fields`.
    pub word: String,
    /// The issuer's id.
    pub issuer: Option<String>,
    /// The facts it holds, by field code.
    pub facts: std::collections::HashMap<String, String>,
    /// Of what foreign or official kind it is.
    pub kind: Option<String>,
    /// Why it is suspicious.
    pub reason: Option<String>,
    /// `exact`, `probable` or `none`.
    pub confidence: String,
    /// Whether the permit's data are still to be asked of the server.
    pub pending: bool,
}

/// One thing a person can change; words by its kind.
#[derive(Clone, PartialEq, uniffi::Enum)]
pub enum Hint {
    /// Nothing is wrong so far: put a code before the camera.
    Aim,
    /// Several codes: tap one.
    Several {
        /// Different payloads.
        count: i32,
    },
    /// What was read is no permit.
    Wrong {
        /// What it is instead.
        kind: String,
    },
    /// The code leaves the picture.
    CutOff {
        /// Where to move the phone.
        side: Side,
    },
    /// The code is too large for the picture.
    Farther,
    /// Its modules are too small.
    Closer {
        /// How many times larger it should appear.
        zoom: f32,
    },
    /// Too little light.
    Dark {
        /// A torch would help.
        torch: bool,
    },
    /// Too much light.
    Bright,
    /// A reflection.
    Glare {
        /// Its middle, in pixels of the frame.
        at: Corner,
    },
    /// Blurred by motion.
    Still,
    /// Out of focus.
    Focus,
    /// Seen, but its content does not come out.
    Unreadable {
        /// `damaged`, `covered` or `faded`.
        reason: String,
    },
    /// Nothing looks like a code.
    Where,
    /// It takes too long.
    GiveUp,
}

/// A direction in the upright picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Side {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// What a picture held.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Picture {
    /// Its codes.
    pub codes: Vec<Code>,
    /// The machine-readable zone of a passport, card or visa.
    pub zone: Option<Zone>,
    /// What to change for the next picture.
    pub hint: Option<Hint>,
}

/// What counts.
#[derive(Clone, PartialEq, uniffi::Enum)]
pub enum Payload {
    /// A code.
    Code {
        /// What it says.
        code: Code,
    },
    /// The machine-readable zone of a passport, card or visa.
    Mrz {
        /// Its lines and what they say.
        zone: Zone,
    },
}

/// What one frame brought.
#[derive(Clone, PartialEq, uniffi::Enum)]
#[expect(clippy::large_enum_variant, reason = "made once a frame, read once, never kept in a list")]
pub enum Scanned {
    /// No code and no zone in sight.
    Nothing {
        /// What to change.
        hint: Option<Hint>,
    },
    /// A code or a zone is there and does not count yet.
    Located {
        /// Its corners.
        corners: Vec<Corner>,
        /// What to change; none if it was read and waits for a second look.
        hint: Option<Hint>,
    },
    /// A payload counts; said once for what is held in view.
    Confirmed {
        /// What was read.
        payload: Payload,
        /// That a code is no permit, or that other permits are in view.
        hint: Option<Hint>,
    },
    /// What was confirmed before is still in view.
    Unchanged,
}

/// Reads the frames of one camera session; one for each camera thread.
#[derive(uniffi::Object)]
pub struct Scanner(apoa_core::Scanner);

#[uniffi::export]
impl Scanner {
    /// A scanner that has seen nothing.
    #[uniffi::constructor]
    pub fn new() -> Result<Self, ScanError> {
        Ok(Self(apoa_core::Scanner::new(Patterns::default())))
    }

    /// Blocks for a few milliseconds; call from the camera thread. The bytes are read, never kept.
    pub fn scan(&self, luma: &[u8], layout: FrameLayout, budget_ms: i32) -> Result<Scanned, ScanError> {
        Ok(self.0.scan(luma, layout.try_into()?, millis(budget_ms))?.into())
    }

    /// Blocks; call from a background thread. Reads the codes and the zone of one picture file, PNG or
    /// JPEG.
    pub fn scan_still(&self, picture: &[u8], budget_ms: i32) -> Result<Picture, ScanError> {
        let core::Picture { found, zone, hint, .. } =
            self.0.scan_picture(picture, None, millis(budget_ms))?;
        let codes = found.into_iter().map(|found| code(found.symbol, &found.reading)).collect();
        Ok(Picture { codes, zone: zone.map(Zone::from), hint: hint.map(Hint::from) })
    }

    /// Why nothing was read in the last second, as JSON: numbers alone, no payload, no pixels.
    pub fn report(&self) -> String {
        self.0.report().to_json()
    }
}

fn millis(budget_ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(budget_ms).unwrap_or(0))
}

impl TryFrom<FrameLayout> for core::FrameLayout {
    type Error = ScanError;

    fn try_from(layout: FrameLayout) -> Result<Self, ScanError> {
        let FrameLayout { width, height, row_stride, rotation, region, at_ms } = layout;
        let region = region
            .map(|region| {
                let Region { x, y, width, height } = region;
                Ok::<_, ScanError>(core::Region {
                    x: unsigned(x)?,
                    y: unsigned(y)?,
                    width: unsigned(width)?,
                    height: unsigned(height)?,
                })
            })
            .transpose()?;
        Ok(Self {
            width: unsigned(width)?,
            height: unsigned(height)?,
            row_stride: unsigned(row_stride)?,
            rotation: match rotation {
                Rotation::Upright => core::Rotation::None,
                Rotation::Quarter => core::Rotation::Quarter,
                Rotation::Half => core::Rotation::Half,
                Rotation::ThreeQuarter => core::Rotation::ThreeQuarter,
            },
            region,
            at_ms,
        })
    }
}

fn unsigned(number: i32) -> Result<u32, ScanError> {
    u32::try_from(number).map_err(|_| ScanError::BadFrame { reason: "a negative number".to_owned() })
}

pub(crate) fn corners(outline: [core::Point; 4]) -> Vec<Corner> {
    outline.into_iter().map(|core::Point { x, y }| Corner { x, y }).collect()
}

fn code(symbol: core::Symbol, reading: &apoa_core::permit::Reading) -> Code {
    Code {
        corners: corners(symbol.corners),
        px_per_module: symbol.px_per_module,
        reading: reading.into(),
        bytes: symbol.bytes,
    }
}

impl From<&apoa_core::permit::Reading> for Reading {
    fn from(reading: &apoa_core::permit::Reading) -> Self {
        Self {
            word: reading.word().to_owned(),
            issuer: reading.issuer().map(str::to_owned),
            facts: reading
                .fields()
                .iter()
                .map(|(field, value)| (field.as_str().to_owned(), value.to_owned()))
                .collect(),
            kind: reading.kind().map(str::to_owned),
            reason: reading.reason().map(|reason| reason.as_str().to_owned()),
            confidence: reading.confidence().as_str().to_owned(),
            pending: reading.is_pending(),
        }
    }
}

impl From<core::Hint> for Hint {
    fn from(hint: core::Hint) -> Self {
        use core::FrameHint as Seen;
        match hint {
            core::Hint::Wrong { kind } => Self::Wrong { kind },
            core::Hint::Frame(seen) => match seen {
                Seen::Several { count } => Self::Several { count: i32::try_from(count).unwrap_or(i32::MAX) },
                Seen::CutOff { side } => Self::CutOff { side: side.into() },
                Seen::Farther => Self::Farther,
                Seen::Closer { zoom } => Self::Closer { zoom },
                Seen::Dark { torch } => Self::Dark { torch },
                Seen::Bright => Self::Bright,
                Seen::Glare { at: core::Point { x, y } } => Self::Glare { at: Corner { x, y } },
                Seen::Still => Self::Still,
                Seen::Focus => Self::Focus,
                Seen::Unreadable { reason } => Self::Unreadable { reason: reason.as_str().to_owned() },
                Seen::Where => Self::Where,
                Seen::GiveUp => Self::GiveUp,
                Seen::Aim => Self::Aim,
            },
        }
    }
}

impl From<core::Side> for Side {
    fn from(side: core::Side) -> Self {
        match side {
            core::Side::Left => Self::Left,
            core::Side::Right => Self::Right,
            core::Side::Up => Self::Up,
            core::Side::Down => Self::Down,
        }
    }
}

impl From<core::Payload> for Payload {
    fn from(payload: core::Payload) -> Self {
        match payload {
            core::Payload::Code(core::Found { symbol, reading }) => {
                Self::Code { code: code(symbol, &reading) }
            }
            core::Payload::Mrz(zone) => Self::Mrz { zone: (*zone).into() },
        }
    }
}

impl From<core::Scanned> for Scanned {
    fn from(scanned: core::Scanned) -> Self {
        match scanned {
            core::Scanned::Nothing { hint } => Self::Nothing { hint: hint.map(Hint::from) },
            core::Scanned::Located { outline, hint } => {
                Self::Located { corners: corners(outline.corners), hint: hint.map(Hint::from) }
            }
            core::Scanned::Confirmed { payload, hint } => {
                Self::Confirmed { payload: payload.into(), hint: hint.map(Hint::from) }
            }
            core::Scanned::Unchanged => Self::Unchanged,
        }
    }
}
