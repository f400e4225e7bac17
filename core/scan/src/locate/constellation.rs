//! Which finder patterns may belong to one code.
//!
//! Each finder pattern carries its own oblique ruler: the sides of its modules. Measured with it, a partner at the
//! other end of a side lies straight along one of its axes, and one at the other end of the diagonal lies as far along
//! both. So pairs are told apart before any triple is tried, whatever the view, and 256 finder patterns cost little.

use crate::Point;
use crate::geometry::Axes;
use crate::locate::finders::Finder;

/// Finder patterns of a code in the order of its corners, clockwise from its own top left. At least two are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Constellation {
    /// Top left, top right, bottom left, with the axes turned to the code's own right and down.
    pub(crate) marks: [Option<Finder>; 3],
    /// Distance of two neighbours' middles in modules, as their rulers say.
    pub(crate) distance: f32,
    /// How little it looks like a code; 0 is perfect.
    pub(crate) strain: f32,
}

/// A partner as one finder pattern sees it.
#[derive(Clone, Copy)]
struct Partner {
    other: usize,
    /// Quarter turns that bring the first axis towards it.
    turns: u8,
    distance: f32,
    strain: f32,
}

/// Middles of neighbours are 14 modules apart in version 1 and 170 in version 40; rulers of small finder patterns err.
const DISTANCES: std::ops::Range<f32> = 9.0..230.0;

/// Off the axis by this share at most: perspective turns the sides of a code against those of its corners.
const ASIDE: f32 = 0.3;

/// The two rulers of a pair may disagree by this factor. Perspective on a code that fills the frame makes 1.5.
const RATIO: f32 = 2.0;

/// Working memory.
#[derive(Default)]
pub(crate) struct Pairs {
    sides: Vec<(usize, Partner)>,
}

/// All threes that may be a code, the most plausible first.
pub(crate) fn triples(finders: &[Finder], pairs: &mut Pairs, found: &mut Vec<Constellation>) {
    found.clear();
    sides(finders, &mut pairs.sides);
    for (at, (corner, one)) in pairs.sides.iter().enumerate() {
        let from_same = pairs.sides[at + 1..].iter().take_while(|(c, _)| c == corner);
        for (_, two) in from_same {
            let (right, down) = match (two.turns + 4 - one.turns) % 4 {
                1 => (one, two),
                3 => (two, one),
                _ => continue,
            };
            let unequal = (right.distance / down.distance).ln().abs();
            if unequal > 0.5 || right.other == down.other {
                continue;
            }
            let axes = finders[*corner].axes.turned(right.turns);
            let tl = Finder { axes, ..finders[*corner] };
            let tr = facing(finders[right.other], axes);
            let bl = facing(finders[down.other], axes);
            found.push(Constellation {
                marks: [Some(tl), Some(tr), Some(bl)],
                distance: f32::midpoint(right.distance, down.distance),
                strain: unequal + right.strain + down.strain,
            });
        }
    }
    found.sort_unstable_by(|a, b| a.strain.total_cmp(&b.strain));
}

