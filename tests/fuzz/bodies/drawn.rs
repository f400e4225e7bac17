//! Draws what no writer writes: a QR code over any data codewords, its error correction as the standard has it. So a
//! fuzzer's bytes pass the finder, the grid and the correction, and reach what reads segments.
//!
//! ISO/IEC 18004:2015 for versions 1 to 4: one alignment pattern at most, equal blocks, no version information.

use apoa_frames::Gray;

/// What a code is drawn from.
pub(crate) struct Plan<'a> {
    /// 1 to 4.
    pub(crate) version: u8,
    /// 0 to 3: low, medium, quartile, high.
    pub(crate) level: u8,
    /// 0 to 7.
    pub(crate) mask: u8,
    /// Repeated or cut until the code is full.
    pub(crate) data: &'a [u8],
    /// Added to codewords after correction was computed: place and difference.
    pub(crate) damage: &'a [(u8, u8)],
}

/// Blocks, data codewords and correction codewords of each, by version and level (table 9).
const BLOCKS: [[(usize, usize, usize); 4]; 4] = [
    [(1, 19, 7), (1, 16, 10), (1, 13, 13), (1, 9, 17)],
    [(1, 34, 10), (1, 28, 16), (1, 22, 22), (1, 16, 28)],
    [(1, 55, 15), (1, 44, 26), (2, 17, 18), (2, 13, 22)],
    [(1, 80, 20), (2, 32, 18), (2, 24, 26), (4, 9, 16)],
];

/// The two bits that stand for each level in the format information (table 12).
const LEVEL_BITS: [u32; 4] = [0b01, 0b00, 0b11, 0b10];

impl Plan<'_> {
    /// Modules a side.
    pub(crate) fn size(&self) -> usize {
        usize::from(self.version) * 4 + 17
    }

    /// Codewords that hold data.
    pub(crate) fn capacity(&self) -> usize {
        let (blocks, data, _) = self.blocks();
        blocks * data
    }

    fn blocks(&self) -> (usize, usize, usize) {
        BLOCKS[usize::from(self.version) - 1][usize::from(self.level)]
    }

    /// The code with its quiet zone, black on white, a module `pixels` wide.
    pub(crate) fn draw(&self, pixels: usize) -> Gray {
        const QUIET: usize = 4;
        let mut sheet = Sheet::new(self.size());
        sheet.draw_patterns(self.version);
        sheet.draw_format(LEVEL_BITS[usize::from(self.level)] << 3 | u32::from(self.mask));
        sheet.lay(&self.codewords(), self.mask);
        let side = (self.size() + 2 * QUIET) * pixels;
        let mut picture = Gray::new(side as u32, side as u32, 255);
        for (nth, _) in sheet.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let (x, y) = (nth % self.size() + QUIET, nth / self.size() + QUIET);
            let side = pixels as i32;
            picture.fill((x * pixels) as i32, (y * pixels) as i32, side, side, 0);
        }
        picture
    }

    /// Data and correction, the blocks dealt out in turn.
    fn codewords(&self) -> Vec<u8> {
        let (blocks, data, correction) = self.blocks();
        let all: Vec<u8> = self.data.iter().copied().cycle().take(blocks * data).collect();
        let all = if all.is_empty() { vec![0; blocks * data] } else { all };
        let parts: Vec<&[u8]> = all.chunks_exact(data).collect();
        let checks: Vec<Vec<u8>> = parts.iter().map(|part| remainder(part, correction)).collect();
        let dealt = |nth: usize, parts: &[&[u8]]| parts.iter().map(|part| part[nth]).collect::<Vec<u8>>();
        let checks: Vec<&[u8]> = checks.iter().map(Vec::as_slice).collect();
        let mut codewords: Vec<u8> = (0..data).flat_map(|nth| dealt(nth, &parts)).collect();
        codewords.extend((0..correction).flat_map(|nth| dealt(nth, &checks)));
        for (place, difference) in self.damage {
            let place = usize::from(*place) % codewords.len();
            codewords[place] ^= difference;
        }
        codewords
    }
}

/// Modules, and which of them are fixed by the version.
struct Sheet {
    size: usize,
    dark: Vec<bool>,
    fixed: Vec<bool>,
}

