//! What is typed, scanned or imported, brought into the contract's normal forms as far as that is possible.
//! What has no normal form is kept as written: `rules.rs` says what is wrong with it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::follow_up::typed;
use super::kinds::{Need, ReportKind};
use crate::countries;
use crate::fields::{Field, Shape};
use crate::passport::{Zone, ZoneField};
use crate::permit::{PrintedDate, normal_number, read_date, read_sex};
use crate::private::Private;
use crate::unicode::nfc;

/// Facts by their field code. `Debug` shows the codes, never a value.
pub type Facts = BTreeMap<Field, Private<String>>;

/// Where a person's data come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The code on a stay permit.
    PermitQr,
    /// The code on an arrival sticker.
    StickerQr,
    /// The machine-readable zone of a passport.
    Mrz,
    /// Typed.
    Manual,
    /// A spreadsheet.
    Import,
}

impl Source {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PermitQr => "permit_qr",
            Self::StickerQr => "sticker_qr",
            Self::Mrz => "mrz",
            Self::Manual => "manual",
            Self::Import => "import",
        }
    }
}

/// A report that is being put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    kind: ReportKind,
    facts: Facts,
}

impl Draft {
    /// An empty draft, typed by hand until [`Draft::fill`] says otherwise.
    pub fn new(kind: ReportKind) -> Self {
        Self { kind, facts: typed() }
    }

    /// A draft with these facts, as they were kept.
    pub fn of(kind: ReportKind, facts: Facts) -> Self {
        Self { kind, facts }
    }

    /// The kind of report.
    pub fn kind(&self) -> ReportKind {
        self.kind
    }

    /// All facts, in normal form where they have one.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// One fact.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.facts.get(&field).map(|value| value.reveal().as_str())
    }

    /// One fact as a day.
    pub fn day(&self, field: Field) -> Option<Date> {
        self.get(field)?.parse().ok()
    }

    /// Sets a fact. Dates are read day first, countries by code or name, numbers lose their separators; an empty
    /// text takes the fact out.
    pub fn set(&mut self, field: Field, written: &str) {
        set_fact(&mut self.facts, field, written);
    }

    /// Fills what is still open from the unit's profile.
    pub fn fill_defaults<'a>(&mut self, defaults: impl IntoIterator<Item = (Field, &'a str)>) {
        for (field, value) in defaults {
            if self.kind.need(field) != Need::Foreign && !self.facts.contains_key(&field) {
                self.set(field, value);
            }
        }
    }

    /// Sets every fact that belongs to this kind of report; others have no place in it. A draft that was typed so far
    /// then counts as taken from this source.
    pub fn fill<'a>(&mut self, facts: impl IntoIterator<Item = (Field, &'a str)>, source: Source) {
        for (field, value) in facts {
            if self.kind.need(field) != Need::Foreign {
                self.set(field, value);
            }
        }
        if self.get(Field::Source) == Some(Source::Manual.as_str()) {
            self.set(Field::Source, source.as_str());
        }
    }

    /// Sets the person block from a machine-readable zone.
    pub fn fill_zone(&mut self, zone: &Zone) {
        let facts = zone_facts(zone);
        self.fill(facts.iter().map(|(field, value)| (*field, value.reveal().as_str())), Source::Mrz);
    }

    /// The draft of the next person of a group: the stay is kept, and nothing of the person, their documents or what was
    /// remarked of them.
    #[must_use]
    pub fn next_guest(&self) -> Self {
        let mut next = Self::new(self.kind);
        for &field in self.kind.stay() {
            if let Some(fact) = self.facts.get(&field) {
                next.facts.insert(field, fact.clone());
            }
        }
        next
    }

    /// Adds a sentence to the remarks.
    pub fn remark(&mut self, sentence: &str) {
        let remarks = match self.get(Field::Remarks) {
            Some(remarks) => format!("{remarks} · {sentence}"),
            None => sentence.to_owned(),
        };
        self.set(Field::Remarks, &remarks);
    }

    /// The last day as planned: stated, or for a lodging the arrival plus the nights.
    pub fn planned_end(&self) -> Option<Date> {
        let stated = self.day(self.kind.planned_end()?);
        let nights = self.get(Field::Nights).and_then(|nights| nights.parse::<i64>().ok());
        let counted = || {
            let span = jiff::Span::new().try_days(nights?).ok()?;
            self.day(Field::CheckIn)?.checked_add(span).ok()
        };
        stated.or_else(counted)
    }
}

/// Sets a fact in its normal form. Line breaks and tabs are white space; an empty text takes the fact out.
pub(super) fn set_fact(facts: &mut Facts, field: Field, written: &str) {
    let spaced: String =
        written.chars().map(|c| if matches!(c, '\t' | '\r' | '\n') { ' ' } else { c }).collect();
    let tidy: String = nfc(spaced.trim()).collect();
    if tidy.is_empty() {
        facts.remove(&field);
    } else {
        let value = normal(field.shape(), &tidy).unwrap_or(tidy);
        facts.insert(field, Private::new(value));
    }
}

