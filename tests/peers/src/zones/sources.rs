//! Pictures and sequences with a zone, and pictures that only look like it: drawn by apoa-frames (`sources/drawn.rs`), or from a
//! folder with a manifest (`sources/folder.rs`).

mod drawn;
mod folder;

use crate::sources::{Picture, Place, SourceError};

pub(super) use drawn::{Plan, drawn};
#[cfg(test)]
pub(super) use drawn::{easy_picture, easy_sequence, empty_sequence};
pub(super) use folder::folder;

/// One picture, or successive frames of one camera.
pub(super) struct Sample {
    /// Where it counts.
    pub(super) place: Place,
    /// What to call it when something is odd.
    pub(super) name: String,
    /// One picture, more for a sequence.
    pub(super) frames: Vec<Picture>,
    /// The lines that they show; `None` without a zone.
    pub(super) expected: Option<Vec<String>>,
}

/// Samples one after the other, made when asked for.
pub(super) type Samples = Box<dyn Iterator<Item = Result<Sample, SourceError>>>;
