//! Which pass runs when.
//!
//! A pass is one way of turning the frame into bits, followed by the same search. The table's order is that of the
//! ladder measured best for its time: cheap passes that read most come first, and each later one is for a kind of
//! frame the earlier ones miss.

use rxing::common::BitMatrix;

use crate::decode::decode;
use crate::frame::{FrameView, Luma, Region};
use crate::limit::WorkLimit;
use crate::locate::{centres, matrix, patterns, triples};
use crate::sample::sample;
use crate::symbol::{Decoder, Findings, Outline, Point, Symbol};
use crate::threshold::{Bits, Plane, Scratch, by_blocks, by_local_mean, double, halve, sharpen};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Double,
    Full,
    Half,
    Quarter,
}

impl Scale {
    fn factor(self) -> f32 {
        match self {
            Self::Double => 0.5,
            Self::Full => 1.0,
            Self::Half => 2.0,
            Self::Quarter => 4.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// One threshold a block.
    Blocks,
    /// The mean of the square of this half side.
    LocalMean(usize),
}

/// One way of looking at a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    name: &'static str,
    scale: Scale,
    cut: Cut,
    inverted: bool,
    /// How much to sharpen before cutting; 0 is not at all.
    gain: i16,
}

const PLAIN: Pass = Pass { name: "half", scale: Scale::Half, cut: Cut::Blocks, inverted: false, gain: 0 };

/// Half the size: a quarter of the pixels, and averaging takes out noise and most glare edges.
pub(crate) const BASE: Pass = PLAIN;

/// The others, in order of what they add.
pub(crate) const OTHERS: [Pass; 9] = [
    // Small codes.
    Pass { name: "full", scale: Scale::Full, ..PLAIN },
    // Faded print, low light.
    Pass { name: "half-mean", cut: Cut::LocalMean(15), ..PLAIN },
    // Codes that fill the frame, coarse noise, screens.
    Pass { name: "quarter", scale: Scale::Quarter, ..PLAIN },
    // Light on dark.
    Pass { name: "half-inverted", inverted: true, ..PLAIN },
    Pass { name: "full-mean", scale: Scale::Full, cut: Cut::LocalMean(24), ..PLAIN },
    Pass { name: "full-sharp", scale: Scale::Full, gain: 4, cut: Cut::LocalMean(24), ..PLAIN },
    Pass { name: "full-inverted", scale: Scale::Full, inverted: true, ..PLAIN },
    Pass { name: "double", scale: Scale::Double, gain: 3, cut: Cut::LocalMean(24), ..PLAIN },
    // Defocus and motion.
    Pass { name: "half-sharp", gain: 4, cut: Cut::LocalMean(15), ..PLAIN },
];

/// Frames and regions above this are not doubled: four times the work for codes a camera shows larger in the next
/// frame anyway. Pictures saved from screens and regions around a located code are below it.
const DOUBLED_PIXELS: u64 = 400_000;

fn pixels(frame: &FrameView<'_>) -> u64 {
    let Region { width, height, .. } = frame.region();
    u64::from(width) * u64::from(height)
}

/// Everything a ladder keeps between frames: buffers, no content that matters.
#[derive(Default)]
struct Buffers {
    doubled: Plane,
    half: Plane,
    quarter: Plane,
    sharp: Plane,
    bits: Bits,
    scratch: Scratch,
}

/// The passes over one frame, each only while something is unread.
#[derive(Default)]
pub struct Ladder {
    buffers: Buffers,
}

impl Pass {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }
}

impl Ladder {
    /// A ladder with buffers still to grow.
    pub fn new() -> Self {
        Self::default()
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
        let mut halved = false;
        let mut quartered = false;
        for (nth, pass) in passes.iter().enumerate() {
            if limit.passed() || enough(nth, found) {
                return;
            }
            if pass.scale == Scale::Double && pixels(frame) > DOUBLED_PIXELS {
                continue;
            }
            if matches!(pass.scale, Scale::Half | Scale::Quarter) && !halved {
                halve(frame.luma(), &mut self.buffers.half);
                halved = true;
            }
            if pass.scale == Scale::Quarter && !quartered {
                halve(self.buffers.half.view(), &mut self.buffers.quarter);
                quartered = true;
            }
            self.buffers.cut(frame, pass);
            search(&self.buffers.bits, frame, pass, limit, found);
        }
    }
}

