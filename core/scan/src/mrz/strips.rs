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
    line: Vec<u8>,
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
        for (y, row) in plane.rows().take(self.rows).enumerate() {
            let paper = &self.paper[y / 2 * width..][..width];
            let cells = row.as_chunks::<STRIP>().0.iter().zip(paper.as_chunks::<{ STRIP / 2 }>().0);
            for (nth, (pixels, above)) in cells.enumerate() {
                let light: u32 = pixels.iter().map(|p| u32::from(*p)).sum();
                let paper: u32 = 2 * above.iter().map(|p| u32::from(*p)).sum::<u32>();
                self.ink[nth * self.rows + y] = paper.saturating_sub(light) as f32 / (paper + 1) as f32;
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
        let Self { paper, spare, line, .. } = self;
        for row in paper.chunks_exact_mut(width) {
            along(row, line, of);
        }
        down(paper, spare, width, of);
    }
}

/// Within a row. Doubling steps: the best of 1, 2, 4, 8 and then 9 neighbours.
fn along(row: &mut [u8], line: &mut Vec<u8>, of: impl Fn(u8, u8) -> u8 + Copy) {
    let (Some(first), Some(last)) = (row.first().copied(), row.last().copied()) else { return };
    line.clear();
    line.resize(REACH, first);
    line.extend_from_slice(row);
    line.resize(row.len() + 2 * REACH, last);
    for step in [1, 2, 4] {
        for at in 0..line.len() - step {
            line[at] = of(line[at], line[at + step]);
        }
    }
    // line[x] is now the best of x - REACH ..= x + REACH - 1 of the row.
    for (out, pair) in row.iter_mut().zip(line.windows(2)) {
        *out = of(pair[0], pair[1]);
    }
}

/// Down the columns, row by row, so that whole rows are compared at once.
fn down(plane: &mut [u8], spare: &mut Vec<u8>, width: usize, of: impl Fn(u8, u8) -> u8 + Copy) {
    let height = plane.len() / width;
    spare.clear();
    for y in 0..height + 2 * REACH {
        let row = y.saturating_sub(REACH).min(height - 1);
        spare.extend_from_slice(&plane[row * width..][..width]);
    }
    for step in [1, 2, 4] {
        for y in 0..height + 2 * REACH - step {
            let (upper, lower) = spare[y * width..].split_at_mut(step * width);
            for (a, b) in upper[..width].iter_mut().zip(&lower[..width]) {
                *a = of(*a, *b);
            }
        }
    }
    for (y, out) in plane.chunks_exact_mut(width).enumerate() {
        let (a, b) = (&spare[y * width..][..width], &spare[(y + 1) * width..][..width]);
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = of(*a, *b);
        }
    }
}
