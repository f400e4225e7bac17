//! The only code that uses keys. A value is sealed to its place, so that rows, columns and units cannot be swapped;
//! one damaged or lost value costs that value alone.
//!
//! ```text
//! key of the vault, "apoa.<unit folder>.<epoch>"
//!  └ wraps the master key of the epoch ─ HKDF "index" → blind index
//!                                      └ HKDF "wrap"  → wraps the data key of each report
//!         data key → draft, body, summary, frozen op, photo; each with its place as associated data
//! ```

pub(crate) mod envelope;
pub(crate) mod index;
pub(crate) mod keys;

/// A value does not open: another key, another place, or changed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub(crate) struct SealError;
