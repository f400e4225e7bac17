//! Profile, members, installations, and the log.

use serde_json::json;

use crate::support::{Client, Draft, Hold, Server, id};

const OTHER: &str = "0190a0b0-0000-7000-8000-00000000d002";

/// Somebody on another installation.
fn other_phone(server: &Server) -> Client {
    let mut client = server.client();
    OTHER.clone_into(&mut client.device);
    client.sign_in("rahasia-contoh");
    client
}

#[test]
fn a_profile_is_read_and_replaced_by_whoever_saw_it_last() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let first = client.get("/profile").unwrap();
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(
        (&first.json()["profile"]["name"], &first.json()["missing"]),
        (&json!("Losmen Contoh"), &json!([]))
    );
    let profile = json!({ "name": "Losmen Contoh", "zone": "WITA", "rooms": "14" });
    let written = client.put_profile(&profile, &tag, Hold::Both);
    assert_eq!((written.status, &written.json()["profile"]), (200, &profile));
    assert_eq!(written.json()["missing"], json!(["address", "person_in_charge", "licence", "lodging_kind"]));
    let late = client.put_profile(&profile, &tag, Hold::Both);
    assert_eq!((late.status, late.problem().as_str()), (412, "revision-conflict"));
    let newer = client.get("/profile").unwrap();
    assert_eq!(newer.header("etag"), written.header("etag"));
    let mut headers = client.headers();
    headers.push(("if-none-match".to_owned(), newer.header("etag").unwrap().to_owned()));
    assert_eq!(client.raw("get", "/profile", &headers, None).unwrap().status, 304);
}

#[test]
fn server_and_contract_judge_a_profile_alike() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    for (profile, fits) in [
        (json!({ "zone": "MEZ" }), false),
        (json!({ "rooms": 12 }), false),
        (json!({ "rooms": "65535" }), true),
        (json!({ "rooms": "65536" }), false),
        (json!({ "name": " " }), false),
        (json!({ "name": "a\u{7}b" }), false),
        (json!({ "relation": "other:" }), false),
        (json!({ "relation": "other:aunt" }), true),
        (json!({ "colour": "red" }), false),
        (json!({}), true),
    ] {
        assert_eq!(crate::support::contract().fits("Profile", &profile), fits, "{profile}");
        let tag = client.get("/profile").unwrap().header("etag").unwrap().to_owned();
        let reply = client.put_profile(&profile, &tag, Hold::AnswerOnly);
        assert_eq!(reply.status, if fits { 200 } else { 422 }, "{profile}");
    }
}

#[test]
fn a_revoked_installation_is_told_so_at_every_call_and_its_sign_in_ends() {
    let server = Server::start(&[]);
    let manager = server.signed_in();
    let lost = other_phone(&server);
    lost.file(&Draft::submit(&lost.unit, 1).envelope());
    let path = format!("/units/{}/devices", manager.unit);
    let listed = manager.get(&path).unwrap().json();
    assert_eq!(listed["devices"].as_array().unwrap().len(), 2);
    assert_eq!(listed["devices"][0]["id"], OTHER, "the one that came first stands first");
    assert_eq!(listed["devices"][0]["account"]["name"], "resepsionis");

    for _ in 0..2 {
        assert_eq!(manager.delete(&format!("{path}/{OTHER}")).json(), json!({}), "again is the same");
    }
    let told = |reply: crate::support::Reply| (reply.status, reply.problem());
    let revoked = (403, "device-revoked".to_owned());
    assert_eq!(told(lost.get("/changes").unwrap()), revoked);
    assert_eq!(told(lost.get(&format!("/ops/{}", id(1))).unwrap()), revoked);
    assert_eq!(told(lost.send(&[Draft::submit(&lost.unit, 2).envelope()], Hold::Both).unwrap()), revoked);
    assert_eq!(told(lost.renew(&lost.refresh).unwrap()), revoked);
    let again = other_phone(&server);
    assert_eq!(told(again.get("/changes").unwrap()), revoked, "whoever signs in on it");
    assert_eq!(manager.get("/changes").unwrap().status, 200);
    assert!(manager.get(&path).unwrap().json()["devices"][0]["revoked_at"].is_string());
    let unknown = manager.delete(&format!("{path}/{}", id(77)));
    assert_eq!((unknown.status, unknown.problem().as_str()), (404, "no-device"));
}

#[test]
fn a_token_works_from_the_installation_it_was_made_for() {
    let server = Server::start(&[]);
    let mut client = server.signed_in();
    assert_eq!(client.get("/changes").unwrap().status, 200);
    OTHER.clone_into(&mut client.device);
    assert_eq!(client.get("/changes").unwrap().status, 401);
}

#[test]
fn whoever_may_not_manage_sees_members_and_profile_and_changes_nothing() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let staff = client.get(&format!("/units/{}/staff", client.unit)).unwrap().json();
    assert_eq!(staff["members"][0]["name"], "resepsionis");
    let office = rusqlite::Connection::open(server.running.db()).unwrap();
    office.execute("UPDATE member SET rights = 'report'", []).unwrap();
    let path = format!("/units/{}/devices", client.unit);
    let profile = client.get("/profile").unwrap();
    let tag = profile.header("etag").unwrap();
    let refusals = [
        client.get(&path).unwrap(),
        client.delete(&format!("{path}/{OTHER}")),
        client.put_profile(&json!({}), tag, Hold::Both),
    ];
    for reply in refusals {
        assert_eq!((reply.status, reply.problem().as_str()), (403, "role"));
    }
    assert_eq!(client.get(&format!("/units/{}/staff", client.unit)).unwrap().status, 200);
    let elsewhere = client.get(&format!("/units/{}/staff", id(9))).unwrap();
    assert_eq!((elsewhere.status, elsewhere.problem().as_str()), (400, "malformed"));
}

#[test]
fn the_log_says_who_did_what_and_is_only_added_to() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    client.challenge("resepsionis", "salah");
    client.challenge("tidak-ada", "salah");
    let tag = client.get("/profile").unwrap().header("etag").unwrap().to_owned();
    client.put_profile(&json!({ "person_in_charge": "ERIKSSON ANNA MARIA" }), &tag, Hold::Both);
    client.delete(&format!("/units/{}/devices/{}", client.unit, client.device));
    let log = apoa_server::office_log(server.running.db()).unwrap();
    let said: Vec<_> =
        log.iter().map(|deed| (deed.what.as_str(), deed.who.is_some(), deed.unit.is_some())).collect();
    assert_eq!(
        said,
        [
            ("signed_in", true, false),
            ("sign_in_refused", true, false),
            ("sign_in_refused", false, false),
            ("profile_changed", true, true),
            ("device_revoked", true, true),
        ]
    );
    assert_eq!(log[4].about.as_deref(), Some(client.device.as_str()));
    let text = serde_json::to_string(&log).unwrap();
    assert!(!text.contains("ERIKSSON") && !text.contains("resepsionis"), "{text}");
    let office = rusqlite::Connection::open(server.running.db()).unwrap();
    for change in ["UPDATE deed SET who = NULL", "DELETE FROM deed"] {
        assert!(office.execute(change, []).is_err(), "{change}");
    }
}
