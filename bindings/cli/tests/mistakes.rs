//! What people and machines get wrong, and the exit and code each of it gets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use support::{APOA, Answer, MRZ, PERMIT, Server, card, report, run};

#[track_caller]
fn fails(answer: &Answer, exit: i32, code: &str) {
    assert_eq!((answer.exit, answer.code().as_str()), (exit, code), "{answer:?}");
}

#[test]
fn an_unreadable_picture_has_its_code_on_its_line_and_no_error_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let (good, cut) = (folder.path().join("good.png"), folder.path().join("cut.png"));
    card(&good, PERMIT);
    let whole = fs::read(&good).unwrap();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let answer = run(folder.path(), &["scan", good.to_str().unwrap(), cut.to_str().unwrap()]);
    assert_eq!((answer.exit, answer.lines().len()), (4, 2));
    assert_eq!(
        (&answer.lines()[1]["error"]["code"], &answer.lines()[1]["ms"]),
        (&json!("APOA-S109"), &json!(0.0))
    );
    let missing = run(folder.path(), &["scan", folder.path().join("none.png").to_str().unwrap()]);
    assert_eq!((missing.exit, &missing.last()["error"]["code"]), (4, &json!("APOA-S109")));
}

#[test]
fn a_folder_without_pictures_is_nothing_found_and_says_what_would_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let answer = run(folder.path(), &["scan", folder.path().to_str().unwrap()]);
    fails(&answer, 3, "APOA-S110");
    assert!(answer.stderr.contains("No pictures"), "{}", answer.stderr);
}

#[test]
fn wrong_usage_is_two_and_names_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let answer = run(folder.path(), &["scna"]);
    assert!(answer.exit == 2 && answer.stderr.contains("scan"), "{answer:?}");
    for wrong in [&["scna"][..], &["report", "new"], &["explain", "zzz"]] {
        let error = run(folder.path(), wrong).last()["error"].clone();
        assert_eq!((&error["code"], &error["reason"]), (&json!(null), &json!("usage")), "{error}");
        assert!(!error["text"].as_str().unwrap().contains('\n'), "{error}");
    }
    assert_eq!(run(folder.path(), &["scan", "--raw", "big", "x"]).exit, 2);
    assert_eq!(run(folder.path(), &["serve", "--fail", "earthquake"]).exit, 2);
    let help = Command::new(APOA).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("apoa demo") && help.contains("apoa scan"), "{help}");
}

#[test]
fn nothing_that_needs_an_account_works_before_the_first_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let id = "01900000-0000-7000-8000-000000000000";
    for args in [
        vec!["queue"],
        vec!["whoami"],
        vec!["sync"],
        vec!["report", "list"],
        vec!["report", "new", "--kind", "refusal"],
        vec!["receipt", "show", id],
    ] {
        fails(&run(folder.path(), &args), 9, "APOA-A601");
    }
}

#[test]
fn a_sign_in_names_what_is_missing_or_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    fs::create_dir_all(&one).unwrap();
    fs::create_dir_all(&two).unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&one, "127.0.0.1:0", &[]);
    let foreign = Server::start(&two, "127.0.0.1:0", &[]);
    let (url, trust, other) = (server.word("url"), server.word("trust"), foreign.word("trust"));
    let login = |args: &[&str]| {
        let args = [&["login", "--user", "resepsionis", "--password-stdin"], args].concat();
        support::run_with(&data, &args, Some("guess\n"))
    };
    fails(&login(&["--trust", &trust]), 9, "APOA-A606");
    fails(&login(&["--server", "http://127.0.0.1:1", "--trust", &trust]), 9, "APOA-A606");
    fails(&login(&["--server", &url]), 9, "APOA-A607");
    fails(&login(&["--server", &url, "--trust", "/nonexistent.pem"]), 9, "APOA-A607");
    fails(&login(&["--server", &url, "--trust", one.join("office.db").to_str().unwrap()]), 9, "APOA-A607");
    fails(&login(&["--server", &url, "--trust", &trust]), 9, "APOA-A604");
    fails(&login(&["--server", &url, "--trust", &other]), 7, "APOA-N506");
}

#[test]
fn a_word_is_taken_in_both_languages_and_a_wrong_one_is_told_which_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    server.login(&data, &server.word("password"));
    let today = format!("check_in={}", support::today());
    let new = |purpose: &str| {
        let purpose = format!("purpose={purpose}");
        let args = ["report", "new", "--kind", "lodging.check_in", "--mrz", MRZ, "--field", &today];
        run(&data, &[&args[..], &["--field", "nights=2", "--field", &purpose]].concat())
    };
    let wrong = new("jalan-jalan");
    fails(&wrong, 6, "APOA-V305");
    let text = wrong.last()["error"]["problems"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("holiday") && text.contains("medical"), "{text}");
    let taken = new("liburan");
    assert_eq!(taken.exit, 0, "{taken:?}");
    let id = taken.last()["report_id"].as_str().unwrap().to_owned();
    assert_eq!(run(&data, &["report", "show", &id]).last()["data"]["purpose"], "holiday");
}

#[test]
fn every_word_for_scripts_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    for word in [
        "HIDDEN_ROW",
        "ENCODING_GUESSED",
        "INSECURE_SCHEME",
        "other_passport",
        "unknown_key",
        "userinfo",
        "raw_host",
        "PASSPORT_RENEWED",
    ] {
        let answer = run(folder.path(), &["explain", word]);
        assert!(answer.exit == 0 && !answer.stdout.contains('…'), "{answer:?}");
    }
    let text = run(folder.path(), &["explain", "V303"]).last()["text"].clone();
    assert!(text.as_str().unwrap().contains("{field}"), "{text}");
}

