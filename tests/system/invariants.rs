//! Invariants of the store that no other file of this folder proves; `docs/invariants.md` names the tests of each.
//! What is written here is done to a real folder and said by a real server, as somebody would who has both in hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, DraftError, StoppedBy, StoreError, SyncError, SyncRequest, Trigger};
use apoa_server::{Exchange, Options, Running, office_reports};
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{copy, look, units};
use apoa_tests::folder::Folder;
use apoa_tests::office::{add_member, add_unit};
use apoa_tests::phone::{
    PASSWORD, all, config, credentials_of, guest, open, options, overhear, plant_tokens, ports, ports_of,
    send_now, server, signed_in, signed_in_with,
};
use apoa_tests::vault::MemoryVault;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use rusqlite::Connection;
use rusqlite::types::Value;

fn unit_file(folder: &Folder) -> PathBuf {
    units(folder.path()).remove(0)
}

fn standing(client: &ApoaClient, report: ReportId) -> Standing {
    client.report(report).unwrap().unwrap().row.standing
}

fn sync(client: &ApoaClient, seconds: u64) -> Result<Option<StoppedBy>, SyncError> {
    let request = SyncRequest { run: 1, budget: Duration::from_secs(seconds), trigger: Trigger::Person };
    client.sync(request).map(|summary| summary.stopped_by)
}

fn extend(client: &ApoaClient, report: ReportId, days: i64) {
    let later = client.today().checked_add(jiff::Span::new().days(days)).unwrap().to_string();
    let mut extend = FollowUp::new(OpKind::Extend).unwrap();
    extend.set(Field::CheckOutPlanned, &later);
    client.follow_up(report, &extend).unwrap();
}

/// Every row of these tables, as text.
fn rows(database: &Connection, tables: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for table in tables {
        let mut statement = database.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|column| row.get(column).unwrap()).collect();
            found.push(format!("{table} {values:?}"));
        }
    }
    found
}

#[test]
fn i03_the_file_refuses_a_change_of_what_is_frozen() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    extend(&client, report, 9);
    let database = look(&unit_file(&folder));
    let before = rows(&database, &["outbox"]);
    for change in [
        "op_id = randomblob(16)",
        "report_id = randomblob(16)",
        "kind = kind + 1",
        "revision = revision + 7",
        "base_revision = -1",
        "frozen = zeroblob(64)",
        "body_sha256 = zeroblob(32)",
    ] {
        let refused = database.execute(&format!("UPDATE outbox SET {change}"), []);
        assert!(refused.unwrap_err().to_string().contains("op is frozen"), "{change}");
    }
    assert_eq!(database.execute("UPDATE outbox SET maybe_sent = 1", []), Ok(2));
    let refused = database.execute("UPDATE outbox SET maybe_sent = 0", []);
    assert!(refused.unwrap_err().to_string().contains("sent stays sent"));
    assert_eq!(before.len(), rows(&database, &["outbox"]).len());
    // And what the file holds is what arrives: one digest an op, that of its bytes.
    let promised: Vec<Vec<u8>> = {
        let mut digests = database.prepare("SELECT body_sha256 FROM outbox ORDER BY seq").unwrap();
        digests.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(send_now(&client, 30).received, 2);
    let office = look(server.db());
    let mut digests = office.prepare("SELECT sha256 FROM op ORDER BY seq").unwrap();
    let arrived: Vec<String> = digests.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let hex = |bytes: &Vec<u8>| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    assert_eq!(arrived, promised.iter().map(hex).collect::<Vec<_>>());
}

/// A server whose answers a test makes untrue: it is not held to the contract.
fn lying() -> Running {
    let tap = Arc::new(plant_tokens) as apoa_server::Tap;
    apoa_server::start(Options { tap: Some(tap), ..options(None, &[]) }, |_| {}).unwrap()
}

