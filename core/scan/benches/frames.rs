//! What ordinary frames cost: a code in sight, none in sight, and pictures of 12 Mpx. CPU time of one thread.
//!
//! `cargo bench -p apoa-scan --bench frames [-- FILTER]`, and once more with `--profile mobile`. A frame without a code
//! is a mean over a whole round of lanes: of those one frame sees only one.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod clock;
mod cpu;

use apoa_frames::{Card, Condition, EcLevel, Frame, Holder, Scenery, Size, no_code, render_at};
use apoa_scan::{FrameLayout, NoDeadline, ScanSettings, Scanner, scan_still};
use cpu::CpuTime;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

const PAYLOAD: &[u8] = b"https://permit.example/v/2C11JE0001-X?k=Q7M2";

/// As many as there are lanes beside the base one; one iteration is that many frames.
const ROUND: u64 = 9;

/// Frames of a camera, in milliseconds.
const APART: i64 = 33;

const LIVE: [(&str, Size); 2] = [("720p", Size::HD), ("1080p", Size::FULL_HD)];
const TWELVE: Size = Size { width: 4_000, height: 3_000 };

fn clean(size: Size) -> Frame {
    let card = Card::kitas(&Holder::default(), PAYLOAD, EcLevel::Medium).unwrap();
    render_at(&card, Condition::Clean, 1, 1, size)
}

/// A camera that is held still.
struct Camera<'a> {
    scanner: Scanner,
    frame: &'a Frame,
    at_ms: i64,
}

impl<'a> Camera<'a> {
    fn before(frame: &'a Frame) -> Self {
        Self { scanner: Scanner::new(ScanSettings::default()), frame, at_ms: 0 }
    }

    fn look(&mut self) {
        let Frame { width, height, luma, .. } = self.frame;
        let layout = FrameLayout { at_ms: self.at_ms, ..FrameLayout::packed(*width, *height) };
        self.at_ms += APART;
        let _ = self.scanner.scan(luma, layout, &NoDeadline).expect("a true layout");
    }
}

fn live(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("code");
    for (name, size) in LIVE {
        let frame = clean(size);
        let mut camera = Camera::before(&frame);
        camera.look();
        assert_eq!(camera.scanner.findings().symbols.len(), 1, "the base lane reads a clean frame");
        group.bench_function(name, |bencher| bencher.iter(|| camera.look()));
    }
    group.finish();
    let mut group = criterion.benchmark_group("no-code");
    group.throughput(Throughput::Elements(ROUND)).sampling_mode(SamplingMode::Flat);
    for (name, size) in LIVE {
        for scenery in Scenery::ALL {
            let frame = no_code(scenery, 1, size);
            let mut camera = Camera::before(&frame);
            group.bench_function(format!("{}-{name}", scenery.name()), |bencher| {
                bencher.iter(|| (0..ROUND).for_each(|_| camera.look()));
            });
        }
    }
    group.finish();
}

fn still(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("still-12-mpx");
    group.sampling_mode(SamplingMode::Flat);
    for (name, frame) in [("code", clean(TWELVE)), ("no-code", no_code(Scenery::Desk, 1, TWELVE))] {
        let layout = FrameLayout::packed(frame.width, frame.height);
        group.bench_function(name, |bencher| {
            bencher.iter(|| scan_still(&frame.luma, layout, &NoDeadline).expect("a true layout"));
        });
    }
    group.finish();
}

criterion_group! { name = all; config = cpu::quick(); targets = live, still }
criterion_main!(all);
