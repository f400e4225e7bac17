//! Machine-readable zones of passports, cards and visas (Doc 9303), read from the same luma as QR codes.

mod accept;
pub mod alphabet;
mod band;
pub mod cell;
mod chains;
mod checks;
mod comb;
mod decode;
mod few;
mod fit;
mod glyphs;
mod layout;
mod letters;
pub(crate) mod live;
mod look;
mod markov;
mod names;
mod number;
mod pitch;
mod placing;
mod poly;
mod ponder;
mod proof;
mod reader;
mod reading;
mod repair;
mod runs;
pub mod score;
mod stacks;
mod states;
pub(crate) mod still;
mod stretch;
mod strips;
mod sum;
#[cfg(test)]
mod synth;
mod zone;

pub use reading::{CharProof, Check, CheckedField, MrzFormat, MrzRead};

use crate::{FrameView, Point};

/// Cuts one cell from a frame, as the reader does: for the trainer, which has to see what the reader sees. `centre`
/// is in pixels of the region, half a capital above the base line; `along` is one pitch to the right on the paper and
/// `down` the same length downwards. `None` if the region is less than two pixels wide or high.
pub fn sample_cell(frame: &FrameView<'_>, centre: Point, along: Point, down: Point) -> Option<cell::Cell> {
    let axes = crate::geometry::Axes { u: along, v: down };
    cell::Cell::sample(frame.luma(), &cell::CellFrame { centre, axes })
}

/// What the network thinks of a cell: for the trainer, which checks the weights that are shipped.
pub fn score_cell(cell: &cell::Cell) -> score::CellScore {
    let mut score = score::CellScore::UNKNOWN;
    glyphs::GLYPHS.score(cell, &mut score);
    score
}
