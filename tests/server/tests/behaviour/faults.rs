//! Every fault on command, as a client meets it.

use std::time::{Duration, Instant};

use apoa_server::Event;
use serde_json::json;

use crate::support::contract::decode;
use crate::support::{Draft, Hold, Server, id, signed_by};

fn fault(rule: &str) -> Event {
    Event::Fault { rule: rule.to_owned() }
}

fn committed(number: u32) -> Event {
    Event::Committed { op_id: id(number) }
}

#[test]
fn an_answer_dropped_after_commit_is_found_again() {
    let server = Server::start(&["drop_after_commit"]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    assert!(client.send(std::slice::from_ref(&op), Hold::Both).is_none());
    assert_eq!([server.event(), server.event()], [committed(1), fault("drop_after_commit")]);
    let again = client.file(&op);
    assert_eq!(again["outcome"], "duplicate");
    assert!(again["receipt"].is_string());
}

#[test]
fn a_hang_comes_after_the_commit_and_the_server_still_ends_in_time() {
    let server = Server::start(&["hang_after_commit*"]);
    let client = server.signed_in();
    let db = server.running.db().to_owned();
    std::thread::scope(|scope| {
        let op = Draft::submit(&client.unit, 1).envelope();
        let asking = scope.spawn(move || client.send(&[op], Hold::Both).is_none());
        assert_eq!([server.event(), server.event()], [committed(1), fault("hang_after_commit*")]);
        assert_eq!(apoa_server::office_reports(&db).unwrap().len(), 1);
        let began = Instant::now();
        server.running.stop();
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert!(asking.join().unwrap(), "the hung request never had an answer");
    });
}

#[test]
fn a_cut_answer_ends_early_and_the_next_is_whole() {
    let server = Server::start(&["cut=10@/config", "cut@/ops"]);
    let client = server.signed_in();
    assert!(client.get("/config").is_none());
    assert_eq!(server.event(), fault("cut=10@/config"));
    assert_eq!(client.get("/config").unwrap().status, 200);
    let op = Draft::submit(&client.unit, 1).envelope();
    assert!(client.send(std::slice::from_ref(&op), Hold::Both).is_none());
    assert_eq!([server.event(), server.event()], [committed(1), fault("cut@/ops")]);
    assert_eq!(client.file(&op)["outcome"], "duplicate");
}

#[test]
fn a_slow_answer_comes() {
    let server = Server::start(&["slow=300@/config"]);
    let client = server.client();
    let began = Instant::now();
    assert_eq!(client.get("/config").unwrap().status, 200);
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!(server.event(), fault("slow=300@/config"));
}

#[test]
fn busy_says_when_to_come_back() {
    let server = Server::start(&["busy=7@/ops*2"]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    for _ in 0..2 {
        let reply = client.send(std::slice::from_ref(&op), Hold::Both).unwrap();
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some("7")));
        assert_eq!(server.event(), fault("busy=7@/ops*2"));
    }
    assert_eq!(client.file(&op)["outcome"], "applied");
}

#[test]
fn a_portal_answers_with_its_page() {
    let server = Server::start(&["portal"]);
    let client = server.client();
    let reply = client.raw("get", "/config", &[], None).unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("text/html"));
    assert_eq!(client.get("/config").unwrap().header("content-type"), Some("application/jwt"));
}

#[test]
fn unauthorised_and_conflict_are_problems_of_the_contract() {
    let server = Server::start(&["unauthorised", "conflict"]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    let reply = client.send(std::slice::from_ref(&op), Hold::Both).unwrap();
    assert_eq!((reply.status, reply.problem().as_str()), (401, "unauthorised"));
    let reply = client.send(std::slice::from_ref(&op), Hold::Both).unwrap();
    assert_eq!((reply.status, reply.problem().as_str()), (409, "revision-conflict"));
    assert_eq!(client.file(&op)["outcome"], "applied");
}

#[test]
fn a_lost_token_answer_leaves_the_old_token_usable() {
    let server = Server::start(&["token_lost"]);
    let mut client = server.client();
    let code = client.challenge("resepsionis", "rahasia-contoh").unwrap().json();
    let code = code["authorization_code"].as_str().unwrap();
    assert!(client.redeem(code, crate::support::VERIFIER).is_none());
    assert_eq!(server.event(), fault("token_lost"));
    client.sign_in("rahasia-contoh");
    assert_eq!(client.get("/changes").unwrap().status, 200);
}

#[test]
fn a_wrong_receipt_is_signed_by_a_stranger_and_the_stored_one_is_not() {
    let server = Server::start(&["wrong_receipt"]);
    let client = server.signed_in();
    let config = String::from_utf8(client.get("/config").unwrap().body).unwrap();
    let key = decode(&config).1["receipt_keys"][0]["x"].as_str().unwrap().to_owned();
    let op = Draft::submit(&client.unit, 1).envelope();
    let wrong = client.file(&op);
    assert_eq!(wrong["outcome"], "applied");
    let token = wrong["receipt"].as_str().unwrap();
    assert_eq!(decode(token).0["kid"], json!(key));
    assert!(!signed_by(token, &key));
    assert_eq!([server.event(), server.event()], [committed(1), fault("wrong_receipt")]);
    assert!(signed_by(client.file(&op)["receipt"].as_str().unwrap(), &key));
}

#[test]
fn events_are_written_as_lines_of_json() {
    let line = serde_json::to_value(committed(1)).unwrap();
    assert_eq!(line, json!({ "event": "committed", "op_id": id(1) }));
    let line = serde_json::to_value(fault("busy=7@/ops*2")).unwrap();
    assert_eq!(line, json!({ "event": "fault", "rule": "busy=7@/ops*2" }));
}
