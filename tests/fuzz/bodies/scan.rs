//! What must hold for any input of the crate `apoa-scan`: one function a target, bytes in, a panic for a finding.
//! The fuzzers call these, and `core/scan/tests/corpus.rs` calls the same on every file of the corpus.

use apoa_frames::{Code, EcLevel, Gray, Rng};
use apoa_scan::{
    Findings, FrameLayout, Hint, MAX_PIXELS, MAX_SIDE, NoDeadline, Payload, Point, Region, Rotation,
    ScanOutcome, ScanSettings, Scanner, Symbol, scan_still,
};

#[path = "drawn.rs"]
pub(crate) mod drawn;
#[path = "zone.rs"]
pub(crate) mod zone;

use drawn::Plan;
use zone::zone;

/// A body: takes any bytes, panics where something does not hold.
pub(crate) type Body = fn(&[u8]);

/// Every target with its name, which is also the name of its folder in the corpus.
pub(crate) const TARGETS: &[(&str, Body)] =
    &[("layout", layout), ("frame", frame), ("modules", modules), ("zone", zone)];

/// Bytes of a slice under a layout at most: enough for every branch, and a thousandth of a second.
const SLICE_BYTES: usize = 24_000;

/// Side of a small frame at most.
const SIDE: u32 = 160;

/// Things done to one drawn code at most.
const DAMAGES: usize = 16;

/// A frame's layout and a slice that may be of another length.
pub(crate) fn layout(data: &[u8]) {
    let mut input = Input(data);
    let (width, height, row_stride) = (input.number(), input.number(), input.number());
    let choice = input.byte();
    let region = (choice & 4 != 0).then(|| Region {
        x: input.number(),
        y: input.number(),
        width: input.number(),
        height: input.number(),
    });
    let rotation = [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarter];
    let rotation = rotation[usize::from(choice & 3)];
    let layout = FrameLayout { width, height, row_stride, rotation, region, at_ms: input.time() };
    let length = input.number() as usize % (SLICE_BYTES + 1);
    let luma = input.fill(length);
    let is_true = is_true(&layout, length);
    let mut scanner = Scanner::new(ScanSettings::default());
    for at_ms in [layout.at_ms, layout.at_ms.saturating_add(33), layout.at_ms.saturating_sub(5_000)] {
        let outcome = scanner.scan(&luma, FrameLayout { at_ms, ..layout }, &NoDeadline);
        assert_eq!(outcome.is_ok(), is_true, "{layout:?} over {length} bytes: {outcome:?}");
        if let Ok(outcome) = outcome {
            is_sound(&outcome);
            are_sound(scanner.findings());
        }
    }
    let still = scan_still(&luma, layout, &NoDeadline);
    assert_eq!(still.is_ok(), is_true, "{layout:?} over {length} bytes: {:?}", still.err());
    if let Ok(still) = still {
        are_sound(&still.findings);
        assert_eq!(still.hint.is_some(), still.symbols().is_empty(), "a hint, or a code");
    }
}

/// Whether a layout describes a slice of so many bytes, by the words of its documentation.
fn is_true(layout: &FrameLayout, length: usize) -> bool {
    let FrameLayout { width, height, row_stride, rotation: _, region, at_ms: _ } = *layout;
    let [width, height, row_stride] = [width, height, row_stride].map(u128::from);
    let side = 1..=u128::from(MAX_SIDE);
    let fits = side.contains(&width) && side.contains(&height) && width * height <= u128::from(MAX_PIXELS);
    fits && row_stride >= width
        && (height - 1) * row_stride + width <= length as u128
        && region.is_none_or(|region| {
            let [x, y, w, h] = [region.x, region.y, region.width, region.height].map(u128::from);
            w > 0 && h > 0 && x + w <= width && y + h <= height
        })
}

/// A small frame: pixels as they come, or a code that was drawn and damaged.
pub(crate) fn frame(data: &[u8]) {
    let mut input = Input(data);
    let at_ms = input.time();
    if input.byte() % 4 == 0 {
        look(&pixels(&mut input), at_ms, None);
    } else {
        let (mut picture, payload) = code(&mut input);
        for _ in 0..DAMAGES {
            if input.0.is_empty() {
                break;
            }
            damage(&mut picture, &mut input);
        }
        look(&picture, at_ms, Some(&payload));
    }
}

