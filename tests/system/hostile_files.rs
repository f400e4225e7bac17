//! Database files that somebody else wrote: any content, any bytes. The core answers or refuses, soon, and never ends.
//!
//! `APOA_HOSTILE` says how many files of chance are opened beside the listed ones (default 12), `APOA_SEED` which.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use apoa_core::fields::Field;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::{ApoaClient, SyncRequest, Trigger};
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{copy, look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{all, config, guest, ports_of, send_now, server, shown, signed_in_with};
use apoa_tests::random::{Moments, number};
use apoa_tests::vault::MemoryVault;

fn unit_file(folder: &Folder) -> PathBuf {
    units(folder.path()).remove(0)
}

/// What somebody could write into a file that the core will open.
const HOSTILE: &[&str] = &[
    "UPDATE report SET kind = 9223372036854775807",
    "UPDATE report SET local_rev = 9223372036854775807, acked_rev = -5",
    "UPDATE report SET due_ms = -9223372036854775808, purge_after_ms = 9223372036854775807",
    "UPDATE report SET enc_summary = zeroblob(900000)",
    "UPDATE report SET enc_body = x'', enc_draft = x'00'",
    "UPDATE report SET captured_by = x'01', same_as = zeroblob(99999)",
    "DROP TRIGGER who_captured; UPDATE report SET captured_by = x'01'",
    "UPDATE report SET epoch = 1, wrapped_dek = zeroblob(3)",
    "DROP TRIGGER op_frozen; UPDATE outbox SET kind = 77, frozen = zeroblob(500000)",
    "DROP TRIGGER op_frozen; UPDATE outbox SET revision = 9223372036854775807",
    "UPDATE outbox SET attempts = 9223372036854775807, delay_ms = -9223372036854775808, not_before_ms = 9223372036854775807",
    "UPDATE outbox SET wedge_code = printf('%.90000c', 'x')",
    "UPDATE sync_state SET v = zeroblob(100000)",
    "DELETE FROM sync_state",
    "DELETE FROM key_epoch",
    "PRAGMA foreign_keys = OFF; UPDATE key_epoch SET alias = '../../../etc/passwd', wrapped_mk = x''",
    "PRAGMA foreign_keys = OFF; UPDATE key_epoch SET epoch = 9223372036854775807",
    "DROP TABLE event; CREATE VIEW event AS SELECT * FROM event",
    "DROP TABLE receipt",
    "CREATE TRIGGER more AFTER INSERT ON report BEGIN INSERT INTO event(at_ms, trust, what) SELECT 1, 1, 1 FROM event, event, event; END",
    "UPDATE receipt SET jws = printf('%.500000c', '.'), iat_ms = -1, state = 99",
    "UPDATE event SET what = 255, trust = -1, code = 'none', actor = x'00'",
    "INSERT INTO tombstone VALUES(x'', x'00', -1, '', -1)",
    "PRAGMA user_version = -1",
    "PRAGMA application_id = 1",
];

/// Whatever comes of it: an answer or an error, soon.
fn use_everything(folder: &Path, vault: &MemoryVault) {
    let began = Instant::now();
    if let Ok(client) =
        ApoaClient::open(config(folder, None, None), ports_of(vault, &JumpingClock::default()))
    {
        let _ = shown(&client);
        let _ = (client.search("L898902C3", 10, None), client.search("anna", 10, None));
        for row in client.reports(all()).unwrap_or_default() {
            let _ = (
                client.retry(row.report),
                client.withdraw(row.report, "hostile"),
                client.discard(row.report),
            );
        }
        let _ = client.finalise(guest(&client, "X00000009"), None, None);
        let request = SyncRequest { run: 1, budget: Duration::from_secs(4), trigger: Trigger::Person };
        let _ =
            (client.sync(request), client.upkeep(), client.rotate_keys(), client.suspend(), client.resume());
        let _ = shown(&client);
    }
    assert!(began.elapsed() < Duration::from_secs(40), "it hung");
}

#[test]
fn i17_no_hostile_database_file_ends_or_hangs_the_core() {
    let (files, seed) = (number("APOA_HOSTILE", 12), number("APOA_SEED", 1));
    let (server, healthy, vault) = (server(&[]), Folder::in_memory(), MemoryVault::default());
    let client = signed_in_with(healthy.path(), &server, ports_of(&vault, &JumpingClock::default()));
    for number in 0..6 {
        client.finalise(guest(&client, &format!("X0000000{number}")), None, None).unwrap();
        if number == 2 {
            let _ = send_now(&client, 30);
        }
    }
    let mut left = FollowUp::new(OpKind::CheckOut).unwrap();
    left.set(Field::CheckOut, &client.today().to_string());
    client.follow_up(client.queue().unwrap()[0].report, &left).unwrap();
    client.save_draft(None, &guest(&client, "X00000008"), None).unwrap();
    client.suspend().unwrap();
    for statements in HOSTILE {
        let folder = Folder::in_memory();
        copy(healthy.path(), folder.path());
        let _ = look(&unit_file(&folder)).execute_batch(statements);
        use_everything(folder.path(), &vault.copied());
    }
    let mut moments = Moments(seed);
    for file in 0..files {
        let folder = Folder::in_memory();
        copy(healthy.path(), folder.path());
        let target = if file % 4 == 0 { folder.path().join("device.db") } else { unit_file(&folder) };
        let mut bytes = fs::read(&target).unwrap();
        for _ in 0..=moments.up_to(60) {
            // Half of it where SQLite keeps its structure: at the beginning of pages.
            let at = moments.up_to(bytes.len() as u64) as usize;
            let at = if moments.up_to(2) == 0 { at / 4096 * 4096 + at % 100 } else { at };
            let end = bytes.len() - 1;
            bytes[at.min(end)] = moments.up_to(256) as u8;
        }
        fs::write(&target, bytes).unwrap();
        println!("seed {seed}, file {file}");
        use_everything(folder.path(), &vault.copied());
    }
}
