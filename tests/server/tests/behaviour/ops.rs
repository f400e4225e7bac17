//! Filing: one effect, one receipt, every outcome.

use serde_json::{Value, json};

use crate::support::contract::decode;
use crate::support::{Client, Draft, Hold, Server, id, sha256_hex, signed_by};

fn receipt(result: &Value) -> &str {
    result["receipt"].as_str().expect("a receipt")
}

fn claims(result: &Value) -> Value {
    decode(receipt(result)).1
}

fn receipt_key(client: &Client) -> String {
    let token = String::from_utf8(client.get("/config").unwrap().body).unwrap();
    decode(&token).1["receipt_keys"][0]["x"].as_str().unwrap().to_owned()
}

#[test]
fn a_receipt_says_what_was_filed_and_verifies_with_the_configured_key() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    let result = client.file(&op);
    assert_eq!(result["outcome"], "applied");
    assert!(signed_by(receipt(&result), &receipt_key(&client)));
    let claims = claims(&result);
    assert_eq!(claims["op"], op["op_id"]);
    assert_eq!(claims["rid"], op["report_id"]);
    assert_eq!(claims["sha256"], op["body_sha256"]);
    assert_eq!(claims["unit"], json!(client.unit));
    assert_eq!((&claims["state"], &claims["closed"]), (&json!("received"), &json!(false)));
    let salt = {
        use base64ct::{Base64UrlUnpadded, Encoding as _};
        Base64UrlUnpadded::decode_vec(claims["ds"].as_str().unwrap()).unwrap()
    };
    let bits = sha256_hex(&[salt.as_slice(), b"L898902C3"].concat());
    assert_eq!(claims["doc"].as_str().unwrap(), &bits[..4]);
}

#[test]
fn the_same_bytes_again_give_the_same_receipt_and_no_second_effect() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    let first = client.file(&op);
    let again = client.file(&op);
    assert_eq!(again["outcome"], "duplicate");
    assert_eq!(receipt(&again), receipt(&first));
    assert_eq!(again["state"], first["state"]);
    let reports = apoa_server::office_reports(server.running.db()).unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].ops.len(), 1);
    assert_eq!(reports[0].ops[0].times_seen, 2);
    let read = client.get(&format!("/ops/{}", id(1))).unwrap().json();
    assert_eq!((read["outcome"].as_str().unwrap(), receipt(&read)), ("applied", receipt(&first)));
}

#[test]
fn other_bytes_under_a_known_id_are_a_mismatch() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let mut other = Draft::submit(&client.unit, 1);
    other.data["room"] = json!("13");
    let result = client.file(&other.envelope());
    assert_eq!(result["outcome"], "mismatch");
    assert_eq!(apoa_server::office_reports(server.running.db()).unwrap()[0].ops[0].times_seen, 1);
}

#[test]
fn a_hash_that_is_not_the_body_s_is_a_mismatch() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let mut op = Draft::submit(&client.unit, 1).envelope();
    op["body_sha256"] = json!("0".repeat(64));
    assert_eq!(client.file(&op)["outcome"], "mismatch");
    assert_eq!(client.get(&format!("/ops/{}", id(1))).unwrap().problem(), "never-seen");
}

#[test]
fn an_operation_without_effect_leaves_nothing_and_may_come_again() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let mut draft = Draft::submit(&client.unit, 1);
    draft.data["check_in"] = json!("2026-12-24");
    for _ in 0..2 {
        let result = client.file(&draft.envelope());
        assert_eq!(result["outcome"], "invalid");
        assert_eq!(result["problem"]["fields"], json!([{ "code": "check_in", "problem": "range" }]));
    }
    draft.data["check_in"] = json!("2026-11-25");
    assert_eq!(client.file(&draft.envelope())["outcome"], "applied");
}

#[test]
fn every_missing_field_is_named() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let mut draft = Draft::submit(&client.unit, 1);
    draft.data = json!({ "full_name": "ERIKSSON ANNA MARIA" });
    let reply = client.send(&[draft.envelope()], Hold::AnswerOnly).unwrap().json();
    let fields = reply["results"][0]["problem"]["fields"].as_array().unwrap().clone();
    let missing: Vec<&str> = fields.iter().map(|field| field["code"].as_str().unwrap()).collect();
    let wanted = [
        "birth_date",
        "nationality",
        "sex",
        "passport_number",
        "source",
        "check_in",
        "purpose",
        "check_out_planned",
    ];
    assert_eq!(missing, wanted);
}

