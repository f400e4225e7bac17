//! Soft values of a code's modules: what a sampler hands over.
//!
//! A value's sign says dark (positive) or light, its magnitude how sure that is: about 1 for a clear module, 0 for no
//! idea. Invariant: the size belongs to a version, and there is one value for each module. Values that are not numbers
//! count as no idea.

use super::layout::version_of;

/// Modules of one code in row order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Modules {
    size: usize,
    values: Vec<f32>,
}

impl Modules {
    /// Makes room for a code of this size and lends its values, all 0, in row order; memory is reused. `None`, and
    /// nothing changed, if no version has this size.
    pub(crate) fn reset(&mut self, size: usize) -> Option<&mut [f32]> {
        version_of(size)?;
        self.size = size;
        self.values.clear();
        self.values.resize(size * size, 0.0);
        Some(&mut self.values)
    }

    /// Modules a side; 0 before the first [`Modules::reset`] of a default one.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// All values in row order.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The value in column `x`, row `y`; 0, no idea, outside the code.
    pub(crate) fn value(&self, x: usize, y: usize) -> f32 {
        if x < self.size && y < self.size { self.values[y * self.size + x] } else { 0.0 }
    }
}

/// What tests make and change codes with.
#[cfg(test)]
impl Modules {
    /// `None` unless the size is that of a version, there are size × size values, and all are finite.
    pub(crate) fn new(size: usize, values: Vec<f32>) -> Option<Self> {
        version_of(size)?;
        (values.len() == size * size && values.iter().all(|v| v.is_finite())).then_some(Self { size, values })
    }

    /// All values in row order, to be changed in place.
    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The same code seen in a mirror: rows become columns.
    pub(crate) fn transposed(&self) -> Self {
        let n = self.size;
        Self { size: n, values: (0..n * n).map(|i| self.values[i % n * n + i / n]).collect() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_whole_codes_with_finite_values_are_taken() {
        assert!(Modules::new(21, vec![0.5; 441]).is_some());
        assert!(Modules::new(21, vec![0.5; 440]).is_none());
        assert!(Modules::new(22, vec![0.5; 484]).is_none());
        assert!(Modules::new(21, vec![f32::NAN; 441]).is_none());
        assert!(Modules::default().reset(23).is_none());
    }

    #[test]
    fn a_mirror_swaps_rows_and_columns_and_two_give_the_code_back() {
        let mut modules = Modules::default();
        for (i, value) in modules.reset(25).unwrap().iter_mut().enumerate() {
            *value = i as f32;
        }
        let mirrored = modules.transposed();
        assert_eq!(mirrored.value(3, 7), modules.value(7, 3));
        assert_eq!(mirrored.transposed().values(), modules.values());
    }
}