/// The receipt with one member of its payload changed, under its old signature.
fn forged(receipt: &str, member: &str, value: serde_json::Value) -> String {
    let parts: Vec<&str> = receipt.split('.').collect();
    let mut payload: serde_json::Value =
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(parts[1]).unwrap()).unwrap();
    assert_ne!(payload[member], value);
    payload[member] = value;
    let payload = Base64UrlUnpadded::encode_string(payload.to_string().as_bytes());
    format!("{}.{payload}.{}", parts[0], parts[2])
}

#[test]
fn i05_i15_a_standing_moves_only_by_a_verified_receipt_of_its_own() {
    let (server, folder) = (lying(), Folder::in_memory());
    let other_unit = add_unit(&server, 2);
    let client = signed_in(folder.path(), &server);
    let one_unit = client.account().unwrap().unwrap().active_unit;
    let one = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    let two = client.finalise(guest(&client, "X00000002"), None, None).unwrap();
    extend(&client, two.report, 9);
    let later = client.queue().unwrap().into_iter().find(|row| row.report == two.report).unwrap();
    client.suspend().unwrap();
    // What the phone is when it comes back from its drawer: it knows of no answer.
    let old = Folder::in_memory();
    copy(folder.path(), old.path());
    client.resume().unwrap();
    assert_eq!(send_now(&client, 30).received, 3);
    client.use_unit(other_unit).unwrap();
    let there = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    assert_eq!(send_now(&client, 30).received, 1);
    client.use_unit(one_unit).unwrap();
    drop(client);

    let office = look(server.db());
    let receipt = |op: String| -> String {
        office.query_row("SELECT receipt FROM op WHERE id = ?1", [op], |row| row.get(0)).unwrap()
    };
    let own = receipt(one.op.to_string());
    let extension: String =
        office.query_row("SELECT receipt FROM op WHERE kind = 'extend'", [], |row| row.get(0)).unwrap();
    assert_eq!(later.op, Some(two.op), "one line a report");
    let lies = [
        ("another report's", receipt(two.op.to_string())),
        ("another op's", extension),
        ("another unit's", receipt(there.op.to_string())),
        ("an op swapped in", forged(&own, "op", two.op.to_string().into())),
        ("a report swapped in", forged(&own, "rid", two.report.to_string().into())),
        ("a revision swapped in", forged(&own, "rev", 2.into())),
        ("a digest swapped in", forged(&own, "sha256", "00".repeat(32).into())),
        ("a unit swapped in", forged(&own, "unit", other_unit.to_string().into())),
        ("another state", forged(&own, "state", "accepted".into())),
        ("no signature", own.rsplit_once('.').unwrap().0.to_owned()),
        ("nothing", String::new()),
    ];
    let set = |text: &str| {
        let told = office.execute("UPDATE op SET receipt = ?1 WHERE id = ?2", (text, one.op.to_string()));
        let pulled =
            office.execute("UPDATE report SET receipt = ?1 WHERE id = ?2", (text, one.report.to_string()));
        assert_eq!((told, pulled), (Ok(1), Ok(1)));
    };
    for (what, lie) in &lies {
        set(lie);
        let again = Folder::in_memory();
        copy(old.path(), again.path());
        let client = open(again.path()).unwrap();
        let summary = send_now(&client, 20);
        assert_eq!(
            (standing(&client, one.report), summary.stopped_by),
            (Standing::None, Some(StoppedBy::Untrusted)),
            "{what}"
        );
        let line = client.queue().unwrap().into_iter().find(|row| row.report == one.report).unwrap();
        assert_eq!((line.op, line.work), (Some(one.op), Work::Queued), "{what}");
        assert_eq!(client.report(one.report).unwrap().unwrap().receipts, Vec::<String>::new(), "{what}");
    }
    set(&own);
    let client = open(old.path()).unwrap();
    assert_eq!((send_now(&client, 30).left, standing(&client, one.report)), (0, Standing::Received));
    let held = office_reports(server.db()).unwrap();
    assert_eq!(held.iter().map(|held| held.ops.len()).sum::<usize>(), 4, "an effect was doubled");
}

