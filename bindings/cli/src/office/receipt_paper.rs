//! The receipt on one upright page: what was reported, when, whether in time; the code that proves it; and in plain words
//! what it proves and what it does not. It exists only around a verified receipt.

use apoa_core::report::receipt::VerifiedReceipt;

use super::code::Code;
use super::paper::{A4, Page, Paper, PaperFault, Style, ink};
use super::receipt_facts::Facts;
use super::table::Tone;
use super::words::{Both, Said};

const MARGIN: f32 = 46.0;
const WIDTH: f32 = A4.0 - 2.0 * MARGIN;
/// 6.6 cm: 0.6 mm a module, which our scanner sees at 200 dpi with five pixels each.
const CODE: f32 = 188.0;
const CODE_X: f32 = MARGIN + WIDTH - CODE;
const FIELDS: f32 = WIDTH - CODE - 24.0;

/// What a receipt proves, and what it does not, a sentence each.
const PROVES: [&str; 3] = ["cli-proves-signed", "cli-proves-bytes", "cli-proves-holder"];
const NOT: [&str; 4] =
    ["cli-proves-not-true", "cli-proves-not-who", "cli-proves-not-permit", "cli-proves-not-captured"];

/// The file; `None` where there is no verified receipt to print.
pub(crate) fn page(facts: &Facts, both: &Both) -> Result<Option<Vec<u8>>, PaperFault> {
    let Some(newest) = facts.receipts.first() else { return Ok(None) };
    let title = title(facts, both);
    let mut paper = Paper::new(&format!("{} {}", title.id, facts.report))?;
    paper.page(A4, |page| {
        head(page, facts, both, &title);
        let left = fields(page, 180.0, facts, newest, both);
        let right = code(page, 168.0, newest, both);
        let y = words(page, left.max(right) + 14.0, facts, newest, both);
        foot(page, y, facts, newest, both);
    })?;
    paper.finish().map(Some)
}

/// Only where the deployment says that its receipts are the office's own does the paper bear that name.
pub(crate) fn title(facts: &Facts, both: &Both) -> Said {
    both.say(if facts.official { "cli-paper-official" } else { "cli-paper-receipt" }, &[])
}

fn head(page: &mut Page<'_>, facts: &Facts, both: &Both, title: &Said) {
    page.line(MARGIN, 60.0, &title.id, Style::bold(27.0));
    page.line(MARGIN, 79.0, &title.en, Style::grey(13.0));
    let (state, tone) = facts.state(both);
    let colour = of_tone(tone);
    page.panel(0.0, 0.0, A4.0, 8.0, colour);
    let style = Style::bold(11.5).ink(colour);
    let width = page.fonts().width(&state.id, style).max(page.fonts().width(&state.en, Style::grey(9.0)));
    let x = MARGIN + WIDTH - width;
    page.mark(x - 18.0, 55.0, 10.0, tone != Tone::Bad, colour);
    page.line(x, 54.0, &state.id, style);
    page.line(x, 67.0, &state.en, Style::grey(9.0));
    page.rule(MARGIN, 98.0, WIDTH, 0.8, ink::LINE);
    let number = both.say("cli-paper-number", &[]);
    page.line(MARGIN, 119.0, &number.joined(), Style::grey(8.5));
    page.line(MARGIN, 139.0, &facts.report.to_string(), Style::bold(15.0));
    page.rule(MARGIN, 156.0, WIDTH, 0.8, ink::LINE);
}

fn fields(page: &mut Page<'_>, y: f32, facts: &Facts, newest: &VerifiedReceipt, both: &Both) -> f32 {
    let (captured, clock) = facts.captured_said(both);
    let (due, kept) = facts.deadline_said(both);
    let (verdict, reason) = facts.verdict_said(both);
    let received = facts.received().unwrap_or(newest.issued_at());
    let grey = |said: Option<Said>| said.map(|said| (said, Tone::Plain));
    let mut rows = vec![
        ("word-kind", facts.kind(both), None),
        ("cli-paper-unit", Said::same(facts.unit.as_str()), None),
        ("cli-paper-holder", facts.holder_said(both), None),
        ("cli-paper-captured", captured, grey(clock)),
        ("cli-paper-received", facts.instant(both, received), grey(Some(both.say("cli-clock-server", &[])))),
        ("cli-paper-deadline", due, kept),
        ("cli-paper-verdict", verdict, grey(reason)),
    ];
    if let Some((code, why)) = facts.wrong_said() {
        // So much of a sentence as there is room for.
        let fitting = |text: &str| page.fonts().fitting(text, Style::bold(9.0), 2.0 * FIELDS - 40.0);
        rows.insert(0, ("word-reason", code, why.map(|said| (said.map(fitting), facts.state(both).1))));
    }
    let mut y = y;
    for (label, value, more) in rows {
        y = field(page, y, &both.say(label, &[]), &value, more.as_ref());
    }
    y
}

/// The English stands behind the Indonesian where both fit on a line, else below it.
fn field(page: &mut Page<'_>, y: f32, label: &Said, value: &Said, more: Option<&(Said, Tone)>) -> f32 {
    page.line(MARGIN, y, &label.joined(), Style::grey(8.0));
    let mut y = both_lines(page, y + 14.0, value, Style::bold(11.5), Style::grey(9.0));
    if let Some((said, tone)) = more {
        let style =
            if *tone == Tone::Plain { Style::grey(9.0) } else { Style::bold(9.0).ink(of_tone(*tone)) };
        y = both_lines(page, y - 2.0, said, style, Style::grey(9.0));
    }
    y + 6.0
}

