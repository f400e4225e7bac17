//! Pictures that only look as if they held a zone, many of them: nothing of them is accepted, save what stands under a
//! thumb that leaves enough of it to be seen, and each ends when it is told to.
//!
//! `APOA_NO_ZONE` says how many (default 60), `APOA_SEED` which.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::cell::Cell;

use apoa_frames::{Frame, Lookalike, Rng, Size, half_shown, no_zone};
use apoa_scan::{FrameLayout, NoDeadline, Still, scan_still};

/// Every so manyth picture is read again with a time that ends somewhere on the way.
const HURRIED: u64 = 8;

/// Asks after the time is over at most: what is under way, a size, a lane or a step of one, ends with its own next ask,
/// however many candidates are left.
const LATE_ASKS: u32 = 16;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// From 640 x 360 to 1280 x 720.
fn size(rng: &mut Rng) -> Size {
    let step = (rng.next_u64() % 41) as u32;
    Size { width: 640 + 16 * step, height: 360 + 9 * step }
}

fn scan(frame: &Frame, deadline: &dyn apoa_scan::Deadline) -> Still {
    scan_still(&frame.luma, FrameLayout::packed(frame.width, frame.height), deadline).unwrap()
}

/// Whether nothing was accepted but what is printed where a thumb lies over a part of it.
fn honest(still: &Still, lookalike: Lookalike, seed: u64) -> bool {
    let thumb = half_shown(lookalike, seed).filter(|_| lookalike == Lookalike::Thumb);
    still
        .zone
        .as_ref()
        .is_none_or(|read| !read.accepted || thumb.is_some_and(|document| document.lines == read.lines))
}

/// Reads again with a time that is over at one of the asks. Gives how often it was asked after that.
fn hurried(frame: &Frame, over_at: u32) -> (Still, u32) {
    let asks = Cell::new(0_u32);
    let still = scan(frame, &|| {
        asks.set(asks.get() + 1);
        asks.get() >= over_at
    });
    (still, asks.get().saturating_sub(over_at))
}

#[test]
fn nothing_is_accepted_that_is_not_there_and_every_picture_ends_in_time() {
    let (frames, seed) = (number("APOA_NO_ZONE", 60), number("APOA_SEED", 1));
    let (mut located, mut accepted, mut late) = (0_u64, 0_u64, 0);
    for nth in 0..frames {
        let rng = &mut Rng::forked(seed, nth);
        let lookalike = Lookalike::ALL[(nth % Lookalike::ALL.len() as u64) as usize];
        let own = rng.next_u64();
        let frame = no_zone(lookalike, own, size(rng));
        let asks = Cell::new(0_u32);
        let still = scan(&frame, &|| {
            asks.set(asks.get() + 1);
            false
        });
        let of = format!("APOA_SEED={seed}, picture {nth}: {} {own} {}", lookalike.name(), frame.width);
        assert!(still.symbols().is_empty(), "a code in {of}");
        assert!(honest(&still, lookalike, own), "accepted in {of}");
        accepted += u64::from(still.zone.as_ref().is_some_and(|read| read.accepted));
        located += u64::from(still.zone.is_some());
        if nth % HURRIED == 0 {
            let over_at = 1 + (rng.next_u64() % u64::from(asks.get().max(1))) as u32;
            let (still, after) = hurried(&frame, over_at);
            assert!(honest(&still, lookalike, own), "accepted in {of}, over at {over_at}");
            assert!(after <= LATE_ASKS, "asked {after} times after its time in {of}, over at {over_at}");
            late = late.max(after);
        }
    }
    println!(
        "APOA_SEED={seed}: {frames} pictures without a whole zone, {located} located, {accepted} read rightly under a \
         thumb and none else accepted; asked {late} times at most after the time was over"
    );
}

#[test]
fn a_time_that_is_over_from_the_start_reads_nothing() {
    let frame = no_zone(Lookalike::Print, 1, Size::HD);
    assert!(scan(&frame, &|| true).zone.is_none());
    assert!(scan(&frame, &NoDeadline).symbols().is_empty());
}

#[test]
fn a_digit_under_a_thumb_is_not_guessed_from_the_digits_that_fit() {
    // What else fits stood in a date: the check digits were right, and the reading was not.
    for (seed, size) in [
        (17_447_897_198_075_428_980, Size { width: 1216, height: 684 }),
        (11_947_542_236_089_169_534, Size { width: 960, height: 540 }),
    ] {
        let read = scan(&no_zone(Lookalike::Thumb, seed, size), &NoDeadline).zone.unwrap();
        let printed = half_shown(Lookalike::Thumb, seed).unwrap().lines;
        assert!(read.checks.iter().all(|check| check.ok) && read.lines != printed, "another picture now");
        assert!(!read.accepted);
    }
}
