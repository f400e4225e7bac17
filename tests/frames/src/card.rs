//! Specimen documents as flat pictures: a stay permit card and a passport page.
//!
//! Not a reproduction of any real document: the layout is our own, no emblem is drawn, and every document is marked
//! SPECIMEN and CONTOH.

use crate::math::sin;
use crate::qr::QUIET;
use crate::text::line;
use crate::zone::print_passport_zone;
use crate::{Code, EcLevel, FrameError, Gray, PlacedZone, Point};

/// ID-1, 85.6 × 54 mm, at 300 dots an inch.
const CARD: (u32, u32) = (1011, 638);

/// A passport page (ID-3), 125 × 88 mm, at 254 dots an inch: a character of the machine-readable lines, 2.54 mm
/// wide, takes 25.4 pixels.
const PAGE: (u32, u32) = (1250, 880);

const INK: u8 = 38;
const PAPER: u8 = 226;

/// What a specimen shows about its person. The default is the specimen holder of ICAO 9303.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Family and given names.
    pub name: String,
    /// ICAO code of the nationality.
    pub nationality: String,
    /// As printed.
    pub birth: String,
    /// M, F or X.
    pub sex: String,
    /// Passport number.
    pub passport: String,
    /// Number of the permit.
    pub permit: String,
    /// Last day of the permit, as printed.
    pub expiry: String,
}

impl Default for Holder {
    fn default() -> Self {
        Self {
            name: "ERIKSSON ANNA MARIA".into(),
            nationality: "UTO".into(),
            birth: "12-08-1974".into(),
            sex: "F".into(),
            passport: "L898902C3".into(),
            permit: "2C11JE0001-X".into(),
            expiry: "15-04-2027".into(),
        }
    }
}

/// A code on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedCode {
    /// What it says.
    pub payload: Vec<u8>,
    /// Top left, top right, bottom right, bottom left of the code without its quiet zone, in document pixels.
    pub corners: [Point; 4],
    /// Pixels a module.
    pub module: f32,
    /// Pixels of the light zone around it.
    pub quiet: f32,
}

impl PlacedCode {
    /// Pixels from its left to its right side, quiet zone left out.
    pub fn side(&self) -> f32 {
        self.corners[1].x - self.corners[0].x
    }

    /// Left, top and side of the code with its quiet zone.
    pub(crate) fn printed(&self) -> (i32, i32, i32) {
        let from = Point::new(self.corners[0].x - self.quiet, self.corners[0].y - self.quiet);
        (from.x as i32, from.y as i32, (self.side() + 2.0 * self.quiet) as i32)
    }
}

/// A document seen straight on.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Its picture.
    pub image: Gray,
    /// Its code, if it has one.
    pub code: Option<PlacedCode>,
    /// Its machine-readable zone, if it has one.
    pub zone: Option<PlacedZone>,
    /// Radius of its rounded corners in pixels.
    pub rounding: f32,
}

impl Card {
    /// A specimen stay permit with a code that says `payload`.
    ///
    /// # Errors
    /// [`FrameError::PayloadEmpty`] or [`FrameError::PayloadTooLong`].
    pub fn kitas(holder: &Holder, payload: &[u8], level: EcLevel) -> Result<Self, FrameError> {
        Ok(Self::kitas_with(holder, &Code::new(payload, level)?, Place::default()))
    }

    /// A specimen stay permit with this code at this place.
    pub(crate) fn kitas_with(holder: &Holder, code: &Code, at: Place) -> Self {
        let mut image = Gray::new(CARD.0, CARD.1, PAPER);
        guilloche(&mut image);
        watermark(&mut image, "SPECIMEN", 44, 510, 8);
        image.fill(0, 0, CARD.0 as i32, 84, 92);
        line(&mut image, "KARTU IZIN TINGGAL TERBATAS", 32, 16, 3, 240);
        line(&mut image, "LIMITED STAY PERMIT - SPECIMEN / CONTOH", 32, 52, 2, 225);
        portrait(&mut image, 36, 130, 190, 250);
        let rows = [
            ("Nama / Name", &holder.name),
            ("No. Izin / Permit No.", &holder.permit),
            ("Kebangsaan / Nationality", &holder.nationality),
            ("Tgl Lahir / Birth", &holder.birth),
            ("JK / Sex", &holder.sex),
            ("No. Paspor / Passport", &holder.passport),
            ("Berlaku s/d / Valid until", &holder.expiry),
        ];
        for (nth, (label, value)) in rows.iter().enumerate() {
            let y = 112 + nth as i32 * 58;
            line(&mut image, label, 252, y, 1, 96);
            line(&mut image, value, 252, y + 14, 2, INK);
        }
        line(&mut image, "CONTOH", 54, 416, 3, 120);
        line(&mut image, "NOT A DOCUMENT - BUKAN DOKUMEN RESMI", 36, 596, 2, 110);
        let placed = place(&mut image, code, at);
        Self { image, code: Some(placed), zone: None, rounding: 38.0 }
    }

