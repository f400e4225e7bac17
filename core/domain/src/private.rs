//! Personal data in memory: shown nowhere by accident, wiped when dropped.
//! This is no encryption; `core/src/seal` does that.

use core::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A value that tells nothing about itself in `Debug`, and is overwritten when dropped.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T: Zeroize>(T);

impl<T: Zeroize> Private<T> {
    /// Takes charge of a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: the word says that what follows is personal.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> From<T> for Private<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Private<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T: Zeroize> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(private)")
    }
}

impl<T: Zeroize> Drop for Private<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_value() {
        let name = Private::from("ERIKSSON");
        assert_eq!(format!("{name:?} {:?}", Some(&name)), "(private) Some((private))");
        assert_eq!(name.reveal(), "ERIKSSON");
    }
}
