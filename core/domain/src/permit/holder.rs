//! The holder's data as a code states them, in normal forms; and how they are gathered value by value.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use super::Note;
use super::date::{PrintedDate, read_date};
use super::patterns::{Label, Patterns};
use super::text::{MAX_FIELD_CHARS, is_hidden};
use super::value::{Value, read_value};
use crate::fields::Field;
use crate::private::Private;

/// Facts by field code. Values have the normal forms of the contract; an unknown country stays as printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Holder {
    fields: BTreeMap<Field, Private<String>>,
    complete: bool,
}

impl Holder {
    /// What a record of the office's register says, by field code. Its values pass the same rules as a code's: one
    /// with hidden characters, too long or of no sense is left out.
    pub fn from_record<'v>(values: impl IntoIterator<Item = (Field, &'v str)>, patterns: &Patterns) -> Self {
        let mut gathered = Gathered::new(patterns);
        for (field, value) in values {
            if gathered.put(Label::Field(field), value).is_err() {
                gathered.incomplete();
            }
        }
        gathered.holder
    }

    /// One value.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields.get(&field).map(|value| value.reveal().as_str())
    }

    /// All values, in the order of the contract.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.fields.iter().map(|(field, value)| (*field, value.reveal().as_str()))
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether everything in the code was understood.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    pub(crate) fn set(&mut self, field: Field, value: String) {
        self.fields.insert(field, Private::new(value));
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holder")
            .field("fields", &self.fields.keys())
            .field("complete", &self.complete)
            .finish()
    }
}

/// Why a text that names fields is no holder's data after all.
pub(crate) enum Fault {
    /// A value holds hidden characters, perhaps behind an escape of JSON.
    Hidden,
    /// A value is longer than the contract allows.
    TooLong,
}

/// Holder data in the making.
pub(crate) struct Gathered<'p> {
    patterns: &'p Patterns,
    holder: Holder,
    pub(crate) notes: BTreeSet<Note>,
}

impl<'p> Gathered<'p> {
    pub(crate) fn new(patterns: &'p Patterns) -> Self {
        Self { patterns, holder: Holder { complete: true, ..Holder::default() }, notes: BTreeSet::new() }
    }

    /// Something in the code was not understood.
    pub(crate) fn incomplete(&mut self) {
        self.holder.complete = false;
    }

    pub(crate) fn put(&mut self, label: Label, printed: &str) -> Result<(), Fault> {
        if printed.chars().any(is_hidden) {
            return Err(Fault::Hidden);
        }
        if printed.trim().chars().count() > MAX_FIELD_CHARS {
            return Err(Fault::TooLong);
        }
        match label {
            Label::Field(field) => self.put_field(field, printed),
            Label::Birth => {
                let (place, date) = split_birth(printed);
                self.put_field(Field::BirthPlace, place);
                self.put_field(Field::BirthDate, date);
            }
        }
        Ok(())
    }

    fn put_field(&mut self, field: Field, printed: &str) {
        match read_value(field, printed, self.patterns) {
            Value::Is(value, note) => {
                self.notes.extend(note);
                // A second value for one fact: the first stays, and the code does not count as understood.
                if self.holder.get(field).is_some_and(|first| first != value) {
                    self.incomplete();
                } else {
                    self.holder.set(field, value);
                }
            }
            Value::Absent => {}
            Value::Refused(note) => {
                self.notes.insert(note);
                self.incomplete();
            }
        }
    }

    /// The data, unless there are none.
    pub(crate) fn finish(self) -> Option<(Holder, BTreeSet<Note>)> {
        (!self.holder.is_empty()).then_some((self.holder, self.notes))
    }
}

/// `UTOPIA / 12-08-1974` is printed under one label. The date may hold slashes itself, the place a comma.
fn split_birth(printed: &str) -> (&str, &str) {
    let cuts = printed.char_indices().filter(|(_, c)| matches!(c, '/' | ','));
    for (at, sign) in cuts {
        let place = printed.get(..at).unwrap_or_default();
        let date = printed.get(at.saturating_add(sign.len_utf8())..).unwrap_or_default();
        if matches!(read_date(date), PrintedDate::Day(_)) && !matches!(read_date(place), PrintedDate::Day(_))
        {
            return (place, date);
        }
    }
    match read_date(printed) {
        PrintedDate::Day(_) => ("", printed),
        PrintedDate::Absent | PrintedDate::Impossible => printed.split_once('/').unwrap_or((printed, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_and_date_of_birth_part_at_the_sign_before_the_date() {
        assert_eq!(split_birth("UTOPIA / 12-08-1974"), ("UTOPIA ", " 12-08-1974"));
        assert_eq!(split_birth("UTOPIA / 12/08/1974"), ("UTOPIA ", " 12/08/1974"));
        assert_eq!(split_birth("KOTA, UTOPIA, 12-08-1974"), ("KOTA, UTOPIA", " 12-08-1974"));
        assert_eq!(split_birth("12/08/1974"), ("", "12/08/1974"));
        assert_eq!(split_birth("UTOPIA"), ("UTOPIA", ""));
        assert_eq!(split_birth("UTOPIA / 31-02-1974"), ("UTOPIA ", " 31-02-1974"));
    }
}
