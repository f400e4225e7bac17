//! Both ends keep the contract: every request of the core and every answer of the server is held against
//! `core/api/openapi.yaml`, frozen bodies, receipts and config included.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apoa_core::fields::Field;
use apoa_core::passport::{Reason, Verdict};
use apoa_core::permit::{RecordKey, read};
use apoa_core::report::finalise::Compared;
use apoa_core::report::profile::ProfileField;
use apoa_core::{ApoaClient, LookUpRequest, ProfileSync, ReportDetail, TryOutRequest};
use apoa_server::{Exchange, Options, Running};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{PASSWORD, USER, config, credentials, guest, ports, send_now, signed_in};
use apoa_tests::upheld::contract::{self, Contract};
use apoa_tests::upheld::{request_body, search, uphold};
use serde_json::json;

/// What crossed the socket.
type Seen = Arc<Mutex<Vec<Exchange>>>;

fn watched(faults: &[&str]) -> (Running, Seen) {
    let seen = Seen::default();
    let watching = Arc::clone(&seen);
    let options = Options {
        faults: faults.iter().map(|rule| rule.parse().unwrap()).collect(),
        password: Some(PASSWORD.to_owned()),
        attachments: vec!["passport_page".to_owned()],
        tap: Some(Arc::new(move |exchange| watching.lock().unwrap().push(Exchange::clone(exchange)))),
        ..Options::default()
    };
    (apoa_server::start(options, |_| {}).unwrap(), seen)
}

/// Checks every exchange and returns the endpoints that were used.
fn check_all(seen: &Seen) -> BTreeSet<String> {
    let seen = seen.lock().unwrap();
    seen.iter().for_each(uphold);
    search();
    seen.iter()
        .map(|exchange| format!("{} {}", exchange.method.to_lowercase(), template(&exchange.path)))
        .collect()
}

/// A path as the contract writes it: ids and digests are parameters.
fn template(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    for at in 2..parts.len() {
        let name = match (parts[at - 1], parts[at].len()) {
            ("attachments", 64) => "{sha256}",
            ("ops", 36) => "{op_id}",
            ("units", 36) => "{id}",
            ("devices", 36) => "{device_id}",
            _ => continue,
        };
        parts[at] = name;
    }
    parts.join("/")
}

#[test]
fn everything_the_core_and_the_server_say_stands_in_the_contract() {
    let (server, seen) = watched(&["unauthorised@/changes", "busy=1@/ops"]);
    let folder = Folder::new();
    let config = config(folder.path(), Some(server.url()), Some(server.trust_file()));
    let client = ApoaClient::open(config, ports(folder.path())).unwrap();
    assert!(client.sign_in(&credentials("wrong")).is_err());
    client.sign_in(&credentials(PASSWORD)).unwrap();
    for passport in ["L898902C3", "X00000001", "X00000002"] {
        let compared = Compared { verdict: Verdict::Match, reasons: vec![Reason::NameExact] };
        let report = client.finalise(guest(&client, passport), Some(&compared), None).unwrap().report;
        client.attach(report, &[0xff, 0xd8, 0xff, 0xe0]).unwrap();
    }
    let summary = send_now(&client, 40);
    assert_eq!((summary.received, summary.left), (6, 0));
    let key = read(b"2C21XX0000-K", &client.patterns().unwrap()).lookup_key().unwrap();
    for key in [&key, &RecordKey { kind: key.kind, key: "2C21XX9999K".into() }] {
        let _ = client.look_up(key, LookUpRequest { run: 2, budget: Duration::from_secs(20) }).unwrap();
    }
    let budget = Duration::from_secs(20);
    let _ = client.finalise(guest(&client, "X00000003"), None, None).unwrap();
    assert_eq!(client.try_out(TryOutRequest { run: 3, budget }).unwrap().len(), 1);
    assert_eq!(client.sync_profile(budget), Ok(ProfileSync::InLine));
    let mut profile = client.profile().unwrap();
    profile.set(ProfileField::Rooms, "14").unwrap();
    client.set_profile(&profile).unwrap();
    assert_eq!(client.sync_profile(budget), Ok(ProfileSync::InLine));
    client.mail_code(USER).unwrap();
    assert_eq!(client.staff(budget).unwrap().len(), 1);
    client.sign_out().unwrap();
    client.sign_in(&credentials(PASSWORD)).unwrap();
    let devices = client.devices(budget).unwrap();
    assert!(client.revoke_device(devices[0].device, budget).unwrap());
    assert!(client.staff(budget).is_err(), "it revoked itself");
    drop(client);
    let used: Vec<String> = check_all(&seen).into_iter().collect();
    assert_eq!(
        used,
        [
            "delete /units/{id}/devices/{device_id}",
            "get /changes",
            "get /config",
            "get /profile",
            "get /units/{id}/devices",
            "get /units/{id}/staff",
            "post /oauth/authorize-challenge",
            "post /oauth/revoke",
            "post /oauth/token",
            "post /ops",
            "post /ops/check",
            "post /permits/lookup",
            "put /attachments/{sha256}",
            "put /profile"
        ]
    );
}

#[test]
fn every_field_the_core_can_send_stands_in_the_contract_and_the_other_way_round() {
    let contract = Contract::load();
    let there: BTreeSet<&str> =
        contract.schema("Fields")["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let here: BTreeSet<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    assert_eq!(here, there);
}

#[test]
fn i03_the_servers_receipt_covers_exactly_the_bytes_that_were_frozen() {
    let (server, seen) = watched(&[]);
    let folder = Folder::new();
    let client = signed_in(folder.path(), &server);
    let finalised = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    assert_eq!(send_now(&client, 20).received, 1);
    let detail: ReportDetail = client.report(finalised.report).unwrap().unwrap();
    let (_, payload) = contract::decode(&detail.receipts[0]);
    let seen = seen.lock().unwrap();
    let sent = seen.iter().filter(|exchange| exchange.path == "/ops").find_map(request_body).unwrap();
    let op = &sent["ops"][0];
    assert_eq!(payload["sha256"], op["body_sha256"]);
    assert_eq!(
        payload["sha256"],
        json!(apoa_core::ids::Digest::of(op["body"].as_str().unwrap().as_bytes()).to_string())
    );
    assert_eq!((&payload["rid"], &payload["op"]), (&op["report_id"], &op["op_id"]));
}
