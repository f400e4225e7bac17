//! The record behind a permit's code: asked of our own server by the code's key, one request that a person waits for.
//! What a code links to is never opened. Nothing of the record is kept.

use std::time::Duration;

use apoa_domain::passport::{Origin, Person};
use apoa_domain::permit::{Holder, Patterns, RecordKey};

use crate::ask::Asker;
use crate::client::ApoaClient;
use crate::error::{Missing, SyncError};

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

impl ApoaClient {
    /// Blocks; call from a background thread. Asks the server for the record behind a key of a code
    /// (`Reading::lookup_key`). Needs a sign-in and the network; a run of `sync` may be under way. `AlreadyRunning` only
    /// where such a run has to renew the sign-in first. Without the network the comparison goes on with what the code
    /// says, and is repeated when the record is here.
    pub fn look_up(&self, key: &RecordKey, request: LookUpRequest) -> Result<LookedUp, SyncError> {
        let account = self.account()?.ok_or(SyncError::NotSetUp { missing: Missing::SignIn })?;
        let call = self.begin(request.run);
        let asker = Asker {
            account: &account,
            unit: account.active_unit,
            cancel: &call.cancel,
            budget: request.budget,
        };
        let Some(facts) =
            self.ask(&asker, "ask.look_up", |contract, sender| contract.look_up(sender, key))?
        else {
            return Ok(LookedUp::Unknown);
        };
        let facts = facts.iter().map(|(field, text)| (*field, text.reveal().as_str()));
        let fields = Holder::from_record(facts, &self.patterns()?);
        Ok(LookedUp::Found(Record { fields }))
    }
}
