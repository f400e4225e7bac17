//! Frames and pictures from both languages.

use std::time::Duration;

use apoa_core::permit::Patterns;
use apoa_core::scanner as core;

use crate::error::ScanError;

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

/// What one frame brought.
#[derive(Clone, PartialEq, uniffi::Enum)]
#[expect(clippy::large_enum_variant, reason = "made once a frame, read once, never kept in a list")]
pub enum Scanned {
    /// No code in sight.
    Nothing,
    /// A code is there and does not count yet.
    Located {
        /// Its corners.
        corners: Vec<Corner>,
    },
    /// A payload counts; said once for a code held in view.
    Confirmed {
        /// The code.
        code: Code,
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

    /// Blocks; call from a background thread. Reads the codes of one picture file, PNG or JPEG.
    pub fn scan_still(&self, picture: &[u8], budget_ms: i32) -> Result<Vec<Code>, ScanError> {
        let found = self.0.scan_picture(picture, None, millis(budget_ms))?.found;
        Ok(found.into_iter().map(|found| code(found.symbol, &found.reading)).collect())
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

fn corners(outline: [core::Point; 4]) -> Vec<Corner> {
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

impl From<core::Scanned> for Scanned {
    fn from(scanned: core::Scanned) -> Self {
        match scanned {
            core::Scanned::Nothing => Self::Nothing,
            core::Scanned::Located { outline } => Self::Located { corners: corners(outline.corners) },
            core::Scanned::Confirmed { symbol, reading } => Self::Confirmed { code: code(symbol, &reading) },
            core::Scanned::Unchanged => Self::Unchanged,
        }
    }
}
