//! Ours: the only file here that knows the interface of apoa-scan.

use apoa_scan::{FrameLayout, NoDeadline, Payload, ScanOutcome, ScanSettings, Scanner, Still, scan_still};

use super::Decoder;
use crate::clock::Clock;
use crate::content::Content;
use crate::sources::{FRAME_MS, Picture};

/// A scanner that has seen nothing yet, shown the same frame some times, until it confirms a code. It reads only what
/// it confirms, as an app would see it.
pub(super) struct Live {
    /// How often the frame is shown.
    pub(super) looks: usize,
}

impl Decoder for Live {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Vec<Content> {
        until_confirmed(std::iter::repeat_n(picture, self.looks), clock)
    }

    fn watch(&mut self, frames: &[Picture], clock: &mut Clock) -> Vec<Content> {
        if self.looks == 1 {
            return frames.iter().flat_map(|frame| self.read(frame, clock)).collect();
        }
        until_confirmed(frames.iter(), clock)
    }
}

/// Every lane over one picture.
pub(super) struct AllLanes;

impl Decoder for AllLanes {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Vec<Content> {
        let layout = FrameLayout::packed(picture.width, picture.height);
        let found = clock.time(|| scan_still(&picture.luma, layout, &NoDeadline));
        let symbols = found.iter().flat_map(Still::symbols);
        symbols.map(|symbol| Content::Bytes(symbol.bytes.clone())).collect()
    }
}

fn until_confirmed<'a>(frames: impl Iterator<Item = &'a Picture>, clock: &mut Clock) -> Vec<Content> {
    let mut scanner = Scanner::new(ScanSettings::default());
    for (frame, nth) in frames.zip(0..) {
        let mut layout = FrameLayout::packed(frame.width, frame.height);
        layout.at_ms = nth * FRAME_MS;
        let outcome = clock.time(|| scanner.scan(&frame.luma, layout, &NoDeadline));
        if let Ok(ScanOutcome::Confirmed { payload: Payload::Code(symbol) }) = outcome {
            return vec![Content::Bytes(symbol.bytes)];
        }
    }
    Vec::new()
}
