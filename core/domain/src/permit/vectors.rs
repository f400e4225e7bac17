//! The payload vectors, and what must hold for every payload.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::text::is_hidden;
use super::*;

fn said(payload: impl AsRef<[u8]>) -> Reading {
    read(payload.as_ref(), &Patterns::default())
}

/// A reading in one line: word, key, reason, kind, shape.
fn line(payload: impl AsRef<[u8]>) -> String {
    let reading = said(payload);
    let mut line = reading.word().to_owned();
    let key = reading.key().map(|(kind, key)| format!("{} {key}", kind.as_str()));
    let shape = reading.shape().map(|shape| shape.as_str().to_owned());
    let parts =
        [key, reading.reason().map(|r| r.as_str().to_owned()), reading.kind().map(str::to_owned), shape];
    for part in parts.into_iter().flatten() {
        line.push(' ');
        line.push_str(&part);
    }
    line
}

fn notes(payload: &str) -> Vec<&'static str> {
    said(payload).notes.iter().map(|note| note.as_str()).collect()
}

const M01: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
const RECORD: &str = "00000000-0000-4000-8000-000000000001";

#[test]
fn q01_to_q07_links_and_numbers() {
    let link = format!("issuer_link record_id {RECORD}");
    for (payload, expected) in [
        (format!("https://evisa.imigrasi.go.id/web/visa/{RECORD}").as_str(), link.as_str()),
        ("HTTP://APOA.IMIGRASI.GO.ID/POA/2C21XX0000-K", "issuer_link permit_number 2C21XX0000-K"),
        ("apoa.imigrasi.go.id/poa/2C21XX0000-K", "issuer_link permit_number 2C21XX0000-K"),
        ("https://evisa.imigrasi.go.id/web/other?url=//example.com", "issuer_link"),
        (" 2c21xx0000-k ", "permit_number permit_number 2C21XX0000-K"),
        ("\u{feff}2C21XX0000-K\r\n", "permit_number permit_number 2C21XX0000-K"),
        ("AB12345678", "niora niora AB12345678"),
        ("12ABCD345678", "niora niora 12ABCD345678"),
        ("2211000Z000000", "register_number register_number 2211000Z000000"),
        ("23211A000000", "visa_number visa_number 23211A000000"),
    ] {
        assert_eq!(line(payload), expected, "{payload}");
    }
    assert_eq!(notes("HTTP://APOA.IMIGRASI.GO.ID/POA/2C21XX0000-K"), ["INSECURE_SCHEME"]);
    assert!(notes("apoa.imigrasi.go.id/poa/2C21XX0000-K").is_empty());
    assert_eq!(said("2C21XX0000-K").field(Field::PermitNumber).as_deref(), Some("2C21XX0000K"));
    assert_eq!(said("AB12345678").confidence(), Confidence::Probable);
    assert_eq!(
        said(format!("https://evisa.imigrasi.go.id/web/visa/{RECORD}")).confidence(),
        Confidence::Exact
    );
}

#[test]
fn q08_labelled_lines_fill_fields() {
    let two = "\u{feff}NIORA : AB12345678\r\nPermit Number : 2C21AB1234YZ";
    let reading = said(two);
    assert_eq!((reading.word(), reading.fields().len()), ("holder_fields", 2));
    assert_eq!(reading.field(Field::Niora).as_deref(), Some("AB12345678"));
    let four = said(format!("{two}\r\nPlace / Date of Birth : UTOPIA / 12-08-1974"));
    assert_eq!(four.fields().len(), 4);
    assert_eq!(four.field(Field::BirthDate).as_deref(), Some("1974-08-12"));
    assert_eq!(four.field(Field::BirthPlace).as_deref(), Some("UTOPIA"));
    assert_eq!(four.confidence(), Confidence::Exact);
    assert_eq!(said("NIORA:AB12345678").word(), "holder_fields");
}

