//! The lines of a zone: finding them in a text as they stand, and telling which cells a digit covers.

use ::mrz::{MrzData, MrzError, ParseOptions};

use super::digits;
use super::lost::MIN_LINE_CELLS;
use super::mrz::{Format, Repair, ZoneField, format_of};

/// A misread of more cells than this is no repair, but another zone.
const MAX_REPAIRS: usize = 3;
/// Lines that are searched for misreads: the most a zone has.
const MAX_SEARCHED_LINES: usize = 3;
/// A line of a zone of three (30 cells), with some dirt at its ends.
const MAX_CARD_CELLS: usize = 33;

/// Where things stand in the lines of a format (Doc 9303 parts 4 to 7).
pub(super) struct Lines {
    format: Format,
}

/// A zone read without any change.
pub(super) struct Strict {
    pub(super) lines: Vec<String>,
    pub(super) data: MrzData,
}

impl Lines {
    pub(super) fn of(format: Format) -> Self {
        Self { format }
    }

    /// The cells of the name field.
    pub(super) fn name<'z>(&self, zone: &'z str) -> Option<&'z str> {
        let mut lines = zone.lines();
        match self.format {
            Format::Td1 => lines.nth(2),
            Format::Td2 | Format::Td3 | Format::MrvA | Format::MrvB => {
                lines.next().and_then(|line| line.get(5..))
            }
        }
    }

    /// The parts that check digits cover: what, line, first column, width with the digit.
    pub(super) fn covered_parts(&self) -> impl Iterator<Item = (ZoneField, usize, usize, usize)> + use<> {
        let (number, birth, expiry) = match self.format {
            Format::Td1 => ((0, 5), (1, 0), (1, 8)),
            Format::Td2 | Format::Td3 | Format::MrvA | Format::MrvB => ((1, 0), (1, 13), (1, 21)),
        };
        // Each field is followed by its digit. Optional data are covered where the format has a composite digit.
        let rest: &[(ZoneField, usize, usize, usize)] = match self.format {
            Format::Td3 => &[(ZoneField::PersonalNumber, 1, 28, 15), (ZoneField::Composite, 1, 43, 1)],
            Format::Td2 => &[(ZoneField::PersonalNumber, 1, 28, 7), (ZoneField::Composite, 1, 35, 1)],
            Format::Td1 => &[
                (ZoneField::PersonalNumber, 0, 15, 15),
                (ZoneField::PersonalNumber, 1, 18, 11),
                (ZoneField::Composite, 1, 29, 1),
            ],
            Format::MrvA | Format::MrvB => &[],
        };
        let fixed = [
            (ZoneField::DocumentNumber, number.0, number.1, 10),
            (ZoneField::BirthDate, birth.0, birth.1, 7),
            (ZoneField::ExpiryDate, expiry.0, expiry.1, 7),
        ];
        fixed.into_iter().chain(rest.iter().copied())
    }

    /// The part that a cell belongs to and its place there, if a check digit covers it.
    pub(super) fn covered(&self, line: usize, column: usize) -> Option<(ZoneField, usize)> {
        self.covered_parts().find_map(|(field, at, start, width)| {
            let index = column.checked_sub(start)?;
            (at == line && index < width).then_some((field, index))
        })
    }

    /// The cell of the digit over a part that has one of its own.
    fn digit(&self, field: ZoneField) -> Option<(usize, usize)> {
        let own = matches!(field, ZoneField::DocumentNumber | ZoneField::BirthDate | ZoneField::ExpiryDate);
        let (_, line, start, width) = self.covered_parts().find(|part| own && part.0 == field)?;
        Some((line, start.saturating_add(width).saturating_sub(1)))
    }
}

/// The text with every kind of filler as `<`, in upper case. Each stands for one cell.
pub(super) fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace('≪', "<<");
    text.chars()
        .map(|c| match c {
            '«' | '‹' | '＜' | '〈' => '<',
            '\u{feff}' => ' ',
            _ => c.to_ascii_uppercase(),
        })
        .collect()
}

/// The first zone that stands in the text without any change; a valid one before all others.
pub(super) fn strict(text: &str, options: ParseOptions) -> Option<Strict> {
    let lines: Vec<String> = text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let mut best: Option<(usize, Strict)> = None;
    let mut consider = |candidate: &[String]| {
        let (good, all) = digits::fitting(layout_of(candidate)?, candidate);
        // Of equal ones the first stands; reading a zone costs more than its digits.
        if best.as_ref().is_some_and(|(known, _)| *known >= good && good < all) {
            return None;
        }
        let found = Strict { data: parse(candidate, options)?, lines: candidate.to_vec() };
        if found.data.valid() {
            return Some(found);
        }
        if best.as_ref().is_none_or(|(known, _)| *known < good) {
            best = Some((good, found));
        }
        None
    };
    let windows = (0..lines.len()).flat_map(|start| {
        let lines = &lines;
        [2, 3].into_iter().filter_map(move |count| lines.get(start..start.saturating_add(count)))
    });
    for window in windows {
        if let Some(valid) = consider(window) {
            return Some(valid);
        }
    }
    // One joined line, or lines broken anywhere.
    for joined in lines.iter().cloned().chain([lines.concat()]).filter_map(|line| split(&line)) {
        if let Some(valid) = consider(&joined) {
            return Some(valid);
        }
    }
    best.map(|(_, best)| best)
}

