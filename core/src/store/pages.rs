//! Rows out of a damaged database file: every leaf page of a table is read by itself, whatever has become of the pages
//! that should lead to it. Bytes in, rows out; nothing here opens a file, and no bytes make it panic.
//!
//! Formats: <https://sqlite.org/fileformat2.html>, sections 1.6 (b-trees), 2.1 (records) and 4 (the journal). What a
//! row is worth is judged by whoever knows the tables and holds the keys (`quarantine.rs`).

use std::collections::BTreeMap;

/// SQLite's own default, for a file whose header tells none.
const DEFAULT_PAGE: usize = 4096;

/// A table's leaf.
const LEAF: u8 = 0x0d;

/// Bytes before the first page's own header.
const FILE_HEADER: usize = 100;

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing, or a kind of value that none of our tables has.
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// A row with its number.
pub(super) struct FoundRow {
    pub(super) rowid: i64,
    pub(super) cells: Vec<Cell>,
}

/// The pages of a file, the committed ones of its journal in their places.
pub(super) struct Pages {
    size: usize,
    pages: BTreeMap<u32, Vec<u8>>,
}

impl Pages {
    /// From the bytes of a file and of its journal.
    pub(super) fn new(file: &[u8], journal: &[u8]) -> Self {
        let told = |bytes: Option<[u8; 2]>| match bytes.map(u16::from_be_bytes) {
            Some(1) => Some(65_536),
            Some(size) if size >= 512 && size.is_power_of_two() => Some(usize::from(size)),
            Some(_) | None => None,
        };
        let in_journal = be32(journal, 8).map(|size| size as usize);
        let size = told(array(file, 16))
            .or(in_journal.filter(|size| size.is_power_of_two() && (512..=65_536).contains(size)))
            .unwrap_or(DEFAULT_PAGE);
        let mut pages: BTreeMap<u32, Vec<u8>> =
            (1..).zip(file.chunks_exact(size)).map(|(number, page)| (number, page.to_vec())).collect();
        pages.extend(committed(journal, size));
        Self { size, pages }
    }

    /// Every row of every leaf.
    pub(super) fn rows(&self) -> Vec<FoundRow> {
        let mut rows = Vec::new();
        for (number, page) in &self.pages {
            let start = if *number == 1 { FILE_HEADER } else { 0 };
            if page.get(start) != Some(&LEAF) {
                continue;
            }
            let cells = array(page, start + 3).map_or(0, u16::from_be_bytes);
            for cell in 0..usize::from(cells) {
                let at =
                    array(page, start + 8 + 2 * cell).map(|bytes| usize::from(u16::from_be_bytes(bytes)));
                if let Some(row) = at.and_then(|at| self.row(page, at)) {
                    rows.push(row);
                }
            }
        }
        rows
    }

    fn row(&self, page: &[u8], at: usize) -> Option<FoundRow> {
        let (length, at) = varint(page, at)?;
        let (rowid, at) = varint(page, at)?;
        let payload = self.payload(page, at, usize::try_from(length).ok()?)?;
        Some(FoundRow { rowid: rowid.cast_signed(), cells: record(&payload)? })
    }

    /// The bytes of a record: what stands in the leaf, then what its overflow pages hold.
    fn payload(&self, page: &[u8], at: usize, length: usize) -> Option<Vec<u8>> {
        let usable = self.size;
        let most = usable - 35;
        let least = (usable - 12) * 32 / 255 - 23;
        let local = if length <= most {
            length
        } else {
            let kept = least + (length - least) % (usable - 4);
            if kept <= most { kept } else { least }
        };
        let mut payload = page.get(at..at.checked_add(local)?)?.to_vec();
        let mut next = if local < length { be32(page, at + local)? } else { 0 };
        // Each page brings some bytes, so that a chain that runs in a circle ends too.
        while payload.len() < length {
            let page = self.pages.get(&next)?;
            next = be32(page, 0)?;
            let rest = page.get(4..)?;
            payload.extend_from_slice(rest.get(..rest.len().min(length - payload.len()))?);
        }
        Some(payload)
    }
}

/// The newest committed image of each page in a journal whose checksums hold.
fn committed(journal: &[u8], size: usize) -> BTreeMap<u32, Vec<u8>> {
    const HEADER: usize = 32;
    const FRAME: usize = 24;
    let mut done = BTreeMap::new();
    let big_endian = match be32(journal, 0) {
        Some(0x377f_0683) => true,
        Some(0x377f_0682) => false,
        Some(_) | None => return done,
    };
    let (Some(salts), Some(header)) = (journal.get(16..24), journal.get(..24)) else { return done };
    let mut sum = checksum((0, 0), header, big_endian);
    let mut waiting = BTreeMap::new();
    let mut at = HEADER;
    while let (Some(frame), Some(page)) =
        (journal.get(at..at + FRAME), journal.get(at + FRAME..at + FRAME + size))
    {
        sum = checksum(checksum(sum, &frame[..8], big_endian), page, big_endian);
        let stated = (be32(frame, 16), be32(frame, 20));
        if frame.get(8..16) != Some(salts) || stated != (Some(sum.0), Some(sum.1)) {
            break;
        }
        if let Some(number) = be32(frame, 0) {
            waiting.insert(number, page.to_vec());
        }
        // A commit: everything before it counts.
        if be32(frame, 4).is_some_and(|pages| pages > 0) {
            done.append(&mut waiting);
        }
        at += FRAME + size;
    }
    done
}

