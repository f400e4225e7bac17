//! Proves a frame's layout once, so that no later index can leave the slice.
//!
//! Not its job: looking at pixels. Invariant: a [`FrameView`] exists only if every row of its region lies inside the
//! slice. The last row may end at its last pixel: cameras hand out buffers without padding there, so a frame needs
//! `(height - 1) * row_stride + width` bytes and not `height * row_stride`.
#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

/// Pixels in one frame at most. 64 Mpx is more than any live camera frame and most still cameras; it keeps every
/// size in 32 bits and the scanner's own planes under 64 MB.
pub const MAX_PIXELS: u64 = 1 << 26;

/// Width and height at most. Run lengths along a row are kept in 16 bits by the detector and are doubled there.
pub const MAX_SIDE: u32 = 16_384;

/// How a frame lies in memory, and when it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLayout {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from the start of one row to the start of the next, at least `width`.
    pub row_stride: u32,
    /// How far the frame must be turned to stand upright. Codes are read at any angle; corners stay in the frame's
    /// own pixels.
    pub rotation: Rotation,
    /// The only part to look at; the whole frame if absent.
    pub region: Option<Region>,
    /// The frame's own time in milliseconds, from any fixed start.
    pub at_ms: i64,
}

impl FrameLayout {
    /// A whole frame without padding, upright, at time 0.
    pub fn packed(width: u32, height: u32) -> Self {
        Self { width, height, row_stride: width, rotation: Rotation::None, region: None, at_ms: 0 }
    }
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
}

/// A turn clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// Upright as it is.
    #[default]
    None,
    /// By 90°.
    Quarter,
    /// By 180°.
    Half,
    /// By 270°.
    ThreeQuarter,
}

/// The call was wrong; what a frame shows is never an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// The layout does not describe the slice. Fix the call.
    #[error("the frame does not fit its layout: {reason}")]
    BadFrame {
        /// What does not fit.
        reason: FrameFault,
    },
}

/// What is wrong with a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// Width or height is zero.
    #[error("width and height must be at least 1")]
    Empty,
    /// More than [`MAX_SIDE`] or [`MAX_PIXELS`].
    #[error("{width} x {height} pixels are more than a frame may have")]
    TooLarge {
        /// As given.
        width: u32,
        /// As given.
        height: u32,
    },
    /// Rows would overlap.
    #[error("a row stride of {row_stride} is less than the width {width}")]
    StrideTooSmall {
        /// As given.
        row_stride: u32,
        /// As given.
        width: u32,
    },
    /// The slice ends before the last pixel.
    #[error("{needed} bytes are needed, {given} were given")]
    TooShort {
        /// `(height - 1) * row_stride + width`.
        needed: u64,
        /// Length of the slice.
        given: u64,
    },
    /// The region is empty or leaves the frame.
    #[error("the region is empty or leaves the frame")]
    RegionOutside,
}

/// A plane of luma whose rows are all inside the slice: a frame, its region, or a reduced copy.
#[derive(Clone, Copy)]
pub(crate) struct Luma<'a> {
    bytes: &'a [u8],
    stride: usize,
    first: usize,
    width: usize,
    height: usize,
}

impl<'a> Luma<'a> {
    /// A plane without padding; empty unless `width * height` bytes are there.
    pub(crate) fn packed(bytes: &'a [u8], width: usize, height: usize) -> Self {
        let fits = width > 0 && width.checked_mul(height).is_some_and(|n| n <= bytes.len());
        if fits {
            Self { bytes, stride: width, first: 0, width, height }
        } else {
            Self { bytes: &[], stride: 1, first: 0, width: 0, height: 0 }
        }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// Row `y`, the nearest one for rows outside; empty only in an empty plane.
    pub(crate) fn row(&self, y: isize) -> &'a [u8] {
        let y = usize::try_from(y).unwrap_or(0).min(self.height.saturating_sub(1));
        let start = y.saturating_mul(self.stride).saturating_add(self.first);
        self.bytes.get(start..start.saturating_add(self.width)).unwrap_or(&[])
    }

