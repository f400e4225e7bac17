//! What the office decides, and how `GET /changes` tells it.

use apoa_server::{Decision, NotDecided, office_decide};
use serde_json::{Value, json};

use crate::support::contract::decode;
use crate::support::{Client, Draft, Server, id, stay};

fn decide(server: &Server, report: u32, decision: &Decision) -> Result<String, NotDecided> {
    office_decide(server.running.db(), &id(report), decision).unwrap().map(|report| report.state)
}

fn correct(fields: &[&str]) -> Decision {
    Decision::Correct { fields: fields.iter().map(|field| (*field).to_owned()).collect() }
}

/// What changed since, and the cursor behind it.
fn changes(client: &Client, cursor: Option<&str>) -> (Vec<Value>, String) {
    let path = cursor.map_or("/changes".to_owned(), |cursor| format!("/changes?cursor={cursor}"));
    let page = client.get(&path).unwrap().json();
    (page["items"].as_array().unwrap().clone(), page["next_cursor"].as_str().unwrap().to_owned())
}

#[test]
fn a_decision_is_signed_under_a_newer_version_and_told_by_changes() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    let filed = client.file(&op);
    let (_, cursor) = changes(&client, None);
    assert_eq!(decide(&server, 1001, &correct(&["room", "full_name", "room"])).unwrap(), "needs_correction");
    let (items, cursor) = changes(&client, Some(&cursor));
    let claims = decode(items[0]["receipt"].as_str().unwrap()).1;
    assert_eq!((&claims["op"], &claims["sha256"]), (&op["op_id"], &op["body_sha256"]));
    assert_eq!(
        (&claims["state"], &claims["fields"]),
        (&json!("needs_correction"), &json!(["full_name", "room"]))
    );
    assert!(claims["sv"].as_i64() > filed["server_version"].as_i64());
    assert_eq!(client.file(&op)["receipt"], filed["receipt"], "the operation keeps its own receipt");

    let leave = json!({ "check_out_planned": "2026-12-01" });
    let extended = client.file(&Draft::follow(&client.unit, 2, 1001, "extend", 1, leave).envelope());
    assert_eq!(extended["state"], "needs_correction", "a follow-up is no correction");
    let amended = client.file(&Draft::follow(&client.unit, 3, 1001, "amend", 2, stay()).envelope());
    assert_eq!(amended["state"], "received");
    assert!(decode(amended["receipt"].as_str().unwrap()).1["fields"].is_null());

    assert_eq!(decide(&server, 1001, &Decision::Accept).unwrap(), "accepted");
    let (_, settled) = changes(&client, Some(&cursor));
    assert_eq!(decide(&server, 1001, &Decision::Accept).unwrap(), "accepted");
    assert!(changes(&client, Some(&settled)).0.is_empty(), "the same decision again is none");
}

#[test]
fn a_rejected_report_is_closed_and_takes_nothing_more() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let (_, cursor) = changes(&client, None);
    let reject = Decision::Reject { reason: "reported by the other lodging".to_owned() };
    assert_eq!(decide(&server, 1001, &reject).unwrap(), "rejected");
    let (items, _) = changes(&client, Some(&cursor));
    let claims = decode(items[0]["receipt"].as_str().unwrap()).1;
    assert_eq!(
        (&items[0]["closed"], &claims["reason"]),
        (&json!(true), &json!("reported by the other lodging"))
    );
    let amended = client.file(&Draft::follow(&client.unit, 2, 1001, "amend", 1, stay()).envelope());
    assert_eq!(amended["outcome"], "invalid");
    assert_eq!(decide(&server, 1001, &Decision::Accept), Err(NotDecided::Over));
    let log = apoa_server::office_log(server.running.db()).unwrap();
    let last = log.last().unwrap();
    assert_eq!((last.what.as_str(), last.about.as_deref()), ("rejected", Some(id(1001).as_str())));
}

#[test]
fn a_decision_that_cannot_be_made_says_why_and_changes_nothing() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let (_, cursor) = changes(&client, None);
    let long = Decision::Reject { reason: "x".repeat(129) };
    for (report, decision, why) in [
        (7777, Decision::Accept, NotDecided::NoReport),
        (1001, correct(&[]), NotDecided::Field),
        (1001, correct(&["position"]), NotDecided::Field),
        (1001, Decision::Reject { reason: " ".to_owned() }, NotDecided::Reason),
        (1001, long, NotDecided::Reason),
    ] {
        assert_eq!(decide(&server, report, &decision), Err(why));
    }
    assert!(changes(&client, Some(&cursor)).0.is_empty());
}
