//! How often phones ask a server that is in trouble, over hours that pass without waiting: the real client over a
//! transport that answers what the test says. `APOA_SEED` says by which chance.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use apoa_core::ids::Timestamp;
use apoa_core::seam::{CancelFlag, Failure, Seams, Transport, WireReply, WireRequest};
use apoa_core::{
    ApoaClient, Clock, NoRandomness, Ports, Random, StoppedBy, SyncRequest, SyncSummary, Trigger,
};
use apoa_tests::files::{copy, in_memory};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{config, guest, ports, server, signed_in};
use apoa_tests::random::{Moments, number};
use apoa_tests::starting::undisturbed;

/// Time that passes where somebody waits, and nowhere else.
#[derive(Clone, Default)]
struct Passing(Arc<Mutex<Duration>>);

impl Passing {
    fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for Passing {
    fn wall(&self) -> Timestamp {
        let since = i64::try_from(self.monotonic().as_millis()).unwrap();
        // What the sign-in left is not older than a day by then.
        Timestamp(apoa_core::SystemClock::new().wall().0 + since)
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn wait(&self, most: Duration, _: &CancelFlag) {
        self.pass(most);
    }
}

/// A server that says one thing, and counts how often it had to.
#[derive(Clone)]
struct Says {
    reply: WireReply,
    asked: Arc<Mutex<Vec<Duration>>>,
    clock: Passing,
}

impl Transport for Says {
    fn send(&self, _: &WireRequest, _: Duration, _: &CancelFlag) -> Result<WireReply, Failure> {
        self.asked.lock().unwrap().push(self.clock.monotonic());
        Ok(self.reply.clone())
    }
}

fn reply(status: u16, body: &str) -> WireReply {
    WireReply {
        status,
        content_type: "application/json".to_owned(),
        body: body.as_bytes().to_vec(),
        ..WireReply::default()
    }
}

/// A phone that signed in and has one report to send, on such a server.
fn phone(folder: &Folder, says: &Says) -> ApoaClient {
    let server = server(&[]);
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    drop(client);
    let ports = Ports { clock: Arc::new(says.clock.clone()), ..ports(folder.path()) };
    let seams = Seams { transport: Some(Arc::new(says.clone())), ..Seams::default() };
    ApoaClient::open_with(config(folder.path(), Some(server.url()), None), ports, seams).unwrap()
}

fn says(reply: WireReply) -> Says {
    Says { reply, asked: Arc::default(), clock: Passing::default() }
}

fn run(client: &ApoaClient, trigger: Trigger) -> SyncSummary {
    client.sync(SyncRequest { run: 1, budget: Duration::from_mins(1), trigger }).unwrap()
}

#[test]
fn i11_a_server_in_trouble_is_asked_ever_less_often_and_never_given_up() {
    let (folder, says) = (Folder::new(), says(reply(503, "")));
    let client = phone(&folder, &says);
    let day = Duration::from_hours(24);
    while says.clock.monotonic() < day {
        let summary = run(&client, Trigger::Schedule);
        assert_eq!((summary.stopped_by, summary.sent, summary.left), (Some(StoppedBy::Server), 0, 1));
        // The alarm clock of the platform rings when it was told to, not earlier.
        let next = summary.next_try.expect("a time for the next run").0 - says.clock.wall().0;
        assert!(next <= 15 * 60_000, "{next}");
        says.clock.pass(Duration::from_millis(next.max(0).unsigned_abs()));
    }
    let asked = says.asked.lock().unwrap();
    let within = |from, to| asked.iter().filter(|at| (from..to).contains(*at)).count();
    let hours = Duration::from_hours;
    // A quarter of an hour at most between two runs, half of that in the mean, three requests each.
    let last = within(hours(12), day);
    assert!((12 * 4..12 * 8 * 4).contains(&last), "{last} requests in twelve hours");
    assert!(within(Duration::ZERO, Duration::from_secs(20)) >= 3, "a lost packet costs nobody patience");
}

#[test]
fn a_run_without_network_makes_no_later_one_wait() {
    struct Gone;
    impl Transport for Gone {
        fn send(&self, _: &WireRequest, _: Duration, _: &CancelFlag) -> Result<WireReply, Failure> {
            Err(Failure::Offline)
        }
    }
    let (folder, says) = (Folder::new(), says(reply(503, "")));
    drop(phone(&folder, &says));
    let open = |transport: Arc<dyn Transport>| {
        let ports = Ports { clock: Arc::new(says.clock.clone()), ..ports(folder.path()) };
        let seams = Seams { transport: Some(transport), ..Seams::default() };
        ApoaClient::open_with(config(folder.path(), None, None), ports, seams).unwrap()
    };
    let client = open(Arc::new(Gone));
    for _ in 0..20 {
        let summary = run(&client, Trigger::Schedule);
        // Nothing to wait for but the network: no alarm clock is to ring.
        assert_eq!((summary.stopped_by, summary.next_try), (Some(StoppedBy::Offline), None));
    }
    drop(client);
    let client = open(Arc::new(says.clone()));
    let _ = run(&client, Trigger::NetworkUp);
    let first = says.asked.lock().unwrap()[0];
    assert!(first <= Duration::from_secs(1), "{first:?}");
}

#[test]
fn a_server_that_wants_to_be_spared_is_left_alone_by_the_alarm_clock_and_asked_by_a_person() {
    let page = r#"{"items":[],"next_cursor":"1","has_more":false}"#;
    let (folder, says) = (Folder::new(), says(WireReply { backoff_ms: Some(600_000), ..reply(200, page) }));
    let client = phone(&folder, &says);
    let asked = || says.asked.lock().unwrap().len();
    assert_eq!(run(&client, Trigger::Schedule).stopped_by, Some(StoppedBy::Server));
    assert_eq!(asked(), 1);
    for trigger in [Trigger::Schedule, Trigger::NetworkUp] {
        let summary = run(&client, trigger);
        assert_eq!((summary.stopped_by, asked()), (Some(StoppedBy::Server), 1));
        assert!(summary.next_try.unwrap().0 > says.clock.wall().0 + 500_000);
    }
    let _ = run(&client, Trigger::Person);
    let by_person = asked();
    assert!(by_person > 1);
    // Pressing the button again and again helps nobody; later it does.
    let _ = run(&client, Trigger::Person);
    assert_eq!(asked(), by_person);
    says.clock.pass(Duration::from_secs(6));
    let _ = run(&client, Trigger::Person);
    assert_eq!(asked(), by_person);
    says.clock.pass(Duration::from_secs(6));
    let _ = run(&client, Trigger::Person);
    assert!(asked() > by_person);
}

/// A server that is out for an hour and says so, and what it noted of one phone.
struct Outage {
    clock: Passing,
    asked: Mutex<Vec<Duration>>,
}

/// How long it is out.
const OUT: Duration = Duration::from_hours(1);
/// When it wants to be asked again.
const AGAIN: Duration = Duration::from_mins(15);

impl Transport for Outage {
    fn send(&self, _: &WireRequest, _: Duration, _: &CancelFlag) -> Result<WireReply, Failure> {
        let now = self.clock.monotonic();
        self.asked.lock().unwrap().push(now);
        if now >= OUT {
            return Ok(reply(200, r#"{"items":[],"next_cursor":"1","has_more":false}"#));
        }
        let seconds = i64::try_from(AGAIN.as_millis()).unwrap();
        Ok(WireReply { retry_after_ms: Some(seconds), ..reply(503, "") })
    }
}

/// Chance by a seed, so that a herd can be driven again.
struct Dice(Mutex<Moments>);

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let mut moments = self.0.lock().unwrap();
        bytes.fill_with(|| moments.up_to(256) as u8);
        Ok(())
    }
}

/// When the phone asks first once the server is back.
fn comes_back(template: &Path, number: u64, seed: u64) -> Duration {
    let mut moments = Moments(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let folder = in_memory();
    copy(template, folder.path());
    let clock = Passing::default();
    // Each has something to send at a moment of its own.
    clock.pass(Duration::from_millis(moments.up_to(OUT.as_millis() as u64)));
    let outage = Arc::new(Outage { clock: clock.clone(), asked: Mutex::default() });
    let random = Arc::new(Dice(Mutex::new(moments)));
    let ports = Ports { clock: Arc::new(clock.clone()), random, ..ports(folder.path()) };
    let seams = Seams { transport: Some(outage.clone()), ..Seams::default() };
    let config = config(folder.path(), None, None);
    let client = undisturbed(|| ApoaClient::open_with(config, ports, seams)).unwrap();
    loop {
        let summary =
            client.sync(SyncRequest { run: 1, budget: Duration::from_secs(25), trigger: Trigger::Schedule });
        let asked = outage.asked.lock().unwrap().clone();
        if let Some(back) = asked.iter().find(|at| **at >= OUT) {
            let early = asked.windows(2).find(|pair| pair[0] < OUT && pair[1] < pair[0] + AGAIN);
            assert_eq!(early, None, "phone {number}: asked before Retry-After");
            return *back;
        }
        let next = summary.unwrap().next_try.expect("a time for the next run").0 - clock.wall().0;
        clock.pass(Duration::from_millis(next.max(0).unsigned_abs()));
    }
}

#[test]
fn i11_a_thousand_phones_come_back_spread_after_an_outage() {
    const PHONES: u64 = 1_000;
    let seed = number("APOA_SEED", 1);
    println!("seed {seed}: {PHONES} phones");
    let (template, server) = (Folder::in_memory(), server(&[]));
    let client = signed_in(template.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    drop(client);
    let (next, seconds) = (AtomicU64::new(0), Mutex::new(BTreeMap::<u64, u64>::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let phone = next.fetch_add(1, Ordering::SeqCst);
                    if phone >= PHONES {
                        return;
                    }
                    let back = comes_back(template.path(), phone, seed);
                    *seconds.lock().unwrap().entry(back.as_secs()).or_default() += 1;
                }
            });
        }
    });
    let seconds = seconds.into_inner().unwrap();
    let most = seconds.values().max().unwrap();
    println!("at most {most} of {PHONES} in one second");
    assert!(*most <= PHONES / 20, "{seconds:?}");
}
