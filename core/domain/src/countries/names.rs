//! The names of territories in Indonesian and English as CLDR 48 has them, in a generated file
//! (`core/domain/tools/countries.py`). Names by which permits differ from CLDR are the parent module's aliases.

/// One territory a line: two-letter code, Indonesian names, English names.
const TABLE: &str = include_str!("names.tsv");
/// Stands for the Indonesian name among the English ones.
const SAME: &str = "=";

/// The names of one territory.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) two: &'static str,
    indonesian: &'static str,
    english: &'static str,
}

impl Row {
    fn of(line: &'static str) -> Option<Self> {
        let (two, names) = line.split_once('\t')?;
        let (indonesian, english) = names.split_once('\t')?;
        Some(Self { two, indonesian, english })
    }

    pub(super) fn indonesian(self) -> &'static str {
        first(self.indonesian)
    }

    pub(super) fn english(self) -> &'static str {
        match first(self.english) {
            SAME => self.indonesian(),
            name => name,
        }
    }

    /// Every name of both languages, short forms and variants among them.
    pub(super) fn all(self) -> impl Iterator<Item = &'static str> {
        self.indonesian.split('|').chain(self.english.split('|').filter(|name| *name != SAME))
    }
}

fn first(names: &'static str) -> &'static str {
    names.split('|').next().unwrap_or(names)
}

pub(super) fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(Row::of)
}

pub(super) fn of(two: &str) -> Option<Row> {
    rows().find(|row| row.two == two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_comment_or_a_whole_row() {
        let comments = TABLE.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(rows().count().saturating_add(comments), TABLE.lines().count());
        for row in rows() {
            assert!(row.two.len() == 2 && row.all().all(|name| !name.trim().is_empty()), "{}", row.two);
            assert!(!row.english().is_empty() && row.english() != SAME);
        }
    }
}
