//! One pass over one frame, its bits made: finder patterns, grids, modules, bytes.

use crate::fusion::{Fusion, Look};
use crate::grid::drift::Drift;
use crate::grid::measure::Levels;
use crate::grid::refine::{refine, refine_read};
use crate::grid::seek::{Grid, Sketch, curved, renamed, settle, sketch};
use crate::grid::shape::Shape;
use crate::grid::unroll::{Sight, Unroll};
use crate::locate::constellation::{Constellation, Pairs, triples, twos};
use crate::locate::finders::{Finder, Rows, Search, find};
use crate::matrix::{Decoded, Effort, MatrixDecoder, Modules, agrees, version_information};
use crate::symbol::{FinderMark, Findings, Located, Outline, Symbol};
use crate::view::{Place, View};

/// Memory of a reader, reused from pass to pass.
#[derive(Default)]
pub(crate) struct Reader {
    rows: Rows,
    finders: Vec<Finder>,
    pairs: Pairs,
    constellations: Vec<Constellation>,
    drafts: Vec<Draft>,
    levels: Levels,
    modules: Modules,
    matrix: MatrixDecoder,
    drawn: Vec<bool>,
    drift: Drift,
    unroll: Unroll,
    /// What the frames before showed, for a camera.
    fusion: Option<Fusion>,
}

/// What looks less like a finder pattern is none. Of the threes of codes that were read the least alike had 0.5 or more
/// in 199 of 200, of those that noise pretends it had 0.1 or less in three quarters (816 reads, 11 000 threes in noise,
/// November 2026).
const LIKELY: f32 = 0.15;

/// Finder patterns that on average look less like ones belong to no code: of the same none of those that were read had
/// less than 0.47, of those in noise none more than 0.38.
const WORTH_SKETCHING: f32 = 0.4;

/// Grids that agree less are no code. Those that were read agreed by 0.6 or more, nearly all by 0.8 (400 frames of 19
/// conditions, November 2026).
const WORTH_READING: f32 = 0.3;

/// A grid that agrees at least so well is shown to a person as a code.
const WORTH_SHOWING: f32 = 0.6;

/// Timing patterns that agree less are none.
const WORTH_SETTLING: f32 = 0.15;

/// Grids that agree less are not worth more than a first look.
const WORTH_WORK: f32 = 0.4;

/// How much of its difference to its four neighbours is added to a module, each on top of the ones before.
const SHARPENING: [f32; 3] = [0.0, 0.5, 0.6];

/// Grids that agree less once they lie where they lie best are not decoded: of 151 that were read by then the least
/// agreed by 0.74 (820 pictures and 144 sequences, November 2026).
const WORTH_DECODING: f32 = 0.5;

/// A drift of less, in modules, spoils nothing.
const WORTH_FOLLOWING: f32 = 0.2;

/// How a grid is read.
#[derive(Clone, Copy)]
enum Means {
    /// By what a lane saw of it, at first sight.
    Plain,
    /// By all that can be made of one frame.
    Deep,
    /// By several frames together.
    Fused,
}

impl Means {
    fn effort(self) -> Effort {
        match self {
            Self::Plain => Effort::Plain,
            Self::Deep | Self::Fused => Effort::Full,
        }
    }

    /// What a symbol read so calls its lane, if not the pass.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Deep => Some("deep"),
            Self::Fused => Some("fused"),
        }
    }
}

/// A grid laid over a frame.
#[derive(Clone, Copy)]
struct Laid<'a> {
    place: &'a Place<'a>,
    view: &'a View<'a>,
    grid: Grid,
}

impl Laid<'_> {
    /// What the grid showed.
    fn look<'a>(&self, modules: &'a Modules) -> Look<'a> {
        Look {
            modules,
            weight: self.grid.agreement,
            outline: self.place.outline(&self.grid, self.view),
            at_ms: self.place.frame.layout().at_ms,
        }
    }
}

/// A grid on its way from a sketch to a code.
struct Draft {
    constellation: Constellation,
    sketch: Sketch,
    grid: Grid,
}

impl Reader {
    /// A reader that remembers what earlier frames showed.
    pub(crate) fn of_a_camera() -> Self {
        Self { fusion: Some(Fusion::default()), ..Self::default() }
    }