fn both_lines(page: &mut Page<'_>, y: f32, said: &Said, style: Style, below: Style) -> f32 {
    const BETWEEN: f32 = 7.0;
    let width = page.fonts().width(&said.id, style);
    if said.en == said.id || width + BETWEEN + page.fonts().width(&said.en, below) > FIELDS {
        let y = page.lines(MARGIN, y, FIELDS, &said.id, style);
        return if said.en == said.id { y } else { page.lines(MARGIN, y - 2.0, FIELDS, &said.en, below) };
    }
    page.line(MARGIN, y, &said.id, style);
    page.line(MARGIN + width + BETWEEN, y, &said.en, below);
    y + style.leading()
}

fn code(page: &mut Page<'_>, y: f32, newest: &VerifiedReceipt, both: &Both) -> f32 {
    if let Some(code) = Code::of(newest.text()) {
        page.code(CODE_X, y, CODE, &code);
    }
    let caption = both.say("cli-paper-scan", &[]);
    let mut y = y + CODE + 10.0;
    // The quiet zone of the code is inside its box: words align with its modules.
    let (x, most) = (CODE_X + 7.0, CODE - 14.0);
    y = page.lines(x, y, most, &caption.id, Style::plain(8.5));
    y = page.lines(x, y, most, &caption.en, Style::grey(8.0));
    page.lines(x, y + 3.0, most, "apoa receipt verify FILE --passport NO", Style::bold(7.6))
}

fn words(page: &mut Page<'_>, y: f32, facts: &Facts, newest: &VerifiedReceipt, both: &Both) -> f32 {
    const GAP: f32 = 16.0;
    let width = (WIDTH - GAP) / 2.0;
    let at = facts.instant(both, newest.issued_at());
    let revision = newest.about().revision.0.to_string();
    let say = |key: &str| Said {
        id: both.say(key, &[("no", &revision), ("time", &at.id)]).id,
        en: both.say(key, &[("no", &revision), ("time", &at.en)]).en,
    };
    let columns: [(&str, &[&str], bool); 2] =
        [("cli-proves", &PROVES, true), ("cli-proves-not", &NOT, false)];
    let heights = columns.map(|(_, keys, _)| {
        keys.iter().map(|key| sentence_height(page, width, &say(key))).sum::<f32>() + 36.0
    });
    let height = heights[0].max(heights[1]);
    for ((title, keys, good), x) in columns.into_iter().zip([MARGIN, MARGIN + width + GAP]) {
        let colour = if good { ink::GOOD } else { ink::BAD };
        page.panel(x, y, width, height, ink::PANEL);
        page.panel(x, y, width, 2.2, colour);
        let title = both.say(title, &[]);
        let end = page.line(x + 12.0, y + 21.0, &title.id, Style::bold(10.5));
        page.line(x + 12.0 + end + 6.0, y + 21.0, &title.en, Style::grey(8.5));
        let mut line = y + 38.0;
        for key in keys {
            let said = say(key);
            page.mark(x + 16.5, line - 3.2, 4.0, good, colour);
            line = page.lines(x + 27.0, line, width - 39.0, &said.id, SENTENCE);
            line = page.lines(x + 27.0, line, width - 39.0, &said.en, BELOW) + 4.0;
        }
    }
    y + height
}

const SENTENCE: Style = Style::plain(8.6);
const BELOW: Style = Style::grey(7.6);

fn sentence_height(page: &Page<'_>, width: f32, said: &Said) -> f32 {
    let lines =
        |text: &str, style| page.fonts().wrap(text, style, width - 39.0).len() as f32 * style.leading();
    lines(&said.id, SENTENCE) + lines(&said.en, BELOW) + 4.0
}

fn foot(page: &mut Page<'_>, y: f32, facts: &Facts, newest: &VerifiedReceipt, both: &Both) {
    /// Where the second column of them begins, and from one line to the next.
    const HALF: f32 = MARGIN + WIDTH / 2.0 + 8.0;
    const LINE: f32 = 10.6;
    let about = newest.about();
    let small = Style::grey(7.4);
    let digest = (MARGIN, 0_u8, "SHA-256", about.digest.to_string());
    let pairs = [
        (MARGIN, 1, "Op", about.op.to_string()),
        (HALF, 1, "Rev.", format!("{} · {}", about.revision.0, newest.state())),
        (MARGIN, 2, "Unit", about.unit.to_string()),
        (HALF, 2, "Kid", newest.key_id().to_owned()),
    ];
    let mut line = y + 22.0;
    for (x, place, label, value) in core::iter::once(digest).chain(pairs) {
        let y = y + 22.0 + f32::from(place) * LINE;
        page.line(x, y, label, small);
        page.line(x + 44.0, y, &value, small.ink(ink::TEXT));
        line = y + LINE;
    }
    if let Some(more) = facts.waiting.last() {
        let said = both.say("cli-paper-later", &[("no", &more.revision.0.to_string())]);
        page.lines(MARGIN, line + 2.0, WIDTH, &said.joined(), Style::bold(8.0).ink(ink::WARN));
    }
    let bottom = A4.1 - 26.0;
    page.rule(MARGIN, bottom - 12.0, WIDTH, 0.6, ink::LINE);
    let printed = both.say("cli-paper-printed", &[("time", &facts.instant(both, facts.now).id)]);
    page.line(MARGIN, bottom, &printed.joined(), small);
    page.line_to(MARGIN + WIDTH, bottom, &format!("apoa {}", env!("CARGO_PKG_VERSION")), small);
}

fn of_tone(tone: Tone) -> super::paper::Ink {
    match tone {
        Tone::Plain => ink::TEXT,
        Tone::Good => ink::GOOD,
        Tone::Warn => ink::WARN,
        Tone::Bad => ink::BAD,
    }
}
