//! Pictures that cost a scanner most: what looks like codes and is none, and codes that cannot be read.
//!
//! Drawn at any size and by seed, the same bytes on every machine. Not measured here, and no picture of these may be
//! read but the codes of `wall`.

use apoa_frames::{Code, EcLevel, Gray, Rng, Scenery, Size, no_code};

/// One kind of picture.
pub(crate) struct Hostile {
    /// Short name, lowercase.
    pub(crate) name: &'static str,
    content: Content,
    draw: fn(Size, &mut Rng) -> Gray,
}

/// What a picture may be read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Whatever is read is wrong.
    Nothing,
    /// Codes that say `ON_THE_WALL`.
    Codes,
}

/// What each code of the wall says.
const ON_THE_WALL: &[u8] = b"SPECIMEN";

impl Hostile {
    /// Whether the picture shows a code that says this.
    pub(crate) fn says(&self, bytes: &[u8]) -> bool {
        self.content == Content::Codes && bytes == ON_THE_WALL
    }

    /// The picture of a seed.
    pub(crate) fn draw(&self, size: Size, seed: u64) -> Gray {
        (self.draw)(size, &mut Rng::forked(seed, 0x0bad))
    }
}

const fn empty(name: &'static str, draw: fn(Size, &mut Rng) -> Gray) -> Hostile {
    Hostile { name, content: Content::Nothing, draw }
}

/// All of them.
pub(crate) const ALL: &[Hostile] = &[
    empty("noise-1", |size, rng| noise(size, 1, rng)),
    empty("noise-3", |size, rng| noise(size, 3, rng)),
    empty("noise-6", |size, rng| noise(size, 6, rng)),
    empty("spots", spots),
    Hostile { name: "wall", content: Content::Codes, draw: |size, rng| wall(size, 0.0, rng) },
    empty("wall-torn", |size, rng| wall(size, TORN, rng)),
    empty("stripes", stripes),
    empty("bars", bars),
    empty("text", |size, rng| page(size, rng.next_u64())),
    empty("checks", checks),
    empty("dark", dark),
    empty("gradient", gradient),
    empty("dots", dots),
    empty("torn-10", |size, rng| torn(size, 213, 57, rng)),
    empty("torn-25", |size, rng| torn(size, 997, 117, rng)),
    empty("torn-40", |size, rng| torn(size, 2_331, 177, rng)),
];

/// The share of a code's data that is torn off: well beyond what level Medium carries, and the finder patterns whole.
const TORN: f32 = 0.5;

fn below(rng: &mut Rng, end: usize) -> usize {
    (rng.next_u64() % end as u64) as usize
}

/// Squares of random brightness.
fn noise(size: Size, cell: usize, rng: &mut Rng) -> Gray {
    let columns = (size.width as usize).div_ceil(cell);
    let cells: Vec<u8> =
        (0..columns * (size.height as usize).div_ceil(cell)).map(|_| rng.next_u64() as u8).collect();
    drawn(size, |x, y| cells[y / cell * columns + x / cell])
}

/// Finder patterns side by side, thousands of them, each of a random size and a little out of its place.
fn spots(size: Size, rng: &mut Rng) -> Gray {
    const CELL: i32 = 34;
    let mut picture = Gray::new(size.width, size.height, 225);
    for top in (0..size.height as i32).step_by(CELL as usize) {
        for left in (0..size.width as i32).step_by(CELL as usize) {
            let module = 2 + below(rng, 3) as i32;
            let slack = CELL - 7 * module;
            let (x, y) = (left + below(rng, slack as usize) as i32, top + below(rng, slack as usize) as i32);
            for (inset, luma) in [(0, 25), (1, 225), (2, 25)] {
                let side = (7 - 2 * inset) * module;
                picture.fill(x + inset * module, y + inset * module, side, side, luma);
            }
        }
    }
    picture
}

/// Ten rows of ten small codes, this share of each one's data torn off.
fn wall(size: Size, share: f32, rng: &mut Rng) -> Gray {
    const ROWS: u32 = 10;
    let mut picture = Gray::new(size.width, size.height, 225);
    let mut code = Code::new(ON_THE_WALL, EcLevel::Medium).expect("eight bytes fit a code");
    let whole = code.modules.clone();
    let (width, height) = ((size.width / ROWS) as i32, (size.height / ROWS) as i32);
    let pixels = (width.min(height) / (code.size as i32 + 8)).max(1);
    let side = (code.size as i32 + 8) * pixels;
    for nth in 0..(ROWS * ROWS) as i32 {
        code.modules.clone_from(&whole);
        tear(&mut code, share, rng);
        let slack = |room: i32| (room - side).max(0) as usize + 1;
        let (x, y) = (below(rng, slack(width)) as i32, below(rng, slack(height)) as i32);
        code.draw(&mut picture, nth % 10 * width + x, nth / 10 * height + y, pixels, 25, 225);
    }
    picture
}

