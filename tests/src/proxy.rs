//! A proxy for TCP in user space that harms what passes, in toxiproxy's words: one list of toxics, each for one way,
//! switched while connections are open. It sees bytes, not requests: TLS goes through it whole.
//!
//! What chance decides follows from the seed, the number of the connection and the way.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

use crate::random::Moments;

mod line;
mod toxic;

pub use toxic::{Toxic, Way};

/// Stands between a client and one server until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: SocketAddr,
    seed: u64,
    toxics: Mutex<Vec<(Way, Toxic)>>,
    connections: AtomicU64,
    up: AtomicU64,
    down: AtomicU64,
    /// Both ends of every connection, for the end of all of them.
    open: Mutex<Vec<TcpStream>>,
    ended: AtomicBool,
}

impl Shared {
    fn toxics_of(&self, way: Way) -> Vec<Toxic> {
        locked(&self.toxics).iter().filter(|(of, _)| *of == way).map(|(_, toxic)| *toxic).collect()
    }

    /// What passed so far this way.
    fn passed(&self, way: Way) -> &AtomicU64 {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }

    /// A connection costs a round trip before its first byte, which the kernel of one machine does not show.
    fn round_trip(&self) -> Duration {
        locked(&self.toxics).iter().map(|(_, toxic)| toxic.latency()).sum()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// In front of this server, on a free port of 127.0.0.1, with nothing wrong yet.
    pub fn before(server: &str, seed: u64) -> Self {
        let server = Url::parse(server).expect("an address");
        let upstream = server.socket_addrs(|| None).expect("an address with a port")[0];
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            upstream,
            seed,
            toxics: Mutex::default(),
            connections: AtomicU64::new(0),
            up: AtomicU64::new(0),
            down: AtomicU64::new(0),
            open: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let inside = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &inside));
        Self { address, shared }
    }

    /// Where clients reach it. The certificate behind it has to hold for 127.0.0.1.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// From now on these toxics, for open connections too.
    pub fn set(&self, toxics: &[(Way, Toxic)]) {
        *locked(&self.shared.toxics) = toxics.to_vec();
    }

    /// Nothing wrong from now on.
    pub fn heal(&self) {
        self.set(&[]);
    }

    /// How many connections came.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Bytes that passed both ways.
    pub fn bytes(&self) -> u64 {
        [Way::Up, Way::Down].iter().map(|way| self.shared.passed(*way).load(Ordering::SeqCst)).sum()
    }

    /// Resets every open connection.
    pub fn reset_all(&self) {
        for stream in locked(&self.shared.open).drain(..) {
            reset(&stream);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.reset_all();
        // Wakes the listener, so that it sees the end.
        let _ = TcpStream::connect(self.address);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else { continue };
        let number = shared.connections.fetch_add(1, Ordering::SeqCst);
        let Ok(server) = TcpStream::connect(shared.upstream) else {
            // What a client of the server itself would see.
            reset(&client);
            continue;
        };
        // A failure here is a connection that ended already.
        let _ = join(shared, number, client, server);
    }
}

/// Carries both ways of one connection, each on threads of its own.
fn join(shared: &Arc<Shared>, number: u64, client: TcpStream, server: TcpStream) -> io::Result<()> {
    let begun = Instant::now() + shared.round_trip();
    let mut open = locked(&shared.open);
    open.retain(|stream| stream.peer_addr().is_ok());
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
        open.push(stream.try_clone()?);
    }
    drop(open);
    let ends = [(Way::Up, client.try_clone()?, server.try_clone()?), (Way::Down, server, client)];
    for (way, from, to) in ends {
        let chance = Moments(shared.seed ^ number.wrapping_mul(0x9e37_79b9) ^ (way as u64) << 63);
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            line::Line { shared, way, from, to, begun, free: begun, passed: 0, chance }.carry();
        });
    }
    Ok(())
}

/// Ends a connection without its good-bye: the other side sees a reset.
fn reset(stream: &TcpStream) {
    // The system's word for it is to dissolve the association; a shutdown would say good-bye.
    let _ = rustix::net::connect_unspec(stream);
}

#[cfg(test)]
mod tests;
