//! What a search gives back: symbols, outlines, and the trait every way of searching fulfils.
//!
//! Coordinates are pixels of the whole input frame, whatever region was searched: (0, 0) is the outer corner of the
//! first pixel, so that pixel's centre lies at (0.5, 0.5).

use crate::{FrameView, Region, WorkLimit};

/// A place in the frame, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    pub(crate) fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// How much damage a code can carry, as its maker chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EcLevel {
    /// About 7 %.
    Low,
    /// About 15 %.
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %.
    High,
}

/// How much error correction a read needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Codewords that were wrong. Those whose place was known beforehand cost half, so a hard read may have up to
    /// twice as many as `capacity`.
    pub errors: u32,
    /// Wrong codewords at unknown places that the code could have carried at best.
    pub capacity: u32,
}

impl Correction {
    /// At most half of the capacity was used: a read that one look may decide.
    pub fn is_easy(self) -> bool {
        self.errors.saturating_mul(2) <= self.capacity
    }
}

/// The four corners of a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outline {
    /// From the code's own top left on: top left, top right, bottom right, bottom left of the printed code. In the
    /// frame they run clockwise, and anticlockwise for a code seen in a mirror.
    pub corners: [Point; 4],
}

impl Outline {
    /// The middle of the four corners.
    pub fn centre(&self) -> Point {
        let sum = self.corners.iter().fold(Point::default(), |s, c| Point { x: s.x + c.x, y: s.y + c.y });
        Point { x: sum.x / 4.0, y: sum.y / 4.0 }
    }

    /// Mean length of the four sides, in pixels.
    pub fn side(&self) -> f32 {
        let [a, b, c, d] = self.corners;
        (a.distance(b) + b.distance(c) + c.distance(d) + d.distance(a)) / 4.0
    }

    /// The upright rectangle around it and `margin` pixels more, inside `bounds`; `None` if nothing of it is inside.
    pub(crate) fn surroundings(&self, margin: f32, bounds: Region) -> Option<Region> {
        let span = |values: [f32; 4], from: u32, length: u32| {
            let low = values.iter().copied().fold(f32::INFINITY, f32::min) - margin;
            let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max) + margin;
            // Casts from float saturate, so a wild outline ends at the bounds.
            let start = (low.max(0.0) as u32).clamp(from, from + length);
            let end = (high.max(0.0) as u32).clamp(start, from + length);
            (start, end - start)
        };
        let (x, width) = span(self.corners.map(|c| c.x), bounds.x, bounds.width);
        let (y, height) = span(self.corners.map(|c| c.y), bounds.y, bounds.height);
        (width > 0 && height > 0).then_some(Region { x, y, width, height })
    }

    /// Whether a place lies inside, `slack` pixels outside the edge included.
    pub(crate) fn holds(&self, place: Point, slack: f32) -> bool {
        let [a, b, c, d] = self.corners;
        let mut below = true;
        let mut above = true;
        for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
            let length = from.distance(to).max(f32::EPSILON);
            let side = ((to.x - from.x) * (place.y - from.y) - (to.y - from.y) * (place.x - from.x)) / length;
            below &= side <= slack;
            above &= side >= -slack;
        }
        below || above
    }
}

/// One code that was read.
#[derive(Clone, PartialEq)]
pub struct Symbol {
    /// The payload as encoded, never empty. Not text: a code may declare any character set or none.
    pub bytes: Vec<u8>,
    /// 1 to 40; the code has 17 + 4 × version modules a side.
    pub version: u8,
    /// Error correction level.
    pub ec_level: EcLevel,
    /// As in [`Outline`].
    pub corners: [Point; 4],
    /// Mean size of a module in pixels of the input.
    pub px_per_module: f32,
    /// The lane that read it.
    pub decoder: &'static str,
    /// What error correction had to do.
    pub correction: Correction,
    /// Light modules on a dark ground.
    pub inverted: bool,
    /// Seen in a mirror or from behind.
    pub mirrored: bool,
}

