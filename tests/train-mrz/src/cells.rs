//! Cells with their classes, cut from strips by the scanner's own code as an imperfect fit would.

use apoa_frames::{CAPITAL, Rng};
use apoa_scan::mrz::alphabet::{NONE, class_of};
use apoa_scan::mrz::cell::SAMPLES;
use apoa_scan::mrz::sample_cell;
use apoa_scan::{FrameView, Point};

use crate::look::{Hardship, Look};
use crate::strip::{Fonts, Line, Strip};
use crate::text::below;

/// What the network sees and should say.
#[derive(Clone)]
pub(crate) struct Labelled {
    pub(crate) samples: [i8; SAMPLES],
    pub(crate) class: u8,
}

/// Share of strips that show no zone.
const OTHER: f32 = 0.12;

/// Cells cut from such a strip.
const OTHER_CELLS: usize = 12;

/// Draws one strip with this hardship and adds its cells.
pub(crate) fn harvest(fonts: &Fonts, hardship: Hardship, rng: &mut Rng, into: &mut Vec<Labelled>) {
    let look = Look::new(hardship, rng);
    if rng.unit() < OTHER {
        let strip = Strip::other(fonts, &look, rng);
        for _ in 0..OTHER_CELLS {
            let (u, v) = (rng.between(0.5, strip.wide - 0.5), rng.between(0.5, strip.high - 0.5));
            cut(&strip, u, v, NONE, rng, into);
        }
        return;
    }
    let strip = Strip::zone(fonts, &look, rng);
    for line in &strip.lines {
        let middle = line.base - CAPITAL / 2.0;
        for (nth, letter) in line.text.bytes().enumerate() {
            let Some(class) = class_of(letter) else { continue };
            if letter == b'<' && rng.unit() < 0.5 {
                continue;
            }
            let u = line.left + nth as f32 + 0.5 + (rng.normal() * 0.05).clamp(-0.13, 0.13);
            let v = middle + (rng.normal() * 0.045).clamp(-0.11, 0.11);
            cut(&strip, u, v, class, rng, into);
        }
        for _ in 0..4 {
            let (u, v) = beside(line, middle, rng);
            cut(&strip, u, v, NONE, rng, into);
        }
    }
}

/// A place where no character is: between two, beyond the ends, above or below.
fn beside(line: &Line, middle: f32, rng: &mut Rng) -> (f32, f32) {
    let length = line.text.len();
    let near = middle + (rng.normal() * 0.05).clamp(-0.11, 0.11);
    match below(rng, 4) {
        0 => (line.left + 1.0 + below(rng, length - 1) as f32 + rng.between(-0.15, 0.15), near),
        1 => (line.left + 0.5 - beyond(rng), near),
        2 => (line.left + length as f32 - 0.5 + beyond(rng), near),
        _ => {
            let side = if rng.unit() < 0.5 { -1.0 } else { 1.0 };
            // Further on lies the next line.
            let off = side * rng.between(0.48, 1.3);
            (line.left + rng.between(0.5, length as f32 - 0.5), middle + off)
        }
    }
}

/// How far past the middle of a line's last character: mostly where the next one would be.
fn beyond(rng: &mut Rng) -> f32 {
    if rng.unit() < 0.6 { 1.0 + rng.normal() * 0.06 } else { rng.between(0.5, 2.0) }
}

/// Cuts a cell as a fit would that has size, slant and turn nearly right.
fn cut(strip: &Strip, u: f32, v: f32, class: usize, rng: &mut Rng, into: &mut Vec<Labelled>) {
    let Some(view) = strip.view() else { return };
    let (along, down) = strip.place.axes(u, v);
    let mut small = |deviation: f32, most: f32| (rng.normal() * deviation).clamp(-most, most);
    let (wide, high) = (1.0 + small(0.035, 0.08), 1.0 + small(0.035, 0.08));
    let (shear, rise) = (small(0.045, 0.105), small(0.015, 0.035));
    let axis = |a: f32, b: f32| Point { x: along.x * a + down.x * b, y: along.y * a + down.y * b };
    let place = strip.place.at(u, v);
    add(&view, place, axis(wide, rise), axis(shear, high), class, into);
}

fn add(
    view: &FrameView<'_>,
    place: Point,
    along: Point,
    down: Point,
    class: usize,
    into: &mut Vec<Labelled>,
) {
    match sample_cell(view, place, along, down) {
        Some(cell) if cell.known => into.push(Labelled { samples: cell.samples, class: class as u8 }),
        _ => {}
    }
}
