//! The folder of a test: what it holds, and what was logged and shown meanwhile, is searched for planted secrets after
//! every run that sends, and once more when the test lets it go; and so is what crossed the sockets for anything that
//! breaks the contract.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::thread;

use tempfile::TempDir;

use crate::{canary, files, heard, upheld};

thread_local! {
    /// The folders that tests of this thread hold.
    static OPEN: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
}

/// A folder that goes with its test.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// A new one; from now on everything that is logged is kept.
    #[expect(clippy::new_without_default, reason = "it makes a folder: no value like another")]
    pub fn new() -> Self {
        Self::of(tempfile::tempdir().expect("a folder"))
    }

    /// A new one in memory, where that is possible: for tests that make hundreds, and would wait for the disk alone.
    pub fn in_memory() -> Self {
        Self::of(files::in_memory())
    }

    fn of(folder: TempDir) -> Self {
        heard::listen();
        OPEN.with_borrow_mut(|open| open.push(folder.path().to_owned()));
        Self(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.retain(|path| path != self.0.path()));
        if !thread::panicking() {
            canary::search_folder(self.0.path());
            heard::search();
            upheld::search();
        }
    }
}

/// Searches what the tests of this thread have on disk now, journals of open databases included.
pub fn search_open() {
    let open = OPEN.with_borrow(Clone::clone);
    for folder in open {
        canary::search_folder(&folder);
    }
    heard::search();
    upheld::search();
}
