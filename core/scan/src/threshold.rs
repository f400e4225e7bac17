//! Dark or light: reduces a luma plane and turns it into one bit a pixel.
//!
//! Not its job: knowing what a code looks like. The inner loops are written over whole rows of fixed-size chunks, so
//! that the compiler turns them into vector code; each pass reads its plane once. Every buffer is the caller's and
//! is reused.

use crate::frame::Luma;

/// Pixels a side of a block with one threshold. Codes of 1 to 4 pixels a module have dark and light in every block.
const BLOCK: usize = 8;

/// A block whose brightest and darkest pixel differ by no more than this holds no edge, only noise or paper. Sensor
/// noise of σ 4 spans about this much over 64 pixels.
const FLAT: u8 = 20;

/// One bit a pixel, set where dark. Bits beyond the width of a row are zero.
#[derive(Default)]
pub(crate) struct Bits {
    width: usize,
    height: usize,
    row_words: usize,
    words: Vec<usize>,
}

/// Bits in a word; the detector's matrix uses the machine word, so rows are handed over word by word.
pub(crate) const WORD: usize = usize::BITS as usize;

impl Bits {
    fn reset(&mut self, width: usize, height: usize) {
        self.width = width;
        self.height = height;
        self.row_words = width.div_ceil(WORD);
        self.words.clear();
        self.words.resize(self.row_words * height, 0);
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// Rows of words from the top, least significant bit first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[usize]> {
        self.words.chunks_exact(self.row_words.max(1))
    }

    /// Dark becomes light.
    pub(crate) fn invert(&mut self) {
        let used = self.width % WORD;
        let last = if used == 0 { usize::MAX } else { (1 << used) - 1 };
        for row in self.words.chunks_exact_mut(self.row_words.max(1)) {
            for word in row.iter_mut() {
                *word = !*word;
            }
            if let Some(word) = row.last_mut() {
                *word &= last;
            }
        }
    }
}

/// A luma plane of our own.
#[derive(Default)]
pub(crate) struct Plane {
    bytes: Vec<u8>,
    width: usize,
    height: usize,
}

impl Plane {
    pub(crate) fn view(&self) -> Luma<'_> {
        Luma::packed(&self.bytes, self.width, self.height)
    }

    fn reset(&mut self, width: usize, height: usize) {
        self.width = width;
        self.height = height;
        self.bytes.resize(width * height, 0);
    }
}

/// Half the size: each pixel the mean of four. An odd last row or column is dropped.
pub(crate) fn halve(from: Luma<'_>, to: &mut Plane) {
    to.reset(from.width() / 2, from.height() / 2);
    let mut rows = from.rows();
    for out in to.bytes.chunks_exact_mut((from.width() / 2).max(1)) {
        let (Some(upper), Some(lower)) = (rows.next(), rows.next()) else { return };
        for ((o, u), l) in out.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
            *o = ((u16::from(u[0]) + u16::from(u[1]) + u16::from(l[0]) + u16::from(l[1]) + 2) >> 2) as u8;
        }
    }
}

/// Working memory for [`by_blocks`] and [`by_local_mean`].
#[derive(Default)]
pub(crate) struct Scratch {
    sum: Vec<u16>,
    low: Vec<u8>,
    high: Vec<u8>,
    levels: Vec<u8>,
    thresholds: Vec<u8>,
    columns: Vec<u32>,
    line: Vec<u8>,
}

/// One threshold for each 8 × 8 block: the mean of the levels of the 5 × 5 blocks around it.
pub(crate) fn by_blocks(from: Luma<'_>, scratch: &mut Scratch, bits: &mut Bits) {
    bits.reset(from.width(), from.height());
    if from.width() == 0 || from.height() == 0 {
        return;
    }
    let across = from.width().div_ceil(BLOCK);
    let down = from.height().div_ceil(BLOCK);
    levels(from, across, scratch);
    smooth(across, down, scratch);
    let Scratch { thresholds, line, .. } = scratch;
    line.resize(across * BLOCK, 0);
    for (y, (row, words)) in from.rows().zip(bits.words.chunks_exact_mut(bits.row_words)).enumerate() {
        let at = y / BLOCK * across;
        let limits = &thresholds[at..at + across];
        for (out, limit) in line.chunks_exact_mut(BLOCK).zip(limits) {
            out.fill(*limit);
        }
        pack(row, &line[..row.len()], words);
    }
}

