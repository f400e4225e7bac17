//! Luma planes of our own: reduced, enlarged, sharpened.
//!
//! Not its job: deciding dark or light (`threshold.rs`). The inner loops run over whole rows so that the compiler turns
//! them into vector code; buffers are reused.

use crate::frame::Luma;

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
        let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        for (o, (u, l)) in out.iter_mut().zip(pairs) {
            // A pair as one number: its two bytes added without splitting the row into odd and even first.
            let (u, l) = (u16::from_le_bytes(*u), u16::from_le_bytes(*l));
            *o = (((u & 0xff) + (u >> 8) + (l & 0xff) + (l >> 8) + 2) >> 2) as u8;
        }
    }
}

/// Rows that a turn fills at once, so that the part of them being written stays in the cache.
const TILE: usize = 32;

/// Turned by a quarter clockwise: what was the left column, from the bottom up, is the first row.
pub(crate) fn turn(from: Luma<'_>, to: &mut Plane) {
    let (width, height) = (from.height(), from.width());
    to.reset(width, height);
    for (nth, band) in to.bytes.chunks_mut((width * TILE).max(1)).enumerate() {
        for (y, row) in from.rows().enumerate() {
            let x = width - 1 - y;
            for (line, pixel) in band.chunks_exact_mut(width).zip(&row[nth * TILE..]) {
                line[x] = *pixel;
            }
        }
    }
}

/// Twice the size, straight lines between the pixels' centres. `line` is working memory.
pub(crate) fn double(from: Luma<'_>, line: &mut Vec<u8>, to: &mut Plane) {
    let (width, height) = (from.width(), from.height());
    to.reset(2 * width, 2 * height);
    if width == 0 || height == 0 {
        return;
    }
    let mut above: Option<&[u8]> = None;
    let mut rows = from.rows().peekable();
    let mut out = to.bytes.chunks_exact_mut(2 * width);
    while let Some(row) = rows.next() {
        let below = rows.peek().copied().unwrap_or(row);
        for other in [above.unwrap_or(row), below] {
            line.clear();
            line.push(0);
            line.extend(row.iter().zip(other).map(|(r, o)| three_to_one(*r, *o)));
            line[0] = line[1];
            line.push(line[width]);
            if let Some(out) = out.next() {
                widen(line, out);
            }
        }
        above = Some(row);
    }
}

/// A new pixel's centre is a quarter of a pixel from the near old centre and three quarters from the far one.
fn three_to_one(near: u8, far: u8) -> u8 {
    ((3 * u16::from(near) + u16::from(far) + 2) >> 2) as u8
}

/// The first and last of `line` stand for what lies beyond the ends of the row.
fn widen(line: &[u8], out: &mut [u8]) {
    let (pairs, _) = out.as_chunks_mut::<2>();
    for (((pair, left), here), right) in pairs.iter_mut().zip(line).zip(&line[1..]).zip(&line[2..]) {
        let (left, right) = (three_to_one(*here, *left), three_to_one(*here, *right));
        // As one number, so that rows of pairs become vectors.
        *pair = (u16::from(left) | u16::from(right) << 8).to_le_bytes();
    }
}

/// Sums over the rows `y - reach ..= y + reach` for each column, moving down row by row. The plane's edges continue
/// outside, so that every window has the same number of pixels.
struct Columns<'a> {
    from: Luma<'a>,
    reach: isize,
}

impl<'a> Columns<'a> {
    fn new(from: Luma<'a>, reach: usize) -> Self {
        Self { from, reach: reach as isize }
    }

    /// Starts above the first row. `sums` gets `reach` more columns on either side.
    fn start(&self, sums: &mut Vec<u16>) {
        let reach = self.reach as usize;
        sums.clear();
        sums.resize(self.from.width() + 2 * reach, 0);
        for y in -self.reach - 1..self.reach {
            let middle = &mut sums[reach..reach + self.from.width()];
            for (s, p) in middle.iter_mut().zip(self.from.row(y)) {
                *s += u16::from(*p);
            }
        }
    }

