//! What the library for phones does not carry: spreadsheets are read and written by the command line alone.

use crate::features_of;

/// Crates that read or write spreadsheets, and what they need.
const SPREADSHEETS: &[&str] = &["calamine", "quick-xml", "rust_xlsxwriter", "zip"];

/// The crates of a tree, by name.
fn crates(tree: &str) -> Vec<&str> {
    tree.lines().filter_map(|line| line.split(' ').next()).collect()
}

#[test]
fn the_library_for_phones_reads_and_writes_no_spreadsheet() {
    let (phone, office) = (features_of(&["apoa-ffi"]), features_of(&["apoa-cli"]));
    for name in SPREADSHEETS {
        assert!(crates(&office).contains(name), "the command line lacks {name}: is it called otherwise now?");
        assert!(!crates(&phone).contains(name), "{name} in the library for phones");
    }
    assert!(crates(&phone).contains(&"csv"), "lists as text are read on phones");
    assert!(!phone.contains("apoa-core feature \"spreadsheet\""));
}
