//! The figures of a run as a fragment of Markdown: pictures, then sequences.

use std::fmt::Write as _;

use super::figures::{Tally, ZoneFigures};
use crate::markdown::{table_head, table_line};

/// What words of the tables mean.
const MEANING: &str = "\nRight: every character of every line. Accepted: ours says so; of a reader of text, every check digit is \
right. False: accepted and wrong. Wrong fields: those under a digit of their own, among all of them that were accepted. \
Of a sequence what counts is the first frame that is accepted; where none is, it is right if any frame was. CPU time of \
one thread, milliseconds a picture or a frame.\n";

impl ZoneFigures {
    /// Tables without a heading of their own: sets, then conditions of each; those of sequences after those of
    /// pictures; then what each reader is.
    pub(crate) fn to_markdown(&self) -> String {
        let mut out = String::new();
        for of_sequences in [false, true] {
            let sets = self.sets(of_sequences);
            if !sets.is_empty() {
                self.summary(&mut out, &sets, of_sequences);
            }
            for set in sets.into_iter().filter(|set| self.conditions(set).len() > 1) {
                self.by_condition(&mut out, set, of_sequences);
            }
        }
        for (name, what) in &self.readers {
            let _ = writeln!(out, "- `{name}`: {what}.");
        }
        out.push_str(MEANING);
        out
    }

    fn summary(&self, out: &mut String, sets: &[&str], of_sequences: bool) {
        let mut head =
            vec!["set", "reader", samples(of_sequences), "right", "accepted", "false", "wrong fields"];
        head.extend(if of_sequences {
            &["at frame, mean", "median / p95 / mean ms"][..]
        } else {
            &["mean ms"]
        });
        table_head(out, &head.into_iter().map(str::to_owned).collect::<Vec<_>>());
        for set in sets {
            for reader in self.readers_of(set) {
                let tally = self.of_set(reader, set);
                let mut cells = vec![
                    (*set).to_owned(),
                    reader.to_owned(),
                    tally.pictures.to_string(),
                    right(&tally),
                    tally.accepted.to_string(),
                    tally.wrong.to_string(),
                    format!("{} of {}", tally.wrong_fields, tally.fields),
                ];
                if of_sequences {
                    let costs = [tally.percentile_ms(50), tally.percentile_ms(95), tally.mean_ms()];
                    cells.push(decimal(tally.at_frame(), 1));
                    cells.push(costs.map(|ms| decimal(ms, 1)).join(" / "));
                } else {
                    cells.push(decimal(tally.mean_ms(), 0));
                }
                table_line(out, &cells);
            }
        }
        out.push('\n');
    }

    fn by_condition(&self, out: &mut String, set: &str, of_sequences: bool) {
        let readers = self.readers_of(set);
        let has_zones = readers.iter().any(|reader| self.of_set(reader, set).zones > 0);
        let told = if has_zones { "right / accepted / false" } else { "accepted" };
        let mut head = vec![format!("{set}: {told}"), samples(of_sequences).to_owned()];
        head.extend(readers.iter().map(|&reader| reader.to_owned()));
        table_head(out, &head);
        for condition in self.conditions(set) {
            let of_reader = |reader: &&str| self.of_condition(reader, set, condition);
            let tallies: Vec<Tally> = readers.iter().map(of_reader).collect();
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

fn samples(of_sequences: bool) -> &'static str {
    if of_sequences { "sequences" } else { "pictures" }
}

fn right(tally: &Tally) -> String {
    let share = f64::from(tally.right) * 100.0 / f64::from(tally.zones.max(1));
    if tally.zones == 0 { "–".to_owned() } else { format!("{} ({share:.1} %)", tally.right) }
}

fn decimal(number: Option<f64>, places: usize) -> String {
    number.map_or_else(|| "–".to_owned(), |it| format!("{it:.places$}"))
}

#[cfg(test)]
mod tests {
    use crate::zones::figures::tests::figures;

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

    #[test]
    fn sequences_stand_in_tables_of_their_own_beside_whoever_watched_them() {
        let text = figures().to_markdown();
        for line in [
            "| drawn | ours-still | 3 | 2 (66.7 %) | 2 | 1 | 0 of 12 | 30 |",
            "| sequences | ours-live | 2 | 2 (100.0 %) | 2 | 0 | 0 of 8 | 3.5 | 2.0 / 4.0 / 3.0 |",
            "| sequences: right / accepted / false | sequences | ours-still | ours-live |",
            "| right in no single frame | 1 | 0 / 0 / 0 | 1 / 1 / 0 |",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
