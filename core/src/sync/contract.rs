//! The seam between the core and a server's words: an instruction to a request, an answer to what it claims. Pure: no
//! contract knows store, network or clock. The core's own is [`super::v1`]; a server of another contract gets another.
//!
//! A contract tells only what a server claims. Whether a receipt or a config is genuine is for the core to say: no
//! contract can make a report count as received.

use core::fmt;

use apoa_domain::fields::Field;
use apoa_domain::ids::{AccountId, DeviceId, Digest, OpId, ReportId, UnitId};
use apoa_domain::permit::RecordKey;
use apoa_domain::private::Private;
use apoa_domain::report::op::QueuedOp;
use apoa_domain::report::profile::Profile;
use apoa_domain::report::summary::Summary;
use serde::Deserialize;

use super::auth::Credentials;
use super::outcome::{StoppedBy, Trouble};
use super::policy::BATCH_MOST;
use super::unit::{StaffMember, TaggedProfile, UnitDevice, Written};
use super::verdict::Verdict;
use super::wire::{Body, Method, WireReply, WireRequest};

/// What a server understands and how it answers. Each method gives the request and how its answer is read. What a queue
/// needs is asked for; what only helps people has an answer of its own that says "not here" ([`Ask::none`]).
pub trait Contract: Send + Sync {
    /// So many ops go into one request at most; 1 where the server takes one report at a time.
    fn batch_most(&self) -> usize {
        BATCH_MOST
    }
    /// Brings the deployment's signed config, a compact JWS. Needs no sign-in.
    fn config(&self, device: DeviceId) -> Ask<String>;
    /// Exchanges a secret for an authorization code, bound to a PKCE challenge (S256).
    fn challenge(
        &self,
        app: &Applicant<'_>,
        credentials: &Credentials,
        challenge: &str,
    ) -> Ask<Private<String>>;
    /// Has a code mailed to whoever bears this name. Nobody learns whether there is such a one.
    fn mail_code(&self, _app: &Applicant<'_>, _user: &str, _challenge: &str) -> Ask<()> {
        Ask::none()
    }
    /// Brings tokens. Repeating it after a lost answer must be allowed where the grant is a refresh token.
    fn tokens(&self, app: &Applicant<'_>, grant: &Grant<'_>) -> Ask<TokenAnswer>;
    /// Ends the sign-in that this refresh token belongs to.
    fn revoke(&self, app: &Applicant<'_>, refresh_token: &str) -> Ask<()>;
    /// One page of what happened in the unit; without a cursor from the beginning.
    fn changes(&self, sender: &Sender, cursor: Option<&str>) -> Ask<ChangesAnswer>;
    /// Sends ops, at most `batch_most` and never none. One that the answer does not name stays in doubt and is repeated;
    /// one that was not sent is passed over.
    fn ops(&self, sender: &Sender, ops: &[QueuedOp]) -> Ask<Vec<(OpId, Claim)>>;
    /// What the server would make of these ops, without any effect. One whose verdict is not known here is passed over.
    fn check(&self, _sender: &Sender, _ops: &[QueuedOp]) -> Ask<Vec<(OpId, Verdict)>> {
        Ask::none()
    }
    /// Leaves a photo at the server, whole, and as often as needed.
    fn photo(&self, sender: &Sender, digest: Digest, bytes: &[u8]) -> Ask<()>;
    /// Whether an op of this id ever had an effect in the unit.
    fn op_status(&self, sender: &Sender, op: OpId) -> Ask<bool>;
    /// The record behind the key of a permit's code; `None` if the server knows none by it.
    fn look_up(&self, sender: &Sender, key: &RecordKey) -> Ask<Option<Facts>>;
    /// The unit's profile.
    fn profile(&self, _sender: &Sender) -> Ask<TaggedProfile> {
        Ask::none()
    }
    /// Replaces the profile that has this tag.
    fn put_profile(&self, _sender: &Sender, _profile: &Profile, _tag: &str) -> Ask<Written> {
        Ask::none()
    }
    /// The unit's members.
    fn staff(&self, _sender: &Sender) -> Ask<Vec<StaffMember>> {
        Ask::none()
    }
    /// The installations that the unit saw.
    fn devices(&self, _sender: &Sender) -> Ask<Vec<UnitDevice>> {
        Ask::none()
    }
    /// Revokes an installation; `false` if the unit never saw it.
    fn revoke_device(&self, _sender: &Sender, _device: DeviceId) -> Ask<bool> {
        Ask::none()
    }
}

/// How an answer is read.
pub type Read<T> = Box<dyn FnOnce(&WireReply) -> Result<T, Trouble>>;

/// A request, and how its answer is read.
pub struct Ask<T> {
    /// What goes out; `None` where the contract has no such question.
    pub request: Option<WireRequest>,
    /// What came back, as a value.
    pub read: Read<T>,
}

impl<T> Ask<T> {
    /// Both.
    pub fn new(request: WireRequest, read: impl FnOnce(&WireReply) -> Result<T, Trouble> + 'static) -> Self {
        Self { request: Some(request), read: Box::new(read) }
    }
}

impl<T: 'static> Ask<T> {
    /// A question that the contract does not have: it ends as one that needs another version of the app or the server.
    pub fn none() -> Self {
        Self { request: None, read: Box::new(|_| Err(NO_SUCH_QUESTION)) }
    }
}

