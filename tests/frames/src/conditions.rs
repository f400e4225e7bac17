//! The ways a frame can be bad, each in four strengths.

use std::borrow::Cow;

use crate::damage::{Spot, cover, fade, occlude, scratch};
use crate::light::{Glare, Screen};
use crate::shutter::Shutter;
use crate::{Card, Exposure, Frame, Light, Optics, Point, Pose, Rng, Shot, Size};

/// What is wrong with a frame. The numbers are those of documents with a code; [`crate::render_zone`] tells its own.
/// Holo, Worn and Backdrop spoil zones alone.
///
/// The numbers choose the random sequence of a frame: one that changes, changes every frame of its condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// An easy hand-held frame.
    Clean = 0,
    /// Seen from the side: 25, 40, 50, 60 degrees.
    Tilt = 1,
    /// Turned in the frame: 12, 25, 38, 45 degrees off the pixel grid, any quarter turn.
    Rotate = 2,
    /// Moving: 3, 6, 10, 15 pixels.
    Motion = 3,
    /// Out of focus: deviation of 0.9, 1.5, 2.1, 3.0 pixels, about what discs of radius 1.5, 2.5, 3.5, 5 leave of a
    /// module.
    Defocus = 4,
    /// Grain: deviation of 8, 16, 28, 45 grey levels.
    Noise = 5,
    /// Too dark and grainy: 12, 6, 3, 1.5 % of the light.
    LowLight = 6,
    /// A lamp mirrored in the card: a spot of radius 0.10, 0.18, 0.28, 0.42 of the code's side.
    Glare = 10,
    /// A shadow's edge through the code: 45, 25, 12, 6 % of the light left.
    Shadow = 7,
    /// Stored as JPEG of quality 40, 20, 10, 5.
    Jpeg = 11,
    /// Far away: 2.6, 2.0, 1.6, 1.25 pixels a module, whatever the frame's size.
    Small = 12,
    /// 6, 15, 30, 50 scratches over the code.
    Scratch = 13,
    /// 3, 6, 10, 15 % of the code covered by blobs.
    Occlude = 14,
    /// Bent over a cylinder: 30, 55, 80, 105 degrees of arc across the code.
    Curved = 15,
    /// Shown on a screen whose pixels beat with the camera's: 25, 45, 60, 75 % of the light
    /// missing between them.
    Moire = 16,
    /// Ink worn to a contrast of 0.5, 0.3, 0.18, 0.10, the card's fine pattern printed over.
    Faded = 17,
    /// Light on dark: plain, turned, turned and blurred, and tilted too.
    Inverted = 8,
    /// A little of everything, growing.
    Mixed = 9,
    /// One pattern wholly covered: the finder top left, top right, bottom left, and the alignment pattern. Not one of
    /// [`Condition::ALL`].
    Covered = 18,
    /// Lying sideways or upside down: turned by 90, 180, 270, 180 degrees.
    Turned = 19,
    /// A laminate that mirrors in bright lines over a zone: 15, 30, 45, 60 % of the light of white paper.
    Holo = 20,
    /// 5, 10, 18, 28 % of a zone's ink broken off.
    Worn = 21,
    /// The page's fine pattern behind a zone: a depth of 0.25, 0.40, 0.55, 0.70 against the ink.
    Backdrop = 22,
}

/// Strengths of every condition.
pub const SEVERITIES: std::ops::RangeInclusive<u8> = 1..=4;

impl Condition {
    /// The eighteen that a share of frames read is told of.
    pub const ALL: [Self; 18] = [
        Self::Clean,
        Self::Tilt,
        Self::Rotate,
        Self::Motion,
        Self::Defocus,
        Self::Noise,
        Self::LowLight,
        Self::Glare,
        Self::Shadow,
        Self::Jpeg,
        Self::Small,
        Self::Scratch,
        Self::Occlude,
        Self::Curved,
        Self::Moire,
        Self::Faded,
        Self::Inverted,
        Self::Mixed,
    ];

