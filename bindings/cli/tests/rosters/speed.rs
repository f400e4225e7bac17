//! Ten thousand rows. The figures of a release build stand in `docs/rosters.md`; here every row goes in, once.

use std::time::Instant;

use serde_json::json;

use super::files::{Desk, header, person, workbook};
use super::support::run;
use super::{import, said};

#[test]
fn ten_thousand_rows_go_in_each_once() {
    let rows: Vec<Vec<String>> = core::iter::once(header())
        .chain((0..10_000).map(|number| person(&format!("X{number:05}"))))
        .collect();
    let desk = Desk::new();
    let list = desk.file("workers.xlsx", &workbook(&[("A", rows)]));
    let begun = Instant::now();
    let checked = import(&desk.data, &list, &["--check"]);
    let looked = begun.elapsed();
    let (lines, sum) = said(&checked);
    assert_eq!((checked.exit, lines.len(), &sum["ready"]), (0, 0, &json!(10_000)));
    let begun = Instant::now();
    let answer = import(&desk.data, &list, &["--progress", "json"]);
    let filed = begun.elapsed();
    assert_eq!((answer.exit, &answer.last()["imported"]), (0, &json!(10_000)));
    assert_eq!(run(&desk.data, &["queue"]).last()["counts"]["queued"], 10_000);
    let again = import(&desk.data, &list, &[]);
    assert_eq!((&again.last()["imported"], &again.last()["duplicates"]), (&json!(0), &json!(10_000)));
    println!("checked in {} ms, imported in {} ms", looked.as_millis(), filed.as_millis());
}
