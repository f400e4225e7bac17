//! The nine rules of a server, each by its number. What a single endpoint does beside them stands in the other files.

use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use apoa_server::{NotDecided, office_destroy, office_log, office_reports};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{CAPTURED_BY, Client, Draft, Hold, Server, envelope, id};

fn office(server: &Server) -> Connection {
    Connection::open(server.running.db()).unwrap()
}

#[test]
fn rule_1_an_op_and_a_revision_are_unique_as_long_as_the_report_lives() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let second = Draft { op: 2, ..Draft::submit(&client.unit, 1) };
    assert_eq!(client.file(&second.envelope())["outcome"], "conflict", "the same revision under another id");
    let copies = [
        "INSERT INTO op SELECT NULL, id, unit, report, kind, revision + 1, sha256, outcome, state, version, same_as, \
         receipt, times_seen, device, sent_by, body FROM op",
        "INSERT INTO op SELECT NULL, 'x' || id, unit, report, kind, revision, sha256, outcome, state, version, same_as, \
         receipt, times_seen, device, sent_by, body FROM op",
    ];
    for copy in copies {
        assert!(office(&server).execute(copy, []).unwrap_err().to_string().contains("UNIQUE"), "{copy}");
    }
}

#[test]
fn rule_1_a_destroyed_report_leaves_ids_hash_and_receipt_and_no_person() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let (report, op) = (id(1001), Draft::submit(&client.unit, 1).envelope());
    let first = client.file(&op);
    assert_eq!(office_destroy(server.running.db(), &report).unwrap(), Err(NotDecided::Open));
    let leave = json!({ "check_out": "2026-11-25", "next_destination": "DENPASAR" });
    client.file(&Draft::follow(&client.unit, 2, 1001, "check_out", 1, leave).envelope());
    for _ in 0..2 {
        assert_eq!(office_destroy(server.running.db(), &report).unwrap(), Ok(()));
    }
    let late = client.file(&op);
    assert_eq!((&late["outcome"], &late["receipt"]), (&json!("duplicate"), &first["receipt"]));
    assert_eq!(client.get(&format!("/ops/{}", id(1))).unwrap().json()["receipt"], first["receipt"]);
    let page = client.get("/changes").unwrap().json();
    assert_eq!((&page["items"][0]["full_name"], &page["items"][0]["closed"]), (&Value::Null, &json!(true)));
    let reopened = json!({ "check_out": null, "remarks": "again" });
    let mut whole = crate::support::stay();
    whole.as_object_mut().unwrap().extend(reopened.as_object().unwrap().clone());
    let amend = Draft::follow(&client.unit, 3, 1001, "amend", 2, whole).envelope();
    assert_eq!(client.file(&amend)["outcome"], "invalid", "there is nothing to follow");
    let again = Draft { op: 4, report: 1004, ..Draft::submit(&client.unit, 4) };
    assert_eq!(client.file(&again.envelope())["outcome"], "applied", "and nothing to be merged into");
    office_destroy(server.running.db(), &id(1004)).unwrap().unwrap_err();

    let held = office_reports(server.running.db()).unwrap();
    assert_eq!((held[0].ops.len(), held[0].ops[0].times_seen), (2, 2));
    assert_eq!(office_log(server.running.db()).unwrap().last().unwrap().what, "destroyed");
    let office = office(&server);
    let left: String = office
        .query_row(
            "SELECT report.data || group_concat(op.body, '') FROM report JOIN op ON op.report = report.id \
             WHERE report.id = ?1",
            [&report],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, "{}");
    office.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let file = fs::read(server.running.db()).unwrap();
    assert!(!file.windows(8).any(|bytes| bytes == b"DENPASAR"), "not even in a freed page");
}

