//! A door in front of the server, or instead of it: real TLS with whatever certificate it is given, behind it whatever
//! the test says, byte by byte. It counts what it was told once TLS was through.

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use url::Url;

use crate::chain::Shown;

/// A client that says nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// One request, as it came.
pub struct Asked {
    /// `POST`.
    pub method: String,
    /// Path below the base, without query.
    pub path: String,
    /// Head and body.
    pub bytes: Vec<u8>,
    /// Where the body begins.
    pub body_at: usize,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Answers a request and says whether the connection stays open.
pub type Answering = dyn Fn(&Asked, &mut dyn Write) -> io::Result<bool> + Send + Sync;

/// Called with what of a request's head is there, as soon as anything is.
pub type Looking = dyn Fn(&[u8]) + Send + Sync;

/// Listens until it is dropped.
pub struct Door {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    tls: Mutex<Arc<ServerConfig>>,
    answering: Box<Answering>,
    at_first_byte: Box<Looking>,
    connections: AtomicU64,
    told: AtomicU64,
    ended: AtomicBool,
}

impl Door {
    /// Shows this certificate and answers so.
    pub fn open(
        shown: Shown,
        answering: impl Fn(&Asked, &mut dyn Write) -> io::Result<bool> + Send + Sync + 'static,
    ) -> Self {
        Self::watched(shown, answering, |_| {})
    }

    /// The same, and looks at the first bytes of each request before anything else happens to it.
    pub fn watched(
        shown: Shown,
        answering: impl Fn(&Asked, &mut dyn Write) -> io::Result<bool> + Send + Sync + 'static,
        at_first_byte: impl Fn(&[u8]) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            tls: Mutex::new(Arc::new(server_side(shown))),
            answering: Box::new(answering),
            at_first_byte: Box::new(at_first_byte),
            connections: AtomicU64::new(0),
            told: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        });
        let inside = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if inside.ended.load(Ordering::SeqCst) {
                    return;
                }
                inside.connections.fetch_add(1, Ordering::SeqCst);
                let inside = Arc::clone(&inside);
                // What a client breaks is its own business.
                thread::spawn(move || drop(inside.serve(client)));
            }
        });
        Self { address, shared }
    }

    /// Shows another certificate from now on.
    pub fn show(&self, shown: Shown) {
        *self.shared.tls.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(server_side(shown));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// How many connections came.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many bytes it was told, decrypted.
    pub fn told(&self) -> u64 {
        self.shared.told.load(Ordering::SeqCst)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        client.set_read_timeout(Some(PATIENCE))?;
        client.set_write_timeout(Some(PATIENCE))?;
        let tls = Arc::clone(&self.tls.lock().unwrap_or_else(PoisonError::into_inner));
        let mut stream = StreamOwned::new(ServerConnection::new(tls).map_err(io::Error::other)?, client);
        while let Some(asked) = self.hear(&mut stream)? {
            let stays = (self.answering)(&asked, &mut stream)?;
            stream.flush()?;
            if !stays {
                stream.conn.send_close_notify();
                stream.flush()?;
                return Ok(());
            }
        }
        Ok(())
    }

    fn hear(&self, stream: &mut impl io::Read) -> io::Result<Option<Asked>> {
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
        let mut whole = None;
        while whole.is_none_or(|whole| bytes.len() < whole) {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                return Ok(None);
            }
            self.told.fetch_add(count as u64, Ordering::SeqCst);
            if bytes.is_empty() {
                (self.at_first_byte)(&buffer[..count]);
            }
            bytes.extend_from_slice(&buffer[..count]);
            whole = whole.or_else(|| body_at(&bytes).map(|at| at + promised(&bytes[..at])));
        }
        let at = body_at(&bytes).unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let path = target.split('?').next().unwrap_or_default();
        let path = path.strip_prefix("/apoa/v1").unwrap_or(path).to_owned();
        Ok(Some(Asked { method: method.to_owned(), path, bytes, body_at: at }))
    }
}

fn server_side(shown: Shown) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(shown.key).expect("a key");
    // Not `with_single_cert`, which would refuse what is wrong on purpose.
    let shown = Arc::new(rustls::sign::CertifiedKey::new(shown.chain, key));
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(shown)))
}

/// Carries every request to this server and its answer back; the server's own trust file leads there.
pub fn relay(
    server: &str,
    trust: &Path,
) -> impl Fn(&Asked, &mut dyn Write) -> io::Result<bool> + Send + Sync + use<> {
    let url = Url::parse(server).expect("an address");
    let address = url.socket_addrs(|| None).expect("an address")[0];
    let tls = Arc::new(client_side(trust));
    move |asked, client| {
        let name = ServerName::from(address.ip());
        let connection = ClientConnection::new(Arc::clone(&tls), name).map_err(io::Error::other)?;
        let mut server = StreamOwned::new(connection, TcpStream::connect(address)?);
        // Its end tells where the answer ends, and whoever hears it wants it plain.
        let (head, body) = asked.bytes.split_at(asked.body_at);
        for line in String::from_utf8_lossy(head).lines().filter(|line| !line.is_empty()) {
            if !line.to_ascii_lowercase().starts_with("accept-encoding:") {
                server.write_all(format!("{line}\r\n").as_bytes())?;
            }
        }
        server.write_all(b"connection: close\r\n\r\n")?;
        server.write_all(body)?;
        server.flush()?;
        let mut answer = Vec::new();
        match server.read_to_end(&mut answer) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => {}
        }
        client.write_all(&answer)?;
        Ok(false)
    }
}

/// TLS of a client that trusts the roots of this file.
pub fn client_side(trust: &Path) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(&fs::read(trust).expect("a trust file")) {
        roots.add(root.expect("a certificate")).expect("a root");
    }
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A trust file that leads through a door with this root to the server that signs the configuration.
pub fn trust(root: &str, server: &Path) -> String {
    const KEY: &str = "-----BEGIN PUBLIC KEY-----";
    let own = fs::read_to_string(server).expect("a trust file");
    format!("{root}{KEY}{}", own.split_once(KEY).expect("keys behind the root").1)
}

/// Where a body begins.
fn body_at(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// How many bytes of body the head promises.
fn promised(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
