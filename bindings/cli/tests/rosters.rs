//! Lists of workers through the real binary and a real store: what goes in, what stays out and why, what is given back,
//! and what a file may be that nobody should have sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "rosters/bad.rs"]
mod bad;
#[path = "rosters/differences.rs"]
mod differences;
#[path = "rosters/files.rs"]
mod files;
#[path = "rosters/returned.rs"]
mod returned;
#[path = "rosters/speed.rs"]
mod speed;
mod support;
#[path = "rosters/template.rs"]
mod template;

use std::fs;
use std::path::{Path, PathBuf};

use files::{Desk, HEADER, csv, person};
use serde_json::{Value, json};
use support::{Answer, run};

fn import(data: &Path, file: &Path, more: &[&str]) -> Answer {
    let mut args = vec!["--show-pii", "import", file.to_str().unwrap()];
    args.extend(more);
    run(data, &args)
}

/// What a person reads.
fn told(data: &Path, args: &[&str]) -> String {
    let mut command = std::process::Command::new(support::APOA);
    command.arg("--data").arg(data).args(["--lang", "en", "--plain"]).args(args);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// The lines of rows, and the line of the whole list.
fn said(answer: &Answer) -> (Vec<Value>, Value) {
    let mut lines = answer.lines();
    let last = lines.pop().unwrap_or_else(|| panic!("no line: {answer:?}"));
    (lines, last)
}

#[test]
fn good_rows_go_in_once_and_the_same_file_adds_nothing() {
    let desk = Desk::new();
    let list = desk.file("workers.csv", csv(&[person("X1"), person("X2"), person("X3")]).as_bytes());
    let checked = import(&desk.data, &list, &["--check"]);
    let (rows, sum) = said(&checked);
    assert_eq!((checked.exit, rows.len(), &sum["ready"], &sum["imported"]), (0, 0, &json!(3), &json!(0)));
    assert_eq!((&sum["format"], &sum["sheet"], &sum["rows"]), (&json!("csv"), &Value::Null, &json!(3)));
    assert_eq!(sum["mapping"]["passport_number"], "No. Paspor");
    assert_eq!(run(&desk.data, &["queue"]).last()["counts"]["queued"], 0, "a check stores nothing");

    assert_eq!(import(&desk.data, &list, &[]).last()["imported"], 3);
    let again = import(&desk.data, &list, &[]);
    let (rows, sum) = said(&again);
    assert_eq!((again.exit, &sum["imported"], &sum["duplicates"]), (0, &json!(0), &json!(3)));
    assert_eq!(
        (&rows[0]["state"], &rows[0]["problems"][0]["code"]),
        (&json!("duplicate"), &json!("APOA-V310"))
    );
    let id = rows[0]["report_id"].as_str().unwrap();
    let shown = run(&desk.data, &["--show-pii", "report", "show", id]).last();
    assert_eq!(
        (&shown["data"]["source"], &shown["data"]["passport_number"]),
        (&json!("import"), &json!("X1"))
    );

    let more = desk.file("more.csv", csv(&[person("X3"), person("X4")]).as_bytes());
    assert_eq!(import(&desk.data, &more, &["--send"]).last()["imported"], 1);
    assert_eq!(run(&desk.data, &["queue"]).last()["counts"]["received"], 4, "sent, each once");
    assert_eq!(desk.at_the_office(), 4);
}

#[test]
fn every_wrong_row_is_said_at_its_cell_and_good_ones_go_in() {
    let desk = Desk::new();
    let mut rows: Vec<Vec<String>> = (1..=8).map(|number| person(&format!("X{number}"))).collect();
    rows[1][4] = "1.2E+46".to_owned();
    rows[2][1] = "31-02-1974".to_owned();
    rows[3][5] = "11/24/2025".to_owned();
    rows[4][0] = String::new();
    rows[5][4] = "x-1".to_owned();
    rows[6][5] = "01-02-2020".to_owned();
    rows[7][3] = "perempuan".to_owned();
    let list = desk.file("workers.csv", csv(&rows).as_bytes());
    let answer = import(&desk.data, &list, &[]);
    let (lines, sum) = said(&answer);
    assert_eq!(answer.exit, 6);
    assert_eq!(
        ["ready", "warnings", "errors", "duplicates", "imported"].map(|key| sum[key].as_u64().unwrap()),
        [2, 1, 4, 1, 3]
    );
    let problem = |row: u64| {
        let line = lines.iter().find(|line| line["row"] == row).unwrap_or_else(|| panic!("row {row}"));
        let first = &line["problems"][0];
        [&line["state"], &first["column"], &first["field"], &first["code"], &first["found"]]
            .map(|value| value.as_str().unwrap_or("null").to_owned())
    };
    assert_eq!(problem(3), ["error", "E", "passport_number", "APOA-I404", "1.2E+46"]);
    assert_eq!(problem(4), ["error", "B", "birth_date", "APOA-I401", "31-02-1974"]);
    assert_eq!(problem(5), ["error", "F", "start", "APOA-I401", "11/24/2025"]);
    assert_eq!(problem(6), ["error", "A", "full_name", "APOA-V301", ""]);
    assert_eq!(problem(7), ["duplicate", "E", "passport_number", "APOA-I405", "X1"]);
    assert_eq!(problem(8), ["warning", "F", "start", "APOA-V307", "01-02-2020"]);
    assert_eq!(lines.len(), 6, "rows that are plainly ready say nothing");
    assert_eq!(lines[1]["problems"][0]["rule"], "APOA-V302");
    assert_eq!(lines[0]["problems"][0]["title"], "No. Paspor");
    assert!(lines.iter().all(|line| line["problems"][0]["expected"].is_string()), "{lines:?}");

    let masked = run(&desk.data, &["import", list.to_str().unwrap(), "--check"]);
    assert!(!masked.stdout.contains("ERIKSSON") && masked.stdout.contains("1.2E+46"), "{}", masked.stdout);
}

#[test]
fn a_list_as_text_is_read_however_it_was_written() {
    let desk = Desk::new();
    let row = |number: &str| {
        let mut row = person(number);
        row[6] = "Ingénieur".to_owned();
        row
    };
    let semicolons = csv(&[row("X1")]);
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(&semicolons);
    let marked = format!("\u{feff}{}", csv(&[row("X2")]).replace(';', ","));
    let tabs = csv(&[row("X3")]).replace(';', "\t").replace('\n', "\r\n");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(csv(&[row("X4")]).encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (name, bytes) in
        [("a.csv", &windows[..]), ("b.csv", marked.as_bytes()), ("c.tsv", tabs.as_bytes()), ("d.txt", &utf16)]
    {
        let answer = import(&desk.data, &desk.file(name, bytes), &[]);
        assert_eq!((answer.exit, &answer.last()["imported"]), (0, &json!(1)), "{name} {answer:?}");
    }
    for number in ["X1", "X2", "X3", "X4"] {
        let found = run(&desk.data, &["report", "search", number]).last();
        let id = found["report_id"].as_str().unwrap();
        assert_eq!(
            run(&desk.data, &["report", "show", id]).last()["data"]["position"],
            "Ingénieur",
            "{number}"
        );
    }
}

#[test]
fn what_a_person_says_of_a_column_is_remembered_for_the_unit() {
    let desk = Desk::new();
    let strange = csv(&[person("X1")]).replace("No. Paspor", "Dok.");
    let list = desk.file("a.csv", strange.as_bytes());
    let refused = import(&desk.data, &list, &[]);
    assert_eq!((refused.exit, refused.code().as_str()), (6, "APOA-I402"));
    assert_eq!(refused.last()["error"]["text"], "Column \"Passport number\" missing.");
    let wrong = import(&desk.data, &list, &["--map", "passport_number=Nobody"]);
    assert_eq!(wrong.last()["error"]["text"], "Column \"Nobody\" missing.");
    assert_eq!(import(&desk.data, &list, &["--map", "pasport=Dok."]).code(), "APOA-V306");
    assert_eq!(import(&desk.data, &list, &["--map", "passport_number"]).exit, 2);

    assert_eq!(import(&desk.data, &list, &["--check", "--map", "passport_number=DOK"]).exit, 0);
    assert_eq!(import(&desk.data, &list, &[]).code(), "APOA-I402", "a check remembers nothing");
    assert_eq!(import(&desk.data, &list, &["--map", "passport_number=DOK"]).last()["imported"], 1);
    let next = desk.file("b.csv", strange.replace("X1", "X2").as_bytes());
    assert_eq!(import(&desk.data, &next, &[]).last()["imported"], 1, "remembered");
    let usual = desk.file("c.csv", csv(&[person("X3")]).as_bytes());
    assert_eq!(import(&desk.data, &usual, &[]).last()["imported"], 1, "and no obstacle for another list");
}

#[test]
fn the_units_profile_fills_what_rows_leave_open() {
    let desk = Desk::new();
    let columns = HEADER.len() - 2;
    let cut = |row: &[String]| row[..columns].join(";");
    let text = format!("{}\n{}\n", HEADER[..columns].join(";"), cut(&person("X1")));
    let list = desk.file("a.csv", text.as_bytes());
    let refused = import(&desk.data, &list, &[]);
    assert_eq!(refused.last()["error"]["text"], "Column \"Work address, Guarantor\" missing.");
    let profile = ["profile", "set", "guarantor=PT Contoh Uji", "work_address=Jl. Profil 2", "site=Proyek A"];
    assert_eq!(run(&desk.data, &profile).exit, 0);
    assert_eq!(import(&desk.data, &list, &[]).last()["imported"], 1);
    let found = run(&desk.data, &["report", "search", "X1"]).last();
    let shown =
        run(&desk.data, &["--show-pii", "report", "show", found["report_id"].as_str().unwrap()]).last();
    assert_eq!(
        (&shown["data"]["work_address"], &shown["data"]["site"]),
        (&json!("Jl. Profil 2"), &json!("Proyek A"))
    );
}

#[test]
fn guests_are_a_list_too_and_people_read_what_happened() {
    let desk = Desk::new();
    let today = support::today();
    let text = format!(
        "Nama;Tgl lahir;Kebangsaan;JK;No Paspor;Check-in;Malam;Tujuan;Kamar\n\
         ERIKSSON ANNA MARIA;12-08-1974;UTOPIA;P;X1;{today};3;liburan;12\n\
         ERIKSSON ANNA MARIA;12-08-1974;UTOPIA;P;X2;{today};;liburan;12\n"
    );
    let list = desk.file("guests.csv", text.as_bytes());
    let answer = import(&desk.data, &list, &["--kind", "lodging.check_in"]);
    let (lines, sum) = said(&answer);
    assert_eq!(
        (answer.exit, &sum["imported"], &lines[0]["problems"][0]["field"]),
        (6, &json!(1), &json!("check_out_planned"))
    );

    let mut plain = std::process::Command::new(support::APOA);
    plain.arg("--data").arg(&desk.data).args(["--lang", "id", "--plain", "import"]).arg(&list);
    let plain = plain.args(["--kind", "lodging.check_in", "--check"]).output().unwrap();
    let text = String::from_utf8(plain.stdout).unwrap();
    assert!(text.contains("Baris 2 sudah ada") && text.contains("Baris 3 perlu diperbaiki"), "{text}");
    assert!(text.contains("0 baris bisa masuk, 2 tidak. Belum ada yang disimpan."), "{text}");
}

#[test]
fn an_import_needs_a_member_and_a_file_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("a.csv");
    fs::write(&list, csv(&[person("X1")])).unwrap();
    assert_eq!(import(folder.path(), &list, &[]).code(), "APOA-A601");
    assert_eq!(import(folder.path(), &PathBuf::from("/nowhere.csv"), &[]).exit, 2);
    let desk = Desk::new();
    let taken = desk.file("taken.xlsx", b"");
    let list = desk.file("a.csv", csv(&[person("X1")]).as_bytes());
    let refused = import(&desk.data, &list, &["--errors", taken.to_str().unwrap()]);
    let error = &refused.last()["error"];
    assert_eq!(
        (refused.exit, &error["code"], &error["reason"], &error["retry"]),
        (2, &Value::Null, &json!("taken"), &json!("fix"))
    );
    assert!(error["text"].as_str().unwrap().contains("taken.xlsx is there already"), "{error}");
    assert_eq!(run(&desk.data, &["queue"]).last()["counts"]["queued"], 0, "refused before anything went in");
}

#[test]
fn people_read_who_reported_a_row_already_which_one_repeats_and_one_row_is_no_plural() {
    let desk = Desk::new();
    let list = desk.file("a.csv", csv(&[person("X1")]).as_bytes());
    let first = told(&desk.data, &["import", list.to_str().unwrap()]);
    assert!(first.contains("1 row went into the queue, 0 stayed out."), "{first}");
    let list = desk.file("b.csv", csv(&[person("X1"), person("X2"), person("X2")]).as_bytes());
    let text = told(&desk.data, &["import", list.to_str().unwrap(), "--check"]);
    let today: apoa_core::permit::Date = support::today().parse().unwrap();
    let already = format!("APOA-V310 Already reported {} ", today.day());
    let since = format!(" {} by resepsionis.", today.year());
    assert!(text.contains("Row 2 there already") && text.contains(&already), "{text}");
    assert!(text.contains(&since), "the month in words between them: {text}");
    assert!(text.contains("Row 4 repeats a row above"), "{text}");
    assert!(text.contains("1 row can go in, 2 stay out. Nothing was stored."), "{text}");
}
