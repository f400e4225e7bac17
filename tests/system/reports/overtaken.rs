//! Two phones and one report: what waited here while the report moved on there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, Happening, ItemOutcome, Superseded, SyncSummary};
use apoa_server::{Exchange, Options, Running};
use apoa_tests::files::look;
use apoa_tests::folder::Folder;
use apoa_tests::phone::{PASSWORD, guest, open, overhear, send_now, server, server_on, signed_in};

use super::{follow_up, in_days, ops, state};

/// Holds the answer to a pull: then another phone acts between what this one heard and what it sends.
#[derive(Clone)]
pub(super) struct Gate {
    armed: Arc<AtomicBool>,
    met: Arc<Barrier>,
}

impl Gate {
    pub(super) fn server() -> (Running, Self) {
        let gate = Self { armed: Arc::default(), met: Arc::new(Barrier::new(2)) };
        let held = gate.clone();
        let tap = move |exchange: &Exchange| {
            overhear(exchange);
            if exchange.path == "/changes" && held.armed.swap(false, Ordering::SeqCst) {
                held.met.wait();
                held.met.wait();
            }
        };
        let options =
            Options { password: Some(PASSWORD.to_owned()), tap: Some(Arc::new(tap)), ..Options::default() };
        (apoa_server::start(options, |_| {}).unwrap(), gate)
    }

    /// The next pull is held.
    pub(super) fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    /// Does this while the next pull of the run is held.
    pub(super) fn meanwhile<T>(&self, client: &ApoaClient, act: impl FnOnce() -> T) -> (SyncSummary, T) {
        self.arm();
        thread::scope(|scope| {
            let run = scope.spawn(|| send_now(client, 30));
            self.met.wait();
            let done = act();
            self.met.wait();
            (run.join().unwrap(), done)
        })
    }
}

struct Phones {
    desk: ApoaClient,
    other: ApoaClient,
    report: ReportId,
    folder: Folder,
    _other: Folder,
}

/// Two phones that both know one report.
fn phones(server: &Running) -> Phones {
    phones_at(server, server)
}

/// Two phones of one office, each at a server of its own: one that holds an answer holds nobody else's.
fn phones_at(server: &Running, others: &Running) -> Phones {
    let (folder, second) = (Folder::new(), Folder::new());
    let (desk, other) = (signed_in(folder.path(), server), signed_in(second.path(), others));
    let report = desk.finalise(guest(&desk, "L898902C3"), None, None).unwrap().report;
    let _ = send_now(&desk, 20);
    let _ = send_now(&other, 20);
    Phones { desk, other, report, folder, _other: second }
}

fn extend(client: &ApoaClient, report: ReportId, days: i64) {
    let later = in_days(client, days);
    client.follow_up(report, &follow_up(OpKind::Extend, &[(Field::CheckOutPlanned, &later)])).unwrap();
}

fn check_out(client: &ApoaClient, report: ReportId) {
    let left = in_days(client, 1);
    client.follow_up(report, &follow_up(OpKind::CheckOut, &[(Field::CheckOut, &left)])).unwrap();
}

#[test]
fn what_was_never_sent_goes_on_top_of_what_a_pull_brought() {
    let server = server(&[]);
    let Phones { desk, other, report, folder: _folder, _other } = phones(&server);
    extend(&desk, report, 7);
    check_out(&desk, report);
    extend(&other, report, 9);
    assert_eq!(send_now(&other, 20).received, 1);

    let summary = send_now(&desk, 20);
    assert_eq!((summary.sent, summary.received, summary.left, summary.stopped_by), (2, 2, 0, None));
    assert_eq!(ops(&server, report), ["submit", "extend", "extend", "check_out"]);
    assert_eq!(state(&desk, report), (Standing::Received, Work::None, true));
    let log: Vec<_> = desk.report(report).unwrap().unwrap().history.iter().map(|line| line.what).collect();
    assert_eq!(log.iter().filter(|what| **what == Happening::Superseded).count(), 2, "{log:?}");
    assert!(!log.contains(&Happening::Wedged), "{log:?}");
}

#[test]
fn a_check_out_overtaken_by_an_extension_arrives_in_one_run() {
    let (server, gate) = Gate::server();
    let others = server_on(Some(server.db().to_owned()), &[]);
    let Phones { desk, other, report, folder: _folder, _other } = phones_at(&server, &others);
    check_out(&desk, report);
    let (summary, ()) = gate.meanwhile(&desk, || {
        extend(&other, report, 9);
        assert_eq!(send_now(&other, 20).received, 1);
    });
    assert_eq!((summary.sent, summary.received, summary.left, summary.stopped_by), (2, 1, 0, None));
    let problems: Vec<_> = summary.items.iter().filter(|item| item.outcome == ItemOutcome::Wedged).collect();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(ops(&server, report), ["submit", "extend", "check_out"]);
    assert_eq!(state(&desk, report), (Standing::Received, Work::None, true));
}

