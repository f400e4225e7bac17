//! The vectors of zones, name pairs and whole verdicts, and what must hold for every text.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::date;
use proptest::prelude::*;

use super::names::Name;
use super::*;
use crate::fields::Field;
use crate::permit::{Patterns, read};

const TODAY: Date = date(2026, 11, 24);
const SPEC: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
const PLAIN: &str = "P<UTOCONTOH<<UJI<<<<<<<<<<<<<<<<<<<<<<<<<<<<";
const M01: &str = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
const M02: &str = "L898902C37UTO7408122F1204159ZE184226B<<<<<10";
const M14: &str = "X000000012UTO7408122F3604155<<<<<<<<<<<<<<<2";

fn zone(text: &str) -> Zone {
    match read_mrz(text, TODAY) {
        MrzReading::Complete(zone) => *zone,
        MrzReading::Unreadable { why } => panic!("{why:?}"),
    }
}

fn two(one: &str, other: &str) -> Zone {
    zone(&format!("{one}\n{other}"))
}

fn failing(zone: &Zone) -> Vec<&'static str> {
    zone.checks.iter().filter(|check| !check.ok).map(|check| check.field.as_str()).collect()
}

fn birth(zone: &Zone) -> Option<&str> {
    zone.birth_date.as_ref().map(|birth| birth.reveal().as_str())
}

fn assert_specimen(zone: &Zone) {
    assert!(zone.is_valid() && zone.repairs.is_empty() && zone.notes.is_empty());
    assert_eq!((zone.format, zone.document_number.reveal().as_str()), (Format::Td3, "L898902C3"));
    assert_eq!(
        (zone.surname.reveal().as_str(), zone.given_names.reveal().as_str()),
        ("ERIKSSON", "ANNA MARIA")
    );
    assert_eq!((birth(zone), zone.expiry_date), (Some("1974-08-12"), Some(date(2012, 4, 15))));
    assert_eq!((zone.sex, zone.nationality.as_str(), zone.issuing_state.as_str()), (Some("F"), "UTO", "UTO"));
    assert_eq!(zone.unproven, [Unproven { field: ZoneField::DocumentNumber, index: 0 }]);
}

#[test]
fn m01_m20_m21_the_specimen_however_it_arrives() {
    let lines = format!("{SPEC}\n{M01}");
    for text in [
        lines.clone(),
        format!("{SPEC}{M01}"),
        format!("{SPEC}{M01}").to_lowercase(),
        format!("  {SPEC}  \r\n\r\n {M01}\r\n"),
        format!("REPUBLIC OF UTOPIA\nPASSPORT\nEriksson\n{lines}\nSignature of bearer"),
        lines.replace('<', "«"),
        lines.replace('<', "‹"),
        lines.replace('<', "＜"),
        format!("{SPEC}{M01}").replace('<', "«"),
        lines.replace("<<", "< <"),
        lines.replace('<', "&lt;"),
        format!("\u{feff}{lines}"),
    ] {
        assert_specimen(&zone(&text));
    }
    assert_eq!(zone(&lines).checks.len(), 5);
}

#[test]
fn m02_a_failing_digit_is_said_and_never_repaired_away() {
    let zone = two(SPEC, M02);
    assert_eq!(failing(&zone), ["document_number", "composite"]);
    assert_eq!(zone.notes, [Reason::MrzUnproven]);
    assert!(zone.repairs.is_empty());
}

#[test]
fn m03_m04_a_misread_is_repaired_where_a_digit_proves_it_and_a_right_letter_stays() {
    let repaired = two(SPEC, "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10");
    assert_eq!(repaired.document_number.reveal(), "L898902C3");
    let repair = Repair { field: ZoneField::DocumentNumber, index: 5, from: Some('O'), to: Some('0') };
    assert_eq!((repaired.repairs, repaired.notes), (vec![repair], vec![Reason::MrzRepaired]));
    let stays = two(PLAIN, "AO12345670UTO9001310M3506307<<<<<<<<<<<<<<<2");
    assert_eq!((stays.is_valid(), stays.document_number.reveal().as_str()), (true, "AO1234567"));
}

