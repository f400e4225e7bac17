//! The check of three: code, register, passport. A copied code, a made-up one, a register that is ahead of the paper.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use apoa_domain::fields::Field;
use apoa_domain::passport::{
    Date, Occasion, Origin, Pair, Person, Reason, ThreeWay, Verdict, compare_three, read_mrz,
};
use apoa_domain::permit::{Holder, KeyKind, NumberKind, Patterns, read};

const ZONE: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nX000000012UTO7408122F3604155<<<<<<<<<<<<<<<2";
const OLD: &str = "L898902C3";
const NEW: &str = "X00000001";

fn occasion() -> Occasion {
    Occasion::on(Date::constant(2026, 11, 24))
}

fn passport() -> Person {
    Person::from_zone(read_mrz(ZONE, occasion().today).zone().unwrap())
}

fn guest(origin: Origin, number: &str) -> Person {
    person(
        origin,
        &[
            (Field::PassportNumber, number),
            (Field::FullName, "ERIKSSON ANNA MARIA"),
            (Field::BirthDate, "1974-08-12"),
            (Field::Sex, "F"),
            (Field::Nationality, "UTO"),
        ],
    )
}

fn other(origin: Origin) -> Person {
    person(
        origin,
        &[
            (Field::PassportNumber, "C01X00T47"),
            (Field::FullName, "CONTOH UJI"),
            (Field::BirthDate, "1990-01-31"),
            (Field::Sex, "M"),
            (Field::Nationality, "UTO"),
        ],
    )
}

fn person(origin: Origin, fields: &[(Field, &str)]) -> Person {
    Person::from_fields(fields.iter().copied(), origin, &Patterns::default())
}

fn key_alone() -> Person {
    let patterns = Patterns::default();
    Person::from_reading(&read(b"apoa.imigrasi.go.id/poa/2C21XX0000-K", &patterns), &patterns)
}

fn check(code: &Person, record: &Person) -> ThreeWay {
    compare_three(code, record, &passport(), &occasion())
}

fn said(result: &ThreeWay) -> (&'static str, Option<&'static str>, &'static str, Vec<&'static str>) {
    (
        result.verdict.as_str(),
        result.reason.map(Reason::as_str),
        result.decided_by.as_str(),
        result.notes.iter().map(|note| note.as_str()).collect(),
    )
}

#[test]
fn three_that_agree_match() {
    let result = check(&guest(Origin::Code, NEW), &guest(Origin::Record, NEW));
    assert_eq!(said(&result), ("match", None, "record_passport", vec![]));
    let result = check(&key_alone(), &guest(Origin::Record, NEW));
    assert_eq!(said(&result), ("match", None, "record_passport", vec![]));
    assert!(Pair::ALL.iter().all(|pair| result.pair(*pair).reason.is_none()), "nothing is pending any more");
}

#[test]
fn a_copied_code_that_leads_to_another_persons_record_is_caught() {
    let expected = ("mismatch", Some("OTHER_HOLDER"), "record_passport", vec!["P208"]);
    // The code is a link alone; or it prints the guest's data beside a number that is not his.
    assert_eq!(said(&check(&key_alone(), &other(Origin::Record))), expected);
    assert_eq!(said(&check(&guest(Origin::Code, NEW), &other(Origin::Record))), expected);
    // Or the card is simply somebody else's.
    assert_eq!(said(&check(&other(Origin::Code), &other(Origin::Record))), expected);
}

#[test]
fn a_record_that_states_no_birth_date_is_another_persons_by_number_and_name() {
    let row = [(Field::PassportNumber, "C01X00T47"), (Field::FullName, "CONTOH UJI")];
    let result = check(&key_alone(), &person(Origin::Record, &row));
    assert_eq!(
        said(&result),
        ("mismatch", Some("OTHER_HOLDER"), "record_passport", vec!["P208", "PARTLY_COMPARED"])
    );
    // A code says so little about itself that this stays what it was.
    let row = person(Origin::Code, &row);
    let result = compare_three(&row, &Person::pending(), &passport(), &occasion());
    assert_ne!(result.reason, Some(Reason::OtherHolder));
    let row = [(Field::PassportNumber, NEW), (Field::FullName, "ERIKSSON ANNA MARIA")];
    let result = check(&key_alone(), &person(Origin::Record, &row));
    assert_eq!(said(&result), ("plausible", Some("PARTLY_COMPARED"), "record_passport", vec![]));
}

