//! How steps fail.

use std::fmt::Debug;

use apoa_ffi::{DraftError, InputError, RosterError, StoreError, SyncError};

/// How a step ended that failed: `Enum.Variant`, as `bindings/api.txt` writes it.
pub(crate) struct Failed(pub(crate) String);

/// An error of the bridge.
pub(crate) trait Named: Debug {
    const ENUM: &str;
}

impl Named for StoreError {
    const ENUM: &str = "StoreError";
}

impl Named for DraftError {
    const ENUM: &str = "DraftError";
}

impl Named for SyncError {
    const ENUM: &str = "SyncError";
}

impl Named for InputError {
    const ENUM: &str = "InputError";
}

impl Named for RosterError {
    const ENUM: &str = "RosterError";
}

impl<E: Named> From<E> for Failed {
    fn from(error: E) -> Self {
        let shown = format!("{error:?}");
        let end = shown.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(shown.len());
        Self(format!("{}.{}", E::ENUM, &shown[..end]))
    }
}
