//! Figures as text for a terminal.

use std::fmt::Write as _;

use crate::decoders;
use crate::figures::{ALL, Figures, Row};

/// Width of a decoder's column.
const COLUMN: usize = 15;

/// Width of the first column.
const NAME: usize = 26;

/// Rates by condition, then costs by set.
pub(crate) fn tables(figures: &Figures, severities: bool) -> String {
    let mut out = String::new();
    for set in figures.sets() {
        if figures.rows.iter().any(|row| row.set == set && row.codes > 0) {
            rates(&mut out, figures, set, severities);
        }
    }
    costs(&mut out, figures);
    out
}

/// The decoders and what each is.
pub(crate) fn decoders() -> String {
    decoders::ALL.iter().fold(String::new(), |mut out, entry| {
        let _ = writeln!(out, "{:<16}{}", entry.name, entry.what);
        out
    })
}

fn rates(out: &mut String, figures: &Figures, set: &str, severities: bool) {
    let decoders = figures.decoders();
    let _ = write!(out, "{:<NAME$}{:>7}", format!("{set}, % read"), "codes");
    for decoder in &decoders {
        let _ = write!(out, "{decoder:>COLUMN$}");
    }
    out.push('\n');
    for condition in figures.conditions(set) {
        let strengths = 1..=if severities { u8::MAX } else { 0 };
        for severity in strengths.chain([0]) {
            let rows: Vec<_> = decoders.iter().map(|d| figures.find(d, set, condition, severity)).collect();
            let Some(first) = rows.iter().flatten().next().filter(|row| row.codes > 0) else { continue };
            let _ = write!(out, "  {:<width$}{:>7}", name(first), first.codes, width = NAME - 2);
            for row in rows {
                let _ = write!(out, "{:>COLUMN$}", row.map_or_else(String::new, rate));
            }
            out.push('\n');
        }
    }
    out.push('\n');
}

fn name(row: &Row) -> String {
    match (row.condition.as_str(), row.severity) {
        (ALL, _) => "all".to_owned(),
        (condition, 0) => condition.to_owned(),
        (condition, severity) => format!("{condition} {severity}"),
    }
}

fn rate(row: &Row) -> String {
    row.rate().map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}"))
}

fn costs(out: &mut String, figures: &Figures) {
    let _ = writeln!(
        out,
        "{:<NAME$}{:<16}{:>7}{:>7}{:>7}{:>7}{:>7}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "ms of CPU time a look",
        "",
        "frames",
        "read",
        "wrong",
        "panics",
        "looks",
        "%",
        "median",
        "p95",
        "mean",
        "max"
    );
    for set in figures.sets() {
        for row in figures.rows.iter().filter(|row| row.set == set && row.condition == ALL) {
            let _ = writeln!(
                out,
                "{:<NAME$}{:<16}{:>7}{:>7}{:>7}{:>7}{:>7.1}{:>9}{:>9.2}{:>9.2}{:>9.2}{:>9.2}",
                set,
                row.decoder,
                row.frames,
                row.read,
                row.wrong,
                row.panics,
                row.looks,
                rate(row),
                row.median_ms,
                row.p95_ms,
                row.mean_ms,
                row.max_ms
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests::row;

    #[test]
    fn a_table_shows_rates_for_conditions_and_costs_for_sets() {
        let figures =
            Figures { rows: vec![row("rqrr", "drawn", "tilt", 3, 4), row("rqrr", "drawn", ALL, 3, 4)] };
        let text = tables(&figures, false);
        assert!(text.contains("tilt") && text.contains("75.0") && text.contains("1.00"), "{text}");
    }

    #[test]
    fn sets_without_codes_have_costs_alone() {
        let figures = Figures { rows: vec![row("rqrr", "empty-720p", ALL, 0, 0)] };
        let text = tables(&figures, false);
        assert!(!text.contains("% read") && text.contains("empty-720p"), "{text}");
    }
}
