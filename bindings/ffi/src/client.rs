//! Reports from both languages.

use std::path::Path;
use std::sync::Arc;

use apoa_core::Credentials;
use apoa_core::private::Private;

use crate::convert::{
    Account, Config, Counts, Draft, FieldProblem, Finalised, Finding, Page, QueueRow, ReceiptCheck,
    ReportDetail, ReportRow, SyncRequest, SyncSummary, parse_report,
};
use crate::error::{DraftError, InputError, StoreError, SyncError};
use crate::ports::{KeyVault, Observer, with_file_vault, with_vault};

/// Keeps and sends reports; one for each process and data folder.
#[derive(uniffi::Object)]
pub struct ApoaClient(apoa_core::ApoaClient);

#[uniffi::export]
impl ApoaClient {
    /// Blocks; call from a background thread. Opens the data folder or makes it, with the platform's keys.
    #[uniffi::constructor]
    pub fn open(
        config: Config,
        vault: Arc<dyn KeyVault>,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Self, SyncError> {
        let ports = with_vault(vault, observer);
        open(config, ports)
    }

    /// Blocks; call from a background thread. The same with keys in files, where a platform has no key store.
    #[uniffi::constructor]
    pub fn open_with_file_vault(
        config: Config,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Self, SyncError> {
        let ports = with_file_vault(Path::new(&config.data_dir), observer);
        open(config, ports)
    }

    /// Blocks. The active account; nothing before the first sign-in and while nobody is active.
    pub fn account(&self) -> Result<Option<Account>, StoreError> {
        Ok(self.0.account()?.map(Account::from))
    }

    /// Blocks; call from a background thread. Needs the network, once; after it nothing hinders saving.
    pub fn sign_in(&self, user: String, password: String) -> Result<Account, SyncError> {
        let credentials =
            Credentials::Password { user: Private::new(user), password: Private::new(password) };
        Ok(self.0.sign_in(&credentials)?.into())
    }

    /// Everything that is wrong with a draft, notices included.
    pub fn check(&self, draft: Draft) -> Result<Vec<FieldProblem>, DraftError> {
        Ok(self.0.check(&draft.try_into()?).into_iter().map(FieldProblem::from).collect())
    }

    /// Blocks; call from a background thread. Keeps the report: once this returns, it is on disk. `again` is the
    /// reason why the same guest on the same day is another stay all the same.
    pub fn finalise(&self, draft: Draft, again: Option<String>) -> Result<Finalised, DraftError> {
        Ok(self.0.finalise(draft.try_into()?, None, again.as_deref())?.into())
    }

    /// Blocks. A page of reports, newest first.
    pub fn reports(&self, page: Page) -> Result<Vec<ReportRow>, InputError> {
        let page = page.try_into()?;
        Ok(self.0.reports(page)?.into_iter().map(ReportRow::from).collect())
    }

    /// Blocks. One report with its data and receipts; nothing if there is no such report.
    pub fn report(&self, report: String) -> Result<Option<ReportDetail>, InputError> {
        Ok(self.0.report(parse_report(&report)?)?.map(ReportDetail::from))
    }

    /// Blocks. Reports with open work, nearest deadline first.
    pub fn queue(&self) -> Result<Vec<QueueRow>, StoreError> {
        Ok(self.0.queue()?.into_iter().map(QueueRow::from).collect())
    }

    /// Blocks. How many reports are in which state; works without the key.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        Ok(self.0.counts()?.into())
    }

    /// Blocks within its budget; call from a background thread. A report counts as received only once its receipt
    /// has verified.
    pub fn sync(&self, request: SyncRequest) -> Result<SyncSummary, SyncError> {
        Ok(self.0.sync(request.into())?.into())
    }

    /// Asks a run to end; one that has not begun yet will end at once.
    pub fn cancel(&self, run: i64) -> Result<(), StoreError> {
        self.0.cancel(run.cast_unsigned());
        Ok(())
    }

    /// Blocks; call from a background thread. Verifies a receipt, also one of another device, and whether it belongs
    /// to the passport in hand.
    pub fn verify_receipt(&self, text: String, passport: Option<String>) -> Result<ReceiptCheck, SyncError> {
        Ok(ReceiptCheck::new(self.0.verify_receipt(&text)?, passport.as_deref()))
    }

    /// Blocks; call from a background thread. What is wrong here, without identities.
    pub fn doctor(&self) -> Result<Vec<Finding>, StoreError> {
        Ok(self.0.doctor().into_iter().map(Finding::from).collect())
    }
}

fn open(config: Config, ports: apoa_core::Ports) -> Result<ApoaClient, SyncError> {
    let config = config.try_into()?;
    apoa_core::ApoaClient::open(config, ports)
        .map(ApoaClient)
        .map_err(|error| SyncError::StoreFailed { failure: error.into() })
}
