//! What the store costs beside plain SQLite in the same run: saving, bytes on disk, opening, listing, searching, and
//! changing keys. Read ratios, not absolutes.
//!
//! `cargo bench -p apoa-core --bench store`. `APOA_ROWS` says how many reports are there (default 10,000). On disk means
//! the system's temporary folder, whose fsync should be real; in memory fsync costs nothing.
//!
//! Beside one report stands a bare commit of two rows; beside many, the same rows unsealed: the same schema, indexes,
//! triggers, settings and transactions, so that the ratio says what sealing and the rules cost. Both take turns, since the
//! machine is not equally fast all the time; what can be repeated by itself is left to Criterion.

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
use apoa_core::ids::{AccountId, OpId, ReportId, Timestamp, UnitId};
use apoa_core::report::draft::Draft;
use apoa_core::report::finalise::{Captured, ClockTrust, NewIdentity, finalise};
use apoa_core::report::kinds::ReportKind;
use apoa_core::report::op::FrozenOp;
use apoa_core::report::state::Work;
use apoa_core::{ApoaClient, Config, FileVault, Page, Ports, SystemClock, SystemRandom};
use criterion::{BatchSize, Criterion};
use rusqlite::{Connection, TransactionBehavior, params};
use tempfile::TempDir;

/// A folder that somebody signed in to.
const SIGNED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/databases/v1");

/// The file of a unit, step by step.
const SCHEMA: &[&str] = &[
    include_str!("../migrations/unit/0001_init.sql"),
    include_str!("../migrations/unit/0002_lists_and_log.sql"),
];

/// What the store sets for its file (`core/src/store/connection.rs`).
const SETTINGS: &str = "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                        PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
                        PRAGMA cell_size_check = ON; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 1000;";

/// Reports saved one by one.
const ONE_BY_ONE: usize = 600;

fn main() {
    saving_one();
    let rows = std::env::var("APOA_ROWS").map_or(10_000, |text| text.parse().unwrap());
    saving_many("on disk", &tempfile::tempdir().unwrap(), rows);
    recovering();
    let (folder, memory) = in_memory();
    let client = saving_many(memory, &folder, rows);
    // Ten times each: the rotation of many reports takes seconds.
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    working(&mut criterion, client, &folder.path().join("data"), rows);
    criterion.final_summary();
}

/// One report, beside a bare commit of two rows, in turns.
fn saving_one() {
    let folder = tempfile::tempdir().unwrap();
    let client = signed_in(folder.path());
    let mut bare = Bare::new(folder.path());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..ONE_BY_ONE {
        let (draft, body) = (guest(&client, number), "x".repeat(640));
        theirs.push(timed(|| bare.save(number, &body)).0);
        ours.push(timed(|| client.finalise(draft, None, None).unwrap()).0);
    }
    ours.sort();
    theirs.sort();
    let middle = ONE_BY_ONE / 2;
    beside("one report on disk, beside a bare commit", ours[middle], theirs[middle]);
    println!(
        "  slowest of a hundred: {:.1?} beside {:.1?}",
        ours[ONE_BY_ONE * 99 / 100],
        theirs[ONE_BY_ONE * 99 / 100]
    );
}

/// As many reports as asked for, beside the same rows unsealed, in turns of a thousand.
fn saving_many(place: &str, folder: &TempDir, rows: usize) -> ApoaClient {
    const TURN: usize = 1000;
    let client = signed_in(folder.path());
    let mut unsealed = Unsealed::new(folder.path());
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for from in (0..rows).step_by(TURN) {
        let drafts: Vec<Draft> = (from..rows.min(from + TURN)).map(|number| guest(&client, number)).collect();
        let frozen: Vec<_> = drafts.iter().map(|draft| (freeze(&client, draft), summary(draft))).collect();
        theirs += timed(|| frozen.iter().for_each(|(op, summary)| unsealed.save(op, summary))).0;
        ours += timed(|| {
            for draft in drafts {
                client.finalise(draft, None, None).unwrap();
            }
        })
        .0;
    }
    beside(&format!("{rows} reports {place}, beside the same unsealed"), ours, theirs);
    client.suspend().unwrap();
    client.resume().unwrap();
    unsealed.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let length = |path: PathBuf| fs::metadata(path).unwrap().len() as f64 / rows as f64;
    let (ours, theirs) =
        (length(unit_file(&folder.path().join("data"))), length(folder.path().join("unsealed.db")));
    println!("bytes a report: {ours:.0} beside {theirs:.0} unsealed: {:.2} times", ours / theirs);
    client
}

