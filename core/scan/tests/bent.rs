//! Codes on sheets that are not flat: what must be read, and where the code is said to be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use apoa_frames::{Card, Code, Condition, EcLevel, Gray, Holder, Point, render};
use apoa_scan::{FrameLayout, NoDeadline, ScanSettings, Scanner, Symbol, scan_still};

const PAYLOAD: &[u8] = b"https://permit.example/v/2C11JE0001-X?k=Q7M2";

fn read(luma: &[u8], width: u32, height: u32) -> Vec<Symbol> {
    scan_still(luma, FrameLayout::packed(width, height), &NoDeadline).unwrap().findings.symbols
}

/// How far the corner furthest from its true place is off, in modules.
fn off(symbol: &Symbol, truth: [Point; 4], module: f32) -> f32 {
    let offs = symbol.corners.iter().zip(truth).map(|(f, t)| (f.x - t.x).hypot(f.y - t.y));
    offs.fold(0.0, f32::max) / module
}

#[test]
fn a_card_bent_up_to_a_third_of_a_circle_is_read_and_placed() {
    let card = Card::kitas(&Holder::default(), PAYLOAD, EcLevel::Medium).unwrap();
    for severity in 1..=4 {
        for seed in 0..4 {
            let frame = render(&card, Condition::Curved, severity, seed);
            let symbols = read(&frame.luma, frame.width, frame.height);
            assert_eq!(symbols.len(), 1, "severity {severity}, seed {seed}");
            assert_eq!(symbols[0].bytes, PAYLOAD);
            let off = off(&symbols[0], frame.truth.corners.unwrap(), frame.truth.px_per_module);
            assert!(off < 0.75, "severity {severity}, seed {seed}: a corner is {off} modules off");
        }
    }
}

#[test]
fn a_bent_card_is_read_in_the_first_live_frame() {
    let card = Card::kitas(&Holder::default(), PAYLOAD, EcLevel::Medium).unwrap();
    let read = (0..8).filter(|seed| {
        let frame = render(&card, Condition::Curved, 3, *seed);
        let mut scanner = Scanner::new(ScanSettings::default());
        let layout = FrameLayout::packed(frame.width, frame.height);
        let _ = scanner.scan(&frame.luma, layout, &NoDeadline).unwrap();
        scanner.findings().symbols.iter().any(|s| s.bytes == PAYLOAD)
    });
    assert!(read.count() >= 7);
}

/// A code over a rod seen from far away, and its corners. `profile` tells, for a place across the rod as seen, the
/// place on the sheet, both in halves of the code's side; the rod lies `turn` radians off the code's columns.
fn over_a_rod(code: &Code, pixels: f32, turn: f32, profile: impl Fn(f32) -> f32) -> (Gray, [Point; 4]) {
    const MARGIN: f32 = 40.0;
    const LOOKS: i32 = 3;
    let half = code.size as f32 / 2.0;
    let side = (code.size as f32 * pixels * 1.5 + 2.0 * MARGIN) as u32;
    let middle = side as f32 / 2.0;
    let (s, c) = turn.sin_cos();
    let module_at = |x: f32, y: f32| {
        let (x, y) = ((x - middle) / (half * pixels), (y - middle) / (half * pixels));
        let (across, along) = (profile(x * c + y * s), y * c - x * s);
        Point { x: (across * c - along * s + 1.0) * half, y: (across * s + along * c + 1.0) * half }
    };
    let level = |at: Point| {
        let inside = |v: f32| v >= 0.0 && v < code.size as f32;
        let dark = inside(at.x) && inside(at.y) && code.modules[at.y as usize * code.size + at.x as usize];
        if dark { 30.0 } else { 220.0 }
    };
    let mut picture = Gray::new(side, side, 220);
    for (i, pixel) in picture.luma.iter_mut().enumerate() {
        let (x, y) = ((i as u32 % side) as f32, (i as u32 / side) as f32);
        let looks = (0..LOOKS * LOOKS).map(|n| {
            let within = |n: i32| (n as f32 + 0.5) / LOOKS as f32;
            level(module_at(x + within(n % LOOKS), y + within(n / LOOKS)))
        });
        *pixel = (looks.sum::<f32>() / (LOOKS * LOOKS) as f32) as u8;
    }
    // The profile's inverse by halving.
    let seen = |across: f32| {
        let (mut low, mut high) = (-1.5_f32, 1.5_f32);
        for _ in 0..40 {
            let between = f32::midpoint(low, high);
            if profile(between) < across { low = between } else { high = between }
        }
        low
    };
    let corner = |x: f32, y: f32| {
        let (across, along) = (seen(x * c + y * s), y * c - x * s);
        let (x, y) = (across * c - along * s, across * s + along * c);
        Point { x: middle + x * half * pixels, y: middle + y * half * pixels }
    };
    (picture, [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)])
}

/// The sheet over a round rod that the code covers by so many radians.
fn round(arc: f32) -> impl Fn(f32) -> f32 {
    let radius = 2.0 / arc;
    move |seen| radius * (seen / radius).clamp(-1.0, 1.0).asin()
}

#[test]
fn a_code_bent_in_any_direction_is_read_and_placed() {
    for length in [12, 44, 120, 300] {
        let payload = vec![b'k'; length];
        let code = Code::new(&payload, EcLevel::Low).unwrap();
        for turn in [0.0, 0.4, 0.785, 1.2, 1.571, 2.2, 2.8] {
            let (picture, corners) = over_a_rod(&code, 5.0, turn, round(1.2));
            let symbols = read(&picture.luma, picture.width, picture.height);
            assert_eq!(symbols.len(), 1, "{length} bytes, {turn} rad");
            assert_eq!(symbols[0].bytes, payload);
            let off = off(&symbols[0], corners, 5.0);
            assert!(off < 0.75, "{length} bytes, {turn} rad: a corner is {off} modules off");
        }
    }
}

#[test]
fn a_card_bent_more_at_one_end_is_read() {
    let code = Code::new(PAYLOAD, EcLevel::Medium).unwrap();
    for turn in [0.0, 0.3, 1.571] {
        // From flat at one end to 50 degrees at the other.
        let (picture, _) = over_a_rod(&code, 5.0, turn, |seen| {
            let far = (seen + 1.0).max(0.0);
            seen + 0.06 * far * far * far - 0.12
        });
        let symbols = read(&picture.luma, picture.width, picture.height);
        assert_eq!(symbols.len(), 1, "{turn} rad");
        assert_eq!(symbols[0].bytes, PAYLOAD);
    }
}
