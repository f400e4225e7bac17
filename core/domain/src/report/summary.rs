//! What a list shows of a report, on this device and in what the server tells of others.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::draft::Draft;
use super::kinds::ReportKind;
use crate::fields::Field;
use crate::private::Private;

/// The facts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Whole name.
    pub full_name: Option<Private<String>>,
    /// Number of the travel document.
    pub passport_number: Option<Private<String>>,
    /// First day, ISO.
    pub first_date: Option<Private<String>>,
    /// Planned last day, ISO.
    pub planned_end: Option<Private<String>>,
    /// Last valid day of the permit, ISO.
    pub permit_expiry: Option<Private<String>>,
    /// Room.
    pub room: Option<Private<String>>,
    /// Date of birth, ISO, as far as it is known: the data of children leave earlier.
    pub birth_date: Option<Private<String>>,
}

impl Summary {
    /// The summary of a draft.
    pub fn of(draft: &Draft) -> Self {
        let fact = |field| draft.get(field).map(Private::from);
        // A guest of a private host may have been extended: then a day is stated.
        let planned = fact(Field::CheckOutPlanned).filter(|_| draft.kind() == ReportKind::Individual);
        Self {
            full_name: fact(Field::FullName),
            passport_number: fact(Field::PassportNumber),
            first_date: draft.kind().first_date().and_then(fact),
            planned_end: planned.or_else(|| draft.planned_end().map(|day| Private::new(day.to_string()))),
            permit_expiry: fact(Field::PermitExpiry),
            room: fact(Field::Room),
            birth_date: fact(Field::BirthDate),
        }
    }

    /// Number of the travel document.
    pub fn document(&self) -> Option<&str> {
        self.passport_number.as_ref().map(|number| number.reveal().as_str())
    }

    /// First day, ISO.
    pub fn first_date(&self) -> Option<&str> {
        self.first_date.as_ref().map(|day| day.reveal().as_str())
    }

    /// The text that is kept of it.
    pub fn to_json(&self) -> Zeroizing<String> {
        Zeroizing::new(serde_json::to_string(self).unwrap_or_default())
    }
}
