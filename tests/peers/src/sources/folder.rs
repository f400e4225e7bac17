//! Frames from a folder with `manifest.tsv`, in either of two forms.
//!
//! Photographs: a first line that names the columns file, corpus, category, width, height, expected content in base64
//! (`-` = no code, `?` = unknown content). Drawn frames: no such line; the columns are id, set, condition-severity,
//! path, width, height, number of codes, content in base64 (`-` = no code), corners.

use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};

use super::{Kind, Picture, Place, Sample, Samples, SourceError, manifest};
use crate::content::Expected;

/// First column of the first line of a manifest of photographs.
const PHOTOGRAPHS: &str = "file\t";

/// The samples of a folder whose place holds `only`. Pictures are read when their turn comes.
///
/// # Errors
/// [`SourceError::Read`] or [`SourceError::Manifest`] at once, the others in their sample's place.
pub(crate) fn folder(path: &Path, only: &str) -> Result<Samples, SourceError> {
    manifest::samples(path, only, parse)
}

#[derive(Debug, PartialEq, Eq)]
struct Line {
    place: Place,
    file: PathBuf,
    expected: Expected,
}

/// All lines, or the number of the first that has neither form.
fn parse(text: &str) -> Result<Vec<Line>, usize> {
    let photographs = text.starts_with(PHOTOGRAPHS);
    let lines = text.lines().enumerate().skip(usize::from(photographs)).filter(|(_, l)| !l.is_empty());
    lines
        .map(|(nth, line)| {
            let fields: Vec<&str> = line.split('\t').collect();
            let parsed = if photographs { photograph(&fields) } else { drawn(&fields) };
            parsed.ok_or(nth + 1)
        })
        .collect()
}

fn photograph(fields: &[&str]) -> Option<Line> {
    let &[file, corpus, category, _, _, expected] = fields else { return None };
    let place = Place { kind: Kind::Photograph, set: corpus.into(), condition: category.into(), severity: 0 };
    let expected = match expected {
        "-" => Expected::Nothing,
        "?" => Expected::Unknown,
        _ => Expected::Among(Base64::decode_vec(expected).ok()?),
    };
    Some(Line { place, file: file.into(), expected })
}

fn drawn(fields: &[&str]) -> Option<Line> {
    let &[_, set, condition, file, _, _, _, expected, ..] = fields else { return None };
    let (name, severity) = match condition.rsplit_once('-') {
        Some((name, number)) if number.parse::<u8>().is_ok() => (name, number.parse().ok()?),
        _ => (condition, 0),
    };
    let (kind, expected) = match expected {
        "-" => (Kind::Empty, Expected::Nothing),
        _ => (Kind::Drawn, Expected::Only(Base64::decode_vec(expected).ok()?)),
    };
    let place = Place { kind, set: set.into(), condition: name.into(), severity };
    Some(Line { place, file: file.into(), expected })
}

impl manifest::Line for Line {
    type Sample = Sample;

    fn place(&self) -> &Place {
        &self.place
    }

    fn load(self, root: &Path) -> Result<Sample, SourceError> {
        // An absolute path in the manifest stands for itself.
        let picture = Picture::load(root.join(&self.file))?;
        Ok(Sample {
            name: self.file.display().to_string(),
            place: self.place,
            frames: vec![picture],
            expected: self.expected,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_photographs_names_its_columns_first() {
        let text = "file\tcorpus\tcategory\twidth\theight\texpected_base64\n\
                    a/1.png\tzxing\tqrcode-1\t64\t48\tYWJj\n\
                    a/2.png\tzxing\tfalsepositives\t64\t48\t-\n\
                    a/3.png\tjsqr\te2e\t64\t48\t?\n";
        let lines = parse(text).unwrap();
        assert_eq!(lines[0].place.name(), "zxing/qrcode-1");
        let expected: Vec<_> = lines.into_iter().map(|l| l.expected).collect();
        assert_eq!(expected, [Expected::Among(b"abc".to_vec()), Expected::Nothing, Expected::Unknown]);
    }

    #[test]
    fn a_manifest_of_drawn_frames_begins_at_once() {
        let text = "syn/tilt-3/000\tsyn\ttilt-3\t/elsewhere/000.pgm\t1280\t720\t1\tYWJj\t[]\n\
                    syn/nocode-desk/000\tsyn\tnocode-desk\t000.pgm\t1280\t720\t1\t-\t[]\n";
        let lines = parse(text).unwrap();
        assert_eq!((lines[0].place.name().as_str(), lines[0].place.severity), ("syn/tilt-3", 3));
        assert_eq!(lines[0].expected, Expected::Only(b"abc".to_vec()));
        assert_eq!((lines[1].place.kind, lines[1].place.condition.as_str()), (Kind::Empty, "nocode-desk"));
    }

    #[test]
    fn a_line_of_neither_form_is_named() {
        assert_eq!(parse("file\tcorpus\n1.png\tzxing\n"), Err(2));
        assert_eq!(parse("a\tb\tc-1\td\t1\t1\t1\tnot base64!\t[]\n"), Err(1));
    }
}
