//! What is wrong here, without identities: for a person who asks for help, and for whoever helps.

use apoa_domain::codes::Code;
use apoa_domain::report::finalise::ClockTrust;

use crate::client::ApoaClient;
use crate::error::SyncError;

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
}

impl ApoaClient {
    /// Blocks; call from a background thread. Asks the server, if one is set.
    pub fn doctor(&self) -> Vec<Finding> {
        let store = match self.store_is_sound() {
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
        [
            // A client whose key did not answer would not be open.
            (Check::Store, store),
            (Check::Key, None),
            (Check::Trust, trust),
            (Check::Server, server),
            (Check::Clock, clock),
        ]
        .map(|(check, problem)| Finding { check, problem })
        .to_vec()
    }

    fn store_is_sound(&self) -> Result<bool, crate::error::StoreError> {
        let unit = self.unit().map_or(Ok(true), |unit| unit.is_sound())?;
        Ok(unit && self.device.is_sound()?)
    }
}
