//! Data codewords to the payload: segments by their modes (ISO/IEC 18004:2015, 7.4), bytes as encoded.
//!
//! Not its job: text. Kanji come as Shift JIS, Hanzi as GB 2312, bytes as they are; character-set marks (ECI), the
//! headers of structured append and the marks of FNC1 say how to take the bytes and are skipped, save that FNC1 gives
//! `%` its meaning in alphanumeric segments. A stream with anything no writer can have meant is no payload.

use std::iter::successors;

/// What 45 values stand for in alphanumeric segments (table 5).
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// What a single `%` of an alphanumeric segment stands for under FNC1: the group separator.
const GROUP_SEPARATOR: u8 = 0x1d;

/// What fills the codewords after the payload, in turn (7.4.10).
const PADDING: [u8; 2] = [0xec, 0x11];

/// The only subset of Hanzi that is defined: GB 2312 (GB/T 18284).
const HANZI_SUBSET: u32 = 1;

/// A payload.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Payload {
    /// Never empty.
    pub(super) bytes: Vec<u8>,
    /// What follows is the padding of the standard, to the last bit.
    pub(super) padded: bool,
}

/// Reads the data codewords of all blocks of a code; `None` if they do not make sense or nothing is in them.
pub(super) fn read(data: &[u8], version: u8) -> Option<Payload> {
    let mut reader =
        Reader { bits: Bits { data, at: 0 }, version, fnc1: false, out: Vec::with_capacity(data.len()) };
    while reader.segment()? {}
    let Reader { bits, out, .. } = reader;
    (!out.is_empty()).then(|| Payload { bytes: out, padded: bits.rest_is_padding() })
}

/// A stream of bits, the most significant of a byte first.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.data.len() * 8 - self.at
    }

    /// The next `count` bits, at most 16; `None` if there are fewer.
    fn take(&mut self, count: usize) -> Option<u32> {
        if count > self.left() {
            return None;
        }
        let first = self.at / 8;
        let window =
            (first..first + 3).fold(0, |sum, i| sum << 8 | self.data.get(i).map_or(0, |b| u32::from(*b)));
        let value = window >> (24 - self.at % 8 - count) & ((1 << count) - 1);
        self.at += count;
        Some(value)
    }

    /// Whether the rest is 0 up to the next whole byte, and padding from there on.
    fn rest_is_padding(&self) -> bool {
        // The bits before the next whole byte.
        let odd = (8 - self.at % 8) % 8;
        let whole = self.at.div_ceil(8);
        let zero = odd == 0 || self.data[whole - 1].trailing_zeros() as usize >= odd;
        zero && self.data[whole..].iter().zip(PADDING.iter().cycle()).all(|(byte, padding)| byte == padding)
    }
}

struct Reader<'a> {
    bits: Bits<'a>,
    version: u8,
    /// A mark of FNC1 was seen.
    fnc1: bool,
    out: Vec<u8>,
}

