//! Files that nobody should have sent: each is refused with its code, in bounded memory, and nothing of it is stored.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::files::{Desk, archive, edited, entry, header, person, workbook};
use super::support::{APOA, Answer, run};

/// Address space that an import may take, in kilobytes: what the program needs at rest, and 700 MB for the file.
const SPACE_KB: u32 = 1_500_000;

/// Imports in a process that may not take more memory.
fn bounded(data: &Path, file: &Path) -> Answer {
    let script = format!("ulimit -v {SPACE_KB} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script, APOA, "--data"])
        .arg(data)
        .args(["--json", "--lang", "en", "import"])
        .arg(file);
    let output = command.output().unwrap();
    Answer {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn refused(desk: &Desk, name: &str, bytes: &[u8], code: &str) -> Answer {
    let answer = bounded(&desk.data, &desk.file(name, bytes));
    assert_eq!((answer.exit, answer.lines().len()), (6, 1), "{name} {answer:?}");
    assert_eq!(answer.code(), code, "{name}");
    assert!(!answer.stderr.contains("panicked"), "{name}: {}", answer.stderr);
    assert_eq!(run(&desk.data, &["queue"]).last()["counts"]["queued"], 0, "{name} left something");
    answer
}

/// Which of the causes of its code it says, to scripts and to people.
fn is_because(answer: &Answer, reason: &str, text: &str) {
    let error = &answer.last()["error"];
    assert_eq!((&error["reason"], &error["text"]), (&json!(reason), &json!(text)), "{error}");
    assert!(!error["remedy"].as_str().unwrap().is_empty(), "{error}");
}

/// A good list of three workers.
fn good() -> Vec<u8> {
    workbook(&[("Daftar", vec![header(), person("X1"), person("X2"), person("X3")])])
}

/// A compound file with one stream of this name.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let (end, free, table) = (0xffff_fffe_u32, 0xffff_ffff_u32, 0xffff_fffd_u32);
    let sectors = stream.len().div_ceil(512);
    let mut bytes = vec![0_u8; 512 * (3 + sectors)];
    bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    bytes[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    let mut put = |at: usize, number: u32| bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    for (at, number) in [(44, 1), (48, 1), (56, 0x1000), (60, end), (68, end), (76, 0)] {
        put(at, number);
    }
    for entry in 1..109 {
        put(76 + entry * 4, free);
    }
    for entry in 0..128 {
        put(512 + entry * 4, free);
    }
    put(512, table);
    put(516, end);
    for sector in 0..sectors {
        let next = if sector + 1 == sectors { end } else { sector as u32 + 3 };
        put(512 + (2 + sector) * 4, next);
    }
    for (place, (name, kind, start, length)) in
        [("Root Entry", 5_u8, end, 0), (name, 2, 2, stream.len() as u32)].into_iter().enumerate()
    {
        let at = 1024 + place * 128;
        for (letter, unit) in name.encode_utf16().enumerate() {
            bytes[at + letter * 2..at + letter * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        bytes[at + 64] = (name.len() as u8 + 1) * 2;
        bytes[at + 66] = kind;
        bytes[at + 116..at + 120].copy_from_slice(&start.to_le_bytes());
        bytes[at + 120..at + 124].copy_from_slice(&length.to_le_bytes());
    }
    bytes[1536..1536 + stream.len()].copy_from_slice(stream);
    bytes
}

/// Records of a binary workbook.
fn records(records: &[(u16, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, data) in records {
        bytes.extend(kind.to_le_bytes());
        bytes.extend((data.len() as u16).to_le_bytes());
        bytes.extend(*data);
    }
    bytes
}

#[test]
fn what_is_no_list_has_its_code() {
    let desk = Desk::new();
    is_because(&refused(&desk, "empty.xlsx", b"", "APOA-I403"), "empty", "The file is empty.");
    refused(&desk, "empty.csv", b"", "APOA-I403");
    let picture = refused(&desk, "picture.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\0\0", "APOA-I403");
    is_because(&picture, "unknown", "Neither a workbook nor a list as text.");
    refused(&desk, "zip.xlsx", &archive(&[("a.txt", b"a")]), "APOA-I403");
    refused(
        &desk,
        "binary.xlsb",
        &archive(&[("[Content_Types].xml", b"<a/>"), ("xl/workbook.bin", b"x")]),
        "APOA-I403",
    );
    refused(&desk, "letter.csv", b"Dengan hormat,\nterlampir daftar pekerja.\n", "APOA-I402");
    refused(&desk, "blank.xlsx", &workbook(&[("A", Vec::new())]), "APOA-I402");
    refused(
        &desk,
        "other.xlsx",
        &workbook(&[("A", vec![vec!["Barang".into(), "Harga".into()]])]),
        "APOA-I402",
    );
    let many: Vec<Vec<String>> = (0..=10_000).map(|number| person(&format!("X{number}"))).collect();
    let long = refused(&desk, "long.csv", super::files::csv(&many).as_bytes(), "APOA-I406");
    is_because(&long, "rows", "File too large (max 10000 rows, 10 MB).");
}

#[test]
fn a_workbook_that_is_cut_short_or_locked_is_refused() {
    let desk = Desk::new();
    let whole = good();
    for part in [1, 2, 3] {
        let cut = refused(&desk, "cut.xlsx", &whole[..whole.len() * part / 4], "APOA-I403");
        is_because(&cut, "damaged", "The file is damaged or cut short.");
    }
    let torn = edited(
        &whole,
        |name, text| {
            Some(if name == "xl/worksheets/sheet1.xml" { text[..text.len() / 2].to_owned() } else { text })
        },
        &[],
    );
    refused(&desk, "torn.xlsx", &torn, "APOA-I403");
    let xls = include_bytes!("../fixtures/workers.xls");
    refused(&desk, "cut.xls", &xls[..xls.len() / 2], "APOA-I403");

    let locked = refused(&desk, "locked.xlsx", &compound("EncryptedPackage", &[0; 600]), "APOA-I403");
    is_because(&locked, "locked", "The workbook is locked.");
    let old = records(&[(0x0809, &[0, 6, 5, 0]), (0x002f, &[1, 0, 1, 0])]);
    let old = [old, vec![0; 4096]].concat();
    let locked = refused(&desk, "locked.xls", &compound("Workbook", &old), "APOA-I403");
    is_because(&locked, "locked", "The workbook is locked.");
}

#[test]
fn a_file_of_200_megabytes_is_not_read() {
    let desk = Desk::new();
    let path = desk.folder.path().join("huge.csv");
    File::create(&path).unwrap().set_len(200_000_000).unwrap();
    let answer = bounded(&desk.data, &path);
    assert_eq!((answer.exit, answer.code().as_str()), (6, "APOA-I406"), "{answer:?}");
    is_because(&answer, "bytes", "The file has more than 10 MB.");
}

#[test]
fn an_archive_that_unpacks_to_gigabytes_is_not_unpacked() {
    let desk = Desk::new();
    let zeros = vec![b' '; 80_000_000];
    let bomb = edited(
        &good(),
        |name, text| (name != "xl/worksheets/sheet1.xml").then_some(text),
        &[("xl/worksheets/sheet1.xml", &zeros)],
    );
    assert!(bomb.len() < 200_000);
    let bomb_refused = refused(&desk, "bomb.xlsx", &bomb, "APOA-I406");
    is_because(&bomb_refused, "unpacked", "Unpacked, the workbook is larger than any list may be.");
    // The same with a directory that says it is small.
    let mut liar = bomb.clone();
    let size = 80_000_000_u32.to_le_bytes();
    let places: Vec<usize> = (0..liar.len() - 4).filter(|at| liar[*at..*at + 4] == size).collect();
    assert!(places.len() >= 2, "the size stands in front of the entry and in the directory");
    for at in places {
        liar[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    refused(&desk, "liar.xlsx", &liar, "APOA-I403");
    let many: String = "<xf/>".repeat(900_000);
    let styles = edited(
        &good(),
        |name, text| {
            Some(if name == "xl/styles.xml" {
                text.replace("<cellXfs", &format!("{many}<cellXfs"))
            } else {
                text
            })
        },
        &[],
    );
    refused(&desk, "styles.xlsx", &styles, "APOA-I406");
}

#[test]
fn two_cells_far_apart_take_no_memory() {
    let desk = Desk::new();
    let far = edited(
        &good(),
        |name, text| {
            let cell =
                r#"<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>"#;
            Some(if name == "xl/worksheets/sheet1.xml" { text.replace("</sheetData>", cell) } else { text })
        },
        &[],
    );
    let answer = bounded(&desk.data, &desk.file("far.xlsx", &far));
    assert_eq!((answer.exit, &answer.last()["imported"]), (0, &json!(3)), "{answer:?}");

    let content = r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body>
        <office:spreadsheet><table:table table:name="A"><table:table-row table:number-rows-repeated="1000000">
        <table:table-cell table:number-columns-repeated="90" office:value-type="string"><text:p>x</text:p></table:table-cell>
        </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#;
    let desk = Desk::new();
    refused(&desk, "far.ods", &super::template::ods(content), "APOA-I406");

    // A binary workbook whose one sheet has a number in its first and in its last cell.
    let number = |row: u16, column: u16| {
        [&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &1.0_f64.to_le_bytes()].concat()
    };
    let bof = [0, 6, 0x10, 0, 0, 0, 0, 0];
    let sheet =
        records(&[(0x0809, &bof), (0x0203, &number(0, 0)), (0x0203, &number(65_535, 65_535)), (0x000a, &[])]);
    let name = [&[0, 0, 1, 0][..], b"A"].concat();
    let start =
        records(&[(0x0809, &bof), (0x0085, &[&[0; 4][..], &name].concat()), (0x000a, &[])]).len() as u32;
    let globals =
        records(&[(0x0809, &bof), (0x0085, &[&start.to_le_bytes()[..], &name].concat()), (0x000a, &[])]);
    let stream = [globals, sheet, vec![0; 4096]].concat();
    refused(&desk, "far.xls", &compound("Workbook", &stream), "APOA-I406");
}

#[test]
fn macros_are_left_alone_and_the_rows_are_read() {
    let desk = Desk::new();
    let book = edited(
        &good(),
        |name, text| {
            let plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
            let macros = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
            Some(if name == "[Content_Types].xml" { text.replace(plain, macros) } else { text })
        },
        &[("xl/vbaProject.bin", &[0xd0, 0xcf, 0x11, 0xe0])],
    );
    assert!(entry(&book, "[Content_Types].xml").contains("macroEnabled"));
    let answer = bounded(&desk.data, &desk.file("macros.xlsm", &book));
    assert_eq!((answer.exit, &answer.last()["imported"]), (0, &json!(3)), "{answer:?}");
}

#[test]
fn an_external_link_is_not_followed_and_a_formula_counts_as_what_it_showed() {
    let desk = Desk::new();
    let book = edited(
        &good(),
        |name, text| {
            let formula = r#"<c r="A2" t="str"><f>WEBSERVICE("https://example.com/")</f><v>ERIKSSON ANNA MARIA</v></c>"#;
            if name != "xl/worksheets/sheet1.xml" {
                return Some(text);
            }
            let (start, end) = (text.find(r#"<c r="A2""#).unwrap(), text.find(r#"<c r="B2""#).unwrap());
            Some(format!("{}{formula}{}", &text[..start], &text[end..]))
        },
        &[],
    );
    let answer = bounded(&desk.data, &desk.file("formula.xlsx", &book));
    assert_eq!((answer.exit, &answer.last()["imported"]), (0, &json!(3)), "{answer:?}");
    let found = run(&desk.data, &["report", "search", "X1"]).last();
    let shown =
        run(&desk.data, &["--show-pii", "report", "show", found["report_id"].as_str().unwrap()]).last();
    assert_eq!(shown["data"]["full_name"], "ERIKSSON ANNA MARIA");
}
