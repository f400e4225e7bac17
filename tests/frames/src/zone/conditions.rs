//! Frames of a zone under each condition, in four strengths.

use super::page::PITCH;
use super::text::chance;
use super::wear::Wear;
use super::{Document, PlacedZone};
use crate::light::Glare;
use crate::math::{cos, sin};
use crate::shutter::Shutter;
use crate::{
    Card, Condition, Exposure, Frame, Light, Optics, Point, Pose, Rng, SEVERITIES, Shot, Size, conditions,
};

/// Share of the frame's width that a page may take at most.
const FILLS: f32 = 0.94;

/// A frame of a document's zone under one of [`Condition::ZONE`]; any other counts as [`Condition::Clean`].
/// Severities outside 1 to 4 count as the nearest.
///
/// An easy frame shows 14.4 to 18.4 pixels a character at 1280 pixels across, leans by less than 8 degrees and is
/// turned by less than 3. Where not told here, the strengths are those that [`Condition`] tells:
///
/// | condition | severities 1 to 4 |
/// |---|---|
/// | tilt | 15, 25, 35, 45 degrees |
/// | rotate | 4, 8, 15, 25 degrees off the horizontal |
/// | glare | a spot of radius 3, 6, 10, 16 characters on the zone |
/// | small | 10, 8, 6.5, 5 pixels a character, whatever the frame's size |
/// | faded | ink of contrast 0.5, 0.3, 0.18, 0.10 under a fine pattern |
/// | curved | 15, 30, 45, 60 degrees of arc across the page |
/// | mixed | everything a little, growing, from 16 to 8.5 pixels a character |
pub fn render_zone(document: &Document, condition: Condition, severity: u8, seed: u64, size: Size) -> Frame {
    let rng = &mut Rng::forked(seed, 0x3a00 + condition as u64 * 8 + u64::from(severity));
    let level = level(severity);
    let scene = rng.next_u64();
    let card = printed(document, condition, level, scene, rng);
    let held = Held::new(rng);
    let shot = held.shot(&card, condition, level, size, rng);
    shot.take_again(&card, scene, rng.next_u64())
}

pub(super) fn level(severity: u8) -> usize {
    usize::from(severity.clamp(*SEVERITIES.start(), *SEVERITIES.end()) - 1)
}

/// The document as this condition left it. `scene` fixes what stays with it.
pub(super) fn printed(
    document: &Document,
    condition: Condition,
    level: usize,
    scene: u64,
    rng: &mut Rng,
) -> Card {
    let stays = &mut Rng::forked(scene, 3);
    let wear = wear(condition, level, stays);
    document.worn(&wear, stays, rng)
}

fn wear(condition: Condition, level: usize, rng: &mut Rng) -> Wear {
    let by = |values: [f32; 4]| values[level];
    let new = Wear::default();
    match condition {
        Condition::Faded => Wear { contrast: by([0.5, 0.3, 0.18, 0.1]), over: 0.3, ..new },
        Condition::Holo => Wear { laminate: by([0.15, 0.3, 0.45, 0.6]), ..new },
        Condition::Worn => Wear { broken: by([0.05, 0.1, 0.18, 0.28]), ..new },
        Condition::Backdrop => Wear { backdrop: Some(by([0.25, 0.4, 0.55, 0.7])), ..new },
        Condition::Mixed => {
            let strength = (level + 1) as f32;
            Wear {
                contrast: 1.0 - 0.13 * strength,
                over: 0.05 * strength,
                broken: 0.02 * strength,
                laminate: if chance(rng, 0.5) { 0.06 * strength } else { 0.0 },
                backdrop: Some(0.04 + 0.04 * strength),
            }
        }
        _ => new,
    }
}

/// How a hand holds a document: what stays the same while it looks again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// Shares of the range of each part of the pose, 0 to 1.
    pub(super) size: f32,
    pub(super) tilt: f32,
    pub(super) tilt_angle: f32,
    pub(super) roll: f32,
    /// -1 or 1: the way it is turned.
    pub(super) way: f32,
    /// How far the zone's middle is from the frame's towards the page's foot, 1 showing the page's middle.
    pub(super) low: f32,
    /// Of the place aimed at from the frame's middle, in frame widths and heights.
    pub(super) beside: Point,
    /// Seed of what either happens or not.
    chances: u64,
}

impl Held {
    pub(super) fn new(rng: &mut Rng) -> Self {
        Self {
            size: rng.unit(),
            tilt: rng.unit(),
            tilt_angle: rng.between(0.0, 360.0),
            roll: rng.unit(),
            way: if chance(rng, 0.5) { 1.0 } else { -1.0 },
            low: rng.between(0.2, 1.0),
            beside: Point::new(rng.between(-0.02, 0.02), rng.between(-0.05, 0.05)),
            chances: rng.next_u64(),
        }
    }

    /// The shot of a zone so held.
    pub(super) fn shot(
        &self,
        card: &Card,
        condition: Condition,
        level: usize,
        size: Size,
        rng: &mut Rng,
    ) -> Shot {
        let mut shot = self.easy(size, rng);
        spoil(&mut shot, self, card, condition, level, rng);
        self.aim(&mut shot, card);
        // What lies on the zone is placed once the zone is.
        lay_light(&mut shot, self, card, condition, level, rng);
        shot
    }

