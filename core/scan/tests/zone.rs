//! Machine-readable zones in pictures, from rendered documents.

#![allow(missing_docs, clippy::unwrap_used)]

use apoa_frames::{Condition, Document, Frame, Lookalike, MrzFormat, Size, no_zone, render_zone};
use apoa_scan::mrz::MrzRead;
use apoa_scan::{FrameLayout, NoDeadline, scan_still};

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
