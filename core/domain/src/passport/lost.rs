//! A line that lacks one cell: where it stood and what it was, if the check digits leave one answer. Of some 1,600
//! readings of a line only those whose digits fit are parsed.
//!
//! Invariant: a cell is put back only where every check digit of the zone fits and no other reading fits as well.

use ::mrz::{Date, MrzData, ParseOptions};

use super::digits;
use super::lines::{Lines, parse};
use super::mrz::Format;

/// A name line that lost its fillers still has these many cells.
pub(super) const MIN_LINE_CELLS: usize = 20;
/// Every sign a cell may hold.
const CELLS: &[u8; 37] = b"<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The zone in neighbouring lines of which one lacks one cell. `None` if there is none, or if more than one answer fits.
pub(super) fn restored(lines: &[String], options: ParseOptions) -> Option<MrzData> {
    let pairs = lines.windows(2).flat_map(|pair| {
        let visa = pair.first().is_some_and(|line| line.starts_with('V'));
        let formats = if visa { [Format::MrvA, Format::MrvB] } else { [Format::Td3, Format::Td2] };
        formats.map(|format| (format, pair))
    });
    let triples = lines.windows(3).map(|three| (Format::Td1, three));
    pairs.chain(triples).find_map(|(format, lines)| of_format(format, lines, options))
}

/// Width of a line, and the line of the name, which no digit covers.
fn measures(format: Format) -> (usize, usize) {
    match format {
        Format::Td3 | Format::MrvA => (44, 0),
        Format::Td2 | Format::MrvB => (36, 0),
        Format::Td1 => (30, 2),
    }
}

fn of_format(format: Format, lines: &[String], options: ParseOptions) -> Option<MrzData> {
    let (width, name_line) = measures(format);
    let mut whole = Vec::with_capacity(lines.len());
    let mut narrow = None;
    for (at, line) in lines.iter().enumerate() {
        let cells = line.len();
        if !line.bytes().all(|cell| CELLS.contains(&cell)) {
            return None;
        }
        if at == name_line && (MIN_LINE_CELLS..=width).contains(&cells) {
            // What a name lost at its end were fillers; what it lost elsewhere nothing can tell.
            whole.push(format!("{line:<<width$}").into_bytes());
        } else if cells == width {
            whole.push(line.clone().into_bytes());
        } else if cells.checked_add(1) == Some(width) && narrow.is_none() {
            narrow = Some(at);
            whole.push(line.clone().into_bytes());
        } else {
            return None;
        }
    }
    let narrow = narrow?;
    let short = whole.get(narrow)?.clone();
    let mut search = Search { format, width, narrow, lines: whole, options };
    search.lost_filler(&short).or_else(|| search.lost_sign(&short))
}

struct Search {
    format: Format,
    width: usize,
    narrow: usize,
    /// As bytes; the narrow one with the sign that is tried.
    lines: Vec<Vec<u8>>,
    options: ParseOptions,
}

impl Search {
    /// One of a row of fillers, by far the likeliest cell to get lost. The digits alone could not tell it from signs of
    /// the same value between the fillers.
    fn lost_filler(&mut self, short: &[u8]) -> Option<MrzData> {
        let is_filler = |column: Option<usize>| column.and_then(|at| short.get(at)) == Some(&b'<');
        let begins_row = |column: &usize| {
            is_filler(Some(*column)) && is_filler(column.checked_add(1)) && !is_filler(column.checked_sub(1))
        };
        let mut answer = None;
        for column in (0..self.width).filter(begins_row) {
            let Some(found) = self.with(short, column, b'<') else { continue };
            if answer.is_some() {
                return None;
            }
            answer = Some(found);
        }
        answer
    }

    /// Any sign in any place, if only one answer fits.
    fn lost_sign(&mut self, short: &[u8]) -> Option<MrzData> {
        let mut answer: Option<MrzData> = None;
        for column in 0..self.width {
            let covered = Lines::of(self.format).covered(self.narrow, column).is_some();
            for cell in CELLS {
                let found = self.with(short, column, *cell);
                if found.is_some() && !covered {
                    // Any other sign would fit here as well.
                    return None;
                }
                if let Some(found) = found {
                    if answer.as_ref().is_some_and(|known| !same(known, &found)) {
                        return None;
                    }
                    answer.get_or_insert(found);
                }
                if !covered {
                    break;
                }
            }
        }
        answer
    }

    /// The zone with this sign put into the short line, if all digits fit.
    fn with(&mut self, short: &[u8], column: usize, cell: u8) -> Option<MrzData> {
        let mut line = short.to_vec();
        line.insert(column.min(short.len()), cell);
        *self.lines.get_mut(self.narrow)? = line;
        if digits::all_fit(self.format, &self.lines) { self.parsed() } else { None }
    }

    fn parsed(&self) -> Option<MrzData> {
        let lines: Option<Vec<String>> =
            self.lines.iter().map(|line| String::from_utf8(line.clone()).ok()).collect();
        let found = parse(&lines?, self.options)?;
        // Digits alone leave days that are in no calendar.
        let dates = found.validity(Date::new(2000, 1, 1)).dates_well_formed;
        (found.valid() && dates).then_some(found)
    }
}

/// Whether two readings say the same; a filler put back beside a filler gives the same lines from several places.
fn same(one: &MrzData, other: &MrzData) -> bool {
    let said = |data: &MrzData| {
        let mut data = data.clone();
        data.mrz_lines.clear();
        data
    };
    one.mrz_lines == other.mrz_lines || said(one) == said(other)
}