    fn easy(&self, size: Size, rng: &mut Rng) -> Shot {
        Shot {
            size,
            pose: Pose {
                scale: 16.0 * (0.9 + 0.25 * self.size) * size.width as f32 / 1280.0 / PITCH,
                tilt: 8.0 * self.tilt,
                tilt_angle: self.tilt_angle,
                roll: 6.0 * self.roll - 3.0,
                bend: 0.0,
                centre: Point::default(),
            },
            shutter: Shutter::default(),
            optics: Optics { defocus: rng.between(0.45, 0.75), ..Optics::default() },
            light: Light {
                gradient: rng.between(0.02, 0.15),
                angle: rng.between(0.0, 360.0),
                ..Light::default()
            },
            screen: None,
            exposure: Exposure {
                gain: rng.between(0.82, 1.0),
                noise: rng.between(1.0, 2.5),
                ..Exposure::default()
            },
            jpeg: None,
        }
    }

    /// Puts the zone into the frame: below its middle, so that the page is seen, and the page no wider than the frame.
    fn aim(&self, shot: &mut Shot, card: &Card) {
        let Some(zone) = &card.zone else { return };
        let (width, height) = (shot.size.width as f32, shot.size.height as f32);
        let (across, down) = (cos(shot.pose.roll), sin(shot.pose.roll));
        let room = if across.abs() > down.abs() { width } else { height };
        shot.pose.scale = shot.pose.scale.min(FILLS * room / card.image.width as f32);
        let low = self.low * (zone.middle().y - card.image.height as f32 / 2.0) * shot.pose.scale;
        shot.pose.centre = Point::new(
            width * (0.5 + self.beside.x) - low * down,
            height * (0.5 + self.beside.y) + low * across,
        );
    }
}

/// The scale at which a character is this many pixels wide.
fn scale(px: f32) -> f32 {
    px / PITCH
}

fn spoil(shot: &mut Shot, held: &Held, card: &Card, condition: Condition, level: usize, rng: &mut Rng) {
    let by = |values: [f32; 4]| values[level];
    match condition {
        Condition::Tilt => shot.pose.tilt = by([15.0, 25.0, 35.0, 45.0]),
        Condition::Rotate => shot.pose.roll = held.way * by([4.0, 8.0, 15.0, 25.0]),
        Condition::Small => shot.pose.scale = scale(by([10.0, 8.0, 6.5, 5.0]) * (0.97 + 0.06 * held.size)),
        Condition::Curved => shot.pose.bend = by([15.0, 30.0, 45.0, 60.0]),
        Condition::Mixed => mix(shot, held, level, rng),
        Condition::Turned
        | Condition::Motion
        | Condition::Defocus
        | Condition::Noise
        | Condition::LowLight
        | Condition::Jpeg => conditions::spoil(shot, card, condition, level, rng),
        _ => {}
    }
}

/// What a document in a hand meets all at once.
fn mix(shot: &mut Shot, held: &Held, level: usize, rng: &mut Rng) {
    let strength = (level + 1) as f32;
    let chances = &mut Rng::new(held.chances);
    let wide = shot.size.width as f32 / 1280.0;
    shot.pose.scale = scale([16.0, 13.0, 10.5, 8.5][level] * (0.92 + 0.16 * held.size) * wide);
    shot.pose.tilt = strength * (5.0 + 3.0 * held.tilt);
    shot.pose.roll = strength * (8.0 * held.roll - 4.0);
    shot.pose.bend = if chance(chances, 0.5) { 8.0 * strength } else { 0.0 };
    // Deviations add up by their squares; a disc of radius 1 counts as 0.6.
    let (lens, disc) = (shot.optics.defocus, 0.25 * strength * rng.between(0.5, 1.0));
    shot.optics.defocus = (lens * lens + disc * disc).sqrt();
    shot.optics.motion = 0.9 * strength * rng.between(0.5, 1.0);
    shot.optics.motion_angle = rng.between(0.0, 180.0);
    shot.exposure.gain = (0.75 / strength).sqrt();
    shot.exposure.noise = 2.5 * strength;
    shot.jpeg = [None, Some(70), Some(50), Some(35)][level];
}

/// Light that falls on the zone, wherever it lies.
fn lay_light(shot: &mut Shot, held: &Held, card: &Card, condition: Condition, level: usize, rng: &mut Rng) {
    let strength = (level + 1) as f32;
    match condition {
        Condition::Shadow => conditions::spoil(shot, card, condition, level, rng),
        Condition::Glare => shot.light.glare = glare(shot, card, [3.0, 6.0, 10.0, 16.0][level], rng),
        Condition::Mixed => {
            shot.light.shadow = (1.0 - 0.18 * strength).sqrt();
            shot.light.shadow_at = conditions::edge_at(shot, card, shot.light.angle, rng);
            // Of the same seed as the bend, but not the same number.
            if Rng::forked(held.chances, 1).unit() < 0.6 {
                shot.light.glare = glare(shot, card, 1.2 * strength, rng);
            }
        }
        _ => {}
    }
}

/// A spot of so many characters on the way from the zone's first character to its last.
fn glare(shot: &Shot, card: &Card, radius: f32, rng: &mut Rng) -> Option<Glare> {
    let zone: &PlacedZone = card.zone.as_ref()?;
    let (first, last) = (zone.bases[0], zone.bases[zone.bases.len() - 1]);
    let along = rng.between(-0.4, 0.4);
    let (x, y) = (along * zone.width() * shot.pose.scale, along * (last.y - first.y) * shot.pose.scale);
    let (c, s) = (cos(shot.pose.roll), sin(shot.pose.roll));
    let centre = shot.pose.centre;
    Some(Glare {
        at: Point::new(centre.x + x * c - y * s, centre.y + x * s + y * c),
        radius: radius * PITCH * shot.pose.scale,
        flat: rng.between(1.0, 1.6),
    })
}
