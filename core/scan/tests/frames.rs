//! The scanner before frames of a camera: what must be read, what must stay unread, and where the code is said to be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use apoa_frames::{Card, Code, Condition, EcLevel, Frame, Gray, Holder, Trouble, render, sequence, troubled};
use apoa_scan::{
    Deadline, FrameLayout, Hint, NoDeadline, Payload, Region, ScanError, ScanOutcome, ScanSettings, Scanner,
    Symbol, scan_still,
};
use proptest::prelude::*;

const PAYLOAD: &[u8] = b"https://permit.example/v/2C11JE0001-X?k=Q7M2";

fn card() -> Card {
    Card::kitas(&Holder::default(), PAYLOAD, EcLevel::Medium).unwrap()
}

fn read(frame: &Frame) -> Vec<Symbol> {
    scan_still(&frame.luma, FrameLayout::packed(frame.width, frame.height), &NoDeadline)
        .unwrap()
        .findings
        .symbols
}

fn read_picture(picture: &Gray) -> Vec<Symbol> {
    scan_still(&picture.luma, FrameLayout::packed(picture.width, picture.height), &NoDeadline)
        .unwrap()
        .findings
        .symbols
}

/// Corners in the code's own order, none further than this share of a module from the truth.
fn assert_placed(symbol: &Symbol, frame: &Frame, share: f32) {
    let truth = frame.truth.corners.unwrap();
    for (found, true_one) in symbol.corners.iter().zip(truth) {
        let off = (found.x - true_one.x).hypot(found.y - true_one.y);
        let most = frame.truth.px_per_module * share;
        assert!(off <= most, "{off} px from the truth: {:?} {truth:?}", symbol.corners);
    }
    let scale = symbol.px_per_module / frame.truth.px_per_module;
    assert!((0.85..1.15).contains(&scale), "{} {}", symbol.px_per_module, frame.truth.px_per_module);
}

#[test]
fn every_ordinary_condition_is_read_and_placed() {
    let card = card();
    let must = [
        (Condition::Clean, 4),
        (Condition::Tilt, 3),
        (Condition::Rotate, 4),
        (Condition::Motion, 1),
        (Condition::Defocus, 2),
        (Condition::Noise, 3),
        (Condition::LowLight, 2),
        (Condition::Shadow, 3),
        (Condition::Inverted, 4),
        (Condition::Mixed, 1),
    ];
    for (condition, up_to) in must {
        for severity in 1..=up_to {
            for seed in 0..3 {
                let frame = render(&card, condition, severity, seed);
                let symbols = read(&frame);
                let case = format!("{} {severity}, seed {seed}", condition.name());
                assert_eq!(symbols.len(), 1, "{case}");
                assert_eq!(symbols[0].bytes, PAYLOAD, "{case}");
                assert_eq!(symbols[0].inverted, condition == Condition::Inverted, "{case}");
                assert_placed(&symbols[0], &frame, 0.5);
            }
        }
    }
}

#[test]
fn a_code_with_one_finder_pattern_covered_is_read() {
    let card = card();
    for corner in 1..=3 {
        for seed in 0..3 {
            let frame = render(&card, Condition::Covered, corner, seed);
            let symbols = read(&frame);
            assert_eq!(symbols.len(), 1, "corner {corner}, seed {seed}");
            assert_eq!(symbols[0].bytes, PAYLOAD);
            assert_placed(&symbols[0], &frame, 0.75);
        }
    }
}

#[test]
fn nothing_else_is_ever_read() {
    let card = card();
    let page = Card::passport(&Holder::default(), Card::SPECIMEN_MRZ);
    for condition in Condition::ALL {
        let hard = render(&card, condition, 4, 11);
        assert!(read(&hard).iter().all(|s| s.bytes == PAYLOAD), "{}", condition.name());
        let empty = render(&page, condition, 2, 11);
        assert!(read(&empty).is_empty(), "{}", condition.name());
    }
}

#[test]
fn a_code_in_a_mirror_is_read_with_its_own_corners() {
    let frame = render(&card(), Condition::Rotate, 2, 4).mirrored();
    let symbols = read(&frame);
    assert_eq!(symbols.len(), 1);
    assert_eq!(symbols[0].bytes, PAYLOAD);
    assert!(symbols[0].mirrored);
    assert_placed(&symbols[0], &frame, 0.5);
}

