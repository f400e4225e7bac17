//! Reports that other devices of the unit made: rows without a body, both revisions the server's, nothing to do. They
//! come only with a verified receipt, and a newer word of the server replaces what the list shows.

use std::sync::PoisonError;

use apoa_domain::ids::{AccountId, OpId, ReportId};
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::receipt::VerifiedReceipt;
use apoa_domain::report::state::{ReportEvent, Standing, Work};
use apoa_domain::report::summary::Summary;
use rusqlite::{Transaction, named_params};

use super::events::{Happening, Moment, log};
use super::filing::{read_data_key, read_life};
use super::keyring::KeyRing;
use super::rebase::is_of_one_report;
use super::rows::stored;
use super::settle::move_to;
use super::unit::{UnitStore, set_state};
use crate::error::Error;
use crate::seal::envelope::{Column, tag};
use crate::seal::index::BlindMac;
use crate::seal::keys::EpochKeys;

/// A report as the server tells of it.
pub(crate) struct Elsewhere {
    pub(crate) report: ReportId,
    pub(crate) kind: ReportKind,
    pub(crate) captured_by: AccountId,
    pub(crate) summary: Summary,
}

/// A report whose state the server's word changed, and the op that the word is about.
pub(crate) struct Heard {
    pub(crate) report: ReportId,
    pub(crate) op: OpId,
    pub(crate) standing: Standing,
    pub(crate) work: Work,
}

impl UnitStore {
    /// Takes a page of the server's words about reports together with where it ends, all of it or nothing: a new row for
    /// an open report that is not here, new contents for one whose data are elsewhere, and for every one what its receipt
    /// proves.
    pub(crate) fn hear(
        &self,
        page: &[(Elsewhere, VerifiedReceipt)],
        cursor: &str,
        at: Moment,
    ) -> Result<Vec<Heard>, Error> {
        if page.is_empty() {
            return self.set_cursor(cursor).map(|()| Vec::new());
        }
        let _shared = self.filing.read().unwrap_or_else(PoisonError::into_inner);
        // What is proved counts without a key too; only what is new here has to be sealed.
        let (ring, mut locked) = match self.ring() {
            Ok(ring) => (Some(ring), None),
            Err(error) => (None, Some(error)),
        };
        self.database.write("commit.page", |tx| {
            let mut heard = Vec::new();
            for (other, receipt) in page {
                match (read_life(tx, other.report)?, &ring) {
                    (None, _) if receipt.closed() || receipt.standing() == Standing::Cancelled => {}
                    (None, Some(ring)) => self.adopt(tx, ring, other, receipt, at)?,
                    (None, None) => return Err(locked.take().unwrap_or(Error::Stored("keys"))),
                    (Some(life), _) if life.work == Work::Discarded && receipt.closed() => {}
                    (Some(life), Some(ring)) if life.work == Work::Discarded => {
                        self.take_back(tx, ring, other, receipt, at)?;
                    }
                    (Some(life), ring) => {
                        if let Some((standing, work)) = self.decide(tx, ring.as_deref(), receipt, at)? {
                            let about = receipt.about();
                            heard.push(Heard { report: about.report, op: about.op, standing, work });
                        }
                        let news = !life.has_data && life.work == Work::None;
                        if let (true, Some(ring)) = (news && life.acked < receipt.about().revision, ring) {
                            match self.refresh(tx, ring, other, receipt) {
                                // Its key is lost: what is proved of it counts, what the list shows stays as it was.
                                Err(error) if is_of_one_report(&error) => {}
                                done => done?,
                            }
                        }
                    }
                }
            }
            set_state(tx, "cursor", cursor.as_bytes())?;
            Ok(heard)
        })
    }

