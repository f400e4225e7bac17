//! Lists as spreadsheets: texts as texts, days as days, one header line that stays in sight.

use apoa_core::catalogue::Language;
use apoa_core::report::deadline::Zone;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::table::{Cell, Table, Tone, Value};

/// Widest column, in characters; a receipt's token is longer than anybody reads.
const WIDEST: usize = 48;

/// The workbook: the list, and what is said around it on a second sheet.
pub(crate) fn workbook(table: &Table, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let list = book.add_worksheet();
    list.set_name(name(table.title.pick(language)))?;
    let head = Format::new().set_bold().set_text_wrap().set_background_color(Color::RGB(0x00F3_F5F8));
    for (column, place) in table.columns.iter().zip(0..) {
        list.write_string_with_format(0, place, column.head.pick(language), &head)?;
        let widest = table.rows.iter().filter_map(|row| row.get(usize::from(place)));
        let widest =
            widest.map(|cell| cell.said(table.zone).pick(language).chars().count()).max().unwrap_or(0);
        let width = widest.max(column.head.pick(language).chars().count()).min(WIDEST);
        list.set_column_width(place, width as f64 + 2.0)?;
    }
    for (line, row) in table.rows.iter().zip(1..) {
        for (cell, column) in line.iter().zip(0..) {
            write(list, (row, column), cell, table.zone, language)?;
        }
    }
    list.set_freeze_panes(1, 0)?;
    if let (Some(last), false) = (table.columns.len().checked_sub(1), table.rows.is_empty()) {
        list.autofilter(0, 0, table.rows.len() as u32, last as u16)?;
    }
    let about = book.add_worksheet();
    about.set_name("APOA")?;
    about.set_column_width(0, 28.0)?;
    about.set_column_width(1, 90.0)?;
    about.write_string_with_format(0, 0, table.title.pick(language), &Format::new().set_bold())?;
    let mut row = 1;
    for (label, value) in &table.about {
        about.write_string(row, 0, label.pick(language))?;
        about.write_string(row, 1, value.pick(language))?;
        row += 1;
    }
    for note in &table.notes {
        about.write_string_with_format(row, 1, note.pick(language), &Format::new().set_text_wrap())?;
        row += 1;
    }
    book.save_to_buffer()
}

/// As many words of a title as a sheet's name holds, 31 characters.
fn name(title: &str) -> String {
    const MOST: usize = 31;
    let mut name = String::new();
    for word in title.split(' ') {
        let longer = if name.is_empty() { word.to_owned() } else { format!("{name} {word}") };
        if longer.chars().count() > MOST {
            break;
        }
        name = longer;
    }
    name
}

fn write(
    list: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    zone: Zone,
    language: Language,
) -> Result<(), XlsxError> {
    let plain = match cell.tone {
        Tone::Plain => Format::new(),
        Tone::Good => Format::new().set_font_color(Color::RGB(0x0015_6F4E)),
        Tone::Warn => Format::new().set_font_color(Color::RGB(0x0092_5509)),
        Tone::Bad => Format::new().set_font_color(Color::RGB(0x00A8_1E16)),
    };
    match &cell.value {
        Value::None => {}
        // Always a string, so that a number keeps its zeros and no formula is one.
        Value::Text(text) | Value::Id(text) => {
            list.write_string_with_format(row, column, text, &plain.set_num_format("@"))?;
        }
        Value::Word(said) => {
            list.write_string_with_format(row, column, said.pick(language), &plain)?;
        }
        Value::Number(number) => {
            list.write_number_with_format(row, column, *number as f64, &plain)?;
        }
        Value::Day(day) => {
            let at = ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)?;
            list.write_datetime_with_format(row, column, &at, &plain.set_num_format("dd-mm-yyyy"))?;
        }
        Value::Moment(at) => {
            let (day, hour, minute) = zone.clock(*at);
            let at = ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)?
                .and_hms(hour as u16, minute as u8, 0.0)?;
            list.write_datetime_with_format(row, column, &at, &plain.set_num_format("dd-mm-yyyy hh:mm"))?;
        }
    }
    Ok(())
}
