//! Lists for others: who is here now, each with its receipt, without what may not be shown to others; and which ops wait,
//! with the digests of their bytes and nobody's identity.

use apoa_domain::ids::{Digest, OpId, ReportId, Revision, Timestamp};
use apoa_domain::report::finalise::ClockTrust;
use apoa_domain::report::kinds::{OpKind, ReportKind};
use apoa_domain::report::state::{Standing, Work};
use rusqlite::Row;

use super::events::{Happening, TRUST};
use super::filing::PARKED;
use super::rows::{ROW, ROW_COLUMNS, ReportRow, SealedRow, place_of, stored};
use super::unit::UnitStore;
use crate::error::Error;

/// Rows opened in one go, so that other readers hardly wait.
const CHUNK: usize = 1000;

/// A report with what the server proved of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedReport {
    /// What the list shows.
    pub row: ReportRow,
    /// The newest receipt, as a token; none while the server has not proved anything.
    pub receipt: Option<String>,
    /// When the first one was issued, by the server's clock.
    pub received: Option<Timestamp>,
}

/// Which reports a list for others asks for. None has what is on hold for others, and none what is still typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// All of them.
    All,
    /// Stays and jobs that are open here: not withdrawn or rejected, and not those whose end is recorded and waits.
    Open,
    /// The open ones, and the rejected ones: whom the office turned down still sleeps here. Where there is a later report
    /// of the same document, or an open one, that one speaks for the person.
    Here,
}

/// An op that waits; nothing in it is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingOp {
    /// The report.
    pub report: ReportId,
    /// Its kind.
    pub report_kind: ReportKind,
    /// The op.
    pub op: OpId,
    /// What the op does.
    pub kind: OpKind,
    /// Its revision.
    pub revision: Revision,
    /// SHA-256 of its frozen bytes, which are sent unchanged on every attempt.
    pub digest: Digest,
    /// When it was frozen, by the device's clock.
    pub captured: Option<Timestamp>,
    /// How far that clock could be trusted then.
    pub trust: Option<ClockTrust>,
    /// What the server has proved of the report.
    pub standing: Standing,
    /// When the report is due; nothing is, once the server has it.
    pub due: Option<Timestamp>,
    /// How often the op was sent.
    pub attempts: u32,
    /// Whether the server may have it already.
    pub maybe_sent: bool,
    /// The code of what holds it back.
    pub problem: Option<String>,
}

impl UnitStore {
    /// Reports for others, newest first.
    pub(crate) fn listed(&self, which: Listed) -> Result<Vec<ListedReport>, Error> {
        let sql = listed_sql(which);
        let mut listed = Vec::new();
        let mut from = i64::MAX;
        loop {
            let rows = self.database.read(|tx| {
                let mut statement = tx.prepare_cached(&sql)?;
                let rows = statement.query_map([from], |row| {
                    Ok((
                        SealedRow::read(row)?,
                        row.get::<_, Option<String>>(ROW_COLUMNS)?,
                        row.get::<_, Option<i64>>(ROW_COLUMNS + 1)?,
                        row.get::<_, i64>(ROW_COLUMNS + 2)?,
                    ))
                })?;
                Ok(rows.collect::<Result<Vec<_>, _>>()?)
            })?;
            let Some((.., last)) = rows.last() else { return Ok(listed) };
            from = *last;
            let (ring, owner) = (self.ring()?, *self.unit.as_bytes());
            for (row, receipt, received, _) in rows {
                let row = row.show(row.summary(owner, &ring).ok())?;
                listed.push(ListedReport { row, receipt, received: received.map(Timestamp) });
            }
        }
    }

    /// How many reports are on hold for others. Works without the key.
    pub(crate) fn on_hold(&self) -> Result<u32, Error> {
        self.database
            .read(|tx| Ok(tx.query_row("SELECT count(*) FROM report WHERE hold = 1", [], |row| row.get(0))?))
    }

    /// Every op that waits, nearest deadline first. Works without the key.
    pub(crate) fn outage_ops(&self) -> Result<Vec<WaitingOp>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT o.report_id, r.kind, o.op_id, o.kind, o.revision, o.body_sha256, r.standing, \
                 CASE WHEN r.standing = 0 THEN r.due_ms END AS due, o.attempts, o.maybe_sent, o.wedge_code, \
                 (SELECT e.at_ms FROM event e WHERE e.report_id = o.report_id AND e.op_id = o.op_id \
                  AND e.what IN ({frozen}) ORDER BY e.seq LIMIT 1), \
                 (SELECT e.trust FROM event e WHERE e.report_id = o.report_id AND e.op_id = o.op_id \
                  AND e.what IN ({frozen}) ORDER BY e.seq LIMIT 1) \
                 FROM outbox o JOIN report r ON r.id = o.report_id ORDER BY due IS NULL, due, r.seq, o.seq",
                frozen = FROZEN.map(|what| (what as i64).to_string()).join(", "),
            ))?;
            let mut rows = statement.query([])?;
            let mut waiting = Vec::new();
            while let Some(row) = rows.next()? {
                waiting.push(waiting_op(row)?);
            }
            Ok(waiting)
        })
    }
}