#[test]
fn i06_no_answer_of_any_kind_takes_an_op_or_a_body() {
    let faults = [
        "busy=0@/ops*",
        "unauthorised@/ops*",
        "conflict@/ops*",
        "portal@/ops*",
        "cut=10@/ops*",
        "wrong_receipt@/ops*",
        "hang_after_commit@/ops*",
        "token_lost",
    ];
    thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || {
                let (server, folder) = (server(&[fault]), Folder::new());
                // A lost answer to the first sign-in is told; the second one succeeds.
                let config = config(folder.path(), Some(server.url()), Some(server.trust_file()));
                let client = ApoaClient::open(config, ports(folder.path())).unwrap();
                let signed =
                    (0..3).any(|_| client.sign_in(&apoa_tests::phone::credentials(PASSWORD)).is_ok());
                assert!(signed, "{fault}");
                let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
                extend(&client, report, 9);
                let kept = |client: &ApoaClient| {
                    let database = look(&unit_file(&folder));
                    let facts = client.report(report).unwrap().unwrap().facts;
                    let ops = database
                        .prepare("SELECT op_id, frozen, body_sha256 FROM outbox ORDER BY seq")
                        .unwrap()
                        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                        .unwrap()
                        .collect::<Result<Vec<(Vec<u8>, Vec<u8>, Vec<u8>)>, _>>()
                        .unwrap();
                    (facts, ops)
                };
                let before = kept(&client);
                assert_eq!(before.1.len(), 2);
                if fault == "token_lost" {
                    look(&folder.path().join("device.db"))
                        .execute("UPDATE token SET expires_ms = 0", [])
                        .unwrap();
                    server.stop();
                }
                let summary = send_now(&client, 6);
                assert_eq!((summary.received, kept(&client)), (0, before.clone()), "{fault}");
                drop(client);
                let client = open(folder.path()).unwrap();
                assert_eq!(kept(&client), before, "{fault}");
            });
        }
    });
}

