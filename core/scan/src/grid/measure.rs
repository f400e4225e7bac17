//! Brightness of modules to soft values: dark or light, and how sure.

use crate::Point;
use crate::grid::drift::Drift;
use crate::grid::light::Light;
use crate::grid::seek::Grid;
use crate::grid::shape::Shape;
use crate::matrix::Modules;

/// Modules to either side that a module is compared with. A smaller square can lie within one finder pattern.
const REACH: usize = 4;

/// Brightness of each module of a grid, with the memory to judge it.
#[derive(Default)]
pub(crate) struct Levels {
    pub(crate) size: usize,
    pub(crate) values: Vec<f32>,
    mean: Vec<f32>,
    /// Levels under the mean around them, and 1 for each; what they come to around a module.
    dark: Vec<f32>,
    is_dark: Vec<f32>,
    dark_mean: Vec<f32>,
    dark_share: Vec<f32>,
    line: Vec<f32>,
    /// The level between dark and light around each module, and one over their distance from it.
    scales: Vec<(f32, f32)>,
}

/// Places within a module, off its middle in shares of its side: the inner half, where least of the neighbours
/// shines in. Two are enough for a first look.
const FIRST: [Point; 2] = [Point::new(-0.17, -0.1), Point::new(0.17, 0.1)];
const WITHIN: [Point; 4] =
    [Point::new(-0.2, -0.12), Point::new(0.12, -0.2), Point::new(0.2, 0.12), Point::new(-0.12, 0.2)];

/// Pixels a module from which all of them are used. A module of one pixel is measured at its middle alone: between
/// pixels the neighbours shine in.
const ROOMY: f32 = 2.0;

/// Modules of a row for which a module's sides are taken to be the same: even a view from 70° changes them by a few
/// per cent over so many.
const AXES_HOLD: usize = 8;

impl Levels {
    /// Measures every module for a first look.
    pub(crate) fn glance(&mut self, light: &Light<'_>, grid: &Grid) {
        self.measure_at(&FIRST, light, grid, None);
    }

    /// Measures every module, where it has drifted to if that is known.
    pub(crate) fn measure(&mut self, light: &Light<'_>, grid: &Grid, drift: Option<&Drift>) {
        self.measure_at(&WITHIN, light, grid, drift);
    }

    fn measure_at<const N: usize>(
        &mut self,
        places: &[Point; N],
        light: &Light<'_>,
        grid: &Grid,
        drift: Option<&Drift>,
    ) {
        self.size = grid.size();
        self.values.clear();
        self.values.reserve(self.size * self.size);
        let shape: &Shape = &grid.shape;
        let middle = self.size as f32 / 2.0;
        let spread =
            (shape.axes(Point::new(middle, middle)).size() - 1.0).clamp(0.0, ROOMY - 1.0) / (ROOMY - 1.0);
        for y in 0..self.size {
            let mut within = [Point::default(); N];
            for x in 0..self.size {
                let middle = drift.map_or(Point::new(x as f32 + 0.5, y as f32 + 0.5), |d| d.place(x, y));
                if x % AXES_HOLD == 0 {
                    let axes = shape.axes(middle);
                    within = places.map(|off| axes.place(off * spread));
                }
                let at = shape.place(middle);
                let sum: f32 = within.iter().map(|off| light.at(at + *off)).sum();
                self.values.push(sum * (1.0 / N as f32));
            }
        }
    }

    /// Takes soft values in row order for levels: what is dark is low.
    pub(crate) fn recall(&mut self, size: usize, values: &[f32]) {
        /// Grey levels between the middle and a clear module, as of a picture of middling contrast.
        const CONTRAST: f32 = 50.0;
        self.size = size;
        let most = values.iter().fold(f32::EPSILON, |most, v| most.max(v.abs()));
        self.values.clear();
        self.values.extend(values.iter().map(|v| -v / most * CONTRAST));
    }

    /// Measures every module of a code of `size` a side at its middle alone.
    pub(super) fn measure_middles(&mut self, light: &Light<'_>, size: usize, places: &[Point]) {
        self.size = size;
        self.values.clear();
        self.values.extend(places.iter().map(|place| light.at(*place)));
    }

