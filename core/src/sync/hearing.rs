//! Everything a run reads out of one answer, for fuzzers alone: the feature `failpoints` opens it.

use core::time::Duration;

use apoa_domain::ids::Timestamp;
use apoa_domain::jws::{NotAKey, VerifyingKeys};
use apoa_domain::permit::{KeyKind, RecordKey};
use apoa_domain::private::Private;
use apoa_domain::report::kinds::OpKind;
use apoa_domain::report::op::QueuedOp;
use apoa_domain::report::profile::Profile;
use apoa_domain::report::receipt::{self, Expected};

use super::auth::Credentials;
use super::config::SignedConfig;
use super::contract::{Applicant, Ask, Contract as _, Grant, Sender};
use super::machine::{Event, Machine, Plan};
use super::outcome::{self, OpOutcome, Trouble};
use super::policy::{BATCH_MOST, BATCH_START};
use super::v1::ApoaV1;
use super::wire::WireReply;
use super::{auth, http};
use crate::ids::{DeviceId, Revision};
use crate::request::Trigger;

/// An answer as the network brings it.
#[derive(Debug)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Name and value of each header; what HTTP itself refuses is left out.
    pub headers: &'a [(&'a [u8], &'a [u8])],
    /// The body after decompression.
    pub body: &'a [u8],
}

/// Who may sign receipts and configurations: one key, given as base64url of its 32 bytes, which is its id too.
pub fn signed_by(key: &str) -> Result<VerifyingKeys, NotAKey> {
    let mut keys = VerifyingKeys::default();
    keys.insert_x(key, key)?;
    Ok(keys)
}

/// Hears the answer as one to each request there is, the last one to a batch of this op, and returns the receipts that
/// were believed. Nothing is stored.
pub fn believed(answer: &Answer<'_>, sent: &Expected, keys: &VerifyingKeys) -> Vec<String> {
    let reply = http::heard(answer.status, answer.headers, answer.body.to_vec());
    let now = Timestamp(0);
    let app = Applicant { device: DeviceId::from_bytes([1; 16]), client_id: "apoa" };
    let sender = Sender { device: app.device, unit: Some(sent.unit), bearer: None };
    let (contract, mut believed) = (ApoaV1::default(), Vec::new());
    heard(&reply, contract.challenge(&app, &password(), "challenge"), drop);
    heard(&reply, contract.mail_code(&app, "user", "challenge"), drop);
    heard(&reply, contract.check(&sender, &[queued(sent)]), drop);
    heard(&reply, contract.profile(&sender), drop);
    heard(&reply, contract.put_profile(&sender, &Profile::default(), "tag"), drop);
    heard(&reply, contract.staff(&sender), drop);
    heard(&reply, contract.devices(&sender), drop);
    heard(&reply, contract.revoke_device(&sender, app.device), drop);
    heard(&reply, contract.revoke(&app, "token"), drop);
    heard(&reply, contract.photo(&sender, sent.digest, &[]), drop);
    heard(&reply, contract.op_status(&sender, sent.op), drop);
    let key = RecordKey { kind: KeyKind::RecordId, key: Private::from("0000") };
    heard(&reply, contract.look_up(&sender, &key), drop);
    heard(&reply, contract.tokens(&app, &Grant::Refresh("token")), |tokens| {
        let _ = tokens.cards();
        let _ = auth::nearly_over(&tokens.tokens(now), now);
    });
    heard(&reply, contract.config(app.device), |jws| {
        if let Ok(config) = SignedConfig::verify(&jws, keys) {
            let _ = (config.is_old(now), config.patterns().is_ok());
        }
    });
    heard(&reply, contract.changes(&sender, None), |page| {
        let receipts = page.items.iter().filter_map(|item| receipt::read(&item.receipt, keys).ok());
        believed.extend(receipts.map(|receipt| receipt.text().to_owned()));
    });
    heard(&reply, contract.ops(&sender, &[queued(sent)]), |claims| {
        for (_, claim) in claims.iter().filter(|(op, _)| *op == sent.op) {
            if let OpOutcome::Proved { receipt, .. } = outcome::of_claim(claim, sent, keys) {
                believed.push(receipt.text().to_owned());
            }
        }
    });
    believed
}

/// Reads the answer as one to this request; what is none meets the machine.
fn heard<T>(reply: &WireReply, ask: Ask<T>, then: impl FnOnce(T)) {
    match (ask.read)(reply) {
        Ok(answer) => then(answer),
        Err(trouble) => met(trouble),
    }
}

/// What the machine makes of it, wherever a run is.
fn met(trouble: Trouble) {
    let plan = Plan {
        config: true,
        token: true,
        quiet_until: Duration::ZERO,
        grown_ms: 0,
        until: Duration::from_mins(1),
        trigger: Trigger::Schedule,
        batch: BATCH_START,
        batch_most: BATCH_MOST,
        seed: 1,
    };
    let mut machine = Machine::new(plan);
    machine.handle(Event::Start, Duration::ZERO);
    machine.handle(Event::Failed(trouble), Duration::ZERO);
    machine.handle(Event::Answered, Duration::ZERO);
    machine.handle(Event::Loaded { ops: 1, next: None }, Duration::ZERO);
    machine.handle(Event::Failed(trouble), Duration::ZERO);
}

fn password() -> Credentials {
    Credentials::Password { user: Private::from("user"), password: Private::from("password") }
}

fn queued(sent: &Expected) -> QueuedOp {
    QueuedOp {
        op: sent.op,
        report: sent.report,
        kind: OpKind::Submit,
        revision: sent.revision,
        base: Revision(0),
        digest: sent.digest,
        body: Private::from("{}"),
        attempts: 1,
    }
}
