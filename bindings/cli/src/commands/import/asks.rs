//! Those who are gone from a list are asked about, by a person's own word for the last day; without one nothing ends.

use std::io::{IsTerminal as _, stdin};

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::{FollowUp, closing_field};
use apoa_core::report::kinds::OpKind;
use apoa_core::roster::Difference;
use apoa_core::{ApoaClient, DraftError};

use crate::commands::report::refused;
use crate::failure::Stop;
use crate::output::{Output, on_terminal};
use crate::sources::day;

/// Asks whether the reports of those who are gone end, and when; returns how many do. Only a day that a person types
/// ends them: no option does, and without a terminal nothing is asked.
pub(super) fn ask(client: &ApoaClient, differences: &[Difference], out: &Output) -> Result<usize, Stop> {
    let gone: Vec<ReportId> = differences
        .iter()
        .filter_map(|difference| match difference {
            Difference::Gone { report } => Some(*report),
            Difference::New { .. } | Difference::Changed { .. } | Difference::Same { .. } => None,
        })
        .collect();
    if gone.is_empty() {
        return Ok(0);
    }
    let n = gone.len().to_string();
    if out.json || !stdin().is_terminal() || !on_terminal() {
        out.note(&out.word("cli-diff-gone-later", &[("n", &n)]));
        return Ok(0);
    }
    let mut ended = 0;
    for report in gone {
        ended += usize::from(end(client, report, out)?);
    }
    Ok(ended)
}

/// Whether it ends.
fn end(client: &ApoaClient, report: ReportId, out: &Output) -> Result<bool, Stop> {
    let Some(found) = client.report(report)? else { return Ok(false) };
    let name =
        found.row.summary.full_name.as_ref().map(|name| out.mask.field(Field::FullName, name.reveal()));
    let name = name.unwrap_or_default();
    let Some(closing) = closing_field(found.row.kind) else { return Ok(false) };
    let op = if closing == Field::End { OpKind::End } else { OpKind::CheckOut };
    loop {
        out.note(&out.word("cli-diff-ask-end", &[("a", &name), ("b", &report.to_string())]));
        let mut answer = String::new();
        if stdin().read_line(&mut answer).is_err() || answer.trim().is_empty() {
            return Ok(false);
        }
        let Ok(last) = day(answer.trim()) else {
            let (text, fix) = out.explain(Code::DateInvalid, &[]);
            out.note(&format!("{text} {fix}"));
            continue;
        };
        let Ok(mut follow_up) = FollowUp::new(op) else { return Ok(false) };
        follow_up.set(closing, &last.to_string());
        if op == OpKind::End {
            follow_up.set(Field::Reason, &out.word("cli-diff-gone-reason", &[]));
        }
        match client.follow_up(report, &follow_up) {
            Ok(_) => return Ok(true),
            Err(DraftError::Invalid { problems }) => {
                for problem in &problems {
                    out.note(&out.problem(problem).text);
                }
            }
            Err(error) => return Err(refused(error, client, out)),
        }
    }
}
