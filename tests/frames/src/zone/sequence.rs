//! Several looks at one document: what joins the scores of a zone over frames.

use super::Document;
use super::conditions::{Held, level, printed};
use crate::math::sin;
use crate::{Condition, Frame, Rng, Size};

/// `n` looks at one document under a condition, a fifth of a second apart; 6 are usual. What has become of the
/// document stays (ink, backdrop), and so does the desk; pose, blur, glare, laminate and noise are each look's own. A
/// lamp's mirror image wanders over the zone.
pub fn zone_sequence(
    document: &Document,
    condition: Condition,
    severity: u8,
    seed: u64,
    n: usize,
) -> Vec<Frame> {
    let rng = &mut Rng::forked(seed, 0x5e9a + condition as u64 * 8 + u64::from(severity));
    let level = level(severity);
    let scene = rng.next_u64();
    let held = Held::new(rng);
    // Degrees a look of the sway of each part of the pose, and where it begins.
    let sway = [(); 6].map(|()| (rng.between(25.0, 70.0), rng.between(0.0, 360.0)));
    (0..n)
        .map(|nth| {
            let [size, tilt, turn, roll, x, y] = sway.map(|(pace, phase)| sin(phase + pace * nth as f32));
            let mut now = held;
            now.size = (held.size + 0.15 * size).clamp(0.0, 1.0);
            now.tilt = (held.tilt + 0.15 * tilt).clamp(0.0, 1.0);
            now.tilt_angle += 20.0 * turn;
            now.roll = (held.roll + 0.2 * roll).clamp(0.0, 1.0);
            now.beside.x += 0.02 * x;
            now.beside.y += 0.02 * y;
            let own = &mut Rng::forked(rng.next_u64(), nth as u64);
            let card = printed(document, condition, level, scene, own);
            let shot = now.shot(&card, condition, level, Size::HD, own);
            shot.take_again(&card, scene, own.next_u64())
        })
        .collect()
}
