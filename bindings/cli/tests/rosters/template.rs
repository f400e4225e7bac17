//! The empty list: what is in it, held against golden texts, and that it goes in filled without a word.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Reader as _, Xlsx};
use serde_json::json;

use super::files::{Desk, archive, edited, entry, person};
use super::support::{run, today};
use super::{import, said};

/// A workbook of OpenDocument with this content.
pub(crate) fn ods(content: &str) -> Vec<u8> {
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

/// Every sheet with its rows, cells parted by bars, and what its first sheet offers and takes.
fn contents(book: &[u8]) -> String {
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    let mut lines = Vec::new();
    for name in read.sheet_names() {
        lines.push(format!("== {name}"));
        let range = read.worksheet_range(&name).unwrap();
        // Of 250 countries a few will do.
        for row in range.rows().take(60) {
            let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
            lines.push(cells.join(" | "));
        }
    }
    let sheet = entry(book, "xl/worksheets/sheet1.xml");
    for rule in sheet.split("<dataValidation ").skip(1) {
        let rule = rule.split("</dataValidation>").next().unwrap();
        let of = |key: &str| rule.split(&format!("{key}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        let what = rule.split("<formula1>").nth(1).and_then(|rest| rest.split("</formula1>").next());
        lines.push(format!("{} {} {}", of("sqref").unwrap(), of("type").unwrap(), what.unwrap()));
    }
    format!("{}\n", lines.join("\n"))
}

/// Holds a text against the file of this name; `APOA_BLESS` writes it anew.
pub(crate) fn golden(name: &str, said: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("APOA_BLESS").is_some() {
        fs::write(&file, said).unwrap();
    }
    assert_eq!(said, fs::read_to_string(&file).unwrap(), "{name}");
}

#[test]
fn a_template_is_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, language) in [("worker.start", "id"), ("worker.start", "en"), ("lodging.check_in", "id")] {
        let file = folder.path().join(format!("{kind}.{language}.xlsx"));
        let answer =
            run(folder.path(), &["template", file.to_str().unwrap(), "--kind", kind, "--lang", language]);
        assert_eq!((answer.exit, &answer.last()["template"]), (0, &json!(kind)), "{answer:?}");
        let said = contents(&fs::read(&file).unwrap());
        golden(&format!("template.{kind}.{language}.txt"), &said);
    }
    let there = folder.path().join("worker.start.id.xlsx");
    let again = run(folder.path(), &["template", there.to_str().unwrap()]);
    assert_eq!((again.exit, &again.last()["error"]["reason"]), (2, &json!("taken")), "never written over");
    assert_eq!(run(folder.path(), &["template", "list.csv"]).exit, 2);
}

#[test]
fn a_filled_template_goes_in_without_a_word() {
    let desk = Desk::new();
    for (language, sex, country) in [("id", "P", "Jerman"), ("en", "F", "Germany")] {
        let file = desk.folder.path().join(format!("{language}.xlsx"));
        assert_eq!(run(&desk.data, &["template", file.to_str().unwrap(), "--lang", language]).exit, 0);
        let book = fs::read(&file).unwrap();
        let passport = format!("X{language}").to_uppercase();
        // In the order of the template's columns, which begin with the needed ones.
        let mut read: Xlsx<_> = Xlsx::new(Cursor::new(&book)).unwrap();
        let titles: Vec<String> = read
            .worksheet_range_at(0)
            .unwrap()
            .unwrap()
            .rows()
            .next()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        let known = person(&passport);
        let cells: Vec<(String, String)> = titles
            .iter()
            .enumerate()
            .filter_map(|(place, title)| {
                let column = apoa_core::roster::letters(place);
                let text = match title.as_str() {
                    "Nama lengkap" | "Full name" => known[0].clone(),
                    "Tanggal lahir" | "Date of birth" => {
                        return Some((column, r#" s="D"><v>27253</v></c>"#.to_owned()));
                    }
                    "Kebangsaan" | "Nationality" => country.to_owned(),
                    "Jenis kelamin" | "Sex" => sex.to_owned(),
                    "Nomor paspor" | "Passport number" => passport.clone(),
                    "Mulai bekerja" | "First day of work" => today(),
                    "Jabatan" | "Position" => known[6].clone(),
                    "Alamat kerja" | "Work address" => known[7].clone(),
                    "Penjamin" | "Guarantor" => known[8].clone(),
                    "Jenis izin" | "Permit type" => "ITAS".to_owned(),
                    "Nomor izin" | "Permit number" => "2C21XX0000-K".to_owned(),
                    _ => return None,
                };
                Some((column, format!(r#" t="inlineStr"><is><t>{text}</t></is></c>"#)))
            })
            .collect();
        assert_eq!(cells.len(), 11, "{titles:?}");
        let filled = edited(
            &book,
            |name, text| {
                if name != "xl/worksheets/sheet1.xml" {
                    return Some(text);
                }
                // A day in the column's own format.
                let style = text.split("<cols>").nth(1).unwrap().split("<col ").nth(2).unwrap();
                let style = style.split("style=\"").nth(1).unwrap().split('"').next().unwrap();
                let day = format!("\"{style}\"");
                let cell = |(column, cell): &(String, String)| {
                    format!("<c r=\"{column}2\"{}", cell.replace("\"D\"", &day))
                };
                let row = cells.iter().map(cell).collect::<Vec<_>>().concat();
                Some(text.replace("</sheetData>", &format!("<row r=\"2\">{row}</row></sheetData>")))
            },
            &[],
        );
        let answer = import(&desk.data, &desk.file(&format!("filled.{language}.xlsx"), &filled), &[]);
        let (lines, sum) = said(&answer);
        assert_eq!((answer.exit, lines.len(), &sum["imported"]), (0, 0, &json!(1)), "{answer:?}");
        let found = run(&desk.data, &["report", "search", &passport]).last();
        let shown =
            run(&desk.data, &["--show-pii", "report", "show", found["report_id"].as_str().unwrap()]).last();
        assert_eq!(
            [&shown["data"]["birth_date"], &shown["data"]["nationality"], &shown["data"]["sex"]],
            [&json!("1974-08-12"), &json!("D"), &json!("F")]
        );
    }
}

#[test]
fn another_purpose_is_offered_and_read() {
    let desk = Desk::new();
    let today = today();
    let row = |passport: &str, purpose: &str| {
        format!("ERIKSSON ANNA MARIA;12-08-1974;UTOPIA;P;{passport};{today};3;{purpose}\n")
    };
    let rows = [("X1", "lainnya", "other:lainnya"), ("X2", "lainnya: pemotretan", "other:pemotretan")];
    let text: String = rows.iter().map(|(passport, purpose, _)| row(passport, purpose)).collect();
    let text = format!("Nama;Tgl lahir;Kebangsaan;JK;No Paspor;Check-in;Malam;Tujuan\n{text}");
    let list = desk.file("guests.csv", text.as_bytes());
    let answer = import(&desk.data, &list, &["--kind", "lodging.check_in"]);
    assert_eq!((answer.exit, &answer.last()["imported"]), (0, &json!(2)), "{answer:?}");
    for (passport, _, purpose) in rows {
        let found = run(&desk.data, &["report", "search", passport]).last();
        let shown = run(&desk.data, &["report", "show", found["report_id"].as_str().unwrap()]).last();
        assert_eq!(shown["data"]["purpose"], purpose);
    }
}
