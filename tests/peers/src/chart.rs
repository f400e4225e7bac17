//! The rate by condition as a dot plot: one SVG file without scripts or fonts of its own, light or dark as its reader.
//!
//! Each condition is a band, each decoder a thin lane in it, so that marks at the same rate stay apart. What can only
//! be read off roughly stands beside in figures: ours, and the best peer by name.

use std::fmt::Write as _;

use crate::decoders::is_ours;
use crate::figures::{ALL, Figures, Row};
use crate::tally::{ANY_PEER, UNREAD};

/// Not drawn: one more mark of ours beside the two that matter.
const LEFT_OUT: &str = "ours-first";

const WIDTH: f64 = 1000.0;
const LEFT: f64 = 176.0;
const PLOT: f64 = 520.0;
/// Above the first band: title, legend, scale.
const TOP: f64 = 104.0;
const BAND: f64 = 34.0;
/// Free space before a group of bands.
const GAP: f64 = 14.0;
/// Lanes lie inside a band, this far from its edges.
const INSET: f64 = 6.0;

/// Colours, once for light and once for dark. A family of decoders shares one.
const STYLE: &str = "\
:root{--ground:#fff;--ink:#1f2328;--muted:#59636e;--line:#d8dee4;--band:#f6f8fa;\
--ours:#0757ba;--zxing:#c2410c;--rxing:#1a7f37;--rqrr:#8250df}\
@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#e6edf3;--muted:#9198a1;--line:#30363d;--band:#161b22;\
--ours:#6cb6ff;--zxing:#f69d50;--rxing:#57ab5a;--rqrr:#c297ff}}\
text{font:12px system-ui,sans-serif;fill:var(--ink)}.muted{fill:var(--muted)}.title{font-size:16px;font-weight:600}\
.strong{font-weight:600}.end{text-anchor:end}.middle{text-anchor:middle}\
.ground{fill:var(--ground)}.band{fill:var(--band)}.line{stroke:var(--line)}.union{stroke:var(--muted);stroke-width:2}\
.ours{fill:var(--ours);stroke:var(--ours)}.zxing{fill:var(--zxing);stroke:var(--zxing)}\
.rxing{fill:var(--rxing);stroke:var(--rxing)}.rqrr{fill:var(--rqrr);stroke:var(--rqrr)}\
circle{stroke-width:1.8}text{stroke:none}circle.open{fill:var(--ground)}";

/// The chart.
pub(crate) fn svg(figures: &Figures) -> String {
    let lanes: Vec<&str> =
        figures.decoders().into_iter().filter(|name| *name != ANY_PEER && *name != LEFT_OUT).collect();
    let bands = bands(figures);
    let height = bands.last().map_or(TOP, |band| band.y + BAND) + 16.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-label=\"QR codes read, by condition and decoder\">\n\
         <style>{STYLE}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n"
    );
    text(&mut out, 16.0, 26.0, "title", "QR codes read, %");
    legend(&mut out, &lanes, figures.decoders().contains(&ANY_PEER));
    for band in &bands {
        if band.nth % 2 == 0 {
            let _ = writeln!(
                out,
                "<rect class=\"band\" x=\"8\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BAND}\"/>",
                band.y,
                WIDTH - 16.0
            );
        }
    }
    scale(&mut out, &bands);
    for band in &bands {
        draw(&mut out, figures, band, &lanes);
    }
    out.push_str("</svg>\n");
    out
}

/// One condition, or a whole set.
struct Band<'a> {
    set: &'a str,
    condition: &'a str,
    nth: usize,
    y: f64,
}

impl Band<'_> {
    fn label(&self) -> &str {
        if self.condition == ALL { self.set } else { self.condition }
    }
}

/// Sets of several conditions with severities by condition, the others whole.
fn bands(figures: &Figures) -> Vec<Band<'_>> {
    let mut bands: Vec<Band<'_>> = Vec::new();
    let mut y = TOP;
    let mut was_detailed = true;
    for set in figures.sets() {
        let detailed = figures.rows.iter().any(|row| row.set == set && row.severity > 0);
        let mut conditions = figures.conditions(set);
        let detailed = detailed && conditions.len() > 2;
        conditions.retain(|condition| detailed || [ALL, UNREAD].contains(condition));
        // The whole first, its parts below.
        conditions.sort_by_key(|condition| *condition != ALL);
        let coded = |condition: &&str| {
            figures.rows.iter().any(|row| row.set == set && row.condition == *condition && row.codes > 0)
        };
        for (nth, condition) in conditions.into_iter().filter(coded).enumerate() {
            if nth == 0 && (detailed || was_detailed) && !bands.is_empty() {
                y += GAP;
            }
            bands.push(Band { set, condition, nth: bands.len(), y });
            y += BAND;
            was_detailed = detailed;
        }
    }
    bands
}

fn x_of(rate: f64) -> f64 {
    LEFT + PLOT * rate / 100.0
}

