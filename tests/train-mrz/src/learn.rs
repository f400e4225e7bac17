//! Learning: Adam over batches from a pool of cells that new ones keep replacing.

use std::time::Instant;

use apoa_frames::Rng;
use apoa_scan::mrz::alphabet::CLASSES;

use crate::cells::{Labelled, harvest};
use crate::look::Hardship;
use crate::net::{Net, SIZE, Trace};
use crate::strip::Fonts;
use crate::text::below;

/// Cells a step learns from.
const BATCH: usize = 64;

/// Cells to draw from.
const POOL: usize = 60_000;

/// How often a cell is learned from on average before a new one takes its place.
const USES: usize = 4;

/// Hardships that are met more often: more is to be learned from them.
const HARD: [Hardship; 6] =
    [Hardship::Motion, Hardship::Defocus, Hardship::Noise, Hardship::Small, Hardship::Faded, Hardship::Worn];

/// Largest and last rate of learning.
const RATE: f32 = 2.0e-3;
const LAST_RATE: f32 = 2.0e-5;

/// Share of the truth spread over all classes: no cell is worth all certainty.
const SMOOTH: f32 = 0.01;

/// Learns from `cells` uses of cells, all randomness by `seed`. Says on the way how it goes.
pub(crate) fn learn(fonts: &Fonts, seed: u64, cells: usize) -> Net {
    let start = Instant::now();
    let mut rng = Rng::forked(seed, 1);
    let mut net = Net::random(&mut Rng::forked(seed, 2));
    let mut adam = Adam::new();
    let mut fresh = Vec::new();
    let mut pool = Vec::new();
    let most = POOL.min(cells / 8);
    while pool.len() < most {
        draw(fonts, &mut rng, &mut pool);
    }
    eprintln!("pool of {} cells after {:.0} s", pool.len(), start.elapsed().as_secs_f32());
    let steps = cells / BATCH;
    let mut trace = Trace::default();
    let (mut loss, mut right) = (0.0, 0);
    for step in 0..steps {
        let mut gradient = Net::zero();
        for _ in 0..BATCH {
            let nth = below(&mut rng, pool.len());
            let cell = &pool[nth];
            net.forward(&cell.samples, &mut trace);
            let mut wrong = probabilities(&trace.logits, 1.0);
            let class = usize::from(cell.class);
            loss -= wrong[class].max(1e-9).ln();
            right += usize::from(likeliest(&wrong) == class);
            for w in &mut wrong {
                *w -= SMOOTH / CLASSES as f32;
            }
            wrong[class] -= 1.0 - SMOOTH;
            gradient.backward(&net, &trace, &wrong);
        }
        adam.step(&mut net, &gradient, rate(step, steps));
        for _ in 0..BATCH / USES {
            if fresh.is_empty() {
                draw(fonts, &mut rng, &mut fresh);
            }
            if let Some(cell) = fresh.pop() {
                let nth = below(&mut rng, pool.len());
                pool[nth] = cell;
            }
        }
        if (step + 1) % 2_000 == 0 {
            let count = (2_000 * BATCH) as f32;
            eprintln!(
                "step {} of {steps}, {:.0} s: loss {:.4}, right {:.2} %",
                step + 1,
                start.elapsed().as_secs_f32(),
                loss / count,
                right as f32 / count * 100.0
            );
            (loss, right) = (0.0, 0);
        }
    }
    net
}

/// Cells of one strip with any hardship.
fn draw(fonts: &Fonts, rng: &mut Rng, into: &mut Vec<Labelled>) {
    let hardship = match rng.unit() {
        u if u < 0.4 => HARD[below(rng, HARD.len())],
        _ => Hardship::ALL[below(rng, Hardship::ALL.len())],
    };
    harvest(fonts, hardship, rng, into);
}

/// Warm for a thousand steps, then down along a cosine.
fn rate(step: usize, steps: usize) -> f32 {
    let warm = ((step + 1) as f32 / 1_000.0).min(1.0);
    let way = step as f32 / steps as f32 * std::f32::consts::PI;
    warm * (LAST_RATE + (RATE - LAST_RATE) * (1.0 + way.cos()) / 2.0)
}

/// Of logits divided by a temperature.
pub(crate) fn probabilities(logits: &[f32; CLASSES], temperature: f32) -> [f32; CLASSES] {
    let most = logits.iter().fold(f32::MIN, |a, b| a.max(*b));
    let mut odds = logits.map(|l| ((l - most) / temperature).exp());
    let sum: f32 = odds.iter().sum();
    for p in &mut odds {
        *p /= sum;
    }
    odds
}

/// The class of the largest value.
pub(crate) fn likeliest(values: &[f32; CLASSES]) -> usize {
    (0..CLASSES).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap_or(0)
}

/// Kingma and Ba 2015, its usual numbers.
struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    step: i32,
}

impl Adam {
    fn new() -> Self {
        Self { mean: vec![0.0; SIZE], square: vec![0.0; SIZE], step: 0 }
    }

    fn step(&mut self, net: &mut Net, gradient: &Net, rate: f32) {
        self.step += 1;
        let rate = rate * (1.0 - 0.999_f32.powi(self.step)).sqrt() / (1.0 - 0.9_f32.powi(self.step));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((number, slope), (mean, square)) in net.numbers.iter_mut().zip(&gradient.numbers).zip(moments) {
            let slope = slope / BATCH as f32;
            *mean += (slope - *mean) * 0.1;
            *square += (slope * slope - *square) * 0.001;
            *number -= rate * *mean / (square.sqrt() + 1e-8);
        }
    }
}
