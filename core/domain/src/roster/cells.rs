//! What a cell says of a fact. A number is a text that a spreadsheet may have harmed, a date may be a serial number,
//! and whatever is ambiguous is left to a person: no month-first date, no rounded document number is ever guessed.

use jiff::civil::{Date, date};

use super::{Cell, Epoch};
use crate::fields::{Field, Shape};
use crate::permit::permit_kind;

/// Why a cell gives no fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// A document number that a spreadsheet keeps as a number: what was typed is no longer there for certain.
    Mangled,
    /// A formula that failed, or a kind of cell that cannot be this fact.
    Unfit,
}

/// Numbers below are no dates: 1974 is a year, 12 a count. Serial 10,000 is the 18th of May 1927.
const EARLIEST_SERIAL: f64 = 10_000.0;

/// The last day that spreadsheets know, 31 December 9999.
const LAST_SERIAL: f64 = 2_958_465.0;

/// From here on spreadsheets show powers of ten, and digits are lost.
const SCIENTIFIC: f64 = 1e15;

/// The day of a serial number.
pub(super) fn day_of_serial(serial: f64, epoch: Epoch) -> Option<Date> {
    if !(0.0..=LAST_SERIAL).contains(&serial) {
        return None;
    }
    let days = serial.floor() as i64;
    let first = match epoch {
        Epoch::Of1904 => date(1904, 1, 1),
        // Day 60 is a 29 February 1900 that never was.
        Epoch::Of1900 if days > 60 => date(1899, 12, 30),
        Epoch::Of1900 if days == 60 || days == 0 => return None,
        Epoch::Of1900 => date(1899, 12, 31),
    };
    first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The year that somebody typed where the column makes dates of numbers: 1974 became the 27th of May 1905. Nobody who is
/// reported was born then, 121 years and more ago.
fn year_typed(day: Date, epoch: Epoch) -> Option<i32> {
    (1900..2100).find(|year| day_of_serial(f64::from(*year), epoch) == Some(day))
}

/// The text that a cell brings into a draft; `None` where it says nothing.
pub(super) fn read_cell(field: Field, cell: &Cell, epoch: Epoch) -> Result<Option<String>, Unread> {
    match (field.shape(), cell) {
        (_, Cell::Empty) => Ok(None),
        (shape, Cell::Text(text)) => read_text(field, shape, text),
        (Shape::Number, Cell::Number(_)) => Err(Unread::Mangled),
        (Shape::PartialDate, Cell::Number(year)) if (1900.0..2100.0).contains(year) && is_whole(*year) => {
            Ok(Some(shown(cell)))
        }
        (Shape::Date | Shape::PartialDate, Cell::Number(serial)) if *serial >= EARLIEST_SERIAL => {
            day_of_serial(*serial, epoch).map(|day| Some(day.to_string())).ok_or(Unread::Unfit)
        }
        (Shape::PartialDate, Cell::Day(day)) => {
            Ok(Some(year_typed(*day, epoch).map_or_else(|| day.to_string(), |year| year.to_string())))
        }
        (Shape::Date, Cell::Day(day)) => Ok(Some(day.to_string())),
        (_, Cell::Failed)
        | (Shape::Date | Shape::PartialDate | Shape::Number, Cell::Flag(_) | Cell::Number(_))
        | (Shape::Number | Shape::Count, Cell::Day(_)) => Err(Unread::Unfit),
        (Shape::Flag, Cell::Flag(flag)) => Ok(Some(flag.to_string())),
        (_, Cell::Number(_) | Cell::Day(_) | Cell::Flag(_)) => Ok(Some(shown(cell))),
    }
}

fn read_text(field: Field, shape: Shape, text: &str) -> Result<Option<String>, Unread> {
    let text = text.trim();
    // Dashes stand for nothing in lists.
    if text.chars().all(|c| matches!(c, '-' | '–' | '—' | '.' | '*' | '/' | ' ')) {
        return Ok(None);
    }
    match shape {
        Shape::Number if is_scientific(text) => Err(Unread::Mangled),
        Shape::Date | Shape::PartialDate => {
            let text = without_time(text);
            let for_life = matches!(crate::permit::read_date(text), crate::permit::PrintedDate::Absent);
            Ok((!for_life).then(|| text.to_owned()))
        }
        Shape::Word(_) | Shape::WordOrOther(_) | Shape::Flag => Ok(Some(in_contract_words(field, text))),
        Shape::Text
        | Shape::LongText
        | Shape::Instant
        | Shape::Country
        | Shape::Number
        | Shape::Count
        | Shape::Digest => Ok(Some(text.to_owned())),
    }
}

/// `1.2E+46`, also with a comma: what a spreadsheet makes of `12E45`. A number that was typed has no sign in it.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let all = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let signed = power.strip_prefix(['+', '-']).is_some_and(all);
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    signed && all(whole) && all(part)
}

