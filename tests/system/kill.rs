//! Real processes that die, at random moments and at named places (`failpoint.rs` of the core), a third of them in a
//! folder that does not exist yet: what the core said was saved is there, once, and reaches the server, once.
//!
//! `APOA_KILLS` says how many (default 20), `APOA_SEED` which moments. The folders lie in memory: a kill does not touch
//! what the system holds of a file, and where power goes `powerloss` looks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use apoa_core::ApoaClient;
use apoa_core::ids::ReportId;
use apoa_core::report::state::Standing;
use apoa_server::{Running, office_reports};
use apoa_tests::files::{copy, in_memory};
use apoa_tests::invariants::check_kept;
use apoa_tests::phone::{PASSWORD, config, credentials, open, ports, send_now, server_on};
use apoa_tests::random::{Moments, number};
use apoa_tests::starting::{start, undisturbed};
use tempfile::TempDir;

/// Kills of one folder: the first finds it empty, the others find what the first left.
const KILLS_A_FOLDER: u64 = 3;

/// Guests of a process that may end by itself: enough for its keys to be rotated and three runs.
const GUESTS: u32 = 10;

/// A phone and an office of its own, so that no phone pulls what thousands of others reported.
struct World(TempDir);

impl World {
    /// Over the database of an office that knows its member and nothing else: making one hashes a password.
    fn of(office: &Path) -> (Self, Running) {
        let world = Self(in_memory());
        copy(office, world.0.path());
        let server = server_on(Some(world.0.path().join("office.db")), &[]);
        (world, server)
    }

    fn phone(&self) -> PathBuf {
        self.0.path().join("phone")
    }

    fn command(&self, server: &Running, run: u64) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crashing"));
        command
            .arg(self.phone())
            .arg(server.url())
            .arg(server.trust_file())
            .arg(run.to_string())
            .env_remove("APOA_FAILPOINTS")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }
}

/// What processes that nobody killed did: how long the first report took, which places they passed.
struct Known {
    first: Duration,
    /// In an empty folder, and in one that somebody signed in to.
    places: [Vec<String>; 2],
}

impl Known {
    fn measured(office: &Path) -> Self {
        let (world, server) = World::of(office);
        let mut first = Duration::MAX;
        let places = [0, 1].map(|run| {
            let begun = Instant::now();
            let mut child = world.command(&server, run).arg(GUESTS.to_string()).spawn().unwrap();
            let mut passed = Vec::new();
            for line in BufReader::new(child.stdout.take().unwrap()).lines() {
                first = first.min(begun.elapsed()).max(Duration::from_millis(1));
                passed.extend(line.unwrap().strip_prefix("passed ").map(str::to_owned));
            }
            assert!(child.wait().unwrap().success() && passed.len() > 30, "{passed:?}");
            passed
        });
        Self { first, places }
    }
}

/// When a process dies.
enum Death {
    /// So long after it began: while it makes its files and signs in.
    Early(Duration),
    /// So long after it said so many times that something is safe: a slow machine only makes the test longer.
    Later(u64, Duration),
    /// At this place, on this pass. It may not come by there, then it is killed once it did all it does.
    At(String, u64),
}

impl Death {
    fn of_run(run: u64, known: &Known, moments: &mut Moments) -> Self {
        let empty = run.is_multiple_of(KILLS_A_FOLDER);
        if run % 4 == 3 {
            let places = &known.places[usize::from(!empty)];
            let place = places[moments.up_to(places.len() as u64) as usize].clone();
            // Mostly the first pass: not every place has a second one.
            Self::At(place, 1 + moments.up_to(3) / 2)
        } else if empty && run.is_multiple_of(2) {
            // Before it can have said anything.
            Self::Early(known.first.mul_f64(moments.up_to(1000) as f64 / 1000.0))
        } else {
            Self::Later(moments.up_to(7), Duration::from_micros(moments.up_to(20_000)))
        }
    }
}

