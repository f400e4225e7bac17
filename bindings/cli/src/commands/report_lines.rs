//! What `apoa report` says: a saved report, the row of a list, one report with its history.

use std::collections::BTreeMap;

use apoa_core::codes::Code;
use apoa_core::ids::ReportId;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{Event, Finalised, ReportDetail, ReportRow};
use serde::Serialize;

use super::mrz::Place;
use crate::mask::Mask;
use crate::output::{BOLD, DIM, GOOD, Line, Output, table};
use crate::values;

#[derive(Debug, Serialize)]
pub(super) struct NewLine {
    report_id: String,
    op_id: Option<String>,
    work: &'static str,
    standing: &'static str,
    due: Option<String>,
    /// Characters of a new report's facts that came from a passport and that no digit proves.
    #[serde(skip_serializing_if = "Option::is_none")]
    unproven: Option<Vec<Place>>,
}

#[derive(Debug, Serialize)]
pub(super) struct RowLine {
    report_id: String,
    kind: &'static str,
    standing: &'static str,
    work: &'static str,
    full_name: Option<String>,
    passport_number: Option<String>,
    first_date: Option<String>,
    planned_end: Option<String>,
    due: Option<String>,
    captured_by: String,
    revision: u32,
    closed: bool,
    here: bool,
    readable: bool,
}

/// One line of a report's history.
#[derive(Debug, Serialize)]
pub(super) struct EventLine {
    at: String,
    what: &'static str,
    op_id: Option<String>,
    code: Option<String>,
    actor: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ShowLine {
    #[serde(flatten)]
    row: RowLine,
    data: BTreeMap<&'static str, String>,
    receipts: Vec<String>,
    /// What the office asks to correct.
    asked: Vec<&'static str>,
    /// Why it rejected the report.
    reason: Option<String>,
    sent_by: Option<String>,
    hold: bool,
    history: Vec<EventLine>,
}

impl NewLine {
    pub(super) fn of(filed: &Finalised, standing: Standing) -> Self {
        Self {
            report_id: filed.report.to_string(),
            op_id: Some(filed.op.to_string()),
            work: Work::Queued.as_str(),
            standing: standing.as_str(),
            due: filed.due.map(|due| due.to_string()),
            unproven: None,
        }
    }

    /// The same with what is left to the eye.
    pub(super) fn with_unproven(self, unproven: Vec<Place>) -> Self {
        Self { unproven: Some(unproven), ..self }
    }

    pub(super) fn draft(report: ReportId) -> Self {
        Self::without_op(report, Work::Draft)
    }

    pub(super) fn without_op(report: ReportId, work: Work) -> Self {
        let standing = Standing::None.as_str();
        Self {
            report_id: report.to_string(),
            op_id: None,
            work: work.as_str(),
            standing,
            due: None,
            unproven: None,
        }
    }
}

impl ShowLine {
    pub(super) fn of(detail: ReportDetail, mask: Mask) -> Self {
        let data =
            detail.facts.iter().map(|(field, value)| (field.as_str(), mask.field(*field, value.reveal())));
        Self {
            row: RowLine::of(&detail.row, mask),
            data: data.collect(),
            receipts: detail.receipts,
            asked: detail.decision.asks.unwrap_or_default().iter().map(|field| field.as_str()).collect(),
            reason: detail.decision.reason,
            sent_by: detail.sent_by.map(|account| account.to_string()),
            hold: detail.row.hold,
            history: detail.history.iter().map(EventLine::of).collect(),
        }
    }
}

impl EventLine {
    pub(super) fn of(event: &Event) -> Self {
        Self {
            at: event.at.to_string(),
            what: event.what.as_str(),
            op_id: event.op.map(|op| op.to_string()),
            code: event.code.clone(),
            actor: event.actor.map(|actor| actor.to_string()),
        }
    }
}

impl RowLine {
    pub(super) fn of(row: &ReportRow, mask: Mask) -> Self {
        use apoa_core::fields::Field;
        let summary = &row.summary;
        let day =
            |day: &Option<apoa_core::private::Private<String>>| day.as_ref().map(|day| day.reveal().clone());
        Self {
            report_id: row.report.to_string(),
            kind: row.kind.as_str(),
            standing: row.standing.as_str(),
            work: row.work.as_str(),
            full_name: summary.full_name.as_ref().map(|name| mask.field(Field::FullName, name.reveal())),
            passport_number: summary
                .passport_number
                .as_ref()
                .map(|number| mask.field(Field::PassportNumber, number.reveal())),
            first_date: day(&summary.first_date),
            planned_end: day(&summary.planned_end),
            due: row.due.map(|due| due.to_string()),
            captured_by: row.captured_by.to_string(),
            revision: row.revision.0,
            closed: row.closed,
            here: row.here,
            readable: row.readable,
        }
    }

