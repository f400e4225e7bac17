//! What `--diff` says: who is new, who changed, who is gone. What is gone is asked about, by a person's own word for the
//! last day; without one nothing ends.

use std::io::{IsTerminal as _, stdin};

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::{FollowUp, closing_field};
use apoa_core::report::kinds::{OpKind, ReportKind};
use apoa_core::roster::{Difference, Roster};
use apoa_core::{ApoaClient, DraftError};
use serde::Serialize;

use crate::commands::report::refused;
use crate::failure::Stop;
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN, on_terminal};
use crate::sources::day;

#[derive(Debug, Serialize)]
struct DiffLine {
    row: Option<u32>,
    diff: &'static str,
    fields: Vec<&'static str>,
    report_id: Option<String>,
    /// What should be filed: `submit`, `change` or `end`; `amend` and `check_out` for stays.
    proposes: &'static str,
}

/// A line for each difference.
pub(super) fn say(differences: &[Difference], list: &Roster, out: &Output) {
    let row = |place: usize| list.rows.get(place).map(|row| row.checked.number);
    let worker = list.kind == ReportKind::WorkerStart;
    for difference in differences {
        let line = match difference {
            Difference::Same { .. } => continue,
            Difference::New { row: place } => DiffLine {
                row: row(*place),
                diff: "new",
                fields: Vec::new(),
                report_id: None,
                proposes: OpKind::Submit.as_str(),
            },
            Difference::Changed { row: place, report, fields } => DiffLine {
                row: row(*place),
                diff: "changed",
                fields: fields.iter().map(|field| field.as_str()).collect(),
                report_id: Some(report.to_string()),
                proposes: if worker && fields.iter().all(|field| is_change(*field)) {
                    "change"
                } else {
                    "amend"
                },
            },
            Difference::Gone { report } => DiffLine {
                row: None,
                diff: "gone",
                fields: Vec::new(),
                report_id: Some(report.to_string()),
                proposes: if worker { "end" } else { "check_out" },
            },
        };
        out.line(&line);
    }
}

/// Facts that a `change` of a worker's report is about; others are corrected.
fn is_change(field: Field) -> bool {
    matches!(
        field,
        Field::WorkAddress
            | Field::PassportNumber
            | Field::PermitNumber
            | Field::Position
            | Field::Site
            | Field::Guarantor
    )
}

/// Asks whether the reports of those who are gone end, and when. Only a day that a person types ends them: no option
/// does, and without a terminal nothing is asked.
pub(super) fn ask(client: &ApoaClient, differences: &[Difference], out: &Output) -> Result<(), Stop> {
    let gone: Vec<ReportId> = differences
        .iter()
        .filter_map(|difference| match difference {
            Difference::Gone { report } => Some(*report),
            Difference::New { .. } | Difference::Changed { .. } | Difference::Same { .. } => None,
        })
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let n = gone.len().to_string();
    if out.json || !stdin().is_terminal() || !on_terminal() {
        out.note(&out.word("cli-diff-gone-later", &[("n", &n)]));
        return Ok(());
    }
    for report in gone {
        end(client, report, out)?;
    }
    Ok(())
}

fn end(client: &ApoaClient, report: ReportId, out: &Output) -> Result<(), Stop> {
    let Some(found) = client.report(report)? else { return Ok(()) };
    let name =
        found.row.summary.full_name.as_ref().map(|name| out.mask.field(Field::FullName, name.reveal()));
    let name = name.unwrap_or_default();
    let Some(closing) = closing_field(found.row.kind) else { return Ok(()) };
    let op = if closing == Field::End { OpKind::End } else { OpKind::CheckOut };
    loop {
        out.note(&out.word("cli-diff-ask-end", &[("a", &name), ("b", &report.to_string())]));
        let mut answer = String::new();
        if stdin().read_line(&mut answer).is_err() || answer.trim().is_empty() {
            return Ok(());
        }
        let Ok(last) = day(answer.trim()) else { continue };
        let Ok(mut follow_up) = FollowUp::new(op) else { return Ok(()) };
        follow_up.set(closing, &last.to_string());
        match client.follow_up(report, &follow_up) {
            Ok(_) => return Ok(()),
            Err(DraftError::Invalid { problems }) => {
                for problem in &problems {
                    out.note(&out.problem(problem).text);
                }
            }
            Err(error) => return Err(refused(error, client, out)),
        }
    }
}

impl Line for DiffLine {
    fn text(&self, out: &Output) -> String {
        let (style, sign) = match self.diff {
            "new" => (GOOD, "+"),
            "changed" => (WARN, "~"),
            _ => (BAD, "-"),
        };
        let row = self.row.map(|row| out.word("cli-roster-row", &[("n", &row.to_string())]));
        let fields: Vec<String> =
            self.fields.iter().map(|code| out.word(&format!("field-{code}"), &[])).collect();
        let what = out.word(&format!("cli-diff-{}", self.diff), &[]);
        let report = self.report_id.as_deref().unwrap_or_default();
        let next = match (self.diff, self.report_id.is_some()) {
            ("changed" | "gone", true) => {
                let command = if self.proposes == "amend" { "edit" } else { self.proposes };
                format!("\n    {DIM}apoa report {} {report}{DIM:#}", command.replace('_', "-"))
            }
            _ => String::new(),
        };
        let row = row.unwrap_or_default();
        format!("{style}{sign}{style:#} {BOLD}{row}{BOLD:#} {what} {}{next}", fields.join(", "))
    }
}
