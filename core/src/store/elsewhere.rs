//! Reports that other devices of the unit made: rows without a body, both revisions the server's, nothing to do. They
//! come only with a verified receipt, and a newer word of the server replaces what the list shows.

use apoa_domain::ids::{AccountId, ReportId};
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::receipt::VerifiedReceipt;
use apoa_domain::report::state::{ReportEvent, Standing, Work};
use rusqlite::named_params;

use super::events::{Happening, Moment, log};
use super::rows::{Summary, stored};
use super::settle::move_to;
use super::unit::UnitStore;
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

impl UnitStore {
    /// Takes the server's word about a report: a new row for an open one that is not here, new contents for one whose
    /// data are elsewhere, and for every one what the receipt proves. Returns the state if it changed.
    pub(crate) fn hear(
        &self,
        other: &Elsewhere,
        receipt: &VerifiedReceipt,
        at: Moment,
    ) -> Result<Option<(Standing, Work)>, Error> {
        match self.life(other.report)? {
            None if receipt.closed() || receipt.standing() == Standing::Cancelled => Ok(None),
            None => self.adopt(other, receipt, at).map(|()| None),
            Some(life) => {
                let told = self.decide(receipt, at)?;
                if !life.has_data && life.work == Work::None && life.acked < receipt.about().revision {
                    self.refresh(other, receipt)?;
                }
                Ok(told)
            }
        }
    }

    fn adopt(&self, other: &Elsewhere, receipt: &VerifiedReceipt, at: Moment) -> Result<(), Error> {
        let _shared = self.shared()?;
        let (owner, row, ring) = (*self.unit.as_bytes(), *other.report.as_bytes(), self.ring()?);
        let keys = ring.current();
        let (key, wrapped) = keys.new_data_key(owner, row, &*self.random)?;
        let revision = receipt.about().revision.0;
        let place = (Column::ReportSummary, tag(revision));
        let summary = self.seal(&key, row, place, other.summary.to_json().as_bytes())?;
        let (document, dedup) = blind_macs(keys, other);
        self.database.write("commit.adopt", |tx| {
            tx.execute(
                "INSERT INTO report(id, kind, work, local_rev, captured_by, dedup_mac, doc_mac, epoch, wrapped_dek, \
                 enc_summary) VALUES(:id, :kind, :work, :rev, :by, :dedup, :doc, :epoch, :dek, :summary)",
                named_params! {
                    ":id": row, ":kind": stored(ReportKind::ALL, &other.kind),
                    ":work": stored(Work::ALL, &Work::None), ":rev": revision,
                    ":by": other.captured_by.as_bytes(), ":dedup": dedup,
                    ":doc": document,
                    ":epoch": keys.epoch, ":dek": wrapped, ":summary": summary,
                },
            )?;
            self.keep_proof(tx, Some(&ring), receipt, None)?;
            log(tx, Some(other.report), Some(receipt.about().op), Happening::Told, None, at)?;
            let told = ReportEvent::Told { standing: receipt.standing() };
            move_to(tx, other.report, (Standing::None, Work::None), told).map(drop)
        })
    }

    /// What another device changed in a report of its own.
    fn refresh(&self, other: &Elsewhere, receipt: &VerifiedReceipt) -> Result<(), Error> {
        let _shared = self.shared()?;
        let (row, ring) = (*other.report.as_bytes(), self.ring()?);
        let (epoch, key) = self.data_key_of(other.report, &ring)?;
        let revision = receipt.about().revision.0;
        let place = (Column::ReportSummary, tag(revision));
        let summary = self.seal(&key, row, place, other.summary.to_json().as_bytes())?;
        let keys = ring.of(epoch)?;
        let (document, dedup) = blind_macs(keys, other);
        self.database.write("commit.refresh", |tx| {
            tx.execute(
                "UPDATE report SET local_rev = ?2, enc_summary = ?3, doc_mac = ?4, dedup_mac = ?5 \
                 WHERE id = ?1 AND enc_body IS NULL AND work = 0",
                (row, revision, &summary, document, dedup),
            )?;
            Ok(())
        })
    }
}

/// Of the document, and of the stay.
fn blind_macs(keys: &EpochKeys, other: &Elsewhere) -> (Option<BlindMac>, Option<BlindMac>) {
    let Some(document) = other.summary.document() else { return (None, None) };
    let day = other.summary.first_date();
    let stay = |day| keys.index.duplicate(other.kind.as_str(), document, day, 0);
    (Some(keys.index.document(document)), day.map(stay))
}
