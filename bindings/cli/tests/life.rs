//! What is done to a report that is there, each step a process of its own: draft, follow-ups, corrections, withdrawals,
//! search, hand-over, profile, units.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use support::{PASSPORT, Server, report, run, today};

#[test]
fn a_report_is_drafted_extended_left_corrected_and_withdrawn() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let arrival = format!("check_in={}", today());
    let draft = run(
        &data,
        &[
            "report",
            "new",
            "--kind",
            "lodging.check_in",
            "--draft",
            "--field",
            "full_name=ERIKSSON ANNA MARIA",
            "--field",
            "passport_number=L898902C3",
        ],
    );
    assert_eq!(
        (draft.exit, &draft.last()["work"], &draft.last()["op_id"]),
        (0, &json!("draft"), &Value::Null)
    );
    let id = draft.last()["report_id"].as_str().unwrap().to_owned();

    let early = run(&data, &["report", "edit", &id, "--field", "sex=F"]);
    assert_eq!((early.exit, early.code().as_str()), (6, "APOA-V301"));
    let facts = [
        "sex=F",
        "birth_date=1974-08-12",
        "nationality=UTO",
        &arrival,
        "nights=3",
        "purpose=holiday",
        "room=12",
    ];
    let mut edit = vec!["report", "edit", &id];
    edit.extend(facts.iter().flat_map(|fact| ["--field", fact]));
    assert_eq!(run(&data, &edit).last()["work"], "queued");
    let nights = run(&data, &["report", "extend", &id, "--field", "nights=5"]);
    assert_eq!((nights.exit, nights.code().as_str()), (6, "APOA-V306"));
    assert_eq!(nights.last()["error"]["remedy"], r#"Did you mean "check_out_planned"?"#);
    let later = "check_out_planned=2099-12-31";
    assert_eq!(run(&data, &["report", "extend", &id, "--field", later]).exit, 0);
    let queue = run(&data, &["queue"]).lines();
    assert_eq!((queue.len(), &queue[0]["kind"]), (2, &json!("submit")), "one line a report");
    assert_eq!(run(&data, &["sync"]).last()["received"], 2);

    let left = format!("check_out={}", today());
    assert_eq!(run(&data, &["report", "check-out", &id, "--field", &left]).exit, 0);
    let again = run(&data, &["report", "extend", &id, "--field", later]);
    assert_eq!((again.exit, again.code().as_str()), (6, "APOA-V311"));
    run(&data, &["sync"]);
    let shown = run(&data, &["report", "show", &id]).last();
    assert_eq!((&shown["closed"], &shown["data"]["check_out"]), (&json!(true), &json!(today())));
    assert!(shown["history"].as_array().unwrap().len() > 4 && shown["sent_by"].is_string(), "{shown}");

    for text in ["l898902c3", "anna", "12"] {
        assert_eq!(run(&data, &["report", "search", text]).last()["report_id"], json!(id), "{text}");
    }
    assert_eq!(run(&data, &["report", "search", "nobody"]).exit, 3);
    assert_eq!(run(&data, &["report", "hand-over"]).last()["touched"][0]["report_id"], json!(id));

    assert_eq!(run(&data, &["report", "cancel", &id]).exit, 6, "a withdrawal has a reason");
    assert_eq!(run(&data, &["report", "cancel", &id, "--field", "reason=typed twice"]).exit, 0);
    run(&data, &["sync"]);
    assert_eq!(run(&data, &["queue"]).last()["counts"]["cancelled"], 1);
    let gone = run(&data, &["report", "edit", &id, "--field", "room=1"]);
    assert_eq!((gone.exit, gone.code().as_str()), (6, "APOA-V311"));
    assert_eq!(run(&data, &["queue", "retry", "--all"]).exit, 3);
}

#[test]
fn what_was_never_sent_is_dropped_and_what_is_sent_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let id = |answer: &support::Answer| answer.last()["report_id"].as_str().unwrap().to_owned();
    let first = id(&report(&data));
    assert_eq!(run(&data, &["report", "discard", &first]).last()["work"], "discarded");
    let second = id(&report(&data));
    assert_eq!(run(&data, &["sync"]).last()["sent"], 1);
    assert_eq!(run(&data, &["report", "discard", &second]).code(), "APOA-V311");
}

