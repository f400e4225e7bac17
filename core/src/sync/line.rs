//! The connection of a run or of a single request: what carries it, how long it may take, and what it tells of the
//! server's clock.

use std::cell::Cell;
use std::time::Duration;

use super::cancel::CancelFlag;
use super::contract::{Ask, Contract, NO_SUCH_QUESTION};
use super::outcome::{self, Trouble};
use super::policy::{REQUEST_MOST, RETRY_AFTER_CAP_MS, SETTLE_TIME};
use super::transport::{Failure, Transport};
use super::wire::{WireReply, WireRequest};
use crate::failpoint::{answered, around};
use crate::ports::Clock;
use crate::server_clock::ServerClock;

/// Deadline, cancel, and the server's clock as it is seen.
pub(crate) struct Line<'a> {
    pub(crate) transport: &'a dyn Transport,
    pub(crate) contract: &'a dyn Contract,
    pub(crate) cancel: &'a CancelFlag,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) server_clock: &'a ServerClock,
    /// End of the budget, monotonic.
    pub(crate) until: Duration,
    /// Until when the server wants to be spared if it can be (`Apoa-Backoff`), monotonic; the past if it does not mind.
    pub(crate) spare_until: Cell<Duration>,
}

impl Line<'_> {
    /// Sends one request and reads its answer. `place` names it (`failpoint.rs`).
    pub(crate) fn ask<T>(&self, place: &'static str, ask: Ask<T>) -> Result<T, Trouble> {
        let Some(request) = &ask.request else { return Err(NO_SUCH_QUESTION) };
        around(place, || {
            let reply = self.send(request).map_err(outcome::of_failure)?;
            answered(place)?;
            (ask.read)(&reply)
        })
    }

    /// Sends one request within what is left of the budget, and notes the server's time and wishes.
    fn send(&self, request: &WireRequest) -> Result<WireReply, Failure> {
        let begun = self.clock.monotonic();
        let left = self.until.saturating_sub(begun).saturating_sub(SETTLE_TIME).min(REQUEST_MOST);
        let reply = self.transport.send(request, left, self.cancel)?;
        if let Some(ms) = reply.backoff_ms {
            let spared = Duration::from_millis(ms.clamp(0, RETRY_AFTER_CAP_MS).unsigned_abs());
            self.spare_until.set(self.spare_until.get().max(self.clock.monotonic() + spared));
        }
        if let Some(date) = reply.date {
            let half = (self.clock.monotonic().saturating_sub(begun).as_millis() / 2) as i64;
            self.server_clock.observe(self.clock.wall(), date, half);
        }
        Ok(reply)
    }
}
