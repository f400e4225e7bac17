//! One writer and one reader on one file, with its lock and its pragmas.
//!
//! Writes are IMMEDIATE transactions, so that a duplicate check and the insert behind it see the same rows. A lock
//! file beside the database keeps a second process out: two processes sending one queue would be two senders.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::schema::{self, Schema};
use crate::error::Error;
use crate::failpoint::around;

/// Nobody but our own reader can stand in the way of a checkpoint, and it is held: more would mean another program.
const CHECKPOINT_ATTEMPTS: u32 = 3;

/// A database file: open, or closed by `suspend` until `resume`.
pub(crate) struct Database {
    path: PathBuf,
    schema: &'static Schema,
    writer: Mutex<Option<Connection>>,
    reader: Mutex<Option<Connection>>,
    /// Held as long as the file is open; the system frees it when the process ends, however it ends.
    lock: Mutex<Option<File>>,
    /// Counts what may have changed the file: commits, closing, opening.
    changes: AtomicU64,
}

impl Database {
    /// Opens or makes the file. For a fresh one `prepare` runs first, outside every transaction, then `first_rows` in
    /// the transaction that makes the schema, so that no file is ever seen without them; a crash before its commit
    /// leaves an empty file, which the next call fills.
    pub(crate) fn open<P>(
        path: &Path,
        schema: &'static Schema,
        prepare: impl FnOnce() -> Result<P, Error>,
        first_rows: impl FnOnce(&Transaction<'_>, P) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let lock = lock(path)?;
        let mut writer = connect(path)?;
        schema::bring_up(&mut writer, schema, prepare, first_rows)?;
        let reader = connect_reader(path)?;
        Ok(Self {
            path: path.to_owned(),
            schema,
            writer: Mutex::new(Some(writer)),
            reader: Mutex::new(Some(reader)),
            lock: Mutex::new(Some(lock)),
            changes: AtomicU64::new(0),
        })
    }

    /// Finishes the write under way, empties the journal, closes the file and frees its lock: a phone's system ends
    /// whoever holds a lock while suspended. Again is fine.
    pub(crate) fn suspend(&self) -> Result<(), Error> {
        let mut writer = hold(&self.writer);
        let mut reader = hold(&self.reader);
        drop(reader.take());
        // A journal that could not be emptied is no reason to keep the lock: it is recovered at the next opening.
        let emptied = writer.as_ref().map_or(Ok(()), truncate);
        drop(writer.take());
        drop(hold(&self.lock).take());
        self.changed();
        emptied
    }

    /// Opens the file again after `suspend`. Again is fine; `Locked` while another program has it.
    pub(crate) fn resume(&self) -> Result<(), Error> {
        let mut writer = hold(&self.writer);
        let mut reader = hold(&self.reader);
        if writer.is_some() {
            return Ok(());
        }
        let lock = lock(&self.path)?;
        let mut opened = connect(&self.path)?;
        // Nothing may have been made anew meanwhile: what was here is still here.
        let nothing = || Err::<(), _>(Error::Stored("file without content"));
        schema::bring_up(&mut opened, self.schema, nothing, |_, ()| Ok(()))?;
        *reader = Some(connect_reader(&self.path)?);
        *writer = Some(opened);
        *hold(&self.lock) = Some(lock);
        self.changed();
        Ok(())
    }

    /// Another number than before after every change of the file: nobody else writes to it.
    pub(crate) fn state(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// Reads one consistent state; never waits behind a writer.
    pub(crate) fn read<T>(&self, f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut reader = hold(&self.reader);
        let tx = reader.as_mut().ok_or(Error::Closed)?.transaction()?;
        self.noting(f(&tx))
    }

    /// Changes everything or nothing. On disk once this returns `Ok`. `place` names the commit (`failpoint.rs`).
    pub(crate) fn write<T>(
        &self,
        place: &'static str,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut writer = hold(&self.writer);
        let writer = writer.as_mut().ok_or(Error::Closed)?;
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = self.noting(f(&tx))?;
        // A commit that fails may still be on disk.
        let committed = around(place, || Ok::<_, Error>(tx.commit()?));
        self.changed();
        committed?;
        Ok(done)
    }

    /// A damaged page shows when it is read. The next opening looks at the whole file because of it.
    fn noting<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result
            && error.is_sql_damage()
        {
            // Without the note the same page shows again.
            let _ = File::create(self.suspicion());
        }
        result
    }

    fn suspicion(&self) -> PathBuf {
        self.path.with_extension("suspect")
    }

    /// After a damaged page was met: looks at the whole file, and says so if it is not sound.
    pub(crate) fn settle_suspicion(&self) -> Result<(), Error> {
        if !self.suspicion().try_exists()? {
            return Ok(());
        }
        match self.is_sound() {
            Ok(true) => Ok(std::fs::remove_file(self.suspicion())?),
            Ok(false) => Err(Error::Stored("pages")),
            Err(error) => Err(error),
        }
    }

    /// Moves the whole journal into the file and empties it: nothing of an erased row is left beside the file.
    pub(crate) fn truncate(&self) -> Result<(), Error> {
        let writer = hold(&self.writer);
        // Our own reader is the only one there is; held, it has no old state open.
        let _reader = hold(&self.reader);
        truncate(writer.as_ref().ok_or(Error::Closed)?)
    }

    /// Gives freed pages back in a small step, and lets SQLite look at its statistics where it wants to.
    pub(crate) fn tidy(&self) -> Result<(), Error> {
        let writer = hold(&self.writer);
        let writer = writer.as_ref().ok_or(Error::Closed)?;
        Ok(writer.execute_batch("PRAGMA incremental_vacuum(200); PRAGMA optimize;")?)
    }

    /// How many pages the file has; first limits it to so many, if asked.
    #[cfg(test)]
    pub(crate) fn pages_at_most(&self, most: Option<u32>) -> Result<u32, Error> {
        let writer = hold(&self.writer);
        let writer = writer.as_ref().ok_or(Error::Closed)?;
        if let Some(most) = most {
            writer.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))?;
        }
        Ok(writer.query_row("PRAGMA page_count", [], |row| row.get(0))?)
    }

    /// Asks the file itself whether it is sound; takes time in proportion to its size.
    pub(crate) fn is_sound(&self) -> Result<bool, Error> {
        self.read(|tx| Ok(tx.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))? == "ok"))
    }
}

