//! What has to hold of the files of a data folder at any moment, however the process before ended: sound, whole, and
//! no planted secret in clear. One set of checks for every test that breaks something.

use std::collections::BTreeSet;
use std::path::Path;

use apoa_core::ids::ReportId;
use rusqlite::Connection;

use crate::canary;
use crate::files::{look, units};

/// Questions to a unit's file whose answer is 0, with what another answer means.
type Nothing = [(&'static str, &'static str)];

/// Holds even of what was rescued from a damaged file.
const ALWAYS: &Nothing = &[
    ("SELECT count(*) FROM pragma_foreign_key_check", "a row without the row it belongs to"),
    (
        "SELECT count(*) FROM report r WHERE (work IN (2, 3)) <> EXISTS(SELECT 1 FROM outbox o \
         WHERE o.report_id = r.id AND o.revision = r.local_rev AND o.wedge_code IS NOT 'parent')",
        "reports that wait and ops do not belong together",
    ),
    // What the server still has may come back, as a row without the data that were erased.
    (
        "SELECT count(*) FROM tombstone WHERE report_id IN (SELECT id FROM report WHERE enc_body IS NOT NULL)",
        "erased, and still there",
    ),
    ("SELECT count(*) <> 1 FROM key_epoch WHERE state = 1", "not one key for new reports"),
    ("SELECT count(*) > 1 FROM key_epoch WHERE state = 0", "two rotations at once"),
];

/// Holds where no page was lost: receipts and predecessors stand in rows of their own.
const WHOLE: &Nothing = &[
    (
        "SELECT count(*) FROM outbox o JOIN report r ON r.id = o.report_id \
         WHERE o.base_revision > r.acked_rev AND o.wedge_code IS NOT 'parent' AND NOT EXISTS( \
         SELECT 1 FROM outbox b WHERE b.report_id = o.report_id AND b.revision = o.base_revision)",
        "an op whose base is nowhere",
    ),
    (
        "SELECT count(*) FROM report WHERE standing > 0 AND id NOT IN (SELECT report_id FROM receipt)",
        "a standing without a receipt",
    ),
];

/// Checks every file of a data folder and returns the reports that are in it.
pub fn check_files(data: &Path) -> BTreeSet<ReportId> {
    check(data, &[ALWAYS, WHOLE])
}

/// The same of files that were rescued from damaged ones.
pub fn check_rescued(data: &Path) -> BTreeSet<ReportId> {
    check(data, &[ALWAYS])
}

fn check(data: &Path, questions: &[&Nothing]) -> BTreeSet<ReportId> {
    if data.exists() {
        canary::search_folder(data);
    }
    let device = data.join("device.db");
    if device.exists() {
        assert_sound(&device);
    }
    let mut there = BTreeSet::new();
    for file in units(data) {
        assert_sound(&file);
        let database = look(&file);
        ask(&database, questions);
        let mut ids = database.prepare("SELECT id FROM report").expect("a statement");
        let ids = ids.query_map([], |row| row.get::<_, [u8; 16]>(0)).expect("rows");
        there.extend(ids.map(|id| ReportId::from_bytes(id.expect("an id"))));
    }
    there
}

/// Checks the rows of a unit's file alone: cheap enough for every step.
pub fn check_rows(unit: &Connection) {
    ask(unit, &[ALWAYS, WHOLE]);
}

fn ask(unit: &Connection, questions: &[&Nothing]) {
    for (sql, meaning) in questions.iter().copied().flatten() {
        let mut question = unit.prepare_cached(sql).expect("a question");
        let found: i64 = question.query_row([], |row| row.get(0)).expect("an answer");
        assert_eq!(found, 0, "{meaning}");
    }
}

/// Checks every file of a data folder, and that these reports are in it.
pub fn check_kept(data: &Path, saved: &BTreeSet<ReportId>) {
    let there = check_files(data);
    let lost: Vec<_> = saved.difference(&there).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
}

fn assert_sound(file: &Path) {
    let sound: String =
        look(file).query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
    assert_eq!(sound, "ok", "{}", file.display());
}
