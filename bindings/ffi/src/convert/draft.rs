//! Drafts, what is wrong with them, and what becomes of them.

use std::collections::HashMap;

use apoa_core as core;
use apoa_core::fields::{Field, UnknownField};
use apoa_core::report::draft::Facts;
use apoa_core::report::{finalise, rules};

use super::ids::{Instant, OpId, ReportId};
use super::words::{Obstacle, OpKind, Reason, ReportKind, Verdict};
use crate::error::DraftError;

/// A report that is being put together: its kind and its facts by field code, as typed or scanned.
#[derive(Clone, uniffi::Record)]
pub struct Draft {
    /// What it is about.
    pub kind: ReportKind,
    /// Facts by field code.
    pub facts: HashMap<String, String>,
}

impl TryFrom<Draft> for core::report::draft::Draft {
    type Error = DraftError;

    fn try_from(draft: Draft) -> Result<Self, DraftError> {
        let Draft { kind, facts } = draft;
        let mut converted = Self::new(kind);
        for (field, value) in pairs(facts)? {
            converted.set(field, &value);
        }
        Ok(converted)
    }
}

impl From<core::report::draft::Draft> for Draft {
    fn from(draft: core::report::draft::Draft) -> Self {
        Self { kind: draft.kind(), facts: texts(draft.facts()) }
    }
}

/// A code that is not in the dictionary.
pub(crate) struct NoSuchField {
    pub(crate) code: String,
    pub(crate) nearest: String,
}

/// A field by its code.
fn field(code: &str) -> Result<Field, NoSuchField> {
    code.parse().map_err(|unknown: UnknownField| NoSuchField {
        code: code.to_owned(),
        nearest: unknown.nearest.to_string(),
    })
}

/// Texts by field.
pub(crate) fn pairs(texts: HashMap<String, String>) -> Result<Vec<(Field, String)>, NoSuchField> {
    texts.into_iter().map(|(code, text)| Ok((field(&code)?, text))).collect()
}

/// Facts by field code.
pub(crate) fn texts(facts: &Facts) -> HashMap<String, String> {
    facts.iter().map(|(field, value)| (field.to_string(), value.reveal().clone())).collect()
}

/// What a comparison of permit and passport came to, to be frozen with the report.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Compared {
    /// The whole verdict.
    pub verdict: Verdict,
    /// The rules behind it, the deciding one first.
    pub reasons: Vec<Reason>,
}

impl From<Compared> for finalise::Compared {
    fn from(compared: Compared) -> Self {
        let Compared { verdict, reasons } = compared;
        Self { verdict, reasons }
    }
}

/// One thing to mend, or to look at.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FieldProblem {
    /// The field's code.
    pub field: String,
    /// What is wrong with its value.
    pub problem: Problem,
    /// The stable code of what is wrong.
    pub code: String,
    /// Whether the report can be finalised all the same.
    pub notice: bool,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Problem {
    /// It is not there.
    NotThere,
    /// No such day, or not written as one.
    NotADate,
    /// Before the day it may be earliest.
    Before {
        /// That day, ISO.
        earliest: String,
    },
    /// After the day it may be latest.
    After {
        /// That day, ISO.
        latest: String,
    },
    /// More characters than allowed.
    TooLong {
        /// So many are allowed.
        most: i32,
    },
    /// Hidden characters, mixed scripts, or not one of the words, codes or numbers of the field.
    Characters,
    /// The field belongs to another kind of report, or to another op.
    Foreign {
        /// The code of the field that was probably meant.
        meant: String,
    },
    /// More than a year ago: a notice, no obstacle.
    LongAgo,
}

impl From<rules::FieldProblem> for FieldProblem {
    fn from(problem: rules::FieldProblem) -> Self {
        let (code, notice) = (problem.code().to_string(), problem.is_notice());
        let rules::FieldProblem { field, problem } = problem;
        Self { field: field.to_string(), problem: problem.into(), code, notice }
    }
}

impl From<rules::Problem> for Problem {
    fn from(problem: rules::Problem) -> Self {
        match problem {
            rules::Problem::Missing => Self::NotThere,
            rules::Problem::NotADate => Self::NotADate,
            rules::Problem::Before(day) => Self::Before { earliest: day.to_string() },
            rules::Problem::After(day) => Self::After { latest: day.to_string() },
            rules::Problem::TooLong(most) => Self::TooLong { most: super::count(most) },
            rules::Problem::Characters => Self::Characters,
            rules::Problem::Foreign(meant) => Self::Foreign { meant: meant.to_string() },
            rules::Problem::LongAgo => Self::LongAgo,
        }
    }
}

/// A report that is on disk.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Finalised {
    /// The report.
    pub report: ReportId,
    /// Its op.
    pub op: OpId,
    /// When it is due, if at all.
    pub due: Option<Instant>,
}

impl From<core::Finalised> for Finalised {
    fn from(finalised: core::Finalised) -> Self {
        let core::Finalised { report, op, due } = finalised;
        Self { report, op, due }
    }
}

/// An operation on a report as it stands.
#[derive(Clone, uniffi::Record)]
pub struct FollowUp {
    /// What it does.
    pub kind: FollowUpKind,
    /// Its facts by field code.
    pub facts: HashMap<String, String>,
}

/// What a follow-up does. A withdrawal and a photo have calls of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum FollowUpKind {
    /// A lodging stay lasts longer.
    Extend,
    /// The guest left.
    CheckOut,
    /// A worker's circumstances changed.
    Change,
    /// A job ended.
    End,
}

impl TryFrom<FollowUp> for core::report::follow_up::FollowUp {
    type Error = DraftError;

    fn try_from(follow_up: FollowUp) -> Result<Self, DraftError> {
        let FollowUp { kind, facts } = follow_up;
        let op = match kind {
            FollowUpKind::Extend => OpKind::Extend,
            FollowUpKind::CheckOut => OpKind::CheckOut,
            FollowUpKind::Change => OpKind::Change,
            FollowUpKind::End => OpKind::End,
        };
        let mut converted =
            Self::new(op).map_err(|_| DraftError::NotPossible { why: Obstacle::OtherKind })?;
        for (field, value) in pairs(facts)? {
            converted.set(field, &value);
        }
        Ok(converted)
    }
}

/// What became of a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Withdrawn {
    /// The server never had the report: it is gone from the queue, and soon from this device.
    Discarded,
    /// The server may have it: the withdrawal waits to be sent.
    Queued {
        /// The withdrawal.
        cancel: Finalised,
    },
}

impl From<core::Withdrawn> for Withdrawn {
    fn from(withdrawn: core::Withdrawn) -> Self {
        match withdrawn {
            core::Withdrawn::Discarded => Self::Discarded,
            core::Withdrawn::Queued(cancel) => Self::Queued { cancel: cancel.into() },
        }
    }
}
