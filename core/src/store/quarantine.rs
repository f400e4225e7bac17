//! A damaged file: moved aside whole, and whatever of it can be proved is written into a fresh one. Nothing is deleted;
//! only a person removes a folder in quarantine.
//!
//! The move is one rename of the folder, database and journal together. A live folder that is missing beside one in
//! quarantine means that the rescue did not end: it begins anew. Rows that hold sealed values count only if these open
//! at their place; where the key is lost or locked, their form alone is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use apoa_domain::codes::Code;
use apoa_domain::ids::{Digest, OpId, UnitId};
use apoa_domain::report::finalise::ClockTrust;
use apoa_domain::report::kinds::OpKind;
use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};
use serde::{Deserialize, Serialize};

use super::connection::Database;
use super::events::{Happening, Moment, log};
use super::files::{create_private_folder, sync_folder};
use super::found::Found;
use super::keyring::{CURRENT, EpochRow};
use super::pages::{Cell, FoundRow};
use super::rows::stored;
use super::schema;
use super::unit::{QUARANTINE, set_state};
use crate::error::Error;
use crate::failpoint::around;
use crate::ports::{Ports, Random};
use crate::seal::envelope::{self, Column, DataKey, Place, tag};
use crate::seal::keys::{self, EpochKeys};

/// What a rescue brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salvage {
    /// Where the damaged files lie now.
    pub moved_to: PathBuf,
    /// Reports that are here again.
    pub saved: u32,
    /// Reports that the rest of the file speaks of, and that are not.
    pub lost: u32,
    /// Ops that were made again from the body of their report, byte for byte.
    pub remade: u32,
}

/// Says of a folder in quarantine what was saved from it.
const MARKER: &str = "salvaged.json";

/// The tables with the columns a row of them is written with, in the order in which they may be filled.
const TABLES: &[(&str, usize)] = &[
    ("report", 20),
    ("outbox", 13),
    ("receipt", 6),
    ("attachment", 5),
    ("event", 8),
    ("tombstone", 5),
    ("sync_state", 2),
];

/// A file that was never opened since its first version holds longer blind indexes, as in the second migration.
const SHORT_MACS: &str = "UPDATE report SET dedup_mac = substr(dedup_mac, 1, 16), doc_mac = substr(doc_mac, 1, 16) \
                          WHERE length(doc_mac) > 16";

/// Moves the live folder of a unit aside and rescues what can be proved.
pub(super) fn rescue(folder: &Path, ports: &Ports) -> Result<Salvage, Error> {
    let live = folder.join("live");
    let moved_to = if live.exists() {
        let next = numbers(folder).last().map_or(1, |newest| newest + 1);
        let target = folder.join(format!("{QUARANTINE}{next}"));
        around("file.quarantined", || fs::rename(&live, &target))?;
        sync_folder(folder)?;
        target
    } else {
        let newest = numbers(folder).last().copied().ok_or(Error::Stored("unit file"))?;
        folder.join(format!("{QUARANTINE}{newest}"))
    };
    let building = folder.join("live.new");
    match fs::remove_dir_all(&building) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    create_private_folder(&building)?;
    let found = Found::read(&moved_to)?;
    let (unit, epochs) = found.unit_and_epochs(folder)?;
    let salvage = write_again(&building, &moved_to, unit, &epochs, &found, ports)?;
    let note = serde_json::to_vec(&salvage).unwrap_or_default();
    around("file.salvage_noted", || fs::write(moved_to.join(MARKER), note))?;
    sync_folder(&building)?;
    around("file.salvage_renamed", || fs::rename(&building, &live))?;
    sync_folder(folder)?;
    Ok(salvage)
}

/// Moves files of a folder into a new quarantine folder beside them.
pub(super) fn set_aside(folder: &Path, names: &[&str]) -> Result<(), Error> {
    let next = numbers(folder).last().map_or(1, |newest| newest + 1);
    let target = folder.join(format!("{QUARANTINE}{next}"));
    create_private_folder(&target)?;
    for name in names {
        match around("file.device_aside", || fs::rename(folder.join(name), target.join(name))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    sync_folder(&target)?;
    Ok(sync_folder(folder)?)
}

/// Whether a rescue was begun and did not end.
pub(super) fn is_unfinished(folder: &Path) -> bool {
    !folder.join("live").exists() && !numbers(folder).is_empty()
}

/// What lies in quarantine here, oldest first.
pub(super) fn kept(folder: &Path) -> Vec<Salvage> {
    let marker = |number| folder.join(format!("{QUARANTINE}{number}")).join(MARKER);
    let read = |number| serde_json::from_slice(&fs::read(marker(number)).ok()?).ok();
    numbers(folder).into_iter().filter_map(read).collect()
}

fn numbers(folder: &Path) -> BTreeSet<u32> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    let number = |name: &str| name.strip_prefix(QUARANTINE)?.parse().ok();
    entries.flatten().filter_map(|entry| number(&entry.file_name().to_string_lossy())).collect()
}

/// The keys that answer now.
struct Proof<'a> {
    owner: [u8; 16],
    keys: BTreeMap<u32, EpochKeys>,
    random: &'a dyn Random,
}