#[test]
fn a_unit_says_what_it_is_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(run(&data, &["profile"]).code(), "APOA-A601");
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let units = run(&data, &["unit", "list"]).lines();
    assert_eq!((units.len(), &units[0]["active"]), (1, &json!(true)));
    let own = units[0]["id"].as_str().unwrap();
    assert_eq!(run(&data, &["unit", "use", own]).last()["unit"], json!(own));
    assert_eq!(run(&data, &["unit", "use", "01010101-0101-0101-0101-010101010101"]).code(), "APOA-A602");

    assert_eq!(run(&data, &["profile", "set", "zone=CET"]).exit, 6);
    assert_eq!(run(&data, &["profile", "set", "beds=4"]).exit, 2);
    let set = run(&data, &["profile", "set", "zone=WITA", "guarantor=PT Contoh Uji", "licence="]).last();
    assert_eq!((&set["profile"]["zone"], &set["profile"]["licence"]), (&json!("WITA"), &Value::Null));
    assert_eq!(run(&data, &["profile", "--check"]).code(), "APOA-A605");
    assert_eq!(run(&data, &["profile", "set", "address=", "name="]).exit, 0);
    let gaps = run(&data, &["profile", "--check"]);
    assert_eq!(gaps.code(), "APOA-A605");
    let missing = gaps.lines()[0]["missing"].as_array().unwrap().len();
    let said = gaps.last()["error"]["text"].as_str().unwrap().to_owned();
    assert!(missing > 1 && said.matches(", ").count() == missing - 1, "every gap is named: {said}");
    let worker = run(&data, &["report", "new", "--kind", "worker.start", "--draft"]).last();
    let shown = run(&data, &["--show-pii", "report", "show", worker["report_id"].as_str().unwrap()]).last();
    assert_eq!(shown["data"]["guarantor"], "PT Contoh Uji");
}

#[test]
fn whoever_helps_gets_a_file_without_identities_and_a_breach_has_its_list() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(run(&data, &["export", "breach", "x.json"]).code(), "APOA-A601");
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let made = report(&data).last();
    for _ in 0..2 {
        assert_eq!(run(&data, &["read", "--remember", "9Z-99/ZZ"]).exit, 4);
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    let lines = run(&data, &["doctor", "--bundle", &path("help.json")]).lines();
    let shapes = lines.iter().find(|line| line["check"] == "shapes").unwrap();
    assert_eq!(shapes["shapes"], json!([{"shape": "9A-99/AA", "seen": 2}]));
    let bundle = std::fs::read_to_string(path("help.json")).unwrap();
    let told: Value = serde_json::from_str(&bundle).unwrap();
    assert_eq!((&told["counts"]["queued"], &told["log"][0]["what"]), (&json!(1), &json!("finalised")));
    assert_eq!(told["log"][0]["report_id"], made["report_id"]);
    assert_eq!(run(&data, &["doctor", "--bundle", &path("help.json")]).exit, 2, "no file is written over");

    let exported = run(&data, &["export", "breach", &path("held.json")]);
    assert_eq!((exported.exit, &exported.last()["rows"]), (0, &json!(1)));
    let held = std::fs::read_to_string(path("held.json")).unwrap();
    let told: Value = serde_json::from_str(&held).unwrap();
    assert_eq!(told["reports"][0]["report_id"], made["report_id"]);
    assert_eq!(run(&data, &["export", "breach", &path("held.csv")]).exit, 0);
    let rows = std::fs::read_to_string(path("held.csv")).unwrap();
    let start = format!("{},whole,lodging.check_in,none,queued,", made["report_id"].as_str().unwrap());
    assert!(rows.lines().nth(1).unwrap().starts_with(&start), "{rows}");
    for file in [bundle, held, rows] {
        for secret in ["ERIKSSON", "L898902C3", "1974"] {
            assert!(!file.contains(secret), "{secret}");
        }
    }
    assert_eq!(run(&data, &["export", "breach", &path("held.txt")]).exit, 2);
}

#[test]
fn whoever_leaves_hears_what_waits_and_whoever_comes_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(run(&data, &["logout"]).code(), "APOA-A601");
    let login = server.login(&data, &server.word("password")).last();
    let made = report(&data).last();

    let left = run(&data, &["logout"]);
    let told = json!({ "user": "resepsionis", "account_id": login["account_id"], "waiting": 1 });
    assert_eq!((left.exit, left.last()), (0, told));
    for gone in [&["logout"][..], &["whoami"], &["sync"], &["report", "list"], &["unit", "list"]] {
        let refused = run(&data, gone);
        assert_eq!((refused.exit, refused.code().as_str()), (9, "APOA-A601"), "{gone:?}");
    }
    let queue = run(&data, &["queue"]);
    let lines = queue.lines();
    assert_eq!((&lines[0]["report_id"], &lines[1]["counts"]["queued"]), (&made["report_id"], &json!(1)));
    assert_eq!((queue.exit, &lines[0]["due"]), (0, &made["due"]));
    assert!(!queue.stdout.contains("ERIKSSON") && !queue.stdout.contains(PASSPORT), "{}", queue.stdout);

    assert_eq!(server.login(&data, &server.word("password")).last(), login);
    assert_eq!(run(&data, &["whoami"]).last(), login);
    // To leave needs no server.
    drop(server);
    assert_eq!(run(&data, &["logout"]).last()["waiting"], 1);
}

