//! Where frames come from: drawn by apoa-frames (`sources/drawn.rs`), or from any folder with a manifest
//! (`sources/folder.rs`). One frame, or one sequence, is in memory at a time.

mod drawn;
mod folder;
pub(crate) mod manifest;

use std::path::PathBuf;

use crate::content::Expected;

#[cfg(test)]
pub(crate) use drawn::easy_picture;
pub(crate) use drawn::{Plan, drawn};
pub(crate) use folder::folder;

/// From one frame of a sequence to the next: a camera's pace.
pub(crate) const FRAME_MS: i64 = 33;

/// A frame: 8-bit luma, rows without padding.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Pixels in a row.
    pub(crate) width: u32,
    /// Rows.
    pub(crate) height: u32,
    /// `width * height` bytes.
    pub(crate) luma: Vec<u8>,
}

impl Picture {
    /// The luma of a picture file.
    ///
    /// # Errors
    /// [`SourceError::Read`] or [`SourceError::Picture`].
    pub(crate) fn load(path: PathBuf) -> Result<Self, SourceError> {
        let bytes =
            std::fs::read(&path).map_err(|reason| SourceError::Read { path: path.clone(), reason })?;
        let luma = image::load_from_memory(&bytes)
            .map_err(|reason| SourceError::Picture { path, reason })?
            .into_luma8();
        Ok(Self { width: luma.width(), height: luma.height(), luma: luma.into_raw() })
    }

    /// Reads every pixel, so that whoever is measured next finds them as near as the one before did.
    pub(crate) fn touch(&self) {
        let sum = self.luma.iter().fold(0_u32, |sum, pixel| sum.wrapping_add(u32::from(*pixel)));
        std::hint::black_box(sum);
    }
}

/// What kind of frames a set holds, as far as tables care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Drawn, with a code.
    Drawn,
    /// Drawn, without a code: what scanning costs while nothing is in sight.
    Empty,
    /// Successive frames of one camera.
    Sequence,
    /// From a folder of photographs.
    Photograph,
}

/// Where in the tables a sample counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What kind of set.
    pub(crate) kind: Kind,
    /// Set of frames.
    pub(crate) set: String,
    /// Condition or category within the set.
    pub(crate) condition: String,
    /// Strength of the condition from 1 on; 0 where there is none.
    pub(crate) severity: u8,
}

impl Place {
    /// `set/condition` or `set/condition-severity`.
    pub(crate) fn name(&self) -> String {
        match self.severity {
            0 => format!("{}/{}", self.set, self.condition),
            severity => format!("{}/{}-{severity}", self.set, self.condition),
        }
    }
}

/// One frame, or successive frames of one camera.
pub(crate) struct Sample {
    /// Where it counts.
    pub(crate) place: Place,
    /// What to call it when something is odd.
    pub(crate) name: String,
    /// One frame, more for a sequence.
    pub(crate) frames: Vec<Picture>,
    /// What is true of it.
    pub(crate) expected: Expected,
}

/// Samples one after the other, made when asked for.
pub(crate) type Samples = Box<dyn Iterator<Item = Result<Sample, SourceError>>>;

/// Frames could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// A file could not be read.
    #[error("cannot read {path}: {reason}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A file is no picture.
    #[error("{path} is no picture: {reason}")]
    Picture {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: image::ImageError,
    },
    /// A line of a manifest has none of the known forms.
    #[error("{path}, line {line}: no known form of a manifest")]
    Manifest {
        /// Which.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
}
