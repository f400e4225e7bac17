//! Text with a delimiter. Which one is found out by what it makes of the header: a semicolon, a comma or a tab.

use apoa_domain::report::kinds::ReportKind;
use apoa_domain::roster::{self, Cell, HEADER_WITHIN, Row, Table, Titles};

use super::{Found, is_full};

/// In this order: where a header fits none better, Indonesian programs write semicolons.
const DELIMITERS: [u8; 3] = [b';', b',', b'\t'];

/// Reads a text as the table that its header fits best.
pub(super) fn read(text: &str, kind: ReportKind, titles: &Titles) -> Found {
    let known = |delimiter: u8| {
        let head = rows(text, delimiter, HEADER_WITHIN);
        roster::find(&head.table.rows, kind, titles).map_or(0, |columns| columns.of.len())
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| known(*delimiter));
    rows(text, best.unwrap_or(b';'), usize::MAX)
}

/// The first rows that hold something. A row is numbered as spreadsheets number it: a line break inside quotes is no new
/// row, an empty line is one.
fn rows(text: &str, delimiter: u8, most: usize) -> Found {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = csv::StringRecord::new();
    let mut breaks = 0;
    let mut cut = false;
    // A text was read already, so that no record fails.
    while table.rows.len() < most && reader.read_record(&mut record).unwrap_or(false) {
        if is_full(&table) {
            cut = true;
            break;
        }
        breaks += record.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
        // The line that a record ends on. Of its own end a line feed was read, and counted, or only what stands before one.
        let behind = reader.position();
        let read = text.as_bytes().get(..behind.byte() as usize);
        let ended = read.is_some_and(|read| read.ends_with(b"\n"));
        let number = (behind.line() - u64::from(ended)).saturating_sub(breaks) as u32;
        let cells: Vec<Cell> = record.iter().map(cell).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            table.rows.push(Row { number, hidden: false, cells });
        }
    }
    Found { table, cut }
}

fn cell(field: &str) -> Cell {
    // Some programs write `="0123"` so that spreadsheets keep a text.
    let plain = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(field);
    if plain.trim().is_empty() { Cell::Empty } else { Cell::Text(plain.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<(u32, String)> {
        let found = rows(text, b';', usize::MAX);
        found.table.rows.iter().map(|row| (row.number, row.cells[0].shown())).collect()
    }

    #[test]
    fn rows_are_numbered_as_spreadsheets_number_them() {
        let first =
            |rows: &[(u32, &str)]| rows.iter().map(|(n, text)| (*n, (*text).to_owned())).collect::<Vec<_>>();
        assert_eq!(numbers("a;1\nb;2\n"), first(&[(1, "a"), (2, "b")]));
        assert_eq!(numbers("a;1\r\n\r\nb;2\r\n;;\r\nc;3"), first(&[(1, "a"), (3, "b"), (5, "c")]));
        assert_eq!(numbers("\"a\nb\";1\nc;2\n"), first(&[(1, "a\nb"), (2, "c")]));
        assert_eq!(numbers("a;1\n\nb;2"), first(&[(1, "a"), (3, "b")]));
        assert_eq!(numbers(""), []);
    }

    #[test]
    fn the_delimiter_is_what_the_header_fits() {
        for delimiter in [";", ",", "\t"] {
            let header = ["Nama", "No. Paspor", "Alamat, kerja; lokasi"].map(|title| format!("\"{title}\""));
            let text = format!("Daftar, pekerja; semua\n{}\nERIKSSON{delimiter}X1\n", header.join(delimiter));
            let found = read(&text, ReportKind::WorkerStart, &Titles::new());
            assert_eq!(found.table.rows[2].cells.len(), 2, "{delimiter:?}");
        }
    }

    #[test]
    fn a_text_that_was_kept_from_a_spreadsheet_is_a_text() {
        assert_eq!(numbers("\"=\"\"0123\"\"\";x\n"), [(1, "0123".to_owned())]);
    }
}
