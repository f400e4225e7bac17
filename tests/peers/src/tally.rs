//! Counts and costs, and the rows of figures they become.

use crate::content::Verdict;
use crate::decoders::{Attempt, is_ours};
use crate::figures::{ALL, Figures, Row, distinct};
use crate::sources::{Kind, Place};

/// Name under which it counts whether any peer read a sample at all; it has no costs.
pub(crate) const ANY_PEER: &str = "any-peer";

/// Set of all photographs together.
pub(crate) const PHOTOGRAPHS: &str = "photographs";

/// Condition under which a sequence counts a second time if no peer read any of its frames.
pub(crate) const UNREAD: &str = "unread by any peer";

/// What one decoder did at one place.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tally {
    samples: u32,
    codes: u32,
    read: u32,
    wrong: u32,
    panics: u32,
    ms: Vec<f64>,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.codes += other.codes;
        self.read += other.read;
        self.wrong += other.wrong;
        self.panics += other.panics;
        self.ms.extend_from_slice(&other.ms);
    }

    fn row(mut self, decoder: &str, set: &str, condition: &str, severity: u8) -> Row {
        self.ms.sort_by(f64::total_cmp);
        Row {
            decoder: decoder.to_owned(),
            set: set.to_owned(),
            condition: condition.to_owned(),
            severity,
            frames: self.samples,
            codes: self.codes,
            read: self.read,
            wrong: self.wrong,
            panics: self.panics,
            looks: self.ms.len() as f64 / f64::from(self.samples.max(1)),
            median_ms: percentile(&self.ms, 50),
            p95_ms: percentile(&self.ms, 95),
            // From 0.0 on: the sum of nothing is -0.0 otherwise.
            mean_ms: self.ms.iter().fold(0.0, |sum, ms| sum + ms) / self.ms.len().max(1) as f64,
            max_ms: percentile(&self.ms, 100),
        }
    }
}

/// The nearest rank: the smallest value that is at least as large as so many per cent of all. 0 without values.
pub(crate) fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// Everything counted in one run, in the order in which it came.
#[derive(Debug)]
pub(crate) struct Tallies {
    decoders: Vec<&'static str>,
    /// One tally for each decoder.
    places: Vec<(Place, Vec<Tally>)>,
}

impl Tallies {
    /// Nothing counted yet for these decoders; [`ANY_PEER`] is added if a peer is among them.
    pub(crate) fn new(decoders: impl Iterator<Item = &'static str>) -> Self {
        let mut decoders: Vec<_> = decoders.collect();
        if decoders.iter().any(|name| !is_ours(name)) {
            decoders.push(ANY_PEER);
        }
        Self { decoders, places: Vec::new() }
    }

    /// Counts one sample that every decoder tried, in the order given to `new`.
    pub(crate) fn count(&mut self, place: &Place, has_code: bool, results: &[(Verdict, Attempt)]) {
        let mut tallies: Vec<Tally> = results
            .iter()
            .map(|(verdict, attempt)| Tally {
                samples: 1,
                codes: has_code.into(),
                read: verdict.read.into(),
                wrong: verdict.wrong.into(),
                panics: attempt.panicked.into(),
                ms: attempt.samples.clone(),
            })
            .collect();
        let peers = || tallies.iter().zip(&self.decoders).filter(|(_, name)| !is_ours(name)).map(|(t, _)| t);
        let any_peer = Tally {
            samples: 1,
            codes: has_code.into(),
            read: peers().map(|t| t.read).max().unwrap_or(0),
            wrong: peers().map(|t| t.wrong).max().unwrap_or(0),
            panics: peers().map(|t| t.panics).max().unwrap_or(0),
            ms: Vec::new(),
        };
        let unread = any_peer.read == 0;
        if self.decoders.last() == Some(&ANY_PEER) {
            tallies.push(any_peer);
            if place.kind == Kind::Sequence && unread {
                let unread = Place { condition: UNREAD.to_owned(), severity: 0, ..place.clone() };
                self.add(&unread, &tallies);
            }
        }
        self.add(place, &tallies);
    }

    fn add(&mut self, place: &Place, tallies: &[Tally]) {
        let at = self.places.iter().position(|(known, _)| known == place).unwrap_or_else(|| {
            self.places.push((place.clone(), vec![Tally::default(); self.decoders.len()]));
            self.places.len() - 1
        });
        for (total, one) in self.places[at].1.iter_mut().zip(tallies) {
            total.add(one);
        }
    }