#[test]
fn a_region_is_all_that_is_looked_at_and_corners_stay_in_the_frame() {
    let frame = render(&card(), Condition::Clean, 1, 2);
    let corners = frame.truth.corners.unwrap();
    let left = corners.iter().map(|c| c.x).fold(f32::INFINITY, f32::min) as u32 - 25;
    let top = corners.iter().map(|c| c.y).fold(f32::INFINITY, f32::min) as u32 - 25;
    let around = Region { x: left, y: top, width: 240, height: 240 };
    let layout = FrameLayout { region: Some(around), ..FrameLayout::packed(1280, 720) };
    let symbols = scan_still(&frame.luma, layout, &NoDeadline).unwrap().findings.symbols;
    assert_eq!(symbols.len(), 1);
    assert_placed(&symbols[0], &frame, 0.5);

    let beside = Region { x: 0, y: 0, width: left, height: 720 };
    let layout = FrameLayout { region: Some(beside), ..layout };
    assert!(scan_still(&frame.luma, layout, &NoDeadline).unwrap().symbols().is_empty());
}

#[test]
fn rows_may_be_padded_and_the_last_one_cut_short() {
    let frame = render(&card(), Condition::Clean, 2, 2);
    let stride = 1344;
    let mut luma = Vec::new();
    for row in frame.luma.chunks_exact(1280) {
        luma.extend_from_slice(row);
        luma.extend_from_slice(&[0xa5; 64]);
    }
    luma.truncate(719 * stride + 1280);
    let layout = FrameLayout { row_stride: stride as u32, ..FrameLayout::packed(1280, 720) };
    let symbols = scan_still(&luma, layout, &NoDeadline).unwrap().findings.symbols;
    assert_eq!(symbols.len(), 1);
    assert_placed(&symbols[0], &frame, 0.5);
    luma.pop();
    assert!(matches!(scan_still(&luma, layout, &NoDeadline), Err(ScanError::BadFrame { .. })));
}

/// A sheet with codes side by side, `pixels` a module.
fn sheet(payloads: &[&[u8]], pixels: i32) -> Gray {
    let codes: Vec<Code> = payloads.iter().map(|p| Code::new(p, EcLevel::Medium).unwrap()).collect();
    let step = codes.iter().map(|c| c.size as i32 + 8).max().unwrap() * pixels + 20;
    let mut sheet = Gray::new((step * codes.len() as i32 + 20) as u32, step as u32 + 20, 230);
    for (nth, code) in codes.iter().enumerate() {
        code.draw(&mut sheet, 20 + nth as i32 * step, 20, pixels, 20, 235);
    }
    sheet
}

#[test]
fn two_codes_in_one_picture_are_both_read() {
    let symbols = read_picture(&sheet(&[b"FIRST SPECIMEN", b"SECOND SPECIMEN"], 4));
    let mut texts: Vec<&[u8]> = symbols.iter().map(|s| s.bytes.as_slice()).collect();
    texts.sort_unstable();
    assert_eq!(texts, [&b"FIRST SPECIMEN"[..], b"SECOND SPECIMEN"]);
}

#[test]
fn a_picture_of_more_than_a_phone_is_read_in_tiles() {
    // 25 Mpx: one code over the seam of tiles, one in a corner, one that fills most of the picture.
    let picture = |codes: &[(&[u8], i32, i32, i32)]| {
        let mut all = Gray::new(5_800, 4_400, 210);
        for (payload, x, y, pixels) in codes {
            let code = Code::new(payload, EcLevel::Medium).unwrap();
            code.draw(&mut all, *x, *y, *pixels, 40, 210);
        }
        all
    };
    let read = |all: &Gray| {
        let mut payloads: Vec<_> = read_picture(all).into_iter().map(|s| s.bytes).collect();
        payloads.sort();
        payloads
    };
    let small = picture(&[(b"over the seam", 2_850, 2_150, 4), (b"in the corner", 5_640, 4_240, 4)]);
    assert_eq!(read(&small), [b"in the corner".to_vec(), b"over the seam".to_vec()]);
    assert_eq!(read(&picture(&[(PAYLOAD, 400, 300, 100)])), [PAYLOAD.to_vec()]);
}

#[test]
fn the_same_payload_at_two_places_is_two_codes() {
    let symbols = read_picture(&sheet(&[b"TWIN SPECIMEN", b"TWIN SPECIMEN"], 5));
    assert_eq!(symbols.len(), 2);
    assert!((symbols[0].corners[0].x - symbols[1].corners[0].x).abs() > 100.0);
}

#[test]
fn payloads_are_bytes_as_encoded() {
    let every: Vec<u8> = (0..=255).collect();
    let symbols = read_picture(&sheet(&[&every], 4));
    assert_eq!(symbols.len(), 1);
    assert_eq!(symbols[0].bytes, every);
}

