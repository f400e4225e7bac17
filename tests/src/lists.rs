//! Lists of workers as an office writes them: as text, with a title that somebody has to explain.

use std::fmt::Write as _;

use apoa_core::fields::Field;
use apoa_core::report::kinds::ReportKind;
use apoa_core::roster::{RosterRequest, Titles};

use crate::canary::{plant, value};

/// The title of the column with the document numbers: nobody's standard.
const DOCUMENT: &str = "Dok.";

/// So many workers from this number on; the person is the specimen of ICAO Doc 9303, and what is personal is planted.
pub fn workers(from: u32, count: u32, start: &str) -> String {
    let name = value(Field::FullName);
    let mut text =
        format!("Nama;Tgl lahir;Kebangsaan;L/P;{DOCUMENT};Mulai bekerja;Jabatan;Alamat kerja;Penjamin\n");
    for number in from..from + count {
        let passport = format!("W{number:08}");
        plant(passport.as_bytes(), "a passport number");
        let _ = writeln!(
            text,
            "{name};12-08-1974;UTOPIA;P;{passport};{start};Engineer;Jl. Contoh 1;PT Contoh Uji"
        );
    }
    text
}

/// How such a list is read.
pub fn request() -> RosterRequest {
    let titles = Titles::from([(Field::PassportNumber, DOCUMENT.to_owned())]);
    RosterRequest { kind: ReportKind::WorkerStart, titles }
}
