//! Ours: the only file here that knows the interface of apoa-scan.

use apoa_scan::{FrameLayout, NoDeadline, Payload, ScanOutcome, ScanSettings, Scanner, Symbol, scan_still};

use super::{Reader, ReaderError};
use crate::clock::Clock;
use crate::sources::{FRAME_MS, Picture};
use crate::zones::reading::Zone;

/// Looks at one picture at most: each takes the codes away that the one before read.
const LOOKS: usize = 6;

/// Grey that codes are covered with.
const COVER: u8 = 128;

/// A picture, all sizes and four ways up. Ours looks for a zone only where it reads no code: the codes of a picture are
/// covered, and it is shown again.
pub(super) struct Still;

impl Reader for Still {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Result<Option<Zone>, ReaderError> {
        let layout = FrameLayout::packed(picture.width, picture.height);
        let mut shown = picture.clone();
        for _ in 0..LOOKS {
            // A packed layout fits every picture that was loaded or drawn, unless it is larger than ours takes.
            let Ok(still) = clock.time(|| scan_still(&shown.luma, layout, &NoDeadline)) else { break };
            if still.symbols().is_empty() {
                return Ok(still.zone.map(|zone| Zone { lines: zone.lines, accepted: zone.accepted }));
            }
            still.symbols().iter().for_each(|symbol| cover(&mut shown, symbol));
        }
        Ok(None)
    }
}

/// A live scanner, another for each sequence. It accepts what it confirms, as an app would see it.
pub(super) struct Live {
    scanner: Scanner,
    /// When the next frame is taken.
    at_ms: i64,
}

impl Live {
    pub(super) fn new() -> Self {
        Self { scanner: Scanner::new(ScanSettings::default()), at_ms: 0 }
    }
}

impl Reader for Live {
    fn begin(&mut self) {
        *self = Self::new();
    }

    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Result<Option<Zone>, ReaderError> {
        let mut layout = FrameLayout::packed(picture.width, picture.height);
        layout.at_ms = self.at_ms;
        self.at_ms += FRAME_MS;
        let outcome = clock.time(|| self.scanner.scan(&picture.luma, layout, &NoDeadline));
        if let Ok(ScanOutcome::Confirmed { payload: Payload::Mrz(zone) }) = outcome {
            return Ok(Some(Zone { lines: zone.lines, accepted: true }));
        }
        Ok(self.scanner.zone().map(|zone| Zone { lines: zone.lines.clone(), accepted: false }))
    }
}

fn cover(picture: &mut Picture, symbol: &Symbol) {
    let span = |of: fn(&apoa_scan::Point) -> f32, most: u32| {
        let (least, last) = symbol
            .corners
            .iter()
            .map(of)
            .fold((f32::MAX, 0.0_f32), |(least, last), at| (least.min(at), last.max(at)));
        (least.max(0.0) as usize).min(most as usize)..(last.max(0.0).ceil() as usize).min(most as usize)
    };
    let (columns, rows) = (span(|point| point.x, picture.width), span(|point| point.y, picture.height));
    for row in picture.luma.chunks_exact_mut(picture.width as usize).take(rows.end).skip(rows.start) {
        row[columns.clone()].fill(COVER);
    }
}