/// What is done with many reports.
fn working(criterion: &mut Criterion, client: ApoaClient, data: &Path, rows: usize) {
    let page = Page { work: None, standing: None, limit: 50, after: None };
    let queued = Page { work: Some(Work::Queued), ..page };
    let mut group = criterion.benchmark_group(format!("with {rows} reports"));
    group.bench_function("first page of 50", |b| b.iter(|| client.reports(page).unwrap()));
    group.bench_function("first page of 50 in one state", |b| b.iter(|| client.reports(queued).unwrap()));
    group.bench_function("counts", |b| b.iter(|| client.counts().unwrap()));
    assert_eq!(client.search("B00000777", 50, None).unwrap().len(), 1);
    group.bench_function("search by document number", |b| {
        b.iter(|| client.search("B00000777", 50, None).unwrap());
    });
    group.bench_function("search by a name that nobody has", |b| {
        b.iter(|| client.search("specimen", 50, None).unwrap());
    });
    group.bench_function("rotation of the keys", |b| {
        b.iter(|| assert!(client.rotate_keys().unwrap().reports as usize >= rows));
    });
    drop(client);
    // One at a time: a second one would be told that the folder is in use.
    group.bench_function("open", |b| b.iter_batched(|| (), |()| open(data), BatchSize::PerIteration));
    group.finish();
}

/// Opening after a kill, with as much in the journal as it ever holds.
fn recovering() {
    let folder = tempfile::tempdir().unwrap();
    let client = signed_in(folder.path());
    let (data, killed) = (folder.path().join("data"), folder.path().join("killed"));
    let journal = unit_file(&data).with_extension("db-wal");
    for number in 0.. {
        client.finalise(guest(&client, number), None, None).unwrap();
        if fs::metadata(&journal).unwrap().len() > 4_000_000 {
            break;
        }
    }
    copy(&data, &killed);
    fs::remove_file(unit_file(&killed).with_extension("db-shm")).unwrap();
    let length = fs::metadata(unit_file(&killed).with_extension("db-wal")).unwrap().len();
    let (took, client) = timed(|| open(&killed));
    let queued = client.counts().unwrap().queued;
    println!("open after a kill with {length} bytes of journal: {took:.2?}, {queued} reports");
}

fn timed<T>(f: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = f();
    (begun.elapsed(), done)
}

