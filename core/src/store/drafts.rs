//! What is being typed, kept on disk: a form in progress survives the process. A draft is a report without an op; it
//! knows neither duplicates nor deadlines, and leaves by being finished, by a person, or by its age.

use apoa_domain::ids::{AccountId, ReportId, Timestamp};
use apoa_domain::report::draft::Draft;
use apoa_domain::report::finalise::Judged;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::retention::days_after;
use apoa_domain::report::state::Work;
use apoa_domain::report::summary::Summary;
use rusqlite::named_params;

use super::events::{Happening, Moment, log};
use super::filing::read_life;
use super::rows::{draft_text, stored};
use super::unit::UnitStore;
use crate::error::Error;
use crate::seal::envelope::{Column, DataKey, tag};

/// A draft's revision, before it is finished.
const DRAFT_REVISION: u32 = 0;

impl UnitStore {
    /// Keeps a new draft.
    pub(crate) fn keep_draft(
        &self,
        report: ReportId,
        draft: &Draft,
        judged: Option<&Judged>,
        captured_by: AccountId,
        at: Moment,
    ) -> Result<(), Error> {
        let _shared = self.shared()?;
        let (owner, row, ring) = (*self.unit.as_bytes(), *report.as_bytes(), self.ring()?);
        let keys = ring.current();
        let (key, wrapped) = keys.new_data_key(owner, row, &*self.random)?;
        let summary = Summary::of(draft);
        let [typed, shown] = self.seal_draft(&key, row, &draft_text(draft, judged), &summary)?;
        let document = summary.document().map(|number| keys.index.document(number));
        self.database.write("commit.draft_kept", |tx| {
            tx.execute(
                "INSERT INTO report(id, kind, work, local_rev, captured_by, doc_mac, epoch, wrapped_dek, enc_draft, \
                 enc_summary) VALUES(:id, :kind, :work, :rev, :by, :doc, :epoch, :dek, :draft, :summary)",
                named_params! {
                    ":id": row, ":kind": stored(ReportKind::ALL, &draft.kind()),
                    ":work": stored(Work::ALL, &Work::Draft), ":rev": DRAFT_REVISION,
                    ":by": captured_by.as_bytes(), ":doc": document, ":epoch": keys.epoch, ":dek": wrapped,
                    ":draft": typed, ":summary": shown,
                },
            )?;
            log(tx, Some(report), None, Happening::Drafted, None, at)
        })
    }

    /// Keeps what was typed into a draft, or into a form over a finished report; the list follows drafts only.
    /// `false` if there is no such report.
    pub(crate) fn update_draft(
        &self,
        report: ReportId,
        draft: &Draft,
        judged: Option<&Judged>,
        at: Moment,
    ) -> Result<bool, Error> {
        let _shared = self.shared()?;
        if self.life(report)?.is_none() {
            return Ok(false);
        }
        let (row, ring) = (*report.as_bytes(), self.ring()?);
        let (epoch, key) = self.data_key_of(report, &ring)?;
        let summary = Summary::of(draft);
        let [typed, shown] = self.seal_draft(&key, row, &draft_text(draft, judged), &summary)?;
        let keys = ring.of(epoch)?;
        let document = summary.document().map(|number| keys.index.document(number));
        self.database.write("commit.draft_updated", |tx| {
            let Some(life) = read_life(tx, report)? else { return Ok(false) };
            tx.execute("UPDATE report SET enc_draft = ?2 WHERE id = ?1", (row, &typed))?;
            if life.work == Work::Draft {
                tx.execute(
                    "UPDATE report SET enc_summary = ?2, doc_mac = ?3 WHERE id = ?1",
                    (row, &shown, document),
                )?;
            }
            log(tx, Some(report), None, Happening::Drafted, None, at)?;
            Ok(true)
        })
    }

    /// What was typed, and what the list shows of it.
    fn seal_draft(
        &self,
        key: &DataKey,
        row: [u8; 16],
        typed: &str,
        shown: &Summary,
    ) -> Result<[Vec<u8>; 2], Error> {
        let seal = |column, plain: &[u8]| self.seal(key, row, (column, tag(DRAFT_REVISION)), plain);
        Ok([
            seal(Column::ReportDraft, typed.as_bytes())?,
            seal(Column::ReportSummary, shown.to_json().as_bytes())?,
        ])
    }

    /// Drafts that nobody touched for so many days.
    pub(crate) fn stale_drafts(&self, now: Timestamp, days: u32) -> Result<Vec<ReportId>, Error> {
        let before = Timestamp(now.0.saturating_sub(days_after(Timestamp(0), days).0));
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT r.id FROM report r WHERE r.work = ?1 AND r.hold = 0 \
                 AND (SELECT max(e.at_ms) FROM event e WHERE e.report_id = r.id) < ?2 ORDER BY r.seq",
            )?;
            let rows = statement
                .query_map((stored(Work::ALL, &Work::Draft), before.0), |row| row.get::<_, [u8; 16]>(0))?;
            Ok(rows.map(|id| id.map(ReportId::from_bytes)).collect::<Result<_, _>>()?)
        })
    }
}
