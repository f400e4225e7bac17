//! Plane geometry: vectors, oblique axes, perspective.
//!
//! Not its job: pixels. All lengths are in pixels of the plane the points come from.

use std::ops::{Add, Mul, Sub};

use crate::Point;

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y }
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, by: f32) -> Self {
        Self { x: self.x * by, y: self.y * by }
    }
}

impl Point {
    pub(crate) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(crate) fn cross(self, other: Self) -> f32 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn length(self) -> f32 {
        self.x.hypot(self.y)
    }
}

/// Two vectors that span the plane: the sides of a module, neither at right angles nor equally long when seen from
/// the side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axes {
    pub(crate) u: Point,
    pub(crate) v: Point,
}

impl Axes {
    /// A place in units of these axes.
    pub(crate) fn measure(&self, p: Point) -> Point {
        let area = self.u.cross(self.v);
        Point::new(p.cross(self.v) / area, self.u.cross(p) / area)
    }

    /// The place of these units.
    pub(crate) fn place(&self, p: Point) -> Point {
        self.u * p.x + self.v * p.y
    }

    /// Area of the parallelogram; positive if `v` lies clockwise of `u`.
    pub(crate) fn area(&self) -> f32 {
        self.u.cross(self.v)
    }

    /// Side of a square of the same area.
    pub(crate) fn size(&self) -> f32 {
        self.area().abs().sqrt()
    }

    /// Turned by a quarter within itself, clockwise, `turns` times.
    pub(crate) fn turned(self, turns: u8) -> Self {
        let back = |p: Point| p * -1.0;
        match turns % 4 {
            0 => self,
            1 => Self { u: self.v, v: back(self.u) },
            2 => Self { u: back(self.u), v: back(self.v) },
            _ => Self { u: back(self.v), v: self.u },
        }
    }

    pub(crate) fn scaled(self, by: f32) -> Self {
        Self { u: self.u * by, v: self.v * by }
    }
}

/// A perspective from the plane of a code, in modules, to the plane of a picture, in pixels. The last element is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Perspective {
    m: [f32; 8],
}

/// A place in the code and where it was seen, with a weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) module: Point,
    pub(crate) pixel: Point,
    pub(crate) weight: f32,
}

impl Perspective {
    pub(crate) fn place(&self, at: Point) -> Point {
        let [a, b, c, d, e, f, g, h] = self.m;
        let w = 1.0 / (g * at.x + h * at.y + 1.0);
        Point::new((a * at.x + b * at.y + c) * w, (d * at.x + e * at.y + f) * w)
    }

    /// How a step of one module looks at a place.
    pub(crate) fn axes(&self, at: Point) -> Axes {
        let half = |dx: f32, dy: f32| {
            self.place(Point::new(at.x + dx, at.y + dy)) - self.place(Point::new(at.x - dx, at.y - dy))
        };
        Axes { u: half(0.5, 0.0), v: half(0.0, 0.5) }
    }

    /// The one that takes the corners of a square of `side` modules, clockwise from its origin, to these four places;
    /// `None` if they span nothing. (P. Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, 2.2.3.)
    pub(crate) fn of_square(side: f32, [p0, p1, p2, p3]: [Point; 4]) -> Option<Self> {
        let (d1, d2) = (p1 - p2, p3 - p2);
        let sum = p0 + p2 - p1 - p3;
        let det = d1.cross(d2);
        if det.abs() < f32::EPSILON {
            return None;
        }
        let (g, h) = (sum.cross(d2) / det, d1.cross(sum) / det);
        let (u, v) = (p1 - p0 + p1 * g, p3 - p0 + p3 * h);
        let k = 1.0 / side;
        let m = [u.x * k, v.x * k, p0.x, u.y * k, v.y * k, p0.y, g * k, h * k];
        m.iter().all(|v| v.is_finite()).then_some(Self { m })
    }

