//! Lays a grid over a code on a sheet that is not flat.
//!
//! The finder patterns' own rulers say how far the sheet is bent if its direction is known; so some directions are
//! tried, and the timing patterns choose. From there the grid follows the edges between modules: first those every
//! code of the version has, then those between modules that are clearly dark and light.

use std::f32::consts::PI;

use crate::Point;
use crate::grid::bend::Bend;
use crate::grid::edges::{Edges, Known};
use crate::grid::landmarks::Landmarks;
use crate::grid::light::Light;
use crate::grid::measure::Levels;
use crate::grid::pull::{Pulls, Stiffness};
use crate::grid::seek::{Grid, sightings, timing};
use crate::grid::shape::Shape;
use crate::locate::constellation::Constellation;
use crate::matrix::Modules;

/// Directions tried. A sheet bends the same way a little off its direction.
const WAYS: usize = 8;

/// Of these, looked at more closely: the timing patterns alone do not see the far half of the code.
const CLOSER: usize = 4;

/// Steps from a first sheet to the one that lies best: whose edges are followed, how far from a cylinder the sheet may
/// go (shares of half the code's side), and modules around each alignment pattern in which it is sought.
const STEPS: [(Known<'static>, f32, f32); 4] = [
    (Known::Patterns, 0.01, 2.5),
    (Known::Patterns, 0.015, 1.0),
    (Known::Clear, 0.03, 1.0),
    (Known::Clear, 0.03, 0.0),
];

/// Alignment patterns sought in one step, the farthest from the finder patterns first: those between follow.
const MARKS: usize = 8;

/// The middle of an alignment pattern, found by its own shape, against a corner of a finder pattern.
const ANCHOR: f32 = 8.0;

/// A sheet that is only held by finder patterns is a cylinder.
const CYLINDER: f32 = 0.003;

/// Memory to lay bent grids with.
#[derive(Default)]
pub(crate) struct Unroll {
    edges: Edges,
}

/// Finder patterns and the plane they are seen in, whose pixels are smaller by `enlarged` than theirs.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub(crate) light: &'a Light<'a>,
    pub(crate) constellation: &'a Constellation,
    pub(crate) enlarged: f32,
}

impl Sight<'_> {
    /// The finder patterns' pull at a sheet that lies about where `near` does.
    fn pulls(&self, near: &Grid) -> Pulls {
        let mut pulls = held_loosely(near);
        for pair in sightings(self.constellation, near.version) {
            pulls.to(pair.module, pair.pixel * self.enlarged, pair.weight);
        }
        pulls
    }

    /// The grid over a bent code, by its finder patterns and the far alignment pattern: the cylinder that agrees best.
    /// `flat` lies about there.
    pub(crate) fn settle(&self, flat: &Grid) -> Option<Grid> {
        let landmarks = Landmarks::of(flat.version)?;
        let held = self.pulls(flat);
        let mut sheets: [Option<(f32, Bend)>; WAYS] = std::array::from_fn(|nth| {
            let way = nth as f32 * PI / WAYS as f32;
            let bend = held.sheet(Stiffness { way, aside: CYLINDER })?;
            Some((
                timing(self.constellation, landmarks.timing_agreement(self.light, &Shape::Bent(bend))),
                bend,
            ))
        });
        let score = |sheet: &Option<(f32, Bend)>| sheet.map_or(f32::NEG_INFINITY, |(timing, _)| timing);
        sheets.sort_unstable_by(|a, b| score(b).total_cmp(&score(a)));
        let grids = sheets.iter().flatten().take(CLOSER).map(|(_, bend)| {
            let mut grid = Grid { shape: Shape::Bent(*bend), ..*flat };
            let (_, aside, reach) = STEPS[0];
            let mut pulls = held.clone();
            if anchored(self.light, &grid, landmarks, 1, reach, &mut pulls)
                && let Some(bend) = pulls.sheet(Stiffness { way: bend.way, aside })
            {
                grid.shape = Shape::Bent(bend);
            }
            Grid { agreement: landmarks.agreement(self.light, &grid.shape), ..grid }
        });
        grids.max_by(|a, b| a.agreement.total_cmp(&b.agreement))
    }
}

impl Unroll {
    /// The grid of a bent code moved to where its edges are, from a bent one that lies about there.
    pub(crate) fn lay(
        &mut self,
        sight: &Sight<'_>,
        near: &Grid,
        (levels, modules): (&mut Levels, &mut Modules),
    ) -> Grid {
        let Some(landmarks) = Landmarks::of(near.version) else { return *near };
        let held = sight.pulls(near);
        let mut grid = *near;
        for (known, aside, reach) in STEPS {
            let mut pulls = held.clone();
            if reach > 0.0 {
                anchored(sight.light, &grid, landmarks, MARKS, reach, &mut pulls);
            }
            self.edges.follow(sight.light, &grid, known, (levels, modules), &mut pulls);
            let Some(bend) = pulls.sheet(Stiffness { way: way_of(&grid), aside }) else { break };
            grid.shape = Shape::Bent(bend);
        }
        Grid { agreement: landmarks.agreement(sight.light, &grid.shape), ..grid }
    }

    /// The grid over a code that was read, all its modules known: `dark` in row order.
    pub(crate) fn lay_read(
        &mut self,
        light: &Light<'_>,
        near: &Grid,
        dark: &[bool],
        (levels, modules): (&mut Levels, &mut Modules),
    ) -> Grid {
        /// From a module off to a tenth.
        const ROUNDS: usize = 3;
        /// Known edges all over the code hold a sheet of any form.
        const FREE: f32 = 0.1;
        /// Corners that moved by less (in modules) are as near as edges tell.
        const STILL: f32 = 0.3;
        let mut grid = *near;
        let size = near.size() as f32;
        let module = near.shape.axes(Point::new(size / 2.0, size / 2.0)).size();
        for _ in 0..ROUNDS {
            let mut pulls = held_loosely(&grid);
            self.edges.follow(light, &grid, Known::Drawn(dark), (levels, modules), &mut pulls);
            let Some(bend) = pulls.sheet(Stiffness { way: way_of(&grid), aside: FREE }) else { break };
            let before = grid.shape.corners(size);
            grid.shape = Shape::Bent(bend);
            let moved = before.iter().zip(grid.shape.corners(size)).map(|(a, b)| (*a - b).length());
            if moved.fold(0.0, f32::max) < STILL * module {
                break;
            }
        }
        grid
    }
}

/// No pulls yet at a sheet that lies about where `near` does.
fn held_loosely(near: &Grid) -> Pulls {
    let size = near.size() as f32;
    let centre = Point::new(size / 2.0, size / 2.0);
    Pulls::new(size, near.shape.place(centre), near.shape.axes(centre))
}

/// Direction across which a grid's sheet is bent.
fn way_of(grid: &Grid) -> f32 {
    match grid.shape {
        Shape::Flat(_) => 0.0,
        Shape::Bent(bend) => bend.way,
    }
}

/// Alignment patterns pull at a sheet, at most so many. True if one was found.
fn anchored(
    light: &Light<'_>,
    grid: &Grid,
    landmarks: &Landmarks,
    most: usize,
    reach: f32,
    pulls: &mut Pulls,
) -> bool {
    let mut found = false;
    for (centre, mark) in landmarks.alignment.iter().rev().take(most) {
        if let Some(at) = mark.seek(light, &grid.shape, *centre, reach) {
            pulls.to(*centre, at, ANCHOR);
            found = true;
        }
    }
    found
}
