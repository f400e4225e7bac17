//! Which pass runs when.
//!
//! A pass is one way of turning the frame into bits, followed by the same search. The table's order is that of the
//! ladder measured best for its time: cheap passes that read most come first, and each later one is for a kind of
//! frame the earlier ones miss. Live, the base pass sees every frame and the others take turns; a still picture gets
//! all of them, as long as something is unread.

use crate::frame::{FrameView, Region};
use crate::limit::WorkLimit;
use crate::planes::{Planes, Scale};
use crate::reader::Reader;
use crate::symbol::{Decoder, Findings};
use crate::view::Place;

/// Where dark ends and light begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cut {
    /// One threshold a block.
    Blocks,
    /// The mean of the square of this half side, less this share of it.
    LocalMean(usize, f32),
}

/// What is done to a plane before it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    AsIs,
    /// Each pixel becomes the mean of its square of nine.
    Soft,
    /// The difference to the mean around is added so many times.
    Sharp(i16),
}

/// One way of looking at a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pass {
    pub(crate) name: &'static str,
    pub(crate) scale: Scale,
    pub(crate) focus: Focus,
    pub(crate) cut: Cut,
    pub(crate) inverted: bool,
    /// Whether two finder patterns are tried where a third is missing.
    pub(crate) twos: bool,
}

/// Paper without print must not turn into speckle, and pale print is only some percent darker than its surroundings.
const CLEAR: f32 = 1.0 / 40.0;

/// The palest print a softened plane can show: noise of two grey levels in 200 is left after softening.
const PALE: f32 = 1.0 / 200.0;

const PLAIN: Pass = Pass {
    name: "half",
    scale: Scale::Half,
    focus: Focus::AsIs,
    cut: Cut::Blocks,
    inverted: false,
    twos: false,
};

/// Half the size: a quarter of the pixels, and averaging takes out noise and most glare edges.
pub(crate) const BASE: Pass = PLAIN;

/// A quarter of the size: what is large.
pub(crate) const REDUCED: Pass = Pass { name: "quarter", scale: Scale::Quarter, ..PLAIN };

/// The others, in order of what they add. Squares for means in half-size planes reach about four modules: farther, and
/// the dark desk around a white card hides pale print at its edge.
pub(crate) const OTHERS: [Pass; 9] = [
    // Small codes.
    Pass { name: "full", scale: Scale::Full, ..PLAIN },
    // Faded print, noise.
    Pass { name: "half-soft", focus: Focus::Soft, cut: Cut::LocalMean(8, PALE), ..PLAIN },
    // A finder pattern covered or broken.
    Pass { name: "half-two", twos: true, ..PLAIN },
    // Uneven light.
    Pass { name: "half-mean", cut: Cut::LocalMean(8, CLEAR), ..PLAIN },
    // Codes that fill the frame, coarse noise, screens.
    REDUCED,
    // Light on dark.
    Pass { name: "half-inverted", inverted: true, ..PLAIN },
    // Defocus and motion.
    Pass {
        name: "full-sharp",
        scale: Scale::Full,
        focus: Focus::Sharp(4),
        cut: Cut::LocalMean(24, CLEAR),
        ..PLAIN
    },
    // Less than two pixels a module.
    Pass {
        name: "double",
        scale: Scale::Double,
        focus: Focus::Sharp(3),
        cut: Cut::LocalMean(24, CLEAR),
        ..PLAIN
    },
    // Small and light on dark.
    Pass { name: "full-inverted", scale: Scale::Full, inverted: true, ..PLAIN },
];

/// Pixels doubled at most: of a larger frame the middle, where a hand holds what it wants to be read.
const DOUBLED_PIXELS: u64 = 400_000;

/// The passes over one frame, each only while something is unread.
#[derive(Default)]
pub struct Ladder {
    planes: Planes,
    reader: Reader,
}

impl Ladder {
    /// A ladder with buffers still to grow.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that remembers what earlier frames showed.
    pub(crate) fn of_a_camera() -> Self {
        Self { planes: Planes::default(), reader: Reader::of_a_camera() }
    }

    /// Runs these passes over a frame. `enough` is asked before each.
    pub(crate) fn run(
        &mut self,
        frame: &FrameView<'_>,
        passes: &[Pass],
        limit: WorkLimit<'_>,
        found: &mut Findings,
        enough: impl Fn(usize, &Findings) -> bool,
    ) {
        self.planes.begin();
        for (nth, pass) in passes.iter().enumerate() {
            if limit.passed() || enough(nth, found) {
                return;
            }
            let narrowed = if pass.scale == Scale::Double { middle_of(frame) } else { None };
            let frame = narrowed.as_ref().unwrap_or(frame);
            self.planes.cut(frame.luma(), pass);
            if limit.passed() {
                return;
            }
            let place = Place { frame, planes: &self.planes, pass, limit };
            self.reader.read(&place, found);
        }
    }
}

/// The middle of a frame too large to be doubled, in its own proportions.
fn middle_of<'a>(frame: &FrameView<'a>) -> Option<FrameView<'a>> {
    let Region { x, y, width, height } = frame.region();
    let pixels = width as f32 * height as f32;
    let share = (DOUBLED_PIXELS as f32 / pixels).sqrt();
    if share >= 1.0 {
        return None;
    }
    let (w, h) = ((width as f32 * share) as u32, (height as f32 * share) as u32);
    frame.with_region(Region {
        x: x + (width - w) / 2,
        y: y + (height - h) / 2,
        width: w.max(1),
        height: h.max(1),
    })
}

impl std::fmt::Debug for Ladder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ladder").finish_non_exhaustive()
    }
}

/// Every pass, as long as something is unread.
impl Decoder for Ladder {
    fn find(&mut self, frame: &FrameView<'_>, limit: WorkLimit<'_>, found: &mut Findings) {
        self.run(frame, &[&[BASE][..], &OTHERS[..]].concat(), limit, found, |nth, so_far| {
            // Half and full size together see all sizes of plain codes; beyond them a pass must have a reason.
            nth >= 2 && !so_far.symbols.is_empty() && so_far.finders.len() < 2
        });
    }
}
