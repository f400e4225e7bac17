//! The contract of `core/api/openapi.yaml`, version 1. Whatever a server of another contract would need differently
//! stands here and in `outcome.rs`, which knows its problem documents.

mod lookup;
mod shapes;

use apoa_domain::ids::{DeviceId, Digest, OpId};
use apoa_domain::permit::RecordKey;
use apoa_domain::private::Private;
use apoa_domain::report::finalise::BODY_VERSION;
use apoa_domain::report::op::QueuedOp;
use url::form_urlencoded::Serializer;

use super::auth::Credentials;
use super::contract::{Applicant, Ask, ChangesAnswer, Claim, Contract, Facts, Grant, Sender, TokenAnswer};
use super::outcome::{self, StoppedBy, Trouble};
use super::policy::PAGE;
use super::wire::{Body, FORM_TYPE, JPEG_TYPE, JSON_TYPE, JWT_TYPE, Method, WireReply, WireRequest};
use shapes::{ChallengeAnswer, Op, OpResult, OpsAnswer, OpsRequest};

/// Where the contract lives below a server's origin.
const BASE: &str = "/apoa/v1";

/// The reference server's contract, and the one that is used where no other is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApoaV1;

impl Contract for ApoaV1 {
    /// `GET /config`.
    fn config(&self, device: DeviceId) -> Ask<String> {
        Ask::new(get(&nobody(device), "/config"), |reply| {
            let bytes = outcome::success(reply, JWT_TYPE)?;
            core::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Trouble::Stop(StoppedBy::Portal))
        })
    }

    /// `POST /oauth/authorize-challenge`.
    fn challenge(
        &self,
        app: &Applicant<'_>,
        credentials: &Credentials,
        challenge: &str,
    ) -> Ask<Private<String>> {
        let Credentials::Password { user, password } = credentials;
        let form = [
            ("username", user.reveal().as_str()),
            ("password", password.reveal()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ];
        Ask::new(sign_in(app, "/oauth/authorize-challenge", &form), |reply| {
            json::<ChallengeAnswer>(reply).map(|answer| answer.authorization_code)
        })
    }

    /// `POST /oauth/token`.
    fn tokens(&self, app: &Applicant<'_>, grant: &Grant<'_>) -> Ask<TokenAnswer> {
        let request = match *grant {
            Grant::Code { code, verifier } => {
                let form =
                    [("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier)];
                sign_in(app, "/oauth/token", &form)
            }
            Grant::Refresh(token) => {
                sign_in(app, "/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
            }
        };
        Ask::new(request, json)
    }

    /// `POST /oauth/revoke`.
    fn revoke(&self, app: &Applicant<'_>, refresh_token: &str) -> Ask<()> {
        let form = [("token", refresh_token), ("token_type_hint", "refresh_token")];
        Ask::new(sign_in(app, "/oauth/revoke", &form), done)
    }

    /// `GET /changes`.
    fn changes(&self, sender: &Sender, cursor: Option<&str>) -> Ask<ChangesAnswer> {
        let mut query = Serializer::new(String::new());
        query.append_pair("limit", &PAGE.to_string());
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        Ask::new(get(sender, &format!("/changes?{}", query.finish())), json)
    }

    /// `POST /ops`.
    fn ops(&self, sender: &Sender, ops: &[QueuedOp]) -> Ask<Vec<(OpId, Claim)>> {
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
        Ask::new(post(sender, "/ops", JSON_TYPE, bytes), |reply| {
            let answer: OpsAnswer = json(reply)?;
            let claims = answer.results.into_iter().map(|result: OpResult| (result.op_id, result.claim()));
            Ok(claims.collect())
        })
    }

    /// `PUT /attachments/{sha256}`.
    fn photo(&self, sender: &Sender, digest: Digest, bytes: &[u8]) -> Ask<()> {
        let body = Body { content_type: JPEG_TYPE, bytes: Private::new(bytes.to_vec()) };
        Ask::new(sender.request(Method::Put, format!("{BASE}/attachments/{digest}"), Some(body)), done)
    }

    /// `GET /ops/{op_id}`.
    fn op_status(&self, sender: &Sender, op: OpId) -> Ask<bool> {
        Ask::new(get(sender, &format!("/ops/{op}")), |reply| {
            if outcome::says_never_seen(reply) { Ok(false) } else { done(reply).map(|()| true) }
        })
    }

    /// `POST /permits/lookup`.
    fn look_up(&self, sender: &Sender, key: &RecordKey) -> Ask<Option<Facts>> {
        Ask::new(lookup::request(sender, key), lookup::read)
    }
}

fn nobody(device: DeviceId) -> Sender {
    Sender { device, unit: None, bearer: None }
}

fn get(sender: &Sender, path: &str) -> WireRequest {
    sender.request(Method::Get, format!("{BASE}{path}"), None)
}

fn post(sender: &Sender, path: &str, content_type: &'static str, bytes: Vec<u8>) -> WireRequest {
    let body = Body { content_type, bytes: Private::new(bytes) };
    sender.request(Method::Post, format!("{BASE}{path}"), Some(body))
}

/// A form of an app that is not signed in.
fn sign_in(app: &Applicant<'_>, path: &str, pairs: &[(&str, &str)]) -> WireRequest {
    let mut form = Serializer::new(String::new());
    form.append_pair("client_id", app.client_id).extend_pairs(pairs);
    post(&nobody(app.device), path, FORM_TYPE, form.finish().into_bytes())
}

/// Whether it was done; what else the answer says does not matter.
fn done(reply: &WireReply) -> Result<(), Trouble> {
    outcome::success(reply, JSON_TYPE).map(drop)
}

fn json<T: serde::de::DeserializeOwned>(reply: &WireReply) -> Result<T, Trouble> {
    let bytes = outcome::success(reply, JSON_TYPE)?;
    // JSON of another shape under our status and type: a portal that speaks JSON, or a server that is not ours.
    serde_json::from_slice(bytes).map_err(|_| Trouble::Stop(StoppedBy::Portal))
}
