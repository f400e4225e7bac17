//! Counts and costs of a run, and the form in which they are frozen: tab-separated lines.

use std::fmt::Write as _;

use super::readers::{Contender, STILL};
use super::reading::Verdict;
use crate::figures::{ALL, distinct};
use crate::sources::{Kind, Place};
use crate::tally::percentile;

/// Condition under which a sequence counts a second time if ours, shown each of its frames alone, has none right.
pub(super) const UNREAD: &str = "right in no single frame";

/// What one reader did at one place, or at several together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    /// Pictures, or sequences.
    pub(super) pictures: u32,
    pub(super) zones: u32,
    pub(super) right: u32,
    pub(super) accepted: u32,
    /// Frames up to those that were accepted, these among them.
    frames: u32,
    /// Accepted and wrong.
    pub(super) wrong: u32,
    pub(super) fields: u32,
    pub(super) wrong_fields: u32,
    /// CPU time of each picture, or each frame; none if the system did not tell.
    ms: Vec<f64>,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.pictures += other.pictures;
        self.zones += other.zones;
        self.right += other.right;
        self.accepted += other.accepted;
        self.frames += other.frames;
        self.wrong += other.wrong;
        self.fields += other.fields;
        self.wrong_fields += other.wrong_fields;
        self.ms.extend_from_slice(&other.ms);
    }

    /// The mean number of the frame that was accepted; `None` if nothing was.
    pub(super) fn at_frame(&self) -> Option<f64> {
        (self.accepted > 0).then(|| f64::from(self.frames) / f64::from(self.accepted))
    }

    /// Mean CPU time of a picture, or of a frame.
    pub(super) fn mean_ms(&self) -> Option<f64> {
        (!self.ms.is_empty()).then(|| self.ms.iter().sum::<f64>() / self.ms.len() as f64)
    }

    /// So many in a hundred pictures, or frames, cost at most this.
    pub(super) fn percentile_ms(&self, percent: usize) -> Option<f64> {
        let mut sorted = self.ms.clone();
        sorted.sort_by(f64::total_cmp);
        (!sorted.is_empty()).then(|| percentile(&sorted, percent))
    }
}

