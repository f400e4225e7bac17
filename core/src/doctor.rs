//! What is wrong here, without identities: for a person who asks for help, and for whoever helps.

use apoa_domain::codes::Code;
use apoa_domain::report::finalise::ClockTrust;

use crate::client::ApoaClient;
use crate::error::{StoreError, SyncError};

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The database files are sound.
    Store,
    /// The key answers.
    Key,
    /// The server's clock is known.
    Clock,
    /// A server is set and answers with a config that is signed as it should be.
    Server,
    /// A trust file is set and sound.
    Trust,
    /// The newest patterns of the deployment are in use.
    Patterns,
}

impl Check {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Key => "key",
            Self::Clock => "clock",
            Self::Server => "server",
            Self::Trust => "trust",
            Self::Patterns => "patterns",
        }
    }
}

/// One line of the doctor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// What is wrong with it, if anything.
    pub problem: Option<Code>,
    /// How many reports it costs, where it costs any.
    pub reports: Option<u32>,
    /// How many were saved, where something was damaged.
    pub saved: Option<u32>,
}

impl ApoaClient {
    /// Blocks; call from a background thread. Asks the server, if one is set.
    pub fn doctor(&self) -> Vec<Finding> {
        // A rescue stays a finding until a person removes what was moved aside.
        let (saved, lost) =
            self.salvages().iter().fold((0, 0), |(saved, lost), one| (saved + one.saved, lost + one.lost));
        let rescued = (saved + lost > 0).then_some((saved, lost));
        let store = match self.store_is_sound() {
            Ok(true) if rescued.is_some() => Some(Code::Damaged),
            Ok(true) => None,
            Ok(false) => Some(Code::Damaged),
            Err(error) => Some(error.code()),
        };
        let trust = self.trusted().err().map(|error| error.code());
        let server = match (trust, self.fetch_config()) {
            (None, Err(error)) => Some(error.code()),
            (Some(_), _) => self.origin().err().as_ref().map(SyncError::code),
            (None, Ok(_)) => None,
        };
        // Only after the server was asked: its answer is what sets the clock.
        let clock_known = self.server_clock.trust() != ClockTrust::Unknown;
        let clock = (server == Some(Code::ClockWrong) || (server.is_none() && !clock_known))
            .then_some(Code::ClockWrong);
        let (key, reports) = self.key_problem();
        // Likewise: the server's answer is what brings them.
        let patterns = match self.refused_patterns() {
            Ok(refused) => refused.map(|_| Code::PatternsRefused),
            Err(error) => Some(error.code()),
        };
        [
            (Check::Store, store, rescued.map(|(_, lost)| lost)),
            (Check::Key, key, reports),
            (Check::Trust, trust, None),
            (Check::Server, server, None),
            (Check::Clock, clock, None),
            (Check::Patterns, patterns, None),
        ]
        .map(|(check, problem, reports)| {
            let saved = rescued.filter(|_| check == Check::Store).map(|(saved, _)| saved);
            Finding { check, problem, reports, saved }
        })
        .to_vec()
    }

    /// What is wrong with the keys, and how many unsent reports it costs.
    fn key_problem(&self) -> (Option<Code>, Option<u32>) {
        let asked = || {
            self.device.ask_key()?;
            self.unit().map_or(Ok(0), |unit| unit.lost_work())
        };
        match asked().map_err(StoreError::from) {
            Ok(0) => (None, None),
            Ok(lost) => (Some(Code::KeyLost), Some(lost)),
            Err(error) => (Some(error.code()), None),
        }
    }

    fn store_is_sound(&self) -> Result<bool, StoreError> {
        let unit = self.unit().map_or(Ok(true), |unit| unit.is_sound())?;
        Ok(unit && self.device.is_sound()?)
    }
}
