//! What can keep the server from starting or a request from being served.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the server, or a look into its database, failed. Texts hold no personal data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// Another program listens there.
    #[error("{address} is in use")]
    AddressInUse {
        /// Where it should have listened.
        address: SocketAddr,
    },
    /// The socket could not be opened for another reason.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// The system's word.
        source: io::Error,
    },
    /// The database does not exist, or its folder does not.
    #[error("no such file or folder: {}", path.display())]
    NotFound {
        /// The database.
        path: PathBuf,
    },
    /// The file is no database of this server.
    #[error("{} is not a database of this server", path.display())]
    NotOurs {
        /// The database.
        path: PathBuf,
    },
    /// The file was written by a newer server.
    #[error("{} was written by a newer server", path.display())]
    NewerSchema {
        /// The database.
        path: PathBuf,
    },
    /// The database could not be opened, read or written.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A row of this key is there already.
    #[error("the store holds such a row already: {what}")]
    Taken {
        /// Which table.
        what: &'static str,
    },
    /// A stored row does not have the form this server writes.
    #[error("the database holds a row of another form: {what}")]
    Damaged {
        /// Which table and column.
        what: &'static str,
    },
    /// The database has members, but its key file is gone: new keys would make every receipt worthless.
    #[error("the keys of the database are missing: {}", path.display())]
    KeysMissing {
        /// The key file.
        path: PathBuf,
    },
    /// The key file exists and cannot be read.
    #[error("the key file is damaged: {}", path.display())]
    KeysDamaged {
        /// The key file.
        path: PathBuf,
    },
    /// Key or trust file could not be read or written.
    #[error("key file {}: {source}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The certificate could not be made.
    #[error("certificate: {0}")]
    Certificate(rcgen::Error),
    /// The system gave no randomness, or a value could not be encoded.
    #[error("no randomness to be had")]
    Random,
    /// Threads or temporary folder could not be made.
    #[error("cannot start: {0}")]
    Start(io::Error),
    /// The work of a transaction was only tried out, and undone.
    #[error("undone on purpose")]
    Rehearsed,
}
