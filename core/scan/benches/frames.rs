//! What ordinary frames cost: a code in sight, none in sight, and pictures of 12 Mpx. CPU time of one thread.
//!
//! `cargo bench -p apoa-scan --bench frames [-- FILTER]`, and once more with `--profile mobile`. A frame without a code
//! is a mean over a whole round of lanes: of those one frame sees only one.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod clock;

use std::time::Duration;

use apoa_frames::{Card, Condition, EcLevel, Frame, Holder, Scenery, Size, no_code, render_at};
use apoa_scan::{FrameLayout, NoDeadline, ScanSettings, Scanner, scan_still};
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

const PAYLOAD: &[u8] = b"https://permit.example/v/2C11JE0001-X?k=Q7M2";

/// As many as there are lanes beside the base one; one iteration is that many frames.
const ROUND: u64 = 9;

/// Frames of a camera, in milliseconds.
const APART: i64 = 33;

const LIVE: [(&str, Size); 2] = [("720p", Size::HD), ("1080p", Size::FULL_HD)];
const TWELVE: Size = Size { width: 4_000, height: 3_000 };

/// CPU time in the place of wall time: other work of the machine does not count.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        clock::cpu()
    }

    fn end(&self, began: Duration) -> Duration {
        clock::cpu().saturating_sub(began)
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

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

fn quick() -> Criterion<CpuTime> {
    Criterion::default()
        .with_measurement(CpuTime)
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! { name = all; config = quick(); targets = live, still }
criterion_main!(all);