    fn adopt(
        &self,
        tx: &Transaction<'_>,
        ring: &KeyRing,
        other: &Elsewhere,
        receipt: &VerifiedReceipt,
        at: Moment,
    ) -> Result<(), Error> {
        let (owner, row, keys) = (*self.unit.as_bytes(), *other.report.as_bytes(), ring.current());
        let (key, wrapped) = keys.new_data_key(owner, row, &*self.random)?;
        let revision = receipt.about().revision.0;
        let place = (Column::ReportSummary, tag(revision));
        let summary = self.seal(&key, row, place, other.summary.to_json().as_bytes())?;
        let (document, dedup) = blind_macs(keys, other);
        tx.prepare_cached(
            "INSERT INTO report(id, kind, work, local_rev, captured_by, dedup_mac, doc_mac, epoch, wrapped_dek, \
             enc_summary) VALUES(:id, :kind, :work, :rev, :by, :dedup, :doc, :epoch, :dek, :summary)",
        )?
        .execute(named_params! {
            ":id": row, ":kind": stored(ReportKind::ALL, &other.kind),
            ":work": stored(Work::ALL, &Work::None), ":rev": revision,
            ":by": other.captured_by.as_bytes(), ":dedup": dedup,
            ":doc": document,
            ":epoch": keys.epoch, ":dek": wrapped, ":summary": summary,
        })?;
        self.believe(tx, ring, receipt, Work::None, at)
    }

    /// A report that was dropped here, and that the server has: an older copy of the file did not know that it was sent.
    /// From now on it is one whose data are elsewhere.
    fn take_back(
        &self,
        tx: &Transaction<'_>,
        ring: &KeyRing,
        other: &Elsewhere,
        receipt: &VerifiedReceipt,
        at: Moment,
    ) -> Result<(), Error> {
        tx.execute(
            "UPDATE report SET enc_body = NULL, enc_draft = NULL WHERE id = ?1",
            [other.report.as_bytes()],
        )?;
        self.believe(tx, ring, receipt, Work::Discarded, at)?;
        self.refresh(tx, ring, other, receipt)
    }

    /// The server's first word about a report of this file.
    fn believe(
        &self,
        tx: &Transaction<'_>,
        ring: &KeyRing,
        receipt: &VerifiedReceipt,
        work: Work,
        at: Moment,
    ) -> Result<(), Error> {
        let about = receipt.about();
        self.keep_proof(tx, Some(ring), receipt, None)?;
        log(tx, Some(about.report), Some(about.op), Happening::Told, None, at)?;
        let told = ReportEvent::Told { standing: receipt.standing() };
        move_to(tx, about.report, (Standing::None, work), told).map(drop)
    }

    /// What another device changed in a report of its own.
    fn refresh(
        &self,
        tx: &Transaction<'_>,
        ring: &KeyRing,
        other: &Elsewhere,
        receipt: &VerifiedReceipt,
    ) -> Result<(), Error> {
        let row = *other.report.as_bytes();
        let (epoch, key) = read_data_key(tx, self.unit, other.report, ring)?;
        let revision = receipt.about().revision.0;
        let place = (Column::ReportSummary, tag(revision));
        let summary = self.seal(&key, row, place, other.summary.to_json().as_bytes())?;
        let (document, dedup) = blind_macs(ring.of(epoch)?, other);
        tx.prepare_cached(
            "UPDATE report SET local_rev = ?2, enc_summary = ?3, doc_mac = ?4, dedup_mac = ?5 \
             WHERE id = ?1 AND enc_body IS NULL AND work = 0",
        )?
        .execute((row, revision, &summary, document, dedup))?;
        Ok(())
    }
}

/// Of the document, and of the stay.
fn blind_macs(keys: &EpochKeys, other: &Elsewhere) -> (Option<BlindMac>, Option<BlindMac>) {
    let Some(document) = other.summary.document() else { return (None, None) };
    let day = other.summary.first_date();
    let stay = |day| keys.index.duplicate(other.kind.as_str(), document, day, 0);
    (Some(keys.index.document(document)), day.map(stay))
}
