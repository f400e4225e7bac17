//! A clock that jumps when told to: years pass in a test without anybody waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use apoa_core::ids::Timestamp;
use apoa_core::{Clock, SystemClock};

/// The system's clock plus a jump. Clones share it.
#[derive(Clone)]
pub struct JumpingClock {
    system: Arc<SystemClock>,
    ahead_ms: Arc<AtomicI64>,
}

impl Default for JumpingClock {
    fn default() -> Self {
        Self { system: Arc::new(SystemClock::new()), ahead_ms: Arc::default() }
    }
}

impl JumpingClock {
    /// Jumps so many days.
    pub fn jump_days(&self, days: i64) {
        self.jump_minutes(days * 24 * 60);
    }

    /// Jumps so many minutes.
    pub fn jump_minutes(&self, minutes: i64) {
        self.ahead_ms.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }
}

impl Clock for JumpingClock {
    fn wall(&self) -> Timestamp {
        self.system.wall().plus_ms(self.ahead_ms.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic()
    }
}
