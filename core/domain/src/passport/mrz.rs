//! The machine-readable zone: which lines of a text are one, what they say, and what their digits prove.
//! Check digits and layouts are the crate `mrz`'s. Here stand the policy: read strictly first, repair only where a
//! digit proves it, show every repair, and never trust what no digit covers (names, nationality, sex).

use core::fmt;

use ::mrz::{MrzData, MrzDate, MrzError, ParseOptions};
use jiff::civil::Date;

use super::lines::{self, Lines};
use super::lost;
use super::reason::Reason;
use crate::countries;
use crate::private::Private;

/// A page of a passport is below 2 KiB.
const MAX_TEXT_BYTES: usize = 8 * 1024;

/// Pairs that are alike in print and equal to every check digit (Doc 9303-3 §4.9: their values agree modulo ten).
const BLIND_PAIRS: [(char, char); 6] =
    [('K', '<'), ('I', 'S'), ('A', 'K'), ('B', 'L'), ('1', 'L'), ('6', 'G')];

/// What came of looking for a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum MrzReading {
    /// All lines are there; the digits say what they prove.
    Complete(Box<Zone>),
    /// No zone.
    Unreadable {
        /// Why.
        why: Unreadable,
    },
}

impl MrzReading {
    /// The zone, if there is one.
    pub fn zone(&self) -> Option<&Zone> {
        match self {
            Self::Complete(zone) => Some(zone),
            Self::Unreadable { .. } => None,
        }
    }
}

/// Why a text gives no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Nothing looks like one.
    NotFound,
    /// Some of its lines are missing.
    Incomplete,
    /// The text is far longer than a page.
    TooLong,
}

impl Unreadable {
    /// A word for command line and apps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Incomplete => "incomplete",
            Self::TooLong => "too_long",
        }
    }
}

/// Layouts of Doc 9303.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Passport: two lines of 44.
    Td3,
    /// Card: two lines of 36.
    Td2,
    /// Card: three lines of 30.
    Td1,
    /// Visa: two lines of 44.
    MrvA,
    /// Visa: two lines of 36.
    MrvB,
}

impl Format {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Td3 => "TD3",
            Self::Td2 => "TD2",
            Self::Td1 => "TD1",
            Self::MrvA => "MRV-A",
            Self::MrvB => "MRV-B",
        }
    }

    /// Whether it is a visa, not the travel document itself.
    pub fn is_visa(self) -> bool {
        matches!(self, Self::MrvA | Self::MrvB)
    }
}

/// Parts of a zone, named as the command line names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ZoneField {
    /// Number of the document.
    DocumentNumber,
    /// Date of birth.
    BirthDate,
    /// Last valid day.
    ExpiryDate,
    /// Code of the issuing state.
    IssuingState,
    /// Code of the nationality.
    Nationality,
    /// Sex.
    Sex,
    /// Primary identifier.
    Surname,
    /// Secondary identifier.
    GivenNames,
    /// Personal number or other optional data.
    PersonalNumber,
    /// The digit over all others.
    Composite,
    /// A whole line, given back its width.
    Line,
}

impl ZoneField {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DocumentNumber => "document_number",
            Self::BirthDate => "birth_date",
            Self::ExpiryDate => "expiry_date",
            Self::IssuingState => "issuing_state",
            Self::Nationality => "nationality",
            Self::Sex => "sex",
            Self::Surname => "surname",
            Self::GivenNames => "given_names",
            Self::PersonalNumber => "personal_number",
            Self::Composite => "composite",
            Self::Line => "line",
        }
    }
}

/// One check digit of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it covers.
    pub field: ZoneField,
    /// Whether it fits.
    pub ok: bool,
}

/// A misread that a digit proved and put right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Repair {
    /// Where. For [`ZoneField::Line`] a lost cell was put back, and the characters are none.
    pub field: ZoneField,
    /// Place inside the field (its check digit follows its last place), or of the line, from 0.
    pub index: usize,
    /// As read.
    pub from: Option<char>,
    /// As proved.
    pub to: Option<char>,
}

impl fmt::Debug for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Repair({} {})", self.field.as_str(), self.index)
    }
}

/// A character that no digit proves: for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// Where.
    pub field: ZoneField,
    /// Place in the value, from 0.
    pub index: usize,
}