/// The level between dark and light of every block.
fn levels(from: Luma<'_>, across: usize, scratch: &mut Scratch) {
    let padded = across * BLOCK;
    let Scratch { sum, low, high, levels, line, .. } = scratch;
    levels.clear();
    line.resize(padded, 0);
    sum.clear();
    sum.resize(padded, 0);
    low.clear();
    low.resize(padded, u8::MAX);
    high.clear();
    high.resize(padded, 0);
    let mut seen = 0;
    let mut rows = from.rows().peekable();
    while let Some(row) = rows.next() {
        line[..row.len()].copy_from_slice(row);
        let edge = row[row.len() - 1];
        line[row.len()..].fill(edge);
        for (((s, l), h), p) in sum.iter_mut().zip(low.iter_mut()).zip(high.iter_mut()).zip(line.iter()) {
            *s += u16::from(*p);
            *l = (*l).min(*p);
            *h = (*h).max(*p);
        }
        seen += 1;
        if seen < BLOCK && rows.peek().is_some() {
            continue;
        }
        block_row(sum, low, high, across, (BLOCK * seen) as u32, levels);
        sum.fill(0);
        low.fill(u8::MAX);
        high.fill(0);
        seen = 0;
    }
}

/// Turns the column sums of one row of blocks into levels.
fn block_row(sum: &[u16], low: &[u8], high: &[u8], across: usize, pixels: u32, levels: &mut Vec<u8>) {
    let blocks = sum.chunks_exact(BLOCK).zip(low.chunks_exact(BLOCK)).zip(high.chunks_exact(BLOCK));
    for (x, ((s, l), h)) in blocks.enumerate() {
        let low = l.iter().copied().min().unwrap_or(0);
        let high = h.iter().copied().max().unwrap_or(0);
        let mean = s.iter().map(|v| u32::from(*v)).sum::<u32>() / pixels;
        let level = if high - low > FLAT { mean as u8 } else { flat_level(low, x, across, levels) };
        levels.push(level);
    }
}

/// A flat block is paper, hence light, unless its neighbours say that this brightness is dark there: the inside of a
/// large dark module.
fn flat_level(low: u8, x: usize, across: usize, levels: &[u8]) -> u8 {
    let here = levels.len();
    if x == 0 || here < across {
        return low / 2;
    }
    let above = u16::from(levels[here - across]);
    let left = u16::from(levels[here - 1]);
    let corner = u16::from(levels[here - across - 1]);
    let around = ((above + 2 * left + corner) / 4) as u8;
    if low < around { around } else { low / 2 }
}

/// Mean of 5 × 5 levels, the window held inside the plane.
fn smooth(across: usize, down: usize, scratch: &mut Scratch) {
    /// Blocks to either side.
    const REACH: usize = 2;
    let Scratch { levels, thresholds, columns, .. } = scratch;
    thresholds.clear();
    let wide = across.min(2 * REACH + 1);
    let tall = down.min(2 * REACH + 1);
    let area = (wide * tall) as u32;
    for y in 0..down {
        let top = y.saturating_sub(REACH).min(down - tall);
        columns.clear();
        columns.resize(across, 0);
        for row in levels[top * across..(top + tall) * across].chunks_exact(across) {
            for (c, level) in columns.iter_mut().zip(row) {
                *c += u32::from(*level);
            }
        }
        for x in 0..across {
            let left = x.saturating_sub(REACH).min(across - wide);
            let total: u32 = columns[left..left + wide].iter().sum();
            thresholds.push((total / area) as u8);
        }
    }
}

