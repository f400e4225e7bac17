//! From the numbers of one frame to the hints they support. Each threshold stands here, with its reason.

use super::signals::ORDINARY_MODULES;
use super::{Hint, Signals, Unread};

/// Below this many pixels a module, decoders begin to fail; at 1.75 the best still read four of five.
const SMALL_MODULE: f32 = 2.2;

/// What a person should aim for, in pixels a module: one more than what suffices, since nobody stops exactly.
const GOOD_MODULE: f32 = 3.0;

/// A place without any finder pattern is taken for a code if it is about as wide as high and filled: text has gaps,
/// hands and wood have no corners. A card seen from the side is twice as long as wide, and no less filled.
const SQUARE: f32 = 1.4;
const FILLED: f32 = 0.8;
const TILTED: f32 = 2.2;
const WELL_FILLED: f32 = 0.93;

/// What looks like a code and shows no finder pattern may hold this many modules a side: those of a permit with the
/// holder's data in it. If they would be too small then, coming closer helps.
const DENSE_MODULES: f32 = 45.0;

/// Below this many pixels a character, readings of single frames begin to fail (two of three frames at 8 are read, one
/// of three at 5, November 2026); and what a person should aim for.
const SMALL_CHAR: f32 = 8.0;
const GOOD_CHAR: f32 = 12.0;

/// A page that leans or bends more than this, in degrees, hides part of its print behind its own turn.
const LEANING: f32 = 35.0;
const BENT: f32 = 50.0;

/// So many characters in a row that do not come out amid others that do are covered.
const HIDDEN: u32 = 6;

/// Edges of a character's strokes, in characters: a stroke is a seventh of one wide (ISO 1073-2).
const WIDE_EDGE_CHARS: f32 = 0.25;

/// Strokes smeared by this much, in characters, run into each other.
const SMEAR_CHARS: f32 = 0.28;

/// Ink on so little of a zone's box shows less contrast than a code does.
const FADED_ZONE: u8 = 35;

/// Paper from here on is washed out by light; below, it is the print that is pale.
const WHITE: u8 = 245;

/// Noise from here on is that of too little light, whatever the contrast.
const GRAINY: f32 = 5.0;

/// A code over more of the box than this has no quiet zone left.
const LARGE_FILL: f32 = 0.85;

/// A single finder pattern this large, of the box's smaller side, belongs to a code that does not fit in.
const LARGE_FINDER: f32 = 0.2;

/// A lightest part below this is underexposed: cameras aim at twice as much.
const DARK: u8 = 60;

/// Contrast below this many deviations of the noise leaves modules undecided.
const NOISY: f32 = 6.0;

/// Darkest part and contrast of print that is washed out by light.
const BRIGHT: u8 = 170;
const WASHED_OUT: u8 = 40;

/// A reflection over less of the code than this is carried by error correction.
const GLARE_SHARE: f32 = 0.02;

/// Edges in one direction this many times as wide as across it are smeared: a tilted code shows up to 1.3.
const SMEARED: f32 = 1.4;

/// Smeared edges are at least this wide, in pixels; less blur is read through.
const SMEAR: f32 = 5.0;

/// Movement from frame to frame that blurs at ordinary exposure times, in pixels.
const MOVING: f32 = 9.0;

/// Edges this wide are out of focus, in pixels, and in modules where their size is known.
const WIDE_EDGE: f32 = 4.6;
const WIDE_EDGE_MODULES: f32 = 1.03;
/// Below this, in pixels, every edge is sharp.
const LEAST_WIDE: f32 = 2.9;

/// Print is faded below this contrast, if the light suffices.
const FADED: u8 = 60;

/// Hints that one frame supports, the most urgent first.
pub(super) type Causes = [Option<Hint>; 9];

/// What these numbers support. The coach still counts frames and seconds.
pub(super) fn causes(s: &Signals) -> Causes {
    [
        (s.payloads > 1).then_some(Hint::Several { count: s.payloads }),
        s.cut_off.filter(|_| is_founded(s)).map(|side| Hint::CutOff { side }),
        is_large(s).then_some(Hint::Farther),
        zoom(s).filter(|_| is_founded(s)).map(|zoom| Hint::Closer { zoom }),
        is_dark(s).then_some(Hint::Dark { torch: s.p95 < DARK }),
        is_bright(s).then_some(Hint::Bright),
        s.glare.filter(|g| g.share > GLARE_SHARE).map(|g| Hint::Glare { at: g.at }),
        is_moving(s).then_some(Hint::Still),
        is_blurred(s).then_some(Hint::Focus),
    ]
}

