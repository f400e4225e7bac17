//! Names and document numbers as they are shown unless `--show-pii` is given: enough to recognise, too little to copy.

use apoa_core::fields::{Field, Shape};

/// Fixed, so that no length is told.
const DOTS: &str = "•••";

/// Whether personal data are shown whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// Names and numbers masked.
    On,
    /// Everything whole.
    Off,
}

impl Mask {
    /// A field's value as it may be shown.
    pub(crate) fn field(self, field: Field, value: &str) -> String {
        if self == Self::Off {
            return value.to_owned();
        }
        match field {
            Field::FullName | Field::Surname | Field::GivenNames | Field::Guarantor => name(value),
            Field::Email
            | Field::Address
            | Field::Remarks
            | Field::Said
            | Field::Shown
            | Field::Old
            | Field::New
            | Field::NextDestination => number(value),
            other if other.shape() == Shape::Number => number(value),
            _ => value.to_owned(),
        }
    }

    /// A key, a code's text or any other string that may hold a number.
    pub(crate) fn text(self, value: &str) -> String {
        match self {
            Self::On => number(value),
            Self::Off => value.to_owned(),
        }
    }
}

/// The first letter of each part.
fn name(value: &str) -> String {
    let part = |part: &str| part.chars().next().map(|first| format!("{first}{DOTS}"));
    value.split_whitespace().filter_map(part).collect::<Vec<_>>().join(" ")
}

/// The first two and the last two characters; of a short number nothing, since four would be nearly all of it.
fn number(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    match chars.as_slice() {
        [] => String::new(),
        [a, b, middle @ .., y, z] if middle.len() >= 2 => format!("{a}{b}{DOTS}{y}{z}"),
        _ => DOTS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_first_letters_and_numbers_their_ends() {
        assert_eq!(Mask::On.field(Field::FullName, "ERIKSSON ANNA MARIA"), "E••• A••• M•••");
        assert_eq!(Mask::On.field(Field::PassportNumber, "L898902C3"), "L8•••C3");
        assert_eq!(Mask::On.text("AB12"), "•••");
        assert_eq!(Mask::On.text(""), "");
    }

    #[test]
    fn other_facts_stay_and_nothing_is_masked_when_asked_to_show() {
        assert_eq!(Mask::On.field(Field::Nationality, "UTO"), "UTO");
        assert_eq!(Mask::Off.field(Field::FullName, "ERIKSSON ANNA MARIA"), "ERIKSSON ANNA MARIA");
    }
}