/// Dark where a pixel lies under the mean of the square around it, by `1 / MARGIN` of that mean. `reach` is half the
/// side of the square.
pub(crate) fn by_local_mean(from: Luma<'_>, reach: usize, scratch: &mut Scratch, bits: &mut Bits) {
    bits.reset(from.width(), from.height());
    let (width, height) = (from.width(), from.height());
    if width == 0 || height == 0 {
        return;
    }
    let Scratch { columns, line, .. } = scratch;
    columns.clear();
    columns.resize(width, 0);
    line.resize(width, 0);
    let mut entering = from.rows();
    let mut leaving = from.rows();
    let mut tall = 0;
    for row in entering.by_ref().take(reach) {
        add(columns, row);
        tall += 1;
    }
    for (y, (row, words)) in from.rows().zip(bits.words.chunks_exact_mut(bits.row_words)).enumerate() {
        if let Some(next) = entering.next() {
            add(columns, next);
            tall += 1;
        }
        if y > reach
            && let Some(last) = leaving.next()
        {
            for (c, p) in columns.iter_mut().zip(last) {
                *c -= u32::from(*p);
            }
            tall -= 1;
        }
        mean_line(columns, reach, tall, &mut line[..width]);
        pack(row, &line[..width], words);
    }
}

fn add(columns: &mut [u32], row: &[u8]) {
    for (c, p) in columns.iter_mut().zip(row) {
        *c += u32::from(*p);
    }
}

/// Thresholds of one row from its column sums over `tall` rows.
fn mean_line(columns: &[u32], reach: usize, tall: u32, line: &mut [u8]) {
    /// Paper without print must not turn into speckle: a sixteenth under the mean is below its grain.
    const MARGIN: u32 = 16;
    let width = columns.len();
    let mut total: u32 = columns.iter().take(reach).sum();
    let mut wide = reach.min(width) as u32;
    let mut scale = 0;
    let mut scaled_for = 0;
    for (x, limit) in line.iter_mut().enumerate() {
        if let Some(next) = columns.get(x + reach) {
            total += next;
            wide += 1;
        }
        if x > reach {
            total -= columns[x - reach - 1];
            wide -= 1;
        }
        let area = wide * tall;
        if area != scaled_for {
            // One division where the window changes size, a multiplication everywhere else.
            scale = (1 << 32) / u64::from(area.max(1));
            scaled_for = area;
        }
        let mean = ((u64::from(total) * scale) >> 32) as u32;
        *limit = (mean - mean / MARGIN) as u8;
    }
}

/// Sharpens: adds the difference to the mean of the 5 × 5 square, `gain` times.
pub(crate) fn sharpen(from: Luma<'_>, gain: i32, scratch: &mut Scratch, to: &mut Plane) {
    /// Half the side of the square: a defocus of 2 to 3 pixels in a halved frame.
    const REACH: usize = 2;
    let (width, height) = (from.width(), from.height());
    to.reset(width, height);
    if width == 0 {
        return;
    }
    let Scratch { columns, .. } = scratch;
    columns.clear();
    columns.resize(width, 0);
    let mut entering = from.rows();
    let mut leaving = from.rows();
    let mut tall = 0;
    for row in entering.by_ref().take(REACH) {
        add(columns, row);
        tall += 1;
    }
    for (y, (row, out)) in from.rows().zip(to.bytes.chunks_exact_mut(width)).enumerate() {
        if let Some(next) = entering.next() {
            add(columns, next);
            tall += 1;
        }
        if y > REACH
            && let Some(last) = leaving.next()
        {
            for (c, p) in columns.iter_mut().zip(last) {
                *c -= u32::from(*p);
            }
            tall -= 1;
        }
        for (x, (o, p)) in out.iter_mut().zip(row).enumerate() {
            let window = &columns[x.saturating_sub(REACH)..(x + REACH + 1).min(width)];
            let mean = (window.iter().sum::<u32>() / (window.len() as u32 * tall)) as i32;
            let value = i32::from(*p);
            *o = (value + gain * (value - mean)).clamp(0, 255) as u8;
        }
    }
}