    /// The one that meets all pairs best, in the algebraic least-squares sense. `flatness` pulls towards a view
    /// without perspective: its two perspective terms, over the extent of the code, weigh that much against a
    /// pixel's error. `None` if the pairs do not fix it, or a part of the code would lie behind the camera.
    pub(crate) fn fit(pairs: &(impl Iterator<Item = Pair> + Clone), flatness: f32) -> Option<Self> {
        let n = pairs.clone().count().max(1) as f32;
        let sum =
            |part: fn(&Pair) -> Point| pairs.clone().fold(Point::default(), |s, p| s + part(&p)) * (1.0 / n);
        let (from, to) = (sum(|p| p.module), sum(|p| p.pixel));
        let spread = |part: fn(&Pair) -> Point, mean: Point| {
            (pairs.clone().map(|p| (part(&p) - mean).length()).sum::<f32>() / n).max(1e-3)
        };
        let (by, to_by) = (spread(|p| p.module, from), spread(|p| p.pixel, to));
        let mut normal = [[0.0_f64; 9]; 8];
        for pair in pairs.clone() {
            let m = (pair.module - from) * (1.0 / by);
            let p = (pair.pixel - to) * (1.0 / to_by);
            add_row(&mut normal, [m.x, m.y, 1.0, 0.0, 0.0, 0.0, -m.x * p.x, -m.y * p.x, p.x], pair.weight);
            add_row(&mut normal, [0.0, 0.0, 0.0, m.x, m.y, 1.0, -m.x * p.y, -m.y * p.y, p.y], pair.weight);
        }
        for i in [6, 7] {
            normal[i][i] += f64::from(flatness);
        }
        let s = solve(normal)?;
        // Back from the normalised planes: T⁻¹ · S · N, with N: module → (module - from) / by.
        let s: [f32; 8] = s.map(|v| v as f32);
        let rows = [[s[0], s[1], s[2]], [s[3], s[4], s[5]], [s[6], s[7], 1.0]];
        let in_modules = rows.map(|[a, b, c]| {
            let (a, b) = (a / by, b / by);
            [a, b, c - a * from.x - b * from.y]
        });
        let [rx, ry, rw] = in_modules;
        let line =
            |r: [f32; 3], shift: f32| -> [f32; 3] { std::array::from_fn(|i| r[i] * to_by + rw[i] * shift) };
        let (rx, ry) = (line(rx, to.x), line(ry, to.y));
        if rw[2].abs() < 1e-6 {
            return None;
        }
        let k = 1.0 / rw[2];
        let m = [rx[0], rx[1], rx[2], ry[0], ry[1], ry[2], rw[0], rw[1]].map(|v| v * k);
        let found = Self { m };
        let before = |p: Pair| found.m[6] * p.module.x + found.m[7] * p.module.y + 1.0 > 0.05;
        (m.iter().all(|v| v.is_finite()) && pairs.clone().all(before)).then_some(found)
    }

    /// The same in a picture whose pixels are `by` times smaller.
    pub(crate) fn enlarged(&self, by: f32) -> Self {
        let [a, b, c, d, e, f, g, h] = self.m;
        Self { m: [a * by, b * by, c * by, d * by, e * by, f * by, g, h] }
    }

    /// Whether all of a code of `side` modules lies before the camera.
    pub(crate) fn sees(&self, side: f32) -> bool {
        let [.., g, h] = self.m;
        [g * side, h * side, (g + h) * side].iter().all(|w| *w > -0.9)
    }
}

fn add_row(normal: &mut [[f64; 9]; 8], row: [f32; 9], weight: f32) {
    let row = row.map(f64::from);
    let weight = f64::from(weight);
    for (i, line) in normal.iter_mut().enumerate() {
        for (cell, value) in line.iter_mut().zip(row) {
            *cell += weight * row[i] * value;
        }
    }
}

/// Gauss with the largest pivot of each column. The last column is the right side.
fn solve(mut m: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for col in 0..8 {
        let pivot = (col..8).max_by(|a, b| m[*a][col].abs().total_cmp(&m[*b][col].abs()))?;
        if m[pivot][col].abs() < 1e-12 {
            return None;
        }
        m.swap(col, pivot);
        let line = m[col];
        for below in &mut m[col + 1..] {
            let by = below[col] / line[col];
            for (cell, value) in below.iter_mut().zip(line).skip(col) {
                *cell -= by * value;
            }
        }
    }
    let mut x = [0.0; 8];
    for row in (0..8).rev() {
        let rest: f64 = (row + 1..8).map(|i| m[row][i] * x[i]).sum();
        x[row] = (m[row][8] - rest) / m[row][row];
    }
    Some(x)
}
