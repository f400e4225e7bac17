//! Passports, permits and drafts through calls that need no data folder, and through a client nobody signed in to.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;

use apoa_ffi::{
    ApoaClient, Compared, Confidence, Config, Described, Draft, DraftError, FactSource, InputError,
    LookUpKey, MrzReading, NumberKind, Occasion, Origin, Pair, Reason, ReportKind, Verdict, WhyNoZone,
    compare, fill_draft, key_of_facts, read_mrz, version,
};

const LINES: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const TODAY: &str = "2026-11-24";

fn facts(facts: &[(&str, &str)]) -> HashMap<String, String> {
    facts.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned())).collect()
}

fn permit() -> Described {
    let facts = facts(&[
        ("full_name", "ANNA MARIA ERIKSSON"),
        ("passport_number", "L898902C3"),
        ("birth_date", "12-08-1974"),
        ("nationality", "UTO"),
        ("sex", "F"),
    ]);
    Described::Facts { facts, origin: Origin::Typed }
}

fn passport() -> Described {
    Described::Lines { text: LINES.to_owned() }
}

fn occasion() -> Occasion {
    Occasion { today: TODAY.to_owned(), check_in: None, check_out: None }
}

fn client(folder: &tempfile::TempDir) -> ApoaClient {
    let config = Config {
        data_dir: folder.path().to_string_lossy().into_owned(),
        server: None,
        trust: None,
        client_id: "test".to_owned(),
        platform: "test".to_owned(),
    };
    ApoaClient::open_with_file_vault(config, None).unwrap()
}

#[test]
fn lines_say_who_it_is_and_fill_a_draft() {
    let MrzReading::Complete { lines } = read_mrz(LINES.to_owned(), TODAY.to_owned()).unwrap() else {
        panic!("no zone")
    };
    assert!(lines.valid && lines.format == "TD3" && lines.checks.iter().all(|check| check.fits));
    assert_eq!(lines.birth_date.as_deref(), Some("1974-08-12"));
    let draft = Draft { kind: ReportKind::LodgingCheckIn, facts: HashMap::new() };
    let draft = fill_draft(draft, lines.facts, FactSource::Mrz).unwrap();
    assert_eq!(
        (draft.facts["source"].as_str(), draft.facts["full_name"].as_str()),
        ("mrz", "ERIKSSON ANNA MARIA")
    );

    let nothing = read_mrz("hello".to_owned(), TODAY.to_owned()).unwrap();
    assert!(matches!(nothing, MrzReading::NoZone { why: WhyNoZone::NotFound }));
    assert!(matches!(read_mrz(LINES.to_owned(), "today".to_owned()), Err(InputError::BadInput { .. })));
    assert!(!version().unwrap().is_empty());
}

#[test]
fn permit_and_passport_are_compared_in_pairs_and_in_threes() {
    let found = compare(permit(), passport(), occasion()).unwrap();
    let name = found.fields.iter().find(|field| field.field == "full_name").unwrap();
    assert_eq!((name.verdict, name.reason), (Verdict::Match, Some(Reason::NameOrder)));
    let frozen = Compared { verdict: found.verdict, reasons: found.reason.into_iter().collect() };
    assert_ne!(frozen.verdict, Verdict::Mismatch);
    let pending = compare(Described::Pending, passport(), occasion()).unwrap();
    assert_eq!((pending.verdict, pending.reason), (Verdict::NotComparable, Some(Reason::RecordPending)));

    let folder = tempfile::tempdir().unwrap();
    let client = client(&folder);
    assert!(client.compare(permit(), passport(), occasion()).unwrap() == found);
    let code = Described::Code { payload: b"2C99XX0000-X".to_vec() };
    let three = client.compare_three(code, permit(), passport(), occasion()).unwrap();
    assert_eq!((three.decided_by, three.pairs.len()), (Pair::RecordPassport, 3));

    let unknown = Described::Facts { facts: facts(&[("pasport", "L898902C3")]), origin: Origin::Typed };
    assert!(matches!(compare(unknown, passport(), occasion()), Err(InputError::BadInput { .. })));
    let bad = Occasion { check_out: Some("soon".to_owned()), ..occasion() };
    assert!(matches!(compare(permit(), passport(), bad), Err(InputError::BadInput { .. })));
}

#[test]
fn codes_are_read_by_the_client_and_what_is_unknown_is_counted_by_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let client = client(&folder);
    let wifi = client.read_code(b"WIFI:S:hotel;;").unwrap();
    assert_eq!((wifi.word.as_str(), wifi.kind.as_deref()), ("not_permit", Some("wifi")));
    assert!(!client.remember_unknown(b"WIFI:S:hotel;;").unwrap());
    let unknown = client.read_code(b"AB-12").unwrap();
    assert!(unknown.confidence == Confidence::None && unknown.key.is_none());
    assert!(client.remember_unknown(b"AB-12").unwrap());
    let shapes = client.unknown_shapes().unwrap();
    assert_eq!((shapes.len(), shapes[0].seen, Some(shapes[0].shape.clone())), (1, 1, unknown.shape));
    assert_eq!(client.refused_patterns().unwrap(), None);
    assert_eq!(client.scanner().unwrap().zone().unwrap().map(|zone| zone.format), None);
}

#[test]
fn a_key_is_the_first_number_among_written_facts() {
    let key = key_of_facts(facts(&[("permit_number", "2c99-xx0000"), ("room", "1")])).unwrap();
    assert!(
        matches!(key, Some(LookUpKey::PrintedNumber { kind: NumberKind::Permit, number }) if number == "2C99XX0000")
    );
    assert!(key_of_facts(HashMap::new()).unwrap().is_none());
    let unknown = key_of_facts(facts(&[("permit_nummer", "1")]));
    assert!(matches!(unknown, Err(DraftError::UnknownField { nearest, .. }) if nearest == "permit_number"));
}
