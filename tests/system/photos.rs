//! Photos that go with reports: sealed here until the server's receipt, sent once, refused where nobody asks for them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::{Digest, ReportId};
use apoa_core::report::photo::PhotoProblem;
use apoa_core::report::plan::NotPossible;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, DraftError, StoppedBy, Withdrawn};
use apoa_server::{Exchange, Options, Running, office_reports};
use apoa_tests::canary::plant;
use apoa_tests::files::{all, look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{guest, open, options, overhear, send_now, server_on, signed_in};

/// Stands in every photo of these tests, and nowhere else.
const MARK: &[u8] = b"FOTO-PASPOR-CONTOH";

fn photo(bytes: usize) -> Vec<u8> {
    let mut photo = [&[0xff, 0xd8, 0xff, 0xe0], MARK].concat();
    photo.resize(bytes, b'.');
    photo
}

fn address(photo: &[u8]) -> String {
    format!("/attachments/{}", Digest::of(photo))
}

/// A server that asks for passport pages, and what it was asked, in order.
fn asking(faults: &[String]) -> (Running, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&seen);
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        let path = exchange.path.split('/').nth(1).unwrap_or_default().to_owned();
        paths.lock().unwrap().push(format!("{} {path}", exchange.method));
    };
    let options = Options {
        faults: faults.iter().map(|rule| rule.parse().unwrap()).collect(),
        tap: Some(Arc::new(tap)),
        ..asking_options()
    };
    (apoa_server::start(options, |_| {}).unwrap(), seen)
}

fn asking_options() -> Options {
    Options { attachments: vec!["passport_page".to_owned()], ..options(None, &[]) }
}

fn with_photo(client: &ApoaClient, photo: &[u8]) -> ReportId {
    let report = client.finalise(guest(client, "L898902C3"), None, None).unwrap().report;
    plant(MARK, "a photo");
    client.attach(report, photo).unwrap();
    report
}

/// Photos that the phone still keeps.
fn kept(data: &Path) -> i64 {
    look(&units(data)[0]).query_row("SELECT count(*) FROM attachment", [], |row| row.get(0)).unwrap()
}

