//! Ours beside tesseract at machine-readable zones: the same pictures and sequences, one after the other, CPU time.
//!
//! `zones/sources.rs` gives samples · `zones/readers.rs` reads them · `zones/reading.rs` judges · `zones/figures.rs`
//! counts · `zones/tables.rs` shows.

mod figures;
mod readers;
mod reading;
mod sources;
mod tables;

use crate::args::ZoneArguments;
use crate::decoders::is_ours;
use crate::sources::SourceError;
use figures::ZoneFigures;
use readers::{Attempt, Contender, ReaderError};
use reading::Verdict;
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
        sequences: arguments.sequences,
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
        let mut results = Vec::new();
        for contender in contenders.iter_mut().filter(|it| it.takes(sample.place.kind)) {
            let attempt = contender.watch(&sample.frames)?;
            let verdict = Verdict::of(&attempt.zones, sample.expected.as_deref());
            if arguments.name_odd {
                name_odd(contender.name, &sample, &attempt, &verdict);
            }
            results.push((contender.name, verdict, attempt.samples));
        }
        figures.count(&sample.place, &results);
    }
    Ok(figures)
}

/// What was read under what is true, so that the characters that differ stand below each other.
fn name_odd(reader: &str, sample: &Sample, attempt: &Attempt, verdict: &Verdict) {
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
        joined(attempt.zone().map(|zone| &zone.lines))
    );
}