/// Long for a machine under load; a process that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Kills the process at its time and returns what it had acknowledged, and whether it died by itself. A last line
/// without its end was not said.
fn kill(mut command: Command, death: &Death) -> (BTreeSet<ReportId>, bool) {
    if let Death::At(place, pass) = death {
        command.env("APOA_FAILPOINTS", format!("{place}=abort@{pass}"));
    }
    let mut child = start(&mut command);
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
    let mut wait = |count: u64| said.extend((0..count).map_while(|_| lines.recv_timeout(PATIENCE).ok()));
    match death {
        Death::Early(after) => thread::sleep(*after),
        Death::Later(count, after) => {
            wait(*count);
            thread::sleep(*after);
        }
        Death::At(..) => wait(u64::from(GUESTS)),
    }
    let itself = matches!(death, Death::At(..)) && said.len() < GUESTS as usize;
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    said.extend(lines.try_iter());
    (said, itself)
}

/// The folder's last run: everything saved reaches the server, once.
fn deliver(phone: &Path, saved: &BTreeSet<ReportId>, server: &Running) {
    let config = config(phone, Some(server.url()), Some(server.trust_file()));
    let client = ApoaClient::open(config, ports(phone)).unwrap();
    if client.account().unwrap().is_none() {
        assert!(saved.is_empty(), "the sign-in is lost");
        undisturbed(|| client.sign_in(&credentials(PASSWORD))).unwrap();
    }
    let summary = send_now(&client, 60);
    assert_eq!((summary.left, summary.stopped_by), (0, None));
    let held = office_reports(server.db()).unwrap();
    for report in saved {
        let detail = client.report(*report).unwrap().expect("saved");
        assert_eq!((detail.row.standing, detail.receipts.len()), (Standing::Received, 1), "{report}");
        let at_server: Vec<_> = held.iter().filter(|held| held.report_id == report.to_string()).collect();
        assert_eq!((at_server.len(), at_server[0].ops.len()), (1, 1), "{report} at the server");
    }
    let mut different: Vec<_> = held.iter().flat_map(|held| &held.ops).map(|op| &op.op_id).collect();
    let all = different.len();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), all, "an op had two effects");
}

/// What the kills of some folders came to.
#[derive(Default)]
struct Sum {
    acknowledged: usize,
    at_places: u64,
}

/// The kills of one folder, and what follows them. The moments follow from seed and folder alone.
fn folder(number: u64, kills: u64, seed: u64, office: &Path, known: &Known, sum: &mut Sum) {
    let mut moments = Moments(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
    let (world, server) = World::of(office);
    let mut saved = BTreeSet::new();
    for run in (number * KILLS_A_FOLDER..kills).take(KILLS_A_FOLDER as usize) {
        let death = Death::of_run(run, known, &mut moments);
        let (said, itself) = kill(world.command(&server, run), &death);
        sum.acknowledged += said.len();
        sum.at_places += u64::from(itself);
        saved.extend(said);
        check_kept(&world.phone(), &saved);
        let reopened = undisturbed(|| open(&world.phone()).map(drop));
        assert!(reopened.is_ok(), "after kill {run}: {:?}", reopened.err());
    }
    deliver(&world.phone(), &saved, &server);
}

#[test]
fn nothing_that_was_saved_is_lost_or_doubled_whenever_the_process_dies() {
    let (kills, seed) = (number("APOA_KILLS", 20), number("APOA_SEED", 1));
    println!("seed {seed}: {kills} kills");
    let office = in_memory();
    server_on(Some(office.path().join("office.db")), &[]).stop();
    let known = Known::measured(office.path());
    let (next, begun) = (AtomicU64::new(0), Instant::now());
    let lane = || {
        let mut sum = Sum::default();
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number * KILLS_A_FOLDER >= kills {
                return sum;
            }
            folder(number, kills, seed, office.path(), &known, &mut sum);
        }
    };
    // One more lane than processors, since a lane waits for its process half of the time.
    let lanes = thread::available_parallelism().map_or(2, NonZero::get) + 1;
    let sums: Vec<Sum> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().map(|lane| lane.join().expect("every folder holds")).collect()
    });
    let all: usize = sums.iter().map(|sum| sum.acknowledged).sum();
    let at_places: u64 = sums.iter().map(|sum| sum.at_places).sum();
    println!(
        "{kills} kills in {:.0} s, {at_places} of {} at named places, {all} acknowledged reports: 0 lost, 0 doubled, \
         0 orphaned, 0 corrupt",
        begun.elapsed().as_secs_f64(),
        kills / 4,
    );
    assert!(all > 0, "no report was acknowledged: the test killed too early to see anything");
    assert!(at_places * 2 >= kills / 4, "hardly a process came by its place");
}
