//! The record behind a permit's code: asked of our own server by the code's key, one request that a person waits for.
//! What a code links to is never opened. Nothing of the record is kept.

use std::sync::Arc;
use std::time::Duration;

use apoa_domain::passport::{Origin, Person};
use apoa_domain::permit::{Holder, Patterns, RecordKey};

use crate::client::ApoaClient;
use crate::error::{Missing, StoreError, SyncError};
use crate::runs::stopped;
use crate::store::device::{Account, Tokens};
use crate::sync::cancel::CancelFlag;
use crate::sync::contract::Sender;
use crate::sync::lookup;
use crate::sync::outcome::{self, StoppedBy, Trouble};
use crate::sync::policy::TOKEN_RESERVE_MS;
use crate::sync::runner::{Line, refresh_tokens};

/// How long a look-up may take.
#[derive(Clone, Copy, Debug)]
pub struct LookUpRequest {
    /// Chosen by the caller, for `cancel`; unlike that of a run under way.
    pub run: u64,
    /// The call returns within this time and half a second.
    pub budget: Duration,
}

/// What the server knows of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum LookedUp {
    /// The record.
    Found(Record),
    /// No permit by this key. It says nothing about the person: the register may lag behind.
    Unknown,
}

/// What the office's register says of a permit and its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its facts by field code, in normal forms.
    pub fields: Holder,
}

impl Record {
    /// The person it describes, for comparing.
    pub fn person(&self, patterns: &Patterns) -> Person {
        Person::from_fields(self.fields.iter(), Origin::Record, patterns)
    }
}

/// A look-up under way, until it is dropped.
struct Asking<'a> {
    client: &'a ApoaClient,
    run: u64,
    cancel: Arc<CancelFlag>,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.client.runs().asking.retain(|(_, flag)| !Arc::ptr_eq(flag, &self.cancel));
    }
}

impl ApoaClient {
    /// Blocks; call from a background thread. Asks the server for the record behind a key of a code
    /// (`Reading::lookup_key`). Needs a sign-in and the network; a run of `sync` may be under way. `AlreadyRunning` only
    /// where such a run has to renew the sign-in first. Without the network the comparison goes on with what the code
    /// says, and is repeated when the record is here.
    pub fn look_up(&self, key: &RecordKey, request: LookUpRequest) -> Result<LookedUp, SyncError> {
        let missing = || SyncError::NotSetUp { missing: Missing::SignIn };
        let account = self.account()?.ok_or_else(missing)?;
        let unit = account.active_unit;
        let asking = self.begin_asking(request.run);
        let further = self.signed_config()?.map(|config| config.tls_roots).unwrap_or_default();
        let transport = self.transport(&further)?;
        let line = self.line(&transport, &asking.cancel, request.budget);
        let mut tokens =
            self.device.tokens(account.account).map_err(StoreError::from)?.ok_or_else(missing)?;
        let mut renewed = tokens.expires.0 - self.now().0 < TOKEN_RESERVE_MS;
        if renewed {
            tokens = self.renew(&line, &account, &asking, &tokens)?;
        }
        loop {
            let bearer = Some(tokens.access.clone());
            let sender = Sender { device: self.device.device, unit: Some(unit), bearer };
            let answer = line.send(&lookup::request(&sender, key)).map_err(outcome::of_failure);
            match answer.and_then(|reply| lookup::read(&reply)) {
                Ok(Some(facts)) => {
                    let facts = facts.iter().map(|(field, text)| (*field, text.reveal().as_str()));
                    let fields = Holder::from_record(facts, &self.patterns()?);
                    return Ok(LookedUp::Found(Record { fields }));
                }
                Ok(None) => return Ok(LookedUp::Unknown),
                Err(Trouble::Stop(StoppedBy::Auth)) if !renewed => {
                    tokens = self.renew(&line, &account, &asking, &tokens)?;
                    renewed = true;
                }
                Err(trouble) => return Err(self.ended(&line, trouble)),
            }
        }
    }

    fn begin_asking(&self, run: u64) -> Asking<'_> {
        let mut runs = self.runs();
        let cancel = runs.flag(run);
        runs.asking.push((run, Arc::clone(&cancel)));
        Asking { client: self, run, cancel }
    }

    /// New tokens. Nobody else may renew at the same time: a refresh token that is used twice ends the sign-in.
    fn renew(
        &self,
        line: &Line<'_>,
        account: &Account,
        asking: &Asking<'_>,
        old: &Tokens,
    ) -> Result<Tokens, SyncError> {
        let _place = self.take_place(asking.run, &asking.cancel)?;
        let stored = self.device.tokens(account.account).map_err(StoreError::from)?;
        if let Some(newer) = stored.filter(|stored| stored.refresh != old.refresh) {
            return Ok(newer);
        }
        refresh_tokens(line, &self.device, &self.config.client_id, account.account, old)
            .map_err(StoreError::from)?
            .map_err(|trouble| self.ended(line, trouble))
    }

    /// A request that broke because its time was up says so.
    fn ended(&self, line: &Line<'_>, trouble: Trouble) -> SyncError {
        match trouble {
            Trouble::Broken if self.ports.clock.monotonic() + BUDGET_END >= line.until => {
                SyncError::Stopped { by: StoppedBy::Budget }
            }
            other => stopped(other),
        }
    }
}

/// A request ends this much before its budget at the earliest (`policy::SETTLE_TIME`, with room for a slow clock).
const BUDGET_END: Duration = Duration::from_millis(350);
