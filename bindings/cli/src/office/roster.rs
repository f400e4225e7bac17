//! The workbook that an import gives back: the user's rows and columns, with what is to be mended coloured and
//! commented. A new workbook, so nothing of the first one but its cells is in it. Texts are written as texts: what
//! begins with an equals sign is no formula here.

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::kinds::Need;
use apoa_core::roster::{Cell, CellProblem, Fault, ORIGIN, Roster, RosterRow, Row};
use rust_xlsxwriter::{ExcelDateTime, Format, Note, Workbook, Worksheet, XlsxError};

use super::roster_words::{expected, quoted, said};
use crate::output::Output;

/// Cells to mend.
const WRONG: u32 = 0xff_c7_ce;
/// Cells to look at.
const NOTICED: u32 = 0xff_eb_9c;
/// The header.
const HEADER: u32 = 0xdd_e6_f0;
/// Dates as they are typed.
pub(super) const DATE: &str = "dd-mm-yyyy";
/// What is typed stays a text.
pub(super) const TEXT: &str = "@";
/// Who speaks in the notes.
const AUTHOR: &str = "APOA";
/// Width of a note in pixels: its longest line on two.
const NOTE_WIDTH: u32 = 300;
/// Height of a note in pixels: some eight lines.
const NOTE_HEIGHT: u32 = 150;

/// What is said of a report that is there already.
pub(crate) type Known<'a> = &'a dyn Fn(ReportId) -> String;

/// Writes a list with these rows of it.
pub(crate) fn write(
    list: &Roster,
    rows: &[&RosterRow],
    known: Known<'_>,
    out: &Output,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let name = list.table.sheet.as_deref().filter(|name| is_sheet_name(name));
    sheet.set_name(name.map_or_else(|| out.word("cli-template-sheet", &[]), str::to_owned))?;
    let Some(header) = list.table.rows.get(list.columns.header) else { return book.save_to_buffer() };
    let width =
        rows.iter().filter_map(|row| list.table.rows.get(row.checked.place)).map(|row| row.cells.len());
    let width = width.chain([header.cells.len()]).max().unwrap_or(0);
    let bold = Format::new().set_bold().set_background_color(HEADER);
    // A number of an earlier round is replaced by that of this one.
    let kept = (0..width).filter(|place| list.columns.origin != Some(*place));
    let places: Vec<usize> = kept.collect();
    for (column, place) in (0_u16..).zip(&places) {
        if let Some(cell) = header.cells.get(*place) {
            sheet.write_string_with_format(0, column, cell.shown(), &bold)?;
        }
        sheet.set_column_width(column, 20)?;
    }
    let origin = u16::try_from(places.len()).unwrap_or(u16::MAX);
    sheet.write_string(0, origin, ORIGIN)?;
    sheet.set_column_hidden(origin)?;
    sheet.set_freeze_panes(1, 0)?;
    for (line, row) in (1_u32..).zip(rows) {
        let Some(cells) = list.table.rows.get(row.checked.place) else { continue };
        write_row(sheet, line, (&places, cells), (list, row), &remarks(list, row, known, out))?;
        let number = row.checked.origin.unwrap_or(row.checked.number);
        sheet.write_string(line, origin, number.to_string())?;
    }
    book.save_to_buffer()
}

fn write_row(
    sheet: &mut Worksheet,
    line: u32,
    (places, cells): (&[usize], &Row),
    (list, row): (&Roster, &RosterRow),
    remarks: &[Remark],
) -> Result<(), XlsxError> {
    for (column, place) in (0_u16..).zip(places) {
        let cell = cells.cells.get(*place).unwrap_or(&Cell::Empty);
        let remarks: Vec<&Remark> = remarks.iter().filter(|remark| remark.place == *place).collect();
        let mut format = Format::new().set_num_format(if matches!(cell, Cell::Day(_)) { DATE } else { TEXT });
        if !remarks.is_empty() {
            let wrong = remarks.iter().any(|remark| remark.wrong);
            format = format.set_background_color(if wrong { WRONG } else { NOTICED });
        }
        match (cell, mangled_at(*place, list, row)) {
            (_, Some(field)) if list.kind.need(field) == Need::Required => {
                sheet.write_blank(line, column, &format)?;
            }
            // Without it the row would go in: what is a number stays one, and is refused again.
            (Cell::Number(number), Some(_)) => {
                sheet.write_number_with_format(line, column, *number, &format)?;
            }
            _ => write_cell(sheet, line, column, cell, &format)?,
        }
        if !remarks.is_empty() {
            let texts: Vec<&str> = remarks.iter().map(|remark| remark.text.as_str()).collect();
            let note = Note::new(texts.join("\n\n")).set_author(AUTHOR).add_author_prefix(false);
            sheet.insert_note(line, column, &note.set_width(NOTE_WIDTH).set_height(NOTE_HEIGHT))?;
        }
    }
    Ok(())
}

