//! One function sorts every answer and failure. Only the exact contract counts: a 200 of another type is a portal's
//! page, a 4xx without our problem document came from something in between, and nothing is ever deleted because of
//! a status.

use core::fmt;

use apoa_domain::codes::Code;
use apoa_domain::ids::ReportId;
use apoa_domain::jws::VerifyingKeys;
use apoa_domain::report::receipt::{self, Expected, VerifiedReceipt};
use serde::Deserialize;

use super::contract::Claim;
use super::policy::{JSON_DEPTH, RETRY_AFTER_CAP_MS};
use super::transport::Failure;
use super::wire::{PROBLEM, PROBLEM_TYPE, WireReply};

/// What ended a run, or a single request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoppedBy {
    /// No network.
    Offline,
    /// A Wi-Fi's login page answered.
    Portal,
    /// The server or its receipt cannot be trusted.
    Untrusted,
    /// The device's clock is wrong.
    Clock,
    /// Sign-in ended.
    Auth,
    /// No right for this unit.
    Blocked,
    /// This device was removed.
    Revoked,
    /// The time given is used up.
    Budget,
    /// The caller asked.
    Cancelled,
    /// The server is in trouble.
    Server,
    /// This version is too old.
    UpdateRequired,
}

impl StoppedBy {
    /// The word of `stopped_by`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Portal => "portal",
            Self::Untrusted => "untrusted",
            Self::Clock => "clock",
            Self::Auth => "auth",
            Self::Blocked => "blocked",
            Self::Revoked => "revoked",
            Self::Budget => "budget",
            Self::Cancelled => "cancelled",
            Self::Server => "server",
            Self::UpdateRequired => "update_required",
        }
    }

    /// The code that tells a person what to do; none where nothing is wrong.
    pub fn code(self) -> Option<Code> {
        match self {
            Self::Offline => Some(Code::Offline),
            Self::Portal => Some(Code::Portal),
            Self::Untrusted => Some(Code::Untrusted),
            Self::Clock => Some(Code::ClockWrong),
            Self::Auth => Some(Code::SignInNeeded),
            Self::Blocked => Some(Code::NoRight),
            Self::Revoked => Some(Code::DeviceRevoked),
            Self::Server => Some(Code::ServerBusy),
            Self::UpdateRequired => Some(Code::UpdateRequired),
            Self::Budget | Self::Cancelled => None,
        }
    }
}

impl fmt::Display for StoppedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a request brought no verified answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Surely nothing arrived.
    Offline,
    /// The connection broke: in doubt.
    Broken,
    /// The server says so, or somebody in between.
    Temporary {
        /// Milliseconds from the answer on before which it wants no further request.
        retry_after_ms: Option<i64>,
    },
    /// The secret or the grant is worth nothing.
    Denied,
    /// The request does not fit the contract: a bug of ours.
    Contract,
    /// Too many bytes at once.
    TooLarge,
    /// The cursor is too old: start over without one.
    CursorGone,
    /// Ends the run at once.
    Stop(StoppedBy),
}

/// A failure of the transport.
pub(crate) fn of_failure(failure: Failure) -> Trouble {
    match failure {
        Failure::Offline => Trouble::Offline,
        Failure::Broken | Failure::TooLarge => Trouble::Broken,
        Failure::Untrusted => Trouble::Stop(StoppedBy::Untrusted),
        Failure::Clock => Trouble::Stop(StoppedBy::Clock),
        Failure::Cancelled => Trouble::Stop(StoppedBy::Cancelled),
    }
}

/// The body of a success of exactly this media type, or what the answer means instead. A refusal counts only as a
/// problem document `urn:apoa:problem:…` (RFC 9457); without one it came from something in between and is temporary.
pub fn success<'a>(reply: &'a WireReply, content_type: &str) -> Result<&'a [u8], Trouble> {
    match (reply.status, problem(reply)) {
        (200, _) if reply.content_type == content_type && depth_is_sane(&reply.body) => Ok(&reply.body),
        (200..=399 | 511, _) => Err(Trouble::Stop(StoppedBy::Portal)),
        (400..=407 | 409..=424 | 426..=428 | 430..=499 | 501, Some(word)) => {
            Err(refusal(reply.status, &word, reply))
        }
        // Trouble of the server, or a gateway's bare page, which says nothing about our request.
        (_, _) => Err(temporary(reply)),
    }
}

fn refusal(status: u16, word: &str, reply: &WireReply) -> Trouble {
    match (status, word) {
        (400, "access_denied" | "invalid_grant") => Trouble::Denied,
        (400 | 422, _) => Trouble::Contract,
        (401, _) => Trouble::Stop(StoppedBy::Auth),
        (403, "device-revoked") => Trouble::Stop(StoppedBy::Revoked),
        (403, _) => Trouble::Stop(StoppedBy::Blocked),
        (410, "cursor-expired") => Trouble::CursorGone,
        (413, _) => Trouble::TooLarge,
        (404 | 405 | 426 | 501, _) => Trouble::Stop(StoppedBy::UpdateRequired),
        // 409 in progress and whatever nobody foresaw: never final, tried again.
        _ => temporary(reply),
    }
}