#[test]
fn a_base_that_moved_is_a_conflict() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let out = |op, base| {
        Draft::follow(&client.unit, op, 1001, "check_out", base, json!({ "check_out": "2026-11-25" }))
            .envelope()
    };
    let early = client.file(&out(2, 7));
    assert_eq!(early["outcome"], "conflict");
    assert_eq!(early["problem"]["type"], "urn:apoa:problem:revision-conflict");
    let again = Draft { op: 9, ..Draft::submit(&client.unit, 1) };
    assert_eq!(client.file(&again.envelope())["outcome"], "conflict", "a report is submitted once");
    assert_eq!(client.file(&out(3, 1))["outcome"], "applied");
}

#[test]
fn the_same_guest_from_another_phone_is_merged_with_its_own_receipt() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let first = client.file(&Draft::submit(&client.unit, 1).envelope());
    let op = Draft::submit(&client.unit, 2).envelope();
    let second = client.file(&op);
    assert_eq!(second["outcome"], "merged");
    assert_eq!(second["same_as"], json!(id(1001)));
    assert_ne!(receipt(&first), receipt(&second));
    assert_eq!(claims(&second)["rid"], json!(id(1002)));
    let again = client.file(&op);
    assert_eq!((&again["outcome"], &again["same_as"]), (&json!("duplicate"), &json!(id(1001))));
    assert_eq!(receipt(&again), receipt(&second));
    // After the stay is over the same guest may come again.
    let out = Draft::follow(&client.unit, 3, 1001, "check_out", 1, json!({ "check_out": "2026-11-25" }));
    assert_eq!(client.file(&out.envelope())["outcome"], "applied");
    assert_eq!(client.file(&Draft::submit(&client.unit, 4).envelope())["outcome"], "applied");
}

#[test]
fn a_stay_is_extended_checked_out_opened_again_and_cancelled() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let follow = |op, kind, base, data| {
        client.file(&Draft::follow(&client.unit, op, 1001, kind, base, data).envelope())
    };
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let extended = follow(2, "extend", 1, json!({ "check_out_planned": "2026-12-01" }));
    assert_eq!((&extended["outcome"], &claims(&extended)["closed"]), (&json!("applied"), &json!(false)));
    let short = follow(3, "check_out", 2, json!({ "check_out": "2026-11-20" }));
    assert_eq!(short["problem"]["fields"], json!([{ "code": "check_out", "problem": "range" }]));
    let out = follow(3, "check_out", 2, json!({ "check_out": "2026-11-30", "next_destination": "BANDUNG" }));
    assert_eq!(claims(&out)["closed"], json!(true));
    assert_eq!(follow(4, "extend", 3, json!({ "check_out_planned": "2026-12-02" }))["outcome"], "invalid");

    let mut whole = Draft::submit(&client.unit, 1).data;
    whole["check_out"] = json!(null);
    whole["remarks"] = json!("SALAH KLIK");
    let opened = follow(5, "amend", 3, whole);
    assert_eq!((&opened["outcome"], &claims(&opened)["closed"]), (&json!("applied"), &json!(false)));
    let cancelled = follow(6, "cancel", 4, json!({ "reason": "SALAH TAMU" }));
    assert_eq!((&cancelled["state"], &claims(&cancelled)["closed"]), (&json!("cancelled"), &json!(true)));
    assert_eq!(follow(7, "cancel", 5, json!({ "reason": "LAGI" }))["outcome"], "invalid");
}

