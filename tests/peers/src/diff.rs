//! What differs between two frozen tables, condition by condition: gains and losses both, since a gain on one
//! condition that loses on another is to be shown as such.

use std::fmt::Write as _;

use crate::decoders::Entry;
use crate::figures::{Figures, Row};

/// Costs nearer than this share are the same: CPU time of one and the same binary varies about as much.
const SAME_COST: f64 = 0.15;

/// Differences below this, in milliseconds, are noise.
const SAME_MS: f64 = 0.05;

/// The lines that differ, each with both figures, then how many do not.
pub(crate) fn difference(old: &Figures, new: &Figures, decoders: &[Entry]) -> String {
    let mut out = String::new();
    let (mut same, mut missing) = (0, 0);
    let compared = |row: &&Row| row.severity == 0 && decoders.iter().any(|entry| entry.name == row.decoder);
    for now in new.rows.iter().filter(compared) {
        match old.find(&now.decoder, &now.set, &now.condition, 0) {
            None => missing += 1,
            Some(before) if before.codes != now.codes || before.frames != now.frames => {
                line(&mut out, before, now, "other frames");
            }
            Some(before) => match change(before, now) {
                Some(what) => line(&mut out, before, now, what),
                None => same += 1,
            },
        }
    }
    let gone = old.rows.iter().filter(compared);
    let gone = gone.filter(|r| new.find(&r.decoder, &r.set, &r.condition, 0).is_none()).count();
    let _ = writeln!(out, "{same} the same, {missing} only in the new table, {gone} only in the old");
    out
}

fn change(before: &Row, now: &Row) -> Option<&'static str> {
    if now.wrong + now.panics > before.wrong + before.panics {
        return Some("LOSS");
    }
    if before.read != now.read {
        return Some(if now.read > before.read { "gain" } else { "LOSS" });
    }
    if now.wrong + now.panics < before.wrong + before.panics {
        return Some("gain");
    }
    let moved = |a: f64, b: f64| (b - a).abs() > SAME_MS && (b - a).abs() > a * SAME_COST;
    let (slower, faster) = (now.mean_ms > before.mean_ms, now.mean_ms < before.mean_ms);
    match moved(before.mean_ms, now.mean_ms) {
        true if slower => Some("slower"),
        true if faster => Some("faster"),
        _ => None,
    }
}

fn line(out: &mut String, before: &Row, now: &Row, what: &str) {
    let share = |row: &Row| row.rate().map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}"));
    let change = match (before.rate(), now.rate()) {
        (Some(a), Some(b)) => format!("{:+.1}", b - a),
        _ => String::new(),
    };
    let _ = writeln!(
        out,
        "{what:<13}{:<12}{:<34}{:>6} -> {:>6} {change:>7} %   wrong {} -> {}   panics {} -> {}   mean {:.2} -> {:.2} ms   p95 {:.2} -> {:.2} ms",
        now.decoder,
        format!("{}/{}", now.set, now.condition),
        share(before),
        share(now),
        before.wrong,
        now.wrong,
        before.panics,
        now.panics,
        before.mean_ms,
        now.mean_ms,
        before.p95_ms,
        now.p95_ms
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decoders::ALL;
    use crate::figures::tests::row;

    fn between(old: &[Row], new: &[Row]) -> String {
        let figures = |rows: &[Row]| Figures { rows: rows.to_vec() };
        // As in use: the tables come from their files.
        let frozen = |rows: &[Row]| Figures::from_tsv(&figures(rows).to_tsv()).unwrap();
        difference(&frozen(old), &frozen(new), &ALL)
    }

    #[test]
    fn gains_and_losses_are_both_shown() {
        let old = [row("ours-live", "drawn", "tilt", 3, 4), row("ours-live", "drawn", "noise", 3, 4)];
        let new = [row("ours-live", "drawn", "tilt", 4, 4), row("ours-live", "drawn", "noise", 2, 4)];
        let text = between(&old, &new);
        assert!(text.contains("gain") && text.contains("+25.0"), "{text}");
        assert!(text.contains("LOSS") && text.contains("-25.0"), "{text}");
    }

    #[test]
    fn a_wrong_read_is_a_loss_whatever_else_was_gained() {
        let old = [row("ours-live", "drawn", "tilt", 3, 4)];
        let mut new = [row("ours-live", "drawn", "tilt", 4, 4)];
        new[0].wrong = 1;
        assert!(between(&old, &new).starts_with("LOSS"));
    }

    #[test]
    fn small_differences_of_cost_are_none() {
        let old = [row("ours-live", "drawn", "tilt", 3, 4)];
        let mut new = old.clone();
        new[0].mean_ms = 1.1;
        assert_eq!(between(&old, &new), "1 the same, 0 only in the new table, 0 only in the old\n");
        new[0].mean_ms = 1.3;
        assert!(between(&old, &new).starts_with("slower"));
    }

    #[test]
    fn rows_of_one_table_alone_are_counted() {
        let old = [row("ours-live", "drawn", "tilt", 3, 4)];
        let new = [row("ours-live", "drawn", "glare", 3, 4)];
        assert_eq!(between(&old, &new), "0 the same, 1 only in the new table, 1 only in the old\n");
    }
}
