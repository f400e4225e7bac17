//! What a report says, as people say it: days, moments, and the words behind the codes of the contract; and back.

use apoa_core::fields::{Field, Shape};
use apoa_core::roster::{CellWord, Expected};

use crate::output::Output;

/// A fact of a report in words; what has none stays as it is.
pub(crate) fn said(field: Field, value: &str, out: &Output) -> String {
    match field.shape() {
        Shape::Date | Shape::PartialDate => return out.day(value),
        Shape::Instant => return out.moment(value),
        _ => {}
    }
    if field == Field::Source {
        return out.known_word(&format!("cli-source-{value}")).unwrap_or_else(|| value.to_owned());
    }
    let Expected::Words(words) = Expected::in_column(field) else { return value.to_owned() };
    let (head, text) = value.split_once(':').map_or((value, None), |(head, text)| (head, Some(text)));
    let code = match head {
        "true" => "yes",
        "false" => "no",
        other => other,
    };
    let Some(word) = words.iter().find(|word| word.english == code) else { return value.to_owned() };
    let word = if out.is_indonesian() { word.indonesian } else { word.english };
    text.map_or_else(|| word.to_owned(), |text| format!("{word}: {}", text.trim()))
}

/// The contract's code for a word that a person typed, `liburan` or `lainnya: TEXT`; anything else stays as it is.
pub(crate) fn typed(field: Field, value: &str) -> String {
    let Expected::Words(words) = Expected::in_column(field) else { return value.to_owned() };
    let (head, text) = value.split_once(':').map_or((value, None), |(head, text)| (head, Some(text)));
    let head = head.trim();
    let known =
        |word: &&CellWord| [word.indonesian, word.english].iter().any(|one| one.eq_ignore_ascii_case(head));
    let Some(word) = words.iter().find(known) else { return value.to_owned() };
    let code = match word.english {
        "yes" => "true",
        "no" => "false",
        other => other,
    };
    text.map_or_else(|| code.to_owned(), |text| format!("{code}:{}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_languages_are_the_contracts() {
        for (field, written, code) in [
            (Field::Purpose, "Liburan", "holiday"),
            (Field::Purpose, "holiday", "holiday"),
            (Field::Purpose, "lainnya: pernikahan", "other:pernikahan"),
            (Field::Sex, "P", "F"),
            (Field::Sex, "m", "M"),
            (Field::Relation, "tuan rumah", "host"),
            (Field::OfficeInformed, "ya", "true"),
            (Field::Room, "ya", "ya"),
        ] {
            assert_eq!(typed(field, written), code, "{field} {written}");
        }
    }
}
