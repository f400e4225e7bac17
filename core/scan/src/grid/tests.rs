//! Sheets that are not flat, held by places seen on them.
#![allow(clippy::unwrap_used)]

use std::f32::consts::PI;

use crate::Point;
use crate::geometry::Axes;
use crate::grid::bend::Bend;
use crate::grid::pull::{Pulls, Stiffness};

/// Modules a side.
const SIDE: f32 = 41.0;

/// A code over a rod, seen by a camera that leans.
struct Rod {
    /// Radians across the code.
    arc: f32,
    /// Direction across which it is bent.
    way: f32,
    /// Lean of the camera, in radians.
    lean: f32,
}

impl Rod {
    /// Where a place in modules is seen.
    fn place(&self, module: Point) -> Point {
        let radius = SIDE / self.arc;
        let (s, c) = self.way.sin_cos();
        let (x, y) = (module.x - SIDE / 2.0, module.y - SIDE / 2.0);
        let turn = (x * c + y * s) / radius;
        let (across, along, deep) = (radius * turn.sin(), y * c - x * s, radius * (1.0 - turn.cos()));
        let (x, y) = (across * c - along * s, across * s + along * c);
        let (ls, lc) = self.lean.sin_cos();
        let (y, deep) = (y * lc - deep * ls, y * ls + deep * lc);
        // A phone's camera at a distance that shows a module on 4.5 pixels.
        let scale = 1000.0 / (222.0 + deep);
        Point::new(640.0 + x * scale, 360.0 + y * scale)
    }

    fn pulls(&self) -> Pulls {
        let middle = Point::new(SIDE / 2.0, SIDE / 2.0);
        let half = |by: Point| self.place(middle + by) - self.place(middle - by);
        let axes = Axes { u: half(Point::new(0.5, 0.0)), v: half(Point::new(0.0, 0.5)) };
        Pulls::new(SIDE, self.place(middle), axes)
    }

    /// How far a sheet is off at most at places of the code, in modules.
    fn off(&self, sheet: &Bend, at: impl Iterator<Item = Point>) -> f32 {
        at.map(|m| (sheet.place(m) - self.place(m)).length() / 4.5).fold(0.0, f32::max)
    }
}

/// Places all over the code, so many a side.
fn lattice(places: u32) -> impl Iterator<Item = Point> {
    let at = move |i: u32| i as f32 * SIDE / (places - 1) as f32;
    (0..places * places).map(move |i| Point::new(at(i % places), at(i / places)))
}

fn rods() -> impl Iterator<Item = Rod> {
    let ways = (0..8_u8).map(|i| f32::from(i) * PI / 8.0);
    ways.flat_map(|way| [0.5, 1.2, 1.8].map(|arc| (way, arc)))
        .flat_map(|(way, arc)| [0.0, 0.3].map(|lean| Rod { arc, way, lean }))
}

#[test]
fn a_sheet_follows_a_rod_of_any_direction_to_a_fifth_of_a_module() {
    // Across its diagonal, a code of 1.8 rad would bend out of sight.
    for rod in rods().filter(|r| r.arc * (r.way.cos().abs() + r.way.sin().abs()) < 1.85) {
        let mut pulls = rod.pulls();
        for module in lattice(15) {
            pulls.to(module, rod.place(module), 1.0);
        }
        let sheet = pulls.sheet(Stiffness { way: rod.way, aside: 0.1 }).unwrap();
        let off = rod.off(&sheet, lattice(29));
        assert!(off < 0.2, "{off} modules off at {} rad, {} rad turned", rod.arc, rod.way);
    }
}

#[test]
fn three_finder_patterns_say_how_far_a_sheet_is_bent() {
    for rod in rods().filter(|r| r.arc < 1.0) {
        let mut pulls = rod.pulls();
        let far = SIDE - 7.0;
        for (x, y) in [(0.0, 0.0), (far, 0.0), (0.0, far)] {
            for (dx, dy, weight) in
                [(3.5, 3.5, 4.0), (0.0, 0.0, 1.0), (7.0, 0.0, 1.0), (7.0, 7.0, 1.0), (0.0, 7.0, 1.0)]
            {
                let module = Point::new(x + dx, y + dy);
                pulls.to(module, rod.place(module), weight);
            }
        }
        let sheet = pulls.sheet(Stiffness { way: rod.way, aside: 0.003 }).unwrap();
        let off = rod.off(&sheet, lattice(15));
        assert!(off < 1.0, "{off} modules off at {} rad, {} rad turned", rod.arc, rod.way);
    }
}

#[test]
fn a_sheet_that_nothing_holds_or_that_is_folded_is_none() {
    let rod = Rod { arc: 0.5, way: 0.0, lean: 0.0 };
    let stiffness = Stiffness { way: 0.0, aside: 0.1 };
    assert!(rod.pulls().sheet(stiffness).is_none());
    let mut folded = rod.pulls();
    for module in lattice(15) {
        let back = Point::new(module.x.min(SIDE - module.x), module.y);
        folded.to(module, rod.place(back), 1.0);
    }
    assert!(folded.sheet(stiffness).is_none());
}
