//! One run: every decoder over every sample, on this thread, one after the other.

use crate::args::TableArguments;
use crate::content::Verdict;
use crate::decoders::{ALL, Attempt, Contestant, Entry};
use crate::figures::Figures;
use crate::sources::{Plan, Sample, Samples, SourceError, drawn, folder};
use crate::tally::Tallies;

/// A run could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// A word names no decoder.
    #[error("no decoder is called {0}")]
    NoSuchDecoder(String),
    /// Frames could not be had.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The decoders these words name, all without a word.
///
/// # Errors
/// [`RunError::NoSuchDecoder`].
pub(crate) fn chosen(words: &[String]) -> Result<Vec<Entry>, RunError> {
    if let Some(word) = words.iter().find(|word| !ALL.iter().any(|entry| entry.is_called(word))) {
        return Err(RunError::NoSuchDecoder(word.clone()));
    }
    let named = |entry: &Entry| words.is_empty() || words.iter().any(|word| entry.is_called(word));
    Ok(ALL.into_iter().filter(named).collect())
}

/// Does a run and returns its figures. Blocks for minutes; says on standard error where it is.
///
/// # Errors
/// [`RunError`]; nothing is kept of a run that failed.
pub(crate) fn run(arguments: &TableArguments) -> Result<Figures, RunError> {
    let entries = chosen(&arguments.decoders)?;
    let mut tallies = Tallies::new(entries.iter().map(|entry| entry.name));
    let mut contestants: Vec<_> =
        entries.into_iter().map(|entry| Contestant::new(entry, arguments.repeat)).collect();
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
    // A panic is a figure here; its message is of no use to anyone reading the table.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let mut last = String::new();
    let done = sources.into_iter().flatten().try_for_each(|sample| {
        let sample = sample?;
        let here = format!("{}/{}", sample.place.set, sample.place.condition);
        if here != last {
            eprintln!("{here}");
            last = here;
        }
        let results: Vec<_> = contestants.iter_mut().map(|c| meet(c, &sample, arguments.name_odd)).collect();
        tallies.count(&sample.place, sample.expected.has_code(), &results);
        Ok(())
    });
    std::panic::set_hook(hook);
    done.map(|()| tallies.figures())
}

fn meet(contestant: &mut Contestant, sample: &Sample, name_odd: bool) -> (Verdict, Attempt) {
    let attempt = match sample.frames.as_slice() {
        [picture] => contestant.read(picture),
        frames => contestant.watch(frames),
    };
    let verdict = sample.expected.judge(&attempt.contents);
    if name_odd && (verdict.wrong || attempt.panicked) {
        let what = if attempt.panicked { "panics at" } else { "reads something else in" };
        eprintln!("{} {what} {}", contestant.entry.name, sample.name);
    }
    (verdict, attempt)
}
