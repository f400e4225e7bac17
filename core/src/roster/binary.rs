//! An old binary workbook before calamine sees it: how far its cells reach, how much text they stand for, and which rows
//! it hides, which calamine does not say. Layouts: [MS-CFB] and [MS-XLS].
//!
//! Calamine fills a rectangle as large as the cells farthest apart, and copies a shared text into every cell that names
//! it: a file of a few kilobytes may ask for gigabytes.

use std::collections::BTreeSet;

use super::{Limit, RosterError, Unreadable};

/// Rows that a sheet hides, from 0, in the order of the sheets.
type Hidden = Vec<BTreeSet<u32>>;

/// Cells of all sheets together, as rectangles: a sheet of 10,000 rows with 256 columns has two and a half million.
const CELLS_MOST: u64 = 6_000_000;

/// Characters of all cells together.
const TEXT_MOST: u64 = 32_000_000;

/// Sheets of a workbook.
const SHEETS_MOST: usize = 256;

/// Chains end with numbers from here on.
const END: u32 = 0xffff_fffa;

/// Streams shorter than this lie in small sectors of 64 bytes.
const SMALL: usize = 4096;

/// Looks at a workbook and returns the rows that each of its sheets hides.
pub(super) fn look(bytes: &[u8]) -> Result<Hidden, RosterError> {
    let file = Compound::open(bytes).ok_or(Unreadable::Damaged)?;
    if file.has("EncryptedPackage") {
        return Err(Unreadable::Locked.into());
    }
    let stream = file.stream("Workbook").or_else(|| file.stream("Book")).ok_or(Unreadable::Unknown)?;
    let globals = Globals::read(&stream)?;
    if globals.sheets.len() > SHEETS_MOST {
        return Err(Limit::Unpacked.into());
    }
    let mut sum = Sum::default();
    let hidden = globals.sheets.iter().map(|start| sheet(&stream, *start, &globals.texts, &mut sum));
    hidden.collect()
}

/// What the sheets so far stand for.
#[derive(Default)]
struct Sum {
    cells: u64,
    text: u64,
}

/// One sheet: its extent and its text go into the sum, its hidden rows come back.
fn sheet(stream: &[u8], start: usize, texts: &[u64], sum: &mut Sum) -> Result<BTreeSet<u32>, RosterError> {
    let mut hidden = BTreeSet::new();
    let (mut height, mut width, mut count) = (0_u64, 0_u64, 0_u64);
    // The sheet's own beginning, and charts inside it, each with an end of its own.
    let mut depth = 0_usize;
    for (kind, data) in Records::from(stream.get(start..).ok_or(Unreadable::Damaged)?) {
        match kind {
            // Row: bit 5 of its flags says that it has no height.
            0x0208 => {
                if word(data, 12).is_some_and(|flags| flags & 0x20 != 0)
                    && let Some(row) = word(data, 0)
                {
                    hidden.insert(u32::from(row));
                }
            }
            // Formula, Number, Label, RString, BoolErr, Rk, LabelSst, MulRk.
            0x0006 | 0x0203 | 0x0204 | 0x00d6 | 0x0205 | 0x027e | 0x00fd | 0x00bd => {
                let (Some(row), Some(column)) = (word(data, 0), word(data, 2)) else { continue };
                let last = if kind == 0x00bd { word(data, data.len().saturating_sub(2)) } else { None };
                height = height.max(u64::from(row) + 1);
                width = width.max(u64::from(last.unwrap_or(column).max(column)) + 1);
                count += 1;
                sum.text = sum.text.saturating_add(match kind {
                    0x00fd => double(data, 6).and_then(|text| texts.get(text as usize)).copied().unwrap_or(0),
                    _ => data.len() as u64,
                });
            }
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            _ => {}
        }
        // The dimensions that the file states are reserved before a cell is read.
        if let (0x0200, Some(rows), Some(columns)) = (kind, double(data, 4), word(data, 10))
            && u64::from(rows).saturating_mul(u64::from(columns)) > CELLS_MOST
        {
            return Err(Limit::Unpacked.into());
        }
        if sum.cells.saturating_add(height * width).saturating_add(count) > CELLS_MOST || sum.text > TEXT_MOST
        {
            return Err(Limit::Unpacked.into());
        }
    }
    sum.cells = sum.cells.saturating_add(height * width);
    Ok(hidden)
}

/// What stands before the sheets: where each begins, and how long the shared texts are.
struct Globals {
    sheets: Vec<usize>,
    texts: Vec<u64>,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Self, RosterError> {
        let mut globals = Self { sheets: Vec::new(), texts: Vec::new() };
        let mut shared: Vec<&[u8]> = Vec::new();
        let mut inside = false;
        for (kind, data) in Records::from(stream) {
            match kind {
                0x000a => break,
                0x002f if word(data, 0) != Some(0) => return Err(Unreadable::Locked.into()),
                0x0085 => globals.sheets.extend(double(data, 0).map(|start| start as usize)),
                0x00fc => shared.push(data),
                0x003c if inside => shared.push(data),
                _ => {}
            }
            inside = matches!(kind, 0x00fc) || (inside && kind == 0x003c);
        }
        if !shared.is_empty() {
            globals.texts = lengths(&shared).ok_or(Unreadable::Damaged)?;
        }
        Ok(globals)
    }
}