    /// A specimen passport page with these two machine-readable lines of 44 characters; [`Card::SPECIMEN_MRZ`] holds
    /// the specimen of ICAO 9303.
    pub fn passport(holder: &Holder, lines: [&str; 2]) -> Self {
        let mut image = Gray::new(PAGE.0, PAGE.1, PAPER);
        guilloche(&mut image);
        watermark(&mut image, "SPECIMEN", 430, 550, 11);
        line(&mut image, "UTOPIA", 60, 40, 4, INK);
        line(&mut image, "PASSPORT / PASPOR - SPECIMEN / CONTOH", 300, 48, 3, 90);
        portrait(&mut image, 60, 140, 330, 430);
        let rows = [
            ("Name / Nama", &holder.name),
            ("Nationality / Kebangsaan", &holder.nationality),
            ("Date of birth / Tgl lahir", &holder.birth),
            ("Sex / JK", &holder.sex),
            ("Passport No. / No. Paspor", &holder.passport),
        ];
        for (nth, (label, value)) in rows.iter().enumerate() {
            let y = 140 + nth as i32 * 84;
            line(&mut image, label, 440, y, 2, 96);
            line(&mut image, value, 440, y + 24, 3, INK);
        }
        // The zone for machines is plain: nothing may be printed under its lines.
        image.fill(0, 650, PAGE.0 as i32, 230, PAPER);
        let zone = print_passport_zone(&mut image, lines);
        Self { image, code: None, zone: Some(zone), rounding: 30.0 }
    }

    /// The machine-readable lines of the specimen passport of ICAO 9303 part 4.
    pub const SPECIMEN_MRZ: [&'static str; 2] =
        ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];

    /// The same document with its code printed light on dark.
    #[must_use]
    pub fn with_inverted_code(mut self) -> Self {
        if let Some(code) = &self.code {
            let (x, y, side) = code.printed();
            self.image.change(x, y, side, side, |p| 255 - p);
        }
        self
    }

    /// The same document with bare paper where its code was.
    #[must_use]
    pub fn without_code(mut self) -> Self {
        if let Some(code) = self.code.take() {
            let (x, y, side) = code.printed();
            self.image.fill(x, y, side, side, PAPER);
        }
        self
    }
}

/// Where a code stands on a card, and how it is printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Pixels from its lower right corner, quiet zone included, to the card's right edge.
    pub(crate) right: i32,
    /// The same to the card's lower edge.
    pub(crate) bottom: i32,
    /// The code is as large as fits so many pixels with a whole quiet zone.
    pub(crate) most: i32,
    /// Modules of the quiet zone.
    pub(crate) quiet: usize,
    /// Luma of dark modules.
    pub(crate) dark: u8,
    /// Luma of light modules.
    pub(crate) light: u8,
}

impl Default for Place {
    fn default() -> Self {
        Self { right: 24, bottom: 48, most: 420, quiet: QUIET, dark: 24, light: 236 }
    }
}

fn place(image: &mut Gray, code: &Code, at: Place) -> PlacedCode {
    let pixels = (at.most / (code.size + 2 * QUIET) as i32).max(2);
    let outer = (code.size + 2 * at.quiet) as i32 * pixels;
    let (x, y) = (CARD.0 as i32 - at.right - outer, CARD.1 as i32 - at.bottom - outer);
    code.draw_within(at.quiet, image, x, y, pixels, at.dark, at.light);
    let inset = at.quiet as i32 * pixels;
    let left = (x + inset) as f32;
    let top = (y + inset) as f32;
    let side = (code.size as i32 * pixels) as f32;
    PlacedCode {
        payload: code.payload.clone(),
        corners: [
            Point::new(left, top),
            Point::new(left + side, top),
            Point::new(left + side, top + side),
            Point::new(left, top + side),
        ],
        module: pixels as f32,
        quiet: at.quiet as f32 * pixels as f32,
    }
}

/// Fine wavy lines, as under the print of a card.
fn guilloche(image: &mut Gray) {
    let (width, height) = (image.width as i32, image.height as i32);
    for x in 0..width {
        let wave = 14.0 * sin(x as f32 * 1.3) + 6.0 * sin(x as f32 * 3.7);
        let mut y = -20;
        while y < height + 20 {
            image.change(x, y + wave as i32, 1, 2, |p| p.saturating_sub(14));
            y += 13;
        }
    }
}

/// Large pale letters.
pub(crate) fn watermark(image: &mut Gray, words: &str, x: i32, y: i32, scale: i32) {
    line(image, words, x, y, scale, PAPER - 26);
}

/// The place of a photo, with a head and shoulders nobody has.
pub(crate) fn portrait(image: &mut Gray, x: i32, y: i32, width: i32, height: i32) {
    image.fill(x, y, width, height, 196);
    let (middle, eye) = (x + width / 2, y + height * 2 / 5);
    let (head, body) = (width / 5, width * 2 / 5);
    for row in y..y + height {
        let up = (row - eye) as f32 / (head as f32 * 1.3);
        let half = (head as f32 * (1.0 - up * up).max(0.0).sqrt()) as i32;
        image.fill(middle - half, row, 2 * half, 1, 128);
        let down = (row - (y + height)) as f32 / (height as f32 * 0.36);
        let half = (body as f32 * (1.0 - down * down).max(0.0).sqrt()) as i32;
        image.fill(middle - half, row, 2 * half, 1, 104);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_code_stands_where_its_corners_say() {
        let card =
            Card::kitas(&Holder::default(), b"https://permit.example/2C11JE0001", EcLevel::Quartile).unwrap();
        let code = card.code.unwrap();
        let [tl, tr, _, bl] = code.corners.map(|c| (c.x as i32, c.y as i32));
        let step = code.module as i32;
        assert!(card.image.at(tl.0 + 1, tl.1 + 1) < 60 && card.image.at(tl.0 - 1, tl.1 - 1) > 200);
        assert!(card.image.at(tr.0 - 1, tr.1 + 1) < 60 && card.image.at(bl.0 + 1, bl.1 - 1) < 60);
        assert!(card.image.at(tl.0 + step * 3 / 2, tl.1 + step * 3 / 2) > 200);
    }

    #[test]
    fn a_passport_page_has_no_code() {
        assert!(Card::passport(&Holder::default(), Card::SPECIMEN_MRZ).code.is_none());
    }
}
