//! What every code of a version shows: finder, timing and alignment patterns, grouped so that each group is compared
//! with its own surroundings.
//!
//! How well a grid lies on a picture is the mean agreement of its landmarks. Each group is compared with its own mean,
//! so that a shadow's edge, a faded print or glare over one corner does not outweigh the others.

use std::sync::OnceLock;

use crate::Point;
use crate::grid::light::Light;
use crate::grid::shape::Shape;
use crate::matrix::layout::{Kind, Layout, VERSIONS, alignment_centres};

/// A group of modules near each other.
#[derive(Debug)]
pub(crate) struct Landmark {
    /// Middle of each module and what it shows: above zero dark, below light, the sum zero.
    modules: Vec<(Point, f32)>,
    /// What it counts.
    weight: f32,
}

/// The landmarks of one version.
#[derive(Debug)]
pub(crate) struct Landmarks {
    /// Top left, top right, bottom left.
    pub(crate) finders: [Landmark; 3],
    /// Parts of the timing patterns: along the top, then along the left side.
    pub(crate) timing: [Vec<Landmark>; 2],
    /// With the middle of each, nearest to the finder patterns first.
    pub(crate) alignment: Vec<(Point, Landmark)>,
}

/// Timing patterns are compared in parts of about this many modules: short enough to lie in one light.
const PART: usize = 10;

impl Landmarks {
    /// Those of a version, built at the first call.
    pub(crate) fn of(version: u8) -> Option<&'static Self> {
        static ALL: [OnceLock<Option<Landmarks>>; VERSIONS as usize] =
            [const { OnceLock::new() }; VERSIONS as usize];
        ALL.get(usize::from(version).checked_sub(1)?)?.get_or_init(|| Self::build(version)).as_ref()
    }

    fn build(version: u8) -> Option<Self> {
        let layout = Layout::of(version)?;
        let n = layout.size();
        let square = |x: usize, y: usize, side: usize| -> Vec<(usize, usize)> {
            (y..y + side).flat_map(|y| (x..x + side).map(move |x| (x, y))).collect()
        };
        let mark = |modules: Vec<(usize, usize)>| Landmark::new(layout, &modules);
        let finders = [mark(square(0, 0, 8)), mark(square(n - 8, 0, 8)), mark(square(0, n - 8, 8))];
        let parts = |place: fn(usize) -> (usize, usize)| -> Vec<Landmark> {
            let between: Vec<(usize, usize)> = (8..n - 8).map(place).collect();
            let count = (between.len() / PART).max(1);
            // Of equal length, to a module: a rest of one, as version 33 would have, cannot be compared with itself.
            let bound = |nth: usize| (nth * between.len()).div_ceil(count);
            (0..count).map(|nth| mark(between[bound(nth)..bound(nth + 1)].to_vec())).collect()
        };
        let timing = [parts(|x| (x, 6)), parts(|y| (6, y))];
        let centres = alignment_centres(version);
        let mut alignment: Vec<(Point, Landmark)> = Vec::new();
        for y in centres.iter().map(|c| usize::from(*c)) {
            for x in centres.iter().map(|c| usize::from(*c)) {
                let in_finder = (y < 8 && (x < 8 || x > n - 9)) || (x < 8 && y > n - 9);
                if !in_finder {
                    let centre = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                    alignment.push((centre, mark(square(x - 2, y - 2, 5))));
                }
            }
        }
        let far = n as f32 - 3.5;
        let finders_at = [Point::new(3.5, 3.5), Point::new(far, 3.5), Point::new(3.5, far)];
        let near = |p: &Point| finders_at.map(|f| f.distance(*p)).into_iter().fold(f32::INFINITY, f32::min);
        alignment.sort_by(|a, b| near(&a.0).total_cmp(&near(&b.0)));
        Some(Self { finders, timing, alignment })
    }

    fn all(&self) -> impl Iterator<Item = &Landmark> {
        self.finders.iter().chain(self.timing.iter().flatten()).chain(self.alignment.iter().map(|(_, l)| l))
    }

    /// How well a grid lies: 1 if every landmark shows what it should, 0 on anything else.
    pub(crate) fn agreement(&self, light: &Light<'_>, shape: &Shape) -> f32 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for mark in self.all() {
            sum += mark.weight * mark.agreement(light, shape);
            weight += mark.weight;
        }
        sum / weight.max(1.0)
    }

    /// How well the timing patterns lie, along the top and along the left side.
    pub(crate) fn timing_agreement(&self, light: &Light<'_>, shape: &Shape) -> [f32; 2] {
        [0, 1].map(|line| self.timing_agreement_of(line, |module| light.at(shape.place(module))))
    }

    /// The same for one of the two with the brightness of a module's middle given.
    pub(crate) fn timing_agreement_of(&self, line: usize, brightness: impl Fn(Point) -> f32) -> f32 {
        let Some(line) = self.timing.get(line) else { return 0.0 };
        let sum: f32 = line.iter().map(|mark| mark.agreement_of(&brightness)).sum();
        sum / line.len().max(1) as f32
    }

    /// The same for its first part alone, next to the top left finder pattern.
    pub(crate) fn timing_begins(&self, line: usize, brightness: impl Fn(Point) -> f32) -> f32 {
        self.timing.get(line).and_then(|line| line.first()).map_or(0.0, |mark| mark.agreement_of(brightness))
    }
}

