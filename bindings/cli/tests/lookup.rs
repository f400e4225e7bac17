//! `--lookup` and the patterns of a deployment, as a script sees them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::{APOA, MRZ, Server, run};

const GUEST: &str = "https://evisa.imigrasi.go.id/web/visa/00000000-0000-4000-8000-000000000001";
const OTHER: &str = "https://evisa.imigrasi.go.id/web/visa/00000000-0000-4000-8000-000000000002";
/// The form of a code that no release knows.
const SEEN_IN_THE_FIELD: &str = "KARTU-2C21XX0000-K/v7";

fn signed_in(folder: &Path, faults: &[&str]) -> Server {
    let server = Server::start(folder, "127.0.0.1:0", faults);
    assert_eq!(server.login(folder, &server.word("password")).exit, 0);
    server
}

/// What a person reads.
fn for_a_person(folder: &Path, language: &str, args: &[&str]) -> String {
    let mut plain = Command::new(APOA);
    plain.arg("--data").arg(folder).args(["--lang", language]).args(args);
    plain.env_remove("APOA_SERVER").env_remove("APOA_TRUST");
    String::from_utf8(plain.output().unwrap().stdout).unwrap()
}

#[test]
fn a_code_is_looked_up_and_its_record_masked_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let server = signed_in(folder.path(), &[]);
    let line = run(folder.path(), &["read", "--lookup", "--show-pii", GUEST]).last();
    assert_eq!((&line["reading"], &line["lookup"]), (&json!("issuer_link"), &json!("found")));
    assert_eq!(line["record"]["full_name"], "ERIKSSON ANNA MARIA");
    assert_eq!(line["record"]["permit_expiry"], "2036-04-15");
    let masked = run(folder.path(), &["read", "--lookup", GUEST]).last();
    assert_eq!(masked["record"]["full_name"], "E••• A••• M•••");
    assert_eq!(masked["record"]["passport_number"], "X0•••01");
    let told = server.wait_for("looked_up");
    assert_eq!(told, json!({ "event": "looked_up", "key_kind": "record_id", "found": true }));
    let spoken = for_a_person(folder.path(), "id", &["read", "--lookup", GUEST]);
    assert!(spoken.contains("12 Agustus 1974") && spoken.contains("15 April 2036"), "{spoken}");

    let without = run(folder.path(), &["read", GUEST]).last();
    assert!(["lookup", "record", "problem"].iter().all(|key| without[key] == Value::Null), "{without}");
}

#[test]
fn what_the_register_does_not_know_and_what_is_no_key_have_words_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let _server = signed_in(folder.path(), &[]);
    let unknown = run(folder.path(), &["read", "--lookup", "2C21XX9999-K"]);
    assert_eq!((unknown.exit, unknown.last()["lookup"].clone()), (3, json!("not_found")));
    let hostile = run(folder.path(), &["read", "--lookup", "https://evisa.imigrasi.go.id@example.com/web"]);
    assert_eq!((hostile.exit, hostile.last()["lookup"].clone()), (4, json!("no_key")));
    assert_eq!(hostile.last()["reading"], "suspicious");
}

#[test]
fn without_the_network_the_reading_stands_and_the_record_follows() {
    let folder = tempfile::tempdir().unwrap();
    let server = signed_in(folder.path(), &[]);
    drop(server);
    let answer = run(folder.path(), &["read", "--lookup", GUEST]);
    let line = answer.last();
    assert_eq!((answer.exit, &line["lookup"], &line["problem"]), (7, &json!("pending"), &json!("APOA-N501")));
    assert_eq!((&line["reading"], &line["record"]), (&json!("issuer_link"), &Value::Null));
    let compared = run(folder.path(), &["compare", "--lookup", "--permit", GUEST, "--mrz", MRZ]);
    let line = compared.last();
    assert_eq!(
        (compared.exit, &line["verdict"], &line["reason"]),
        (3, &json!("not_comparable"), &json!("RECORD_PENDING"))
    );
    assert_eq!((&line["lookup"], &line["problem"]), (&json!("pending"), &json!("APOA-N501")));
    // There is no report that could be saved.
    for (language, sentences) in [
        ("en", "No internet yet. Type the data, or look it up again when online. APOA-N501"),
        ("id", "Belum ada internet. Isi manual, atau cari lagi saat ada internet. APOA-N501"),
    ] {
        let text = for_a_person(folder.path(), language, &["read", "--lookup", GUEST]);
        assert!(text.contains(sentences), "{text}");
    }
}