#[test]
fn rule_2_the_same_bytes_bring_the_stored_outcome_and_other_bytes_a_mismatch() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    let first = client.file(&op);
    let merged = Draft::submit(&client.unit, 2).envelope();
    let as_other = client.file(&merged);
    for (op, stored) in [(&op, &first), (&merged, &as_other)] {
        let again = client.file(op);
        assert_eq!(again["outcome"], "duplicate");
        for part in ["receipt", "state", "server_version", "same_as"] {
            assert_eq!(again[part], stored[part], "{part}");
        }
    }
    let mut other = Draft::submit(&client.unit, 1);
    other.data["room"] = json!("13");
    assert_eq!(client.file(&other.envelope())["outcome"], "mismatch");
    assert_eq!(client.file(&op)["receipt"], first["receipt"]);
}

#[test]
fn rule_3_of_many_at_once_one_has_the_effect() {
    const AT_ONCE: usize = 6;
    let server = Server::start(&[]);
    let client = server.signed_in();
    let (url, trust) = (server.running.url().to_owned(), server.trust());
    let start = Barrier::new(AT_ONCE);
    for round in 1..=5 {
        let op = Draft { data: guest(round), ..Draft::submit(&client.unit, round) }.envelope();
        let results: Vec<Value> = thread::scope(|scope| {
            let send = || {
                let mut other = Client::new(&url, &trust, &client.unit);
                other.access.clone_from(&client.access);
                start.wait();
                other.file(&op)
            };
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let applied = results.iter().filter(|result| result["outcome"] == "applied").count();
        let repeated = results.iter().filter(|result| result["outcome"] == "duplicate").count();
        assert_eq!((applied, repeated), (1, AT_ONCE - 1));
        assert!(results.iter().all(|result| result["receipt"] == results[0]["receipt"]));
    }
    let held = office_reports(server.running.db()).unwrap();
    assert!(held.iter().all(|held| held.ops.len() == 1 && held.ops[0].times_seen as usize == AT_ONCE));
}

/// Another guest each time, so that none is merged.
fn guest(number: u32) -> Value {
    let mut data = crate::support::stay();
    data["passport_number"] = json!(format!("X{number:08}"));
    data
}

#[test]
fn rule_4_effect_and_record_commit_together_and_the_receipt_tells_of_them() {
    let server = Server::start(&["drop_after_commit@/ops"]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    assert!(client.send(std::slice::from_ref(&op), Hold::Both).is_none(), "the answer was lost");
    let stored = client.get(&format!("/ops/{}", id(1))).unwrap().json();
    let claims = crate::support::contract::decode(stored["receipt"].as_str().unwrap()).1;
    let row: (String, i64, String, String) = office(&server)
        .query_row(
            "SELECT report.state, report.version, op.sha256, op.receipt FROM report JOIN op ON op.report = report.id",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .unwrap();
    assert_eq!(
        (json!(row.0), json!(row.1), json!(row.2)),
        (claims["state"].clone(), claims["sv"].clone(), claims["sha256"].clone())
    );
    assert_eq!(stored["receipt"], json!(row.3));
    // Without its record an effect does not commit either.
    office(&server)
        .execute_batch("CREATE TRIGGER broken BEFORE INSERT ON op BEGIN SELECT RAISE(ABORT, 'broken'); END")
        .unwrap();
    let other = Draft { data: guest(2), ..Draft::submit(&client.unit, 2) }.envelope();
    assert_eq!(client.file(&other)["outcome"], "deferred");
    assert_eq!(office_reports(server.running.db()).unwrap().len(), 1);
    office(&server).execute_batch("DROP TRIGGER broken").unwrap();
    let mended = client.file(&other);
    assert_eq!((&mended["outcome"], &mended["server_version"]), (&json!("applied"), &json!(2)));
}

#[test]
fn rule_5_the_sender_is_a_member_now_and_who_captured_may_have_left() {
    let server = Server::start(&[]);
    let mut client = server.signed_in();
    let office = office(&server);
    let known: i64 = office
        .query_row("SELECT count(*) FROM account WHERE id = ?1", [CAPTURED_BY], |row| row.get(0))
        .unwrap();
    assert_eq!(known, 0);
    assert_eq!(client.file(&Draft::submit(&client.unit, 1).envelope())["outcome"], "applied");
    // A key is one of its unit: under another one nobody knows it.
    let unit = id(77);
    office
        .execute(
            "INSERT INTO unit (id, name, kind, profile) SELECT ?1, name, kind, profile FROM unit",
            [&unit],
        )
        .unwrap();
    office.execute("INSERT INTO member SELECT account, ?1, rights FROM member", [&unit]).unwrap();
    let own = std::mem::replace(&mut client.unit, unit);
    assert_eq!(client.get(&format!("/ops/{}", id(1))).unwrap().problem(), "never-seen");
    assert_eq!(client.file(&Draft::submit(&client.unit, 1).envelope())["outcome"], "applied");
    client.unit = own;
    office.execute("DELETE FROM member WHERE unit = ?1", [&client.unit]).unwrap();
    let refused = client.send(&[Draft::submit(&client.unit, 2).envelope()], Hold::Both).unwrap();
    assert_eq!((refused.status, refused.problem().as_str()), (403, "unit"));
}

#[test]
fn rule_6_every_id_of_the_envelope_equals_the_one_inside() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let differ: [(&str, Value); 5] = [
        ("op_id", json!(id(50))),
        ("report_id", json!(id(51))),
        ("kind", json!("cancel")),
        ("revision", json!(2)),
        ("base_revision", json!(1)),
    ];
    for (part, value) in differ {
        let mut op = Draft::submit(&client.unit, 1).envelope();
        op[part] = value;
        let reply = client.send(&[op], Hold::AnswerOnly).unwrap().json();
        assert_eq!(reply["results"][0]["outcome"], "mismatch", "{part}");
    }
    let mut body = Draft::submit(&client.unit, 1).body();
    body["unit_id"] = json!(id(52));
    assert_eq!(client.file(&envelope(&body))["outcome"], "mismatch", "unit_id");
    assert!(office_reports(server.running.db()).unwrap().is_empty());
}

#[test]
fn rule_7_every_problem_says_who_mends_it_and_overload_says_when() {
    let server = Server::start(&["busy=7@/changes"]);
    let client = server.signed_in();
    let busy = client.get("/changes").unwrap();
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("7")));
    let held = office(&server);
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = client.get("/changes").unwrap();
    assert_eq!((busy.status, &busy.json()["retry"]), (503, &json!("self")));
    assert!(busy.header("retry-after").is_some());
    held.execute_batch("ROLLBACK").unwrap();
    let headers = client.headers();
    for (method, path) in
        [("get", "/nowhere"), ("delete", "/ops"), ("get", "/changes?limit=0"), ("post", "/ops")]
    {
        let reply = client.raw(method, path, &headers, None).unwrap();
        let problem = reply.json();
        crate::support::contract().check("Problem", &problem);
        assert!(["self", "fix", "no"].contains(&problem["retry"].as_str().unwrap()), "{method} {path}");
    }
}

#[test]
fn rule_8_the_form_of_today_is_taken_and_a_later_one_is_unsupported() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let config = String::from_utf8(client.get("/config").unwrap().body).unwrap();
    let (_, config) = crate::support::contract::decode(&config);
    assert_eq!(config["schemas"], json!([1]));
    let mut body = Draft::submit(&client.unit, 1).body();
    body["v"] = json!(2);
    let reply = client.send(&[envelope(&body)], Hold::AnswerOnly).unwrap().json();
    assert_eq!(reply["results"][0]["outcome"], "unsupported");
    assert_eq!(client.file(&Draft::submit(&client.unit, 1).envelope())["outcome"], "applied");
}

/// The other half of the rule is the suite of `src/storage/suite.rs`, which every store passes.
#[test]
fn rule_9_sql_stands_below_the_storage_alone() {
    let mut looked = 0;
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut looked);
    assert!(looked > 30, "only {looked} files");
}

fn look(folder: &Path, looked: &mut usize) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, looked);
            continue;
        }
        let below = path.to_str().unwrap().contains("/src/sqlite")
            || path.extension().is_some_and(|kind| kind == "sql");
        let text = fs::read_to_string(&path).unwrap();
        let speaks =
            ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM"].iter().any(|word| text.contains(word));
        assert!(below || !speaks, "{}", path.display());
        *looked += 1;
    }
}
