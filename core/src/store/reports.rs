//! Reports as lists, counts and details. Counts, ids, states and deadlines come from clear columns and work without
//! the key; the rows of a list come from sealed summaries.

use apoa_domain::ids::{AccountId, OpId, ReportId, Timestamp};
use apoa_domain::report::draft::{Draft, Facts};
use apoa_domain::report::finalise::{self, Judged};
use apoa_domain::report::kinds::{OpKind, ReportKind};
use apoa_domain::report::receipt::{Decision, decision_of};
use apoa_domain::report::state::{Standing, Work};
use rusqlite::{OptionalExtension as _, Row};

use super::events::{Event, Happening};
use super::filing::PARKED;
use super::rows::{ROW, ROW_COLUMNS, ReportRow, SealedRow, facts_of, place_of, read_draft, stored};
use super::unit::UnitStore;
use crate::counts::Counts;
use crate::error::Error;
use crate::seal::envelope::{Column, tag};

/// A report with its data and its receipts, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDetail {
    /// Its row.
    pub row: ReportRow,
    /// Its data: as last finalised, follow-ups included; of a draft as typed so far.
    pub facts: Facts,
    /// The server's receipts, as tokens.
    pub receipts: Vec<String>,
    /// What the comparison of permit and passport gave, as the last finalised op carries it; a follow-up carries none.
    pub judged: Option<Judged>,
    /// What the office says beside the state: which facts to correct, or why it rejected the report.
    pub decision: Decision,
    /// Whose sign-in carried the last op that the server has proved.
    pub sent_by: Option<AccountId>,
    /// What happened to it, oldest first.
    pub history: Vec<Event>,
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
    /// When it is due; nothing is, once the server has the report.
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

/// Which reports a list asks for, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Which {
    pub(crate) work: Option<Work>,
    pub(crate) standing: Option<Standing>,
    /// Only those after this one, the last of the page before.
    pub(crate) after: Option<ReportId>,
}

impl UnitStore {
    /// A page of reports, newest first.
    pub(crate) fn reports(&self, which: Which, limit: usize) -> Result<Vec<ReportRow>, Error> {
        self.show_all(&self.page(which, limit)?)
    }

    /// The same without what only the key shows.
    pub(crate) fn reports_sealed(&self, which: Which, limit: usize) -> Result<Vec<ReportRow>, Error> {
        self.page(which, limit)?.iter().map(|row| row.show(None)).collect()
    }

    fn page(&self, which: Which, limit: usize) -> Result<Vec<SealedRow>, Error> {
        let from = self.place_after(which.after)?;
        let sql = page_sql(which);
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&sql)?;
            let rows = statement.query_map((from, limit as i64), SealedRow::read)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// The number of a report, below which a page after it begins.
    pub(super) fn place_after(&self, after: Option<ReportId>) -> Result<i64, Error> {
        let Some(after) = after else { return Ok(i64::MAX) };
        self.database.read(|tx| {
            let seq = tx
                .query_row("SELECT seq FROM report WHERE id = ?1", [after.as_bytes()], |row| row.get(0))
                .optional()?;
            Ok(seq.unwrap_or(0))
        })
    }

    /// Opens what opens; a row that does not is shown without its contents.
    pub(super) fn show_all(&self, rows: &[SealedRow]) -> Result<Vec<ReportRow>, Error> {
        let ring = self.ring()?;
        let owner = *self.unit.as_bytes();
        rows.iter().map(|row| row.show(row.summary(owner, &ring).ok())).collect()
    }

    /// One report with its data, receipts and history.
    pub(crate) fn report(&self, report: ReportId) -> Result<Option<ReportDetail>, Error> {
        let Some((row, body, draft)) = self.sealed(report)? else { return Ok(None) };
        let (ring, owner) = (self.ring()?, *self.unit.as_bytes());
        let shown = row.show(row.summary(owner, &ring).ok())?;
        let mut judged = None;
        let facts = match (&body, &draft) {
            (Some(body), _) => {
                let at = (Column::ReportBody, tag(row.local_revision));
                row.open_value(owner, &ring, at, body).and_then(|body| {
                    judged = core::str::from_utf8(&body).ok().and_then(finalise::judged);
                    facts_of(&body)
                })
            }
            (None, Some(draft)) => row
                .open_value(owner, &ring, (Column::ReportDraft, tag(0)), draft)
                .and_then(|kept| Ok(read_draft(shown.kind, &kept)?.0.facts().clone())),
            (None, None) => Ok(Facts::new()),
        };
        let readable = shown.readable && facts.is_ok();
        let history = self.events(Some(report), Timestamp(i64::MIN))?;
        let sent_by = history.iter().rev().find(|event| event.what == Happening::Proved);
        let receipts = self.receipts(report)?;
        Ok(Some(ReportDetail {
            row: ReportRow { readable, ..shown },
            facts: facts.unwrap_or_default(),
            judged,
            decision: receipts.first().map(|newest| decision_of(newest)).unwrap_or_default(),
            receipts,
            sent_by: sent_by.and_then(|event| event.actor),
            history,
        }))
    }

