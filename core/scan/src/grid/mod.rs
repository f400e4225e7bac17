//! From finder patterns to module values: where the grid lies, and what each of its modules shows.

mod bend;
mod curve;
pub(crate) mod drift;
mod edges;
pub(crate) mod landmarks;
pub(crate) mod light;
pub(crate) mod likeness;
pub(crate) mod measure;
mod pull;
pub(crate) mod refine;
pub(crate) mod seek;
pub(crate) mod shape;
pub(crate) mod unroll;

#[cfg(test)]
mod tests;
