//! Answers that no honest server gives, over real TLS: malformed, huge, contradicting, foreign-signed, endless. Whatever
//! comes, nothing counts as received without its receipt, no report is lost, and the next honest answer delivers.
//!
//! `APOA_HOSTILE_ANSWERS` says how many (default 200), `APOA_SEED` which.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, Ports, SyncError, SyncRequest, SyncSummary, Trigger};
use apoa_tests::chain::{leaf, shown};
use apoa_tests::clock::JumpingClock;
use apoa_tests::door::{Asked, Door};
use apoa_tests::files::{copy, in_memory, look, units};
use apoa_tests::phone::ports;
use apoa_tests::random::{Moments, number};

#[path = "hostile/answers.rs"]
mod answers;
#[path = "hostile/receipts.rs"]
mod receipts;
#[path = "hostile/truth.rs"]
mod truth;

use answers::{Hostile, Said, draw};
use truth::Truth;

/// Enough for one try of each request: a run that failed once has no time to wait and try again.
const ONE_TRY: Duration = Duration::from_millis(3_900);
/// Runs until an answer is given.
const RUNS: u32 = 3;
/// An honest run, on a machine under load.
const HONEST: Duration = Duration::from_secs(30);
/// What an answer that ends may take.
const AN_ANSWER: Duration = Duration::from_secs(2);
/// More than its budget a run never takes.
const OVERRUN: Duration = Duration::from_millis(500);
/// What an answer may cost beyond what is there already.
const MEMORY: u64 = 16 * 1024 * 1024;
/// Requests to one path within one run: the honest ones and a few tries, or the pages of a pull without end.
const REQUESTS: [u64; 2] = [6, 101];
/// Pause between the bytes of a slow answer; together they take longer than any run here.
const SLOW: Duration = Duration::from_millis(60);

/// What a door says next.
#[derive(Default)]
struct Script {
    hostile: Option<Hostile>,
    asked: BTreeMap<String, u64>,
}

impl Script {
    /// Pages are given again and again, everything else is used up.
    fn was_given(&self) -> bool {
        match &self.hostile {
            Some(Hostile { said: Said::Pages(_), path, .. }) => self.asked.contains_key(*path),
            hostile => hostile.is_none(),
        }
    }
}

/// A door of one lane: honest, but for the answer of its script.
fn door(truth: &Arc<Truth>, script: &Arc<Mutex<Script>>) -> Door {
    let (truth, script) = (Arc::clone(truth), Arc::clone(script));
    let shown = shown(&leaf(), &truth.root, &[]);
    Door::open(shown, move |asked, client| {
        let said = {
            let mut script = script.lock().unwrap();
            *script.asked.entry(asked.path.clone()).or_default() += 1;
            said(&mut script, asked)
        };
        match said {
            None => client.write_all(&truth.answer(&asked.path)).map(|()| true),
            Some(said) => lie(&said, client).map(|()| false),
        }
    })
}

/// The hostile answer, if it is due: once, or always.
fn said(script: &mut Script, asked: &Asked) -> Option<Said> {
    let hostile = script.hostile.as_mut().filter(|hostile| hostile.path == asked.path)?;
    if let Said::Pages(page) = &hostile.said {
        // Another cursor each time, or always the same.
        let number = script.asked[&asked.path] * u64::from(page.moves);
        return Some(Said::Whole(page.numbered(number)));
    }
    script.hostile.take().map(|hostile| hostile.said)
}

fn lie(said: &Said, client: &mut dyn Write) -> io::Result<()> {
    match said {
        Said::Whole(bytes) => client.write_all(bytes),
        Said::Endless(first, again) => {
            client.write_all(first)?;
            loop {
                client.write_all(again)?;
                client.flush()?;
            }
        }
        Said::Pages(page) => client.write_all(&page.numbered(0)),
        Said::Slow(bytes) => {
            for byte in bytes {
                client.write_all(&[*byte])?;
                client.flush()?;
                thread::sleep(SLOW);
            }
            Ok(())
        }
    }
}

/// The ops that wait, with their bytes.
fn ops(data: &Path) -> BTreeMap<Vec<u8>, (Vec<u8>, Vec<u8>)> {
    let database = look(&units(data)[0]);
    let mut ops = database.prepare("SELECT op_id, frozen, body_sha256 FROM outbox").unwrap();
    let rows = ops.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))));
    rows.unwrap().map(Result::unwrap).collect()
}

fn reports(data: &Path) -> i64 {
    look(&units(data)[0]).query_row("SELECT count(*) FROM report", [], |row| row.get(0)).unwrap()
}

fn run(client: &ApoaClient, budget: Duration) -> Result<SyncSummary, SyncError> {
    client.sync(SyncRequest { run: 1, budget, trigger: Trigger::Person })
}

/// What the worst answer cost.
#[derive(Default)]
struct Worst {
    memory: u64,
    time: Duration,
}