fn truncate(writer: &Connection) -> Result<(), Error> {
    for _ in 0..CHECKPOINT_ATTEMPTS {
        let empty = || writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        let busy: i64 = around("file.truncated", || Ok::<_, Error>(empty()?))?;
        if busy == 0 {
            return Ok(());
        }
    }
    Err(Error::Locked)
}

/// A panic while the mutex was held rolled its transaction back: the connection is as good as before.
fn hold<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
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

/// The reader: writes cannot slip through it.
fn connect_reader(path: &Path) -> Result<Connection, Error> {
    let reader = connect(path)?;
    settle(&reader)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
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
        // At most 16 MB: what a batch of a key rotation changes among 100,000 reports is written once, not twice.
        ("cache_size", "-16000"),
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
        // 4 MB. A checkpoint costs two more fsyncs, so it should be rare; a journal of this length is read again in a few
        // milliseconds after a kill.
        ("wal_autocheckpoint", "1000"),
        // As long as it then is: shorter, each round would write into a growing file again.
        ("journal_size_limit", "4194304"),
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

    /// Rows of `sync_state`.
    fn words(database: &Database) -> i64 {
        let count = "SELECT count(*) FROM sync_state";
        database.read(|tx| Ok(tx.query_row(count, [], |row| row.get(0))?)).unwrap()
    }

    #[test]
    fn every_setting_holds_on_both_connections() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path()).unwrap();
        for connection in [&database.writer, &database.reader] {
            let connection = hold(connection);
            let connection = connection.as_ref().unwrap();
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
                ("cache_size", "-16000"),
                ("cell_size_check", "1"),
                ("trusted_schema", "0"),
                ("auto_vacuum", "2"),
                ("wal_autocheckpoint", "1000"),
                ("journal_size_limit", "4194304"),
            ] {
                assert_eq!(ask(name), value, "{name}");
            }
        }
        let refused = hold(&database.reader).as_ref().unwrap().execute("DELETE FROM event", []);
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
        let failed: Result<(), Error> = database.write("commit.file_new", |tx| {
            tx.execute("INSERT INTO sync_state VALUES('k', x'00')", [])?;
            Err(Error::Stored("test"))
        });
        assert!(failed.is_err());
        assert_eq!(words(&database), 0);
    }

    #[test]
    fn between_suspend_and_resume_calls_are_refused_and_the_lock_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path()).unwrap();
        assert!(matches!(open(folder.path()), Err(Error::Locked)));
        database
            .write("commit.file_new", |tx| Ok(tx.execute("INSERT INTO sync_state VALUES('a', x'01')", [])?))
            .unwrap();
        database.suspend().unwrap();
        database.suspend().unwrap();
        assert!(matches!(database.read(|_| Ok(())), Err(Error::Closed)));
        assert!(matches!(database.write("commit.file_new", |_| Ok(())), Err(Error::Closed)));
        let left = std::fs::metadata(folder.path().join("unit.db-wal")).map_or(0, |file| file.len());
        assert_eq!(left, 0, "the journal was not emptied");

        let other = open(folder.path()).unwrap();
        assert!(matches!(database.resume(), Err(Error::Locked)));
        drop(other);
        database.resume().unwrap();
        database.resume().unwrap();
        assert_eq!(words(&database), 1);
    }

    #[test]
    fn hostile_statements_and_values_meet_limits() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path()).unwrap();
        let refused = |sql: &str| database.write("commit.file_new", |tx| Ok(tx.execute_batch(sql)?)).is_err();
        assert!(refused("INSERT INTO sync_state VALUES('x', zeroblob(1000001))"), "a value of a megabyte");
        assert!(refused(&format!("SELECT '{}'", "x".repeat(100_001))), "a statement of 100 kB");
        assert!(refused("SELECT \"no such column\""), "a text in double quotes");
        assert!(refused("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema"), "the schema itself");
        let attached = hold(&database.writer).as_ref().unwrap().execute("ATTACH ':memory:' AS other", []);
        assert!(attached.is_err(), "another file");
        assert!(matches!(open(folder.path()), Err(Error::Locked)));
    }
}
