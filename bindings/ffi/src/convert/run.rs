//! The queue, runs over it, and what they prove.

use std::time::Duration;

use apoa_core as core;
use apoa_core::ids::Timestamp;
use apoa_core::report::receipt::{ReceiptProblem, VerifiedReceipt};

/// An op with open work; nothing in it is personal.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct QueueRow {
    /// The report.
    pub report: String,
    /// The op; none while the office waits for a correction.
    pub op: Option<String>,
    /// What the op does.
    pub kind: Option<String>,
    /// What the server has proved.
    pub standing: String,
    /// What is left to do.
    pub work: String,
    /// When it is due, in milliseconds since 1970.
    pub due_ms: Option<i64>,
    /// How often it was sent.
    pub attempts: i64,
    /// Whether the server may have it already.
    pub maybe_sent: bool,
    /// The code of what holds it back.
    pub problem: Option<String>,
    /// Not before, in milliseconds since 1970.
    pub next_try_ms: Option<i64>,
}

impl From<core::QueueRow> for QueueRow {
    fn from(row: core::QueueRow) -> Self {
        let core::QueueRow { report, op, kind, standing, work, due, attempts, maybe_sent, problem, next_try } =
            row;
        let millis = |at: Option<Timestamp>| at.map(|at| at.0);
        Self {
            report: report.to_string(),
            op: op.map(|op| op.to_string()),
            kind: kind.map(|kind| kind.to_string()),
            standing: standing.as_str().to_owned(),
            work: work.as_str().to_owned(),
            due_ms: millis(due),
            attempts: i64::from(attempts),
            maybe_sent,
            problem,
            next_try_ms: millis(next_try),
        }
    }
}

/// Who asked for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Trigger {
    /// A person pressed "send now".
    Person,
    /// The platform's alarm clock.
    Schedule,
    /// The platform says that the network is back.
    NetworkUp,
}

/// A run over the outbox.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct SyncRequest {
    /// Chosen by the caller, for cancel.
    pub run: i64,
    /// The call returns within this time and half a second.
    pub budget_ms: i64,
    /// Who asked.
    pub trigger: Trigger,
}

impl From<SyncRequest> for core::SyncRequest {
    fn from(request: SyncRequest) -> Self {
        let SyncRequest { run, budget_ms, trigger } = request;
        Self {
            run: run.cast_unsigned(),
            budget: Duration::from_millis(u64::try_from(budget_ms).unwrap_or(0)),
            trigger: match trigger {
                Trigger::Person => core::Trigger::Person,
                Trigger::Schedule => core::Trigger::Schedule,
                Trigger::NetworkUp => core::Trigger::NetworkUp,
            },
        }
    }
}

/// What a run did to one report.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ItemReport {
    /// The report.
    pub report: String,
    /// The op.
    pub op: String,
    /// What became of it.
    pub outcome: String,
    /// What the server has proved now.
    pub standing: String,
    /// What is left to do now.
    pub work: String,
    /// The code of what holds it back.
    pub problem: Option<String>,
}

impl From<core::ItemReport> for ItemReport {
    fn from(item: core::ItemReport) -> Self {
        let core::ItemReport { report, op, outcome, standing, work, problem } = item;
        Self {
            report: report.to_string(),
            op: op.to_string(),
            outcome: outcome.as_str().to_owned(),
            standing: standing.as_str().to_owned(),
            work: work.as_str().to_owned(),
            problem: problem.map(|code| code.to_string()),
        }
    }
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SyncSummary {
    /// Ops that were sent, repeats included.
    pub sent: i64,
    /// Receipts that verified.
    pub received: i64,
    /// Reports that still wait.
    pub left: i64,
    /// What ended the run early.
    pub stopped_by: Option<String>,
    /// When the next run makes sense, in milliseconds since 1970.
    pub next_try_ms: Option<i64>,
    /// Each report whose state changed.
    pub items: Vec<ItemReport>,
}

impl From<core::SyncSummary> for SyncSummary {
    fn from(summary: core::SyncSummary) -> Self {
        let core::SyncSummary { sent, received, left, stopped_by, next_try, items } = summary;
        Self {
            sent: sent.into(),
            received: received.into(),
            left: left.into(),
            stopped_by: stopped_by.map(|by| by.to_string()),
            next_try_ms: next_try.map(|at| at.0),
            items: items.into_iter().map(ItemReport::from).collect(),
        }
    }
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptCheck {
    /// Whether it is signed by the server.
    pub valid: bool,
    /// The report it is about.
    pub report: Option<String>,
    /// The state it proves.
    pub standing: Option<String>,
    /// When it was issued, in milliseconds since 1970.
    pub issued_at_ms: Option<i64>,
    /// Whether it belongs to the passport in hand; nothing where none was given or the report named none.
    pub passport: Option<bool>,
    /// Why it proves nothing.
    pub reason: Option<String>,
}

impl ReceiptCheck {
    pub(crate) fn new(verified: Result<VerifiedReceipt, ReceiptProblem>, passport: Option<&str>) -> Self {
        match verified {
            Ok(receipt) => Self {
                valid: true,
                report: Some(receipt.about().report.to_string()),
                standing: Some(receipt.standing().as_str().to_owned()),
                issued_at_ms: Some(receipt.issued_at().0),
                passport: passport
                    .and_then(core::permit::normal_number)
                    .and_then(|number| receipt.belongs_to(&number)),
                reason: None,
            },
            Err(problem) => Self {
                valid: false,
                report: None,
                standing: None,
                issued_at_ms: None,
                passport: None,
                reason: Some(problem.to_string()),
            },
        }
    }
}

/// One line of the doctor.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Finding {
    /// What was looked at.
    pub check: String,
    /// The code of what is wrong with it.
    pub problem: Option<String>,
    /// How many reports it costs, where it costs any.
    pub reports: Option<i64>,
    /// How many were saved, where something was damaged.
    pub saved: Option<i64>,
}

impl From<core::Finding> for Finding {
    fn from(finding: core::Finding) -> Self {
        let core::Finding { check, problem, reports, saved } = finding;
        Self {
            check: check.as_str().to_owned(),
            problem: problem.map(|code| code.to_string()),
            reports: reports.map(i64::from),
            saved: saved.map(i64::from),
        }
    }
}
