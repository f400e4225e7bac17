//! Edges between dark and light modules: how far each lies from where the grid has it.
//!
//! A module's middle says little about where the module lies; its edges say it to a tenth of its side. Those of the
//! patterns every code has are known beforehand, the others as soon as the grid is about right.

use crate::Point;
use crate::grid::light::Light;
use crate::grid::measure::Levels;
use crate::grid::pull::{Pulls, Sighting};
use crate::grid::seek::Grid;
use crate::matrix::Modules;
use crate::matrix::layout::{Kind, Layout};

/// Whose edges are followed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known<'a> {
    /// Those of the patterns that every code of the version has.
    Patterns,
    /// Besides, those between modules that are clearly dark and light.
    Clear,
    /// All those of a code that was read: dark modules in row order.
    Drawn(&'a [bool]),
}

/// Edges are followed together in squares of so many modules: a bent sheet is as good as flat there.
const SQUARE: usize = 6;

/// Squares a side at most: a bend of third degree has four terms in each direction.
const SQUARES: usize = 6;

/// Modules a side whose edges hold a sheet all over.
const ENOUGH: usize = 12;

/// Memory for following edges.
#[derive(Default)]
pub(super) struct Edges {
    places: Vec<Point>,
    /// Above zero dark, below light, zero not known; the magnitude says how sure.
    ink: Vec<f32>,
    /// One for each square of modules, in row order.
    squares: Vec<Sighting>,
}

impl Edges {
    /// Measures the edges of a grid; they pull at `pulls`. Levels of a code that was read must have been judged; those
    /// of others are.
    pub(super) fn follow(
        &mut self,
        light: &Light<'_>,
        grid: &Grid,
        known: Known<'_>,
        (levels, modules): (&mut Levels, &mut Modules),
        pulls: &mut Pulls,
    ) {
        let Some(layout) = Layout::of(grid.version) else { return };
        let n = grid.size();
        if !matches!(known, Known::Drawn(_)) {
            self.places.clear();
            self.places.extend((0..n * n).map(|i| grid.shape.place(middle(i, n))));
            levels.measure_middles(light, n, &self.places);
            levels.judge(modules);
        }
        self.ink.clear();
        self.ink.extend((0..n * n).map(|i| match known {
            Known::Drawn(dark) => dark.get(i).map_or(0.0, |dark| shown(*dark, modules.value(i % n, i / n))),
            Known::Patterns | Known::Clear => match layout.kind(i % n, i / n) {
                Kind::Dark => 1.0,
                Kind::Light => -1.0,
                _ if matches!(known, Known::Patterns) => 0.0,
                _ => clear(modules.value(i % n, i / n)),
            },
        }));
        let side = SQUARE.max(n.div_ceil(SQUARES));
        let wide = n.div_ceil(side);
        self.squares.clear();
        self.squares.resize(wide * wide, Sighting::default());
        // Of modules that are all known, some are enough.
        let apart = if matches!(known, Known::Drawn(_)) { (n / ENOUGH).max(1) } else { 1 };
        for y in (0..n - 1).step_by(apart) {
            for x in (0..n - 1).step_by(apart) {
                let here = y * n + x;
                let (right, down) = (here + 1, here + n);
                let (to_right, to_down) = (self.differ(here, right), self.differ(here, down));
                if !to_right && !to_down {
                    continue;
                }
                let place = |i: usize| match known {
                    Known::Drawn(_) => grid.shape.place(middle(i, n)),
                    Known::Patterns | Known::Clear => self.places[i],
                };
                let from = place(here);
                let (u, v) = (place(right) - from, place(down) - from);
                let square = y / side * wide + x / side;
                if to_right {
                    self.edge(light, levels, (here, right), (from, u, v), square, n);
                }
                if to_down {
                    self.edge(light, levels, (here, down), (from, v, u), square, n);
                }
            }
        }
        for square in &self.squares {
            pulls.seen(square, |module| grid.shape.place(module));
        }
    }

    /// Whether one of two modules is known to be dark and the other light.
    fn differ(&self, a: usize, b: usize) -> bool {
        self.ink[a] * self.ink[b] < 0.0
    }

    /// Looks at the edge between two modules: `from` is the middle of the first, `step` leads to the other, and the
    /// edge runs along `along`.
    fn edge(
        &mut self,
        light: &Light<'_>,
        levels: &Levels,
        (a, b): (usize, usize),
        (from, step, along): (Point, Point, Point),
        square: usize,
        n: usize,
    ) {
        /// Places looked at, in modules off the edge.
        const LOOKS: [f32; 3] = [-0.25, 0.0, 0.25];
        /// Modules off for a mean of ±1 over these places: an edge as sharp as can be crosses them within 0.375 of a
        /// module, a blurred one within half.
        const OFF: f32 = 0.4;
        let at = from + step * 0.5;
        let level =
            LOOKS.iter().map(|by| light.at(at + step * *by)).sum::<f32>() * (1.0 / LOOKS.len() as f32);
        let dark = 0.5 * (levels.value_of(a, level) + levels.value_of(b, level));
        let off = OFF * dark.clamp(-1.0, 1.0) * self.ink[a].signum();
        let way = Point::new(-along.y, along.x) * (1.0 / along.length().max(1e-3));
        let weight = self.ink[a].abs().min(self.ink[b].abs());
        let module = (middle(a, n) + middle(b, n)) * 0.5;
        self.squares[square].add(module, step * off, way, weight);
    }
}

/// The middle of a module, by its number in row order.
fn middle(i: usize, n: usize) -> Point {
    Point::new((i % n) as f32 + 0.5, (i / n) as f32 + 0.5)
}

/// A module of known value, as far as the picture shows it: glare and dirt have edges of their own.
fn shown(dark: bool, value: f32) -> f32 {
    if dark { value.clamp(0.0, 1.0) } else { value.clamp(-1.0, 0.0) }
}

/// A value if it is clear enough to go by, else 0.
fn clear(value: f32) -> f32 {
    /// Half-way between sure and no idea, modules are wrong more often than one in twenty.
    const CLEAR: f32 = 0.3;
    if value.abs() < CLEAR { 0.0 } else { value.clamp(-1.0, 1.0) }
}
