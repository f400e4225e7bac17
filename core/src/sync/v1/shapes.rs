//! JSON as `core/api/openapi.yaml` fixes it, where it is not already the form of a value. An answer may carry members
//! that are not known here.

use apoa_domain::ids::{OpId, ReportId};
use apoa_domain::private::Private;
use serde::{Deserialize, Serialize};

use crate::sync::contract::Claim;

#[derive(Serialize)]
pub(super) struct OpsRequest<'a> {
    pub(super) schema: u32,
    pub(super) ops: Vec<Op<'a>>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
pub(super) struct Op<'a> {
    pub(super) op_id: OpId,
    pub(super) kind: &'static str,
    pub(super) report_id: ReportId,
    pub(super) revision: u32,
    pub(super) base_revision: u32,
    pub(super) body_sha256: String,
    pub(super) body: &'a str,
}

#[derive(Deserialize)]
pub(super) struct OpsAnswer {
    pub(super) results: Vec<OpResult>,
}

#[derive(Deserialize)]
pub(super) struct OpResult {
    pub(super) op_id: OpId,
    outcome: String,
    receipt: Option<String>,
    same_as: Option<ReportId>,
}

impl OpResult {
    /// Whatever is not known is never final: tried again.
    pub(super) fn claim(self) -> Claim {
        match self.outcome.as_str() {
            "applied" | "duplicate" | "merged" => {
                Claim::Done { receipt: self.receipt.unwrap_or_default(), same_as: self.same_as }
            }
            "invalid" => Claim::Invalid,
            "conflict" => Claim::Conflict,
            "mismatch" => Claim::Mismatch,
            "unsupported" => Claim::Unsupported,
            _ => Claim::Later,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ChallengeAnswer {
    pub(super) authorization_code: Private<String>,
}

/// The answer of `POST /ops/check`.
#[derive(Deserialize)]
pub(super) struct CheckAnswer {
    pub(super) results: Vec<CheckResult>,
}

/// A verdict of it.
#[derive(Deserialize)]
pub(super) struct CheckResult {
    pub(super) op_id: OpId,
    pub(super) outcome: String,
}
