//! Workbooks: what is read of them, and the one that is given back.

use std::fs;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::json;

use super::files::{Desk, edited, entry, header, person, workbook};
use super::support::{run, today};
use super::template::golden;
use super::{import, said, told};

fn sheet(book: &[u8]) -> (String, Vec<Vec<Data>>) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).unwrap();
    (name, range.rows().map(<[Data]>::to_vec).collect())
}

fn texts(row: &[Data]) -> Vec<String> {
    row.iter().map(ToString::to_string).collect()
}

/// The rows, cells parted by bars; the day of the test is no part of it.
fn written(rows: &[Vec<Data>]) -> String {
    let line = |row: &Vec<Data>| format!("{}\n", texts(row).join(" | "));
    rows.iter().map(line).collect::<Vec<_>>().concat().replace(&today(), "TODAY")
}

/// The texts of an entry without its elements.
fn plain(xml: &str) -> String {
    let texts = xml.split("<t").skip(1).filter_map(|rest| rest.split_once('>')?.1.split_once('<'));
    let lines: Vec<&str> = texts.map(|(text, _)| text).filter(|text| !text.trim().is_empty()).collect();
    format!("{}\n", lines.join("\n"))
}

/// Numbers, dates, a formula that looks like one, a hidden row, a sheet before the list.
fn mixed() -> Vec<u8> {
    let mut book = Workbook::new();
    let notes = book.add_worksheet();
    notes.set_name("Catatan").unwrap().write_string(0, 0, "Bukan daftar").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Pekerja").unwrap();
    sheet.write_string(0, 0, "PT Contoh Uji").unwrap();
    for (column, title) in (0_u16..).zip(header()) {
        sheet.write_string(2, column, title).unwrap();
    }
    sheet.write_string(2, 9, "Gaji").unwrap();
    let date = Format::new().set_num_format("mm/dd/yyyy");
    let born = ExcelDateTime::from_ymd(1974, 8, 12).unwrap();
    for (line, passport) in (3_u32..).zip(["X1", "", "X3", "X1", "X5"]) {
        for (column, fact) in
            (0_u16..).zip(person(passport)).filter(|(column, _)| *column != 1 && *column != 4)
        {
            sheet.write_string(line, column, fact).unwrap();
        }
        sheet.write_datetime_with_format(line, 1, &born, &date).unwrap();
        sheet.write_string(line, 9, "=1+1").unwrap();
        if passport.is_empty() {
            sheet.write_number(line, 4, 12e45).unwrap();
        } else {
            sheet.write_string(line, 4, passport).unwrap();
        }
    }
    sheet.write_string(7, 2, "ATLANTIS").unwrap();
    sheet.set_row_hidden(5).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn the_first_sheet_that_fits_is_read_with_its_dates_numbers_and_hidden_rows() {
    let desk = Desk::new();
    let list = desk.file("list.xlsx", &mixed());
    let answer = import(&desk.data, &list, &["--check"]);
    let (lines, sum) = said(&answer);
    assert_eq!((answer.exit, &sum["sheet"], &sum["rows"]), (6, &json!("Pekerja"), &json!(5)), "{answer:?}");
    let codes: Vec<_> =
        lines.iter().map(|line| [&line["row"], &line["state"], &line["problems"][0]["code"]]).collect();
    assert_eq!(
        codes,
        [
            [&json!(5), &json!("error"), &json!("APOA-I404")],
            [&json!(6), &json!("warning"), &json!(null)],
            [&json!(7), &json!("duplicate"), &json!("APOA-I405")],
            [&json!(8), &json!("error"), &json!("APOA-I401")],
        ]
    );
    assert_eq!(lines[0]["problems"][0]["found"], "1.2E+46");
    assert_eq!(lines[1]["problems"][0]["note"], "HIDDEN_ROW");
    assert_eq!(sum["ignored"], json!(["Gaji"]));
    let spoken = told(&desk.data, &["import", list.to_str().unwrap(), "--check"]);
    assert!(spoken.contains("Sheet: Pekerja") && spoken.contains("left out: Gaji."), "{spoken}");
}

#[test]
fn a_sheet_that_nobody_sees_is_no_list_and_a_year_in_a_column_of_dates_is_a_year() {
    let desk = Desk::new();
    let mut book = Workbook::new();
    let (date, text) = (Format::new().set_num_format("dd-mm-yyyy"), Format::new().set_num_format("@"));
    for (name, passport) in [("Lama", "X1"), ("Daftar", "X2")] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (column, (title, fact)) in (0_u16..).zip(header().into_iter().zip(person(passport))) {
            sheet.write_string(0, column, title).unwrap();
            sheet.write_string_with_format(1, column, fact, &text).unwrap();
        }
        sheet.write_number_with_format(1, 1, 1974, &date).unwrap();
        if name == "Lama" {
            sheet.set_hidden(true);
        } else {
            sheet.set_active(true);
        }
    }
    let list = desk.file("list.xlsx", &book.save_to_buffer().unwrap());
    let answer = import(&desk.data, &list, &[]);
    let sum = answer.last();
    assert_eq!((&sum["sheet"], &sum["imported"]), (&json!("Daftar"), &json!(1)), "{answer:?}");
    let id = run(&desk.data, &["report", "list"]).last()["report_id"].as_str().unwrap().to_owned();
    let shown = run(&desk.data, &["--show-pii", "report", "show", &id]).last();
    assert_eq!(
        (&shown["data"]["birth_date"], &shown["data"]["passport_number"]),
        (&json!("1974"), &json!("X2"))
    );
}

