//! Rows of reports as they leave the file: clear columns at once, sealed ones outside the transaction. A row whose key
//! is lost or whose bytes are damaged is shown without its contents, and hides no other row.

use apoa_domain::fields::Field;
use apoa_domain::ids::{AccountId, ReportId, Revision, Timestamp};
use apoa_domain::private::Private;
use apoa_domain::report::draft::{Draft, Facts};
use apoa_domain::report::finalise::Judged;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::state::{Standing, Work};
use apoa_domain::report::summary::Summary;
use rusqlite::Row;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::keyring::KeyRing;
use crate::error::Error;
use crate::seal::envelope::{self, Column, Place, tag};

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that hold or do not, each by itself")]
pub struct ReportRow {
    /// The report.
    pub report: ReportId,
    /// Its kind.
    pub kind: ReportKind,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// What the list shows; empty where the row is not readable.
    pub summary: Summary,
    /// When it is due, if at all.
    pub due: Option<Timestamp>,
    /// Who typed it.
    pub captured_by: AccountId,
    /// Its revision here; where nothing waits, the one that the server has.
    pub revision: Revision,
    /// Whether the server has proved it closed, or it was discarded.
    pub closed: bool,
    /// Whether its data are here; of a report that another device made there is only this row.
    pub here: bool,
    /// Whether its key opened it. Otherwise nobody is active, or the key is lost or the row damaged: then enter again
    /// what was not sent.
    pub readable: bool,
    /// Whether it may not be shown to others, exported or erased.
    pub hold: bool,
}

/// The number that stands for a value in the database: its place in the list of all.
pub(super) fn stored<T: PartialEq>(all: &[T], value: &T) -> i64 {
    all.iter().position(|other| other == value).map_or(-1, |place| place as i64)
}

/// The value at a stored place.
pub(super) fn place_of<T: Copy>(all: &[T], place: i64) -> Result<T, Error> {
    usize::try_from(place).ok().and_then(|place| all.get(place)).copied().ok_or(Error::Stored("enumeration"))
}

/// The columns of a row, in the order [`SealedRow::read`] takes them. What was let go had revisions that the server
/// never saw.
pub(super) const ROW: &str = "id, kind, standing, work, due_ms, captured_by, \
                              iif(work = 0 AND acked_rev > 0, acked_rev, max(local_rev, acked_rev)), local_rev, \
                              epoch, wrapped_dek, enc_summary, purge_after_ms IS NOT NULL, enc_body IS NOT NULL, hold";

/// How many columns [`ROW`] has: what follows them in a query begins here.
pub(super) const ROW_COLUMNS: usize = 14;

/// The columns that open a summary without the rest of its row, in the order [`open_summary`] takes them.
pub(super) const SUMMARY: &str = "id, local_rev, epoch, wrapped_dek, enc_summary";

/// How many columns [`SUMMARY`] has.
pub(super) const SUMMARY_COLUMNS: usize = 5;

/// Opens the summary of a row in memory that the next one uses again.
pub(super) fn open_summary<'a>(
    row: &Row<'_>,
    owner: [u8; 16],
    ring: &KeyRing,
    opened: &'a mut Zeroizing<Vec<u8>>,
) -> Result<&'a [u8], Error> {
    let id = row.get(0)?;
    let wrapped = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
    let key = ring.of(row.get(2)?)?.data_key(owner, id, wrapped)?;
    let place = Place { owner, column: Column::ReportSummary, row: id, tag: tag(row.get(1)?) };
    opened.clear();
    opened.extend_from_slice(row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?);
    let value = envelope::open_in_place(&key, &place, opened)?;
    opened.get(value).ok_or(Error::Stored("summary"))
}

/// A row before its summary is opened, which happens outside the transaction.
pub(super) struct SealedRow {
    pub(super) id: [u8; 16],
    kind: i64,
    standing: i64,
    work: i64,
    due: Option<i64>,
    captured_by: [u8; 16],
    revision: u32,
    pub(super) local_revision: u32,
    epoch: u32,
    wrapped_dek: Vec<u8>,
    summary: Vec<u8>,
    closed: bool,
    has_body: bool,
    hold: bool,
}