impl Landmark {
    fn new(layout: &Layout, modules: &[(usize, usize)]) -> Self {
        Self::of(modules.iter().filter_map(|(x, y)| {
            let dark = match layout.kind(*x, *y) {
                Kind::Dark => true,
                Kind::Light => false,
                Kind::Data | Kind::Format | Kind::Version => return None,
            };
            Some((Point::new(*x as f32 + 0.5, *y as f32 + 0.5), dark))
        }))
    }

    /// Places and whether each is dark.
    pub(crate) fn of(modules: impl Iterator<Item = (Point, bool)>) -> Self {
        let mut modules: Vec<(Point, f32)> =
            modules.map(|(place, dark)| (place, if dark { 1.0 } else { -1.0 })).collect();
        let weight = modules.len() as f32;
        let mean = modules.iter().map(|(_, v)| v).sum::<f32>() / weight.max(1.0);
        for (_, value) in &mut modules {
            *value -= mean;
        }
        Self { modules, weight }
    }

    /// A code that was read, as one landmark: dark modules in row order, `side` a row. Of a large code every so many
    /// modules one stands for all.
    pub(crate) fn drawn(dark: &[bool], side: usize) -> Self {
        /// Modules that place a grid to a tenth of one, with noise to spare.
        const ENOUGH: usize = 500;
        // A power of two shares no factor with a side, which is odd, so every column is met.
        let step = 1 << (dark.len() / ENOUGH).max(1).ilog2();
        Self::of(
            dark.iter()
                .enumerate()
                .step_by(step)
                .map(|(i, dark)| (Point::new((i % side) as f32 + 0.5, (i / side) as f32 + 0.5), *dark)),
        )
    }

    /// Agreement with the picture: 1 if all dark modules are equally darker than all light ones, about 0 if the
    /// picture shows something else.
    pub(crate) fn agreement(&self, light: &Light<'_>, shape: &Shape) -> f32 {
        self.agreement_of(|module| light.at(shape.place(module)))
    }

    /// The same with the brightness of a module's middle given.
    pub(crate) fn agreement_of(&self, brightness: impl Fn(Point) -> f32) -> f32 {
        /// Grey levels that are no contrast: what a flat grey shows through noise must not look like a landmark.
        const FLAT: f32 = 2.0;
        let (mut sum, mut squares, mut along, mut norm) = (0.0, 0.0, 0.0, 0.0);
        for (module, value) in &self.modules {
            let level = brightness(*module);
            sum += level;
            squares += level * level;
            along -= value * level;
            norm += value * value;
        }
        let count = self.modules.len() as f32;
        let spread = (squares - sum * sum / count).max(0.0) + FLAT * FLAT * count;
        along / (spread * norm).sqrt()
    }

    /// Where the landmark around `centre` lies, sought up to `reach` modules around where the grid puts it; `None`
    /// if nothing there looks like it.
    pub(crate) fn seek(&self, light: &Light<'_>, shape: &Shape, centre: Point, reach: f32) -> Option<Point> {
        /// Off the middle of a module, in its sides: near its edge, and still inside.
        const EDGE: f32 = 0.35;
        /// Random modules agree this well with 25 others in one of a thousand places.
        const LIKE: f32 = 0.6;
        let (at, axes) = (shape.place(centre), shape.axes(centre));
        let agreement = |offset: Point| {
            let at = at + axes.place(offset);
            self.agreement_of(|module| light.at(at + axes.place(module - centre)))
        };
        let mut best = (agreement(Point::default()), Point::default());
        let look = |from: Point, step: f32, reach: f32, best: &mut (f32, Point)| {
            let steps = (reach / step) as i32;
            for y in -steps..=steps {
                for x in -steps..=steps {
                    let offset = from + Point::new(x as f32, y as f32) * step;
                    // A nearer place wins unless the farther one is clearly better.
                    let found = agreement(offset) - 0.02 * offset.length();
                    if found > best.0 {
                        *best = (found, offset);
                    }
                }
            }
        };
        if best.0 < 0.8 {
            look(Point::default(), 0.5, reach, &mut best);
        }
        if best.0 < LIKE {
            return None;
        }
        look(best.1, 0.25, 0.5, &mut best);
        // The middles of modules look alike over half a module; towards their edges they tell a tenth.
        let sharp = |offset: Point| {
            let at = at + axes.place(offset);
            let corners = [(-EDGE, -EDGE), (EDGE, -EDGE), (EDGE, EDGE), (-EDGE, EDGE)];
            let sum = |module: Point| {
                corners
                    .iter()
                    .map(|(x, y)| light.at(at + axes.place(module - centre + Point::new(*x, *y))))
                    .sum()
            };
            self.agreement_of(sum)
        };
        let from = best.1;
        let mut best = (sharp(from), from);
        for step in [0.2, 0.1, 0.05] {
            let from = best.1;
            for (x, y) in [
                (1.0, 0.0),
                (-1.0, 0.0),
                (0.0, 1.0),
                (0.0, -1.0),
                (1.0, 1.0),
                (-1.0, 1.0),
                (1.0, -1.0),
                (-1.0, -1.0),
            ] {
                let offset = from + Point::new(x, y) * step;
                let found = sharp(offset);
                if found > best.0 {
                    best = (found, offset);
                }
            }
        }
        Some(at + axes.place(best.1))
    }
}
