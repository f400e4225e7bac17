//! What lies behind print and what becomes of ink: patterns over the paper, in pitches.

use apoa_frames::Rng;

/// Random values on a grid, smooth between: paper, stains, places where ink broke off.
#[derive(Clone)]
pub(crate) struct Clouds {
    grain: f32,
    values: Vec<f32>,
}

/// Side of the grid, which repeats.
const SIDE: usize = 64;

impl Clouds {
    /// Clouds whose spots are about `grain` wide.
    pub(crate) fn new(grain: f32, rng: &mut Rng) -> Self {
        Self { grain, values: (0..SIDE * SIDE).map(|_| rng.unit()).collect() }
    }

    /// From 0 to 1.
    pub(crate) fn at(&self, u: f32, v: f32) -> f32 {
        let (x, y) = (u / self.grain, v / self.grain);
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let wrap = |at: f32| (at as i32).rem_euclid(SIDE as i32) as usize;
        let (l, t) = (wrap(left), wrap(top));
        let (r, b) = ((l + 1) % SIDE, (t + 1) % SIDE);
        let value = |x: usize, y: usize| self.values[y * SIDE + x];
        let upper = value(l, t) + (value(r, t) - value(l, t)) * fx;
        let lower = value(l, b) + (value(r, b) - value(l, b)) * fx;
        upper + (lower - upper) * fy
    }
}

/// A family of wavy lines, as security print and laminates have them.
#[derive(Clone)]
pub(crate) struct Waves {
    along: (f32, f32),
    across: (f32, f32),
    sway: f32,
    phase: f32,
    /// Share of the distance that a line fills.
    share: f32,
    depth: f32,
}

impl Waves {
    /// Lines `distance` apart in any direction.
    pub(crate) fn new(distance: f32, share: f32, depth: f32, rng: &mut Rng) -> Self {
        let angle = rng.between(0.0, std::f32::consts::PI);
        let turns = std::f32::consts::TAU / distance;
        let slow = std::f32::consts::TAU / rng.between(1.5, 9.0);
        Self {
            along: (angle.cos() * slow, angle.sin() * slow),
            across: (-angle.sin() * turns, angle.cos() * turns),
            sway: rng.between(0.0, 6.0),
            phase: rng.between(0.0, 6.0),
            share,
            depth,
        }
    }

    /// Depth of the line there; 0 between lines.
    pub(crate) fn at(&self, u: f32, v: f32) -> f32 {
        let sway = (self.along.0 * u + self.along.1 * v + self.phase).sin() * self.sway;
        let phase = self.across.0 * u + self.across.1 * v + sway;
        let turn = phase / std::f32::consts::TAU;
        let off = (turn - turn.floor() - 0.5).abs() * 2.0;
        self.depth * ((self.share - off) / self.share * 2.0).clamp(0.0, 1.0)
    }
}

/// Guilloche of some families.
pub(crate) fn guilloche(depth: f32, rng: &mut Rng) -> Vec<Waves> {
    if depth <= 0.0 {
        return Vec::new();
    }
    (0..=crate::text::below(rng, 3))
        .map(|nth| {
            let distance = rng.between(0.18, 1.2);
            let share = rng.between(0.2, 0.7);
            let depth = if nth == 0 { depth } else { depth * rng.unit() };
            Waves::new(distance, share, depth, rng)
        })
        .collect()
}
