//! The way to the server over real sockets and real TLS: what is sent, what is not, and what counts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use apoa_core::fields::Field;
use apoa_core::ids::Timestamp;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{
    ApoaClient, Clock, DraftError, Ports, StoppedBy, StoreError, SyncError, SyncRequest, Trigger,
};
use apoa_server::office_reports;
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{
    PASSWORD, all, config, credentials, guest, open, ports, send_now, server, signed_in, signed_in_with,
};

#[test]
fn a_report_kept_offline_arrives_once_and_its_receipt_verifies() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let finalised = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    drop(client);

    let client = open(folder.path()).unwrap();
    assert_eq!(client.counts().unwrap().queued, 1);
    let summary = send_now(&client, 20);
    assert_eq!((summary.sent, summary.received, summary.left, summary.stopped_by), (1, 1, 0, None));

    let detail = client.report(finalised.report).unwrap().unwrap();
    assert_eq!((detail.row.standing, detail.row.work), (Standing::Received, Work::None));
    let receipt = client.verify_receipt(&detail.receipts[0]).unwrap().unwrap();
    assert_eq!((receipt.about().report, receipt.about().op), (finalised.report, finalised.op));
    assert_eq!((receipt.belongs_to("L898902C3"), receipt.belongs_to("X00000001")), (Some(true), Some(false)));
    let held = office_reports(server.db()).unwrap();
    assert_eq!((held.len(), held[0].ops.len(), held[0].ops[0].times_seen), (1, 1, 1));
}

#[test]
fn i04_a_lost_answer_is_repeated_and_gives_one_report_and_the_same_receipt() {
    let (server, folder) = (server(&["drop_after_commit@/ops"]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let finalised = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    let summary = send_now(&client, 30);
    assert_eq!((summary.sent, summary.received, summary.left), (2, 1, 0));
    let held = office_reports(server.db()).unwrap();
    assert_eq!((held.len(), held[0].ops[0].times_seen), (1, 2));
    assert_eq!(client.report(finalised.report).unwrap().unwrap().row.standing, Standing::Received);
}

#[test]
fn i07b_without_a_verified_answer_nothing_is_marked() {
    let folder = Folder::new();
    let (ours, stranger) = (server(&[]), server(&[]));
    let client = signed_in(folder.path(), &ours);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    drop(client);
    let portal = server(&["portal@/changes*"]);
    let other = Folder::new();
    let caught = signed_in(other.path(), &portal);
    caught.finalise(guest(&caught, "L898902C3"), None, None).unwrap();
    let trust = fs::read_to_string(ours.trust_file()).unwrap();
    let (refused, kept) = (ours.url().to_owned(), folder.path().join("trust.pem"));
    fs::write(&kept, trust).unwrap();
    ours.stop();
    let at = |url: &str| {
        ApoaClient::open(config(folder.path(), Some(url), Some(&kept)), ports(folder.path())).unwrap()
    };
    let unmarked = |client: &ApoaClient, stopped_by: StoppedBy| {
        let summary = send_now(client, 10);
        assert_eq!((summary.sent, summary.left, summary.stopped_by), (0, 1, Some(stopped_by)));
        let queue = client.queue().unwrap();
        assert_eq!((queue[0].attempts, queue[0].maybe_sent), (0, false), "{stopped_by}");
    };
    unmarked(&at(&refused), StoppedBy::Offline);
    unmarked(&at("https://nowhere.invalid/apoa/v1"), StoppedBy::Offline);
    unmarked(&at(stranger.url()), StoppedBy::Untrusted);
    unmarked(&caught, StoppedBy::Portal);
}

#[test]
fn i05_a_portal_and_a_foreign_receipt_change_nothing() {
    for (fault, stopped_by, sent) in
        [("portal@/changes*", StoppedBy::Portal, 0), ("wrong_receipt@/ops", StoppedBy::Untrusted, 1)]
    {
        let (server, folder) = (server(&[fault]), Folder::new());
        let client = signed_in(folder.path(), &server);
        let finalised = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
        let summary = send_now(&client, 10);
        assert_eq!(
            (summary.sent, summary.received, summary.stopped_by),
            (sent, 0, Some(stopped_by)),
            "{fault}"
        );
        let detail = client.report(finalised.report).unwrap().unwrap();
        assert_eq!(
            (detail.row.standing, detail.row.work, detail.receipts.len()),
            (Standing::None, Work::Queued, 0)
        );
    }
}

#[test]
fn a_busy_server_and_an_expired_token_are_waited_for_and_renewed() {
    for fault in ["busy=1@/ops", "unauthorised@/ops", "unauthorised@/changes", "cut=10@/ops", "slow=50@/ops"]
    {
        let (server, folder) = (server(&[fault]), Folder::new());
        let client = signed_in(folder.path(), &server);
        client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
        let summary = send_now(&client, 40);
        assert_eq!((summary.received, summary.left, summary.stopped_by), (1, 0, None), "{fault}");
    }
}

#[test]
fn i11_a_server_that_asks_for_silence_is_not_asked_again_before_its_time_not_even_by_the_next_process() {
    let (server, folder) = (server(&["busy=600@/ops"]), Folder::new());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    let first = send_now(&client, 10);
    assert_eq!((first.sent, first.left, first.stopped_by), (1, 1, Some(StoppedBy::Server)));
    drop(client);
    let second = send_now(&open(folder.path()).unwrap(), 10);
    assert_eq!((second.sent, second.left, second.stopped_by), (0, 1, Some(StoppedBy::Server)));
}

#[test]
fn i18_a_server_of_other_roots_is_not_told_a_secret() {
    let (ours, other, folder) = (server(&[]), server(&[]), Folder::new());
    let config = config(folder.path(), Some(other.url()), Some(ours.trust_file()));
    let client = ApoaClient::open(config, ports(folder.path())).unwrap();
    assert_eq!(
        client.sign_in(&credentials(PASSWORD)).err(),
        Some(SyncError::Stopped { by: StoppedBy::Untrusted })
    );
}

#[test]
fn a_wrong_password_is_told_from_everything_else() {
    let (server, folder) = (server(&[]), Folder::new());
    let config = config(folder.path(), Some(server.url()), Some(server.trust_file()));
    let client = ApoaClient::open(config, ports(folder.path())).unwrap();
    assert_eq!(client.sign_in(&credentials("wrong")).err(), Some(SyncError::WrongSecret));
    assert_eq!(client.finalise(guest(&client, "L898902C3"), None, None).err(), Some(DraftError::NoUnit));
}

#[test]
fn the_same_stay_twice_is_stopped_here_unless_a_person_says_why() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let first = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    let again = client.finalise(guest(&client, "l8989-02c3"), None, None);
    assert_eq!(again.err(), Some(DraftError::Duplicate { existing: first.report }));
    client.finalise(guest(&client, "L898902C3"), None, Some("came back the same day")).unwrap();
    assert_eq!(client.reports(all()).unwrap().len(), 2);
}

#[test]
fn a_second_client_on_the_same_folder_is_told_to_wait() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    assert_eq!(open(folder.path()).err(), Some(StoreError::Busy));
    drop(client);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn a_cancel_that_comes_first_ends_the_run_at_once() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    client.cancel(1);
    // One that comes too late for its own run takes nothing from the first.
    client.cancel(9);
    let summary = send_now(&client, 30);
    assert_eq!((summary.sent, summary.stopped_by), (0, Some(StoppedBy::Cancelled)));
    assert_eq!(client.counts().unwrap().queued, 1);
}

