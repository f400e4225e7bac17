//! Pages of PDF files: each one a picture of its own, locked ones with their password, and hostile ones within bounds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use support::{APOA, Answer, command, pdf, run, run_with};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn scan(folder: &Path, file: &Path) -> Answer {
    run(&folder.join("data"), &["--show-pii", "scan", file.to_str().unwrap()])
}

/// Writes a file into the folder and scans it.
fn scan_bytes(folder: &Path, bytes: &[u8]) -> Answer {
    let file = folder.join("file.pdf");
    std::fs::write(&file, bytes).unwrap();
    scan(folder, &file)
}

#[test]
fn each_page_has_a_line_that_counts_from_one() {
    let folder = tempfile::tempdir().unwrap();
    let answer = scan_bytes(folder.path(), &pdf::empty(3, 144.0, 72.0));
    assert_eq!(answer.exit, 3, "one file, nothing in it: {answer:?}");
    let lines = answer.lines();
    assert_eq!(
        lines.iter().map(|line| line["page"].as_u64()).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(3)]
    );
    for line in &lines {
        assert_eq!((&line["error"], &line["codes"]), (&Value::Null, &json!([])));
        assert_eq!(line["hint"], Value::Null, "nobody can hold a drawn page closer");
        assert_eq!(
            (&line["width"], &line["height"]),
            (&json!(600), &json!(300)),
            "nothing at 200, so at 300"
        );
    }
}

#[test]
fn a_folder_has_its_pdf_files_too_and_each_page_a_drawing() {
    let folder = tempfile::tempdir().unwrap();
    let (scans, drawn) = (folder.path().join("scans"), folder.path().join("drawn"));
    std::fs::create_dir(&scans).unwrap();
    std::fs::copy(fixture("owner-only.pdf"), scans.join("permit.pdf")).unwrap();
    let [from, to] = [&scans, &drawn].map(|path| path.to_str().unwrap());
    let answer = run(&folder.path().join("data"), &["--show-pii", "scan", "--annotate", to, from]);
    assert_eq!((answer.exit, &answer.last()["codes"][0]["text"]), (0, &json!("2C21XX0000-K")), "{answer:?}");
    assert!(drawn.join("permit.pdf-1.png").is_file());
}

#[test]
fn locked_files_open_with_their_password_and_say_so_without() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for name in ["locked-rc4-40.pdf", "locked-rc4-128.pdf", "locked-aes-128.pdf", "locked-aes-256.pdf"] {
        let file = fixture(name);
        let locked = scan(folder.path(), &file);
        assert_eq!((locked.exit, &locked.last()["error"]["code"]), (4, &json!("APOA-S111")), "{name}");
        assert!(locked.stderr.contains("--password-stdin"), "{}", locked.stderr);
        let args = ["--show-pii", "scan", "--password-stdin", file.to_str().unwrap()];
        let wrong = run_with(&data, &args, Some("lain\n"));
        assert_eq!((wrong.exit, &wrong.last()["error"]["code"]), (4, &json!("APOA-S111")), "{name}");
        let text = |answer: &Answer| answer.last()["error"]["text"].clone();
        assert_ne!(text(&wrong), text(&locked), "a wrong password is not a missing one");
        let read = run_with(&data, &args, Some("contoh\n"));
        assert_eq!(
            (read.exit, &read.last()["codes"][0]["text"]),
            (0, &json!("2C21XX0000-K")),
            "{name} {read:?}"
        );
        let verify = ["receipt", "verify", "--password-stdin", file.to_str().unwrap()];
        let (shut, opened) =
            (run_with(&data, &verify, Some("lain\n")), run_with(&data, &verify, Some("contoh\n")));
        assert_eq!(shut.code(), "APOA-S111", "{name}");
        // It holds no receipt, and nobody to ask for keys: but it is open.
        assert_eq!(opened.code(), "APOA-A606", "{name} {opened:?}");
        assert!(!read.stdout.contains("contoh\"") && !read.stderr.contains("contoh\n"));
    }
    let open = scan(folder.path(), &fixture("owner-only.pdf"));
    assert_eq!((open.exit, &open.last()["codes"][0]["text"]), (0, &json!("2C21XX0000-K")), "{open:?}");
}

#[test]
fn a_lock_that_nobody_but_its_maker_opens_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>".to_vec(),
        b"<</Filter/Adobe.PubSec/V 4/SubFilter/adbe.pkcs7.s5>>".to_vec(),
    ];
    let locked = pdf::file(&objects, "/Encrypt 4 0 R/ID[<00112233445566778899AABBCCDDEEFF><00>]");
    let answer = scan_bytes(folder.path(), &locked);
    assert_eq!((answer.exit, &answer.last()["error"]["code"]), (4, &json!("APOA-S110")), "{answer:?}");
}

