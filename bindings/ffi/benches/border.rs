//! What calls cost in Rust, by the names of `Bench.kt` in Kotlin and `Benchmarks` in Swift: `.ci/run long bench` prints
//! all three side by side.
//!
//! `border URL TRUST USER PASSWORD FRAME`: the server should hang on what it is sent
//! (`apoa serve --fail hang_after_commit@/ops`). A line a case: its name, a tab, the median of a call in microseconds;
//! of `longest_` cases the longest call.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use apoa_ffi::{
    ApoaClient, Config, Credentials, Draft, FactSource, FrameLayout, Page, Region, ReportKind, Rotation,
    Scanned, Scanner, SyncRequest, Trigger, fill_draft,
};

/// How long a case is called before it is measured: a JVM's compiler takes that long to be done with it.
const WARM_UP: Duration = Duration::from_secs(1);
const CALLS: u32 = 1_000;
/// A screenful of a list.
const PAGE: i32 = 50;
/// More than a call takes.
const BUDGET_MS: i32 = 1_000;
const HANGS_MS: i64 = 3_000;

fn micros(call: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    call();
    begun.elapsed().as_secs_f64() * 1e6
}

fn case(name: &str, mut call: impl FnMut()) {
    let begun = Instant::now();
    while begun.elapsed() < WARM_UP {
        call();
    }
    let mut times: Vec<f64> = (0..CALLS).map(|_| micros(&mut call)).collect();
    times.sort_by(f64::total_cmp);
    println!("{name}\t{:.2}", times[times.len() / 2]);
}

/// A scanner that was told its layout, as the wrappers keep one.
fn told(width: i32, height: i32, region: Option<Region>) -> Scanner {
    let scanner = Scanner::new().unwrap();
    let layout = FrameLayout { width, height, row_stride: width, rotation: Rotation::Upright, region };
    scanner.set_layout(layout).unwrap();
    scanner
}

fn scans(frame: &Path) {
    // Of a whole frame a corner alone is looked at: what is left is the way there and back.
    let corner = || Some(Region { x: 0, y: 0, width: 16, height: 16 });
    let luma = vec![0; 1_920 * 1_080];
    let small = told(16, 16, corner());
    case("scan_corner_of_16x16", || {
        small.scan(&luma[..256], 0, BUDGET_MS).unwrap();
    });
    let large = told(1_920, 1_080, corner());
    case("scan_corner_of_1080p", || {
        large.scan(&luma, 0, BUDGET_MS).unwrap();
    });
    // A pause of the camera brings the first hint again, and a second of darkness another one: every answer is news.
    let mut times = (0_i64..).map(|frame| frame / 2 * 10_000 + frame % 2 * 1_000);
    case("scan_corner_of_1080p_with_news", || {
        assert!(large.scan(&luma, times.next().unwrap(), BUDGET_MS).unwrap());
        assert!(matches!(large.seen().unwrap(), Scanned::Nothing { .. }));
    });
    let pgm = fs::read(frame).unwrap();
    let permit = &pgm[pgm.len() - 480 * 360..];
    case("scan_permit", || {
        let scanner = told(480, 360, None);
        assert!(scanner.scan(permit, 0, BUDGET_MS).unwrap());
        assert!(!matches!(scanner.seen().unwrap(), Scanned::Nothing { .. }));
    });
}

fn draft(client: &ApoaClient, number: i32) -> Draft {
    let today = client.today().unwrap();
    let passport = format!("L{}", 100_000 + number);
    let facts = [
        ("full_name", "ERIKSSON ANNA MARIA"),
        ("birth_date", "1974-08-12"),
        ("nationality", "UTO"),
        ("sex", "F"),
        ("passport_number", &passport),
        ("passport_expiry", "2036-04-15"),
        ("check_in", &today),
        ("nights", "3"),
        ("purpose", "holiday"),
    ];
    let facts = facts.map(|(field, text)| (field.to_owned(), text.to_owned()));
    let empty = Draft { kind: ReportKind::LodgingCheckIn, facts: HashMap::new() };
    fill_draft(empty, HashMap::from(facts), FactSource::Manual).unwrap()
}

fn lists(client: &ApoaClient) {
    let page = || Page { work: None, standing: None, limit: PAGE, after: None };
    for number in 0..PAGE {
        client.finalise(draft(client, number), None, None).unwrap();
    }
    case("counts", || {
        client.counts().unwrap();
    });
    case("page_of_50_rows", || assert_eq!(client.reports(page()).unwrap().len(), PAGE as usize));
    thread::scope(|scope| {
        let run = SyncRequest { run: 1, budget_ms: HANGS_MS, trigger: Trigger::Person };
        let syncing = scope.spawn(move || client.sync(run).unwrap());
        let mut longest = 0_f64;
        while !syncing.is_finished() {
            longest =
                longest.max(micros(|| assert_eq!(client.reports(page()).unwrap().len(), PAGE as usize)));
        }
        println!("longest_page_while_a_sync_hangs\t{longest:.2}");
    });
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [url, trust, user, password, frame] = arguments.try_into().expect("URL TRUST USER PASSWORD FRAME");
    scans(frame.as_ref());
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        data_dir: folder.path().to_string_lossy().into_owned(),
        server: Some(url),
        trust: Some(fs::read_to_string(trust).unwrap()),
        client_id: "bench".to_owned(),
        platform: "rust".to_owned(),
    };
    let client = ApoaClient::open_with_file_vault(config, None).unwrap();
    client.sign_in(Credentials::Password { user, password }).unwrap();
    lists(&client);
}
