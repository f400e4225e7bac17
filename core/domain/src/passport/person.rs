//! One person as one source describes him or her: a permit's code, a server record, a zone, or typed fields.

use core::fmt;

use jiff::civil::Date;

use super::mrz::{Zone, ZoneField};
use super::names::Name;
use super::reason::Reason;
use crate::countries::{self, Kinship};
use crate::fields::Field;
use crate::permit::{Holder, Note, Patterns, Reading, Value, read_value};
use crate::private::Private;

/// Where a description comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The code on a permit or sticker.
    Code,
    /// The server's record for a code's key.
    Record,
    /// A machine-readable zone.
    Zone,
    /// A person typed it.
    Typed,
}

/// A fact, or why there is none.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Fact<T> {
    Known(T),
    /// Not stated; a reason says more than "missing".
    Missing(Option<Reason>),
}

impl<T> Fact<T> {
    pub(super) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Missing(_) => None,
        }
    }

    pub(super) fn why_missing(&self) -> Option<Reason> {
        match self {
            Self::Known(_) => None,
            Self::Missing(reason) => *reason,
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Nationality {
    pub(super) code: String,
    /// The paper's word is narrower than the code.
    pub(super) variant: bool,
}

impl Nationality {
    pub(super) fn kinship(&self, other: &Self) -> Kinship {
        match countries::kinship(&self.code, &other.code) {
            Kinship::Same if self.variant != other.variant => Kinship::Variant,
            kinship => kinship,
        }
    }
}

/// What one source says of a person, ready to be compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    pub(super) origin: Origin,
    pub(super) name: Fact<Name>,
    pub(super) number: Fact<Private<String>>,
    /// ISO, perhaps cut after month or year.
    pub(super) birth: Fact<Private<String>>,
    pub(super) sex: Fact<&'static str>,
    pub(super) nationality: Fact<Nationality>,
    pub(super) passport_expiry: Option<Date>,
    pub(super) permit_expiry: Option<Date>,
    /// What the fields showed, for the screen.
    pub(super) shown: Vec<(Field, Private<String>)>,
    pub(super) notes: Vec<Reason>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("origin", &self.origin)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

impl Person {
    fn empty(origin: Origin, why: Option<Reason>) -> Self {
        Self {
            origin,
            name: Fact::Missing(why.or(Some(Reason::NameMissing))),
            number: Fact::Missing(why),
            birth: Fact::Missing(why),
            sex: Fact::Missing(why),
            nationality: Fact::Missing(why),
            passport_expiry: None,
            permit_expiry: None,
            shown: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A permit whose data the server has not given yet.
    pub fn pending() -> Self {
        Self::empty(Origin::Record, Some(Reason::RecordPending))
    }

    /// Whether its data are still to come.
    pub(super) fn is_pending(&self) -> bool {
        self.number.why_missing() == Some(Reason::RecordPending)
    }

    /// From field codes and values, in the contract's forms or as printed; empty values equal absent ones.
    /// Fields that say nothing of the person are passed over.
    pub fn from_fields<'v>(
        fields: impl IntoIterator<Item = (Field, &'v str)>,
        origin: Origin,
        patterns: &Patterns,
    ) -> Self {
        let mut person = Self::empty(origin, None);
        let mut names = [String::new(), String::new(), String::new()];
        for (field, printed) in fields {
            if printed.trim().is_empty() {
                continue;
            }
            let [full, surname, given] = &mut names;
            match field {
                Field::FullName => printed.clone_into(full),
                Field::Surname => printed.clone_into(surname),
                Field::GivenNames => printed.clone_into(given),
                _ => person.take(field, printed, patterns),
            }
        }
        let [full, surname, given] = names;
        let name = if full.is_empty() { Name::in_two(&surname, &given, false) } else { Name::printed(&full) };
        let shown = if full.is_empty() { format!("{surname} {given}").trim().to_owned() } else { full };
        person.set_name(name, shown);
        person
    }

    /// From the data inside a code. A code that is only a key gives a pending person; a zone goes through
    /// [`Person::from_zone`].
    pub fn from_reading(reading: &Reading, patterns: &Patterns) -> Self {
        if reading.is_pending() {
            return Self { origin: Origin::Code, ..Self::pending() };
        }
        let fields: Holder = reading.fields();
        let mut person = Self::from_fields(fields.iter(), Origin::Code, patterns);
        if reading.notes.contains(&Note::NationalityVariant)
            && let Fact::Known(nationality) = &mut person.nationality
        {
            nationality.variant = true;
        }
        person
    }

    /// From a zone. What its digit does not prove is not compared; a visa's number is not a passport's.
    pub fn from_zone(zone: &Zone) -> Self {
        let mut person = Self::empty(Origin::Zone, None);
        let (surname, given) = (zone.surname.reveal(), zone.given_names.reveal());
        let shown = format!("{surname} {given}").trim().to_owned();
        person.set_name(Name::in_two(surname, given, zone.name_fills_field), shown);
        let proved = |field| zone.proves(field);
        if !zone.format.is_visa() {
            person.show(Field::PassportNumber, zone.document_number.reveal());
            person.number = if proved(ZoneField::DocumentNumber) {
                Fact::Known(zone.document_number.clone())
            } else {
                Fact::Missing(Some(Reason::MrzUnproven))
            };
            person.passport_expiry = zone.expiry_date.filter(|_| proved(ZoneField::ExpiryDate));
            if let Some(expiry) = person.passport_expiry {
                person.show(Field::PassportExpiry, &expiry.to_string());
            }
        }
        person.birth = match &zone.birth_date {
            _ if !proved(ZoneField::BirthDate) => Fact::Missing(Some(Reason::MrzUnproven)),
            Some(birth) => Fact::Known(birth.clone()),
            None if zone.notes.contains(&Reason::DateImpossible) => {
                Fact::Missing(Some(Reason::DateImpossible))
            }
            None => Fact::Missing(None),
        };
        if let Some(birth) = &zone.birth_date {
            person.show(Field::BirthDate, birth.reveal());
        }
        person.sex = match zone.sex {
            Some("X") | None => Fact::Missing(Some(Reason::SexUnspecified)),
            Some(sex) => Fact::Known(sex),
        };
        if let Some(sex) = zone.sex {
            person.show(Field::Sex, sex);
        }
        person.show(Field::Nationality, &zone.nationality);
        person.nationality = match countries::canonical(&zone.nationality) {
            Some(code) => Fact::Known(Nationality { code: code.to_owned(), variant: false }),
            None => Fact::Missing(Some(Reason::NatUnknown)),
        };
        person.notes.extend(zone.notes.iter().filter(|note| **note != Reason::DateImpossible));
        person
    }

    /// The value of a field as this source shows it.
    pub fn shown(&self, field: Field) -> Option<&Private<String>> {
        self.shown.iter().find(|(shown, _)| *shown == field).map(|(_, value)| value)
    }

    fn show(&mut self, field: Field, value: &str) {
        if !value.is_empty() {
            self.shown.push((field, value.into()));
        }
    }

    fn set_name(&mut self, name: Result<Name, Reason>, shown: String) {
        self.show(Field::FullName, &shown);
        drop(Private::new(shown));
        self.name = match name {
            Ok(name) => Fact::Known(name),
            Err(problem) => Fact::Missing(Some(problem)),
        };
    }

    fn take(&mut self, field: Field, printed: &str, patterns: &Patterns) {
        let value = read_value(field, printed, patterns);
        let (value, note) = match value {
            Value::Is(value, note) => (value, note),
            Value::Absent => return,
            Value::Refused(note) => {
                self.show(field, printed);
                if field == Field::BirthDate && note == Note::DateImpossible {
                    self.birth = Fact::Missing(Some(Reason::DateImpossible));
                }
                return;
            }
        };
        self.show(field, &value);
        match field {
            Field::PassportNumber => self.number = Fact::Known(Private::new(value)),
            Field::BirthDate => self.birth = Fact::Known(Private::new(value)),
            Field::PassportExpiry => self.passport_expiry = value.parse().ok(),
            Field::PermitExpiry => self.permit_expiry = value.parse().ok(),
            Field::Sex => {
                self.sex = match value.as_str() {
                    "F" => Fact::Known("F"),
                    "M" => Fact::Known("M"),
                    _ => Fact::Missing(Some(Reason::SexUnspecified)),
                }
            }
            Field::Nationality => {
                self.nationality = if note == Some(Note::NationalityUnknown) {
                    Fact::Missing(Some(Reason::NatUnknown))
                } else {
                    Fact::Known(Nationality { code: value, variant: note == Some(Note::NationalityVariant) })
                }
            }
            _ => {}
        }
    }
}