fn beside(what: &str, ours: Duration, theirs: Duration) {
    println!(
        "{what}: {ours:.2?} beside {theirs:.2?}: {:.2} times",
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
}

/// Plain SQLite with the same journal and the same durability: a row and its op, nothing sealed, no rules.
struct Bare(Connection);

impl Bare {
    fn new(folder: &Path) -> Self {
        let connection = Connection::open(folder.join("bare.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 CREATE TABLE report(seq INTEGER PRIMARY KEY, id BLOB UNIQUE, body TEXT, summary TEXT); \
                 CREATE TABLE outbox(seq INTEGER PRIMARY KEY, op BLOB UNIQUE, frozen TEXT);",
            )
            .unwrap();
        Self(connection)
    }

    fn save(&mut self, number: usize, body: &str) {
        let tx = self.0.transaction().unwrap();
        let id = [&[7; 8][..], &(number as u64).to_be_bytes()].concat();
        tx.prepare_cached("INSERT INTO report(id, body, summary) VALUES(?1, ?2, ?3)")
            .unwrap()
            .execute((&id, body, &body[..240]))
            .unwrap();
        tx.prepare_cached("INSERT INTO outbox(op, frozen) VALUES(?1, ?2)")
            .unwrap()
            .execute((&id, body))
            .unwrap();
        tx.commit().unwrap();
    }
}

/// The file of a unit with its rows as they are before they are sealed, and nothing that judges them.
struct Unsealed(Connection);

impl Unsealed {
    fn new(folder: &Path) -> Self {
        let connection = Connection::open(folder.join("unsealed.db")).unwrap();
        connection.execute_batch(SETTINGS).unwrap();
        for step in SCHEMA {
            connection.execute_batch(step).unwrap();
        }
        connection.execute("INSERT INTO key_epoch VALUES(1, 'none', x'', 1)", []).unwrap();
        Self(connection)
    }

    fn save(&mut self, op: &FrozenOp, summary: &str) {
        // Blind indexes lie in no order; so must what stands for them here.
        let mac = &op.digest().0[..16];
        let tx = self.0.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        tx.prepare_cached(
            "INSERT INTO report(id, kind, work, local_rev, due_ms, captured_by, dedup_mac, doc_mac, epoch, \
             wrapped_dek, enc_body, enc_summary) VALUES(?1, 0, 2, 1, 1790000000000, ?2, ?3, ?3, 1, x'', ?4, ?5)",
        )
        .unwrap()
        .execute(params![op.report().as_bytes(), [4_u8; 16], mac, op.body().as_bytes(), summary.as_bytes()])
        .unwrap();
        tx.prepare_cached(
            "INSERT INTO outbox(op_id, report_id, kind, revision, base_revision, frozen, body_sha256) \
             VALUES(?1, ?2, 0, 1, 0, ?3, ?4)",
        )
        .unwrap()
        .execute(params![op.op().as_bytes(), op.report().as_bytes(), op.body().as_bytes(), op.digest().0])
        .unwrap();
        tx.prepare_cached(
            "INSERT INTO event(report_id, op_id, at_ms, trust, what, code, actor) \
             VALUES(?1, ?2, 1790000000000, 1, 1, NULL, ?3)",
        )
        .unwrap()
        .execute(params![op.report().as_bytes(), op.op().as_bytes(), [4_u8; 16]])
        .unwrap();
        tx.commit().unwrap();
    }
}

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

fn signed_in(folder: &Path) -> ApoaClient {
    let data = folder.join("data");
    copy(Path::new(SIGNED_IN), &data);
    open(&data)
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

/// The op that the store makes of such a draft.
fn freeze(client: &ApoaClient, draft: &Draft) -> FrozenOp {
    let random = || {
        let mut bytes = [0; 10];
        apoa_core::Random::fill(&SystemRandom, &mut bytes).unwrap();
        bytes
    };
    let wall = apoa_core::Clock::wall(&SystemClock::new());
    let identity = NewIdentity {
        op: OpId::new(wall.0, random()),
        report: ReportId::new(wall.0, random()),
        unit: UnitId::from_bytes([3; 16]),
        captured_by: AccountId::from_bytes([4; 16]),
        salt: [5; 16],
    };
    let captured = Captured { wall: Timestamp(wall.0), offset_ms: 0, trust: ClockTrust::Estimated };
    finalise(draft, client.today(), &identity, captured, None).unwrap()
}

/// What a list shows of such a draft, as long as the store's own.
fn summary(draft: &Draft) -> String {
    let text = |field| draft.get(field).map(str::to_owned);
    serde_json::json!({
        "full_name": text(Field::FullName), "passport_number": text(Field::PassportNumber),
        "first_date": text(Field::CheckIn), "planned_end": draft.planned_end().map(|day| day.to_string()),
        "permit_expiry": text(Field::PermitExpiry), "room": text(Field::Room), "birth_date": text(Field::BirthDate),
    })
    .to_string()
}

fn in_memory() -> (TempDir, &'static str) {
    match tempfile::tempdir_in("/dev/shm") {
        Ok(folder) => (folder, "in memory"),
        Err(_) => (tempfile::tempdir().unwrap(), "on disk again"),
    }
}

fn unit_file(data: &Path) -> PathBuf {
    let unit = fs::read_dir(data.join("units")).unwrap().next().unwrap().unwrap().path();
    unit.join("live").join("unit.db")
}
