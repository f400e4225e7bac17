//! A bad way to the server: a proxy between both harms what passes, the phone goes on until each report is there, once,
//! with the receipt the server has. Where nobody answered, nothing is marked; where nobody else was configured, nobody
//! else is asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use apoa_core::report::state::Standing;
use apoa_core::{ApoaClient, Config, Ports, StoppedBy, Trust};
use apoa_server::{Running, office_reports};
use apoa_tests::chain::{authority, leaf, root, shown};
use apoa_tests::clock::JumpingClock;
use apoa_tests::door::{Door, relay, trust};
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{
    PASSWORD, all, config, credentials, guest, ports, send_now, server, signed_in, sync_now,
};
use apoa_tests::proxy::{Proxy, Toxic, Way};
use apoa_tests::random::number;
use apoa_tests::starting::start;
use apoa_tests::trace::is_possible;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Each toxic, and one mixture. Limits lie in the handshake, in a request, in an answer.
fn toxics() -> Vec<(&'static str, Vec<(Way, Toxic)>)> {
    let both = |toxic| vec![(Way::Up, toxic), (Way::Down, toxic)];
    let latency = Toxic::Latency { delay: ms(120), jitter: ms(80) };
    vec![
        ("latency", both(latency)),
        ("bandwidth", both(Toxic::Bandwidth { bytes: 12_000 })),
        ("slow close", both(Toxic::SlowClose { delay: ms(700) })),
        ("slices", both(Toxic::Slicer { bytes: 97, pause: ms(2) })),
        ("loss", both(Toxic::Loss { percent: 20, stall: ms(250) })),
        ("a black hole to the server", vec![(Way::Up, Toxic::Timeout { close: None })]),
        ("a black hole from the server", vec![(Way::Down, Toxic::Timeout { close: None })]),
        ("a black hole that closes", both(Toxic::Timeout { close: Some(ms(300)) })),
        ("a reset at once", vec![(Way::Up, Toxic::ResetPeer { after: Duration::ZERO })]),
        ("a reset later", vec![(Way::Down, Toxic::ResetPeer { after: ms(120) })]),
        ("the end inside the handshake", vec![(Way::Down, Toxic::LimitData { bytes: 600 })]),
        ("the end inside a request", vec![(Way::Up, Toxic::LimitData { bytes: 1_500 })]),
        ("the end inside an answer", vec![(Way::Down, Toxic::LimitData { bytes: 2_000 })]),
        ("half closed to the server", vec![(Way::Up, Toxic::HalfClose { bytes: 1_500 })]),
        ("half closed from the server", vec![(Way::Down, Toxic::HalfClose { bytes: 2_000 })]),
        (
            "all at once",
            vec![
                (Way::Up, latency),
                (Way::Down, Toxic::Loss { percent: 10, stall: ms(200) }),
                (Way::Down, Toxic::Slicer { bytes: 300, pause: ms(1) }),
                (Way::Down, Toxic::Bandwidth { bytes: 60_000 }),
            ],
        ),
    ]
}

/// A server, a way to it that can be harmed, and a phone on the other side.
struct Bad {
    server: Running,
    proxy: Proxy,
    client: ApoaClient,
    clock: JumpingClock,
    /// Let go, and searched, last.
    _folder: Folder,
}

impl Bad {
    fn new(seed: u64) -> Self {
        let (server, folder) = (server(&[]), Folder::in_memory());
        let proxy = Proxy::before(server.url(), seed);
        let clock = JumpingClock::default();
        let ports = Ports { clock: Arc::new(clock.clone()), ..ports(folder.path()) };
        let client = ApoaClient::open(through(folder.path(), &proxy, &server), ports).unwrap();
        client.sign_in(&credentials(PASSWORD)).unwrap();
        Self { server, proxy, client, clock, _folder: folder }
    }

    fn file(&self, passports: impl Iterator<Item = u64>) {
        for number in passports {
            self.client.finalise(guest(&self.client, &format!("T{number:08}")), None, None).unwrap();
        }
    }

    /// Everything that was filed is there, once, and proved by the server's own receipt.
    fn arrived_once(&self, what: &str) {
        let held = office_reports(self.server.db()).unwrap();
        let rows = self.client.reports(all()).unwrap();
        assert_eq!(held.len(), rows.len(), "{what}");
        assert!(held.iter().all(|held| held.ops.len() == 1), "{what}: an effect was doubled");
        let office = look(self.server.db());
        for row in rows {
            assert_eq!(row.standing, Standing::Received, "{what}");
            let receipts = self.client.report(row.report).unwrap().unwrap().receipts;
            let theirs: String = office
                .query_row("SELECT receipt FROM op WHERE report = ?1", [row.report.to_string()], |row| {
                    row.get(0)
                })
                .unwrap();
            assert_eq!(receipts, [theirs], "{what}");
        }
    }
}

