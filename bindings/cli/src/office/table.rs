//! A list as people see it: on the screen, on paper and in a sheet alike.

use anstyle::Style;
use apoa_core::catalogue::Language;
use apoa_core::ids::Timestamp;
use apoa_core::permit::Date;
use apoa_core::report::deadline::Zone;

use super::words::{Said, short_day, short_moment};
use crate::output::{BAD, BOLD, DIM, GOOD, WARN};

/// A list with what is said around it.
pub(crate) struct Table {
    pub(crate) title: Said,
    /// Facts about the list: the unit, when, under which clock.
    pub(crate) about: Vec<(Said, Said)>,
    /// What a reader has to know.
    pub(crate) notes: Vec<Said>,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Of every instant in it.
    pub(crate) zone: Zone,
}

/// A column.
pub(crate) struct Column {
    pub(crate) head: Said,
    /// Its share of a page; a column of nothing is too long for paper and stands in sheets alone.
    pub(crate) share: f32,
}

/// One fact, and how it should strike the eye.
pub(crate) struct Cell {
    pub(crate) value: Value,
    pub(crate) tone: Tone,
}

/// One fact.
pub(crate) enum Value {
    None,
    Text(String),
    /// An id or a digest: small letters, so that it breaks once at most.
    Id(String),
    Word(Said),
    Number(i64),
    Day(Date),
    Moment(Timestamp),
}

/// How a fact should strike the eye. The words say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
}

impl Column {
    pub(crate) fn new(head: Said, share: f32) -> Self {
        Self { head, share }
    }
}

impl Cell {
    pub(crate) const NONE: Self = Self { value: Value::None, tone: Tone::Plain };

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { value: Value::Text(text.into()), tone: Tone::Plain }
    }

    pub(crate) fn id(id: impl Into<String>) -> Self {
        Self { value: Value::Id(id.into()), tone: Tone::Plain }
    }

    pub(crate) fn word(said: Said) -> Self {
        Self { value: Value::Word(said), tone: Tone::Plain }
    }

    pub(crate) fn number(number: impl Into<i64>) -> Self {
        Self { value: Value::Number(number.into()), tone: Tone::Plain }
    }

    /// An ISO day; what is none stays the text it is.
    pub(crate) fn day(day: Option<&str>) -> Self {
        let Some(text) = day else { return Self::NONE };
        let value = text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Day);
        Self { value, tone: Tone::Plain }
    }

    pub(crate) fn moment(at: Option<Timestamp>) -> Self {
        Self { value: at.map_or(Value::None, Value::Moment), tone: Tone::Plain }
    }

    pub(crate) fn maybe(text: Option<&str>) -> Self {
        text.map_or(Self::NONE, Self::text)
    }

    /// Nothing strikes no eye.
    pub(crate) fn tone(self, tone: Tone) -> Self {
        let tone = if matches!(self.value, Value::None) { Tone::Plain } else { tone };
        Self { tone, ..self }
    }

    /// In both languages, as paper shows it.
    pub(crate) fn said(&self, zone: Zone) -> Said {
        match &self.value {
            Value::None => Said::same("–"),
            Value::Text(text) | Value::Id(text) => Said::same(text.as_str()),
            Value::Word(said) => said.clone(),
            Value::Number(number) => Said::same(number.to_string()),
            Value::Day(day) => Said::same(short_day(*day)),
            Value::Moment(at) => Said::same(short_moment(zone, *at)),
        }
    }
}

impl Said {
    /// In one language.
    pub(crate) fn pick(&self, language: Language) -> &str {
        match language {
            Language::Indonesian => &self.id,
            Language::English => &self.en,
        }
    }
}

impl Table {
    /// For a terminal, in one language; columns that are too long for paper are too long for it as well.
    pub(crate) fn screen(&self, language: Language) -> String {
        let shown: Vec<usize> =
            (0..self.columns.len()).filter(|column| self.columns[*column].share > 0.0).collect();
        let head = shown.iter().map(|column| (self.columns[*column].head.pick(language).to_owned(), DIM));
        let cell = |cell: &Cell| (cell.said(self.zone).pick(language).to_owned(), cell.tone.style());
        let mut lines: Vec<Vec<(String, Style)>> = vec![head.collect()];
        lines.extend(
            self.rows
                .iter()
                .map(|row| shown.iter().filter_map(|column| row.get(*column)).map(cell).collect()),
        );
        let width = |column: usize| {
            lines.iter().filter_map(|line| line.get(column)).map(|(text, _)| text.chars().count()).max()
        };
        let widths: Vec<usize> = (0..shown.len()).map(|column| width(column).unwrap_or(0)).collect();
        let line = |cells: &Vec<(String, Style)>| {
            let padded = cells.iter().zip(&widths).map(|((text, style), width)| {
                format!("{style}{text}{style:#}{}", " ".repeat(width.saturating_sub(text.chars().count())))
            });
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let about = self
            .about
            .iter()
            .map(|(label, value)| format!("{DIM}{}{DIM:#} {}", label.pick(language), value.pick(language)));
        let notes = self.notes.iter().map(|note| format!("{DIM}{}{DIM:#}", note.pick(language)));
        let title = format!("{BOLD}{}{BOLD:#}", self.title.pick(language));
        let mut text = vec![title, about.collect::<Vec<_>>().join(" · ")];
        if !self.rows.is_empty() {
            text.extend(lines.iter().map(line));
        }
        text.extend(notes);
        text.join("\n")
    }
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Good => GOOD,
            Self::Warn => WARN,
            Self::Bad => BAD,
        }
    }
}