fn temporary(reply: &WireReply) -> Trouble {
    Trouble::Temporary { retry_after_ms: reply.retry_after_ms.map(|ms| ms.clamp(0, RETRY_AFTER_CAP_MS)) }
}

#[derive(Deserialize)]
struct ProblemText {
    #[serde(rename = "type")]
    kind: String,
}

/// The word of a problem document of ours.
pub(super) fn problem(reply: &WireReply) -> Option<String> {
    if reply.content_type != PROBLEM_TYPE || !depth_is_sane(&reply.body) {
        return None;
    }
    let text: ProblemText = serde_json::from_slice(&reply.body).ok()?;
    text.kind.strip_prefix(PROBLEM).map(str::to_owned)
}

/// Whether the server says, in our own words, that it never saw the op it was asked about.
pub(super) fn says_never_seen(reply: &WireReply) -> bool {
    reply.status == 404 && problem(reply).as_deref() == Some("never-seen")
}

/// Counts brackets outside strings, before anything is parsed: deeper answers than ours are an attack.
fn depth_is_sane(body: &[u8]) -> bool {
    let (mut depth, mut text, mut escaped) = (0_usize, false, false);
    for byte in body {
        match (text, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (true, false, b'"') => text = false,
            (false, _, b'"') => text = true,
            (false, _, b'[' | b'{') => depth += 1,
            (false, _, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > JSON_DEPTH {
            return false;
        }
    }
    true
}

/// What the server did with one op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OpOutcome {
    /// A receipt for exactly what was sent verifies.
    Proved { receipt: Box<VerifiedReceipt>, same_as: Option<ReportId> },
    /// Other data are needed.
    Invalid,
    /// A person has to look.
    Wedged(Code),
    /// Not now; same bytes again.
    Later,
    /// It claims success without proof: nothing but the end of the run.
    Untrusted,
}

/// Sorts what a server claims of one op. Success without proof is none.
pub(super) fn of_claim(claim: &Claim, expected: &Expected, keys: &VerifyingKeys) -> OpOutcome {
    match claim {
        Claim::Done { receipt, same_as } => match receipt::verify(receipt, expected, keys) {
            Ok(receipt) => OpOutcome::Proved { receipt: Box::new(receipt), same_as: *same_as },
            Err(_) => OpOutcome::Untrusted,
        },
        Claim::Invalid => OpOutcome::Invalid,
        Claim::Conflict => OpOutcome::Wedged(Code::Conflict),
        Claim::Mismatch => OpOutcome::Wedged(Code::Contract),
        Claim::Unsupported => OpOutcome::Wedged(Code::UpdateRequired),
        Claim::Later => OpOutcome::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(status: u16, word: &str) -> WireReply {
        WireReply::of(status, PROBLEM_TYPE, &format!(r#"{{"type":"urn:apoa:problem:{word}"}}"#))
    }

    #[test]
    fn only_the_contracts_own_success_counts() {
        assert!(success(&WireReply::of(200, "application/json", "{}"), "application/json").is_ok());
        for page in [
            WireReply::of(200, "text/html", "<html>"),
            WireReply::of(302, "", ""),
            WireReply::of(511, "text/html", ""),
            WireReply::of(204, "", ""),
        ] {
            assert_eq!(success(&page, "application/json"), Err(Trouble::Stop(StoppedBy::Portal)), "{page:?}");
        }
    }

    #[test]
    fn a_refusal_counts_only_with_our_problem_document() {
        let temporary = Err(Trouble::Temporary { retry_after_ms: None });
        for status in [400, 401, 403, 404, 409, 410, 413, 422] {
            assert_eq!(
                success(&WireReply::of(status, "text/html", "<html>"), "application/json"),
                temporary,
                "{status}"
            );
        }
        for (status, word, trouble) in [
            (400, "access_denied", Trouble::Denied),
            (400, "malformed", Trouble::Contract),
            (401, "unauthorised", Trouble::Stop(StoppedBy::Auth)),
            (403, "unit", Trouble::Stop(StoppedBy::Blocked)),
            (403, "device-revoked", Trouble::Stop(StoppedBy::Revoked)),
            (409, "in-progress", Trouble::Temporary { retry_after_ms: None }),
            (410, "cursor-expired", Trouble::CursorGone),
            (413, "too-large", Trouble::TooLarge),
            (501, "schema-unsupported", Trouble::Stop(StoppedBy::UpdateRequired)),
        ] {
            assert_eq!(success(&ours(status, word), "application/json"), Err(trouble), "{status} {word}");
        }
    }

    #[test]
    fn no_status_is_final_by_itself() {
        for status in (100..=599).filter(|status| *status != 200) {
            let reply = WireReply::of(status, "text/plain", "");
            let trouble = success(&reply, "application/json");
            assert!(
                matches!(trouble, Err(Trouble::Temporary { .. } | Trouble::Stop(StoppedBy::Portal))),
                "{status} {trouble:?}"
            );
        }
    }

    #[test]
    fn a_deep_answer_is_not_parsed() {
        let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
        assert_eq!(
            success(&WireReply::of(200, "application/json", &deep), "application/json"),
            Err(Trouble::Stop(StoppedBy::Portal))
        );
        assert!(depth_is_sane(br#"{"a":"[[[[[[[[[[[[[[[[[[[[[[\"[[["}"#));
    }
}
