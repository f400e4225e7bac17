//! The bent sheet through places seen in a picture, by least squares.
//!
//! What was seen pulls at the sheet; the sheet resists being bent, least where sheets bend: over a cylinder of some
//! direction.

use crate::Point;
use crate::geometry::Axes;
use crate::grid::bend::{Bend, TERMS, terms};

/// Unknowns: the terms across and down, and the perspective.
const UNKNOWNS: usize = 2 * TERMS + 2;

/// Terms a flat sheet has.
const FLAT: usize = 3;

/// Terms of a bend, across and down.
const BENT: usize = 2 * (TERMS - FLAT);

/// How far a place seen in a picture is from where it is, in modules: what bends are weighed against.
const ERROR: f32 = 0.07;

/// How a sheet resists, in shares of half the code's side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stiffness {
    /// Direction across which the sheet is bent, in the code, in radians.
    pub(crate) way: f32,
    /// What it bends beside the cylinder.
    pub(crate) aside: f32,
}

/// What an edge between modules weighs, against a corner of a finder pattern.
const EDGE: f32 = 0.5;

/// Edges seen close together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sighting {
    weight: f32,
    /// Sum of their places in modules.
    modules: Point,
    /// Sum of the products of their directions' parts: x with x, x with y, y with y.
    across: [f32; 3],
    /// Sum of how far they are off, in pixels, each along its direction.
    off: Point,
}

impl Sighting {
    /// An edge at this place in modules is off by so many pixels; what it shows is only what lies along `way`, a
    /// vector of length 1 square to it.
    pub(crate) fn add(&mut self, module: Point, off: Point, way: Point, weight: f32) {
        self.weight += weight;
        self.modules = self.modules + module * weight;
        let Point { x, y } = way;
        for (sum, part) in self.across.iter_mut().zip([x * x, x * y, y * y]) {
            *sum += part * weight;
        }
        self.off = self.off + way * ((off.x * x + off.y * y) * weight);
    }
}

/// Pulls at a sheet.
#[derive(Clone)]
pub(crate) struct Pulls {
    half: f32,
    /// Pixels are measured from here, in these units, so that all numbers are about 1.
    from: Point,
    unit: f32,
    /// How the sheet lies: sides of a module at its middle.
    axes: Axes,
    normal: [[f64; UNKNOWNS]; UNKNOWNS],
    right: [f64; UNKNOWNS],
}

impl Pulls {
    /// For a code of `side` modules that lies about here: where its middle is seen, and the sides of a module there.
    pub(crate) fn new(side: f32, middle: Point, axes: Axes) -> Self {
        Self {
            half: side / 2.0,
            from: middle,
            unit: axes.size() * side / 2.0,
            axes,
            normal: [[0.0; UNKNOWNS]; UNKNOWNS],
            right: [0.0; UNKNOWNS],
        }
    }

    /// What edges together showed: where what they lie around is to be, off from where `place` has it.
    pub(crate) fn seen(&mut self, sighting: &Sighting, place: impl Fn(Point) -> Point) {
        let Sighting { weight, modules, across: [xx, xy, yy], off } = *sighting;
        if weight <= 0.0 {
            return;
        }
        let module = modules * (1.0 / weight);
        let at = place(module);
        // Along the two directions that say nothing of each other.
        let (mean, apart) = (f32::midpoint(xx, yy), f32::midpoint(xx, -yy));
        let spread = apart.hypot(xy);
        let angle = 0.5 * xy.atan2(apart);
        let way = Point::new(angle.cos(), angle.sin());
        for (way, weight) in [(way, mean + spread), (Point::new(-way.y, way.x), mean - spread)] {
            // Less than one edge.
            if weight > 0.2 {
                let by = (off.x * way.x + off.y * way.y) / weight;
                self.along(module, at + way * by, way, EDGE * weight);
            }
        }
    }

    /// A place in modules was seen at this pixel.
    pub(crate) fn to(&mut self, module: Point, pixel: Point, weight: f32) {
        self.along(module, pixel, Point::new(1.0, 0.0), weight);
        self.along(module, pixel, Point::new(0.0, 1.0), weight);
    }

    /// A place in modules was seen on the line through this pixel that is square to `way`, a vector of length 1.
    pub(crate) fn along(&mut self, module: Point, pixel: Point, way: Point, weight: f32) {
        let at = Bend::within(self.half, module);
        let pixel = (pixel - self.from) * (1.0 / self.unit);
        let far = pixel.x * way.x + pixel.y * way.y;
        let terms = terms(at);
        let row: [f64; UNKNOWNS] = std::array::from_fn(|i| {
            f64::from(match i {
                _ if i < TERMS => way.x * terms[i],
                _ if i < 2 * TERMS => way.y * terms[i - TERMS],
                _ if i == 2 * TERMS => -far * at.x,
                _ => -far * at.y,
            })
        });
        let (weight, far) = (f64::from(weight), f64::from(far));
        for (i, line) in self.normal.iter_mut().enumerate() {
            let by = weight * row[i];
            // The lower half is enough.
            for (cell, value) in line[..=i].iter_mut().zip(&row) {
                *cell += by * value;
            }
            self.right[i] += by * far;
        }
    }

