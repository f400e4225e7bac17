//! Reads every picture of a folder and prints how many were read, for each category, and how long it took.
//!
//! `cargo run --release -p apoa-scan --example corpus -- FOLDER [WORD [MS]]`, the word keeping only categories
//! that contain it, the milliseconds limiting each still picture. The folder holds `manifest.tsv` with the columns file, corpus, category, width, height and
//! expected bytes in base64, `-` for a picture without a code, `?` for one whose content is unknown; the first line names them. Pictures are PNG or binary
//! PGM. With `APOA_MISSED` set, the pictures that were not read are named.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use apoa_scan::{FrameLayout, NoDeadline, ScanSettings, Scanner, Symbol, scan_still};
use base64ct::{Base64, Encoding};
use rxing::common::CharacterSet;

#[derive(Default)]
struct Tally {
    pictures: u32,
    read: u32,
    wrong: u32,
    ms: f64,
    worst: f64,
    live_ms: f64,
    live_worst: f64,
    lanes: BTreeMap<&'static str, u32>,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder with manifest.tsv");
    let word = arguments.next().unwrap_or_default();
    let budget =
        arguments.next().map_or(Duration::MAX, |ms| Duration::from_millis(ms.parse().expect("milliseconds")));
    let folder = Path::new(&folder);
    let mut camera = Scanner::new(ScanSettings::default());
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("manifest.tsv");
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for line in manifest.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[file, corpus, category, _, _, expected] = fields.as_slice() else { continue };
        let name = format!("{corpus}/{category}");
        if name.contains(&word) {
            look(&mut camera, budget, folder, file, expected, tallies.entry(name).or_default());
        }
    }
    let mut all = Tally::default();
    println!(
        "{:<28} {:>5} {:>5} {:>6} {:>5} {:>9} {:>9} {:>9} {:>9}  lanes",
        "category", "all", "read", "%", "wrong", "still ms", "worst", "live ms", "worst"
    );
    for (name, tally) in &tallies {
        print_line(name, tally);
        all.pictures += tally.pictures;
        all.read += tally.read;
        all.wrong += tally.wrong;
        all.ms += tally.ms;
        all.worst = all.worst.max(tally.worst);
        all.live_ms += tally.live_ms;
        all.live_worst = all.live_worst.max(tally.live_worst);
    }
    print_line("all", &all);
}

fn print_line(name: &str, t: &Tally) {
    let count = f64::from(t.pictures.max(1));
    println!(
        "{name:<28} {:>5} {:>5} {:>6.1} {:>5} {:>9.2} {:>9.2} {:>9.2} {:>9.2}  {:?}",
        t.pictures,
        t.read,
        f64::from(t.read) * 100.0 / count,
        t.wrong,
        t.ms / count,
        t.worst,
        t.live_ms / count,
        t.live_worst,
        t.lanes
    );
}

fn look(
    camera: &mut Scanner,
    budget: Duration,
    folder: &Path,
    file: &str,
    expected: &str,
    tally: &mut Tally,
) {
    let (width, height, luma) = load(&folder.join(file));
    let started = now();
    let over = || started.elapsed() >= budget;
    let symbols =
        scan_still(&luma, FrameLayout::packed(width, height), &over).expect("a true layout").findings.symbols;
    let ms = started.elapsed().as_secs_f64() * 1e3;
    let started = now();
    let _ = camera.scan(&luma, FrameLayout::packed(width, height), &NoDeadline).expect("a true layout");
    let live_ms = started.elapsed().as_secs_f64() * 1e3;
    tally.live_ms += live_ms;
    tally.live_worst = tally.live_worst.max(live_ms);
    tally.pictures += 1;
    tally.ms += ms;
    tally.worst = tally.worst.max(ms);
    match expected {
        "-" if symbols.is_empty() => {}
        "-" => {
            tally.wrong += 1;
            println!("read in {file}, which has no code");
        }
        _ => {
            let hit = if expected == "?" {
                symbols.first()
            } else {
                let bytes = Base64::decode_vec(expected).expect("base64");
                symbols.iter().find(|s| same(s, &bytes))
            };
            if let Some(symbol) = hit {
                tally.read += 1;
                *tally.lanes.entry(symbol.decoder).or_default() += 1;
            } else if !symbols.is_empty() {
                tally.wrong += 1;
                println!("other content in {file}: {} codes", symbols.len());
            } else if std::env::var_os("APOA_MISSED").is_some() {
                println!("missed {file}");
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the crate never reads a clock; this measures it from outside")]
fn now() -> Instant {
    Instant::now()
}

/// Expected contents are text in UTF-8; a payload may hold the same text in Latin-1 or Shift JIS, and test sets keep
/// line ends as their editor did.
fn same(symbol: &Symbol, expected: &[u8]) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n");
    let expected_text = plain(&String::from_utf8_lossy(expected));
    let readings =
        [CharacterSet::ISO8859_1, CharacterSet::Shift_JIS, CharacterSet::UTF8, CharacterSet::GB18030];
    symbol.bytes == expected
        || readings.iter().any(|set| set.decode(&symbol.bytes).is_ok_and(|t| plain(&t) == expected_text))
}

fn load(path: &Path) -> (u32, u32, Vec<u8>) {
    let bytes = std::fs::read(path).expect("a picture");
    if !bytes.starts_with(b"P5") {
        let picture = image::load_from_memory(&bytes).expect("a PNG").to_luma8();
        return (picture.width(), picture.height(), picture.into_raw());
    }
    let mut fields = bytes.splitn(5, u8::is_ascii_whitespace);
    let number = |f: Option<&[u8]>| std::str::from_utf8(f.unwrap()).unwrap().parse::<u32>().unwrap();
    fields.next();
    let (width, height) = (number(fields.next()), number(fields.next()));
    fields.next();
    (width, height, fields.next().unwrap().to_vec())
}
