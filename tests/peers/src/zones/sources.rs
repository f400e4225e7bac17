//! Pictures with a zone, and pictures that only look like it: drawn by apoa-frames (`sources/drawn.rs`), or from a
//! folder with a manifest (`sources/folder.rs`).

mod drawn;
mod folder;

use crate::sources::{Picture, Place, SourceError};

#[cfg(test)]
pub(super) use drawn::easy_picture;
pub(super) use drawn::{Plan, drawn};
pub(super) use folder::folder;

/// One picture.
pub(super) struct Sample {
    /// Where it counts.
    pub(super) place: Place,
    /// What to call it when something is odd.
    pub(super) name: String,
    /// Its pixels.
    pub(super) picture: Picture,
    /// The lines that it shows; `None` without a zone.
    pub(super) expected: Option<Vec<String>>,
}

/// Samples one after the other, made when asked for.
pub(super) type Samples = Box<dyn Iterator<Item = Result<Sample, SourceError>>>;
