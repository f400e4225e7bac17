//! Words and records the rules speak in. Not its job: any rule, any storage.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Defines an enum whose variants have one word each, in JSON, SQL and the contract alike.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum $name { $(#[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Its word.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant with this word.
            pub(crate) fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Kind of a report.
    ReportKind {
        Lodging = "lodging.check_in",
        Worker = "worker.start",
        Individual = "individual",
        Refusal = "refusal",
    }
}

words! {
    /// Kind of an operation.
    OpKind {
        Submit = "submit",
        Amend = "amend",
        Cancel = "cancel",
        Extend = "extend",
        CheckOut = "check_out",
        Change = "change",
        End = "end",
        Attach = "attach",
    }
}

words! {
    /// State of a report on the server.
    ReportState {
        Received = "received",
        Accepted = "accepted",
        Rejected = "rejected",
        Cancelled = "cancelled",
        NeedsCorrection = "needs_correction",
    }
}

words! {
    /// What became of an operation.
    Outcome {
        Applied = "applied",
        Duplicate = "duplicate",
        Merged = "merged",
        Invalid = "invalid",
        Conflict = "conflict",
        Deferred = "deferred",
        Mismatch = "mismatch",
        Unsupported = "unsupported",
    }
}

words! {
    /// What the key of a permit names.
    KeyKind {
        RecordId = "record_id",
        PermitNumber = "permit_number",
        RegisterNumber = "register_number",
        VisaNumber = "visa_number",
        Niora = "niora",
        OpaqueToken = "opaque_token",
    }
}

words! {
    /// Right of a member in a unit.
    Right {
        Report = "report",
        Inspect = "inspect",
        Manage = "manage",
    }
}

words! {
    /// Kind of a unit.
    UnitKind {
        Lodging = "lodging",
        Company = "company",
        Private = "private",
    }
}

/// A unit as stored.
#[derive(Clone)]
pub(crate) struct Unit {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) kind: UnitKind,
    /// Codes of the unit's profile.
    pub(crate) profile: Map<String, Value>,
}

/// An account as stored.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// PHC string.
    pub(crate) password: String,
}

/// A unit together with an account's rights in it.
#[derive(Clone)]
pub(crate) struct Membership {
    pub(crate) unit: Unit,
    pub(crate) rights: Vec<Right>,
}

/// A report as stored.
#[derive(Clone)]
pub(crate) struct Report {
    pub(crate) id: Uuid,
    pub(crate) unit: Uuid,
    pub(crate) kind: ReportKind,
    pub(crate) state: ReportState,
    pub(crate) closed: bool,
    pub(crate) revision: u32,
    pub(crate) version: i64,
    pub(crate) captured_by: Uuid,
    pub(crate) received_ms: i64,
    /// Kind, number and first date in one text; `None` for refusals.
    pub(crate) duplicate_key: Option<String>,
    pub(crate) same_as: Option<Uuid>,
    /// Newest facts, field codes as keys.
    pub(crate) data: Map<String, Value>,
    /// What the office says beside the state.
    pub(crate) decision: Decision,
    /// Newest receipt or decision.
    pub(crate) receipt: String,
}

/// What the office says beside a state; empty while it says nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decision {
    /// Codes to correct, while it asks for a correction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<String>,
    /// Why it rejected the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// An operation that had an effect, as stored.
#[derive(Clone)]
pub(crate) struct StoredOp {
    pub(crate) id: Uuid,
    pub(crate) unit: Uuid,
    pub(crate) report: Uuid,
    pub(crate) kind: OpKind,
    pub(crate) revision: u32,
    pub(crate) sha256: String,
    pub(crate) outcome: Outcome,
    pub(crate) state: ReportState,
    pub(crate) version: i64,
    pub(crate) same_as: Option<Uuid>,
    pub(crate) receipt: String,
    pub(crate) times_seen: u32,
    pub(crate) device: Uuid,
    pub(crate) sent_by: Uuid,
    pub(crate) body: String,
}

/// A stay permit of the register.
#[derive(Clone)]
pub(crate) struct Permit {
    /// What it is found by.
    pub(crate) keys: Vec<(KeyKind, String)>,
    /// Its facts, field codes as keys.
    pub(crate) record: Map<String, Value>,
}

words! {
    /// What somebody did that the office must be able to look up.
    What {
        SignedIn = "signed_in",
        SignInRefused = "sign_in_refused",
        SignedOut = "signed_out",
        SignInEnded = "sign_in_ended",
        AccessCodeIssued = "access_code_issued",
        EmailCodeSent = "email_code_sent",
        ProfileChanged = "profile_changed",
        DeviceRevoked = "device_revoked",
        Accepted = "accepted",
        CorrectionAsked = "correction_asked",
        Rejected = "rejected",
        Destroyed = "destroyed",
    }
}

/// A line of the log: ids and words, never personal data.
#[derive(Clone)]
pub(crate) struct Deed {
    pub(crate) at_ms: i64,
    /// An account's id, or the office's own word; `None` where nobody was known.
    pub(crate) who: Option<String>,
    pub(crate) what: What,
    pub(crate) unit: Option<Uuid>,
    pub(crate) device: Option<Uuid>,
    /// The report, device or account it was done to.
    pub(crate) about: Option<Uuid>,
}

/// An installation as a unit saw it.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) id: Uuid,
    pub(crate) unit: Uuid,
    /// Whose sign-in used it last.
    pub(crate) account: Uuid,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    pub(crate) revoked_ms: Option<i64>,
}

words! {
    /// How a one-time secret reached its holder.
    SecretKind {
        AccessCode = "access_code",
        EmailCode = "email_code",
    }
}

/// A one-time secret as stored, under its hash.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(crate) kind: SecretKind,
    pub(crate) account: Uuid,
    pub(crate) expires_ms: i64,
    pub(crate) used: bool,
}

/// That somebody asked for a permit's record: whose business it was, not what it said.
#[derive(Clone)]
pub(crate) struct LookedUp {
    pub(crate) at_ms: i64,
    pub(crate) account: Uuid,
    pub(crate) unit: Uuid,
    pub(crate) device: Uuid,
    pub(crate) key_kind: KeyKind,
    pub(crate) found: bool,
}

/// A family of tokens: everything one sign-in led to.
#[derive(Clone)]
pub(crate) struct Family {
    pub(crate) id: Uuid,
    pub(crate) account: Uuid,
    pub(crate) client: String,
    /// The installation it works from, once it is known.
    pub(crate) device: Option<Uuid>,
    pub(crate) revoked: bool,
    /// Hash of the newest refresh token.
    pub(crate) current: String,
    /// Hash of its predecessor, accepted while `proven` is false.
    pub(crate) previous: Option<String>,
    /// Whether the newest tokens were used once.
    pub(crate) proven: bool,
    pub(crate) used_ms: i64,
}

/// An access token as stored.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) family: Uuid,
    /// Hash of the refresh token it was issued with.
    pub(crate) refresh: String,
    pub(crate) expires_ms: i64,
}

/// An authorization code as stored.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) account: Uuid,
    pub(crate) client: String,
    pub(crate) challenge: String,
    pub(crate) expires_ms: i64,
    /// The family it was exchanged for.
    pub(crate) spent: Option<Uuid>,
}
