//! What the server's clock shows, as far as this device knows: deadlines and the time of capture rest on it, because
//! a phone's clock may be wrong by years.

use std::sync::{Mutex, PoisonError};

use apoa_domain::ids::Timestamp;
use apoa_domain::report::finalise::{Captured, ClockTrust};

/// Server time as the device's clock plus an offset.
#[derive(Debug)]
pub(crate) struct ServerClock(Mutex<State>);

#[derive(Clone, Copy, Debug)]
struct State {
    offset_ms: i64,
    trust: ClockTrust,
}

impl ServerClock {
    /// As an earlier process measured it, if one did.
    pub(crate) fn new(offset_ms: Option<i64>) -> Self {
        let trust = if offset_ms.is_some() { ClockTrust::Estimated } else { ClockTrust::Unknown };
        Self(Mutex::new(State { offset_ms: offset_ms.unwrap_or(0), trust }))
    }

    /// An answer dated `date` arrived at `wall`, half a round trip after it was written.
    pub(crate) fn observe(&self, wall: Timestamp, date: Timestamp, half_trip_ms: i64) {
        // The header is cut to whole seconds: on average half a second of the server's time is missing.
        const CUT_MS: i64 = 500;
        let offset_ms = date.0.saturating_add(half_trip_ms).saturating_add(CUT_MS).saturating_sub(wall.0);
        *self.state() = State { offset_ms, trust: ClockTrust::Synced };
    }

    /// Server time at this time of the device.
    pub(crate) fn now(&self, wall: Timestamp) -> Timestamp {
        wall.plus_ms(self.state().offset_ms)
    }

    /// How well it is known.
    pub(crate) fn trust(&self) -> ClockTrust {
        self.state().trust
    }

    /// The offset, if this process measured it.
    pub(crate) fn measured(&self) -> Option<i64> {
        let state = *self.state();
        (state.trust == ClockTrust::Synced).then_some(state.offset_ms)
    }

    /// The stamp of a frozen body.
    pub(crate) fn stamp(&self, wall: Timestamp) -> Captured {
        let state = *self.state();
        Captured { wall, offset_ms: state.offset_ms, trust: state.trust }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_time_is_the_devices_plus_what_was_seen() {
        let clock = ServerClock::new(None);
        assert_eq!((clock.now(Timestamp(5)), clock.trust()), (Timestamp(5), ClockTrust::Unknown));
        clock.observe(Timestamp(1_000), Timestamp(100_000), 200);
        assert_eq!((clock.now(Timestamp(2_000)), clock.trust()), (Timestamp(101_700), ClockTrust::Synced));
        assert_eq!(clock.measured(), Some(99_700));
        assert_eq!(ServerClock::new(Some(99_700)).trust(), ClockTrust::Estimated);
    }
}
