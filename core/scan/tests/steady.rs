//! Memory: a camera's frames cost next to no allocation once the buffers have grown. Alone in its file, since counting
//! replaces the allocator of the whole program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use allocation_counter::{AllocationInfo, measure};
use apoa_frames::{
    Card, Condition, Document, EcLevel, Frame, Holder, MrzFormat, Scenery, Size, no_code, render, render_zone,
};
use apoa_scan::{FrameLayout, NoDeadline, ScanSettings, Scanner};

const PAYLOAD: &[u8] = b"https://permit.example/v/2C11JE0001-X?k=Q7M2";

/// Whole rounds of the nine lanes for codes and of the twenty-one views for zones that take turns.
const ROUNDS: i64 = 63;

/// So far apart that beside a code, too, every frame is looked through for a zone.
const EVERY_MS: i64 = 100;

/// The data codewords of the card's code, of which its payload is made.
const PAYLOAD_BYTES: u64 = 64;

/// A read in doubt is shown to a second decoder, which keeps a matrix and a stream of its own.
const IN_DOUBT: (u64, u64) = (4, 8_192);

/// Lines, proofs, checks and places, of this frame's looks alone and of all together; and the lines once more, by which
/// the zone is known again.
const A_ZONE: (u64, u64) = (16, 8_192);

fn look(scanner: &mut Scanner, frame: &Frame, nth: i64) {
    let layout = FrameLayout { at_ms: nth * EVERY_MS, ..FrameLayout::packed(frame.width, frame.height) };
    let _ = scanner.scan(&frame.luma, layout, &NoDeadline).unwrap();
}

/// What each of these frames allocates after as many of them, and whether it showed a zone.
fn in_steady_state(frame: &Frame) -> Vec<(AllocationInfo, bool)> {
    let mut scanner = Scanner::new(ScanSettings::default());
    (0..ROUNDS).for_each(|nth| look(&mut scanner, frame, nth));
    let info = |nth| (measure(|| look(&mut scanner, frame, nth)), scanner.zone().is_some());
    (ROUNDS..2 * ROUNDS).map(info).collect()
}

fn shot(condition: Condition, severity: u8) -> Frame {
    let card = Card::kitas(&Holder::default(), PAYLOAD, EcLevel::Medium).unwrap();
    render(&card, condition, severity, 1)
}

#[test]
fn a_frame_without_a_code_allocates_nothing() {
    for scenery in Scenery::ALL {
        let infos = in_steady_state(&no_code(scenery, 1, Size::HD));
        // Print of one pitch may resemble a zone; it costs what a zone does.
        let other = infos.iter().filter(|(_, zone)| !zone);
        assert!(other.clone().count() * 4 > infos.len() * 3, "{}", scenery.name());
        assert!(other.clone().all(|(info, _)| info.count_total == 0), "{}: {infos:?}", scenery.name());
    }
}

#[test]
fn a_code_costs_its_payload_alone() {
    for condition in [Condition::Clean, Condition::Rotate, Condition::Noise, Condition::LowLight] {
        for (info, _) in in_steady_state(&shot(condition, 1)) {
            let is_payload = info.count_total == 1 && info.bytes_total <= PAYLOAD_BYTES;
            assert!(is_payload, "{}: {info:?}", condition.name());
        }
    }
}

#[test]
fn a_code_in_doubt_costs_the_second_decoder() {
    for condition in [Condition::Glare, Condition::Occlude, Condition::Scratch, Condition::Small] {
        for (info, _) in in_steady_state(&shot(condition, 3)) {
            let (count, bytes) = IN_DOUBT;
            assert!(info.count_total <= count && info.bytes_total <= bytes, "{}: {info:?}", condition.name());
        }
    }
}

#[test]
fn a_zone_costs_its_reading() {
    let document = Document::specimen(MrzFormat::Td3);
    let frame = render_zone(&document, Condition::Clean, 1, 2, Size::HD);
    let infos = in_steady_state(&frame);
    assert!(infos.iter().all(|(_, zone)| *zone));
    for (info, _) in infos {
        let (count, bytes) = A_ZONE;
        assert!(info.count_total <= count && info.bytes_total <= bytes, "{info:?}");
    }
}

#[test]
fn nothing_grows_over_three_minutes_of_frames() {
    for frame in
        [shot(Condition::Clean, 1), shot(Condition::Scratch, 3), no_code(Scenery::Tiles, 1, Size::HD)]
    {
        let mut scanner = Scanner::new(ScanSettings::default());
        (0..ROUNDS).for_each(|nth| look(&mut scanner, &frame, nth));
        let minutes = measure(|| (ROUNDS..1_800).step_by(11).for_each(|nth| look(&mut scanner, &frame, nth)));
        // The findings of the last frame take the place of those of the first.
        assert!(minutes.bytes_current <= PAYLOAD_BYTES as i64, "{minutes:?}");
    }
}
