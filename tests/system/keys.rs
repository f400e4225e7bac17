//! Keys: their rotation, also one that is interrupted anywhere; a vault that is locked, wrong for a while, or has lost
//! them for ever. Nothing is deleted because of a key, and what needs none works without one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use apoa_core::codes::Code;
use apoa_core::report::state::Work;
use apoa_core::{ApoaClient, Check, DraftError, StoreError, VaultError};
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{all, config, guest, ports_of, send_now, server, signed_in_with};
use apoa_tests::vault::MemoryVault;

fn reopen(folder: &Folder, vault: &MemoryVault) -> Result<ApoaClient, StoreError> {
    ApoaClient::open(config(folder.path(), None, None), ports_of(vault, &JumpingClock::default()))
}

fn file_guests(client: &ApoaClient, from: u32, number: u32) {
    for guest_number in from..from + number {
        client.finalise(guest(client, &format!("K{guest_number:08}")), None, None).unwrap();
    }
}

fn unit_keys(vault: &MemoryVault) -> Vec<String> {
    vault.names().into_iter().filter(|name| !name.contains("device")).collect()
}

#[test]
fn after_a_rotation_everything_opens_and_the_old_key_is_gone() {
    let (server, folder, vault) = (server(&[]), Folder::new(), MemoryVault::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
    file_guests(&client, 0, 6);
    client.finalise(guest(&client, "K00000003"), None, Some("came back")).unwrap();
    let before = unit_keys(&vault);
    let rotated = client.rotate_keys().unwrap();
    assert_eq!((rotated.epoch, rotated.reports, rotated.left), (2, 7, 0));
    let after = unit_keys(&vault);
    assert!(before.len() == 1 && after.len() == 1 && before != after, "{before:?} {after:?}");

    // Lists, search, duplicates, and sending: all under the new keys.
    assert!(client.reports(all()).unwrap().iter().all(|row| row.readable));
    assert_eq!(client.search("K00000003", 10, None).unwrap().len(), 2);
    let twice = client.finalise(guest(&client, "K00000003"), None, None);
    assert!(matches!(twice, Err(DraftError::Duplicate { .. })), "{twice:?}");
    client.finalise(guest(&client, "K00000003"), None, Some("third time")).unwrap();
    assert_eq!(send_now(&client, 30).received, 8);
    drop(client);
    let client = reopen(&folder, &vault).unwrap();
    assert_eq!(client.reports(all()).unwrap().iter().filter(|row| row.readable).count(), 8);
}

#[test]
fn a_rotation_that_ends_anywhere_goes_on_where_it_was() {
    // Every call of the vault in turn is the last one that succeeds; then the process is gone.
    for calls in 0.. {
        let (server, folder, vault) = (server(&[]), Folder::new(), MemoryVault::default());
        let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
        file_guests(&client, 0, 3);
        vault.die_after(Some(calls));
        let ended = client.rotate_keys();
        drop(client);
        vault.die_after(None);

        let client = reopen(&folder, &vault).unwrap();
        assert!(client.reports(all()).unwrap().iter().all(|row| row.readable), "after {calls} calls");
        file_guests(&client, 10, 1);
        let twice = client.finalise(guest(&client, "K00000001"), None, None);
        assert!(matches!(twice, Err(DraftError::Duplicate { .. })), "after {calls} calls: {twice:?}");
        client.rotate_keys().unwrap();
        assert!(client.reports(all()).unwrap().iter().all(|row| row.readable), "after {calls} calls");
        assert_eq!(unit_keys(&vault).len(), 1, "after {calls} calls");
        if ended.is_ok() {
            assert!(calls >= 4, "a rotation calls the vault more often");
            break;
        }
    }
}

#[test]
fn while_the_vault_is_locked_counts_and_deadlines_are_there_and_nothing_else() {
    let (server, folder, vault) = (server(&[]), Folder::new(), MemoryVault::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
    file_guests(&client, 0, 2);
    drop(client);
    vault.break_with(Some(VaultError::Locked));
    let client = reopen(&folder, &vault).unwrap();
    assert_eq!(client.counts().unwrap().queued, 2);
    let queue = client.queue().unwrap();
    assert!(queue.len() == 2 && queue.iter().all(|row| row.due.is_some()));
    let locked = StoreError::KeyUnavailable { why: VaultError::Locked };
    assert_eq!(locked.code(), Code::KeyLocked);
    assert_eq!(client.reports(all()).err(), Some(locked));

    vault.break_with(None);
    assert_eq!(client.reports(all()).unwrap().len(), 2);
    client.lock();
    vault.break_with(Some(VaultError::Locked));
    assert!(client.reports(all()).is_err(), "the key stayed in memory");
}

#[test]
fn i22_a_lost_key_is_loud_deletes_nothing_and_costs_no_new_report() {
    let (server, folder, vault) = (server(&[]), Folder::new(), MemoryVault::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
    file_guests(&client, 0, 3);
    drop(client);
    let lost = vault.lose("apoa.");
    let client = reopen(&folder, &vault).unwrap();
    assert_eq!(client.counts().unwrap().queued, 3);
    let rows = client.reports(all()).unwrap();
    assert!(rows.len() == 3 && rows.iter().all(|row| !row.readable && row.due.is_some()));
    let detail = client.report(rows[0].report).unwrap().unwrap();
    assert!(!detail.row.readable && detail.facts.is_empty());
    let key = client.doctor().into_iter().find(|finding| finding.check == Check::Key).unwrap();
    assert_eq!(key.problem, Some(Code::KeyLost));

    // One new sign-in, and work goes on; what was not sent is held where a person sees it.
    drop(client);
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
    let key = client.doctor().into_iter().find(|finding| finding.check == Check::Key).unwrap();
    assert_eq!((key.problem, key.reports), (Some(Code::KeyLost), Some(3)));
    file_guests(&client, 0, 1);
    let summary = send_now(&client, 30);
    assert_eq!((summary.received, summary.left), (1, 3));
    let held: Vec<_> = client.queue().unwrap().into_iter().map(|row| (row.work, row.problem)).collect();
    assert_eq!(held, vec![(Work::Wedged, Some("APOA-D702".to_owned())); 3]);

    // A rotation leaves them alone; a vault that finds its keys again opens them.
    assert_eq!(client.rotate_keys().unwrap().left, 3);
    drop(client);
    vault.find_again(lost);
    let client = reopen(&folder, &vault).unwrap();
    assert!(client.reports(all()).unwrap().iter().all(|row| row.readable));
}

#[test]
fn i15_units_share_no_key_and_a_row_of_one_does_not_open_in_the_other() {
    let vault = MemoryVault::default();
    let (one, two) = (Folder::new(), Folder::new());
    let (first, second) = (server(&[]), server(&[]));
    let mut files = Vec::new();
    for (folder, server) in [(&one, &first), (&two, &second)] {
        let client = signed_in_with(folder.path(), server, ports_of(&vault, &JumpingClock::default()));
        file_guests(&client, 0, 1);
        files.push(units(folder.path()).remove(0));
    }
    assert_eq!(unit_keys(&vault).len(), 2);
    let macs: Vec<Vec<u8>> = files
        .iter()
        .map(|file| look(file).query_row("SELECT doc_mac FROM report", [], |row| row.get(0)).unwrap())
        .collect();
    assert_ne!(macs[0], macs[1], "one guest in two units can be linked");

    // Every sealed value of the one into the row of the other.
    for columns in [["report", "enc_summary"], ["report", "enc_body"], ["report", "wrapped_dek"]] {
        let [table, column] = columns;
        let value: Vec<u8> = look(&files[0])
            .query_row(&format!("SELECT {column} FROM {table}"), [], |row| row.get(0))
            .unwrap();
        let other = look(&files[1]);
        let own: Vec<u8> =
            other.query_row(&format!("SELECT {column} FROM {table}"), [], |row| row.get(0)).unwrap();
        other.execute(&format!("UPDATE {table} SET {column} = ?1"), [&value]).unwrap();
        drop(other);
        let client =
            ApoaClient::open(config(two.path(), None, None), ports_of(&vault, &JumpingClock::default()))
                .unwrap();
        let report = client.reports(all()).unwrap().remove(0).report;
        let detail = client.report(report).unwrap().unwrap();
        assert!(!detail.row.readable, "{column} of another unit opened");
        drop(client);
        look(&files[1]).execute(&format!("UPDATE {table} SET {column} = ?1"), [&own]).unwrap();
    }
    let client =
        ApoaClient::open(config(two.path(), None, None), ports_of(&vault, &JumpingClock::default())).unwrap();
    assert!(client.reports(all()).unwrap()[0].readable);
    assert_eq!(client.account().unwrap().unwrap().units.len(), 1);
}