fn one(
    number: u64,
    seed: u64,
    truth: &Arc<Truth>,
    door: &Door,
    script: &Mutex<Script>,
    worst: &Mutex<Worst>,
) {
    let mut chance = Moments(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
    let hostile = draw(number, truth, &mut chance);
    let what = format!("answer {number} to {}: {}", hostile.path, hostile.what);
    let (finite, verdict) = (matches!(hostile.said, Said::Whole(_)), hostile.verdict);
    let data = in_memory();
    copy(truth.phone.path(), data.path());
    let clock = JumpingClock::default();
    if matches!(hostile.path, "/config" | "/oauth/token") {
        // Both are asked for only where they are old.
        clock.jump_days(2);
    }
    let ports = Ports { clock: Arc::new(clock.clone()), ..ports(data.path()) };
    let client = ApoaClient::open(truth.settings(data.path(), &door.url()), ports).unwrap();
    let before = ops(data.path());
    assert_eq!(before.len(), 2);
    *script.lock().unwrap() = Script { hostile: Some(hostile), asked: BTreeMap::new() };

    let mut given = false;
    for _ in 0..RUNS {
        // A machine under load may not come to the last request of a run before its reserve begins.
        let (begun, mut ended) = (Instant::now(), None);
        let cost = measure(|| ended = Some(run(&client, ONE_TRY)));
        let time = begun.elapsed();
        assert!(ended.unwrap().is_ok(), "{what}");
        let limit = if finite { AN_ANSWER } else { ONE_TRY + OVERRUN };
        assert!(time <= limit, "{what} took {time:?}");
        assert!(cost.bytes_max <= MEMORY, "{what} took {} bytes", cost.bytes_max);
        if finite {
            let mut worst = worst.lock().unwrap();
            worst.memory = worst.memory.max(cost.bytes_max);
            worst.time = worst.time.max(time);
        }
        given = script.lock().unwrap().was_given();
        if given {
            break;
        }
    }
    assert!(given, "{what} was not given");
    let Script { hostile, asked } = std::mem::take(&mut *script.lock().unwrap());
    let endless = matches!(&hostile, Some(Hostile { said: Said::Pages(page), .. }) if page.moves);
    assert!(
        asked.values().all(|times| *times <= REQUESTS[usize::from(endless)]),
        "{what}: a tight loop, {asked:?}"
    );
    let kept = ops(data.path());
    if client.is_revoked().unwrap() {
        // Nobody is active until somebody signs in anew; what waits is all there.
        assert_eq!(
            (kept, reports(data.path())),
            (before, truth.reports.len() as i64),
            "{what}: the lock took something"
        );
        return;
    }
    for ((report, op), receipt) in truth.reports.iter().zip(&truth.receipts) {
        let detail = client.report(*report).unwrap().unwrap_or_else(|| panic!("{what}: a report is lost"));
        let proved = detail.row.standing != Standing::None;
        assert!(!proved || detail.receipts == [receipt.clone()], "{what}: moved without its receipt");
        let waits = kept.get(op.as_bytes().as_slice());
        assert!(
            waits.is_none_or(|bytes| before.get(op.as_bytes().as_slice()) == Some(bytes)),
            "{what}: an op changed"
        );
        let asked_back = verdict && detail.row.work == Work::NeedsCorrection;
        assert!(proved || asked_back || waits.is_some(), "{what}: an op is lost");
        assert!(
            !detail.facts.is_empty() && client.draft(*report).unwrap().is_some(),
            "{what}: a body is lost"
        );
    }
    if verdict {
        return;
    }
    // Longer than any silence a server may ask for.
    clock.jump_days(3);
    for (report, _) in &truth.reports {
        let _ = client.retry(*report).unwrap();
    }
    let honest = run(&client, HONEST).unwrap();
    assert_eq!((honest.left, honest.stopped_by), (0, None), "after {what}");
    for ((report, _), receipt) in truth.reports.iter().zip(&truth.receipts) {
        let detail = client.report(*report).unwrap().unwrap();
        assert_eq!(
            (detail.row.standing, detail.receipts),
            (Standing::Received, vec![receipt.clone()]),
            "after {what}"
        );
    }
}

#[test]
fn i05_i06_i17_no_hostile_answer_moves_a_standing_loses_an_op_or_takes_all_memory() {
    let (answers, seed) = (number("APOA_HOSTILE_ANSWERS", 200), number("APOA_SEED", 1));
    println!("seed {seed}: {answers} hostile answers");
    let truth = Arc::new(Truth::heard());
    let (next, worst, begun) = (AtomicU64::new(0), Mutex::new(Worst::default()), Instant::now());
    let lane = || {
        let script = Arc::new(Mutex::new(Script::default()));
        let door = door(&truth, &script);
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= answers {
                return;
            }
            one(number, seed, &truth, &door, &script, &worst);
        }
    };
    // More lanes than processors, since those with a slow answer only wait.
    let lanes = thread::available_parallelism().map_or(2, NonZero::get) + 2;
    thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(lane);
        }
    });
    let worst = worst.into_inner().unwrap();
    println!(
        "{answers} hostile answers in {:.0} s: 0 standings moved, 0 ops lost; the worst took {} KB and {} ms",
        begun.elapsed().as_secs_f64(),
        worst.memory / 1024,
        worst.time.as_millis(),
    );
}
