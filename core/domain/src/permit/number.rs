//! Numbers of documents: how they look when printed, and the normal form in which they are compared and stored.

use core::fmt;

use crate::fields::Field;
use crate::private::Private;

/// Whose number it is. The shapes are configuration (`patterns.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberKind {
    /// Number of the stay permit.
    Permit,
    /// Register number of the permit.
    Register,
    /// Number of the visa.
    Visa,
    /// Registration number of the foreigner.
    Niora,
}

impl NumberKind {
    /// Every kind, in the order in which a bare number is tried.
    pub const ALL: [Self; 4] = [Self::Permit, Self::Register, Self::Visa, Self::Niora];

    /// The field that such a number fills.
    pub fn field(self) -> Field {
        match self {
            Self::Permit => Field::PermitNumber,
            Self::Register => Field::RegisterNumber,
            Self::Visa => Field::VisaNumber,
            Self::Niora => Field::Niora,
        }
    }
}

/// A number whose shape a configured pattern knows.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentNumber(Private<String>);

impl DocumentNumber {
    pub(crate) fn new(printed: &str) -> Self {
        Self(printed.into())
    }

    /// As printed, in upper case: `2C21XX0000-K`.
    pub fn printed(&self) -> &str {
        self.0.reveal()
    }

    /// The contract's form, without separators: `2C21XX0000K`.
    pub fn normal(&self) -> String {
        normal_number(self.printed()).unwrap_or_default()
    }
}

impl fmt::Debug for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentNumber((private))")
    }
}

/// Upper case without space, dot, hyphen, slash. Any other sign is an error to show, not something to clean away.
pub fn normal_number(printed: &str) -> Option<String> {
    let mut normal = String::with_capacity(printed.len());
    for c in printed.chars() {
        match c {
            'A'..='Z' | '0'..='9' => normal.push(c),
            'a'..='z' => normal.push(c.to_ascii_uppercase()),
            ' ' | '.' | '-' | '/' => {}
            _ => return None,
        }
    }
    (!normal.is_empty()).then_some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_go_and_every_other_sign_is_an_error() {
        assert_eq!(normal_number("l8989-02c3").as_deref(), Some("L898902C3"));
        assert_eq!(normal_number(" 2C21 XX.0000/K").as_deref(), Some("2C21XX0000K"));
        for wrong in ["L898902C3!", "Ł1", "A_1", "", " - ", "A<B"] {
            assert_eq!(normal_number(wrong), None, "{wrong}");
        }
    }
}
