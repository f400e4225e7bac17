//! Time of a simulation: it passes only where somebody waits or a request takes its time. And the moment at which a
//! phone's process ends, counted in looks at the clock, which the core takes before each of its steps.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use apoa_core::seam::CancelFlag;
use apoa_core::{Clock, NoRandomness, Random, ids::Timestamp};
use apoa_tests::random::Moments;
use std::sync::Mutex;

/// When every simulation begins: a morning in March 2026.
pub(crate) const BEGIN_MS: i64 = 1_772_409_600_000;

/// How long no certificate of ours is valid yet, and from when on no more.
pub(crate) const CERTIFIED_MS: std::ops::Range<i64> = 1_704_067_200_000..2_650_838_400_000;

/// The true time, the same for the server and every phone.
#[derive(Clone, Default)]
pub(crate) struct Time(Arc<AtomicI64>);

impl Time {
    /// Milliseconds since the simulation began.
    pub(crate) fn passed(&self) -> i64 {
        self.0.load(SeqCst)
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, SeqCst);
    }

    /// The server's clock, which is right.
    pub(crate) fn server_clock(&self) -> apoa_server::Clock {
        let time = self.clone();
        Arc::new(move || BEGIN_MS + time.passed())
    }
}

/// A process that was ended from outside. Not a panic: nothing is printed.
pub(crate) struct Killed;

/// Ends the process of a phone after so many looks at its clock; unarmed it does nothing.
#[derive(Clone, Default)]
pub(crate) struct Fuse(Arc<AtomicI64>);

impl Fuse {
    /// Sets it, 0 takes it out. Returns whether it was still burning.
    pub(crate) fn set(&self, looks: i64) -> bool {
        self.0.swap(looks, SeqCst) > 0
    }

    /// One look nearer the end.
    pub(crate) fn burn(&self) {
        let left = self.0.load(SeqCst);
        if left > 0 {
            self.0.store(left - 1, SeqCst);
            if left == 1 {
                resume_unwind(Box::new(Killed));
            }
        }
    }
}

/// A phone's clock: the true time, set wrong by so much.
#[derive(Clone, Default)]
pub(crate) struct PhoneClock {
    pub(crate) time: Time,
    pub(crate) ahead_ms: Arc<AtomicI64>,
    pub(crate) fuse: Fuse,
}

impl PhoneClock {
    /// What it shows, without a look of the core.
    pub(crate) fn shows(&self) -> i64 {
        BEGIN_MS + self.time.passed() + self.ahead_ms.load(SeqCst)
    }
}

impl Clock for PhoneClock {
    fn wall(&self) -> Timestamp {
        self.fuse.burn();
        Timestamp(self.shows())
    }

    fn monotonic(&self) -> Duration {
        self.fuse.burn();
        Duration::from_millis(self.time.passed().unsigned_abs())
    }

    fn wait(&self, most: Duration, cancel: &CancelFlag) {
        self.fuse.burn();
        if !cancel.is_cancelled() {
            self.time.pass(i64::try_from(most.as_millis()).expect("no wait is that long"));
        }
    }
}

/// Randomness by a seed.
pub(crate) struct Dice(pub Mutex<Moments>);

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let mut moments = self.0.lock().expect("nobody panics in here");
        for part in bytes.chunks_mut(8) {
            let drawn = moments.up_to(u64::MAX).to_le_bytes();
            part.copy_from_slice(&drawn[..part.len()]);
        }
        Ok(())
    }
}
