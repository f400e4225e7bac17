//! What a report says, as people say it: days, moments, and the words behind the codes of the contract.

use apoa_core::fields::{Field, Shape};
use apoa_core::roster::Expected;

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
