//! One writer and one reader on one file, with its lock and its pragmas.
//!
//! Writes are IMMEDIATE transactions, so that a duplicate check and the insert behind it see the same rows. A lock
//! file beside the database keeps a second process out: two processes sending one queue would be two senders.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::schema::{self, Schema};
use crate::error::Error;

/// Nobody but our own reader can stand in the way of a checkpoint, and it is held: more would mean another program.
const CHECKPOINT_ATTEMPTS: u32 = 3;

/// An open database file.
pub(crate) struct Database {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    /// Held as long as the file is open; the system frees it when the process ends, however it ends.
    _lock: File,
}

impl Database {
    /// Opens or makes the file. For a fresh one `prepare` runs first, outside every transaction, then `first_rows` in
    /// the transaction that makes the schema, so that no file is ever seen without them; a crash before its commit
    /// leaves an empty file, which the next call fills.
    pub(crate) fn open<P>(
        path: &Path,
        schema: &Schema,
        prepare: impl FnOnce() -> Result<P, Error>,
        first_rows: impl FnOnce(&Transaction<'_>, P) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let lock = lock(path)?;
        let mut writer = connect(path)?;
        schema::bring_up(&mut writer, schema, prepare, first_rows)?;
        let reader = connect(path)?;
        settle(&reader)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader), _lock: lock })
    }

    /// Reads one consistent state; never waits behind a writer.
    pub(crate) fn read<T>(&self, f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut reader = hold(&self.reader);
        let tx = reader.transaction()?;
        f(&tx)
    }

    /// Changes everything or nothing. On disk once this returns `Ok`.
    pub(crate) fn write<T>(&self, f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut writer = hold(&self.writer);
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = f(&tx)?;
        tx.commit()?;
        Ok(done)
    }

    /// Moves the whole journal into the file and empties it: nothing of an erased row is left beside the file.
    pub(crate) fn truncate(&self) -> Result<(), Error> {
        let writer = hold(&self.writer);
        // Our own reader is the only one there is; held, it has no old state open.
        let _reader = hold(&self.reader);
        for _ in 0..CHECKPOINT_ATTEMPTS {
            let busy: i64 = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy == 0 {
                return Ok(());
            }
        }
        Err(Error::Locked)
    }

    /// Gives freed pages back in a small step, and lets SQLite look at its statistics where it wants to.
    pub(crate) fn tidy(&self) -> Result<(), Error> {
        let writer = hold(&self.writer);
        writer.execute_batch("PRAGMA incremental_vacuum(200); PRAGMA optimize;")?;
        Ok(())
    }

    /// Asks the file itself whether it is sound; takes time in proportion to its size.
    pub(crate) fn is_sound(&self) -> Result<bool, Error> {
        self.read(|tx| Ok(tx.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))? == "ok"))
    }
}

/// A panic while the mutex was held rolled its transaction back: the connection is as good as before.
fn hold(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lock(path: &Path) -> Result<File, Error> {
    let name = path.file_name().ok_or(Error::Stored("file name"))?.to_string_lossy();
    let beside: PathBuf = path.with_file_name(format!("{name}.lock"));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(beside)?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(fs4::TryLockError::WouldBlock) => Err(Error::Locked),
        Err(fs4::TryLockError::Error(error)) => Err(error.into()),
    }
}

/// URI names stay off: a file name is a file name.
#[expect(clippy::disallowed_methods, reason = "the one place that opens database files")]
fn connect(path: &Path) -> Result<Connection, Error> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    harden(&connection)?;
    Ok(connection)
}

/// Settings that touch no byte of the file; before anything is read from it.
fn harden(connection: &Connection) -> Result<(), Error> {
    // A file planted by somebody else may hold hostile schema, statements or values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, 1_000_000)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    for (name, value) in [
        // A damaged page is found when it is read, not when it has done harm.
        ("cell_size_check", "ON"),
        // An I/O error stays an error instead of a signal.
        ("mmap_size", "0"),
        // No spill file in clear, and no temporary folder, which Android lacks.
        ("temp_store", "MEMORY"),
        // Only our reader and a checkpoint can meet.
        ("busy_timeout", "3000"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    Ok(())
}

/// Settings of the file and its journal; only once the file is known to be ours and not newer than we are.
pub(super) fn settle(connection: &Connection) -> Result<(), Error> {
    for (name, value) in [
        // Freed pages go back in small steps. Must stand before the first table.
        ("auto_vacuum", "INCREMENTAL"),
        // Readers never block the writer, and a commit is one append.
        ("journal_mode", "WAL"),
        // A commit survives a power cut; NORMAL may roll the last ones back.
        ("synchronous", "FULL"),
        // Apple's plain fsync leaves data in the drive's cache.
        ("fullfsync", "ON"),
        ("checkpoint_fullfsync", "ON"),
        // Freed bytes are zeroed in their page.
        ("secure_delete", "ON"),
        // A report with a live op cannot vanish.
        ("foreign_keys", "ON"),
        // A short journal recovers fast.
        ("wal_autocheckpoint", "200"),
        ("journal_size_limit", "1048576"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::UNIT;

    fn open(folder: &Path) -> Result<Database, Error> {
        Database::open(&folder.join("unit.db"), &UNIT, || Ok(()), |_, ()| Ok(()))
    }

    #[test]
    fn every_setting_holds_on_both_connections() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path()).unwrap();
        for connection in [&database.writer, &database.reader] {
            let connection = hold(connection);
            let ask = |name: &str| {
                connection
                    .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
                    .map(|value| match value {
                        rusqlite::types::Value::Integer(number) => number.to_string(),
                        rusqlite::types::Value::Text(text) => text,
                        other => format!("{other:?}"),
                    })
                    .unwrap_or_default()
            };
            for (name, value) in [
                ("journal_mode", "wal"),
                ("synchronous", "2"),
                ("fullfsync", "1"),
                ("checkpoint_fullfsync", "1"),
                ("secure_delete", "1"),
                ("foreign_keys", "1"),
                ("temp_store", "2"),
                ("busy_timeout", "3000"),
                ("cell_size_check", "1"),
                ("trusted_schema", "0"),
                ("auto_vacuum", "2"),
                ("wal_autocheckpoint", "200"),
                ("journal_size_limit", "1048576"),
            ] {
                assert_eq!(ask(name), value, "{name}");
            }
        }
        let refused = hold(&database.reader).execute("DELETE FROM event", []);
        assert!(refused.is_err(), "the reader writes");
    }

    #[test]
    fn a_second_holder_is_told_that_the_file_is_busy() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path()).unwrap();
        assert!(matches!(open(folder.path()), Err(Error::Locked)));
        drop(first);
        assert!(open(folder.path()).is_ok());
    }

    #[test]
    fn a_failed_write_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path()).unwrap();
        let failed: Result<(), Error> = database.write(|tx| {
            tx.execute("INSERT INTO sync_state VALUES('k', x'00')", [])?;
            Err(Error::Stored("test"))
        });
        assert!(failed.is_err());
        let rows = database
            .read(|tx| Ok(tx.query_row("SELECT count(*) FROM sync_state", [], |r| r.get::<_, i64>(0))?));
        assert_eq!(rows.unwrap(), 0);
    }
}
