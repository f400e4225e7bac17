//! The page around a zone: paper, fine pattern, a portrait, printed rows; and the zone on it.
//!
//! Not a reproduction of any real document: the layout is our own, and every page is marked SPECIMEN and CONTOH.

use super::print::{FINER, Print, Type};
use super::text::{any, below, chance};
use super::wear::{Wear, laminate};
use super::{Document, MrzFormat, PlacedZone};
use crate::card::{portrait, watermark};
use crate::math::sin;
use crate::rosette::Rosette;
use crate::text::line;
use crate::{Card, Face, Gray, Point, Rng};

/// Pixels a millimetre: 254 dots an inch.
pub(super) const MM: f32 = 10.0;

/// Ten characters an inch.
pub(super) const PITCH: f32 = 2.54 * MM;

/// Height of the zone of a page, measured from its lower edge (Doc 9303, part 3).
const ZONE: f32 = 23.2 * MM;

/// Light that solid ink gives back, white paper being 1.
const INK: f32 = 0.06;

/// Light that paper gives back.
const PAPER: f32 = 0.78;

impl MrzFormat {
    /// Width and height of the page that carries it: ID-3, ID-1, ID-2, and visas as Doc 9303 part 7 has them.
    pub(super) fn page(self) -> (u32, u32) {
        match self {
            Self::Td3 => (1250, 880),
            Self::Td1 => (856, 540),
            Self::Td2 | Self::MrvB => (1050, 740),
            Self::MrvA => (1200, 800),
        }
    }
}

impl Document {
    /// The document as printed, seen straight on.
    pub fn card(&self) -> Card {
        self.worn(&Wear::default(), &mut Rng::new(self.look), &mut Rng::new(self.look))
    }

    /// The document as time and its laminate left it: `wear` chooses what stays with it, `moment` what each look shows
    /// anew.
    pub(super) fn worn(&self, wear: &Wear, rng: &mut Rng, moment: &mut Rng) -> Card {
        let look = &mut Rng::forked(self.look, 0x9a9e);
        let zone = self.place(look);
        let face = if chance(look, 0.7) { Face::Round } else { Face::Square };
        let ty = Type { face, pitch: PITCH, weight: look.between(-0.5, 0.45) };
        // A zone begins at its standard height, lower where its lines lie closer together.
        let height = self.format.page().1 as f32;
        let top = (zone.bases[0].y - 2.3 * PITCH).max(height - ZONE) as u32;
        let mut image = paper(self.format, top as usize, wear, look);
        words(&mut image, self.format, top as i32, look);
        let strip = (image.width, top, image.height - top);
        let mut print = Print::new(strip, zone.placed(), &ty);
        if wear.broken > 0.0 {
            print.break_off(wear.broken, zone.pitch, rng);
        }
        if wear.over > 0.0 {
            print.print_over(wear.over, rng);
        }
        print.print(&mut image, PAPER - (PAPER - INK) * wear.contrast);
        if wear.laminate > 0.0 {
            laminate(&mut image, wear.laminate, MM, moment);
        }
        Card { image, code: None, zone: Some(zone), rounding: 30.0 }
    }

    /// Where its lines stand. Print shops keep to the standard's places by a millimetre.
    fn place(&self, look: &mut Rng) -> PlacedZone {
        let (width, height) = self.format.page();
        let count = self.format.lines();
        let three = count == 3;
        let gap = MM * if three { look.between(4.8, 6.3) } else { look.between(5.6, 6.6) };
        let last = height as f32 - MM * if three { look.between(4.2, 5.5) } else { look.between(8.0, 9.8) };
        let spare = width as f32 - PITCH * self.format.length() as f32;
        let left = spare / 2.0 + MM * look.between(-1.0, 1.0);
        let bases = (0..count).map(|nth| Point::new(left, last - (count - 1 - nth) as f32 * gap)).collect();
        PlacedZone { format: self.format, lines: self.lines.clone(), bases, pitch: PITCH }
    }
}

