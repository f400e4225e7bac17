//! A server that dies between its commit and its answer, over real sockets, and in every second case the phone with it:
//! after both are back each report stands there once, with the receipt it had before anybody knew of it.
//!
//! `APOA_DEATHS` says how many (default 5), `APOA_SEED` how. Server and dying phones are processes of their own, killed
//! by their ids.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use apoa_core::ApoaClient;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::Standing;
use apoa_server::office_reports;
use apoa_tests::files::{copy, in_memory, look};
use apoa_tests::invariants::check_kept;
use apoa_tests::phone::{config, guest, ports, send_now, server_on, signed_in, sync_now};
use apoa_tests::random::{Moments, number};
use apoa_tests::serving::Serving;
use apoa_tests::starting::{start, undisturbed};
use tempfile::TempDir;

/// Reports of the phones that are copied; every second one has an extension behind it, so that one answer holds several
/// receipts and one report needs two requests.
const REPORTS: [u32; 3] = [1, 3, 8];

/// A run of a phone that lives: short, so that it ends with the server and does not wait for it.
const SHORT: u64 = 4;

/// An office and a phone with reports that wait, to be copied.
struct World {
    folder: TempDir,
    reports: BTreeSet<ReportId>,
    ops: usize,
}

impl World {
    fn of(reports: u32) -> Self {
        let folder = in_memory();
        let server = server_on(Some(office(folder.path())), &[]);
        let client = signed_in(&phone(folder.path()), &server);
        let (mut ids, mut ops) = (BTreeSet::new(), 0);
        for number in 0..reports {
            let report =
                client.finalise(guest(&client, &format!("D{number:08}")), None, None).unwrap().report;
            ids.insert(report);
            ops += 1;
            if number % 2 == 1 {
                let later = client.today().checked_add(jiff::Span::new().days(9)).unwrap().to_string();
                let mut extend = FollowUp::new(OpKind::Extend).unwrap();
                extend.set(Field::CheckOutPlanned, &later);
                client.follow_up(report, &extend).unwrap();
                ops += 1;
            }
        }
        drop(client);
        server.stop();
        Self { folder, reports: ids, ops }
    }
}

fn office(world: &Path) -> PathBuf {
    world.join("office.db")
}

fn phone(world: &Path) -> PathBuf {
    world.join("phone")
}

fn serving(world: &Path, faults: &[&str]) -> Serving {
    Serving::start(env!("CARGO_BIN_EXE_serve"), office(world), faults)
}

/// What the office holds: every op with its receipt.
fn receipts(world: &Path) -> BTreeMap<String, String> {
    let office = look(&office(world));
    let mut ops = office.prepare("SELECT id, receipt FROM op").unwrap();
    ops.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

/// What a death was.
struct Death {
    /// The answer surely never left: the server hangs behind its commit.
    hangs: bool,
    /// The phone is killed too, and before the server.
    phone: Option<bool>,
    /// After the commit was told.
    after: Duration,
}

impl Death {
    fn of(number: u64, seed: u64) -> Self {
        let mut moments = Moments(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        Self {
            hangs: moments.up_to(2) == 0,
            phone: number.is_multiple_of(2).then(|| moments.up_to(2) == 0),
            after: Duration::from_micros(moments.up_to(1_000)),
        }
    }

    /// Both meet, and one or both die.
    fn strike(&self, world: &Path) {
        let faults: &[&str] = if self.hangs { &["hang_after_commit@/ops"] } else { &[] };
        let mut server = serving(world, faults);
        let (data, url, trust) = (phone(world), server.url().to_owned(), server.trust());
        if let Some(first) = self.phone {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sending"));
            command.args([data.as_os_str(), url.as_ref(), trust.as_os_str()]).stdout(Stdio::null());
            let mut sending = start(&mut command);
            server.committed();
            thread::sleep(self.after);
            if first {
                sending.kill().unwrap();
                server.stop();
            } else {
                server.stop();
                sending.kill().unwrap();
            }
            sending.wait().unwrap();
            return;
        }
        let client = undisturbed(|| ApoaClient::open(config(&data, Some(&url), Some(&trust)), ports(&data)));
        let client = client.unwrap();
        thread::scope(|scope| {
            let run = scope.spawn(|| sync_now(&client, SHORT).unwrap());
            server.committed();
            thread::sleep(self.after);
            server.stop();
            let summary = run.join().unwrap();
            assert!(!self.hangs || summary.received == 0, "an answer that never left was received");
        });
    }
}

/// One death, and what follows. Whether the phone had heard of nothing.
fn death(number: u64, seed: u64, worlds: &[World]) -> bool {
    let template = &worlds[(number / 2) as usize % worlds.len()];
    let world = in_memory();
    copy(template.folder.path(), world.path());
    let (world, death) = (world.path(), Death::of(number, seed));
    death.strike(world);
    let first = receipts(world);
    assert!(!first.is_empty(), "death {number}: what was told as committed is not there");
    check_kept(&phone(world), &template.reports);

    let mut server = serving(world, &[]);
    let (data, trust) = (phone(world), server.trust());
    let config = config(&data, Some(server.url()), Some(&trust));
    let client = undisturbed(|| ApoaClient::open(config, ports(&data))).unwrap();
    let waited = client.queue().unwrap().len();
    let summary = send_now(&client, 30);
    assert_eq!((summary.left, summary.stopped_by), (0, None), "death {number}");
    let mut told = BTreeSet::new();
    for report in &template.reports {
        let detail = client.report(*report).unwrap().expect("saved");
        assert_eq!(detail.row.standing, Standing::Received, "death {number}: {report}");
        told.extend(detail.receipts);
    }
    let last = receipts(world);
    assert_eq!(last.len(), template.ops, "death {number}: an op is missing or has two effects");
    for (op, receipt) in &first {
        assert_eq!(last.get(op), Some(receipt), "death {number}: the office has another receipt of {op}");
        assert!(told.contains(receipt), "death {number}: the phone has another receipt of {op}");
    }
    assert_eq!(told.len(), template.ops, "death {number}");
    let held = office_reports(&office(world)).unwrap();
    assert_eq!(held.len(), template.reports.len(), "death {number}: a report was doubled");
    let again = held.iter().flat_map(|held| &held.ops).filter(|op| op.times_seen > 1).count();
    drop(client);
    server.stop();
    assert!(!death.hangs || again > 0, "death {number}: nothing came again");
    waited == template.reports.len() && again > 0
}

#[test]
fn i04_a_server_that_dies_between_commit_and_answer_has_no_effect_twice_and_one_receipt() {
    let (deaths, seed) = (number("APOA_DEATHS", 5), number("APOA_SEED", 1));
    println!("seed {seed}: {deaths} deaths");
    let worlds = REPORTS.map(World::of);
    let (next, between, begun) = (AtomicU64::new(0), AtomicU64::new(0), Instant::now());
    let lane = || {
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= deaths {
                return;
            }
            between.fetch_add(u64::from(death(number, seed, &worlds)), Ordering::SeqCst);
        }
    };
    // One more lane than processors, since a lane waits for its processes half of the time.
    let lanes = thread::available_parallelism().map_or(2, NonZero::get) + 1;
    thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(lane);
        }
    });
    let between = between.into_inner();
    println!(
        "{deaths} deaths in {:.0} s, {between} of them before the phone heard of anything: 0 effects twice, 0 other receipts",
        begun.elapsed().as_secs_f64()
    );
    assert!(between * 3 >= deaths, "hardly a server died between commit and answer");
}
