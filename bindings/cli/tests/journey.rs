//! A report's whole way, each step a process of its own; and the server as a process that ends when told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Command;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Answer, MRZ, PASSPORT, PATIENCE, PERMIT, Server, card, command, report, run, run_with};

#[test]
fn a_report_goes_from_sign_in_to_a_verified_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    let account = server.login(&data, &server.word("password"));
    assert_eq!(account.exit, 0, "{account:?}");
    assert_eq!(account.last()["units"][0]["rights"], json!(["report", "inspect", "manage"]));
    assert_eq!(run(&data, &["whoami"]).last(), account.last());

    let new = report(&data);
    assert_eq!(new.exit, 0, "{new:?}");
    let line = new.last();
    assert_eq!((&line["work"], &line["standing"]), (&json!("queued"), &json!("none")));
    let id = line["report_id"].as_str().unwrap().to_owned();

    let queue = run(&data, &["queue"]).lines();
    assert_eq!((&queue[0]["op_id"], &queue[0]["attempts"]), (&line["op_id"], &json!(0)));
    assert_eq!(queue[1]["counts"]["queued"], 1);

    let again = report(&data);
    assert_eq!((again.exit, again.code().as_str()), (6, "APOA-V310"));
    assert_eq!(again.last()["error"]["report_id"], json!(id));

    let sync = run(&data, &["sync"]);
    assert_eq!(sync.exit, 0, "{sync:?}");
    assert_eq!(sync.lines()[0]["outcome"], "received");
    assert_eq!(sync.last(), json!({"sent": 1, "received": 1, "left": 0, "stopped_by": null}));
    assert_eq!(run(&data, &["queue"]).last()["counts"]["received"], 1);
    assert_eq!(run(&data, &["report", "list", "--state", "received"]).last()["report_id"], json!(id));
    assert_eq!(run(&data, &["report", "list", "--state", "queued"]).lines(), Vec::<Value>::new());

    let receipt = run(&data, &["receipt", "show", &id]).last();
    assert_eq!((&receipt["op_id"], &receipt["state"]), (&line["op_id"], &json!("received")));
    let jws = receipt["jws"].as_str().unwrap();
    verify_everywhere(folder.path(), &server, jws, &id);

    let db = folder.path().join("office.db");
    let office = run(&data, &["office", "reports", "--db", db.to_str().unwrap()]);
    assert_eq!(office.lines().len(), 1);
    assert_eq!(
        (&office.last()["report_id"], &office.last()["ops"][0]["times_seen"]),
        (&json!(id), &json!(1))
    );
    let doctor = run(&data, &["doctor"]);
    assert!(doctor.exit == 0 && doctor.lines().iter().all(|check| check["ok"] == true), "{doctor:?}");
}

/// The receipt proves itself where nobody ever signed in: as text, changed, and beside another passport.
fn verify_everywhere(folder: &std::path::Path, server: &Server, jws: &str, id: &str) {
    let elsewhere = folder.join("elsewhere");
    let (url, trust) = (server.word("url"), server.word("trust"));
    let verify = |jws: &str, passport: &str| {
        let args = ["receipt", "verify", "-", "--server", &url, "--trust", &trust, "--passport", passport];
        run_with(&elsewhere, &args, Some(jws))
    };
    let genuine = verify(jws, PASSPORT);
    assert_eq!(genuine.exit, 0, "{genuine:?}");
    assert_eq!((&genuine.last()["report_id"], &genuine.last()["passport"]), (&json!(id), &json!(true)));
    // One number in 65,536 passes by chance, four in a row do not.
    let wrong = ["X00000002", "X00000003", "X00000004", "X00000005"].map(|number| verify(jws, number));
    assert!(wrong.iter().any(|answer| answer.exit == 4 && answer.last()["passport"] == false), "{wrong:?}");
    let picture = folder.join("receipt.png");
    card(&picture, jws);
    let printed = verify_file(&elsewhere, server, picture.to_str().unwrap());
    assert_eq!((printed.exit, &printed.last()["report_id"]), (0, &json!(id)), "{printed:?}");
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let changed = format!("{signed}.{first}{}", &signature[1..]);
    let refused = verify(&changed, PASSPORT);
    assert_eq!((refused.exit, &refused.last()["valid"]), (4, &json!(false)));
    assert!(refused.last()["reason"].is_string() && refused.last()["report_id"].is_null());
}