    /// The eighteen that a share of zones read is told of, as [`crate::render_zone`] draws them.
    pub const ZONE: [Self; 18] = [
        Self::Clean,
        Self::Tilt,
        Self::Rotate,
        Self::Turned,
        Self::Motion,
        Self::Defocus,
        Self::Noise,
        Self::LowLight,
        Self::Glare,
        Self::Shadow,
        Self::Jpeg,
        Self::Small,
        Self::Faded,
        Self::Holo,
        Self::Worn,
        Self::Curved,
        Self::Backdrop,
        Self::Mixed,
    ];

    /// Those that are told apart: their severities are kinds, not strengths.
    pub const EXTRA: [Self; 1] = [Self::Covered];

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
            Self::Glare => "glare",
            Self::Shadow => "shadow",
            Self::Jpeg => "jpeg",
            Self::Small => "small",
            Self::Scratch => "scratch",
            Self::Occlude => "occlude",
            Self::Curved => "curved",
            Self::Moire => "moire",
            Self::Faded => "faded",
            Self::Inverted => "inverted",
            Self::Mixed => "mixed",
            Self::Covered => "covered",
            Self::Turned => "turned",
            Self::Holo => "holo",
            Self::Worn => "worn",
            Self::Backdrop => "backdrop",
        }
    }

    /// The condition of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain(Self::EXTRA).chain(Self::ZONE).find(|c| c.name() == name)
    }
}

/// Pixels a module of an easy frame at 1280 pixels across: a card held so that it nearly fills the width.
const EASY_MODULE: f32 = 4.5;

/// A frame of 1280 × 720 of a document under one condition. Severities outside 1 to 4 count as the nearest.
pub fn render(card: &Card, condition: Condition, severity: u8, seed: u64) -> Frame {
    render_at(card, condition, severity, seed, Size::HD)
}

/// A frame of another size, the document as large in it. What a severity counts in pixels stays as many.
pub fn render_at(card: &Card, condition: Condition, severity: u8, seed: u64, size: Size) -> Frame {
    let rng = &mut Rng::forked(seed, 0x100 + condition as u64 * 8 + u64::from(severity));
    let level = usize::from(severity.clamp(*SEVERITIES.start(), *SEVERITIES.end()) - 1);
    let mut shot = easy(card, size, rng);
    spoil(&mut shot, card, condition, level, rng);
    let noise_seed = rng.next_u64();
    let card = damage(card, condition, level, &mut Rng::forked(noise_seed, 3));
    shot.take(&card, noise_seed)
}

/// The shot before anything is spoiled.
pub(crate) fn easy(card: &Card, size: Size, rng: &mut Rng) -> Shot {
    let jitter = |rng: &mut Rng, side: u32| side as f32 * rng.between(0.42, 0.58);
    Shot {
        size,
        pose: Pose {
            scale: easy_scale(card, size),
            tilt: rng.between(0.0, 12.0),
            tilt_angle: rng.between(0.0, 360.0),
            roll: rng.between(-8.0, 8.0),
            bend: 0.0,
            centre: Point::new(jitter(rng, size.width), jitter(rng, size.height)),
        },
        shutter: Shutter::default(),
        optics: Optics { defocus: rng.between(0.5, 0.8), ..Optics::default() },
        light: Light { gradient: rng.between(0.0, 0.25), angle: rng.between(0.0, 360.0), ..Light::default() },
        screen: None,
        exposure: Exposure { gain: rng.between(0.75, 1.0), ..Exposure::default() },
        jpeg: None,
    }
}

/// The scale of an easy frame; a card without a code nearly fills it.
fn easy_scale(card: &Card, size: Size) -> f32 {
    let across = size.width as f32;
    match &card.code {
        Some(_) => scale(card, EASY_MODULE * across / Size::HD.width as f32),
        None => across * 0.9 / card.image.width as f32,
    }
}

