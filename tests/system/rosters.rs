//! A list of workers that is being filed while the process dies: at exact places and at random moments. What was said to
//! be safe is there, only whole chunks are, and the same list again adds the rest, each row once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use apoa_core::Page;
use apoa_core::report::state::Standing;
use apoa_server::{Running, office_reports};
use apoa_tests::files::{copy, in_memory};
use apoa_tests::invariants::check_files;
use apoa_tests::phone::{config, open, ports, send_now, server_on, signed_in};
use apoa_tests::random::{Moments, number};
use apoa_tests::starting::{start, undisturbed};
use tempfile::TempDir;

/// Three chunks, the last of them not full.
const WORKERS: usize = 210;

/// Rows of a chunk.
const CHUNK: usize = 100;

/// What a process that aborts dies of.
const SIGABRT: i32 = 6;

/// A phone and its office.
struct World(TempDir);

impl World {
    fn signed_in() -> Self {
        let world = Self(in_memory());
        let server = world.server();
        signed_in(&world.phone(), &server).suspend().unwrap();
        server.stop();
        world
    }

    fn copied(&self) -> Self {
        let world = in_memory();
        copy(self.0.path(), world.path());
        Self(world)
    }

    fn phone(&self) -> PathBuf {
        self.0.path().join("phone")
    }

    fn server(&self) -> Running {
        server_on(Some(self.0.path().join("office.db")), &[])
    }

    fn import(&self, failpoints: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_importing"));
        command.arg(self.phone()).arg(WORKERS.to_string()).env("APOA_FAILPOINTS", failpoints);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

/// How many rows a process said were safe; a last line without its end was not said.
fn said(output: &[u8]) -> usize {
    let text = String::from_utf8_lossy(output);
    text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')?.parse().ok()).max().unwrap_or(0)
}

/// The reports of a folder that holds nothing else: each of another worker.
fn kept(phone: &Path) -> usize {
    let there = check_files(phone);
    let client = undisturbed(|| open(phone)).unwrap();
    let all = Page { work: None, standing: None, limit: 10_000, after: None };
    let rows = client.reports(all).unwrap();
    let documents: BTreeSet<String> =
        rows.iter().map(|row| row.summary.passport_number.as_ref().unwrap().reveal().clone()).collect();
    assert_eq!((documents.len(), rows.len()), (there.len(), there.len()), "a worker was filed twice");
    undisturbed(|| client.suspend()).unwrap();
    rows.len()
}

/// The same list again, undisturbed.
fn again(world: &World) {
    let output = start(&mut world.import("")).wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(kept(&world.phone()), WORKERS, "every row, once");
}

#[test]
fn i01_rows_of_a_list_that_were_said_to_be_safe_survive_and_the_same_list_adds_the_rest() {
    let base = World::signed_in();
    for (place, whole) in [
        ("commit.titles.after=abort", 0),
        ("commit.file_all.before=abort@1", 0),
        ("commit.file_all.after=abort@1", 1),
        ("commit.file_all.before=abort@2", 1),
        ("commit.file_all.after=abort@2", 2),
        ("commit.file_all.after=abort@3", 3),
    ] {
        let world = base.copied();
        let output = start(&mut world.import(place)).wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(SIGABRT), "{place}");
        let there = kept(&world.phone());
        assert_eq!(there, WORKERS.min(whole * CHUNK), "{place}");
        assert!(said(&output.stdout) <= there, "{place}: said more than was there");
        again(&world);
    }
}

#[test]
fn a_list_whose_import_was_killed_at_any_moment_is_filed_and_sent_once() {
    let seed = number("APOA_SEED", 1);
    println!("seed {seed}");
    let mut moments = Moments(seed);
    let world = World::signed_in();
    for _ in 0..4 {
        let mut child = start(&mut world.import(""));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // At its end it may have filed everything that was left.
        let said: usize = lines.next().map_or(0, |line| line.unwrap().parse().unwrap());
        thread::sleep(Duration::from_micros(moments.up_to(40_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(kept(&world.phone()) >= said.min(WORKERS));
    }
    again(&world);
    let server = world.server();
    let config = config(&world.phone(), Some(server.url()), Some(server.trust_file()));
    let client = apoa_core::ApoaClient::open(config, ports(&world.phone())).unwrap();
    let summary = send_now(&client, 60);
    assert_eq!((summary.left, summary.stopped_by), (0, None));
    let received = client.counts().unwrap();
    let held = office_reports(server.db()).unwrap();
    assert_eq!(held.len(), WORKERS, "{received:?}");
    assert!(held.iter().all(|report| report.ops.len() == 1), "an op had two effects");
    let page = Page { work: None, standing: Some(Standing::Received), limit: 10_000, after: None };
    assert_eq!(client.reports(page).unwrap().len(), WORKERS);
}
