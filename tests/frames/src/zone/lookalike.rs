//! Frames without a whole zone that look as if they had one.

use super::Document;
use super::conditions::Held;
use super::page::{MM, PITCH};
use super::print::{Print, Type};
use super::text::{any, below, chance};
use crate::damage::capsule;
use crate::text::line;
use crate::{Card, Condition, Face, Frame, Gray, Point, Rng, Size};

const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// What a frame shows instead of a whole zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lookalike {
    /// A page of fixed-pitch print in OCR-B: the hardest to refuse.
    Print,
    /// A narrow ticket: short lines of OCR-B, bars, a number at its foot.
    Ticket,
    /// Columns of figures between rules.
    Table,
    /// A page of words in another type.
    Text,
    /// A document whose zone is cut by the frame's edge.
    CutOff,
    /// A document with a thumb over a line of its zone.
    Thumb,
}

impl Lookalike {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Print, Self::Ticket, Self::Table, Self::Text, Self::CutOff, Self::Thumb];

    /// Short name, lowercase.
    pub fn name(self) -> &'static str {
        match self {
            Self::Print => "print",
            Self::Ticket => "ticket",
            Self::Table => "table",
            Self::Text => "text",
            Self::CutOff => "cutoff",
            Self::Thumb => "thumb",
        }
    }
}

/// A frame held as an easy one, without a zone that could be read whole; its truth tells none.
pub fn no_zone(lookalike: Lookalike, seed: u64, size: Size) -> Frame {
    let rng = &mut dice(lookalike, seed);
    let card = match lookalike {
        Lookalike::Print => page((1250, 880), print, rng),
        Lookalike::Ticket => page((800, 880), ticket, rng),
        Lookalike::Table => page((1250, 880), table, rng),
        Lookalike::Text => page((1250, 880), words, rng),
        Lookalike::CutOff => Document::invented(rng.next_u64()).card(),
        Lookalike::Thumb => thumbed(rng),
    };
    let held = Held::new(rng);
    let mut shot = held.shot(&card, Condition::Clean, 0, size, rng);
    if card.zone.is_none() {
        let beside = |share: f32, side: u32| side as f32 * (0.5 + share);
        shot.pose.centre = Point::new(beside(held.beside.x, size.width), beside(held.beside.y, size.height));
    }
    if lookalike == Lookalike::CutOff {
        cut(&mut shot.pose.centre, &card, shot.pose.scale, size, rng);
    }
    let mut frame = shot.take(&card, rng.next_u64());
    frame.truth.zone = None;
    frame
}

/// The document that [`no_zone`] shows in part; `None` where it shows none.
pub fn half_shown(lookalike: Lookalike, seed: u64) -> Option<Document> {
    match lookalike {
        Lookalike::CutOff | Lookalike::Thumb => Some(Document::invented(dice(lookalike, seed).next_u64())),
        Lookalike::Print | Lookalike::Ticket | Lookalike::Table | Lookalike::Text => None,
    }
}

fn dice(lookalike: Lookalike, seed: u64) -> Rng {
    Rng::forked(seed, 0x1a1e + lookalike as u64)
}

/// Moves the zone over an edge of the frame: from a tenth to a half of its width beyond the left or the right, or a
/// line of it beyond the lower.
fn cut(centre: &mut Point, card: &Card, scale: f32, size: Size, rng: &mut Rng) {
    let Some(zone) = &card.zone else { return };
    let half = zone.width() * scale / 2.0;
    let beyond = rng.between(0.1, 0.5) * 2.0 * half;
    match below(rng, 3) {
        0 => centre.x = half - beyond,
        1 => centre.x = size.width as f32 - half + beyond,
        _ => {
            let (first, last) = (zone.bases[0].y, zone.bases[zone.bases.len() - 1].y);
            let line = (last - first) * scale / (zone.bases.len() - 1) as f32;
            // The last base line comes to lie from a third of a line to a line below the edge.
            let under = line * rng.between(0.33, 1.0);
            centre.y = size.height as f32 + under - (last - zone.middle().y) * scale;
        }
    }
}

/// A document, and skin over a part of one of its lines.
fn thumbed(rng: &mut Rng) -> Card {
    let mut card = Document::invented(rng.next_u64()).card();
    let Some(zone) = &card.zone else { return card };
    let line = zone.bases[below(rng, zone.bases.len())];
    let tip = Point::new(line.x + zone.width() * rng.between(0.1, 0.9), line.y - 0.5 * zone.pitch);
    // From the page's lower edge, leaning.
    let root = Point::new(tip.x + rng.between(-80.0, 80.0), card.image.height as f32 + 200.0);
    let half = MM * rng.between(7.5, 10.0);
    capsule(&mut card.image, [Point::new(tip.x, tip.y + half - 0.6 * PITCH), root], half, 186.0);
    card
}

