//! What the worst pictures cost: mean, 99th percentile and maximum of live frames at 720p, the longest step between two
//! looks at the deadline, and a picture at 720p and at 12 Mpx. CPU time of one thread in milliseconds.
//!
//! `cargo bench -p apoa-scan --bench worst [-- NAME… --frames N]`, and once more with `--profile mobile`. Prints a table
//! in Markdown; 200 frames of each picture unless told otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod clock;
mod hostile;

use std::cell::Cell;
use std::time::Duration;

use apoa_frames::{Gray, Size};
use apoa_scan::{Deadline, FrameLayout, ScanSettings, Scanner, scan_still};
use hostile::Hostile;

/// Drawings of one kind. No divisor of the number of lanes: so each lane meets each drawing.
const DRAWINGS: usize = 8;

/// Frames of a camera, in milliseconds.
const APART: i64 = 33;

const TWELVE: Size = Size { width: 4_000, height: 3_000 };

fn main() {
    let mut frames = 200;
    let mut names = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // From Cargo.
            "--bench" => {}
            "--frames" => frames = args.next().and_then(|n| n.parse().ok()).expect("--frames takes a number"),
            _ => names.push(arg),
        }
    }
    println!("| picture | live mean | p99 | max | longest step | still 720p | still 12 Mpx | longest step |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for picture in hostile::ALL {
        if names.is_empty() || names.iter().any(|name| picture.name.contains(name.as_str())) {
            measure(picture, frames);
        }
    }
}

fn measure(picture: &Hostile, frames: usize) {
    let drawings: Vec<Gray> = (0..DRAWINGS).map(|seed| picture.draw(Size::HD, seed as u64)).collect();
    let Live { costs, longest } = live(&drawings, frames);
    let mean = costs.iter().sum::<Duration>() / costs.len() as u32;
    let p99 = costs[(costs.len() * 99).div_ceil(100) - 1];
    let max = costs[costs.len() - 1];
    let small = drawings.iter().map(|drawing| still(picture, drawing).cost).max().unwrap_or_default();
    let large = still(picture, &picture.draw(TWELVE, 0));
    println!(
        "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {:.0} | {:.1} |",
        picture.name,
        ms(mean),
        ms(p99),
        ms(max),
        ms(longest),
        ms(small),
        ms(large.cost),
        ms(large.longest),
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

struct Live {
    /// In rising order.
    costs: Vec<Duration>,
    longest: Duration,
}

fn live(drawings: &[Gray], frames: usize) -> Live {
    let mut scanner = Scanner::new(ScanSettings::default());
    let mut longest = Duration::ZERO;
    let mut look = |nth: usize| {
        let picture = &drawings[nth % drawings.len()];
        let at_ms = nth as i64 * APART;
        let layout = FrameLayout { at_ms, ..FrameLayout::packed(picture.width, picture.height) };
        let steps = Steps::default();
        let began = clock::cpu();
        steps.begin();
        let _ = scanner.scan(&picture.luma, layout, &steps).expect("a true layout");
        steps.passed();
        if nth >= drawings.len() {
            longest = longest.max(steps.longest.get());
        }
        clock::cpu().saturating_sub(began)
    };
    // The first frames grow the buffers.
    (0..drawings.len()).for_each(|nth| {
        look(nth);
    });
    let mut costs: Vec<Duration> = (drawings.len()..drawings.len() + frames.max(1)).map(look).collect();
    costs.sort_unstable();
    Live { costs, longest }
}

struct Picture {
    cost: Duration,
    longest: Duration,
}

fn still(picture: &Hostile, drawn: &Gray) -> Picture {
    let steps = Steps::default();
    let began = clock::cpu();
    steps.begin();
    let still = scan_still(&drawn.luma, FrameLayout::packed(drawn.width, drawn.height), &steps);
    steps.passed();
    let cost = clock::cpu().saturating_sub(began);
    let still = still.expect("a true layout");
    assert!(
        still.symbols().iter().all(|symbol| picture.says(&symbol.bytes)),
        "{}: a wrong read",
        picture.name
    );
    Picture { cost, longest: steps.longest.get() }
}

/// A deadline that never passes and remembers the longest time in which it was not asked.
#[derive(Default)]
struct Steps {
    last: Cell<Duration>,
    longest: Cell<Duration>,
}

impl Steps {
    fn begin(&self) {
        self.last.set(clock::cpu());
    }
}

impl Deadline for Steps {
    fn passed(&self) -> bool {
        let now = clock::cpu();
        let step = now.saturating_sub(self.last.replace(now));
        self.longest.set(self.longest.get().max(step));
        false
    }
}