#[test]
fn workers_private_hosts_and_refusals_are_filed_too() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let person = |more: Value| {
        let mut data = json!({
            "full_name": "ERIKSSON ANNA MARIA", "birth_date": "1974-08", "nationality": "UTO", "sex": "F",
            "passport_number": "L898902C3", "source": "manual",
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let submit = |number, report_kind, data| {
        client.file(&Draft { report_kind, data, ..Draft::submit(&client.unit, number) }.envelope())
    };
    let job = person(json!({
        "start": "2020-01-01", "position": "CHEF", "work_address": "JALAN CONTOH 1", "guarantor": "PT CONTOH",
    }));
    assert_eq!(submit(1, "worker.start", job)["outcome"], "applied");
    let visit = person(json!({ "address": "JALAN CONTOH 2", "since": "2026-11-20", "relation": "host" }));
    assert_eq!(submit(2, "individual", visit)["outcome"], "applied");
    let refusal = json!({
        "refused_at": "2026-11-24T09:00:00+07:00", "place": "LOBI", "asked_for": "PASPOR", "shown": "TIDAK ADA",
        "said": "NANTI", "source": "manual",
    });
    let refused = submit(3, "refusal", refusal);
    assert_eq!((&refused["outcome"], &claims(&refused)["doc"]), (&json!("applied"), &json!(null)));

    let follow = |op, report, report_kind, kind, base, data| {
        client.file(
            &Draft { report_kind, ..Draft::follow(&client.unit, op, report, kind, base, data) }.envelope(),
        )
    };
    let passport = json!({ "change": "passport", "new": "D23145890", "since": "2026-11-01" });
    assert_eq!(follow(4, 1001, "worker.start", "change", 1, passport)["outcome"], "applied");
    let end =
        follow(5, 1001, "worker.start", "end", 2, json!({ "end": "2026-11-23", "reason": "contract over" }));
    assert_eq!(claims(&end)["closed"], json!(true));
    // A worker cannot check out: the body fits no form of the contract.
    let odd = Draft {
        report_kind: "worker.start",
        ..Draft::follow(&client.unit, 6, 1001, "check_out", 3, json!({ "check_out": "2026-11-24" }))
    };
    let reply = client.send(&[odd.envelope()], Hold::AnswerOnly).unwrap().json();
    assert_eq!(reply["results"][0]["outcome"], "unsupported");
}

#[test]
fn results_keep_the_order_of_a_batch_and_fail_alone() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let mut bad = Draft::submit(&client.unit, 2);
    bad.data["check_in"] = json!("2030-01-01");
    let mut third = Draft::submit(&client.unit, 3);
    third.data["passport_number"] = json!("X3");
    let ops = [Draft::submit(&client.unit, 1).envelope(), bad.envelope(), third.envelope()];
    let answer = client.send(&ops, Hold::Both).unwrap().json();
    let outcomes: Vec<&str> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["applied", "invalid", "applied"]);
}

#[test]
fn parallel_repeats_have_one_effect_and_one_receipt() {
    let server = Server::start(&[]);
    let signed = server.signed_in();
    let op = Draft::submit(&signed.unit, 1).envelope();
    let results: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let mut client = server.client();
                client.access.clone_from(&signed.access);
                let op = &op;
                scope.spawn(move || client.file(op))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result["outcome"] == "applied").count(), 1);
    assert!(results.iter().all(|result| receipt(result) == receipt(&results[0])));
    assert_eq!(apoa_server::office_reports(server.running.db()).unwrap()[0].ops[0].times_seen, 8);
}

#[test]
fn changes_tell_open_reports_in_pages_then_what_closes_them() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    for number in 1..=5 {
        let mut draft = Draft::submit(&client.unit, number);
        draft.data["passport_number"] = json!(format!("X{number}"));
        client.file(&draft.envelope());
    }
    let page = client.get("/changes?limit=3").unwrap().json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["has_more"]), (3, &json!(true)));
    assert_eq!(page["items"][0]["planned_end"], "2026-11-27");
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    let rest = client.get(&format!("/changes?limit=3&cursor={cursor}")).unwrap().json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["has_more"]), (2, &json!(false)));
    let cursor = rest["next_cursor"].as_str().unwrap().to_owned();
    let quiet = client.get(&format!("/changes?cursor={cursor}")).unwrap();
    assert_eq!(quiet.json()["items"], json!([]));
    let mut headers = client.headers();
    headers.push(("if-none-match".to_owned(), quiet.header("etag").unwrap().to_owned()));
    let same = client.raw("get", &format!("/changes?cursor={cursor}"), &headers, None).unwrap();
    assert_eq!((same.status, same.body.len()), (304, 0));

    let out = Draft::follow(&client.unit, 9, 1002, "check_out", 1, json!({ "check_out": "2026-11-25" }));
    client.file(&out.envelope());
    let news = client.get(&format!("/changes?cursor={cursor}")).unwrap().json();
    assert_eq!(news["items"][0]["report_id"], json!(id(1002)));
    assert_eq!(news["items"][0]["closed"], json!(true));
    let gone = client.get("/changes?cursor=AAAA").unwrap();
    assert_eq!((gone.status, gone.problem().as_str()), (410, "cursor-expired"));
}
