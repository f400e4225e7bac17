//! Drafts, reports and their counts.

use std::collections::HashMap;

use apoa_core as core;
use apoa_core::fields::{Field, UnknownField};
use apoa_core::ids::ReportId;
use apoa_core::private::Private;
use apoa_core::report::draft::Facts;
use apoa_core::report::state::{Standing, Work};

use crate::error::{DraftError, InputError};

/// A report that is being put together: its kind and its facts by field code, as typed or scanned.
#[derive(Clone, uniffi::Record)]
pub struct Draft {
    /// The word of the contract, such as `lodging.check_in`.
    pub kind: String,
    /// Facts by field code.
    pub facts: HashMap<String, String>,
}

impl TryFrom<Draft> for core::report::draft::Draft {
    type Error = DraftError;

    fn try_from(draft: Draft) -> Result<Self, DraftError> {
        let Draft { kind, facts } = draft;
        let kind = kind
            .parse()
            .map_err(|_| DraftError::UnknownField { code: kind, nearest: "lodging.check_in".to_owned() })?;
        let mut converted = Self::new(kind);
        for (code, value) in facts {
            let field: Field = code.parse().map_err(|unknown: UnknownField| DraftError::UnknownField {
                code,
                nearest: unknown.nearest.to_string(),
            })?;
            converted.set(field, &value);
        }
        Ok(converted)
    }
}

/// One thing to mend, or to look at.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FieldProblem {
    /// The field's code.
    pub field: String,
    /// The stable code of what is wrong.
    pub code: String,
    /// Whether the report can be finalised all the same.
    pub notice: bool,
}

impl From<core::report::rules::FieldProblem> for FieldProblem {
    fn from(problem: core::report::rules::FieldProblem) -> Self {
        Self {
            code: problem.code().to_string(),
            notice: problem.is_notice(),
            field: problem.field.to_string(),
        }
    }
}

/// A report that is on disk.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Finalised {
    /// The report.
    pub report: String,
    /// Its op.
    pub op: String,
    /// When it is due, in milliseconds since 1970.
    pub due_ms: Option<i64>,
}

impl From<core::Finalised> for Finalised {
    fn from(finalised: core::Finalised) -> Self {
        let core::Finalised { report, op, due } = finalised;
        Self { report: report.to_string(), op: op.to_string(), due_ms: due.map(|due| due.0) }
    }
}

/// Which reports a list shows.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Page {
    /// Only those with this work left, by the contract's word.
    pub work: Option<String>,
    /// Only those of this standing, by the contract's word.
    pub standing: Option<String>,
    /// At most so many.
    pub limit: i32,
    /// Only those after this one, the last of the page before.
    pub after: Option<String>,
}

impl TryFrom<Page> for core::Page {
    type Error = InputError;

    fn try_from(page: Page) -> Result<Self, InputError> {
        let Page { work, standing, limit, after } = page;
        let work_of = |word: String| Work::ALL.iter().copied().find(|work| work.as_str() == word);
        let standing_of =
            |word: String| Standing::ALL.iter().copied().find(|standing| standing.as_str() == word);
        Ok(Self {
            work: work.map(|word| work_of(word).ok_or(InputError::of("no such work"))).transpose()?,
            standing: standing
                .map(|word| standing_of(word).ok_or(InputError::of("no such standing")))
                .transpose()?,
            limit: usize::try_from(limit).map_err(|_| InputError::of("a negative limit"))?,
            after: after.map(|report| parse_report(&report)).transpose()?,
        })
    }
}

pub(crate) fn parse_report(report: &str) -> Result<ReportId, InputError> {
    report.parse().map_err(|_| InputError::of("not a report's id"))
}

