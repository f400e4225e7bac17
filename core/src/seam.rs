//! Where the core can be taken apart: what carries its requests, and in which words it speaks to a server. Apps need
//! none of it; simulations bring a transport without sockets, and a server of another contract an adapter.

use core::fmt;
use std::sync::Arc;

pub use crate::sync::cancel::CancelFlag;
pub use crate::sync::contract::{
    AccountText, Applicant, Ask, ChangedReport, ChangesAnswer, Claim, Contract, Facts, Grant, Read, Sender,
    TokenAnswer, UnitText,
};
pub use crate::sync::outcome::{StoppedBy, Trouble, success};
pub use crate::sync::transport::{Failure, Transport};
pub use crate::sync::unit::{TaggedProfile, Written};
pub use crate::sync::v1::ApoaV1;
pub use crate::sync::wire::{Body, Method, WireReply, WireRequest};

/// What `ApoaClient::open_with` puts in place of the core's own.
#[derive(Clone)]
pub struct Seams {
    /// Carries every request; `None` opens connections of the core's own, with the roots of the trust file.
    pub transport: Option<Arc<dyn Transport>>,
    /// The server's words.
    pub contract: Arc<dyn Contract>,
}

impl Default for Seams {
    fn default() -> Self {
        Self { transport: None, contract: Arc::new(ApoaV1::default()) }
    }
}

impl fmt::Debug for Seams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seams")
    }
}
