//! A code's key asked of the register over real sockets, and patterns that come with the signed config. Every exchange
//! is held against `core/api/openapi.yaml`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::passport::{Occasion, Person, Reason, Verdict, compare_three, read_mrz};
use apoa_core::permit::{Patterns, RecordKey, read};
use apoa_core::{
    ApoaClient, Check, LookUpRequest, LookedUp, Record, StoppedBy, SyncError, SyncRequest, Trigger,
};
use apoa_server::{Exchange, Options, Patterns as Published, Running, office_lookups};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{PASSWORD, open, overhear, send_now, signed_in};
use serde_json::{Value, json};

const GUEST: &str = "https://evisa.imigrasi.go.id/web/visa/00000000-0000-4000-8000-000000000001";
const OTHER: &str = "https://evisa.imigrasi.go.id/web/visa/00000000-0000-4000-8000-000000000002";
const ZONE: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nX000000012UTO7408122F3604155<<<<<<<<<<<<<<<2";

/// Bodies of the look-ups that crossed the socket.
type Asked = Arc<Mutex<Vec<Value>>>;

/// A server, and the look-ups it hears.
fn server(faults: &[&str]) -> (Running, Asked) {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        if exchange.path == "/permits/lookup" {
            seen.lock().unwrap().extend(serde_json::from_slice::<Value>(&exchange.request_body).ok());
        }
    };
    let options = Options {
        faults: faults.iter().map(|rule| rule.parse().unwrap()).collect(),
        password: Some(PASSWORD.to_owned()),
        tap: Some(Arc::new(tap)),
        ..Options::default()
    };
    (apoa_server::start(options, |_| {}).unwrap(), asked)
}

fn key(payload: &str) -> RecordKey {
    read(payload.as_bytes(), &Patterns::default()).lookup_key().unwrap()
}

fn within(run: u64, budget: Duration) -> LookUpRequest {
    LookUpRequest { run, budget }
}

fn ask(client: &ApoaClient, payload: &str) -> Result<LookedUp, SyncError> {
    client.look_up(&key(payload), within(7, Duration::from_secs(20)))
}

