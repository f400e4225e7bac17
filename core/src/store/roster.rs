//! What an import of a list needs of the store: many new reports in one transaction, who holds which duplicate key, the
//! open reports of a kind, and what a person said about the columns of lists.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use apoa_domain::fields::Field;
use apoa_domain::ids::ReportId;
use apoa_domain::private::Private;
use apoa_domain::report::draft::Facts;
use apoa_domain::report::follow_up::closing_field;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::summary::Summary;
use apoa_domain::roster::{Known, Titles};

use super::duplicates::{LIVE, holder};
use super::filing::{Filing, New};
use super::rows::{ROW, ROW_COLUMNS, SealedRow, facts_of, stored};
use super::unit::{UnitStore, set_state, state};
use crate::error::Error;
use crate::seal::envelope::{Column, tag};

/// No row: a report that is not made yet is no report of its own.
const NOBODY: [u8; 16] = [0; 16];

impl UnitStore {
    /// New reports, all in one transaction and each as `file_new` writes it: report, op and event. One whose duplicate key
    /// a live report holds, also one of the same list, stays out: its answer is that report.
    pub(crate) fn file_all(&self, filings: &[Filing<'_>]) -> Result<Vec<Option<ReportId>>, Error> {
        let _shared = self.shared()?;
        let ring = self.ring()?;
        let new: Vec<New<'_>> =
            filings.iter().map(|filing| self.seal_new(filing, &ring)).collect::<Result<_, _>>()?;
        self.database.write("commit.file_all", |tx| {
            let mut holders = Vec::with_capacity(new.len());
            for report in &new {
                holders.push(match report.insert(tx, &ring) {
                    Ok(()) => None,
                    Err(Error::Duplicate(existing)) => Some(existing),
                    Err(error) => return Err(error),
                });
            }
            Ok(holders)
        })
    }

    /// The live report that holds the duplicate key of each summary, as `file_all` would find it.
    pub(crate) fn holders<'a>(
        &self,
        kind: ReportKind,
        summaries: impl Iterator<Item = &'a Summary>,
    ) -> Result<Vec<Option<ReportId>>, Error> {
        let ring = self.ring()?;
        self.database.read(|tx| {
            summaries
                .map(|summary| match summary.document().zip(summary.first_date()) {
                    Some(stay) => holder(tx, &ring, NOBODY, kind, stay, 0),
                    None => Ok(None),
                })
                .collect()
        })
    }

    /// The reports of a kind that are neither closed nor about to be, with their facts as far as they are here. One that
    /// does not open is left out: nothing can be said of it.
    pub(crate) fn open_reports(&self, kind: ReportKind) -> Result<Vec<Known>, Error> {
        let (ring, owner) = (self.ring()?, *self.unit.as_bytes());
        let rows = self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT {ROW}, enc_body FROM report WHERE kind = ?1 AND purge_after_ms IS NULL AND {LIVE} ORDER BY seq"
            ))?;
            let rows = statement.query_map([stored(ReportKind::ALL, &kind)], |row| {
                Ok((SealedRow::read(row)?, row.get::<_, Option<Vec<u8>>>(ROW_COLUMNS)?))
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        let mut open = Vec::with_capacity(rows.len());
        for (row, body) in rows {
            let facts = match &body {
                Some(body) => row
                    .open_value(owner, &ring, (Column::ReportBody, tag(row.local_revision)), body)
                    .and_then(|body| facts_of(&body)),
                None => row.summary(owner, &ring).map(|summary| facts_in(summary, kind)),
            };
            let Ok(facts) = facts else { continue };
            let ends = closing_field(kind).is_some_and(|closing| facts.contains_key(&closing));
            if !ends {
                open.push(Known { report: ReportId::from_bytes(row.id), facts, whole: body.is_some() });
            }
        }
        Ok(open)
    }

    /// What a person said about the columns of lists of this kind.
    pub(crate) fn titles(&self, kind: ReportKind) -> Result<Titles, Error> {
        let kept = self.database.read(|tx| state(tx, &titles_key(kind)))?.unwrap_or_default();
        // What cannot be read any more is asked again.
        let kept: BTreeMap<String, String> = serde_json::from_slice(&kept).unwrap_or_default();
        Ok(kept.into_iter().filter_map(|(code, title)| Some((Field::from_str(&code).ok()?, title))).collect())
    }

    /// Keeps it for the next list. Titles are no identities: they stand in clear.
    pub(crate) fn set_titles(&self, kind: ReportKind, titles: &Titles) -> Result<(), Error> {
        let text: BTreeMap<&str, &String> =
            titles.iter().map(|(field, title)| (field.as_str(), title)).collect();
        let text = serde_json::json!(text).to_string();
        self.database.write("commit.titles", |tx| set_state(tx, &titles_key(kind), text.as_bytes()))
    }
}

fn titles_key(kind: ReportKind) -> String {
    format!("titles.{kind}")
}

/// What the row of a list says of a report that another device made.
fn facts_in(summary: Summary, kind: ReportKind) -> Facts {
    let dates = [(kind.first_date(), summary.first_date), (kind.planned_end(), summary.planned_end)];
    let said = [
        (Field::FullName, summary.full_name),
        (Field::PassportNumber, summary.passport_number),
        (Field::PermitExpiry, summary.permit_expiry),
        (Field::Room, summary.room),
        (Field::BirthDate, summary.birth_date),
    ];
    let dated = dates.into_iter().filter_map(|(field, day)| Some((field?, day?)));
    let said = said.into_iter().filter_map(|(field, value)| Some((field, value?)));
    dated.chain(said).map(|(field, value): (Field, Private<String>)| (field, value)).collect()
}
