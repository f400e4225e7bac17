//! `apoa demo` from outside: every step in its order, the facts that make the story, a page that needs nothing from
//! anywhere, and no password in sight.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The steps of the contract.
const STEPS: [&str; 17] = [
    "cards",
    "frames",
    "scan",
    "read",
    "mrz",
    "compare",
    "serve",
    "login",
    "server_down",
    "report",
    "sync_offline",
    "server_up",
    "sync_killed",
    "restart",
    "sync",
    "receipt",
    "doctor",
];

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_apoa"))
        .arg("demo")
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn step<'l>(lines: &'l [Value], name: &str) -> &'l Value {
    &lines.iter().find(|line| line["step"] == name).unwrap()["detail"]
}

/// Resources a browser would fetch; text that is only shown is none.
fn fetched(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for opening in ["src=\"", "href=\"", "url(", "@import"] {
        for piece in page.split(opening).skip(1) {
            let address: String =
                piece.chars().take_while(|c| !matches!(c, '"' | ')' | ';')).take(40).collect();
            if !address.starts_with("data:image/png") {
                found.push(address);
            }
        }
    }
    found
}

#[test]
fn the_whole_main_job_runs_and_proves_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let output = demo(&["--json", "--out", out.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stdout));

    let lines = lines(&output);
    let (last, steps) = lines.split_last().unwrap();
    let names: Vec<&str> = steps.iter().map(|line| line["step"].as_str().unwrap()).collect();
    assert_eq!(names, STEPS);
    assert!(
        steps.iter().all(|line| line["ok"] == true && line["ms"].is_number() && line["detail"].is_object())
    );
    assert_eq!((&last["demo"], &last["ok"]), (&Value::from(true), &Value::from(true)));
    assert!(last["ms"].is_number());
    for (key, place) in [("frames", "frames"), ("data", "data"), ("page", "index.html")] {
        assert_eq!(Path::new(last[key].as_str().unwrap()), out.join(place), "{key}");
        assert!(out.join(place).exists(), "{key}");
    }

    a_kill_between_commit_and_answer_doubles_nothing(steps);
    let passport = step(steps, "mrz");
    assert_eq!((&passport["format"], &passport["valid"]), (&"TD3".into(), &true.into()));
    let taken = passport["pictures"].as_u64().unwrap();
    assert!(out.join("frames").join("passport").join(format!("picture-{taken}.png")).exists());
    assert!(Path::new(passport["annotated"].as_str().unwrap()).join(format!("picture-{taken}.png")).exists());
    assert_eq!(step(steps, "compare")["verdict"], "match");
    assert!(step(steps, "scan")["first_frame"].as_u64().is_some_and(|frame| frame > 0));
    assert_eq!(fs::read_dir(out.join("frames").join("annotated")).unwrap().count(), 15);

    let page = fs::read_to_string(out.join("index.html")).unwrap();
    assert_eq!(fetched(&page), Vec::<String>::new(), "the page fetches something");
    assert!(!page.contains("<script") && !page.contains("{{"), "no script, no empty slot");
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    for shown in [String::from_utf8_lossy(&output.stdout).into_owned(), said, page] {
        assert!(!shown.to_lowercase().contains("password"), "a password was told");
    }
}

fn a_kill_between_commit_and_answer_doubles_nothing(steps: &[Value]) {
    let report = step(steps, "report");
    assert_eq!((&report["work"], &report["standing"]), (&"queued".into(), &"none".into()));
    let offline = step(steps, "sync_offline");
    assert_eq!((&offline["stopped_by"], &offline["attempts"]), (&"offline".into(), &0.into()));
    assert_eq!(offline["maybe_sent"], false);
    let killed = step(steps, "sync_killed");
    assert_eq!((&killed["op_id"], &killed["server"]["reports"]), (&report["op_id"], &1.into()));
    assert_eq!(
        (&killed["device"]["maybe_sent"], &killed["device"]["standing"]),
        (&true.into(), &"none".into())
    );
    let sync = step(steps, "sync");
    assert_eq!((&sync["received"], &sync["left"], &sync["op_id"]), (&1.into(), &0.into(), &report["op_id"]));
    assert_eq!((&sync["server"]["ops"], &sync["server"]["times_seen"]), (&1.into(), &2.into()));
    let receipt = step(steps, "receipt");
    assert_eq!((&receipt["op_id"], &receipt["valid"]), (&report["op_id"], &true.into()));
    assert_eq!((&receipt["passport"], &receipt["other_passport"]), (&true.into(), &false.into()));
    let paper = fs::read(receipt["paper"].as_str().expect("a path")).expect("a file");
    assert!(paper.starts_with(b"%PDF-"));
}

#[test]
fn a_picture_without_a_permit_is_named_and_the_specimen_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (out, picture) = (folder.path().join("demo"), folder.path().join("grey.png"));
    apoa_frames::Gray::new(320, 240, 128).write_png(&picture).unwrap();
    let output = demo(&["--json", "--out", out.to_str().unwrap(), "--image", picture.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let lines = lines(&output);
    let cards = step(&lines, "cards");
    assert_eq!((&cards["specimen"], &cards["image_holds"]), (&true.into(), &"no code".into()));
}

#[test]
fn a_folder_of_an_earlier_demo_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("server")).unwrap();
    fs::write(folder.path().join("server").join("office.db"), b"kept").unwrap();
    let output = demo(&["--json", "--out", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read(folder.path().join("server").join("office.db")).unwrap(), b"kept");
}

#[test]
fn a_picture_that_is_not_there_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let (out, picture) = (folder.path().join("demo"), folder.path().join("none.png"));
    let output = demo(&["--out", out.to_str().unwrap(), "--image", picture.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && !out.exists());
}

/// Without a search path the demo finds no `kill` to end its server with.
#[cfg(unix)]
#[test]
fn a_step_that_fails_ends_the_demo_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let mut command = Command::new(env!("CARGO_BIN_EXE_apoa"));
    command.args(["demo", "--json", "--out"]).arg(&out).env("NO_COLOR", "1").env("PATH", folder.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    let [.., failed, last] = lines.as_slice() else { panic!("two lines at least") };
    assert_eq!((&failed["step"], &failed["ok"]), (&"server_down".into(), &false.into()));
    assert_eq!((&last["demo"], &last["ok"], &last["page"]), (&true.into(), &false.into(), &Value::Null));
    assert!(String::from_utf8_lossy(&output.stderr).trim_end().ends_with("APOA-X901"));
}
