//! Machine-readable zones in pictures, from rendered documents.

#![allow(missing_docs, clippy::unwrap_used)]

use apoa_frames::{
    Card, Condition, Document, EcLevel, Frame, Holder, Lookalike, MrzFormat, Size, no_zone, render,
    render_zone, zone_sequence,
};
use apoa_scan::mrz::MrzRead;
use apoa_scan::{FrameLayout, NoDeadline, Payload, Rotation, ScanOutcome, ScanSettings, Scanner, scan_still};

fn zone(frame: &Frame) -> Option<MrzRead> {
    let layout = FrameLayout::packed(frame.width, frame.height);
    scan_still(&frame.luma, layout, &NoDeadline).unwrap().zone
}

#[test]
fn specimens_of_all_five_formats_are_read() {
    let mut accepted = 0;
    for format in MrzFormat::ALL {
        let document = Document::specimen(format);
        let frame = render_zone(&document, Condition::Clean, 1, 1, Size::HD);
        let read = zone(&frame).unwrap();
        assert_eq!(read.lines, document.lines, "{format:?}");
        assert!(read.checks.iter().all(|c| c.ok) && read.repairs == 0, "{format:?}");
        accepted += usize::from(read.accepted);
    }
    // One look may leave one of them in doubt, never wrong.
    assert!(accepted >= 4, "{accepted}");
}

#[test]
fn a_zone_lies_where_it_was_drawn_whatever_way_up() {
    let document = Document::specimen(MrzFormat::Td3);
    for condition in [Condition::Clean, Condition::Turned, Condition::Rotate, Condition::Tilt] {
        for severity in [1, 2] {
            let frame = render_zone(&document, condition, severity, 3, Size::HD);
            let truth = frame.truth.zone.as_ref().unwrap();
            let read = zone(&frame).unwrap();
            assert_eq!(read.lines, document.lines, "{condition:?} {severity}");
            let drawn: Vec<_> = truth.cells.iter().flatten().collect();
            assert_eq!(read.cells.len(), drawn.len());
            for (seen, quad) in read.cells.iter().zip(drawn) {
                let middle = |of: fn(&apoa_frames::Point) -> f64| quad.iter().map(of).sum::<f64>() / 4.0;
                let (x, y) = (middle(|p| f64::from(p.x)), middle(|p| f64::from(p.y)));
                let off = (f64::from(seen.x) - x).hypot(f64::from(seen.y) - y);
                assert!(off < 0.4 * f64::from(truth.px_per_char), "{condition:?} {severity}: {off} px");
            }
        }
    }
}

/// Two of a card's three lines are parallel and of one pitch as well.
#[test]
fn the_three_lines_of_a_card_are_not_taken_for_two() {
    for seed in 0..6 {
        let document = Document::invented_in(MrzFormat::Td1, seed);
        let frame = render_zone(&document, Condition::Clean, 2, seed, Size::HD);
        assert_eq!(zone(&frame).unwrap().lines, document.lines, "{seed}");
    }
}

/// Whoever alters a passport seldom counts its digits anew.
#[test]
fn a_digit_printed_wrong_is_shown_and_not_put_right() {
    let mut document = Document::specimen(MrzFormat::Td3);
    for (column, printed) in [(9, "7"), (27, "8")] {
        let honest = document.lines[1].clone();
        document.lines[1].replace_range(column..=column, printed);
        let frame = render_zone(&document, Condition::Clean, 1, 1, Size::FULL_HD);
        let read = zone(&frame).unwrap();
        assert_eq!(&read.lines[1][column..=column], printed);
        assert!(!read.accepted && read.repairs == 0 && read.checks.iter().any(|check| !check.ok));
        document.lines[1] = honest;
    }
}

#[test]
fn what_only_looks_like_a_zone_is_not_accepted() {
    for lookalike in Lookalike::ALL {
        for seed in 0..4 {
            let frame = no_zone(lookalike, seed, Size::HD);
            assert!(zone(&frame).is_none_or(|read| !read.accepted), "{lookalike:?} {seed}");
        }
    }
}