fn at_office(server: &Running) -> Vec<Vec<u8>> {
    let office = look(server.db());
    let mut rows = office.prepare("SELECT bytes FROM attachment").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn ops(server: &Running) -> Vec<String> {
    let reports = office_reports(server.db()).unwrap();
    reports.into_iter().flat_map(|report| report.ops).map(|op| op.kind).collect()
}

/// Files below the folder that hold these bytes.
fn files_with(folder: &Path, wanted: &[u8]) -> Vec<PathBuf> {
    let holds = |bytes: &[u8]| bytes.windows(wanted.len()).any(|part| part == wanted);
    all(folder).into_iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect()
}

#[test]
fn a_photo_waits_sealed_goes_once_before_its_op_and_is_erased_with_the_receipt() {
    let (server, seen) = asking(&[]);
    let folder = Folder::new();
    let client = signed_in(folder.path(), &server);
    let page = photo(390_000);
    let report = with_photo(&client, &page);
    assert_eq!((kept(folder.path()), files_with(folder.path(), MARK)), (1, Vec::new()));
    let sealed: Vec<u8> = look(&units(folder.path())[0])
        .query_row("SELECT sealed FROM attachment", [], |row| row.get(0))
        .unwrap();
    assert!(!files_with(folder.path(), &sealed[..64]).is_empty());
    drop(client);

    let client = open(folder.path()).unwrap();
    let summary = send_now(&client, 30);
    assert_eq!((summary.received, summary.left, summary.stopped_by), (2, 0, None));
    let seen: Vec<_> = seen.lock().unwrap().iter().filter(|line| !line.contains("oauth")).cloned().collect();
    let run = ["GET config", "GET changes", "POST ops", "PUT attachments", "POST ops"];
    assert_eq!(seen[..run.len()], run);
    assert_eq!(
        (at_office(&server), ops(&server)),
        (vec![page], vec!["submit".to_owned(), "attach".to_owned()])
    );
    assert_eq!((kept(folder.path()), files_with(folder.path(), MARK)), (0, Vec::new()));
    // Not even its ciphertext is left, in the file or in the journal beside it.
    for piece in sealed.chunks_exact(1_000).step_by(40) {
        assert_eq!(files_with(folder.path(), &piece[..64]), Vec::<PathBuf>::new());
    }
    assert_eq!(send_now(&client, 20).sent, 0);

    // A correction of the data leaves the photo where it is.
    let mut draft = client.draft(report).unwrap().unwrap();
    draft.set(Field::Room, "7");
    client.amend(report, draft, None).unwrap();
    assert_eq!(send_now(&client, 20).received, 1);
    let data: String = look(server.db()).query_row("SELECT data FROM report", [], |row| row.get(0)).unwrap();
    assert!(data.contains("passport_page") && data.contains(r#""room":"7""#), "{data}");
}

#[test]
fn whatever_answer_is_lost_the_photo_arrives_and_counts_once() {
    let page = photo(5_000);
    let at = address(&page);
    for fault in [
        format!("drop_after_commit@{at}"),
        format!("cut@{at}"),
        format!("busy=1@{at}"),
        "drop_after_commit@/ops*2".to_owned(),
    ] {
        let (server, _) = asking(std::slice::from_ref(&fault));
        let folder = Folder::new();
        let client = signed_in(folder.path(), &server);
        with_photo(&client, &page);
        let summary = send_now(&client, 40);
        assert_eq!((summary.received, summary.left), (2, 0), "{fault}");
        assert_eq!((at_office(&server), ops(&server).len()), (vec![page.clone()], 2), "{fault}");
        assert_eq!(kept(folder.path()), 0, "{fault}");
    }
}

#[test]
fn a_run_that_ends_before_the_photo_leaves_it_for_the_next_one() {
    let page = photo(5_000);
    let (server, _) = asking(&[format!("portal@{}", address(&page))]);
    let folder = Folder::new();
    let client = signed_in(folder.path(), &server);
    with_photo(&client, &page);
    let summary = send_now(&client, 20);
    assert_eq!((summary.received, summary.left, summary.stopped_by), (1, 1, Some(StoppedBy::Portal)));
    let line = client.queue().unwrap().remove(0);
    assert_eq!((line.maybe_sent, line.work), (false, Work::Queued));
    drop(client);
    let client = open(folder.path()).unwrap();
    assert_eq!((kept(folder.path()), send_now(&client, 20).received), (1, 1));
    assert_eq!((kept(folder.path()), at_office(&server).len()), (0, 1));
}

#[test]
fn a_server_that_lost_the_bytes_gets_them_again() {
    // The office has its data in clear: its folder is not searched.
    let office = tempfile::tempdir().unwrap();
    let db = office.path().join("office.db");
    let (lost, theirs) = (AtomicBool::new(false), db.clone());
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        if exchange.method == "PUT" && !lost.swap(true, Ordering::SeqCst) {
            look(&theirs).execute("DELETE FROM attachment", []).unwrap();
        }
    };
    let options = Options { db: Some(db), tap: Some(Arc::new(tap)), ..asking_options() };
    let server = apoa_server::start(options, |_| {}).unwrap();
    let phone = Folder::new();
    let client = signed_in(phone.path(), &server);
    with_photo(&client, &photo(5_000));
    let summary = send_now(&client, 40);
    assert_eq!((summary.received, summary.left), (2, 0));
    assert_eq!((at_office(&server).len(), kept(phone.path())), (1, 0));
}

#[test]
fn a_photo_is_refused_where_it_may_not_be_kept_and_the_error_says_why() {
    let (server, _) = asking(&[]);
    let folder = Folder::new();
    let client = signed_in(folder.path(), &server);
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let refused = |report, photo: &[u8]| {
        let error = client.attach(report, photo).unwrap_err();
        let DraftError::Photo { why } = error else { panic!("{error:?}") };
        assert_eq!(error.code(), why.code());
        why
    };
    assert_eq!(refused(report, &photo(400_001)), PhotoProblem::TooLarge { most_bytes: 400_000 });
    assert_eq!(refused(report, b"\x89PNG\r\n"), PhotoProblem::Format);
    assert_eq!(refused(report, b"").code(), Code::PictureFormat);

    let mut child = guest(&client, "X00000001");
    let born = client.today().checked_sub(jiff::Span::new().years(9)).unwrap();
    child.set(Field::BirthDate, &born.to_string());
    let child = client.finalise(child, None, None).unwrap().report;
    assert_eq!(refused(child, &photo(5_000)).code(), Code::PhotoOfChild);

    let draft = client.save_draft(None, &guest(&client, "X00000002"), None).unwrap();
    assert_eq!(
        client.attach(draft, &photo(5_000)).err(),
        Some(DraftError::NotPossible { why: NotPossible::Draft })
    );
    assert_eq!(client.attach(ReportId::from_bytes([1; 16]), &photo(9)).err(), Some(DraftError::NoReport));
    assert_eq!(kept(folder.path()), 0);

    let silent = server_on(None, &[]);
    let folder = Folder::new();
    let client = signed_in(folder.path(), &silent);
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    assert_eq!(
        client.attach(report, &photo(5_000)).err(),
        Some(DraftError::Photo { why: PhotoProblem::NotTaken })
    );
}

#[test]
fn a_photo_is_rescued_with_its_report_from_a_damaged_file() {
    let (server, _) = asking(&[]);
    let folder = Folder::new();
    let client = signed_in(folder.path(), &server);
    let page = photo(300_000);
    with_photo(&client, &page);
    client.suspend().unwrap();
    drop(client);
    let file = units(folder.path()).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[..4096].fill(b'#');
    std::fs::write(&file, bytes).unwrap();

    let client = open(folder.path()).unwrap();
    assert!(client.rescued().is_some());
    assert_eq!((kept(folder.path()), send_now(&client, 20).received), (1, 2));
    assert_eq!((kept(folder.path()), at_office(&server)), (0, vec![page]));
}

#[test]
fn a_photo_that_nobody_will_send_is_not_kept() {
    let (server, _) = asking(&[]);
    let folder = Folder::new();
    let client = signed_in(folder.path(), &server);
    let report = with_photo(&client, &photo(5_000));
    // An edit leaves what waits: the photo stays with it.
    let mut draft = client.draft(report).unwrap().unwrap();
    draft.set(Field::Room, "7");
    client.amend(report, draft, None).unwrap();
    assert_eq!(kept(folder.path()), 1);
    assert_eq!(client.withdraw(report, "typed twice"), Ok(Withdrawn::Discarded));
    assert_eq!(kept(folder.path()), 0);
}

#[test]
fn a_photo_that_the_office_takes_no_longer_is_held_and_an_edit_drops_it() {
    let office = tempfile::tempdir().unwrap();
    let db = office.path().join("office.db");
    let server = apoa_server::start(Options { db: Some(db.clone()), ..asking_options() }, |_| {}).unwrap();
    let folder = Folder::new();
    let client = signed_in(folder.path(), &server);
    let report = with_photo(&client, &photo(5_000));
    drop(client);
    server.stop();

    let server = server_on(Some(db), &[]);
    let client = signed_in(folder.path(), &server);
    let summary = send_now(&client, 20);
    assert_eq!((summary.received, summary.left, summary.stopped_by), (1, 1, None));
    let line = client.queue().unwrap().remove(0);
    assert_eq!((line.work, line.problem.as_deref()), (Work::Wedged, Some("APOA-R353")));
    assert_eq!(kept(folder.path()), 1);

    client.amend(report, client.draft(report).unwrap().unwrap(), None).unwrap();
    assert_eq!((kept(folder.path()), send_now(&client, 20).received), (0, 1));
    let row = client.report(report).unwrap().unwrap().row;
    assert_eq!((row.standing, row.work), (Standing::Received, Work::None));
    assert_eq!(ops(&server), ["submit", "amend"]);
}
