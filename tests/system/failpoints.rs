//! Every failpoint of the core, passed by a real process with a real store and a real server: the process dies there, a
//! step fails there, or it is slow. Afterwards an ordinary phone opens the folder: the files are sound, everything that
//! was said to be safe is there, it is delivered once, and the server did each thing once.
//!
//! By default every place with `abort`, and a third of them with the two other actions; `APOA_SEED` says which third,
//! else the day does. `APOA_FAILPOINTS_ALL=1` takes the whole matrix.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZero;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use apoa_core::failpoint::{ALL, places};
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, SyncError};
use apoa_server::{Exchange, Options, Running, office_reports};
use apoa_tests::chapter::{Chapter, LAST_GUEST, file, open_after, passport};
use apoa_tests::files::{copy, in_memory, look, units};
use apoa_tests::folder::Folder;
use apoa_tests::invariants::check_kept;
use apoa_tests::phone::{PASSWORD, all, credentials, options, overhear, signed_in, sync_now};
use apoa_tests::random::number;
use apoa_tests::starting::{start, undisturbed};
use tempfile::TempDir;

const ACTIONS: [&str; 3] = ["abort", "error", "delay"];

/// What a process that aborts dies of.
const SIGABRT: i32 = 6;

/// A phone and its office, in one folder that is copied for each case.
struct World(TempDir);

impl World {
    fn phone(&self) -> PathBuf {
        self.0.path().join("phone")
    }

    /// With what it does wrong in a chapter; in that of the photo it loses the first one after it took it.
    fn server(&self, chapter: Option<Chapter>) -> Running {
        let office = self.0.path().join("office.db");
        let (db, lost) = (office.clone(), AtomicBool::new(chapter != Some(Chapter::Photo)));
        let tap = move |exchange: &Exchange| {
            overhear(exchange);
            if exchange.method == "PUT" && !lost.swap(true, Ordering::SeqCst) {
                look(&office).execute("DELETE FROM attachment", []).unwrap();
            }
        };
        let (attachments, faults) =
            (vec!["passport_page".to_owned()], chapter.map_or(&[][..], Chapter::faults));
        let options = Options { attachments, tap: Some(Arc::new(tap)), ..options(Some(db), faults) };
        apoa_server::start(options, |_| {}).unwrap()
    }

    fn copied(&self) -> Self {
        let world = in_memory();
        copy(self.0.path(), world.path());
        Self(world)
    }

    /// Somebody signed in, nothing else.
    fn signed_in() -> Self {
        let world = Self(in_memory());
        let server = world.server(None);
        signed_in(&world.phone(), &server).suspend().unwrap();
        server.stop();
        world
    }
}

/// Where a chapter begins.
struct Beginning {
    chapter: Chapter,
    world: World,
    saved: Vec<ReportId>,
}

impl Beginning {
    fn of(chapter: Chapter, base: &World) -> Self {
        let world = base.copied();
        let server = world.server(None);
        let elsewhere = Folder::new();
        let saved = chapter.prepare(&world.phone(), &server, elsewhere.path());
        server.stop();
        Self { chapter, world, saved }
    }

    /// Plays the chapter with what happens at a place, checks what is left, and returns what the process said.
    fn play(&self, armed: &[(&str, &str)]) -> Said {
        let world = self.world.copied();
        let server = world.server(Some(self.chapter));
        let mut child = Command::new(env!("CARGO_BIN_EXE_failing"));
        child
            .arg(format!("{:?}", self.chapter))
            .arg(world.phone())
            .arg(server.url())
            .arg(server.trust_file());
        let points: Vec<_> = armed.iter().map(|(place, action)| format!("{place}={action}")).collect();
        child.env("APOA_FAILPOINTS", points.join(","));
        child.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = start(&mut child).wait_with_output().unwrap();
        let mut said = Said::of(&output);
        let told = String::from_utf8_lossy(&output.stderr);
        if armed.iter().any(|(_, action)| *action == "abort") {
            assert_eq!(output.status.signal(), Some(SIGABRT), "it did not die there: {told}");
        } else {
            assert_eq!((output.status.success(), said.fired), (true, armed.len()), "{told}");
        }
        said.saved.extend(&self.saved);
        // A file that was damaged before may not be rescued yet.
        if !self.chapter.is_damaged() {
            check_kept(&world.phone(), &said.saved);
        }
        deliver(self.chapter, &world.phone(), &server, &said);
        check_kept(&world.phone(), &said.saved);
        assert_eq!(units(&world.phone()).len(), 1, "units");
        said
    }
}