/// What the camera sees from frame to frame, a fifth of a second apart.
fn live(frames: &[Frame], rotation: Rotation) -> Vec<ScanOutcome> {
    let mut scanner = Scanner::new(ScanSettings::default());
    let looks = frames.iter().zip(0_i64..).map(|(frame, nth)| {
        let layout =
            FrameLayout { rotation, at_ms: nth * 200, ..FrameLayout::packed(frame.width, frame.height) };
        scanner.scan(&frame.luma, layout, &NoDeadline).unwrap()
    });
    looks.collect()
}

/// The zones that counted, with their frames.
fn confirmed(outcomes: &[ScanOutcome]) -> Vec<(usize, &MrzRead)> {
    let zone = |(nth, outcome)| match outcome {
        &ScanOutcome::Confirmed { payload: Payload::Mrz(ref zone) } => Some((nth, zone)),
        _ => None,
    };
    outcomes.iter().enumerate().filter_map(zone).collect()
}

#[test]
fn a_passport_before_the_camera_counts_once_after_two_frames() {
    for format in MrzFormat::ALL {
        let document = Document::specimen(format);
        let outcomes = live(&zone_sequence(&document, Condition::Clean, 1, 2, 10), Rotation::None);
        let [(nth, zone)] = confirmed(&outcomes)[..] else { panic!("{format:?}: {outcomes:?}") };
        assert!(zone.accepted && zone.lines == document.lines, "{format:?}");
        assert!((1..=6).contains(&nth), "{format:?}: frame {nth}");
        assert!(matches!(outcomes[nth - 1], ScanOutcome::Located { .. } | ScanOutcome::Nothing { .. }));
        assert!(outcomes[nth + 1..].contains(&ScanOutcome::Unchanged), "{format:?}: {outcomes:?}");
    }
}

/// Looking again costs as much as a first time.
#[test]
fn a_zone_that_counts_is_looked_at_again_after_a_quarter_of_a_second() {
    let frame = render_zone(&Document::specimen(MrzFormat::Td3), Condition::Clean, 1, 1, Size::HD);
    let mut layout = FrameLayout::packed(frame.width, frame.height);
    let mut scanner = Scanner::new(ScanSettings::default());
    let mut scan = |luma: &[u8]| {
        layout.at_ms += 50;
        scanner.scan(luma, layout, &NoDeadline).unwrap()
    };
    let counts = (0..40).any(|_| matches!(scan(&frame.luma), ScanOutcome::Confirmed { .. }));
    assert!(counts);
    let paper = vec![200; frame.luma.len()];
    let held = (0..40).take_while(|_| scan(&paper) == ScanOutcome::Unchanged).count();
    assert_eq!(held, 4);
    assert!(matches!(scan(&paper), ScanOutcome::Nothing { .. }));
}

/// Both documents lie on the desk: the permit was read first, then the passport is laid below it.
#[test]
fn a_passport_laid_beside_a_permit_that_is_held_counts_within_a_second() {
    let card =
        Card::kitas(&Holder::default(), b"https://permit.example/v/2C11JE0001-X", EcLevel::Medium).unwrap();
    let permit = render(&card, Condition::Clean, 1, 1);
    let document = Document::specimen(MrzFormat::Td3);
    let passport = render_zone(&document, Condition::Clean, 1, 1, Size::HD);
    assert_eq!(permit.width, passport.width);
    let mut layout = FrameLayout::packed(permit.width, permit.height + passport.height);
    let mut scanner = Scanner::new(ScanSettings::default());
    let mut scan = |below: &[u8]| {
        layout.at_ms += 33;
        scanner.scan(&[&permit.luma, below].concat(), layout, &NoDeadline).unwrap()
    };
    let desk = vec![120; passport.luma.len()];
    let alone: Vec<_> = (0..60).map(|_| scan(&desk)).collect();
    assert!(matches!(alone[..2], [ScanOutcome::Confirmed { .. }, ScanOutcome::Unchanged]), "{alone:?}");
    assert!(alone[1..].iter().all(|outcome| *outcome == ScanOutcome::Unchanged), "{alone:?}");
    let beside: Vec<_> = (0..30).map(|_| scan(&passport.luma)).collect();
    let [(_, zone)] = confirmed(&beside)[..] else { panic!("{beside:?}") };
    assert_eq!(zone.lines, document.lines);
}

