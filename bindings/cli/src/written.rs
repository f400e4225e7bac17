//! Files that a command leaves where the person said: a file that is there is never written over.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::failure::Stop;

/// Writes a new file, on disk once this returns.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Stop::Taken(path.display().to_string()),
        _ => Stop::unwritten(&path.display(), &error),
    })
}
