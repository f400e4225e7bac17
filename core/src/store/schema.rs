//! Schema and migrations: ordered steps, never edited after a release, forward only, all in one transaction.
//! A file of a newer version is refused and left as it is.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::connection::settle;
use crate::error::Error;
use crate::failpoint::around;

/// What a kind of file holds.
pub(crate) struct Schema {
    /// Tells our files apart from others (SQLite's `application_id`).
    application_id: i32,
    /// Names the commit that makes a file or brings it up.
    place: &'static str,
    /// Step n brings a file from version n to n + 1.
    steps: &'static [&'static str],
}

/// `device.db`; the id spells `APOD`.
pub(crate) const DEVICE: Schema = Schema {
    application_id: 0x4150_4F44,
    place: "commit.device_made",
    steps: &[
        include_str!("../../migrations/device/0001_init.sql"),
        include_str!("../../migrations/device/0002_lost_keys.sql"),
        include_str!("../../migrations/device/0003_unknown_shapes.sql"),
    ],
};

/// `unit.db`; the id spells `APOA`.
pub(crate) const UNIT: Schema = Schema {
    application_id: 0x4150_4F41,
    place: "commit.unit_made",
    steps: &[
        include_str!("../../migrations/unit/0001_init.sql"),
        include_str!("../../migrations/unit/0002_lists_and_log.sql"),
    ],
};

/// Makes a fresh schema with its first rows, or brings an older file up, or does nothing. `prepare` runs for a fresh
/// file only, before the transaction.
pub(super) fn bring_up<P>(
    connection: &mut Connection,
    schema: &Schema,
    prepare: impl FnOnce() -> Result<P, Error>,
    first_rows: impl FnOnce(&Transaction<'_>, P) -> Result<(), Error>,
) -> Result<(), Error> {
    // While it is not known whose file this is, closing it must not write either.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let known = schema.steps.len() as u32;
    let found = version(connection, schema)?;
    if found > known {
        return Err(Error::Newer { found, known });
    }
    only_our_rules(connection, schema)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    settle(connection)?;
    if found == known {
        return Ok(());
    }
    let prepared = if found == 0 { Some(prepare()?) } else { None };
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in schema.steps.iter().skip(found as usize) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", schema.application_id)?;
    tx.pragma_update(None, "user_version", known)?;
    if let Some(prepared) = prepared {
        first_rows(&tx, prepared)?;
    }
    read_every_column(&tx)?;
    around(schema.place, || Ok(tx.commit()?))
}

/// The version of the file, 0 for an empty one. A file with tables that are not ours is damaged or foreign.
fn version(connection: &Connection, schema: &Schema) -> Result<u32, Error> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application_id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let ours = application_id == schema.application_id;
    if ours || (version == 0 && tables == 0) { Ok(version) } else { Err(Error::Stored("application id")) }
}

/// What a file does by itself is ours, word for word: a planted trigger would run with every write of the core, for
/// ever if it likes. A file with another one is damaged, and its rows are rescued without it.
fn only_our_rules(connection: &Connection, schema: &Schema) -> Result<(), Error> {
    let mut rules = connection
        .prepare("SELECT coalesce(sql, '') FROM sqlite_schema WHERE type IN ('trigger', 'view')")?;
    let rules: Vec<String> = rules.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let ours = |rule: &String| schema.steps.iter().any(|step| step.contains(rule.as_str()));
    if rules.iter().all(ours) { Ok(()) } else { Err(Error::Stored("rule of the file")) }
}

/// Touches every column, so that a step that does not fit the rows fails before its commit.
fn read_every_column(tx: &Transaction<'_>) -> Result<(), Error> {
    let mut names =
        tx.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for name in names {
        let mut statement = tx.prepare(&format!("SELECT * FROM \"{name}\""))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
    }
    let broken: u32 = tx.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if broken == 0 { Ok(()) } else { Err(Error::Stored("foreign key")) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::connection::Database;

    #[test]
    fn a_newer_file_is_refused_and_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unit.db");
        let database = Database::open(&path, &UNIT, || Ok(()), |_, ()| Ok(())).unwrap();
        database.write("commit.file_new", |tx| Ok(tx.pragma_update(None, "user_version", 99)?)).unwrap();
        drop(database);
        let before = fs::read(&path).unwrap();
        assert!(matches!(
            Database::open(&path, &UNIT, || Ok(()), |_, ()| Ok(())),
            Err(Error::Newer { found: 99, known: 2 })
        ));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_file_that_is_no_database_or_another_ones_is_refused_and_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let garbage = folder.path().join("garbage.db");
        fs::write(&garbage, vec![7; 8192]).unwrap();
        assert!(Database::open(&garbage, &UNIT, || Ok(()), |_, ()| Ok(())).is_err());
        assert_eq!(fs::read(&garbage).unwrap(), vec![7; 8192]);

        let device = folder.path().join("device.db");
        drop(Database::open(&device, &DEVICE, || Ok(()), |_, ()| Ok(())).unwrap());
        let before = fs::read(&device).unwrap();
        assert!(matches!(
            Database::open(&device, &UNIT, || Ok(()), |_, ()| Ok(())),
            Err(Error::Stored("application id"))
        ));
        assert_eq!(fs::read(&device).unwrap(), before);
    }

    #[test]
    fn a_creation_that_fails_is_made_good_by_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unit.db");
        assert!(Database::open(&path, &UNIT, || Ok(()), |_, ()| Err(Error::Stored("test"))).is_err());
        let database = Database::open(
            &path,
            &UNIT,
            || Ok(b"unit"),
            |tx, bytes| {
                tx.execute("INSERT INTO sync_state VALUES('unit', ?1)", [bytes])?;
                Ok(())
            },
        )
        .unwrap();
        let rows = database
            .read(|tx| Ok(tx.query_row("SELECT count(*) FROM sync_state", [], |r| r.get::<_, i64>(0))?));
        assert_eq!(rows.unwrap(), 1);
    }

    #[test]
    fn a_migration_that_ends_at_any_statement_changed_nothing() {
        let statements: Vec<&str> = UNIT.steps[1].split_inclusive(';').collect();
        assert!(statements.len() > 5);
        for cut in 0..statements.len() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("unit.db");
            let old: &'static Schema = Box::leak(Box::new(Schema {
                application_id: UNIT.application_id,
                place: UNIT.place,
                steps: Box::leak(Box::new([UNIT.steps[0]])),
            }));
            drop(Database::open(&path, old, || Ok(()), |_, ()| Ok(())).unwrap());
            let before = objects(&path);
            // The statement after the cut fails, as it would if the process died or the disk were full there.
            let broken: String = [statements[..cut].concat().as_str(), "\nSELECT no_such_thing;"].concat();
            let dying: &'static Schema = Box::leak(Box::new(Schema {
                application_id: UNIT.application_id,
                place: UNIT.place,
                steps: Box::leak(Box::new([UNIT.steps[0], Box::leak(broken.into_boxed_str())])),
            }));
            assert!(Database::open(&path, dying, || Ok(()), |_, ()| Ok(())).is_err(), "cut {cut}");
            assert_eq!(objects(&path), before, "cut {cut}");
            drop(Database::open(&path, &UNIT, || Ok(()), |_, ()| Ok(())).unwrap());
            assert_eq!(objects(&path).0, 2, "cut {cut}");
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a look at the file beside the store")]
    fn objects(path: &std::path::Path) -> (u32, Vec<String>) {
        let file = Connection::open(path).unwrap();
        let version = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let mut names = file.prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name").unwrap();
        let names = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        (version, names)
    }
}
