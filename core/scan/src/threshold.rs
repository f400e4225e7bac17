//! Dark or light: turns a luma plane into one bit a pixel.
//!
//! Not its job: knowing what a code looks like. The inner loops are written over whole rows of fixed-size chunks, so
//! that the compiler turns them into vector code; each pass reads its plane once. Every buffer is the caller's and
//! is reused.

use crate::frame::Luma;

/// Pixels a side of a block with one threshold. Codes of 1 to 4 pixels a module have dark and light in every block.
const BLOCK: usize = 8;

/// A block whose brightest and darkest pixel differ by no more than this holds no edge, only noise or paper. Sensor
/// noise of σ 4 spans about this much over 64 pixels.
const FLAT: u8 = 12;

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

    /// Whether the pixel in column `x` and row `y` is dark; the outside is light.
    #[inline]
    pub(crate) fn dark(&self, x: usize, y: usize) -> bool {
        x < self.width
            && self.words.get(y * self.row_words + x / WORD).is_some_and(|word| word >> (x % WORD) & 1 == 1)
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

/// Working memory for [`by_blocks`] and [`by_local_mean`].
#[derive(Default)]
pub(crate) struct Scratch {
    sum: Vec<u16>,
    low: Vec<u8>,
    high: Vec<u8>,
    levels: Vec<u8>,
    thresholds: Vec<u8>,
    cells: Vec<u16>,
    prefix: Vec<u32>,
    totals: Vec<u32>,
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
    let Scratch { levels, thresholds, totals, .. } = scratch;
    thresholds.clear();
    let wide = across.min(2 * REACH + 1);
    let tall = down.min(2 * REACH + 1);
    let area = (wide * tall) as u32;
    for y in 0..down {
        let top = y.saturating_sub(REACH).min(down - tall);
        totals.clear();
        totals.resize(across, 0);
        for row in levels[top * across..(top + tall) * across].chunks_exact(across) {
            for (c, level) in totals.iter_mut().zip(row) {
                *c += u32::from(*level);
            }
        }
        for x in 0..across {
            let left = x.saturating_sub(REACH).min(across - wide);
            let total: u32 = totals[left..left + wide].iter().sum();
            thresholds.push((total / area) as u8);
        }
    }
}

/// Pixels a side of a cell, over which a local mean moves in one step: small against the squares it is taken over.
const CELL: usize = 4;

/// Dark where a pixel lies under the mean of the square around its cell by a share of `margin` of it. The square
/// reaches about `reach` pixels from the cell to either side.
pub(crate) fn by_local_mean(
    from: Luma<'_>,
    reach: usize,
    margin: f32,
    scratch: &mut Scratch,
    bits: &mut Bits,
) {
    bits.reset(from.width(), from.height());
    let width = from.width();
    if width == 0 || from.height() == 0 {
        return;
    }
    let across = width.div_ceil(CELL);
    let down = from.height().div_ceil(CELL);
    cells(from, across, scratch);
    means(across, down, reach.div_ceil(CELL), margin, scratch);
    let Scratch { thresholds, line, .. } = scratch;
    line.resize(across * CELL, 0);
    let mut rows = from.rows().zip(bits.words.chunks_exact_mut(bits.row_words));
    for limits in thresholds.chunks_exact(across) {
        for (out, limit) in line.as_chunks_mut::<CELL>().0.iter_mut().zip(limits) {
            *out = [*limit; CELL];
        }
        for (row, words) in rows.by_ref().take(CELL) {
            pack(row, &line[..width], words);
        }
    }
}

/// The sum of every cell. Where the plane ends within one, its edge continues.
fn cells(from: Luma<'_>, across: usize, scratch: &mut Scratch) {
    let Scratch { sum, line, cells, .. } = scratch;
    cells.clear();
    line.resize(across * CELL, 0);
    for top in (0..from.height()).step_by(CELL) {
        sum.clear();
        sum.resize(across * CELL, 0);
        for y in top..top + CELL {
            let row = from.row(y as isize);
            line[..row.len()].copy_from_slice(row);
            line[row.len()..].fill(row[row.len() - 1]);
            for (s, p) in sum.iter_mut().zip(line.iter()) {
                *s += u16::from(*p);
            }
        }
        cells.extend(sum.as_chunks::<CELL>().0.iter().map(|[a, b, c, d]| a + b + c + d));
    }
}

/// The thresholds of cells: the mean of those up to `reach` cells away, less the margin.
fn means(across: usize, down: usize, reach: usize, margin: f32, scratch: &mut Scratch) {
    let Scratch { cells, thresholds, totals, prefix, .. } = scratch;
    thresholds.clear();
    totals.clear();
    totals.resize(across, 0);
    let cells_of = |y: usize| cells[y * across..(y + 1) * across].iter().map(|c| u32::from(*c));
    let mut window = 0..0;
    for y in 0..down {
        let wanted = y.saturating_sub(reach)..(y + reach + 1).min(down);
        for entering in window.end..wanted.end {
            totals.iter_mut().zip(cells_of(entering)).for_each(|(t, c)| *t += c);
        }
        for leaving in window.start..wanted.start {
            totals.iter_mut().zip(cells_of(leaving)).for_each(|(t, c)| *t -= c);
        }
        window = wanted;
        prefix.clear();
        prefix.push(0);
        let mut sum = 0;
        prefix.extend(totals.iter().map(|t| {
            sum += t;
            sum
        }));
        let threshold = |left: usize, right: usize| {
            let pixels = (right - left) * window.len() * CELL * CELL;
            ((prefix[right] - prefix[left]) as f32 * ((1.0 - margin) / pixels as f32)) as u8
        };
        // Windows that are whole have one size; those at either end are cut.
        let whole = reach.min(across)..across.saturating_sub(reach).max(reach.min(across));
        let side = 2 * reach + 1;
        let share = (1.0 - margin) / (side * window.len() * CELL * CELL) as f32;
        thresholds.extend((0..whole.start).map(|x| threshold(0, (x + reach + 1).min(across))));
        let pairs = prefix.iter().zip(prefix.get(side..).unwrap_or_default());
        thresholds.extend(pairs.map(|(left, right)| ((right - left) as f32 * share) as u8));
        thresholds.extend((whole.end..across).map(|x| threshold(x.saturating_sub(reach), across)));
    }
}

/// Sets the bits of one row where the pixel is at or under its limit.
fn pack(row: &[u8], limits: &[u8], words: &mut [usize]) {
    let (whole, rest) = row.as_chunks::<WORD>();
    let (whole_limits, rest_limits) = limits.as_chunks::<WORD>();
    for ((word, pixels), limits) in words.iter_mut().zip(whole).zip(whole_limits) {
        *word = pack_word(pixels, limits);
    }
    if !rest.is_empty()
        && let Some(word) = words.get_mut(whole.len())
    {
        // Light beyond the edge: a pixel of 255 is over a limit of 0.
        let (mut pixels, mut limits) = ([u8::MAX; WORD], [0; WORD]);
        pixels[..rest.len()].copy_from_slice(rest);
        limits[..rest.len()].copy_from_slice(&rest_limits[..rest.len()]);
        *word = pack_word(&pixels, &limits);
    }
}

fn pack_word(pixels: &[u8; WORD], limits: &[u8; WORD]) -> usize {
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
    packed
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
            by_local_mean(view, 7, 0.025, &mut scratch, &mut bits);
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
        by_local_mean(view, 9, 0.025, &mut scratch, &mut bits);
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
    fn tiny_planes_are_handled() {
        for (w, h) in [(0, 0), (1, 1), (1, 9), (9, 1), (3, 2)] {
            let bytes = vec![7; w * h];
            let view = Luma::packed(&bytes, w, h);
            let (mut bits, mut scratch) = (Bits::default(), Scratch::default());
            by_blocks(view, &mut scratch, &mut bits);
            by_local_mean(view, 15, 0.025, &mut scratch, &mut bits);
        }
    }
}
