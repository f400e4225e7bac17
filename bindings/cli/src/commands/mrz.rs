//! `apoa mrz`: the machine-readable lines, and what their digits prove.

use apoa_core::fields::Field;
use apoa_core::passport::{MrzReading, Unproven, Zone, ZoneField, read_mrz};
use serde::Serialize;

use crate::Ended;
use crate::exit::Exit;
use crate::mask::Mask;
use crate::output::{BAD, BOLD, GOOD, Line, Output, UNDERLINED, WARN, table};
use crate::session::today;
use crate::sources::read_text;
use crate::values;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The lines; `-` reads them from standard input.
    #[arg(value_name = "LINE|-", required = true, allow_hyphen_values = true)]
    lines: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct MrzLine {
    format: Option<&'static str>,
    document_number: Option<String>,
    issuing_state: Option<String>,
    nationality: Option<String>,
    birth_date: Option<String>,
    sex: Option<&'static str>,
    expiry_date: Option<String>,
    surname: Option<String>,
    given_names: Option<String>,
    checks: Vec<CheckMark>,
    valid: bool,
    repairs: Vec<RepairMark>,
    unproven: Vec<Place>,
    /// Why there is no zone; `null` where there is one.
    reason: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct CheckMark {
    field: &'static str,
    ok: bool,
}

#[derive(Debug, Serialize)]
struct RepairMark {
    field: &'static str,
    index: usize,
    from: Option<char>,
    to: Option<char>,
}

/// A character for the eye.
#[derive(Debug, Serialize)]
pub(crate) struct Place {
    pub(crate) field: &'static str,
    pub(crate) index: usize,
}

pub(crate) fn run(args: &Args, out: &Output) -> Ended {
    let text = match args.lines.as_slice() {
        [only] if only == "-" => read_text("-")?,
        lines => lines.join("\n"),
    };
    let reading = read_mrz(&text, today());
    out.line(&MrzLine::of(&reading, out.mask));
    Ok(match reading.zone() {
        Some(zone) if zone.is_valid() => Exit::Done,
        Some(_) => Exit::Refused,
        None => Exit::Nothing,
    })
}

impl MrzLine {
    pub(crate) fn of(reading: &MrzReading, mask: Mask) -> Self {
        match reading {
            MrzReading::Complete(zone) => Self::of_zone(zone, &zone.unproven, mask),
            MrzReading::Unreadable { why } => Self {
                format: None,
                document_number: None,
                issuing_state: None,
                nationality: None,
                birth_date: None,
                sex: None,
                expiry_date: None,
                surname: None,
                given_names: None,
                checks: Vec::new(),
                valid: false,
                repairs: Vec::new(),
                unproven: Vec::new(),
                reason: Some(why.as_str()),
            },
        }
    }

    pub(crate) fn of_zone(zone: &Zone, unproven: &[Unproven], mask: Mask) -> Self {
        let number = zone.document_number.reveal();
        Self {
            format: Some(zone.format.as_str()),
            document_number: Some(mask.field(Field::PassportNumber, number)),
            issuing_state: Some(zone.issuing_state.clone()),
            nationality: Some(zone.nationality.clone()),
            birth_date: zone.birth_date.as_ref().map(|birth| birth.reveal().clone()),
            sex: zone.sex,
            expiry_date: zone.expiry_date.map(|day| day.to_string()),
            surname: Some(mask.field(Field::Surname, zone.surname.reveal())),
            given_names: Some(mask.field(Field::GivenNames, zone.given_names.reveal())),
            checks: zone
                .checks
                .iter()
                .map(|check| CheckMark { field: check.field.as_str(), ok: check.ok })
                .collect(),
            valid: zone.is_valid(),
            repairs: zone
                .repairs
                .iter()
                .map(|repair| RepairMark {
                    field: repair.field.as_str(),
                    index: repair.index,
                    from: repair.from,
                    to: repair.to,
                })
                .collect(),
            unproven: unproven
                .iter()
                .map(|place| Place { field: place.field.as_str(), index: place.index })
                .collect(),
            reason: None,
        }
    }
}

impl MrzLine {
    /// Places of one part's characters that are for the eye.
    fn places(&self, part: ZoneField) -> impl Iterator<Item = usize> {
        self.unproven.iter().filter(move |place| place.field == part.as_str()).map(|place| place.index)
    }

    /// A value with the characters for the eye underlined. A masked one has none to look at.
    fn shown(&self, part: ZoneField, value: &str, out: &Output) -> String {
        if out.mask == Mask::On {
            return value.to_owned();
        }
        let marked = |(index, c): (usize, char)| {
            if self.places(part).any(|place| place == index) {
                format!("{UNDERLINED}{c}{UNDERLINED:#}")
            } else {
                c.to_string()
            }
        };
        value.chars().enumerate().map(marked).collect()
    }
}

impl Line for MrzLine {
    fn text(&self, out: &Output) -> String {
        let Some(format) = self.format else {
            return format!("{WARN}{}{WARN:#}", out.word("cli-no-zone", &[]));
        };
        let (style, word) = if self.valid { (GOOD, "cli-digits-fit") } else { (BAD, "cli-digits-fail") };
        let mark = |check: &CheckMark| {
            let (style, sign) = if check.ok { (GOOD, "✓") } else { (BAD, "✗") };
            format!("{style}{sign}{style:#} {}", check.field)
        };
        let row = |label, part, value: Option<&str>| {
            let shown = value.map(|value| self.shown(part, value, out));
            (out.field(label), shown.map(|shown| values::said(label, &shown, out)))
        };
        let rows = [
            row(Field::Surname, ZoneField::Surname, self.surname.as_deref()),
            row(Field::GivenNames, ZoneField::GivenNames, self.given_names.as_deref()),
            row(Field::PassportNumber, ZoneField::DocumentNumber, self.document_number.as_deref()),
            row(Field::IssuingState, ZoneField::IssuingState, self.issuing_state.as_deref()),
            row(Field::Nationality, ZoneField::Nationality, self.nationality.as_deref()),
            row(Field::BirthDate, ZoneField::BirthDate, self.birth_date.as_deref()),
            row(Field::Sex, ZoneField::Sex, self.sex),
            row(Field::PassportExpiry, ZoneField::ExpiryDate, self.expiry_date.as_deref()),
            (
                out.word("word-check-digits", &[]),
                Some(self.checks.iter().map(mark).collect::<Vec<_>>().join("  ")),
            ),
        ];
        let heading = format!("{style}{BOLD}{format} · {}{BOLD:#}{style:#}", out.word(word, &[]));
        let repairs = self.repairs.iter().map(|repair| repair_in_words(repair.from, repair.to, out));
        let number = self.places(ZoneField::DocumentNumber);
        let places: Vec<String> = number.map(|index| index.saturating_add(1).to_string()).collect();
        let closely =
            (!places.is_empty()).then(|| out.word("mrz-look-closely", &[("n", &places.join(", "))]));
        let to_see = repairs.chain(closely).map(|sentence| format!("  {WARN}{sentence}{WARN:#}"));
        [heading, table(&rows)].into_iter().chain(to_see).collect::<Vec<_>>().join("\n")
    }
}

/// What was put right: a misread character, or a lost one.
pub(crate) fn repair_in_words(from: Option<char>, to: Option<char>, out: &Output) -> String {
    match (from, to) {
        (Some(from), Some(to)) => {
            out.reason("MRZ_REPAIRED", &[("a", &from.to_string()), ("b", &to.to_string())])
        }
        (None, _) | (_, None) => out.word("mrz-put-back", &[]),
    }
}