    /// The draft kept for a report: a new one, or changes to one that is there; with the verdict of its comparison.
    pub(crate) fn draft(&self, report: ReportId) -> Result<Option<(Draft, Option<Judged>)>, Error> {
        let Some((row, _, Some(draft))) = self.sealed(report)? else { return Ok(None) };
        let (ring, owner) = (self.ring()?, *self.unit.as_bytes());
        let kept = row.open_value(owner, &ring, (Column::ReportDraft, tag(0)), &draft)?;
        Ok(Some(read_draft(row.show(None)?.kind, &kept)?))
    }

    /// The last finalised body as it is kept, for the next op to build on.
    pub(crate) fn body(&self, report: ReportId) -> Result<Option<(ReportKind, Vec<u8>)>, Error> {
        let Some((row, Some(body), _)) = self.sealed(report)? else { return Ok(None) };
        let (ring, owner) = (self.ring()?, *self.unit.as_bytes());
        let opened = row.open_value(owner, &ring, (Column::ReportBody, tag(row.local_revision)), &body)?;
        Ok(Some((row.show(None)?.kind, opened.to_vec())))
    }

    /// What the list shows of one report.
    pub(crate) fn row(&self, report: ReportId) -> Result<Option<ReportRow>, Error> {
        let Some((row, ..)) = self.sealed(report)? else { return Ok(None) };
        Ok(self.show_all(core::slice::from_ref(&row))?.pop())
    }

    #[expect(clippy::type_complexity, reason = "a row, its body, its draft")]
    fn sealed(
        &self,
        report: ReportId,
    ) -> Result<Option<(SealedRow, Option<Vec<u8>>, Option<Vec<u8>>)>, Error> {
        self.database.read(|tx| {
            Ok(tx
                .prepare_cached(&format!("SELECT {ROW}, enc_body, enc_draft FROM report WHERE id = ?1"))?
                .query_row([report.as_bytes()], |row| {
                    Ok((SealedRow::read(row)?, row.get(ROW_COLUMNS)?, row.get(ROW_COLUMNS + 1)?))
                })
                .optional()?)
        })
    }

    /// The receipts of a report, newest first.
    pub(crate) fn receipts(&self, report: ReportId) -> Result<Vec<String>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT jws FROM receipt WHERE report_id = ?1 ORDER BY revision DESC, iat_ms DESC, rowid DESC",
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
                tx.prepare_cached("SELECT standing, work, count(*) FROM report GROUP BY work, standing")?;
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
                "SELECT r.id, o.op_id, o.kind, r.standing, r.work, \
                 CASE WHEN r.standing = 0 THEN r.due_ms END AS due, o.attempts, o.maybe_sent, o.wedge_code, \
                 o.not_before_ms FROM report r LEFT JOIN outbox o ON o.report_id = r.id \
                 AND o.seq = (SELECT min(seq) FROM outbox WHERE report_id = r.id) WHERE r.work IN (2, 3, 4) ORDER BY due IS NULL, due, r.seq, o.seq",
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

/// One index serves every list: in each state that is asked for the rows lie in their order, and the newest of all of
/// them are the page.
fn page_sql(which: Which) -> String {
    if which.work.is_none() && which.standing.is_none() {
        return format!("SELECT {ROW} FROM report WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2");
    }
    let mut newest = Vec::new();
    for work in Work::ALL.iter().filter(|work| which.work.is_none_or(|asked| asked == **work)) {
        for standing in
            Standing::ALL.iter().filter(|standing| which.standing.is_none_or(|asked| asked == **standing))
        {
            newest.push(format!(
                "SELECT * FROM (SELECT seq FROM report WHERE work = {} AND standing = {} AND seq < ?1 \
                 ORDER BY seq DESC LIMIT ?2)",
                stored(Work::ALL, work),
                stored(Standing::ALL, standing)
            ));
        }
    }
    let newest = newest.join(" UNION ALL ");
    format!("SELECT {ROW} FROM report WHERE seq IN ({newest}) ORDER BY seq DESC LIMIT ?2")
}

fn queue_row(row: &Row<'_>) -> Result<QueueRow, Error> {
    let work = place_of(Work::ALL, row.get(4)?)?;
    let held = row.get::<_, Option<String>>(8)?.filter(|code| code != PARKED);
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
        problem: held.or(asked).map(|code| format!("APOA-{code}")),
        next_try: row.get::<_, Option<i64>>(9)?.filter(|ms| *ms > 0).map(Timestamp),
    })
}