fn record(client: &ApoaClient, payload: &str) -> Record {
    match ask(client, payload) {
        Ok(LookedUp::Found(record)) => record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn i18_a_code_is_asked_by_its_key_alone_and_its_record_comes_back() {
    let ((server, asked), folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let found = record(&client, GUEST);
    assert_eq!(found.fields.get(Field::FullName), Some("ERIKSSON ANNA MARIA"));
    assert_eq!(found.fields.get(Field::PassportNumber), Some("X00000001"));
    assert!(!format!("{found:?}").contains("ERIKSSON"), "a record tells nobody in a log");
    for payload in [
        "2c21xx0000-k",
        "NIORA : AB12345678\nNAME : CONTOH UJI",
        "HTTP://APOA.IMIGRASI.GO.ID/POA/2C21XX0000-K",
    ] {
        assert_eq!(record(&client, payload), found, "{payload}");
    }
    assert_eq!(ask(&client, "2C21XX9999-K"), Ok(LookedUp::Unknown));
    let asked = asked.lock().unwrap();
    let id = "00000000-0000-4000-8000-000000000001";
    assert_eq!(asked[0], json!({ "key_kind": "record_id", "key": id }));
    assert!(asked.iter().all(|body| !body.to_string().contains("://")), "no address is passed on");
    assert_eq!(office_lookups(server.db()).unwrap().len(), asked.len());
}

#[test]
fn a_copied_code_is_caught_through_the_real_server() {
    let ((server, _), folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let (patterns, occasion) = (client.patterns().unwrap(), Occasion::on(client.today()));
    let passport = Person::from_zone(read_mrz(ZONE, client.today()).zone().unwrap());
    let check = |payload: &str| {
        let code = Person::from_reading(&read(payload.as_bytes(), &patterns), &patterns);
        compare_three(&code, &record(&client, payload).person(&patterns), &passport, &occasion)
    };
    assert_eq!(check(GUEST).verdict, Verdict::Match);
    let copied = check(OTHER);
    assert_eq!((copied.verdict, copied.reason), (Verdict::Mismatch, Some(Reason::OtherHolder)));
    assert!(copied.notes.iter().any(|note| note.as_str() == Code::OtherHolder.short()));
    // The guest's own name printed over somebody else's number.
    let forged = "Permit Number : 2C21XX0002-K\nFull Name : ERIKSSON ANNA MARIA\nPassport Number : X00000001\n\
                  Date of Birth : 12-08-1974";
    assert_eq!(check(forged).reason, Some(Reason::OtherHolder));
    let renewed = check("2C21XX0003-K");
    assert_eq!((renewed.verdict, renewed.reason), (Verdict::Plausible, Some(Reason::PassportRenewed)));
}

#[test]
fn an_expired_sign_in_is_renewed_once_and_a_lost_one_is_told() {
    let ((server, asked), folder) = (server(&["unauthorised@/permits/lookup"]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let _ = record(&client, GUEST);
    assert_eq!(asked.lock().unwrap().len(), 2);
    let (lost, folder) = (self::server(&["unauthorised@/permits/lookup*"]).0, Folder::new());
    let client = signed_in(folder.path(), &lost);
    assert_eq!(ask(&client, GUEST).err(), Some(SyncError::Stopped { by: StoppedBy::Auth }));
    // What the look-up renewed serves the next run.
    assert_eq!(send_now(&client, 10).stopped_by, None);
}

#[test]
fn a_portal_a_busy_server_and_none_at_all_are_told_apart() {
    for (fault, by) in
        [("portal@/permits/lookup", StoppedBy::Portal), ("busy=5@/permits/lookup", StoppedBy::Server)]
    {
        let ((server, _), folder) = (server(&[fault]), Folder::new());
        let client = signed_in(folder.path(), &server);
        assert_eq!(ask(&client, GUEST).err(), Some(SyncError::Stopped { by }), "{fault}");
        let _ = record(&client, GUEST);
    }
    let ((server, _), folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    server.stop();
    assert_eq!(ask(&client, GUEST).err(), Some(SyncError::Stopped { by: StoppedBy::Offline }));
}

#[test]
fn a_right_that_was_taken_away_is_told() {
    let ((server, _), folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let office = rusqlite::Connection::open(server.db()).unwrap();
    office.execute("UPDATE member SET rights = 'inspect'", []).unwrap();
    assert_eq!(ask(&client, GUEST).err(), Some(SyncError::Stopped { by: StoppedBy::Blocked }));
}

#[test]
fn i19_a_budget_and_a_cancel_end_a_look_up_and_nothing_else() {
    let ((server, _), folder) =
        (server(&["slow=4000@/permits/lookup*2", "slow=700@/changes"]), Folder::new());
    let client = Arc::new(signed_in(folder.path(), &server));
    let begun = Instant::now();
    let late = client.look_up(&key(GUEST), within(7, Duration::from_millis(900)));
    assert_eq!(late.err(), Some(SyncError::Stopped { by: StoppedBy::Budget }));
    assert!(begun.elapsed() < Duration::from_millis(1900), "{:?}", begun.elapsed());

    client.cancel(8);
    let early = client.look_up(&key(GUEST), within(8, Duration::from_secs(20)));
    assert_eq!(early.err(), Some(SyncError::Stopped { by: StoppedBy::Cancelled }));

    // A run is under way meanwhile; cancelling the look-up leaves it alone.
    let running = Arc::clone(&client);
    let run = thread::spawn(move || {
        let request = SyncRequest { run: 1, budget: Duration::from_secs(20), trigger: Trigger::Person };
        running.sync(request).unwrap()
    });
    let asking = Arc::clone(&client);
    let asked = thread::spawn(move || asking.look_up(&key(GUEST), within(9, Duration::from_secs(20))));
    let begun = Instant::now();
    while !asked.is_finished() {
        client.cancel(9);
        thread::yield_now();
    }
    assert_eq!(asked.join().unwrap().err(), Some(SyncError::Stopped { by: StoppedBy::Cancelled }));
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(run.join().unwrap().stopped_by, None);
}

#[test]
fn i13_nothing_of_a_record_stays_on_the_device() {
    let ((server, _), folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let _ = record(&client, OTHER);
    drop(client);
    for file in files(folder.path()) {
        let bytes = fs::read(&file).unwrap();
        for secret in ["CONTOH", "C01X00T47", "1990-01-31", "2C21XX0002"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A payload of a form that no release knows.
const SEEN_IN_THE_FIELD: &str = "KARTU-2C21XX0000-K/v7";

fn new_patterns() -> Value {
    json!({
        "issuers": [{
            "id": "apoa", "hosts": ["apoa.imigrasi.go.id", "kartu.imigrasi.go.id"], "schemes": ["https"],
            "keys": [{ "kind": "permit_number", "path": "/k/{key}", "key": "@permit_number" }]
        }],
        "numbers": { "permit_number": ["^\\d[A-Z]\\d{2}[A-Z]{2}\\d{4}-[A-Z]$", "^KARTU-\\d[A-Z]\\d{2}[A-Z]{2}\\d{4}-[A-Z]/V7$"] },
        "tests": [{ "text": SEEN_IN_THE_FIELD, "expect": "permit_number" }]
    })
}

fn word(client: &ApoaClient, payload: &str) -> &'static str {
    read(payload.as_bytes(), &client.patterns().unwrap()).word()
}

fn problem(client: &ApoaClient) -> Option<Code> {
    let findings = client.doctor();
    findings.into_iter().find(|finding| finding.check == Check::Patterns).unwrap().problem
}

#[test]
fn new_patterns_arrive_with_the_config_and_bad_ones_leave_the_last_good_ones_in_use() {
    let ((server, _), folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let link = "https://kartu.imigrasi.go.id/k/2C21XX0000-K";
    assert_eq!((word(&client, SEEN_IN_THE_FIELD), word(&client, link)), ("unknown", "unknown"));

    server.publish(Published::These(new_patterns())).unwrap();
    assert_eq!(problem(&client), None);
    assert_eq!((word(&client, SEEN_IN_THE_FIELD), word(&client, link)), ("permit_number", "issuer_link"));

    // Bad in its own test, in a host, in its form: refused each time, and the rest of the config counts.
    let mut failing = new_patterns();
    failing["tests"] = json!([{ "text": SEEN_IN_THE_FIELD, "expect": "niora" }]);
    let mut host = new_patterns();
    host["issuers"][0]["hosts"] = json!(["*.go.id"]);
    for bad in [failing, host, json!({ "colours": [] })] {
        server.publish(Published::These(bad)).unwrap();
        assert_eq!(problem(&client), Some(Code::PatternsRefused));
        assert!(client.refused_patterns().unwrap().is_some());
        assert_eq!(word(&client, SEEN_IN_THE_FIELD), "permit_number");
        assert_eq!(send_now(&client, 10).stopped_by, None);
    }
    drop(client);

    // After a restart too, without any server.
    server.stop();
    let client = open(folder.path()).unwrap();
    assert_eq!((word(&client, SEEN_IN_THE_FIELD), word(&client, link)), ("permit_number", "issuer_link"));
    assert!(client.refused_patterns().unwrap().is_some());
}

#[test]
fn good_patterns_end_a_refusal_and_none_at_all_bring_the_built_in_ones_back() {
    let ((server, _), folder) = (server(&[]), Folder::new());
    server.publish(Published::These(json!({ "colours": [] }))).unwrap();
    let client = signed_in(folder.path(), &server);
    assert_eq!(problem(&client), Some(Code::PatternsRefused));
    assert_eq!(word(&client, "2C21XX0000-K"), "permit_number");
    server.publish(Published::These(json!({ "numbers": [] }))).unwrap();
    assert_eq!(problem(&client), Some(Code::PatternsRefused));
    server.publish(Published::These(new_patterns())).unwrap();
    assert_eq!((problem(&client), word(&client, SEEN_IN_THE_FIELD)), (None, "permit_number"));
    server.publish(Published::BuiltIn).unwrap();
    assert_eq!((problem(&client), word(&client, SEEN_IN_THE_FIELD)), (None, "unknown"));
}
