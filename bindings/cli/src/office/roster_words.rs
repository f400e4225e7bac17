//! What the cells of a list should hold, in words: for the lines of an import, for the notes of a returned workbook, and
//! for the explanation in a template.

use apoa_core::codes::Code;
use apoa_core::fields::{Field, Shape};
use apoa_core::report::rules::Problem;
use apoa_core::roster::{CellProblem, Fault};

use crate::output::Output;

/// A word of the contract, and what a person types for it in Indonesian and in English.
type Word = (&'static str, &'static str, &'static str);

/// The words of each column that takes no other ones, or offers some. Each is read by an import.
const WORDS: &[(Field, &[Word])] = &[
    (Field::Sex, &[("F", "P", "F"), ("M", "L", "M"), ("X", "X", "X")]),
    (Field::PermitKind, &[("ITAS", "ITAS", "ITAS"), ("ITAP", "ITAP", "ITAP"), ("ITK", "ITK", "ITK")]),
    (
        Field::Purpose,
        &[
            ("holiday", "liburan", "holiday"),
            ("business", "bisnis", "business"),
            ("family", "keluarga", "family"),
            ("work", "kerja", "work"),
            ("study", "belajar", "study"),
            ("transit", "transit", "transit"),
            ("medical", "berobat", "medical"),
        ],
    ),
    (
        Field::Relation,
        &[
            ("host", "tuan rumah", "host"),
            ("landlord", "pemilik", "landlord"),
            ("neighbour", "tetangga", "neighbour"),
        ],
    ),
    (Field::OfficeInformed, &[("true", "ya", "yes"), ("false", "tidak", "no")]),
];

/// The words that a column takes, as a person types them; none where any text will do.
pub(crate) fn choices(field: Field, out: &Output) -> Vec<&'static str> {
    let indonesian = out.is_indonesian();
    let words = WORDS.iter().find(|(known, _)| *known == field).map_or(&[][..], |(_, words)| *words);
    words.iter().map(|(_, id, en)| if indonesian { *id } else { *en }).collect()
}

/// What a column holds.
pub(crate) fn kind_of(field: Field, out: &Output) -> String {
    let listed = choices(field, out);
    match field.shape() {
        _ if !listed.is_empty() => out.word("cli-expect-words", &[("a", &listed.join(", "))]),
        Shape::Date => out.word("cli-expect-date", &[]),
        Shape::PartialDate => out.word("cli-expect-birth", &[]),
        Shape::Instant => out.word("cli-expect-instant", &[]),
        Shape::Country => out.word("cli-expect-country", &[]),
        Shape::Number => out.word("cli-expect-number", &[]),
        Shape::Count => out.word("cli-expect-count", &[]),
        Shape::Text
        | Shape::LongText
        | Shape::Flag
        | Shape::Digest
        | Shape::Word(_)
        | Shape::WordOrOther(_) => out.word("cli-expect-text", &[]),
    }
}

/// What a cell with this problem should hold.
pub(crate) fn expected(problem: &CellProblem, out: &Output) -> Option<String> {
    let field = problem.field?;
    let dated = |key: &str, day: &str| out.word(key, &[("date", day)]);
    Some(match problem.fault {
        Fault::Hidden => return None,
        Fault::Repeats(_) => out.word("cli-expect-other", &[]),
        Fault::Mangled | Fault::Unfit => kind_of(field, out),
        Fault::Rule(rule) => match rule {
            Problem::Before(day) => dated("cli-expect-from", &day.to_string()),
            Problem::After(day) => dated("cli-expect-until", &day.to_string()),
            Problem::TooLong(most) => out.word("cli-expect-length", &[("n", &most.to_string())]),
            Problem::Missing
            | Problem::NotADate
            | Problem::Characters
            | Problem::Foreign(_)
            | Problem::LongAgo => kind_of(field, out),
        },
    })
}

/// What is wrong and what to do, in words; `title` is the column's, `found` what may be shown of the cell.
pub(crate) fn said(
    problem: &CellProblem,
    row: u32,
    title: &str,
    found: &str,
    out: &Output,
) -> (String, String) {
    let Some(code) = problem.code() else { return (out.word("cli-roster-hidden", &[]), String::new()) };
    let (n, value) = (("n", row.to_string()), ("value", found.to_owned()));
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
