//! What an operation does: idempotency first, then the contract's rules, then its effect and receipt. Not its job:
//! HTTP, accounts, SQL.
//!
//! Invariants:
//! - an `op_id` has at most one effect in a unit; the effect, the record of it and its receipt commit together;
//! - the same bytes again give the stored outcome and the byte-equal receipt;
//! - an operation without an effect leaves nothing behind.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::effects::{self, Change};
use crate::error::ServerError;
use crate::fields;
use crate::json;
use crate::model::{OpKind, Outcome, Report, ReportKind, ReportState, StoredOp};
use crate::problem::{Kind, Problem};
use crate::receipts;
use crate::storage::Tables;
use crate::validate::{self, Body};

/// Version of the frozen bodies this server reads.
pub(crate) const SCHEMA: u32 = 1;
/// Operations in one request.
pub(crate) const BATCH_OPS: usize = 50;
/// Bytes of a frozen body.
pub(crate) const OP_BYTES: usize = 8192;

/// Body of `POST /ops`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    pub(crate) schema: u32,
    pub(crate) ops: Vec<Envelope>,
}

/// One operation as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    pub(crate) op_id: Uuid,
    pub(crate) kind: OpKind,
    pub(crate) report_id: Uuid,
    pub(crate) revision: u32,
    pub(crate) base_revision: u32,
    pub(crate) body_sha256: String,
    pub(crate) body: String,
}

/// Who sends, for which unit, and what is needed to answer.
pub(crate) struct Sender<'a> {
    pub(crate) unit: Uuid,
    pub(crate) account: Uuid,
    pub(crate) device: Uuid,
    pub(crate) now_ms: i64,
    pub(crate) key: &'a SigningKey,
    /// Contents of photos that the configuration asks for.
    pub(crate) attachments: &'a [String],
}

/// One result of the answer.
#[derive(Serialize)]
pub(crate) struct OpResult {
    pub(crate) op_id: Uuid,
    pub(crate) outcome: Outcome,
    pub(crate) state: Option<ReportState>,
    pub(crate) server_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) same_as: Option<Uuid>,
}

impl OpResult {
    /// What is stored about an operation, under the given outcome.
    pub(crate) fn stored(op: StoredOp, outcome: Outcome) -> Self {
        Self {
            op_id: op.id,
            outcome,
            state: Some(op.state),
            server_version: Some(op.version),
            receipt: Some(op.receipt),
            problem: None,
            same_as: op.same_as,
        }
    }

    /// The store could not keep an operation now.
    pub(crate) fn not_kept(op_id: Uuid) -> Self {
        Self {
            op_id,
            outcome: Outcome::Deferred,
            state: None,
            server_version: None,
            receipt: None,
            problem: Some(Problem::new(Kind::Internal)),
            same_as: None,
        }
    }

    /// Whether something was committed that was not there before.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.outcome, Outcome::Applied | Outcome::Merged)
    }
}

/// What would have become of an operation: a result without whatever only an effect brings.
#[derive(Serialize)]
pub(crate) struct Verdict {
    op_id: Uuid,
    outcome: Outcome,
    state: Option<ReportState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<Uuid>,
}

impl From<OpResult> for Verdict {
    fn from(result: OpResult) -> Self {
        let OpResult { op_id, outcome, state, server_version: _, receipt: _, problem, same_as } = result;
        Self { op_id, outcome, state, problem, same_as }
    }
}

/// Why an operation has no effect.
struct Refusal {
    outcome: Outcome,
    problem: Problem,
    version: Option<i64>,
}

impl Refusal {
    fn new(outcome: Outcome, problem: Problem) -> Self {
        Self { outcome, problem, version: None }
    }

    fn mismatch() -> Self {
        Self::new(Outcome::Mismatch, Problem::new(Kind::Mismatch))
    }

    fn unsupported(kind: Kind) -> Self {
        Self::new(Outcome::Unsupported, Problem::new(kind))
    }

