//! Fine bent lines, as security print is drawn.

use crate::Rng;
use crate::math::{cos, sin};

/// Three bent gratings one over the other, as security print is drawn, from -1 to 1.
pub(crate) struct Rosette([Grating; 3]);

struct Grating {
    across: (f32, f32),
    period: f32,
    bend: f32,
    bend_period: f32,
}

impl Rosette {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        Self([(); 3].map(|()| {
            let turn = rng.between(0.0, 180.0);
            // Lines 1 to 2.3 mm apart at 300 dots an inch, swung to and fro by more than that.
            let period = rng.between(12.0, 27.0);
            Grating {
                across: (cos(turn), sin(turn)),
                period,
                bend: rng.between(6.0, 14.0),
                bend_period: period * rng.between(4.0, 8.0),
            }
        }))
    }

    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let sum: f32 = self
            .0
            .iter()
            .map(|g| {
                let (c, s) = g.across;
                let swing = g.bend * sin(360.0 * (y * c - x * s) / g.bend_period);
                sin(360.0 * (x * c + y * s + swing) / g.period)
            })
            .sum();
        sum / 3.0
    }

    /// A whole plane of it, drawn so many times finer, to about a hundredth: a page has a million places.
    pub(crate) fn plane(&self, width: usize, height: usize, finer: f32) -> Vec<f32> {
        let wave: Vec<f32> = (0..STEPS).map(|n| sin(n as f32 * 360.0 / STEPS as f32)).collect();
        let mut plane = vec![0.0; width * height];
        for g in &self.0 {
            let (c, s) = g.across;
            let (along, bends) = (finer / g.period, finer / g.bend_period);
            let swings: Vec<u32> = wave.iter().map(|w| turns(w * g.bend / g.period)).collect();
            for (y, row) in plane.chunks_exact_mut(width).enumerate() {
                let y = y as f32;
                let (mut at, mut bend) = (turns(y * s * along), turns(y * c * bends));
                for p in row {
                    *p += wave[step(at.wrapping_add(swings[step(bend)]))] / 3.0;
                    at = at.wrapping_add(turns(c * along));
                    bend = bend.wrapping_sub(turns(s * bends));
                }
            }
        }
        plane
    }
}

/// Of one turn of a wave: from one to the next it changes by less than a hundredth.
const STEPS: usize = 1024;

/// The part of a turn beyond whole ones, in whole numbers that wrap as turns do.
fn turns(turns: f32) -> u32 {
    let turns = f64::from(turns);
    ((turns - turns.floor()) * 4_294_967_296.0) as u32
}

/// Where a turn stands in a table of [`STEPS`].
fn step(turns: u32) -> usize {
    (turns >> 22) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_what_its_places_are() {
        let rosette = Rosette::new(&mut Rng::new(4));
        let plane = rosette.plane(300, 200, 1.5);
        for (x, y) in [(0, 0), (299, 0), (17, 180), (250, 199)] {
            let exact = rosette.at(x as f32 * 1.5, y as f32 * 1.5);
            assert!((plane[y * 300 + x] - exact).abs() < 0.02, "{x} {y}: {exact}");
        }
    }
}