/// The lines worth a search for lost cells: of the width of a zone's line or of a whole zone, nearly all of them cells
/// of a zone, and of those the neighbours with most fillers: three, or two where they are wider than a card's. The search
/// tries many readings of every cell, so that a whole page of hostile lines would take it seconds; of these it tries what
/// a person would.
pub(super) fn worth_searching(text: &str) -> Option<Vec<String>> {
    let lines: Vec<String> = text.lines().flat_map(apart).filter(|line| is_like_a_line(line)).collect();
    let fillers = |line: &String| line.bytes().filter(|b| *b == b'<').count();
    let best = |lines: &'_ [String], most: usize| {
        let count = lines.len().min(most).max(1);
        let found = lines.windows(count).max_by_key(|window| window.iter().map(fillers).sum::<usize>());
        found.map(<[String]>::to_vec)
    };
    let three = best(&lines, MAX_SEARCHED_LINES)?;
    if three.iter().all(|line| line.len() > MAX_CARD_CELLS) { best(&three, 2) } else { Some(three) }
}

/// The lines as a text for the crate's search. One that lacks a cell gets a filler at its end: the crate would try every
/// sign in every place, which takes a hostile page tens of milliseconds and is `lost`'s work.
pub(super) fn padded(lines: &[String]) -> String {
    let line = |line: &String| match line.len() {
        29 | 35 | 43 => format!("{line}<"),
        _ => line.clone(),
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A physical line as the lines it may hold: long parts between white space are lines of their own.
fn apart(line: &str) -> Vec<String> {
    let long: Vec<&str> = line.split_whitespace().filter(|part| part.len() >= MIN_LINE_CELLS).collect();
    if long.len() > 1 { long.into_iter().map(str::to_owned).collect() } else { vec![bare(line)] }
}

fn is_like_a_line(line: &str) -> bool {
    let cells = line.chars().filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '<').count();
    let all = line.chars().count();
    let width = matches!(all, MIN_LINE_CELLS..=48 | 68..=76 | 84..=94);
    // One sign in ten may be dirt.
    width && all.saturating_sub(cells).saturating_mul(10) <= all
}

fn bare(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace()).collect()
}

fn split(line: &str) -> Option<Vec<String>> {
    let width = match line.len() {
        88 => 44,
        72 => 36,
        90 => 30,
        _ => return None,
    };
    let cells: Vec<char> = line.chars().collect();
    (cells.len() == line.len()).then(|| cells.chunks(width).map(|chunk| chunk.iter().collect()).collect())
}

/// The layout that lines of these widths may have.
fn layout_of(lines: &[String]) -> Option<Format> {
    let all = |width: usize| lines.iter().all(|line| line.len() == width);
    let visa = lines.first().is_some_and(|line| line.starts_with('V'));
    match lines.len() {
        2 if all(44) => Some(if visa { Format::MrvA } else { Format::Td3 }),
        2 if all(36) => Some(if visa { Format::MrvB } else { Format::Td2 }),
        3 if all(30) => Some(Format::Td1),
        _ => None,
    }
}

pub(super) fn parse(lines: &[String], options: ParseOptions) -> Option<MrzData> {
    let parsed: Result<MrzData, MrzError> = match (layout_of(lines)?, lines) {
        (Format::MrvA, [one, two]) => mrz::parse_mrv_a_with(one, two, &options),
        (Format::Td3, [one, two]) => mrz::parse_td3_with(one, two, &options),
        (Format::MrvB, [one, two]) => mrz::parse_mrv_b_with(one, two, &options),
        (Format::Td2, [one, two]) => mrz::parse_td2_with(one, two, &options),
        (Format::Td1, [one, two, three]) => mrz::parse_td1_with(one, two, three, &options),
        _ => return None,
    };
    parsed.ok()
}

/// What of a found repair the digits prove: changes of cells that no digit covers are taken back, and the rest must
/// still be valid. None if nothing is proved.
pub(super) fn repaired(
    strict: &Strict,
    found: &MrzData,
    options: ParseOptions,
) -> Option<(MrzData, Vec<Repair>)> {
    let layout = Lines::of(format_of(found.format)?);
    let found_lines: Vec<&str> = found.mrz_lines.lines().collect();
    let same_form = found_lines.len() == strict.lines.len()
        && found_lines.iter().zip(&strict.lines).all(|(a, b)| a.len() == b.len());
    if !same_form {
        return None;
    }
    let mut repairs = Vec::new();
    let mut proved = Vec::new();
    for (at, (new, old)) in found_lines.iter().zip(&strict.lines).enumerate() {
        let mut line = String::with_capacity(new.len());
        for (column, (to, from)) in new.chars().zip(old.chars()).enumerate() {
            match layout.covered(at, column) {
                Some((field, index)) if to != from => {
                    repairs.push(Repair { field, index, from: Some(from), to: Some(to) });
                    line.push(to);
                }
                _ => line.push(from),
            }
        }
        proved.push(line);
    }
    let data = parse(&proved, options).filter(MrzData::valid)?;
    let mut digits = repairs.iter().filter_map(|repair| layout.digit(repair.field));
    if digits.any(|cell| other_digit_fits(&strict.lines, cell, options)) {
        return None;
    }
    (!repairs.is_empty() && repairs.len() <= MAX_REPAIRS).then_some((data, repairs))
}

/// Whether the lines as read are valid if only this digit is five more or less. Then the digit over the part and the
/// one over all prove nothing apart (seven times five is odd), and 3 and 8, 2 and 7, 0 and 5 are alike in print: what
/// was misread is open.
fn other_digit_fits(lines: &[String], (line, column): (usize, usize), options: ParseOptions) -> bool {
    let mut lines = lines.to_vec();
    let Some(text) = lines.get_mut(line) else { return false };
    let Some(digit) = text.get(column..column.saturating_add(1)).and_then(|cell| cell.parse::<u8>().ok())
    else {
        return false;
    };
    let other = digit.wrapping_add(5) % 10;
    text.replace_range(column..column.saturating_add(1), &other.to_string());
    parse(&lines, options).is_some_and(|data| data.valid())
}
