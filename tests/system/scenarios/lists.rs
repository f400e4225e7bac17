//! Steps with lists of people.

use std::collections::{BTreeMap, BTreeSet};

use apoa_ffi::{ApoaClient, ReportId, RosterPage, RosterRequest};
use apoa_tests::scenario::{kind, texts, today_or};
use serde_json::Value;

use crate::failed::Failed;
use crate::player::{number, text};

/// The list that a step names, as text.
pub(crate) fn list(phone: &ApoaClient, lists: &Value, step: &Value) -> String {
    let rows = lists[text(step, "list")].as_array().expect("a list");
    let row = |row: &Value| {
        let cells = row.as_array().expect("cells").iter();
        cells.map(|cell| today_or(phone, cell.as_str().expect("a text"))).collect::<Vec<_>>().join(";")
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn request(step: &Value) -> RosterRequest {
    RosterRequest { kind: kind(text(step, "kind")), titles: texts(&step["titles"]) }
}

pub(crate) fn preview(phone: &ApoaClient, list: &str, step: &Value) -> Result<(), Failed> {
    let page = RosterPage { state: None, limit: 50, after: 0 };
    let seen = phone.preview_roster(list.as_bytes(), request(step), page)?;
    let counts = [
        ("ready", seen.ready),
        ("warnings", seen.warnings),
        ("wrong", seen.errors),
        ("duplicates", seen.duplicates),
    ];
    for (name, count) in counts {
        assert_eq!(number(step, name), Some(i64::from(count)), "{name}");
    }
    let of_row = |row: &apoa_ffi::RosterRow| {
        let number = row.number;
        let one = move |problem: &apoa_ffi::CellProblem| {
            let field = problem.field.clone().unwrap_or_default();
            (format!("{number} {field}"), problem.code.clone().unwrap_or_default())
        };
        row.problems.iter().map(one).collect::<Vec<_>>()
    };
    let found: BTreeMap<_, _> = seen.rows.iter().flat_map(of_row).collect();
    assert_eq!(found, texts(&step["problems"]).into_iter().collect());
    Ok(())
}

pub(crate) fn compare(
    phone: &ApoaClient,
    list: &str,
    step: &Value,
    name: impl Fn(&str) -> ReportId,
) -> Result<(), Failed> {
    let found = phone.compare_roster(list.as_bytes(), request(step))?;
    assert_eq!(found.unreported, numbers(step, "unreported"));
    assert_eq!(found.changed.iter().map(|change| change.row).collect::<Vec<_>>(), numbers(step, "changed"));
    assert_eq!(Some(i64::from(found.same)), number(step, "same"));
    let gone = step["gone"].as_array().expect("names").iter();
    let gone: BTreeSet<ReportId> = gone.map(|gone| name(gone.as_str().expect("a name"))).collect();
    assert_eq!(found.gone.into_iter().collect::<BTreeSet<_>>(), gone);
    Ok(())
}

pub(crate) fn file(phone: &ApoaClient, list: &str, step: &Value) -> Result<(), Failed> {
    let filed = phone.file_roster(list.as_bytes(), request(step), numbers(step, "leave_out"), 9)?;
    assert_eq!(i64::try_from(filed.reports.len()).ok(), number(step, "filed"));
    assert!(!filed.stopped && filed.existing == 0, "{filed:?}");
    Ok(())
}

fn numbers(step: &Value, key: &str) -> Vec<i32> {
    let number = |value: &Value| i32::try_from(value.as_i64().expect("a number")).expect("a small one");
    step[key].as_array().into_iter().flatten().map(number).collect()
}