#[test]
fn m05_to_m12_fields() {
    for last in ["<6", "06"] {
        let zone = two(PLAIN, &format!("C01X00T478UTO9001310M3506307<<<<<<<<<<<<<<{last}"));
        assert!(zone.is_valid() && zone.optional_data.is_none());
    }
    for first in ["I", "S"] {
        let zone = two(PLAIN, &format!("{first}P12345679UTO9001310M3506307<<<<<<<<<<<<<<<4"));
        assert!(zone.is_valid());
        assert!(zone.unproven.contains(&Unproven { field: ZoneField::DocumentNumber, index: 0 }));
    }
    let partly = two(PLAIN, "C01X00T478UTO9001<<0<3506307<<<<<<<<<<<<<<<6");
    assert_eq!((birth(&partly), partly.sex, partly.is_valid()), (Some("1990-01"), Some("X"), true));
    let impossible = two(PLAIN, "C01X00T478UTO9002317M3506307<<<<<<<<<<<<<<<0");
    assert_eq!((impossible.is_valid(), birth(&impossible)), (true, None));
    assert_eq!(impossible.notes, [Reason::DateImpossible]);
    let minor = two(PLAIN, "C01X00T478UTO2501017M3001019<<<<<<<<<<<<<<<2");
    assert_eq!(birth(&minor), Some("2025-01-01"));
    let old = two(PLAIN, "C01X00T478UTO3012316M3506307<<<<<<<<<<<<<<<6");
    assert_eq!(birth(&old), Some("1930-12-31"));
    let german =
        two("P<D<<MUSTER<<BEISPIEL<<<<<<<<<<<<<<<<<<<<<<<", "C01X00T478D<<9001310F3506307<<<<<<<<<<<<<<<6");
    assert_eq!((german.nationality.as_str(), german.issuing_state.as_str()), ("D", "D"));
}

#[test]
fn m13_to_m19_names_and_formats() {
    let single =
        two("P<UTOCONTOH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", "C01X00T478UTO9001310M3506307<<<<<<<<<<<<<<<6");
    assert_eq!((single.surname.reveal().as_str(), single.given_names.reveal().as_str()), ("CONTOH", ""));
    assert!(two(SPEC, M14).is_valid());
    let card = "7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    let td1 = zone(&format!("I<UTOD231458907<<<<<<<<<<<<<<<\n{card}"));
    assert_eq!(
        (td1.format, td1.is_valid(), td1.document_number.reveal().as_str()),
        (Format::Td1, true, "D23145890")
    );
    let long = zone(
        "IDUTO123456789<07<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<4\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    );
    assert_eq!((long.is_valid(), long.document_number.reveal().as_str()), (true, "1234567890"));
    let td2 = two("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6");
    assert_eq!((td2.format, td2.is_valid()), (Format::Td2, true));
    let visa_a =
        two("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<");
    let visa_b = two("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<");
    for (visa, format) in [(visa_a, Format::MrvA), (visa_b, Format::MrvB)] {
        assert_eq!(
            (visa.format, visa.is_valid(), visa.checks.len(), visa.is_passport()),
            (format, true, 3, false)
        );
    }
}

#[test]
fn a_text_without_a_whole_zone_says_why() {
    let why = |text: &str| match read_mrz(text, TODAY) {
        MrzReading::Unreadable { why } => why,
        MrzReading::Complete(_) => panic!("read"),
    };
    assert_eq!(why("no lines here"), Unreadable::NotFound);
    assert_eq!(why(""), Unreadable::NotFound);
    assert_eq!(why(SPEC), Unreadable::Incomplete);
    assert_eq!(why(&"<".repeat(20_000)), Unreadable::TooLong);
}

#[test]
fn a_cell_that_no_digit_covers_is_never_changed() {
    let name =
        two("P<UTOERIKSS0N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10");
    assert!(name.is_valid() && name.lines.reveal().starts_with("P<UTOERIKSS0N"));
    assert_eq!(name.repairs.len(), 1);
    let nationality = two(SPEC, "L898902C36UT07408122F1204159ZE184226B<<<<<10");
    assert_eq!((nationality.nationality.as_str(), nationality.is_valid()), ("UT0", true));
}

#[test]
fn a_lost_filler_is_put_back_and_said() {
    let zone = two(SPEC.strip_suffix('<').unwrap(), M01);
    assert_eq!((zone.is_valid(), zone.notes.as_slice()), (true, [Reason::MrzRepaired].as_slice()));
    assert_eq!(zone.repairs.first().map(|repair| repair.field), Some(ZoneField::Line));
}

/// Each cell of each covered line lost in turn: what comes out is the zone itself or nothing that is believed.
#[test]
fn a_lost_cell_comes_back_as_it_was_or_not_at_all() {
    let td1 = [
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ];
    let td2 = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"];
    let visa =
        ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"];
    let zones: [(&[&str], &[usize], usize); 4] =
        [(&[SPEC, M01], &[1], 20), (&td2, &[1], 20), (&td1, &[0, 1], 37), (&visa, &[1], 10)];
    for (lines, covered, least) in zones {
        let whole = read_mrz(&lines.join("\n"), TODAY).zone().cloned().unwrap();
        let mut back = 0;
        for (at, column) in
            covered.iter().flat_map(|at| (0..lines[*at].len()).map(move |column| (*at, column)))
        {
            let mut read: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let lost = read[at].remove(column);
            let reading = read_mrz(&read.join("\n"), TODAY);
            let Some(zone) = reading.zone().filter(|zone| zone.is_valid()) else { continue };
            // No digit covers what else a visa says.
            let rest = |zone: &Zone| zone.optional_data.clone().filter(|_| !zone.format.is_visa());
            let said = |zone: &Zone| {
                (zone.document_number.clone(), zone.birth_date.clone(), zone.expiry_date, rest(zone))
            };
            assert_eq!(said(zone), said(&whole), "{} without the {lost} in column {column}", lines[at]);
            assert!(zone.notes.contains(&Reason::MrzRepaired), "put back in silence: {column}");
            back += 1;
        }
        assert!(back >= least, "{} came back of {}", back, lines[0]);
    }
}

fn name(field: &str) -> Name {
    let field = format!("{field:<<39}");
    let (surname, given) = field.split_once("<<").unwrap_or((&field, ""));
    let clean = |part: &str| part.replace('<', " ").trim().to_owned();
    Name::in_two(&clean(surname), &clean(given), !field.ends_with('<')).unwrap()
}

fn named(printed: &str, field: &str) -> &'static str {
    match Name::printed(printed) {
        Ok(printed) => printed.compare(&name(field)).as_str(),
        Err(reason) => reason.as_str(),
    }
}

