//! Sending, and what the server proves.

use super::ApoaClient;
use crate::convert::{ReceiptCheck, ReportId, Superseded, SyncRequest, SyncSummary, TriedOut, TryOutRequest};
use crate::error::{DraftError, StoreError, SyncError};

#[uniffi::export]
impl ApoaClient {
    /// Blocks within its budget; call from a background thread. A report counts as received only once its receipt
    /// has verified.
    pub fn sync(&self, request: SyncRequest) -> Result<SyncSummary, SyncError> {
        Ok(self.0.sync(request.into())?.into())
    }

    /// Blocks within its budget for each request; call from a background thread. What the server would make of the
    /// queue. Nothing changes on either end, and nothing is promised.
    pub fn try_out(&self, request: TryOutRequest) -> Result<Vec<TriedOut>, SyncError> {
        Ok(self.0.try_out(request.into())?.into_iter().map(TriedOut::from).collect())
    }

    /// Asks a run, a look-up, a trial or the filing of a list to end; one that has not begun yet will end at once.
    /// Nothing committed is undone.
    pub fn cancel(&self, run: i64) -> Result<(), StoreError> {
        self.0.cancel(run.cast_unsigned());
        Ok(())
    }

    /// Blocks. Lets a report on hold go on. False if it was not on hold.
    pub fn retry(&self, report: ReportId) -> Result<bool, DraftError> {
        Ok(self.0.retry(report)?)
    }

    /// Blocks; call from a background thread. Asks the server whether it ever saw the op on hold, and if it did not,
    /// puts what waits of this report on what the server has, as new ops.
    pub fn supersede(&self, report: ReportId) -> Result<Superseded, SyncError> {
        Ok(self.0.supersede(report)?)
    }

    /// Blocks; call from a background thread. Verifies a receipt, also one of another device, and whether it belongs
    /// to the passport in hand.
    #[uniffi::method(default(passport = None))]
    pub fn verify_receipt(&self, text: String, passport: Option<String>) -> Result<ReceiptCheck, SyncError> {
        Ok(ReceiptCheck::new(self.0.verify_receipt(&text)?, passport.as_deref()))
    }
}
