//! What a picture suffers from: one hardship each, stronger or weaker, over a little of everything.

use apoa_frames::{Face, Rng};

/// The hardships, in the card's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hardship {
    Clean,
    Tilt,
    Turn,
    Curve,
    Motion,
    Defocus,
    Noise,
    Dark,
    Glare,
    Shadow,
    Jpeg,
    Small,
    Faded,
    Worn,
    Laminate,
    Backdrop,
    Scan,
    Mixed,
}

impl Hardship {
    pub(crate) const ALL: [Self; 18] = [
        Self::Clean,
        Self::Tilt,
        Self::Turn,
        Self::Curve,
        Self::Motion,
        Self::Defocus,
        Self::Noise,
        Self::Dark,
        Self::Glare,
        Self::Shadow,
        Self::Jpeg,
        Self::Small,
        Self::Faded,
        Self::Worn,
        Self::Laminate,
        Self::Backdrop,
        Self::Scan,
        Self::Mixed,
    ];

    /// Its name in the card.
    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Everything that makes a picture of a strip of paper. Lengths are pitches unless said otherwise, brightness is
/// linear light with white paper at 1.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Pixels a pitch.
    pub(crate) pitch: f32,
    /// Degrees.
    pub(crate) turn: f32,
    /// Degrees that the paper leans away, and the direction that is shortened by it.
    pub(crate) tilt: f32,
    pub(crate) tilt_angle: f32,
    /// Perspective: change of size over a pitch.
    pub(crate) recede: f32,
    /// Rise of a line, per pitch squared.
    pub(crate) curve: f32,
    pub(crate) face: Face,
    pub(crate) weight: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// Size of the font's distortion.
    pub(crate) warp: f32,
    pub(crate) ink: f32,
    /// Depth of the pattern behind.
    pub(crate) backdrop: f32,
    /// Depth of the paper's own unevenness.
    pub(crate) paper: f32,
    /// Share of the ink broken off.
    pub(crate) worn: f32,
    /// Depth of a regular pattern in the ink.
    pub(crate) broken: f32,
    pub(crate) laminate: f32,
    pub(crate) glare: f32,
    /// Share of light that a shadow leaves; 1 without.
    pub(crate) shadow: f32,
    /// Change of light over the strip.
    pub(crate) gradient: f32,
    pub(crate) exposure: f32,
    /// Radius of the disc.
    pub(crate) defocus: f32,
    pub(crate) motion: f32,
    /// Deviation in pixels.
    pub(crate) blur: f32,
    /// Deviation in levels.
    pub(crate) noise: f32,
    /// Noise comes in spots of some pixels.
    pub(crate) spots: bool,
    /// Strength of an unsharp mask.
    pub(crate) sharpen: f32,
    /// Contrast stretched about the middle, as copiers do; 1 leaves it.
    pub(crate) harden: f32,
    pub(crate) jpeg: Option<u8>,
}

impl Look {
    /// A look with this hardship.
    pub(crate) fn new(hardship: Hardship, rng: &mut Rng) -> Self {
        let mut look = Self::ordinary(rng);
        look.suffer(hardship, rng);
        // Real pictures suffer from more than one thing.
        if hardship != Hardship::Clean && rng.unit() < 0.15 {
            let other = Hardship::ALL[crate::text::below(rng, Hardship::ALL.len())];
            look.suffer(other, rng);
        }
        look
    }

