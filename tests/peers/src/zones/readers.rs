//! The readers of zones behind one trait: ours, and tesseract where it is installed. A file each.

mod ours;
mod tesseract;

use super::reading::Zone;
use crate::clock::Clock;
use crate::sources::Picture;
use tesseract::Tesseract;

/// One way of reading zones.
trait Reader {
    /// Reads one picture nothing else is known of, and gives the clock what that cost.
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Result<Option<Zone>, ReaderError>;
}

/// A reader could not be run at all; a picture that it refuses is no error.
#[derive(Debug, thiserror::Error)]
#[error("{program} does not run: {reason}")]
pub(crate) struct ReaderError {
    program: &'static str,
    reason: std::io::Error,
}

/// A reader of the table.
pub(crate) struct Contender {
    /// Short name, `family` or `family-variant`.
    pub(crate) name: &'static str,
    /// What exactly runs, with its version, or why nothing does.
    pub(crate) what: String,
    /// `None` where it is not installed.
    reader: Option<Box<dyn Reader>>,
}

impl Contender {
    /// Whether it is installed.
    pub(super) fn is_there(&self) -> bool {
        self.reader.is_some()
    }

    /// Reads one picture; nothing if it is not installed.
    pub(super) fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Result<Option<Zone>, ReaderError> {
        self.reader.as_mut().map_or(Ok(None), |reader| reader.read(picture, clock))
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
    let ours = Contender {
        name: "ours-still",
        what: "`scan_still`, every lane, no deadline".to_owned(),
        reader: Some(Box::new(ours::Still)),
    };
    let name = "tesseract";
    let tesseract = match Tesseract::installed() {
        Ok(program) => Contender { name, what: program.what(), reader: Some(Box::new(program)) },
        Err(reason) => Contender { name, what: format!("DID NOT RUN: {reason}"), reader: None },
    };
    vec![ours, tesseract]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zones::reading::Verdict;
    use crate::zones::sources::easy_picture;

    #[test]
    fn a_word_names_a_reader_or_its_whole_family() {
        let called = |word: &str| named(&[word.to_owned()]).map(|found| found.len());
        assert_eq!([called("ours"), called("ours-still"), called("tesseract")], [Ok(1), Ok(1), Ok(1)]);
        assert_eq!(called("tess"), Err("tess".to_owned()));
    }

    #[test]
    fn every_reader_that_is_there_runs_and_ours_reads_an_easy_zone() {
        let (picture, lines) = easy_picture();
        for mut reader in all().into_iter().filter(Contender::is_there) {
            let mut clock = Clock::default();
            let zone = reader.read(&picture, &mut clock).unwrap();
            let verdict = Verdict::of(zone.as_ref(), Some(&lines));
            assert!(!verdict.is_false(), "{}", reader.name);
            assert_eq!(clock.into_samples().len(), 1, "{}", reader.name);
            assert!(verdict.right || !crate::decoders::is_ours(reader.name), "{}", reader.name);
        }
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
