//! Runs that end before they are done, over a bad network: by their budget, by a cancel, by a suspend, at any moment.
//! They end in time, leave the files whole and no lock, and everything arrives once in the end.
//!
//! `APOA_CANCELS` says how many (default 30), `APOA_SEED` when.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use apoa_core::report::state::Standing;
use apoa_core::{ApoaClient, Ports, StoppedBy, SyncRequest, Trigger};
use apoa_server::office_reports;
use apoa_tests::clock::JumpingClock;
use apoa_tests::folder::Folder;
use apoa_tests::invariants::check_files;
use apoa_tests::phone::{PASSWORD, all, config, credentials, guest, open, ports, send_now, server};
use apoa_tests::proxy::{Proxy, Toxic, Way};
use apoa_tests::random::{Moments, number};

/// A run may take so much longer than it was given, or than its cancel.
const OVERRUN: Duration = Duration::from_millis(500);
/// More than any run here needs.
const LONG: Duration = Duration::from_secs(20);
/// Cancels of one phone: then everything has to arrive.
const A_PHONE: u64 = 10;

/// How a run ends.
#[derive(Debug)]
enum End {
    Budget(Duration),
    Cancel(Duration),
    Suspend(Duration),
}

impl End {
    fn drawn(chance: &mut Moments) -> Self {
        let after = Duration::from_micros(chance.up_to(500_000));
        match chance.up_to(5) {
            // With less than three seconds left no request starts.
            0 => Self::Budget(Duration::from_millis(2_800) + after),
            1 | 2 => Self::Suspend(after),
            // At once, often: between the steps that need no network.
            3 => Self::Cancel(after / 20),
            _ => Self::Cancel(after),
        }
    }
}

fn toxics(chance: &mut Moments) -> Vec<(Way, Toxic)> {
    let delay = Duration::from_millis(5 + chance.up_to(150));
    let latency = Toxic::Latency { delay, jitter: delay };
    match chance.up_to(6) {
        0 => vec![],
        1 => vec![(Way::Up, latency)],
        2 => vec![(Way::Up, latency), (Way::Down, latency)],
        3 => vec![(Way::Down, Toxic::Timeout { close: None })],
        4 => vec![(Way::Down, Toxic::Loss { percent: 30, stall: delay })],
        _ => vec![(Way::Down, Toxic::Bandwidth { bytes: 8_000 }), (Way::Up, latency)],
    }
}

/// How much later than asked a run ended.
fn run(client: &ApoaClient, data: &Path, run: u64, end: &End) -> Duration {
    let budget = if let End::Budget(budget) = end { *budget } else { LONG };
    let request = SyncRequest { run, budget, trigger: Trigger::Person };
    thread::scope(|scope| {
        let begun = Instant::now();
        let running = scope.spawn(move || {
            let ended = client.sync(request);
            (ended, Instant::now())
        });
        let asked = match end {
            End::Budget(budget) => begun + *budget,
            End::Cancel(after) => {
                thread::sleep(*after);
                let asked = Instant::now();
                client.cancel(run);
                asked
            }
            End::Suspend(after) => {
                thread::sleep(*after);
                let asked = Instant::now();
                client.suspend().unwrap();
                // From outside, while the call that was cut short may still be on its way home.
                open(data).unwrap_or_else(|error| panic!("after suspend: {error}"));
                asked
            }
        };
        let (ended, at) = running.join().unwrap();
        // A run that was suspended finds its files closed.
        if let Ok(summary) = &ended
            && matches!(end, End::Cancel(_))
        {
            let by = summary.stopped_by;
            assert!(matches!(by, None | Some(StoppedBy::Cancelled | StoppedBy::Offline)), "{by:?}");
        }
        at.saturating_duration_since(asked)
    })
}

/// The cancels of one phone. Returns the longest overrun.
fn phone(first: u64, cancels: u64, seed: u64) -> Duration {
    let (server, folder) = (server(&[]), Folder::in_memory());
    let proxy = Proxy::before(server.url(), seed ^ first);
    let settings = config(folder.path(), Some(&proxy.url()), Some(server.trust_file()));
    let clock = JumpingClock::default();
    let ports = Ports { clock: Arc::new(clock.clone()), ..ports(folder.path()) };
    let client = ApoaClient::open(settings, ports).unwrap();
    client.sign_in(&credentials(PASSWORD)).unwrap();
    let mut longest = Duration::ZERO;
    for number in (first..cancels).take(A_PHONE as usize) {
        let mut chance = Moments(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        client.finalise(guest(&client, &format!("E{number:08}")), None, None).unwrap();
        proxy.set(&toxics(&mut chance));
        let end = End::drawn(&mut chance);
        let overrun = run(&client, folder.path(), number, &end);
        assert!(overrun <= OVERRUN, "cancel {number}, {end:?}: {overrun:?} too late");
        longest = longest.max(overrun);
        if matches!(end, End::Suspend(_)) {
            assert_eq!(check_files(folder.path()).len(), (number - first + 1) as usize);
            client.resume().unwrap();
        }
    }
    proxy.heal();
    proxy.reset_all();
    // Longer than its delays have grown.
    clock.jump_minutes(30);
    assert_eq!(send_now(&client, 40).left, 0);
    let rows = client.reports(all()).unwrap();
    assert!(rows.iter().all(|row| row.standing == Standing::Received));
    let held = office_reports(server.db()).unwrap();
    assert_eq!(held.len(), rows.len());
    assert!(held.iter().all(|held| held.ops.len() == 1), "an effect was doubled");
    longest
}

#[test]
fn i19_a_run_ends_in_time_wherever_it_is_and_after_suspend_no_lock_is_held() {
    let (cancels, seed) = (number("APOA_CANCELS", 30), number("APOA_SEED", 1));
    println!("seed {seed}: {cancels} cancels");
    let (next, longest, begun) = (AtomicU64::new(0), Mutex::new(Duration::ZERO), Instant::now());
    let lane = || {
        loop {
            let first = next.fetch_add(A_PHONE, Ordering::SeqCst);
            if first >= cancels {
                return;
            }
            let overrun = phone(first, cancels, seed);
            let mut longest = longest.lock().unwrap();
            *longest = longest.max(overrun);
        }
    };
    // One more lane than processors, since a lane mostly waits.
    let lanes = thread::available_parallelism().map_or(2, NonZero::get) + 1;
    thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(lane);
        }
    });
    println!(
        "{cancels} cancels in {:.0} s: the longest overrun was {} ms, 0 locks left",
        begun.elapsed().as_secs_f64(),
        longest.into_inner().unwrap().as_millis()
    );
}
