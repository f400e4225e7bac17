//! Polynomials of low degree through weighted points.

/// Coefficients at most: of degree 4.
const MOST: usize = 5;

/// A polynomial over a variable that is shifted and scaled to run from about -1 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Poly {
    middle: f32,
    half: f32,
    terms: [f32; MOST],
}

/// A point that a polynomial should pass, and how much it counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Through {
    pub(super) at: f32,
    pub(super) value: f32,
    pub(super) weight: f32,
}

impl Poly {
    /// The one of this degree (at most 4) that passes nearest to the points; `None` if they do not determine it.
    pub(super) fn fit(points: &[Through], degree: usize) -> Option<Self> {
        let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
        for point in points.iter().filter(|p| p.weight > 0.0) {
            low = low.min(point.at);
            high = high.max(point.at);
        }
        let (middle, half) = (f32::midpoint(low, high), (high - low) / 2.0);
        if half.is_nan() || half <= 0.0 {
            return None;
        }
        let count = degree.min(MOST - 1) + 1;
        let mut matrix = [[0.0_f64; MOST]; MOST];
        let mut right = [0.0_f64; MOST];
        for point in points {
            let powers = powers((point.at - middle) / half);
            for (i, row) in matrix.iter_mut().enumerate().take(count) {
                for (j, cell) in row.iter_mut().enumerate().take(count) {
                    *cell += f64::from(point.weight * powers[i] * powers[j]);
                }
                right[i] += f64::from(point.weight * powers[i] * point.value);
            }
        }
        let terms = solve(matrix, right, count)?;
        Some(Self { middle, half, terms })
    }

    /// Its value.
    pub(super) fn at(&self, x: f32) -> f32 {
        let t = (x - self.middle) / self.half;
        self.terms.iter().rev().fold(0.0, |sum, term| sum * t + term)
    }

    /// How fast it rises.
    pub(super) fn slope(&self, x: f32) -> f32 {
        let t = (x - self.middle) / self.half;
        let [_, a, b, c, d] = self.terms;
        (a + t * (2.0 * b + t * (3.0 * c + t * 4.0 * d))) / self.half
    }

    /// The same with `by` added to its value everywhere.
    pub(super) fn raised(mut self, by: f32) -> Self {
        self.terms[0] += by;
        self
    }

    /// The same with values `by` times as large.
    pub(super) fn stretched(&self, by: f32) -> Self {
        Self { terms: self.terms.map(|t| t * by), ..*self }
    }

    /// The same curve in a plane whose pixels are `by` times smaller.
    pub(super) fn scaled(&self, by: f32) -> Self {
        Self { middle: self.middle * by, half: self.half * by, terms: self.terms.map(|t| t * by) }
    }
}

fn powers(t: f32) -> [f32; MOST] {
    [1.0, t, t * t, t * t * t, t * t * t * t]
}

/// Gauss with pivots over the first `count` rows.
fn solve(mut m: [[f64; MOST]; MOST], mut right: [f64; MOST], count: usize) -> Option<[f32; MOST]> {
    for i in 0..count {
        let pivot = (i..count).max_by(|a, b| m[*a][i].abs().total_cmp(&m[*b][i].abs()))?;
        if m[pivot][i].abs() < 1e-9 {
            return None;
        }
        m.swap(i, pivot);
        right.swap(i, pivot);
        let (done, below) = m.split_at_mut(i + 1);
        let (row, value) = (done[i], right[i]);
        for (next, rest) in below.iter_mut().zip(&mut right[i + 1..]).take(count - i - 1) {
            let by = next[i] / row[i];
            for (cell, above) in next.iter_mut().zip(row) {
                *cell -= by * above;
            }
            *rest -= by * value;
        }
    }
    let mut terms = [0.0_f32; MOST];
    let mut exact = [0.0_f64; MOST];
    for i in (0..count).rev() {
        let known: f64 = (i + 1..count).map(|j| m[i][j] * exact[j]).sum();
        exact[i] = (right[i] - known) / m[i][i];
        terms[i] = exact[i] as f32;
    }
    Some(terms)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn points(f: impl Fn(f32) -> f32) -> Vec<Through> {
        (0..40).map(|i| i as f32 * 25.0).map(|at| Through { at, value: f(at), weight: 1.0 }).collect()
    }

    #[test]
    fn what_a_polynomial_gave_is_found_again() {
        let curve = |x: f32| 300.0 + 0.2 * x - 1e-4 * x * x + 2e-8 * x * x * x;
        let poly = Poly::fit(&points(curve), 3).unwrap();
        for x in [-50.0, 0.0, 500.0, 975.0, 1_050.0] {
            assert!((poly.at(x) - curve(x)).abs() < 0.05, "{x}");
            let slope = (curve(x + 1.0) - curve(x - 1.0)) / 2.0;
            assert!((poly.slope(x) - slope).abs() < 0.001, "{x}");
        }
    }

    #[test]
    fn points_that_leave_it_open_give_none() {
        assert!(Poly::fit(&[], 1).is_none());
        let same = Through { at: 3.0, value: 1.0, weight: 1.0 };
        assert!(Poly::fit(&[same; 9], 2).is_none());
        let two = [same, Through { at: 5.0, ..same }];
        assert!(Poly::fit(&two, 2).is_none());
    }
}
