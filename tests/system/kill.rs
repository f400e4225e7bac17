//! Real processes, killed at random moments, a third of them in a folder that does not exist yet: what the core said
//! was saved is there, once, and reaches the server, once.
//!
//! `APOA_KILLS` says how many (default 20), `APOA_SEED` which moments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use apoa_core::ids::ReportId;
use apoa_core::report::state::Standing;
use apoa_server::{Running, office_reports};
use apoa_tests::files::{look, units};
use apoa_tests::phone::{open, send_now, server, signed_in};
use apoa_tests::random::{Moments, number};
use tempfile::TempDir;

fn start(folder: &Path, server: &Running, run: u64) -> Child {
    Command::new(env!("CARGO_BIN_EXE_crashing"))
        .args([folder.as_os_str(), server.url().as_ref(), server.trust_file().as_os_str()])
        .arg(run.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// When a process dies.
enum Death {
    /// So long after it began: while it makes its files and signs in.
    Early(Duration),
    /// So long after it said so many times that something is safe: a slow machine only makes the test longer.
    Later(u64, Duration),
}

impl Death {
    fn of_run(run: u64, moments: &mut Moments) -> Self {
        // Every third run finds an empty folder; half of those die before they can have said anything.
        if run.is_multiple_of(6) {
            Self::Early(Duration::from_micros(moments.up_to(250_000)))
        } else {
            Self::Later(moments.up_to(7), Duration::from_micros(moments.up_to(40_000)))
        }
    }
}

/// Long for a machine under load; a process that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Kills the process at its time and returns what it had acknowledged. A last line without its end was not said.
fn kill(mut child: Child, death: &Death) -> BTreeSet<ReportId> {
    let stdout = child.stdout.take().unwrap();
    let (told, lines) = channel::<ReportId>();
    let reader = thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
            if let Some(whole) = line.strip_suffix('\n') {
                told.send(whole.parse().unwrap()).unwrap();
            }
            line.clear();
        }
    });
    let mut said = BTreeSet::new();
    match death {
        Death::Early(after) => thread::sleep(*after),
        Death::Later(count, after) => {
            said.extend((0..*count).map_while(|_| lines.recv_timeout(PATIENCE).ok()));
            thread::sleep(*after);
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    said.extend(lines.try_iter());
    said
}

/// What has to hold after any kill: sound files, an op for every report that waits, a report for every op.
fn check_files(folder: &Path, saved: &BTreeSet<ReportId>) {
    let mut there = BTreeSet::new();
    for file in units(folder) {
        let database = look(&file);
        let ask = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let without_op = "SELECT count(*) FROM report r WHERE (work IN (2, 3)) <> EXISTS(SELECT 1 FROM outbox o \
                          WHERE o.report_id = r.id AND o.revision = r.local_rev)";
        assert_eq!(ask(without_op), 0, "reports that wait and ops do not belong together");
        let unproved =
            "SELECT count(*) FROM report WHERE standing > 0 AND id NOT IN (SELECT report_id FROM receipt)";
        assert_eq!(ask(unproved), 0, "a standing without a receipt");
        let mut ids = database.prepare("SELECT id FROM report").unwrap();
        there.extend(
            ids.query_map([], |row| row.get::<_, [u8; 16]>(0))
                .unwrap()
                .map(|id| ReportId::from_bytes(id.unwrap())),
        );
    }
    let lost: Vec<_> = saved.difference(&there).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
}

/// The folder's last run: everything saved reaches the server, once.
fn deliver(folder: &TempDir, saved: &BTreeSet<ReportId>, server: &Running) {
    let client = signed_in(folder.path(), server);
    let summary = send_now(&client, 60);
    assert_eq!((summary.left, summary.stopped_by), (0, None));
    let held = office_reports(server.db()).unwrap();
    for report in saved {
        let detail = client.report(*report).unwrap().expect("saved");
        assert_eq!((detail.row.standing, detail.receipts.len()), (Standing::Received, 1), "{report}");
        let at_server: Vec<_> = held.iter().filter(|held| held.report_id == report.to_string()).collect();
        assert_eq!((at_server.len(), at_server[0].ops.len()), (1, 1), "{report} at the server");
    }
}

#[test]
fn nothing_that_was_saved_is_lost_or_doubled_whenever_the_process_dies() {
    let (kills, seed) = (number("APOA_KILLS", 20), number("APOA_SEED", 1));
    println!("seed {seed}: {kills} kills");
    let mut moments = Moments(seed);
    let server = server(&[]);
    let (mut folder, mut saved, mut all) = (tempfile::tempdir().unwrap(), BTreeSet::new(), 0);
    for run in 0..kills {
        if run % 3 == 0 && run > 0 {
            deliver(&folder, &saved, &server);
            (folder, saved) = (tempfile::tempdir().unwrap(), BTreeSet::new());
        }
        let death = Death::of_run(run, &mut moments);
        let said = kill(start(folder.path(), &server, run), &death);
        all += said.len();
        saved.extend(said);
        check_files(folder.path(), &saved);
        let reopened = open(folder.path());
        assert!(reopened.is_ok(), "after kill {run}: {:?}", reopened.err());
    }
    deliver(&folder, &saved, &server);
    println!("{kills} kills, {all} acknowledged reports: 0 lost, 0 doubled, 0 orphaned, 0 corrupt");
    assert!(all > 0, "no report was acknowledged: the test killed too early to see anything");
}
