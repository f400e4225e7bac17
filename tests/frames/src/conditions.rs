//! The ways a frame can be bad, each in four strengths.

use crate::{Card, Exposure, Frame, Light, Optics, Point, Pose, Rng, Shot};

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// An easy hand-held frame.
    Clean,
    /// Seen from the side: 25, 40, 50, 60 degrees.
    Tilt,
    /// Turned in the frame: 12, 25, 38, 45 degrees off the pixel grid, any quarter turn.
    Rotate,
    /// Moving: 3, 6, 10, 15 pixels.
    Motion,
    /// Out of focus: deviation of 0.9, 1.5, 2.1, 3.0 pixels.
    Defocus,
    /// Grain: deviation of 8, 16, 28, 45 grey levels.
    Noise,
    /// Too dark: 12, 6, 4, 2.5 % of the light.
    LowLight,
    /// A shadow's edge through the code: 45, 25, 12, 6 % of the light left.
    Shadow,
    /// Light on dark: plain, turned, turned and blurred, and tilted too.
    Inverted,
    /// A little of everything, growing.
    Mixed,
}

/// Strengths of every condition.
pub const SEVERITIES: std::ops::RangeInclusive<u8> = 1..=4;

impl Condition {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Clean,
        Self::Tilt,
        Self::Rotate,
        Self::Motion,
        Self::Defocus,
        Self::Noise,
        Self::LowLight,
        Self::Shadow,
        Self::Inverted,
        Self::Mixed,
    ];

    /// Short name, lowercase.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Tilt => "tilt",
            Self::Rotate => "rotate",
            Self::Motion => "motion",
            Self::Defocus => "defocus",
            Self::Noise => "noise",
            Self::LowLight => "lowlight",
            Self::Shadow => "shadow",
            Self::Inverted => "inverted",
            Self::Mixed => "mixed",
        }
    }
}

/// Frames of this crate unless a [`Shot`] says otherwise.
pub(crate) const SIZE: (u32, u32) = (1280, 720);

/// Pixels a module of an easy frame: a card held so that it nearly fills the width.
const EASY_MODULE: f32 = 4.5;

/// A frame of a document under one condition. Severities outside 1 to 4 count as the nearest.
pub fn render(card: &Card, condition: Condition, severity: u8, seed: u64) -> Frame {
    let rng = &mut Rng::forked(seed, 0x100 + condition as u64 * 8 + u64::from(severity));
    let level = usize::from(severity.clamp(*SEVERITIES.start(), *SEVERITIES.end()) - 1);
    let mut shot = easy(card, rng);
    spoil(&mut shot, card, condition, level, rng);
    let noise_seed = rng.next_u64();
    match condition {
        Condition::Inverted => shot.take(&card.clone().with_inverted_code(), noise_seed),
        _ => shot.take(card, noise_seed),
    }
}

/// The shot before anything is spoiled.
pub(crate) fn easy(card: &Card, rng: &mut Rng) -> Shot {
    let (width, height) = SIZE;
    let jitter = |rng: &mut Rng, side: u32| side as f32 * rng.between(0.42, 0.58);
    Shot {
        width,
        height,
        pose: Pose {
            scale: scale(card, EASY_MODULE),
            tilt: rng.between(0.0, 12.0),
            tilt_angle: rng.between(0.0, 360.0),
            roll: rng.between(-8.0, 8.0),
            centre: Point::new(jitter(rng, width), jitter(rng, height)),
        },
        optics: Optics { defocus: rng.between(0.5, 0.8), ..Optics::default() },
        light: Light { gradient: rng.between(0.0, 0.25), angle: rng.between(0.0, 360.0), ..Light::default() },
        exposure: Exposure { gain: rng.between(0.75, 1.0), ..Exposure::default() },
    }
}

/// The scale at which a module of the card's code is this many pixels; a card without a code fills the frame.
pub(crate) fn scale(card: &Card, module: f32) -> f32 {
    card.code.as_ref().map_or(SIZE.0 as f32 * 0.9 / card.image.width as f32, |code| module / code.module)
}

fn spoil(shot: &mut Shot, card: &Card, condition: Condition, level: usize, rng: &mut Rng) {
    let by = |values: [f32; 4]| values[level];
    match condition {
        Condition::Clean => {}
        Condition::Tilt => shot.pose.tilt = by([25.0, 40.0, 50.0, 60.0]),
        Condition::Rotate => {
            let quarter = (rng.unit() * 4.0).floor() * 90.0;
            shot.pose.roll = quarter + by([12.0, 25.0, 38.0, 45.0]);
        }
        Condition::Motion => {
            shot.optics.motion = by([3.0, 6.0, 10.0, 15.0]);
            shot.optics.motion_angle = rng.between(0.0, 180.0);
        }
        Condition::Defocus => shot.optics.defocus = by([0.9, 1.5, 2.1, 3.0]),
        Condition::Noise => shot.exposure.noise = by([8.0, 16.0, 28.0, 45.0]),
        Condition::LowLight => {
            shot.exposure.gain = by([0.12, 0.06, 0.04, 0.025]);
            shot.exposure.noise = 1.2;
        }
        Condition::Shadow => {
            shot.light.shadow = by([0.45, 0.25, 0.12, 0.06]);
            shot.light.angle = rng.between(0.0, 360.0);
            shot.light.shadow_at = rng.between(-0.04, 0.04);
        }
        Condition::Inverted => {
            shot.pose.roll = by([0.0, 30.0, 120.0, 200.0]) + rng.between(-8.0, 8.0);
            shot.optics.defocus += by([0.0, 0.0, 0.6, 0.6]);
            shot.pose.tilt += by([0.0, 0.0, 0.0, 25.0]);
        }
        Condition::Mixed => {
            shot.pose.scale = scale(card, by([4.5, 3.8, 3.2, 2.6]));
            shot.pose.tilt = by([12.0, 20.0, 28.0, 35.0]);
            shot.pose.roll = rng.between(0.0, 360.0);
            shot.optics.defocus = by([0.7, 0.9, 1.1, 1.2]);
            shot.optics.motion = by([1.0, 2.0, 3.0, 3.5]);
            shot.optics.motion_angle = rng.between(0.0, 180.0);
            shot.light.gradient = by([0.3, 0.45, 0.55, 0.6]);
            shot.light.shadow = by([0.9, 0.7, 0.6, 0.5]);
            shot.exposure.gain = by([0.8, 0.6, 0.45, 0.35]);
            shot.exposure.noise = by([3.0, 5.0, 7.0, 9.0]);
        }
    }
}
