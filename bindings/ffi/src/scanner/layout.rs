//! Where a frame's pixels lie.

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
}

/// Of a frame at time 0: the camera's time comes with each frame.
impl TryFrom<FrameLayout> for core::FrameLayout {
    type Error = ScanError;

    fn try_from(layout: FrameLayout) -> Result<Self, ScanError> {
        let FrameLayout { width, height, row_stride, rotation, region } = layout;
        let region = region.map(Region::try_into).transpose()?;
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
            at_ms: 0,
        })
    }
}

impl TryFrom<Region> for core::Region {
    type Error = ScanError;

    fn try_from(region: Region) -> Result<Self, ScanError> {
        let Region { x, y, width, height } = region;
        Ok(Self { x: unsigned(x)?, y: unsigned(y)?, width: unsigned(width)?, height: unsigned(height)? })
    }
}

fn unsigned(number: i32) -> Result<u32, ScanError> {
    u32::try_from(number).map_err(|_| ScanError::BadFrame { reason: "a negative number".to_owned() })
}

/// A corner, in pixels of the frame.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct Corner {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

pub(crate) fn corners(outline: [core::Point; 4]) -> Vec<Corner> {
    outline.into_iter().map(|core::Point { x, y }| Corner { x, y }).collect()
}