fn scale(out: &mut String, bands: &[Band<'_>]) {
    let (Some(first), Some(last)) = (bands.first(), bands.last()) else { return };
    for rate in (0..=100).step_by(20) {
        let x = x_of(f64::from(rate));
        let (from, to) = (first.y, last.y + BAND);
        let _ = writeln!(
            out,
            "<line class=\"line\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{from:.1}\" y2=\"{to:.1}\"/>"
        );
        text(out, x, TOP - 8.0, "muted middle", &rate.to_string());
    }
    for (x, class, head) in FIGURES {
        text(out, x, TOP - 8.0, class, head);
    }
}

/// Where the columns of figures stand and what they are.
const FIGURES: [(f64, &str, &str); 3] = [
    (LEFT + PLOT + 80.0, "muted end", "ours live"),
    (LEFT + PLOT + 130.0, "muted end", "still"),
    (LEFT + PLOT + 146.0, "muted", "best single peer"),
];

fn legend(out: &mut String, lanes: &[&str], union: bool) {
    let mut x = 18.0;
    for (nth, name) in lanes.iter().enumerate() {
        mark(out, x, 52.0, name, is_open(lanes, nth));
        text(out, x + 10.0, 56.0, "", name);
        // About the width of the name in a usual font.
        x += 34.0 + 7.0 * name.len() as f64;
    }
    if union {
        let _ = writeln!(out, "<line class=\"union\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"44\" y2=\"60\"/>");
        text(out, x + 8.0, 56.0, "", "all peers together");
    }
}

fn draw(out: &mut String, figures: &Figures, band: &Band<'_>, lanes: &[&str]) {
    let row = |decoder: &str| figures.find(decoder, band.set, band.condition, 0);
    let middle = band.y + BAND / 2.0;
    let baseline = middle + 4.0;
    text(out, LEFT - 14.0, baseline, if band.condition == ALL { "strong end" } else { "end" }, band.label());
    if let Some(rate) = row(ANY_PEER).and_then(Row::rate) {
        let (x, from, to) = (x_of(rate), band.y + 3.0, band.y + BAND - 3.0);
        let _ = writeln!(
            out,
            "<line class=\"union\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{from:.1}\" y2=\"{to:.1}\"/>"
        );
    }
    let step = (BAND - 2.0 * INSET) / (lanes.len().saturating_sub(1)).max(1) as f64;
    // Ours last, so that nothing covers it.
    for (nth, name) in lanes.iter().enumerate().rev() {
        if let Some(rate) = row(name).and_then(Row::rate) {
            mark(out, x_of(rate), band.y + INSET + step * nth as f64, name, is_open(lanes, nth));
        }
    }
    let [live, still, best] = FIGURES.map(|(x, ..)| x);
    for (x, decoder) in [(live, "ours-live"), (still, "ours-still")] {
        if let Some(rate) = row(decoder).and_then(Row::rate) {
            text(out, x, baseline, "strong end", &format!("{rate:.1}"));
        }
    }
    let peers = lanes.iter().filter(|name| !is_ours(name)).filter_map(|name| row(name));
    // Of equals the first.
    let top = peers.rev().max_by_key(|row| row.read);
    if let Some((peer, rate)) = top.and_then(|row| Some((row, row.rate()?))) {
        let label = if peer.read == 0 { "0.0".to_owned() } else { format!("{rate:.1}  {}", peer.decoder) };
        text(out, best, baseline, "", &label);
    }
}

/// The second of a family is drawn open.
fn is_open(lanes: &[&str], nth: usize) -> bool {
    lanes[..nth].iter().any(|before| family(before) == family(lanes[nth]))
}

fn family(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

fn mark(out: &mut String, x: f64, y: f64, name: &str, open: bool) {
    let radius = if is_ours(name) { 5.0 } else { 3.4 };
    let open = if open { " open" } else { "" };
    let family = escape(family(name));
    let _ = writeln!(out, "<circle class=\"{family}{open}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>");
}

fn text(out: &mut String, x: f64, y: f64, class: &str, words: &str) {
    let words = escape(words);
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>");
}

/// Names come from manifests and may hold anything.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests::row;

    #[test]
    fn names_from_manifests_cannot_leave_their_text() {
        assert_eq!(escape("a<b>&\"\u{1}c"), "a&lt;b&gt;&amp;&quot; c");
        let figures = Figures { rows: vec![row("rqrr", "</text><script>", ALL, 1, 2)] };
        let text = svg(&figures);
        assert!(!text.contains("<script") && text.contains("&lt;script&gt;"), "{text}");
    }

    #[test]
    fn a_mark_lies_where_its_rate_says() {
        assert_eq!([0.0, 50.0, 100.0].map(x_of), [LEFT, LEFT + PLOT / 2.0, LEFT + PLOT]);
        let figures = Figures { rows: vec![row("ours-live", "drawn", ALL, 1, 2)] };
        let at = format!("cx=\"{:.1}\"", x_of(50.0));
        assert!(svg(&figures).contains(&at));
    }

    #[test]
    fn sets_with_severities_show_their_conditions_and_others_stand_whole() {
        let mut tilt = row("rqrr", "drawn", "tilt", 1, 4);
        tilt.severity = 1;
        let rows = vec![
            tilt,
            row("rqrr", "drawn", "tilt", 1, 4),
            row("rqrr", "drawn", "noise", 1, 4),
            row("rqrr", "drawn", ALL, 2, 8),
            row("rqrr", "zxing", "qrcode-1", 1, 4),
            row("rqrr", "zxing", ALL, 1, 4),
            row("rqrr", "empty", ALL, 0, 0),
        ];
        let figures = Figures { rows };
        let bands = bands(&figures);
        let labels: Vec<_> = bands.iter().map(Band::label).collect();
        assert_eq!(labels, ["drawn", "tilt", "noise", "zxing"]);
    }

    #[test]
    fn an_empty_table_is_still_a_picture() {
        let text = svg(&Figures::default());
        assert!(text.starts_with("<svg") && text.ends_with("</svg>\n"));
    }
}