/// What a process said before it ended.
#[derive(Default)]
struct Said {
    saved: BTreeSet<ReportId>,
    corrected: BTreeSet<ReportId>,
    passed: BTreeSet<String>,
    fired: usize,
}

impl Said {
    fn of(output: &Output) -> Self {
        let mut said = Self::default();
        // A last line without its end was not said.
        for line in String::from_utf8_lossy(&output.stdout).split_inclusive('\n') {
            let Some((what, about)) = line.strip_suffix('\n').and_then(|line| line.split_once(' ')) else {
                continue;
            };
            match what {
                "saved" => drop(said.saved.insert(about.parse().unwrap())),
                "room" => drop(said.corrected.insert(about.parse().unwrap())),
                "passed" => drop(said.passed.insert(about.to_owned())),
                "fired" => said.fired = about.parse().unwrap(),
                other => panic!("{other}"),
            }
        }
        said
    }
}

/// Runs of a patient person; each of them ends for one reason at most.
const RUNS: u32 = 4;

fn send_all(client: &ApoaClient) {
    for _ in 0..RUNS {
        match sync_now(client, 60) {
            Err(SyncError::NotSetUp { .. }) => {
                drop(undisturbed(|| client.sign_in(&credentials(PASSWORD))).unwrap());
            }
            other => drop(other.unwrap()),
        }
        let queue = client.queue().unwrap();
        for held in queue.iter().filter(|row| row.work == Work::Wedged) {
            client.supersede(held.report).unwrap();
        }
        if queue.is_empty() {
            return;
        }
    }
    panic!("still waiting: {:?}", client.queue().unwrap());
}

/// An ordinary phone: everything that was said to be safe is there and reaches the server, once.
fn deliver(chapter: Chapter, data: &Path, server: &Running, said: &Said) {
    let client = undisturbed(|| open_after(chapter, data, server)).unwrap();
    if client.account().unwrap().is_none() {
        undisturbed(|| client.sign_in(&credentials(PASSWORD))).unwrap();
    }
    for report in &said.saved {
        let detail = client.report(*report).unwrap().expect("saved");
        assert!(detail.row.readable && !detail.facts.is_empty(), "{report} does not open");
        let room = detail.facts.get(&Field::Room).map(|room| room.reveal().as_str());
        assert!(!said.corrected.contains(report) || room == Some("12"), "the correction of {report} is lost");
    }
    // Whoever heard nothing types the guest again.
    file(&client, LAST_GUEST).unwrap();
    send_all(&client);
    assert_eq!(client.search(&passport(LAST_GUEST), 10, None).unwrap().len(), 1, "the last guest");
    let held = office_reports(server.db()).unwrap();
    let proved = client.reports(all()).unwrap().iter().filter(|row| row.standing != Standing::None).count();
    assert_eq!(held.len(), proved, "the office has others than the phone");
    for report in &said.saved {
        let detail = client.report(*report).unwrap().expect("saved");
        assert_eq!(detail.row.standing, Standing::Received, "{report}");
        let ops: Vec<_> = held
            .iter()
            .filter(|held| held.report_id == report.to_string())
            .flat_map(|held| &held.ops)
            .collect();
        assert_eq!(ops.iter().filter(|op| op.kind == "submit").count(), 1, "{report} at the server");
        let different: BTreeSet<_> = ops.iter().map(|op| &op.op_id).collect();
        assert_eq!(different.len(), ops.len(), "{report} at the server");
    }
}

