//! Moves the corners of a grid until its landmarks agree best with the picture.

use crate::geometry::Perspective;
use crate::grid::landmarks::{Landmark, Landmarks};
use crate::grid::light::Light;
use crate::grid::seek::Grid;
use crate::grid::shape::{Shape, corners_of};

/// Steps in shares of a module, from the largest error worth mending to the smallest worth a look.
const STEPS: [f32; 4] = [1.0, 0.5, 0.25, 0.12];

/// Rounds over the four corners for each step.
const ROUNDS: usize = 3;

/// The grid with its corners moved to where its landmarks agree best. About 150 looks at some hundred modules each.
pub(crate) fn refine(light: &Light<'_>, grid: &Grid) -> Grid {
    let Some(landmarks) = Landmarks::of(grid.version) else { return *grid };
    descend(grid, |shape| landmarks.agreement(light, shape))
}

/// The same for a code that was read: all its modules are known, `dark` in row order, so even a corner whose finder
/// pattern is covered finds its place.
pub(crate) fn refine_read(light: &Light<'_>, grid: &Grid, dark: &[bool]) -> Grid {
    let all = Landmark::drawn(dark, grid.size());
    let placed = descend(grid, |shape| all.agreement(light, shape));
    Grid { agreement: grid.agreement, ..placed }
}

/// Descent along one corner's coordinate at a time.
fn descend(grid: &Grid, agreement: impl Fn(&Shape) -> f32) -> Grid {
    let size = grid.size() as f32;
    let from = corners_of(size);
    let mut corners = grid.shape.corners(size);
    let mut best = Grid { agreement: agreement(&grid.shape), ..*grid };
    let module = grid.shape.axes(from[0]).size().max(grid.shape.axes(from[2]).size());
    for step in STEPS {
        for _ in 0..ROUNDS {
            let mut moved = false;
            for corner in 0..4 {
                for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                    let mut tried = corners;
                    tried[corner].x += dx * step * module;
                    tried[corner].y += dy * step * module;
                    let Some(flat) = Perspective::of_square(size, tried).filter(|p| p.sees(size)) else {
                        continue;
                    };
                    let shape = Shape::Flat(flat);
                    let found = agreement(&shape);
                    if found > best.agreement + 1e-4 {
                        best = Grid { shape, agreement: found, ..best };
                        corners = tried;
                        moved = true;
                    }
                }
            }
            if !moved {
                break;
            }
        }
    }
    best
}
