//! The frame in coarse cells, and the place in it that looks most like a code.
//!
//! A code is the part of a picture whose brightness changes most, and along both axes: a card's edge changes along one,
//! print and wood change less. Every fourth row is enough for that, in one vectorised pass.

use crate::frame::Luma;

/// Side of a cell in pixels of a frame of ordinary size: three modules of a code at arm's length.
const CELL: usize = 16;

/// A frame of this many pixels gets cells of [`CELL`] pixels; larger ones get larger cells, so that a picture of 12 Mpx
/// costs little more.
const ORDINARY_PIXELS: usize = 1_500_000;

/// Lines of a cell that are looked at: every fourth of an ordinary frame is enough.
const LINES: usize = 4;

/// Cells of a code are at least this lively, of the liveliest neighbourhood in the frame.
const LIVELY: f32 = 0.4;

/// A rectangle in pixels of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// The shape of the liveliest place, whatever its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shape {
    /// Side of the square that spreads as far, in pixels.
    pub(crate) side: f32,
    /// Longer side over shorter side.
    pub(crate) elongation: f32,
    /// Lively area over the area of the rectangle that spreads as far: near 1 for anything filled, less with gaps.
    pub(crate) density: f32,
}

/// What the last frame's cells were, in row order.
#[derive(Default)]
pub(crate) struct Cells {
    side: usize,
    columns: usize,
    mean: Vec<u8>,
    before: Vec<u8>,
    lively: Vec<f32>,
    smooth: Vec<f32>,
    threes: Vec<f32>,
    flat: Vec<f32>,
    lines: Lines,
    open: Vec<usize>,
    inside: Vec<bool>,
    shape: Shape,
}

impl Cells {
    /// Looks at a plane. Returns the noise of its calmest parts, as a standard deviation in grey levels.
    pub(crate) fn look(&mut self, luma: Luma<'_>) -> f32 {
        let pixels = luma.width() * luma.height();
        let scale = pixels.div_ceil(ORDINARY_PIXELS).isqrt().max(1);
        let (side, step) = (CELL * scale, 2 * scale);
        let columns = luma.width().saturating_sub(step) / side;
        if (self.side, self.columns) != (side, columns) {
            self.mean.clear();
        }
        (self.side, self.columns) = (side, columns);
        std::mem::swap(&mut self.mean, &mut self.before);
        self.mean.clear();
        self.lively.clear();
        self.flat.clear();
        let taken = (LINES * side) as f32;
        for row in 0..luma.height().saturating_sub(step) / side {
            self.lines.clear(columns * side);
            for line in 0..LINES {
                let y = row * side + line * (side / LINES);
                self.lines.add(luma.row(y as isize), luma.row((y + step) as isize), step);
            }
            for [sum, across, down] in self.lines.cells(side) {
                let (across, down) = (across as f32 / taken, down as f32 / taken);
                self.mean.push((sum as f32 / taken) as u8);
                self.lively.push(across.min(down) + (across + down) / 8.0);
                self.flat.push(f32::midpoint(across, down));
            }
        }
        self.noise()
    }

    /// Mean of the absolute difference of two pixels in the calmest tenth of all cells, as a deviation.
    fn noise(&mut self) -> f32 {
        /// For normal noise of deviation 1 the mean absolute difference of two pixels is 2 / √π.
        const PER_DEVIATION: f32 = 1.128;
        let nth = self.flat.len() / 10;
        if nth >= self.flat.len() {
            return 0.0;
        }
        let (_, value, _) = self.flat.select_nth_unstable_by(nth, f32::total_cmp);
        *value / PER_DEVIATION
    }

    /// How far the picture moved since the frame before, in pixels: the change in time over the change in space. `None`
    /// without a frame of the same size before this one.
    pub(crate) fn motion(&self) -> Option<f32> {
        if self.columns == 0 || self.before.len() != self.mean.len() || self.mean.is_empty() {
            return None;
        }
        let difference = |a: &u8, b: &u8| u32::from(a.abs_diff(*b));
        let moved: u32 = self.mean.iter().zip(&self.before).map(|(a, b)| difference(a, b)).sum();
        let slope: u32 = self
            .mean
            .chunks_exact(self.columns)
            .flat_map(|row| row.windows(2).map(|pair| difference(&pair[0], &pair[1])))
            .sum();
        Some(moved as f32 / (slope.max(1)) as f32 * self.side as f32)
    }

    /// Forgets the frame before: the next one has nothing to be compared with.
    pub(crate) fn forget(&mut self) {
        self.mean.clear();
    }