#[test]
fn a_zone_that_no_frame_shows_whole_is_read_from_several() {
    let document = Document::specimen(MrzFormat::Td3);
    let mut together = Vec::new();
    // Of the second every frame shows a worn R that looks like a P.
    for (severity, seed) in [(3, 2), (3, 7)] {
        let frames = zone_sequence(&document, Condition::Worn, severity, seed, 8);
        let alone = frames.iter().filter_map(zone).any(|read| read.accepted);
        let outcomes = live(&frames, Rotation::None);
        for (_, zone) in confirmed(&outcomes) {
            assert_eq!(zone.lines, document.lines, "seed {seed}");
            if !alone && zone.looks > 1 {
                together.push((severity, seed));
            }
        }
    }
    assert!(!together.is_empty());
}

/// A phone held upright gives frames that lie on their side, and says so; a passport may be held sideways as well.
#[test]
fn a_zone_is_read_whatever_way_round_the_frame_and_the_passport_are() {
    let document = Document::specimen(MrzFormat::Td3);
    // A quarter, a half and three quarters of a turn; which way is the generator's affair.
    for severity in [1, 2, 3] {
        let frames = zone_sequence(&document, Condition::Turned, severity, 4, 12);
        let read = [Rotation::None, Rotation::Quarter].map(|rotation| {
            let outcomes = live(&frames, rotation);
            let zones = confirmed(&outcomes);
            for (nth, zone) in &zones {
                let truth = frames[*nth].truth.zone.as_ref().unwrap();
                let first = truth.cells[0][0][0];
                let off = (zone.cells[0].x - first.x).hypot(zone.cells[0].y - first.y);
                assert!(off < 2.0 * truth.px_per_char, "severity {severity}: {off} px");
            }
            assert!(zones.iter().all(|(_, zone)| zone.lines == document.lines));
            zones.len()
        });
        assert_eq!(read, [1, 1], "severity {severity}");
    }
}

#[test]
fn a_zone_whose_digits_fail_is_located_and_never_counts() {
    let mut document = Document::specimen(MrzFormat::Td3);
    document.lines[1].replace_range(9..=9, "7");
    let outcomes = live(&zone_sequence(&document, Condition::Clean, 1, 2, 8), Rotation::None);
    assert_eq!(confirmed(&outcomes), []);
    assert!(outcomes.iter().any(|outcome| matches!(outcome, ScanOutcome::Located { .. })), "{outcomes:?}");
}

#[test]
fn print_that_only_looks_like_a_zone_never_counts_live() {
    for lookalike in Lookalike::ALL {
        let frames: Vec<Frame> = (0..6).map(|_| no_zone(lookalike, 7, Size::HD)).collect();
        assert_eq!(confirmed(&live(&frames, Rotation::None)), [], "{lookalike:?}");
    }
}

#[test]
fn without_time_no_zone_is_looked_for_and_nothing_is_wrong() {
    let document = Document::specimen(MrzFormat::Td1);
    let frame = render_zone(&document, Condition::Clean, 1, 1, Size::HD);
    let mut scanner = Scanner::new(ScanSettings::default());
    let layout = FrameLayout::packed(frame.width, frame.height);
    let outcome = scanner.scan(&frame.luma, layout, &|| true).unwrap();
    assert!(matches!(outcome, ScanOutcome::Nothing { .. }) && scanner.zone().is_none());
}
