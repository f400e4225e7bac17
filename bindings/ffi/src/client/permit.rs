//! Permits and passports by the deployment's patterns and the office's register.

use std::sync::Arc;

use apoa_core::passport;
use apoa_core::permit::read;

use super::ApoaClient;
use crate::convert::{
    Comparison, Described, LookUpKey, LookUpRequest, LookedUp, Occasion, ThreeWay, UnknownShape,
};
use crate::error::{InputError, StoreError, SyncError};
use crate::scanner::{Reading, Scanner};

#[uniffi::export]
impl ApoaClient {
    /// Blocks. A scanner that reads codes by the newest patterns of the deployment; make another one after a sync.
    pub fn scanner(&self) -> Result<Arc<Scanner>, StoreError> {
        Ok(Arc::new(Scanner::with(self.0.patterns()?)))
    }

    /// Blocks. What the payload of a code says. What it links to is never opened.
    pub fn read_code(&self, payload: &[u8]) -> Result<Reading, StoreError> {
        Ok((&read(payload, &self.0.patterns()?)).into())
    }

    /// Blocks. Why the newest patterns of the deployment are not in use, if they are not.
    pub fn refused_patterns(&self) -> Result<Option<String>, StoreError> {
        Ok(self.0.refused_patterns()?.map(|error| error.to_string()))
    }

    /// Blocks. Counts the redacted form of a code that nobody knew, so that a deployment can write the next pattern;
    /// ask the person first. False if the payload is known.
    pub fn remember_unknown(&self, payload: &[u8]) -> Result<bool, StoreError> {
        Ok(self.0.remember_unknown(&read(payload, &self.0.patterns()?))?)
    }

    /// Blocks. The forms that were remembered, the most frequent first.
    pub fn unknown_shapes(&self) -> Result<Vec<UnknownShape>, StoreError> {
        Ok(self.0.unknown_shapes()?.into_iter().map(UnknownShape::from).collect())
    }

    /// Blocks within its budget; call from a background thread. Asks the server for the record behind a key of a code.
    /// Needs a sign-in and the network; nothing of the record is kept.
    pub fn look_up(&self, key: LookUpKey, request: LookUpRequest) -> Result<LookedUp, SyncError> {
        Ok(self.0.look_up(&key.into(), request.into())?.into())
    }

    /// Blocks. Whether permit and passport belong together, by the newest patterns of the deployment.
    pub fn compare(
        &self,
        permit: Described,
        passport: Described,
        occasion: Occasion,
    ) -> Result<Comparison, InputError> {
        let (patterns, occasion) = (self.0.patterns()?, passport::Occasion::try_from(occasion)?);
        let seen = |person: Described| person.seen(&patterns, occasion.today);
        Ok(passport::compare(&seen(permit)?, &seen(passport)?, &occasion).into())
    }

    /// Blocks. The same with the record of the office's register as the third source.
    pub fn compare_three(
        &self,
        code: Described,
        record: Described,
        passport: Described,
        occasion: Occasion,
    ) -> Result<ThreeWay, InputError> {
        let (patterns, occasion) = (self.0.patterns()?, passport::Occasion::try_from(occasion)?);
        let seen = |person: Described| person.seen(&patterns, occasion.today);
        Ok(passport::compare_three(&seen(code)?, &seen(record)?, &seen(passport)?, &occasion).into())
    }
}
