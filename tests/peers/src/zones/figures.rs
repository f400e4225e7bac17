//! Counts and costs of a run, and the two forms in which they are kept: a fragment of Markdown, and tab-separated lines.

use std::fmt::Write as _;

use super::readers::Contender;
use super::reading::Verdict;
use crate::figures::{ALL, distinct};
use crate::markdown::{table_head, table_line};
use crate::sources::Place;

/// What one reader did at one place, or at several together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    pictures: u32,
    zones: u32,
    right: u32,
    accepted: u32,
    /// Accepted and wrong.
    wrong: u32,
    fields: u32,
    wrong_fields: u32,
    looks: u32,
    ms: f64,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.pictures += other.pictures;
        self.zones += other.zones;
        self.right += other.right;
        self.accepted += other.accepted;
        self.wrong += other.wrong;
        self.fields += other.fields;
        self.wrong_fields += other.wrong_fields;
        self.looks += other.looks;
        self.ms += other.ms;
    }

    /// CPU time a picture; `None` if the system did not tell.
    fn mean_ms(&self) -> Option<f64> {
        (self.looks > 0).then(|| self.ms / f64::from(self.pictures.max(1)))
    }
}

/// Everything counted in one run, in the order in which it came.
#[derive(Debug, Default)]
pub(crate) struct ZoneFigures {
    /// Name, what it is, whether it ran.
    readers: Vec<(&'static str, String, bool)>,
    counted: Vec<(&'static str, Place, Tally)>,
}

impl ZoneFigures {
    /// A reader of the run, also one that is not installed: the tables say so.
    pub(super) fn introduce(&mut self, reader: &Contender) {
        self.readers.push((reader.name, reader.what.clone(), reader.is_there()));
    }

    /// Counts one picture.
    pub(super) fn count(&mut self, reader: &'static str, place: &Place, verdict: &Verdict, looks: Vec<f64>) {
        let tally = Tally {
            pictures: 1,
            zones: verdict.has_zone.into(),
            right: verdict.right.into(),
            accepted: verdict.accepted.into(),
            wrong: verdict.is_false().into(),
            fields: verdict.fields,
            wrong_fields: verdict.wrong_fields,
            looks: looks.len() as u32,
            ms: looks.into_iter().sum(),
        };
        match self.counted.iter_mut().find(|(name, known, _)| *name == reader && known == place) {
            Some((.., total)) => total.add(&tally),
            None => self.counted.push((reader, place.clone(), tally)),
        }
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

    fn sets(&self) -> Vec<&str> {
        distinct(self.counted.iter().map(|(_, place, _)| place.set.as_str()))
    }

    fn conditions(&self, set: &str) -> Vec<&str> {
        let here = self.counted.iter().filter(|(_, place, _)| place.set == set);
        distinct(here.map(|(_, place, _)| place.condition.as_str()))
    }

    fn ran(&self) -> impl Iterator<Item = &'static str> {
        self.readers.iter().filter(|(.., there)| *there).map(|(name, ..)| *name)
    }

    /// One line for each reader and place, each condition, each set.
    pub(crate) fn to_tsv(&self) -> String {
        let mut out = "reader\tset\tcondition\tseverity\tpictures\tzones\tright\taccepted\tfalse\tfields\twrong_fields\t\
                       mean_ms\n"
            .to_owned();
        for set in self.sets() {
            for reader in self.ran() {
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
                    let all = self.sum(reader, set, |place| place.condition == condition);
                    tsv_line(&mut out, [reader, set, condition, ALL], &all);
                }
                tsv_line(&mut out, [reader, set, ALL, ALL], &self.sum(reader, set, |_| true));
            }
        }
        out
    }

    /// Tables without a heading of their own: sets, then conditions of the sets with zones, then what each reader is.
    pub(crate) fn to_markdown(&self) -> String {
        let mut out = String::new();
        self.summary(&mut out);
        for set in self.sets().into_iter().filter(|set| self.conditions(set).len() > 1) {
            self.by_condition(&mut out, set);
        }
        for (name, what, _) in &self.readers {
            let _ = writeln!(out, "- `{name}`: {what}.");
        }
        out.push_str(
            "\nRight: every character of every line. Accepted: ours says so; of a reader of text, every check digit is \
             right. False: accepted and wrong. Wrong fields: those under a digit of their own, among all of them that \
             were accepted. CPU time of one thread, milliseconds a picture.\n",
        );
        out
    }

    fn summary(&self, out: &mut String) {
        let head = ["set", "reader", "pictures", "right", "accepted", "false", "wrong fields", "mean ms"];
        table_head(out, &head.map(str::to_owned));
        for set in self.sets() {
            for reader in self.ran() {
                let tally = self.sum(reader, set, |_| true);
                let share = f64::from(tally.right) * 100.0 / f64::from(tally.zones.max(1));
                let cells = [
                    set.to_owned(),
                    reader.to_owned(),
                    tally.pictures.to_string(),
                    if tally.zones == 0 {
                        "–".to_owned()
                    } else {
                        format!("{} ({share:.1} %)", tally.right)
                    },
                    tally.accepted.to_string(),
                    tally.wrong.to_string(),
                    format!("{} of {}", tally.wrong_fields, tally.fields),
                    tally.mean_ms().map_or_else(|| "–".to_owned(), |ms| format!("{ms:.0}")),
                ];
                table_line(out, &cells);
            }
        }
        out.push('\n');
    }

    fn by_condition(&self, out: &mut String, set: &str) {
        let has_zones = self.ran().any(|reader| self.sum(reader, set, |_| true).zones > 0);
        let told = if has_zones { "right / accepted / false" } else { "accepted" };
        let mut head = vec![format!("{set}: {told}"), "pictures".to_owned()];
        head.extend(self.ran().map(str::to_owned));
        table_head(out, &head);
        for condition in self.conditions(set) {
            let tallies: Vec<Tally> = self
                .ran()
                .map(|reader| self.sum(reader, set, |place| place.condition == condition))
                .collect();
            let pictures = tallies.first().map_or(0, |tally| tally.pictures);
            let mut cells = vec![condition.to_owned(), pictures.to_string()];
            cells.extend(tallies.iter().map(|tally| {
                if has_zones {
                    format!("{} / {} / {}", tally.right, tally.accepted, tally.wrong)
                } else {
                    tally.accepted.to_string()
                }
            }));
            table_line(out, &cells);
        }
        out.push('\n');
    }
}

fn tsv_line(out: &mut String, place: [&str; 4], tally: &Tally) {
    let Tally { pictures, zones, right, accepted, wrong, fields, wrong_fields, .. } = tally;
    let ms = tally.mean_ms().map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}"));
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{}\t{pictures}\t{zones}\t{right}\t{accepted}\t{wrong}\t{fields}\t{wrong_fields}\t{ms}",
        place.join("\t")
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Kind;

