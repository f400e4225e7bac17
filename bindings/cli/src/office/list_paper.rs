//! Lists on paper, lying A4: a head that says whose list it is and when it was true, the table with its head on every
//! page, notes at its end. Indonesian stands first, English below it in grey.

use super::code::Code;
use super::paper::{A4_LYING, Fonts, Page, Paper, PaperFault, Style, ink};
use super::table::{Cell, Table, Tone, Value};
use super::words::Said;

const MARGIN: f32 = 36.0;
const WIDTH: f32 = A4_LYING.0 - 2.0 * MARGIN;
const FOOT: f32 = A4_LYING.1 - 26.0;
/// Nothing of the table below this.
const BOTTOM: f32 = FOOT - 16.0;
const CELL: Style = Style::plain(8.5);
const ID: Style = Style::plain(7.4);
const SMALL: Style = Style::grey(6.8);
const HEAD: Style = Style::bold(7.6);
const GAP: f32 = 8.0;

/// A code beside the list: whose it is, and what it holds.
pub(crate) struct Appended {
    pub(crate) label: String,
    pub(crate) below: String,
    pub(crate) token: String,
}

/// One line of the table, broken to its columns.
struct Broken {
    /// For each column lines in Indonesian with their style, and lines in English where they differ.
    cells: Vec<(Vec<String>, Style, Vec<String>)>,
    height: f32,
}

/// The file. `codes` follow the table on pages of their own, under this title.
pub(crate) fn pages(table: &Table, codes: &[Appended], codes_title: &Said) -> Result<Vec<u8>, PaperFault> {
    let mut paper = Paper::new(&table.title.joined())?;
    let shares: f32 = table.columns.iter().map(|column| column.share).sum();
    let widths: Vec<f32> = table.columns.iter().map(|column| column.share / shares * WIDTH).collect();
    let heads: Vec<Cell> = table.columns.iter().map(|column| Cell::word(column.head.clone())).collect();
    let head = broken(&heads, &widths, table, paper.fonts(), HEAD);
    let rows: Vec<Broken> =
        table.rows.iter().map(|row| broken(row, &widths, table, paper.fonts(), CELL)).collect();
    let first = first_row(table, paper.fonts()) + head.height;
    let batches = batches(&rows, first, MARGIN + 22.0 + head.height, notes_height(table, paper.fonts()));
    let total = batches.len() + codes.chunks(CODES).len();
    let mut begun = 0;
    for (place, count) in batches.iter().enumerate() {
        let rows = rows.get(begun..begun + count).unwrap_or_default();
        paper.page(A4_LYING, |page| {
            let mut y = if place == 0 { title(page, table) } else { running_title(page, &table.title) };
            y = draw_row(page, y, &widths, &head, HEAD, true);
            for row in rows {
                y = draw_row(page, y, &widths, row, CELL, false);
            }
            if place + 1 == batches.len() {
                notes(page, y, table);
            }
            foot(page, place + 1, total);
        })?;
        begun += count;
    }
    for (place, codes) in codes.chunks(CODES).enumerate() {
        paper.page(A4_LYING, |page| {
            code_page(page, codes, codes_title);
            foot(page, batches.len() + place + 1, total);
        })?;
    }
    paper.finish()
}

/// How many rows stand on each page; the last one keeps room for the notes. There is always a page.
fn batches(rows: &[Broken], first: f32, later: f32, notes: f32) -> Vec<usize> {
    let mut batches = vec![0];
    let mut y = first;
    for row in rows {
        if y + row.height > BOTTOM {
            batches.push(0);
            y = later;
        }
        y += row.height;
        if let Some(batch) = batches.last_mut() {
            *batch += 1;
        }
    }
    if y + notes > BOTTOM {
        batches.push(0);
    }
    batches
}

fn broken(cells: &[Cell], widths: &[f32], table: &Table, fonts: &Fonts, style: Style) -> Broken {
    let mut height: f32 = 0.0;
    let mut broken = Vec::new();
    for (cell, width) in cells.iter().zip(widths) {
        if *width <= 0.0 {
            broken.push((Vec::new(), style, Vec::new()));
            continue;
        }
        let style = toned(if matches!(cell.value, Value::Id(_)) { ID } else { style }, cell.tone);
        let said = cell.said(table.zone);
        let id = fonts.wrap(&said.id, style, width - GAP);
        let en = if said.en == said.id { Vec::new() } else { fonts.wrap(&said.en, SMALL, width - GAP) };
        height = height.max(id.len() as f32 * style.leading() + en.len() as f32 * SMALL.leading());
        broken.push((id, style, en));
    }
    Broken { cells: broken, height: height + 8.0 }
}