#[test]
fn without_a_sign_in_a_look_up_says_so_and_reading_still_works() {
    let folder = tempfile::tempdir().unwrap();
    let answer = run(folder.path(), &["read", "--lookup", GUEST]);
    assert_eq!((answer.exit, answer.code()), (9, "APOA-A601".to_owned()));
    assert_eq!(run(folder.path(), &["read", GUEST]).exit, 0);
}

#[test]
fn a_copied_code_is_a_mismatch_that_names_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let _server = signed_in(folder.path(), &[]);
    let compare =
        |permit: &str| run(folder.path(), &["compare", "--lookup", "--permit", permit, "--mrz", MRZ]);
    let copied = compare(OTHER);
    let line = copied.last();
    assert_eq!(
        (copied.exit, &line["verdict"], &line["reason"]),
        (5, &json!("mismatch"), &json!("OTHER_HOLDER"))
    );
    assert_eq!((&line["decided_by"], &line["notes"]), (&json!("record_passport"), &json!(["P208"])));
    let pairs: Vec<&str> =
        line["pairs"].as_array().unwrap().iter().map(|pair| pair["verdict"].as_str().unwrap()).collect();
    assert_eq!(pairs, ["mismatch", "not_comparable", "not_comparable"]);
    let genuine = compare(GUEST);
    assert_eq!((genuine.exit, genuine.last()["verdict"].clone()), (0, json!("match")));
    let written = r#"{"permit_number":"2C21XX0003-K","full_name":"ERIKSSON ANNA MARIA"}"#;
    assert_eq!(compare(written).last()["reason"], "PASSPORT_RENEWED");

    for (language, sentence) in [
        ("en", "The server says this code belongs to someone else."),
        ("id", "Kode ini milik orang lain menurut server."),
    ] {
        let compare = ["compare", "--lookup", "--permit", OTHER, "--mrz", MRZ];
        let text = for_a_person(folder.path(), language, &compare);
        assert!(text.contains(sentence), "{text}");
    }
}

#[test]
fn a_deployment_teaches_a_new_form_without_a_release_and_a_bad_set_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("phone");
    let set = folder.path().join("patterns.json");
    let write = |text: &str| std::fs::write(&set, text).unwrap();
    let serve =
        || Server::start_with(folder.path(), "127.0.0.1:0", &[], &["--patterns", set.to_str().unwrap()]);
    let reading = || run(&data, &["read", SEEN_IN_THE_FIELD]);

    assert_eq!(reading().last()["reading"], "unknown");
    write(
        r#"{"numbers":{"permit_number":["^KARTU-\\d[A-Z]\\d{2}[A-Z]{2}\\d{4}-[A-Z]/V7$"]},"index_titles":{"E23":"Contoh"}}"#,
    );
    let server = serve();
    let password = server.word("password");
    assert_eq!(server.login(&data, &password).exit, 0);
    assert_eq!(reading().last()["reading"], "permit_number");
    let titled = run(&data, &["read", "Stay Permit Index : e23\nNIORA : AB12345678"]).last();
    assert_eq!((&titled["permit_index"], &titled["permit_index_title"]), (&json!("e23"), &json!("Contoh")));
    drop(server);

    write(r#"{"numbers":{"permit_number":[".*"]}}"#);
    let server = serve();
    assert_eq!(server.login(&data, &password).exit, 0);
    let still = reading();
    assert_eq!(still.last()["reading"], "permit_number");
    assert!(still.stderr.contains("APOA-D705"), "{still:?}");
    let findings = run(&data, &["doctor"]).lines();
    let patterns: Vec<_> = findings.iter().filter(|line| line["check"] == "patterns").collect();
    assert_eq!((patterns.len(), &patterns[0]["code"]), (1, &json!("APOA-D705")));
}