/// What is wrong with a code in plain sight; `None` where there is nothing that must be a code.
pub(super) fn unread(s: &Signals) -> Option<Unread> {
    if !s.located && !is_code_like(s) {
        None
    } else if s.zone.is_some_and(|z| z.lean > LEANING || z.bend > BENT) {
        Some(Unread::Curved)
    } else if s.p95.saturating_sub(s.p5) < if s.zone.is_some() { FADED_ZONE } else { FADED } {
        Some(Unread::Faded)
    } else if s.zone.is_some_and(|z| z.hidden >= HIDDEN) {
        Some(Unread::Covered)
    } else if s.located || s.finders == 0 {
        Some(Unread::Damaged)
    } else {
        Some(Unread::Covered)
    }
}

/// Size and place are known by a grid, or by a look that noise and darkness do not feign.
fn is_founded(s: &Signals) -> bool {
    s.located || !is_dark(s)
}

fn is_code_like(s: &Signals) -> bool {
    // Lines of print that only resemble a zone are no code either.
    if s.zone.is_some() {
        return false;
    }
    let square = s.elongation < SQUARE && s.density > FILLED;
    let tilted = s.elongation < TILTED && s.density > WELL_FILLED;
    s.place.is_some() && (square || tilted)
}

/// Pixels a module: as measured, else as if what looks like a code were one of ordinary size.
fn module(s: &Signals) -> Option<f32> {
    s.px_per_module.or_else(|| is_code_like(s).then(|| s.side / ORDINARY_MODULES))
}

fn is_large(s: &Signals) -> bool {
    // A passport's lines may fill the picture from side to side.
    s.zone.is_none() && s.located && s.fill > LARGE_FILL
        || !s.located && (1..3).contains(&s.finders) && s.largest_finder > LARGE_FINDER
}

fn zoom(s: &Signals) -> Option<f32> {
    if let Some(zone) = s.zone {
        let small = zone.laid && zone.px_per_char < SMALL_CHAR;
        return small.then(|| GOOD_CHAR / zone.px_per_char.max(2.0));
    }
    let module = s.px_per_module.or_else(|| is_code_like(s).then(|| s.side / DENSE_MODULES))?;
    (module < SMALL_MODULE).then(|| GOOD_MODULE / module.max(0.5))
}

fn is_dark(s: &Signals) -> bool {
    // Noise itself moves both percentiles apart, by about one deviation each.
    let contrast = f32::from(s.p95.saturating_sub(s.p5)) - 2.0 * s.noise;
    // Print of a zone may be pale in good light.
    let grainy = s.zone.is_none() || s.noise > GRAINY;
    s.p95 < DARK || s.place.is_some() && grainy && contrast < NOISY * s.noise
}

fn is_bright(s: &Signals) -> bool {
    let white = s.zone.is_none() || s.p95 >= WHITE;
    white && s.p5 > BRIGHT && s.p95.saturating_sub(s.p5) < WASHED_OUT
}

fn is_moving(s: &Signals) -> bool {
    let laid = s.zone.filter(|zone| zone.laid);
    let smear = laid.map_or(SMEAR, |zone| (zone.px_per_char * SMEAR_CHARS).min(SMEAR));
    let smeared = s.blur.most > smear && s.blur.most > SMEARED * s.blur.least;
    smeared || s.motion.is_some_and(|m| m > MOVING) && s.blur.most > WIDE_EDGE
}

fn is_blurred(s: &Signals) -> bool {
    let known = match s.zone {
        Some(zone) => zone.laid.then_some(zone.px_per_char * WIDE_EDGE_CHARS),
        None => module(s).map(|m| m * WIDE_EDGE_MODULES),
    };
    let limit = known.map_or(WIDE_EDGE, |limit| limit.max(LEAST_WIDE));
    s.blur.least > limit
}
