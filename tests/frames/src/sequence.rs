//! A hand brings a card into view.

use crate::conditions::{easy, scale};
use crate::{Card, Frame, Point, Rng, Size};

/// `n` frames, 33 ms apart, of a hand that brings a card near and steadies it: far, moving and out of focus at
/// first, then readable. The lens overshoots once before it settles.
pub fn sequence(card: &Card, seed: u64, n: usize) -> Vec<Frame> {
    let rng = &mut Rng::forked(seed, 0x5e9);
    let still = easy(card, Size::HD, rng);
    let from = Point::new(
        still.pose.centre.x + rng.between(-260.0, 260.0),
        still.pose.centre.y + rng.between(120.0, 220.0),
    );
    let heading = rng.between(0.0, 180.0);
    let mut shake = Point::default();
    (0..n)
        .map(|nth| {
            let done = if n < 2 { 1.0 } else { nth as f32 / (n - 1) as f32 };
            // The hand arrives after two thirds of the time, slowing down.
            let left = (1.0 - done * 1.5).max(0.0);
            let away = left * left;
            shake = Point::new(
                shake.x * 0.7 + rng.normal() * (0.6 + 5.0 * left),
                shake.y * 0.7 + rng.normal() * (0.6 + 5.0 * left),
            );
            let mut shot = still;
            shot.pose.scale = scale(card, 4.5 - 3.2 * away);
            shot.pose.centre = Point::new(
                still.pose.centre.x + (from.x - still.pose.centre.x) * away + shake.x,
                still.pose.centre.y + (from.y - still.pose.centre.y) * away + shake.y,
            );
            shot.pose.tilt = still.pose.tilt + 24.0 * left;
            shot.pose.roll = still.pose.roll + 20.0 * left + rng.normal() * 0.4;
            shot.optics.defocus = still.optics.defocus + 3.2 * left + hunting(done);
            shot.optics.motion = 16.0 * left + rng.unit();
            shot.optics.motion_angle = heading + rng.between(-20.0, 20.0);
            shot.take_again(card, seed, rng.next_u64())
        })
        .collect()
}

/// The extra blur while the lens looks for the plane: a short overshoot about half way.
fn hunting(done: f32) -> f32 {
    let off = (done - 0.55).abs();
    (1.6 - off * 16.0).max(0.0)
}
