//! What holds for every payload and every person: what is written is read again as it was, and nothing that is read
//! holds a character that a person cannot see.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use apoa_domain::countries;
use apoa_domain::fields::Field;
use apoa_domain::passport::{Date, Occasion, Origin, Person, Verdict, compare, read_mrz};
use apoa_domain::permit::{Confidence, Patterns, Reading, Shape, read};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Facts in the contract's forms.
type Facts = BTreeMap<Field, String>;

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec("[A-ZÀ-ÖØ-Þ]{2,9}", 1..5).prop_map(|words| words.join(" "))
}

fn date() -> impl Strategy<Value = String> {
    (1930..2099_i16, 1..=12_i8, 1..=28_i8)
        .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
}

fn country() -> impl Strategy<Value = String> {
    prop_oneof![Just("UTO"), Just("D"), Just("CHN"), Just("GBR"), Just("RKS"), Just("USA"), Just("XXA")]
        .prop_map(str::to_owned)
}

/// Facts that all three forms of holder data can state.
fn facts() -> impl Strategy<Value = Facts> {
    ("[0-9][A-Z][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z]{2}", words(), "[A-Z][A-Z0-9]{6,8}", date(), date(), country())
        .prop_map(|(permit, name, passport, expiry, birth, nationality)| {
            Facts::from([
                (Field::PermitNumber, permit),
                (Field::FullName, name),
                (Field::PassportNumber, passport),
                (Field::PermitExpiry, expiry),
                (Field::BirthDate, birth),
                (Field::Nationality, nationality),
            ])
        })
}

/// Day first, as papers print it.
fn printed_date(iso: &str, sign: &str) -> String {
    iso.rsplit('-').collect::<Vec<_>>().join(sign)
}

/// A fact as papers print it: days first, countries by their names.
fn printed(field: Field, value: &str, sign: &str) -> String {
    match field {
        Field::PermitExpiry | Field::BirthDate => printed_date(value, sign),
        Field::Nationality => countries::indonesian_name(value).unwrap_or(value).to_owned(),
        _ => value.to_owned(),
    }
}

fn said(payload: &str) -> Reading {
    read(payload.as_bytes(), &Patterns::default())
}

fn stated(reading: &Reading) -> Facts {
    reading.fields().iter().map(|(field, value)| (field, value.to_owned())).collect()
}

/// Pieces of which hostile payloads are made.
fn payloads() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("https://".to_owned()),
        Just("evisa.imigrasi.go.id/web/visa/".to_owned()),
        Just("apoa.imigrasi.go.id/poa/".to_owned()),
        Just("2C21XX0000-K".to_owned()),
        Just("NIORA : AB12345678\n".to_owned()),
        Just("\rFull Name : ".to_owned()),
        Just("{\"permit\":\"2C21XX0000-K\",\"name\":\"".to_owned()),
        Just("\"}".to_owned()),
        Just("\\u200b".to_owned()),
        Just("\\n".to_owned()),
        Just("|".to_owned()),
        Just("\t".to_owned()),
        "[ -~]{0,8}",
        "\\PC{0,4}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

fn is_visible(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}'))
}