    fn conflict(report: Option<&Report>) -> Self {
        Self {
            version: report.map(|report| report.version),
            ..Self::new(Outcome::Conflict, Problem::new(Kind::RevisionConflict))
        }
    }
}

/// Files one operation inside the caller's transaction.
pub(crate) fn file(
    tables: &mut dyn Tables,
    sender: &Sender<'_>,
    op: &Envelope,
) -> Result<OpResult, ServerError> {
    if let Some(stored) = tables.op(sender.unit, op.op_id)? {
        return repeat(tables, op, stored);
    }
    match judge(tables, sender, op)? {
        Err(refusal) => Ok(OpResult {
            op_id: op.op_id,
            outcome: refusal.outcome,
            state: None,
            server_version: refusal.version,
            receipt: None,
            problem: Some(refusal.problem),
            same_as: None,
        }),
        Ok(accepted) => commit(tables, sender, op, accepted),
    }
}

/// The operation had its effect before.
fn repeat(tables: &mut dyn Tables, op: &Envelope, stored: StoredOp) -> Result<OpResult, ServerError> {
    let same = stored.sha256 == op.body_sha256
        && stored.sha256 == receipts::sha256_hex(op.body.as_bytes())
        && stored.report == op.report_id
        && stored.kind == op.kind
        && stored.revision == op.revision;
    if !same {
        return Ok(OpResult {
            op_id: op.op_id,
            outcome: Outcome::Mismatch,
            state: None,
            server_version: None,
            receipt: None,
            problem: Some(Problem::new(Kind::Mismatch)),
            same_as: None,
        });
    }
    tables.saw_op_again(stored.unit, stored.id)?;
    Ok(OpResult::stored(stored, Outcome::Duplicate))
}

/// An operation that will have an effect.
struct Accepted {
    body: Body,
    before: Option<Report>,
    after: Change,
    duplicate_key: Option<String>,
    same_as: Option<Uuid>,
}

/// Looks at everything that can be wrong, cheapest first.
fn judge(
    tables: &mut dyn Tables,
    sender: &Sender<'_>,
    op: &Envelope,
) -> Result<Result<Accepted, Refusal>, ServerError> {
    if receipts::sha256_hex(op.body.as_bytes()) != op.body_sha256 {
        return Ok(Err(Refusal::mismatch()));
    }
    let Some(body) = json::read::<Body>(op.body.as_bytes()) else {
        return Ok(Err(Refusal::unsupported(Kind::Malformed)));
    };
    if body.v != SCHEMA {
        return Ok(Err(Refusal::unsupported(Kind::SchemaUnsupported)));
    }
    if !envelope_fits(op, &body, sender.unit) {
        return Ok(Err(Refusal::mismatch()));
    }
    let submit = body.kind == OpKind::Submit;
    let sane_revisions = body.base_revision < body.revision && submit == (body.base_revision == 0);
    let sane_salt = Base64UrlUnpadded::decode_vec(&body.salt).is_ok_and(|salt| salt.len() == 16);
    if !sane_revisions || !sane_salt {
        return Ok(Err(Refusal::unsupported(Kind::Malformed)));
    }
    let Some(codes) = fields::codes(body.kind, body.report_kind) else {
        return Ok(Err(Refusal::unsupported(Kind::Malformed)));
    };
    let text = |code: &str| body.data.get(code).and_then(Value::as_str);
    let asked_for = |content: &str| sender.attachments.iter().any(|known| known == content);
    if body.kind == OpKind::Attach && !text("content").is_some_and(asked_for) {
        // The configuration names no such content.
        return Ok(Err(Refusal::unsupported(Kind::SchemaUnsupported)));
    }
    let before = tables.report(sender.unit, body.report_id)?;
    match &before {
        None if submit => {}
        Some(report) if !submit && report.kind != body.report_kind => return Ok(Err(Refusal::mismatch())),
        Some(report) if !submit && report.revision == body.base_revision => {}
        _ => return Ok(Err(Refusal::conflict(before.as_ref()))),
    }
    let mut problems =
        validate::problems(body.kind, body.report_kind, &codes, &body.data, effects::today(sender.now_ms));
    let after = effects::apply(body.kind, body.report_kind, before.as_ref(), &body.data);
    if problems.is_empty() {
        problems = effects::problems(body.kind, before.as_ref(), &after);
    }
    if !problems.is_empty() {
        let problem = Problem::with_fields(Kind::Invalid, problems);
        return Ok(Err(Refusal::new(Outcome::Invalid, problem)));
    }
    if let (OpKind::Attach, Some(photo)) = (body.kind, text("sha256"))
        && !tables.has_attachment(sender.unit, photo)?
    {
        return Ok(Err(Refusal::new(Outcome::Deferred, Problem::new(Kind::PhotoMissing))));
    }
    let duplicate_key = duplicate_key(body.report_kind, &after.data);
    let same_as = match (&before, &duplicate_key) {
        (None, Some(key)) => tables.live(sender.unit, key)?,
        (Some(report), _) => report.same_as,
        (None, None) => None,
    };
    Ok(Ok(Accepted { body, before, after, duplicate_key, same_as }))
}