/// Verifies a receipt printed as a code.
fn verify_file(data: &std::path::Path, server: &Server, file: &str) -> Answer {
    run(data, &["receipt", "verify", file, "--server", &server.word("url"), "--trust", &server.word("trust")])
}

#[test]
fn a_killed_run_is_repeated_with_one_effect() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &["hang_after_commit@/ops"]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    assert_eq!(report(&data).exit, 0);
    let mut child = command(&data, &["sync"]).spawn().unwrap();
    server.wait_for("committed");
    child.kill().unwrap();
    child.wait().unwrap();
    let row = run(&data, &["queue"]).lines()[0].clone();
    assert_eq!((&row["maybe_sent"], &row["attempts"]), (&json!(true), &json!(1)));
    assert_eq!(run(&data, &["sync"]).exit, 0);
    let db = folder.path().join("office.db");
    let office = run(&data, &["office", "reports", "--db", db.to_str().unwrap()]);
    assert_eq!((office.lines().len(), &office.last()["ops"][0]["times_seen"]), (1, &json!(2)));
}

#[test]
fn an_old_database_is_served_again_without_telling_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    let (address, trust) = (server.address(), server.word("trust"));
    let before = std::fs::read(&trust).unwrap();
    drop(server);
    let server = Server::start(folder.path(), &address, &[]);
    assert_eq!((server.address(), &server.first["password"]), (address, &Value::Null));
    assert_eq!(std::fs::read(&trust).unwrap(), before);
}

#[test]
fn a_server_told_to_end_does_so_while_a_client_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(folder.path(), "127.0.0.1:0", &["hang_after_commit@/ops"]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    assert_eq!(report(&data).exit, 0);
    let mut client = command(&data, &["sync", "--budget", "30s"]).spawn().unwrap();
    server.wait_for("committed");
    let begun = Instant::now();
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let status = server.child.wait().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(status.code(), Some(0));
    client.kill().unwrap();
    client.wait().unwrap();
}

#[test]
fn an_interrupted_run_says_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &["hang_after_commit@/ops"]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    assert_eq!(report(&data).exit, 0);
    let child = command(&data, &["sync"]).spawn().unwrap();
    server.wait_for("committed");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let (ended, wait) = channel();
    std::thread::spawn(move || ended.send(child.wait_with_output().unwrap()));
    let output = wait.recv_timeout(PATIENCE).expect("an end");
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(130), "{stdout} {stderr}");
    assert!(stderr.contains("Nothing is lost: 1 reports wait"), "{stderr}");
    assert_eq!(run(&data, &["queue"]).last()["counts"]["queued"], 1);
}

/// Everything a person could paste into a ticket.
#[test]
fn without_show_pii_nothing_personal_leaves_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let picture = folder.path().join("card.png");
    card(&picture, PERMIT);
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    server.login(&data, &server.word("password"));
    let id = report(&data).last()["report_id"].as_str().unwrap().to_owned();
    let answers: Vec<Answer> = [
        vec!["scan", picture.to_str().unwrap()],
        vec!["read", PERMIT],
        vec!["mrz", MRZ],
        vec!["compare", "--permit", PERMIT, "--mrz", MRZ],
        vec!["-vv", "report", "list"],
        vec!["-vv", "report", "show", &id],
        vec!["-vv", "queue"],
        vec!["-vv", "sync"],
        vec!["receipt", "show", &id],
        vec!["doctor"],
        vec!["report", "new", "--kind", "lodging.check_in", "--mrz", MRZ, "--permit", PERMIT],
        vec!["office", "reports", "--db", folder.path().join("office.db").to_str().unwrap()],
    ]
    .iter()
    .map(|args| run(&data, args))
    .collect();
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let secrets = ["ERIKSSON", "ANNA", "MARIA", PASSPORT, "2C11JE0001", &hex("ERIKSSON"), &hex(PASSPORT)];
    for answer in answers {
        for secret in secrets {
            let told = format!("{}{}", answer.stdout, answer.stderr);
            assert!(!told.contains(secret), "{secret} in {answer:?}");
        }
    }
    assert!(run(&data, &["report", "show", &id, "--show-pii"]).stdout.contains("ERIKSSON"));
}