#[test]
fn i07_an_op_is_marked_on_disk_before_its_first_byte_arrives() {
    let (data, looked) = (Arc::new(OnceLock::<PathBuf>::new()), Arc::new(Mutex::new(0)));
    let (place, count) = (Arc::clone(&data), Arc::clone(&looked));
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        if exchange.path != "/ops" {
            return;
        }
        for file in units(place.get().unwrap()) {
            // A copy, as a power cut would leave it.
            let unmarked = "SELECT count(*) FROM outbox WHERE maybe_sent = 0 OR attempts = 0";
            let open: i64 = look(&file).query_row(unmarked, [], |row| row.get(0)).unwrap();
            *count.lock().unwrap() += 1;
            assert_eq!(open, 0, "something arrived that was not marked");
        }
    };
    let options =
        Options { password: Some(PASSWORD.to_owned()), tap: Some(Arc::new(tap)), ..Options::default() };
    let (server, folder) = (apoa_server::start(options, |_| {}).unwrap(), Folder::new());
    data.set(folder.path().to_owned()).unwrap();
    let client = signed_in(folder.path(), &server);
    for passport in ["X00000001", "X00000002", "X00000003"] {
        client.finalise(guest(&client, passport), None, None).unwrap();
    }
    let database = look(&unit_file(&folder));
    let marked = || -> i64 {
        database.query_row("SELECT count(*) FROM outbox WHERE maybe_sent = 1", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(marked(), 0);
    assert_eq!(send_now(&client, 20).received, 3);
    assert!(*looked.lock().unwrap() > 0, "no request was looked at");
}

#[test]
fn i09_i10_a_page_that_comes_again_or_late_changes_nothing() {
    let server = server(&[]);
    let (desk, office_phone) = (Folder::new(), Folder::new());
    let (writer, reader) = (signed_in(desk.path(), &server), signed_in(office_phone.path(), &server));
    let reports: Vec<ReportId> = (0..4)
        .map(|number| {
            writer.finalise(guest(&writer, &format!("X0000000{number}")), None, None).unwrap().report
        })
        .collect();
    let _ = send_now(&writer, 30);
    let _ = send_now(&reader, 30);
    let office = look(server.db());
    let early: String = office
        .query_row("SELECT receipt FROM report WHERE id = ?1", [reports[1].to_string()], |row| row.get(0))
        .unwrap();
    extend(&writer, reports[1], 9);
    let mut left = FollowUp::new(OpKind::CheckOut).unwrap();
    left.set(Field::CheckOut, &writer.today().to_string());
    writer.follow_up(reports[2], &left).unwrap();
    let _ = send_now(&writer, 30);
    let _ = send_now(&reader, 30);
    // What a person has to look at before it is sent is no business of a page.
    extend(&reader, reports[3], 12);
    let file = look(&unit_file(&office_phone));
    file.execute("UPDATE outbox SET wedge_code = 'R352'", []).unwrap();
    file.execute("UPDATE report SET work = 3 WHERE work = 2", []).unwrap();

    let tables = ["report", "outbox", "receipt"];
    let before = rows(&file, &tables);
    assert_eq!(before.iter().filter(|row| row.starts_with("report")).count(), 4);
    for _ in 0..2 {
        assert_eq!(file.execute("UPDATE sync_state SET v = x'' WHERE k = 'cursor'", []), Ok(1));
        let _ = send_now(&reader, 30);
        assert_eq!(rows(&file, &tables), before, "a page that came again");
    }
    // The word that was true before the last one, delivered once more.
    let set = "UPDATE report SET receipt = ?1, version = version + 100 WHERE id = ?2";
    assert_eq!(office.execute(set, (&early, reports[1].to_string())), Ok(1));
    file.execute("UPDATE sync_state SET v = x'' WHERE k = 'cursor'", []).unwrap();
    let _ = send_now(&reader, 30);
    assert_eq!(rows(&file, &tables), before, "a word that came late");
}

#[test]
fn i12_ten_years_forth_and_back_change_no_op_no_order_and_no_duplicate() {
    const TEN_YEARS: i64 = 3652;
    let (server, folder) = (server(&[]), Folder::new());
    let (vault, clock) = (MemoryVault::default(), JumpingClock::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &clock));
    clock.jump_days(-TEN_YEARS);
    let drafts: Vec<_> = (0..4).map(|number| guest(&client, &format!("X0000000{number}"))).collect();
    let reports: Vec<_> =
        drafts.iter().map(|draft| client.finalise(draft.clone(), None, None).unwrap()).collect();
    extend(&client, reports[0].report, 9);
    let database = look(&unit_file(&folder));
    let ops = rows(&database, &["outbox"]);
    let order: Vec<_> = client.queue().unwrap().iter().map(|row| row.report).collect();
    let mut client = client;
    for jump in [TEN_YEARS, TEN_YEARS, -2 * TEN_YEARS, TEN_YEARS] {
        clock.jump_days(jump);
        for (draft, filed) in drafts.iter().zip(&reports) {
            let again = client.finalise(draft.clone(), None, None);
            assert_eq!(
                again.err(),
                Some(DraftError::Duplicate { existing: filed.report }),
                "after {jump} days"
            );
        }
        client.upkeep().unwrap();
        drop(client);
        client = ApoaClient::open(config(folder.path(), None, None), ports_of(&vault, &clock)).unwrap();
        assert_eq!(rows(&database, &["outbox"]), ops, "after {jump} days");
        assert_eq!(client.queue().unwrap().iter().map(|row| row.report).collect::<Vec<_>>(), order);
    }
    // An op that waits for its time waits no longer than its own delay, wherever the clock went.
    database.execute("UPDATE outbox SET not_before_ms = ?1, delay_ms = 1000", [i64::MAX / 2]).unwrap();
    clock.jump_days(-TEN_YEARS);
    let summary = send_now(&client, 40);
    assert_eq!((summary.received, summary.left), (5, 0));
    let held: Vec<_> = office_reports(server.db()).unwrap().into_iter().map(|held| held.report_id).collect();
    assert_eq!(held.len(), 4);
    assert_eq!(
        client.reports(all()).unwrap().iter().filter(|row| row.standing == Standing::Received).count(),
        4
    );
}

