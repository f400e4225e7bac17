//! A close look at one place: how dark and light it is, how wide its edges are in four directions, and where
//! a reflection covers it.

use super::cells::Patch;
use crate::frame::Luma;

/// Side of the squares whose sharpest edge is measured: large enough for a stroke of a code, small enough for one light.
const SQUARE: usize = 16;

/// At most this many pixels a side are looked at, from the middle of larger places.
const MOST: usize = 320;

/// At least this many squares must show an edge before their median says anything.
const ENOUGH: usize = 3;

/// Pixels at least this light show no print any more.
const SATURATED: u8 = 250;

/// Side of the blocks a reflection is made of.
const BLOCK: usize = 4;

/// What a place looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Look {
    pub(crate) p5: u8,
    pub(crate) p95: u8,
    /// Median width of the sharpest edges, in pixels: along rows, columns, and both diagonals; 0 where there are none.
    pub(crate) widths: [f32; 4],
}

/// Share of saturated pixels that form a reflection, and its middle in pixels of the plane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shine {
    pub(crate) share: f32,
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// Widths are counted in eighths of a pixel, up to 32 pixels.
const BINS: usize = 256;

/// Buffers of the close look.
#[derive(Default)]
pub(crate) struct Lens {
    least: Vec<u8>,
    most: Vec<u8>,
    steepest: Vec<u8>,
    bright: Vec<u16>,
    covered: Vec<u16>,
}

impl Lens {
    /// Looks at one place of a plane whose noise is known.
    pub(crate) fn look(&mut self, luma: Luma<'_>, at: Patch, noise: f32) -> Look {
        let at = middle(at);
        let (p5, p95) = percentiles(luma, at);
        let contrast = f32::from(p95.saturating_sub(p5));
        // An edge that is worth measuring: half of the contrast, and clear of the noise.
        let least = (contrast * 0.5).max(6.0 * noise).max(3.0) as u8;
        let widths = [
            Self::along_rows(luma, at, least, noise),
            self.down(luma, at, 0, least, noise),
            self.down(luma, at, 1, least, noise),
            self.down(luma, at, -1, least, noise),
        ];
        Look { p5, p95, widths }
    }

    /// Width of edges crossed by going along rows.
    fn along_rows(luma: Luma<'_>, at: Patch, least: u8, noise: f32) -> f32 {
        let mut widths = Widths::new(noise, 2.0);
        for y in (at.y..at.y + at.height).step_by(2) {
            let row = luma.row(y as isize).get(at.x..at.x + at.width).unwrap_or(&[]);
            let shifted = row.get(2..).unwrap_or(&[]);
            for (here, right) in row.as_chunks::<SQUARE>().0.iter().zip(shifted.as_chunks::<SQUARE>().0) {
                let (mut low, mut high, mut steep) = (u8::MAX, 0, 0);
                for (a, b) in here.iter().zip(right) {
                    (low, high, steep) = (low.min(*a), high.max(*a), steep.max(a.abs_diff(*b)));
                }
                widths.add(high - low.min(high), steep, least);
            }
        }
        widths.median()
    }

    /// Width of edges crossed by going down, `lean` pixels sideways each row.
    fn down(&mut self, luma: Luma<'_>, at: Patch, lean: isize, least: u8, noise: f32) -> f32 {
        let reach = SQUARE + 2;
        let length = if lean == 0 { 2.0 } else { 2.0 * std::f32::consts::SQRT_2 };
        let mut widths = Widths::new(noise, length);
        if at.width <= 2 * reach || at.height <= reach {
            return 0.0;
        }
        let (first, last) =
            if lean == 0 { (at.x, at.x + at.width) } else { (at.x + reach, at.x + at.width - reach) };
        let part = |y: usize, down: usize| {
            let shift = lean * down as isize;
            let from = first.saturating_add_signed(shift);
            luma.row((y + down) as isize).get(from..from + (last - first)).unwrap_or(&[])
        };
        let count = last - first;
        for y in (at.y..at.y + at.height - reach).step_by(SQUARE) {
            for (buffer, start) in [(&mut self.least, u8::MAX), (&mut self.most, 0), (&mut self.steepest, 0)]
            {
                buffer.clear();
                buffer.resize(count, start);
            }
            for down in 0..SQUARE {
                let edges = self.least.iter_mut().zip(&mut self.most).zip(&mut self.steepest);
                for (((low, high), steep), (a, b)) in edges.zip(part(y, down).iter().zip(part(y, down + 2))) {
                    *low = (*low).min(*a);
                    *high = (*high).max(*a);
                    *steep = (*steep).max(a.abs_diff(*b));
                }
            }
            for ((low, high), steep) in self.least.iter().zip(&self.most).zip(&self.steepest).step_by(2) {
                widths.add(high.saturating_sub(*low), *steep, least);
            }
        }
        widths.median()
    }

