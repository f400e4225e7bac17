//! What the sync is worth on a bad link, beside two others over the same link in the same run: a client that sends one
//! report a request, and a queue in the manner of Glean's uploader (one at a time, 15 in 60 seconds, three attempts).
//!
//! `cargo bench -p apoa-tests --bench sync`. The link is the proxy's: 300 ms round trip, of a hundred packets five are
//! lost, each of which holds up its way until it is sent again. `APOA_LINK=clean` measures without losses.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement: it ends where something fails"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use apoa_core::{ApoaClient, SyncRequest, SyncSummary, Trigger};
use apoa_server::{Exchange, Options, Running};
use apoa_tests::files::{copy, look};
use apoa_tests::phone::{PASSWORD, config, credentials, guest, ports};
use apoa_tests::proxy::{Proxy, Toxic, Way};
use tempfile::TempDir;

#[path = "sync/others.rs"]
mod others;

use others::{Filed, glean, one_by_one};

/// One way.
const DELAY: Duration = Duration::from_millis(150);
/// Of a hundred.
const LOST: u64 = 5;
/// Until a sender repeats: its round trip and the least variance that Linux allows for.
const STALL: Duration = Duration::from_millis(500);

/// More than any link here carries within the budget.
const QUEUE: u32 = 4_000;
/// What a background refresh of iOS gives.
const BUDGET: Duration = Duration::from_secs(25);
/// Phones that wait for their first receipt, each at an office of its own.
const PHONES: u64 = 60;
/// Phones of a measurement at once: they only wait for their links.
const AT_ONCE: u32 = 6;

fn main() {
    let world = World::new();
    let beside = [world.copy(), world.copy()];
    let (sent, ops) = world.with_a_full_queue();
    thread::scope(|scope| {
        // It mostly waits for its own limit: it may as well do so meanwhile.
        let glean = scope.spawn(|| glean(&beside[0], &beside[0].behind(3), &ops));
        let plain = one_by_one(&beside[1], &beside[1].behind(2), &ops);
        say("one report a request", &format!("{plain:.2} reports/s"));
        let times = sent.rate / plain;
        say(
            "sustained",
            &format!("{:.1} reports/s, {times:.1} times one by one (goal: 20, 8 times)", sent.rate),
        );
        let (received, over_ms) = (sent.received, sent.over_ms);
        say(
            "in a budget of 25 s",
            &format!("{received} reports (goal: 300), over by {over_ms:+} ms (goal: 500)"),
        );
        say("bytes a report", &format!("{} both ways, TLS included (goal: 800)", sent.bytes));
        hundred();
        nothing_to_do();
        first_receipts();
        say("in the manner of Glean", &format!("{:.2} reports/s", glean.join().unwrap()));
    });
}

fn say(what: &str, figures: &str) {
    println!("{what:>24}: {figures}");
}

type Seen = Arc<Mutex<Vec<Exchange>>>;

/// A server, what it saw, and a phone that signed in while nothing was wrong.
struct World {
    server: Running,
    seen: Seen,
    folder: TempDir,
}

/// What a run over a full queue came to.
struct Sent {
    received: u32,
    rate: f64,
    over_ms: i64,
    /// A report, both ways, as the link carries it.
    bytes: u64,
}

impl World {
    fn new() -> Self {
        let world = Self::on(tempfile::tempdir().unwrap());
        let client = world.client(world.server.url());
        client.sign_in(&credentials(PASSWORD)).unwrap();
        drop(client);
        world
    }

    fn on(folder: TempDir) -> Self {
        let seen = Seen::default();
        let ears = Arc::clone(&seen);
        let tap = move |exchange: &Exchange| ears.lock().unwrap().push(exchange.clone());
        let options = Options {
            db: Some(folder.path().join("office.db")),
            password: Some(PASSWORD.to_owned()),
            tap: Some(Arc::new(tap)),
            ..Options::default()
        };
        Self { server: apoa_server::start(options, |_| {}).unwrap(), seen, folder }
    }

