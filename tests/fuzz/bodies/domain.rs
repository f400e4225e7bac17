//! What must hold for any input of the crate `apoa-domain`: one function a target, bytes in, a panic for a finding.
//! The fuzzers call these, and `core/domain/tests/corpus.rs` calls the same on every file of the corpus.

use std::sync::OnceLock;

use apoa_domain::fields::Field;
use apoa_domain::ids::{Digest, OpId, ReportId, Revision, UnitId};
use apoa_domain::jws::VerifyingKeys;
use apoa_domain::passport::{
    Comparison, Date, Occasion, Origin, Person, Reason, Remark, Verdict, compare, read_mrz,
};
use apoa_domain::permit::{Patterns, Reading, Said, read};
use apoa_domain::report::receipt::{Expected, read as read_receipt, verify};
use apoa_domain::report::state::Standing;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey};

/// A body: takes any bytes, panics where something does not hold.
pub(crate) type Body = fn(&[u8]);

/// Every target with its name, which is also the name of its folder in the corpus.
pub(crate) const TARGETS: &[(&str, Body)] =
    &[("payload", payload), ("mrz", mrz), ("names", names), ("patterns", patterns), ("receipt", receipt)];

/// Longest payload that is looked at; a longer one is unknown.
const PAYLOAD_BYTES: usize = 4096;
/// Longest line of a payload, and so the longest text that can become a key.
const KEY_BYTES: usize = 256;
/// Longest value of a field.
const FIELD_CHARS: usize = 128;
/// The most cells that a repair may change.
const REPAIRS: usize = 3;
/// The specimen of Doc 9303, valid for years.
const SPECIMEN: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nX000000012UTO7408122F3604155<<<<<<<<<<<<<<<2";

fn today() -> Date {
    Date::constant(2026, 11, 24)
}

fn built_in() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(Patterns::default)
}

fn specimen() -> &'static Person {
    static PERSON: OnceLock<Person> = OnceLock::new();
    PERSON.get_or_init(|| match read_mrz(SPECIMEN, today()).zone() {
        Some(zone) => Person::from_zone(zone),
        None => panic!("the specimen is a zone"),
    })
}

/// A scanned code, as bytes.
pub(crate) fn payload(data: &[u8]) {
    let reading = read(data, built_in());
    assert_eq!(reading, read(data, built_in()), "the same bytes, another reading");
    gives_no_more_than_it_may(&reading);
    if data.len() > PAYLOAD_BYTES {
        assert_eq!(reading.word(), "unknown", "a payload over the limit is not looked at");
    }
    if let Said::Mrz { text, .. } = &reading.said {
        let zone = read_mrz(text.0.reveal(), today());
        assert!(zone.zone().is_some(), "what is recognised as a zone is read as one");
    }
    let permit = Person::from_reading(&reading, built_in());
    is_sound(&compare(&permit, specimen(), &Occasion::on(today())));
    assert_ne!(against_itself(&permit), Verdict::Mismatch, "a permit is not another's than itself");
}

/// A text that may hold a machine-readable zone.
pub(crate) fn mrz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let reading = read_mrz(&text, today());
    assert_eq!(reading, read_mrz(&text, today()), "the same text, another zone");
    let Some(zone) = reading.zone() else { return };
    assert!(zone.repairs.len() <= REPAIRS, "more repairs than a misread explains");
    assert!(zone.repairs.is_empty() || zone.is_valid(), "a repair that no digit proves");
    let number = zone.document_number.reveal().chars().count();
    assert!(zone.unproven.iter().all(|place| place.index < number), "a look-alike outside the number");
    if zone.is_valid() {
        let again = read_mrz(zone.lines.reveal(), today());
        let again = again.zone().map(|zone| (zone.lines.clone(), zone.repairs.len(), zone.is_valid()));
        assert_eq!(
            again,
            Some((zone.lines.clone(), 0, true)),
            "lines that were believed are read as they are"
        );
    }
    let passport = Person::from_zone(zone);
    is_sound(&compare(specimen(), &passport, &Occasion::on(today())));
    assert_ne!(against_itself(&passport), Verdict::Mismatch, "a passport is not another's than itself");
}

/// Two names, parted by a line feed: one as printed on a permit, one as in the name field of a zone.
pub(crate) fn names(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (printed, cells) = text.split_once('\n').unwrap_or((&text, &text));
    let (surname, given) = cells.split_once("<<").unwrap_or((cells, ""));
    let (surname, given) = (surname.replace('<', " "), given.replace('<', " "));
    let permit = Person::from_fields([(Field::FullName, printed)], Origin::Typed, built_in());
    let fields = [(Field::Surname, surname.as_str()), (Field::GivenNames, given.as_str())];
    let passport = Person::from_fields(fields, Origin::Zone, built_in());
    is_sound(&compare(&permit, &passport, &Occasion::on(today())));
    for person in [permit, passport] {
        assert_ne!(against_itself(&person), Verdict::Mismatch, "a name is not another than itself");
    }
}