proptest! {
    #[test]
    fn labelled_lines_are_read_as_they_were_written(facts in facts(), sign in "[-/.]", end in "\r\n|\n|\r") {
        let labels = [
            (Field::PermitNumber, "Permit Number"),
            (Field::FullName, "Nama Lengkap"),
            (Field::PassportNumber, "No. Paspor"),
            (Field::PermitExpiry, "Berlaku s/d"),
            (Field::BirthDate, "Tanggal Lahir"),
            (Field::Nationality, "Kewarganegaraan"),
        ];
        let line = |(field, label): &(Field, &str)| format!("{label} : {}", printed(*field, &facts[field], &sign));
        let payload = labels.iter().map(line).collect::<Vec<_>>().join(&end);
        let reading = said(&payload);
        prop_assert_eq!(stated(&reading), facts);
        prop_assert_eq!(reading.confidence(), Confidence::Exact);
    }

    #[test]
    fn json_is_read_as_it_was_written(facts in facts(), sign in "[-/.]", wrapped: bool, pretty: bool) {
        let names = [
            (Field::PermitNumber, "permit"),
            (Field::FullName, "name"),
            (Field::PassportNumber, "passport"),
            (Field::PermitExpiry, "expiry"),
            (Field::BirthDate, "birth"),
            (Field::Nationality, "nationality"),
        ];
        let members: Map<String, Value> = names
            .iter()
            .map(|(field, name)| ((*name).to_owned(), json!(printed(*field, &facts[field], &sign))))
            .collect();
        let object = if wrapped { json!({ "data": members }) } else { Value::Object(members) };
        let payload = if pretty { serde_json::to_string_pretty(&object).unwrap() } else { object.to_string() };
        let reading = said(&payload);
        prop_assert_eq!(stated(&reading), facts);
        prop_assert_eq!(reading.confidence(), Confidence::Exact);
    }

    #[test]
    fn columns_are_read_as_they_were_written(mut facts in facts(), sign in "[-/.]", separator in "[|;#\t]") {
        facts.remove(&Field::BirthDate);
        facts.remove(&Field::Nationality);
        let order = [Field::PermitNumber, Field::FullName, Field::PassportNumber, Field::PermitExpiry];
        let row = order.map(|field| printed(field, &facts[&field], &sign)).join(&separator);
        let reading = said(&row);
        prop_assert_eq!(stated(&reading), facts);
    }

    #[test]
    fn a_zone_is_read_as_it_was_written_and_matches_its_permit(
        surname in "[A-Z]{2,9}( [A-Z]{2,9})?",
        given in "[A-Z]{2,8}",
        number in "[A-Z0-9]{9}",
        birth in date(),
        style in prop_oneof![Just(mrz::TransliterationStyle::Expanded), Just(mrz::TransliterationStyle::Simple), Just(mrz::TransliterationStyle::XxSuffix)],
        marked in "[ÄÖÜÅÑ]",
    ) {
        let marked_surname = format!("{marked}{surname}");
        let spelled = mrz::transliterate(&marked_surname, style);
        prop_assume!(birth.as_str() < "2026-11-24" && birth.as_str() > "1930");
        let six = birth[2..].replace('-', "");
        let name = format!("{}<<{given}", spelled.replace(' ', "<"));
        let digit = |text: &str| mrz::check_digit(text).unwrap().to_string();
        let (number_digit, birth_digit, expiry_digit) = (digit(&number), digit(&six), digit("350415"));
        let body = format!("{number}{number_digit}{six}{birth_digit}350415{expiry_digit}{:<15}", "").replace(' ', "<");
        let line = format!("{number}{number_digit}UTO{six}{birth_digit}F350415{expiry_digit}{}{}", "<".repeat(15), digit(&body));
        let reading = read_mrz(&format!("P<UTO{name:<<39}\n{line}"), today());
        let zone = reading.zone().unwrap();
        prop_assert!(zone.is_valid() && zone.repairs.is_empty());
        prop_assert_eq!(zone.document_number.reveal(), &number);
        prop_assert_eq!(zone.birth_date.as_ref().map(|birth| birth.reveal().as_str()), Some(birth.as_str()));
        prop_assert_eq!((zone.surname.reveal(), zone.given_names.reveal()), (&spelled, &given));
        let full = format!("{marked_surname} {given}");
        let permit = [(Field::FullName, full.as_str()), (Field::PassportNumber, &number), (Field::BirthDate, &birth)];
        let permit = Person::from_fields(permit, Origin::Code, &Patterns::default());
        let result = compare(&permit, &Person::from_zone(zone), &Occasion::on(today()));
        prop_assert_eq!(result.verdict, Verdict::Match);
    }

    #[test]
    fn nothing_that_is_read_holds_what_a_person_cannot_see(payload in payloads()) {
        let reading = said(&payload);
        for (_, value) in reading.fields().iter() {
            prop_assert!(is_visible(value) && value.trim() == value && !value.is_empty(), "{:?}", value);
        }
        if let Some((_, key)) = reading.key() {
            prop_assert!(key.bytes().all(|b| b.is_ascii_graphic()), "{:?}", key);
        }
        prop_assert!(reading.shape().is_none_or(|shape| is_visible(shape.as_str())));
    }

    #[test]
    fn a_reading_is_the_same_with_noise_around_it(payload in payloads(), noise in "[ \t\r\n]{0,4}") {
        prop_assume!(!payload.starts_with(['\u{feff}', ' ', '\t', '\r', '\n']) && payload.len() < 4000);
        prop_assert_eq!(said(&payload), said(&format!("{noise}\u{feff}{noise}{payload}{noise}")));
    }

    #[test]
    fn a_shape_gives_no_letter_and_no_digit_away(payload in "[a-z0-9 .,!-]{1,60}") {
        if let Some(shape) = said(&payload).shape().map(Shape::as_str) {
            prop_assert!(shape.chars().all(|c| !c.is_alphanumeric() || c == 'A' || c == '9'), "{}", shape);
        }
    }
}