    /// Adds `by` times the difference of each module to its four neighbours: undoes some of a blur.
    pub(crate) fn sharpen(&mut self, by: f32) {
        let n = self.size;
        self.line.clear();
        self.line.extend_from_slice(&self.values);
        let from = &self.line;
        for y in 0..n {
            let (up, down) = (y.saturating_sub(1) * n, (y + 1).min(n - 1) * n);
            for x in 0..n {
                let (left, right) = (x.saturating_sub(1), (x + 1).min(n - 1));
                let here = from[y * n + x];
                let around = from[y * n + left] + from[y * n + right] + from[up + x] + from[down + x];
                self.values[y * n + x] = here + by * (here - around * 0.25);
            }
        }
    }

    /// Soft values: the levels of dark and light are those of the modules around, so that shadows, glare and faded
    /// print change nothing but how sure a value is.
    pub(crate) fn judge(&mut self, modules: &mut Modules) {
        /// Contrast under this share of the whole code's is glare, dirt or noise, not print.
        const FAINT: f32 = 0.12;
        /// Grey levels that are no contrast at all.
        const NONE: f32 = 1.0;
        let n = self.size;
        let Some(out) = modules.reset(n) else { return };
        let count = (n * n) as f32;
        box_mean(&self.values, n, &mut self.line, &mut self.mean);
        let levels = self.values.iter().zip(&self.mean);
        self.dark.clear();
        self.dark.extend(levels.clone().map(|(v, m)| if v < m { *v } else { 0.0 }));
        self.is_dark.clear();
        self.is_dark.extend(levels.map(|(v, m)| if v < m { 1.0 } else { 0.0 }));
        let overall = self.values.iter().zip(&self.mean).map(|(v, m)| (v - m).abs()).sum::<f32>() / count;
        let least = (overall * FAINT).max(NONE);
        box_mean(&self.dark, n, &mut self.line, &mut self.dark_mean);
        box_mean(&self.is_dark, n, &mut self.line, &mut self.dark_share);
        self.scales.clear();
        self.scales.extend(self.mean.iter().zip(&self.dark_mean).zip(&self.dark_share).map(
            |((mean, dark), share)| {
                if (0.02..0.98).contains(share) {
                    let light = (mean - dark) / (1.0 - share);
                    let dark = dark / share;
                    (f32::midpoint(light, dark), 1.0 / ((light - dark) * 0.5).max(least))
                } else {
                    (*mean, 1.0 / (4.0 * least))
                }
            },
        ));
        for (i, out) in out.iter_mut().enumerate() {
            *out = self.value_of(i, self.values[i]);
        }
    }

    /// The soft value a level has among the modules around this one, as they were judged last.
    #[inline]
    pub(super) fn value_of(&self, module: usize, level: f32) -> f32 {
        let (between, scale) = self.scales[module];
        ((between - level) * scale).clamp(-1.5, 1.5)
    }
}

/// Mean of the square of modules around each, the square held inside the code.
fn box_mean(values: &[f32], n: usize, line: &mut Vec<f32>, out: &mut Vec<f32>) {
    let wide = (2 * REACH + 1).min(n);
    out.clear();
    out.resize(n * n, 0.0);
    line.clear();
    line.resize(n, 0.0);
    let first = |i: usize| i.saturating_sub(REACH).min(n - wide);
    let scale = 1.0 / (wide * wide) as f32;
    for y in 0..n {
        let top = first(y);
        if y == 0 || top != first(y - 1) {
            // Columns summed anew: adding and taking away would let rounding errors grow.
            line.fill(0.0);
            for row in values[top * n..(top + wide) * n].chunks_exact(n) {
                for (sum, v) in line.iter_mut().zip(row) {
                    *sum += v;
                }
            }
        }
        let row = &mut out[y * n..(y + 1) * n];
        for (x, out) in row.iter_mut().enumerate() {
            let left = first(x);
            *out = line[left..left + wide].iter().sum::<f32>() * scale;
        }
    }
}