    fn ordinary(rng: &mut Rng) -> Self {
        let pitch = if rng.unit() < 0.7 { rng.between(11.0, 20.0) } else { rng.between(8.0, 30.0) };
        Self {
            pitch,
            turn: rng.normal() * 2.0,
            tilt: rng.between(0.0, 12.0),
            tilt_angle: rng.between(0.0, 180.0),
            recede: rng.normal() * 0.003,
            curve: rng.normal() * 0.0006,
            face: if rng.unit() < 0.65 { Face::Round } else { Face::Square },
            weight: rng.between(-0.25, 0.6),
            width: if rng.unit() < 0.5 { rng.between(0.97, 1.06) } else { rng.between(0.92, 1.2) },
            height: rng.between(0.94, 1.07),
            warp: if rng.unit() < 0.3 { 0.0 } else { rng.between(0.0, 0.045) },
            ink: if rng.unit() < 0.7 { rng.between(0.02, 0.15) } else { rng.between(0.1, 0.4) },
            backdrop: if rng.unit() < 0.5 { 0.0 } else { rng.between(0.0, 0.2) },
            paper: rng.between(0.0, 0.05),
            worn: if rng.unit() < 0.7 { 0.0 } else { rng.between(0.0, 0.06) },
            broken: if rng.unit() < 0.8 { 0.0 } else { rng.between(0.0, 0.4) },
            laminate: 0.0,
            glare: 0.0,
            shadow: 1.0,
            gradient: rng.normal() * 0.15,
            exposure: rng.between(0.45, 1.0),
            defocus: 0.0,
            motion: 0.0,
            blur: rng.between(0.3, 1.1),
            noise: rng.between(0.5, 4.0),
            spots: rng.unit() < 0.3,
            sharpen: if rng.unit() < 0.75 { 0.0 } else { rng.between(0.0, 1.2) },
            harden: 1.0,
            jpeg: (rng.unit() < 0.4).then(|| rng.between(50.0, 96.0) as u8),
        }
    }

    fn suffer(&mut self, hardship: Hardship, rng: &mut Rng) {
        // Mild and strong ones alike, the strongest a little rarer.
        let strength = rng.unit();
        let grow = |low: f32, high: f32| low + (high - low) * strength;
        match hardship {
            Hardship::Clean => {}
            Hardship::Tilt => {
                self.tilt = grow(10.0, 48.0);
                self.recede = rng.normal() * grow(0.004, 0.015);
            }
            Hardship::Turn => self.turn = rng.normal() * grow(5.0, 40.0),
            Hardship::Curve => {
                self.curve = rng.normal() * grow(0.002, 0.008);
                self.recede = rng.normal() * grow(0.004, 0.012);
                self.tilt = grow(5.0, 45.0);
                self.tilt_angle = rng.normal() * 6.0;
            }
            Hardship::Motion => self.motion = grow(0.12, 0.75),
            Hardship::Defocus => self.defocus = grow(0.08, 0.33),
            Hardship::Noise => self.noise = grow(6.0, 50.0),
            Hardship::Dark => {
                self.exposure = 0.2 * (1.0 - strength) * (1.0 - strength) + 0.006;
                self.noise = rng.between(0.7, 3.0);
                self.jpeg = None;
            }
            Hardship::Glare => self.glare = grow(0.2, 2.0),
            Hardship::Shadow => self.shadow = grow(0.5, 0.04),
            Hardship::Jpeg => self.jpeg = Some(grow(40.0, 4.0) as u8),
            Hardship::Small => {
                self.pitch = grow(10.5, 4.8);
                self.blur = rng.between(0.25, 0.7);
            }
            Hardship::Faded => {
                self.ink = grow(0.5, 0.88);
                self.broken = rng.between(0.0, 0.9);
                self.backdrop *= 0.5;
                self.paper = rng.between(0.0, 0.03);
            }
            Hardship::Worn => self.worn = grow(0.06, 0.38),
            Hardship::Laminate => self.laminate = grow(0.15, 0.7),
            Hardship::Backdrop => self.backdrop = grow(0.2, 0.8),
            Hardship::Scan => {
                self.harden = grow(1.2, 6.0);
                self.sharpen = rng.between(0.0, 2.0);
                self.tilt = rng.between(0.0, 3.0);
                self.jpeg = (rng.unit() < 0.7).then(|| rng.between(15.0, 90.0) as u8);
            }
            Hardship::Mixed => {
                self.tilt = grow(5.0, 25.0);
                self.worn = grow(0.02, 0.1);
                self.backdrop = grow(0.1, 0.35);
                self.laminate = grow(0.05, 0.25);
                self.blur = grow(0.5, 1.4);
                self.defocus = grow(0.03, 0.12);
                self.motion = grow(0.05, 0.25);
                self.noise = grow(3.0, 14.0);
                self.exposure = grow(0.8, 0.25);
                self.ink = grow(0.1, 0.35);
                self.pitch = grow(16.0, 8.0);
                self.jpeg = Some(grow(75.0, 30.0) as u8);
            }
        }
    }
}
