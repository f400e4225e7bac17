//! Why a frame is not read: the right cause first, at the right time, and the right way to move.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use apoa_frames::{Card, Condition, EcLevel, Frame, Holder, Point, Scenery, Size, no_code, render};
use apoa_scan::{
    FrameLayout, Hint, NoDeadline, Region, Rotation, ScanOutcome, ScanSettings, Scanner, Side, scan_still,
};

const PAYLOAD: &[u8] = b"https://permit.example/v/2C11JE0001-X?k=Q7M2";

fn card() -> Card {
    Card::kitas(&Holder::default(), PAYLOAD, EcLevel::Medium).unwrap()
}

fn layout(frame: &Frame) -> FrameLayout {
    FrameLayout::packed(frame.width, frame.height)
}

/// The hint for a picture; `None` if it was read.
fn hint(frame: &Frame) -> Option<Hint> {
    scan_still(&frame.luma, layout(frame), &NoDeadline).unwrap().hint
}

#[test]
fn the_right_cause_comes_first() {
    let card = card();
    let hard: [(Condition, u8, &[&str]); 9] = [
        (Condition::Motion, 3, &["still"]),
        (Condition::Motion, 4, &["still"]),
        (Condition::Defocus, 4, &["focus"]),
        (Condition::Glare, 4, &["glare"]),
        (Condition::Small, 4, &["closer"]),
        (Condition::LowLight, 4, &["dark"]),
        (Condition::Scratch, 4, &["unreadable"]),
        (Condition::Occlude, 4, &["unreadable", "glare"]),
        (Condition::Tilt, 4, &["unreadable", "closer"]),
    ];
    let (mut unread, mut wrong) = (0, Vec::new());
    for (condition, severity, right) in hard {
        for seed in 0..4 {
            if let Some(hint) = hint(&render(&card, condition, severity, seed)) {
                unread += 1;
                if !right.contains(&hint.kind()) {
                    wrong.push((condition.name(), severity, seed, hint.kind()));
                }
            }
        }
    }
    assert!(unread >= 12, "only {unread} frames were too hard");
    assert!(wrong.len() * 10 <= unread, "{} of {unread}: {wrong:?}", wrong.len());
}

#[test]
fn what_is_read_needs_no_hint() {
    let still = render(&card(), Condition::Clean, 1, 1);
    assert_eq!(hint(&still), None);
}

#[test]
fn an_empty_desk_is_where_to_point_and_a_dark_one_is_dark() {
    for seed in 0..3 {
        assert_eq!(hint(&no_code(Scenery::Dark, seed, Size::HD)), Some(Hint::Dark { torch: true }));
        assert_eq!(hint(&no_code(Scenery::Text, seed, Size::HD)), Some(Hint::Where));
    }
}

#[test]
fn a_zoom_brings_small_modules_to_a_readable_size() {
    for seed in 0..4 {
        let frame = render(&card(), Condition::Small, 4, seed);
        if let Some(Hint::Closer { zoom }) = hint(&frame) {
            let after = zoom * frame.truth.px_per_module;
            assert!((2.0..6.0).contains(&after), "{zoom} times {} px", frame.truth.px_per_module);
        }
    }
}

#[test]
fn glare_is_where_it_is() {
    for seed in 0..4 {
        let frame = render(&card(), Condition::Glare, 4, seed);
        if let Some(Hint::Glare { at }) = hint(&frame) {
            let corners = frame.truth.corners.unwrap();
            let (left, right) = (
                corners.iter().map(|c| c.x).fold(f32::MAX, f32::min),
                corners.iter().map(|c| c.x).fold(f32::MIN, f32::max),
            );
            assert!(at.x > left - 40.0 && at.x < right + 40.0, "{at:?} {corners:?}");
        }
    }
}

/// The part of an easy frame that ends within the code, `share` of its width from its left.
fn cut(frame: &Frame, share: f32, keep_right: bool) -> FrameLayout {
    let xs = frame.truth.corners.unwrap().map(|c: Point| c.x);
    let (left, right) =
        (xs.iter().copied().fold(f32::MAX, f32::min), xs.iter().copied().fold(f32::MIN, f32::max));
    let at = (left + (right - left) * share) as u32;
    let region = if keep_right {
        Region { x: at, y: 0, width: frame.width - at, height: frame.height }
    } else {
        Region { x: 0, y: 0, width: at, height: frame.height }
    };
    FrameLayout { region: Some(region), ..layout(frame) }
}