/// Works through a list with more hands than processors, since much of it waits for a server. Says what it was at when
/// something breaks.
fn all_hands<T: Sync, R: Send>(
    work: &[T],
    say: impl Fn(&T) -> String + Sync,
    f: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let (next, hands) = (AtomicUsize::new(0), thread::available_parallelism().map_or(2, NonZero::get) + 1);
    let hand = || {
        let mut done = Vec::new();
        while let Some(at) = Some(next.fetch_add(1, Ordering::SeqCst)).filter(|at| *at < work.len()) {
            let at_work = AtWork(say(&work[at]));
            done.push((at, f(&work[at])));
            drop(at_work);
        }
        done
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let hands: Vec<_> = (0..hands).map(|_| scope.spawn(hand)).collect();
        hands.into_iter().flat_map(|hand| hand.join().expect("every case holds")).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

struct AtWork(String);

impl Drop for AtWork {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("broke at {}", self.0);
        }
    }
}

#[test]
fn a_process_that_dies_fails_or_is_slow_at_any_place_loses_and_doubles_nothing() {
    let day = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400;
    let (seed, whole) = (number("APOA_SEED", day), number("APOA_FAILPOINTS_ALL", 0) == 1);
    println!("seed {seed}");
    let base = World::signed_in();
    let name = |chapter: &Chapter| format!("{chapter:?}");
    let beginnings = all_hands(Chapter::ALL, name, |chapter| Beginning::of(*chapter, &base));
    let name = |beginning: &Beginning| name(&beginning.chapter);
    let passed = all_hands(&beginnings, name, |beginning| beginning.play(&[]).passed);

    // Each place in the first chapter that passes it.
    let mut at = BTreeMap::new();
    for (beginning, places) in beginnings.iter().zip(&passed) {
        for place in places {
            at.entry(place.as_str()).or_insert(beginning);
        }
    }
    let known: Vec<String> = places().collect();
    let never: Vec<_> = known.iter().filter(|place| !at.contains_key(place.as_str())).collect();
    assert!(never.is_empty(), "no chapter passes {never:?}");
    assert_eq!(at.len(), known.len(), "a place that is not listed");

    let matrix =
        ACTIONS.iter().flat_map(|action| at.iter().map(move |(place, from)| (*place, *action, *from)));
    let cases: Vec<_> = matrix
        .enumerate()
        .filter(|(number, (_, action, _))| {
            whole || *action == "abort" || (*number as u64 + seed).is_multiple_of(3)
        })
        .map(|(_, case)| case)
        .collect();
    let name =
        |(place, action, from): &(&str, &str, &Beginning)| format!("{place}={action} in {:?}", from.chapter);
    all_hands(&cases, name, |(place, action, from)| from.play(&[(*place, *action)]));
    println!("{} cases at {} places: 0 lost, 0 doubled, 0 orphaned, 0 corrupt", cases.len(), known.len());
}

/// What a rotation that failed twice had moved is still looked at by the process that goes on with it.
#[test]
fn a_rotation_that_failed_twice_hides_no_report_and_no_guest_who_is_there() {
    let beginning = Beginning::of(Chapter::Rotate, &World::signed_in());
    let failures = [("commit.filling_epoch.after", "error"), ("commit.current_epoch.before", "error")];
    let said = beginning.play(&failures);
    assert_eq!(said.saved.len(), beginning.saved.len() + 1, "a guest was saved a second time");
}

/// The names in the sources of the core, without its unit tests.
fn names_in(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names_in(&path, found);
        } else if path.file_name().is_some_and(|name| name != "failpoint.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let literals = code.split('"').skip(1).step_by(2);
            let groups = ["ask.", "commit.", "file.", "vault."];
            found.extend(
                literals.filter(|text| groups.iter().any(|group| text.starts_with(group))).map(str::to_owned),
            );
        }
    }
}

#[test]
fn the_list_of_names_is_what_the_core_uses_each_in_one_place() {
    assert!(ALL.len() >= 30 && ALL.is_sorted(), "{}", ALL.len());
    let mut found = Vec::new();
    names_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src"), &mut found);
    found.sort();
    assert_eq!(found, ALL);
}
