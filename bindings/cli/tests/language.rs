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