    /// The sheet that gives way to the pulls as far as it bends; `None` if they do not hold it.
    pub(crate) fn sheet(&self, stiffness: Stiffness) -> Option<Bend> {
        /// Perspective of a code that fills the frame, seen from 60°: what half a side adds to its distance.
        const LEAN: f64 = 0.06;
        let error = f64::from(ERROR / self.half);
        let mut normal = self.normal;
        let bent = self.resistance(stiffness, error);
        let index = |i: usize| if i < BENT / 2 { FLAT + i } else { TERMS + FLAT + i - BENT / 2 };
        for (i, line) in bent.iter().enumerate() {
            for (j, value) in line.iter().enumerate().take(i + 1) {
                normal[index(i)][index(j)] += value;
            }
        }
        for (i, line) in normal.iter_mut().enumerate().skip(2 * TERMS) {
            line[i] += (error / LEAN).powi(2);
        }
        let found = solve(normal, self.right)?.map(|v| v as f32);
        let lean = Point::new(found[2 * TERMS], found[2 * TERMS + 1]);
        let mut all: [Point; TERMS] =
            std::array::from_fn(|i| Point::new(found[i], found[TERMS + i]) * self.unit);
        // Back to pixels: the place measurements start from is the same at every depth.
        for (term, by) in all.iter_mut().zip([1.0, lean.x, lean.y]) {
            *term = *term + self.from * by;
        }
        let sheet = Bend { half: self.half, way: stiffness.way, terms: all, lean };
        sheet.sees().then_some(sheet)
    }

    /// What each product of two terms of a bend costs, against the square of `error`.
    fn resistance(&self, stiffness: Stiffness, error: f64) -> [[f64; BENT]; BENT] {
        /// Terms of a bend over a cylinder: an arc of 105° draws the far ends in by a seventh, shows half of its
        /// height where it is seen from the side, and is up to a twentieth further away than its middle.
        const DRAWN_IN: f64 = 0.15;
        const SEEN: f64 = 0.25;
        const AWAY: f64 = 0.04;
        let mut cost = [[0.0; BENT]; BENT];
        let aside = f64::from(stiffness.aside) / error;
        for (i, line) in cost.iter_mut().enumerate() {
            line[i] = 1.0 / (aside * aside);
        }
        let (s, c) = stiffness.way.sin_cos();
        let scale = self.half / self.unit;
        let (u, v) = (self.axes.u * scale, self.axes.v * scale);
        // The square and the cube of c·x + s·y, in the order of the terms, and the former times x and y.
        let square = [c * c, 2.0 * c * s, s * s, 0.0, 0.0, 0.0, 0.0];
        let cube = [0.0, 0.0, 0.0, c * c * c, 3.0 * c * c * s, 3.0 * c * s * s, s * s * s];
        let by_x = [0.0, 0.0, 0.0, c * c, 2.0 * c * s, s * s, 0.0];
        let by_y = [0.0, 0.0, 0.0, 0.0, c * c, 2.0 * c * s, s * s];
        let way = u * c + v * s;
        let column = |make: &dyn Fn(usize) -> Point| -> [f64; BENT] {
            std::array::from_fn(|i| {
                let of = make(i % (BENT / 2));
                f64::from(if i < BENT / 2 { of.x } else { of.y })
            })
        };
        loosen(&mut cost, &column(&|i| way * cube[i]), DRAWN_IN / error);
        loosen(&mut cost, &column(&|i| Point::new(square[i], 0.0)), SEEN / error);
        loosen(&mut cost, &column(&|i| Point::new(0.0, square[i])), SEEN / error);
        loosen(&mut cost, &column(&|i| u * by_x[i] + v * by_y[i]), AWAY / error);
        cost
    }
}

/// Lets the sheet give way along one combination of terms by so much.
fn loosen(cost: &mut [[f64; BENT]; BENT], column: &[f64; BENT], by: f64) {
    let felt: [f64; BENT] = std::array::from_fn(|i| cost[i].iter().zip(column).map(|(a, b)| a * b).sum());
    let whole: f64 = felt.iter().zip(column).map(|(a, b)| a * b).sum();
    let share = by * by / (1.0 + by * by * whole);
    for (line, left) in cost.iter_mut().zip(&felt) {
        for (cell, right) in line.iter_mut().zip(&felt) {
            *cell -= share * left * right;
        }
    }
}

/// Cholesky; only the lower half of the matrix is read.
fn solve(mut m: [[f64; UNKNOWNS]; UNKNOWNS], mut x: [f64; UNKNOWNS]) -> Option<[f64; UNKNOWNS]> {
    for i in 0..UNKNOWNS {
        let (above, here) = m.split_at_mut(i);
        let line = &mut here[0];
        for (j, other) in above.iter().enumerate() {
            let dot: f64 = line[..j].iter().zip(&other[..j]).map(|(a, b)| a * b).sum();
            line[j] = (line[j] - dot) / other[j];
        }
        let rest = line[i] - line[..i].iter().map(|v| v * v).sum::<f64>();
        if rest < 1e-12 {
            return None;
        }
        line[i] = rest.sqrt();
        let dot: f64 = line[..i].iter().zip(&x[..i]).map(|(a, b)| a * b).sum();
        x[i] = (x[i] - dot) / line[i];
    }
    for i in (0..UNKNOWNS).rev() {
        let dot: f64 = (i + 1..UNKNOWNS).map(|j| m[j][i] * x[j]).sum();
        x[i] = (x[i] - dot) / m[i][i];
    }
    x.iter().all(|v| v.is_finite()).then_some(x)
}
