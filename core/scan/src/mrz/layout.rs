//! Where things stand in the five layouts (Doc 9303, parts 4 to 7): what each place may hold, and what each check digit
//! covers.

use super::letters::Place;
use super::reading::{CheckedField, MrzFormat};
use super::zone::MAX_LINES;

/// The longest line of a format.
pub(crate) const MAX_TEXT: usize = 44;

/// The lines of a reading; places that the format does not have hold zeros.
pub(crate) type Text = [[u8; MAX_TEXT]; MAX_LINES];

/// Cells of one line: line, first column, how many.
pub(crate) type Span = (usize, usize, usize);

/// Every layout.
pub(crate) const FORMATS: [MrzFormat; 5] =
    [MrzFormat::Td3, MrzFormat::Td1, MrzFormat::Td2, MrzFormat::MrvA, MrzFormat::MrvB];

/// What a place may hold.
pub(crate) fn place(format: MrzFormat, line: usize, column: usize) -> Place {
    match (format, line) {
        (MrzFormat::Td1, 0) => match column {
            0..=4 => code_and_state(format, column),
            5..=13 => number(column - 5),
            14 => Place::OptionalDigit,
            _ => Place::Free,
        },
        (MrzFormat::Td1, 1) => match column {
            0..=5 => birth(column),
            7 => Place::Sex,
            8..=13 => expiry(column - 8),
            15..=17 => state(column - 15),
            18..=28 => Place::Free,
            _ => Place::Digit,
        },
        (MrzFormat::Td1, _) => Place::Name,
        (_, 0) => match column {
            0..=4 => code_and_state(format, column),
            _ => Place::Name,
        },
        (_, _) => match column {
            0..=8 => number(column),
            9 if format == MrzFormat::Td2 => Place::OptionalDigit,
            10..=12 => state(column - 10),
            13..=18 => birth(column - 13),
            20 => Place::Sex,
            21..=26 => expiry(column - 21),
            9 | 19 | 27 => Place::Digit,
            42 if format == MrzFormat::Td3 => Place::OptionalDigit,
            43 if format == MrzFormat::Td3 => Place::Digit,
            35 if format == MrzFormat::Td2 => Place::Digit,
            _ => Place::Free,
        },
    }
}

fn code_and_state(format: MrzFormat, column: usize) -> Place {
    match (column, format) {
        (0, MrzFormat::Td3) => Place::Passport,
        (0, MrzFormat::MrvA | MrzFormat::MrvB) => Place::Visa,
        (0, _) => Place::Card,
        (1, MrzFormat::Td1 | MrzFormat::Td2) => Place::CardKind,
        (1, _) => Place::Kind,
        _ => state(column - 2),
    }
}

fn state(nth: usize) -> Place {
    if nth == 0 { Place::State } else { Place::StateRest }
}

fn number(nth: usize) -> Place {
    if nth == 0 { Place::Number } else { Place::NumberRest }
}

fn birth(nth: usize) -> Place {
    match nth {
        2 => Place::BirthMonthTens,
        4 => Place::BirthDayTens,
        _ => Place::BirthDigit,
    }
}

fn expiry(nth: usize) -> Place {
    match nth {
        2 => Place::MonthTens,
        4 => Place::DayTens,
        _ => Place::Digit,
    }
}

/// The names.
pub(crate) fn names(format: MrzFormat) -> Span {
    match format {
        MrzFormat::Td1 => (2, 0, 30),
        _ => (0, 5, format.length() - 5),
    }
}

/// The document's number, without its digit.
pub(crate) fn number_span(format: MrzFormat) -> Span {
    if format == MrzFormat::Td1 { (0, 5, 9) } else { (1, 0, 9) }
}

/// Issuing state and nationality.
pub(crate) fn states(format: MrzFormat) -> [(usize, usize); 2] {
    match format {
        MrzFormat::Td1 => [(0, 2), (1, 15)],
        _ => [(0, 2), (1, 10)],
    }
}

/// Optional data, without the digit that a passport has for it.
pub(crate) fn free(format: MrzFormat) -> &'static [Span] {
    match format {
        MrzFormat::Td3 => &[(1, 28, 14)],
        MrzFormat::MrvA => &[(1, 28, 16)],
        MrzFormat::MrvB => &[(1, 28, 8)],
        MrzFormat::Td1 | MrzFormat::Td2 => optional(format),
    }
}

/// Birth and expiry, without their digits.
pub(crate) fn dates(format: MrzFormat) -> [Span; 2] {
    match format {
        MrzFormat::Td1 => [(1, 0, 6), (1, 8, 6)],
        _ => [(1, 13, 6), (1, 21, 6)],
    }
}

/// Fields with a digit of their own, which follows the last cell.
pub(crate) fn fields(format: MrzFormat) -> impl Iterator<Item = (CheckedField, Span)> {
    let [birth, expiry] = dates(format);
    let personal = (format == MrzFormat::Td3).then_some((CheckedField::PersonalNumber, (1, 28, 14)));
    [
        (CheckedField::DocumentNumber, number_span(format)),
        (CheckedField::BirthDate, birth),
        (CheckedField::ExpiryDate, expiry),
    ]
    .into_iter()
    .chain(personal)
}

/// What the digit over all others covers, and its cell (Doc 9303-4 §4.2.2.2, -5 §4.2.4, -6 §4.2.4). Visas have none.
pub(crate) fn composite(format: MrzFormat) -> Option<(&'static [Span], (usize, usize))> {
    match format {
        MrzFormat::Td3 => Some((&[(1, 0, 10), (1, 13, 7), (1, 21, 22)], (1, 43))),
        MrzFormat::Td2 => Some((&[(1, 0, 10), (1, 13, 7), (1, 21, 14)], (1, 35))),
        MrzFormat::Td1 => Some((&[(0, 5, 25), (1, 0, 7), (1, 8, 7), (1, 18, 11)], (1, 29))),
        MrzFormat::MrvA | MrzFormat::MrvB => None,
    }
}

/// Optional data that only the digit over all covers.
pub(crate) fn optional(format: MrzFormat) -> &'static [Span] {
    match format {
        MrzFormat::Td1 => &[(0, 15, 15), (1, 18, 11)],
        MrzFormat::Td2 => &[(1, 28, 7)],
        _ => &[],
    }
}

/// Of a card whose number is longer than its field: the cells where it goes on, and the last of them is its digit
/// (Doc 9303-5 §4.2.2 note j, -6 the same). The digit's own place holds a filler then.
pub(crate) fn overflow(format: MrzFormat, text: &Text) -> Option<Span> {
    let (line, column, width) = *optional(format).first()?;
    let digit = if format == MrzFormat::Td1 { (0, 14) } else { (1, 9) };
    let rest = &text[line][column..column + width];
    let end = rest.iter().position(|c| *c == b'<')?;
    let goes_on = text[digit.0][digit.1] == b'<' && end >= 2 && rest[end - 1].is_ascii_digit();
    goes_on.then_some((line, column, end))
}