/// A zone's data. `valid` speaks of digits alone: names, nationality and sex have none.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    /// Layout.
    pub format: Format,
    /// `P`, `PD`, `V`, `I` …
    pub document_code: String,
    /// The whole number, also where it overflows its field.
    pub document_number: Private<String>,
    /// Code of Doc 9303-3, or as read.
    pub issuing_state: String,
    /// Code of Doc 9303-3, or as read.
    pub nationality: String,
    /// `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` where the issuer knows no more; none if unknown or impossible.
    pub birth_date: Option<Private<String>>,
    /// `F`, `M`, or `X` where the issuer does not state it; none for a misread.
    pub sex: Option<&'static str>,
    /// Last valid day; none if impossible.
    pub expiry_date: Option<Date>,
    /// Primary identifier.
    pub surname: Private<String>,
    /// Secondary identifier; empty for a single name.
    pub given_names: Private<String>,
    /// Personal number or other optional data.
    pub optional_data: Option<Private<String>>,
    /// The digits that this format prints.
    pub checks: Vec<Check>,
    /// What was put right.
    pub repairs: Vec<Repair>,
    /// Characters of the number with a look-alike that its digit does not tell apart.
    pub unproven: Vec<Unproven>,
    /// `DATE_IMPOSSIBLE`, `MRZ_UNPROVEN`, `MRZ_REPAIRED`.
    pub notes: Vec<Reason>,
    /// The lines that were believed, one a line.
    pub lines: Private<String>,
    /// Whether the name fills its field to the last cell, so that it may be cut.
    pub name_fills_field: bool,
}

impl Zone {
    /// Whether every check digit of the format fits.
    pub fn is_valid(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.ok)
    }

    /// Whether the digit of one part fits; a part without one is not proved.
    pub fn proves(&self, field: ZoneField) -> bool {
        self.checks.iter().any(|check| check.field == field && check.ok)
    }

    /// Whether it is the zone of a passport, not of a card or visa.
    pub fn is_passport(&self) -> bool {
        self.format == Format::Td3
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zone")
            .field("format", &self.format)
            .field("checks", &self.checks)
            .field("repairs", &self.repairs)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

/// Looks for a zone in a text: lines, one joined line, or a page around them. Total, and the same on every platform.
/// `today` settles the century of a birth year: later than this year means the last century. Expiry is always 20xx.
pub fn read_mrz(text: &str, today: Date) -> MrzReading {
    if text.len() > MAX_TEXT_BYTES {
        return MrzReading::Unreadable { why: Unreadable::TooLong };
    }
    let pivot = u32::try_from(today.year().rem_euclid(100)).unwrap_or(0);
    let options = ParseOptions::default().with_pivot_yy(pivot);
    let text = lines::plain(text);
    let strict = lines::strict(&text, options);
    if let Some(first) = &strict
        && first.data.valid()
    {
        return complete(&first.data, Vec::new(), pivot);
    }
    // Where lines of the right widths stand, only those can have been misread.
    let searched = match &strict {
        Some(strict) => Some(strict.lines.join("\n")),
        None => match lines::worth_searching(&text) {
            Some(picked) => match lost::restored(&picked, options) {
                Some(found) => return complete(&found, lost_cells(&found, &text), pivot),
                None => Some(lines::padded(&picked)),
            },
            None => None,
        },
    };
    let Some(searched) = searched else {
        return MrzReading::Unreadable { why: Unreadable::NotFound };
    };
    match mrz::find_and_parse_with(&searched, &options) {
        Ok(found) if found.valid() => match &strict {
            Some(strict) => match lines::repaired(strict, &found, options) {
                Some((data, repairs)) => complete(&data, repairs, pivot),
                None => complete(&strict.data, Vec::new(), pivot),
            },
            None => complete(&found, lost_cells(&found, &text), pivot),
        },
        Ok(found) => complete(strict.as_ref().map_or(&found, |strict| &strict.data), Vec::new(), pivot),
        Err(error) => match (strict, error) {
            (Some(strict), _) => complete(&strict.data, Vec::new(), pivot),
            (None, MrzError::IncompleteSequence { .. }) => {
                MrzReading::Unreadable { why: Unreadable::Incomplete }
            }
            (None, _) => MrzReading::Unreadable { why: Unreadable::NotFound },
        },
    }
}

/// The lines of a found zone that do not stand in the text as they are.
fn lost_cells(found: &MrzData, text: &str) -> Vec<Repair> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let changed = found.mrz_lines.lines().enumerate().filter(|(_, line)| !bare.contains(line));
    changed.map(|(index, _)| Repair { field: ZoneField::Line, index, from: None, to: None }).collect()
}