#[test]
fn labelled_values_take_the_contracts_forms() {
    let page = "ERIKSSON ANNA MARIA\nPERMIT NUMBER : 2C21AB1234YZ\nSTAY PERMIT EXPIRY : 18/12/2026\nFull Name: ANNA MARIA \
                ERIKSSON\nPassport Number : l8989-02c3\nNationality: JERMAN\nGender : Perempuan\nJenis Izin : KITAS\n\
                Stay/Multiple Entries Permit Expiry : -";
    let reading = said(page);
    let value = |field| reading.field(field);
    assert_eq!(value(Field::PermitExpiry).as_deref(), Some("2026-12-18"));
    assert_eq!(value(Field::PassportNumber).as_deref(), Some("L898902C3"));
    assert_eq!(value(Field::Nationality).as_deref(), Some("D"));
    assert_eq!(value(Field::Sex).as_deref(), Some("F"));
    assert_eq!(value(Field::PermitKind).as_deref(), Some("ITAS"));
    assert_eq!(reading.confidence(), Confidence::Probable);
    assert_eq!(notes("NIORA : AB12345678\nNationality : NEGERI CONTOH"), ["NAT_UNKNOWN"]);
    assert_eq!(
        said("Nationality : NEGERI CONTOH").field(Field::Nationality).as_deref(),
        Some("NEGERI CONTOH")
    );
    assert_eq!(notes("Nationality : HONG KONG"), ["NAT_VARIANT"]);
    assert_eq!(notes("NIORA : AB12345678\nName : \u{421}ONTOH UJI"), ["TEXT_MIXED_SCRIPT"]);
}

#[test]
fn q09_columns_in_a_configured_order() {
    let reading = said("2C21XX0000-K|CONTOH UJI|C01X00T47|18-12-2026");
    for separator in ["|", ";", "#", "\t", " | "] {
        let row = "2C21XX0000-K|CONTOH UJI|C01X00T47|18-12-2026".replace('|', separator);
        assert_eq!((said(&row).word(), said(&row).fields().len()), ("holder_fields", 4), "{row}");
    }
    assert_eq!(reading.field(Field::PermitExpiry).as_deref(), Some("2026-12-18"));
    let slashes = said("2C21XX0000-K|CONTOH UJI|C01X00T47|18/12/2026");
    assert_eq!(slashes.field(Field::PermitExpiry).as_deref(), Some("2026-12-18"));
    let month_first = "2C21XX0000-K|CONTOH UJI|C01X00T47|12-18-2026";
    assert_eq!((said(month_first).fields().len(), notes(month_first)), (3, vec!["DATE_IMPOSSIBLE"]));
    assert_eq!(said("2C21XX0000-K|CONTOH UJI|C01X00T47").word(), "unknown");
    assert_eq!(said("CONTOH UJI|2C21XX0000-K|C01X00T47|18-12-2026").word(), "unknown");
}

