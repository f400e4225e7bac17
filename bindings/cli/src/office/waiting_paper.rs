//! A paper for a report that no server has: lying, in a broken frame, without a code, and crossed by what it is not. It
//! proves what this device recorded and when, nothing more.

use super::paper::{A4_LYING, Page, Paper, PaperFault, Style, ink};
use super::receipt_facts::{Facts, clock};
use super::table::Tone;
use super::words::{Both, Said};

const FRAME: f32 = 24.0;
const MARGIN: f32 = 48.0;
const WIDTH: f32 = A4_LYING.0 - 2.0 * MARGIN;
const LABEL: f32 = 256.0;

/// The file.
pub(crate) fn page(facts: &Facts, both: &Both) -> Result<Vec<u8>, PaperFault> {
    let title = both.say("cli-paper-waiting", &[]);
    let not = both.say("cli-paper-not-received", &[]);
    let mut paper = Paper::new(&format!("{} – {}", title.id, not.id))?;
    paper.page(A4_LYING, |page| {
        page.dashed(FRAME, FRAME, A4_LYING.0 - 2.0 * FRAME, A4_LYING.1 - 2.0 * FRAME, ink::BAD);
        page.panel(FRAME + 6.0, FRAME + 6.0, A4_LYING.0 - 2.0 * FRAME - 12.0, 40.0, ink::BAD);
        page.line_around(A4_LYING.0 / 2.0, FRAME + 32.0, &not.joined(), Style::bold(17.0).ink(ink::WHITE));
        let end = page.line(MARGIN, 104.0, &title.id, Style::plain(22.0));
        page.line(MARGIN + end + 10.0, 104.0, &title.en, Style::grey(12.0));
        let y = fields(page, 140.0, facts, both);
        let y = ops(page, y + 14.0, facts, both);
        words(page, y + 16.0, both);
        foot(page, facts, both);
        page.watermark(
            A4_LYING.0 / 2.0,
            A4_LYING.1 / 2.0 + 10.0,
            -24.0,
            &not.id,
            Style::bold(92.0).ink(ink::BAD),
        );
    })?;
    paper.finish()
}

fn fields(page: &mut Page<'_>, y: f32, facts: &Facts, both: &Both) -> f32 {
    let (captured, by) = facts.captured_said(both);
    let (due, kept) = facts.deadline_said(both);
    let (verdict, reason) = facts.verdict_said(both);
    let attempts = facts.waiting.iter().map(|op| op.attempts).max().unwrap_or(0);
    let maybe = facts.waiting.iter().any(|op| op.maybe_sent);
    let tries = both
        .say(if maybe { "cli-paper-maybe-sent" } else { "cli-paper-tries" }, &[("n", &attempts.to_string())]);
    let mut rows = vec![
        ("cli-paper-number", Said::same(facts.report.to_string()), None),
        ("word-kind", facts.kind(both), None),
        ("cli-paper-unit", Said::same(facts.unit.as_str()), None),
        ("cli-paper-holder", facts.holder_said(both), None),
        ("cli-paper-captured", captured, by.map(|said| (said, Tone::Plain))),
        ("cli-paper-deadline", due, kept),
        ("cli-paper-verdict", verdict, reason.map(|said| (said, Tone::Plain))),
        ("cli-paper-sent", tries, None),
    ];
    if let Some((code, _)) = facts.wrong_said() {
        rows.push(("word-reason", code, None));
    }
    let mut y = y;
    for (label, value, more) in rows {
        page.line(MARGIN, y, &both.say(label, &[]).joined(), Style::grey(9.0));
        let text = match &more {
            Some((said, _)) => format!("{}   ({})", value.joined(), said.joined()),
            None => value.joined(),
        };
        let style = match more {
            Some((_, Tone::Bad)) => Style::plain(11.5).ink(ink::BAD),
            Some((_, Tone::Warn)) => Style::plain(11.5).ink(ink::WARN),
            _ => Style::plain(11.5),
        };
        y = page.lines(MARGIN + LABEL, y, WIDTH - LABEL, &text, style) + 5.5;
    }
    y
}

/// What waits: which bytes, by their digest.
fn ops(page: &mut Page<'_>, y: f32, facts: &Facts, both: &Both) -> f32 {
    /// More would leave no room for the words; the bundle of an outage lists all.
    const MOST: usize = 3;
    page.rule(MARGIN, y - 8.0, WIDTH, 0.6, ink::LINE);
    let mut y = y + 5.0;
    for op in facts.waiting.iter().take(MOST) {
        let at = op.captured.map(|at| facts.instant(both, at).id).unwrap_or_default();
        let trust = op.trust.map(|trust| clock(both, trust).id).unwrap_or_default();
        let kind = both.say(&format!("cli-op-{}", op.kind), &[]).joined();
        let head = format!("{kind}, rev. {} – {at}, {trust}", op.revision.0);
        page.line(MARGIN, y, &head, Style::plain(9.0));
        let ids = format!("op {}   SHA-256 {}", op.op, op.digest);
        page.line(MARGIN, y + 12.0, &ids, Style::grey(8.4));
        y += 28.0;
    }
    y
}

fn words(page: &mut Page<'_>, y: f32, both: &Both) {
    let half = WIDTH / 2.0 - 10.0;
    for (place, (title, sentence)) in
        [("cli-proves", "cli-waiting-proves"), ("cli-proves-not", "cli-waiting-proves-not")]
            .into_iter()
            .enumerate()
    {
        let x = MARGIN + place as f32 * (WIDTH / 2.0 + 10.0);
        let [title, said] = [title, sentence].map(|key| both.say(key, &[]));
        page.line(x, y, &title.joined(), Style::bold(10.0));
        let below = page.lines(x, y + 15.0, half, &said.id, Style::plain(9.6));
        page.lines(x, below, half, &said.en, Style::grey(8.6));
    }
}

fn foot(page: &mut Page<'_>, facts: &Facts, both: &Both) {
    let bottom = A4_LYING.1 - FRAME - 12.0;
    let printed = both.say("cli-paper-printed", &[("time", &facts.instant(both, facts.now).id)]);
    page.line(MARGIN, bottom, &printed.joined(), Style::grey(7.4));
    page.line_to(MARGIN + WIDTH, bottom, &format!("apoa {}", env!("CARGO_PKG_VERSION")), Style::grey(7.4));
}
