//! How much ink each row holds, strip by strip: where lines of print may run.
//!
//! A plane is cut into upright strips, about two characters wide. Ink is what is darker than the paper around, as a
//! share of that paper, so shadows and gradients of light do not count; a strip's row is its mean. Nothing is decided
//! dark or light here.

use crate::frame::Luma;

/// Pixels across a strip.
pub(super) const STRIP: usize = 8;

/// Pixels, in a plane of halves, that the brightest of each square reach to either side: together 18 pixels of the
/// plane, more than a character of the largest size searched there.
const REACH: usize = 4;

/// Rows of strips that are turned into columns together.
const TOGETHER: usize = 8;

/// Pixels across a stripe in which columns are compared: of a plane of 500 rows, 32 kB.
const STRIPE: usize = 64;

/// Ink of one plane, a column of rows for each strip.
#[derive(Default)]
pub(super) struct Strips {
    columns: usize,
    rows: usize,
    /// Strip by strip from the left; in each, rows from the top. Share of the paper's light that is missing, 0 to 1.
    ink: Vec<f32>,
    /// Brightest of two by two pixels, then the paper.
    paper: Vec<u8>,
    spare: Vec<u8>,
    lines: [Vec<u8>; 2],
    /// Some rows of strips, before they go to their columns.
    shares: Vec<f32>,
}

impl Strips {
    /// Strips across.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The rows of a strip.
    pub(super) fn column(&self, nth: usize) -> &[f32] {
        let start = nth.saturating_mul(self.rows);
        self.ink.get(start..start + self.rows).unwrap_or(&[])
    }

    /// Measures a plane.
    pub(super) fn measure(&mut self, plane: Luma<'_>) {
        self.columns = plane.width() / STRIP;
        self.rows = plane.height() & !1;
        self.ink.resize(self.columns * self.rows, 0.0);
        if self.columns == 0 || self.rows == 0 {
            return;
        }
        let width = self.columns * STRIP / 2;
        self.estimate_paper(plane, width);
        let Self { columns, rows, ink, paper, shares, .. } = self;
        let (columns, rows) = (*columns, *rows);
        shares.resize(columns * TOGETHER, 0.0);
        for (y, row) in plane.rows().take(rows).enumerate() {
            let paper = &paper[y / 2 * width..][..width];
            let cells = row.as_chunks::<STRIP>().0.iter().zip(paper.as_chunks::<{ STRIP / 2 }>().0);
            let line = y % TOGETHER;
            for (share, (pixels, above)) in shares[line * columns..].iter_mut().zip(cells) {
                let (light, paper) =
                    (sum(u64::from_le_bytes(*pixels)), 2 * sum(u32::from_le_bytes(*above).into()));
                *share = (paper - light).max(0) as f32 / (paper + 1) as f32;
            }
            if line + 1 == TOGETHER || y + 1 == rows {
                for (nth, column) in ink.chunks_exact_mut(rows).enumerate() {
                    for (out, line) in column[y - line..=y].iter_mut().zip(shares.chunks_exact(columns)) {
                        *out = line[nth];
                    }
                }
            }
        }
    }

    /// Closing: the brightest around, then the darkest of those around, so that what is narrower than the square
    /// disappears and the paper stays.
    fn estimate_paper(&mut self, plane: Luma<'_>, width: usize) {
        let height = self.rows / 2;
        self.paper.clear();
        let mut rows = plane.rows();
        while let (Some(upper), Some(lower)) = (rows.next(), rows.next()) {
            let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0).take(width);
            self.paper.extend(pairs.map(|([a, b], [c, d])| (*a).max(*b).max((*c).max(*d))));
        }
        self.paper.resize(width * height, 0);
        self.spread(width, u8::max);
        self.spread(width, u8::min);
    }

    /// The most or least within [`REACH`] on either side, along both axes.
    fn spread(&mut self, width: usize, of: impl Fn(u8, u8) -> u8 + Copy) {
        let Self { paper, spare, lines, .. } = self;
        for row in paper.chunks_exact_mut(width) {
            along(row, lines, of);
        }
        down(paper, spare, width, of);
    }
}

/// The sum of eight bytes.
fn sum(bytes: u64) -> i32 {
    const EVERY_OTHER: u64 = 0x00ff_00ff_00ff_00ff;
    let pairs = (bytes & EVERY_OTHER) + (bytes >> 8 & EVERY_OTHER);
    (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as i32
}

/// Within a row. Doubling steps: the best of 1, 2, 4, 8 and then 9 neighbours.
fn along(row: &mut [u8], lines: &mut [Vec<u8>; 2], of: impl Fn(u8, u8) -> u8 + Copy) {
    let (Some(first), Some(last)) = (row.first().copied(), row.last().copied()) else { return };
    let [here, next] = lines;
    here.clear();
    here.resize(REACH, first);
    here.extend_from_slice(row);
    here.resize(row.len() + 2 * REACH, last);
    next.clone_from(here);
    for step in [1, 2, 4] {
        for ((out, a), b) in next.iter_mut().zip(&*here).zip(&here[step..]) {
            *out = of(*a, *b);
        }
        std::mem::swap(here, next);
    }
    // here[x] is now the best of x - REACH ..= x + REACH - 1 of the row.
    for ((out, a), b) in row.iter_mut().zip(&*here).zip(&here[1..]) {
        *out = of(*a, *b);
    }
}

/// Down the columns, row by row of a stripe, so that whole rows are compared at once and the stripe stays in the
/// nearest cache.
fn down(plane: &mut [u8], spare: &mut Vec<u8>, width: usize, of: impl Fn(u8, u8) -> u8 + Copy) {
    let height = plane.len() / width;
    for left in (0..width).step_by(STRIPE) {
        let wide = STRIPE.min(width - left);
        spare.clear();
        for y in 0..height + 2 * REACH {
            let row = y.saturating_sub(REACH).min(height - 1);
            spare.extend_from_slice(&plane[row * width + left..][..wide]);
        }
        for step in [1, 2, 4] {
            // Each row is done before it is needed again: the lower one of a step is still as it was.
            for y in 0..height + 2 * REACH - step {
                let (upper, lower) = spare[y * wide..].split_at_mut(step * wide);
                for (a, b) in upper[..wide].iter_mut().zip(&lower[..wide]) {
                    *a = of(*a, *b);
                }
            }
        }
        for (out, both) in plane.chunks_exact_mut(width).zip(spare.windows(2 * wide).step_by(wide)) {
            let (a, b) = both.split_at(wide);
            for ((out, a), b) in out[left..].iter_mut().zip(a).zip(b) {
                *out = of(*a, *b);
            }
        }
    }
}
