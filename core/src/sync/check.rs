//! `POST /ops/check`, pure: the batch of `POST /ops` under the path where nothing has an effect, and its verdicts.

use apoa_domain::codes::Code;
use apoa_domain::ids::OpId;
use apoa_domain::report::op::QueuedOp;
use serde::Deserialize;

use super::contract::{self, Sender};
use super::outcome::Trouble;
use super::wire::{WireReply, WireRequest};

/// What the server would make of an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would be received.
    Applied,
    /// It was received before.
    Duplicate,
    /// Another phone reported this stay: it would be received as the same one.
    Merged,
    /// Other data are needed.
    Invalid,
    /// The report was changed elsewhere.
    Conflict,
    /// Not now.
    Deferred,
    /// The server holds other bytes under this id.
    Mismatch,
    /// The server does not take it in this form.
    Unsupported,
}

impl Verdict {
    const ALL: &'static [Self] = &[
        Self::Applied,
        Self::Duplicate,
        Self::Merged,
        Self::Invalid,
        Self::Conflict,
        Self::Deferred,
        Self::Mismatch,
        Self::Unsupported,
    ];

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Merged => "merged",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::Deferred => "deferred",
            Self::Mismatch => "mismatch",
            Self::Unsupported => "unsupported",
        }
    }

    /// What would have to be mended first.
    pub fn problem(self) -> Option<Code> {
        match self {
            Self::Applied | Self::Duplicate | Self::Merged | Self::Deferred => None,
            Self::Invalid => Some(Code::CorrectionAsked),
            Self::Conflict => Some(Code::Conflict),
            Self::Mismatch => Some(Code::Contract),
            Self::Unsupported => Some(Code::UpdateRequired),
        }
    }
}

#[derive(Deserialize)]
struct CheckAnswer {
    results: Vec<CheckResult>,
}

#[derive(Deserialize)]
struct CheckResult {
    op_id: OpId,
    outcome: String,
}

/// The question.
pub(crate) fn request(sender: &Sender, ops: &[QueuedOp]) -> WireRequest {
    WireRequest { path: "/ops/check".to_owned(), ..contract::ops(sender, ops) }
}

/// The verdicts that are known here, in the server's order.
pub(crate) fn read(reply: &WireReply) -> Result<Vec<(OpId, Verdict)>, Trouble> {
    let answer: CheckAnswer = contract::json(reply)?;
    let known = |result: CheckResult| {
        let verdict = Verdict::ALL.iter().find(|verdict| verdict.as_str() == result.outcome)?;
        Some((result.op_id, *verdict))
    };
    Ok(answer.results.into_iter().filter_map(known).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_verdict_of_a_newer_server_is_passed_over() {
        let body = r#"{"server_time":"2026-11-24T03:00:00Z","results":[
            {"op_id":"0190a0b0-0000-7000-8000-000000000001","outcome":"invalid","state":null},
            {"op_id":"0190a0b0-0000-7000-8000-000000000002","outcome":"pondered","state":null}]}"#;
        let verdicts = read(&WireReply::of(200, "application/json", body)).unwrap();
        assert_eq!(verdicts.len(), 1);
        assert_eq!((verdicts[0].1, verdicts[0].1.problem()), (Verdict::Invalid, Some(Code::CorrectionAsked)));
    }
}