impl Sheet {
    fn new(size: usize) -> Self {
        Self { size, dark: vec![false; size * size], fixed: vec![false; size * size] }
    }

    fn fix(&mut self, x: usize, y: usize, dark: bool) {
        self.dark[y * self.size + x] = dark;
        self.fixed[y * self.size + x] = true;
    }

    fn draw_patterns(&mut self, version: u8) {
        for nth in 0..self.size {
            self.fix(nth, 6, nth % 2 == 0);
            self.fix(6, nth, nth % 2 == 0);
        }
        let far = self.size - 4;
        for (x, y) in [(3, 3), (far, 3), (3, far)] {
            self.draw_square(x, y, 4, |away| away != 2 && away != 4);
        }
        if version > 1 {
            self.draw_square(self.size - 7, self.size - 7, 2, |away| away != 1);
        }
    }

    /// Rings around a middle, as far as they lie on the sheet.
    fn draw_square(&mut self, x: usize, y: usize, reach: usize, dark: impl Fn(usize) -> bool) {
        for row in y.saturating_sub(reach)..=(y + reach).min(self.size - 1) {
            for column in x.saturating_sub(reach)..=(x + reach).min(self.size - 1) {
                self.fix(column, row, dark(column.abs_diff(x).max(row.abs_diff(y))));
            }
        }
    }

    /// Level and mask with their own correction, twice (7.9).
    fn draw_format(&mut self, data: u32) {
        let check = (0..10).fold(data, |rest, _| (rest << 1) ^ ((rest >> 9) * 0x537));
        let bits = (data << 10 | check) ^ 0x5412;
        let bit = |nth: usize| bits >> nth & 1 == 1;
        let size = self.size;
        for nth in 0..15 {
            let (x, y) = match nth {
                0..=5 => (8, nth),
                6 | 7 => (8, nth + 1),
                8 => (7, 8),
                _ => (14 - nth, 8),
            };
            self.fix(x, y, bit(nth));
            let (x, y) = if nth < 8 { (size - 1 - nth, 8) } else { (8, size - 15 + nth) };
            self.fix(x, y, bit(nth));
        }
        self.fix(8, size - 8, true);
    }

    /// The codewords in columns of two, up and down from the right, under their mask (7.7.3).
    fn lay(&mut self, codewords: &[u8], mask: u8) {
        let mut bits = codewords.iter().flat_map(|byte| (0..8).rev().map(move |nth| byte >> nth & 1 == 1));
        let columns: Vec<usize> = (0..self.size).rev().filter(|x| *x != 6).collect();
        for (nth, pair) in columns.chunks(2).enumerate() {
            for step in 0..self.size {
                let y = if nth % 2 == 0 { self.size - 1 - step } else { step };
                for x in pair {
                    if !self.fixed[y * self.size + x] {
                        self.dark[y * self.size + x] = bits.next().unwrap_or(false) ^ is_masked(mask, *x, y);
                    }
                }
            }
        }
    }
}

/// Table 10.
fn is_masked(mask: u8, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (x / 3 + y / 2).is_multiple_of(2),
        5 => (x * y).is_multiple_of(6),
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    }
}

/// What is left of the data over the generator polynomial of this degree.
fn remainder(data: &[u8], degree: usize) -> Vec<u8> {
    let mut generator = vec![0; degree];
    generator[degree - 1] = 1;
    let mut root = 1;
    for _ in 0..degree {
        for nth in 0..degree {
            generator[nth] = times(generator[nth], root) ^ generator.get(nth + 1).copied().unwrap_or(0);
        }
        root = times(root, 2);
    }
    let mut rest = vec![0; degree];
    for byte in data {
        let factor = byte ^ rest.remove(0);
        rest.push(0);
        for (r, g) in rest.iter_mut().zip(&generator) {
            *r ^= times(*g, factor);
        }
    }
    rest
}

/// The product in the field of 256 elements over `x^8 + x^4 + x^3 + x^2 + 1`.
fn times(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |sum: u8, nth| {
        let doubled = (sum << 1) ^ ((sum >> 7) * 0x1d);
        doubled ^ ((b >> nth & 1) * a)
    })
}
