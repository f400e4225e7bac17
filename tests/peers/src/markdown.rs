//! Figures as a fragment of Markdown: a summary, every condition, and what each decoder is.

use std::fmt::Write as _;

use crate::decoders;
use crate::figures::{ALL, Figures, Row};
use crate::tally::ANY_PEER;

/// The fragment, without a heading of its own.
pub(crate) fn fragment(figures: &Figures) -> String {
    let mut out = String::new();
    summary(&mut out, figures);
    for set in coded_sets(figures) {
        conditions(&mut out, figures, set);
    }
    foot(&mut out, figures);
    out
}

fn coded_sets(figures: &Figures) -> Vec<&str> {
    let coded = |set: &&str| figures.rows.iter().any(|row| row.set == *set && row.codes > 0);
    figures.sets().into_iter().filter(coded).collect()
}

/// One line a decoder: rates by set, then what it costs.
fn summary(out: &mut String, figures: &Figures) {
    let coded = coded_sets(figures);
    let empty: Vec<_> = figures.sets().into_iter().filter(|set| !coded.contains(set)).collect();
    let mut head = vec!["decoder".to_owned()];
    head.extend(coded.iter().map(|set| format!("{set}, %")));
    head.extend(["wrong".to_owned(), "panics".to_owned()]);
    head.extend(coded.first().map(|set| format!("{set}, median / p95 ms")));
    head.extend(empty.iter().map(|set| format!("{set}, mean ms")));
    head.push("slowest, ms".to_owned());
    table_head(out, &head);
    for decoder in figures.decoders() {
        let whole = |set: &str| figures.find(decoder, set, ALL, 0);
        // Sets of sets would count twice: rows by condition alone.
        let own =
            || figures.rows.iter().filter(|r| r.decoder == decoder && r.severity == 0 && r.condition != ALL);
        let cost = |text: String| if decoder == ANY_PEER { "–".to_owned() } else { text };
        let mut cells = vec![decoder.to_owned()];
        cells.extend(coded.iter().map(|set| whole(set).map_or_else(|| "–".to_owned(), rate)));
        cells.push(own().map(|row| row.wrong).sum::<u32>().to_string());
        cells.push(own().map(|row| row.panics).sum::<u32>().to_string());
        let first = coded.first().and_then(|set| whole(set));
        cells.extend(first.map(|row| cost(format!("{:.2} / {:.2}", row.median_ms, row.p95_ms))));
        let means = empty.iter().map(|set| whole(set).map_or(0.0, |row| row.mean_ms));
        cells.extend(means.map(|mean| cost(format!("{mean:.2}"))));
        cells.push(cost(format!("{:.1}", own().map(|row| row.max_ms).fold(0.0, f64::max))));
        table_line(out, &cells);
    }
    out.push('\n');
}

/// One line a condition, the best rate in bold.
fn conditions(out: &mut String, figures: &Figures, set: &str) {
    let names: Vec<_> = figures.conditions(set).into_iter().filter(|name| *name != ALL).collect();
    if names.is_empty() {
        return;
    }
    let mut head = vec![format!("{set}, % read"), "codes".to_owned()];
    head.extend(figures.decoders().iter().map(|&decoder| decoder.to_owned()));
    table_head(out, &head);
    for condition in names.into_iter().chain([ALL]) {
        let found = figures.decoders().into_iter().filter_map(|d| figures.find(d, set, condition, 0));
        let rows: Vec<&Row> = found.collect();
        let Some(first) = rows.first().filter(|row| row.codes > 0) else { continue };
        let best = rows.iter().filter(|row| row.decoder != ANY_PEER).map(|row| row.read).max();
        let name = if condition == ALL { "all" } else { condition };
        let mut cells = vec![name.to_owned(), first.codes.to_string()];
        cells.extend(rows.iter().map(|row| {
            let bold = row.decoder != ANY_PEER && Some(row.read) == best && row.read > 0;
            if bold { format!("**{}**", rate(row)) } else { rate(row) }
        }));
        table_line(out, &cells);
    }
    out.push('\n');
}

fn foot(out: &mut String, figures: &Figures) {
    for decoder in figures.decoders() {
        if let Some(entry) = decoders::ALL.iter().find(|entry| entry.name == decoder) {
            let _ = writeln!(out, "- `{decoder}`: {}.", entry.what);
        }
    }
    if figures.decoders().contains(&ANY_PEER) {
        let _ = writeln!(out, "- `{ANY_PEER}`: whether any of the peers read it at all.");
    }
    let _ = writeln!(
        out,
        "\nCPU time of one thread, milliseconds a look; ratios hold on other machines, absolutes do not. Wrong: \
         something was read that the frame does not say. The slowest look is over everything in this table."
    );
}

fn rate(row: &Row) -> String {
    row.rate().map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1}"))
}

/// The first line of a table and the rule under it: names to the left, figures to the right.
pub(crate) fn table_head(out: &mut String, cells: &[String]) {
    table_line(out, cells);
    let rule = std::iter::once("---".to_owned()).chain(cells.iter().skip(1).map(|_| "--:".to_owned()));
    table_line(out, &rule.collect::<Vec<_>>());
}

/// One line of a table.
pub(crate) fn table_line(out: &mut String, cells: &[String]) {
    let _ = writeln!(out, "| {} |", cells.join(" | ").replace('\n', " "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests::row;

    fn figures() -> Figures {
        let mut rows = Vec::new();
        for (decoder, read) in [("ours-live", 4), ("rqrr", 3), (ANY_PEER, 3)] {
            rows.push(row(decoder, "drawn", "tilt", read, 4));
            rows.push(row(decoder, "drawn", ALL, read, 4));
            rows.push(row(decoder, "empty-720p", "desk", 0, 0));
            rows.push(row(decoder, "empty-720p", ALL, 0, 0));
        }
        Figures { rows }
    }

    #[test]
    fn every_table_has_as_many_cells_in_each_line() {
        let text = fragment(&figures());
        for table in text.split("\n\n").filter(|part| part.starts_with('|')) {
            let cells: Vec<_> = table.lines().map(|line| line.matches('|').count()).collect();
            assert!(cells.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
        }
    }

    #[test]
    fn the_best_decoder_is_bold_and_the_union_of_peers_is_no_decoder() {
        let text = fragment(&figures());
        assert!(text.contains("| tilt | 4 | **100.0** | 75.0 | 75.0 |"), "{text}");
        let union = text.lines().find(|line| line.starts_with("| any-peer")).unwrap();
        assert!(union.contains("| – |"), "{union}");
    }
}
