//! Finding reports.

use super::ApoaClient;
use crate::convert::{Counts, Page, QueueRow, ReportDetail, ReportId, ReportRow, limit, rows};
use crate::error::{InputError, StoreError};

#[uniffi::export]
impl ApoaClient {
    /// Blocks. A page of reports, newest first; without their contents while nobody is active.
    pub fn reports(&self, page: Page) -> Result<Vec<ReportRow>, InputError> {
        Ok(rows(self.0.reports(page.try_into()?)?))
    }

    /// Blocks. One report with its data, receipts and history; nothing if there is no such report, and while nobody is
    /// active.
    pub fn report(&self, report: ReportId) -> Result<Option<ReportDetail>, StoreError> {
        Ok(self.0.report(report)?.map(ReportDetail::from))
    }

    /// Blocks. Reports with this document number, or whose name or room holds every word; newest first, after the last
    /// one of the page before. None while nobody is active.
    #[uniffi::method(default(after = None))]
    pub fn search(
        &self,
        text: String,
        limit: i32,
        after: Option<ReportId>,
    ) -> Result<Vec<ReportRow>, InputError> {
        Ok(rows(self.0.search(&text, self::limit(limit)?, after)?))
    }

    /// Blocks. Reports with open work, nearest deadline first; also while nobody is active.
    pub fn queue(&self) -> Result<Vec<QueueRow>, StoreError> {
        Ok(self.0.queue()?.into_iter().map(QueueRow::from).collect())
    }

    /// Blocks. How many reports are in which state; works without the key.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        Ok(self.0.counts()?.into())
    }
}
