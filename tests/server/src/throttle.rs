//! How often one may guess a secret: counted for the account, the installation and the address. Kept in memory; a restart
//! forgets it, as it forgets nothing that protects (`auth.rs`).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// What guesses are counted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// A user name, whether or not somebody has it.
    User(String),
    /// A user name to which codes are mailed.
    Mail(String),
    /// An installation, as it calls itself.
    Device(Uuid),
    /// Where the connection comes from.
    Address(IpAddr),
}

/// So many in a row, then so many seconds of rest.
struct Limit {
    count: u32,
    rest_seconds: i64,
}

impl Who {
    fn limit(&self) -> Limit {
        match self {
            Self::User(_) => Limit { count: 10, rest_seconds: 30 },
            // One mail a minute; more would only fill a stranger's mailbox.
            Self::Mail(_) => Limit { count: 1, rest_seconds: 60 },
            Self::Device(_) => Limit { count: 20, rest_seconds: 60 },
            // A whole lodging, or a whole office, may sit behind one address.
            Self::Address(_) => Limit { count: 100, rest_seconds: 60 },
        }
    }
}

/// Attempts remembered at once; beyond that guessing under many names empties the list rather than the memory.
const REMEMBERED: usize = 10_000;

/// The counts: how many in a row, and when the last one came.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Who, (u32, i64)>>);

impl Throttle {
    /// The seconds to wait, while one of these was too often here.
    pub(crate) fn wait(&self, all: &[Who], now_ms: i64) -> Option<u64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut longest = None;
        for who in all {
            let Some((count, last)) = counts.get(who).copied() else { continue };
            let limit = who.limit();
            let rest = last + limit.rest_seconds * 1000 - now_ms;
            if rest <= 0 {
                counts.remove(who);
            } else if count >= limit.count {
                longest = longest.max(Some((rest.unsigned_abs() / 1000).max(1)));
            }
        }
        longest
    }

    /// One more for each of these.
    pub(crate) fn count(&self, all: &[Who], now_ms: i64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for who in all {
            if counts.len() >= REMEMBERED {
                counts.clear();
            }
            let entry = counts.entry(who.clone()).or_insert((0, now_ms));
            *entry = (entry.0 + 1, now_ms);
        }
    }

    /// Forgets these: the secret was right. An address is not forgotten, since many share it.
    pub(crate) fn forget(&self, all: &[Who]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for who in all.iter().filter(|who| !matches!(who, Who::Address(_))) {
            counts.remove(who);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_for_itself_and_rests_in_time() {
        let throttle = Throttle::default();
        let user = [Who::User("resepsionis".to_owned())];
        let device = [Who::Device(Uuid::nil())];
        for _ in 0..10 {
            assert_eq!(throttle.wait(&user, 0), None);
            throttle.count(&[&user[..], &device].concat(), 0);
        }
        assert_eq!((throttle.wait(&user, 1000), throttle.wait(&device, 1000)), (Some(29), None));
        assert_eq!(throttle.wait(&user, 30_000), None, "the rest is over");
        for _ in 0..10 {
            throttle.count(&device, 0);
        }
        assert_eq!(throttle.wait(&device, 0), Some(60));
        throttle.forget(&device);
        assert_eq!(throttle.wait(&device, 0), None);
    }

    #[test]
    fn a_right_secret_does_not_free_an_address() {
        let throttle = Throttle::default();
        let address = [Who::Address(IpAddr::from([127, 0, 0, 1]))];
        for _ in 0..100 {
            throttle.count(&address, 0);
        }
        throttle.forget(&address);
        assert_eq!(throttle.wait(&address, 0), Some(60));
    }
}
