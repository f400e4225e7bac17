//! A zipped workbook before calamine sees it: what it unpacks to is bounded by its directory, which the archive's reader
//! holds every entry to, and which rows a sheet hides, which calamine does not say.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Format, Limit, RosterError, Unreadable};

/// Everything in the archive, unpacked: a list of 10,000 rows with thirty columns has some 25 million bytes.
const UNPACKED_MOST: u64 = 64_000_000;

/// Entries whose elements calamine keeps in memory, each larger than it is written: formats and shared texts.
const KEPT: [(&str, u64); 2] = [("styles.xml", 4_000_000), ("sharedstrings.xml", 32_000_000)];

/// Everything that is neither a sheet nor one of those: names, relations, properties.
const OTHER_MOST: u64 = 8_000_000;

/// Entries of an archive; a workbook has some twenty.
const ENTRIES_MOST: usize = 2000;

/// Cells that a sheet of OpenDocument stands for, repeated ones too: 10,000 rows with 512 columns are five million.
const CELLS_MOST: u64 = 6_000_000;

/// Rows that a sheet hides, from 0, by the sheet's name.
pub(super) type Hidden = BTreeMap<String, BTreeSet<u32>>;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Which workbook an archive is, and that it is not too large to unpack.
pub(super) fn format_of(bytes: &[u8]) -> Result<Format, RosterError> {
    let mut archive = open(bytes)?;
    if archive.len() > ENTRIES_MOST {
        return Err(Limit::Unpacked.into());
    }
    let mut unpacked = 0_u64;
    let mut names = BTreeSet::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| Unreadable::Damaged)?;
        let name = entry.name().map_err(|_| Unreadable::Damaged)?.to_lowercase();
        let base = name.rsplit('/').next().unwrap_or(&name).to_owned();
        let kept = KEPT.iter().find(|(kept, _)| *kept == base).map(|(_, most)| *most);
        let sheet = base == "content.xml" || name.contains("worksheets/") || base.starts_with("sheet");
        let most = kept.unwrap_or(if sheet { UNPACKED_MOST } else { OTHER_MOST });
        unpacked = unpacked.saturating_add(entry.size());
        if entry.size() > most || unpacked > UNPACKED_MOST {
            return Err(Limit::Unpacked.into());
        }
        if entry.encrypted() {
            return Err(Unreadable::Locked.into());
        }
        names.insert(name);
    }
    if names.contains("content.xml") && names.contains("mimetype") {
        Ok(Format::Ods)
    } else if names.contains("[content_types].xml") && !names.contains("xl/workbook.bin") {
        Ok(Format::Xlsx)
    } else {
        Err(Unreadable::Unknown.into())
    }
}

fn open(bytes: &[u8]) -> Result<Archive<'_>, RosterError> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged.into())
}

/// The rows that the sheets of a workbook of Office Open XML hide. Where its parts stand elsewhere than every program
/// puts them, none is known.
pub(super) fn hidden_in_xlsx(bytes: &[u8]) -> Result<Hidden, RosterError> {
    let mut archive = open(bytes)?;
    let mut targets = BTreeMap::new();
    each_element(&mut archive, "xl/_rels/workbook.xml.rels", |element| {
        if let ("Relationship", Some(id), Some(target)) =
            (element.local_name().as_ref(), attribute(element, "Id"), attribute(element, "Target"))
        {
            let target = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            targets.insert(id, target);
        }
        Ok(())
    })?;
    let mut sheets = Vec::new();
    each_element(&mut archive, "xl/workbook.xml", |element| {
        if let ("sheet", Some(name), Some(id)) =
            (element.local_name().as_ref(), attribute(element, "name"), attribute(element, "r:id"))
        {
            sheets.push((name, id));
        }
        Ok(())
    })?;
    let mut hidden = Hidden::new();
    for (name, id) in sheets {
        let Some(target) = targets.get(&id) else { continue };
        let mut rows = BTreeSet::new();
        let mut next = 0_u32;
        each_element(&mut archive, target, |element| {
            if element.local_name().as_ref() == "row" {
                let stated = attribute(element, "r").and_then(|row| row.parse::<u32>().ok());
                let row = stated.map_or(next, |row| row.saturating_sub(1));
                next = row.saturating_add(1);
                if matches!(attribute(element, "hidden").as_deref(), Some("1" | "true")) {
                    rows.insert(row);
                }
            }
            Ok(())
        })?;
        hidden.insert(name, rows);
    }
    Ok(hidden)
}

