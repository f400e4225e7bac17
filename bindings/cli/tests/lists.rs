//! Lists for others, on the screen and as files: who is here, what ends, what is due, what waits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::{APOA, Server, pdf, report, run, sheet, today};
use tempfile::TempDir;

/// A day so many days from today.
fn day(days: i64) -> String {
    let today: apoa_core::permit::Date = today().parse().unwrap();
    (0..days.abs())
        .fold(today, |day, _| if days < 0 { day.yesterday().unwrap() } else { day.tomorrow().unwrap() })
        .to_string()
}

fn file(data: &Path, facts: &[String], kind: &str) -> String {
    let base = ["full_name=ERIKSSON ANNA MARIA", "birth_date=1974-08-12", "nationality=UTO", "sex=F"];
    let mut args = vec!["report", "new", "--kind", kind];
    args.extend(base.iter().flat_map(|fact| ["--field", fact]));
    args.extend(facts.iter().flat_map(|fact| ["--field", fact.as_str()]));
    let new = run(data, &args);
    new.last()["report_id"].as_str().unwrap_or_else(|| panic!("{new:?}")).to_owned()
}

fn guest(data: &Path, number: &str, first: i64, nights: u8, more: &[&str]) -> String {
    let mut facts = vec![
        format!("passport_number={number}"),
        format!("check_in={}", day(first)),
        format!("nights={nights}"),
        "purpose=holiday".to_owned(),
    ];
    facts.extend(more.iter().map(|fact| (*fact).to_owned()));
    file(data, &facts, "lodging.check_in")
}

fn worker(data: &Path, number: &str, permit: i64, contract: i64) -> String {
    let facts = [
        format!("passport_number={number}"),
        format!("start={}", day(-20)),
        "position=Teacher".to_owned(),
        "work_address=Jalan Contoh 1".to_owned(),
        "guarantor=Contoh".to_owned(),
        format!("permit_expiry={}", day(permit)),
        format!("contract_end={}", day(contract)),
    ];
    file(data, &facts, "worker.start")
}

/// A folder with a desk that is signed in to a server of its own.
fn desk() -> (TempDir, PathBuf, Server) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    (folder, data, server)
}

/// The rows of a list on the screen, without its last line.
fn rows(data: &Path, what: &str) -> Vec<Value> {
    let answer = run(data, &["export", what]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let mut lines = answer.lines();
    let last = lines.pop().unwrap();
    assert_eq!(last, json!({"export": what, "file": null, "rows": lines.len()}));
    lines
}

/// What a person reads.
fn spoken(data: &Path, args: &[&str]) -> String {
    let mut plain = Command::new(APOA);
    plain.arg("--data").arg(data).args(["--lang", "en"]).args(args);
    plain.env_remove("APOA_SERVER").env_remove("APOA_TRUST");
    String::from_utf8(plain.output().unwrap().stdout).unwrap()
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["report_id"].as_str().unwrap()).collect()
}

#[test]
fn an_inspection_sees_who_is_here_now_each_with_permit_and_receipt() {
    let (folder, data, _server) = desk();
    let left = guest(&data, "L898902C3", -3, 9, &["room=1"]);
    let proved = report(&data).last()["report_id"].as_str().unwrap().to_owned();
    assert_eq!(run(&data, &["sync"]).exit, 0);
    let stays_on = guest(&data, "X00000002", -5, 2, &["room==1+1", &format!("permit_expiry={}", day(-1))]);
    let ends = guest(&data, "X00000003", 0, 9, &["room=3", &format!("permit_expiry={}", day(2))]);
    let later = guest(&data, "X00000004", 1, 1, &["room=4"]);
    // Who left is not here any more, although the server has not heard of it yet.
    assert_eq!(
        run(&data, &["report", "check-out", &left, "--field", &format!("check_out={}", today())]).exit,
        0
    );

    let here = rows(&data, "present");
    assert_eq!(
        ids(&here),
        [&*ends, &*stays_on, &*proved],
        "by room, without who left or comes: {left} {later}"
    );
    let states: Vec<_> = here
        .iter()
        .map(|row| (row["permit"].as_str().unwrap(), row["stays_on"].as_bool().unwrap()))
        .collect();
    assert_eq!(states, [("ends_first", false), ("expired", true), ("not_stated", false)]);
    assert!(
        here[2]["receipt"].is_string() && here[2]["received_at"].is_string() && here[0]["receipt"].is_null()
    );
    assert_eq!((&here[2]["full_name"], &here[2]["nationality"]), (&json!("E••• A••• M•••"), &json!("UTO")));
    let whole = run(&data, &["--show-pii", "export", "present"]).lines();
    assert_eq!(whole[2]["full_name"], "ERIKSSON ANNA MARIA");

    let path = |name: &str| folder.path().join(name).display().to_string();
    for form in ["pdf", "xlsx", "csv", "json"] {
        let answer = run(&data, &["export", "present", &path(&format!("here.{form}"))]);
        assert_eq!((answer.exit, &answer.last()["rows"]), (0, &json!(3)), "{answer:?}");
    }
    let read = |name: &str| std::fs::read(path(name)).unwrap();
    let pages = pdf::texts(&read("here.pdf"));
    assert!(
        pages[0].contains("Orang asing yang ada sekarang") && pages[0].contains("Foreigners present now"),
        "{pages:?}"
    );
    assert!(
        pages[0].contains("Habis") && pages[0].contains("Lewat") && !pages[0].contains("ERIKSSON"),
        "{pages:?}"
    );
    // The codes of the receipts stand on the pages after.
    let verified = run(&data, &["receipt", "verify", &path("here.pdf"), "--passport", support::PASSPORT]);
    assert_eq!((verified.exit, &verified.last()["report_id"]), (0, &json!(proved)), "{verified:?}");
    // No spreadsheet calculates what somebody typed.
    let texts = sheet::texts(&read("here.xlsx"));
    assert!(texts.iter().any(|text| text == "=1+1"), "{texts:?}");
    let cells = sheet::part(&read("here.xlsx"), "xl/worksheets/sheet1.xml");
    assert!(!cells.contains("<f>"), "{cells}");
    assert!(String::from_utf8(read("here.csv")).unwrap().contains(",'=1+1,"));
    let told: Value = serde_json::from_slice(&read("here.json")).unwrap();
    assert_eq!(told["reports"].as_array().unwrap().len(), 3);
}

