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

fn layout(width: i32, height: i32, region: Option<Region>) -> FrameLayout {
    FrameLayout { width, height, row_stride: width, rotation: Rotation::Upright, region, at_ms: 0 }
}

fn scans(frame: &Path) {
    // Of a whole frame a corner alone is looked at: what is left is the way there and back.
    let corner = || Some(Region { x: 0, y: 0, width: 16, height: 16 });
    let (scanner, luma) = (Scanner::new().unwrap(), vec![0; 1_920 * 1_080]);
    case("scan_corner_of_16x16", || {
        scanner.scan(&luma[..256], layout(16, 16, corner()), BUDGET_MS).unwrap();
    });
    case("scan_corner_of_1080p", || {
        scanner.scan(&luma, layout(1_920, 1_080, corner()), BUDGET_MS).unwrap();
    });
    let pgm = fs::read(frame).unwrap();
    let permit = &pgm[pgm.len() - 480 * 360..];
    case("scan_permit", || {
        let seen = Scanner::new().unwrap().scan(permit, layout(480, 360, None), BUDGET_MS).unwrap();
        assert!(!matches!(seen, Scanned::Nothing { .. }));
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
