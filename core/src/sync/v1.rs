//! The contract of `core/api/openapi.yaml`, version 1. Whatever a server of another contract would need differently
//! stands here and in `outcome.rs`, which knows its problem documents.

mod lookup;
mod shapes;
mod unit;

use apoa_domain::ids::{DeviceId, Digest, OpId};
use apoa_domain::permit::RecordKey;
use apoa_domain::private::Private;
use apoa_domain::report::finalise::BODY_VERSION;
use apoa_domain::report::op::QueuedOp;
use apoa_domain::report::profile::Profile;
use url::form_urlencoded::Serializer;

use super::auth::Credentials;
use super::contract::{Applicant, Ask, ChangesAnswer, Claim, Contract, Facts, Grant, Sender, TokenAnswer};
use super::outcome::{self, StoppedBy, Trouble};
use super::policy::{BATCH_MOST, PAGE};
use super::unit::{StaffMember, TaggedProfile, UnitDevice, Written};
use super::verdict::Verdict;
use super::wire::{Body, FORM_TYPE, JPEG_TYPE, JSON_TYPE, JWT_TYPE, Method, WireReply, WireRequest};
use shapes::{ChallengeAnswer, CheckAnswer, CheckResult, Op, OpResult, OpsAnswer, OpsRequest};

/// Where the contract lives below a server's origin.
const BASE: &str = "/apoa/v1";

/// The reference server's contract, and the one that is used where no other is given.
#[derive(Clone, Copy, Debug)]
pub struct ApoaV1 {
    batch_most: usize,
}

impl ApoaV1 {
    /// With so many ops in a request at most; at least one.
    pub fn with_batches(most: usize) -> Self {
        Self { batch_most: most.clamp(1, BATCH_MOST) }
    }
}

impl Default for ApoaV1 {
    fn default() -> Self {
        Self::with_batches(BATCH_MOST)
    }
}

impl Contract for ApoaV1 {
    fn batch_most(&self) -> usize {
        self.batch_most
    }

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
        let mut form = match credentials {
            Credentials::Password { user, password } => {
                vec![("username", user.reveal().as_str()), ("password", password.reveal())]
            }
            Credentials::AccessCode { code } => vec![("access_code", code.reveal().as_str())],
            Credentials::EmailCode { code } => vec![("email_code", code.reveal().as_str())],
        };
        form.extend([("code_challenge", challenge), METHOD]);
        Ask::new(sign_in(app, "/oauth/authorize-challenge", &form), |reply| {
            json::<ChallengeAnswer>(reply).map(|answer| answer.authorization_code)
        })
    }

    /// `POST /oauth/authorize-challenge` with a name alone. The server says so of every name.
    fn mail_code(&self, app: &Applicant<'_>, user: &str, challenge: &str) -> Ask<()> {
        let form = [("username", user), ("code_challenge", challenge), METHOD];
        Ask::new(sign_in(app, "/oauth/authorize-challenge", &form), |reply| {
            match (reply.status, outcome::problem(reply).as_deref()) {
                (400, Some("insufficient_authorization")) => Ok(()),
                // A success without a secret is none of the contract.
                (200, _) => Err(Trouble::Stop(StoppedBy::Portal)),
                _ => done(reply),
            }
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
        let asked = query.finish();
        Ask::new(get(sender, &format!("/changes?{asked}")), move |reply| {
            // The page behind another cursor would move this one past what was never heard. The path may be one that a
            // gateway leads here.
            let shown = reply.content_location.as_deref().and_then(|place| place.split_once('?'));
            let other = shown.is_some_and(|(_, shown)| shown != asked);
            if other { Err(Trouble::Temporary { retry_after_ms: None }) } else { json(reply) }
        })
    }

    /// `POST /ops`.
    fn ops(&self, sender: &Sender, ops: &[QueuedOp]) -> Ask<Vec<(OpId, Claim)>> {
        Ask::new(batch(sender, "/ops", ops), |reply| {
            let answer: OpsAnswer = json(reply)?;
            let claims = answer.results.into_iter().map(|result: OpResult| (result.op_id, result.claim()));
            Ok(claims.collect())
        })
    }

    /// `POST /ops/check`: a path of its own, so that a lost query flag never turns a test into a filing.
    fn check(&self, sender: &Sender, ops: &[QueuedOp]) -> Ask<Vec<(OpId, Verdict)>> {
        Ask::new(batch(sender, "/ops/check", ops), verdicts)
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

    /// `GET /profile`.
    fn profile(&self, sender: &Sender) -> Ask<TaggedProfile> {
        Ask::new(get(sender, "/profile"), unit::read_profile)
    }

    /// `PUT /profile` with `If-Match`.
    fn put_profile(&self, sender: &Sender, profile: &Profile, tag: &str) -> Ask<Written> {
        Ask::new(unit::put_profile(sender, profile, tag), unit::read_written)
    }

    /// `GET /units/{id}/staff`.
    fn staff(&self, sender: &Sender) -> Ask<Vec<StaffMember>> {
        Ask::new(unit::about_unit(sender, Method::Get, "staff"), unit::read_staff)
    }

    /// `GET /units/{id}/devices`.
    fn devices(&self, sender: &Sender) -> Ask<Vec<UnitDevice>> {
        Ask::new(unit::about_unit(sender, Method::Get, "devices"), unit::read_devices)
    }

    /// `DELETE /units/{id}/devices/{device_id}`.
    fn revoke_device(&self, sender: &Sender, device: DeviceId) -> Ask<bool> {
        Ask::new(unit::about_unit(sender, Method::Delete, &format!("devices/{device}")), unit::read_revoked)
    }
}

/// How a challenge of PKCE is made of its secret.
const METHOD: (&str, &str) = ("code_challenge_method", "S256");

/// Ops under the path that says what is to become of them.
fn batch(sender: &Sender, path: &str, ops: &[QueuedOp]) -> WireRequest {
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
    post(sender, path, JSON_TYPE, bytes)
}

/// The verdicts that are known here, in the server's order.
fn verdicts(reply: &WireReply) -> Result<Vec<(OpId, Verdict)>, Trouble> {
    let answer: CheckAnswer = json(reply)?;
    let known = |result: CheckResult| Some((result.op_id, Verdict::from_word(&result.outcome)?));
    Ok(answer.results.into_iter().filter_map(known).collect())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use apoa_domain::codes::Code;

    use super::*;

    #[test]
    fn a_verdict_of_a_newer_server_is_passed_over() {
        let body = r#"{"server_time":"2026-11-24T03:00:00Z","results":[
            {"op_id":"0190a0b0-0000-7000-8000-000000000001","outcome":"invalid","state":null},
            {"op_id":"0190a0b0-0000-7000-8000-000000000002","outcome":"pondered","state":null}]}"#;
        let verdicts = verdicts(&WireReply::of(200, "application/json", body)).unwrap();
        assert_eq!(verdicts.len(), 1);
        assert_eq!((verdicts[0].1, verdicts[0].1.problem()), (Verdict::Invalid, Some(Code::CorrectionAsked)));
    }
}