/// What the log says of an op when its bytes are made.
const FROZEN: [Happening; 3] = [Happening::Finalised, Happening::Replaced, Happening::Superseded];

fn listed_sql(which: Listed) -> String {
    let ends: Vec<String> = OpKind::ALL
        .iter()
        .filter(|kind| kind.closes())
        .map(|kind| stored(OpKind::ALL, kind).to_string())
        .collect();
    let rejected = stored(Standing::ALL, &Standing::Rejected);
    let (draft, discarded) = (stored(Work::ALL, &Work::Draft), stored(Work::ALL, &Work::Discarded));
    let open = format!(
        "purge_after_ms IS NULL AND standing NOT IN ({rejected}, {cancelled}) \
         AND NOT EXISTS(SELECT 1 FROM outbox WHERE report_id = report.id AND kind IN ({ends}))",
        cancelled = stored(Standing::ALL, &Standing::Cancelled),
        ends = ends.join(", "),
    );
    let turned_down = format!(
        "standing = {rejected} AND NOT EXISTS(SELECT 1 FROM report AS other \
         WHERE other.doc_mac = report.doc_mac AND other.seq <> report.seq AND other.work NOT IN ({draft}, {discarded}) \
         AND (other.seq > report.seq OR other.purge_after_ms IS NULL))"
    );
    let refusal = stored(ReportKind::ALL, &ReportKind::Refusal);
    let condition = match which {
        Listed::All => String::new(),
        Listed::Open => format!("AND kind <> {refusal} AND {open}"),
        Listed::Here => format!("AND kind <> {refusal} AND ({open} OR {turned_down})"),
    };
    format!(
        "SELECT {ROW}, \
         (SELECT jws FROM receipt WHERE report_id = report.id \
          ORDER BY revision DESC, iat_ms DESC, rowid DESC LIMIT 1), \
         (SELECT min(iat_ms) FROM receipt WHERE report_id = report.id), seq \
         FROM report WHERE seq < ?1 AND hold = 0 AND work NOT IN ({draft}, {discarded}) {condition} \
         ORDER BY seq DESC LIMIT {CHUNK}"
    )
}

fn waiting_op(row: &Row<'_>) -> Result<WaitingOp, Error> {
    let held = row.get::<_, Option<String>>(10)?.filter(|code| code != PARKED);
    Ok(WaitingOp {
        report: ReportId::from_bytes(row.get(0)?),
        report_kind: place_of(ReportKind::ALL, row.get(1)?)?,
        op: OpId::from_bytes(row.get(2)?),
        kind: place_of(OpKind::ALL, row.get(3)?)?,
        revision: Revision(row.get(4)?),
        digest: Digest(row.get(5)?),
        standing: place_of(Standing::ALL, row.get(6)?)?,
        due: row.get::<_, Option<i64>>(7)?.map(Timestamp),
        attempts: row.get(8)?,
        maybe_sent: row.get(9)?,
        problem: held.map(|code| format!("APOA-{code}")),
        captured: row.get::<_, Option<i64>>(11)?.map(Timestamp),
        trust: row.get::<_, Option<i64>>(12)?.map(|trust| place_of(TRUST, trust)).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::full::{AT, ports, save, unit_id};
    use super::*;

    #[test]
    fn what_is_on_hold_for_others_is_in_no_list_with_names_and_still_waits() {
        let folder = tempfile::tempdir().unwrap();
        let ports = ports(folder.path());
        let units = folder.path().join("units");
        let name = UnitStore::create(&units, unit_id(), &ports).unwrap();
        let unit = UnitStore::open(&units.join(&name), &ports).unwrap();
        // More than are opened in one go.
        let all = CHUNK as u32 + 3;
        for number in 0..all {
            save(&unit, number).unwrap();
        }
        let waiting = unit.outage_ops().unwrap();
        assert_eq!(waiting.len(), all as usize);
        assert!(waiting.iter().all(|op| op.captured == Some(AT.wall) && op.trust == Some(AT.trust)));
        let (first, frozen) = (&waiting[0], unit.frozen(waiting[0].report, waiting[0].op).unwrap());
        assert_eq!(first.digest, Digest::of(frozen.as_bytes()));

        assert!(unit.set_hold(first.report, true, AT).unwrap());
        for which in [Listed::All, Listed::Open, Listed::Here] {
            let listed = unit.listed(which).unwrap();
            assert_eq!(listed.len(), all as usize - 1);
            assert!(
                listed.iter().all(|report| report.row.report != first.report && report.receipt.is_none())
            );
        }
        assert_eq!((unit.on_hold().unwrap(), unit.outage_ops().unwrap().len()), (1, all as usize));
    }
}
