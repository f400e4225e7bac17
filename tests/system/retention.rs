//! What leaves a device, when, and that nothing of it stays: not in the file, not in its journal, not in an earlier
//! copy once the keys were changed. What is open never leaves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::Work;
use apoa_core::{ApoaClient, Hold, Upkeep};
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{all as files, copy, look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{all, config, guest, ports_of, send_now, server, signed_in_with};
use apoa_tests::vault::MemoryVault;

fn check_out(client: &ApoaClient, report: ReportId) {
    let mut left = FollowUp::new(OpKind::CheckOut).unwrap();
    left.set(Field::CheckOut, &client.today().to_string());
    client.follow_up(report, &left).unwrap();
}

/// Every sealed byte string of the file, cut to the first 48 bytes.
fn sealed_values(data: &Path) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for file in units(data) {
        let database = look(&file);
        for sql in [
            "SELECT wrapped_dek FROM report",
            "SELECT enc_summary FROM report",
            "SELECT enc_body FROM report WHERE enc_body IS NOT NULL",
            "SELECT jws FROM receipt",
        ] {
            let mut statement = database.prepare(sql).unwrap();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let bytes = row.get_ref(0).unwrap().as_bytes().unwrap();
                values.push(bytes[bytes.len() - 40..].to_vec());
            }
        }
    }
    values
}

fn remnants(data: &Path, values: &[Vec<u8>]) -> usize {
    let files = files(data);
    let found = |value: &Vec<u8>| {
        files.iter().any(|(_, bytes)| bytes.windows(value.len()).any(|window| window == value.as_slice()))
    };
    values.iter().filter(|value| found(value)).count()
}

#[test]
fn a_closed_report_leaves_in_its_time_and_nothing_of_it_stays() {
    let (server, folder) = (server(&[]), Folder::new());
    let (vault, clock) = (MemoryVault::default(), JumpingClock::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &clock));
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    check_out(&client, report);
    assert_eq!(send_now(&client, 30).received, 2);
    let values = sealed_values(folder.path());
    assert!(remnants(folder.path(), &values) == values.len(), "the search sees nothing");

    clock.jump_days(29);
    assert_eq!(client.upkeep().unwrap(), Upkeep::default());
    clock.jump_days(2);
    assert_eq!(client.upkeep().unwrap().purged, 1);
    assert_eq!(client.report(report).unwrap(), None);
    assert_eq!(remnants(folder.path(), &values), 0);
    let log = client.breach_extract().unwrap();
    assert_eq!((log.reports.len(), log.erased.len()), (0, 1));
    let stone = &log.erased[0];
    assert_eq!((stone.report, stone.rule.as_str(), stone.destroyed), (report, "retention", None));
    assert!(stone.receipt_sha256.is_some());
}

#[test]
fn i14_an_earlier_copy_does_not_open_once_the_keys_were_changed() {
    let (server, folder) = (server(&[]), Folder::new());
    let (vault, clock) = (MemoryVault::default(), JumpingClock::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &clock));
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    check_out(&client, report);
    assert_eq!(send_now(&client, 30).received, 2);
    let copies = Folder::new();
    copy(folder.path(), &copies.path().join("before"));
    clock.jump_days(31);
    assert_eq!(client.upkeep().unwrap().purged, 1);
    copy(folder.path(), &copies.path().join("erased"));

    // Thirty days with an erased report: the next upkeep changes the keys by itself.
    clock.jump_days(31);
    let done = client.upkeep().unwrap();
    assert_eq!(done.destroyed, 1);
    assert!(client.breach_extract().unwrap().erased[0].destroyed.is_some());
    drop(client);
    for name in ["before", "erased"] {
        let old = ApoaClient::open(config(&copies.path().join(name), None, None), ports_of(&vault, &clock))
            .unwrap();
        assert!(old.reports(all()).unwrap().iter().all(|row| !row.readable), "the copy {name} opens");
    }
    // Two years later the tombstone itself is gone.
    let client = ApoaClient::open(config(folder.path(), None, None), ports_of(&vault, &clock)).unwrap();
    clock.jump_days(731);
    assert_eq!(client.upkeep().unwrap().forgotten, 1);
    assert_eq!(client.breach_extract().unwrap().erased, []);
}

