//! From the modules of one code to its payload: format, mask, error correction and segments, by ISO/IEC 18004:2015.
//!
//! Not its job: pixels. Modules come with a value that says how sure they are, and correction makes use of it.

pub(crate) mod layout;
mod mask;
mod values;

pub(crate) use layout::{Kind, Layout};
pub(crate) use values::Modules;