    /// The reflection inside a place: blocks without print that lie close together over more than `hole` pixels, more
    /// than any light part of a code.
    pub(crate) fn shine(&mut self, luma: Luma<'_>, at: Patch, hole: f32) -> Shine {
        let (columns, rows) = (at.width / BLOCK, at.height / BLOCK);
        let span = ((hole / BLOCK as f32).ceil() as usize).max(2);
        if columns < span || rows < span {
            return Shine::default();
        }
        self.bright.clear();
        self.bright.resize(columns * rows, 0);
        for (by, line) in self.bright.chunks_exact_mut(columns).enumerate() {
            for y in 0..BLOCK {
                let row =
                    luma.row((at.y + by * BLOCK + y) as isize).get(at.x..at.x + at.width).unwrap_or(&[]);
                for (count, block) in line.iter_mut().zip(row.as_chunks::<BLOCK>().0) {
                    *count += block.iter().map(|p| u16::from(*p >= SATURATED)).sum::<u16>();
                }
            }
        }
        self.cover(columns, rows, span);
        let (mut count, mut x, mut y) = (0.0, 0.0, 0.0);
        for (i, _) in self.covered.iter().enumerate().filter(|(_, inside)| **inside > 0) {
            count += 1.0;
            x += (i % columns) as f32;
            y += (i / columns) as f32;
        }
        if count == 0.0 {
            return Shine::default();
        }
        let place = |sum: f32, from: usize| (sum / count + 0.5) * BLOCK as f32 + from as f32;
        Shine { share: count / (columns * rows) as f32, x: place(x, at.x), y: place(y, at.y) }
    }

    /// Marks every block that lies in a square of `span` blocks which are all saturated.
    fn cover(&mut self, columns: usize, rows: usize, span: usize) {
        // A block counts if hardly a pixel of it shows print: noise may darken one.
        let whole = (BLOCK * BLOCK - 1) as u16;
        self.covered.clear();
        self.covered.resize(columns * rows, 0);
        // `bright` becomes the side of the largest saturated square that ends at each block.
        for y in 0..rows {
            for x in 0..columns {
                let at = y * columns + x;
                let square = if self.bright[at] < whole {
                    0
                } else if x == 0 || y == 0 {
                    1
                } else {
                    1 + self.bright[at - 1].min(self.bright[at - columns]).min(self.bright[at - columns - 1])
                };
                self.bright[at] = square;
                if usize::from(square) >= span {
                    for line in y + 1 - span..=y {
                        let end = line * columns + x + 1;
                        self.covered[end - span..end].fill(1);
                    }
                }
            }
        }
    }
}

/// The middle of a place, not larger than [`MOST`].
fn middle(at: Patch) -> Patch {
    let (width, height) = (at.width.min(MOST), at.height.min(MOST));
    Patch { x: at.x + (at.width - width) / 2, y: at.y + (at.height - height) / 2, width, height }
}

/// 5th and 95th percentile of every second pixel of every second row.
fn percentiles(luma: Luma<'_>, at: Patch) -> (u8, u8) {
    let mut counts = [0_u32; 256];
    let mut all = 0;
    for y in (at.y..at.y + at.height).step_by(2) {
        let row = luma.row(y as isize).get(at.x..at.x + at.width).unwrap_or(&[]);
        for pixel in row.iter().step_by(2) {
            counts[usize::from(*pixel)] += 1;
        }
        all += row.len().div_ceil(2) as u32;
    }
    let at_share = |share: f32| {
        let wanted = (all as f32 * share) as u32;
        let mut seen = 0;
        let nth = counts.iter().position(|count| {
            seen += count;
            seen > wanted
        });
        nth.unwrap_or(0) as u8
    };
    (at_share(0.05), at_share(0.95))
}