/// A code over data codewords that no writer would write.
pub(crate) fn modules(data: &[u8]) {
    let mut input = Input(data);
    let at_ms = input.time();
    let (kind, look_of_it) = (input.byte(), input.byte());
    let damage: Vec<(u8, u8)> = (0..input.byte() % 24).map(|_| (input.byte(), input.byte())).collect();
    let (version, level, mask) = ((kind & 3) + 1, kind >> 2 & 3, kind >> 4 & 7);
    let plan = Plan { version, level, mask, data: input.0, damage: &damage };
    let mut picture = plan.draw(2 + usize::from(look_of_it & 1));
    if look_of_it & 2 != 0 {
        picture.luma.iter_mut().for_each(|p| *p = !*p);
    }
    if look_of_it & 4 != 0 {
        mirror(&mut picture);
    }
    for symbol in look(&picture, at_ms, None) {
        assert_eq!(symbol.version, version, "another version than was drawn");
        // Three digits take ten bits, nothing takes less for a byte.
        let most = plan.capacity() * 8 * 3 / 10 + 3;
        assert!(
            symbol.bytes.len() <= most,
            "{} bytes from {} codewords",
            symbol.bytes.len(),
            plan.capacity()
        );
    }
}

/// Scans a picture live, with times that rise and fall, and as a picture. Gives what the picture held.
fn look(picture: &Gray, at_ms: i64, payload: Option<&[u8]>) -> Vec<Symbol> {
    let layout = FrameLayout::packed(picture.width, picture.height);
    let mut scanner = Scanner::new(ScanSettings::default());
    for later in [0, 33, 66, -2_000, 3_000] {
        let layout = FrameLayout { at_ms: at_ms.saturating_add(later), ..layout };
        let outcome = scanner.scan(&picture.luma, layout, &NoDeadline).expect("a true layout");
        is_sound(&outcome);
        are_sound(scanner.findings());
        says(&scanner.findings().symbols, payload);
    }
    assert_eq!(scanner.caught_panics(), 0, "a panic inside another crate");
    let still = scan_still(&picture.luma, layout, &NoDeadline).expect("a true layout");
    are_sound(&still.findings);
    says(still.symbols(), payload);
    still.findings.symbols
}

/// Nothing else than what was drawn is read, however it was damaged.
fn says(symbols: &[Symbol], payload: Option<&[u8]>) {
    if let Some(payload) = payload {
        assert!(symbols.iter().all(|symbol| symbol.bytes == payload), "a wrong read");
    }
}

fn is_sound(outcome: &ScanOutcome) {
    match outcome {
        ScanOutcome::Nothing { hint } => assert!(hint.is_none_or(|hint| has_numbers(&hint)), "{hint:?}"),
        ScanOutcome::Located { outline, hint } => {
            assert!(outline.corners.iter().copied().all(is_place), "{outline:?}");
            assert!(hint.is_none_or(|hint| has_numbers(&hint)), "{hint:?}");
        }
        ScanOutcome::Confirmed { payload: Payload::Code(symbol) } => is_a_code(symbol),
        ScanOutcome::Confirmed { payload: Payload::Mrz(zone) } => {
            assert!(zone.checks.iter().all(|check| check.ok), "{zone:?}");
        }
        ScanOutcome::Unchanged => {}
    }
}

fn are_sound(found: &Findings) {
    found.symbols.iter().for_each(is_a_code);
    assert!(found.located.len() <= Findings::MAX_LOCATED, "more outlines than are kept");
    for located in &found.located {
        assert!(located.outline.corners.iter().copied().all(is_place), "{located:?}");
    }
    for finder in &found.finders {
        assert!(is_place(finder.centre) && finder.module.is_finite(), "{finder:?}");
    }
}

fn is_a_code(symbol: &Symbol) {
    assert!(!symbol.bytes.is_empty(), "an empty payload");
    assert!((1..=40).contains(&symbol.version), "version {}", symbol.version);
    assert!(symbol.corners.iter().copied().all(is_place), "{symbol:?}");
    assert!(symbol.px_per_module.is_finite() && symbol.px_per_module > 0.0, "{symbol:?}");
    // An erased codeword takes one check codeword where a wrong one takes two; versions 1 to 3 keep up to three back.
    let checks = symbol.correction.capacity * 2 + 3;
    assert!(symbol.correction.errors <= checks, "{symbol:?}");
}

fn has_numbers(hint: &Hint) -> bool {
    match hint {
        Hint::Closer { zoom } => zoom.is_finite() && *zoom > 1.0,
        Hint::Glare { at } => is_place(*at),
        Hint::Several { count } => *count > 1,
        Hint::CutOff { .. }
        | Hint::Farther
        | Hint::Dark { .. }
        | Hint::Bright
        | Hint::Still
        | Hint::Focus
        | Hint::Unreadable { .. }
        | Hint::Where
        | Hint::GiveUp
        | Hint::Aim => true,
    }
}

fn is_place(point: Point) -> bool {
    point.x.is_finite() && point.y.is_finite()
}