/// All twos that may be what is left of a code with one finder pattern covered, the most plausible first. Each comes
/// in every way it could lie.
pub(crate) fn twos(finders: &[Finder], found: &mut Vec<Constellation>) {
    found.clear();
    for (i, a) in finders.iter().enumerate() {
        for b in &finders[i + 1..] {
            let (Some(ab), Some(ba)) = (sight(a, b.centre), sight(b, a.centre)) else { continue };
            if ab.diagonal != ba.diagonal || ratio(ab.distance, ba.distance) > RATIO {
                continue;
            }
            let distance = (ab.distance * ba.distance).sqrt();
            let unlike = ratio(a.axes.size(), b.axes.size()).ln();
            let strain = ab.strain + ba.strain + unlike;
            if ab.diagonal {
                // The covered corner lies on one side or the other.
                let axes = a.axes.turned(ab.turns);
                for (tr, bl, turn) in [(a, b, 3), (b, a, 1)] {
                    let axes = axes.turned(turn);
                    let marks = [None, Some(facing(*tr, axes)), Some(facing(*bl, axes))];
                    found.push(Constellation { marks, distance, strain });
                }
            } else {
                let axes = a.axes.turned(ab.turns);
                let (a0, b0) = (facing(*a, axes), facing(*b, axes));
                let back = axes.turned(2);
                let (a2, b2) = (facing(*a, back), facing(*b, back));
                let (down, up) = (axes.turned(3), axes.turned(1));
                let (a3, b3) = (facing(*a, down), facing(*b, down));
                let (a1, b1) = (facing(*a, up), facing(*b, up));
                for marks in [
                    [Some(a0), Some(b0), None],
                    [Some(b2), Some(a2), None],
                    [Some(a3), None, Some(b3)],
                    [Some(b1), None, Some(a1)],
                ] {
                    found.push(Constellation { marks, distance, strain });
                }
            }
        }
    }
    found.sort_unstable_by(|a, b| a.strain.total_cmp(&b.strain));
}

fn sides(finders: &[Finder], sides: &mut Vec<(usize, Partner)>) {
    sides.clear();
    for (i, a) in finders.iter().enumerate() {
        for (other, b) in finders.iter().enumerate() {
            if i == other || ratio(a.axes.size(), b.axes.size()) > RATIO * 1.3 {
                continue;
            }
            let Some(ab) = sight(a, b.centre).filter(|s| !s.diagonal) else { continue };
            let Some(ba) = sight(b, a.centre).filter(|s| !s.diagonal) else { continue };
            if ratio(ab.distance, ba.distance) > RATIO {
                continue;
            }
            let unlike = ratio(a.axes.size(), b.axes.size()).ln();
            let distance = (ab.distance * ba.distance).sqrt();
            let strain = ab.strain + ba.strain + unlike;
            sides.push((i, Partner { other, turns: ab.turns, distance, strain }));
        }
    }
}

/// Another place measured with a finder pattern's ruler.
struct Sight {
    diagonal: bool,
    turns: u8,
    distance: f32,
    strain: f32,
}

fn sight(from: &Finder, to: Point) -> Option<Sight> {
    let at = from.axes.measure(to - from.centre);
    let (ax, ay) = (at.x.abs(), at.y.abs());
    let (long, short) = (ax.max(ay), ax.min(ay));
    if !DISTANCES.contains(&long) {
        return None;
    }
    let aside = short / long;
    if aside < ASIDE {
        let turns = match (ax >= ay, at.x > 0.0, at.y > 0.0) {
            (true, true, _) => 0,
            (false, _, true) => 1,
            (true, false, _) => 2,
            (false, _, false) => 3,
        };
        return Some(Sight { diagonal: false, turns, distance: long, strain: aside });
    }
    if aside > 1.0 - ASIDE - 0.1 {
        // Turned so that it lies to the right and down.
        let turns = match (at.x > 0.0, at.y > 0.0) {
            (true, true) => 0,
            (false, true) => 1,
            (false, false) => 2,
            (true, false) => 3,
        };
        return Some(Sight {
            diagonal: true,
            turns,
            distance: f32::midpoint(long, short),
            strain: 1.0 - aside,
        });
    }
    None
}

fn ratio(a: f32, b: f32) -> f32 {
    (a / b).max(b / a)
}

/// A finder pattern with its axes turned to lie as others do.
fn facing(finder: Finder, like: Axes) -> Finder {
    let fits = |axes: &Axes| {
        let u = axes.measure(like.u);
        u.x - u.y.abs()
    };
    let best = (0..4).map(|t| finder.axes.turned(t)).max_by(|a, b| fits(a).total_cmp(&fits(b)));
    Finder { axes: best.unwrap_or(finder.axes), ..finder }
}