/// Sets the bits of one row where the pixel is at or under its limit.
fn pack(row: &[u8], limits: &[u8], words: &mut [usize]) {
    for ((word, pixels), limits) in words.iter_mut().zip(row.chunks(WORD)).zip(limits.chunks(WORD)) {
        let mut flags = [0_u8; WORD];
        for ((f, p), l) in flags.iter_mut().zip(pixels).zip(limits) {
            *f = u8::from(p <= l);
        }
        let mut packed = 0;
        for (i, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
            // Gathers the lowest bits of eight bytes into the top byte, first byte lowest: each factor bit moves one
            // byte's flag to its place, and no two land on the same place.
            let byte = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            packed |= (byte as usize) << (8 * i);
        }
        *word = packed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bits: &Bits) -> Vec<String> {
        bits.rows()
            .map(|r| {
                (0..bits.width())
                    .map(|x| if r[x / WORD] >> (x % WORD) & 1 == 1 { '#' } else { '.' })
                    .collect()
            })
            .collect()
    }

    /// Stripes of 3 dark and 3 light columns, light falling off from left to right.
    fn stripes(width: usize, height: usize) -> Vec<u8> {
        (0..width * height)
            .map(|i| {
                let x = i % width;
                let light = 250 - x;
                (if (x / 3).is_multiple_of(2) { light / 4 } else { light }) as u8
            })
            .collect()
    }

    fn expected(width: usize) -> String {
        (0..width).map(|x| if x / 3 % 2 == 0 { '#' } else { '.' }).collect()
    }

    #[test]
    fn stripes_under_falling_light_come_out_whole_at_any_width() {
        for width in [24, 63, 64, 65, 130] {
            let bytes = stripes(width, 21);
            let view = Luma::packed(&bytes, width, 21);
            let mut bits = Bits::default();
            let mut scratch = Scratch::default();
            by_blocks(view, &mut scratch, &mut bits);
            assert!(text(&bits).iter().all(|r| *r == expected(width)), "blocks, width {width}");
            by_local_mean(view, 7, &mut scratch, &mut bits);
            assert!(text(&bits).iter().all(|r| *r == expected(width)), "mean, width {width}");
        }
    }

    #[test]
    fn blank_paper_is_light_everywhere() {
        let bytes = vec![180; 40 * 30];
        let view = Luma::packed(&bytes, 40, 30);
        let mut bits = Bits::default();
        let mut scratch = Scratch::default();
        by_blocks(view, &mut scratch, &mut bits);
        assert!(bits.words.iter().all(|w| *w == 0));
        by_local_mean(view, 9, &mut scratch, &mut bits);
        assert!(bits.words.iter().all(|w| *w == 0));
    }

    #[test]
    fn inverting_leaves_the_bits_beyond_the_width_clear() {
        let bytes = vec![255; 70 * 2];
        let mut bits = Bits::default();
        by_blocks(Luma::packed(&bytes, 70, 2), &mut Scratch::default(), &mut bits);
        bits.invert();
        assert_eq!(text(&bits), vec!["#".repeat(70); 2]);
        assert_eq!(bits.words.iter().map(|w| w.count_ones()).sum::<u32>(), 140);
    }

    #[test]
    fn halving_takes_means_and_drops_the_odd_edge() {
        let bytes = [0, 4, 9, 8, 12, 9, 9, 9, 9];
        let mut plane = Plane::default();
        halve(Luma::packed(&bytes, 3, 3), &mut plane);
        assert_eq!((plane.width, plane.height, plane.bytes.as_slice()), (1, 1, &[6_u8][..]));
    }

    #[test]
    fn sharpening_keeps_flat_areas_and_deepens_edges() {
        let bytes: Vec<u8> = (0..20 * 6).map(|i| if i % 20 < 10 { 100 } else { 140 }).collect();
        let mut plane = Plane::default();
        sharpen(Luma::packed(&bytes, 20, 6), 2, &mut Scratch::default(), &mut plane);
        let row = &plane.bytes[40..60];
        assert_eq!((row[0], row[19]), (100, 140));
        assert!(row[9] < 80 && row[10] > 160, "{row:?}");
    }

    #[test]
    fn tiny_planes_are_handled() {
        for (w, h) in [(0, 0), (1, 1), (1, 9), (9, 1), (3, 2)] {
            let bytes = vec![7; w * h];
            let view = Luma::packed(&bytes, w, h);
            let (mut bits, mut scratch, mut plane) = (Bits::default(), Scratch::default(), Plane::default());
            by_blocks(view, &mut scratch, &mut bits);
            by_local_mean(view, 15, &mut scratch, &mut bits);
            sharpen(view, 2, &mut scratch, &mut plane);
            halve(view, &mut plane);
        }
    }
}
