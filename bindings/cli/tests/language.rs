//! Which language the program speaks: what is asked for, else what the unit's profile says, else what the system says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{APOA, Server, run};

const INDONESIAN: &str = "belum diisi";
const ENGLISH: &str = "is missing";

/// What an empty report is answered with, on a system that speaks this.
fn complaint(data: &Path, locale: &str, asked: &[&str]) -> String {
    let mut command = Command::new(APOA);
    command.arg("--data").arg(data).arg("--json").args(asked).args([
        "report",
        "new",
        "--kind",
        "lodging.check_in",
    ]);
    command.env_remove("LC_MESSAGES").env_remove("LANG").env("LC_ALL", locale);
    let stdout = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let last: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    last["error"]["text"].as_str().unwrap().to_owned()
}

#[test]
fn the_profiles_language_stands_between_the_option_and_the_system() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let says = |locale, asked: &[&str], words: &str| {
        let text = complaint(&data, locale, asked);
        assert!(text.contains(words), "{locale} {asked:?}: {text}");
    };
    assert_eq!(run(&data, &["profile", "set", "language="]).exit, 0);
    says("C", &[], ENGLISH);
    says("id_ID.UTF-8", &[], INDONESIAN);
    assert_eq!(run(&data, &["profile", "set", "language=id"]).exit, 0);
    says("C", &[], INDONESIAN);
    says("C", &["--lang", "en"], ENGLISH);
    assert_eq!(run(&data, &["profile", "set", "language=en"]).exit, 0);
    says("id_ID.UTF-8", &[], ENGLISH);
}

/// What a person reads of a call, on stdout and stderr.
fn told(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(APOA).args(args).env_remove("LC_MESSAGES").env("LC_ALL", "C").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn help_and_slips_are_told_in_the_language_that_is_asked_for() {
    for (args, exit, words) in [
        (&["--lang", "id"][..], 0, "Coba tanpa ponsel"),
        (&["--lang=id", "import", "--help"], 0, "Periksa setiap baris tanpa menyimpan apa pun"),
        (&["--lang", "id", "scna"], 2, "keliru: tidak ada perintah scna. Maksudnya scan?"),
        (&["--lang", "id", "sync", "--budgt", "3"], 2, "Maksudnya --budget?"),
        (&["--lang", "id", "report", "new"], 2, "belum diberikan: --kind"),
        (&["--lang", "id", "report", "new", "--kind", "hotel"], 2, "hotel bukan nilai untuk --kind"),
        (&["--lang", "id", "report"], 2, "perintahnya belum lengkap"),
        (&["--lang", "id", "explain", "zzz"], 2, "keliru: tidak ada kode zzz"),
        (&["--lang", "id", "mrz", "--help"], 0, "Baris-barisnya"),
        (&["scna"], 2, "unrecognized subcommand 'scna'"),
        (&["import", "--help"], 0, "Look at every row and store nothing"),
    ] {
        let (ended, said) = told(args);
        assert!(ended == Some(exit) && said.contains(words), "{args:?}: {ended:?} {said}");
    }
    let (_, page) = told(&["--lang", "id", "man", "import"]);
    assert!(page.contains(".TH apoa-import") && page.contains("buku kerja"), "{page}");
    assert_eq!(told(&["man", "draw-pages"]).0, Some(2));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_a_name_all_the_same() {
    use std::os::unix::ffi::OsStrExt as _;

    let name = std::ffi::OsStr::from_bytes(b"card-\xff.png");
    let output = Command::new(APOA).args(["--json", "scan"]).arg(name).output().unwrap();
    // Whether such a name is taken or refused: with words, not with a panic.
    assert!(matches!(output.status.code(), Some(2 | 4)), "{output:?}");
}
