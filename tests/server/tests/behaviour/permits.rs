//! Looking up a permit by the key of its code, and the patterns by which codes are recognised.

use apoa_server::{Event, Options, Patterns, office_lookups};
use serde_json::{Value, json};

use crate::support::contract::decode;
use crate::support::{DEVICE, Hold, Server, contract, options};

fn rusqlite_of(server: &Server) -> rusqlite::Connection {
    rusqlite::Connection::open(server.running.db()).unwrap()
}

#[test]
fn every_kind_of_key_leads_to_its_record() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    for (kind, key, passport) in [
        ("record_id", "00000000-0000-4000-8000-000000000001", "X00000001"),
        ("permit_number", "2C21XX0000K", "X00000001"),
        ("niora", "AB12345678", "X00000001"),
        ("opaque_token", "c3BlY2ltZW4gdG9rZW4gMQ==", "X00000001"),
        ("record_id", "00000000-0000-4000-8000-000000000002", "C01X00T47"),
        ("register_number", "2211000Z000000", "C01X00T47"),
    ] {
        let reply = client.look_up(kind, key, Hold::Both);
        assert_eq!(reply.status, 200, "{kind}");
        assert_eq!(reply.json()["passport_number"], passport, "{kind}");
        assert_eq!(server.event(), Event::LookedUp { key_kind: word(kind), found: true });
    }
}

/// The word as the server's events hold it.
fn word(kind: &str) -> &'static str {
    let words = ["record_id", "permit_number", "register_number", "visa_number", "niora", "opaque_token"];
    words.into_iter().find(|word| *word == kind).unwrap()
}

#[test]
fn a_key_nobody_knows_is_told_from_an_endpoint_nobody_knows() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let reply = client.look_up("permit_number", "2C21XX9999K", Hold::Both);
    assert_eq!((reply.status, reply.problem().as_str()), (404, "no-record"));
    // The right key of the wrong kind is as unknown.
    assert_eq!(client.look_up("niora", "2C21XX0000K", Hold::Both).problem(), "no-record");
}

#[test]
fn only_members_of_the_unit_with_the_right_to_report_may_ask() {
    let server = Server::start(&[]);
    let mut client = server.signed_in();
    let key = "2C21XX0000K";
    let own = std::mem::replace(&mut client.unit, "0190a0b0-0000-4000-8000-00000000beef".to_owned());
    let reply = client.look_up("permit_number", key, Hold::Both);
    assert_eq!((reply.status, reply.problem().as_str()), (403, "unit"));
    client.unit = own;
    rusqlite_of(&server).execute("UPDATE member SET rights = 'inspect'", []).unwrap();
    let reply = client.look_up("permit_number", key, Hold::Both);
    assert_eq!((reply.status, reply.problem().as_str()), (403, "role"));
    client.access = "A".repeat(43);
    let reply = client.look_up("permit_number", key, Hold::Both);
    assert_eq!((reply.status, reply.problem().as_str()), (401, "unauthorised"));
    assert!(office_lookups(server.running.db()).unwrap().is_empty(), "a refusal is no look-up");
}

#[test]
fn a_key_that_is_none_is_refused_and_the_contract_refuses_it_too() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let (long, longer) = ("x".repeat(257), "9".repeat(65));
    for (kind, key) in [
        ("permit_number", ""),
        ("permit_number", "2C21XX0000-K"),
        ("permit_number", "2c21xx0000k"),
        ("niora", longer.as_str()),
        ("record_id", "a b"),
        ("record_id", "\u{e9}"),
        ("record_id", ""),
        ("opaque_token", long.as_str()),
        ("url", "https://evisa.imigrasi.go.id/"),
    ] {
        let body = json!({ "key_kind": kind, "key": key });
        assert!(!contract().fits("LookupRequest", &body), "{body}");
        let reply = client.look_up(kind, key, Hold::AnswerOnly);
        assert_eq!((reply.status, reply.problem().as_str()), (400, "malformed"), "{body}");
    }
    assert!(contract().fits("LookupRequest", &json!({ "key_kind": "record_id", "key": "x".repeat(256) })));
}