#[test]
fn n01_to_n18_the_name_ladder() {
    let anna = "ERIKSSON<<ANNA<MARIA";
    for (printed, field, expected) in [
        ("ERIKSSON, ANNA-MARIA", anna, "NAME_EXACT"),
        ("Anna Maria Eriksson", anna, "NAME_ORDER"),
        ("ÜBER CONTOH", "UEBER<<CONTOH", "NAME_SPELLING"),
        ("ÜBER CONTOH", "UXXBER<<CONTOH", "NAME_SPELLING"),
        ("ÜBER CONTOH", "UBER<<CONTOH", "NAME_SPELLING"),
        ("U\u{308}BER CONTOH", "UEBER<<CONTOH", "NAME_SPELLING"),
        ("AÑO CONTOH", "ANO<<CONTOH", "NAME_SPELLING"),
        ("AÑO CONTOH", "ANXXO<<CONTOH", "NAME_SPELLING"),
        ("ØRE CONTOH", "OERE<<CONTOH", "NAME_SPELLING"),
        ("ORE CONTOH", "OERE<<CONTOH", "NAME_FOLDED"),
        ("STRAßE CONTOH", "STRASSE<<CONTOH", "NAME_SPELLING"),
        ("L'EAU CONTOH", "LEAU<<CONTOH", "NAME_EXACT"),
        ("L’EAU CONTOH", "LEAU<<CONTOH", "NAME_EXACT"),
        ("AL CONTOH UJI", "ALCONTOH<<UJI", "NAME_JOINED"),
        (
            "CONTOHNAMAPANJANG UNTUK MENGUJI PEMOTONGAN BARIS",
            "CONTOHNAMAPANJANG<<UNTUK<MENGUJI<PEMOTO",
            "NAME_TRUNCATED",
        ),
        (
            "CONTOHNAMAYANGSANGATPANJANG SEKALI TANPA AKHIR UJI",
            "CONTOHNAMAYANGSANGATPANJANG<SE<T<A<<UJI",
            "NAME_TRUNCATED",
        ),
        ("CONTOHNAMAPANJANG UNTUK MENGUJI", "CONTOHNAMAPANJANG<<UNTUK<MEN", "NAME_DIFFERENT"),
        ("ERIKSSON ANNA", anna, "NAME_SUBSET"),
        ("ANNA MARIA", anna, "NAME_DIFFERENT"),
        ("CONTOH CONTOH", "CONTOH", "NAME_MONONYM"),
        ("ERIKSON ANNA MARIA", anna, "NAME_NEAR"),
        ("DR. CONTOH UJI", "CONTOH<<UJI", "NAME_EXACT"),
        ("\u{421}ONTOH UJI", "CONTOH<<UJI", "NAME_SCRIPT"),
        ("ERIKSSON MARIA", "CONTOH<<UJI", "NAME_DIFFERENT"),
        (" - ", anna, "NAME_MISSING"),
    ] {
        assert_eq!(named(printed, field), expected, "{printed} / {field}");
    }
}

