//! An empty list with the columns of a kind of report: texts and dates are columns of texts and dates, so that no
//! spreadsheet harms a number; what is chosen from a list has a list; a second sheet explains each column.

use apoa_core::countries;
use apoa_core::fields::{Field, Shape};
use apoa_core::report::kinds::{Need, ReportKind};
use apoa_core::roster::{self, ROWS_MOST};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, Formula, Workbook,
    Worksheet, XlsxError,
};

use super::roster::{DATE, TEXT};
use super::roster_words::{choices, kind_of};
use crate::output::Output;

/// Columns that every row needs.
const NEEDED: u32 = 0xc6_d9_f1;
/// Columns that are welcome.
const WELCOME: u32 = 0xee_ee_ee;
/// The first day that a spreadsheet can hold.
const FIRST_DAY: (u16, u8, u8) = (1900, 1, 1);

/// Writes a template.
pub(crate) fn write(kind: ReportKind, out: &Output) -> Result<Vec<u8>, XlsxError> {
    // Columns that are needed come first.
    let mut facts = roster::facts(kind);
    facts.sort_by_key(|field| !is_needed(kind, *field) && either(kind, *field).is_none());
    let (lists, countries) = (out.word("cli-template-lists", &[]), countries(out));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(out.word("cli-template-sheet", &[]))?;
    for (column, field) in (0_u16..).zip(&facts) {
        let needed = is_needed(kind, *field) || either(kind, *field).is_some();
        let colour = if needed { NEEDED } else { WELCOME };
        let title = Format::new().set_bold().set_background_color(colour);
        let dated = matches!(field.shape(), Shape::Date | Shape::PartialDate);
        sheet.set_column_format(column, &Format::new().set_num_format(if dated { DATE } else { TEXT }))?;
        sheet.set_column_width(column, 20)?;
        sheet.write_string_with_format(0, column, out.field(*field), &title)?;
        if let Some(rule) = validation(*field, &lists, countries.len(), out)? {
            let last = u32::try_from(ROWS_MOST).unwrap_or(u32::MAX);
            sheet.add_data_validation(1, column, last, column, &rule)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    explain(book.add_worksheet(), kind, &facts, out)?;
    let names = book.add_worksheet();
    names.set_name(&lists)?;
    for (line, name) in (0_u32..).zip(&countries) {
        names.write_string(line, 0, *name)?;
    }
    names.set_hidden(true);
    book.save_to_buffer()
}

fn is_needed(kind: ReportKind, field: Field) -> bool {
    kind.need(field) == Need::Required
}

/// The other column of two of which one is needed (rule V301 of a stay).
pub(crate) fn either(kind: ReportKind, field: Field) -> Option<Field> {
    match (kind, field) {
        (ReportKind::LodgingCheckIn, Field::Nights) => Some(Field::CheckOutPlanned),
        (ReportKind::LodgingCheckIn, Field::CheckOutPlanned) => Some(Field::Nights),
        _ => None,
    }
}

/// The command that takes a filled list of this kind.
pub(crate) fn next(kind: &str, file: &str) -> String {
    // The kind that `import` expects without a word.
    if kind == ReportKind::WorkerStart.as_str() {
        return format!("apoa import {file}");
    }
    format!("apoa import {file} --kind {kind}")
}

/// What a column offers and takes.
fn validation(
    field: Field,
    lists: &str,
    countries: usize,
    out: &Output,
) -> Result<Option<DataValidation>, XlsxError> {
    let listed = choices(field, out);
    let rule = DataValidation::new().set_error_message(kind_of(field, out))?;
    Ok(match field.shape() {
        // Other words may be right where the contract takes any.
        Shape::WordOrOther(_) => {
            Some(rule.allow_list_strings(&listed)?.set_error_style(DataValidationErrorStyle::Warning))
        }
        _ if !listed.is_empty() => Some(rule.allow_list_strings(&listed)?),
        Shape::Country => {
            let range = Formula::new(format!("='{lists}'!$A$1:$A${countries}"));
            Some(rule.allow_list_formula(range).set_error_style(DataValidationErrorStyle::Warning))
        }
        Shape::Date | Shape::PartialDate => {
            let (year, month, day) = FIRST_DAY;
            let first = ExcelDateTime::from_ymd(year, month, day)?;
            let rule = rule.allow_date(DataValidationRule::GreaterThanOrEqualTo(&first));
            // Of some people only the year is known.
            let loose = field.shape() == Shape::PartialDate;
            Some(if loose { rule.set_error_style(DataValidationErrorStyle::Warning) } else { rule })
        }
        _ => None,
    })
}

fn explain(sheet: &mut Worksheet, kind: ReportKind, facts: &[Field], out: &Output) -> Result<(), XlsxError> {
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    sheet.set_name(out.word("cli-template-help", &[]))?;
    for (column, width) in [(0, 28), (1, 24), (2, 60), (3, 28)] {
        sheet.set_column_width(column, width)?;
    }
    sheet.write_string(0, 0, out.word("cli-template-how-1", &[]))?;
    if kind == ReportKind::WorkerStart {
        sheet.write_string(1, 0, out.word("cli-template-how-2", &[]))?;
    }
    let next = format!("{} --check", next(kind.as_str(), "FILE.xlsx"));
    sheet.write_string(2, 0, out.word("cli-template-how-3", &[("a", &next)]))?;
    let titles = ["cli-template-column", "cli-template-needed", "cli-template-holds", "cli-template-example"];
    for (column, key) in (0_u16..).zip(titles) {
        sheet.write_string_with_format(4, column, out.word(key, &[]), &bold)?;
    }
    for (line, field) in (5_u32..).zip(facts) {
        let needed = match either(kind, *field) {
            Some(other) => out.word("cli-template-either", &[("field", &out.field(other))]),
            None if is_needed(kind, *field) => out.word("cli-template-yes", &[]),
            None => out.word("cli-template-no", &[]),
        };
        sheet.write_string(line, 0, out.field(*field))?;
        sheet.write_string_with_format(line, 1, needed, &wrapped)?;
        sheet.write_string_with_format(line, 2, kind_of(*field, out), &wrapped)?;
        sheet.write_string(line, 3, example(*field, out))?;
    }
    Ok(())
}

/// The names of all countries, sorted.
fn countries(out: &Output) -> Vec<&'static str> {
    let indonesian = out.is_indonesian();
    let mut names: Vec<_> = countries::names().map(|(id, en)| if indonesian { id } else { en }).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The specimen person of ICAO Doc 9303, and a job nobody has.
fn example(field: Field, out: &Output) -> &'static str {
    match field {
        Field::FullName => "ERIKSSON ANNA MARIA",
        Field::BirthDate => "12-08-1974",
        Field::BirthPlace => "ZENITH",
        // One of those that the column offers; the specimen's own is no country of the list.
        Field::Nationality | Field::IssuingState if out.is_indonesian() => "Jerman",
        Field::Nationality | Field::IssuingState => "Germany",
        Field::PassportNumber => "L898902C3",
        Field::PassportExpiry
        | Field::PermitExpiry
        | Field::ContractEnd
        | Field::CheckOutPlanned
        | Field::Until => "30-11-2027",
        Field::PermitNumber => "2C21XX0000-K",
        Field::PermitIndex => "E23",
        Field::Position => "Engineer",
        Field::Niora => "AB12345678",
        Field::Start | Field::CheckIn | Field::Since => "24-11-2026",
        Field::Nights => "3",
        Field::WorkAddress | Field::Address => "Jl. Contoh 1",
        Field::Guarantor => "PT Contoh Uji",
        _ => choices(field, out).first().copied().unwrap_or_default(),
    }
}
