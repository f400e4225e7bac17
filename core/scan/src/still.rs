//! Pictures: every lane, several codes or a zone, one look decides.
//!
//! A picture larger than [`TILE_PIXELS`] is read reduced first, for codes that fill it, and then in tiles, so that the
//! scanner's own planes stay as small as those of one tile.

use crate::lanes::REDUCED;
use crate::mrz::{self, MrzRead};
use crate::quality::Gauge;
use crate::{
    Coach, Deadline, Decoder, Findings, FrameLayout, FrameView, Hint, Ladder, Region, ScanError, Signals,
    Symbol, WorkLimit,
};

/// Pixels looked at in one go: the picture of a common phone.
const TILE_PIXELS: u64 = 12_000_000;

/// Neighbouring tiles share this part of a side, so that every code up to that size lies whole in one of them. Larger
/// ones are read reduced.
const SHARED: f32 = 0.25;

/// What a picture held, or why it was not read.
#[derive(Clone, Debug)]
pub struct Still {
    /// Codes in the order they were found, and what was seen and not read. The same payload at two places is two codes.
    pub findings: Findings,
    /// The machine-readable zone, accepted or not, looked for where no code was read; `None` where nothing resembles
    /// one.
    pub zone: Option<MrzRead>,
    /// What to change for the next picture; `None` if something was read.
    pub hint: Option<Hint>,
    /// What the hint was drawn from; `None` if something was read.
    pub signals: Option<Signals>,
}

impl Still {
    /// The codes, each once.
    pub fn symbols(&self) -> &[Symbol] {
        &self.findings.symbols
    }
}

/// Reads the codes of one picture, or else its machine-readable zone. When the deadline passes, what was read by then
/// is returned.
///
/// Blocks: up to some hundred milliseconds for each 12 Mpx.
///
/// # Errors
/// [`ScanError::BadFrame`] if the layout does not fit the slice. A picture without a code is no error.
pub fn scan_still(luma: &[u8], layout: FrameLayout, deadline: &dyn Deadline) -> Result<Still, ScanError> {
    let frame = FrameView::new(luma, layout)?;
    let mut findings = Findings::default();
    let (mut ladder, limit) = (Ladder::new(), WorkLimit::still(deadline));
    let tiles = tiles(frame.region());
    if tiles.len() > 1 {
        ladder.run(&frame, &[REDUCED], limit, &mut findings, |_, _| false);
    }
    for tile in tiles.iter().filter_map(|tile| frame.with_region(*tile)) {
        ladder.find(&tile, limit, &mut findings);
    }
    // A picture shows a permit or a passport's page: whoever read its code does not wait for lines that are not there.
    let wanted = findings.symbols.is_empty() && !limit.passed();
    let zone = if wanted { mrz::still::find(&frame, limit) } else { None };
    let read = !findings.symbols.is_empty() || zone.as_ref().is_some_and(|zone| zone.accepted);
    let signals = (!read).then(|| Gauge::default().measure(&frame, &findings, zone.as_ref()));
    Ok(Still { hint: signals.as_ref().map(Coach::once), signals, findings, zone })
}

/// The tiles of a region, row by row; the region itself if it is small enough.
fn tiles(region: Region) -> Vec<Region> {
    // Sides are shared alike, so tiles keep the region's proportions.
    let mut a_side = 1;
    while pixels_of_tile(region, a_side) > TILE_PIXELS {
        a_side += 1;
    }
    let spans = |start: u32, length: u32| {
        let (side, step) = (side_of_tile(length, a_side), (length - side_of_tile(length, a_side)) as f32);
        (0..a_side).map(move |nth| (start + (step * nth as f32 / (a_side - 1).max(1) as f32) as u32, side))
    };
    let rows = spans(region.y, region.height);
    rows.flat_map(|(y, height)| {
        spans(region.x, region.width).map(move |(x, width)| Region { x, y, width, height })
    })
    .collect()
}

/// A side of `a_side` tiles in a row that cover `length` and share [`SHARED`] of their sides.
fn side_of_tile(length: u32, a_side: u32) -> u32 {
    let tiles = a_side as f32 - (a_side - 1) as f32 * SHARED;
    ((length as f32 / tiles).ceil() as u32).clamp(1, length)
}

fn pixels_of_tile(region: Region, a_side: u32) -> u64 {
    u64::from(side_of_tile(region.width, a_side)) * u64::from(side_of_tile(region.height, a_side))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(width: u32, height: u32) -> Region {
        Region { x: 3, y: 5, width, height }
    }

    #[test]
    fn a_picture_of_a_phone_is_one_tile() {
        assert_eq!(tiles(region(4_000, 3_000)), [region(4_000, 3_000)]);
        assert_eq!(tiles(region(1, 1)), [region(1, 1)]);
    }

    #[test]
    fn tiles_cover_everything_share_a_quarter_and_are_no_larger_than_allowed() {
        for whole in [region(4_001, 3_000), region(9_000, 7_000), region(16_000, 1_000), region(8_192, 8_192)]
        {
            let tiles = tiles(whole);
            assert!(tiles.iter().all(|t| u64::from(t.width) * u64::from(t.height) <= TILE_PIXELS));
            let edges = |from: fn(&Region) -> (u32, u32), (start, length): (u32, u32)| {
                let mut spans: Vec<_> = tiles.iter().map(from).collect();
                spans.sort_unstable();
                spans.dedup();
                assert_eq!(spans.first().map(|s| s.0), Some(start));
                assert_eq!(spans.last().map(|s| s.0 + s.1), Some(start + length));
                for pair in spans.windows(2) {
                    let shared = (pair[0].0 + pair[0].1) as f32 - pair[1].0 as f32;
                    assert!(shared >= SHARED * pair[0].1 as f32 - 2.0, "{whole:?} {pair:?}");
                }
            };
            edges(|t| (t.x, t.width), (whole.x, whole.width));
            edges(|t| (t.y, t.height), (whole.y, whole.height));
        }
    }
}