/// Slanting stripes as wide as modules.
fn stripes(size: Size, rng: &mut Rng) -> Gray {
    let (width, slant) = (2 + below(rng, 4), 2 + below(rng, 5));
    drawn(size, |x, y| if ((x + y / slant) / width).is_multiple_of(2) { 30 } else { 220 })
}

/// Bars in the proportions of a finder pattern, across every row.
fn bars(size: Size, rng: &mut Rng) -> Gray {
    const DARK: [bool; 8] = [true, false, true, true, true, false, true, false];
    let (module, from) = (2 + below(rng, 3), below(rng, 8));
    drawn(size, |x, _| if DARK[(x / module + from) % 8] { 30 } else { 220 })
}

/// A page of text as a camera sees it.
fn page(size: Size, seed: u64) -> Gray {
    let frame = no_code(Scenery::Text, seed, size);
    Gray { width: frame.width, height: frame.height, luma: frame.luma }
}

/// A checkerboard as fine as modules.
fn checks(size: Size, rng: &mut Rng) -> Gray {
    let side = 2 + below(rng, 5);
    drawn(size, |x, y| if (x / side + y / side).is_multiple_of(2) { 30 } else { 220 })
}

/// A covered lens: black, and the noise of the sensor.
fn dark(size: Size, rng: &mut Rng) -> Gray {
    drawn(size, |_, _| 4 + (rng.next_u64() % 5) as u8)
}

/// Light that falls off to one side, without any edge.
fn gradient(size: Size, rng: &mut Rng) -> Gray {
    let (across, down) = (rng.between(0.2, 1.0), rng.between(0.2, 1.0));
    let (width, height) = (size.width as f32, size.height as f32);
    drawn(size, |x, y| (120.0 * (across * x as f32 / width + down * y as f32 / height)) as u8)
}

/// A monitor seen close: dots in rows that beat with the pixels of the sensor.
fn dots(size: Size, rng: &mut Rng) -> Gray {
    let pitch = rng.between(2.6, 5.2);
    let bright = |at: usize| {
        let within = at as f32 / pitch;
        (within - within.floor() - 0.5).abs() * 2.0
    };
    drawn(size, |x, y| (20.0 + 210.0 * bright(x) * bright(y)) as u8)
}

/// One code that fills the picture's height, torn.
fn torn(size: Size, bytes: usize, modules: usize, rng: &mut Rng) -> Gray {
    let payload: Vec<u8> = (0..bytes).map(|_| b'a' + (rng.next_u64() % 26) as u8).collect();
    let mut code = Code::new(&payload, EcLevel::Medium).expect("as many bytes as the version holds");
    assert_eq!(code.size, modules, "another version");
    tear(&mut code, TORN, rng);
    let mut picture = Gray::new(size.width, size.height, 225);
    let outer = code.size + 8;
    let pixels = (size.height as usize / outer).max(1);
    let slack = (size.width as usize).saturating_sub(outer * pixels) + 1;
    code.draw(&mut picture, below(rng, slack) as i32, 0, pixels as i32, 25, 225);
    picture
}

/// Makes squares of 2 × 2 modules light or dark by chance, all outside the corners with the finder patterns and the
/// lines between them: the grid is found and followed, what it holds is lost.
fn tear(code: &mut Code, share: f32, rng: &mut Rng) {
    let size = code.size;
    for y in (0..size).step_by(2) {
        for x in (0..size).step_by(2) {
            if rng.unit() >= share {
                continue;
            }
            let dark = rng.unit() < 0.5;
            for (x, y) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                let in_corner = (x < 9 || x >= size - 8) && (y < 9 || y >= size - 8);
                let is_kept = in_corner && (x < 9 || y < 9) || x == 6 || y == 6;
                if x < size && y < size && !is_kept {
                    code.modules[y * size + x] = dark;
                }
            }
        }
    }
}

fn drawn(size: Size, mut luma: impl FnMut(usize, usize) -> u8) -> Gray {
    let mut picture = Gray::new(size.width, size.height, 0);
    for (nth, p) in picture.luma.iter_mut().enumerate() {
        *p = luma(nth % size.width as usize, nth / size.width as usize);
    }
    picture
}
