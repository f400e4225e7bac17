//! Trains the network that reads the characters of machine-readable zones, and checks the weights that are shipped.

mod card;
mod cells;
mod judge;
mod learn;
mod lens;
mod look;
mod net;
mod paper;
mod place;
mod quant;
mod strip;
mod text;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sha2::{Digest as _, Sha256};

use crate::judge::{Verdict, held_out, judge, shipped, temperature};
use crate::learn::{learn, probabilities};
use crate::net::Trace;
use crate::strip::Fonts;

/// The one seed.
const SEED: u64 = 20_261_129;

/// Cells that the shipped weights learn from, counting each use.
const CELLS: usize = 3_000_000;

/// What a tenth of the training must reach; a margin lies below what it did reach.
const TENTH_FLOOR: f32 = 0.91;

/// How far a figure may differ, in percent: the card's are from before the weights became whole numbers, and machines
/// round sines differently. Fifteen of three thousand cells.
const ROUNDING: f32 = 0.5;

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("usage: apoa-train-mrz train [--tenth] | check")]
    Usage,
    #[error("{path}: {reason}")]
    File { path: PathBuf, reason: std::io::Error },
    #[error("{what}: the card says {card}, seen {seen}")]
    Differs { what: String, card: String, seen: String },
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["train"] => train(),
        ["train", "--tenth"] => tenth(),
        ["check"] => check(),
        _ => Err(Fault::Usage),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn here(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn weights() -> PathBuf {
    here("../../core/scan/src/mrz/glyphs.bin")
}

fn write(path: PathBuf, bytes: &[u8]) -> Result<(), Fault> {
    std::fs::write(&path, bytes).map_err(|reason| Fault::File { path, reason })
}

fn read(path: PathBuf) -> Result<Vec<u8>, Fault> {
    std::fs::read(&path).map_err(|reason| Fault::File { path, reason })
}

fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Learns and writes weights and card. The scanner takes the new weights when it is built next; then [`check`] tells
/// whether they do the same as whole numbers.
fn train() -> Result<(), Fault> {
    let fonts = Fonts::new();
    let net = learn(&fonts, SEED, CELLS);
    let held = held_out(&fonts);
    let temperature = temperature(&net, &held);
    let file = quant::file(&net, temperature);
    let verdict = float_verdict(&net, temperature, &held);
    let made = card::Made {
        seed: SEED,
        cells: CELLS,
        temperature,
        bytes: file.len(),
        sha256: hash(&file),
        date: jiff::Timestamp::now().to_string()[..10].to_owned(),
        tenth_floor: TENTH_FLOOR,
    };
    write(weights(), &file)?;
    let card = card::write(&made, &verdict);
    eprint!("{card}");
    write(here("card.toml"), card.as_bytes())
}

fn float_verdict(
    net: &net::Net,
    temperature: f32,
    held: &[(look::Hardship, Vec<cells::Labelled>)],
) -> Verdict {
    let mut trace = Trace::default();
    judge(held, |cell| {
        net.forward(&cell.samples, &mut trace);
        probabilities(&trace.logits, temperature)
    })
}

/// A tenth of the training reaches the card's floor: the way from outlines to weights still works.
fn tenth() -> Result<(), Fault> {
    let card = String::from_utf8_lossy(&read(here("card.toml"))?).into_owned();
    let fonts = Fonts::new();
    let net = learn(&fonts, SEED, CELLS / 10);
    let right = float_verdict(&net, 1.0, &held_out(&fonts)).right * 100.0;
    let floor = card::numbers(&card, "tenth_floor").first().copied().unwrap_or(100.0);
    eprintln!("a tenth of the training: {right:.2} % right, floor {floor:.1}");
    if right < floor {
        return Err(Fault::Differs {
            what: "a tenth of the training".to_owned(),
            card: floor.to_string(),
            seen: right.to_string(),
        });
    }
    Ok(())
}

/// The weights that the scanner was built with do what the card says.
fn check() -> Result<(), Fault> {
    let card = String::from_utf8_lossy(&read(here("card.toml"))?).into_owned();
    let differs = |what: &str, card: &str, seen: &str| {
        Err(Fault::Differs { what: what.to_owned(), card: card.to_owned(), seen: seen.to_owned() })
    };
    let (told, seen) = (card::value(&card, "sha256").unwrap_or(""), hash(&read(weights())?));
    if told != seen {
        return differs("sha256", told, &seen);
    }
    let verdict = judge(&held_out(&Fonts::new()), shipped);
    let all = ("right".to_owned(), vec![verdict.right]);
    let rows = verdict.rows.iter().map(|(name, a, b)| (name.clone(), vec![*a, *b]));
    for (name, shares) in std::iter::once(all).chain(rows) {
        let told = card::numbers(&card, &name);
        let seen: Vec<f32> = shares.iter().map(|share| share * 100.0).collect();
        eprintln!("{name}: card {told:?}, seen {seen:.2?}");
        let close =
            told.len() == seen.len() && told.iter().zip(&seen).all(|(a, b)| (a - b).abs() <= ROUNDING);
        if !close {
            return differs(&name, &format!("{told:?}"), &format!("{seen:.2?}"));
        }
    }
    Ok(())
}
