//! What the network thinks of one cell.

use super::alphabet::CLASSES;

/// Logarithms of probabilities are natural ones in steps of one over this.
pub const LOG_STEPS: f32 = 256.0;

/// One cell's log-probabilities over the classes of [`super::alphabet`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CellScore {
    /// Natural logarithm times [`LOG_STEPS`], at most 0. All equal if the cell is not known.
    pub log_p: [i16; CLASSES],
    /// Whether the cell had an opinion: not saturated, inside the picture.
    pub known: bool,
}

impl CellScore {
    /// A cell without an opinion: every class equally likely.
    pub const UNKNOWN: Self = {
        // ln(1 / 38) * 256.
        Self { log_p: [-931; CLASSES], known: false }
    };

    /// The probability of each class.
    pub(crate) fn probabilities(&self) -> [f32; CLASSES] {
        self.log_p.map(probability)
    }

    /// The probability of one class.
    pub(crate) fn probability(&self, class: usize) -> f32 {
        self.log_p.get(class).copied().map_or(0.0, probability)
    }
}

/// Logarithms below this are nothing: nearly all classes of a clear cell are, and need no exponential.
const NOTHING: i16 = -20 * LOG_STEPS as i16;

fn probability(log_p: i16) -> f32 {
    if log_p < NOTHING { 0.0 } else { (f32::from(log_p) / LOG_STEPS).exp() }
}

impl std::fmt::Debug for CellScore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What a cell says is part of a person's data.
        f.debug_struct("CellScore").field("known", &self.known).finish_non_exhaustive()
    }
}