/// The scale at which a module of the card's code is this many pixels. A card without a code is shown as large as
/// one whose code is of middle size.
pub(crate) fn scale(card: &Card, module: f32) -> f32 {
    card.code
        .as_ref()
        .map_or(module * 0.2 * Size::HD.width as f32 / card.image.width as f32, |code| module / code.module)
}

/// A spot on the code: its radius in sides of the code, its middle up to 0.3 sides from the code's.
fn glare(shot: &Shot, card: &Card, radius: f32, rng: &mut Rng) -> Glare {
    let side = side(shot, card);
    let centre = shot.pose.centre;
    Glare {
        at: Point::new(centre.x + rng.between(-0.3, 0.3) * side, centre.y + rng.between(-0.3, 0.3) * side),
        radius: radius * side,
        flat: rng.between(1.0, 1.6),
    }
}

/// Side of the code in pixels of the frame, or length of the zone, or a fifth of the frame where there is neither.
pub(crate) fn side(shot: &Shot, card: &Card) -> f32 {
    let side = match (&card.code, &card.zone) {
        (Some(code), _) => code.side(),
        (None, Some(zone)) => zone.width(),
        (None, None) => shot.size.width as f32 / 5.0,
    };
    side * shot.pose.scale
}

/// Where a line through the code at this angle crosses, as [`Light::shadow_at`] counts.
pub(crate) fn edge_at(shot: &Shot, card: &Card, angle: f32, rng: &mut Rng) -> f32 {
    let (width, height) = (shot.size.width as f32, shot.size.height as f32);
    let (dx, dy) = (shot.pose.centre.x - width / 2.0, shot.pose.centre.y - height / 2.0);
    let beside = rng.between(-0.25, 0.25) * side(shot, card);
    (dx * crate::math::cos(angle) + dy * crate::math::sin(angle) + beside) / width
}

pub(crate) fn spoil(shot: &mut Shot, card: &Card, condition: Condition, level: usize, rng: &mut Rng) {
    let by = |values: [f32; 4]| values[level];
    match condition {
        Condition::Clean
        | Condition::Scratch
        | Condition::Occlude
        | Condition::Faded
        | Condition::Covered
        | Condition::Holo
        | Condition::Worn
        | Condition::Backdrop => {}
        Condition::Tilt => shot.pose.tilt = by([25.0, 40.0, 50.0, 60.0]),
        Condition::Rotate => {
            let quarter = (rng.unit() * 4.0).floor() * 90.0;
            shot.pose.roll = quarter + by([12.0, 25.0, 38.0, 45.0]);
        }
        Condition::Turned => shot.pose.roll += by([90.0, 180.0, 270.0, 180.0]),
        Condition::Motion => {
            shot.optics.motion = by([3.0, 6.0, 10.0, 15.0]);
            shot.optics.motion_angle = rng.between(0.0, 180.0);
        }
        Condition::Defocus => shot.optics.defocus = by([0.9, 1.5, 2.1, 3.0]),
        Condition::Noise => shot.exposure.noise = by([8.0, 16.0, 28.0, 45.0]),
        Condition::LowLight => {
            // Luma is the square root of light, against the 80 % of a frame well exposed. The noise of so few
            // photons is, in luma, nearly the same everywhere; that of the electronics grows towards black.
            shot.exposure.gain = (by([0.12, 0.06, 0.03, 0.015]) / 0.8_f32).sqrt();
            shot.exposure.noise = by([2.8, 3.2, 3.8, 4.6]);
        }
        Condition::Glare => shot.light.glare = Some(glare(shot, card, by([0.10, 0.18, 0.28, 0.42]), rng)),
        Condition::Shadow => {
            shot.light.shadow = by([0.45_f32, 0.25, 0.12, 0.06]).sqrt();
            shot.light.angle = rng.between(0.0, 360.0);
            shot.light.shadow_at = edge_at(shot, card, shot.light.angle, rng);
        }
        Condition::Jpeg => shot.jpeg = Some([40, 20, 10, 5][level]),
        Condition::Small => {
            shot.pose.scale = scale(card, by([2.6, 2.0, 1.6, 1.25]) * rng.between(0.97, 1.03));
        }
        Condition::Curved => shot.pose.bend = by([30.0, 55.0, 80.0, 105.0]),
        Condition::Moire => {
            let pitch = rng.between(1.85, 2.35);
            shot.screen = Some(Screen {
                pitch,
                row_pitch: pitch * rng.between(0.97, 1.03),
                depth: by([0.25, 0.45, 0.6, 0.75]),
                turn: rng.between(-4.6, 4.6),
                bands: rng.between(60.0, 160.0),
            });
        }
        Condition::Inverted => {
            shot.pose.roll = by([0.0, 30.0, 120.0, 200.0]) + rng.between(-8.0, 8.0);
            shot.optics.defocus += by([0.0, 0.0, 0.6, 0.6]);
            shot.pose.tilt += by([0.0, 0.0, 0.0, 25.0]);
        }
        Condition::Mixed => mix(shot, card, level, rng),
    }
}