impl Symbol {
    /// Its four corners.
    pub fn outline(&self) -> Outline {
        Outline { corners: self.corners }
    }

    /// The same payload at the same place.
    pub(crate) fn is_same_code(&self, other: &Self) -> bool {
        self.bytes == other.bytes && self.outline().holds(other.outline().centre(), 0.0)
    }
}

impl std::fmt::Debug for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            bytes,
            version,
            ec_level,
            corners,
            px_per_module,
            decoder,
            correction,
            inverted,
            mirrored,
        } = self;
        f.debug_struct("Symbol")
            .field("bytes", &format_args!("<{} bytes>", bytes.len()))
            .field("version", version)
            .field("ec_level", ec_level)
            .field("corners", corners)
            .field("px_per_module", px_per_module)
            .field("decoder", decoder)
            .field("correction", correction)
            .field("inverted", inverted)
            .field("mirrored", mirrored)
            .finish()
    }
}

/// A finder pattern: one of the three squares in a code's corners.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FinderMark {
    /// Its middle.
    pub centre: Point,
    /// Size of one of its seven modules, in pixels of the input.
    pub module: f32,
}

/// A grid that was found but not read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// Where it lies.
    pub outline: Outline,
    /// Modules a side as far as the grid tells.
    pub modules: u8,
    /// The lane that came furthest with it.
    pub lane: &'static str,
}

impl Located {
    /// Mean size of a module in pixels of the input.
    pub fn px_per_module(&self) -> f32 {
        self.outline.side() / f32::from(self.modules.max(1))
    }

    /// The same number of modules, and every corner within half of one.
    pub(crate) fn is_same_grid(&self, outline: &Outline, modules: u8) -> bool {
        let near = 0.5 * self.px_per_module();
        let mut corners = self.outline.corners.iter().zip(&outline.corners);
        self.modules == modules && corners.all(|(a, b)| a.distance(*b) <= near)
    }
}

/// What a search has gathered. One search adds to what the one before found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Codes that were read, each once.
    pub symbols: Vec<Symbol>,
    /// Grids that were found but not read, at most [`Findings::MAX_LOCATED`].
    pub located: Vec<Located>,
    /// Finder patterns outside every code that was read, in the last pass: two or more hint at an unread code.
    pub finders: Vec<FinderMark>,
    /// Panics inside other crates that were caught and counted as "not read".
    pub caught_panics: u32,
}

impl Findings {
    /// An outline is shown to a person, who looks at one code at a time.
    pub const MAX_LOCATED: usize = 8;

    /// Forgets everything, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.symbols.clear();
        self.located.clear();
        self.finders.clear();
        self.caught_panics = 0;
    }

    /// Adds a symbol unless it is already there.
    pub(crate) fn add(&mut self, symbol: Symbol) {
        let outline = symbol.outline();
        self.located.retain(|l| !outline.holds(l.outline.centre(), 0.0));
        if !self.symbols.iter().any(|s| s.is_same_code(&symbol)) {
            self.symbols.push(symbol);
        }
    }

    /// Notes an unread grid unless that place is already known.
    pub(crate) fn note(&mut self, grid: Located) {
        let centre = grid.outline.centre();
        let known = self.located.iter().any(|l| l.outline.holds(centre, 0.0));
        if !known && self.located.len() < Self::MAX_LOCATED && !self.covers(centre, 0.0) {
            self.located.push(grid);
        }
    }

    /// Whether a place belongs to a code that was read.
    pub(crate) fn covers(&self, place: Point, slack: f32) -> bool {
        self.symbols.iter().any(|s| s.outline().holds(place, slack))
    }
}

/// A way of finding codes in a frame.
pub trait Decoder {
    /// Adds what it finds. Never panics, never removes what is there, stops soon after the deadline.
    fn find(&mut self, frame: &FrameView<'_>, limit: WorkLimit<'_>, found: &mut Findings);
}