#[test]
fn all_levels_and_small_to_large_versions_are_read() {
    use apoa_scan::EcLevel as Level;
    let levels = [
        (EcLevel::Low, Level::Low),
        (EcLevel::Medium, Level::Medium),
        (EcLevel::Quartile, Level::Quartile),
        (EcLevel::High, Level::High),
    ];
    for length in [1, 40, 300, 1200] {
        for (level, expected) in levels {
            let payload = vec![b'k'; length];
            let code = Code::new(&payload, level).unwrap();
            let side = (code.size as u32 + 8) * 4;
            let mut picture = Gray::new(side, side, 255);
            code.draw(&mut picture, 0, 0, 4, 0, 255);
            let symbols = read_picture(&picture);
            assert_eq!(symbols.len(), 1, "{length} bytes, {level:?}");
            assert_eq!(symbols[0].bytes, payload);
            assert_eq!(symbols[0].ec_level, expected);
            assert_eq!(usize::from(symbols[0].version) * 4 + 17, code.size);
            assert_eq!(symbols[0].correction.errors, 0);
        }
    }
}

#[test]
fn every_version_is_read() {
    let mut sizes = std::collections::BTreeSet::new();
    // No two versions hold amounts closer than this.
    for length in (1..=2_953).step_by(15) {
        let code = Code::new(&vec![b'k'; length], EcLevel::Low).unwrap();
        if !sizes.insert(code.size) {
            continue;
        }
        let side = (code.size as u32 + 8) * 3;
        let mut picture = Gray::new(side, side, 255);
        code.draw(&mut picture, 0, 0, 3, 0, 255);
        let symbols = read_picture(&picture);
        assert_eq!(symbols.len(), 1, "version {}", (code.size - 17) / 4);
        assert_eq!(symbols[0].bytes.len(), length);
    }
    assert_eq!(sizes.len(), 40);
}

#[test]
fn debug_output_shows_no_payload() {
    let symbols = read(&render(&card(), Condition::Clean, 1, 1));
    let text = format!("{symbols:?}");
    assert!(text.contains("<44 bytes>") && !text.contains("permit"), "{text}");
    let shown = format!("{:?}", symbols[0].bytes);
    assert!(!text.contains(&shown));
}

#[test]
fn a_deadline_already_passed_ends_the_call_with_nothing() {
    let frame = render(&card(), Condition::Clean, 1, 1);
    let layout = FrameLayout::packed(1280, 720);
    assert!(scan_still(&frame.luma, layout, &|| true).unwrap().symbols().is_empty());
    let mut scanner = Scanner::new(ScanSettings::default());
    assert_eq!(
        scanner.scan(&frame.luma, layout, &|| true).unwrap(),
        ScanOutcome::Nothing { hint: Some(Hint::Aim) }
    );
}

#[test]
fn a_thread_with_a_small_stack_suffices() {
    // Background threads of iOS have 512 KB; half of that leaves room for the callers.
    let frame = render(&card(), Condition::Mixed, 1, 1);
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    let symbols = thread.spawn(move || read(&frame)).unwrap().join().unwrap();
    assert_eq!(symbols.len(), 1);
}

/// Passes after it was asked a number of times.
struct Asked {
    left: std::cell::Cell<u32>,
}

impl Deadline for Asked {
    fn passed(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left == 0
    }
}

#[test]
fn a_deadline_may_pass_at_any_step() {
    let frame = render(&card(), Condition::Clean, 1, 1);
    for asked in 0..12 {
        let deadline = Asked { left: asked.into() };
        let symbols =
            scan_still(&frame.luma, FrameLayout::packed(1280, 720), &deadline).unwrap().findings.symbols;
        assert!(symbols.iter().all(|s| s.bytes == PAYLOAD));
    }
}

#[test]
fn a_hand_bringing_a_card_is_confirmed_once() {
    let mut scanner = Scanner::new(ScanSettings::default());
    let mut confirmed = Vec::new();
    let frames = sequence(&card(), 5, 30);
    for (nth, frame) in frames.iter().enumerate() {
        let layout = FrameLayout { at_ms: nth as i64 * 33, ..FrameLayout::packed(1280, 720) };
        match scanner.scan(&frame.luma, layout, &NoDeadline).unwrap() {
            ScanOutcome::Confirmed { payload: Payload::Code(symbol) } => confirmed.push((nth, symbol.bytes)),
            ScanOutcome::Confirmed { payload: Payload::Mrz(_) } => panic!("no zone was shown"),
            ScanOutcome::Unchanged => assert!(!confirmed.is_empty()),
            ScanOutcome::Nothing { .. } | ScanOutcome::Located { .. } => {}
        }
    }
    assert_eq!(confirmed.len(), 1, "{confirmed:?}");
    assert_eq!(confirmed[0].1, PAYLOAD);
    assert!(confirmed[0].0 > 2, "the first frames are too small and blurred to read");
    assert_eq!(scanner.caught_panics(), 0);
}

