//! How a code reaches its holder. A deployment brings its own; the reference server lays mails into a file beside the
//! database, readable by its owner alone. Codes go nowhere else: no log and no event shows one.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A mail with a one-time code.
#[derive(Clone, Serialize)]
pub struct Mail {
    /// Where to.
    pub to: String,
    /// The code.
    pub code: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
}

impl std::fmt::Debug for Mail {
    /// Neither address nor code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Sends mails. Called on threads that may block.
pub trait Mailer: Send + Sync {
    /// Sends one; an error means that it will not arrive.
    fn send(&self, mail: &Mail) -> io::Result<()>;
}

/// A file with one JSON object a mail.
pub(crate) struct Outbox(PathBuf);

/// Where the outbox of a database lies.
pub(crate) fn outbox_path(db: &Path) -> PathBuf {
    db.with_extension("outbox.jsonl")
}

impl Outbox {
    pub(crate) fn beside(db: &Path) -> Self {
        Self(outbox_path(db))
    }
}

impl Mailer for Outbox {
    fn send(&self, mail: &Mail) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut line = serde_json::to_vec(mail)?;
        line.push(b'\n');
        options.open(&self.0)?.write_all(&line)
    }
}
