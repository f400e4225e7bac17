//! What a machine-readable zone costs: its network, its cells, and pictures with one and without. CPU time of one
//! thread.
//!
//! `cargo bench -p apoa-scan --bench zone [-- FILTER]`, and once more with `--profile mobile`. A picture without a zone
//! is looked through at every size, upright and sideways; what the map of its lines costs is most of it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod clock;
mod cpu;

use std::hint::black_box;

use apoa_frames::{Condition, Document, Frame, Lookalike, Size, no_zone, render_zone};
use apoa_scan::mrz::cell::Cell;
use apoa_scan::mrz::{sample_cell, score_cell};
use apoa_scan::{FrameLayout, FrameView, NoDeadline, Point, scan_still};
use cpu::CpuTime;
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

/// Characters of a passport's zone, and a margin: what one reading looks at.
const CELLS: usize = 94;

const SIZES: [(&str, Size); 2] = [("720p", Size::HD), ("12-mpx", Size { width: 4_000, height: 3_000 })];

fn zone(size: Size) -> Frame {
    render_zone(&Document::invented(1), Condition::Clean, 1, 1, size)
}

fn view(frame: &Frame) -> FrameView<'_> {
    FrameView::new(&frame.luma, FrameLayout::packed(frame.width, frame.height)).expect("a true layout")
}

/// Centre, one pitch to the right and one down of the zone's first characters, again and again.
fn places(frame: &Frame) -> Vec<[Point; 3]> {
    let zone = frame.truth.zone.as_ref().expect("a frame with a zone");
    let place = |[left_top, right_top, right, left]: &[apoa_frames::Point; 4]| {
        let way = |a: &apoa_frames::Point, b: &apoa_frames::Point, by: f32| Point {
            x: (b.x - a.x) / by,
            y: (b.y - a.y) / by,
        };
        let centre = Point { x: f32::midpoint(left_top.x, right.x), y: f32::midpoint(left_top.y, right.y) };
        // A cell of the truth is 1.14 pitches high.
        [centre, way(left, right, 1.0), way(right_top, right, 1.14)]
    };
    zone.cells.iter().flatten().map(place).cycle().take(CELLS).collect()
}

fn network(criterion: &mut Criterion<CpuTime>) {
    let frame = zone(Size::HD);
    let (view, places) = (view(&frame), places(&frame));
    let cut = || -> Vec<Cell> {
        places.iter().filter_map(|[centre, u, v]| sample_cell(&view, *centre, *u, *v)).collect()
    };
    let cells = cut();
    assert_eq!(cells.len(), CELLS);
    let mut group = criterion.benchmark_group("cells-94");
    group.bench_function("cut", |bencher| bencher.iter(cut));
    group.bench_function("network", |bencher| {
        bencher.iter(|| {
            for cell in &cells {
                black_box(score_cell(black_box(cell)));
            }
        });
    });
    group.finish();
}

fn still(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("still");
    group.sampling_mode(SamplingMode::Flat);
    for (name, size) in SIZES {
        let text = no_zone(Lookalike::Text, 1, size);
        for (what, frame) in [("zone", zone(size)), ("text", text)] {
            let layout = FrameLayout::packed(frame.width, frame.height);
            group.bench_function(format!("{what}-{name}"), |bencher| {
                bencher.iter(|| scan_still(&frame.luma, layout, &NoDeadline).expect("a true layout"));
            });
        }
    }
    group.finish();
}

criterion_group! { name = all; config = cpu::quick(); targets = network, still }
criterion_main!(all);