impl Proof<'_> {
    /// The data key of a report row; `Ok(None)` where its epoch does not answer.
    fn data_key(&self, row: &[Cell]) -> Result<Option<DataKey>, ()> {
        let id: [u8; 16] = row.get(1).and_then(Cell::bytes).and_then(|id| id.try_into().ok()).ok_or(())?;
        let epoch =
            row.get(15).and_then(Cell::number).and_then(|epoch| u32::try_from(epoch).ok()).ok_or(())?;
        let Some(keys) = self.keys.get(&epoch) else { return Ok(None) };
        let wrapped = row.get(16).and_then(Cell::bytes).ok_or(())?;
        keys.data_key(self.owner, id, wrapped).map(Some).map_err(|_| ())
    }

    fn opens(
        &self,
        key: &DataKey,
        column: Column,
        row: [u8; 16],
        tag: [u8; 16],
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let place = Place { owner: self.owner, column, row, tag };
        envelope::open(key, &place, sealed).ok().map(|bytes| bytes.to_vec())
    }
}

fn write_again(
    building: &Path,
    moved_to: &Path,
    unit: UnitId,
    epochs: &[EpochRow],
    found: &Found,
    ports: &Ports,
) -> Result<Salvage, Error> {
    let load = |row: &EpochRow| keys::load(&*ports.vault, &row.alias, row.epoch, &row.wrapped).ok();
    let proof = Proof {
        owner: *unit.as_bytes(),
        keys: epochs.iter().filter_map(|row| Some((row.epoch, load(row)?))).collect(),
        random: &*ports.random,
    };
    let database = Database::open(
        &building.join("unit.db"),
        &schema::UNIT,
        || Ok(()),
        |tx, ()| put_epochs(tx, epochs).and_then(|()| set_state(tx, "unit", unit.as_bytes())),
    )?;
    let mut salvage = Salvage { moved_to: moved_to.to_owned(), saved: 0, lost: 0, remade: 0 };
    let at = Moment { wall: ports.clock.wall(), trust: ClockTrust::Unknown, actor: None };
    database.write("commit.salvage", |tx| {
        let mut saved = BTreeSet::new();
        for (table, columns) in TABLES {
            for row in found.of(table) {
                if *table == "report" && !report_holds(&proof, row) {
                    continue;
                }
                if *table == "outbox" && !op_holds(&proof, found, row) {
                    continue;
                }
                // A row that does not fit the rules of the file, or its report, is no proof of anything.
                if put(tx, table, *columns, row).unwrap_or(false) && *table == "report" {
                    saved.extend(row.cells.get(1).and_then(Cell::bytes).map(<[u8]>::to_vec));
                }
            }
        }
        tx.execute(SHORT_MACS, [])?;
        for row in
            found.of("report").iter().filter(|row| row.work().is_some_and(|work| work == 2 || work == 3))
        {
            salvage.remade += u32::from(remake_op(tx, &proof, row)?);
        }
        salvage.saved = saved.len() as u32;
        let spoken = found.spoken_of().difference(&saved).count() as u32;
        salvage.lost = spoken.max(found.numbered().saturating_sub(salvage.saved));
        log(tx, None, None, Happening::Salvaged, Some(Code::Damaged), at)
    })?;
    database.suspend()?;
    Ok(salvage)
}

fn put_epochs(tx: &Transaction<'_>, epochs: &[EpochRow]) -> Result<(), Error> {
    let led = epochs.iter().any(|row| row.state == CURRENT);
    for (place, row) in epochs.iter().enumerate() {
        let state = if !led && place + 1 == epochs.len() { CURRENT } else { row.state };
        tx.execute(
            "INSERT INTO key_epoch(epoch, alias, wrapped_mk, state) VALUES(?1, ?2, ?3, ?4)",
            (row.epoch, &row.alias, &row.wrapped, state),
        )?;
    }
    Ok(())
}

/// Whether a report's list row opens at its place, as far as its key answers.
fn report_holds(proof: &Proof<'_>, row: &FoundRow) -> bool {
    let Ok(key) = proof.data_key(&row.cells) else { return false };
    let Some(key) = key else { return true };
    let (Some(id), Some(revision)) = (row.id(), row.cells.get(5).and_then(Cell::number)) else {
        return false;
    };
    let summary = row.cells.get(19).and_then(Cell::bytes).unwrap_or_default();
    let tag = tag(u32::try_from(revision).unwrap_or_default());
    proof.opens(&key, Column::ReportSummary, id, tag, summary).is_some()
}

