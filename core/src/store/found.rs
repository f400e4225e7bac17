//! What the pages of a damaged file hold, sorted by table: which rows, which keys, which unit, and how many reports there
//! should be. Judging a row's contents is not its job (`quarantine.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use apoa_domain::ids::UnitId;
use rusqlite::types::Value;

use super::keyfile;
use super::keyring::EpochRow;
use super::pages::{Cell, FoundRow, Pages};
use super::purge::FORGOTTEN;
use crate::error::Error;

/// Rows as they were found, by their table.
pub(super) struct Found {
    tables: BTreeMap<&'static str, Vec<FoundRow>>,
    epochs: Vec<EpochRow>,
    /// The last number that SQLite gave a report.
    given_out: i64,
}

impl Found {
    /// Reads database and journal in this folder.
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let bytes = |name: &str| match fs::read(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            other => other,
        };
        let pages = Pages::new(&bytes("unit.db")?, &bytes("unit.db-wal")?);
        let mut found = Self { tables: BTreeMap::new(), epochs: Vec::new(), given_out: 0 };
        for row in pages.rows() {
            if let Some(epoch) = epoch_of(&row) {
                found.epochs.push(epoch);
            } else if let [Cell::Text(table), Cell::Int(number)] = row.cells.as_slice() {
                // SQLite's own table of numbers; a torn row of it must not count for millions.
                if table == "report" && (0..10_000_000).contains(number) {
                    found.given_out = found.given_out.max(*number);
                }
            } else if let Some(table) = table_of(&row) {
                found.tables.entry(table).or_default().push(row);
            }
        }
        // Of two images of one row the newer one has the higher revision.
        if let Some(reports) = found.tables.get_mut("report") {
            reports.sort_by_key(|row| core::cmp::Reverse(row.cells.get(5).and_then(Cell::number)));
        }
        Ok(found)
    }

    /// The rows of a table.
    pub(super) fn of(&self, table: &str) -> &[FoundRow] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// From the file where it still says so, else from the file of keys beside it.
    pub(super) fn unit_and_epochs(&self, folder: &Path) -> Result<(UnitId, Vec<EpochRow>), Error> {
        let beside = keyfile::read(folder);
        let told = self.of("sync_state").iter().find_map(|row| match row.cells.as_slice() {
            [Cell::Text(key), Cell::Blob(id)] if key == "unit" => id.as_slice().try_into().ok(),
            _ => None,
        });
        let unit = told.map(UnitId::from_bytes).or(beside.as_ref().map(|(unit, _)| *unit));
        let mut epochs: BTreeMap<u32, EpochRow> = BTreeMap::new();
        let all = beside.into_iter().flat_map(|(_, rows)| rows);
        for row in all.chain(self.epochs.iter().cloned()) {
            epochs.insert(row.epoch, row);
        }
        if epochs.is_empty() {
            return Err(Error::Stored("keys of a damaged file"));
        }
        Ok((unit.ok_or(Error::Stored("unit of a damaged file"))?, epochs.into_values().collect()))
    }

    /// Reports of which anything in the file speaks and that were not erased.
    pub(super) fn spoken_of(&self) -> BTreeSet<Vec<u8>> {
        let ids = |table: &str, at: usize| -> BTreeSet<Vec<u8>> {
            let cells = self.of(table).iter().filter_map(|row| row.cells.get(at)?.bytes());
            cells.filter(|id| id.len() == 16).map(<[u8]>::to_vec).collect()
        };
        let mut spoken = ids("event", 1);
        spoken.extend(ids("outbox", 2));
        spoken.extend(ids("receipt", 2));
        spoken.extend(ids("report", 1));
        spoken.difference(&ids("tombstone", 0)).cloned().collect()
    }

    /// How many reports there should be by their numbers: those given out, without those that were erased.
    pub(super) fn numbered(&self) -> u32 {
        let state = |name: &str| {
            self.of("sync_state").iter().find_map(|row| match row.cells.as_slice() {
                [Cell::Text(key), Cell::Blob(value)] if key == name => value.as_slice().try_into().ok(),
                _ => None,
            })
        };
        let erased = self.of("tombstone").len() as i64 + state(FORGOTTEN).map_or(0, i64::from_be_bytes);
        let highest = self.of("report").iter().map(|row| row.rowid).max().unwrap_or(0);
        u32::try_from(highest.max(self.given_out).saturating_sub(erased)).unwrap_or(0)
    }
}

/// A row of `key_epoch`.
fn epoch_of(row: &FoundRow) -> Option<EpochRow> {
    let [Cell::Null, Cell::Text(alias), Cell::Blob(wrapped), Cell::Int(state)] = row.cells.as_slice() else {
        return None;
    };
    let (epoch, state) = (u32::try_from(row.rowid).ok()?, u32::try_from(*state).ok()?);
    alias.starts_with("apoa.").then(|| EpochRow {
        epoch,
        alias: alias.clone(),
        wrapped: wrapped.clone(),
        state,
    })
}

/// The table a row can only be of, by the number and the kinds of its values.
fn table_of(row: &FoundRow) -> Option<&'static str> {
    let id = |at: usize| row.cells.get(at).and_then(Cell::bytes).is_some_and(|id| id.len() == 16);
    let int = |at: usize| row.cells.get(at).and_then(Cell::number).is_some();
    let text = |at: usize| matches!(row.cells.get(at), Some(Cell::Text(_)));
    match row.cells.len() {
        20 if id(1) && int(2) && id(12) => Some("report"),
        13 if id(1) && id(2) && int(3) && int(4) => Some("outbox"),
        6 if id(0) && int(1) && id(2) && text(4) => Some("receipt"),
        8 if matches!(row.cells.first(), Some(Cell::Null)) && int(3) && int(4) && int(5) => Some("event"),
        4 | 5 if id(0) && int(2) && text(3) => Some("tombstone"),
        5 if id(0) && int(2) && int(3) => Some("attachment"),
        2 if text(0) && row.cells.get(1).and_then(Cell::bytes).is_some() => Some("sync_state"),
        _ => None,
    }
}

impl FoundRow {
    /// The id in the second column.
    pub(super) fn id(&self) -> Option<[u8; 16]> {
        self.cells.get(1).and_then(Cell::bytes).and_then(|id| id.try_into().ok())
    }

    /// The work of a report.
    pub(super) fn work(&self) -> Option<i64> {
        self.cells.get(4).and_then(Cell::number)
    }
}

impl Cell {
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        if let Self::Blob(bytes) = self { Some(bytes) } else { None }
    }

    pub(super) fn number(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    pub(super) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Integer(*number),
            Self::Text(text) => Value::Text(text.clone()),
            Self::Blob(bytes) => Value::Blob(bytes.clone()),
        }
    }
}