impl SealedRow {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            standing: row.get(2)?,
            work: row.get(3)?,
            due: row.get(4)?,
            captured_by: row.get(5)?,
            revision: row.get(6)?,
            local_revision: row.get(7)?,
            epoch: row.get(8)?,
            wrapped_dek: row.get(9)?,
            summary: row.get(10)?,
            closed: row.get(11)?,
            has_body: row.get(12)?,
            hold: row.get(13)?,
        })
    }

    /// Opens a value of this row.
    pub(super) fn open_value(
        &self,
        owner: [u8; 16],
        ring: &KeyRing,
        (column, tag): (Column, [u8; 16]),
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = ring.of(self.epoch)?.data_key(owner, self.id, &self.wrapped_dek)?;
        Ok(envelope::open(&key, &Place { owner, column, row: self.id, tag }, sealed)?)
    }

    /// What the list shows of this row.
    pub(super) fn summary(&self, owner: [u8; 16], ring: &KeyRing) -> Result<Summary, Error> {
        let place = (Column::ReportSummary, tag(self.local_revision));
        let bytes = self.open_value(owner, ring, place, &self.summary)?;
        serde_json::from_slice(&bytes).map_err(|_| Error::Stored("summary"))
    }

    /// The row of a list, with or without what only the key shows.
    pub(super) fn show(&self, summary: Option<Summary>) -> Result<ReportRow, Error> {
        let work = place_of(Work::ALL, self.work)?;
        Ok(ReportRow {
            report: ReportId::from_bytes(self.id),
            kind: place_of(ReportKind::ALL, self.kind)?,
            standing: place_of(Standing::ALL, self.standing)?,
            work,
            readable: summary.is_some(),
            summary: summary.unwrap_or_default(),
            due: self.due.map(Timestamp),
            captured_by: AccountId::from_bytes(self.captured_by),
            revision: Revision(self.revision),
            closed: self.closed,
            here: self.has_body || work == Work::Draft,
            hold: self.hold,
        })
    }
}

/// The body of a report as `enc_body` keeps it: the last finalised text, so that it can always be held against its
/// receipt. A follow-up carries only its own facts: then the whole data stand beside it.
pub(crate) fn body_text(frozen: &str, whole: Option<&Facts>) -> Zeroizing<String> {
    let Some(whole) = whole else { return Zeroizing::new(frozen.to_owned()) };
    Zeroizing::new(serde_json::json!({ "frozen": frozen, "data": texts(whole) }).to_string())
}

/// The data of a kept body, as facts. What only a closed report carries as `null` is no fact.
pub(crate) fn facts_of(body: &[u8]) -> Result<Facts, Error> {
    #[derive(Deserialize)]
    struct Body {
        data: serde_json::Map<String, serde_json::Value>,
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| Error::Stored("body"))?;
    facts_from(body.data)
}

fn facts_from(data: serde_json::Map<String, serde_json::Value>) -> Result<Facts, Error> {
    let mut facts = Facts::new();
    for (code, value) in data {
        let field: Field = code.parse().map_err(|_| Error::Stored("field code"))?;
        let text = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        facts.insert(field, Private::new(text));
    }
    Ok(facts)
}

fn texts(facts: &Facts) -> serde_json::Map<String, serde_json::Value> {
    facts.iter().map(|(field, value)| (field.to_string(), value.reveal().as_str().into())).collect()
}

/// A draft as `enc_draft` keeps it.
pub(super) fn draft_text(draft: &Draft, judged: Option<&Judged>) -> Zeroizing<String> {
    Zeroizing::new(serde_json::json!({ "data": texts(draft.facts()), "verdict": judged }).to_string())
}

/// A kept draft, with the verdict of its comparison.
pub(super) fn read_draft(kind: ReportKind, kept: &[u8]) -> Result<(Draft, Option<Judged>), Error> {
    #[derive(Deserialize)]
    struct Kept {
        data: serde_json::Map<String, serde_json::Value>,
        verdict: Option<Judged>,
    }
    let kept: Kept = serde_json::from_slice(kept).map_err(|_| Error::Stored("draft"))?;
    Ok((Draft::of(kind, facts_from(kept.data)?), kept.verdict))
}