#[test]
fn a_code_that_leaves_the_box_says_which_way_to_move() {
    let mut told = Vec::new();
    for seed in 0..4 {
        let frame = render(&card(), Condition::Clean, 1, seed);
        for (keep_right, rotation, side) in [
            (true, Rotation::None, Side::Left),
            (false, Rotation::None, Side::Right),
            (true, Rotation::Quarter, Side::Up),
            (false, Rotation::Half, Side::Left),
        ] {
            let share = if keep_right { 0.35 } else { 0.65 };
            let layout = FrameLayout { rotation, ..cut(&frame, share, keep_right) };
            let still = scan_still(&frame.luma, layout, &NoDeadline).unwrap();
            told.push((still.hint == Some(Hint::CutOff { side }), seed, side, still.hint));
        }
    }
    let right = told.iter().filter(|(right, ..)| *right).count();
    assert!(right * 10 >= told.len() * 7, "{told:?}");
}

/// What a scanner says over frames 33 ms apart: each hint with the frame it first appeared in.
fn told(frame: &Frame, frames: i64) -> Vec<(i64, &'static str)> {
    let mut scanner = Scanner::new(ScanSettings::default());
    let mut told: Vec<(i64, &'static str)> = Vec::new();
    for nth in 0..frames {
        let layout = FrameLayout { at_ms: nth * 33, ..layout(frame) };
        let hint = match scanner.scan(&frame.luma, layout, &NoDeadline).unwrap() {
            ScanOutcome::Nothing { hint } | ScanOutcome::Located { hint, .. } => hint.unwrap().kind(),
            ScanOutcome::Confirmed { .. } | ScanOutcome::Unchanged => panic!("read"),
        };
        assert!(scanner.signals().is_some());
        if told.last().is_none_or(|(_, last)| *last != hint) {
            told.push((nth, hint));
        }
    }
    told
}

#[test]
fn a_camera_says_one_thing_after_a_moment_and_stays_with_it() {
    let moved = render(&card(), Condition::Motion, 4, 1);
    assert_eq!(told(&moved, 60), [(0, "aim"), (22, "still")]);
    let blurred = render(&card(), Condition::Defocus, 4, 1);
    assert_eq!(told(&blurred, 60), [(0, "aim"), (22, "focus")]);
}

#[test]
fn a_read_clears_the_hint_at_once() {
    let (dark, clean) = (no_code(Scenery::Dark, 1, Size::HD), render(&card(), Condition::Clean, 1, 1));
    let mut scanner = Scanner::new(ScanSettings::default());
    for nth in 0..40 {
        let _ =
            scanner.scan(&dark.luma, FrameLayout { at_ms: nth * 33, ..layout(&dark) }, &NoDeadline).unwrap();
    }
    let at = |nth: i64, frame: &Frame| FrameLayout { at_ms: nth * 33, ..layout(frame) };
    let read = scanner.scan(&clean.luma, at(40, &clean), &NoDeadline).unwrap();
    assert!(matches!(read, ScanOutcome::Confirmed { .. }), "{read:?}");
    assert!(scanner.signals().is_none() && !scanner.findings().symbols.is_empty());
    let after = scanner.scan(&dark.luma, at(41, &dark), &NoDeadline).unwrap();
    assert_eq!(after, ScanOutcome::Nothing { hint: Some(Hint::Aim) });
}

#[test]
fn tiny_and_huge_frames_have_hints_too() {
    for (width, height) in [(1, 1), (3, 40), (17, 17), (40, 3), (64, 48), (4000, 3000)] {
        let luma = vec![128; (width * height) as usize];
        let still = scan_still(&luma, FrameLayout::packed(width, height), &NoDeadline).unwrap();
        assert!(still.hint.is_some(), "{width} x {height}");
    }
}
