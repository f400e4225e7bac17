//! Reports as lists, counts and details. Counts, ids, states and deadlines come from clear columns and work without
//! the key; the rows of a list come from sealed summaries.

use apoa_domain::fields::Field;
use apoa_domain::ids::{AccountId, OpId, ReportId, Revision, Timestamp};
use apoa_domain::private::Private;
use apoa_domain::report::draft::{Draft, Facts};
use apoa_domain::report::kinds::{OpKind, ReportKind};
use apoa_domain::report::state::{Standing, Work};
use rusqlite::{OptionalExtension as _, Row};
use serde::{Deserialize, Serialize};

use super::unit::UnitStore;
use crate::counts::Counts;
use crate::error::Error;
use crate::seal::envelope::{self, Column, Place, tag};

/// The facts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Whole name.
    pub full_name: Option<Private<String>>,
    /// Number of the travel document.
    pub passport_number: Option<Private<String>>,
    /// First day, ISO.
    pub first_date: Option<Private<String>>,
    /// Planned last day, ISO.
    pub planned_end: Option<Private<String>>,
    /// Last valid day of the permit, ISO.
    pub permit_expiry: Option<Private<String>>,
    /// Room.
    pub room: Option<Private<String>>,
}

impl Summary {
    /// The summary of a draft.
    pub(crate) fn of(draft: &Draft) -> Self {
        let fact = |field| draft.get(field).map(Private::from);
        Self {
            full_name: fact(Field::FullName),
            passport_number: fact(Field::PassportNumber),
            first_date: draft.kind().first_date().and_then(fact),
            planned_end: draft.planned_end().map(|day| Private::new(day.to_string())),
            permit_expiry: fact(Field::PermitExpiry),
            room: fact(Field::Room),
        }
    }

    pub(crate) fn document(&self) -> Option<&str> {
        self.passport_number.as_ref().map(|number| number.reveal().as_str())
    }

    pub(crate) fn first_date(&self) -> Option<&str> {
        self.first_date.as_ref().map(|day| day.reveal().as_str())
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// The report.
    pub report: ReportId,
    /// Its kind.
    pub kind: ReportKind,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// What the list shows.
    pub summary: Summary,
    /// When it is due, if at all.
    pub due: Option<Timestamp>,
    /// Who typed it.
    pub captured_by: AccountId,
    /// Its revision here.
    pub revision: Revision,
}

/// A report with its last finalised data and its receipts, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDetail {
    /// Its row.
    pub row: ReportRow,
    /// Its last finalised data.
    pub facts: Facts,
    /// The server's receipts, as tokens.
    pub receipts: Vec<String>,
}

/// An op with open work; nothing in it is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRow {
    /// The report.
    pub report: ReportId,
    /// The op; none while the office waits for a correction.
    pub op: Option<OpId>,
    /// What the op does.
    pub kind: Option<OpKind>,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// When it is due, if at all.
    pub due: Option<Timestamp>,
    /// How often it was sent.
    pub attempts: u32,
    /// Whether the server may have it already.
    pub maybe_sent: bool,
    /// The code of what holds it back.
    pub problem: Option<String>,
    /// Not before.
    pub next_try: Option<Timestamp>,
}

/// The number that stands for a value in the database: its place in the list of all.
pub(super) fn stored<T: PartialEq>(all: &[T], value: &T) -> i64 {
    all.iter().position(|other| other == value).map_or(-1, |place| place as i64)
}

/// The value at a stored place.
pub(super) fn place_of<T: Copy>(all: &[T], place: i64) -> Result<T, Error> {
    usize::try_from(place).ok().and_then(|place| all.get(place)).copied().ok_or(Error::Stored("enumeration"))
}

/// The columns of a row, in the order [`SealedRow::read`] takes them.
const ROW: &str = "id, kind, standing, work, due_ms, captured_by, max(local_rev, acked_rev), local_rev, wrapped_dek, enc_summary";