#[test]
fn i25_what_is_open_waiting_or_held_never_leaves() {
    let (server, folder) = (server(&[]), Folder::new());
    let (vault, clock) = (MemoryVault::default(), JumpingClock::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &clock));
    let staying = client.finalise(guest(&client, "X00000001"), None, None).unwrap().report;
    let held = client.finalise(guest(&client, "X00000002"), None, None).unwrap().report;
    check_out(&client, held);
    let amended = client.finalise(guest(&client, "X00000003"), None, None).unwrap().report;
    check_out(&client, amended);
    assert_eq!(send_now(&client, 40).received, 5);
    client.set_hold(held, Hold::Set).unwrap();
    let mut draft = client.draft(amended).unwrap().unwrap();
    draft.set(Field::Room, "5");
    client.amend(amended, draft, None).unwrap();
    let unsent = client.finalise(guest(&client, "X00000004"), None, None).unwrap().report;

    clock.jump_days(4000);
    assert_eq!(client.upkeep().unwrap().purged, 0);
    for report in [staying, held, amended, unsent] {
        assert!(client.report(report).unwrap().is_some());
    }
    client.set_hold(held, Hold::Cleared).unwrap();
    assert_eq!(client.upkeep().unwrap().purged, 1);
    assert_eq!(client.report(held).unwrap(), None);
    // The file itself refuses, whatever a later version of the code does.
    let file = units(folder.path()).remove(0);
    assert!(look(&file).execute("DELETE FROM report WHERE id = ?1", [staying.as_bytes()]).is_err());
}

#[test]
fn a_child_leaves_earlier_and_an_untouched_draft_in_its_time() {
    let (server, folder) = (server(&[]), Folder::new());
    let (vault, clock) = (MemoryVault::default(), JumpingClock::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &clock));
    let mut child = guest(&client, "X00000001");
    child.set(Field::BirthDate, "2015");
    let child = client.finalise(child, None, None).unwrap().report;
    let adult = client.finalise(guest(&client, "X00000002"), None, None).unwrap().report;
    check_out(&client, child);
    check_out(&client, adult);
    let draft = client.save_draft(None, &guest(&client, "X00000003"), None).unwrap();
    assert_eq!(send_now(&client, 40).received, 4);
    clock.jump_days(8);
    assert_eq!(client.upkeep().unwrap().purged, 1);
    assert!(client.report(child).unwrap().is_none() && client.report(adult).unwrap().is_some());

    client.save_draft(Some(draft), &guest(&client, "X00000003"), None).unwrap();
    clock.jump_days(29);
    assert_eq!(client.upkeep().unwrap().drafts, 0);
    clock.jump_days(2);
    assert_eq!(client.upkeep().unwrap().drafts, 1);
    assert_eq!(client.report(draft).unwrap().unwrap().row.work, Work::Discarded);
    clock.jump_days(2);
    assert_eq!(client.upkeep().unwrap().purged, 1);
    assert!(client.report(draft).unwrap().is_none());
}

#[test]
fn nothing_leaves_by_a_clock_that_nobody_ever_compared() {
    let (server, folder) = (server(&[]), Folder::new());
    let (vault, clock) = (MemoryVault::default(), JumpingClock::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &clock));
    let report = client.finalise(guest(&client, "X00000001"), None, None).unwrap().report;
    client.discard(report).unwrap();
    drop(client);
    let file = units(folder.path()).remove(0);
    look(&file).execute("DELETE FROM sync_state WHERE k = 'offset'", []).unwrap();
    clock.jump_days(4000);
    let client = ApoaClient::open(config(folder.path(), None, None), ports_of(&vault, &clock)).unwrap();
    assert_eq!(client.upkeep().unwrap(), Upkeep::default());
    assert!(client.report(report).unwrap().is_some());
}