#[test]
fn ended_between_conflict_and_new_place_nothing_is_lost_or_doubled() {
    let (server, gate) = Gate::server();
    let others = server_on(Some(server.db().to_owned()), &[]);
    let Phones { desk, other, report, folder, _other } = phones_at(&server, &others);
    extend(&desk, report, 7);
    check_out(&desk, report);
    // The first pull lets the other phone in, the second one never comes to its end.
    gate.arm();
    let stopped_by = thread::scope(|scope| {
        let run = scope.spawn(|| send_now(&desk, 30).stopped_by);
        gate.met.wait();
        extend(&other, report, 9);
        assert_eq!(send_now(&other, 20).received, 1);
        gate.arm();
        gate.met.wait();
        gate.met.wait();
        desk.cancel(1);
        let stopped_by = run.join().unwrap();
        gate.met.wait();
        stopped_by
    });
    assert_eq!(stopped_by, Some(apoa_core::StoppedBy::Cancelled));
    let line = desk.queue().unwrap().remove(0);
    assert_eq!((line.work, line.problem.as_deref()), (Work::Wedged, Some("APOA-R352")));
    drop(desk);

    let desk = open(folder.path()).unwrap();
    let summary = send_now(&desk, 20);
    assert_eq!((summary.received, summary.left), (2, 0));
    assert_eq!(ops(&server, report), ["submit", "extend", "extend", "check_out"]);
    assert_eq!(send_now(&desk, 20).sent, 0);
}

#[test]
fn where_a_person_has_to_choose_the_report_is_held_with_both_versions() {
    let server = server(&[]);
    let Phones { desk, other, report, folder, _other } = phones(&server);
    let mut draft = desk.draft(report).unwrap().unwrap();
    draft.set(Field::Room, "7");
    desk.amend(report, draft, None).unwrap();
    check_out(&desk, report);
    extend(&other, report, 9);
    let _ = send_now(&other, 20);
    for _ in 0..2 {
        let summary = send_now(&desk, 20);
        assert_eq!((summary.received, summary.left), (0, 1));
    }
    let line = desk.queue().unwrap().remove(0);
    assert_eq!((line.work, line.problem.as_deref()), (Work::Wedged, Some("APOA-R352")));
    let detail = desk.report(report).unwrap().unwrap();
    // Here what was typed, beside it the server's word for the newer revision.
    assert_eq!(detail.facts.get(&Field::Room).unwrap().reveal(), "7");
    assert_eq!(detail.receipts.len(), 2);
    assert!(detail.history.iter().any(|line| line.code.as_deref() == Some("APOA-R352")));
    let unit = std::fs::read_dir(folder.path().join("units")).unwrap().next().unwrap().unwrap().path();
    let versions: (i64, i64, i64) = look(&unit.join("live/unit.db"))
        .query_row("SELECT acked_rev, local_rev, server_version FROM report", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(versions, (2, 3, 2));
    assert_eq!(ops(&server, report), ["submit", "extend"]);
}

#[test]
fn nothing_is_put_on_top_of_a_report_that_another_phone_ended() {
    let server = server(&[]);
    let Phones { desk, other, report, folder: _folder, _other } = phones(&server);
    extend(&desk, report, 7);
    check_out(&other, report);
    let _ = send_now(&other, 20);
    let _ = send_now(&desk, 20);
    assert_eq!(state(&desk, report), (Standing::Received, Work::Wedged, true));
    assert_eq!(ops(&server, report), ["submit", "check_out"]);
}

#[test]
fn what_is_let_go_shows_the_revision_that_the_server_has() {
    let server = server(&[]);
    let Phones { desk, other, report, folder: _folder, _other } = phones(&server);
    let mut draft = desk.draft(report).unwrap().unwrap();
    draft.set(Field::Room, "7");
    desk.amend(report, draft, None).unwrap();
    check_out(&desk, report);
    let _ = other.withdraw(report, "wrong guest").unwrap();
    assert_eq!(send_now(&other, 20).received, 1);
    let _ = send_now(&desk, 20);
    let waiting = desk.report(report).unwrap().unwrap().row;
    assert_eq!((waiting.standing, waiting.work, waiting.revision.0), (Standing::Cancelled, Work::Wedged, 3));

    assert_eq!(desk.supersede(report), Ok(Superseded::LetGo));
    let row = desk.report(report).unwrap().unwrap().row;
    assert_eq!((row.standing, row.work, row.revision.0), (Standing::Cancelled, Work::None, 2));
    assert_eq!(ops(&server, report), ["submit", "cancel"]);
}