impl UnitStore {
    /// A page of reports, newest first; `after` is the last one of the page before.
    pub(crate) fn reports(
        &self,
        work: Option<Work>,
        standing: Option<Standing>,
        limit: usize,
        after: Option<ReportId>,
    ) -> Result<Vec<ReportRow>, Error> {
        let rows = self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT {ROW} FROM report WHERE (?1 IS NULL OR work = ?1) AND (?2 IS NULL OR standing = ?2) \
                 AND (?3 IS NULL OR seq < (SELECT seq FROM report WHERE id = ?3)) ORDER BY seq DESC LIMIT ?4"
            ))?;
            let work = work.map(|work| stored(Work::ALL, &work));
            let standing = standing.map(|standing| stored(Standing::ALL, &standing));
            let after = after.map(|report| *report.as_bytes());
            let rows = statement.query_map((work, standing, after, limit as i64), SealedRow::read)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        rows.into_iter().map(|row| row.open(self)).collect()
    }

    /// One report with its data and receipts.
    pub(crate) fn report(&self, report: ReportId) -> Result<Option<ReportDetail>, Error> {
        let found = self.database.read(|tx| {
            let row = tx
                .query_row(
                    &format!("SELECT {ROW}, enc_body FROM report WHERE id = ?1"),
                    [report.as_bytes()],
                    |row| Ok((SealedRow::read(row)?, row.get::<_, Option<Vec<u8>>>(10)?)),
                )
                .optional()?;
            Ok(row)
        })?;
        let Some((row, body)) = found else { return Ok(None) };
        let facts = match body {
            Some(body) => facts_of(&row.open_column(self, Column::ReportBody, &body)?)?,
            None => Facts::new(),
        };
        let receipts = self.receipts(report)?;
        Ok(Some(ReportDetail { row: row.open(self)?, facts, receipts }))
    }

    /// Whether the report is in this file.
    pub(crate) fn holds(&self, report: ReportId) -> Result<bool, Error> {
        self.database.read(|tx| {
            let found = "SELECT EXISTS(SELECT 1 FROM report WHERE id = ?1)";
            Ok(tx.query_row(found, [report.as_bytes()], |row| row.get(0))?)
        })
    }

    /// The receipts of a report, newest first.
    pub(crate) fn receipts(&self, report: ReportId) -> Result<Vec<String>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT jws FROM receipt WHERE report_id = ?1 ORDER BY revision DESC, iat_ms DESC",
            )?;
            let receipts = statement.query_map([report.as_bytes()], |row| row.get(0))?;
            Ok(receipts.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// How many reports are in which state. Works without the key.
    pub(crate) fn counts(&self) -> Result<Counts, Error> {
        self.database.read(|tx| {
            let mut counts = Counts::default();
            let mut statement =
                tx.prepare_cached("SELECT standing, work, count(*) FROM report GROUP BY standing, work")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let standing = place_of(Standing::ALL, row.get(0)?)?;
                let work = place_of(Work::ALL, row.get(1)?)?;
                counts.add(standing, work, row.get(2)?);
            }
            Ok(counts)
        })
    }

    /// Every report with open work, nearest deadline first. Works without the key.
    pub(crate) fn queue(&self) -> Result<Vec<QueueRow>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT r.id, o.op_id, o.kind, r.standing, r.work, r.due_ms, o.attempts, o.maybe_sent, o.wedge_code, \
                 o.not_before_ms FROM report r LEFT JOIN outbox o ON o.report_id = r.id \
                 WHERE r.work IN (2, 3, 4) ORDER BY r.due_ms IS NULL, r.due_ms, r.seq, o.seq",
            )?;
            let mut rows = statement.query([])?;
            let mut queue = Vec::new();
            while let Some(row) = rows.next()? {
                queue.push(queue_row(row)?);
            }
            Ok(queue)
        })
    }
}

fn queue_row(row: &Row<'_>) -> Result<QueueRow, Error> {
    let work = place_of(Work::ALL, row.get(4)?)?;
    let asked = (work == Work::NeedsCorrection).then(|| "R350".to_owned());
    Ok(QueueRow {
        report: ReportId::from_bytes(row.get(0)?),
        op: row.get::<_, Option<[u8; 16]>>(1)?.map(OpId::from_bytes),
        kind: row.get::<_, Option<i64>>(2)?.map(|kind| place_of(OpKind::ALL, kind)).transpose()?,
        standing: place_of(Standing::ALL, row.get(3)?)?,
        work,
        due: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        attempts: row.get::<_, Option<u32>>(6)?.unwrap_or(0),
        maybe_sent: row.get::<_, Option<bool>>(7)?.unwrap_or(false),
        problem: row.get::<_, Option<String>>(8)?.or(asked).map(|code| format!("APOA-{code}")),
        next_try: row.get::<_, Option<i64>>(9)?.filter(|ms| *ms > 0).map(Timestamp),
    })
}

/// The data of a frozen body, as facts.
fn facts_of(body: &[u8]) -> Result<Facts, Error> {
    #[derive(Deserialize)]
    struct Body {
        data: serde_json::Map<String, serde_json::Value>,
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| Error::Stored("body"))?;
    body.data
        .into_iter()
        .map(|(code, value)| {
            let field: Field = code.parse().map_err(|_| Error::Stored("field code"))?;
            let text = match value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            };
            Ok((field, Private::new(text)))
        })
        .collect()
}

/// A row before its summary is opened, which happens outside the transaction.
struct SealedRow {
    id: [u8; 16],
    kind: i64,
    standing: i64,
    work: i64,
    due: Option<i64>,
    captured_by: [u8; 16],
    revision: u32,
    local_revision: u32,
    wrapped_dek: Vec<u8>,
    summary: Vec<u8>,
}

impl SealedRow {
    fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            standing: row.get(2)?,
            work: row.get(3)?,
            due: row.get(4)?,
            captured_by: row.get(5)?,
            revision: row.get(6)?,
            local_revision: row.get(7)?,
            wrapped_dek: row.get(8)?,
            summary: row.get(9)?,
        })
    }

    fn open_column(&self, unit: &UnitStore, column: Column, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let owner = *unit.unit.as_bytes();
        let key = unit.keys.data_key(owner, self.id, &self.wrapped_dek)?;
        let place = Place { owner, column, row: self.id, tag: tag(self.local_revision) };
        Ok(envelope::open(&key, &place, sealed)?.to_vec())
    }

    fn open(self, unit: &UnitStore) -> Result<ReportRow, Error> {
        let summary = self.open_column(unit, Column::ReportSummary, &self.summary)?;
        Ok(ReportRow {
            report: ReportId::from_bytes(self.id),
            kind: place_of(ReportKind::ALL, self.kind)?,
            standing: place_of(Standing::ALL, self.standing)?,
            work: place_of(Work::ALL, self.work)?,
            summary: serde_json::from_slice(&summary).map_err(|_| Error::Stored("summary"))?,
            due: self.due.map(Timestamp),
            captured_by: AccountId::from_bytes(self.captured_by),
            revision: Revision(self.revision),
        })
    }
}