    /// What is proved, or else what is to be done.
    fn state(&self, out: &Output) -> String {
        if !self.readable {
            return out.word("row-unreadable", &[]);
        }
        out.state(self.standing, self.work)
    }
}

impl Line for NewLine {
    fn text(&self, out: &Output) -> String {
        let (said, next) = match self.work {
            "draft" => ("cli-draft-saved", "cli-next-edit"),
            "discarded" => ("state-discarded", "cli-nothing-sent"),
            _ => ("cli-saved", "cli-next-sync"),
        };
        let saved = out.word(said, &[]);
        let rows = [
            (out.word("word-report", &[]), Some(self.report_id.clone())),
            (out.word("word-due", &[]), self.due.as_deref().map(|due| out.moment(due))),
        ];
        format!("{GOOD}✓{GOOD:#} {BOLD}{saved}{BOLD:#}\n{}\n{}", table(&rows), out.word(next, &[]))
    }
}

impl Line for RowLine {
    fn text(&self, out: &Output) -> String {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        format!(
            "{}  {:18}  {:10}  {DIM}{}{DIM:#}  {}",
            self.report_id,
            shown(&self.full_name),
            shown(&self.passport_number),
            self.first_date.as_deref().map_or_else(|| "–".to_owned(), |day| out.day(day)),
            self.state(out)
        )
    }
}

/// What the office says of a report: what it wants corrected, or why it rejected it.
pub(super) fn decision(detail: &ReportDetail, out: &Output) -> Option<String> {
    let asked: Vec<&str> = detail.decision.asks.iter().flatten().map(|field| field.as_str()).collect();
    said_of(&asked, detail.decision.reason.as_deref(), out)
}

fn said_of(asked: &[&str], reason: Option<&str>, out: &Output) -> Option<String> {
    if let Some(reason) = reason {
        return Some(out.explain(Code::Rejected, &[("cause", reason.to_owned())]).0);
    }
    let fields: Vec<_> = asked.iter().map(|code| out.word(&format!("field-{code}"), &[])).collect();
    (!fields.is_empty()).then(|| out.explain(Code::CorrectionAsked, &[("field", fields.join(", "))]).0)
}

/// A fact in words, of any code.
fn spoken(code: &str, value: &str, out: &Output) -> String {
    code.parse().map_or_else(|_| value.to_owned(), |field| values::said(field, value, out))
}

impl Line for ShowLine {
    fn text(&self, out: &Output) -> String {
        let facts: Vec<_> = self
            .data
            .iter()
            .map(|(code, value)| (out.word(&format!("field-{code}"), &[]), Some(spoken(code, value, out))))
            .collect();
        let state = said_of(&self.asked, self.reason.as_deref(), out).unwrap_or_else(|| self.row.state(out));
        format!(
            "{BOLD}{}{BOLD:#} {} · {state}\n{}\n  {} {}",
            out.kind(self.row.kind),
            self.row.report_id,
            table(&facts),
            self.receipts.len(),
            out.word("word-receipts", &[])
        )
    }
}
