//! When a payload counts, and how often it is reported.
//!
//! A payload counts after one frame if a base lane read it with at most half of its correction capacity used, or if it
//! is a zone of several frames' looks added up; else after two equal payloads in frames up to 1 s apart. What the payload
//! says plays no part. A value held in view is
//! reported once, and again only after 3 s out of view. Time is the frames' own; nothing here reads a clock.

use crate::Symbol;

/// Two looks within this time are looks at the same thing.
const CONFIRM_MS: i64 = 1_000;

/// Out of view for this long, a value is news again: a person has put the card away.
const FORGET_MS: i64 = 3_000;

/// Payloads remembered at most, the longest unseen dropped first. A hand holds a few cards.
const REMEMBERED: usize = 16;

struct Sighting {
    bytes: Vec<u8>,
    at_ms: i64,
    reported: bool,
}

/// What the symbols of one frame amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This symbol of the frame counts, for the first time.
    Confirmed(usize),
    /// Something reported before is still in view, and nothing new counts.
    Unchanged,
    /// Read, but not yet sure.
    Pending,
    /// No symbols.
    Nothing,
}

/// Remembers what was seen. Holds payloads, therefore no `Debug`.
#[derive(Default)]
pub(crate) struct Tracker {
    seen: Vec<Sighting>,
}

impl Tracker {
    /// Takes the symbols of one frame. `sure` says whether one look suffices for a symbol.
    pub(crate) fn judge(
        &mut self,
        symbols: &[Symbol],
        at_ms: i64,
        sure: impl Fn(&Symbol) -> bool,
    ) -> Verdict {
        let mut verdict = Verdict::Nothing;
        for (nth, symbol) in symbols.iter().enumerate() {
            let repeated = symbols[..nth].iter().any(|s| s.bytes == symbol.bytes);
            if repeated {
                continue;
            }
            // One report a frame; a second new value waits for the next frame, unmarked.
            let may_report = !matches!(verdict, Verdict::Confirmed(_));
            let one = self.sight(&symbol.bytes, at_ms, may_report, sure(symbol));
            verdict = match (verdict, one) {
                (Verdict::Confirmed(first), _) => Verdict::Confirmed(first),
                (_, Verdict::Confirmed(_)) => Verdict::Confirmed(nth),
                (Verdict::Unchanged, _) | (_, Verdict::Unchanged) => Verdict::Unchanged,
                (_, other) => other,
            };
        }
        self.forget(at_ms);
        verdict
    }

    /// Takes the one payload of a frame, or that it has none. `sure` says whether this look suffices.
    pub(crate) fn judge_one(&mut self, payload: Option<&[u8]>, at_ms: i64, sure: bool) -> Verdict {
        let verdict = payload.map_or(Verdict::Nothing, |bytes| self.sight(bytes, at_ms, true, sure));
        self.forget(at_ms);
        verdict
    }

    fn sight(&mut self, bytes: &[u8], at_ms: i64, may_report: bool, sure: bool) -> Verdict {
        let Some(known) = self.seen.iter_mut().find(|s| s.bytes == bytes) else {
            let reported = sure && may_report;
            self.seen.push(Sighting { bytes: bytes.to_vec(), at_ms, reported });
            return if reported { Verdict::Confirmed(0) } else { Verdict::Pending };
        };
        let gap = at_ms.saturating_sub(known.at_ms);
        known.at_ms = at_ms;
        if known.reported && gap < FORGET_MS {
            return Verdict::Unchanged;
        }
        // The same time is the same frame given twice, an earlier one a restarted clock: neither is a second look.
        let second_look = gap > 0 && gap <= CONFIRM_MS;
        known.reported = (sure || second_look) && may_report;
        if known.reported { Verdict::Confirmed(0) } else { Verdict::Pending }
    }