/// The rows that the sheets of a workbook of OpenDocument hide, and that none stands for more cells than a list has: its
/// rows and cells may be repeated by number.
pub(super) fn hidden_in_ods(bytes: &[u8]) -> Result<Hidden, RosterError> {
    let mut archive = open(bytes)?;
    let mut hidden = Hidden::new();
    let (mut name, mut size) = (String::new(), Extent::default());
    each_element(&mut archive, "content.xml", |element| {
        match element.name().as_ref() {
            "table:table" => {
                name = attribute(element, "table:name").unwrap_or_default();
                size = Extent::default();
            }
            "table:table-row" => {
                let row = size.row(repeated(element, "table:number-rows-repeated"));
                let visibility = attribute(element, "table:visibility");
                if matches!(visibility.as_deref(), Some("collapse" | "filter")) {
                    // More are no rows of a list.
                    let last = row.saturating_add(size.rows).min(row.saturating_add(20_000));
                    let rows = (row..last).filter_map(|row| u32::try_from(row).ok());
                    hidden.entry(name.clone()).or_default().extend(rows);
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let holds = element.attributes().with_checks(false).flatten().any(|attribute| {
                    let key = attribute.key.as_ref();
                    key.ends_with("value-type") || key.ends_with("formula")
                });
                size.cells(repeated(element, "table:number-columns-repeated"), holds);
                if size.area() > CELLS_MOST {
                    return Err(Limit::Unpacked.into());
                }
            }
            // A text without a type still makes a cell that holds something.
            "text:p" => {
                size.holds();
                if size.area() > CELLS_MOST {
                    return Err(Limit::Unpacked.into());
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(hidden)
}

/// How far the cells of a sheet reach that hold something, repeated ones counted.
#[derive(Default)]
struct Extent {
    /// Rows before this one.
    before: u64,
    /// How often this one is repeated.
    rows: u64,
    /// Columns of this row so far.
    columns: u64,
    /// The widest row that holds something, and where the last such row ends.
    width: u64,
    height: u64,
}

impl Extent {
    fn row(&mut self, repeated: u64) -> u64 {
        self.before = self.before.saturating_add(self.rows);
        (self.rows, self.columns) = (repeated, 0);
        self.before
    }

    fn cells(&mut self, repeated: u64, holds: bool) {
        self.columns = self.columns.saturating_add(repeated);
        if holds {
            self.holds();
        }
    }

    fn holds(&mut self) {
        self.width = self.width.max(self.columns);
        self.height = self.before.saturating_add(self.rows);
    }

    fn area(&self) -> u64 {
        self.width.saturating_mul(self.height)
    }
}

fn repeated(element: &BytesStart<'_>, name: &str) -> u64 {
    attribute(element, name).and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// The value of an attribute, entities resolved.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let raw = element.try_get_attribute(name).ok()??.value;
    quick_xml::escape::unescape(&raw).ok().map(std::borrow::Cow::into_owned)
}

/// Calls for the start of each element of an entry; an entry that is not there has none.
fn each_element(
    archive: &mut Archive<'_>,
    entry: &str,
    mut f: impl FnMut(&BytesStart<'_>) -> Result<(), RosterError>,
) -> Result<(), RosterError> {
    let entry = match archive.by_name(entry) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(()),
        Err(_) => return Err(Unreadable::Damaged.into()),
    };
    let mut reader = Reader::from_reader(BufReader::new(entry.take(UNPACKED_MOST)));
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| Unreadable::Damaged)? {
            Event::Start(element) | Event::Empty(element) => f(&element)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}