const P: [(Field, &str); 5] = [
    (Field::PassportNumber, "L898902C3"),
    (Field::FullName, "ERIKSSON ANNA MARIA"),
    (Field::BirthDate, "12-08-1974"),
    (Field::Sex, "P"),
    (Field::Nationality, "UTOPIA"),
];

fn permit(changes: &[(Field, &'static str)]) -> Person {
    let fields = P.iter().chain(changes).copied();
    let last: std::collections::BTreeMap<Field, &str> = fields.collect();
    Person::from_fields(last, Origin::Code, &Patterns::default())
}

fn passport(line: &str) -> Person {
    Person::from_zone(&two(SPEC, line))
}

/// Verdict, reason and notes in one line.
fn verdict(permit: &Person, passport: &Person) -> String {
    let result = compare(permit, passport, &Occasion::on(TODAY));
    let notes: Vec<&str> = result.notes.iter().map(|note| note.as_str()).collect();
    format!("{} {} {}", result.verdict.as_str(), result.reason.map_or("-", Reason::as_str), notes.join(","))
}

#[test]
fn c01_to_c06_one_passport_and_its_neighbours() {
    assert_eq!(verdict(&permit(&[]), &passport(M01)), "match - P202");
    assert_eq!(verdict(&permit(&[(Field::PassportNumber, "l8989-02c3")]), &passport(M01)), "match - P202");
    assert_eq!(verdict(&permit(&[]), &passport(M14)), "plausible PASSPORT_RENEWED P204");
    let subset = permit(&[(Field::FullName, "ERIKSSON ANNA")]);
    assert_eq!(verdict(&subset, &passport(M14)), "mismatch NUMBER_AND_NAME_DIFFER ");
    let born = permit(&[(Field::BirthDate, "12/08/1975")]);
    assert_eq!(verdict(&born, &passport(M01)), "mismatch BIRTH_DIFFERENT P202");
    assert_eq!(verdict(&permit(&[]), &passport(M02)), "plausible PARTLY_COMPARED P202,MRZ_UNPROVEN");
    let near = permit(&[(Field::FullName, "ERIKSON ANNA MARIA")]);
    assert_eq!(verdict(&near, &passport(M01)), "plausible NAME_NEAR P202");
    let both = permit(&[(Field::FullName, "ERIKSON ANNA MARIA"), (Field::BirthDate, "12/08/1975")]);
    assert_eq!(verdict(&both, &passport(M01)), "mismatch BIRTH_DIFFERENT P202");
}

#[test]
fn c07_to_c09_nationality_pending_records_and_other_holders() {
    let overseas = Person::from_zone(&two(SPEC, "L898902C36GBN7408122F1204159ZE184226B<<<<<10"));
    let british = permit(&[(Field::Nationality, "INGGRIS")]);
    assert_eq!(verdict(&british, &overseas), "plausible NAT_VARIANT P202");
    let patterns = Patterns::default();
    let key = Person::from_reading(&read(b"apoa.imigrasi.go.id/poa/2C21XX0000-K", &patterns), &patterns);
    assert_eq!(verdict(&key, &passport(M01)), "not_comparable RECORD_PENDING P202");
    let other = Person::from_fields(
        [
            (Field::PassportNumber, "C01X00T47"),
            (Field::FullName, "CONTOH UJI"),
            (Field::BirthDate, "1990-01-31"),
            (Field::Sex, "M"),
        ],
        Origin::Record,
        &patterns,
    );
    assert_eq!(verdict(&other, &passport(M01)), "mismatch OTHER_HOLDER P202,P208");
}

#[test]
fn what_runs_out_during_the_stay_is_remarked() {
    let stay = |permit: &Person, check_out| {
        let occasion = Occasion { today: TODAY, check_in: None, check_out: Some(check_out) };
        let notes = compare(permit, &passport(M14), &occasion).notes;
        notes.iter().map(|note| note.as_str()).collect::<Vec<_>>()
    };
    let ends = permit(&[(Field::PermitExpiry, "18/12/2026"), (Field::PassportNumber, "X00000001")]);
    assert_eq!(stay(&ends, date(2026, 12, 18)), [""; 0]);
    assert_eq!(stay(&ends, date(2026, 12, 19)), ["P206"]);
    let ended = permit(&[(Field::PermitExpiry, "23/11/2026"), (Field::PassportNumber, "X00000001")]);
    assert_eq!(stay(&ended, date(2026, 12, 19)), ["P205"]);
    let expiry = permit(&[(Field::PassportNumber, "X00000001"), (Field::PassportExpiry, "15-04-2035")]);
    let result = compare(&expiry, &passport(M14), &Occasion::on(TODAY));
    assert_eq!((result.verdict, result.reason), (Verdict::Plausible, Some(Reason::ExpiryDifferent)));
}

#[test]
fn partly_known_and_impossible_birth_dates_are_compared_by_what_is_known() {
    let partly = Person::from_zone(&two(SPEC, "C01X00T478UTO9001<<0<3506307<<<<<<<<<<<<<<<6"));
    let number = (Field::PassportNumber, "C01X00T47");
    assert_eq!(
        verdict(&permit(&[number, (Field::BirthDate, "31-01-1990")]), &partly),
        "match - SEX_UNSPECIFIED"
    );
    assert_eq!(
        verdict(&permit(&[number, (Field::BirthDate, "31-02-1990")]), &partly),
        "plausible PARTLY_COMPARED DATE_IMPOSSIBLE,SEX_UNSPECIFIED"
    );
    assert_eq!(verdict(&permit(&[number, (Field::BirthDate, "1990")]), &partly), "match - SEX_UNSPECIFIED");
    let nothing =
        Person::from_fields([(Field::Sex, "M"), (Field::FullName, " ")], Origin::Typed, &Patterns::default());
    assert!(verdict(&nothing, &passport(M01)).starts_with("not_comparable -"));
    let hong_kong = permit(&[(Field::Nationality, "HONG KONG")]);
    let chinese = Person::from_zone(&two(SPEC, "L898902C36CHN7408122F1204159ZE184226B<<<<<10"));
    assert_eq!(verdict(&hong_kong, &chinese), "plausible NAT_VARIANT P202");
}

#[test]
fn debug_shows_nothing_of_the_person() {
    let zone = two(SPEC, M01);
    let person = Person::from_zone(&zone);
    let comparison = compare(&permit(&[]), &person, &Occasion::on(TODAY));
    let shown = format!(
        "{zone:?} {person:?} {comparison:?} {:?}",
        two(SPEC, "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10")
    );
    for secret in ["ERIKSSON", "L898902", "1974"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn fragments() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(SPEC.to_owned()),
        Just(M01.to_owned()),
        Just(M02.to_owned()),
        Just("\n".to_owned()),
        "[A-Z0-9<]{0,44}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_text_has_a_reading_of_plain_characters(text in fragments()) {
        if let MrzReading::Complete(zone) = read_mrz(&text, TODAY) {
            let all = [&zone.document_number, &zone.surname, &zone.given_names, &zone.lines];
            prop_assert!(all.iter().all(|value| value.reveal().chars().all(|c| c.is_ascii_graphic() || " \n".contains(c))));
        }
    }

    #[test]
    fn any_fields_make_a_person_who_matches_himself(text in "\\PC{0,40}", printed in "[0-9/-]{0,12}") {
        let fields = [
            (Field::FullName, text.as_str()),
            (Field::PassportNumber, &text),
            (Field::Nationality, &text),
            (Field::Sex, &text),
            (Field::BirthDate, &printed),
        ];
        let person = Person::from_fields(fields, Origin::Typed, &Patterns::default());
        let result = compare(&person, &person, &Occasion::on(TODAY));
        prop_assert_ne!(result.verdict, Verdict::Mismatch);
    }

    #[test]
    fn any_two_names_compare_alike_both_ways(one in "\\PC{0,40}", other in "\\PC{0,40}") {
        if let (Ok(one), Ok(other)) = (Name::printed(&one), Name::printed(&other)) {
            prop_assert_eq!(one.compare(&other), other.compare(&one));
            prop_assert_eq!(one.compare(&one), Reason::NameExact);
        }
    }
}