    fn forget(&mut self, at_ms: i64) {
        self.seen.retain(|s| at_ms.saturating_sub(s.at_ms) < FORGET_MS);
        if self.seen.len() > REMEMBERED {
            self.seen.sort_by_key(|s| std::cmp::Reverse(s.at_ms));
            self.seen.truncate(REMEMBERED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Correction, EcLevel, Point};

    fn symbol(bytes: &[u8]) -> Symbol {
        Symbol {
            bytes: bytes.to_vec(),
            version: 2,
            ec_level: EcLevel::Medium,
            corners: [Point::default(); 4],
            px_per_module: 3.0,
            decoder: "half",
            correction: Correction { errors: 0, capacity: 8 },
            inverted: false,
            mirrored: false,
        }
    }

    fn weak(tracker: &mut Tracker, bytes: &[u8], at_ms: i64) -> Verdict {
        tracker.judge(&[symbol(bytes)], at_ms, |_| false)
    }

    #[test]
    fn an_easy_read_counts_at_once_and_is_reported_once() {
        let mut tracker = Tracker::default();
        assert_eq!(tracker.judge(&[symbol(b"a")], 0, |_| true), Verdict::Confirmed(0));
        for at_ms in [33, 66, 2_900] {
            assert_eq!(tracker.judge(&[symbol(b"a")], at_ms, |_| true), Verdict::Unchanged);
        }
    }

    #[test]
    fn a_hard_read_counts_with_the_second_look_within_a_second() {
        let mut tracker = Tracker::default();
        assert_eq!(weak(&mut tracker, b"a", 0), Verdict::Pending);
        assert_eq!(weak(&mut tracker, b"a", 1_001), Verdict::Pending);
        assert_eq!(weak(&mut tracker, b"a", 2_001), Verdict::Confirmed(0));
    }

    #[test]
    fn another_payload_in_between_does_not_count_as_a_second_look() {
        let mut tracker = Tracker::default();
        assert_eq!(weak(&mut tracker, b"a", 0), Verdict::Pending);
        assert_eq!(weak(&mut tracker, b"b", 33), Verdict::Pending);
        assert_eq!(weak(&mut tracker, b"a", 66), Verdict::Confirmed(0));
    }

    #[test]
    fn the_same_frame_given_twice_is_one_look() {
        let mut tracker = Tracker::default();
        assert_eq!(weak(&mut tracker, b"a", 5), Verdict::Pending);
        assert_eq!(weak(&mut tracker, b"a", 5), Verdict::Pending);
        let twice = [symbol(b"a"), symbol(b"a")];
        let mut fresh = Tracker::default();
        assert_eq!(fresh.judge(&twice, 5, |_| false), Verdict::Pending);
    }

    #[test]
    fn a_value_is_news_again_after_three_seconds_out_of_view() {
        let mut tracker = Tracker::default();
        assert_eq!(tracker.judge(&[symbol(b"a")], 0, |_| true), Verdict::Confirmed(0));
        assert_eq!(tracker.judge(&[], 1_000, |_| true), Verdict::Nothing);
        assert_eq!(tracker.judge(&[symbol(b"a")], 2_999, |_| true), Verdict::Unchanged);
        assert_eq!(tracker.judge(&[symbol(b"a")], 5_999, |_| true), Verdict::Confirmed(0));
    }

    #[test]
    fn two_new_values_in_one_frame_are_reported_in_turn() {
        let mut tracker = Tracker::default();
        let both = [symbol(b"a"), symbol(b"b")];
        assert_eq!(tracker.judge(&both, 0, |_| true), Verdict::Confirmed(0));
        assert_eq!(tracker.judge(&both, 33, |_| true), Verdict::Confirmed(1));
        assert_eq!(tracker.judge(&both, 66, |_| true), Verdict::Unchanged);
    }

    #[test]
    fn a_clock_that_jumps_back_neither_confirms_nor_panics() {
        let mut tracker = Tracker::default();
        assert_eq!(weak(&mut tracker, b"a", i64::MAX), Verdict::Pending);
        assert_eq!(weak(&mut tracker, b"a", i64::MIN), Verdict::Pending);
        assert_eq!(weak(&mut tracker, b"a", i64::MIN + 1), Verdict::Confirmed(0));
    }
}
