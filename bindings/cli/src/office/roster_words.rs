//! What the cells of a list should hold, in words: for the lines of an import, for the notes of a returned workbook, and
//! for the explanation in a template.

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::report::rules::Problem;
use apoa_core::roster::{CellProblem, CellWord, Expected, Fault, revealed};

use super::words::short_day;
use crate::output::Output;

/// The words that a column takes, as a person types them; none where any text will do.
pub(crate) fn choices(field: Field, out: &Output) -> Vec<&'static str> {
    match Expected::in_column(field) {
        Expected::Words(words) => typed(words, out),
        _ => Vec::new(),
    }
}

fn typed(words: &[CellWord], out: &Output) -> Vec<&'static str> {
    let indonesian = out.is_indonesian();
    words.iter().map(|word| if indonesian { word.indonesian } else { word.english }).collect()
}

/// What a column holds.
pub(crate) fn kind_of(field: Field, out: &Output) -> String {
    in_words(Expected::in_column(field), out)
}

/// Longest piece of a cell that is said again, in characters: enough to know it by.
const FOUND_CHARS: usize = 40;

/// What a cell with this problem should hold.
pub(crate) fn expected(problem: &CellProblem, out: &Output) -> Option<String> {
    let characters = problem.fault == Fault::Rule(Problem::Characters);
    if characters && revealed(problem.found.reveal()).is_some() {
        return Some(out.word("cli-expect-visible", &[]));
    }
    let holds = in_words(Expected::instead_of(problem)?, out);
    // Either of the two will do: what is said to be missing is the second.
    if (problem.field, problem.fault) == (Some(Field::CheckOutPlanned), Fault::Rule(Problem::Missing)) {
        let nights = out.field(Field::Nights);
        return Some(format!("{holds}; {}", out.word("cli-template-either", &[("field", &nights)])));
    }
    Some(holds)
}

fn in_words(expected: Expected, out: &Output) -> String {
    let said = |argument: &str, value: &str| out.word(expected.key(), &[(argument, value)]);
    match expected {
        Expected::Words(words) => said("a", &typed(words, out).join(", ")),
        Expected::From(day) | Expected::Until(day) => said("date", &short_day(day)),
        Expected::AtMost(characters) => said("n", &characters.to_string()),
        Expected::Date
        | Expected::DateOrYear
        | Expected::Instant
        | Expected::Country
        | Expected::Number
        | Expected::Count
        | Expected::Text
        | Expected::Another => out.word(expected.key(), &[]),
    }
}

/// So much of a cell as a sentence has room for, and nothing in it that would turn the sentence round.
pub(crate) fn quoted(found: &str) -> String {
    let shown = revealed(found).unwrap_or_else(|| found.to_owned());
    match shown.char_indices().nth(FOUND_CHARS) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

/// What is wrong and what to do, in words; `title` is the column's, `found` what may be shown of the cell.
pub(crate) fn said(
    problem: &CellProblem,
    row: u32,
    title: &str,
    found: &str,
    out: &Output,
) -> (String, String) {
    let Some(code) = problem.code() else { return (out.word("roster-hidden", &[]), String::new()) };
    let (n, value) = (("n", row.to_string()), ("value", quoted(found)));
    let args = match (problem.fault, problem.rule()) {
        (Fault::Repeats(other), _) => vec![n, ("other", other.to_string())],
        (Fault::Mangled, _) => vec![n, value],
        (Fault::Rule(_), Some(rule)) if code != Code::Cell => out.problem_args(&rule),
        _ => {
            let expected = expected(problem, out).unwrap_or_default();
            vec![n, ("field", title.to_owned()), value, ("expected", expected)]
        }
    };
    out.explain(code, &args)
}