#[test]
fn q10_json_of_configured_members() {
    for text in [
        r#"{"permit":"2C21XX0000-K","passport":"C01X00T47"}"#,
        "{\r\n\t\"permit\": \"2C21XX0000-K\",\r\n\t\"passport\": \"C01X00T47\"\r\n}",
        r#"{"data":{"permit":"2C21XX0000-K","passport":"C01X00T47"}}"#,
    ] {
        let reading = said(text);
        assert_eq!((reading.word(), reading.fields().len()), ("holder_fields", 2), "{text}");
        assert_eq!(reading.field(Field::PassportNumber).as_deref(), Some("C01X00T47"));
    }
    assert_eq!(said(r#"{"a":{"b":{"c":{"permit":"2C21XX0000-K"}}}}"#).word(), "holder_fields");
    assert_eq!(said(r#"{"a":{"b":{"c":{"d":{"permit":"2C21XX0000-K"}}}}}"#).word(), "unknown");
    assert_eq!(line(r#"{"permit":"2C21XX0000-K","name":"CONTOH\u202eUJI"}"#), "suspicious hidden");
    assert_eq!(line(r#"{"permit":"2C21XX0000-K","note":"a\u0000b"}"#), "suspicious hidden");
}

#[test]
fn q11_to_q16_zones_seals_officials_and_noise() {
    assert_eq!(line(M01), "mrz");
    assert_eq!(said(M01).confidence(), Confidence::Exact);
    assert_eq!(line(M01.to_lowercase().replace('<', "«")), "mrz");
    assert_eq!(line([0xdc, 0x03, 0x00]), "digital_seal vds");
    assert_eq!(line("RDB1AA"), "digital_seal rdb");
    assert_eq!(
        line(r#"{"data":{"hdr":{"t":"x","v":1,"is":"UTO"},"msg":{}},"sig":{}}"#),
        "digital_seal vds_nc"
    );
    assert_eq!(line("https://layananonline.dukcapil.kemendagri.go.id/x"), "other_official dukcapil");
    assert_eq!(line("WIFI:T:WPA;S:x;;"), "not_permit wifi");
    assert_eq!(line("00020101021126570011ID"), "not_permit payment");
    assert_eq!(line("BEGIN:VCARD\nFN:X\nEND:VCARD"), "not_permit contact");
    assert_eq!(line(""), "not_permit empty");
    assert_eq!(line(" \r\n"), "not_permit empty");
    assert_eq!(line("9Z-99/ZZ"), "unknown 9A-99/AA");
    assert_eq!(line("A".repeat(4097)), "unknown 4097 bytes");
    assert_eq!(said([0xff, 0xfe]).word(), "unknown");
    assert!(said([0xff, 0xfe]).notes.contains(&Note::EncodingGuessed));
    assert_eq!(line("2C21\0XX0000-K"), "suspicious hidden");
}

#[test]
fn q17_q18_no_key_is_taken_where_none_is_configured() {
    assert_eq!(line("https://evisa.imigrasi.go.id#@example.com/"), "issuer_link");
    assert_eq!(line(format!("https://evisa.imigrasi.go.id/web/visa/{RECORD}#x")), "issuer_link");
    assert_eq!(line(format!("https://evisa.imigrasi.go.id/web/visa/../visa/{RECORD}")), "issuer_link");
    assert_eq!(
        line("https://izintinggal-online.imigrasi.go.id/x"),
        "unknown izintinggal-online.imigrasi.go.id/A"
    );
    assert_eq!(line("https://imigrasi.go.id/"), "unknown imigrasi.go.id/");
}

#[test]
fn opaque_tokens_are_keys_and_words_are_not() {
    assert_eq!(
        line("9f86d081884c7d659a2feaa0c55ad015"),
        "opaque_token opaque_token 9f86d081884c7d659a2feaa0c55ad015"
    );
    assert_eq!(said("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln").word(), "opaque_token");
    assert_eq!(said("SELAMATDATANGDIHOTELKAMI").word(), "unknown");
    assert_eq!(said("1234567890123456").word(), "unknown");
}

#[test]
fn h01_to_h20_hostile_payloads() {
    for (payload, reason) in [
        ("https://evisa.imigrasi.go.id.example.com/web", "host"),
        ("https://evisa.imigrasi.go.id@example.com/web", "userinfo"),
        ("https://evisa.imigrasi.go.id%2eexample.com/", "host"),
        ("https://%65visa.imigrasi.go.id/web", "raw_host"),
        ("https://evisa\u{3002}imigrasi\u{3002}go.id/web", "raw_host"),
        ("https://evisa\u{ff0e}imigrasi\u{ff0e}go.id/web", "raw_host"),
        ("https://\u{24d4}visa.imigrasi.go.id/", "raw_host"),
        ("https://evisa.imi\u{ad}grasi.go.id/", "hidden"),
        ("https://evisa.imi\u{200b}grasi.go.id/", "hidden"),
        ("https://evisa.imi\ngrasi.go.id/", "hidden"),
        ("https://evisa.imigrasi.go.id\t.example.com/", "hidden"),
        ("https:\n//evisa.imigrasi.go.id/", "hidden"),
        ("evisa.imigrasi.go.id/web\n/visa", "hidden"),
        ("https:\\\\evisa.imigrasi.go.id\\web", "raw_host"),
        ("https:/evisa.imigrasi.go.id/web", "raw_host"),
        ("https:evisa.imigrasi.go.id/web", "raw_host"),
        ("https://evisa.imigrasi.go.id\\@example.com/", "raw_host"),
        ("https://evisa.imigrasi.go.id:443/", "port"),
        ("https://evisa.imigrasi.go.id:8443/", "port"),
        ("https://evisa.imigrasi.go.id./web", "host"),
        ("https://evisa.\u{456}migrasi.go.id/", "host"),
        ("https://xn--80ak6aa92e.imigrasi.go.id/", "host"),
        ("https://xn--….imigrasi.go.id/", "host"),
        ("https://evisa-imigrasi.go.id/", "host"),
        ("https://example.com/?u=https://evisa.imigrasi.go.id/", "host"),
        ("javascript:alert(1)", "scheme"),
        ("intent://evisa.imigrasi.go.id/#Intent;end", "scheme"),
        ("data:", "scheme"),
        ("data:text/html,x", "scheme"),
        ("tel:", "scheme"),
        ("tel:+62211234567", "scheme"),
        ("https://3232235777/", "ip"),
        ("2C21XX00\u{200b}00-K", "hidden"),
        ("2C21XX0000-K\u{202e}abc", "hidden"),
        ("\u{feff}\u{feff}2C21XX0000-K", "hidden"),
    ] {
        assert_eq!(line(payload), format!("suspicious {reason}"), "{payload:?}");
    }
    assert_eq!(said("2C21XX00\n00-K").word(), "unknown");
}

#[test]
fn a_configured_parameter_and_scheme_decide() {
    let patterns = Patterns::from_json(
        r#"{"issuers":[{"id":"office","hosts":["www.imigrasi.go.id"],"schemes":["https"],
            "keys":[{"kind":"permit_number","path":"/cek","query":"no","key":"@permit_number"}]}],
            "tests":[{"text":"https://www.imigrasi.go.id/cek?no=2C21XX0000-K","expect":"issuer_link"}]}"#,
    )
    .unwrap();
    let read = |text: &str| read(text.as_bytes(), &patterns);
    let key = |text| read(text).key().map(|(kind, key)| (kind.as_str(), key.to_owned()));
    let expected = Some(("permit_number", "2C21XX0000-K".to_owned()));
    assert_eq!(key("https://www.imigrasi.go.id/cek?no=2C21XX0000-K"), expected);
    assert_eq!(key("https://www.imigrasi.go.id/cek?a=b&no=2c21xx0000-k"), expected);
    assert_eq!(key("https://www.imigrasi.go.id/cek?no=2C21XX0000-K&no=2C21XX0000-K"), None);
    assert_eq!(read("http://www.imigrasi.go.id/cek?no=2C21XX0000-K").reason(), Some(Danger::Scheme));
    assert_eq!(read("https://evisa.imigrasi.go.id/web/visa/1").word(), "unknown");
}

#[test]
fn unsafe_patterns_are_refused() {
    let error = |json: &str| Patterns::from_json(json).unwrap_err();
    assert!(matches!(error("[]"), PatternsError::Malformed { .. }));
    assert!(matches!(error(r#"{"isuers":[]}"#), PatternsError::Malformed { .. }));
    assert!(matches!(error(&" ".repeat(300_000)), PatternsError::TooLarge));
    for shape in ["\\d{4}", "^\\d{4}", "^.*$", "^(a$", "^(a{1000}){1000}$", "^a|$"] {
        let json = serde_json::json!({"numbers": {"niora": [shape]}}).to_string();
        assert!(matches!(error(&json), PatternsError::UnsafeExpression { .. }), "{shape}");
    }
    for host in [
        "*.imigrasi.go.id",
        "EVISA.imigrasi.go.id",
        "imigrasi.go.id.",
        "a/b",
        "x@y",
        "xn--80ak6aa92e.com",
        "",
    ] {
        let json = serde_json::json!({"other_official": [{"id": "x", "hosts": [host]}]}).to_string();
        assert!(matches!(error(&json), PatternsError::UnsafeHost { .. }), "{host}");
    }
    let schemes = r#"{"issuers":[{"id":"x","hosts":["a.example"],"schemes":["javascript"]}]}"#;
    assert!(matches!(error(schemes), PatternsError::UnsafeHost { .. }));
    assert!(matches!(error(r#"{"labels":{"nme":["NAME"]}}"#), PatternsError::UnknownName { .. }));
    assert!(matches!(error(r#"{"nationality_aliases":{"X":"QQQ"}}"#), PatternsError::UnknownName { .. }));
    let test = r#"{"tests":[{"text":"2C21XX0000-K","expect":"niora"}]}"#;
    assert_eq!(error(test), PatternsError::TestFailed { number: 1 });
}

#[test]
fn debug_shows_nothing_of_the_payload() {
    for payload in [
        "2C21XX0000-K",
        "apoa.imigrasi.go.id/poa/2C21XX0000-K",
        "NIORA : AB12345678\nFull Name : ERIKSSON",
        M01,
        "9f86d081884c7d659a2feaa0c55ad015",
    ] {
        let shown = format!("{:?}", said(payload));
        for secret in ["2C21XX", "AB12345678", "ERIKSSON", "9f86d0", "UTOE"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

fn fragments() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("https://".to_owned()),
        Just("evisa.imigrasi.go.id".to_owned()),
        Just("apoa.imigrasi.go.id/poa/".to_owned()),
        Just("2C21XX0000-K".to_owned()),
        Just("NIORA : AB12345678\n".to_owned()),
        Just("Full Name : ".to_owned()),
        Just("{\"name\":\"".to_owned()),
        Just("\"}".to_owned()),
        Just("\\u202e".to_owned()),
        Just(M01.to_owned()),
        "[ -~]{0,8}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_byte_string_has_a_reading(payload in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = said(payload);
    }

    #[test]
    fn no_field_ever_holds_a_hidden_character(payload in fragments()) {
        let reading = said(&payload);
        for (_, value) in reading.fields().iter() {
            prop_assert!(!value.chars().any(|c| is_hidden(c) || c.is_control()));
            prop_assert!(value.chars().count() <= 128);
        }
    }
}