/// Whether an op's text opens at its place and is the one its digest names.
fn op_holds(proof: &Proof<'_>, found: &Found, row: &FoundRow) -> bool {
    let cell = |at: usize| row.cells.get(at).and_then(Cell::bytes).unwrap_or_default();
    let (Ok(op), report) = (<[u8; 16]>::try_from(cell(1)), cell(2)) else { return false };
    let reports = found.of("report");
    let Some(owner) = reports.iter().find(|other| other.id().is_some_and(|id| id == report)) else {
        return false;
    };
    match (proof.data_key(&owner.cells), owner.id()) {
        (Ok(Some(key)), Some(id)) => proof
            .opens(&key, Column::OutboxFrozen, id, op, cell(6))
            .is_some_and(|text| Digest::of(&text).0 == cell(7)),
        (Ok(None), Some(_)) => true,
        _ => false,
    }
}

/// A waiting report without its op gets it again: the kept body is the frozen text, byte for byte. Whether it was sent
/// nobody knows any more, so it may only be repeated. Where that fails the report waits for a person.
fn remake_op(tx: &Transaction<'_>, proof: &Proof<'_>, row: &FoundRow) -> Result<bool, Error> {
    let Some(id) = row.id() else { return Ok(false) };
    let waits: bool = tx.query_row(
        "SELECT EXISTS(SELECT 1 FROM report r WHERE r.id = ?1 AND r.work IN (2, 3) AND NOT EXISTS( \
         SELECT 1 FROM outbox o WHERE o.report_id = r.id AND o.revision = r.local_rev))",
        [id],
        |row| row.get(0),
    )?;
    if !waits {
        return Ok(false);
    }
    if let Some((op, revision, base, kind, text, sealed)) = frozen_of(proof, row, tx)? {
        tx.execute(
            "INSERT OR IGNORE INTO outbox(op_id, report_id, kind, revision, base_revision, frozen, body_sha256, maybe_sent) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)",
            (op, id, kind, revision, base, sealed, Digest::of(text.as_bytes()).0),
        )?;
        return Ok(true);
    }
    // Its data are here; the next edit files them anew.
    tx.execute("DELETE FROM outbox WHERE report_id = ?1", [id])?;
    tx.execute("UPDATE report SET work = 4 WHERE id = ?1", [id])?;
    Ok(false)
}

type Remade = ([u8; 16], u32, u32, i64, String, Vec<u8>);

fn frozen_of(proof: &Proof<'_>, row: &FoundRow, tx: &Transaction<'_>) -> Result<Option<Remade>, Error> {
    #[derive(Deserialize)]
    struct Kept {
        frozen: String,
    }
    #[derive(Deserialize)]
    struct Frozen {
        op_id: OpId,
        kind: String,
        revision: u32,
        base_revision: u32,
    }
    let (Some(id), Ok(Some(key))) = (row.id(), proof.data_key(&row.cells)) else { return Ok(None) };
    let revision = row.cells.get(5).and_then(Cell::number).and_then(|revision| u32::try_from(revision).ok());
    let body = row.cells.get(18).and_then(Cell::bytes).unwrap_or_default();
    let opened = proof.opens(&key, Column::ReportBody, id, tag(revision.unwrap_or_default()), body);
    let Some(text) = opened.and_then(|bytes| String::from_utf8(bytes).ok()) else { return Ok(None) };
    let text = serde_json::from_slice::<Kept>(text.as_bytes()).map_or(text, |kept| kept.frozen);
    let Ok(frozen) = serde_json::from_slice::<Frozen>(text.as_bytes()) else { return Ok(None) };
    let Ok(kind) = frozen.kind.parse::<OpKind>() else { return Ok(None) };
    let kind = stored(OpKind::ALL, &kind);
    let op = *frozen.op_id.as_bytes();
    let settled: bool =
        tx.query_row("SELECT EXISTS(SELECT 1 FROM receipt WHERE op_id = ?1)", [op], |row| row.get(0))?;
    if settled || Some(frozen.revision) != revision {
        return Ok(None);
    }
    let place = Place { owner: proof.owner, column: Column::OutboxFrozen, row: id, tag: op };
    let sealed = envelope::seal(&key, &place, text.as_bytes(), proof.random)?;
    Ok(Some((op, frozen.revision, frozen.base_revision, kind, text, sealed)))
}

/// Inserts a row as it was. `false` where a newer image of it is there already.
fn put(tx: &Transaction<'_>, table: &str, columns: usize, row: &FoundRow) -> Result<bool, Error> {
    let mut values: Vec<Value> = row.cells.iter().map(Cell::value).collect();
    values.resize(columns, Value::Null);
    if matches!(table, "report" | "outbox" | "event") {
        values[0] = row.rowid.into();
    }
    let places = vec!["?"; columns].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} VALUES({places})");
    Ok(tx.prepare_cached(&sql)?.execute(params_from_iter(values))? == 1)
}
