//! Workbooks, by calamine. It holds what it reads in memory as large as the file says, and may panic on what nobody
//! writes: `package.rs` and `binary.rs` look at the file first, and a panic is a damaged file.

use core::ops::ControlFlow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use apoa_domain::roster::{Cell, Date, Epoch, Row, Table};
use calamine::{
    Data, DataType, Ods, OdsError, Range, Reader as _, SheetVisible, Xls, XlsError, Xlsx, XlsxError,
};

use super::{COLUMNS_MOST, Format, Found, RosterError, Unreadable, binary, is_full, package};

/// Sheets looked at for the list.
const SHEETS_MOST: usize = 64;

/// Longest text taken from a cell, in characters: more than any fact, few enough for ten thousand rows.
const CELL_CHARS: usize = 2000;

/// Beginning of the files that are archives.
const ZIP: &[u8] = b"PK";

/// Beginning of the compound files of old office programs, which also wrap locked new ones.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Which workbook this is, by its content; its name says nothing. None if it is no workbook.
pub(super) fn format_of(bytes: &[u8]) -> Result<Option<Format>, RosterError> {
    if bytes.starts_with(ZIP) {
        package::format_of(bytes).map(Some)
    } else if bytes.starts_with(COMPOUND) {
        Ok(Some(Format::Xls))
    } else {
        Ok(None)
    }
}

/// Offers the sheets of a workbook that are shown, until one is taken.
pub(super) fn read(
    bytes: &[u8],
    format: Format,
    mut offer: impl FnMut(Found) -> ControlFlow<()>,
) -> Result<(), RosterError> {
    let reading = || match format {
        Format::Xlsx => xlsx(bytes, &mut offer),
        Format::Ods => ods(bytes, &mut offer),
        Format::Xls => xls(bytes, &mut offer),
        Format::Csv => Err(Unreadable::Unknown.into()),
    };
    // What was offered stays as it is: a table is whole before it is.
    catch_unwind(AssertUnwindSafe(reading)).unwrap_or_else(|_| Err(Unreadable::Damaged.into()))
}

fn xlsx(bytes: &[u8], offer: &mut impl FnMut(Found) -> ControlFlow<()>) -> Result<(), RosterError> {
    let mut hidden = package::hidden_in_xlsx(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| of_xlsx(&error))?;
    let epoch = if book.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
    for name in shown(book.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible))) {
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet of charts or dialogues.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(of_xlsx(&error)),
        };
        let mut sheet = Sheet::new(name.clone(), epoch, hidden.remove(&name).unwrap_or_default());
        while let Some(cell) = cells.next_cell().map_err(|error| of_xlsx(&error))? {
            if sheet.put(cell.get_position(), || of_value(cell.get_value(), epoch)).is_break() {
                break;
            }
        }
        if offer(sheet.found()).is_break() {
            break;
        }
    }
    Ok(())
}

fn ods(bytes: &[u8], offer: &mut impl FnMut(Found) -> ControlFlow<()>) -> Result<(), RosterError> {
    let mut hidden = package::hidden_in_ods(bytes)?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => Unreadable::Locked,
        _ => Unreadable::Damaged,
    })?;
    for name in shown(book.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible))) {
        let range = book.worksheet_range(&name).map_err(|_| Unreadable::Damaged)?;
        let hidden = hidden.remove(&name).unwrap_or_default();
        if offer(in_range(name, Epoch::Of1900, &range, hidden)).is_break() {
            break;
        }
    }
    Ok(())
}

fn xls(bytes: &[u8], offer: &mut impl FnMut(Found) -> ControlFlow<()>) -> Result<(), RosterError> {
    let hidden = binary::look(bytes)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => Unreadable::Locked,
        _ => Unreadable::Damaged,
    })?;
    let epoch = if book.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
    let mut hidden: BTreeMap<String, BTreeSet<u32>> = book.sheet_names().into_iter().zip(hidden).collect();
    for name in shown(book.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible))) {
        let range = book.worksheet_range(&name).map_err(|_| Unreadable::Damaged)?;
        let hidden = hidden.remove(&name).unwrap_or_default();
        if offer(in_range(name, epoch, &range, hidden)).is_break() {
            break;
        }
    }
    Ok(())
}

