//! Who holds a duplicate key: the kind of a report, its document and its first day, as a keyed hash.

use apoa_domain::ids::ReportId;
use apoa_domain::report::kinds::ReportKind;
use rusqlite::{OptionalExtension as _, Transaction};

use super::filing::Filing;
use super::keyring::KeyRing;
use crate::error::Error;
use crate::seal::index::BlindMac;

/// So many stays of one guest on one day are not a stay but a mistake.
pub(super) const COUNTERS: u32 = 1000;

/// Of a report that is neither a draft nor over: what the index of duplicate keys covers (migration 0002 of a unit).
pub(super) const LIVE: &str = "standing <= 2 AND (standing > 0 OR work BETWEEN 2 AND 4)";

/// The duplicate key of a report, or the live report that holds it. One that still fits is kept.
pub(super) fn free_duplicate_key(
    tx: &Transaction<'_>,
    ring: &KeyRing,
    (epoch, row): (u32, [u8; 16]),
    own: Option<BlindMac>,
    kind: ReportKind,
    filing: &Filing<'_>,
) -> Result<Option<BlindMac>, Error> {
    let summary = filing.summary;
    let (Some(document), Some(first_day)) = (summary.document(), summary.first_date()) else {
        return Ok(None);
    };
    let mac = |epoch, counter| {
        let keys = ring.of(epoch)?;
        Ok::<_, Error>(keys.index.duplicate(kind.as_str(), document, first_day, counter))
    };
    if let Some(own) = own {
        for counter in 0..COUNTERS {
            if mac(epoch, counter)? == own {
                return Ok(Some(own));
            }
        }
    }
    // Each "again" takes the next number that is free in every epoch that opens.
    for counter in 0..COUNTERS {
        match holder(tx, ring, row, kind, (document, first_day), counter)? {
            None => return Ok(Some(mac(epoch, counter)?)),
            Some(existing) if !filing.again => return Err(Error::Duplicate(existing)),
            Some(_) => {}
        }
    }
    Err(Error::Stored("duplicate counter"))
}

/// The live report, other than `row`, that holds the duplicate key of a document and its first day.
pub(super) fn holder(
    tx: &Transaction<'_>,
    ring: &KeyRing,
    row: [u8; 16],
    kind: ReportKind,
    (document, first_day): (&str, &str),
    counter: u32,
) -> Result<Option<ReportId>, Error> {
    // By the document, so that no index by the duplicate key itself is needed.
    let mut live = tx.prepare_cached(&format!(
        "SELECT id FROM report WHERE doc_mac = ?1 AND dedup_mac = ?2 AND id <> ?3 AND {LIVE} LIMIT 1"
    ))?;
    let mut taken = None;
    for keys in ring.known() {
        let of_document = keys.index.document(document);
        let key = keys.index.duplicate(kind.as_str(), document, first_day, counter);
        let found: Option<[u8; 16]> = live.query_row((of_document, key, row), |row| row.get(0)).optional()?;
        taken = taken.or(found);
    }
    Ok(taken.map(ReportId::from_bytes))
}