/// Midnight behind a date is how some programs write a date.
fn without_time(text: &str) -> &str {
    let Some((day, time)) = text.split_once([' ', 'T']) else { return text };
    let clock = |c: char| matches!(c, '0' | ':' | '.' | 'Z');
    if time.contains(':') && time.trim().chars().all(clock) { day } else { text }
}

/// Words that people write, `liburan`, in the contract's words. Whatever is not known, and every fact that is no word, stays
/// as written, for the rules to judge.
pub fn in_contract_words(field: Field, text: &str) -> String {
    let plain = text.to_lowercase();
    let plain = plain.trim();
    let known = match field {
        Field::Sex => match plain {
            "lk" | "laki" | "laki - laki" | "cowok" | "male (m)" | "l (laki-laki)" => Some("M"),
            "pr" | "prp" | "female (f)" | "p (perempuan)" => Some("F"),
            _ => None,
        },
        Field::PermitKind => return permit_kind(text).map_or_else(|| text.to_owned(), str::to_owned),
        Field::Purpose => match plain {
            "liburan" | "wisata" | "tourism" | "vacation" | "leisure" => Some("holiday"),
            "bisnis" => Some("business"),
            "keluarga" | "kunjungan keluarga" => Some("family"),
            "kerja" | "bekerja" => Some("work"),
            "belajar" | "studi" => Some("study"),
            "transit" => Some("transit"),
            "berobat" => Some("medical"),
            _ => return other(text),
        },
        Field::Relation => match plain {
            "tuan rumah" => Some("host"),
            "pemilik" | "pemilik rumah" => Some("landlord"),
            "tetangga" | "neighbor" => Some("neighbour"),
            _ => return other(text),
        },
        Field::OfficeInformed | Field::LeftWithoutNotice => match plain {
            "ya" | "yes" | "benar" => Some("true"),
            "tidak" | "no" | "belum" => Some("false"),
            _ => None,
        },
        _ => None,
    };
    known.unwrap_or(text).to_owned()
}

/// `lainnya: TEXT` is the contract's `other:TEXT`. The word alone, as a template offers it, says no more than itself.
fn other(text: &str) -> String {
    let (head, rest) = text.split_once(':').unwrap_or((text, text));
    match head.trim().to_lowercase().as_str() {
        "lainnya" | "lain" | "other" => format!("other:{}", if rest.trim().is_empty() { head } else { rest }),
        _ => text.to_owned(),
    }
}