#[test]
fn a_code_that_says_another_name_than_its_record_is_not_the_guests_fault_and_still_caught() {
    let result = check(&other(Origin::Code), &guest(Origin::Record, NEW));
    assert_eq!(said(&result), ("mismatch", Some("OTHER_HOLDER"), "code_record", vec!["P203"]));
    let born = [
        (Field::PassportNumber, NEW),
        (Field::FullName, "ERIKSSON ANNA MARIA"),
        (Field::BirthDate, "12-08-1984"),
    ];
    let result = check(&person(Origin::Code, &born), &guest(Origin::Record, NEW));
    assert_eq!(said(&result), ("mismatch", Some("BIRTH_DIFFERENT"), "code_record", vec!["P203"]));
}

#[test]
fn a_new_passport_that_the_register_has_is_no_news_and_one_it_has_not_is_wajar() {
    let known = check(&guest(Origin::Code, OLD), &guest(Origin::Record, NEW));
    assert_eq!(said(&known), ("match", None, "record_passport", vec![]));
    let unknown = check(&guest(Origin::Code, OLD), &guest(Origin::Record, OLD));
    assert_eq!(said(&unknown), ("plausible", Some("PASSPORT_RENEWED"), "record_passport", vec!["P204"]));
}

#[test]
fn without_the_record_code_and_passport_are_compared_as_before() {
    let result = check(&guest(Origin::Code, OLD), &Person::pending());
    assert_eq!(
        said(&result),
        ("plausible", Some("PASSPORT_RENEWED"), "code_passport", vec!["P204", "RECORD_PENDING"])
    );
    let result = check(&key_alone(), &Person::pending());
    assert_eq!((result.verdict, result.reason), (Verdict::NotComparable, Some(Reason::RecordPending)));
}

#[test]
fn the_whole_is_never_better_than_register_and_passport() {
    let persons = [guest(Origin::Code, NEW), guest(Origin::Code, OLD), other(Origin::Code), key_alone()];
    let records = [guest(Origin::Record, NEW), guest(Origin::Record, OLD), other(Origin::Record)];
    for code in &persons {
        for record in &records {
            let result = check(code, record);
            assert!(result.verdict >= result.pair(Pair::RecordPassport).verdict, "{result:?}");
        }
    }
}

#[test]
fn a_record_is_read_by_the_rules_for_codes() {
    let fields = [
        (Field::PassportNumber, "x 000-00001"),
        (Field::FullName, "ERIKSSON\u{202e} ANNA"),
        (Field::BirthDate, "12-08-1974"),
        (Field::BirthPlace, "UT\u{41e}PIA"),
        (Field::Nationality, "UTOPIA"),
    ];
    let record = Holder::from_record(fields, &Patterns::default());
    assert_eq!(record.get(Field::PassportNumber), Some(NEW));
    assert_eq!(record.get(Field::BirthDate), Some("1974-08-12"));
    assert_eq!(record.get(Field::Nationality), Some("UTO"));
    assert_eq!((record.get(Field::FullName), record.get(Field::BirthPlace)), (None, None));
    assert!(!record.is_complete());
}

#[test]
fn what_a_look_up_needs_of_a_code_is_its_key() {
    let key = |payload: &str| read(payload.as_bytes(), &Patterns::default()).lookup_key();
    let plain = |payload: &str| key(payload).map(|key| (key.kind, key.key.reveal().clone()));
    let permit = KeyKind::Number(NumberKind::Permit);
    assert_eq!(plain("2c21xx0000-k"), Some((permit, "2C21XX0000K".to_owned())));
    assert_eq!(
        plain("HTTP://APOA.IMIGRASI.GO.ID/POA/2C21XX0000-K"),
        Some((permit, "2C21XX0000K".to_owned()))
    );
    let id = "00000000-0000-4000-8000-000000000001";
    assert_eq!(
        plain(&format!("https://evisa.imigrasi.go.id/web/visa/{id}")),
        Some((KeyKind::RecordId, id.to_owned()))
    );
    assert_eq!(
        plain("NIORA : AB12345678\nNAME : CONTOH UJI"),
        Some((KeyKind::Number(NumberKind::Niora), "AB12345678".to_owned()))
    );
    for none in
        ["https://evisa.imigrasi.go.id@example.com/web", "WIFI:T:WPA;S:x;;", "", ZONE, "NAME : CONTOH UJI"]
    {
        assert!(key(none).is_none(), "{none}");
    }
}
