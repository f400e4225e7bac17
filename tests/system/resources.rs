//! Too little of everything: space, permissions, descriptors, other programs. What was saved stays, what cannot be
//! saved is refused with a code, and when there is enough again work goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use apoa_core::StoreError;
use apoa_core::codes::Code;
use apoa_core::ids::ReportId;
use apoa_server::Running;
use apoa_tests::files;
use apoa_tests::folder::Folder;
use apoa_tests::phone::{guest, open, server, signed_in};

#[test]
fn i19_after_suspend_no_lock_is_held_and_after_resume_work_goes_on() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "X00000001"), None, None).unwrap();
    assert_eq!(open(folder.path()).err(), Some(StoreError::Busy));
    client.suspend().unwrap();
    client.suspend().unwrap();
    assert_eq!(client.counts().err(), Some(StoreError::Closed));
    let other = open(folder.path()).unwrap();
    other.finalise(guest(&other, "X00000002"), None, None).unwrap();
    assert_eq!(client.resume().err(), Some(StoreError::Busy));
    drop(other);
    client.resume().unwrap();
    client.resume().unwrap();
    assert_eq!(client.counts().unwrap().queued, 2);
    client.finalise(guest(&client, "X00000003"), None, None).unwrap();
}

/// Runs the working phone under this limit of the shell, and returns what it said was safe.
fn limited(limit: &str, data: &Path, server: &Running) -> (Vec<ReportId>, bool) {
    let script = format!("trap '' XFSZ; {limit}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_writing")])
        .args([data.as_os_str(), server.url().as_ref(), server.trust_file().as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let saved = said.lines().filter_map(|line| line.strip_prefix("saved ")?.parse().ok()).collect();
    (saved, output.status.success())
}

/// Whatever was said to be safe under a limit is there without it, and work goes on.
fn survives(limits: impl Iterator<Item = String>) {
    let server = server(&[]);
    let (mut refused, mut done) = (0, 0);
    for limit in limits {
        let folder = Folder::new();
        let (saved, finished) = limited(&limit, folder.path(), &server);
        refused += usize::from(!finished);
        done += usize::from(finished);
        let client = open(folder.path()).unwrap_or_else(|error| panic!("{limit}: {error}"));
        for report in &saved {
            assert!(
                client.report(*report).unwrap().is_some_and(|found| found.row.readable),
                "{limit}: {report}"
            );
        }
        assert_eq!(client.rescued(), None, "{limit}: the file was damaged");
        drop(client);
        let client = signed_in(folder.path(), &server);
        client.finalise(guest(&client, "X00000009"), None, None).unwrap();
    }
    assert!(refused > 0 && done > 0, "{refused} refused, {done} done: the limits show nothing");
}

#[test]
fn few_descriptors_lose_nothing() {
    survives([9, 12, 14, 16, 18, 22, 200].iter().map(|number| format!("ulimit -n {number}")));
}

#[test]
fn files_that_may_not_grow_lose_nothing() {
    // In blocks of 512 bytes: below the first schema, through creation and work, to more than is needed.
    survives(
        [1, 60, 120, 200, 320, 480, 640, 800, 100_000].iter().map(|blocks| format!("ulimit -f {blocks}")),
    );
}

/// Runs the working phone where this folder is mounted read-only for it alone: modes do not bind root, a mount does.
/// `None` where nobody may mount.
fn read_only(folder: &Path, data: &Path, server: &Running) -> Option<Output> {
    let script = "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" && shift && exec \"$@\"";
    let mounted = |program: &[&OsStr]| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh"]).arg(folder).args(program);
        command.output().ok()
    };
    if !mounted(&["true".as_ref()])?.status.success() {
        return None;
    }
    let program = env!("CARGO_BIN_EXE_writing").as_ref();
    mounted(&[program, data.as_os_str(), server.url().as_ref(), server.trust_file().as_os_str()])
}

#[test]
fn a_read_only_folder_is_said_so_loses_nothing_and_works_again() {
    let (server, folder) = (server(&[]), Folder::new());
    let data = folder.path().join("data");
    let client = signed_in(&data, &server);
    let report = client.finalise(guest(&client, "X00000001"), None, None).unwrap().report;
    drop(client);
    // A journal that was not emptied, as a process leaves that was killed.
    let (saved, _) = limited("ulimit -f 400", &data, &server);
    let before = files::all(&data);
    for place in [data.clone(), folder.path().join("new")] {
        let Some(output) = read_only(folder.path(), &place, &server) else {
            eprintln!("SKIPPED: nobody may mount here (unshare -rm is missing or not allowed)");
            return;
        };
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains("NotWritable"), "{error}");
        assert_eq!(output.stdout, b"");
    }
    assert_eq!(files::all(&data), before, "something was written to a read-only folder");
    assert!(!folder.path().join("new").exists());
    let client = open(&data).unwrap();
    for report in saved.iter().chain([&report]) {
        assert!(client.report(*report).unwrap().is_some_and(|found| found.row.readable), "{report}");
    }
    client.finalise(guest(&client, "X00000009"), None, None).unwrap();
    assert_eq!(StoreError::NotWritable.code(), Code::NotWritable);
}

#[test]
fn a_folder_that_cannot_be_written_is_said_so() {
    let folder = Folder::new();
    // A file where the folder should be is refused for everybody, root included.
    std::fs::write(folder.path().join("data"), []).unwrap();
    assert_eq!(open(&folder.path().join("data")).err(), Some(StoreError::NotWritable));
    assert_eq!(open(&folder.path().join("data").join("deeper")).err(), Some(StoreError::NotWritable));
}
