//! How far the print has drifted from the grid, module by module: bent cards, creased paper, a shutter that rolls.
//!
//! Every edge between a dark and a light module lies on a line of the grid. So wherever the picture has its edges,
//! their distance from the nearest line says how far the grid is off there, whatever the code says. That distance is
//! known up to whole modules; the finder patterns hold the grid at three corners, and from there it is followed from
//! module to module, the clearest first. Ink that bleeds and pictures that blur move edges to either side by the same
//! amount, which cancels.

use std::f32::consts::TAU;

use crate::Point;
use crate::grid::light::Light;
use crate::grid::shape::Shape;

/// Places a module at which brightness is compared along a line.
const FINE: usize = 4;

/// Modules to either side whose edges count for a module.
const REACH: usize = 2;

/// Modules are followed in this many ranks, each half as clear as the one before: under glare and dirt there is no
/// telling how far the print has drifted, so the way leads around them.
const RANKS: usize = 10;

/// Edges of one direction around each module, as a complex number: its angle is their distance from the lines of the
/// grid in turns of a module, its length how clear they are.
type Phase = (f32, f32);

/// Displacement of each module, in modules, along the rows and along the columns.
#[derive(Default)]
pub(crate) struct Drift {
    size: usize,
    /// In row order.
    offsets: [Vec<f32>; 2],
    phases: Vec<Phase>,
    summed: Vec<Phase>,
    /// Modules reached so far.
    reached: Vec<bool>,
    /// Modules to be followed to, the clearest in the first.
    fronts: [Vec<Next>; RANKS],
}

/// A module to be followed to, and what it is likely to have.
#[derive(Clone, Copy)]
struct Next {
    at: usize,
    expected: f32,
}

impl Drift {
    /// Where the middle of a module lies on the grid.
    pub(crate) fn place(&self, x: usize, y: usize) -> Point {
        let at = y * self.size + x;
        Point::new(x as f32 + 0.5 + self.offsets[0][at], y as f32 + 0.5 + self.offsets[1][at])
    }

    /// Measures a grid of `size` modules a side. The largest displacement, in modules.
    pub(crate) fn measure(&mut self, light: &Light<'_>, shape: &Shape, size: usize) -> f32 {
        self.size = size;
        let mut most = 0.0_f32;
        for direction in 0..2 {
            self.edges(light, shape, direction);
            self.gather();
            self.follow(direction);
            most = self.offsets[direction].iter().fold(most, |m, v| m.max(v.abs()));
        }
        most
    }

    /// The phase of the edges at each module along its row (direction 0) or its column (1).
    fn edges(&mut self, light: &Light<'_>, shape: &Shape, direction: usize) {
        let n = self.size;
        self.phases.clear();
        self.phases.resize(n * n, (0.0, 0.0));
        let turns: [Phase; FINE] = std::array::from_fn(|k| {
            let angle = (k as f32 + 0.5) * TAU / FINE as f32;
            (angle.cos(), angle.sin())
        });
        for across in 0..n {
            let line = |along: usize| {
                let (along, across) = (along as f32, across as f32 + 0.5);
                shape.place(if direction == 0 {
                    Point::new(along, across)
                } else {
                    Point::new(across, along)
                })
            };
            let mut from = line(0);
            let mut level = light.at(from);
            for along in 0..n {
                let to = line(along + 1);
                let step = (to - from) * (1.0 / FINE as f32);
                let mut phase = (0.0, 0.0);
                for (k, turn) in turns.iter().enumerate() {
                    let next = light.at(from + step * (k + 1) as f32);
                    let rise = (next - level) * (next - level);
                    phase.0 += rise * turn.0;
                    phase.1 += rise * turn.1;
                    level = next;
                }
                self.phases[if direction == 0 { across * n + along } else { along * n + across }] = phase;
                from = to;
            }
        }
    }

    /// Adds up the phases around each module.
    fn gather(&mut self) {
        let n = self.size;
        self.summed.clear();
        self.summed.resize(n * n, (0.0, 0.0));
        // Columns of the rows' sums are rows of the columns' sums: twice the same, with rows and columns exchanged.
        slide(&self.phases, &mut self.summed, n);
        slide(&self.summed, &mut self.phases, n);
    }

    /// Follows the displacement from the finder patterns to everywhere, the clearest modules first.
    fn follow(&mut self, direction: usize) {
        let n = self.size;
        let Self { offsets, phases, reached, fronts, .. } = self;
        let out = &mut offsets[direction];
        out.clear();
        out.resize(n * n, 0.0);
        reached.clear();
        reached.resize(n * n, false);
        let clear = |p: &Phase| p.0 * p.0 + p.1 * p.1;
        let most = 4.0 * phases.iter().map(clear).sum::<f32>() / (n * n) as f32;
        let rank = |at: usize| ((most / clear(&phases[at])).log2() as usize).min(RANKS - 1);
        for at in [3 * n + 3, 3 * n + n - 4, (n - 4) * n + 3] {
            reached[at] = true;
            fronts[rank(at)].push(Next { at, expected: 0.0 });
        }
        while let Some(Next { at, expected }) = fronts.iter_mut().find_map(Vec::pop) {
            let turns = phases[at].1.atan2(phases[at].0) / TAU;
            let value = turns + (expected - turns).round();
            out[at] = value;
            let (x, y) = (at % n, at / n);
            for (x, y) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
                if x < n && y < n && !reached[y * n + x] {
                    // The first to reach it is the clearest of its neighbours.
                    reached[y * n + x] = true;
                    fronts[rank(y * n + x)].push(Next { at: y * n + x, expected: value });
                }
            }
        }
    }
}

/// Sums over the windows of each row, written as columns.
fn slide(from: &[Phase], to: &mut [Phase], n: usize) {
    for (y, row) in from.chunks_exact(n).enumerate() {
        let mut sum = row[..REACH.min(n)].iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        for x in 0..n {
            if let Some(p) = row.get(x + REACH) {
                sum = (sum.0 + p.0, sum.1 + p.1);
            }
            if let Some(p) = x.checked_sub(REACH + 1).and_then(|x| row.get(x)) {
                sum = (sum.0 - p.0, sum.1 - p.1);
            }
            to[x * n + y] = sum;
        }
    }
}
