//! Delays that double with each failure and end with the first success, and chance from a seed.

use super::policy::{BACKOFF_BASE_MS, BACKOFF_CAP_MS};

/// How long a run waits after failures, in milliseconds.
#[derive(Debug)]
pub(crate) struct Delays {
    /// 0 while all is well.
    grown: i64,
    /// What was drawn last.
    drawn: i64,
    seed: u64,
    draws: u64,
}

impl Delays {
    /// Goes on from how far the run before had come. Two with one seed draw alike.
    pub(crate) fn from(grown: i64, seed: u64) -> Self {
        Self { grown: grown.clamp(0, BACKOFF_CAP_MS), drawn: 0, seed, draws: 0 }
    }

    /// One more failure. Full jitter, anything up to the doubled delay, so that many phones do not come back at once; yet
    /// never at once, so that nobody asks in a circle.
    pub(crate) fn grow(&mut self) -> i64 {
        self.grown = self.grown.saturating_mul(2).clamp(BACKOFF_BASE_MS, BACKOFF_CAP_MS);
        self.drawn = BACKOFF_BASE_MS / 2 + self.jitter(self.grown - BACKOFF_BASE_MS / 2);
        self.drawn
    }

    /// Something went through.
    pub(crate) fn end(&mut self) {
        (self.grown, self.drawn) = (0, 0);
    }

    /// How far they have grown, and what was drawn last.
    pub(crate) fn left(&self) -> (i64, i64) {
        (self.grown, self.drawn)
    }

    /// Anything from 0 to `most`, by the seed (splitmix64).
    pub(crate) fn jitter(&mut self, most: i64) -> i64 {
        self.draws += 1;
        let mut z = self.seed.wrapping_add(self.draws.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % (most.unsigned_abs() + 1)) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_double_to_a_quarter_of_an_hour_and_end_with_a_success() {
        let mut delays = Delays::from(0, 1);
        let grown: Vec<i64> = (0..12)
            .map(|_| {
                let drawn = delays.grow();
                let (grown, last) = delays.left();
                assert!(last == drawn && drawn >= 1_000 && drawn <= grown, "{drawn} of {grown}");
                grown
            })
            .collect();
        assert_eq!(grown[..4], [2_000, 4_000, 8_000, 16_000]);
        assert_eq!(grown[11], 15 * 60_000);
        // The next run goes on from there.
        assert_eq!(Delays::from(8_000, 2).left().0, 8_000);
        delays.end();
        assert_eq!(delays.left(), (0, 0));
    }
}
