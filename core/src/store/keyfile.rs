//! A second place for what a unit's file cannot be read without: which unit it is, and its wrapped keys. Beside the
//! database, so that one damaged page does not cost every report. The keys in it are wrapped as those in the file are.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use apoa_domain::ids::UnitId;
use serde::{Deserialize, Serialize};

use super::files::{private_file, sync_folder};
use super::keyring::EpochRow;
use crate::error::Error;
use crate::failpoint::around;

const NAME: &str = "keys.json";

#[derive(Serialize, Deserialize)]
struct KeyFile {
    unit: UnitId,
    epochs: Vec<Epoch>,
}

#[derive(Serialize, Deserialize)]
struct Epoch {
    number: u32,
    alias: String,
    wrapped: Vec<u8>,
    state: u32,
}

/// Writes it, durable before the call returns; the old one is there until the new one is.
pub(super) fn write(folder: &Path, unit: UnitId, epochs: &[EpochRow]) -> Result<(), Error> {
    let epochs = epochs
        .iter()
        .map(|row| Epoch {
            number: row.epoch,
            alias: row.alias.clone(),
            wrapped: row.wrapped.clone(),
            state: row.state,
        })
        .collect();
    let text = serde_json::to_vec(&KeyFile { unit, epochs }).map_err(|_| Error::Stored("key file"))?;
    let temporary = folder.join(format!("{NAME}.new"));
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut file = private_file(&temporary)?;
    file.write_all(&text)?;
    around("file.epochs_synced", || file.sync_all())?;
    around("file.epochs_renamed", || fs::rename(&temporary, path(folder)))?;
    Ok(sync_folder(folder)?)
}

/// What it says; `None` where it is absent or damaged itself.
pub(super) fn read(folder: &Path) -> Option<(UnitId, Vec<EpochRow>)> {
    let file: KeyFile = serde_json::from_slice(&fs::read(path(folder)).ok()?).ok()?;
    let rows = file.epochs.into_iter().map(|epoch| EpochRow {
        epoch: epoch.number,
        alias: epoch.alias,
        wrapped: epoch.wrapped,
        state: epoch.state,
    });
    Some((file.unit, rows.collect()))
}

fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}