    /// The same office with the same sign-in.
    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        Self::on(folder)
    }

    fn phone(&self) -> PathBuf {
        self.folder.path().join("phone")
    }

    fn client(&self, url: &str) -> ApoaClient {
        let settings = config(&self.phone(), Some(url), Some(self.server.trust_file()));
        ApoaClient::open(settings, ports(&self.phone())).unwrap()
    }

    /// The bad link to it.
    fn behind(&self, seed: u64) -> Proxy {
        let proxy = Proxy::before(self.server.url(), seed);
        let mut toxics = Vec::new();
        for way in [Way::Up, Way::Down] {
            toxics.push((way, Toxic::Latency { delay: DELAY, jitter: Duration::ZERO }));
            if std::env::var("APOA_LINK").as_deref() != Ok("clean") {
                toxics.push((way, Toxic::Loss { percent: LOST, stall: STALL }));
            }
        }
        proxy.set(&toxics);
        proxy
    }

    /// A queue that no budget empties, and what was sent of it, for the others to send.
    fn with_a_full_queue(&self) -> (Sent, Vec<Filed>) {
        let proxy = self.behind(1);
        let client = self.client(&proxy.url());
        file(&client, QUEUE);
        self.seen.lock().unwrap().clear();
        let (before, begun) = (proxy.bytes(), Instant::now());
        let summary = run(&client, BUDGET);
        let took = begun.elapsed();
        let seen = self.seen.lock().unwrap();
        let ops = seen.iter().filter(|exchange| exchange.path == "/ops").flat_map(others::ops).collect();
        let over_ms = took.as_millis() as i64 - BUDGET.as_millis() as i64;
        let rate = f64::from(summary.received) / took.as_secs_f64();
        let bytes = (proxy.bytes() - before) / u64::from(summary.received);
        (Sent { received: summary.received, rate, over_ms, bytes }, ops)
    }
}

fn file(client: &ApoaClient, count: u32) {
    for number in 0..count {
        client.finalise(guest(client, &format!("Q{number:08}")), None, None).unwrap();
    }
}

fn run(client: &ApoaClient, budget: Duration) -> SyncSummary {
    client.sync(SyncRequest { run: 1, budget, trigger: Trigger::Schedule }).unwrap()
}

/// Heads and bodies of an exchange, as HTTP/1.1 writes them: to the server and back.
fn sizes(exchange: &Exchange) -> [usize; 2] {
    let lines = |headers: &[(String, String)]| {
        headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum::<usize>() + 2
    };
    let first = exchange.method.len() + "/apoa/v1".len() + exchange.path.len() + 12;
    let answer = "HTTP/1.1 200 OK\r\n".len();
    [
        first + lines(&exchange.request_headers) + exchange.request_body.len(),
        answer + lines(&exchange.headers) + exchange.body.len(),
    ]
}

fn size(exchange: &Exchange) -> usize {
    sizes(exchange).iter().sum()
}

/// So many phones, a few at a time; what each took, in order.
fn phones(count: u64, measure: impl Fn(&World, u64) -> f64 + Sync) -> Vec<f64> {
    let (next, took) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= count {
                        return;
                    }
                    let seconds = measure(&World::new(), number);
                    took.lock().unwrap().push(seconds);
                }
            });
        }
    });
    let mut took = took.into_inner().unwrap();
    took.sort_by(f64::total_cmp);
    took
}

fn hundred() {
    let took = phones(5, |world, number| {
        let proxy = world.behind(100 + number);
        let client = world.client(&proxy.url());
        file(&client, 100);
        let begun = Instant::now();
        let summary = run(&client, Duration::from_mins(1));
        assert_eq!((summary.received, summary.left), (100, 0));
        begun.elapsed().as_secs_f64()
    });
    say("100 that wait", &format!("{:.1} s, the slowest of five {:.1} s (goal: 10)", took[2], took[4]));
}

fn nothing_to_do() {
    let world = World::new();
    let proxy = world.behind(200);
    let client = world.client(&proxy.url());
    let _ = run(&client, Duration::from_mins(1));
    world.seen.lock().unwrap().clear();
    let before = proxy.bytes();
    let begun = Instant::now();
    let _ = run(&client, Duration::from_mins(1));
    let took = begun.elapsed().as_secs_f64();
    let seen = world.seen.lock().unwrap();
    let (requests, bytes, all) = (seen.len(), seen.iter().map(size).sum::<usize>(), proxy.bytes() - before);
    say(
        "nothing to do",
        &format!("{requests} request, {bytes} bytes both ways (goal: 1, 2048), {all} with TLS, {took:.1} s"),
    );
}

fn first_receipts() {
    let took = phones(PHONES, |world, number| {
        let proxy = world.behind(300 + number);
        let client = world.client(&proxy.url());
        file(&client, 1);
        let expired = look(&world.phone().join("device.db")).execute("UPDATE token SET expires_ms = 0", []);
        assert_eq!(expired, Ok(1));
        let begun = Instant::now();
        assert_eq!(run(&client, Duration::from_mins(1)).received, 1);
        begun.elapsed().as_secs_f64()
    });
    let at = |share: f64| took[((took.len() as f64 * share) as usize).min(took.len() - 1)];
    let (half, most) = (at(0.5), at(0.95));
    say("first receipt", &format!("{half:.1} s, p95 {most:.1} s, with a new token (goal: p95 4.5)"));
}