fn complete(data: &MrzData, repairs: Vec<Repair>, pivot: u32) -> MrzReading {
    let Some(format) = format_of(data.format) else {
        return MrzReading::Unreadable { why: Unreadable::NotFound };
    };
    let checks: Vec<Check> = [
        (ZoneField::DocumentNumber, data.checks.document_number),
        (ZoneField::BirthDate, data.checks.date_of_birth),
        (ZoneField::ExpiryDate, data.checks.date_of_expiry),
        (ZoneField::PersonalNumber, data.checks.personal_number),
        (ZoneField::Composite, data.checks.composite),
    ]
    .into_iter()
    .filter_map(|(field, ok)| ok.map(|ok| Check { field, ok }))
    .collect();
    let mut notes = Vec::new();
    let impossible = |date| matches!(date, MrzDate::OutOfCalendar(_));
    if impossible(data.date_of_birth) || impossible(data.date_of_expiry) {
        notes.push(Reason::DateImpossible);
    }
    if checks.iter().any(|check| !check.ok) {
        notes.push(Reason::MrzUnproven);
    }
    if !repairs.is_empty() {
        notes.push(Reason::MrzRepaired);
    }
    let number = data.full_document_number().to_owned();
    MrzReading::Complete(Box::new(Zone {
        format,
        document_code: data.document_type.clone(),
        issuing_state: country(&data.issuing_country),
        nationality: country(&data.nationality),
        birth_date: birth_date(data.date_of_birth, pivot).map(Private::new),
        sex: match data.sex {
            mrz::Sex::Male => Some("M"),
            mrz::Sex::Female => Some("F"),
            mrz::Sex::Unspecified => Some("X"),
            _ => None,
        },
        expiry_date: data.date_of_expiry.calendar().and_then(day),
        surname: data.surname.as_str().into(),
        given_names: data.given_names.as_str().into(),
        optional_data: data.optional_data_1.as_deref().map(Private::from),
        unproven: look_alikes(&number),
        document_number: Private::new(number),
        checks,
        repairs,
        notes,
        lines: data.mrz_lines.as_str().into(),
        name_fills_field: Lines::of(format).name(&data.mrz_lines).is_some_and(|name| !name.ends_with('<')),
    }))
}

pub(super) fn format_of(format: mrz::Format) -> Option<Format> {
    match format {
        mrz::Format::Td3 => Some(Format::Td3),
        mrz::Format::Td2 => Some(Format::Td2),
        mrz::Format::Td1 => Some(Format::Td1),
        mrz::Format::MrvA => Some(Format::MrvA),
        mrz::Format::MrvB => Some(Format::MrvB),
        _ => None,
    }
}

fn country(code: &str) -> String {
    countries::canonical(code).unwrap_or(code).to_owned()
}

fn day(date: mrz::Date) -> Option<Date> {
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
        .ok()
}

/// The known parts of a birth date: a year without a day says more than nothing.
fn birth_date(date: MrzDate, pivot: u32) -> Option<String> {
    match date {
        MrzDate::Calendar(whole) => day(whole).map(|day| day.to_string()),
        MrzDate::PartiallyUnknown(raw) => {
            let (year, rest) = raw.as_str().split_at_checked(2)?;
            let (month, _) = rest.split_at_checked(2)?;
            let year: u32 = year.parse().ok()?;
            let century = if year > pivot { "19" } else { "20" };
            match month.parse::<u8>() {
                Ok(month @ 1..=12) => Some(format!("{century}{year:02}-{month:02}")),
                _ => Some(format!("{century}{year:02}")),
            }
        }
        _ => None,
    }
}

fn look_alikes(number: &str) -> Vec<Unproven> {
    let blind = |c: char| BLIND_PAIRS.iter().any(|(one, other)| c == *one || c == *other);
    let places = number.chars().enumerate().filter(|(_, c)| blind(*c));
    places.map(|(index, _)| Unproven { field: ZoneField::DocumentNumber, index }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_for_the_eye_are_those_no_digit_separates() {
        for (one, other) in BLIND_PAIRS {
            assert!(mrz::blindspot(one, other).is_blind(), "{one}{other}");
        }
    }
}