#[test]
fn a_photo_goes_with_a_report_where_the_office_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let photo = folder.path().join("page.jpg");
    std::fs::write(&photo, [0xff, 0xd8, 0xff, 0xe0, 0, 16]).unwrap();
    let photo = photo.to_str().unwrap();
    let id = |answer: &support::Answer| answer.last()["report_id"].as_str().unwrap().to_owned();
    {
        let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
        assert_eq!(server.login(&other, &server.word("password")).exit, 0);
        let unasked = run(&other, &["report", "attach", &id(&report(&other)), photo]);
        assert_eq!((unasked.exit, unasked.code().as_str()), (6, "APOA-V313"));
    }
    let office = folder.path().join("asks");
    std::fs::create_dir(&office).unwrap();
    let server = Server::start_with(&office, "127.0.0.1:0", &[], &["--photos"]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let report = id(&report(&data));
    let wrong = run(&data, &["report", "attach", &report, "no/such.jpg"]);
    assert_eq!(wrong.exit, 2, "{:?}", wrong.lines());
    assert_eq!(run(&data, &["report", "attach", &report, photo]).last()["work"], "queued");
    assert_eq!(run(&data, &["sync"]).last()["received"], 2);
    let shown = run(&data, &["report", "show", &report]).last();
    assert_eq!((&shown["standing"], shown["receipts"].as_array().unwrap().len()), (&json!("received"), 2));
}

#[test]
fn a_dry_run_says_what_the_server_would_and_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    assert_eq!(report(&data).exit, 0);
    let tried = run(&data, &["sync", "--dry-run"]);
    let lines = tried.lines();
    assert_eq!((tried.exit, lines.len()), (0, 2), "{tried:?}");
    assert_eq!(
        (&lines[0]["outcome"], &lines[0]["standing"], &lines[0]["work"], &lines[0]["problem"]),
        (&json!("applied"), &json!("none"), &json!("queued"), &Value::Null)
    );
    assert_eq!(lines[1], json!({ "sent": 0, "received": 0, "left": 1, "stopped_by": null }));
    let waiting = run(&data, &["queue"]).lines();
    assert_eq!((&waiting[0]["maybe_sent"], &waiting[0]["attempts"]), (&json!(false), &json!(0)));
    assert_eq!(run(&data, &["sync"]).last()["received"], 1);
}

#[test]
fn the_officer_decides_and_the_next_sync_tells() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let id = report(&data).last()["report_id"].as_str().unwrap().to_owned();
    run(&data, &["sync"]);
    let db = folder.path().join("office.db");
    let db = db.to_str().unwrap();
    let office = |args: &[&str]| run(&data, &[&["office"], args, &["--db", db]].concat());
    let asked = office(&["correct", &id, "--field", "room", "--field", "full_name"]);
    assert_eq!((asked.exit, &asked.last()["state"]), (0, &json!("needs_correction")));

    let told = run(&data, &["sync"]);
    assert_eq!(told.exit, 8, "somebody has to do something");
    let line = &told.lines()[0];
    assert_eq!(
        (&line["outcome"], &line["work"], &line["problem"]),
        (&json!("decided"), &json!("needs_correction"), &json!("APOA-R350"))
    );
    let shown = run(&data, &["report", "show", &id]).last();
    assert_eq!(shown["asked"], json!(["full_name", "room"]));
    assert_eq!(run(&data, &["receipt", "show", &id]).last()["state"], "needs_correction");
    assert_eq!(run(&data, &["report", "edit", &id, "--field", "room=12"]).exit, 0);
    assert_eq!(run(&data, &["sync"]).exit, 0);
    assert_eq!(office(&["accept", &id]).last()["state"], "accepted");
    run(&data, &["sync"]);
    let counts = run(&data, &["queue"]).last();
    assert_eq!(
        (&counts["counts"]["accepted"], &counts["counts"]["needs_correction"]),
        (&json!(1), &json!(0))
    );

    assert_eq!(office(&["reject", &id, "--reason", "the guest never came"]).last()["state"], "rejected");
    let refused = run(&data, &["sync"]);
    assert_eq!(refused.lines()[0]["problem"], "APOA-R351");
    assert_eq!(run(&data, &["report", "show", &id]).last()["reason"], "the guest never came");
    assert_eq!(office(&["accept", &id]).exit, 2, "it is over");
    let log = office(&["audit"]).lines();
    let deeds: Vec<&str> = log.iter().map(|deed| deed["what"].as_str().unwrap()).collect();
    assert_eq!(deeds, ["signed_in", "correction_asked", "accepted", "rejected"]);
}

#[test]
fn an_access_code_signs_in_and_the_profile_is_everybodys() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&one, &server.word("password")).exit, 0);
    assert_eq!(run(&one, &["profile", "--check"]).exit, 0, "the server knew it all");
    assert_eq!(run(&one, &["profile", "set", "zone=WITA"]).exit, 0);

    let db = folder.path().join("office.db");
    let issued = run(&one, &["office", "access-code", "--db", db.to_str().unwrap()]).last();
    let code = issued["access_code"].as_str().unwrap();
    let (url, trust) = (server.word("url"), server.word("trust"));
    let args = ["login", "--server", &url, "--trust", &trust, "--access-code-stdin"];
    let login = || support::run_with(&two, &args, Some(&format!("{code}\n")));
    let signed_in = login();
    assert_eq!((signed_in.exit, &signed_in.last()["user"]), (0, &json!("resepsionis")));
    assert_eq!(run(&two, &["profile"]).last()["profile"]["zone"], "WITA");
    let again = login();
    assert_eq!((again.exit, again.code().as_str()), (9, "APOA-A604"), "it works once");
}