#[test]
fn what_is_cut_or_no_pdf_at_all_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(fixture("owner-only.pdf")).unwrap();
    for part in [&whole[..40], &whole[..whole.len() / 3], b"%PDF-1.7", b"%PDF-1.7\ntrailer<</Root 1 0 R>>"] {
        let answer = scan_bytes(folder.path(), part);
        assert_eq!(answer.lines().len(), 1, "{answer:?}");
        assert_eq!((answer.exit, &answer.last()["error"]["code"]), (4, &json!("APOA-S109")), "{answer:?}");
    }
}

#[test]
fn a_file_of_too_many_pages_is_refused_whole_and_says_how_many() {
    let folder = tempfile::tempdir().unwrap();
    let answer = scan_bytes(folder.path(), &pdf::empty(201, 595.0, 842.0));
    assert_eq!((answer.exit, answer.lines().len()), (4, 1), "{answer:?}");
    let error = &answer.last()["error"];
    assert_eq!(error["code"], "APOA-S109");
    let said = error["text"].as_str().unwrap();
    assert!(said.contains("201") && said.contains("200"), "{said}");
    // Nor is a receipt looked for in a part of it.
    let file = folder.path().join("file.pdf").display().to_string();
    let verified = run(&folder.path().join("data"), &["receipt", "verify", &file]);
    assert_eq!((verified.exit, verified.code().as_str()), (4, "APOA-S109"), "{verified:?}");
}

#[test]
fn pages_of_any_size_stay_within_a_bound_of_pixels() {
    let folder = tempfile::tempdir().unwrap();
    // What an app makes of a camera's picture: a point for each pixel, over a metre wide.
    let photo = scan_bytes(folder.path(), &pdf::empty(1, 3024.0, 4032.0)).last();
    let pixels = photo["width"].as_u64().unwrap() * photo["height"].as_u64().unwrap();
    assert!((15_000_000..=20_000_000).contains(&pixels), "{photo}");
    for (width, height) in [(20_000.0, 20_000.0), (1e30, 10.0)] {
        let absurd = scan_bytes(folder.path(), &pdf::empty(1, width, height));
        assert_eq!((absurd.exit, &absurd.last()["error"]["code"]), (4, &json!("APOA-S109")), "{absurd:?}");
    }
}

/// A stream that unpacks to this many zeros, packed twice.
fn bomb(bytes: usize) -> Vec<u8> {
    let pack = |write: &mut dyn FnMut(&mut ZlibEncoder<Vec<u8>>)| {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        write(&mut packed);
        packed.finish().unwrap()
    };
    let block = vec![0; 1 << 20];
    let once = pack(&mut |to| (0..bytes >> 20).for_each(|_| to.write_all(&block).unwrap()));
    pack(&mut |to| to.write_all(&once).unwrap())
}

#[cfg(unix)]
#[test]
fn a_file_that_unpacks_without_end_ends_with_a_code_within_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bomb.pdf");
    let content = bomb(1 << 30);
    std::fs::write(&file, pdf::with_content("/Filter[/FlateDecode/FlateDecode]", &content)).unwrap();
    assert!(content.len() < 1 << 20, "{} bytes", content.len());
    // What each process of the family may take, in KiB: less than the stream alone.
    let script = format!(
        "ulimit -v 800000; exec '{APOA}' --data '{}' --json scan '{}'",
        folder.path().join("data").display(),
        file.display()
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let line: Value = serde_json::from_slice(&output.stdout).expect("one line");
    assert_eq!((output.status.code(), &line["error"]["code"]), (Some(4), &json!("APOA-S109")), "{output:?}");
}

/// Most memory a process ever held, in KiB.
#[cfg(target_os = "linux")]
fn high_water(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The process that draws for another one.
#[cfg(target_os = "linux")]
fn drawer_of(pid: u32) -> u32 {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_whitespace().next().expect("a child").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn many_pages_are_read_one_after_the_other_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.pdf");
    std::fs::write(&file, pdf::empty(200, 595.0, 842.0)).unwrap();
    let mut child = command(&folder.path().join("data"), &["scan", file.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for (line, page) in lines.take(5).zip(1..) {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_eq!((&line["page"], &line["error"]), (&json!(page), &Value::Null));
    }
    let (asks, draws) = (high_water(child.id()), high_water(drawer_of(child.id())));
    child.kill().unwrap();
    child.wait().unwrap();
    // A page of 300 dots an inch is 8.7 MB here and 35 MB in colour there; two of them never meet.
    assert!(asks < 200 * 1024 && draws < 400 * 1024, "{asks} KiB and {draws} KiB");
}