#[test]
fn a_unit_whose_entry_was_lost_is_taken_in_again_with_its_reports() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    drop(client);
    for name in ["device.db", "device.db-wal", "device.db-shm"] {
        let _ = fs::remove_file(folder.path().join(name));
    }
    let client = signed_in(folder.path(), &server);
    assert_eq!(client.counts().unwrap().queued, 1);
    assert_eq!(send_now(&client, 20).received, 1);
}

/// A clock that counts how often it is asked.
struct CountingClock(JumpingClock, AtomicU64);

impl Clock for CountingClock {
    fn wall(&self) -> Timestamp {
        self.0.wall()
    }

    fn monotonic(&self) -> Duration {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.monotonic()
    }
}

#[test]
fn i11_what_waits_behind_another_op_does_not_keep_the_run_busy() {
    let (server, folder) = (server(&[]), Folder::new());
    let clock = Arc::new(CountingClock(JumpingClock::default(), AtomicU64::new(0)));
    let ports = Ports { clock: clock.clone(), ..ports(folder.path()) };
    let client = signed_in_with(folder.path(), &server, ports);
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let mut left = FollowUp::new(OpKind::CheckOut).unwrap();
    left.set(Field::CheckOut, &client.today().to_string());
    client.follow_up(report, &left).unwrap();
    // The first op waits for three seconds, as after a server that was busy; the second only for the first.
    let database = look(&units(folder.path())[0]);
    let later = clock.wall().0 + 3_000;
    database
        .execute(
            "UPDATE outbox SET not_before_ms = ?1, delay_ms = 3000 WHERE seq = (SELECT min(seq) FROM outbox)",
            [later],
        )
        .unwrap();
    let before = clock.1.load(Ordering::Relaxed);
    let request = SyncRequest { run: 1, budget: Duration::from_secs(40), trigger: Trigger::Schedule };
    let summary = client.sync(request).unwrap();
    let asked = clock.1.load(Ordering::Relaxed) - before;
    assert_eq!((summary.received, summary.left), (2, 0));
    assert!(asked < 300, "a run that waited looked at its clock {asked} times");
}
