//! A strip of paper with some lines of print, and its picture.

use apoa_frames::{Face, Ink, Outlines, Point as Ours, Rng, jpeg_loss};
use apoa_scan::{FrameLayout, FrameView};

use crate::lens::Plane;
use crate::look::Look;
use crate::paper::{Clouds, Waves, guilloche};
use crate::place::Place;
use crate::text::below;

/// Paper beside and above the print, in pitches: what cells a pitch beyond it see.
const MARGIN: f32 = 2.2;

/// Both faces.
pub(crate) struct Fonts {
    round: Outlines,
    square: Outlines,
}

impl Fonts {
    pub(crate) fn new() -> Self {
        Self { round: Outlines::new(Face::Round), square: Outlines::new(Face::Square) }
    }
}

/// Lines of print on paper: the left border of the first character, the base line, and the size of a character
/// against the pitch.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) left: f32,
    pub(crate) base: f32,
    /// Size of the characters and their distance; 1 and 1 in a zone.
    pub(crate) size: f32,
    pub(crate) advance: f32,
}

/// A picture and what it shows.
pub(crate) struct Strip {
    pub(crate) lines: Vec<Line>,
    pub(crate) place: Place,
    /// Pitches across and down.
    pub(crate) wide: f32,
    pub(crate) high: f32,
    luma: Vec<u8>,
}

impl Strip {
    /// Lines of a zone one below the other.
    pub(crate) fn zone(fonts: &Fonts, look: &Look, rng: &mut Rng) -> Self {
        let length = 8 + below(rng, 5);
        let spacing = rng.between(1.85, 2.65);
        let count = 2 + usize::from(rng.unit() < 0.2);
        let lines = (0..count).map(|nth| Line {
            text: crate::text::line(rng, length),
            left: MARGIN,
            base: MARGIN + 0.6 + spacing * nth as f32,
            size: 1.0,
            advance: 1.0,
        });
        let lines = lines.collect();
        let high = 2.0 * MARGIN + spacing * (count - 1) as f32;
        Self::picture(fonts, look, lines, (length as f32 + 2.0 * MARGIN, high), rng)
    }

    /// Paper with other print or none.
    pub(crate) fn other(fonts: &Fonts, look: &Look, rng: &mut Rng) -> Self {
        let (wide, high) = (12.0, 7.0);
        let mut lines = Vec::new();
        let mut base = rng.between(0.3, 1.5);
        let kind = below(rng, 4);
        while kind > 0 && base < high {
            // Capitals of a zone's size would be its characters.
            let zone_text = kind == 1;
            let size = match (zone_text, below(rng, 3)) {
                (true, 0) => rng.between(1.6, 3.0),
                (true, _) => rng.between(0.25, 0.6),
                (false, _) => rng.between(0.3, 1.6),
            };
            let length = (wide / size) as usize + 1;
            let text =
                if zone_text { crate::text::line(rng, length) } else { crate::text::other(rng, length) };
            lines.push(Line {
                text,
                left: rng.between(-0.5, 1.0),
                base,
                size,
                advance: rng.between(0.75, 1.1),
            });
            base += size * rng.between(1.3, 2.5);
        }
        Self::picture(fonts, look, lines, (wide, high), rng)
    }

    fn picture(fonts: &Fonts, look: &Look, lines: Vec<Line>, size: (f32, f32), rng: &mut Rng) -> Self {
        let (wide, high) = size;
        let place = Place::new(look, wide, high, rng.between(0.0, std::f32::consts::TAU));
        let mut ink = Ink::new(place.width, place.height);
        for line in &lines {
            print(fonts, look, line, &place, &mut ink, rng);
        }
        let mut plane = Plane { width: place.width as usize, light: ink.coverage() };
        lay_ink(&mut plane, look, &place, rng);
        light(&mut plane, look, &place, size, rng);
        plane.defocus(look.defocus * look.pitch);
        plane.motion(look.motion * look.pitch, rng);
        plane.blur(look.blur);
        plane.encode(look.exposure);
        plane.noise(look.noise, look.spots, rng);
        plane.sharpen(look.sharpen);
        plane.harden(look.harden);
        let mut luma = plane.levels();
        if let Some(quality) = look.jpeg {
            jpeg_loss(&mut luma, plane.width, quality);
        }
        Self { lines, place, wide, high, luma }
    }

    /// The picture as the scanner takes it.
    pub(crate) fn view(&self) -> Option<FrameView<'_>> {
        FrameView::new(&self.luma, FrameLayout::packed(self.place.width, self.place.height)).ok()
    }
}

/// Draws a line, each character a little different as fonts and printers are.
fn print(fonts: &Fonts, look: &Look, line: &Line, place: &Place, ink: &mut Ink, rng: &mut Rng) {
    let outlines = if look.face == Face::Round { &fonts.round } else { &fonts.square };
    for (nth, letter) in line.text.bytes().enumerate() {
        let middle = line.left + (nth as f32 + 0.5) * line.size * line.advance + rng.normal() * 0.012;
        let base = line.base + rng.normal() * 0.012;
        let slant = rng.normal() * 0.02;
        let bends: [[f32; 4]; 4] = [(); 4].map(|()| {
            [rng.normal() * 4.0, rng.normal() * 4.0, rng.between(0.0, 6.3), look.warp * rng.normal() * 0.7]
        });
        let glyph = [letter];
        let Ok(text) = std::str::from_utf8(&glyph) else { continue };
        outlines.trace(text, look.weight, ink, |at| {
            let (x, y) = (at.x - 0.5, at.y);
            let bend = |pair: &[[f32; 4]]| {
                pair.iter().map(|[a, b, p, s]| (a * x + b * y + p).sin() * s).sum::<f32>()
            };
            let (x, y) = (x + bend(&bends[..2]), y + bend(&bends[2..]));
            let x = (x + slant * y) * look.width * line.size;
            let y = y * look.height * line.size;
            let seen = place.at(middle + x, base + y);
            Ours { x: seen.x, y: seen.y }
        });
    }
}

