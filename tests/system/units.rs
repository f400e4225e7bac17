//! Several reporting units on one phone, strictly apart: what belongs to one is not listed, found, counted, compared,
//! sent or opened in the other, and a switch needs no network.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use apoa_core::fields::Field;
use apoa_core::ids::{ReportId, Timestamp, UnitId};
use apoa_core::report::profile::ProfileField;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, DraftError, Page, StoreError, SyncRequest, Trigger};
use apoa_server::{Exchange, Options, Running, office_reports};
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::office::add_unit;
use apoa_tests::phone::{PASSWORD, all, guest, open, overhear, send_now, server, signed_in};
use flate2::read::GzDecoder;
use rusqlite::Connection;

/// A phone whose member belongs to two units; the first is active.
fn phone(folder: &Path, server: &Running) -> (ApoaClient, [UnitId; 2]) {
    let other = add_unit(server, 2);
    let client = signed_in(folder, server);
    let account = client.account().unwrap().unwrap();
    assert_eq!(account.units.len(), 2);
    assert_ne!(account.active_unit, other);
    (client, [account.active_unit, other])
}

fn at_server(server: &Running) -> Vec<(String, String)> {
    let held = office_reports(server.db()).unwrap();
    held.into_iter().map(|held| (held.unit, held.report_id)).collect()
}

#[test]
fn i15_what_belongs_to_one_unit_is_nowhere_in_the_other() {
    let (server, folder) = (server(&[]), Folder::new());
    let (client, [one, two]) = phone(folder.path(), &server);
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    client.save_draft(None, &guest(&client, "X00000001"), None).unwrap();
    let mut profile = client.profile().unwrap();
    profile.set(ProfileField::PersonInCharge, "PENANGGUNG RAHASIA").unwrap();
    client.set_profile(&profile).unwrap();
    let before = (client.counts().unwrap(), client.queue().unwrap(), client.reports(all()).unwrap());
    // From here on nobody answers.
    server.stop();

    assert_eq!(client.use_unit(two).unwrap().active_unit, two);
    assert_eq!((client.reports(all()).unwrap(), client.queue().unwrap()), (vec![], vec![]));
    assert_eq!(client.counts().unwrap(), apoa_core::Counts::default());
    for text in ["L898902C3", "eriksson"] {
        assert_eq!(client.search(text, 50, None).unwrap(), vec![]);
    }
    assert_eq!((client.report(report).unwrap(), client.draft(report).unwrap()), (None, None));
    let edit = guest(&client, "L898902C3");
    assert_eq!(client.amend(report, edit.clone(), None).err(), Some(DraftError::NoReport));
    assert_eq!(client.save_draft(Some(report), &edit, None).err(), Some(DraftError::NoReport));
    assert_eq!(client.withdraw(report, "typed twice").err(), Some(DraftError::NoReport));
    let list = client.hand_over(Timestamp(0)).unwrap();
    assert_eq!((list.to_do.len(), list.drafts.len(), list.touched.len()), (0, 0, 0));
    assert_eq!(client.breach_extract().unwrap().reports, []);
    assert_eq!(client.profile().unwrap().get(ProfileField::PersonInCharge), None);
    // The same guest in another house is no duplicate, and twice there is one.
    let there = client.finalise(edit.clone(), None, None).unwrap().report;
    assert_eq!(client.finalise(edit, None, None).err(), Some(DraftError::Duplicate { existing: there }));
    assert_eq!(client.counts().unwrap().queued, 1);

    assert_eq!(client.use_unit(UnitId::from_bytes([9; 16])).err(), Some(DraftError::NoUnit));
    assert_eq!(client.account().unwrap().unwrap().active_unit, two);
    client.use_unit(one).unwrap();
    assert_eq!((client.counts().unwrap(), client.queue().unwrap(), client.reports(all()).unwrap()), before);
    client.use_unit(two).unwrap();
    drop(client);
    // The next process begins where this one was.
    let client = open(folder.path()).unwrap();
    assert_eq!(client.reports(all()).unwrap().iter().map(|row| row.report).collect::<Vec<_>>(), [there]);
}