/// Why a question that the contract does not have brings no answer.
pub(crate) const NO_SUCH_QUESTION: Trouble = Trouble::Stop(StoppedBy::UpdateRequired);

impl<T> fmt::Debug for Ask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}

/// Who asks: goes with every request.
#[derive(Clone, Debug)]
pub struct Sender {
    /// This installation.
    pub device: DeviceId,
    /// The unit it is about, where it is about one.
    pub unit: Option<UnitId>,
    /// Access token, once there is one.
    pub bearer: Option<Private<String>>,
}

impl Sender {
    /// A request in this name. Path and query hold no personal data.
    pub fn request(&self, method: Method, path: String, body: Option<Body>) -> WireRequest {
        WireRequest {
            method,
            path,
            bearer: self.bearer.clone(),
            unit: self.unit,
            device: self.device,
            if_match: None,
            body,
        }
    }
}

/// Which app asks for tokens, and on which installation.
#[derive(Clone, Copy, Debug)]
pub struct Applicant<'a> {
    /// This installation.
    pub device: DeviceId,
    /// The app's id at the authorization server.
    pub client_id: &'a str,
}

/// What tokens are given for.
#[derive(Clone, Copy)]
pub enum Grant<'a> {
    /// An authorization code, with the secret behind its challenge.
    Code {
        /// The code.
        code: &'a str,
        /// The secret.
        verifier: &'a str,
    },
    /// The refresh token of before.
    Refresh(&'a str),
}

impl fmt::Debug for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code { .. } => "Code",
            Self::Refresh(_) => "Refresh",
        })
    }
}

/// What a server claims about one op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It had its effect, now or before. Counts only if the receipt verifies.
    Done {
        /// The receipt, a compact JWS; empty if there was none.
        receipt: String,
        /// The report of the same guest that another device sent before.
        same_as: Option<ReportId>,
    },
    /// Other data are needed.
    Invalid,
    /// The report moved on meanwhile.
    Conflict,
    /// Its id is known with other bytes.
    Mismatch,
    /// The server is of another time.
    Unsupported,
    /// Not now, or a word that is not known here: same bytes again.
    Later,
}

/// The facts of a record that are known here.
pub type Facts = Vec<(Field, Private<String>)>;

/// What a sign-in or its renewal brings.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenAnswer {
    /// Goes with every request.
    pub access_token: Private<String>,
    /// Its life in seconds.
    pub expires_in: i64,
    /// Brings the next pair.
    pub refresh_token: Private<String>,
    /// Who signed in.
    pub account: AccountText,
    /// Where that one is a member.
    pub units: Vec<UnitText>,
}

/// An account, as a server names it.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountText {
    /// Its id.
    pub id: AccountId,
    /// Its user name.
    pub name: Private<String>,
}

/// A unit, as a server names it.
#[derive(Clone, Debug, Deserialize)]
pub struct UnitText {
    /// Its id.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// `lodging`, `company`, `private`.
    pub kind: String,
    /// The member's rights by their words; unknown ones are passed over.
    pub rights: Vec<String>,
}

/// One page of changes.
#[derive(Clone, Debug, Deserialize)]
pub struct ChangesAnswer {
    /// What changed, oldest first.
    pub items: Vec<ChangedReport>,
    /// Where the next page begins.
    pub next_cursor: String,
    /// Whether there is one now.
    pub has_more: bool,
}

/// A report as the server tells of it: what a list shows, and the receipt that proves its state.
#[derive(Clone, Debug, Deserialize)]
pub struct ChangedReport {
    /// The report.
    pub report_id: ReportId,
    /// Its kind by its word; one of an unknown kind is passed over.
    pub kind: String,
    /// Who typed it.
    pub captured_by: AccountId,
    /// What a list shows.
    #[serde(flatten)]
    pub summary: Summary,
    /// Newest receipt or decision, a compact JWS. What does not verify is passed over.
    pub receipt: String,
}
