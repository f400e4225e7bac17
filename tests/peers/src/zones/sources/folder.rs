//! Pictures and sequences from a folder with `manifest.tsv`. Its first line names its columns; those used are
//!
//! - `file`, and `expected`: the lines joined by `|`, `-` without a zone;
//! - `source`: the set, with the name of the file's folder as its condition (`tilt-3`);
//! - `checks`, in manifests of photographs alone: which of the zone's digits fit, as the condition;
//! - `sequence`, in manifests of sequences alone: a name like that of a file in a folder (`tilt-3/0`). Lines one below
//!   the other with one name are successive frames of one camera; its folder is their condition.
//!
//! A manifest of photographs of codes (`expected_base64`) is one of pictures without a zone.

use std::path::{Path, PathBuf};

use super::{Sample, Samples};
use crate::sources::{Kind, Picture, Place, SourceError, manifest};
use crate::tally::PHOTOGRAPHS;

/// The samples of a folder whose place holds `only`. Pictures are read when their turn comes.
///
/// # Errors
/// [`SourceError::Read`] or [`SourceError::Manifest`] at once, the others in their sample's place.
pub(in crate::zones) fn folder(path: &Path, only: &str) -> Result<Samples, SourceError> {
    manifest::samples(path, only, parse)
}

#[derive(Debug, PartialEq, Eq)]
struct Line {
    place: Place,
    sequence: Option<PathBuf>,
    /// One, more for a sequence.
    files: Vec<PathBuf>,
    expected: Option<Vec<String>>,
}

/// All lines, those of a sequence as one, or the number of the first that does not fit.
fn parse(text: &str) -> Result<Vec<Line>, usize> {
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().ok_or(1_usize)?.split('\t').collect();
    let place_of = |name: &str| columns.iter().position(|column| *column == name);
    let file = place_of("file").ok_or(1_usize)?;
    let numbered = lines.enumerate().filter(|(_, line)| !line.is_empty());
    let parsed: Result<Vec<Line>, usize> = numbered
        .map(|(nth, line)| {
            let fields: Vec<&str> = line.split('\t').collect();
            let field = |name: &str| place_of(name).and_then(|at| fields.get(at).copied());
            let file = fields.get(file).map(PathBuf::from);
            file.and_then(|file| Line::new(file, field)).ok_or(nth + 2)
        })
        .collect();
    parsed.map(|mut lines| {
        lines.dedup_by(|next, line| line.goes_on_with(next));
        lines
    })
}

impl Line {
    fn new<'a>(file: PathBuf, field: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let expected = match (field("expected"), field("expected_base64")) {
            (Some("-"), _) | (None, Some(_)) => None,
            (Some(lines), _) => Some(lines.split('|').map(str::to_owned).collect()),
            (None, None) => return None,
        };
        let sequence = field("sequence").map(PathBuf::from);
        let named = sequence.as_ref().unwrap_or(&file);
        let folder = named.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("all");
        let mut place = if let Some(checks) = field("checks") {
            place(Kind::Photograph, PHOTOGRAPHS, &format!("digits that fit: {checks}"), 0)
        } else if expected.is_none() {
            let set = field("source").or(field("corpus"))?;
            place(Kind::Empty, &format!("{set}, no zone"), folder, 0)
        } else {
            let strength = folder.rsplit_once('-').and_then(|(name, it)| Some((name, it.parse().ok()?)));
            let (condition, severity) = strength.unwrap_or((folder, 0));
            place(Kind::Drawn, field("source")?, condition, severity)
        };
        if sequence.is_some() {
            place.kind = Kind::Sequence;
            place.set += ", sequences";
        }
        Some(Self { place, sequence, files: vec![file], expected })
    }

    /// Takes the next line's file in if it is of the same sequence.
    fn goes_on_with(&mut self, next: &mut Self) -> bool {
        let same =
            self.sequence.is_some() && self.sequence == next.sequence && self.expected == next.expected;
        if same {
            self.files.append(&mut next.files);
        }
        same
    }
}

impl manifest::Line for Line {
    type Sample = Sample;

    fn place(&self) -> &Place {
        &self.place
    }

    fn load(self, root: &Path) -> Result<Sample, SourceError> {
        let frames: Result<Vec<Picture>, _> =
            self.files.iter().map(|file| Picture::load(root.join(file))).collect();
        let name = self.sequence.iter().chain(&self.files).next().map(|name| name.display().to_string());
        Ok(Sample {
            name: name.unwrap_or_default(),
            place: self.place,
            frames: frames?,
            expected: self.expected,
        })
    }
}

fn place(kind: Kind, set: &str, condition: &str, severity: u8) -> Place {
    Place { kind, set: set.to_owned(), condition: condition.to_owned(), severity }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<(String, Option<usize>)> {
        let lines = parse(text).unwrap();
        lines.into_iter().map(|line| (line.place.name(), line.expected.map(|lines| lines.len()))).collect()
    }

    #[test]
    fn columns_are_known_by_their_names_and_a_dash_is_no_zone() {
        let text = "file\tsource\tlicence\tformat\texpected\tquads\n\
                    tilt-3/000.pgm\tother\town\tTD3\tP<A|B\t[]\n\
                    nomrz-desk/000.pgm\tother\town\t-\t-\t[]\n";
        let expected = [("other/tilt-3".to_owned(), Some(2)), ("other, no zone/nomrz-desk".to_owned(), None)];
        assert_eq!(named(text), expected);
    }

    #[test]
    fn photographs_stand_by_the_digits_that_fit() {
        let text = "file\tsource\tlicence\tformat\texpected\twidth\theight\tchecks\n\
                    a/1.png\tsomebody\tMIT\tTD1\tI<A|B|C\t64\t48\tall\n";
        assert_eq!(named(text), [("photographs/digits that fit: all".to_owned(), Some(3))]);
    }

    #[test]
    fn lines_of_one_sequence_are_its_frames() {
        let text = "file\tsource\texpected\tsequence\n\
                    a.pgm\tother\tP<A|B\ttilt-3/0\n\
                    b.pgm\tother\tP<A|B\ttilt-3/0\n\
                    c.pgm\tother\tP<A|C\ttilt-3/1\n\
                    d.pgm\tother\t-\tdesk/0\n";
        let lines = parse(text).unwrap();
        assert!(lines.iter().all(|line| line.place.kind == Kind::Sequence));
        let told: Vec<_> = lines.iter().map(|line| (line.place.name(), line.files.len())).collect();
        let tilted = "other, sequences/tilt-3".to_owned();
        let empty = "other, no zone, sequences/desk".to_owned();
        assert_eq!(told, [(tilted.clone(), 2), (tilted, 1), (empty, 1)]);
    }

    #[test]
    fn photographs_of_codes_show_no_zone() {
        let text =
            "file\tcorpus\tcategory\twidth\theight\texpected_base64\nz/q-1/1.png\tz\tq-1\t64\t48\tYWJj\n";
        assert_eq!(named(text), [("z, no zone/q-1".to_owned(), None)]);
    }

    #[test]
    fn a_manifest_without_its_columns_is_named_by_its_line() {
        assert_eq!(parse(""), Err(1));
        assert_eq!(parse("name\texpected\nx\t-\n"), Err(1));
        assert_eq!(parse("file\tsource\texpected\na/1.png\tx\n"), Err(2));
    }
}
