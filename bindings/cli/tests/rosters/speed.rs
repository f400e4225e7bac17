//! Long lists: every row goes in, once, also where somebody interrupts. `APOA_ROWS` says how many rows (default 300,
//! three chunks); the test prints how long they took.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use super::files::{Desk, header, person, workbook};
use super::support::{command, run};
use super::{import, said};

fn rows() -> usize {
    std::env::var("APOA_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(300)
}

fn list(desk: &Desk) -> PathBuf {
    let workers = (0..rows()).map(|number| person(&format!("X{number:05}")));
    let rows: Vec<Vec<String>> = core::iter::once(header()).chain(workers).collect();
    desk.file("workers.xlsx", &workbook(&[("A", rows)]))
}

#[test]
fn a_long_list_goes_in_each_row_once() {
    let desk = Desk::new();
    let list = list(&desk);
    let begun = Instant::now();
    let checked = import(&desk.data, &list, &["--check"]);
    let looked = begun.elapsed();
    let (lines, sum) = said(&checked);
    assert_eq!((checked.exit, lines.len(), &sum["ready"]), (0, 0, &json!(rows())));
    let begun = Instant::now();
    let answer = import(&desk.data, &list, &[]);
    let filed = begun.elapsed();
    assert_eq!((answer.exit, &answer.last()["imported"]), (0, &json!(rows())));
    assert_eq!(run(&desk.data, &["queue"]).last()["counts"]["queued"], rows());
    let again = import(&desk.data, &list, &[]);
    assert_eq!((&again.last()["imported"], &again.last()["duplicates"]), (&json!(0), &json!(rows())));
    println!("{} rows: checked in {} ms, imported in {} ms", rows(), looked.as_millis(), filed.as_millis());
}

#[test]
fn an_interrupted_import_says_what_is_safe_and_goes_on_where_it_was() {
    let desk = Desk::new();
    let list = list(&desk);
    let mut child =
        command(&desk.data, &["import", list.to_str().unwrap(), "--progress", "json"]).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    // The first word about progress says that a chunk is safe. A fast machine is done before it would say one.
    if stderr.read_line(&mut line).unwrap() > 0 {
        assert!(line.starts_with(r#"{"progress":"#), "{line}");
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    stderr.read_to_string(&mut line).unwrap();
    let code = child.wait().unwrap().code();
    let last: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    let safe = last["imported"].as_u64().unwrap() as usize;
    let stopped = safe < rows();
    assert_eq!((code, safe > 0), (Some(if stopped { 130 } else { 0 }), true), "{line}");
    assert!(!stopped || line.contains("are safe in the queue"), "{line}");
    assert_eq!(run(&desk.data, &["queue"]).last()["counts"]["queued"], safe);
    assert_eq!(import(&desk.data, &list, &[]).last()["imported"], rows() - safe);
}
