//! A short list that needs no memory of its own.

use std::ops::{Deref, DerefMut};

/// Up to `N` values. More are dropped: whoever fills one knows how many there can be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Few<T, const N: usize> {
    all: [T; N],
    count: usize,
}

impl<T: Copy + Default, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self { all: [T::default(); N], count: 0 }
    }
}

impl<T, const N: usize> Few<T, N> {
    pub(super) fn push(&mut self, value: T) {
        if let Some(place) = self.all.get_mut(self.count) {
            *place = value;
            self.count += 1;
        }
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
    }
}

impl<T, const N: usize> Deref for Few<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.all[..self.count]
    }
}

impl<T, const N: usize> DerefMut for Few<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.all[..self.count]
    }
}

impl<T: Copy + Default, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut few = Self::default();
        values.into_iter().take(N).for_each(|value| few.push(value));
        few
    }
}
