//! From finder patterns to module values: where the grid lies, and what each of its modules shows.

pub(crate) mod drift;
pub(crate) mod landmarks;
pub(crate) mod light;
pub(crate) mod likeness;
pub(crate) mod measure;
pub(crate) mod refine;
pub(crate) mod seek;
pub(crate) mod shape;
