//! Power cuts: what a process wrote and synced is recorded as the system saw it, and disks are made that a cut at any
//! moment could have left, unsynced writes missing, torn and out of order. Whatever was said to be safe before the cut
//! is there after it.
//!
//! `APOA_IMAGES` says how many disks (default 200), `APOA_SEED` which. Where no process may be traced it says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::Command;
use std::thread;

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::state::Standing;
use apoa_tests::canary;
use apoa_tests::files::in_memory;
use apoa_tests::invariants::check_files;
use apoa_tests::phone::{VAULT, guest, open, server};
use apoa_tests::random::{Moments, number};
use apoa_tests::trace::{Act, Disk, is_possible, record};

fn report(word: Option<&str>) -> ReportId {
    word.and_then(|id| id.parse().ok()).expect("an id")
}

/// Everything said before the cut holds on this disk.
fn check(data: &Path, said: &[String], image: u64) {
    let client = open(data).unwrap_or_else(|error| panic!("image {image}: {error}"));
    let mut waits = 0;
    for line in said {
        let mut words = line.splitn(3, ' ');
        match words.next() {
            Some("saved") => {
                let id = report(words.next());
                let detail = client.report(id).unwrap();
                let detail = detail.unwrap_or_else(|| panic!("image {image}: {id} is lost"));
                assert!(
                    detail.row.readable && !detail.facts.is_empty(),
                    "image {image}: {id} is not readable"
                );
                waits += usize::from(detail.row.standing == Standing::None);
            }
            Some("room") => {
                let id = report(words.next());
                let facts = client.report(id).unwrap().unwrap().facts;
                let room = facts.get(&Field::Room).map(|room| room.reveal().as_str());
                assert_eq!(room, words.next(), "image {image}: the correction of {id} is lost");
            }
            Some("received") => {
                let detail = client.report(report(words.next())).unwrap().unwrap();
                assert_eq!(
                    (detail.row.standing, detail.receipts.len()),
                    (Standing::Received, 1),
                    "image {image}"
                );
            }
            _ => {}
        }
    }
    assert!(client.queue().unwrap().len() >= waits, "image {image}: something waits without an op");
    assert!(client.rescued().is_none(), "image {image}: the file was damaged");
    if client.account().unwrap().is_some() {
        client.finalise(guest(&client, "X00000009"), None, None).unwrap();
    } else {
        assert!(said.is_empty(), "image {image}: the sign-in is lost");
    }
    drop(client);
    check_files(data);
}

#[test]
fn i01_nothing_that_was_said_to_be_safe_is_lost_whenever_the_power_goes() {
    if !is_possible() {
        eprintln!("SKIPPED: no process can be traced here (strace is missing or not allowed)");
        return;
    }
    let (images, seed) = (number("APOA_IMAGES", 200), number("APOA_SEED", 1));
    let (server, scratch) = (server(&[]), in_memory());
    let data = scratch.path().join("data");
    let mut command = Command::new(env!("CARGO_BIN_EXE_writing"));
    command.arg(&data).arg(server.url()).arg(server.trust_file());
    let acts = record(&command, &data, &scratch.path().join("log"));
    let syncs = acts.iter().filter(|act| matches!(act, Act::Sync(_))).count();
    let writes = acts.iter().filter(|act| matches!(act, Act::Write(..))).count();
    assert!(syncs > 50 && writes > 200, "the log is not whole: {syncs} syncs, {writes} writes");

    // Whatever it ever wrote to its files, journals and temporary ones too, in the order in which it did.
    let mut written = 0;
    for act in &acts {
        if let Act::Write(path, _, bytes) = act
            && !path.starts_with(data.join(VAULT))
        {
            canary::search(bytes, &path.display().to_string());
            written += bytes.len();
        }
    }
    assert!(written > 100_000, "only {written} bytes were written");

    // A disk that never syncs loses something: otherwise these disks would show nothing.
    let mut forgetful = Disk::default();
    for act in acts.iter().filter(|act| !matches!(act, Act::Sync(_))) {
        forgetful.apply(act);
    }
    let all: Vec<String> = acts
        .iter()
        .filter_map(|act| if let Act::Say(line) = act { Some(line.clone()) } else { None })
        .collect();
    let lost = (0..20).filter(|seed| {
        let after = scratch.path().join(format!("forgetful-{seed}"));
        forgetful.image(&data, &after, &mut Moments(*seed));
        std::panic::catch_unwind(|| check(&after, &all, 0)).is_err()
    });
    assert!(lost.count() > 10, "disks that never synced lost nothing");

    let mut moments = Moments(seed);
    let mut cuts: Vec<usize> = (0..images).map(|_| moments.up_to(acts.len() as u64 + 1) as usize).collect();
    cuts.sort_unstable();
    let cuts: Vec<(u64, usize)> = (0..).zip(cuts).collect();
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for (lane, cuts) in cuts.chunks(cuts.len().div_ceil(lanes).max(1)).enumerate() {
            let (acts, data, after) = (&acts, &data, scratch.path().join(format!("image-{lane}")));
            scope.spawn(move || play(acts, cuts, seed, data, &after));
        }
    });
    println!("seed {seed}: {images} disks after {writes} writes and {syncs} syncs: 0 corrupt, 0 lost");
}

/// Makes the disk of each of these cuts, which are in order, and looks at it. What a disk holds is the business of its
/// own number alone, so that it comes again with any other count of lanes.
fn play(acts: &[Act], cuts: &[(u64, usize)], seed: u64, data: &Path, after: &Path) {
    let (mut disk, mut done, mut said) = (Disk::default(), 0, Vec::new());
    for (image, cut) in cuts {
        while done < *cut {
            if let Act::Say(line) = &acts[done] {
                said.push(line.clone());
            }
            disk.apply(&acts[done]);
            done += 1;
        }
        disk.image(data, after, &mut Moments(seed ^ image.rotate_left(32)));
        check(after, &said, *image);
        std::fs::remove_dir_all(after).unwrap();
    }
}
