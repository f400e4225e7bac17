//! What can be wrong with one way of a connection.

use std::time::Duration;

/// Seen from the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the server.
    Up,
    /// From the server.
    Down,
}

/// One thing that is wrong. Times are those of the real clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toxic {
    /// Everything arrives so much later, give or take the jitter; connecting costs a round trip of it.
    Latency {
        /// One way.
        delay: Duration,
        /// Up to so much more.
        jitter: Duration,
    },
    /// So many bytes a second pass.
    Bandwidth {
        /// Bytes a second.
        bytes: u64,
    },
    /// The end of this way is passed on so much later.
    SlowClose {
        /// So much.
        delay: Duration,
    },
    /// A black hole: nothing passes. With a time, both ends are closed once it is over, else never.
    Timeout {
        /// Until then.
        close: Option<Duration>,
    },
    /// Both ends are reset so long after the first byte came.
    ResetPeer {
        /// So long.
        after: Duration,
    },
    /// Everything passes in pieces, with a pause between them.
    Slicer {
        /// Bytes of a piece.
        bytes: usize,
        /// Pause.
        pause: Duration,
    },
    /// After so many bytes of a connection both ends are closed.
    LimitData {
        /// So many.
        bytes: u64,
    },
    /// After so many bytes of a connection this way is closed, the other one stays open.
    HalfClose {
        /// So many.
        bytes: u64,
    },
    /// Of a hundred packets so many are lost. TCP sends them again, in order: the whole way stands still meanwhile.
    Loss {
        /// Of a hundred.
        percent: u64,
        /// Until the sender notices and its repeat has come.
        stall: Duration,
    },
}

impl Toxic {
    /// What it adds to the way of a packet, without jitter.
    pub(super) fn latency(self) -> Duration {
        if let Self::Latency { delay, .. } = self { delay } else { Duration::ZERO }
    }
}
