//! Which pass runs when.
//!
//! A pass is one way of turning the frame into bits, followed by the same search. The table's order is that of the
//! ladder measured best for its time: cheap passes that read most come first, and each later one is for a kind of
//! frame the earlier ones miss. Live, the base pass sees every frame and the others take turns; a still picture gets
//! all of them, as long as something is unread.

use rxing::common::BitMatrix;
use rxing::qrcode::cpp_port::detector::FinderPatternSet;

use crate::decode::{Decoded, decode};
use crate::frame::{FrameView, Luma, Region};
use crate::grey::{SHARPENING, measure};
use crate::limit::WorkLimit;
use crate::locate::{centre, matrix, patterns, triples};
use crate::plane::{Plane, double, halve, sharpen};
use crate::sample::{Sampled, sample};
use crate::symbol::{Decoder, FinderMark, Findings, Located, Outline, Point, Symbol};
use crate::threshold::{Bits, Scratch, by_blocks, by_local_mean};

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

impl Pass {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }
}

const PLAIN: Pass = Pass { name: "half", scale: Scale::Half, cut: Cut::Blocks, inverted: false, gain: 0 };

/// Half the size: a quarter of the pixels, and averaging takes out noise and most glare edges.
pub(crate) const BASE: Pass = PLAIN;

/// The others, in order of what they add.
pub(crate) const OTHERS: [Pass; 9] = [
    // Small codes.
    Pass { name: "full", scale: Scale::Full, ..PLAIN },
    // Faded print.
    Pass { name: "half-mean", cut: Cut::LocalMean(15), ..PLAIN },
    // Codes that fill the frame, coarse noise, screens.
    Pass { name: "quarter", scale: Scale::Quarter, ..PLAIN },
    // Light on dark.
    Pass { name: "half-inverted", inverted: true, ..PLAIN },
    // Defocus and motion.
    Pass { name: "half-sharp", gain: 4, cut: Cut::LocalMean(15), ..PLAIN },
    // The same for small codes.
    Pass { name: "full-mean", scale: Scale::Full, cut: Cut::LocalMean(24), ..PLAIN },
    Pass { name: "full-sharp", scale: Scale::Full, gain: 4, cut: Cut::LocalMean(24), ..PLAIN },
    Pass { name: "full-inverted", scale: Scale::Full, inverted: true, ..PLAIN },
    // Less than two pixels a module.
    Pass { name: "double", scale: Scale::Double, gain: 3, cut: Cut::LocalMean(24), ..PLAIN },
];

/// Frames and regions above this are not doubled: four times the work for codes a camera shows larger in the next
/// frame anyway. Pictures saved from screens and regions around a located code are below it.
const DOUBLED_PIXELS: u64 = 400_000;

/// Planes above this are never searched in every third row: the call cannot be interrupted, and took 1 s for 12 Mpx
/// full of finder patterns (x86-64, November 2026). Codes so small in so large a picture are rare.
const THOROUGH_PIXELS: usize = 2_000_000;

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
    columns: Vec<u16>,
    scratch: Scratch,
}

/// The passes over one frame, each only while something is unread.
#[derive(Default)]
pub struct Ladder {
    buffers: Buffers,
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
            let Some(image) = matrix(&self.buffers.bits) else { continue };
            if limit.passed() {
                return;
            }
            Search { image, frame, pass, limit }.run(found);
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
        let Self { doubled, columns, half, quarter, sharp, bits, scratch } = self;
        let mut plane: Luma<'_> = match pass.scale {
            Scale::Double => {
                double(frame.luma(), doubled);
                doubled.view()
            }
            Scale::Full => frame.luma(),
            Scale::Half => half.view(),
            Scale::Quarter => quarter.view(),
        };
        if pass.gain != 0 {
            sharpen(plane, pass.gain, columns, sharp);
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

/// One pass over one frame, its bits made.
struct Search<'a> {
    image: BitMatrix,
    frame: &'a FrameView<'a>,
    pass: &'a Pass,
    limit: WorkLimit<'a>,
}

impl Search<'_> {
    /// From plane pixels to frame pixels.
    fn place(&self, at: Point) -> Point {
        let (factor, region) = (self.pass.scale.factor(), self.frame.region());
        Point { x: at.x * factor + region.x as f32, y: at.y * factor + region.y as f32 }
    }

    fn run(&self, found: &mut Findings) {
        let limit = &self.limit;
        let pixels = self.image.width() as usize * self.image.height() as usize;
        let thorough = limit.thorough && pixels <= THOROUGH_PIXELS;
        let mut marks = patterns(&self.image, thorough, limit.max_patterns, &mut found.caught_panics);
        // Finder patterns of codes already read would only pair up wrongly.
        marks.retain(|m| !found.covers(self.place(centre(m)), 0.0));
        let sets = triples(&mut marks, &mut found.caught_panics);
        let mut tried = 0;
        for set in &sets {
            if tried >= limit.max_candidates || limit.passed() {
                break;
            }
            if [set.tl, set.tr, set.bl].iter().any(|m| found.covers(self.place(centre(m)), 0.0)) {
                continue;
            }
            self.look(set, tried < limit.max_grey, found);
            tried += 1;
        }
        marks.retain(|m| !found.covers(self.place(centre(m)), 0.0));
        let factor = self.pass.scale.factor();
        found.finders.clear();
        found.finders.extend(
            marks
                .iter()
                .map(|m| FinderMark { centre: self.place(centre(m)), module: m.size as f32 / 7.0 * factor }),
        );
    }

    /// Samples and decodes one triple.
    fn look(&self, set: &FinderPatternSet, grey: bool, found: &mut Findings) {
        let Some(sampled) = sample(&self.image, set, &mut found.caught_panics) else { return };
        let mut corners = sampled.corners.map(|c| self.place(c));
        let (read, lane) = match decode(&sampled.modules, &mut found.caught_panics) {
            None if grey => (self.measure_again(&sampled, found), "grey"),
            plain => (plain, self.pass.name),
        };
        let Some(decoded) = read else {
            let modules = sampled.modules.width() as u8;
            found.note(Located { outline: Outline { corners }, modules, lane: self.pass.name });
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
            decoder: lane,
            correction: decoded.correction,
            inverted: self.pass.inverted,
            mirrored: decoded.mirrored,
        });
    }

    /// Measures the modules of a grid that did not decode in grey levels, and tries again.
    fn measure_again(&self, sampled: &Sampled, found: &mut Findings) -> Option<Decoded> {
        let factor = self.pass.scale.factor();
        let corners = sampled.corners.map(|c| Point { x: c.x * factor, y: c.y * factor });
        let levels = measure(self.frame.luma(), corners, sampled.modules.width() as usize)?;
        SHARPENING.iter().find_map(|by| {
            let modules = levels.modules(*by, self.pass.inverted)?;
            decode(&modules, &mut found.caught_panics)
        })
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
