//! The seam below the sync: one request out, one answer or one failure back. The core brings its own transport
//! (`http.rs`); tests and simulations bring others. A platform supplies none: the core could not enforce roots,
//! redirects and byte caps there.

use std::time::Duration;

use super::cancel::CancelFlag;
use super::wire::{WireReply, WireRequest};

/// Carries one request. Blocks until there is an answer, a failure, the deadline or a cancel.
///
/// Whatever carries them keeps what the core relies on:
/// - TLS with the deployment's own roots and no others, before the first byte of a request leaves;
/// - each call sends its request once: no redirect is followed, nothing is repeated, no cookie and no cache;
/// - to the deployment's server alone, through no proxy of the system;
/// - an answer has at most 1 MiB after decompression, else it is `TooLarge` and not kept;
/// - it returns within `most`, or as soon as the flag is set.
pub trait Transport: Send + Sync {
    /// Sends it once. Headers carry who asks: `Authorization: Bearer`, `Apoa-Unit`, `Apoa-Device`.
    fn send(&self, request: &WireRequest, most: Duration, cancel: &CancelFlag) -> Result<WireReply, Failure>;
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No route, no name: surely nothing was sent.
    #[error("the network does not reach the server")]
    Offline,
    /// Refused, reset, cut or too slow: the server may have acted on it.
    #[error("the connection broke")]
    Broken,
    /// The server's certificate is not of the deployment's roots, or for another name.
    #[error("the server's certificate is not trusted")]
    Untrusted,
    /// The certificate is not valid at the time of the device's clock.
    #[error("the server's certificate and the device's clock disagree")]
    Clock,
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// More bytes than any answer of the contract has.
    #[error("the answer is too large")]
    TooLarge,
}