/// A row of a list.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[expect(clippy::struct_excessive_bools, reason = "facts that hold or do not, each by itself")]
pub struct ReportRow {
    /// The report.
    pub report: String,
    /// Its kind.
    pub kind: String,
    /// What the server has proved.
    pub standing: String,
    /// What is left to do.
    pub work: String,
    /// Whole name.
    pub full_name: Option<String>,
    /// Number of the travel document.
    pub passport_number: Option<String>,
    /// First day, ISO.
    pub first_date: Option<String>,
    /// Planned last day, ISO.
    pub planned_end: Option<String>,
    /// Last valid day of the permit, ISO.
    pub permit_expiry: Option<String>,
    /// Room.
    pub room: Option<String>,
    /// When it is due, in milliseconds since 1970.
    pub due_ms: Option<i64>,
    /// The account that typed it.
    pub captured_by: String,
    /// Its revision here.
    pub revision: i64,
    /// Whether the server has proved it closed, or it was discarded.
    pub closed: bool,
    /// Whether its data are on this device.
    pub here: bool,
    /// Whether its key opened it; otherwise enter again what was not sent (APOA-D702, D703).
    pub readable: bool,
    /// Whether it may not be shown to others, exported or erased.
    pub hold: bool,
}

impl From<core::ReportRow> for ReportRow {
    fn from(row: core::ReportRow) -> Self {
        let core::ReportRow {
            report,
            kind,
            standing,
            work,
            summary,
            due,
            captured_by,
            revision,
            closed,
            here,
            readable,
            hold,
        } = row;
        let core::Summary {
            full_name,
            passport_number,
            first_date,
            planned_end,
            permit_expiry,
            room,
            birth_date: _,
        } = summary;
        let shown = |value: Option<Private<String>>| value.map(|value| value.reveal().clone());
        Self {
            report: report.to_string(),
            kind: kind.to_string(),
            standing: standing.as_str().to_owned(),
            work: work.as_str().to_owned(),
            full_name: shown(full_name),
            passport_number: shown(passport_number),
            first_date: shown(first_date),
            planned_end: shown(planned_end),
            permit_expiry: shown(permit_expiry),
            room: shown(room),
            due_ms: due.map(|due| due.0),
            captured_by: captured_by.to_string(),
            revision: i64::from(revision.0),
            closed,
            here,
            readable,
            hold,
        }
    }
}

/// A report with its last finalised data and its receipts, newest first.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReportDetail {
    /// Its row.
    pub row: ReportRow,
    /// Its data by field code.
    pub facts: HashMap<String, String>,
    /// The server's receipts.
    pub receipts: Vec<String>,
    /// Codes of the facts that the office asks to correct.
    pub asked: Vec<String>,
    /// Why the office rejected it.
    pub rejected_because: Option<String>,
    /// Whose sign-in carried the last op that the server has proved.
    pub sent_by: Option<String>,
}

impl From<core::ReportDetail> for ReportDetail {
    fn from(detail: core::ReportDetail) -> Self {
        let core::ReportDetail { row, facts, receipts, decision, sent_by, history: _ } = detail;
        let sent_by = sent_by.map(|account| account.to_string());
        let asked = decision.asks.unwrap_or_default().iter().map(ToString::to_string).collect();
        Self {
            row: row.into(),
            facts: texts(&facts),
            receipts,
            asked,
            rejected_because: decision.reason,
            sent_by,
        }
    }
}

fn texts(facts: &Facts) -> HashMap<String, String> {
    facts.iter().map(|(field, value)| (field.to_string(), value.reveal().clone())).collect()
}

/// How many reports are in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Counts {
    /// Being typed.
    pub draft: i64,
    /// Waiting, nothing proved yet.
    pub queued: i64,
    /// Held back.
    pub wedged: i64,
    /// The office asks for other data.
    pub needs_correction: i64,
    /// The server has it.
    pub received: i64,
    /// The office accepted it.
    pub accepted: i64,
    /// The office rejected it.
    pub rejected: i64,
    /// Withdrawn.
    pub cancelled: i64,
    /// Dropped before the server saw it.
    pub discarded: i64,
}

impl From<core::Counts> for Counts {
    fn from(counts: core::Counts) -> Self {
        let core::Counts {
            draft,
            queued,
            wedged,
            needs_correction,
            received,
            accepted,
            rejected,
            cancelled,
            discarded,
        } = counts;
        Self {
            draft: draft.into(),
            queued: queued.into(),
            wedged: wedged.into(),
            needs_correction: needs_correction.into(),
            received: received.into(),
            accepted: accepted.into(),
            rejected: rejected.into(),
            cancelled: cancelled.into(),
            discarded: discarded.into(),
        }
    }
}
