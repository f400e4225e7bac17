//! Ops to requests, answers to outcomes: the contract of `core/api/openapi.yaml`, pure. Whatever a server of another
//! contract would need differently stands in this file alone.

use apoa_domain::ids::{DeviceId, Digest, OpId, UnitId};
use apoa_domain::jws::VerifyingKeys;
use apoa_domain::private::Private;
use apoa_domain::report::finalise::BODY_VERSION;
use apoa_domain::report::op::QueuedOp;
use apoa_domain::report::receipt::Expected;
use url::form_urlencoded::Serializer;

use super::outcome::{self, OpOutcome, StoppedBy, Trouble};
use super::policy::PAGE;
use super::wire::{
    Body, ChallengeAnswer, ChangesAnswer, FORM_TYPE, JPEG_TYPE, JSON_TYPE, JWT_TYPE, Method, Op, OpsAnswer,
    OpsRequest, TokenAnswer, WireReply, WireRequest,
};

/// Who asks: goes with every request.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) device: DeviceId,
    pub(crate) unit: Option<UnitId>,
    pub(crate) bearer: Option<Private<String>>,
}

impl Sender {
    fn get(&self, path: String) -> WireRequest {
        self.request(Method::Get, path, None)
    }

    pub(super) fn post(&self, path: &str, content_type: &'static str, bytes: Vec<u8>) -> WireRequest {
        self.request(Method::Post, path.to_owned(), Some(Body { content_type, bytes: Private::new(bytes) }))
    }

    fn request(&self, method: Method, path: String, body: Option<Body>) -> WireRequest {
        WireRequest { method, path, bearer: self.bearer.clone(), unit: self.unit, device: self.device, body }
    }
}

/// `GET /config`; needs no sign-in.
pub(crate) fn config(device: DeviceId) -> WireRequest {
    Sender { device, unit: None, bearer: None }.get("/config".to_owned())
}

/// The token of a config answer; who signed it is for `config.rs` to say.
pub(crate) fn read_config(reply: &WireReply) -> Result<String, Trouble> {
    let bytes = outcome::success(reply, JWT_TYPE)?;
    core::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Trouble::Stop(StoppedBy::Portal))
}

/// `POST /oauth/authorize-challenge` with a password.
pub(crate) fn challenge(
    device: DeviceId,
    client_id: &str,
    user: &str,
    password: &str,
    code_challenge: &str,
) -> WireRequest {
    let form = Serializer::new(String::new())
        .append_pair("client_id", client_id)
        .append_pair("username", user)
        .append_pair("password", password)
        .append_pair("code_challenge", code_challenge)
        .append_pair("code_challenge_method", "S256")
        .finish();
    Sender { device, unit: None, bearer: None }.post(
        "/oauth/authorize-challenge",
        FORM_TYPE,
        form.into_bytes(),
    )
}

/// The authorization code.
pub(crate) fn read_challenge(reply: &WireReply) -> Result<Private<String>, Trouble> {
    json::<ChallengeAnswer>(reply).map(|answer| answer.authorization_code)
}

/// `POST /oauth/token` with the authorization code.
pub(crate) fn redeem(device: DeviceId, client_id: &str, code: &str, code_verifier: &str) -> WireRequest {
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", client_id)
        .append_pair("code", code)
        .append_pair("code_verifier", code_verifier)
        .finish();
    Sender { device, unit: None, bearer: None }.post("/oauth/token", FORM_TYPE, form.into_bytes())
}

/// `POST /oauth/token` with the refresh token. Repeating it after a lost answer is allowed.
pub(crate) fn refresh(device: DeviceId, client_id: &str, refresh_token: &str) -> WireRequest {
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "refresh_token")
        .append_pair("client_id", client_id)
        .append_pair("refresh_token", refresh_token)
        .finish();
    Sender { device, unit: None, bearer: None }.post("/oauth/token", FORM_TYPE, form.into_bytes())
}