#[test]
fn what_is_given_back_holds_what_is_to_be_mended_and_mended_it_goes_in_once() {
    let desk = Desk::new();
    let list = desk.file("list.xlsx", &mixed());
    let back = desk.folder.path().join("mend.xlsx");
    let answer = import(&desk.data, &list, &["--errors", back.to_str().unwrap()]);
    assert_eq!((answer.exit, &answer.last()["imported"]), (6, &json!(2)));
    let bytes = fs::read(&back).unwrap();
    let (name, rows) = sheet(&bytes);
    assert_eq!((name.as_str(), rows.len()), ("Pekerja", 4), "the header and the three rows that stayed out");
    assert_eq!(texts(&rows[0])[..2], ["Nama Lengkap", "Tgl Lahir"]);
    assert_eq!(rows[0][9..], [Data::String("Gaji".into()), Data::String("apoa_row".into())]);
    let origins: Vec<String> = rows[1..].iter().map(|row| row[10].to_string()).collect();
    assert_eq!(origins, ["5", "7", "8"]);
    assert_eq!(
        rows[1][4],
        Data::Empty,
        "a number that lost digits does not come back as a text that looks whole"
    );
    assert_eq!(rows[1][9], Data::String("=1+1".into()), "a text that looks like a formula stays a text");
    assert!(matches!(rows[1][1], Data::DateTime(day) if day.as_f64() == 27_253.0), "a date stays a date");
    let notes = entry(&bytes, "xl/comments1.xml");
    for said in [
        "Excel turned the number",
        "Expected: letters and digits",
        "The cell was left empty",
        "Type it again from the passport, as text.",
        "repeats row 4",
        "ATLANTIS",
    ] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    for cell in ["E2", "E3", "C4"] {
        assert!(notes.contains(&format!("ref=\"{cell}\"")), "{cell}");
    }
    assert_eq!(notes.matches("<comment ").count(), 3, "and nowhere else");
    golden("returned.en.txt", &format!("{}== notes\n{}", written(&rows), plain(&notes)));
    let styles = entry(&bytes, "xl/styles.xml");
    assert!(styles.contains("FFFFC7CE"), "{styles}");
    assert!(
        entry(&bytes, "xl/worksheets/sheet1.xml").contains("hidden=\"1\""),
        "the column with the numbers"
    );
    assert!(!entry(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));

    let mended = edited(
        &bytes,
        |name, text| {
            Some(match name {
                "xl/sharedStrings.xml" => text.replace("ATLANTIS", "UTOPIA"),
                "xl/worksheets/sheet1.xml" => {
                    let start = text.find(r#"<c r="E2""#).unwrap();
                    let end = start + text[start..].find("/>").unwrap();
                    let cell = format!(r#"{} t="inlineStr"><is><t>X2</t></is></c>"#, &text[start..end]);
                    format!("{}{cell}{}", &text[..start], &text[end + 2..])
                }
                _ => text,
            })
        },
        &[],
    );
    let mended = desk.file("mended.xlsx", &mended);
    let answer = import(&desk.data, &mended, &[]);
    let (lines, sum) = said(&answer);
    assert_eq!((answer.exit, &sum["imported"], &sum["duplicates"]), (0, &json!(2), &json!(1)), "{answer:?}");
    assert_eq!((&lines[0]["row"], &lines[0]["origin"]), (&json!(3), &json!(7)));
    assert_eq!(run(&desk.data, &["sync"]).last()["received"], 4);
    assert_eq!(desk.at_the_office(), 4, "each worker once");
    assert_eq!(import(&desk.data, &mended, &[]).last()["imported"], 0);
}

/// The specimen person, whose passport and permit numbers a spreadsheet keeps as these numbers.
fn numbered(passport: Option<f64>, permit: f64) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0_u16..).zip(header()) {
        sheet.write_string(0, column, title).unwrap();
    }
    sheet.write_string(0, 9, "Nomor izin").unwrap();
    for (column, fact) in (0_u16..).zip(person("X1")) {
        sheet.write_string(1, column, fact).unwrap();
    }
    if let Some(passport) = passport {
        sheet.write_number(1, 4, passport).unwrap();
    }
    sheet.write_number(1, 9, permit).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_number_that_may_have_lost_digits_is_refused_again_where_nobody_mended_it() {
    let desk = Desk::new();
    for (name, passport) in [("both", Some(123_456_789.0)), ("permit", None)] {
        let mut list = desk.file(&format!("{name}.xlsx"), &numbered(passport, 987_654_321.0));
        for round in 1..=2 {
            let back = desk.folder.path().join(format!("{name}-{round}.xlsx"));
            let answer = import(&desk.data, &list, &["--errors", back.to_str().unwrap()]);
            assert_eq!(
                (answer.exit, &answer.last()["imported"]),
                (6, &json!(0)),
                "{name} {round} {answer:?}"
            );
            let bytes = fs::read(&back).unwrap();
            let row = &sheet(&bytes).1[1];
            let kept = passport.map_or_else(|| Data::String("X1".into()), |_| Data::Empty);
            assert_eq!((&row[4], &row[9]), (&kept, &Data::Float(987_654_321.0)), "{name} {round}");
            assert!(entry(&bytes, "xl/styles.xml").contains("FFFFC7CE"));
            if round == 1 && passport.is_some() {
                let notes = entry(&bytes, "xl/comments1.xml");
                assert!(notes.contains("123456789") && notes.contains("from the passport"), "{notes}");
            }
            list = back;
        }
    }
}

#[test]
fn notes_say_a_thing_once_and_no_more_of_a_cell_than_tells_it() {
    let desk = Desk::new();
    let mut long = person("X1");
    long[0] = "A".repeat(300);
    let mut hidden = person("X2");
    hidden[0] = "ERIKSSON\u{202e} ANNA".to_owned();
    let mut foreign = person("X3");
    foreign[2] = "ATLANTIS".to_owned();
    let list = workbook(&[("A", vec![header(), person("X4"), long, hidden, foreign])]);
    let list = edited(
        &list,
        |name, text| {
            let row = r#"<row r="2" "#;
            assert!(name != "xl/worksheets/sheet1.xml" || text.contains(row), "{text}");
            Some(text.replace(row, r#"<row r="2" hidden="1" "#))
        },
        &[],
    );
    let list = desk.file("list.xlsx", &list);
    let back = desk.folder.path().join("back.xlsx");
    let answer = import(&desk.data, &list, &["--check", "--errors", back.to_str().unwrap()]);
    assert_eq!(answer.exit, 6, "{answer:?}");
    let expected = &said(&answer).0[2]["problems"][0]["expected"];
    assert!(expected.as_str().unwrap().contains("hidden characters"), "{expected}");
    let bytes = fs::read(&back).unwrap();
    let notes = entry(&bytes, "xl/comments1.xml");
    assert!(notes.contains(&"A".repeat(40)) && !notes.contains(&"A".repeat(41)), "{notes}");
    assert!(notes.contains("⟨U+202E⟩") && notes.contains("hidden characters"), "{notes}");
    assert!(notes.contains(r#"ref="A2""#) && notes.contains("The file hides this row"), "{notes}");
    assert_eq!(notes.matches("ATLANTIS").count(), 1, "{notes}");
    assert!(entry(&bytes, "xl/styles.xml").contains("FFFFEB9C"), "a hidden row is coloured too");
}

#[test]
fn of_a_list_that_was_only_looked_at_all_rows_come_back() {
    let desk = Desk::new();
    let mut wrong = person("X2");
    wrong[3] = "?".to_owned();
    let list = desk.file("list.xlsx", &workbook(&[("A", vec![header(), person("X1"), wrong])]));
    let back = desk.folder.path().join("mend.xlsx");
    assert_eq!(import(&desk.data, &list, &["--check", "--errors", back.to_str().unwrap()]).exit, 6);
    assert_eq!(sheet(&fs::read(&back).unwrap()).1.len(), 3);
    let fine = desk.file("fine.xlsx", &workbook(&[("A", vec![header(), person("X1")])]));
    let none = desk.folder.path().join("none.xlsx");
    assert_eq!(import(&desk.data, &fine, &["--check", "--errors", none.to_str().unwrap()]).exit, 0);
    assert!(!none.exists(), "nothing to mend, no workbook");
}

#[test]
fn days_of_1904_and_days_without_a_format_are_days() {
    let desk = Desk::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0_u16..).zip(header()) {
        sheet.write_string(0, column, title).unwrap();
    }
    for (column, fact) in (0_u16..).zip(person("X1")) {
        sheet.write_string(1, column, fact).unwrap();
    }
    // 12 August 1974, counted from 1904.
    sheet.write_number(1, 1, 27_253.0 - 1462.0).unwrap();
    let book = edited(
        &book.save_to_buffer().unwrap(),
        |name, text| {
            Some(if name == "xl/workbook.xml" {
                text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
            } else {
                text
            })
        },
        &[],
    );
    assert!(entry(&book, "xl/workbook.xml").contains("date1904"));
    assert_eq!(import(&desk.data, &desk.file("a.xlsx", &book), &[]).last()["imported"], 1);
    let found = run(&desk.data, &["report", "search", "X1"]).last();
    let shown =
        run(&desk.data, &["--show-pii", "report", "show", found["report_id"].as_str().unwrap()]).last();
    assert_eq!(shown["data"]["birth_date"], "1974-08-12");
}

#[test]
fn old_binary_workbooks_and_those_of_libreoffice_are_read() {
    let desk = Desk::new();
    let old = desk.file("workers.xls", include_bytes!("../fixtures/workers.xls"));
    let answer = import(&desk.data, &old, &[]);
    let (lines, sum) = said(&answer);
    assert_eq!(
        (&sum["format"], &sum["sheet"], &sum["imported"]),
        (&json!("xls"), &json!("Pekerja"), &json!(2)),
        "{answer:?}"
    );
    let wrong = lines.iter().find(|line| line["state"] == "error").unwrap();
    assert_eq!((&wrong["row"], &wrong["problems"][0]["code"]), (&json!(5), &json!("APOA-I404")));
    let hidden = lines.iter().find(|line| line["row"] == 6).unwrap();
    let notes: Vec<_> =
        hidden["problems"].as_array().unwrap().iter().map(|problem| &problem["note"]).collect();
    assert!(notes.contains(&&json!("HIDDEN_ROW")), "{hidden}");

    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let head: String = header().iter().map(|title| text(title)).collect();
    let cells: String = person("X9")
        .iter()
        .enumerate()
        .map(|(place, fact)| match place {
            1 => "<table:table-cell office:value-type=\"date\" office:date-value=\"1974-08-12\"><text:p>12/08/74</text:p></table:table-cell>".to_owned(),
            _ => text(fact),
        })
        .collect();
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>
        <table:table table:name="Daftar"><table:table-row>{head}</table:table-row>
        <table:table-row table:visibility="collapse">{cells}</table:table-row>
        <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    let answer = import(&desk.data, &desk.file("workers.ods", &super::template::ods(&content)), &[]);
    let (lines, sum) = said(&answer);
    assert_eq!((&sum["format"], &sum["imported"]), (&json!("ods"), &json!(1)), "{answer:?}");
    assert_eq!((&lines[0]["row"], &lines[0]["state"]), (&json!(2), &json!("warning")));
}
