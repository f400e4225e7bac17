//! What a unit says about itself once, so that nobody types it for every guest: who reports, where, and the values
//! that a company's reports begin with. An incomplete profile never hinders saving.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeMap;

use super::deadline::Zone;
use super::kinds::ReportKind;
use crate::fields::Field;
use crate::private::Private;

/// A fact about a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProfileField {
    /// Name, as the office knows it.
    Name,
    /// Address.
    Address,
    /// `WIB`, `WITA` or `WIT`: where days begin and deadlines run out.
    Zone,
    /// The immigration office in charge.
    Office,
    /// Person in charge.
    PersonInCharge,
    /// Business number (NIB).
    BusinessNumber,
    /// Trading licence (SIUP).
    Licence,
    /// Kind of lodging.
    LodgingKind,
    /// Number of rooms.
    Rooms,
    /// Guarantor of the workers.
    Guarantor,
    /// Where they work.
    WorkAddress,
    /// Site.
    Site,
    /// Whom to ask about workers.
    HrContact,
    /// `host`, `landlord`, `neighbour`, or `other:` and a text.
    Relation,
    /// `id` or `en`.
    Language,
}

/// The text names no fact of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such fact in a profile")]
pub struct UnknownProfileField;

/// The value is not one of the words of its field, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a value of {0}")]
pub struct BadProfileValue(pub ProfileField);

/// Longest value, in characters: that of a text in a report.
const VALUE_CHARS: usize = 128;

impl ProfileField {
    /// All of them, in the order of a form.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::Address,
        Self::Zone,
        Self::Office,
        Self::PersonInCharge,
        Self::BusinessNumber,
        Self::Licence,
        Self::LodgingKind,
        Self::Rooms,
        Self::Guarantor,
        Self::WorkAddress,
        Self::Site,
        Self::HrContact,
        Self::Relation,
        Self::Language,
    ];

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Zone => "zone",
            Self::Office => "office",
            Self::PersonInCharge => "person_in_charge",
            Self::BusinessNumber => "business_number",
            Self::Licence => "licence",
            Self::LodgingKind => "lodging_kind",
            Self::Rooms => "rooms",
            Self::Guarantor => "guarantor",
            Self::WorkAddress => "work_address",
            Self::Site => "site",
            Self::HrContact => "hr_contact",
            Self::Relation => "relation",
            Self::Language => "language",
        }
    }

    /// Whether a unit of this kind (`lodging`, `company`, `private`) is asked for it.
    fn is_needed(self, unit_kind: &str) -> bool {
        match self {
            Self::Name | Self::Address | Self::Zone => true,
            Self::PersonInCharge | Self::Licence | Self::LodgingKind => unit_kind == "lodging",
            Self::Guarantor | Self::WorkAddress => unit_kind == "company",
            Self::Relation => unit_kind == "private",
            Self::Office
            | Self::BusinessNumber
            | Self::Rooms
            | Self::Site
            | Self::HrContact
            | Self::Language => false,
        }
    }

    fn takes(self, value: &str) -> bool {
        match self {
            Self::Zone => Zone::named(value).is_some(),
            Self::Language => matches!(value, "id" | "en"),
            Self::Rooms => value.parse::<u16>().is_ok(),
            Self::Relation => {
                matches!(value, "host" | "landlord" | "neighbour")
                    || value.strip_prefix("other:").is_some_and(|text| !text.trim().is_empty())
            }
            _ => !value.chars().any(char::is_control),
        }
    }
}

impl fmt::Display for ProfileField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProfileField {
    type Err = UnknownProfileField;

    fn from_str(text: &str) -> Result<Self, UnknownProfileField> {
        Self::ALL.iter().copied().find(|field| field.as_str() == text).ok_or(UnknownProfileField)
    }
}

/// A unit's profile. `Debug` shows the codes, never a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile(BTreeMap<ProfileField, Private<String>>);

impl Profile {
    /// One fact.
    pub fn get(&self, field: ProfileField) -> Option<&str> {
        self.0.get(&field).map(|value| value.reveal().as_str())
    }

    /// All facts.
    pub fn facts(&self) -> impl Iterator<Item = (ProfileField, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.reveal().as_str()))
    }

    /// Sets a fact; an empty text takes it out.
    pub fn set(&mut self, field: ProfileField, written: &str) -> Result<(), BadProfileValue> {
        let value = match field {
            ProfileField::Zone => written.trim().to_uppercase(),
            _ => written.trim().to_owned(),
        };
        if value.is_empty() {
            self.0.remove(&field);
        } else if value.chars().count() <= VALUE_CHARS && field.takes(&value) {
            self.0.insert(field, Private::new(value));
        } else {
            return Err(BadProfileValue(field));
        }
        Ok(())
    }

    /// What a unit of this kind has not said yet.
    pub fn missing(&self, unit_kind: &str) -> Vec<ProfileField> {
        let asked = ProfileField::ALL.iter().copied().filter(|field| field.is_needed(unit_kind));
        asked.filter(|field| !self.0.contains_key(field)).collect()
    }

    /// What a new report of this kind begins with.
    pub fn defaults(&self, report: ReportKind) -> Vec<(Field, &str)> {
        let from: &[(Field, ProfileField)] = match report {
            ReportKind::WorkerStart => &[
                (Field::WorkAddress, ProfileField::WorkAddress),
                (Field::Guarantor, ProfileField::Guarantor),
                (Field::Site, ProfileField::Site),
            ],
            ReportKind::Individual => {
                &[(Field::Address, ProfileField::Address), (Field::Relation, ProfileField::Relation)]
            }
            ReportKind::Refusal => &[(Field::Place, ProfileField::Name)],
            ReportKind::LodgingCheckIn => &[],
        };
        from.iter().filter_map(|(field, known)| Some((*field, self.get(*known)?))).collect()
    }

    /// The zone of the unit; western Indonesia where nobody said.
    pub fn zone(&self) -> Zone {
        self.get(ProfileField::Zone).and_then(Zone::named).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_unit_is_asked_for_its_own_facts() {
        let mut profile = Profile::default();
        for (kind, asked) in [("lodging", 6), ("company", 5), ("private", 4)] {
            assert_eq!(profile.missing(kind).len(), asked, "{kind}");
        }
        profile.set(ProfileField::Zone, " wita ").unwrap();
        assert_eq!((profile.zone(), profile.missing("private").len()), (Zone::Wita, 3));
    }

    #[test]
    fn a_company_types_guarantor_and_address_once() {
        let mut profile = Profile::default();
        profile.set(ProfileField::Guarantor, "PT Contoh Uji").unwrap();
        profile.set(ProfileField::WorkAddress, "Jl. Contoh 1").unwrap();
        assert_eq!(
            profile.defaults(ReportKind::WorkerStart),
            [(Field::WorkAddress, "Jl. Contoh 1"), (Field::Guarantor, "PT Contoh Uji")]
        );
        assert_eq!(profile.defaults(ReportKind::LodgingCheckIn), []);
    }

    #[test]
    fn a_value_that_is_none_is_refused_and_an_empty_one_takes_the_fact_out() {
        let mut profile = Profile::default();
        assert_eq!(profile.set(ProfileField::Zone, "CET"), Err(BadProfileValue(ProfileField::Zone)));
        assert!(profile.set(ProfileField::Rooms, "many").is_err());
        profile.set(ProfileField::Rooms, "12").unwrap();
        profile.set(ProfileField::Rooms, "").unwrap();
        assert_eq!(profile, Profile::default());
        assert_eq!("rooms".parse(), Ok(ProfileField::Rooms));
        assert!("beds".parse::<ProfileField>().is_err());
    }
}