/// The fact in this column, if a spreadsheet made a number of it. As a text it would look whole, and may not be.
fn mangled_at(place: usize, list: &Roster, row: &RosterRow) -> Option<Field> {
    let mangled = |problem: &&CellProblem| problem.fault == Fault::Mangled;
    let mut fields = row.checked.problems.iter().filter(mangled).filter_map(|problem| problem.field);
    fields.find(|field| list.columns.of.get(field).is_some_and(|column| column.place == place))
}

/// Numbers become texts, so that nothing is rounded a second time; dates stay dates.
fn write_cell(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    cell: &Cell,
    format: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => sheet.write_blank(line, column, format)?,
        Cell::Day(day) => {
            let date = ExcelDateTime::from_ymd(
                u16::try_from(day.year()).unwrap_or_default(),
                u8::try_from(day.month()).unwrap_or_default(),
                u8::try_from(day.day()).unwrap_or_default(),
            );
            match date {
                Ok(date) => sheet.write_datetime_with_format(line, column, &date, format)?,
                // Before spreadsheets count: as a text.
                Err(_) => sheet.write_string_with_format(line, column, cell.shown(), format)?,
            }
        }
        Cell::Flag(flag) => sheet.write_boolean_with_format(line, column, *flag, format)?,
        Cell::Text(_) | Cell::Number(_) | Cell::Failed => {
            sheet.write_string_with_format(line, column, cell.shown(), format)?
        }
    };
    Ok(())
}

/// What is said at a cell.
struct Remark {
    place: usize,
    wrong: bool,
    text: String,
}

/// Found, expected, and what to do, at the column that it is about; where a needed fact has no column, at the name.
fn remarks(list: &Roster, row: &RosterRow, known: Known<'_>, out: &Output) -> Vec<Remark> {
    let place = |field: Field| {
        let own = list.columns.of.get(&field).or_else(|| list.columns.of.values().next());
        own.map_or(0, |column| column.place)
    };
    let mut remarks = Vec::new();
    for problem in &row.checked.problems {
        // What is about the whole row is said at the name.
        let field = problem.field.unwrap_or(Field::FullName);
        let title =
            list.columns.of.get(&field).map_or_else(|| out.field(field), |column| column.title.clone());
        let found = problem.found.reveal();
        let (text, fix) = said(problem, row.checked.number, &title, found, out);
        let mut lines = vec![text];
        let says = |code| problem.code() == Some(code);
        // The sentence of these two says what was found, that of the first what was expected as well.
        if !found.is_empty() && problem.field.is_some() && !says(Code::Cell) && !says(Code::NumberMangled) {
            lines.push(out.word("cli-note-found", &[("a", &quoted(found))]));
        }
        if let Some(expected) = expected(problem, out).filter(|_| !says(Code::Cell)) {
            lines.push(out.word("cli-note-expected", &[("a", &expected)]));
        }
        if mangled_at(place(field), list, row).is_some_and(|field| list.kind.need(field) == Need::Required) {
            lines.push(out.word("cli-note-empty", &[]));
        }
        lines.extend(Some(fix).filter(|fix| !fix.is_empty()));
        lines.extend(problem.code().map(|code| code.to_string()));
        remarks.push(Remark { place: place(field), wrong: !problem.is_notice(), text: lines.join("\n") });
    }
    if let Some(existing) = row.existing {
        let said = known(existing);
        let text = format!("{said}\n{}\n{}", out.word("cli-roster-reported-fix", &[]), Code::Duplicate);
        remarks.push(Remark { place: place(Field::PassportNumber), wrong: true, text });
    }
    remarks
}

/// Names that Excel takes: at most 31 characters, none of its own signs.
fn is_sheet_name(name: &str) -> bool {
    let foreign = |c: char| matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\');
    (1..=31).contains(&name.chars().count())
        && !name.contains(foreign)
        && !name.starts_with('\'')
        && !name.ends_with('\'')
}
