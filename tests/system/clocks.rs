//! A phone whose clock jumps ten years forth and back: between runs, and inside them, while a request is on its way. No
//! op is lost, doubled or out of order, and one run later the phone knows the time again.
//!
//! `APOA_CLOCKS` says how many phones (default 6), `APOA_SEED` which jumps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use apoa_core::Clock as _;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::Standing;
use apoa_core::{ApoaClient, Ports};
use apoa_server::{Exchange, Options, office_reports};
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{PASSWORD, all, guest, overhear, ports, send_now, signed_in_with, sync_now};
use apoa_tests::random::{Moments, number};

const TEN_YEARS: i64 = 3_652;
/// What a phone's idea of the server's time may be wrong by, once it heard an answer.
const WRONG_MS: i64 = 2_000;
/// Runs of a phone with jumps; each of them may end early.
const RUNS: u64 = 3;
/// Up to so many jumps inside each.
const JUMPS: u64 = 4;

/// Jumps of a run: before so many answers leave, the clock moves.
#[derive(Default)]
struct Inside(Vec<i64>);

/// A server before whose answers the clock of its phone may jump.
fn office(clock: &JumpingClock, inside: &Arc<Mutex<Inside>>, faults: &[&str]) -> apoa_server::Running {
    let (clock, inside) = (clock.clone(), Arc::clone(inside));
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        if let Some(days) = inside.lock().unwrap().0.pop() {
            clock.jump_days(days);
        }
    };
    let faults = faults.iter().map(|rule| rule.parse().unwrap()).collect();
    let tap = Some(Arc::new(tap) as apoa_server::Tap);
    let options = Options { faults, password: Some(PASSWORD.to_owned()), tap, ..Options::default() };
    apoa_server::start(options, |_| {}).unwrap()
}

fn jump(chance: &mut Moments) -> i64 {
    [-TEN_YEARS, TEN_YEARS, -2 * TEN_YEARS, 2 * TEN_YEARS, 1, 0][chance.up_to(6) as usize]
}

fn extend(client: &ApoaClient, report: ReportId) {
    let stay = client.draft(report).unwrap().unwrap();
    let begun: jiff::civil::Date = stay.get(Field::CheckIn).unwrap().parse().unwrap();
    let later = begun.checked_add(jiff::Span::new().days(9)).unwrap().to_string();
    let mut extend = FollowUp::new(OpKind::Extend).unwrap();
    extend.set(Field::CheckOutPlanned, &later);
    client.follow_up(report, &extend).unwrap();
}

/// How far the phone's idea of the server's time is from the truth.
fn wrong_by(data: &Path, clock: &JumpingClock) -> i64 {
    let offset: [u8; 8] = look(&units(data)[0])
        .query_row("SELECT v FROM sync_state WHERE k = 'offset'", [], |row| row.get(0))
        .unwrap();
    let true_now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    (clock.wall().0 + i64::from_be_bytes(offset) - true_now).abs()
}

fn phone(number: u64, seed: u64) -> i64 {
    let mut chance = Moments(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
    let (clock, inside, folder) =
        (JumpingClock::default(), Arc::new(Mutex::new(Inside::default())), Folder::in_memory());
    let faults = [&["busy=1@/ops"][..], &["drop_after_commit@/ops"], &["unauthorised@/changes"], &[]];
    let server = office(&clock, &inside, faults[chance.up_to(4) as usize]);
    let ports = Ports { clock: Arc::new(clock.clone()), ..ports(folder.path()) };
    let client = signed_in_with(folder.path(), &server, ports);
    // Before the first run already: a phone that comes out of a drawer.
    let mut reports = Vec::new();
    for run in 0..RUNS {
        clock.jump_days(-TEN_YEARS * chance.up_to(2) as i64);
        for guest_of in 0..2 {
            let passport = format!("J{number:05}{run}{guest_of}");
            reports.push(client.finalise(guest(&client, &passport), None, None).unwrap().report);
        }
        extend(&client, reports[reports.len() - 1]);
        clock.jump_days(jump(&mut chance));
        inside.lock().unwrap().0 = (0..chance.up_to(JUMPS)).map(|_| jump(&mut chance)).collect();
        // Long enough for a wait, too short for several.
        let _ = sync_now(&client, 7).unwrap();
        inside.lock().unwrap().0.clear();
    }
    clock.jump_days(jump(&mut chance));
    let mut left = u32::MAX;
    for _ in 0..3 {
        // Longer than its delays have grown.
        clock.jump_minutes(30);
        left = send_now(&client, 20).left;
        if left == 0 {
            break;
        }
    }
    assert_eq!(left, 0, "phone {number}: something never left");
    let wrong = wrong_by(folder.path(), &clock);
    assert!(wrong <= WRONG_MS, "phone {number}: wrong by {wrong} ms");

    let held = office_reports(server.db()).unwrap();
    let kinds: BTreeMap<String, Vec<String>> = held
        .into_iter()
        .map(|held| (held.report_id, held.ops.into_iter().map(|op| op.kind).collect()))
        .collect();
    assert_eq!(kinds.len(), reports.len(), "phone {number}: a report is lost or doubled");
    for (place, report) in reports.iter().enumerate() {
        let expected: &[&str] = if place % 2 == 1 { &["submit", "extend"] } else { &["submit"] };
        assert_eq!(kinds[&report.to_string()], expected, "phone {number}: lost, doubled or out of order");
    }
    assert!(client.reports(all()).unwrap().iter().all(|row| row.standing == Standing::Received));
    wrong
}

#[test]
fn i12_a_clock_that_jumps_ten_years_inside_a_run_loses_doubles_and_misorders_nothing() {
    let (phones, seed) = (number("APOA_CLOCKS", 6), number("APOA_SEED", 1));
    println!("seed {seed}: {phones} phones");
    let (next, begun) = (AtomicU64::new(0), Instant::now());
    let worst = Mutex::new(0);
    let lane = || {
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= phones {
                return;
            }
            let wrong = phone(number, seed);
            let mut worst = worst.lock().unwrap();
            *worst = wrong.max(*worst);
        }
    };
    let lanes = thread::available_parallelism().map_or(2, NonZero::get) + 2;
    thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(lane);
        }
    });
    println!(
        "{phones} phones, {} runs with jumps in {:.0} s: 0 lost, 0 doubled, 0 out of order; wrong by {} ms at most",
        phones * RUNS,
        begun.elapsed().as_secs_f64(),
        worst.into_inner().unwrap()
    );
}