impl std::fmt::Debug for Ladder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ladder").finish_non_exhaustive()
    }
}

impl Buffers {
    /// Leaves the bits of a pass in `bits`.
    fn cut(&mut self, frame: &FrameView<'_>, pass: &Pass) {
        let Self { doubled, half, quarter, sharp, bits, scratch } = self;
        let mut plane: Luma<'_> = match pass.scale {
            Scale::Double => {
                double(frame.luma(), scratch, doubled);
                doubled.view()
            }
            Scale::Full => frame.luma(),
            Scale::Half => half.view(),
            Scale::Quarter => quarter.view(),
        };
        if pass.gain != 0 {
            sharpen(plane, pass.gain, scratch, sharp);
            plane = sharp.view();
        }
        match pass.cut {
            Cut::Blocks => by_blocks(plane, scratch, bits),
            Cut::LocalMean(reach) => by_local_mean(plane, reach, scratch, bits),
        }
        if pass.inverted {
            bits.invert();
        }
    }
}

/// From plane pixels to frame pixels.
#[derive(Clone, Copy)]
struct Placement {
    factor: f32,
    x: f32,
    y: f32,
}

impl Placement {
    fn of(frame: &FrameView<'_>, pass: &Pass) -> Self {
        let region = frame.region();
        Self { factor: pass.scale.factor(), x: region.x as f32, y: region.y as f32 }
    }

    fn place(self, at: Point) -> Point {
        Point { x: at.x * self.factor + self.x, y: at.y * self.factor + self.y }
    }
}

fn search(bits: &Bits, frame: &FrameView<'_>, pass: &Pass, limit: WorkLimit<'_>, found: &mut Findings) {
    let Some(image) = matrix(bits) else { return };
    if limit.passed() {
        return;
    }
    let placement = Placement::of(frame, pass);
    let mut marks = patterns(&image, limit.thorough, limit.max_patterns, &mut found.caught_panics);
    // Finder patterns of codes already read would only pair up wrongly.
    marks.retain(|m| !found.covers(placement.place(Point { x: m.p.x, y: m.p.y }), 0.0));
    let sets = triples(&mut marks, &mut found.caught_panics);
    let mut tried = 0;
    for set in &sets {
        if tried >= limit.max_candidates || limit.passed() {
            break;
        }
        if centres(set).iter().any(|c| found.covers(placement.place(*c), 0.0)) {
            continue;
        }
        tried += 1;
        look(&image, set, pass, placement, found);
    }
    found.loose_patterns =
        marks.iter().filter(|m| !found.covers(placement.place(Point { x: m.p.x, y: m.p.y }), 0.0)).count();
}

/// Samples and decodes one triple.
fn look(
    image: &BitMatrix,
    set: &rxing::qrcode::cpp_port::detector::FinderPatternSet,
    pass: &Pass,
    placement: Placement,
    found: &mut Findings,
) {
    let Some(sampled) = sample(image, set, &mut found.caught_panics) else { return };
    let mut corners = sampled.corners.map(|c| placement.place(c));
    let Some(decoded) = decode(&sampled.modules, &mut found.caught_panics) else {
        found.note(Outline { corners });
        return;
    };
    if decoded.mirrored {
        corners.swap(1, 3);
    }
    let modules = f32::from(decoded.version) * 4.0 + 17.0;
    found.add(Symbol {
        bytes: decoded.bytes,
        version: decoded.version,
        ec_level: decoded.ec_level,
        corners,
        px_per_module: Outline { corners }.side() / modules,
        decoder: pass.name,
        correction: decoded.correction,
        inverted: pass.inverted,
        mirrored: decoded.mirrored,
    });
}

/// Every pass, as long as something is unread.
impl Decoder for Ladder {
    fn find(&mut self, frame: &FrameView<'_>, limit: WorkLimit<'_>, found: &mut Findings) {
        self.run(frame, &[&[BASE][..], &OTHERS[..]].concat(), limit, found, |nth, so_far| {
            // Half and full size together see all sizes of plain codes; beyond them a pass must have a reason.
            nth >= 2 && !so_far.symbols.is_empty() && so_far.loose_patterns < 2
        });
    }
}