/// What a person sees in the cell.
pub(super) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) if is_whole(*number) && number.abs() < SCIENTIFIC => format!("{number:.0}"),
        Cell::Number(number) if number.abs() < SCIENTIFIC => number.to_string(),
        Cell::Number(number) => format!("{number:E}").replacen('E', "E+", 1).replacen("E+-", "E-", 1),
        Cell::Day(day) => format!("{:02}-{:02}-{:04}", day.day(), day.month(), day.year()),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Failed => "#".to_owned(),
    }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(field: Field, text: &str) -> Result<Option<String>, Unread> {
        read_cell(field, &Cell::Text(text.to_owned()), Epoch::Of1900)
    }

    fn number(field: Field, number: f64, epoch: Epoch) -> Result<Option<String>, Unread> {
        read_cell(field, &Cell::Number(number), epoch)
    }

    #[test]
    fn serial_numbers_are_days_of_either_epoch() {
        for (serial, epoch, day) in [
            (45_620.0, Epoch::Of1900, Some(date(2024, 11, 24))),
            (45_620.75, Epoch::Of1900, Some(date(2024, 11, 24))),
            (44_158.0, Epoch::Of1904, Some(date(2024, 11, 24))),
            (1.0, Epoch::Of1900, Some(date(1900, 1, 1))),
            (59.0, Epoch::Of1900, Some(date(1900, 2, 28))),
            (60.0, Epoch::Of1900, None),
            (61.0, Epoch::Of1900, Some(date(1900, 3, 1))),
            (0.0, Epoch::Of1900, None),
            (0.0, Epoch::Of1904, Some(date(1904, 1, 1))),
            (-1.0, Epoch::Of1904, None),
            (f64::NAN, Epoch::Of1900, None),
            (f64::INFINITY, Epoch::Of1900, None),
            (2_958_465.0, Epoch::Of1900, Some(date(9999, 12, 31))),
            (2_958_466.0, Epoch::Of1900, None),
        ] {
            assert_eq!(day_of_serial(serial, epoch), day, "{serial}");
        }
    }

    #[test]
    fn a_document_number_that_became_a_number_is_not_believed() {
        assert_eq!(number(Field::PassportNumber, 1.2e46, Epoch::Of1900), Err(Unread::Mangled));
        assert_eq!(number(Field::PermitNumber, 898_902.0, Epoch::Of1900), Err(Unread::Mangled));
        for written in ["1.2E+46", "1,2E+46", "1E+50", "1.23457E-09"] {
            assert_eq!(text(Field::PassportNumber, written), Err(Unread::Mangled), "{written}");
        }
        for whole in ["12E45678", "E1234567", "L898902C3", "1E5", "12-E+4"] {
            assert_eq!(text(Field::PassportNumber, whole), Ok(Some(whole.to_owned())), "{whole}");
        }
        assert_eq!(shown(&Cell::Number(1.2e46)), "1.2E+46");
        assert_eq!(shown(&Cell::Number(12_345.0)), "12345");
    }

    #[test]
    fn a_year_that_a_column_of_dates_made_a_day_of_is_a_year() {
        let born = |day, epoch| read_cell(Field::BirthDate, &Cell::Day(day), epoch).unwrap().unwrap();
        assert_eq!(born(date(1905, 5, 27), Epoch::Of1900), "1974");
        assert_eq!(born(date(1909, 5, 28), Epoch::Of1904), "1974");
        assert_eq!(born(date(1906, 1, 1), Epoch::Of1900), "1906-01-01");
        assert_eq!(born(date(1974, 8, 12), Epoch::Of1900), "1974-08-12");
        let start = read_cell(Field::Start, &Cell::Day(date(1905, 5, 27)), Epoch::Of1900);
        assert_eq!(start, Ok(Some("1905-05-27".to_owned())));
    }

    #[test]
    fn dates_come_as_serials_as_days_and_as_texts_with_the_day_first() {
        assert_eq!(number(Field::Start, 45_620.0, Epoch::Of1900), Ok(Some("2024-11-24".to_owned())));
        assert_eq!(number(Field::Start, 44_158.0, Epoch::Of1904), Ok(Some("2024-11-24".to_owned())));
        assert_eq!(number(Field::Start, 2024.0, Epoch::Of1900), Err(Unread::Unfit));
        assert_eq!(number(Field::BirthDate, 1974.0, Epoch::Of1900), Ok(Some("1974".to_owned())));
        assert_eq!(text(Field::Start, "24/11/2026 00:00"), Ok(Some("24/11/2026".to_owned())));
        assert_eq!(text(Field::Start, "2026-11-24T00:00:00"), Ok(Some("2026-11-24".to_owned())));
        assert_eq!(
            text(Field::Start, "11/24/2026"),
            Ok(Some("11/24/2026".to_owned())),
            "for the rules to refuse"
        );
        assert_eq!(text(Field::PermitExpiry, "seumur hidup"), Ok(None));
    }

    #[test]
    fn words_of_lists_are_the_contracts_words() {
        for (field, written, read) in [
            (Field::Sex, "Lk", "M"),
            (Field::Sex, "Laki - laki", "M"),
            (Field::Sex, "P", "P"),
            (Field::PermitKind, "e-KITAS", "ITAS"),
            (Field::Purpose, "Liburan", "holiday"),
            (Field::Purpose, "lainnya: pernikahan", "other: pernikahan"),
            (Field::Relation, "Tetangga", "neighbour"),
            (Field::OfficeInformed, "Ya", "true"),
            (Field::FullName, " ERIKSSON ANNA MARIA ", "ERIKSSON ANNA MARIA"),
        ] {
            assert_eq!(text(field, written), Ok(Some(read.to_owned())), "{written}");
        }
        for nothing in ["", "-", " -- ", "—", "*"] {
            assert_eq!(text(Field::Niora, nothing), Ok(None), "{nothing}");
        }
    }

    proptest! {
        /// Whatever stands in a cell: an answer, and of a document number never one that the cell does not hold whole.
        #[test]
        fn no_cell_is_guessed(value in any::<f64>(), written in "\\PC{0,40}") {
            for field in Field::ALL {
                let _ = number(*field, value, Epoch::Of1900);
                let read = text(*field, &written);
                if field.shape() == Shape::Number && let Ok(Some(read)) = read {
                    prop_assert_eq!(read, written.trim());
                }
            }
            prop_assert!(number(Field::PassportNumber, value, Epoch::Of1904).is_err());
        }

        /// A serial number and the day it stands for lead to each other, by both ways of counting.
        #[test]
        fn days_and_serials_agree(days in 61_i32..2_958_465) {
            let day = day_of_serial(f64::from(days), Epoch::Of1900).unwrap();
            let since = date(1899, 12, 30).until((jiff::Unit::Day, day)).unwrap().get_days();
            prop_assert_eq!(since, days);
            if days > 1462 {
                prop_assert_eq!(day_of_serial(f64::from(days - 1462), Epoch::Of1904), Some(day));
            }
        }
    }
}
