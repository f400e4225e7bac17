//! Sequences in which single frames are hard and all of them together are not: what joins several looks at one code.

use crate::conditions::{easy, scale, side};
use crate::light::Glare;
use crate::math::{cos, sin};
use crate::shutter::Shutter;
use crate::{Card, Frame, Point, Rng, SEVERITIES, Shot, Size};

/// What is wrong with every frame of a sequence, each time a little differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// A hand that shakes: blur of about 4, 7, 10, 14 pixels along a way that turns from frame to frame.
    Jitter,
    /// A lens that searches: blurred by a deviation of at least 0.9, 1.5, 2.1, 2.7 pixels, mostly more.
    Hunting,
    /// A lamp's mirror image that circles over the code: radius 0.16, 0.26, 0.36, 0.46 of its side.
    MovingGlare,
    /// Rows read one after the other while the document swings: 1, 2.5, 5, 8 pixels to either side.
    RollingShutter,
    /// Little light raised by the sensor: contrast and noise 120 and 12, 80 and 20, 55 and 28, 42 and 36 grey levels.
    DarkNoise,
    /// Far away: 2.2, 1.7, 1.35, 1.1 pixels a module.
    Small,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Jitter, Self::Hunting, Self::MovingGlare, Self::RollingShutter, Self::DarkNoise, Self::Small];

    /// Short name, lowercase.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jitter => "jitter",
            Self::Hunting => "hunting",
            Self::MovingGlare => "movingglare",
            Self::RollingShutter => "rollingshutter",
            Self::DarkNoise => "darknoise",
            Self::Small => "smallseq",
        }
    }
}

/// `n` frames of 1280 × 720, 33 ms apart; 15 are usual. The code stays in view and moves by a few pixels a frame, so
/// that no two frames sample it alike. At severity 1 most frames can be read alone, at 4 hardly any; severities
/// outside count as the nearest.
pub fn troubled(card: &Card, trouble: Trouble, severity: u8, seed: u64, n: usize) -> Vec<Frame> {
    let rng = &mut Rng::forked(seed, 0x7b1e + trouble as u64 * 8 + u64::from(severity));
    let level = usize::from(severity.clamp(*SEVERITIES.start(), *SEVERITIES.end()) - 1);
    let still = easy(card, Size::HD, rng);
    let hand = Hand::new(rng);
    // Where a trouble that comes and goes begins, and how fast it goes round.
    let (phase, pace) = (rng.between(0.0, 360.0), rng.between(21.0, 27.0));
    (0..n)
        .map(|nth| {
            let mut shot = hand.hold(still, nth as f32, rng);
            let turn = phase + pace * nth as f32;
            spoil(&mut shot, card, trouble, level, turn, rng);
            shot.take_again(card, seed, rng.next_u64())
        })
        .collect()
}

/// A hand that means to hold still: a slow sway and a fast tremor.
struct Hand {
    sway: [(f32, f32); 4],
}

impl Hand {
    fn new(rng: &mut Rng) -> Self {
        // Degrees a frame of the sway, and where it begins: a second to three for one round.
        Self { sway: [(); 4].map(|()| (rng.between(4.0, 11.0), rng.between(0.0, 360.0))) }
    }

    fn hold(&self, still: Shot, nth: f32, rng: &mut Rng) -> Shot {
        let [x, y, roll, size] = self.sway.map(|(pace, phase)| sin(phase + pace * nth));
        let mut shot = still;
        shot.pose.centre.x += 16.0 * x + 0.8 * rng.normal();
        shot.pose.centre.y += 16.0 * y + 0.8 * rng.normal();
        shot.pose.roll += 2.0 * roll + 0.15 * rng.normal();
        shot.pose.scale *= 1.0 + 0.015 * size;
        shot
    }
}

fn spoil(shot: &mut Shot, card: &Card, trouble: Trouble, level: usize, turn: f32, rng: &mut Rng) {
    let by = |values: [f32; 4]| values[level];
    match trouble {
        Trouble::Jitter => {
            // The shutter is open for most of the way, and what is left shows as a jump.
            shot.optics.motion = by([4.0, 7.0, 10.0, 14.0]) * rng.between(0.75, 1.25);
            shot.optics.motion_angle = rng.between(0.0, 180.0);
            let jump = shot.optics.motion * 0.4;
            shot.pose.centre.x += jump * rng.normal();
            shot.pose.centre.y += jump * rng.normal();
        }
        Trouble::Hunting => {
            let off = 0.5 + 0.5 * sin(turn * 2.0);
            shot.optics.defocus = by([0.9, 1.5, 2.1, 2.7]) + 1.6 * off;
            // A lens that focuses nearer shows the scene a little larger.
            shot.pose.scale *= 1.0 + 0.012 * off;
        }
        Trouble::MovingGlare => {
            let side = side(shot, card);
            let centre = shot.pose.centre;
            let far = 0.3 * side;
            shot.light.glare = Some(Glare {
                at: Point::new(centre.x + far * cos(turn), centre.y + far * sin(turn)),
                radius: by([0.16, 0.26, 0.36, 0.46]) * side,
                flat: 1.15,
            });
        }
        Trouble::RollingShutter => {
            let swing = by([1.0, 2.5, 5.0, 8.0]);
            let lean = rng.between(-0.4, 0.4);
            shot.shutter = Shutter {
                drift: Point::new(2.0 * swing * rng.normal(), 2.0 * swing * rng.normal()),
                // Down the frame a swing only stretches and squeezes rows: less than half of it goes there.
                swing: Point::new(swing, swing * lean),
                swings: rng.between(2.5, 4.5),
                phase: rng.between(0.0, 360.0),
            };
            // The exposure is short against the time of reading all rows.
            shot.optics.motion = 0.3 * swing;
            shot.optics.motion_angle = rng.between(-30.0, 30.0);
        }
        Trouble::DarkNoise => {
            shot.exposure.gain = by([0.55, 0.38, 0.26, 0.2]);
            shot.exposure.noise = by([12.0, 20.0, 28.0, 36.0]);
        }
        Trouble::Small => {
            let sway = shot.pose.scale / scale(card, 4.5);
            shot.pose.scale = scale(card, by([2.2, 1.7, 1.35, 1.1])) * sway;
            shot.exposure.noise = 2.5;
        }
    }
}
