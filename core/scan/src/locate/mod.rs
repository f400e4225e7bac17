//! Bits to places where a code may be: finder patterns, and the threes and twos of them that could be one code.

pub(crate) mod constellation;
pub(crate) mod finders;
mod runs;
mod square;
