//! How many reports are in which state: the one number a person looks for first.

use apoa_domain::report::state::{Standing, Work};

/// How many reports are in which state. Counted without the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Being typed.
    pub draft: u32,
    /// Waiting, nothing proved yet.
    pub queued: u32,
    /// Held back.
    pub wedged: u32,
    /// The office asks for other data.
    pub needs_correction: u32,
    /// The server has it.
    pub received: u32,
    /// The office accepted it.
    pub accepted: u32,
    /// The office rejected it.
    pub rejected: u32,
    /// Withdrawn.
    pub cancelled: u32,
    /// Dropped before the server saw it.
    pub discarded: u32,
}

impl Counts {
    /// Adds `number` reports of this state to the one count they belong to.
    pub(crate) fn add(&mut self, standing: Standing, work: Work, number: u32) {
        let count = match (work, standing) {
            (Work::Draft, _) => &mut self.draft,
            (Work::Wedged, _) => &mut self.wedged,
            (Work::NeedsCorrection, _) => &mut self.needs_correction,
            (Work::Discarded, _) => &mut self.discarded,
            (Work::Queued | Work::None, Standing::None) => &mut self.queued,
            (Work::Queued | Work::None, Standing::Received) => &mut self.received,
            (Work::Queued | Work::None, Standing::Accepted) => &mut self.accepted,
            (Work::Queued | Work::None, Standing::Rejected) => &mut self.rejected,
            (Work::Queued | Work::None, Standing::Cancelled) => &mut self.cancelled,
        };
        *count = count.saturating_add(number);
    }
}