/// Coverage becomes the light that paper and ink send back.
fn lay_ink(plane: &mut Plane, look: &Look, place: &Place, rng: &mut Rng) {
    let lines = guilloche(look.backdrop, rng);
    let grain = if rng.unit() < 0.5 { rng.between(0.06, 0.3) } else { rng.between(0.8, 4.0) };
    let unevenness = Clouds::new(grain, rng);
    let crumbs = [Clouds::new(rng.between(0.05, 0.25), rng), Clouds::new(rng.between(0.15, 0.5), rng)];
    let crumb_share = rng.unit();
    let dots =
        [Waves::new(rng.between(0.1, 0.4), 1.0, 1.0, rng), Waves::new(rng.between(0.1, 0.4), 1.0, 1.0, rng)];
    let scratches =
        (look.worn > 0.0 && rng.unit() < 0.5).then(|| Waves::new(rng.between(1.2, 4.0), 0.08, 1.0, rng));
    let both = rng.unit() < 0.5;
    let threshold = quantile(&crumbs, crumb_share, look.worn);
    for (at, light) in plane.light.iter_mut().enumerate() {
        let (x, y) = ((at % plane.width) as f32 + 0.5, (at / plane.width) as f32 + 0.5);
        let (u, v) = place.paper(x, y);
        let mut paper = 1.0 - look.paper * unevenness.at(u, v);
        for family in &lines {
            paper *= 1.0 - family.at(u, v);
        }
        let mut cover = *light;
        if cover > 0.0 {
            if look.worn > 0.0 {
                let crumb = crumb(&crumbs, crumb_share, u, v);
                cover *= ((crumb - threshold) * 14.0 + 0.5).clamp(0.0, 1.0);
            }
            if let Some(scratches) = &scratches {
                cover *= 1.0 - scratches.at(u, v) * 0.9;
            }
            if look.broken > 0.0 {
                let pattern = dots[0].at(u, v) * if both { dots[1].at(u, v) } else { 1.0 };
                cover *= 1.0 - look.broken * (1.0 - pattern);
            }
        }
        // Ink lets a part of the paper's pattern through.
        *light = 0.85 * paper * (1.0 - cover * (1.0 - look.ink));
    }
}

fn crumb(crumbs: &[Clouds; 2], share: f32, u: f32, v: f32) -> f32 {
    crumbs[0].at(u, v) * share + crumbs[1].at(u, v) * (1.0 - share)
}

/// The value that this share of the crumbs lies under.
fn quantile(crumbs: &[Clouds; 2], share: f32, part: f32) -> f32 {
    if part <= 0.0 {
        return 0.0;
    }
    let mut values: Vec<f32> =
        (0..400).map(|n| crumb(crumbs, share, (n % 20) as f32 * 0.37, (n / 20) as f32 * 0.31)).collect();
    values.sort_by(f32::total_cmp);
    values[((part * 400.0) as usize).min(399)]
}

/// Lamps, shadows, laminate and glare.
fn light(plane: &mut Plane, look: &Look, place: &Place, size: (f32, f32), rng: &mut Rng) {
    let angle = rng.between(0.0, std::f32::consts::TAU);
    let slope = (angle.cos() * look.gradient / size.0, angle.sin() * look.gradient / size.0);
    let edge_angle = rng.between(0.0, std::f32::consts::TAU);
    let edge_at = rng.normal() * size.0 * 0.2;
    let edge_soft = rng.between(0.05, 1.5);
    let edge_bow = rng.normal() * 0.02;
    let spot = (rng.normal() * size.0 * 0.3, rng.normal() * size.1 * 0.3);
    let spot_size = (rng.between(0.8, 5.0), rng.between(0.8, 5.0));
    let foil: Vec<Waves> = (0..2)
        .map(|_| Waves::new(rng.between(0.5, 3.0), rng.between(0.15, 0.6), look.laminate, rng))
        .collect();
    let shine = Clouds::new(rng.between(1.0, 4.0), rng);
    for (at, light) in plane.light.iter_mut().enumerate() {
        let (x, y) = ((at % plane.width) as f32 + 0.5, (at / plane.width) as f32 + 0.5);
        let (u, v) = place.paper(x, y);
        *light *= (1.0 + slope.0 * u + slope.1 * v).max(0.1);
        if look.shadow < 1.0 {
            let along = -edge_angle.sin() * u + edge_angle.cos() * v;
            let across = edge_angle.cos() * u + edge_angle.sin() * v - edge_at + edge_bow * along * along;
            let lit = (across / edge_soft + 0.5).clamp(0.0, 1.0);
            *light *= look.shadow + (1.0 - look.shadow) * lit;
        }
        if look.laminate > 0.0 {
            for family in &foil {
                *light += family.at(u, v) * (0.4 + 0.6 * shine.at(u, v));
            }
        }
        if look.glare > 0.0 {
            let (a, b) = ((u - spot.0) / spot_size.0, (v - spot.1) / spot_size.1);
            *light += look.glare * (-(a * a + b * b)).exp();
        }
    }
}
