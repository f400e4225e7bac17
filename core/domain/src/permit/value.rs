//! One printed value into the normal form of the contract: ISO dates, country codes, plain numbers, one script a word.

use super::date::{PrintedDate, read_date};
use super::patterns::Patterns;
use super::text::{one_script_a_word, tidy};
use super::{Note, normal_number};
use crate::countries::{self, Country};
use crate::fields::{Field, Shape};

/// What a printed value gives.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A value, and what should be said about it.
    Is(String, Option<Note>),
    /// Nothing was meant: empty, dashes, "for life".
    Absent,
    /// It cannot be this field.
    Refused(Note),
}

pub(crate) fn read_value(field: Field, printed: &str, patterns: &Patterns) -> Value {
    let text = tidy(printed);
    if text.chars().all(|c| matches!(c, '-' | '–' | '—' | '.' | '*')) {
        return Value::Absent;
    }
    match field.shape() {
        Shape::PartialDate if is_partial_date(&text) => Value::Is(text, None),
        Shape::Date | Shape::PartialDate => match read_date(&text) {
            PrintedDate::Day(day) => Value::Is(day.to_string(), None),
            PrintedDate::Absent => Value::Absent,
            PrintedDate::Impossible => Value::Refused(Note::DateImpossible),
        },
        Shape::Number => match normal_number(&text) {
            Some(normal) if patterns.knows_number(field, &text) => Value::Is(normal, None),
            Some(normal) => Value::Is(normal, Some(Note::NumberUnusual)),
            None => Value::Refused(Note::ValueRefused),
        },
        Shape::Country => match country(&text, patterns) {
            Some(Country { code, variant }) => {
                Value::Is(code.to_owned(), variant.then_some(Note::NationalityVariant))
            }
            None if one_script_a_word(&text) => Value::Is(text, Some(Note::NationalityUnknown)),
            None => Value::Refused(Note::TextMixedScript),
        },
        Shape::Word(_) => {
            let word = match field {
                Field::Sex => sex(&text),
                Field::PermitKind => permit_kind(&text),
                _ => None,
            };
            word.map_or(Value::Refused(Note::ValueRefused), |word| Value::Is(word.to_owned(), None))
        }
        Shape::Text | Shape::LongText if one_script_a_word(&text) => Value::Is(text, None),
        Shape::Text | Shape::LongText => Value::Refused(Note::TextMixedScript),
        Shape::Instant | Shape::Count | Shape::Flag | Shape::Digest | Shape::WordOrOther(_) => {
            Value::Refused(Note::ValueRefused)
        }
    }
}

/// `YYYY-MM` or `YYYY`, the contract's forms of a partly known birth date.
fn is_partial_date(text: &str) -> bool {
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('-') {
        Some((year, month)) => digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month),
        None => digits(text, 4),
    }
}

/// A country by the deployment's aliases, then by the built-in words and codes.
pub(crate) fn country(printed: &str, patterns: &Patterns) -> Option<Country> {
    match patterns.nationality_alias(printed) {
        Some(code) => Some(Country { code, variant: false }),
        None => countries::find(printed),
    }
}

/// `F`, `M` or `X` for the letters and words of both languages; L and P are laki-laki and perempuan.
pub fn sex(printed: &str) -> Option<&'static str> {
    match printed.trim().to_uppercase().as_str() {
        "F" | "P" | "FEMALE" | "PEREMPUAN" | "WANITA" | "WOMAN" => Some("F"),
        "M" | "L" | "MALE" | "LAKI-LAKI" | "LAKI LAKI" | "PRIA" | "MAN" => Some("M"),
        "X" | "<" | "UNSPECIFIED" | "TIDAK DISEBUTKAN" => Some("X"),
        _ => None,
    }
}

pub(crate) fn permit_kind(printed: &str) -> Option<&'static str> {
    let word = printed.to_uppercase();
    let word = word.strip_prefix("E-").unwrap_or(&word);
    match word {
        "ITK" | "IZIN TINGGAL KUNJUNGAN" | "VISIT STAY PERMIT" => Some("ITK"),
        "ITAS" | "KITAS" | "IZIN TINGGAL TERBATAS" | "LIMITED STAY PERMIT" => Some("ITAS"),
        "ITAP" | "KITAP" | "IZIN TINGGAL TETAP" | "PERMANENT STAY PERMIT" => Some("ITAP"),
        _ => None,
    }
}