/// White paper without a zone that `draw` fills.
fn page((width, height): (u32, u32), draw: fn(&mut Gray, &mut Rng), rng: &mut Rng) -> Card {
    let mut image = Gray::new(width, height, 228);
    draw(&mut image, rng);
    Card { image, code: None, zone: None, rounding: 4.0 }
}

/// Sets lines of OCR-B.
fn set(on: &mut Gray, lines: &[(String, Point)], pitch: f32, rng: &mut Rng) {
    let face = if chance(rng, 0.5) { Face::Round } else { Face::Square };
    let ty = Type { face, pitch, weight: rng.between(-0.3, 0.6) };
    let strip = (on.width, 0, on.height);
    Print::new(strip, lines.iter().map(|(words, base)| (words.as_str(), *base)), &ty).print(on, 0.05);
}

fn print(on: &mut Gray, rng: &mut Rng) {
    let pitch = rng.between(18.0, 30.0);
    let gap = pitch * rng.between(1.7, 2.7);
    let most = ((on.width as f32 - 60.0) / pitch) as usize;
    // With spaces between words, or without as in a zone; some with its fillers.
    let letters: &[u8] = match below(rng, 3) {
        0 => CAPITALS,
        1 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789      ",
        _ => b"ABCDEFGHIKLMNOPRSTUVWXYZ0123456789<<<<",
    };
    let even = chance(rng, 0.5);
    let least = most / 2;
    let count = 3 + below(rng, 14);
    let lines: Vec<(String, Point)> = (0..count)
        .map(|nth| {
            let length = if even { most } else { least + below(rng, most - least + 1) };
            (any(rng, letters, length), Point::new(30.0, 60.0 + nth as f32 * gap))
        })
        .collect();
    set(on, &lines, pitch, rng);
}

fn ticket(on: &mut Gray, rng: &mut Rng) {
    let mut bar = 60;
    while bar < on.width as i32 - 60 {
        let wide = 3 * (1 + below(rng, 4) as i32);
        on.fill(bar, 40, wide, 150, 40);
        bar += wide + 3 * (1 + below(rng, 4) as i32);
    }
    let mut lines: Vec<(String, Point)> = (0..6)
        .map(|nth| {
            let length = 6 + below(rng, 20);
            (
                any(rng, b"ABCDEFGHIKLMNOPRSTUVW 0123456789:-./", length),
                Point::new(50.0, 280.0 + nth as f32 * 62.0),
            )
        })
        .collect();
    // Two long numbers under each other at the foot: as near to a zone as a ticket comes.
    let y = on.height as f32 - 120.0;
    for nth in 0..2 {
        lines.push((any(rng, b"0123456789", 26), Point::new(50.0, y + nth as f32 * 60.0)));
    }
    set(on, &lines, 25.4, rng);
}

fn table(on: &mut Gray, rng: &mut Rng) {
    let (columns, height) = (3 + below(rng, 4) as i32, on.height as i32);
    let wide = (on.width as i32 - 40) / columns;
    let pitch = rng.between(18.0, 26.0);
    let gap = pitch * rng.between(2.0, 2.6);
    let most = (wide as f32 / pitch) as usize - 2;
    let mut lines = Vec::new();
    let mut y = 60.0;
    while (y as i32) < height - 30 {
        for column in 0..columns {
            let length = 2 + below(rng, most - 1);
            // Figures end below each other.
            let left = 20 + (column + 1) * wide;
            let base = Point::new(left as f32 - (length as f32 + 0.7) * pitch, y);
            lines.push((any(rng, b"0123456789", length), base));
        }
        on.fill(20, (y + 0.4 * gap) as i32, columns * wide, 2, 60);
        y += gap;
    }
    for column in 0..=columns {
        on.fill(20 + column * wide, 20, 2, height - 40, 60);
    }
    set(on, &lines, pitch, rng);
}

fn words(on: &mut Gray, rng: &mut Rng) {
    let mut y = 30;
    while y < on.height as i32 - 40 {
        let scale = 2 + below(rng, 2) as i32;
        let fits = (on.width as usize - 80) / (8 * scale as usize);
        let row = any(rng, b"ABCDEFGHIKLMNOPRSTUVW 0123456789 abcdefghiklmnoprstuvw  ", fits);
        line(on, &row, 40, y, scale, 50);
        y += 15 * scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lookalike_fills_its_frame_differs_by_seed_and_tells_no_zone() {
        for lookalike in Lookalike::ALL {
            let one = no_zone(lookalike, 1, Size::HD);
            assert_eq!((one.width, one.height, one.luma.len()), (1280, 720, 1280 * 720));
            assert_eq!(one.truth.zone, None, "{}", lookalike.name());
            assert_eq!(one, no_zone(lookalike, 1, Size::HD));
            assert_ne!(one.luma, no_zone(lookalike, 2, Size::HD).luma, "{}", lookalike.name());
        }
    }
}
