//! Judging without filing.

use serde_json::json;

use crate::support::{Draft, Server, id};

#[test]
fn a_check_says_what_filing_would_and_leaves_nothing() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let filed = Draft::submit(&client.unit, 1).envelope();
    client.file(&filed);
    let mut other_bytes = Draft::submit(&client.unit, 1);
    other_bytes.data["room"] = json!("13");
    let mut invalid = Draft::submit(&client.unit, 3);
    invalid.data["check_in"] = json!("2027-12-24");
    invalid.data["passport_number"] = json!("X00000003");
    let ops = [
        filed,
        other_bytes.envelope(),
        Draft::submit(&client.unit, 2).envelope(),
        invalid.envelope(),
        Draft::follow(&client.unit, 4, 1001, "check_out", 7, json!({ "check_out": "2026-11-25" })).envelope(),
    ];
    let verdicts = client.check(&ops);
    let outcomes: Vec<&str> = verdicts.iter().map(|verdict| verdict["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["duplicate", "mismatch", "merged", "invalid", "conflict"]);
    assert_eq!(verdicts[2]["same_as"], json!(id(1001)));
    assert_eq!(verdicts[3]["problem"]["fields"], json!([{ "code": "check_in", "problem": "range" }]));

    let reports = apoa_server::office_reports(server.running.db()).unwrap();
    assert_eq!((reports.len(), reports[0].ops[0].times_seen), (1, 1));
    assert_eq!(client.get(&format!("/ops/{}", id(2))).unwrap().problem(), "never-seen");
    assert_eq!(client.file(&ops[2])["server_version"], 2, "no version was used up");
}

#[test]
fn a_check_judges_what_builds_on_what_it_judged_before() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let submit = Draft::submit(&client.unit, 1).envelope();
    let leave = json!({ "check_out": "2026-11-25" });
    let check_out = Draft::follow(&client.unit, 2, 1001, "check_out", 1, leave).envelope();
    let outcome = |ops: &[_]| client.check(ops).last().unwrap()["outcome"].clone();
    assert_eq!(outcome(&[submit.clone(), check_out.clone()]), "applied");
    assert_eq!(outcome(&[check_out]), "conflict");
    assert!(apoa_server::office_reports(server.running.db()).unwrap().is_empty());
}