fn checksum(mut sum: (u32, u32), bytes: &[u8], big_endian: bool) -> (u32, u32) {
    let word = |bytes: &[u8]| {
        let bytes = array(bytes, 0).unwrap_or_default();
        if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    };
    for pair in bytes.chunks_exact(8) {
        sum.0 = sum.0.wrapping_add(word(&pair[..4])).wrapping_add(sum.1);
        sum.1 = sum.1.wrapping_add(word(&pair[4..])).wrapping_add(sum.0);
    }
    sum
}

/// The values of a record.
fn record(payload: &[u8]) -> Option<Vec<Cell>> {
    let (header, mut at) = varint(payload, 0)?;
    let header = usize::try_from(header).ok()?;
    let mut body = header;
    let mut cells = Vec::new();
    while at < header {
        let (kind, next) = varint(payload, at)?;
        at = next;
        let length = match kind {
            0 | 8 | 9 | 10 | 11 => 0,
            1..=4 => kind as usize,
            5 => 6,
            6 | 7 => 8,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let bytes = payload.get(body..body.checked_add(length)?)?;
        body += length;
        cells.push(match kind {
            1..=6 => Cell::Int(integer(bytes)),
            8 => Cell::Int(0),
            9 => Cell::Int(1),
            0 | 7 | 10 | 11 => Cell::Null,
            text if text % 2 == 1 => Cell::Text(String::from_utf8(bytes.to_vec()).ok()?),
            _ => Cell::Blob(bytes.to_vec()),
        });
    }
    (at == header).then_some(cells)
}

fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    bytes.iter().fold(if negative { -1 } else { 0 }, |number, byte| number << 8 | i64::from(*byte))
}

/// Up to nine bytes, seven bits each, the ninth whole.
fn varint(bytes: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for place in 0..9 {
        let byte = *bytes.get(at)?;
        at += 1;
        if place == 8 {
            return Some((number << 8 | u64::from(byte), at));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, at));
        }
    }
    None
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::connection::Database;
    use crate::store::schema::UNIT;

    fn file_of_states(folder: &std::path::Path, rows: u32) -> (Vec<u8>, Vec<u8>) {
        let path = folder.join("unit.db");
        let database = Database::open(&path, &UNIT, || Ok(()), |_, ()| Ok(())).unwrap();
        for row in 0..rows {
            let value = vec![row as u8; 7 + 3000 * (row as usize % 4)];
            database
                .write("commit.cursor", |tx| {
                    Ok(tx.execute("INSERT INTO sync_state VALUES(?1, ?2)", (row.to_string(), value))?)
                })
                .unwrap();
        }
        (std::fs::read(&path).unwrap(), std::fs::read(folder.join("unit.db-wal")).unwrap_or_default())
    }

    fn states(pages: &Pages) -> Vec<(String, usize)> {
        let mut found: Vec<_> = pages
            .rows()
            .into_iter()
            .filter_map(|row| match row.cells.as_slice() {
                [Cell::Text(key), Cell::Blob(value)] => Some((key.clone(), value.len())),
                _ => None,
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn every_row_is_found_in_file_and_journal_also_without_the_pages_that_lead_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, journal) = file_of_states(folder.path(), 40);
        assert!(!journal.is_empty(), "nothing in the journal");
        assert_eq!(states(&Pages::new(&file, &journal)).len(), 40);
        assert!(states(&Pages::new(&file, &[])).len() < 40);
        // The header and the schema are gone.
        file[..FILE_HEADER + 50].fill(0xee);
        assert_eq!(states(&Pages::new(&file, &journal)).len(), 40);
    }

    #[test]
    fn a_damaged_frame_ends_the_journal_as_it_does_for_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let (file, mut journal) = file_of_states(folder.path(), 40);
        // In the first frame; everything behind it hangs on its checksum.
        journal[32 + 24 + 100] ^= 0xff;
        assert_eq!(states(&Pages::new(&file, &journal)), states(&Pages::new(&file, &[])));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(file in proptest::collection::vec(any::<u8>(), 0..9000), journal in proptest::collection::vec(any::<u8>(), 0..5000), start in 0..3_u8) {
            let mut file = file;
            // Pages that claim to be leaves are looked at, others are not.
            for page in file.chunks_mut(512) {
                page[0] = if start == 0 { LEAF } else { page[0] };
            }
            let _ = Pages::new(&file, &journal).rows();
        }
    }
}