impl Reader<'_> {
    /// Reads one segment; `false` at the end.
    fn segment(&mut self) -> Option<bool> {
        // The terminator is cut short if the symbol is full.
        if self.bits.left() < 4 {
            return Some(false);
        }
        match self.bits.take(4)? {
            0b0000 => return Some(false),
            0b0001 => self.numeric()?,
            0b0010 => self.alphanumeric()?,
            // Structured append: place in the sequence, its length, and parity of the whole.
            0b0011 => self.bits.take(16).map(drop)?,
            0b0100 => self.bytes()?,
            0b0101 => self.fnc1 = true,
            0b0111 => self.character_set()?,
            0b1000 => self.kanji()?,
            // FNC1 in second position carries an application indicator.
            0b1001 => {
                self.bits.take(8)?;
                self.fnc1 = true;
            }
            0b1101 => self.hanzi()?,
            _ => return None,
        }
        Some(true)
    }

    /// The character count, whose length grows with the version (table 3).
    fn count(&mut self, lengths: [usize; 3]) -> Option<usize> {
        let class = usize::from(self.version > 9) + usize::from(self.version > 26);
        self.bits.take(lengths[class]).map(|count| count as usize)
    }

    fn numeric(&mut self) -> Option<()> {
        let mut left = self.count([10, 12, 14])?;
        while left > 0 {
            let digits = left.min(3);
            let mut value = self.bits.take([4, 7, 10][digits - 1])?;
            let mut group = [0; 3];
            for digit in group[..digits].iter_mut().rev() {
                *digit = b'0' + (value % 10) as u8;
                value /= 10;
            }
            if value > 0 {
                return None;
            }
            self.out.extend_from_slice(&group[..digits]);
            left -= digits;
        }
        Some(())
    }

    fn alphanumeric(&mut self) -> Option<()> {
        let mut left = self.count([9, 11, 13])?;
        let start = self.out.len();
        while left > 0 {
            if left == 1 {
                let single = self.bits.take(6)?;
                self.out.push(*ALPHANUMERIC.get(single as usize)?);
                break;
            }
            let pair = self.bits.take(11)?;
            self.out.push(*ALPHANUMERIC.get(pair as usize / 45)?);
            self.out.push(ALPHANUMERIC[pair as usize % 45]);
            left -= 2;
        }
        if self.fnc1 {
            unescape(&mut self.out, start);
        }
        Some(())
    }

    fn bytes(&mut self) -> Option<()> {
        let count = self.count([8, 16, 16])?;
        for _ in 0..count {
            self.out.push(self.bits.take(8)? as u8);
        }
        Some(())
    }

    /// Shift JIS: 13 bits hold a character of two ranges, 0x8140 to 0x9ffc and 0xe040 to 0xebbf.
    fn kanji(&mut self) -> Option<()> {
        for _ in 0..self.count([8, 10, 12])? {
            let value = self.bits.take(13)?;
            let (lead, trail) = (value / 0xc0, value % 0xc0 + 0x40);
            if trail == 0x7f || trail > 0xfc {
                return None;
            }
            self.out.extend([lead + if lead < 0x1f { 0x81 } else { 0xc1 }, trail].map(|byte| byte as u8));
        }
        Some(())
    }

    /// GB 2312: 13 bits hold a character of two ranges, 0xa1a1 to 0xaafe and 0xb0a1 to 0xfafe.
    fn hanzi(&mut self) -> Option<()> {
        if self.bits.take(4)? != HANZI_SUBSET {
            return None;
        }
        for _ in 0..self.count([8, 10, 12])? {
            let value = self.bits.take(13)?;
            let (lead, trail) = (value / 0x60, value % 0x60 + 0xa1);
            let lead = lead + if lead < 0x0a { 0xa1 } else { 0xa6 };
            if trail > 0xfe || lead > 0xfa {
                return None;
            }
            self.out.extend([lead, trail].map(|byte| byte as u8));
        }
        Some(())
    }

    /// An ECI designator of one to three bytes, by its leading bits (table 4).
    fn character_set(&mut self) -> Option<()> {
        let first = self.bits.take(8)?;
        let more = match first {
            0..0x80 => 0,
            0x80..0xc0 => 8,
            0xc0..0xe0 => 16,
            _ => return None,
        };
        self.bits.take(more).map(drop)
    }
}

/// Under FNC1, `%` in an alphanumeric segment is a group separator and `%%` a percent sign.
fn unescape(out: &mut Vec<u8>, start: usize) {
    let escaped = out.split_off(start);
    let mut rest = escaped.iter().copied().peekable();
    out.extend(successors(next(&mut rest), |_| next(&mut rest)));
}

fn next(rest: &mut std::iter::Peekable<impl Iterator<Item = u8>>) -> Option<u8> {
    match rest.next()? {
        b'%' if rest.next_if_eq(&b'%').is_none() => Some(GROUP_SEPARATOR),
        byte => Some(byte),
    }
}
