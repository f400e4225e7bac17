//! The file itself: opened, made, or brought to the newest version; somebody else's is left as it is.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::Sqlite;
use crate::error::ServerError;

/// Marks the file as this server's; "APOS" in ASCII.
const APPLICATION_ID: i64 = 0x4150_4F53;
/// What each version added to the one before it; older files get what they lack.
const STEPS: [&str; 4] = [
    include_str!("../schema.sql"),
    include_str!("../register.sql"),
    include_str!("../photos.sql"),
    include_str!("../office.sql"),
];
/// Version of a file to which every step was added.
const SCHEMA_VERSION: usize = STEPS.len();
/// How long a writer waits for another process.
const BUSY: Duration = Duration::from_secs(3);

impl Sqlite {
    /// Opens the database, or makes it where there is no file.
    pub(crate) fn open(path: &Path) -> Result<Self, ServerError> {
        if path.is_dir()
            || !path.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir())
        {
            return Err(ServerError::NotFound { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| not_ours(error, path))?;
        let tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        }
        let version = if tables == 0 { Some(0) } else { version_of_ours(&transaction)? };
        if let Some(lacking) = version.and_then(|version| STEPS.get(version..))
            && !lacking.is_empty()
        {
            lacking.iter().try_for_each(|step| transaction.execute_batch(step))?;
            transaction.pragma_update(None, "user_version", SCHEMA_VERSION as i64)?;
        }
        transaction.commit()?;
        check(&connection, path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        // What is destroyed is not to be found in the file.
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Opens an existing database, also while a server writes to it.
    pub(crate) fn open_existing(path: &Path) -> Result<Self, ServerError> {
        if !path.is_file() {
            return Err(ServerError::NotFound { path: path.to_owned() });
        }
        Self::open(path)
    }

    /// The same to look into it alone.
    pub(crate) fn look_into(path: &Path) -> Result<Self, ServerError> {
        let Self(connection) = Self::open_existing(path)?;
        connection.lock().unwrap_or_else(PoisonError::into_inner).pragma_update(None, "query_only", "ON")?;
        Ok(Self(connection))
    }

    /// Empties the journal into the file, so that nothing that was overwritten is left in it.
    pub(crate) fn settle(&self) -> Result<(), ServerError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// The version of a file of this server; nothing is done to others.
fn version_of_ours(connection: &Connection) -> Result<Option<usize>, ServerError> {
    let read = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    if read("application_id")? != APPLICATION_ID {
        return Ok(None);
    }
    Ok(usize::try_from(read("user_version")?).ok())
}

fn not_ours(error: rusqlite::Error, path: &Path) -> ServerError {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) {
        ServerError::NotOurs { path: path.to_owned() }
    } else {
        ServerError::Database(error)
    }
}

fn check(connection: &Connection, path: &Path) -> Result<(), ServerError> {
    let read = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let id = read("application_id").map_err(|error| not_ours(error, path))?;
    if id != APPLICATION_ID {
        return Err(ServerError::NotOurs { path: path.to_owned() });
    }
    if read("user_version")? > SCHEMA_VERSION as i64 {
        return Err(ServerError::NewerSchema { path: path.to_owned() });
    }
    Ok(())
}