    /// Moves the window so that row `y` is its middle; called for each row in turn.
    fn step(&self, y: isize, sums: &mut [u16]) {
        let reach = self.reach as usize;
        let end = reach + self.from.width();
        let entering = self.from.row(y + self.reach);
        let leaving = self.from.row(y - self.reach - 1);
        for ((s, e), l) in sums[reach..end].iter_mut().zip(entering).zip(leaving) {
            *s = *s + u16::from(*e) - u16::from(*l);
        }
        let (first, last) = (sums[reach], sums[end - 1]);
        sums[..reach].fill(first);
        sums[end..].fill(last);
    }
}

/// Half the side of the square that softens: the noise of a halved frame, and less than a module.
const SOFT: usize = 1;

/// Half the side of the square that sharpens: a defocus of 2 to 3 pixels in a halved frame.
const SHARP: usize = 2;

/// The mean of each 3 × 3 square.
pub(crate) fn soften(from: Luma<'_>, columns: &mut Vec<u16>, to: &mut Plane) {
    beside_mean::<{ 2 * SOFT + 1 }>(from, columns, to, |_, mean| mean as u8);
}

/// Sharpens: adds the difference to the mean of the 5 × 5 square, `gain` times.
pub(crate) fn sharpen(from: Luma<'_>, gain: i16, columns: &mut Vec<u16>, to: &mut Plane) {
    beside_mean::<{ 2 * SHARP + 1 }>(from, columns, to, |value, mean| {
        (value + gain * (value - mean)).clamp(0, 255) as u8
    });
}

/// Makes each pixel of what it is and of the mean of the square of `SIDE` around it, about.
fn beside_mean<const SIDE: usize>(
    from: Luma<'_>,
    columns: &mut Vec<u16>,
    to: &mut Plane,
    make: impl Fn(i16, i16) -> u8,
) {
    let (width, height) = (from.width(), from.height());
    to.reset(width, height);
    if width == 0 || height == 0 {
        return;
    }
    // Multiplying by this and dropping 16 bits divides by the area.
    let scale = 65_536 / (SIDE * SIDE) as u32 + 1;
    let window = Columns::new(from, SIDE / 2);
    window.start(columns);
    for (y, (row, out)) in from.rows().zip(to.bytes.chunks_exact_mut(width)).enumerate() {
        window.step(y as isize, columns);
        let shifted: [&[u16]; SIDE] = std::array::from_fn(|by| &columns[by..by + width]);
        for (x, (o, p)) in out.iter_mut().zip(row).enumerate() {
            let sum: u16 = shifted.iter().map(|columns| columns[x]).sum();
            let mean = ((u32::from(sum) * scale) >> 16) as i16;
            *o = make(i16::from(*p), mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        sharpen(Luma::packed(&bytes, 20, 6), 2, &mut Vec::new(), &mut plane);
        let row = &plane.bytes[40..60];
        assert_eq!((row[0], row[19]), (100, 140));
        assert!(row[9] < 80 && row[10] > 160, "{row:?}");
    }

    #[test]
    fn doubling_keeps_flat_areas_and_lies_between_neighbours() {
        let mut plane = Plane::default();
        double(Luma::packed(&[40, 80, 40, 80], 2, 2), &mut Vec::new(), &mut plane);
        assert_eq!((plane.width, plane.height), (4, 4));
        assert_eq!(plane.bytes[..4], [40, 50, 70, 80]);
    }

    #[test]
    fn tiny_planes_are_handled() {
        for (w, h) in [(0, 0), (1, 1), (1, 9), (9, 1), (3, 2)] {
            let bytes = vec![7; w * h];
            let view = Luma::packed(&bytes, w, h);
            let mut plane = Plane::default();
            sharpen(view, 2, &mut Vec::new(), &mut plane);
            double(view, &mut Vec::new(), &mut plane);
            halve(view, &mut plane);
        }
    }
}