    fn figures() -> ZoneFigures {
        let mut figures = ZoneFigures::default();
        figures.readers.push(("ours-still", "ours".to_owned(), true));
        figures.readers.push(("tesseract", "DID NOT RUN: not installed".to_owned(), false));
        let mut count = |condition: &str, severity, right, accepted| {
            let place =
                Place { kind: Kind::Drawn, set: "drawn".into(), condition: condition.into(), severity };
            let verdict = Verdict { has_zone: true, right, accepted, fields: 4, wrong_fields: 0 };
            figures.count("ours-still", &place, &verdict, vec![10.0, 20.0]);
        };
        count("tilt", 1, true, true);
        count("tilt", 2, false, true);
        count("noise", 1, true, false);
        figures
    }

    #[test]
    fn severities_sum_to_their_condition_and_conditions_to_their_set() {
        let tsv = figures().to_tsv();
        let line = |start: &str| {
            tsv.lines().find(|line| line.starts_with(start)).map(|it| it[start.len()..].to_owned())
        };
        assert_eq!(line("ours-still\tdrawn\ttilt\t2\t").as_deref(), Some("1\t1\t0\t1\t1\t4\t0\t30.0"));
        assert_eq!(line("ours-still\tdrawn\ttilt\t*\t").as_deref(), Some("2\t2\t1\t2\t1\t8\t0\t30.0"));
        assert_eq!(line("ours-still\tdrawn\t*\t*\t").as_deref(), Some("3\t3\t2\t2\t1\t12\t0\t30.0"));
        let columns = |line: &str| line.split('\t').count();
        assert!(tsv.lines().all(|it| columns(it) == columns(tsv.lines().next().unwrap())), "{tsv}");
    }

    #[test]
    fn the_tables_say_who_did_not_run() {
        let text = figures().to_markdown();
        assert!(text.contains("| tilt | 2 | 1 / 2 / 1 |"), "{text}");
        assert!(text.contains("- `tesseract`: DID NOT RUN: not installed."), "{text}");
        for table in text.split("\n\n").filter(|part| part.starts_with('|')) {
            let cells: Vec<_> = table.lines().map(|line| line.matches('|').count()).collect();
            assert!(cells.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
        }
    }
}