#[test]
fn i15_a_run_sends_the_active_unit_s_reports_and_the_others_wait_unmarked() {
    let seen = Arc::new(Mutex::new(Vec::<(String, Vec<String>)>::new()));
    let heard = Arc::clone(&seen);
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        let header = |name: &str| exchange.request_headers.iter().find(|(known, _)| known == name);
        let Some((_, unit)) = header("apoa-unit") else { return };
        let mut body = exchange.request_body.clone();
        if header("content-encoding").is_some() {
            body.clear();
            GzDecoder::new(exchange.request_body.as_slice()).read_to_end(&mut body).unwrap();
        }
        let body = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
        let inside = |op: &serde_json::Value| {
            let frozen: serde_json::Value = serde_json::from_str(op["body"].as_str().unwrap()).unwrap();
            frozen["unit_id"].as_str().unwrap().to_owned()
        };
        let units = body["ops"].as_array().map(|ops| ops.iter().map(inside).collect());
        heard.lock().unwrap().push((unit.clone(), units.unwrap_or_default()));
    };
    let options =
        Options { password: Some(PASSWORD.to_owned()), tap: Some(Arc::new(tap)), ..Options::default() };
    let (server, folder) = (apoa_server::start(options, |_| {}).unwrap(), Folder::new());
    let (client, [one, two]) = phone(folder.path(), &server);
    let file =
        |number: u32| client.finalise(guest(&client, &format!("X{number:08}")), None, None).unwrap().report;
    let first: Vec<ReportId> = (0..3).map(file).collect();
    let waiting = client.queue().unwrap();
    client.use_unit(two).unwrap();
    let second: Vec<ReportId> = (0..2).map(file).collect();

    assert_eq!(send_now(&client, 20).received, 2);
    let held: Vec<_> = second.iter().map(|report| (two.to_string(), report.to_string())).collect();
    assert_eq!(at_server(&server), held);
    client.use_unit(one).unwrap();
    assert_eq!(client.queue().unwrap(), waiting, "a run of the other unit touched this one");
    assert!(waiting.iter().all(|row| row.attempts == 0 && !row.maybe_sent));
    assert_eq!(send_now(&client, 20).received, 3);
    assert_eq!(at_server(&server).len(), first.len() + second.len());

    let seen = seen.lock().unwrap();
    assert!(seen.iter().filter(|(_, inside)| !inside.is_empty()).count() >= 2);
    for (unit, inside) in seen.iter() {
        assert!(inside.iter().all(|of| of == unit), "a request of {unit} holds rows of {inside:?}");
    }
}

#[test]
fn i15_a_switch_during_a_run_leaves_the_run_its_unit_and_a_way_back() {
    let (armed, met) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(2)));
    let (pulls, gate) = (Arc::clone(&armed), Arc::clone(&met));
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        if exchange.path == "/changes" && pulls.swap(false, Ordering::SeqCst) {
            gate.wait();
            gate.wait();
        }
    };
    let options =
        Options { password: Some(PASSWORD.to_owned()), tap: Some(Arc::new(tap)), ..Options::default() };
    let (server, folder) = (apoa_server::start(options, |_| {}).unwrap(), Folder::new());
    let (client, [one, two]) = phone(folder.path(), &server);
    let first = client.finalise(guest(&client, "X00000001"), None, None).unwrap().report;
    armed.store(true, Ordering::SeqCst);
    let second = thread::scope(|scope| {
        let run = scope.spawn(|| {
            let budget = Duration::from_secs(30);
            client.sync(SyncRequest { run: 1, budget, trigger: Trigger::Person })
        });
        met.wait();
        client.use_unit(two).unwrap();
        let second = client.finalise(guest(&client, "X00000002"), None, None).unwrap().report;
        // Back while the run still has the first unit open.
        let back = client.use_unit(one).map(|account| account.active_unit);
        let counts = client.counts().unwrap();
        client.use_unit(two).unwrap();
        met.wait();
        let summary = run.join().unwrap().unwrap();
        assert_eq!((back, counts.queued), (Ok(one), 1));
        assert_eq!((summary.received, summary.left), (1, 0));
        second
    });
    assert_eq!(at_server(&server), [(one.to_string(), first.to_string())]);
    assert_eq!(client.reports(all()).unwrap().iter().map(|row| row.report).collect::<Vec<_>>(), [second]);

    // Whoever suspends suspends both.
    client.suspend().unwrap();
    assert_eq!(client.counts().err(), Some(StoreError::Closed));
    let other = open(folder.path()).unwrap();
    assert_eq!(other.use_unit(one).unwrap().active_unit, one);
    assert_eq!(other.counts().unwrap().received, 1);
    drop(other);
    client.resume().unwrap();
    assert_eq!(client.account().unwrap().unwrap().active_unit, one);
}

/// One sealed value: its file, table, column and row.
#[derive(Clone, Debug)]
struct Cell {
    /// The unit's place, or none for the device's file.
    unit: Option<usize>,
    table: &'static str,
    column: &'static str,
    row: i64,
    sealed: Vec<u8>,
}

const OF_UNITS: &[(&str, &str)] = &[
    ("report", "enc_draft"),
    ("report", "enc_body"),
    ("report", "enc_summary"),
    ("report", "wrapped_dek"),
    ("outbox", "frozen"),
];

const OF_DEVICE: &[(&str, &str)] = &[
    ("unit", "enc_name"),
    ("unit", "enc_profile"),
    ("account", "enc_name"),
    ("token", "enc_refresh"),
    ("token", "enc_access"),
];

fn cells(database: &Connection, unit: Option<usize>, columns: &[(&'static str, &'static str)]) -> Vec<Cell> {
    let mut found = Vec::new();
    for (table, column) in columns {
        let sql = format!("SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL");
        let mut statement = database.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        found.extend(rows.map(|row| {
            let (row, sealed) = row.unwrap();
            Cell { unit, table, column, row, sealed }
        }));
    }
    found
}

