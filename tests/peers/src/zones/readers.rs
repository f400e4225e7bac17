//! The readers of zones behind one trait: ours, and tesseract where it is installed. A file each.

mod ours;
mod tesseract;

use super::reading::Zone;
use crate::clock::Clock;
use crate::sources::{FRAME_MS, Kind, Picture};
use tesseract::Tesseract;

/// One way of reading zones.
trait Reader {
    /// Another document follows: whatever was seen before is forgotten.
    fn begin(&mut self) {}

    /// Reads a picture, or the next frame of a sequence, and gives the clock what that cost.
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Result<Option<Zone>, ReaderError>;
}

/// A reader could not be run at all; a picture that it refuses is no error.
#[derive(Debug, thiserror::Error)]
#[error("{program} does not run: {reason}")]
pub(crate) struct ReaderError {
    program: &'static str,
    reason: std::io::Error,
}

/// How a reader did with one picture or sequence.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// What it read of each frame that it looked at.
    pub(super) zones: Vec<Option<Zone>>,
    /// CPU time of each frame, milliseconds; none if the system did not tell.
    pub(super) samples: Vec<f64>,
}

impl Attempt {
    /// The reading that counts: what was accepted first or, where nothing was, what was seen last.
    pub(super) fn zone(&self) -> Option<&Zone> {
        let mut read = self.zones.iter().flatten();
        read.clone().find(|zone| zone.accepted).or_else(|| read.next_back())
    }
}

/// Our reader of single pictures.
pub(super) const STILL: &str = "ours-still";

/// A reader of the table.
pub(crate) struct Contender {
    /// Short name, `family` or `family-variant`.
    pub(crate) name: &'static str,
    /// What exactly runs, with its version, or why nothing does.
    pub(crate) what: String,
    /// It joins successive frames of a camera and stops at the one where it accepts; a picture alone tells it nothing.
    /// All others look at every frame for itself.
    live: bool,
    /// `None` where it is not installed.
    reader: Option<Box<dyn Reader>>,
}

impl Contender {
    /// Whether it is installed.
    pub(super) fn is_there(&self) -> bool {
        self.reader.is_some()
    }

    /// Whether such samples are for it.
    pub(super) fn takes(&self, kind: Kind) -> bool {
        !self.live || kind == Kind::Sequence
    }

    /// Reads one picture, or successive frames; nothing if it is not installed.
    pub(super) fn watch(&mut self, frames: &[Picture]) -> Result<Attempt, ReaderError> {
        let mut attempt = Attempt::default();
        let Some(reader) = &mut self.reader else { return Ok(attempt) };
        reader.begin();
        for frame in frames {
            // All begin alike: with the pixels where the one before left them.
            frame.touch();
            let mut clock = Clock::default();
            let zone = reader.read(frame, &mut clock)?;
            let accepted = zone.as_ref().is_some_and(|zone| zone.accepted);
            attempt.zones.push(zone);
            attempt.samples.extend(clock.into_samples().into_iter().reduce(|sum, ms| sum + ms));
            if self.live && accepted {
                break;
            }
        }
        Ok(attempt)
    }

    fn is_called(&self, word: &str) -> bool {
        self.name == word || self.name.strip_prefix(word).is_some_and(|rest| rest.starts_with('-'))
    }
}

/// The readers that these words name, all without a word; or the word that names none.
pub(super) fn named(words: &[String]) -> Result<Vec<Contender>, String> {
    let all = all();
    if let Some(word) = words.iter().find(|word| !all.iter().any(|it| it.is_called(word))) {
        return Err(word.clone());
    }
    let named = |it: &Contender| words.is_empty() || words.iter().any(|word| it.is_called(word));
    Ok(all.into_iter().filter(named).collect())
}

/// Every reader, in the order of tables.
fn all() -> Vec<Contender> {
    let still = Contender {
        name: STILL,
        what: "`scan_still`, every lane, no deadline".to_owned(),
        live: false,
        reader: Some(Box::new(ours::Still)),
    };
    let live = Contender {
        name: "ours-live",
        what: format!(
            "a live scanner shown a sequence, {FRAME_MS} ms apart, until it confirms; cost of each frame"
        ),
        live: true,
        reader: Some(Box::new(ours::Live::new())),
    };
    let (what, reader): (String, Option<Box<dyn Reader>>) = match Tesseract::installed() {
        Ok(program) => (program.what(), Some(Box::new(program))),
        Err(reason) => (format!("DID NOT RUN: {reason}"), None),
    };
    vec![still, live, Contender { name: "tesseract", what, live: false, reader }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zones::reading::Verdict;
    use crate::zones::sources::{easy_picture, easy_sequence, empty_sequence};

    #[test]
    fn a_word_names_a_reader_or_its_whole_family() {
        let called = |word: &str| named(&[word.to_owned()]).map(|found| found.len());
        assert_eq!([called("ours"), called("ours-live"), called("tesseract")], [Ok(2), Ok(1), Ok(1)]);
        assert_eq!(called("tess"), Err("tess".to_owned()));
    }

    #[test]
    fn every_reader_that_is_there_runs_and_ours_reads_an_easy_zone() {
        let (picture, lines) = easy_picture();
        for mut reader in all().into_iter().filter(|it| it.is_there() && it.takes(Kind::Drawn)) {
            let attempt = reader.watch(std::slice::from_ref(&picture)).unwrap();
            let verdict = Verdict::of(&attempt.zones, Some(&lines));
            assert!(!verdict.is_false(), "{}", reader.name);
            assert_eq!(attempt.samples.len(), 1, "{}", reader.name);
            assert!(verdict.right || !crate::decoders::is_ours(reader.name), "{}", reader.name);
        }
    }

    fn ours(name: &str) -> Contender {
        named(&[name.to_owned()]).unwrap().remove(0)
    }

    #[test]
    fn a_clear_sequence_is_confirmed_and_right_after_two_frames_and_no_more_are_shown() {
        let (frames, lines) = easy_sequence();
        let mut live = ours("ours-live");
        // The second time as the first: nothing is remembered of a sequence.
        for _ in 0..2 {
            let attempt = live.watch(&frames).unwrap();
            let verdict = Verdict::of(&attempt.zones, Some(&lines));
            assert!(verdict.right, "{:?}", attempt.zones);
            assert!(verdict.accepted_at.is_some_and(|at| at >= 2), "{verdict:?}");
            assert_eq!(verdict.accepted_at, Some(attempt.samples.len() as u32));
        }
        assert_eq!(ours(STILL).watch(&frames).unwrap().zones.len(), frames.len());
    }

    #[test]
    fn a_sequence_of_an_empty_page_confirms_nothing() {
        let frames = empty_sequence();
        let attempt = ours("ours-live").watch(&frames).unwrap();
        assert_eq!(Verdict::of(&attempt.zones, None).accepted_at, None);
        assert_eq!(attempt.samples.len(), frames.len());
    }

    #[test]
    fn a_code_beside_does_not_end_the_search_for_a_zone() {
        let (picture, _) = crate::sources::easy_picture();
        let mut clock = Clock::default();
        let zone = ours::Still.read(&picture, &mut clock).unwrap();
        assert!(zone.is_none_or(|zone| !zone.accepted));
        assert_eq!(clock.into_samples().len(), 2, "looked at again without its code");
    }
}