/// Widths of edges, as a histogram.
struct Widths {
    counts: [u16; BINS],
    all: usize,
    noise: f32,
    length: f32,
}

impl Widths {
    fn new(noise: f32, length: f32) -> Self {
        Self { counts: [0; BINS], all: 0, noise, length }
    }

    /// An edge that rises by `range`, at most `steep` over this direction's step.
    fn add(&mut self, range: u8, steep: u8, least: u8) {
        if range < least {
            return;
        }
        // Noise raises the range and the largest difference of some dozen pixels by about this much.
        let range = f32::from(range) - 3.0 * self.noise;
        let steep = (f32::from(steep) - 1.5 * self.noise).max(0.5);
        let width = (range / steep).max(1.0) * self.length;
        let bin = ((width * 8.0) as usize).min(BINS - 1);
        self.counts[bin] = self.counts[bin].saturating_add(1);
        self.all += 1;
    }

    fn median(&self) -> f32 {
        if self.all < ENOUGH {
            return 0.0;
        }
        let mut seen = 0;
        let nth = self.counts.iter().position(|count| {
            seen += usize::from(*count);
            2 * seen >= self.all
        });
        nth.unwrap_or(0) as f32 / 8.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 128;
    const WHOLE: Patch = Patch { x: 0, y: 0, width: SIDE, height: SIDE };

    fn plane(value: impl Fn(usize, usize) -> f32) -> Vec<u8> {
        (0..SIDE * SIDE).map(|i| value(i % SIDE, i / SIDE).clamp(0.0, 255.0) as u8).collect()
    }

    /// Stripes 12 pixels wide whose edges rise over `width` pixels.
    fn stripes(along: usize, width: f32) -> f32 {
        let phase = (along % 24) as f32;
        let rise = (phase - 6.0) / width;
        let fall = (phase - 18.0) / width;
        40.0 + 160.0 * ((rise + 0.5).clamp(0.0, 1.0) - (fall + 0.5).clamp(0.0, 1.0))
    }

    fn look(bytes: &[u8]) -> Look {
        Lens::default().look(Luma::packed(bytes, SIDE, SIDE), WHOLE, 0.5)
    }

    #[test]
    fn edges_are_as_wide_as_they_rise_and_in_their_own_direction() {
        for width in [4.0, 8.0, 11.0] {
            let across = look(&plane(|x, _| stripes(x, width)));
            assert!((across.widths[0] - width).abs() < 1.0, "{width}: {:?}", across.widths);
            assert_eq!(across.widths[1], 0.0, "no edge is crossed going down");
            let down = look(&plane(|_, y| stripes(y, width)));
            assert!((down.widths[1] - width).abs() < 1.0, "{width}: {:?}", down.widths);
            assert_eq!((across.p5, across.p95), (40, 200));
        }
    }

    #[test]
    fn a_reflection_is_found_where_it_is_and_white_paper_between_print_is_none() {
        let print = |x: usize, y: usize| if (x / 5 + y / 5).is_multiple_of(2) { 30.0 } else { 255.0 };
        let clean = plane(print);
        let mut lens = Lens::default();
        assert_eq!(lens.shine(Luma::packed(&clean, SIDE, SIDE), WHOLE, 20.0), Shine::default());
        let spot = |x: usize, y: usize| (40..72).contains(&x) && (80..112).contains(&y);
        let glaring = plane(|x, y| if spot(x, y) { 255.0 } else { print(x, y) });
        let shine = lens.shine(Luma::packed(&glaring, SIDE, SIDE), WHOLE, 20.0);
        assert!((shine.share - 1.0 / 16.0).abs() < 0.01, "{shine:?}");
        assert!((shine.x - 56.0).abs() < 3.0 && (shine.y - 96.0).abs() < 3.0, "{shine:?}");
    }

    #[test]
    fn places_of_any_size_are_looked_at() {
        let bytes = plane(|x, y| ((x * 7 + y * 13) % 256) as f32);
        let luma = Luma::packed(&bytes, SIDE, SIDE);
        let mut lens = Lens::default();
        for width in [1, 2, 15, 17, 36, 37, 128] {
            for height in [1, 2, 18, 19, 40, 128] {
                let at = Patch { x: SIDE - width, y: SIDE - height, width, height };
                let _ = lens.look(luma, at, 0.0);
                let _ = lens.shine(luma, at, 4.0);
            }
        }
    }
}