    /// The pixel in column `x` and row `y` with its right neighbour, and the two below; zero outside.
    #[inline]
    pub(crate) fn square(&self, x: usize, y: usize) -> ([u8; 2], [u8; 2]) {
        // Wrapping costs nothing here, and wherever it led, `get` decides.
        let at = y.wrapping_mul(self.stride).wrapping_add(self.first).wrapping_add(x);
        let pair =
            |at: usize| self.bytes.get(at..).and_then(|b| b.first_chunk::<2>()).copied().unwrap_or_default();
        (pair(at), pair(at.wrapping_add(self.stride)))
    }

    /// Rows from the top, each `width` bytes. Row `y` is the `y`-th item.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (first, width) = (self.first, self.width);
        self.bytes.chunks(self.stride).filter_map(move |row| row.get(first..)?.get(..width)).take(self.height)
    }
}

/// A frame whose layout has been proved.
#[derive(Clone, Copy)]
pub struct FrameView<'a> {
    luma: &'a [u8],
    layout: FrameLayout,
    region: Region,
}

impl<'a> FrameView<'a> {
    /// Checks a layout against its slice.
    ///
    /// # Errors
    /// [`ScanError::BadFrame`] with the first thing that does not fit.
    pub fn new(luma: &'a [u8], layout: FrameLayout) -> Result<Self, ScanError> {
        check(luma.len(), &layout)
            .map(|region| Self { luma, layout, region })
            .map_err(|reason| ScanError::BadFrame { reason })
    }

    /// The same frame, only this part of it looked at; `None` if the region is empty or leaves the frame.
    pub fn with_region(&self, region: Region) -> Option<Self> {
        inside(&region, &self.layout).then_some(Self { region, ..*self })
    }

    /// The layout it was made with.
    pub fn layout(&self) -> &FrameLayout {
        &self.layout
    }

    /// The part looked at.
    pub fn region(&self) -> Region {
        self.region
    }

    /// The pixels of the region.
    pub(crate) fn luma(&self) -> Luma<'a> {
        let stride = self.layout.row_stride as usize;
        let start = stride.saturating_mul(self.region.y as usize);
        Luma {
            bytes: self.luma.get(start..).unwrap_or(&[]),
            stride: stride.max(1),
            first: self.region.x as usize,
            width: self.region.width as usize,
            height: self.region.height as usize,
        }
    }
}

impl std::fmt::Debug for FrameView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameView")
            .field("layout", &self.layout)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

fn check(given: usize, layout: &FrameLayout) -> Result<Region, FrameFault> {
    let FrameLayout { width, height, row_stride, rotation: _, region, at_ms: _ } = *layout;
    if width == 0 || height == 0 {
        return Err(FrameFault::Empty);
    }
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(FrameFault::TooLarge { width, height });
    }
    if row_stride < width {
        return Err(FrameFault::StrideTooSmall { row_stride, width });
    }
    let needed = u64::from(height)
        .saturating_sub(1)
        .saturating_mul(u64::from(row_stride))
        .saturating_add(u64::from(width));
    let given = given as u64;
    if given < needed {
        return Err(FrameFault::TooShort { needed, given });
    }
    let region = region.unwrap_or(Region { x: 0, y: 0, width, height });
    if !inside(&region, layout) {
        return Err(FrameFault::RegionOutside);
    }
    Ok(region)
}