    /// The place that looks most like a code; `None` in a frame without any texture above its noise.
    pub(crate) fn liveliest(&mut self, noise: f32) -> Option<Patch> {
        if self.columns == 0 {
            return None;
        }
        // What noise alone makes of a cell: its mean difference, and an eighth of two of them.
        let floor = noise * 1.128 * 1.25;
        for value in &mut self.lively {
            *value = (*value - floor).max(0.0);
        }
        self.smooth();
        let (best, most) =
            self.smooth.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, v)| (i, *v))?;
        (most > 0.5).then(|| self.grow(best, most * LIVELY))
    }

    /// Side of a cell, in pixels.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// The shape of the place last found.
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// Leaves the mean of each cell and its eight neighbours in `smooth`; outside the frame nothing is lively.
    fn smooth(&mut self) {
        let columns = self.columns;
        self.threes.clear();
        for row in self.lively.chunks_exact(columns) {
            let at = |x: usize| row.get(x).copied().unwrap_or(0.0);
            self.threes.push(at(0) + at(1));
            self.threes.extend(row.windows(3).map(|w| w[0] + w[1] + w[2]));
            if columns > 1 {
                self.threes.push(at(columns - 2) + at(columns - 1));
            }
        }
        self.smooth.clear();
        self.smooth.extend_from_slice(&self.threes);
        for (to, from) in [(columns, 0), (0, columns)] {
            let to = self.smooth.get_mut(to..).unwrap_or(&mut []);
            for (sum, near) in to.iter_mut().zip(self.threes.get(from..).unwrap_or(&[])) {
                *sum += near;
            }
        }
        self.smooth.iter_mut().for_each(|sum| *sum /= 9.0);
    }

    /// The lively cells around one, as a rectangle.
    fn grow(&mut self, from: usize, least: f32) -> Patch {
        let (columns, rows) = (self.columns, self.lively.len() / self.columns);
        self.inside.clear();
        self.inside.resize(self.lively.len(), false);
        self.open.clear();
        self.open.push(from);
        self.inside[from] = true;
        let (mut left, mut right, mut top, mut bottom) = (columns, 0, rows, 0);
        let mut spread = Spread::default();
        while let Some(at) = self.open.pop() {
            let (x, y) = (at % columns, at / columns);
            spread.add(x as f32, y as f32);
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
            let neighbours = [
                (x > 0).then(|| at - 1),
                (x + 1 < columns).then(|| at + 1),
                (y > 0).then(|| at - columns),
                (y + 1 < rows).then(|| at + columns),
            ];
            for next in neighbours.into_iter().flatten() {
                if !self.inside[next] && self.lively[next] >= least {
                    self.inside[next] = true;
                    self.open.push(next);
                }
            }
        }
        self.shape = spread.shape(self.side as f32);
        let side = self.side;
        Patch {
            x: left * side,
            y: top * side,
            width: (right + 1 - left) * side,
            height: (bottom + 1 - top) * side,
        }
    }
}

/// Sums over places, for their mean and spread.
#[derive(Default)]
struct Spread {
    count: f32,
    x: f32,
    y: f32,
    xx: f32,
    yy: f32,
    xy: f32,
}

impl Spread {
    fn add(&mut self, x: f32, y: f32) {
        self.count += 1.0;
        (self.x, self.y) = (self.x + x, self.y + y);
        (self.xx, self.yy, self.xy) = (self.xx + x * x, self.yy + y * y, self.xy + x * y);
    }

    /// The rectangle whose points have the same variances: those of a side `a` have the variance `a² / 12`.
    fn shape(&self, cell: f32) -> Shape {
        /// A cell is a square itself.
        const OWN: f32 = 1.0 / 12.0;
        let n = self.count.max(1.0);
        let (mx, my) = (self.x / n, self.y / n);
        let (xx, yy, xy) = (self.xx / n - mx * mx + OWN, self.yy / n - my * my + OWN, self.xy / n - mx * my);
        let (middle, apart) = (f32::midpoint(xx, yy), ((xx - yy) / 2.0).hypot(xy));
        let (long, short) = (middle + apart, (middle - apart).max(OWN / 2.0));
        let area = 12.0 * (long * short).sqrt();
        Shape { side: area.sqrt() * cell, elongation: (long / short).sqrt(), density: self.count / area }
    }
}

/// Sums over the lines of one row of cells, for every [`CELL`] pixels: brightness, differences along the row, and
/// differences to the row below. Each a loop of its own over whole chunks, which the compiler turns into one
/// instruction for the sum of differences.
#[derive(Default)]
struct Lines {
    sum: Vec<u32>,
    across: Vec<u32>,
    down: Vec<u32>,
}

impl Lines {
    fn clear(&mut self, width: usize) {
        for sums in [&mut self.sum, &mut self.across, &mut self.down] {
            sums.clear();
            sums.resize(width / CELL, 0);
        }
    }

    fn add(&mut self, row: &[u8], below: &[u8], step: usize) {
        let chunks = row.as_chunks::<CELL>().0;
        for (sum, here) in self.sum.iter_mut().zip(chunks) {
            *sum += here.iter().map(|p| u32::from(*p)).sum::<u32>();
        }
        let right = row.get(step..).unwrap_or(&[]);
        for (sums, other) in [(&mut self.across, right), (&mut self.down, below)] {
            for ((sum, here), other) in sums.iter_mut().zip(chunks).zip(other.as_chunks::<CELL>().0) {
                *sum += here.iter().zip(other).map(|(p, q)| u32::from(p.abs_diff(*q))).sum::<u32>();
            }
        }
    }

    /// The sums of each cell of this side.
    fn cells(&self, side: usize) -> impl Iterator<Item = [u32; 3]> + '_ {
        let of = (side / CELL).max(1);
        let sums =
            self.sum.chunks_exact(of).zip(self.across.chunks_exact(of)).zip(self.down.chunks_exact(of));
        sums.map(|((sum, across), down)| [sum, across, down].map(|part| part.iter().sum()))
    }
}