/// What a zone says of its holder, by field code. A birth date that is in no calendar and a sex that was misread stay
/// open; a visa's own number and last day are not the passport's.
pub fn zone_facts(zone: &Zone) -> Facts {
    let name = format!("{} {}", zone.surname.reveal(), zone.given_names.reveal());
    let expiry = zone.expiry_date.map(|day| day.to_string()).unwrap_or_default();
    let (number, expiry) = (zone.document_number.reveal().as_str(), expiry.as_str());
    let document = if zone.format.is_visa() {
        [(Field::VisaNumber, number), (Field::PassportExpiry, "")]
    } else {
        [(Field::PassportNumber, number), (Field::PassportExpiry, expiry)]
    };
    let person = [
        (Field::FullName, name.trim()),
        (Field::Surname, zone.surname.reveal().as_str()),
        (Field::GivenNames, zone.given_names.reveal().as_str()),
        (Field::BirthDate, zone.birth_date.as_ref().map_or("", |day| day.reveal().as_str())),
        (Field::Nationality, zone.nationality.as_str()),
        (Field::Sex, zone.sex.unwrap_or_default()),
        (Field::IssuingState, zone.issuing_state.as_str()),
    ];
    let said = person.into_iter().chain(document).filter(|(_, value)| !value.is_empty());
    said.map(|(field, value)| (field, Private::from(value))).collect()
}

/// The fact that a part of a zone brings into a report, if it brings one.
pub fn zone_fact(zone: &Zone, part: ZoneField) -> Option<Field> {
    let visa = zone.format.is_visa();
    Some(match part {
        ZoneField::DocumentNumber if visa => Field::VisaNumber,
        ZoneField::DocumentNumber => Field::PassportNumber,
        ZoneField::ExpiryDate if visa => return None,
        ZoneField::ExpiryDate => Field::PassportExpiry,
        ZoneField::BirthDate => Field::BirthDate,
        ZoneField::IssuingState => Field::IssuingState,
        ZoneField::Nationality => Field::Nationality,
        ZoneField::Sex => Field::Sex,
        ZoneField::Surname => Field::Surname,
        ZoneField::GivenNames => Field::GivenNames,
        ZoneField::PersonalNumber | ZoneField::Composite | ZoneField::Line => return None,
    })
}

/// The contract's form of a value, or `None` where it has none.
pub(super) fn normal(shape: Shape, written: &str) -> Option<String> {
    match shape {
        Shape::Text | Shape::LongText => Some(nfc(written.trim()).collect()),
        Shape::Date => day(written),
        Shape::PartialDate => partial(written).or_else(|| day(written)),
        Shape::Instant => written.parse::<jiff::Timestamp>().is_ok().then(|| written.to_owned()),
        Shape::Country => countries::find(written).map(|country| country.code.to_owned()),
        Shape::Number => number(written),
        Shape::Count => {
            let count: u16 = written.parse().ok()?;
            (1..=999).contains(&count).then(|| count.to_string())
        }
        Shape::Flag => matches!(written, "true" | "false").then(|| written.to_owned()),
        Shape::Digest => is_digest(written).then(|| written.to_owned()),
        Shape::Word(words) => word(words, written).or_else(|| sex(words, written)),
        Shape::WordOrOther(words) => word(words, written).or_else(|| other(written)),
    }
}

fn day(written: &str) -> Option<String> {
    match read_date(written) {
        PrintedDate::Day(day) => Some(day.to_string()),
        PrintedDate::Absent | PrintedDate::Impossible => None,
    }
}

/// `YYYY` or `YYYY-MM`, where no more is known.
fn partial(written: &str) -> Option<String> {
    let (year, month) = written.split_once('-').map_or((written, None), |(year, month)| (year, Some(month)));
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let month_fits = |month: &str| digits(month, 2) && matches!(month.parse(), Ok(1..=12_u8));
    (digits(year, 4) && month.is_none_or(month_fits)).then(|| written.to_owned())
}

