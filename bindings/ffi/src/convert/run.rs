//! Runs over the queue, questions about it, and look-ups.

use std::collections::HashMap;

use apoa_core as core;
use apoa_core::permit::{KeyKind, RecordKey};
use apoa_core::private::Private;

use super::ids::{Instant, OpId, ReportId};
use super::millis;
use super::words::{ItemOutcome, NumberKind, Standing, StoppedBy, TriedVerdict, Trigger, Work};

/// A run over the outbox.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct SyncRequest {
    /// Chosen by the caller, for cancel.
    pub run: i64,
    /// The call returns within this time and half a second, in milliseconds; below 0 counts as 0.
    pub budget_ms: i64,
    /// Who asked.
    pub trigger: Trigger,
}

impl From<SyncRequest> for core::SyncRequest {
    fn from(request: SyncRequest) -> Self {
        let SyncRequest { run, budget_ms, trigger } = request;
        Self { run: run.cast_unsigned(), budget: millis(budget_ms), trigger }
    }
}

/// What a run did to one report.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ItemReport {
    /// The report.
    pub report: ReportId,
    /// The op.
    pub op: OpId,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// What the server has proved now.
    pub standing: Standing,
    /// What is left to do now.
    pub work: Work,
    /// The code of what holds it back.
    pub problem: Option<String>,
}

impl From<core::ItemReport> for ItemReport {
    fn from(item: core::ItemReport) -> Self {
        let core::ItemReport { report, op, outcome, standing, work, problem } = item;
        Self { report, op, outcome, standing, work, problem: problem.map(|code| code.to_string()) }
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
    pub stopped_by: Option<StoppedBy>,
    /// When the next run makes sense, if anything waits for its time.
    pub next_try: Option<Instant>,
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
            stopped_by,
            next_try,
            items: items.into_iter().map(ItemReport::from).collect(),
        }
    }
}

/// A question about the queue.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct TryOutRequest {
    /// Chosen by the caller, for cancel; unlike that of a run under way.
    pub run: i64,
    /// Each request ends within this time and half a second, in milliseconds; below 0 counts as 0.
    pub budget_ms: i64,
}

impl From<TryOutRequest> for core::TryOutRequest {
    fn from(request: TryOutRequest) -> Self {
        let TryOutRequest { run, budget_ms } = request;
        Self { run: run.cast_unsigned(), budget: millis(budget_ms) }
    }
}

/// An op and what the server would make of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct TriedOut {
    /// The report.
    pub report: ReportId,
    /// Its op that would go next.
    pub op: OpId,
    /// The server's word.
    pub verdict: TriedVerdict,
    /// The code of what would have to be mended first.
    pub problem: Option<String>,
}

impl From<core::TriedOut> for TriedOut {
    fn from(tried: core::TriedOut) -> Self {
        let core::TriedOut { report, op, verdict } = tried;
        Self { report, op, verdict, problem: verdict.problem().map(|code| code.to_string()) }
    }
}

/// How long a look-up may take.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct LookUpRequest {
    /// Chosen by the caller, for cancel; unlike that of a run under way.
    pub run: i64,
    /// The call returns within this time and half a second, in milliseconds; below 0 counts as 0.
    pub budget_ms: i64,
}

impl From<LookUpRequest> for core::LookUpRequest {
    fn from(request: LookUpRequest) -> Self {
        let LookUpRequest { run, budget_ms } = request;
        Self { run: run.cast_unsigned(), budget: millis(budget_ms) }
    }
}

/// A key to ask our own server with: what a code names.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum LookUpKey {
    /// A record of the issuer.
    RecordId {
        /// Its id.
        id: String,
    },
    /// A number printed on the paper.
    PrintedNumber {
        /// Whose it is.
        kind: NumberKind,
        /// The number.
        number: String,
    },
    /// Text that only the server understands.
    Token {
        /// The text.
        text: String,
    },
}

impl From<RecordKey> for LookUpKey {
    fn from(key: RecordKey) -> Self {
        let RecordKey { kind, key } = key;
        let text = key.reveal().clone();
        match kind {
            KeyKind::RecordId => Self::RecordId { id: text },
            KeyKind::Number(kind) => Self::PrintedNumber { kind, number: text },
            KeyKind::Token => Self::Token { text },
        }
    }
}

impl From<LookUpKey> for RecordKey {
    fn from(key: LookUpKey) -> Self {
        let (kind, text) = match key {
            LookUpKey::RecordId { id } => (KeyKind::RecordId, id),
            LookUpKey::PrintedNumber { kind, number } => (KeyKind::Number(kind), number),
            LookUpKey::Token { text } => (KeyKind::Token, text),
        };
        Self { kind, key: Private::new(text) }
    }
}

/// What the server knows of a key.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum LookedUp {
    /// What the office's register says of a permit and its holder.
    Found {
        /// Facts by field code, in normal forms.
        facts: HashMap<String, String>,
    },
    /// No permit by this key. It says nothing about the person: the register may lag behind.
    NotFound,
}

impl From<core::LookedUp> for LookedUp {
    fn from(looked_up: core::LookedUp) -> Self {
        match looked_up {
            core::LookedUp::Found(core::Record { fields }) => {
                let fact =
                    |(field, value): (core::fields::Field, &str)| (field.to_string(), value.to_owned());
                Self::Found { facts: fields.iter().map(fact).collect() }
            }
            core::LookedUp::Unknown => Self::NotFound,
        }
    }
}
