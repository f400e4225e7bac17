//! Lists as comma-separated text. A text that a spreadsheet would calculate is kept from it.

use serde::Serialize;

/// Characters with which a spreadsheet begins a formula, or splits a line that it was pasted from (OWASP, CSV injection).
const BEGINS_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The rows under the names of their fields. Rows are flat: each fact is a text, a number or nothing.
pub(crate) fn rows<T: Serialize>(rows: &[T]) -> Result<Vec<u8>, csv::Error> {
    let mut plain = csv::Writer::from_writer(Vec::new());
    for row in rows {
        plain.serialize(row)?;
    }
    let plain = plain.into_inner().map_err(csv::IntoInnerError::into_error)?;
    let mut guarded = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for record in csv::ReaderBuilder::new().has_headers(false).from_reader(plain.as_slice()).into_records() {
        guarded.write_record(record?.iter().map(guard))?;
    }
    Ok(guarded.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// A whole number is no text and stays what it is.
fn guard(field: &str) -> String {
    if field.starts_with(BEGINS_FORMULA) && field.parse::<i64>().is_err() {
        format!("'{field}")
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        days: i64,
        none: Option<&'static str>,
    }

    #[test]
    fn what_a_spreadsheet_would_calculate_stays_text() {
        let of = |name| Row { name, days: -3, none: None };
        let text = rows(&[
            of("=1+1"),
            of("+62 21"),
            of("-A"),
            of("@SUM(A1)"),
            of("\tA"),
            of("\rA"),
            of("A=1, \"B\"\nC"),
        ])
        .unwrap();
        let expected = "name,days,none\n'=1+1,-3,\n'+62 21,-3,\n'-A,-3,\n'@SUM(A1),-3,\n'\tA,-3,\n\"'\rA\",-3,\n\
                        \"A=1, \"\"B\"\"\nC\",-3,\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn no_rows_are_an_empty_file() {
        assert_eq!(rows::<Row>(&[]).unwrap(), b"");
    }
}