#[test]
fn a_look_up_is_noted_without_key_and_without_record() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let (known, unknown) = ("2C21XX0002K", "2C21XX9999K");
    assert_eq!(client.look_up("permit_number", known, Hold::Both).status, 200);
    assert_eq!(client.look_up("permit_number", unknown, Hold::Both).status, 404);
    let notes = office_lookups(server.running.db()).unwrap();
    let told: Vec<(&str, bool)> = notes.iter().map(|note| (note.key_kind.as_str(), note.found)).collect();
    assert_eq!(told, [("permit_number", true), ("permit_number", false)]);
    assert!(notes.iter().all(|note| note.unit == client.unit && note.device == DEVICE));
    let written = serde_json::to_string(&notes).unwrap();
    for secret in [known, unknown, "CONTOH", "C01X00T47", "1990"] {
        assert!(!written.contains(secret), "{secret}");
    }
    let told: Vec<Event> = server.events.try_iter().collect();
    assert!(!serde_json::to_string(&told).unwrap().contains("2C21"));
}

#[test]
fn a_record_id_in_capitals_is_the_same_record() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    rusqlite_of(&server)
        .execute(
            "UPDATE permit_key SET key = 'ab000000-0000-4000-8000-000000000001' WHERE key LIKE '%01'",
            [],
        )
        .unwrap();
    let reply = client.look_up("record_id", "AB000000-0000-4000-8000-000000000001", Hold::Both);
    assert_eq!(reply.status, 200);
}

fn config_of(server: &Server) -> Value {
    let reply = server.client().get("/config").unwrap();
    decode(&String::from_utf8(reply.body).unwrap()).1
}

#[test]
fn published_patterns_raise_the_serial_once_and_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let db = Some(folder.path().join("office.db"));
    let patterns = json!({ "labels": { "niora": ["REG"] } });
    let server = Server::with(Options { db: db.clone(), ..options() });
    let first = config_of(&server);
    assert_eq!((&first["serial"], &first["patterns"]), (&json!(1), &Value::Null));
    server.running.publish(Patterns::These(patterns.clone())).unwrap();
    server.running.publish(Patterns::These(patterns.clone())).unwrap();
    let second = config_of(&server);
    assert_eq!((&second["serial"], &second["patterns"]), (&json!(2), &patterns));
    server.running.stop();

    let server = Server::with(Options { db: db.clone(), ..options() });
    assert_eq!(config_of(&server)["serial"], json!(2));
    server.running.stop();
    let server = Server::with(Options { db, patterns: Patterns::BuiltIn, ..options() });
    let third = config_of(&server);
    assert_eq!((&third["serial"], &third["patterns"]), (&json!(3), &Value::Null));
}

#[test]
fn a_database_of_an_earlier_version_gets_what_it_lacks_and_keeps_the_rest() {
    let register = include_str!("../../src/register.sql");
    let photos = include_str!("../../src/photos.sql");
    for (version, more) in [(1, vec![]), (2, vec![register]), (3, vec![register, photos])] {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("office.db");
        let old = rusqlite::Connection::open(&db).unwrap();
        old.execute_batch(include_str!("../../src/schema.sql")).unwrap();
        for step in more {
            old.execute_batch(step).unwrap();
        }
        old.execute_batch(&format!("PRAGMA application_id = 0x41504F53; PRAGMA user_version = {version};"))
            .unwrap();
        drop(old);
        let server = Server::with(Options { db: Some(db), ..options() });
        assert_eq!(server.signed_in().look_up("permit_number", "2C21XX0000K", Hold::Both).status, 200);
        let file = rusqlite_of(&server);
        let now: i64 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(now, 4);
        let photos: i64 = file.query_row("SELECT count(*) FROM attachment", [], |row| row.get(0)).unwrap();
        assert_eq!(photos, 0);
        assert_eq!(apoa_server::office_log(server.running.db()).unwrap()[0].what, "signed_in");
    }
}