/// What a card in a hand meets all at once.
fn mix(shot: &mut Shot, card: &Card, level: usize, rng: &mut Rng) {
    let strength = (level + 1) as f32;
    shot.pose.scale = scale(card, [4.6, 3.8, 3.1, 2.5][level] * rng.between(0.92, 1.08));
    shot.pose.tilt = strength * rng.between(5.0, 9.0);
    shot.pose.roll = rng.between(0.0, 360.0);
    shot.pose.bend = if rng.unit() < 0.5 { 7.0 * strength } else { 0.0 };
    // Half of a disc's radius is its deviation; deviations add up by their squares.
    let (lens, disc) = (shot.optics.defocus, 0.21 * strength * rng.between(0.5, 1.0));
    shot.optics.defocus = (lens * lens + disc * disc).sqrt();
    shot.optics.motion = 0.9 * strength * rng.between(0.5, 1.0);
    shot.optics.motion_angle = rng.between(0.0, 180.0);
    shot.light.shadow = (1.0 - 0.18 * strength).sqrt();
    shot.light.shadow_at = edge_at(shot, card, shot.light.angle, rng);
    if rng.unit() < 0.7 {
        shot.light.glare = Some(glare(shot, card, 0.05 * strength, rng));
    }
    shot.exposure.gain = (0.75 / strength).sqrt();
    shot.exposure.noise = 2.5 * strength;
    shot.jpeg = [None, Some(70), Some(50), Some(35)][level];
}

fn damage<'a>(card: &'a Card, condition: Condition, level: usize, rng: &mut Rng) -> Cow<'a, Card> {
    let mut own = Cow::Borrowed(card);
    match condition {
        Condition::Scratch => scratch(own.to_mut(), [6, 15, 30, 50][level], rng),
        Condition::Occlude => occlude(own.to_mut(), [0.03, 0.06, 0.10, 0.15][level], rng),
        Condition::Faded => fade(own.to_mut(), [0.5, 0.3, 0.18, 0.1][level], 0.25, rng),
        Condition::Covered => {
            let spots = [Spot::Finder(0), Spot::Finder(1), Spot::Finder(3), Spot::Alignment];
            cover(own.to_mut(), spots[level], rng);
        }
        Condition::Inverted => own = Cow::Owned(card.clone().with_inverted_code()),
        Condition::Mixed => {
            let strength = (level + 1) as f32;
            fade(own.to_mut(), 1.0 - 0.13 * strength, 0.05 * strength, rng);
            scratch(own.to_mut(), 2 * (level as u32 + 1), rng);
        }
        Condition::Clean
        | Condition::Tilt
        | Condition::Rotate
        | Condition::Motion
        | Condition::Defocus
        | Condition::Noise
        | Condition::LowLight
        | Condition::Glare
        | Condition::Shadow
        | Condition::Jpeg
        | Condition::Small
        | Condition::Curved
        | Condition::Moire
        | Condition::Turned
        | Condition::Holo
        | Condition::Worn
        | Condition::Backdrop => {}
    }
    own
}
