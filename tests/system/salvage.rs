//! Damaged files: one page at a time, the whole file, its journal, a rescue that was interrupted. Nothing is deleted,
//! what can be proved is there again, and what is not is counted.
//!
//! `APOA_PAGES` says how many pages of the file are damaged in turn, evenly spread (default 40, `all` for each).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};

use apoa_core::codes::Code;
use apoa_core::{ApoaClient, Check, StoreError};
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{copy, units};
use apoa_tests::folder::Folder;
use apoa_tests::invariants::check_rescued;
use apoa_tests::phone::{all, config, guest, ports_of, send_now, server, signed_in_with};
use apoa_tests::vault::MemoryVault;

const REPORTS: usize = 60;
const PAGE: usize = 4096;

struct Healthy {
    folder: Folder,
    vault: MemoryVault,
    _server: apoa_server::Running,
}

/// A folder with reports of which some were sent, everything in the file and nothing in the journal.
fn healthy() -> Healthy {
    let (server, folder, vault) = (server(&[]), Folder::in_memory(), MemoryVault::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
    for number in 0..REPORTS {
        client.finalise(guest(&client, &format!("D{number:08}")), None, None).unwrap();
        if number == 9 {
            assert_eq!(send_now(&client, 30).received, 10);
        }
    }
    client.suspend().unwrap();
    Healthy { folder, vault, _server: server }
}

impl Healthy {
    /// A copy, changed; and what opening it brings.
    fn damaged(&self, damage: impl FnOnce(&Path)) -> (Folder, Result<ApoaClient, StoreError>) {
        let folder = Folder::in_memory();
        copy(self.folder.path(), folder.path());
        damage(&units(folder.path()).remove(0));
        let opened = self.open(folder.path());
        (folder, opened)
    }

    fn open(&self, folder: &Path) -> Result<ApoaClient, StoreError> {
        ApoaClient::open(config(folder, None, None), ports_of(&self.vault, &JumpingClock::default()))
    }
}

fn readable(client: &ApoaClient) -> usize {
    client.reports(all()).unwrap().iter().filter(|row| row.readable).count()
}

fn quarantine(folder: &Path) -> Option<PathBuf> {
    let unit = units(folder).remove(0).parent().unwrap().parent().unwrap().to_owned();
    let found = unit.join("quarantine-1");
    found.exists().then_some(found)
}

#[test]
fn i21_each_damaged_page_costs_no_more_than_what_stood_on_it() {
    let healthy = healthy();
    let bytes = fs::read(units(healthy.folder.path()).remove(0)).unwrap();
    let pages = bytes.len() / PAGE;
    let wanted = std::env::var("APOA_PAGES").unwrap_or_else(|_| "40".to_owned());
    let step = if wanted == "all" { 1 } else { pages.div_ceil(wanted.parse().expect("a number")).max(1) };
    let (mut looked, mut rescued, mut worst) = (0, 0, 0);
    for page in (0..pages).step_by(step) {
        let (folder, opened) = healthy.damaged(|file| {
            let mut bytes = bytes.clone();
            for (place, byte) in bytes[page * PAGE..(page + 1) * PAGE].iter_mut().enumerate() {
                *byte = (place as u8).wrapping_mul(73).wrapping_add(page as u8);
            }
            fs::write(file, bytes).unwrap();
        });
        let client = opened.unwrap_or_else(|error| panic!("page {page}: {error}"));
        // Some pages show only when they are read; the opening after that rescues.
        let quiet = readable_or_damaged(&client) && client.doctor()[0].problem.is_none();
        drop(client);
        let client = if quiet {
            healthy.open(folder.path()).unwrap()
        } else {
            mark_suspect(folder.path());
            healthy.open(folder.path()).unwrap_or_else(|error| panic!("page {page} again: {error}"))
        };
        let lost = REPORTS - readable(&client);
        worst = worst.max(lost);
        looked += 1;
        rescued += usize::from(quarantine(folder.path()).is_some());
        assert!(lost <= 4, "page {page} of {pages} cost {lost} of {REPORTS} reports");
        for salvage in client.salvages() {
            assert_eq!(salvage.saved as usize, REPORTS - lost, "page {page}");
            assert_eq!(salvage.lost as usize, lost, "page {page}: the count of what is lost");
        }
        drop(client);
        check_rescued(folder.path());
    }
    println!(
        "{looked} of {pages} pages damaged: {rescued} rescues, at most {worst} of {REPORTS} reports lost"
    );
    assert!(rescued * 2 > looked, "hardly any damage was noticed");
}

fn readable_or_damaged(client: &ApoaClient) -> bool {
    client.reports(all()).is_ok_and(|rows| rows.iter().all(|row| row.readable))
}

/// What the store does itself once it meets a damaged page: `doctor` only reads.
fn mark_suspect(folder: &Path) {
    let file = units(folder).remove(0);
    fs::write(file.with_extension("suspect"), []).unwrap();
}

#[test]
fn i21_a_file_of_garbage_is_kept_and_the_unit_goes_on() {
    let healthy = healthy();
    for damage in [vec![7; 100_000], Vec::new(), b"SQLite format 3\0".to_vec()] {
        let (folder, opened) = healthy.damaged(|file| fs::write(file, &damage).unwrap());
        let client = opened.unwrap();
        assert_eq!(readable(&client), 0);
        let aside = quarantine(folder.path()).expect("moved aside");
        // SQLite gives an empty file its header before anybody knows that it should not be empty.
        let kept = fs::read(aside.join("unit.db")).unwrap();
        assert!(kept == damage || damage.is_empty(), "the damaged file was changed");
        client.finalise(guest(&client, "D00000001"), None, None).unwrap();
        assert_eq!(readable(&client), 1);
    }
}

#[test]
fn half_a_file_gives_what_its_half_holds_and_says_how_much_that_is() {
    let healthy = healthy();
    let (folder, opened) = healthy.damaged(|file| {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..bytes.len() / 2 / PAGE * PAGE]).unwrap();
    });
    let client = opened.unwrap();
    if client.rescued().is_none() {
        drop(client);
        mark_suspect(folder.path());
    } else {
        drop(client);
    }
    let client = healthy.open(folder.path()).unwrap();
    let salvage = client.salvages().pop().expect("a rescue");
    assert!(salvage.saved > 0 && salvage.saved + salvage.lost == REPORTS as u32, "{salvage:?}");
    assert_eq!(readable(&client), salvage.saved as usize);
    let store = client.doctor().into_iter().find(|finding| finding.check == Check::Store).unwrap();
    assert_eq!((store.problem, store.saved), (Some(Code::Damaged), Some(salvage.saved)));
    drop(client);
    check_rescued(folder.path());
    assert_eq!(readable(&healthy.open(folder.path()).unwrap()), salvage.saved as usize);
}