/// What a camera session reads first, and the frame it was read in.
fn first_read(frames: &[Frame]) -> Option<(Symbol, &Frame)> {
    let mut scanner = Scanner::new(ScanSettings::default());
    frames.iter().zip(0..).find_map(|(frame, nth)| {
        let layout = FrameLayout { at_ms: nth * 33, ..FrameLayout::packed(frame.width, frame.height) };
        let _ = scanner.scan(&frame.luma, layout, &NoDeadline).unwrap();
        scanner.findings().symbols.first().cloned().map(|symbol| (symbol, frame))
    })
}

#[test]
fn glare_that_moves_hides_a_code_in_every_frame_and_not_in_all_together() {
    let card = card();
    let mut together = 0;
    for seed in 0..6 {
        let frames = troubled(&card, Trouble::MovingGlare, 4, seed, 15);
        if frames.iter().any(|frame| !read(frame).is_empty()) {
            continue;
        }
        let (symbol, frame) = first_read(&frames).unwrap_or_else(|| panic!("seed {seed}"));
        assert_placed(&symbol, frame, 0.5);
        assert_eq!((symbol.decoder, &symbol.bytes[..]), ("fused", PAYLOAD), "seed {seed}");
        together += 1;
    }
    assert!(together > 0, "no sequence is unreadable frame by frame");
}

#[test]
fn rows_read_one_after_the_other_are_put_back_in_line() {
    let card = card();
    for seed in 0..4 {
        let frames = troubled(&card, Trouble::RollingShutter, 3, seed, 15);
        let (symbol, _) = first_read(&frames).unwrap_or_else(|| panic!("seed {seed}"));
        assert_eq!(symbol.bytes, PAYLOAD, "seed {seed}");
    }
}

#[test]
fn the_lane_that_read_a_hard_frame_looks_again_at_the_next() {
    let frame = render(&card(), Condition::Inverted, 1, 1);
    let mut scanner = Scanner::new(ScanSettings::default());
    let mut look = |nth: i64| {
        let layout = FrameLayout { at_ms: nth * 33, ..FrameLayout::packed(1280, 720) };
        let outcome = scanner.scan(&frame.luma, layout, &NoDeadline).unwrap();
        (!scanner.findings().symbols.is_empty(), matches!(outcome, ScanOutcome::Confirmed { .. }))
    };
    let first = (0..30).find(|nth| look(*nth).0).unwrap();
    assert!(first > 0, "a base lane read an inverted code");
    assert_eq!(look(first + 1), (true, true));
}

#[test]
fn a_lying_layout_is_an_error_and_the_scanner_goes_on() {
    let frame = render(&card(), Condition::Clean, 1, 1);
    let mut scanner = Scanner::new(ScanSettings::default());
    let lying = FrameLayout::packed(1281, 720);
    assert!(scanner.scan(&frame.luma, lying, &NoDeadline).is_err());
    let outcome = scanner.scan(&frame.luma, FrameLayout::packed(1280, 720), &NoDeadline).unwrap();
    assert!(matches!(outcome, ScanOutcome::Confirmed { .. }), "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any bytes under any layout: no panic, and nothing is read from noise.
    #[test]
    fn noise_is_never_read(
        seed in any::<u64>(), width in 1..260_u32, height in 1..200_u32, cell in 1..9_u32, levels in 2..256_u32,
    ) {
        let mut rng = apoa_frames::Rng::new(seed);
        let cells: Vec<u8> = (0..260 * 200).map(|_| (rng.next_u64() % u64::from(levels) * 255 / u64::from(levels - 1)) as u8).collect();
        let luma: Vec<u8> = (0..width * height)
            .map(|i| cells[(i / width / cell * 260 + i % width / cell) as usize])
            .collect();
        let layout = FrameLayout::packed(width, height);
        prop_assert!(scan_still(&luma, layout, &NoDeadline).unwrap().symbols().is_empty());
        let mut scanner = Scanner::new(ScanSettings::default());
        for at_ms in 0..6 {
            let outcome = scanner.scan(&luma, FrameLayout { at_ms, ..layout }, &NoDeadline).unwrap();
            let read = matches!(outcome, ScanOutcome::Confirmed { .. } | ScanOutcome::Unchanged);
            prop_assert!(!read);
        }
    }

    /// A true frame under a layout that lies about it: an error or some outcome, never a panic or a wrong read.
    #[test]
    fn a_frame_read_askew_gives_nothing_false(width in 1..1400_u32, height in 1..800_u32, extra in 0..64_u32) {
        let mut sheet = sheet(&[b"ASKEW SPECIMEN"], 3);
        sheet.luma.resize(400_000, 128);
        let layout = FrameLayout { row_stride: width + extra, ..FrameLayout::packed(width, height) };
        if let Ok(still) = scan_still(&sheet.luma, layout, &NoDeadline) {
            prop_assert!(still.symbols().iter().all(|s| s.bytes == b"ASKEW SPECIMEN"));
        }
    }
}
