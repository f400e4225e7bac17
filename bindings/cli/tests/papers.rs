//! Papers about reports: a receipt that proves itself elsewhere and offline, what no server has, and several on one list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::{APOA, Answer, PASSPORT, Server, card, pdf, report, run, run_with, today};

/// A folder with a server and a data folder that is signed in to it.
struct Desk {
    folder: tempfile::TempDir,
    server: Server,
}

impl Desk {
    fn open(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start_with(folder.path(), "127.0.0.1:0", &[], more);
        let desk = Self { folder, server };
        let signed_in = desk.server.login(&desk.data(), &desk.server.word("password"));
        assert_eq!(signed_in.exit, 0, "{signed_in:?}");
        desk
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A report that the server has.
    fn received(&self) -> String {
        let id = id_of(&report(&self.data()));
        let sync = run(&self.data(), &["sync"]);
        assert_eq!(sync.exit, 0, "{sync:?}");
        id
    }

    /// Writes a paper and returns its line and its pages as text.
    fn paper(&self, ids: &[&str], name: &str) -> (Value, Vec<String>) {
        let file = self.path(name);
        let args: Vec<&str> =
            ["receipt", "pdf"].into_iter().chain(ids.iter().copied()).chain([&*file]).collect();
        let answer = run(&self.data(), &args);
        assert_eq!(answer.exit, 0, "{answer:?}");
        (answer.last(), pdf::texts(&std::fs::read(&file).unwrap()))
    }
}

fn id_of(new: &Answer) -> String {
    new.last()["report_id"].as_str().unwrap_or_else(|| panic!("{new:?}")).to_owned()
}

/// Another guest, who came yesterday.
fn waiting(data: &Path) -> String {
    let new = run(
        data,
        &[
            "report",
            "new",
            "--kind",
            "lodging.check_in",
            "--field",
            "full_name=ERIKSSON ANNA MARIA",
            "--field",
            "birth_date=1974-08-12",
            "--field",
            "nationality=UTO",
            "--field",
            "sex=F",
            "--field",
            "passport_number=L898902C3",
            "--field",
            "check_in=2026-01-05",
            "--field",
            "nights=2",
            "--field",
            "purpose=holiday",
        ],
    );
    id_of(&new)
}

#[test]
fn a_receipt_on_paper_proves_itself_and_its_holder_elsewhere_and_offline() {
    let desk = Desk::open(&[]);
    let id = desk.received();
    let (line, pages) = desk.paper(&[&id], "receipt.pdf");
    assert_eq!(
        (&line["paper"], &line["report_id"], &line["received"]),
        (&json!("receipt"), &json!(id), &json!(1))
    );
    let [page] = pages.as_slice() else { panic!("one page: {pages:?}") };
    for said in [
        "Bukti Terima Laporan",
        "Report receipt",
        &id,
        "Losmen Contoh",
        "E••• A••• M••• · X0•••01",
        "Tepat waktu",
        "Kept",
        "Cocok",
        "Yang tidak dibuktikan",
        "What it does not prove",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    for secret in ["ERIKSSON", PASSPORT, "BELUM DITERIMA", "Surat Tanda Terima"] {
        assert!(!page.contains(secret), "{secret} in {page}");
    }

    // Its code holds the receipt and is read from the page as it is drawn at 200 dots an inch.
    let file = desk.path("receipt.pdf");
    let scanned = run(&desk.data(), &["--show-pii", "scan", &file]).last();
    let jws = run(&desk.data(), &["receipt", "show", &id]).last()["jws"].as_str().unwrap().to_owned();
    assert_eq!((&scanned["codes"][0]["text"], &scanned["width"]), (&json!(jws), &json!(1653)));

    // Elsewhere: the keys of the deployment once, then neither its network nor its address any more.
    let elsewhere = desk.folder.path().join("elsewhere");
    let (url, trust) = (desk.server.word("url"), desk.server.word("trust"));
    let first = run(&elsewhere, &["receipt", "verify", &file, "--server", &url, "--trust", &trust]);
    assert_eq!((first.exit, &first.last()["passport"]), (0, &Value::Null), "{first:?}");
    let Desk { folder, server } = desk;
    drop(server);
    let verify =
        |what: &str, passport: &str| run(&elsewhere, &["receipt", "verify", what, "--passport", passport]);
    let genuine = verify(&file, PASSPORT);
    assert_eq!((genuine.exit, &genuine.last()["report_id"]), (0, &json!(id)), "{genuine:?}");
    assert_eq!(genuine.last()["passport"], true);
    // One number in 65,536 passes by chance, three in a row do not.
    let wrong = ["X00000002", "X00000003", "X00000004"].map(|number| verify(&file, number));
    assert!(wrong.iter().any(|answer| answer.exit == 4 && answer.last()["passport"] == false), "{wrong:?}");

    // One letter of the signed content, on paper again.
    let (head, rest) = jws.split_once('.').unwrap();
    let letter = if rest.as_bytes()[40] == b'A' { 'B' } else { 'A' };
    let changed = format!("{head}.{}{letter}{}", &rest[..40], &rest[41..]);
    let picture = folder.path().join("changed.png");
    card(&picture, &changed);
    let refused = verify(picture.to_str().unwrap(), PASSPORT);
    assert_eq!((refused.exit, &refused.last()["valid"]), (4, &json!(false)), "{refused:?}");
}

#[test]
fn what_no_server_has_gets_another_paper_that_says_so_and_holds_no_code() {
    let desk = Desk::open(&[]);
    let id = waiting(&desk.data());
    let (line, pages) = desk.paper(&[&id], "queue.pdf");
    assert_eq!((&line["paper"], &line["received"]), (&json!("queue"), &json!(0)));
    let [page] = pages.as_slice() else { panic!("one page: {pages:?}") };
    let op = run(&desk.data(), &["export", "outage"]).lines()[0].clone();
    for said in
        ["BELUM DITERIMA", "NOT RECEIVED", "Bukti antrean", &id, op["body_sha256"].as_str().unwrap(), "Lewat"]
    {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(!page.contains("Bukti Terima") && !page.contains("Tanda Terima"), "{page}");
    let file = desk.path("queue.pdf");
    let scanned = run(&desk.data(), &["scan", &file]);
    assert_eq!((scanned.exit, &scanned.last()["codes"]), (3, &json!([])), "{scanned:?}");
    let lies = scanned.last();
    assert!(lies["width"].as_u64() > lies["height"].as_u64(), "a receipt stands upright");
    let refused = run(&desk.data(), &["receipt", "verify", &file]);
    assert_eq!((refused.exit, &refused.last()["valid"]), (4, &json!(false)), "{refused:?}");
    assert_eq!(refused.last()["reason"], "none");
    let told = Command::new(APOA)
        .args(["--lang", "en", "receipt", "verify", &file, "--data"])
        .arg(desk.data())
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("it proves no acceptance"), "{told}");
}

#[test]
fn only_a_server_whose_receipts_are_the_offices_own_gives_their_name() {
    let desk = Desk::open(&["--official-receipts"]);
    let id = desk.received();
    let (line, pages) = desk.paper(&[&id], "official.pdf");
    assert_eq!(line["paper"], "official");
    assert!(
        pages[0].contains("Surat Tanda Terima") && !pages[0].contains("Bukti Terima Laporan"),
        "{pages:?}"
    );
}

#[test]
fn several_reports_are_one_list_of_what_is_proved_and_what_is_not_with_codes() {
    let desk = Desk::open(&[]);
    let [proved, rejected] = [desk.received(), {
        let id = waiting(&desk.data());
        assert_eq!(run(&desk.data(), &["sync"]).exit, 0);
        id
    }];
    let db = desk.path("office.db");
    let reject = run(&desk.data(), &["office", "reject", &rejected, "--reason", "twice", "--db", &db]);
    assert_eq!(reject.exit, 0, "{reject:?}");
    run(&desk.data(), &["sync"]);
    let other = run(
        &desk.data(),
        &[
            "report",
            "new",
            "--kind",
            "worker.start",
            "--permit",
            support::PERMIT,
            "--mrz",
            support::MRZ,
            "--field",
            &format!("start={}", today()),
            "--field",
            "position=Teacher",
            "--field",
            "work_address=Jalan Contoh 1",
            "--field",
            "guarantor=Contoh",
        ],
    );
    let open = id_of(&other);
    let (line, pages) = desk.paper(&[&rejected, &open, &proved], "list.pdf");
    assert_eq!(
        (&line["paper"], &line["reports"], &line["report_id"]),
        (&json!("list"), &json!(3), &Value::Null)
    );
    let [list, codes] = pages.as_slice() else { panic!("a list and its codes: {pages:?}") };
    let place = |said: &str| list.find(said).unwrap_or_else(|| panic!("{said} in {list}"));
    assert!(
        place(&proved) < place(&rejected) && place(&proved) < place(&open),
        "what is proved stands first"
    );
    for said in ["APOA-R351", "Ditolak Imigrasi", "Belum diterima", "1 diterima, 2 belum atau ditolak"] {
        place(said);
    }
    // Its own paper says so too, and why.
    let (_, alone) = desk.paper(&[&rejected], "rejected.pdf");
    for said in ["Ditolak Imigrasi", "Rejected by Immigration", "APOA-R351", "twice"] {
        assert!(alone[0].contains(said), "{said} in {alone:?}");
    }
    assert!(codes.contains(&proved) && codes.contains(&rejected) && !codes.contains(&open), "{codes}");
    let verified = run(&desk.data(), &["receipt", "verify", &desk.path("list.pdf"), "--passport", PASSPORT]);
    assert_eq!((verified.exit, &verified.last()["report_id"]), (0, &json!(proved)), "{verified:?}");
}

#[test]
fn a_paper_names_nobody_whom_the_server_did_not_sign_for() {
    let desk = Desk::open(&[]);
    let id = desk.received();
    let change = ["report", "edit", &id, "--field", "passport_number=Z7777777"];
    assert_eq!(run(&desk.data(), &change).exit, 0);
    let (line, pages) = desk.paper(&[&id], "changed.pdf");
    assert_eq!(line["paper"], "receipt");
    let page = &pages[0];
    assert!(page.contains("Diubah pada revisi yang belum diterima") && page.contains("revisi 2"), "{page}");
    assert!(!page.contains("Z7") && !page.contains("E•••"), "{page}");
    assert_eq!(run(&desk.data(), &["sync"]).exit, 0);
    let (_, pages) = desk.paper(&[&id], "signed.pdf");
    assert!(pages[0].contains("Z7•••77") && pages[0].contains("E•••"), "{pages:?}");
}

#[test]
fn every_receipt_on_a_list_is_verified_and_each_guest_finds_theirs() {
    let desk = Desk::open(&[]);
    let first = desk.received();
    let second = waiting(&desk.data());
    assert_eq!(run(&desk.data(), &["sync"]).exit, 0);
    desk.paper(&[&first, &second], "both.pdf");
    let file = desk.path("both.pdf");
    let all = run(&desk.data(), &["receipt", "verify", &file]);
    let ids: Vec<Value> = all.lines().iter().map(|line| line["report_id"].clone()).collect();
    assert_eq!((all.exit, ids.len()), (0, 2), "{all:?}");
    assert!(ids.contains(&json!(first)) && ids.contains(&json!(second)), "{all:?}");
    for (number, id) in [(PASSPORT, &first), ("L898902C3", &second)] {
        let answer = run(&desk.data(), &["receipt", "verify", &file, "--passport", number]);
        // Another receipt fits a number once in 65,536.
        let line = answer.lines().into_iter().find(|line| line["report_id"] == json!(id));
        assert_eq!((answer.exit, &line.unwrap()["passport"]), (0, &json!(true)), "{answer:?}");
    }
}

#[test]
fn what_is_no_report_yet_has_no_paper_and_no_file_is_written_over() {
    let desk = Desk::open(&[]);
    let draft = id_of(&run(&desk.data(), &["report", "new", "--kind", "individual", "--draft"]));
    let file = desk.path("paper.pdf");
    // The second of two is no file to write.
    let two = run(&desk.data(), &["receipt", "pdf", &draft, &draft]);
    assert_eq!((two.exit, &two.last()["error"]["reason"]), (2, &json!("usage")), "{two:?}");
    for id in [&*draft, "01900000-0000-7000-8000-000000000001"] {
        let answer = run(&desk.data(), &["receipt", "pdf", id, &file]);
        assert_eq!((answer.exit, answer.code().as_str()), (6, "APOA-V311"), "{answer:?}");
    }
    assert!(!Path::new(&file).exists());
    std::fs::write(&file, "mine").unwrap();
    let id = id_of(&report(&desk.data()));
    let again = run(&desk.data(), &["receipt", "pdf", &id, &file]);
    assert_eq!((again.exit, again.last()["error"]["reason"].as_str()), (2, Some("taken")), "{again:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(run_with(&desk.data(), &["receipt", "pdf", &id], None).exit, 2, "a file is needed");
}