fn through(data: &Path, proxy: &Proxy, server: &Running) -> Config {
    config(data, Some(&proxy.url()), Some(server.trust_file()))
}

#[test]
fn every_toxic_delays_reports_and_none_loses_or_doubles_one() {
    let seed = number("APOA_SEED", 1);
    println!("seed {seed}");
    thread::scope(|scope| {
        for (what, toxics) in toxics() {
            scope.spawn(move || {
                let bad = Bad::new(seed);
                bad.file(0..3);
                bad.proxy.set(&toxics);
                // The first run meets the toxic, and its end: open connections are healed while it goes on.
                thread::scope(|scope| {
                    scope.spawn(|| {
                        thread::sleep(ms(2_500));
                        bad.proxy.heal();
                    });
                    let begun = Instant::now();
                    let _ = sync_now(&bad.client, 6).unwrap();
                    assert!(begun.elapsed() <= ms(6_500), "{what}: {:?}", begun.elapsed());
                });
                bad.file(3..5);
                // A second one meets it from its beginning to its end.
                bad.proxy.set(&toxics);
                let _ = sync_now(&bad.client, 4).unwrap();
                bad.proxy.reset_all();
                bad.proxy.heal();
                // Longer than its delays have grown.
                bad.clock.jump_minutes(30);
                let last = send_now(&bad.client, 40);
                assert_eq!((last.left, last.stopped_by), (0, None), "{what}");
                bad.arrived_once(what);
            });
        }
    });
}

#[test]
fn i07_the_mark_is_on_disk_before_the_first_byte_of_a_request_that_carries_ops() {
    let (server, folder) = (server(&[]), Folder::new());
    let root = root(authority("a root of the tests"));
    let (place, looked) = (Arc::new(OnceLock::new()), Arc::new(AtomicU64::new(0)));
    let (data, count) = (Arc::<OnceLock<_>>::clone(&place), Arc::clone(&looked));
    let look_at = move |bytes: &[u8]| {
        if !bytes.starts_with(b"POST /apoa/v1/ops ") {
            return;
        }
        let data: &PathBuf = data.get().unwrap();
        let unmarked = "SELECT count(*) FROM outbox WHERE maybe_sent = 0 OR attempts = 0";
        let unmarked: u32 = look(&units(data)[0]).query_row(unmarked, [], |row| row.get(0)).unwrap();
        // Counted apart: a panic here would only end a connection.
        count.fetch_add(1 + 1_000 * u64::from(unmarked), Ordering::SeqCst);
    };
    let door = Door::watched(shown(&leaf(), &root, &[]), relay(server.url(), server.trust_file()), look_at);
    let trust = Trust::from_pem(&trust(&root.pem(), server.trust_file())).unwrap();
    let config = Config { trust: Some(trust), ..config(folder.path(), Some(&door.url()), None) };
    let client = ApoaClient::open(config, ports(folder.path())).unwrap();
    client.sign_in(&credentials(PASSWORD)).unwrap();
    place.set(folder.path().to_owned()).unwrap();
    for number in 0..3 {
        client.finalise(guest(&client, &format!("M{number:08}")), None, None).unwrap();
        assert_eq!(send_now(&client, 20).received, 1);
    }
    assert_eq!(
        looked.load(Ordering::SeqCst),
        3,
        "requests looked at, and a thousand for each op without its mark"
    );
}

#[test]
fn i07b_a_way_that_leads_nowhere_marks_nothing() {
    let bad = Bad::new(1);
    bad.file(0..1);
    let unmarked = |what: &str, by: StoppedBy| {
        let summary = send_now(&bad.client, 4);
        assert_eq!((summary.sent, summary.left, summary.stopped_by), (0, 1, Some(by)), "{what}");
        let queue = bad.client.queue().unwrap();
        assert_eq!((queue[0].attempts, queue[0].maybe_sent), (0, false), "{what}");
    };
    let both = |toxic| [(Way::Up, toxic), (Way::Down, toxic)];
    bad.proxy.set(&both(Toxic::Timeout { close: None }));
    unmarked("a black hole", StoppedBy::Offline);
    bad.proxy.set(&both(Toxic::ResetPeer { after: Duration::ZERO }));
    unmarked("a reset", StoppedBy::Offline);
    bad.proxy.set(&both(Toxic::LimitData { bytes: 300 }));
    unmarked("cut inside the handshake", StoppedBy::Offline);
    bad.proxy.heal();
    bad.clock.jump_minutes(30);
    assert_eq!(send_now(&bad.client, 20).received, 1);
    bad.arrived_once("after all of them");
}

