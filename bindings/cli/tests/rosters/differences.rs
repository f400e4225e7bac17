//! A list against the reports that are open: who is new, who changed, who is gone.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::files::{Desk, csv, person};
use super::support::{APOA, command, run, today};
use super::{import, said, told};

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

    let end = format!("end={}", today());
    let without = run(&desk.data, &["report", "end", &gone, "--field", &end]);
    let problems = &without.last()["error"]["problems"];
    assert_eq!((without.exit, &problems[0]["field"]), (6, &json!("reason")), "{without:?}");
    let with = ["report", "end", &gone, "--field", &end, "--field", "reason=moved away"];
    assert_eq!(run(&desk.data, &with).exit, 0);
    let later = said(&import(&desk.data, &next, &["--check", "--diff"])).0;
    assert!(!differences(&later).iter().any(|(_, diff, _)| diff == "gone"), "an end that waits is known");
}

/// A desk with X1 to X3 reported, and a list on which X1 moved, X2 was promoted and X3 is no more.
fn changed() -> (Desk, std::path::PathBuf) {
    let desk = Desk::new();
    let first = desk.file("a.csv", csv(&[person("X1"), person("X2"), person("X3")]).as_bytes());
    assert_eq!(import(&desk.data, &first, &["--send"]).last()["imported"], 3);
    let mut promoted = person("X2");
    promoted[6] = "Director's $(aide)".into();
    let mut moved = person("X1");
    moved[5] = "2026-01-05".into();
    let next = desk.file("b.csv", csv(&[moved, promoted]).as_bytes());
    (desk, next)
}

#[test]
fn a_difference_says_who_and_what_and_its_command_does_it() {
    let (desk, next) = changed();
    let text = told(&desk.data, &["import", next.to_str().unwrap(), "--diff", "--check"]);
    assert!(text.contains("Position: Engineer → Director's $(aide)"), "{text}");
    let day: apoa_core::permit::Date = today().parse().unwrap();
    let gone = format!("no longer in the list: E••• A••• M••• · ••• · {} ", day.day());
    assert!(text.contains(&gone), "{text}");
    let plain = told(&desk.data, &["--show-pii", "import", next.to_str().unwrap(), "--diff", "--check"]);
    assert!(plain.contains(&format!("list: ERIKSSON ANNA MARIA · X3 · {} ", day.day())), "{plain}");

    let commands: Vec<&str> =
        plain.lines().map(str::trim).filter(|line| line.starts_with("apoa report")).collect();
    assert_eq!(commands.len(), 3, "{plain}");
    for line in commands {
        let line = line.replace("DD-MM-YYYY", &today());
        let script = line.replacen("apoa ", "\"$APOA\" --json --data \"$DATA\" ", 1);
        let output = Command::new("sh")
            .args(["-ec", &script])
            .env("APOA", APOA)
            .env("DATA", &desk.data)
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
    }
    let (lines, _) = said(&import(&desk.data, &next, &["--diff", "--check"]));
    assert_eq!(differences(&lines), [], "nothing is left to say");
    let found = run(&desk.data, &["report", "search", "X2"]).last();
    let shown = run(&desk.data, &["report", "show", found["report_id"].as_str().unwrap()]).last();
    assert_eq!(shown["data"]["position"], "Director's $(aide)");
}

#[test]
fn a_command_that_would_show_what_is_masked_is_left_out() {
    let desk = Desk::new();
    let first = desk.file("a.csv", csv(&[person("X1")]).as_bytes());
    assert_eq!(import(&desk.data, &first, &[]).last()["imported"], 1);
    let mut moved = person("X1");
    moved[8] = "PT Contoh Lain".to_owned();
    let next = desk.file("b.csv", csv(&[moved]).as_bytes());
    let args = ["import", next.to_str().unwrap(), "--diff", "--check"];
    let masked = run(&desk.data, &args);
    let line = masked.lines().into_iter().find(|line| line["diff"] == "changed").unwrap();
    assert_eq!((&line["commands"], &line["changes"][0]["new"]), (&json!([]), &json!("P••• C••• L•••")));
    assert!(!masked.stdout.contains("Lain") && told(&desk.data, &args).contains("--show-pii"));
    let shown = run(&desk.data, &["--show-pii", args[0], args[1], args[2], args[3]]);
    let line = shown.lines().into_iter().find(|line| line["diff"] == "changed").unwrap();
    assert!(line["commands"][0].as_str().unwrap().contains("'new=PT Contoh Lain'"), "{line}");
}

#[test]
fn who_is_gone_is_asked_about_at_a_terminal_and_an_end_counts() {
    let (desk, next) = changed();
    let command = format!(
        "'{APOA}' --lang en --plain --data '{}' import '{}' --diff",
        desk.data.display(),
        next.display()
    );
    let child = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        println!("no `script` on this machine: nothing gives the program a terminal");
        return;
    };
    child.stdin.take().unwrap().write_all(format!("abc\n{}\n", today()).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in ["Invalid date. Example: 24-11-2026.", "1 job ends as you said", "Next: apoa sync"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.matches("Last day, like").count(), 2, "asked again: {said}");
    let found = run(&desk.data, &["report", "search", "X3"]).last();
    let shown = run(&desk.data, &["report", "show", found["report_id"].as_str().unwrap()]).last();
    assert_eq!((&shown["data"]["end"], &shown["work"]), (&json!(today()), &json!("queued")));
}