/// `POST /oauth/revoke`: ends the sign-in that this refresh token belongs to.
pub(crate) fn revoke(device: DeviceId, client_id: &str, refresh_token: &str) -> WireRequest {
    let form = Serializer::new(String::new())
        .append_pair("client_id", client_id)
        .append_pair("token", refresh_token)
        .append_pair("token_type_hint", "refresh_token")
        .finish();
    Sender { device, unit: None, bearer: None }.post("/oauth/revoke", FORM_TYPE, form.into_bytes())
}

/// Whether it is over.
pub(crate) fn read_revoked(reply: &WireReply) -> Result<(), Trouble> {
    outcome::success(reply, JSON_TYPE).map(drop)
}

/// Tokens, account and units.
pub(super) fn read_tokens(reply: &WireReply) -> Result<TokenAnswer, Trouble> {
    json(reply)
}

/// `GET /changes`, one page.
pub(crate) fn changes(sender: &Sender, cursor: Option<&str>) -> WireRequest {
    let mut query = Serializer::new(String::new());
    query.append_pair("limit", &PAGE.to_string());
    if let Some(cursor) = cursor {
        query.append_pair("cursor", cursor);
    }
    sender.get(format!("/changes?{}", query.finish()))
}

/// A page of changes.
pub(super) fn read_changes(reply: &WireReply) -> Result<ChangesAnswer, Trouble> {
    json(reply)
}

/// `POST /ops`.
pub(crate) fn ops(sender: &Sender, ops: &[QueuedOp]) -> WireRequest {
    let request = OpsRequest {
        schema: BODY_VERSION,
        ops: ops
            .iter()
            .map(|op| Op {
                op_id: op.op,
                kind: op.kind.as_str(),
                report_id: op.report,
                revision: op.revision.0,
                base_revision: op.base.0,
                body_sha256: op.digest.to_string(),
                body: op.body.reveal(),
            })
            .collect(),
    };
    #[expect(clippy::expect_used, reason = "plain values with text keys always serialise")]
    let bytes = serde_json::to_vec(&request).expect("a batch serialises");
    sender.post("/ops", JSON_TYPE, bytes)
}

/// What became of each op; one without a result stays in doubt and is repeated. Results of ops that were not sent
/// are ignored.
pub(crate) fn read_ops(
    reply: &WireReply,
    ops: &[QueuedOp],
    unit: UnitId,
    keys: &VerifyingKeys,
) -> Result<Vec<(OpId, OpOutcome)>, Trouble> {
    let answer: OpsAnswer = json(reply)?;
    Ok(ops
        .iter()
        .map(|op| {
            let expected =
                Expected { op: op.op, report: op.report, revision: op.revision, digest: op.digest, unit };
            let result = answer.results.iter().find(|result| result.op_id == op.op);
            (op.op, result.map_or(OpOutcome::Later, |result| outcome::of_result(result, &expected, keys)))
        })
        .collect())
}

/// `PUT /attachments/{sha256}`: whole, and as often as needed.
pub(crate) fn photo(sender: &Sender, digest: Digest, bytes: &[u8]) -> WireRequest {
    let body = Body { content_type: JPEG_TYPE, bytes: Private::new(bytes.to_vec()) };
    sender.request(Method::Put, format!("/attachments/{digest}"), Some(body))
}

/// Whether the server has the photo now.
pub(crate) fn read_photo(reply: &WireReply) -> Result<(), Trouble> {
    outcome::success(reply, JSON_TYPE).map(drop)
}

/// `GET /ops/{op_id}`.
pub(crate) fn op_status(sender: &Sender, op: OpId) -> WireRequest {
    sender.get(format!("/ops/{op}"))
}

/// Whether an op of this id ever had an effect in the unit.
pub(crate) fn read_op_status(reply: &WireReply) -> Result<bool, Trouble> {
    if outcome::says_never_seen(reply) {
        return Ok(false);
    }
    outcome::success(reply, JSON_TYPE).map(|_| true)
}

pub(super) fn json<'a, T: serde::Deserialize<'a>>(reply: &'a WireReply) -> Result<T, Trouble> {
    let bytes = outcome::success(reply, JSON_TYPE)?;
    // JSON of another shape under our status and type: a portal that speaks JSON, or a server that is not ours.
    serde_json::from_slice(bytes).map_err(|_| Trouble::Stop(StoppedBy::Portal))
}
