//! A list against the reports that are open: who is new, who changed, who is gone.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use super::files::{Desk, csv, person};
use super::support::{command, run, today};
use super::{import, said};

fn differences(lines: &[Value]) -> Vec<(Value, String, Value)> {
    let diffs = lines.iter().filter(|line| line["diff"].is_string());
    diffs
        .map(|line| (line["row"].clone(), line["diff"].as_str().unwrap().to_owned(), line["fields"].clone()))
        .collect()
}

#[test]
fn new_changed_and_gone_are_told_and_only_the_new_go_in() {
    let desk = Desk::new();
    let first = desk.file("a.csv", csv(&[person("X1"), person("X2"), person("X3")]).as_bytes());
    assert_eq!(import(&desk.data, &first, &["--diff", "--send"]).last()["imported"], 3);
    let mut promoted = person("X2");
    promoted[6] = "Director".to_owned();
    let mut moved = person("X1");
    moved[5] = "2026-01-05".to_owned();
    let next = desk.file("b.csv", csv(&[moved, promoted, person("X4")]).as_bytes());
    let looked = import(&desk.data, &next, &["--check", "--diff"]);
    let (lines, _) = said(&looked);
    let expected = [
        (json!(2), "changed".to_owned(), json!(["start"])),
        (json!(3), "changed".to_owned(), json!(["position"])),
        (json!(4), "new".to_owned(), json!([])),
        (Value::Null, "gone".to_owned(), json!([])),
    ];
    assert_eq!(differences(&lines), expected, "{looked:?}");
    let proposed: Vec<_> = lines.iter().filter_map(|line| line["proposes"].as_str()).collect();
    assert_eq!(proposed, ["amend", "change", "submit", "end"]);

    // Standard input is no terminal: a yes in it ends nobody's job, and neither does --yes.
    let mut child = command(&desk.data, &["--yes", "import", next.to_str().unwrap(), "--diff"]);
    let mut child = child.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"24-11-2026\ny\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.last().unwrap()["imported"], 1, "X4 alone: X1 is known under another first day");
    let gone =
        lines.iter().find(|line| line["diff"] == "gone").unwrap()["report_id"].as_str().unwrap().to_owned();
    let shown = run(&desk.data, &["--show-pii", "report", "show", &gone]).last();
    assert_eq!(
        (&shown["passport_number"], &shown["data"]["end"], &shown["work"]),
        (&json!("X3"), &Value::Null, &json!("none"))
    );
    assert_eq!(run(&desk.data, &["report", "list"]).lines().len(), 4);

    assert_eq!(run(&desk.data, &["report", "end", &gone, "--field", &format!("end={}", today())]).exit, 0);
    let later = said(&import(&desk.data, &next, &["--check", "--diff"])).0;
    assert!(!differences(&later).iter().any(|(_, diff, _)| diff == "gone"), "an end that waits is known");
}