#[test]
fn a_wrong_report_names_every_field_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    server.login(&data, &server.word("password"));
    let new = |args: &[&str]| {
        run(&data, &[&["report", "new", "--kind", "lodging.check_in", "--mrz", MRZ], args].concat())
    };
    let answer = new(&["--field", "check_in=31-02-2026", "--field", "room=12"]);
    fails(&answer, 6, "APOA-V302");
    let fields: Vec<_> = answer.last()["error"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["check_in", "purpose", "check_out_planned"]);
    fails(&new(&["--field", "chek_in=2026-11-24"]), 6, "APOA-V306");
    assert_eq!(new(&["--field", "room"]).exit, 2);
    let from = folder.path().join("from.json");
    fs::write(&from, r#"{"check_in":"2099-01-01","nights":2,"purpose":"holiday","room":null,"email":""}"#)
        .unwrap();
    fails(&new(&["--from", from.to_str().unwrap()]), 6, "APOA-V303");
    let later =
        new(&["--from", from.to_str().unwrap(), "--field", &format!("check_in={}", support::today())]);
    assert_eq!(later.exit, 0, "{later:?}");
}

#[test]
fn a_server_out_of_reach_leaves_the_report_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    server.login(&data, &server.word("password"));
    drop(server);
    assert_eq!(report(&data).exit, 0);
    let answer = run(&data, &["sync", "--budget", "5s"]);
    assert_eq!(answer.exit, 7, "{answer:?}");
    assert_eq!((&answer.last()["stopped_by"], &answer.last()["left"]), (&json!("offline"), &json!(1)));
    // A trust file that is gone hinders no saving.
    let shown = run(&data, &["--trust", "/nonexistent.pem", "queue"]);
    assert_eq!((shown.exit, &shown.last()["counts"]["queued"]), (0, &json!(1)));
    let doctor = run(&data, &["doctor"]);
    assert_eq!(doctor.exit, 11);
    assert!(doctor.lines().iter().any(|check| check["check"] == "server" && check["code"] == "APOA-N501"));
}

#[test]
fn a_data_folder_that_is_a_file_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    fails(&run(&file, &["queue"]), 10, "APOA-D707");
    let doctor = run(&file, &["doctor"]);
    assert_eq!((doctor.exit, &doctor.lines()[0]["code"]), (11, &json!("APOA-D707")));
}

#[test]
fn patterns_from_a_file_are_used_with_a_warning_and_refused_if_unsafe() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("patterns.json");
    fs::write(&file, r#"{"issuers":[{"id":"trial","hosts":["permit.example"],"schemes":["https"]}]}"#)
        .unwrap();
    let file = file.to_str().unwrap();
    let read = |args: &[&str]| {
        run(folder.path(), &[&["read", "https://permit.example/x", "--patterns", file], args].concat())
    };
    let answer = read(&[]);
    assert_eq!((answer.exit, &answer.last()["issuer"]), (0, &json!("trial")));
    assert!(answer.stderr.contains("signed by nobody"), "{}", answer.stderr);
    assert_eq!(read(&["--quiet"]).stderr, "");
    fs::write(file, r#"{"numbers":{"niora":[".*"]}}"#).unwrap();
    fails(&read(&[]), 10, "APOA-D705");
}

/// A mount of its own needs rights that not every machine gives.
fn in_own_mounts(script: &str, data: &Path) -> Option<(i32, String)> {
    let probe = Command::new("unshare").args(["-rm", "true"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no mount namespace to be had here");
        return None;
    }
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-ec", script])
        .env("APOA", APOA)
        .env("DATA", data)
        .env_remove("APOA_SERVER")
        .env_remove("APOA_TRUST")
        .output()
        .unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.code().unwrap(), told))
}

#[test]
fn a_read_only_folder_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o ro none "$DATA"; "$APOA" --json --data "$DATA" queue"#;
    if let Some((exit, told)) = in_own_mounts(script, folder.path()) {
        assert!(exit == 10 && told.contains("APOA-D707"), "{exit} {told}");
    }
}

#[test]
fn a_full_disk_refuses_the_report_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (office, data) = (folder.path().join("office"), folder.path().join("data"));
    fs::create_dir_all(&office).unwrap();
    fs::create_dir_all(&data).unwrap();
    let server = Server::start(&office, "127.0.0.1:0", &[]);
    let script = format!(
        r#"mount -t tmpfs -o size=4m none "$DATA"
        echo '{password}' | "$APOA" --data "$DATA" login --server {url} --trust '{trust}' --user resepsionis --password-stdin >&2
        dd if=/dev/zero of="$DATA/ballast" bs=4k 2>/dev/null || true
        "$APOA" --json --data "$DATA" report new --kind lodging.check_in --mrz '{MRZ}' --field check_in={day} --field nights=2 --field purpose=holiday"#,
        password = server.word("password"),
        url = server.word("url"),
        trust = server.word("trust"),
        day = support::today(),
    );
    if let Some((exit, told)) = in_own_mounts(&script, &data) {
        assert!(exit == 10 && told.contains("APOA-D701"), "{exit} {told}");
    }
}