#[test]
fn i23_two_processes_never_have_one_queue() {
    let (server, folder) = (server(&[]), Folder::new());
    let mut child = Command::new(env!("CARGO_BIN_EXE_writing"))
        .args([folder.path().as_os_str(), server.url().as_ref(), server.trust_file().as_os_str()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("saved "));
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "{name}");
    };
    // It stands still with a report in its queue; nobody else gets at it.
    signal("-STOP");
    for _ in 0..3 {
        assert_eq!(open(folder.path()).err(), Some(StoreError::Busy));
    }
    assert_eq!(office_reports(server.db()).unwrap(), []);
    signal("-CONT");
    assert!(lines.all(|line| line.is_ok()));
    assert!(child.wait().unwrap().success());
    let client = open(folder.path()).unwrap();
    assert_eq!(send_now(&client, 60).left, 0);
    for held in office_reports(server.db()).unwrap() {
        assert!(held.ops.iter().all(|op| op.times_seen == 1), "{held:?}");
    }
}

#[test]
fn i23_of_two_runs_of_one_process_the_second_is_told() {
    let (server, folder) = (server(&["slow=1500@/changes"]), Folder::new());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    let (first, second) = thread::scope(|scope| {
        let runs = [scope.spawn(|| sync(&client, 20)), scope.spawn(|| sync(&client, 20))];
        let [first, second] = runs.map(|run| run.join().unwrap());
        (first, second)
    });
    let told = Err(SyncError::AlreadyRunning);
    assert!((first == told) != (second == told), "{first:?} {second:?}");
    assert_eq!(office_reports(server.db()).unwrap()[0].ops[0].times_seen, 1);
}

#[test]
fn i24_who_typed_a_report_stays_and_a_clerk_s_leaving_changes_nothing() {
    let (server, folder) = (server(&[]), Folder::new());
    add_member(&server, "malam");
    let client = signed_in(folder.path(), &server);
    let day = client.account().unwrap().unwrap().account;
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let database = look(&unit_file(&folder));
    for change in ["captured_by = randomblob(16)", "id = randomblob(16)"] {
        let refused = database.execute(&format!("UPDATE report SET {change}"), []);
        assert!(refused.unwrap_err().to_string().contains("fixed"), "{change}");
    }
    let before = rows(&database, &["report", "outbox"]);
    // The next shift signs in; the clerk of the day is no member any more.
    client.sign_in(&credentials_of("malam", PASSWORD)).unwrap();
    let account = client.account().unwrap().unwrap();
    assert_ne!(account.account, day);
    assert_eq!(rows(&database, &["report", "outbox"]), before);
    let office = look(server.db());
    assert_eq!(office.execute("DELETE FROM member WHERE account = ?1", [day.to_string()]), Ok(1));
    // The night corrects it, and sends it: who typed it first stays.
    let mut draft = client.draft(report).unwrap().unwrap();
    draft.set(Field::Room, "KAMAR RAHASIA 17");
    client.amend(report, draft, None).unwrap();
    assert_eq!(send_now(&client, 20).received, 1);
    let detail = client.report(report).unwrap().unwrap();
    assert_eq!((detail.row.captured_by, detail.sent_by), (day, Some(account.account)));
    let (typed, sent): (String, String) = office
        .query_row(
            "SELECT report.captured_by, op.sent_by FROM report JOIN op ON op.report = report.id",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!((typed, sent), (day.to_string(), account.account.to_string()));
}
