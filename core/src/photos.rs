//! The part of the facade that keeps photos: they go with a report, sealed like everything else of it, until the server
//! has them.

use apoa_domain::fields::Field;
use apoa_domain::ids::{Digest, ReportId};
use apoa_domain::report::follow_up::FollowUp;
use apoa_domain::report::photo;
use apoa_domain::report::plan::NotPossible;
use apoa_domain::report::rules::{FieldProblem, Problem};
use apoa_domain::report::state::Work;

use crate::client::{ApoaClient, Finalised};
use crate::error::{DraftError, StoreError};
use crate::store::rows::facts_of;

impl ApoaClient {
    /// Blocks; call from a background thread. Keeps the photo of the passport's page, a JPEG file, with a report whose
    /// data are here; `Ok` means on disk, sealed. A run sends it and then the op that speaks of it, and erases it here
    /// once the receipt is there. Refused where the server asks for no photos (so it is by default), for children, and
    /// above the server's limit (at most 400,000 bytes): scale it down first.
    pub fn attach(&self, report: ReportId, photo: &[u8]) -> Result<Finalised, DraftError> {
        let (_, unit) = self.at_work()?;
        let Some((_, body)) = unit.body(report).map_err(StoreError::from)? else {
            let life = unit.life(report).map_err(StoreError::from)?.ok_or(DraftError::NoReport)?;
            let why = if life.work == Work::Draft { NotPossible::Draft } else { NotPossible::Elsewhere };
            return Err(DraftError::NotPossible { why });
        };
        let facts = facts_of(&body).map_err(StoreError::from)?;
        let Some(born) = facts.get(&Field::BirthDate) else {
            // Whose age nobody knows may be a child.
            let problem = FieldProblem { field: Field::BirthDate, problem: Problem::Missing };
            return Err(DraftError::Invalid { problems: vec![problem] });
        };
        let rules = self.signed_config()?.map(|config| config.photos).unwrap_or_default();
        photo::check(photo, &rules, born.reveal(), self.today()).map_err(|why| DraftError::Photo { why })?;
        self.file_photo(report, &FollowUp::attach(Digest::of(photo)), photo)
    }
}