/// A set of patterns as a deployment may write it. Whatever it says, the rules for hostile payloads stand.
pub(crate) fn patterns(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let Ok(patterns) = Patterns::from_json(text) else { return };
    for hidden in ["2C21XX00\u{200b}00-K", "NIORA : AB\u{202e}12345678", "https://evisa.imigrasi.go.id/\u{0}"]
    {
        assert_eq!(read(hidden.as_bytes(), &patterns).word(), "suspicious", "hidden characters refuse");
    }
    for address in [
        "https://evisa.imigrasi.go.id@example.com/web",
        "https://evisa.imigrasi.go.id:443/web/visa/00000000-0000-4000-8000-000000000001",
        "https://%65visa.imigrasi.go.id/web",
        "https://evisa\u{3002}imigrasi.go.id/web",
        "https:\\\\evisa.imigrasi.go.id\\web",
    ] {
        let reading = read(address.as_bytes(), &patterns);
        assert_ne!(reading.word(), "issuer_link", "a disguised host is no issuer's");
        assert!(reading.key().is_none(), "a disguised host gives no key");
    }
    for probe in [
        SPECIMEN,
        "2C21XX0000-K",
        "NIORA : AB12345678\nNAME : X",
        "{\"permit\":\"2C21XX0000-K\"}",
        "a|b|c",
        "",
    ] {
        gives_no_more_than_it_may(&read(probe.as_bytes(), &patterns));
    }
}

/// A token that says it is a receipt. Where a line feed parts a header from a payload, both are signed first, so that the
/// signature hides nothing behind it.
pub(crate) fn receipt(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    proves_what_it_says(&text);
    if let Some((header, payload)) = text.split_once('\n') {
        let encode = |part: &str| Base64UrlUnpadded::encode_string(part.as_bytes());
        let signed = format!("{}.{}", encode(header), encode(payload));
        let signature = signing_key().sign(signed.as_bytes()).to_bytes();
        proves_what_it_says(&format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature)));
    }
}

fn proves_what_it_says(token: &str) {
    static KEYS: OnceLock<VerifyingKeys> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let mut keys = VerifyingKeys::default();
        let x = Base64UrlUnpadded::encode_string(signing_key().verifying_key().as_bytes());
        assert!(keys.insert_x("k1", &x).is_ok());
        keys
    });
    let Ok(receipt) = read_receipt(token, keys) else { return };
    let parts: Vec<&str> = token.trim().split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("a receipt of {} parts", parts.len()) };
    let signature =
        Base64UrlUnpadded::decode_vec(signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
    let signed = format!("{header}.{payload}");
    let fits = signature
        .is_some_and(|it| signing_key().verifying_key().verify_strict(signed.as_bytes(), &it).is_ok());
    assert!(fits, "believed without a signature");
    assert_eq!((receipt.text(), receipt.key_id()), (token.trim(), "k1"));
    assert_ne!(receipt.standing(), Standing::None, "a receipt that proves nothing");
    let _ = (receipt.belongs_to("L898902C3"), receipt.issued_at(), receipt.server_version());
    let about = *receipt.about();
    assert_eq!(verify(token, &about, keys).as_ref(), Ok(&receipt));
    let other = |byte: u8| if byte == 9 { 8 } else { 9 };
    for (what, lie) in [
        ("op", Expected { op: OpId::from_bytes([other(about.op.as_bytes()[0]); 16]), ..about }),
        (
            "report",
            Expected { report: ReportId::from_bytes([other(about.report.as_bytes()[0]); 16]), ..about },
        ),
        ("revision", Expected { revision: Revision(about.revision.0 ^ 1), ..about }),
        ("digest", Expected { digest: Digest([other(about.digest.0[0]); 32]), ..about }),
        ("unit", Expected { unit: UnitId::from_bytes([other(about.unit.as_bytes()[0]); 16]), ..about }),
    ] {
        assert!(verify(token, &lie, keys).is_err(), "a receipt for another {what}");
    }
}

fn signing_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::from_bytes(&[1; 32]))
}

/// What a screen or a request may get of a reading.
fn gives_no_more_than_it_may(reading: &Reading) {
    for (field, value) in reading.fields().iter() {
        let value_is_clean = is_visible(value) && value.trim() == value && !value.is_empty();
        assert!(value_is_clean, "{} holds what a person cannot see", field.as_str());
        assert!(value.chars().count() <= FIELD_CHARS, "{} is longer than a field", field.as_str());
    }
    if let Some((_, key)) = reading.key() {
        assert!(key.bytes().all(|byte| byte.is_ascii_graphic()), "a key holds more than plain characters");
        assert!((1..=KEY_BYTES).contains(&key.len()), "a key is empty or too long");
    }
    assert!(
        reading.shape().is_none_or(|shape| is_visible(shape.as_str())),
        "a shape holds hidden characters"
    );
    if matches!(reading.word(), "suspicious" | "not_permit" | "unknown" | "digital_seal" | "other_official") {
        assert!(reading.key().is_none() && reading.fields().is_empty(), "{} gives data", reading.word());
    }
}

fn against_itself(person: &Person) -> Verdict {
    compare(person, person, &Occasion::on(today())).verdict
}

/// The whole is no better than its parts, but for a renewed passport, and says why.
fn is_sound(comparison: &Comparison) {
    let mismatch = comparison.fields.iter().any(|field| field.verdict == Verdict::Mismatch);
    match comparison.verdict {
        Verdict::Match => assert!(!mismatch, "a match over a mismatch"),
        Verdict::Plausible => {
            assert!(!mismatch, "plausible over a mismatch");
            assert!(comparison.reason.is_some(), "plausible without a reason");
        }
        Verdict::NotComparable | Verdict::Mismatch => {}
    }
    let decided = comparison.reason.map(Remark::Reason);
    assert!(comparison.notes.iter().all(|note| Some(*note) != decided), "the deciding reason is noted again");
    let other = comparison.reason == Some(Reason::OtherHolder);
    assert!(!other || comparison.verdict == Verdict::Mismatch, "another holder is a mismatch");
}

fn is_visible(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
    })
}