fn of_xlsx(error: &XlsxError) -> RosterError {
    match error {
        XlsxError::Password => Unreadable::Locked.into(),
        _ => Unreadable::Damaged.into(),
    }
}

/// The sheets that are shown: nobody means a list that nobody sees. All of them only where all are hidden.
fn shown(sheets: impl Iterator<Item = (String, SheetVisible)>) -> Vec<String> {
    let mut sheets: Vec<_> = sheets.take(SHEETS_MOST).collect();
    if sheets.iter().any(|(_, visible)| *visible == SheetVisible::Visible) {
        sheets.retain(|(_, visible)| *visible == SheetVisible::Visible);
    }
    sheets.into_iter().map(|(name, _)| name).collect()
}

fn in_range(name: String, epoch: Epoch, range: &Range<Data>, hidden: BTreeSet<u32>) -> Found {
    let mut sheet = Sheet::new(name, epoch, hidden);
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let place = (top + row as u32, left + column as u32);
        if sheet.put(place, || of_value(value, epoch)).is_break() {
            break;
        }
    }
    sheet.found()
}

/// A sheet that is being filled, cell by cell.
struct Sheet {
    name: String,
    epoch: Epoch,
    hidden: BTreeSet<u32>,
    rows: BTreeMap<u32, Vec<Cell>>,
    cut: bool,
}

impl Sheet {
    fn new(name: String, epoch: Epoch, hidden: BTreeSet<u32>) -> Self {
        Self { name, epoch, hidden, rows: BTreeMap::new(), cut: false }
    }

    fn put(&mut self, (row, column): (u32, u32), cell: impl FnOnce() -> Cell) -> ControlFlow<()> {
        let column = column as usize;
        if column >= COLUMNS_MOST {
            return ControlFlow::Continue(());
        }
        let cell = cell();
        if cell.is_empty() {
            return ControlFlow::Continue(());
        }
        let most = super::ROWS_MOST + apoa_domain::roster::HEADER_WITHIN;
        if self.rows.len() >= most && !self.rows.contains_key(&row) {
            self.cut = true;
            return ControlFlow::Break(());
        }
        let cells = self.rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
        ControlFlow::Continue(())
    }

    fn found(self) -> Found {
        let hidden = self.hidden;
        let row =
            |(row, cells): (u32, Vec<Cell>)| Row { number: row + 1, hidden: hidden.contains(&row), cells };
        let rows = self.rows.into_iter().map(row).collect();
        let table = Table { sheet: Some(self.name), epoch: self.epoch, rows };
        debug_assert!(!self.cut || is_full(&table), "only a full table is cut");
        Found { table, cut: self.cut }
    }
}

fn of_value(value: &impl DataType, epoch: Epoch) -> Cell {
    if let Some(text) = value.get_string().or(value.get_duration_iso()) {
        return of_text(text);
    }
    if let Some(at) = value.get_datetime_iso() {
        let day = at.get(..10).and_then(|day| day.parse::<Date>().ok());
        return day.map_or_else(|| of_text(at), Cell::Day);
    }
    if let Some(at) = value.get_datetime() {
        let serial = at.as_f64();
        return match epoch.day(serial) {
            // A time of day or a span of time is no day.
            _ if at.is_duration() || serial < 1.0 => Cell::Number(serial),
            Some(day) => Cell::Day(day),
            None => Cell::Failed,
        };
    }
    let number = value.get_float().or(value.get_int().map(|number| number as f64));
    match (number, value.get_bool(), value.get_error()) {
        (Some(number), ..) => Cell::Number(number),
        (None, Some(flag), _) => Cell::Flag(flag),
        (None, None, Some(_)) => Cell::Failed,
        (None, None, None) => Cell::Empty,
    }
}

fn of_text(text: &str) -> Cell {
    match text.char_indices().nth(CELL_CHARS) {
        Some((end, _)) => Cell::Text(text[..end].to_owned()),
        None => Cell::Text(text.to_owned()),
    }
}