    /// Adds the codes of a pass.
    pub(crate) fn read(&mut self, place: &Place<'_>, found: &mut Findings) {
        let limit = &place.limit;
        let step = if limit.thorough { 1 } else { 2 };
        let search = Search { step, most: limit.max_patterns };
        find(place.planes.bits(), search, &mut self.rows, &mut self.finders);
        for finder in &mut self.finders {
            finder.likeness = place.likeness(finder).unwrap_or(0.0);
        }
        // Finder patterns of codes already read would only pair up wrongly.
        self.finders.retain(|f| f.likeness >= LIKELY && !found.covers(place.middle(f), 0.0));
        let mut constellations = std::mem::take(&mut self.constellations);
        if place.pass.twos {
            twos(&self.finders, &mut constellations);
        } else {
            triples(&self.finders, &mut self.pairs, &mut constellations);
        }
        let mut drafts = std::mem::take(&mut self.drafts);
        Self::draft(place, &constellations, &mut drafts);
        let (mut plain, mut over) = (0, false);
        drafts.retain_mut(|draft| {
            // Asked no more once it is over: hundreds may be left.
            over = over || plain >= limit.max_candidates || limit.passed();
            if over || Self::is_taken(place, draft, found) {
                return false;
            }
            plain += 1;
            self.try_plain(place, draft, found)
        });
        drafts.sort_unstable_by(|a, b| b.grid.agreement.total_cmp(&a.grid.agreement));
        for (nth, draft) in drafts.iter().enumerate() {
            if limit.passed() {
                break;
            }
            if Self::is_taken(place, draft, found) {
                continue;
            }
            let Some(view) = place.view(&draft.constellation) else { continue };
            let outline = place.outline(&draft.grid, &view);
            let modules = draft.grid.size() as u8;
            // Another lane has come as far with the same grid, and the pixels are the same.
            if found.located.iter().any(|l| l.is_same_grid(&outline, modules)) {
                continue;
            }
            let read = nth < limit.max_deep && self.try_deep(place, draft, found);
            if !read && draft.grid.agreement >= WORTH_SHOWING {
                found.note(Located { outline, modules, lane: place.pass.name });
            }
        }
        self.drafts = drafts;
        self.constellations = constellations;
        self.finders.retain(|f| !found.covers(place.middle(f), 0.0));
        let factor = place.pass.scale.factor();
        found.finders.clear();
        found.finders.extend(
            self.finders
                .iter()
                .map(|f| FinderMark { centre: place.middle(f), module: f.axes.size() * factor }),
        );
    }

    /// Sketches a grid over each constellation, the likeliest first.
    fn draft(place: &Place<'_>, constellations: &[Constellation], drafts: &mut Vec<Draft>) {
        drafts.clear();
        for constellation in constellations.iter().take(place.limit.max_constellations) {
            if place.limit.passed() {
                break;
            }
            let marks = constellation.marks.iter().flatten();
            let likeness = marks.clone().map(|f| f.likeness).sum::<f32>() / marks.count().max(1) as f32;
            if likeness < WORTH_SKETCHING {
                continue;
            }
            let Some(View { light, enlarged, .. }) = place.view(constellation) else { continue };
            let Some(sketch) = sketch(&light, constellation, enlarged) else { continue };
            if sketch.score >= WORTH_SETTLING {
                drafts.push(Draft { constellation: *constellation, sketch, grid: Grid::default() });
            }
        }
        drafts.sort_unstable_by(|a, b| b.sketch.score.total_cmp(&a.sketch.score));
    }

    fn is_taken(place: &Place<'_>, draft: &Draft, found: &Findings) -> bool {
        let taken = |f: &Finder| found.covers(place.middle(f), 0.0);
        draft.constellation.marks.iter().flatten().any(taken)
    }

    /// Settles a grid and reads it by hard decisions. False if nothing is left to do: it was read, or is no code.
    fn try_plain(&mut self, place: &Place<'_>, draft: &mut Draft, found: &mut Findings) -> bool {
        let Some(view) = place.view(&draft.constellation) else { return false };
        let View { light, enlarged, .. } = &view;
        let Some(grid) = settle(light, &draft.constellation, *enlarged, &draft.sketch) else { return false };
        draft.grid = grid;
        if grid.agreement < WORTH_READING {
            return false;
        }
        self.levels.glance(light, &grid);
        if self.attempt(Laid { place, view: &view, grid }, Means::Plain, found) {
            return false;
        }
        // Large codes say which version they are, beside two of the finder patterns.
        let named = version_information(&self.modules).filter(|(v, wrong)| *v != grid.version && *wrong < 3);
        let again = named
            .and_then(|(version, _)| renamed(&draft.constellation, *enlarged, &draft.sketch, version))
            .and_then(|sketch| settle(light, &draft.constellation, *enlarged, &sketch));
        // A flat grid near enough to be tried may yet lie over a bent code.
        let again = again.or_else(|| {
            let sketch = curved(light, &draft.constellation, *enlarged, &draft.sketch)?;
            settle(light, &draft.constellation, *enlarged, &sketch)
        });
        if let Some(grid) = again.filter(|g| g.agreement > grid.agreement) {
            draft.grid = grid;
            self.levels.glance(light, &grid);
            return !self.attempt(Laid { place, view: &view, grid }, Means::Plain, found);
        }
        true
    }

