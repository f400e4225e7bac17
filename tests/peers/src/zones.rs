//! Ours beside tesseract at machine-readable zones: the same pictures, one after the other, CPU time.
//!
//! `zones/sources.rs` gives samples · `zones/readers.rs` reads them · `zones/reading.rs` judges · `zones/figures.rs`
//! counts and writes the tables.

mod figures;
mod readers;
mod reading;
mod sources;

use crate::args::ZoneArguments;
use crate::clock::Clock;
use crate::decoders::is_ours;
use crate::sources::SourceError;
use figures::ZoneFigures;
use readers::{Contender, ReaderError};
use reading::{Verdict, Zone};
use sources::{Plan, Sample, Samples, drawn, folder};

/// A run could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ZoneError {
    /// A word names no reader.
    #[error("no reader is called {0}")]
    NoSuchReader(String),
    /// Pictures could not be had.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A reader that is installed did not run.
    #[error(transparent)]
    Reader(#[from] ReaderError),
}

/// Does a run and returns its figures. Blocks for minutes; says on standard error where it is, and which reader is not
/// installed.
///
/// # Errors
/// [`ZoneError`]; nothing is kept of a run that failed.
pub(crate) fn run(arguments: &ZoneArguments) -> Result<ZoneFigures, ZoneError> {
    let mut contenders = readers::named(&arguments.readers).map_err(ZoneError::NoSuchReader)?;
    let mut figures = ZoneFigures::default();
    for contender in &contenders {
        eprintln!("{}: {}", contender.name, contender.what);
        figures.introduce(contender);
    }
    contenders.retain(Contender::is_there);
    let plan = Plan {
        frames: arguments.n,
        empty: arguments.empty,
        seed: arguments.pictures.seed,
        only: arguments.pictures.only.clone(),
    };
    let mut sources: Vec<Samples> = vec![drawn(&plan)];
    for path in &arguments.pictures.folder {
        sources.push(folder(path, &arguments.pictures.only)?);
    }
    let mut last = String::new();
    for sample in sources.into_iter().flatten() {
        let sample = sample?;
        let here = sample.place.name();
        if here != last {
            eprintln!("{here}");
            last = here;
        }
        for contender in &mut contenders {
            sample.picture.touch();
            let mut clock = Clock::default();
            let zone = contender.read(&sample.picture, &mut clock)?;
            let verdict = Verdict::of(zone.as_ref(), sample.expected.as_deref());
            if arguments.name_odd {
                name_odd(contender.name, &sample, zone.as_ref(), &verdict);
            }
            figures.count(contender.name, &sample.place, &verdict, clock.into_samples());
        }
    }
    Ok(figures)
}

/// What was read under what is true, so that the characters that differ stand below each other.
fn name_odd(reader: &str, sample: &Sample, zone: Option<&Zone>, verdict: &Verdict) {
    let what = match (verdict.is_false(), verdict.has_zone && !verdict.right) {
        (true, _) => "accepts what is not in",
        (_, true) if is_ours(reader) => "does not read",
        _ => return,
    };
    let joined = |lines: Option<&Vec<String>>| lines.map_or_else(|| "-".to_owned(), |lines| lines.join("|"));
    eprintln!(
        "{reader} {what} {}\n  {}\n  {}",
        sample.name,
        joined(sample.expected.as_ref()),
        joined(zone.map(|zone| &zone.lines))
    );
}