/// Squares of pixels, each as bright as a byte.
fn pixels(input: &mut Input<'_>) -> Gray {
    let (width, height) = (input.side(1), input.side(1));
    let cell = usize::from(input.byte() % 8) + 1;
    let columns = (width as usize).div_ceil(cell);
    let cells = input.fill(columns * (height as usize).div_ceil(cell));
    let mut picture = Gray::new(width, height, 0);
    for (nth, p) in picture.luma.iter_mut().enumerate() {
        let (x, y) = (nth % width as usize, nth / width as usize);
        *p = cells[y / cell * columns + x / cell];
    }
    picture
}

/// A code somewhere in a frame, and what it says.
fn code(input: &mut Input<'_>) -> (Gray, Vec<u8>) {
    let level = [EcLevel::Low, EcLevel::Medium, EcLevel::Quartile, EcLevel::High];
    let level = level[usize::from(input.byte() % 4)];
    let length = usize::from(input.byte() % 48) + 1;
    let payload = input.take(length);
    let code = Code::new(&payload, level).expect("48 bytes fit a code");
    let (width, height) = (input.side(100), input.side(100));
    let mut picture = Gray::new(width, height, input.byte());
    let pixels = i32::from(input.byte() % 4) + 1;
    let (x, y) = (i32::from(input.byte() as i8) / 2, i32::from(input.byte() as i8) / 2);
    code.draw(&mut picture, x, y, pixels, input.byte(), input.byte());
    (picture, payload)
}

/// One thing that happens to a picture.
fn damage(picture: &mut Gray, input: &mut Input<'_>) {
    let kind = input.byte();
    let [a, b, c, d] = [(); 4].map(|()| input.byte());
    let (x, y, w, h) = (i32::from(a), i32::from(b), i32::from(c), i32::from(d));
    match kind % 9 {
        0 => picture.fill(x, y, w, h, input.byte()),
        1 => picture.change(x, y, w, h, |p| !p),
        2 => soften(picture),
        3 => {
            let mut rng = Rng::new(u64::from(a) << 8 | u64::from(b));
            for p in &mut picture.luma {
                *p = (f32::from(*p) + rng.normal() * f32::from(c) / 3.0) as u8;
            }
        }
        4 => mirror(picture),
        5 => each(picture, |_, x, y, p| {
            let light = i32::from(a as i8) * x / 64 + i32::from(b as i8) * y / 64;
            (i32::from(p) + light).clamp(0, 255) as u8
        }),
        6 => each(picture, |from, x, y, _| {
            let (across, down) = (i32::from(a as i8), i32::from(b as i8));
            from.at(x + across * y / 256 + i32::from(c as i8) * y * y / 16_384, y + down * x / 256)
        }),
        7 => each(picture, |from, x, y, _| {
            // Farther away the farther down and right.
            let far = 256 + i32::from(a as i8) * x / 256 + i32::from(b as i8) * y / 256;
            from.at(x * far / 256, y * far / 256)
        }),
        _ => picture.change(x, y, w, h, |p| (u16::from(p) * u16::from(kind) / 255) as u8),
    }
}

fn soften(picture: &mut Gray) {
    each(picture, |from, x, y, _| {
        let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
        (around.map(|(dx, dy)| u32::from(from.at(x + dx, y + dy))).sum::<u32>() / 9) as u8
    });
}

fn mirror(picture: &mut Gray) {
    let width = picture.width as usize;
    picture.luma.chunks_exact_mut(width).for_each(<[u8]>::reverse);
}

/// Each pixel anew, from the picture as it was.
fn each(picture: &mut Gray, to: impl Fn(&Gray, i32, i32, u8) -> u8) {
    let from = picture.clone();
    let width = picture.width as usize;
    for (nth, p) in picture.luma.iter_mut().enumerate() {
        *p = to(&from, (nth % width) as i32, (nth / width) as i32, *p);
    }
}

/// Bytes taken one after another; zeros once they are used up.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// Most bytes are themselves, so that true layouts are common; the others announce 16 or 32 bits.
    fn number(&mut self) -> u32 {
        match self.byte() {
            small @ 0..=191 => u32::from(small),
            192..=223 => u32::from(u16::from_le_bytes([self.byte(), self.byte()])),
            _ => u32::from_le_bytes([(); 4].map(|()| self.byte())),
        }
    }

    /// Frames apart, or anything.
    fn time(&mut self) -> i64 {
        match self.byte() {
            frames @ 0..=223 => i64::from(frames) * 33,
            _ => i64::from_le_bytes([(); 8].map(|()| self.byte())),
        }
    }

    /// From `least` to [`SIDE`].
    fn side(&mut self, least: u32) -> u32 {
        least + u32::from(self.byte()) % (SIDE + 1 - least)
    }

    /// What is left, repeated until there is enough of it.
    fn fill(&mut self, count: usize) -> Vec<u8> {
        let rest = std::mem::take(&mut self.0);
        let rest = if rest.is_empty() { &[0] } else { rest };
        rest.iter().copied().cycle().take(count).collect()
    }
}