#[test]
fn an_inspection_still_sees_whom_the_office_turned_down_until_they_are_reported_again() {
    let (folder, data, _server) = desk();
    let asked = guest(&data, "X00000001", -1, 9, &["room=1"]);
    let rejected = guest(&data, "X00000002", -1, 9, &["room=2"]);
    let over = guest(&data, "X00000003", -5, 2, &["room=3"]);
    let twice = guest(&data, "X00000001", 0, 8, &["room=1"]);
    assert_eq!(run(&data, &["sync"]).exit, 0);
    let db = folder.path().join("office.db").display().to_string();
    for decision in [
        &["correct", &asked, "--field", "room"][..],
        &["reject", &rejected, "--reason", "unreadable"],
        &["reject", &over, "--reason", "unreadable"],
        &["reject", &twice, "--reason", "reported twice"],
    ] {
        let answer = run(&data, &[&["office"], decision, &["--db", &db]].concat());
        assert_eq!(answer.exit, 0, "{answer:?}");
    }
    let synced = spoken(&data, &["sync"]);
    assert!(synced.contains("0 still waiting, 1 to be corrected"), "{synced}");

    let here = rows(&data, "present");
    assert_eq!(ids(&here), [&*asked, &*rejected], "without {over}, whose stay is over, and {twice}");
    assert_eq!(
        here.iter().map(|row| (&row["work"], &row["standing"])).collect::<Vec<_>>(),
        [(&json!("needs_correction"), &json!("received")), (&json!("none"), &json!("rejected"))]
    );
    let said = spoken(&data, &["export", "present"]);
    assert!(said.contains("Needs fixing") && said.contains("Rejected by Immigration"), "{said}");

    let again = guest(&data, "X00000002", 0, 8, &["room=2"]);
    assert_eq!(ids(&rows(&data, "present")), [&*asked, &*again]);
    // And stays away with the new report.
    assert_eq!(
        run(&data, &["report", "check-out", &again, "--field", &format!("check_out={}", today())]).exit,
        0
    );
    assert_eq!(ids(&rows(&data, "present")), [&*asked]);
}