/// Prints the zone of a specimen passport that has nothing printed yet from row 650 on.
pub(crate) fn print_passport_zone(on: &mut Gray, lines: [&str; 2]) -> PlacedZone {
    let (width, height) = MrzFormat::Td3.page();
    let left = (width as f32 - PITCH * 44.0) / 2.0;
    // Lines 6.35 mm apart, four an inch.
    let bases = [-15.35, -9.0].map(|up| Point::new(left, height as f32 + up * MM)).to_vec();
    let zone =
        PlacedZone { format: MrzFormat::Td3, lines: lines.map(Into::into).to_vec(), bases, pitch: PITCH };
    let ty = Type { face: Face::Round, pitch: PITCH, weight: 0.0 };
    Print::new((width, height - ZONE as u32, ZONE as u32), zone.placed(), &ty).print(on, INK);
    zone
}

/// The paper with its pattern, from row `top` on as it lies behind the zone.
fn paper(format: MrzFormat, top: usize, wear: &Wear, look: &mut Rng) -> Gray {
    let (width, height) = format.page();
    let pattern = Rosette::new(look).plane(width as usize, height as usize, FINER);
    let phase = look.between(0.0, 360.0);
    // A plain strip behind the zone, or the page's own.
    let plain = chance(look, 0.5);
    let own = if plain { 0.02 } else { look.between(0.02, 0.1) };
    // A wave of this depth takes half of it off the light, and adds as much.
    let behind = wear.backdrop.map_or(own, |depth| depth / 2.0);
    let across: Vec<f32> = (0..width).map(|x| 0.1 * sin(x as f32 / width as f32 * 172.0 + phase)).collect();
    let mut image = Gray::new(width, height, 255);
    image.relight(0..width as usize, 0..height as usize, |x, y, _| {
        let paper = 0.72 + across[x] + 0.06 * y as f32 / height as f32;
        let p = pattern[y * width as usize + x];
        match (y >= top, plain) {
            (false, _) => paper + 0.06 * p,
            (true, false) => paper + behind * p,
            (true, true) => 0.8 + behind * p,
        }
    });
    image
}

/// Portrait, marks and rows of words above the zone.
fn words(image: &mut Gray, format: MrzFormat, top: i32, look: &mut Rng) {
    let (width, height) = (image.width as i32, image.height as i32);
    let mark = if width > 1100 { 8 } else { 7 };
    watermark(image, "SPECIMEN", width / 2 - 32 * mark, top - 9 * mark, mark);
    let band = 56;
    let dark = chance(look, 0.4);
    if dark {
        image.fill(0, 0, width, band, 92);
    }
    let title = match format {
        MrzFormat::Td3 => "UTOPIA  PASSPORT / PASPOR - SPECIMEN / CONTOH",
        MrzFormat::Td1 | MrzFormat::Td2 => "UTOPIA  IDENTITY - SPECIMEN / CONTOH",
        MrzFormat::MrvA | MrzFormat::MrvB => "UTOPIA  VISA - SPECIMEN / CONTOH",
    };
    line(image, title, 30, 18, 2, if dark { 235 } else { 70 });
    let (wide, high) = (width * 26 / 100, (height * 42 / 100).min(top - band - 24));
    portrait(image, 40, band + 14, wide, high);
    let left = 40 + wide + 36;
    let mut y = band + 12;
    while y < top - 30 {
        let scale = 2 + below(look, 2) as i32;
        let fits = ((width - 30 - left) / (8 * scale)) as usize;
        let count = (5 + below(look, 17)).min(fits);
        let row = any(look, b"ABCDEFGHIKLMNOPRSTUVW 0123456789 ", count);
        line(image, &row, left, y, scale, 80);
        y += (8.0 * scale as f32 * look.between(1.5, 2.3)) as i32;
    }
}