#[test]
fn a_rescue_that_was_interrupted_anywhere_begins_anew() {
    let healthy = healthy();
    // After the move; with a half-built file; with a finished one that was not yet put in its place.
    for built in [None, Some(Vec::new()), Some(vec![1; 5000])] {
        let (folder, opened) = healthy.damaged(|file| {
            let live = file.parent().unwrap();
            let unit = live.parent().unwrap().to_owned();
            fs::rename(live, unit.join("quarantine-1")).unwrap();
            if let Some(bytes) = &built {
                fs::create_dir(unit.join("live.new")).unwrap();
                fs::write(unit.join("live.new").join("unit.db"), bytes).unwrap();
            }
        });
        let client = opened.unwrap();
        assert_eq!(readable(&client), REPORTS);
        assert_eq!(client.rescued().unwrap().lost, 0);
        drop(client);
        check_rescued(folder.path());
    }
}

#[test]
fn a_damaged_device_file_costs_a_new_sign_in_and_no_report() {
    let (server, folder, vault) = (server(&[]), Folder::in_memory(), MemoryVault::default());
    let ports = || ports_of(&vault, &JumpingClock::default());
    let client = signed_in_with(folder.path(), &server, ports());
    client.finalise(guest(&client, "D00000001"), None, None).unwrap();
    drop(client);
    fs::write(folder.path().join("device.db"), vec![9; 30_000]).unwrap();
    let client = ApoaClient::open(config(folder.path(), None, None), ports()).unwrap();
    assert_eq!(client.account().unwrap(), None);
    drop(client);
    let client = signed_in_with(folder.path(), &server, ports());
    assert_eq!((client.counts().unwrap().queued, readable(&client)), (1, 1));
    assert_eq!(send_now(&client, 20).received, 1);
    assert_eq!(fs::read(folder.path().join("quarantine-1/device.db")).unwrap().len(), 30_000);
}