    /// The figures: each place, each condition over its severities, each set, and all photographs.
    pub(crate) fn figures(&self) -> Figures {
        let mut rows = Vec::new();
        for set in distinct(self.places.iter().map(|(place, _)| place.set.as_str())) {
            let places: Vec<_> = self.places.iter().filter(|(place, _)| place.set == set).collect();
            let mut conditions = distinct(places.iter().map(|(place, _)| place.condition.as_str()));
            // Counted as it came, shown behind what it is drawn from.
            conditions.sort_by_key(|condition| *condition == UNREAD);
            for condition in conditions {
                let here = || places.iter().filter(|(place, _)| place.condition == condition);
                for (place, tallies) in here().filter(|(place, _)| place.severity > 0) {
                    self.push(&mut rows, (set, condition, place.severity), std::iter::once(tallies));
                }
                self.push(&mut rows, (set, condition, 0), here().map(|(_, tallies)| tallies));
            }
            let counted = places.iter().filter(|(place, _)| place.condition != UNREAD);
            self.push(&mut rows, (set, ALL, 0), counted.map(|(_, tallies)| tallies));
        }
        let photographs = || self.places.iter().filter(|(place, _)| place.kind == Kind::Photograph);
        if photographs().count() > 0 {
            self.push(&mut rows, (PHOTOGRAPHS, ALL, 0), photographs().map(|(_, tallies)| tallies));
        }
        Figures { rows }
    }

    fn push<'a>(
        &self,
        rows: &mut Vec<Row>,
        (set, condition, severity): (&str, &str, u8),
        parts: impl Iterator<Item = &'a Vec<Tally>>,
    ) {
        let mut totals = vec![Tally::default(); self.decoders.len()];
        for part in parts {
            totals.iter_mut().zip(part).for_each(|(total, one)| total.add(one));
        }
        let named = self.decoders.iter().zip(totals);
        rows.extend(named.map(|(decoder, total)| total.row(decoder, set, condition, severity)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(kind: Kind, set: &str, condition: &str, severity: u8) -> Place {
        Place { kind, set: set.into(), condition: condition.into(), severity }
    }

    fn result(read: bool, ms: &[f64]) -> (Verdict, Attempt) {
        let attempt = Attempt { samples: ms.to_vec(), ..Attempt::default() };
        (Verdict { read, wrong: false }, attempt)
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!([50, 95, 100].map(|p| percentile(&values, p)), [10.0, 19.0, 20.0]);
        assert_eq!(percentile(&[7.0], 95), 7.0);
        assert_eq!(percentile(&[], 50), 0.0);
    }

    #[test]
    fn severities_sum_to_their_condition_and_conditions_to_their_set() {
        let mut tallies = Tallies::new(["ours-live", "rqrr"].into_iter());
        for (severity, read) in [(1, true), (2, false)] {
            let at = place(Kind::Drawn, "drawn", "tilt", severity);
            tallies.count(&at, true, &[result(true, &[1.0, 3.0]), result(read, &[9.0])]);
        }
        let figures = tallies.figures();
        let share = |decoder, condition, severity| {
            let row = figures.find(decoder, "drawn", condition, severity).unwrap();
            (row.read, row.codes)
        };
        assert_eq!(share("rqrr", "tilt", 2), (0, 1));
        assert_eq!(share("rqrr", "tilt", 0), (1, 2));
        assert_eq!(share("rqrr", ALL, 0), (1, 2));
        assert_eq!(share(ANY_PEER, ALL, 0), (1, 2));
        let ours = figures.find("ours-live", "drawn", ALL, 0).unwrap();
        assert_eq!((ours.looks, ours.median_ms, ours.mean_ms, ours.max_ms), (2.0, 1.0, 2.0, 3.0));
    }

    #[test]
    fn sequences_that_no_peer_reads_count_again_but_not_twice_in_their_set() {
        let mut tallies = Tallies::new(["ours-live", "rqrr"].into_iter());
        let at = place(Kind::Sequence, "sequences", "troubled", 0);
        tallies.count(&at, true, &[result(true, &[1.0]), result(false, &[1.0])]);
        tallies.count(&at, true, &[result(false, &[1.0]), result(true, &[1.0])]);
        let figures = tallies.figures();
        let ours = |condition| {
            let row = figures.find("ours-live", "sequences", condition, 0).unwrap();
            (row.read, row.codes)
        };
        assert_eq!((ours(UNREAD), ours("troubled"), ours(ALL)), ((1, 1), (1, 2), (1, 2)));
    }

    #[test]
    fn frames_without_a_code_do_not_lower_a_rate() {
        let mut tallies = Tallies::new(["rqrr"].into_iter());
        tallies.count(&place(Kind::Photograph, "zxing", "a", 0), true, &[result(true, &[1.0])]);
        tallies.count(&place(Kind::Photograph, "jsqr", "b", 0), false, &[result(false, &[1.0])]);
        let figures = tallies.figures();
        let row = figures.find("rqrr", PHOTOGRAPHS, ALL, 0).unwrap();
        assert_eq!((row.frames, row.codes, row.rate()), (2, 1, Some(100.0)));
    }
}