fn is_digest(written: &str) -> bool {
    written.len() == 64 && written.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// At most 64 characters, the longest the server takes.
fn number(written: &str) -> Option<String> {
    normal_number(written).filter(|number| number.len() <= 64)
}

fn word(words: &[&str], written: &str) -> Option<String> {
    words.iter().find(|word| word.eq_ignore_ascii_case(written)).map(|word| (*word).to_owned())
}

/// `L` and `P` stand on Indonesian papers; words of both languages are taken too.
fn sex(words: &[&str], written: &str) -> Option<String> {
    read_sex(written).filter(|code| words.contains(code)).map(str::to_owned)
}

fn other(written: &str) -> Option<String> {
    let (head, text) = written.split_once(':')?;
    let text = text.trim();
    (head.trim().eq_ignore_ascii_case("other") && !text.is_empty()).then(|| format!("other:{text}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn set(field: Field, written: &str) -> Option<String> {
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        draft.set(field, written);
        draft.get(field).map(str::to_owned)
    }

    #[test]
    fn values_take_their_normal_form() {
        for (field, written, kept) in [
            (Field::CheckIn, "24-11-2026", "2026-11-24"),
            (Field::CheckIn, "2026-11-24", "2026-11-24"),
            (Field::BirthDate, "12/08/1974", "1974-08-12"),
            (Field::BirthDate, "1974-08", "1974-08"),
            (Field::BirthDate, "1974", "1974"),
            (Field::PassportNumber, " l8989-02c3 ", "L898902C3"),
            (Field::Sex, "perempuan", "F"),
            (Field::Sex, "L", "M"),
            (Field::Sex, "x", "X"),
            (Field::Nationality, "UTOPIA", "UTO"),
            (Field::Nationality, "jerman", "D"),
            (Field::Purpose, "Holiday", "holiday"),
            (Field::Purpose, "other: wedding", "other:wedding"),
            (Field::PermitKind, "itas", "ITAS"),
            (Field::Nights, "03", "3"),
            (Field::FullName, " ERIKSSON ANNA MARIA ", "ERIKSSON ANNA MARIA"),
        ] {
            assert_eq!(set(field, written).as_deref(), Some(kept), "{field} {written}");
        }
    }

    #[test]
    fn what_has_no_normal_form_is_kept_as_written_and_nothing_is_no_fact() {
        assert_eq!(set(Field::CheckIn, "31-02-2026").as_deref(), Some("31-02-2026"));
        assert_eq!(set(Field::PassportNumber, "L8989*").as_deref(), Some("L8989*"));
        assert_eq!(set(Field::Room, "   "), None);
    }

    #[test]
    fn the_planned_end_is_stated_or_counted() {
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        draft.set(Field::CheckIn, "2026-11-24");
        draft.set(Field::Nights, "7");
        assert_eq!(draft.planned_end(), Some(jiff::civil::date(2026, 12, 1)));
        draft.set(Field::CheckOutPlanned, "2026-11-30");
        assert_eq!(draft.planned_end(), Some(jiff::civil::date(2026, 11, 30)));
    }

    #[test]
    fn a_reading_fills_what_belongs_to_the_report_and_names_its_source() {
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        assert_eq!(draft.get(Field::Source), Some("manual"));
        draft.fill([(Field::PassportNumber, "L898902C3"), (Field::Start, "2026-11-24")], Source::PermitQr);
        assert_eq!(draft.get(Field::PassportNumber), Some("L898902C3"));
        assert_eq!((draft.get(Field::Start), draft.get(Field::Source)), (None, Some("permit_qr")));
    }

    #[test]
    fn a_zone_fills_the_person_block() {
        let lines =
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
        let reading = crate::passport::read_mrz(lines, jiff::civil::date(2026, 11, 24));
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        draft.fill_zone(reading.zone().unwrap());
        for (field, value) in [
            (Field::FullName, "ERIKSSON ANNA MARIA"),
            (Field::BirthDate, "1974-08-12"),
            (Field::Nationality, "UTO"),
            (Field::Sex, "F"),
            (Field::PassportNumber, "L898902C3"),
            (Field::PassportExpiry, "2012-04-15"),
            (Field::Source, "mrz"),
        ] {
            assert_eq!(draft.get(field), Some(value), "{field}");
        }
    }

    #[test]
    fn a_visas_number_is_not_the_passports() {
        let lines =
            "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<";
        let reading = crate::passport::read_mrz(lines, jiff::civil::date(2026, 11, 24));
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        draft.fill_zone(reading.zone().unwrap());
        assert_eq!(
            (draft.get(Field::VisaNumber), draft.get(Field::PassportNumber)),
            (Some("L8988901C"), None)
        );
        assert_eq!(draft.get(Field::PassportExpiry), None);
    }

    #[test]
    fn remarks_add_up() {
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        draft.remark("came back");
        draft.remark("other room");
        assert_eq!(draft.get(Field::Remarks), Some("came back · other room"));
    }

    #[test]
    fn debug_shows_codes_and_no_values() {
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        draft.set(Field::FullName, "ERIKSSON ANNA MARIA");
        let shown = format!("{draft:?}");
        assert!(shown.contains("FullName") && !shown.contains("ERIKSSON"), "{shown}");
    }

    #[test]
    fn the_next_guest_keeps_the_stay_and_nothing_of_the_person() {
        let mut first = Draft::new(ReportKind::LodgingCheckIn);
        let (person, stay) =
            ([Field::FullName, Field::PermitNumber, Field::Remarks], ReportKind::LodgingCheckIn.stay());
        for field in person.iter().chain(stay) {
            first.set(*field, "3");
        }
        first.fill([(Field::BirthDate, "1974-08-12")], Source::Mrz);
        let next = first.next_guest();
        assert!(stay.iter().all(|field| next.get(*field) == first.get(*field)));
        assert_eq!(next.facts().len(), stay.len() + 1, "and its own source");
        assert_eq!(next.get(Field::Source), Some("manual"));
    }
}
