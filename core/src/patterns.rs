//! By which patterns codes are recognised: those of the deployment's signed config, the built-in ones without. A set
//! that breaks a rule is refused, and the last good one stays in use, restarts included.

use apoa_domain::permit::{Patterns, PatternsError, Reading};

use crate::client::ApoaClient;
use crate::error::StoreError;
use crate::store::shapes::UnknownShape;
use crate::sync::config::SignedConfig;

impl ApoaClient {
    /// Blocks. The patterns in use now; ask again after a sync. Needs neither sign-in nor network.
    pub fn patterns(&self) -> Result<Patterns, StoreError> {
        Ok(self.known_patterns()?.0)
    }

    /// Blocks. Why the newest patterns of the deployment are not in use, if they are not (`Code::PatternsRefused`).
    pub fn refused_patterns(&self) -> Result<Option<PatternsError>, StoreError> {
        Ok(self.known_patterns()?.1)
    }

    /// Blocks. Counts the redacted form of a code that nobody knew, so that a deployment can write the next pattern; ask
    /// the person first. `false` if the reading is known. Needs neither sign-in nor network.
    pub fn remember_unknown(&self, reading: &Reading) -> Result<bool, StoreError> {
        let Some(shape) = reading.shape() else { return Ok(false) };
        self.device.count_shape(shape.as_str())?;
        Ok(true)
    }

    /// Blocks. The forms that were remembered, the most frequent first.
    pub fn unknown_shapes(&self) -> Result<Vec<UnknownShape>, StoreError> {
        Ok(self.device.unknown_shapes()?)
    }

    fn known_patterns(&self) -> Result<(Patterns, Option<PatternsError>), StoreError> {
        let Ok(trusted) = self.trusted() else { return Ok((Patterns::default(), None)) };
        let mut refused = None;
        for jws in self.device.configs()? {
            let Ok(config) = SignedConfig::verify(&jws, &trusted) else { continue };
            match config.patterns() {
                Ok(patterns) => return Ok((patterns, refused)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Ok((Patterns::default(), refused))
    }
}
