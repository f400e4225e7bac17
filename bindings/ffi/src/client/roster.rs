//! Lists of guests and workers as text: looked at, held against what is reported, filed. A list crosses with each call
//! and is read anew, which costs less than keeping it: nothing personal stays behind.

use std::collections::HashSet;
use std::ops::ControlFlow;

use apoa_core::roster::Roster;

use super::ApoaClient;
use crate::convert::{RosterChanges, RosterFiled, RosterPage, RosterPreview, RosterRequest};
use crate::error::RosterError;

#[uniffi::export]
impl ApoaClient {
    /// Blocks; call from a background thread. Judges every row as a single report is judged and stores nothing. The
    /// list is a text with semicolons, commas or tabs, of at most 10 MB and 10,000 rows.
    pub fn preview_roster(
        &self,
        list: &[u8],
        request: RosterRequest,
        page: RosterPage,
    ) -> Result<RosterPreview, RosterError> {
        RosterPreview::of(&self.roster(list, request)?, page)
    }

    /// Blocks; call from a background thread. The list against the unit's open reports of its kind: who is new,
    /// changed, gone. It proposes and does nothing.
    pub fn compare_roster(&self, list: &[u8], request: RosterRequest) -> Result<RosterChanges, RosterError> {
        let list = self.roster(list, request)?;
        Ok(RosterChanges::of(&list, self.0.compare_roster(&list)?))
    }

    /// Blocks; call from a background thread. Files every row that is ready or has only warnings, but those whose
    /// numbers are left out. Rows go a hundred at a time, each hundred on disk before the next. `cancel(run)` ends it
    /// after the hundred that is under way; the same list again files the rest.
    pub fn file_roster(
        &self,
        list: &[u8],
        request: RosterRequest,
        leave_out: Vec<i32>,
        run: i64,
    ) -> Result<RosterFiled, RosterError> {
        let list = self.roster(list, request)?;
        let left_out: HashSet<i32> = leave_out.into_iter().collect();
        let number =
            |place: usize| list.rows.get(place).and_then(|row| i32::try_from(row.checked.number).ok());
        let leave_out = |place| number(place).is_some_and(|number| left_out.contains(&number));
        let call = self.0.begin(run.cast_unsigned());
        let mut told =
            |_| if call.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        Ok(self.0.file_roster(&list, &leave_out, &mut told)?.into())
    }
}

impl ApoaClient {
    fn roster(&self, list: &[u8], request: RosterRequest) -> Result<Roster, RosterError> {
        Ok(self.0.read_roster(list, &request.try_into()?)?)
    }
}