fn draw_row(page: &mut Page<'_>, y: f32, widths: &[f32], row: &Broken, first: Style, head: bool) -> f32 {
    if head {
        page.panel(MARGIN - 4.0, y, WIDTH + 8.0, row.height, ink::PANEL);
    }
    let mut x = MARGIN;
    for ((id, style, en), width) in row.cells.iter().zip(widths) {
        let mut line = y + 3.0 + first.size;
        for text in id {
            page.line(x, line, text, *style);
            line += style.leading();
        }
        line -= style.leading() - SMALL.leading();
        for text in en {
            page.line(x, line, text, SMALL);
            line += SMALL.leading();
        }
        x += width;
    }
    page.rule(MARGIN - 4.0, y + row.height, WIDTH + 8.0, if head { 0.9 } else { 0.4 }, ink::LINE);
    y + row.height
}

fn toned(style: Style, tone: Tone) -> Style {
    match tone {
        Tone::Plain => style,
        Tone::Good => style.ink(ink::GOOD),
        Tone::Warn => style.ink(ink::WARN),
        Tone::Bad => Style::bold(style.size).ink(ink::BAD),
    }
}

/// Where the table begins on the first page.
fn first_row(table: &Table, fonts: &Fonts) -> f32 {
    let lines = about_blocks(table, fonts).last().map_or(0.0, |(_, line, ..)| *line + 1.0);
    ABOUT + lines * ABOUT_LINE
}

/// Where facts about the list begin, and from one line of them to the next.
const ABOUT: f32 = MARGIN + 54.0;
const ABOUT_LINE: f32 = 32.0;
const LABEL: Style = Style::grey(7.2);
const FACT: Style = Style::bold(9.5);

/// Each fact with its place: how far to the right, and on which line.
fn about_blocks<'a>(table: &'a Table, fonts: &Fonts) -> Vec<(f32, f32, String, &'a Said)> {
    const BETWEEN: f32 = 26.0;
    let (mut x, mut line) = (0.0, 0.0);
    let mut blocks = Vec::new();
    for (label, value) in &table.about {
        let label = label.joined();
        let below = if value.en == value.id { 0.0 } else { fonts.width(&value.en, LABEL) + 6.0 };
        let width = fonts.width(&label, LABEL).max(fonts.width(&value.id, FACT) + below) + BETWEEN;
        if x > 0.0 && x + width - BETWEEN > WIDTH {
            (x, line) = (0.0, line + 1.0);
        }
        blocks.push((x, line, label, value));
        x += width;
    }
    blocks
}

fn title(page: &mut Page<'_>, table: &Table) -> f32 {
    page.line(MARGIN, MARGIN + 18.0, &table.title.id, Style::bold(20.0));
    page.line(MARGIN, MARGIN + 34.0, &table.title.en, Style::grey(11.0));
    for (x, line, label, value) in about_blocks(table, page.fonts()) {
        let y = ABOUT + line * ABOUT_LINE;
        page.line(MARGIN + x, y, &label, LABEL);
        let width = page.line(MARGIN + x, y + 13.0, &value.id, FACT);
        if value.en != value.id {
            page.line(MARGIN + x + width + 6.0, y + 13.0, &value.en, LABEL);
        }
    }
    first_row(table, page.fonts())
}

fn running_title(page: &mut Page<'_>, title: &Said) -> f32 {
    page.line(MARGIN, MARGIN + 10.0, &title.joined(), Style::grey(9.0));
    MARGIN + 22.0
}

fn notes_height(table: &Table, fonts: &Fonts) -> f32 {
    let lines = |note: &Said| fonts.wrap(&note.joined(), SMALL, WIDTH).len();
    table.notes.iter().map(lines).sum::<usize>() as f32 * SMALL.leading() + 14.0
}

fn notes(page: &mut Page<'_>, y: f32, table: &Table) {
    let mut y = y + 16.0;
    for note in &table.notes {
        y = page.lines(MARGIN, y, WIDTH, &note.joined(), SMALL);
    }
}

fn foot(page: &mut Page<'_>, number: usize, total: usize) {
    let text = format!("apoa {}", env!("CARGO_PKG_VERSION"));
    page.line(MARGIN, FOOT, &text, Style::grey(7.5));
    page.line_to(MARGIN + WIDTH, FOOT, &format!("{number} / {total}"), Style::grey(7.5));
}

/// Codes on a page: four beside each other, two rows, each large enough for a phone's camera (5.6 cm).
const CODES: usize = 8;
const CODE_SIDE: f32 = 160.0;

fn code_page(page: &mut Page<'_>, codes: &[Appended], title: &Said) {
    running_title(page, title);
    for (place, appended) in codes.iter().enumerate() {
        let x = MARGIN + (place % 4) as f32 * (WIDTH / 4.0);
        let y = MARGIN + 34.0 + (place / 4) as f32 * 226.0;
        if let Some(code) = Code::of(&appended.token) {
            page.code(x, y, CODE_SIDE, &code);
        }
        let label = page.fonts().fitting(&appended.label, Style::bold(9.0), CODE_SIDE);
        page.line(x + 6.0, y + CODE_SIDE + 12.0, &label, Style::bold(9.0));
        page.lines(x + 6.0, y + CODE_SIDE + 24.0, CODE_SIDE, &appended.below, Style::grey(7.2));
    }
}