    /// Moves the grid to where it lies best, and reads it by all means.
    fn try_deep(&mut self, place: &Place<'_>, draft: &Draft, found: &mut Findings) -> bool {
        if draft.grid.agreement < WORTH_WORK {
            return false;
        }
        let Some(view) = place.view(&draft.constellation) else { return false };
        let grid = match draft.grid.shape {
            Shape::Flat(_) => refine(&view.light, &draft.grid),
            Shape::Bent(_) => {
                let View { light, enlarged, .. } = &view;
                let sight = Sight { light, constellation: &draft.constellation, enlarged: *enlarged };
                self.unroll.lay(&sight, &draft.grid, (&mut self.levels, &mut self.modules))
            }
        };
        if grid.agreement < WORTH_DECODING || place.limit.passed() {
            return false;
        }
        let laid = Laid { place, view: &view, grid };
        self.levels.measure(&view.light, &grid, None);
        if self.try_levels(laid, Means::Deep, found) {
            return true;
        }
        let drifts = self.drift.measure(&view.light, &grid.shape, grid.size()) > WORTH_FOLLOWING;
        let laid = Laid { grid: Grid { firm: grid.firm && !drifts, ..grid }, ..laid };
        if drifts {
            self.levels.measure(&view.light, &grid, Some(&self.drift));
            if self.try_levels(laid, Means::Deep, found) {
                return true;
            }
        }
        self.levels.measure(&view.light, &grid, drifts.then_some(&self.drift));
        self.try_together(laid, found)
    }

    /// Reads the levels measured last by all means, sharper and sharper.
    fn try_levels(&mut self, laid: Laid<'_>, means: Means, found: &mut Findings) -> bool {
        SHARPENING.iter().any(|sharper| {
            if laid.place.limit.passed() {
                return false;
            }
            self.levels.sharpen(*sharper);
            self.attempt(laid, means, found)
        })
    }

    /// Adds the levels measured last to what earlier frames showed of the same code, and reads that.
    fn try_together(&mut self, laid: Laid<'_>, found: &mut Findings) -> bool {
        let Some(fusion) = &mut self.fusion else { return false };
        self.levels.judge(&mut self.modules);
        let Some(sums) = fusion.join(&laid.look(&self.modules)) else { return false };
        self.levels.recall(laid.grid.size(), sums);
        self.try_levels(laid, Means::Fused, found)
    }

    /// Reads the levels measured last. True if a code came out, which then is among the findings.
    fn attempt(&mut self, laid: Laid<'_>, means: Means, found: &mut Findings) -> bool {
        let Laid { place, view, grid } = laid;
        self.levels.judge(&mut self.modules);
        let Some(decoded) = self.matrix.read(&self.modules, means.effort()) else { return false };
        let easy = decoded.erasures == 0 && decoded.correction.is_easy();
        if !easy && !self.confirmed(&decoded, &mut found.caught_panics) {
            return false;
        }
        match (&mut self.fusion, means) {
            // The next look at the same code may confirm it.
            (Some(fusion), Means::Plain | Means::Deep) if !easy => {
                fusion.join(&laid.look(&self.modules));
            }
            // Corners are placed by what this frame shows.
            (_, Means::Fused) => {
                self.levels.measure(&view.light, &grid, None);
                self.levels.judge(&mut self.modules);
            }
            _ => {}
        }
        // One wrong codeword is dirt; more may be a corner that is off.
        let is_off = decoded.correction.errors > 1 || !grid.firm;
        let mut corners = place.outline(&self.placed(laid, is_off), view).corners;
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
            decoder: means.name().unwrap_or(place.pass.name),
            correction: decoded.correction,
            inverted: place.pass.inverted,
            mirrored: decoded.mirrored,
        });
        true
    }

    /// The grid of a code that was read last, its corners where they belong.
    fn placed(&mut self, laid: Laid<'_>, is_off: bool) -> Grid {
        let Laid { place, view, grid } = laid;
        let is_flat = matches!(grid.shape, Shape::Flat(_));
        if !place.pass.twos && is_flat && !is_off || self.matrix.corrected(&mut self.drawn).is_none() {
            return grid;
        }
        if place.pass.twos {
            // Two finder patterns leave the far side to chance, enough to read it and too much to show it.
            return refine_read(&view.light, &grid, &self.drawn);
        }
        self.unroll.lay_read(&view.light, &grid, &self.drawn, (&mut self.levels, &mut self.modules))
    }

    /// Whether another decoder agrees with what was made of a hard code. Where it has no word for the code, what
    /// follows the payload must be as the standard has it.
    fn confirmed(&mut self, decoded: &Decoded, caught: &mut u32) -> bool {
        let Some(size) = self.matrix.corrected(&mut self.drawn) else { return false };
        agrees(size, &self.drawn, &decoded.bytes, caught).unwrap_or(decoded.padded)
    }
}