#[test]
fn a_board_shows_permits_and_contracts_by_how_soon_they_end() {
    let (folder, data, _server) = desk();
    worker(&data, "X00000001", 7, 31);
    worker(&data, "X00000002", -1, 61);
    worker(&data, "X00000003", 400, 8);
    let board = rows(&data, "expiring");
    let seen: Vec<_> = board
        .iter()
        .map(|row| {
            (
                row["paper"].as_str().unwrap(),
                row["days_left"].as_i64().unwrap(),
                row["level"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [("permit", -1, "over"), ("permit", 7, "red"), ("contract", 8, "amber"), ("contract", 31, "grey"),]
    );
    let out = folder.path().join("board.pdf").display().to_string();
    assert_eq!(run(&data, &["export", "expiring", &out]).exit, 0);
    let page = pdf::texts(&std::fs::read(out).unwrap()).concat();
    assert!(page.contains("Kontrak") && page.contains("Contract") && page.contains("Habis"), "{page}");
}

#[test]
fn an_outage_is_proved_by_digests_and_a_desk_sees_what_is_due_first() {
    let (folder, data, server) = desk();
    drop(server);
    let soon = guest(&data, "X00000001", 0, 2, &["room=7"]);
    let over = guest(&data, "X00000002", -4, 9, &[]);
    assert_eq!(run(&data, &["sync", "--budget", "1s"]).exit, 7);

    let due = rows(&data, "deadlines");
    assert_eq!(ids(&due), [&*over, &*soon]);
    assert_eq!((&due[0]["overdue"], &due[1]["overdue"]), (&json!(true), &json!(false)));
    assert!(due[0]["minutes_left"].as_i64().unwrap() < -1440 && due[1]["room"] == "7", "{due:?}");

    let path = |name: &str| folder.path().join(name).display().to_string();
    for form in ["json", "pdf", "csv", "xlsx"] {
        assert_eq!(run(&data, &["export", "outage", &path(&format!("out.{form}"))]).exit, 0);
    }
    let told: Value = serde_json::from_slice(&std::fs::read(path("out.json")).unwrap()).unwrap();
    let rows = told["reports"].as_array().unwrap();
    let queue = run(&data, &["queue"]).lines();
    assert_eq!((&rows[0]["op_id"], &rows[1]["op_id"]), (&queue[0]["op_id"], &queue[1]["op_id"]));
    assert_eq!((&rows[0]["in_time"], &rows[1]["in_time"]), (&json!(false), &json!(true)));
    let digests: Vec<&str> = rows.iter().map(|row| row["body_sha256"].as_str().unwrap()).collect();
    assert!(digests.iter().all(|digest| digest.len() == 64) && digests[0] != digests[1]);
    let page = pdf::texts(&std::fs::read(path("out.pdf")).unwrap()).concat().replace('\n', "");
    assert!(digests.iter().all(|digest| page.contains(digest)), "{page}");
    let ops = || rows.iter().map(|row| row["op_id"].as_str().unwrap());
    assert!(ops().all(|op| page.contains(op)), "{page}");
    for language in ["id", "en"] {
        let mut screen = Command::new(APOA);
        screen.arg("--data").arg(&data).args(["--lang", language, "export", "outage"]);
        let screen = String::from_utf8(screen.output().unwrap().stdout).unwrap();
        assert!(ops().chain(digests.iter().copied()).all(|fact| screen.contains(fact)), "{screen}");
    }
    for form in ["json", "csv"] {
        let text = std::fs::read_to_string(path(&format!("out.{form}"))).unwrap();
        assert!(!text.contains("E•••") && !text.contains("ERIKSSON") && !text.contains("X0000"), "{text}");
    }
}

#[test]
fn a_list_of_all_reports_has_states_and_codes_in_every_form() {
    let (folder, data, _server) = desk();
    report(&data);
    assert_eq!(run(&data, &["sync"]).exit, 0);
    // More than fit on a page.
    let many: Vec<String> = (10..40).map(|n| guest(&data, &format!("X000000{n}"), 0, 1, &[])).collect();
    let listed = rows(&data, "reports");
    assert_eq!(listed.len(), many.len() + 1);
    assert_eq!((&listed[30]["standing"], &listed[30]["in_time"]), (&json!("received"), &json!(true)));
    let path = |name: &str| folder.path().join(name).display().to_string();
    for form in ["pdf", "xlsx", "csv", "json"] {
        assert_eq!(run(&data, &["export", "reports", &path(&format!("all.{form}"))]).exit, 0);
        assert_eq!(run(&data, &["export", "breach", &path(&format!("held.{form}"))]).exit, 0);
    }
    // An id may stand on two lines of its column.
    let pages = pdf::texts(&std::fs::read(path("all.pdf")).unwrap());
    let pages: Vec<String> = pages.iter().map(|page| page.replace('\n', "")).collect();
    assert!(
        pages.len() > 1 && many.iter().all(|id| pages.iter().any(|page| page.contains(id))),
        "{}",
        pages.len()
    );
    assert!(pages.iter().all(|page| page.contains("Nomor laporan")), "the head stands on every page");
    assert!(sheet::texts(&std::fs::read(path("all.xlsx")).unwrap()).contains(&many[0]));
    assert_eq!(std::fs::read_to_string(path("all.csv")).unwrap().lines().count(), many.len() + 2);
    assert_eq!(run(&data, &["export", "reports", &path("all.doc")]).exit, 2);
}

#[test]
fn who_may_not_inspect_lists_open_reports_alone_and_reads_how_many_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    let office = rusqlite::Connection::open(folder.path().join("office.db")).unwrap();
    office.execute("UPDATE member SET rights = 'report'", []).unwrap();
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    assert_eq!(run(&data, &["whoami"]).last()["units"][0]["rights"], json!(["report"]));
    let [open, closed] = ["X00000002", "X00000003"].map(|number| guest(&data, number, -1, 9, &["room=1"]));
    assert_eq!(run(&data, &["sync"]).exit, 0);
    let cancel = run(&data, &["report", "cancel", &closed, "--field", "reason=typed twice"]);
    assert_eq!((cancel.exit, run(&data, &["sync"]).exit), (0, 0), "{cancel:?}");
    assert_eq!(ids(&rows(&data, "reports")), [&*open]);
    let said = spoken(&data, &["export", "reports"]);
    assert!(said.contains("closed") && !said.contains(&closed), "{said}");

    office.execute("UPDATE member SET rights = 'report inspect'", []).unwrap();
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    assert_eq!(rows(&data, "reports").len(), 2);
}
