//! Why a zone is not read: the right cause first, with numbers that help.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use apoa_frames::{Condition, Document, Frame, MrzFormat, Size, render_zone, zone_sequence};
use apoa_scan::{
    FrameLayout, Hint, NoDeadline, Region, ScanOutcome, ScanSettings, Scanner, Side, Still, Unread,
    scan_still,
};

fn look(frame: &Frame, region: Option<Region>) -> Still {
    let layout = FrameLayout { region, ..FrameLayout::packed(frame.width, frame.height) };
    scan_still(&frame.luma, layout, &NoDeadline).unwrap()
}

fn drawn(condition: Condition, severity: u8, seed: u64) -> Frame {
    let document = Document::specimen(MrzFormat::ALL[seed as usize % 3]);
    render_zone(&document, condition, severity, seed, Size::HD)
}

#[test]
fn the_right_cause_comes_first() {
    let hard: [(Condition, u8, &[&str]); 8] = [
        (Condition::Motion, 4, &["still"]),
        (Condition::Defocus, 4, &["focus"]),
        (Condition::Glare, 3, &["glare"]),
        (Condition::Small, 4, &["closer"]),
        (Condition::LowLight, 4, &["dark"]),
        (Condition::Noise, 4, &["dark"]),
        (Condition::Faded, 3, &["unreadable"]),
        (Condition::Worn, 4, &["unreadable"]),
    ];
    let (mut unread, mut wrong) = (0, Vec::new());
    for (condition, severity, right) in hard {
        for seed in 0..10 {
            let still = look(&drawn(condition, severity, seed), None);
            if let Some(hint) = still.hint {
                unread += 1;
                if !right.contains(&hint.kind()) {
                    wrong.push((condition.name(), severity, seed, hint.kind()));
                }
            }
        }
    }
    assert!(unread >= 40, "only {unread} frames were too hard");
    assert!(wrong.len() * 8 <= unread, "{} of {unread}: {wrong:?}", wrong.len());
}

#[test]
fn a_zoom_brings_small_characters_to_a_readable_size() {
    let mut told = 0;
    for seed in 0..4 {
        let frame = drawn(Condition::Small, 4, seed);
        if let Some(Hint::Closer { zoom }) = look(&frame, None).hint {
            let after = zoom * frame.truth.zone.as_ref().unwrap().px_per_char;
            assert!((9.0..16.0).contains(&after), "seed {seed}: {after} px");
            told += 1;
        }
    }
    assert!(told > 0);
}

#[test]
fn a_page_that_bends_is_to_be_laid_flat() {
    let hints = (0..6).filter_map(|seed| look(&drawn(Condition::Curved, 4, seed), None).hint);
    let hints: Vec<Hint> = hints.collect();
    let flat = Hint::Unreadable { reason: Unread::Curved };
    assert!(hints.is_empty() || hints.contains(&flat), "{hints:?}");
}

#[test]
fn a_zone_that_leaves_the_picture_says_which_way_to_move() {
    let mut told = Vec::new();
    for seed in 0..4 {
        let frame = drawn(Condition::Clean, 1, seed);
        let zone = frame.truth.zone.clone().unwrap();
        let at = |line: usize, column: usize| zone.cells[line][column][0].x as u32;
        let length = zone.cells[0].len();
        let (left, right) = (at(0, 4), at(0, length - 4));
        for (region, side) in [
            (Region { x: left, y: 0, width: frame.width - left, height: frame.height }, Side::Left),
            (Region { x: 0, y: 0, width: right, height: frame.height }, Side::Right),
        ] {
            told.push((look(&frame, Some(region)).hint, Some(Hint::CutOff { side })));
        }
    }
    let right = told.iter().filter(|(said, wanted)| said == wanted).count();
    assert!(right * 10 >= told.len() * 7, "{told:?}");
}

/// Once read nothing is to be changed; what was said before goes at once.
#[test]
fn a_zone_that_is_read_takes_its_hint_away() {
    let document = Document::specimen(MrzFormat::Td3);
    let mut scanner = Scanner::new(ScanSettings::default());
    let mut read = false;
    for (frame, nth) in zone_sequence(&document, Condition::Clean, 1, 2, 8).iter().zip(0_i64..) {
        let layout = FrameLayout { at_ms: nth * 200, ..FrameLayout::packed(frame.width, frame.height) };
        let outcome = scanner.scan(&frame.luma, layout, &NoDeadline).unwrap();
        if scanner.zone().is_some_and(|zone| zone.accepted) {
            assert!(scanner.signals().is_none());
            assert!(!matches!(
                outcome,
                ScanOutcome::Nothing { .. } | ScanOutcome::Located { hint: Some(_), .. }
            ));
            read = true;
        }
    }
    assert!(read);
}
