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

    /// What several looks at one cell in one picture say: their mean, since they share their light and their ink. Looks
    /// without an opinion do not count.
    pub(crate) fn mean(looks: &[Self]) -> Self {
        let known = looks.iter().filter(|look| look.known);
        let count = known.clone().count() as f32;
        if count < 1.0 {
            return Self::UNKNOWN;
        }
        let mut logs = [0.0_f32; CLASSES];
        for look in known {
            for (log, p) in logs.iter_mut().zip(&look.log_p) {
                *log += f32::from(*p) / (LOG_STEPS * count);
            }
        }
        let all = logs.iter().map(|log| log.exp()).sum::<f32>().ln();
        Self { log_p: logs.map(|log| ((log - all) * LOG_STEPS).min(0.0) as i16), known: true }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_looks_are_as_sure_as_their_mean_and_blind_ones_do_not_count() {
        let look = |first: f32| {
            let rest = (1.0 - first) / (CLASSES - 1) as f32;
            let mut log_p = [(rest.ln() * LOG_STEPS) as i16; CLASSES];
            log_p[0] = (first.ln() * LOG_STEPS) as i16;
            CellScore { log_p, known: true }
        };
        let mean = CellScore::mean(&[look(0.9), look(0.6), CellScore::UNKNOWN]);
        assert!(mean.known && (0.6..0.9).contains(&mean.probability(0)), "{}", mean.probability(0));
        let sum: f32 = mean.probabilities().iter().sum();
        assert!((sum - 1.0).abs() < 0.05, "{sum}");
        assert_eq!(CellScore::mean(&[CellScore::UNKNOWN; 3]), CellScore::UNKNOWN);
    }
}
