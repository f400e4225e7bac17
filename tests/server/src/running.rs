//! Starts the server on threads of its own and ends it, whatever a fault or a client holds open.

use std::fmt;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::auth::Effort;
use crate::error::ServerError;
use crate::faults::Rule;
use crate::front::MakeFront;
use crate::http::{App, Blocking};
use crate::keys::{self, Keys};
use crate::mailer::{Mailer, Outbox, outbox_path};
use crate::seed::{self, SeededAccount};
use crate::sqlite::Sqlite;
use crate::storage::{Storage, transact};
use crate::tap::Tap;
use crate::throttle::Throttle;
use crate::{Clock, Event, config, permits};

/// How long answers on their way may take when the server ends.
const GRACE: Duration = Duration::from_secs(1);
/// Together with [`GRACE`] well below the five seconds an end may take.
const LAST_CALL: Duration = Duration::from_secs(1);
/// One thread for sockets is enough for a reference; two keep a slow handshake from holding up the rest.
const THREADS: usize = 2;

/// How to start.
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Database file; `None`: in a temporary folder that ends with the server.
    pub db: Option<PathBuf>,
    /// Faults on command.
    pub faults: Vec<Rule>,
    /// Same ids and password for the same seed, on a new database. Tokens and keys never follow from it.
    pub seed: Option<u64>,
    /// Password of the first member on a new database; `None`: a random one.
    pub password: Option<String>,
    /// Patterns that the configuration is published with, unread: whoever starts the server answers for them.
    pub patterns: Patterns,
    /// Contents of photos that the configuration asks for, `passport_page`; none by default.
    pub attachments: Vec<String>,
    /// Whether the configuration says that receipts are the office's own.
    pub official_receipts: bool,
    /// Milliseconds since 1970; `None`: the system's clock.
    pub clock: Option<Clock>,
    /// Who sees every exchange.
    pub tap: Option<Tap>,
    /// Who mails one-time codes; `None`: the file `….outbox.jsonl` beside the database.
    pub mailer: Option<Arc<dyn Mailer>>,
}

impl Default for Options {
    /// A free port of 127.0.0.1, a temporary database, no faults.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            db: None,
            faults: Vec::new(),
            seed: None,
            password: None,
            patterns: Patterns::Kept,
            attachments: Vec::new(),
            official_receipts: false,
            clock: None,
            tap: None,
            mailer: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("db", &self.db)
            .field("faults", &self.faults)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// How codes are recognised, for the signed configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Patterns {
    /// As the database has them; on a new one the client's own.
    #[default]
    Kept,
    /// The client's own.
    BuiltIn,
    /// These. A change gives the configuration a new serial.
    These(serde_json::Value),
}

impl Patterns {
    fn or_kept(self, storage: &dyn Storage) -> Result<Option<serde_json::Value>, ServerError> {
        match self {
            Self::Kept => Ok(transact(storage, |tables| tables.published())?.and_then(|kept| kept.patterns)),
            Self::BuiltIn => Ok(None),
            Self::These(patterns) => Ok(Some(patterns)),
        }
    }
}

/// A server that listens. Dropping it ends it at once.
pub struct Running {
    app: Arc<App>,
    url: String,
    db: PathBuf,
    trust: PathBuf,
    account: SeededAccount,
    handle: Handle<SocketAddr>,
    task: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
    /// Removed last.
    _folder: Option<TempDir>,
}