fn envelope_fits(op: &Envelope, body: &Body, unit: Uuid) -> bool {
    body.op_id == op.op_id
        && body.report_id == op.report_id
        && body.unit_id == unit
        && body.kind == op.kind
        && body.revision == op.revision
        && body.base_revision == op.base_revision
}

/// Kind, normalised number and first date; refusals have none.
fn duplicate_key(kind: ReportKind, data: &Map<String, Value>) -> Option<String> {
    if kind == ReportKind::Refusal {
        return None;
    }
    let number = data.get("passport_number")?.as_str()?;
    let date = data.get(fields::first_date_code(kind))?.as_str()?;
    Some(format!("{}|{number}|{date}", kind.as_str()))
}

/// Writes effect, record and receipt.
fn commit(
    tables: &mut dyn Tables,
    sender: &Sender<'_>,
    op: &Envelope,
    accepted: Accepted,
) -> Result<OpResult, ServerError> {
    let Accepted { body, before, after, duplicate_key, same_as } = accepted;
    let merged = before.is_none() && same_as.is_some();
    let version = tables.next_version(sender.unit)?;
    let report = Report {
        id: body.report_id,
        unit: sender.unit,
        kind: body.report_kind,
        state: after.state,
        closed: after.closed,
        revision: body.revision,
        version,
        captured_by: before.as_ref().map_or(body.captured_by, |report| report.captured_by),
        received_ms: before.as_ref().map_or(sender.now_ms, |report| report.received_ms),
        duplicate_key,
        same_as,
        data: after.data,
        decision: after.decision,
        receipt: String::new(),
    };
    let receipt = receipts::of(&report, body.op_id, &op.body_sha256, sender.now_ms, sender.key)?;
    let was_closed = before.as_ref().is_some_and(|report| report.closed);
    tables.put_report(&Report { receipt: receipt.clone(), ..report })?;
    if was_closed != after.closed {
        tables.close_merged(sender.unit, body.report_id, after.closed)?;
    }
    let stored = StoredOp {
        id: body.op_id,
        unit: sender.unit,
        report: body.report_id,
        kind: body.kind,
        revision: body.revision,
        sha256: op.body_sha256.clone(),
        outcome: if merged { Outcome::Merged } else { Outcome::Applied },
        state: after.state,
        version,
        same_as: if merged { same_as } else { None },
        receipt,
        times_seen: 1,
        device: sender.device,
        sent_by: sender.account,
        body: op.body.clone(),
    };
    tables.add_op(&stored)?;
    let outcome = stored.outcome;
    Ok(OpResult::stored(stored, outcome))
}
