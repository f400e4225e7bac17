//! What a run is asked, and what it answers.

use std::time::Duration;

use apoa_domain::ids::Timestamp;

use crate::sync::done::ItemReport;
use crate::sync::outcome::StoppedBy;

/// Who asked for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A person pressed "send now": our own delays are skipped, once in ten seconds.
    Person,
    /// The platform's alarm clock.
    Schedule,
    /// The platform says that the network is back: at once, but what waits after trouble of the server waits on.
    NetworkUp,
}

/// A run over the outbox.
#[derive(Clone, Copy, Debug)]
pub struct SyncRequest {
    /// Chosen by the caller, for `cancel`.
    pub run: u64,
    /// The call returns within this time and half a second.
    pub budget: Duration,
    /// Who asked.
    pub trigger: Trigger,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct SyncSummary {
    /// Ops that were sent, repeats included.
    pub sent: u32,
    /// Receipts that verified.
    pub received: u32,
    /// Reports that still wait.
    pub left: u32,
    /// What ended the run early, if anything.
    pub stopped_by: Option<StoppedBy>,
    /// When the next run makes sense, if anything waits for its time.
    pub next_try: Option<Timestamp>,
    /// Each report whose state changed.
    pub items: Vec<ItemReport>,
}

/// What became of an op on hold that should be superseded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Superseded {
    /// The server never saw it: what waits goes as new ops.
    Replaced,
    /// The server has it: it is sent again with the same bytes and brings its receipt.
    Arrived,
    /// The server never saw it, and the report was withdrawn or rejected meanwhile: nothing can follow, what waited left.
    LetGo,
    /// Nothing of this report is on hold.
    NotHeld,
}
