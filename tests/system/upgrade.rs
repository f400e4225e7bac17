//! Files of every version that was ever released, in `tests/fixtures/databases`: they open with all they hold, and what
//! an upgrade makes is what a fresh file is. A migration that dies anywhere changed nothing; a newer file is refused
//! unwritten.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use apoa_core::fields::Field;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{Page, StoreError};
use apoa_tests::files::{all as files, copy, look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{guest, open, server, signed_in};

fn versions() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/databases");
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn copied(version: &Path) -> Folder {
    let folder = Folder::new();
    copy(version, folder.path());
    folder
}

fn schema(file: &Path) -> Vec<String> {
    let database = look(file);
    let mut objects = database
        .prepare(
            "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2",
        )
        .unwrap();
    let objects: Vec<(String, String)> =
        objects.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let mut lines = Vec::new();
    for (kind, name) in objects {
        let sql = if kind == "index" {
            format!("SELECT group_concat(name || ' ' || seqno) FROM pragma_index_xinfo('{name}')")
        } else {
            format!(
                "SELECT group_concat(name || ' ' || type || ' ' || \"notnull\" || ' ' || coalesce(dflt_value, '') || ' ' || pk) FROM pragma_table_info('{name}')"
            )
        };
        let columns: Option<String> = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        lines.push(format!("{kind} {name}: {}", columns.unwrap_or_default()));
    }
    let version: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    lines.push(format!("version {version}"));
    lines
}

#[test]
fn i20_every_released_version_opens_with_all_it_holds() {
    for version in versions() {
        let folder = copied(&version);
        let client = open(folder.path()).unwrap_or_else(|error| panic!("{version:?}: {error}"));
        let rows = client.reports(Page { work: None, standing: None, limit: 50, after: None }).unwrap();
        let states: Vec<_> = rows.iter().map(|row| (row.standing, row.work, row.readable)).collect();
        assert_eq!(
            states,
            [
                (Standing::None, Work::Queued, true),
                (Standing::None, Work::Queued, true),
                (Standing::Received, Work::None, true),
                (Standing::Received, Work::None, true),
            ]
        );
        let detail = client.report(rows[3].report).unwrap().unwrap();
        assert_eq!((detail.receipts.len(), detail.row.summary.document_shown()), (1, "L898902C3".to_owned()));
        assert_eq!(client.queue().unwrap().len(), 2);
        // And it works on: an edit, a follow-up, another guest.
        let mut draft = client.draft(rows[0].report).unwrap().unwrap();
        draft.set(Field::Remarks, "after the upgrade");
        client.amend(rows[0].report, draft, None).unwrap();
        client.finalise(guest(&client, "X00000009"), None, None).unwrap();
        client.rotate_keys().unwrap();
        assert_eq!(client.counts().unwrap().queued, 3);
    }
}

trait Shown {
    fn document_shown(&self) -> String;
}

impl Shown for apoa_core::Summary {
    fn document_shown(&self) -> String {
        self.passport_number.as_ref().map(|number| number.reveal().clone()).unwrap_or_default()
    }
}

#[test]
fn an_upgraded_schema_is_a_fresh_one() {
    let (server, fresh) = (server(&[]), Folder::new());
    drop(signed_in(fresh.path(), &server));
    for version in versions() {
        let folder = copied(&version);
        let before = schema(&units(folder.path())[0]);
        drop(open(folder.path()).unwrap());
        for (old, new) in [
            (units(folder.path()).remove(0), units(fresh.path()).remove(0)),
            (folder.path().join("device.db"), fresh.path().join("device.db")),
        ] {
            assert_eq!(schema(&old), schema(&new), "{version:?}");
        }
        assert_ne!(before, schema(&units(folder.path())[0]), "{version:?} is no older version");
    }
}

#[test]
fn i20_a_newer_file_is_refused_and_not_a_byte_is_written() {
    for name in ["unit", "device"] {
        let folder = copied(&versions()[0]);
        let file =
            if name == "unit" { units(folder.path()).remove(0) } else { folder.path().join("device.db") };
        look(&file).pragma_update(None, "user_version", 99).unwrap();
        let before: Vec<_> = files(folder.path());
        let refused = open(folder.path()).err();
        assert_eq!(refused, Some(StoreError::NewerSchema), "{name}");
        let changed: Vec<_> = files(folder.path())
            .into_iter()
            .filter(|(path, bytes)| {
                // What opening itself makes beside a file says nothing about it; device.db may be upgraded by itself.
                let beside = [".lock", "-shm"].iter().any(|end| path.to_string_lossy().ends_with(end))
                    || bytes.is_empty();
                let other = name == "unit" && path.ends_with("device.db");
                !beside && !other && !before.contains(&(path.clone(), bytes.clone()))
            })
            .map(|(path, _)| path)
            .collect();
        assert_eq!(changed, Vec::<PathBuf>::new(), "{name}");
    }
}
