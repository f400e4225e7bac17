//! The files of a data folder, as somebody sees them who copies or searches them.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

/// Every file below a folder, with its bytes.
pub fn all(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file");
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    for (path, bytes) in all(from) {
        let target = to.join(path.strip_prefix(from).expect("below"));
        fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
        fs::write(target, bytes).expect("a copy");
    }
}

/// The unit files of a data folder.
pub fn units(data: &Path) -> Vec<PathBuf> {
    let Ok(units) = fs::read_dir(data.join("units")) else { return Vec::new() };
    let mut found: Vec<_> = units
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_none())
        .map(|path| path.join("live").join("unit.db"))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found
}

/// A look into a database beside the core: what a test asks the file itself.
pub fn look(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("a database")
}

/// A folder in memory where that is possible: for many that are written and thrown away, where no power goes.
pub fn in_memory() -> TempDir {
    let folder = tempfile::Builder::new().prefix("apoa-").tempdir_in("/dev/shm");
    folder.unwrap_or_else(|_| tempfile::tempdir().expect("a folder"))
}