fn put(database: &Connection, cell: &Cell, sealed: &[u8]) {
    let sql = format!("UPDATE {} SET {} = ?1 WHERE rowid = ?2", cell.table, cell.column);
    assert_eq!(database.execute(&sql, (sealed, cell.row)), Ok(1));
}

/// Whether the value at this place opens, as far as the core shows it.
fn opens(client: &ApoaClient, database: &Connection, server: &Running, cell: &Cell) -> bool {
    let report = || -> ReportId {
        let id = database.query_row("SELECT id FROM report WHERE seq = ?1", [cell.row], |row| row.get(0));
        ReportId::from_bytes(id.unwrap())
    };
    // What was read of the device's file before is out of memory.
    client.lock();
    match (cell.table, cell.column) {
        ("report", "enc_draft") => client.draft(report()).is_ok(),
        ("report", "enc_body") => !client.report(report()).unwrap().unwrap().facts.is_empty(),
        ("report", _) => client.report(report()).unwrap().unwrap().row.readable,
        ("outbox", _) => {
            let before = at_server(server).len();
            let _ = send_now(client, 20);
            let held = client.queue().unwrap().first().is_none_or(|row| row.work != Work::Wedged);
            // As before the run, whatever it held.
            database.execute("UPDATE outbox SET wedge_code = NULL", []).unwrap();
            database.execute("UPDATE report SET work = 2 WHERE work = 3", []).unwrap();
            held || at_server(server).len() > before
        }
        ("unit", "enc_name") => {
            client.account().unwrap().unwrap().units.iter().all(|card| !card.name.is_empty())
        }
        ("unit", _) => client.profile().is_ok(),
        ("account", _) => !client.account().unwrap().unwrap().user.reveal().is_empty(),
        ("token", _) => {
            let request = SyncRequest { run: 1, budget: Duration::from_secs(20), trigger: Trigger::Person };
            client.sync(request).is_ok()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn i15_no_sealed_value_opens_at_the_place_of_another() {
    let (server, folder) = (server(&[]), Folder::in_memory());
    let (client, ids) = phone(folder.path(), &server);
    let mut found = Vec::new();
    let mut files = Vec::new();
    for (place, unit) in ids.iter().enumerate() {
        client.use_unit(*unit).unwrap();
        client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
        client.save_draft(None, &guest(&client, "X00000001"), None).unwrap();
        let mut profile = client.profile().unwrap();
        profile.set(ProfileField::PersonInCharge, &format!("Pengelola {place}")).unwrap();
        client.set_profile(&profile).unwrap();
        let active: Vec<_> = units(folder.path()).into_iter().filter(|file| !files.contains(file)).collect();
        let of_this = |file: &std::path::PathBuf| {
            let rows: i64 =
                look(file).query_row("SELECT count(*) FROM report", [], |row| row.get(0)).unwrap();
            rows == 2
        };
        files.push(active.into_iter().find(of_this).unwrap());
        found.extend(cells(&look(&files[place]), Some(place), OF_UNITS));
    }
    let databases: Vec<_> = files.iter().map(|file| look(file)).collect();
    let device = look(&folder.path().join("device.db"));
    found.extend(cells(&device, None, OF_DEVICE));
    assert_eq!(found.len(), 2 * 7 + 7, "{found:?}");
    for database in &databases {
        // Whoever owns the file is not stopped by its triggers.
        database.execute("DROP TRIGGER op_frozen", []).unwrap();
    }

    let mut tried = 0;
    for place in &found {
        let database = place.unit.map_or(&device, |unit| &databases[unit]);
        // A profile is shown of the active unit alone; the rows of `unit` stand in the order of the ids.
        let of_profile = if place.table == "unit" { usize::try_from(place.row).unwrap() - 1 } else { 0 };
        let unit = place.unit.unwrap_or(of_profile);
        client.use_unit(ids[unit]).unwrap();
        if place.table != "outbox" {
            assert!(opens(&client, database, &server, place), "{place:?} does not open as it is");
        }
        for other in found.iter().filter(|other| other.sealed != place.sealed) {
            put(database, place, &other.sealed);
            assert!(!opens(&client, database, &server, place), "{other:?} opened as {place:?}");
            tried += 1;
        }
        put(database, place, &place.sealed);
    }
    assert_eq!(tried, found.len() * (found.len() - 1));
    // Put back, everything opens and arrives.
    for unit in ids {
        client.use_unit(unit).unwrap();
        assert!(client.reports(all()).unwrap().iter().all(|row| row.readable));
        let _ = send_now(&client, 20);
        let received = client.reports(Page { standing: Some(Standing::Received), ..all() }).unwrap();
        assert_eq!(received.len(), 1);
        let name = client.report(received[0].report).unwrap().unwrap();
        assert!(name.facts.contains_key(&Field::FullName));
    }
}
