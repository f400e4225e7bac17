//! What a run leaves for the next one, also across processes: how long to be quiet, and how many ops a request bore.
//!
//! Times are wall times with the length that set them beside, so that a clock that jumped back never makes a wait longer
//! than it was.

use apoa_domain::ids::Timestamp;

use super::unit::{UnitStore, set_state, state};
use crate::error::Error;

/// Until when a server wants no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Silence {
    /// As it said: nobody asks earlier.
    pub(crate) least: Timestamp,
    /// With what this device adds, so that not all come back in one second.
    pub(crate) spread: Timestamp,
}

/// How long this device waits by itself, after trouble or because the server asked for it softly. A person may pass over
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// Until then; the past if there is nothing to wait for.
    pub(crate) until: Timestamp,
    /// How long the delays have grown, in milliseconds; 0 while all is well.
    pub(crate) delay_ms: i64,
}

impl UnitStore {
    /// The server asked for `ms` of silence, which outlives this process; `spread_ms` more is what this device adds.
    pub(crate) fn keep_silent(&self, now: Timestamp, ms: i64, spread_ms: i64) -> Result<(), Error> {
        self.keep_numbers("silence", &[now.plus_ms(ms).0, ms, spread_ms])
    }

    /// The silence that the server asked for last, if it is not over.
    pub(crate) fn silence(&self, now: Timestamp) -> Result<Option<Silence>, Error> {
        let (until, length, spread) = match self.numbers("silence")?[..] {
            [] => return Ok(None),
            // As it was written before there was a spread.
            [until, length] => (until, length, 0),
            [until, length, spread] => (until, length, spread),
            _ => return Err(Error::Stored("silence")),
        };
        let least = Timestamp(until.min(now.plus_ms(length).0));
        let silence = Silence { least, spread: least.plus_ms(spread) };
        Ok((silence.spread > now).then_some(silence))
    }

    /// Waits `wait_ms` from now on; the delays have grown to `delay_ms`.
    pub(crate) fn keep_backoff(&self, now: Timestamp, wait_ms: i64, delay_ms: i64) -> Result<(), Error> {
        self.keep_numbers("backoff", &[now.plus_ms(wait_ms).0, wait_ms, delay_ms])
    }

    /// What this device waits by itself.
    pub(crate) fn backoff(&self, now: Timestamp) -> Result<Backoff, Error> {
        match self.numbers("backoff")?[..] {
            // Nothing to wait for is over now, not in 1970: a clock may stand before that.
            [] => Ok(Backoff { until: now, delay_ms: 0 }),
            [until, length, delay_ms] => {
                Ok(Backoff { until: Timestamp(until.min(now.plus_ms(length).0)), delay_ms })
            }
            _ => Err(Error::Stored("backoff")),
        }
    }

    /// How many ops a request bore last; `None` before the first one.
    pub(crate) fn batch(&self) -> Result<Option<usize>, Error> {
        let kept = self.numbers("batch")?;
        Ok(kept.first().and_then(|ops| usize::try_from(*ops).ok()))
    }

    /// Keeps it.
    pub(crate) fn keep_batch(&self, ops: usize) -> Result<(), Error> {
        self.keep_numbers("batch", &[ops as i64])
    }

    fn keep_numbers(&self, key: &str, numbers: &[i64]) -> Result<(), Error> {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        self.database.write("commit.pace", |tx| set_state(tx, key, &bytes))
    }

    /// None where nothing was kept.
    fn numbers(&self, key: &str) -> Result<Vec<i64>, Error> {
        let bytes = self.database.read(|tx| state(tx, key))?.unwrap_or_default();
        let (numbers, _) = bytes.as_chunks::<8>();
        Ok(numbers.iter().map(|number| i64::from_be_bytes(*number)).collect())
    }
}