fn inside(region: &Region, layout: &FrameLayout) -> bool {
    let Region { x, y, width, height } = *region;
    let right = x.checked_add(width);
    let bottom = y.checked_add(height);
    width > 0
        && height > 0
        && right.is_some_and(|r| r <= layout.width)
        && bottom.is_some_and(|b| b <= layout.height)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]

    use super::*;
    use proptest::prelude::*;

    fn fault(len: usize, layout: FrameLayout) -> Option<FrameFault> {
        FrameView::new(&vec![0; len], layout).err().map(|ScanError::BadFrame { reason }| reason)
    }

    #[test]
    fn last_row_may_end_at_its_last_pixel() {
        let layout = FrameLayout { row_stride: 16, ..FrameLayout::packed(10, 3) };
        assert_eq!(fault(42, layout), None);
        assert_eq!(fault(41, layout), Some(FrameFault::TooShort { needed: 42, given: 41 }));
    }

    #[test]
    fn padding_between_rows_is_never_seen() {
        let mut bytes = vec![9_u8; 42];
        for y in 0..3 {
            bytes[y * 16..y * 16 + 10].fill(1);
        }
        let layout = FrameLayout { row_stride: 16, ..FrameLayout::packed(10, 3) };
        let view = FrameView::new(&bytes, layout).unwrap();
        let rows: Vec<&[u8]> = view.luma().rows().collect();
        assert_eq!(rows, vec![&[1_u8; 10][..]; 3]);
        for y in [isize::MIN, -1, 0, 2, 3, isize::MAX] {
            assert_eq!(view.luma().row(y), [1; 10]);
        }
    }

    #[test]
    fn a_region_in_the_last_column_and_row_is_reached() {
        let bytes: Vec<u8> = (0..42).collect();
        let layout = FrameLayout {
            row_stride: 16,
            region: Some(Region { x: 9, y: 2, width: 1, height: 1 }),
            ..FrameLayout::packed(10, 3)
        };
        let view = FrameView::new(&bytes, layout).unwrap();
        assert_eq!(view.luma().rows().collect::<Vec<_>>(), vec![&[41_u8][..]]);
    }

    #[test]
    fn lying_layouts_are_refused_with_the_reason() {
        let packed = FrameLayout::packed;
        assert_eq!(fault(10, packed(0, 4)), Some(FrameFault::Empty));
        assert_eq!(fault(0, packed(u32::MAX, 2)), Some(FrameFault::TooLarge { width: u32::MAX, height: 2 }));
        let narrow = FrameLayout { row_stride: 3, ..packed(4, 4) };
        assert_eq!(fault(64, narrow), Some(FrameFault::StrideTooSmall { row_stride: 3, width: 4 }));
        let huge_stride = FrameLayout { row_stride: u32::MAX, ..packed(4, 4) };
        assert!(matches!(fault(64, huge_stride), Some(FrameFault::TooShort { .. })));
        for region in [
            Region { x: 0, y: 0, width: 0, height: 1 },
            Region { x: 3, y: 0, width: 2, height: 1 },
            Region { x: u32::MAX, y: 0, width: 2, height: 1 },
        ] {
            let layout = FrameLayout { region: Some(region), ..packed(4, 4) };
            assert_eq!(fault(16, layout), Some(FrameFault::RegionOutside));
        }
    }

    #[test]
    fn errors_read_as_fragments() {
        let reason = FrameFault::TooShort { needed: 42, given: 41 };
        let text = ScanError::BadFrame { reason }.to_string();
        assert_eq!(text, "the frame does not fit its layout: 42 bytes are needed, 41 were given");
    }

    fn side() -> impl Strategy<Value = u32> {
        prop_oneof![0..40_u32, Just(u32::MAX), Just(MAX_SIDE), any::<u32>()]
    }

    proptest! {
        /// Whatever the layout says, an accepted frame gives exactly its rows, and nothing panics.
        #[test]
        fn an_accepted_layout_gives_exactly_its_region(
            len in 0..2000_usize, width in side(), height in side(), row_stride in side(),
            region in proptest::option::of((side(), side(), side(), side())),
        ) {
            let region = region.map(|(x, y, width, height)| Region { x, y, width, height });
            let layout = FrameLayout { row_stride, region, ..FrameLayout::packed(width, height) };
            let bytes = vec![0_u8; len];
            if let Ok(view) = FrameView::new(&bytes, layout) {
                let area = view.region();
                let rows: Vec<&[u8]> = view.luma().rows().collect();
                prop_assert_eq!(rows.len(), area.height as usize);
                prop_assert!(rows.iter().all(|r| r.len() == area.width as usize));
            }
        }
    }
}
