//! Keys, files, retention, and what is wrong here.

use super::ApoaClient;
use crate::convert::{BreachExtract, Finding, Hold, ReportId, Rotated, Salvage, Upkeep};
use crate::error::{DraftError, StoreError};

#[uniffi::export]
impl ApoaClient {
    /// Wipes the keys from memory. The next call that needs one asks the vault again.
    pub fn lock(&self) -> Result<(), StoreError> {
        self.0.lock();
        Ok(())
    }

    /// Blocks, at most a few seconds. Ends a run, finishes the write under way, closes every file and frees every
    /// lock. Until resume every call says that the storage is closed. Again is fine.
    pub fn suspend(&self) -> Result<(), StoreError> {
        Ok(self.0.suspend()?)
    }

    /// Blocks. Opens the files again. Again is fine.
    pub fn resume(&self) -> Result<(), StoreError> {
        Ok(self.0.resume()?)
    }

    /// Blocks; call from a background thread. Erases what is due, destroys keys that nothing needs, opens a new key
    /// epoch if one is due. Cheap where nothing is; a run does it by itself.
    pub fn upkeep(&self) -> Result<Upkeep, StoreError> {
        Ok(self.0.upkeep()?.into())
    }

    /// Blocks, in proportion to the reports; call from a background thread. New keys for everything, and the old ones
    /// destroyed: no earlier copy of the files opens with the keys of this device any more.
    pub fn rotate_keys(&self) -> Result<Rotated, DraftError> {
        Ok(self.0.rotate_keys()?.into())
    }

    /// Blocks. Holds a report, or lets it go.
    pub fn set_hold(&self, report: ReportId, hold: Hold) -> Result<(), DraftError> {
        Ok(self.0.set_hold(report, hold)?)
    }

    /// Blocks. What was rescued from damaged files of the active unit and still lies beside them, oldest first. Only a
    /// person removes it.
    pub fn salvages(&self) -> Result<Vec<Salvage>, StoreError> {
        Ok(self.0.salvages().into_iter().map(Salvage::from).collect())
    }

    /// What opening the data had to rescue this time.
    pub fn rescued(&self) -> Result<Option<Salvage>, StoreError> {
        Ok(self.0.rescued().map(Salvage::from))
    }

    /// Blocks. What this device holds of people in the active unit, and what it held; without identities.
    pub fn breach_extract(&self) -> Result<BreachExtract, DraftError> {
        Ok(self.0.breach_extract()?.into())
    }

    /// Blocks; call from a background thread. What is wrong here, without identities.
    pub fn doctor(&self) -> Result<Vec<Finding>, StoreError> {
        Ok(self.0.doctor().into_iter().map(Finding::from).collect())
    }
}
