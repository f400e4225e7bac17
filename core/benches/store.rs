//! What the store costs beside plain SQLite doing the same commits in the same run: saving, opening, listing, searching,
//! rotating keys, and bytes on disk. Read ratios, not absolutes.
//!
//! `cargo bench -p apoa-core --bench store`. `APOA_ROWS` says how many reports are there (default 10,000). Saving is
//! measured in the system's temporary folder, so that its fsync is real; the many reports are made in memory.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement: it ends where something fails, and looks at files beside the store"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use apoa_core::fields::Field;
use apoa_core::report::draft::Draft;
use apoa_core::report::kinds::ReportKind;
use apoa_core::{ApoaClient, Config, FileVault, Page, Ports, SystemClock, SystemRandom};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rusqlite::Connection;

/// A folder that somebody signed in to.
const SIGNED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/databases/v1");

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn open(data: &Path) -> ApoaClient {
    let random = Arc::new(SystemRandom);
    let ports = Ports {
        vault: Arc::new(FileVault::new(data.join("keys"), random.clone())),
        clock: Arc::new(SystemClock::new()),
        random,
        observer: None,
    };
    let config = Config {
        data_dir: data.to_owned(),
        server: None,
        trust: None,
        client_id: "bench".to_owned(),
        platform: "bench".to_owned(),
    };
    ApoaClient::open(config, ports).unwrap()
}

fn guest(client: &ApoaClient, number: usize) -> Draft {
    let mut draft = Draft::new(ReportKind::LodgingCheckIn);
    for (field, value) in [
        (Field::FullName, "ERIKSSON ANNA MARIA"),
        (Field::BirthDate, "1974-08-12"),
        (Field::Nationality, "UTO"),
        (Field::Sex, "F"),
        (Field::PassportNumber, &format!("B{number:08}")),
        (Field::CheckIn, &client.today().to_string()),
        (Field::Nights, "3"),
        (Field::Purpose, "holiday"),
        (Field::Room, "12"),
    ] {
        draft.set(field, value);
    }
    draft
}

/// Plain SQLite with the same journal and the same durability: the row and its op, nothing sealed, no rules.
struct Plain(Connection);

impl Plain {
    fn new(folder: &Path) -> Self {
        let connection = Connection::open(folder.join("plain.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 CREATE TABLE report(seq INTEGER PRIMARY KEY, id BLOB UNIQUE, body TEXT, summary TEXT); \
                 CREATE TABLE outbox(seq INTEGER PRIMARY KEY, op BLOB UNIQUE, frozen TEXT);",
            )
            .unwrap();
        Self(connection)
    }

    fn save(&mut self, number: usize) {
        let body = body(number);
        let tx = self.0.transaction().unwrap();
        let id = [&[7; 8][..], &(number as u64).to_be_bytes()].concat();
        tx.prepare_cached("INSERT INTO report(id, body, summary) VALUES(?1, ?2, ?3)")
            .unwrap()
            .execute((&id, &body, summary(number)))
            .unwrap();
        tx.prepare_cached("INSERT INTO outbox(op, frozen) VALUES(?1, ?2)")
            .unwrap()
            .execute((&id, &body))
            .unwrap();
        tx.commit().unwrap();
    }
}

/// As long as the frozen text of such a guest.
fn body(number: usize) -> String {
    format!("{{\"number\":{number:08},\"text\":\"{}\"}}", "x".repeat(590))
}

fn summary(number: usize) -> String {
    format!("{{\"number\":{number:08},\"text\":\"{}\"}}", "x".repeat(190))
}

fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn unit_file(data: &Path) -> PathBuf {
    let unit = fs::read_dir(data.join("units")).unwrap().next().unwrap().unwrap().path();
    unit.join("live").join("unit.db")
}

fn rows() -> usize {
    std::env::var("APOA_ROWS").map_or(10_000, |text| text.parse().unwrap())
}

fn saving(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let (data, mut number) = (folder.path().join("data"), 0);
    copy(Path::new(SIGNED_IN), &data);
    let client = open(&data);
    let mut plain = Plain::new(folder.path());
    let mut group = criterion.benchmark_group("save");
    group.sample_size(20).measurement_time(Duration::from_secs(8));
    group.bench_function("plain", |bencher| {
        bencher.iter(|| {
            number += 1;
            plain.save(number);
        });
    });
    group.bench_function("report", |bencher| {
        bencher.iter_batched(
            || {
                number += 1;
                guest(&client, number)
            },
            |draft| client.finalise(draft, None, None).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn many(criterion: &mut Criterion) {
    let (folder, rows) = (in_memory(), rows());
    let data = folder.path().join("data");
    copy(Path::new(SIGNED_IN), &data);
    let client = open(&data);
    let begun = Instant::now();
    for number in 0..rows {
        client.finalise(guest(&client, number), None, None).unwrap();
    }
    let sealed = begun.elapsed();
    client.suspend().unwrap();
    client.resume().unwrap();
    let mut plain = Plain::new(folder.path());
    let begun = Instant::now();
    for number in 0..rows {
        plain.save(number);
    }
    let bare = begun.elapsed();
    plain.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let (ours, theirs) = (
        fs::metadata(unit_file(&data)).unwrap().len(),
        fs::metadata(folder.path().join("plain.db")).unwrap().len(),
    );
    println!(
        "bulk, in memory: {rows} reports in {sealed:.2?}, plain in {bare:.2?}: {:.2} times",
        sealed.as_secs_f64() / bare.as_secs_f64()
    );
    println!(
        "bytes: {} a report, plain {}: {:.2} times",
        ours / rows as u64,
        theirs / rows as u64,
        ours as f64 / theirs as f64
    );

    let page = Page { work: None, standing: None, limit: 50, after: None };
    let mut group = criterion.benchmark_group(format!("with {rows} reports"));
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    group.bench_function("first page of 50", |bencher| bencher.iter(|| client.reports(page).unwrap()));
    group.bench_function("counts", |bencher| bencher.iter(|| client.counts().unwrap()));
    group.bench_function("search by number", |bencher| {
        bencher.iter(|| client.search("B00000777", 50, None).unwrap());
    });
    group.bench_function("search by a name nobody has", |bencher| {
        bencher.iter(|| client.search("specimen", 50, None).unwrap());
    });
    let begun = Instant::now();
    let rotated = client.rotate_keys().unwrap();
    println!("rotation of {} reports: {:.2?}", rotated.reports, begun.elapsed());
    drop(client);
    group.bench_function("open, and the counts", |bencher| {
        bencher.iter(|| open(&data).counts().unwrap());
    });
    group.finish();
}

criterion_group!(benches, saving, many);
criterion_main!(benches);
