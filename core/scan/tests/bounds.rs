//! Work is bounded by counting, not by luck: how often a call asks whether its time is over, and how soon it ends once
//! it is. A step between two questions is bounded by `limit.rs`; what the longest one takes is measured by the bench
//! `worst`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../benches/hostile/mod.rs"]
mod hostile;

use std::cell::Cell;

use apoa_frames::{Gray, Size};
use apoa_scan::{Deadline, FrameLayout, ScanSettings, Scanner, Symbol, scan_still};
use hostile::Hostile;

/// Of live frames: small, so that hostile pictures of every kind are through in seconds.
const LIVE: Size = Size { width: 640, height: 360 };

/// Of pictures, which see every lane.
const STILL: Size = Size { width: 320, height: 240 };

/// Two rounds of the lanes that take turns.
const ROUNDS: u32 = 18;

/// A grid that is worked on asks once it lies, and before each try: three flat, three followed, three together with
/// earlier frames.
const DEEP_ASKS: u32 = 1 + 3 * 3;

/// Two passes a frame. Each asks twice before it searches, once a sketch (64 at most) and once each time a grid that was
/// drawn is looked at (64 at most, twice), and works on one.
const LIVE_ASKS: u32 = 2 * (2 + 3 * 64 + DEEP_ASKS);

/// Ten passes, 640 sketches at most in each, and eight grids that are worked on.
const STILL_ASKS: u32 = 10 * (2 + 3 * 640 + 8 * DEEP_ASKS);

/// Once the time is over each of the loops over grids asks again for the grids still before it, without looking at them,
/// and each pass once.
const LIVE_ASKS_AFTER: u32 = 64 + 3;
const STILL_ASKS_AFTER: u32 = 640 + 3;

/// Passes after it was asked so many times; counts how often it is asked before and after that.
struct Asked {
    left: Cell<u32>,
    before: Cell<u32>,
    after: Cell<u32>,
}

impl Asked {
    fn passing_after(left: u32) -> Self {
        Self { left: left.into(), before: 0.into(), after: 0.into() }
    }
}

impl Deadline for Asked {
    fn passed(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        let count = if left == 0 { &self.after } else { &self.before };
        count.set(count.get() + 1);
        left == 0
    }
}

/// How often a frame or a picture may ask: twice a pass at least.
fn assert_asked(picture: &Hostile, asked: u32, passes: u32, most: u32) {
    assert!((2 * passes..=most).contains(&asked), "{}: asked {asked} times", picture.name);
}

fn assert_true(picture: &Hostile, symbols: &[Symbol]) {
    assert!(symbols.iter().all(|symbol| picture.says(&symbol.bytes)), "{}: a wrong read", picture.name);
}

/// A camera before one picture.
struct Camera {
    scanner: Scanner,
    drawn: Gray,
    at_ms: i64,
}

impl Camera {
    fn before(picture: &Hostile) -> Self {
        Self { scanner: Scanner::new(ScanSettings::default()), drawn: picture.draw(LIVE, 1), at_ms: 0 }
    }

    /// A frame, and how often it asked before its time was over and after.
    fn look(&mut self, picture: &Hostile, asked: &Asked) {
        self.at_ms += 33;
        let layout =
            FrameLayout { at_ms: self.at_ms, ..FrameLayout::packed(self.drawn.width, self.drawn.height) };
        let _ = self.scanner.scan(&self.drawn.luma, layout, asked).unwrap();
        assert_true(picture, &self.scanner.findings().symbols);
    }
}

#[test]
fn a_live_frame_asks_between_its_steps_and_takes_no_more_than_so_many() {
    for picture in hostile::ALL {
        let mut camera = Camera::before(picture);
        for _ in 0..ROUNDS {
            let asked = Asked::passing_after(u32::MAX);
            camera.look(picture, &asked);
            let passes = if camera.scanner.findings().symbols.is_empty() { 2 } else { 1 };
            assert_asked(picture, asked.before.get(), passes, LIVE_ASKS);
        }
    }
}

#[test]
fn a_live_frame_ends_when_its_time_is_over_at_any_step() {
    for picture in hostile::ALL {
        let mut camera = Camera::before(picture);
        for cut in (0..2 * ROUNDS).map(|nth| nth * nth / 8) {
            let asked = Asked::passing_after(cut);
            camera.look(picture, &asked);
            let after = asked.after.get();
            assert!(after <= LIVE_ASKS_AFTER, "{}: asked {after} times after {cut}", picture.name);
        }
    }
}

#[test]
fn a_picture_asks_between_its_steps_and_ends_when_its_time_is_over() {
    for picture in hostile::ALL {
        let drawn = picture.draw(STILL, 1);
        let layout = FrameLayout::packed(drawn.width, drawn.height);
        let whole = Asked::passing_after(u32::MAX);
        let still = scan_still(&drawn.luma, layout, &whole).unwrap();
        assert_true(picture, still.symbols());
        // Codes that were read end the search after two passes.
        let passes = if still.symbols().is_empty() { 10 } else { 2 };
        assert_asked(picture, whole.before.get(), passes, STILL_ASKS);
        for eighth in 0..8 {
            let asked = Asked::passing_after(whole.before.get() / 8 * eighth);
            let still = scan_still(&drawn.luma, layout, &asked).unwrap();
            assert_true(picture, still.symbols());
            let after = asked.after.get();
            assert!(after <= STILL_ASKS_AFTER, "{}: asked {after} times after {eighth}/8", picture.name);
        }
    }
}

/// The first question comes before any pixel is looked at; codes and zones ask each for themselves.
#[test]
fn a_call_without_time_asks_and_returns() {
    for picture in hostile::ALL {
        let drawn = picture.draw(STILL, 1);
        let asked = Asked::passing_after(0);
        let layout = FrameLayout::packed(drawn.width, drawn.height);
        let still = scan_still(&drawn.luma, layout, &asked).unwrap();
        assert!(still.findings.located.is_empty() && still.findings.finders.is_empty(), "{}", picture.name);
        assert_eq!(asked.after.get(), 2, "{}", picture.name);
        assert!(still.zone.is_none(), "{}", picture.name);
    }
}
