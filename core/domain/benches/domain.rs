//! How long reading and comparing take. The bounds are for a release build on one core of a laptop: the worst hostile
//! payload below 5 ms, reading a payload and a zone and comparing both below 100 µs.
//!
//! `cargo bench -p apoa-domain`
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::hint::black_box;
use std::path::Path;

use apoa_domain::fields::Field;
use apoa_domain::passport::{Date, Occasion, Origin, Person, compare, read_mrz};
use apoa_domain::permit::{Patterns, read};
use criterion::{Criterion, criterion_group, criterion_main};

const ZONE: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const HOLDER: &str = "NIORA : AB12345678\nPermit Number : 2C21AB1234YZ\nFull Name : ERIKSSON ANNA MARIA\n\
                      Passport Number : L898902C3\nPlace / Date of Birth : UTOPIA / 12-08-1974\n\
                      Nationality : UTOPIA\nGender : P\nStay Permit Expiry : 18/12/2026";

/// The most parts that the rules with choices are tried on.
const PARTS: usize = 24;

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

/// Texts that make each step of the recognition work hardest, each as long as it may be.
fn hostile_payloads() -> Vec<(&'static str, Vec<u8>)> {
    let repeated = |text: &str, bytes: usize| text.repeat(bytes / text.len()).into_bytes();
    vec![
        ("64 KiB", repeated("A", 65_536)),
        ("windows-1252", repeated("\u{ff}", 4096).iter().map(|byte| byte | 0x80).collect()),
        ("spaces and fillers", repeated("P< \n", 4096)),
        ("zone", repeated("P<UTO0O1I5S8B<<", 90)),
        ("brackets", repeated("[", 4096)),
        ("braces", repeated("{\"a\":", 4096)),
        ("members", format!("{{{}\"a\":1}}", "\"name\":\"x\",".repeat(340)).into_bytes()),
        ("labels", repeated("NAME : \u{dc}\u{dc}\n", 256)),
        ("colons", repeated("a:", 4096)),
        ("columns", repeated("|", 4096)),
        ("address", format!("https://{}", "\u{24d4}.".repeat(500)).into_bytes()),
        ("percent", format!("https://{}", "%65".repeat(650)).into_bytes()),
        ("digits", repeated("2C21AB1234YZ", 256)),
        ("marks", repeated("a\u{301}\u{323}", 4096)),
    ]
}

/// Pages that make the search for a zone work hardest.
fn hostile_pages() -> Vec<(&'static str, String)> {
    let alike = "0O1I5S8BZ2G6OQDU".repeat(3);
    let lines =
        |first: char, cells: usize| format!("{first}{}\n", &alike[..cells - 1]).repeat(8192 / (cells + 1));
    let specimen = |line: &str| format!("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n{line}");
    vec![
        ("44 cells", lines('P', 44)),
        ("43 cells", lines('P', 43)),
        ("36 cells", lines('I', 36)),
        ("30 cells", lines('I', 30)),
        ("29 cells", lines('I', 29)),
        ("one cell a line", "<\n".repeat(4096)),
        ("a failing digit", specimen("L898902C37UTO7408122F1204159ZE184226B<<<<<10")),
        ("one cell short of a hit", specimen("L89890C36UTO7408122F1204159ZE184226B<<<<<10")),
        ("a visa short of a cell", lines('V', 43)),
        ("a lost cell", specimen("L89890C37UTO7408122F1204159ZE184226B<<<<<10")),
    ]
}

fn read_worst(c: &mut Criterion) {
    let patterns = Patterns::default();
    let mut group = c.benchmark_group("worst payload");
    for (name, payload) in hostile_payloads() {
        group.bench_function(name, |b| b.iter(|| read(black_box(&payload), &patterns)));
    }
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/payloads/addresses.jsonl");
    let table = fs::read_to_string(table).unwrap();
    group.bench_function("all lines of a table as payloads", |b| {
        b.iter(|| {
            table
                .lines()
                .map(|line| read(black_box(line.as_bytes()), &patterns))
                .filter(|r| r.key().is_some())
                .count()
        });
    });
    group.finish();
    let mut group = c.benchmark_group("worst page");
    for (name, page) in hostile_pages() {
        group.bench_function(name, |b| b.iter(|| read_mrz(black_box(&page), today())));
    }
    group.finish();
}

fn compare_worst(c: &mut Criterion) {
    let patterns = Patterns::default();
    let mut group = c.benchmark_group("worst names");
    for (name, part, other) in [
        ("many short parts", "\u{dc} ", "U "),
        ("many spellings", "\u{dc}\u{c5}\u{dc}\u{c5}\u{dc} ", "UUAAUU "),
        ("many ends", "\u{c5}\u{c5}\u{c5}\u{c5} ", "AAAAAA "),
    ] {
        let person = |text: &str| Person::from_fields([(Field::FullName, text)], Origin::Typed, &patterns);
        let (one, two) = (person(&part.repeat(PARTS)), person(&other.repeat(PARTS)));
        group.bench_function(name, |b| b.iter(|| compare(black_box(&one), &two, &Occasion::on(today()))));
        group.bench_function(format!("{name}, prepared"), |b| {
            b.iter(|| person(black_box(&part.repeat(PARTS))));
        });
    }
    group.finish();
}

fn ordinary(c: &mut Criterion) {
    let patterns = Patterns::default();
    let mut group = c.benchmark_group("ordinary");
    group.bench_function("read a permit and a passport, compare", |b| {
        b.iter(|| {
            let permit = Person::from_reading(&read(black_box(HOLDER.as_bytes()), &patterns), &patterns);
            let zone = read_mrz(black_box(ZONE), today());
            let passport = Person::from_zone(zone.zone().unwrap());
            compare(&permit, &passport, &Occasion::on(today()))
        });
    });
    group.bench_function("read a number", |b| b.iter(|| read(black_box(b"2C21XX0000-K"), &patterns)));
    group.bench_function("build the patterns", |b| b.iter(Patterns::default));
    group.finish();
}

criterion_group!(benches, ordinary, read_worst, compare_worst);
criterion_main!(benches);
