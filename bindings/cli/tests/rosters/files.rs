//! A desk that is signed in, and lists as people write them.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::support::{Server, run, today};

pub(crate) const HEADER: [&str; 9] = [
    "Nama Lengkap",
    "Tgl Lahir",
    "Kebangsaan",
    "L/P",
    "No. Paspor",
    "Mulai Bekerja",
    "Jabatan",
    "Alamat Kerja",
    "Penjamin",
];

/// The specimen person with this passport.
pub(crate) fn person(passport: &str) -> Vec<String> {
    let today = today();
    let row = [
        "ERIKSSON ANNA MARIA",
        "12-08-1974",
        "UTOPIA",
        "P",
        passport,
        &today,
        "Engineer",
        "Jl. Contoh 1",
        "PT Contoh Uji",
    ];
    row.map(str::to_owned).to_vec()
}

pub(crate) fn csv(rows: &[Vec<String>]) -> String {
    let lines: Vec<String> = rows.iter().map(|row| row.join(";")).collect();
    format!("{}\n{}\n", HEADER.join(";"), lines.join("\n"))
}

/// A workbook of texts: sheets with their rows.
pub(crate) fn workbook(sheets: &[(&str, Vec<Vec<String>>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        let text = Format::new().set_num_format("@");
        for (line, row) in (0_u32..).zip(rows) {
            for (column, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string_with_format(line, column, cell, &text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

pub(crate) fn header() -> Vec<String> {
    HEADER.map(str::to_owned).to_vec()
}

/// A workbook whose entries are changed, as a program of others might have written it.
pub(crate) fn edited(
    book: &[u8],
    mut change: impl FnMut(&str, String) -> Option<String>,
    more: &[(&str, &[u8])],
) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(book)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        if let Some(text) = change(&name, text) {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
    }
    for (name, bytes) in more {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An archive of these entries.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The text of an entry.
pub(crate) fn entry(book: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut archive = ZipArchive::new(Cursor::new(book)).unwrap();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A data folder of a member who is signed in, with its server.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) data: PathBuf,
    _server: Server,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
        assert_eq!(server.login(&data, &server.word("password")).exit, 0);
        Self { folder, data, _server: server }
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// How many reports the office holds.
    pub(crate) fn at_the_office(&self) -> usize {
        let db = self.folder.path().join("office.db");
        run(Path::new("."), &["office", "reports", "--db", db.to_str().unwrap()]).lines().len()
    }
}