/// Starts a server. Blocks until its socket listens; it then runs on threads of its own.
///
/// `on_event` is called on those threads, after the commit or fault it tells of and before the answer.
pub fn start(
    options: Options,
    on_event: impl Fn(Event) + Send + Sync + 'static,
) -> Result<Running, ServerError> {
    let Options { listen, db, faults, seed, password, patterns, attachments, .. } = options;
    let Options { official_receipts, clock, tap, mailer, .. } = options;
    let listener = listen_on(listen)?;
    let address = listener.local_addr().map_err(|source| ServerError::Listen { address: listen, source })?;
    let (folder, db) = if let Some(db) = db {
        (None, db)
    } else {
        let folder = tempfile::tempdir().map_err(ServerError::Start)?;
        let db = folder.path().join("office.db");
        (Some(folder), db)
    };
    let storage = Sqlite::open(&db)?;
    let key_path = keys::key_path(&db);
    if !seed::is_new(&storage)? && !key_path.exists() {
        return Err(ServerError::KeysMissing { path: key_path });
    }
    let keys = Keys::load_or_create(&db)?;
    let trust = keys::trust_path(&db);
    keys.write_trust(&trust)?;
    let account = seed::account(&storage, seed, password, Effort::Full)?;
    permits::fill(&storage)?;
    let clock = clock.unwrap_or_else(|| Arc::new(|| jiff::Timestamp::now().as_millisecond()));
    let patterns = patterns.or_kept(&storage)?;
    let published = config::publish(&storage, patterns, attachments, clock())?;

    let mailer = mailer.unwrap_or_else(|| Arc::new(Outbox::beside(&db)));
    let tls = RustlsConfig::from_config(keys.tls.clone());
    let app = Arc::new(App {
        storage: Box::new(storage),
        keys,
        clock,
        on_event: Box::new(on_event),
        tap,
        published: Mutex::new(published),
        throttle: Throttle::default(),
        mailer,
        official_receipts,
        blocking: Blocking::Pool,
    });
    let runtime = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("apoa-server")
        .enable_all()
        .build()
        .map_err(ServerError::Start)?;
    let handle = Handle::new();
    let inside = runtime.enter();
    let server = from_tcp_rustls(listener, tls).map_err(ServerError::Start)?;
    drop(inside);
    let shared = Arc::clone(&app);
    let serving = server.http1_only().handle(handle.clone()).serve(MakeFront::new(app, faults));
    let task = runtime.spawn(async move {
        // The listener is open; what ends it is the handle.
        let _ = serving.await;
    });
    Ok(Running {
        app: shared,
        url: url_of(address),
        db,
        trust,
        account,
        handle,
        task: Some(task),
        runtime: Some(runtime),
        _folder: folder,
    })
}

fn listen_on(address: SocketAddr) -> Result<TcpListener, ServerError> {
    TcpListener::bind(address).map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServerError::AddressInUse { address },
        _ => ServerError::Listen { address, source },
    })
}

/// A name the certificate holds: a server that listens everywhere is called by its local name.
fn url_of(address: SocketAddr) -> String {
    match address.ip() {
        ip if ip.is_unspecified() => format!("https://localhost:{}", address.port()),
        IpAddr::V4(_) | IpAddr::V6(_) => format!("https://{address}"),
    }
}

impl Running {
    /// Origin, `https://127.0.0.1:…`; the contract's paths start below it with `/apoa/v1`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// PEM file with the TLS root and the keys that sign the configuration.
    pub fn trust_file(&self) -> &Path {
        &self.trust
    }

    /// The database file.
    pub fn db(&self) -> &Path {
        &self.db
    }

    /// Where one-time codes are laid, unless the options name another mailer.
    pub fn outbox(&self) -> PathBuf {
        outbox_path(&self.db)
    }

    /// Who can sign in. The password is known only when this start made it.
    pub fn account(&self) -> &SeededAccount {
        &self.account
    }

    /// Publishes other patterns while the server runs. Blocks.
    pub fn publish(&self, patterns: Patterns) -> Result<(), ServerError> {
        let storage = self.app.storage.as_ref();
        let patterns = patterns.or_kept(storage)?;
        let published = config::publish(storage, patterns, self.app.attachments(), (self.app.clock)())?;
        *self.app.published.lock().unwrap_or_else(PoisonError::into_inner) = published;
        Ok(())
    }

    /// Ends the server: answers on their way get a second, hung connections are closed. Blocks, at most three seconds; not
    /// for async code.
    pub fn stop(mut self) {
        self.handle.graceful_shutdown(Some(GRACE));
        let (Some(runtime), Some(task)) = (self.runtime.take(), self.task.take()) else { return };
        runtime.block_on(async {
            let _ = tokio::time::timeout(GRACE + LAST_CALL, task).await;
        });
        runtime.shutdown_timeout(LAST_CALL);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("url", &self.url).field("trust", &self.trust).finish_non_exhaustive()
    }
}