/// Everything counted in one run, in the order in which it came.
#[derive(Debug, Default)]
pub(crate) struct ZoneFigures {
    /// Name, and what it is.
    pub(super) readers: Vec<(&'static str, String)>,
    counted: Vec<(&'static str, Place, Tally)>,
}

impl ZoneFigures {
    /// A reader of the run, also one that is not installed: the tables say so.
    pub(super) fn introduce(&mut self, reader: &Contender) {
        self.readers.push((reader.name, reader.what.clone()));
    }

    /// Counts one picture or sequence: each reader, how it did, and its costs.
    pub(super) fn count(&mut self, place: &Place, results: &[(&'static str, Verdict, Vec<f64>)]) {
        let alone = results.iter().find(|(reader, ..)| *reader == STILL).map(|(_, verdict, _)| verdict);
        let is_unread = place.kind == Kind::Sequence && alone.is_some_and(|it| it.has_zone && !it.right_once);
        let unread = is_unread.then(|| Place { condition: UNREAD.to_owned(), severity: 0, ..place.clone() });
        for (reader, verdict, samples) in results {
            let tally = Tally {
                pictures: 1,
                zones: verdict.has_zone.into(),
                right: verdict.right.into(),
                accepted: verdict.accepted_at.is_some().into(),
                frames: verdict.accepted_at.unwrap_or(0),
                wrong: verdict.is_false().into(),
                fields: verdict.fields,
                wrong_fields: verdict.wrong_fields,
                ms: samples.clone(),
            };
            for place in [place].into_iter().chain(&unread) {
                match self.counted.iter_mut().find(|(name, known, _)| name == reader && known == place) {
                    Some((.., total)) => total.add(&tally),
                    None => self.counted.push((reader, place.clone(), tally.clone())),
                }
            }
        }
    }

    /// A reader over a whole set.
    pub(super) fn of_set(&self, reader: &str, set: &str) -> Tally {
        self.sum(reader, set, |place| place.condition != UNREAD)
    }

    /// A reader over all severities of a condition.
    pub(super) fn of_condition(&self, reader: &str, set: &str, condition: &str) -> Tally {
        self.sum(reader, set, |place| place.condition == condition)
    }

    fn sum(&self, reader: &str, set: &str, holds: impl Fn(&Place) -> bool) -> Tally {
        let here = self
            .counted
            .iter()
            .filter(|(name, place, _)| *name == reader && place.set == set && holds(place));
        here.fold(Tally::default(), |mut sum, (.., tally)| {
            sum.add(tally);
            sum
        })
    }

    /// Sets of pictures, or of sequences, in their order.
    pub(super) fn sets(&self, of_sequences: bool) -> Vec<&str> {
        let wanted = |place: &Place| (place.kind == Kind::Sequence) == of_sequences;
        distinct(
            self.counted.iter().filter(|(_, place, _)| wanted(place)).map(|(_, place, _)| place.set.as_str()),
        )
    }

    /// Conditions of a set in their order.
    pub(super) fn conditions(&self, set: &str) -> Vec<&str> {
        let here = self.counted.iter().filter(|(_, place, _)| place.set == set);
        let mut conditions = distinct(here.map(|(_, place, _)| place.condition.as_str()));
        // Counted as it came, shown behind what it is drawn from.
        conditions.sort_by_key(|condition| *condition == UNREAD);
        conditions
    }

    /// Readers that a set was shown to, in their order.
    pub(super) fn readers_of(&self, set: &str) -> Vec<&str> {
        distinct(self.counted.iter().filter(|(_, place, _)| place.set == set).map(|(name, ..)| *name))
    }

    /// One line for each reader and place, each condition, each set.
    pub(crate) fn to_tsv(&self) -> String {
        let mut out = "reader\tset\tcondition\tseverity\tpictures\tzones\tright\taccepted\tfalse\tfields\twrong_fields\t\
                       at_frame\tmedian_ms\tp95_ms\tmean_ms\n"
            .to_owned();
        for set in [false, true].into_iter().flat_map(|of_sequences| self.sets(of_sequences)) {
            for reader in self.readers_of(set) {
                for condition in self.conditions(set) {
                    let severities = self.counted.iter().filter(|(name, place, _)| {
                        *name == reader
                            && place.set == set
                            && place.condition == condition
                            && place.severity > 0
                    });
                    for (_, place, tally) in severities {
                        tsv_line(&mut out, [reader, set, condition, &place.severity.to_string()], tally);
                    }
                    let all = self.of_condition(reader, set, condition);
                    tsv_line(&mut out, [reader, set, condition, ALL], &all);
                }
                tsv_line(&mut out, [reader, set, ALL, ALL], &self.of_set(reader, set));
            }
        }
        out
    }
}

fn tsv_line(out: &mut String, place: [&str; 4], tally: &Tally) {
    let Tally { pictures, zones, right, accepted, wrong, fields, wrong_fields, .. } = tally;
    let decimals = [tally.at_frame(), tally.percentile_ms(50), tally.percentile_ms(95), tally.mean_ms()]
        .map(|it| it.map_or_else(|| "-".to_owned(), |it| format!("{it:.1}")));
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{}\t{pictures}\t{zones}\t{right}\t{accepted}\t{wrong}\t{fields}\t{wrong_fields}\t{}",
        place.join("\t"),
        decimals.join("\t")
    );
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Three pictures that one reader was shown, and two sequences that two were, of which the one reads only one.
    pub(in crate::zones) fn figures() -> ZoneFigures {
        let mut figures = ZoneFigures::default();
        figures.readers.push((STILL, "ours".to_owned()));
        figures.readers.push(("tesseract", "DID NOT RUN: not installed".to_owned()));
        let place = |kind, set: &str, condition: &str, severity| Place {
            kind,
            set: set.into(),
            condition: condition.into(),
            severity,
        };
        let verdict = |right, accepted_at| Verdict {
            has_zone: true,
            right,
            accepted_at,
            right_once: right,
            fields: 4,
            wrong_fields: 0,
        };
        let drawn = [("tilt", 1, true, Some(1)), ("tilt", 2, false, Some(1)), ("noise", 1, true, None)];
        for (condition, severity, right, at) in drawn {
            let place = place(Kind::Drawn, "drawn", condition, severity);
            figures.count(&place, &[(STILL, verdict(right, at), vec![30.0])]);
        }
        for (alone, at) in [(verdict(false, None), 5), (verdict(true, Some(1)), 2)] {
            let results =
                [(STILL, alone, vec![30.0; 6]), ("ours-live", verdict(true, Some(at)), vec![2.0, 4.0])];
            figures.count(&place(Kind::Sequence, "sequences", "tilt", 3), &results);
        }
        figures
    }

    #[test]
    fn severities_sum_to_their_condition_and_conditions_to_their_set() {
        let tsv = figures().to_tsv();
        let line = |start: &str| {
            tsv.lines().find(|line| line.starts_with(start)).map(|it| it[start.len()..].to_owned())
        };
        assert_eq!(
            line("ours-still\tdrawn\ttilt\t2\t").as_deref(),
            Some("1\t1\t0\t1\t1\t4\t0\t1.0\t30.0\t30.0\t30.0")
        );
        assert_eq!(
            line("ours-still\tdrawn\ttilt\t*\t").as_deref(),
            Some("2\t2\t1\t2\t1\t8\t0\t1.0\t30.0\t30.0\t30.0")
        );
        assert_eq!(
            line("ours-still\tdrawn\t*\t*\t").as_deref(),
            Some("3\t3\t2\t2\t1\t12\t0\t1.0\t30.0\t30.0\t30.0")
        );
        let columns = |line: &str| line.split('\t').count();
        assert!(tsv.lines().all(|it| columns(it) == columns(tsv.lines().next().unwrap())), "{tsv}");
    }

    #[test]
    fn sequences_right_in_no_single_frame_count_again_but_not_twice_in_their_set() {
        let tsv = figures().to_tsv();
        let line = |start: &str| {
            tsv.lines().find(|line| line.starts_with(start)).map(|it| it[start.len()..].to_owned())
        };
        let of = |reader: &str, condition: &str| line(&format!("{reader}\tsequences\t{condition}\t*\t"));
        let expected = "1\t1\t1\t1\t0\t4\t0\t5.0\t2.0\t4.0\t3.0";
        assert_eq!(of("ours-live", UNREAD).as_deref(), Some(expected));
        let expected = "1\t1\t0\t0\t0\t4\t0\t-\t30.0\t30.0\t30.0";
        assert_eq!(of(STILL, UNREAD).as_deref(), Some(expected));
        let expected = "2\t2\t2\t2\t0\t8\t0\t3.5\t2.0\t4.0\t3.0";
        assert_eq!([of("ours-live", "tilt"), of("ours-live", "*")].map(Option::unwrap), [expected; 2]);
    }
}
