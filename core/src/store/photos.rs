//! Photos that go with reports: rows of the same file, sealed under the data key of their report, there until the
//! server's receipt for their `attach` op. The rows leave with the last such op of the report, however it leaves: a photo
//! that nobody sends is kept for nothing.

use apoa_domain::ids::{Digest, OpId, ReportId};
use apoa_domain::report::kinds::OpKind;
use rusqlite::{OptionalExtension as _, Transaction};
use zeroize::Zeroizing;

use super::events::Moment;
use super::outbox::{MOVES, WITHOUT_PHOTO};
use super::rows::stored;
use super::unit::UnitStore;
use crate::error::Error;
use crate::seal::envelope::{self, Column, DataKey, Place};

/// A photo whose op waits for nothing else.
pub(crate) struct DuePhoto {
    pub(crate) report: ReportId,
    /// The op that speaks of it.
    pub(crate) op: OpId,
    pub(crate) digest: Digest,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// A photo as its row keeps it.
pub(super) struct SealedPhoto {
    digest: Digest,
    size: usize,
    sealed: Vec<u8>,
}

/// A place is as long as an id: half of the digest tells the photos of one report apart, whose number nobody can make
/// large, and what was put at the place of another one is found by the whole digest when it is read.
fn tag(digest: Digest) -> [u8; 16] {
    let mut tag = [0; 16];
    tag.copy_from_slice(&digest.0[..16]);
    tag
}

impl UnitStore {
    pub(super) fn seal_photo(
        &self,
        key: &DataKey,
        row: [u8; 16],
        photo: &[u8],
    ) -> Result<SealedPhoto, Error> {
        let digest = Digest::of(photo);
        let sealed = self.seal(key, row, (Column::AttachmentPhoto, tag(digest)), photo)?;
        Ok(SealedPhoto { digest, size: photo.len(), sealed })
    }

    /// Whether a photo has to go before its op can.
    pub(crate) fn photo_is_due(&self, at: Moment) -> Result<bool, Error> {
        Ok(self.sealed_photo(at)?.is_some())
    }

    /// The next photo to send. One that does not open is held where a person sees it.
    pub(crate) fn due_photo(&self, at: Moment) -> Result<Option<DuePhoto>, Error> {
        while let Some((op, report, digest, sealed)) = self.sealed_photo(at)? {
            let (op, report, digest) = (OpId::from_bytes(op), ReportId::from_bytes(report), Digest(digest));
            match self.open_photo(report, digest, &sealed) {
                Ok(bytes) => return Ok(Some(DuePhoto { report, op, digest, bytes })),
                Err(error) => self.wedge_unreadable(op, &error, at)?,
            }
        }
        Ok(None)
    }

    #[expect(clippy::type_complexity, reason = "op, report, digest, sealed bytes")]
    fn sealed_photo(&self, at: Moment) -> Result<Option<([u8; 16], [u8; 16], [u8; 32], Vec<u8>)>, Error> {
        self.database.read(|tx| {
            Ok(tx
                .prepare_cached(&format!(
                    "SELECT o.op_id, a.report_id, a.sha256, a.sealed FROM outbox o \
                     JOIN report r ON r.id = o.report_id JOIN attachment a ON a.report_id = o.report_id \
                     WHERE {MOVES} AND {WITHOUT_PHOTO} AND a.uploaded = 0 AND o.not_before_ms <= ?1 \
                     ORDER BY o.seq LIMIT 1"
                ))?
                .query_row([at.wall.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
                .optional()?)
        })
    }

    fn open_photo(
        &self,
        report: ReportId,
        digest: Digest,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let ring = self.ring()?;
        let (_, key) = self.data_key_of(report, &ring)?;
        let place = Place {
            owner: *self.unit.as_bytes(),
            column: Column::AttachmentPhoto,
            row: *report.as_bytes(),
            tag: tag(digest),
        };
        let bytes = envelope::open(&key, &place, sealed)?;
        if Digest::of(&bytes) == digest { Ok(bytes) } else { Err(Error::Stored("photo")) }
    }

    /// The server has the bytes: the op may go.
    pub(crate) fn photo_arrived(&self, report: ReportId, digest: Digest) -> Result<(), Error> {
        self.database.write("commit.photo_arrived", |tx| {
            tx.execute(
                "UPDATE attachment SET uploaded = 1 WHERE report_id = ?1 AND sha256 = ?2",
                (report.as_bytes(), digest.0),
            )?;
            Ok(())
        })
    }

    /// The server puts the op off, maybe because it lacks the bytes: they go again first.
    pub(crate) fn photo_missing(&self, report: ReportId) -> Result<(), Error> {
        self.database.write("commit.photo_missing", |tx| {
            tx.execute("UPDATE attachment SET uploaded = 0 WHERE report_id = ?1", [report.as_bytes()])?;
            Ok(())
        })
    }
}

/// Adds a photo beside its op. The same one twice is one row.
pub(super) fn insert(tx: &Transaction<'_>, report: ReportId, photo: &SealedPhoto) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO attachment(report_id, sha256, size, sealed) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        (report.as_bytes(), photo.digest.0, photo.size as i64, &photo.sealed),
    )?;
    Ok(())
}

/// Erases the photos of a report of which no op speaks any more. Whether there was one: then the journal has to be
/// emptied too.
pub(super) fn drop_unspoken(tx: &Transaction<'_>, report: ReportId) -> Result<bool, Error> {
    let gone = tx.execute(
        "DELETE FROM attachment WHERE report_id = ?1 \
         AND NOT EXISTS(SELECT 1 FROM outbox WHERE report_id = ?1 AND kind = ?2)",
        (report.as_bytes(), stored(OpKind::ALL, &OpKind::Attach)),
    )?;
    Ok(gone > 0)
}