/// The lengths of the shared texts, in characters. A text may go on in the next record, whose first byte then says anew
/// how wide its characters are.
fn lengths(records: &[&[u8]]) -> Option<Vec<u64>> {
    let mut at = Across { records, offset: 8 };
    let mut lengths = Vec::new();
    while at.has_more() {
        let count = u64::from(at.word()?);
        let flags = at.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { u64::from(at.word()?) };
        let extra = if flags & 4 == 0 { 0 } else { u64::from(at.word()?) | u64::from(at.word()?) << 16 };
        at.characters(count, flags & 1 != 0)?;
        at.skip(runs * 4 + extra)?;
        lengths.push(count);
    }
    Some(lengths)
}

/// A place in a value that is spread over records.
struct Across<'a> {
    records: &'a [&'a [u8]],
    offset: usize,
}

impl Across<'_> {
    fn left(&self) -> usize {
        self.records.first().map_or(0, |record| record.len().saturating_sub(self.offset))
    }

    fn has_more(&mut self) -> bool {
        while self.left() == 0 && self.records.len() > 1 {
            self.next();
        }
        self.left() > 0
    }

    fn next(&mut self) {
        self.records = self.records.get(1..).unwrap_or_default();
        self.offset = 0;
    }

    fn byte(&mut self) -> Option<u8> {
        if !self.has_more() {
            return None;
        }
        let byte = *self.records.first()?.get(self.offset)?;
        self.offset += 1;
        Some(byte)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut bytes: u64) -> Option<()> {
        while bytes > 0 {
            if !self.has_more() {
                return None;
            }
            let step = self.left().min(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.offset += step;
            bytes -= step as u64;
        }
        Some(())
    }

    fn characters(&mut self, mut count: u64, mut wide: bool) -> Option<()> {
        while count > 0 {
            if self.left() == 0 {
                if !self.has_more() {
                    return None;
                }
                wide = self.byte()? & 1 != 0;
                continue;
            }
            let width = if wide { 2 } else { 1 };
            let here = ((self.left() / width) as u64).min(count);
            if here == 0 {
                return None;
            }
            self.offset += here as usize * width;
            count -= here;
        }
        Some(())
    }
}

/// Records, each with its kind and its length before it.
struct Records<'a>(&'a [u8]);

impl<'a> From<&'a [u8]> for Records<'a> {
    fn from(stream: &'a [u8]) -> Self {
        Self(stream)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (word(self.0, 0)?, usize::from(word(self.0, 2)?));
        let data = self.0.get(4..4 + length)?;
        self.0 = self.0.get(4 + length..)?;
        Some((kind, data))
    }
}

fn word(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

fn double(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

/// A file of streams in sectors.
struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    next: Vec<u32>,
    directory: Vec<u8>,
}

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector = match word(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self { bytes, sector, next: Vec::new(), directory: Vec::new() };
        let mut tables: Vec<u32> = (0..109).map_while(|entry| double(bytes, 76 + entry * 4)).collect();
        let mut more = double(bytes, 68)?;
        for _ in 0..bytes.len() / sector {
            if more >= END {
                break;
            }
            let mut ids = numbers(file.at(more)?);
            more = ids.pop()?;
            tables.extend(ids);
        }
        for table in tables.into_iter().filter(|table| *table < END) {
            file.next.extend(numbers(file.at(table)?));
        }
        file.directory = file.chain(double(bytes, 48)?)?;
        Some(file)
    }

    fn at(&self, id: u32) -> Option<&'a [u8]> {
        let start = (id as usize).checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.bytes.get(start..)?;
        // The last sector may be cut short.
        Some(rest.get(..self.sector).unwrap_or(rest))
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for id in links(start, &self.next) {
            bytes.extend_from_slice(self.at(id?)?);
        }
        Some(bytes)
    }

    fn entry(&self, name: &str) -> Option<&[u8]> {
        self.directory.chunks_exact(128).find(|entry| {
            let length = usize::from(word(entry, 64).unwrap_or(0)).saturating_sub(2) / 2;
            let letters = entry[..64]
                .as_chunks::<2>()
                .0
                .iter()
                .take(length.min(32))
                .map(|two| u16::from_le_bytes(*two));
            char::decode_utf16(letters)
                .collect::<Result<String, _>>()
                .is_ok_and(|said| said.eq_ignore_ascii_case(name))
        })
    }

    fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entry(name)?;
        let (start, length) = (double(entry, 116)?, double(entry, 120)? as usize);
        let mut bytes = if length < SMALL { self.small(start)? } else { self.chain(start)? };
        bytes.truncate(length);
        Some(bytes)
    }

    /// A short stream, in small sectors of the root's own stream.
    fn small(&self, start: u32) -> Option<Vec<u8>> {
        let root = self.directory.get(..128)?;
        let sectors = self.chain(double(root, 116)?)?;
        let next = numbers(&self.chain(double(self.bytes, 60)?)?);
        let mut bytes = Vec::new();
        for id in links(start, &next) {
            let start = (id? as usize).checked_mul(64)?;
            bytes.extend_from_slice(sectors.get(start..start.checked_add(64)?)?);
        }
        Some(bytes)
    }
}

/// The sectors of a chain; `None` where it leads nowhere or round in a circle.
fn links(start: u32, next: &[u32]) -> impl Iterator<Item = Option<u32>> + '_ {
    let (mut at, mut left) = (start, next.len());
    core::iter::from_fn(move || {
        if at >= END {
            return None;
        }
        let here = at;
        let known = left.checked_sub(1).and_then(|rest| Some((rest, *next.get(here as usize)?)));
        let Some((rest, following)) = known else {
            at = END;
            return Some(None);
        };
        (left, at) = (rest, following);
        Some(Some(here))
    })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect()
}