#[test]
fn i18_no_redirect_is_followed_and_no_proxy_of_the_system_asked() {
    let (server, folder) = (server(&[]), Folder::new());
    let root = root(authority("a root of the tests"));
    // It would be trusted: only the redirect stands between it and a report.
    let elsewhere = Door::open(shown(&leaf(), &root, &[]), relay(server.url(), server.trust_file()));
    let (target, carry) = (elsewhere.url(), relay(server.url(), server.trust_file()));
    let status = Arc::new(AtomicU64::new(0));
    let said = Arc::clone(&status);
    let door = Door::open(shown(&leaf(), &root, &[]), move |asked, client| {
        let status = said.load(Ordering::SeqCst);
        if status == 0 {
            return carry(asked, client);
        }
        let answer = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: {target}/apoa/v1{}\r\nrefresh: 0; url={target}\r\n\
             alt-svc: h2=\"{target}\"\r\ncontent-length: 0\r\n\r\n",
            asked.path
        );
        client.write_all(answer.as_bytes()).map(|()| true)
    });
    let trust = trust(&root.pem(), server.trust_file());
    let settings = Config {
        trust: Some(Trust::from_pem(&trust).unwrap()),
        ..config(folder.path(), Some(&door.url()), None)
    };
    let client = ApoaClient::open(settings, ports(folder.path())).unwrap();
    client.sign_in(&credentials(PASSWORD)).unwrap();
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    for redirect in [300, 301, 302, 303, 305, 307, 308, 511] {
        status.store(redirect, Ordering::SeqCst);
        let summary = send_now(&client, 10);
        assert_eq!((summary.sent, summary.stopped_by), (0, Some(StoppedBy::Portal)), "{redirect}");
        assert!(!client.queue().unwrap()[0].maybe_sent, "{redirect}");
    }
    status.store(0, Ordering::SeqCst);
    client.suspend().unwrap();
    // As a system with a proxy would start it.
    let file = Folder::new();
    fs::write(file.path().join("trust.pem"), trust).unwrap();
    let mut sending = Command::new(env!("CARGO_BIN_EXE_sending"));
    sending
        .args([folder.path().as_os_str(), door.url().as_ref(), file.path().join("trust.pem").as_os_str()])
        .envs(["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"].map(|name| (name, elsewhere.url())))
        .stdout(Stdio::piped());
    let output = start(&mut sending).wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "nothing\n");
    client.resume().unwrap();
    assert_eq!(client.reports(all()).unwrap()[0].standing, Standing::Received);
    assert_eq!((elsewhere.connections(), elsewhere.told()), (0, 0), "somebody else was asked");
}

/// Every connection of a whole process, as the system saw it.
#[test]
fn i18_a_process_that_sends_connects_to_the_configured_server_alone() {
    let (server, folder, notes) = (server(&[]), Folder::new(), Folder::new());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    client.suspend().unwrap();
    let notes = notes.path().join("connections");
    if !is_possible() {
        eprintln!("SKIPPED: no process can be traced here (strace is missing or not allowed)");
        return;
    }
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-e", "trace=connect,sendto,sendmsg,bind", "-o"])
        .arg(&notes)
        .arg(env!("CARGO_BIN_EXE_sending"))
        .args([folder.path().as_os_str(), server.url().as_ref(), server.trust_file().as_os_str()])
        .stdout(Stdio::piped());
    let output = start(&mut traced).wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "nothing\n");
    let port = server.url().rsplit(':').next().unwrap();
    let own = format!("sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")");
    let seen = fs::read_to_string(&notes).unwrap();
    // Local sockets of the system are no network.
    let network: Vec<&str> = seen.lines().filter(|line| line.contains("sin")).collect();
    assert!(!network.is_empty(), "no connection was seen: {seen}");
    assert!(network.iter().all(|line| line.contains(&own)), "somebody else was asked: {network:#?}");
    client.resume().unwrap();
    assert_eq!(sync_now(&client, 20).unwrap().left, 0);
}
