//! Making and changing reports.

use super::ApoaClient;
use crate::convert::{Compared, Draft, FieldProblem, Finalised, FollowUp, ReportId, ReportKind, Withdrawn};
use crate::error::{DraftError, StoreError};

#[uniffi::export]
impl ApoaClient {
    /// Blocks. An empty draft with what the unit's profile fills in.
    pub fn new_draft(&self, kind: ReportKind) -> Result<Draft, StoreError> {
        Ok(self.0.new_draft(kind).into())
    }

    /// Blocks. The draft with what is still open filled from the unit's profile.
    pub fn fill_defaults(&self, draft: Draft) -> Result<Draft, DraftError> {
        let mut draft = draft.try_into()?;
        self.0.fill_defaults(&mut draft);
        Ok(draft.into())
    }

    /// Blocks. Everything that is wrong with a draft, notices included.
    pub fn check(&self, draft: Draft) -> Result<Vec<FieldProblem>, DraftError> {
        Ok(self.0.check(&draft.try_into()?).into_iter().map(FieldProblem::from).collect())
    }

    /// Blocks; call from a background thread. Keeps what is typed: a new draft, or, with a report, its draft or a form
    /// over its data. Nothing is checked, and nothing is sent before the draft is finished.
    #[uniffi::method(default(compared = None))]
    pub fn save_draft(
        &self,
        report: Option<ReportId>,
        draft: Draft,
        compared: Option<Compared>,
    ) -> Result<ReportId, DraftError> {
        Ok(self.0.save_draft(report, &draft.try_into()?, compared.map(Compared::into).as_ref())?)
    }

    /// Blocks. What an edit begins with: the form kept for this report, else its data as last finalised. Nothing while
    /// nobody is active.
    pub fn draft(&self, report: ReportId) -> Result<Option<Draft>, StoreError> {
        Ok(self.0.draft(report)?.map(Draft::from))
    }

    /// Blocks; call from a background thread. Keeps the report: once this returns, it is on disk. `again` is the
    /// reason why the same guest on the same day is another stay all the same.
    #[uniffi::method(default(compared = None, again = None))]
    pub fn finalise(
        &self,
        draft: Draft,
        compared: Option<Compared>,
        again: Option<String>,
    ) -> Result<Finalised, DraftError> {
        let compared = compared.map(Compared::into);
        Ok(self.0.finalise(draft.try_into()?, compared.as_ref(), again.as_deref())?.into())
    }

    /// Blocks; call from a background thread. Finishes a kept draft, with these facts in it.
    #[uniffi::method(default(again = None))]
    pub fn finalise_draft(
        &self,
        report: ReportId,
        draft: Draft,
        again: Option<String>,
    ) -> Result<Finalised, DraftError> {
        Ok(self.0.finalise_draft(report, draft.try_into()?, again.as_deref())?.into())
    }

    /// Blocks; call from a background thread. The whole data of a report, corrected. What surely was not sent is
    /// replaced; whatever the server may have is followed by an amendment.
    #[uniffi::method(default(again = None))]
    pub fn amend(
        &self,
        report: ReportId,
        draft: Draft,
        again: Option<String>,
    ) -> Result<Finalised, DraftError> {
        Ok(self.0.amend(report, draft.try_into()?, again.as_deref())?.into())
    }

    /// Blocks; call from a background thread. A follow-up on a report, also on one that another device made.
    pub fn follow_up(&self, report: ReportId, follow_up: FollowUp) -> Result<Finalised, DraftError> {
        Ok(self.0.follow_up(report, &follow_up.try_into()?)?.into())
    }

    /// Blocks; call from a background thread. Withdraws a report: here alone if the server never had it, else with a
    /// cancel that is sent.
    pub fn withdraw(&self, report: ReportId, reason: String) -> Result<Withdrawn, DraftError> {
        Ok(self.0.withdraw(report, &reason)?.into())
    }

    /// Blocks; call from a background thread. Drops a draft, or a report that the server surely never had.
    pub fn discard(&self, report: ReportId) -> Result<(), DraftError> {
        Ok(self.0.discard(report)?)
    }

    /// Blocks; call from a background thread. Keeps the photo of the passport's page, a JPEG file, with a report whose
    /// data are here. Refused where the server asks for no photos, for children, and above the server's limit.
    pub fn attach(&self, report: ReportId, photo: &[u8]) -> Result<Finalised, DraftError> {
        Ok(self.0.attach(report, photo)?.into())
    }
}
