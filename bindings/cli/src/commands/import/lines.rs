//! What an import says: a line for each row that is not plainly ready, and one for the whole list.

use std::collections::BTreeMap;

use apoa_core::codes::Code;
use apoa_core::fields::{Field, Shape};
use apoa_core::roster::{Cell, CellProblem, Fault, Filed, Roster, RosterCounts, RosterRow, letters};
use serde::Serialize;

use crate::mask::Mask;
use crate::office::roster::Known;
use crate::office::roster_words::{expected, said};
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN};

#[derive(Debug, Serialize)]
pub(super) struct RowLine {
    row: u32,
    state: &'static str,
    problems: Vec<ProblemLine>,
    /// The report that is there already.
    report_id: Option<String>,
    /// The row's number in the list that a returned workbook came from.
    origin: Option<u32>,
    #[serde(skip)]
    texts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ProblemLine {
    column: Option<String>,
    title: Option<String>,
    field: Option<&'static str>,
    code: Option<String>,
    /// What the rules of a report call it, where a cell cannot be read because of them.
    rule: Option<String>,
    found: Option<String>,
    expected: Option<String>,
    /// `HIDDEN_ROW` where the file hides the row.
    note: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(super) struct SummaryLine {
    format: &'static str,
    sheet: Option<String>,
    rows: usize,
    ready: usize,
    warnings: usize,
    errors: usize,
    duplicates: usize,
    imported: usize,
    /// Reports of those who are gone, ended by a person's word.
    ended: usize,
    mapping: BTreeMap<&'static str, String>,
    /// Titles of columns that hold no known fact; nothing of them is kept.
    ignored: Vec<String>,
    #[serde(skip)]
    check: bool,
    /// Whether something was filed that still has to be sent.
    #[serde(skip)]
    unsent: bool,
}

impl SummaryLine {
    pub(super) fn of(
        list: &Roster,
        counts: &RosterCounts,
        (filed, ended): (&Filed, usize),
        (check, send): (bool, bool),
    ) -> Self {
        let mapping = list.columns.of.iter().map(|(field, column)| (field.as_str(), column.title.clone()));
        Self {
            format: list.format.as_str(),
            sheet: list.table.sheet.clone(),
            rows: list.rows.len(),
            ready: counts.ready,
            warnings: counts.warnings,
            errors: counts.errors,
            duplicates: counts.duplicates,
            imported: filed.reports.len(),
            ended,
            mapping: mapping.collect(),
            ignored: ignored(list),
            check,
            unsent: !send && (!filed.reports.is_empty() || ended > 0),
        }
    }
}

/// The titles of columns that nothing is taken from.
fn ignored(list: &Roster) -> Vec<String> {
    let known = |place: usize| {
        list.columns.origin == Some(place) || list.columns.of.values().any(|column| column.place == place)
    };
    let Some(header) = list.table.rows.get(list.columns.header) else { return Vec::new() };
    let titles = header.cells.iter().enumerate().filter(|(place, _)| !known(*place));
    titles
        .filter_map(|(_, cell)| match cell {
            Cell::Text(title) if !title.trim().is_empty() => Some(title.trim().to_owned()),
            _ => None,
        })
        .collect()
}

impl RowLine {
    pub(super) fn of(row: &RosterRow, list: &Roster, known: Known<'_>, out: &Output) -> Self {
        let number = row.checked.number;
        let mut problems = Vec::new();
        let mut texts = Vec::new();
        for problem in &row.checked.problems {
            let line = ProblemLine::of(problem, list, out);
            let title = line.title.clone().or_else(|| problem.field.map(|field| out.field(field)));
            let found = line.found.clone().unwrap_or_default();
            let (text, fix) = said(problem, number, &title.unwrap_or_default(), &found, out);
            let code = line.code.as_ref().map(|code| format!("{DIM}{code}{DIM:#}"));
            let parts: Vec<String> =
                code.into_iter().chain([text, fix]).filter(|part| !part.is_empty()).collect();
            texts.push(parts.join(" "));
            problems.push(line);
        }
        if let Some(existing) = row.existing {
            let number = row.checked.draft.get(Field::PassportNumber);
            let found = number.map(|number| out.mask.field(Field::PassportNumber, number));
            let code = Code::Duplicate.to_string();
            if !out.json {
                texts.push(format!("{DIM}{code}{DIM:#} {} {DIM}{existing}{DIM:#}", known(existing)));
            }
            let field = Field::PassportNumber;
            problems.push(ProblemLine { code: Some(code), found, ..ProblemLine::at(field, list) });
        }
        Self {
            row: number,
            state: row.state().as_str(),
            problems,
            report_id: row.existing.map(|report| report.to_string()),
            origin: row.checked.origin,
            texts,
        }
    }
}

impl ProblemLine {
    /// Nothing yet, at the column of a fact.
    fn at(field: Field, list: &Roster) -> Self {
        let column = list.columns.of.get(&field);
        Self {
            column: column.map(|column| letters(column.place)),
            title: column.map(|column| column.title.clone()),
            field: Some(field.as_str()),
            code: None,
            rule: None,
            found: None,
            expected: None,
            note: None,
        }
    }

    fn of(problem: &CellProblem, list: &Roster, out: &Output) -> Self {
        let Some(field) = problem.field else {
            let nowhere = Self::at(Field::FullName, list);
            return Self { column: None, title: None, field: None, note: Some("HIDDEN_ROW"), ..nowhere };
        };
        Self {
            code: problem.code().map(|code| code.to_string()),
            rule: problem.rule().map(|rule| rule.code().to_string()),
            found: Some(found(problem, field, out.mask)),
            expected: expected(problem, out),
            ..Self::at(field, list)
        }
    }
}

/// What may be shown of a cell. A power of ten is what a spreadsheet left of a number: nobody's number.
fn found(problem: &CellProblem, field: Field, mask: Mask) -> String {
    let text = problem.found.reveal();
    let power = problem.fault == Fault::Mangled && text.contains(['E', 'e']);
    if power && field.shape() == Shape::Number { text.clone() } else { mask.field(field, text) }
}

impl Line for RowLine {
    fn text(&self, out: &Output) -> String {
        let (style, word) = match self.state {
            "warning" => (WARN, "cli-roster-warning"),
            "duplicate" if self.report_id.is_none() => (WARN, "cli-roster-repeated"),
            "duplicate" => (WARN, "cli-roster-duplicate"),
            _ => (BAD, "cli-roster-error"),
        };
        let row = out.word("cli-roster-row", &[("n", &self.row.to_string())]);
        let texts: Vec<String> = self.texts.iter().map(|text| format!("\n    {text}")).collect();
        format!("{BOLD}{row}{BOLD:#} {style}{}{style:#}{}", out.word(word, &[]), texts.concat())
    }
}

impl Line for SummaryLine {
    fn text(&self, out: &Output) -> String {
        let good = if self.check { self.ready + self.warnings } else { self.imported };
        let (good, left) = (good.to_string(), (self.errors + self.duplicates).to_string());
        let key = if self.check { "cli-roster-checked" } else { "cli-roster-imported" };
        let sentence = out.word(key, &[("a", &good), ("b", &left)]);
        let mut next = String::new();
        if let Some(sheet) = &self.sheet {
            next = format!("\n{DIM}{}{DIM:#}", out.word("cli-roster-sheet", &[("a", sheet)]));
        }
        if !self.ignored.is_empty() {
            let titles = self.ignored.join(", ");
            next = format!("{next}\n{WARN}{}{WARN:#}", out.word("cli-roster-ignored", &[("a", &titles)]));
        }
        if self.ended > 0 {
            next = format!("{next}\n{}", out.word("cli-roster-ended", &[("n", &self.ended.to_string())]));
        }
        if self.unsent {
            next = format!("{next}\n{}", out.word("cli-next-sync", &[]));
        }
        let (style, mark) = if self.errors == 0 { (GOOD, "✓") } else { (WARN, "·") };
        format!("{style}{mark}{style:#} {BOLD}{sentence}{BOLD:#}{next}")
    }
}
