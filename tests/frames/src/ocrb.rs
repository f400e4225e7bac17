//! Lines of OCR-B, the type of machine-readable zones, drawn from its outlines at any size and in any shape.

use ttf_parser::{Face as Font, OutlineBuilder};

use crate::{Ink, Point};

/// Round stroke ends, as pens and most printers make them.
const ROUND: &[u8] = include_bytes!("../fonts/ocr-b/OCRB.otf");

/// Square stroke ends.
const SQUARE: &[u8] = include_bytes!("../fonts/ocr-b/OCRBS.otf");

/// Distance of two characters in em, by the font.
const PITCH_EM: f32 = 0.723;

/// Width of a stroke in pitches: 0.35 of 2.54 mm (ISO 1073-2, size I).
pub const STROKE: f32 = 0.138;

/// Height of a capital in pitches by this font, from the base line to the top, strokes counted in.
pub const CAPITAL: f32 = 0.97;

/// Straight pieces a curve becomes: a character 200 pixels high still looks round.
const PIECES: u8 = 6;

/// How far past its place a corner may move when strokes get heavier, in the movement of its sides.
const MITRE: f32 = 1.6;

/// Shape of the stroke ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Half circles.
    Round,
    /// Cut straight.
    Square,
}

/// A point of an outline and the way that it moves when strokes get heavier, both in pitches; the origin is the
/// middle of the character's cell on the base line, `y` down.
#[derive(Clone, Copy)]
struct Corner {
    at: Point,
    outward: Point,
}

/// The outlines of the printable ASCII characters of one face.
pub struct Outlines {
    /// From the space on; each glyph some closed rings.
    glyphs: Vec<Vec<Vec<Corner>>>,
}

/// Where and how a straight line of text lies in a plane, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Left border of the first character's cell.
    pub left: f32,
    /// Base line.
    pub base: f32,
    /// Width of a cell: one pitch.
    pub pitch: f32,
    /// What strokes are wider than the font's, as a share of [`STROKE`]: 0.5 is half as wide again, -0.25 thinner.
    pub weight: f32,
}

impl std::fmt::Debug for Outlines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlines").finish_non_exhaustive()
    }
}

impl Default for Outlines {
    fn default() -> Self {
        Self::new(Face::Round)
    }
}

impl Outlines {
    /// Reads a face.
    pub fn new(face: Face) -> Self {
        let bytes = if face == Face::Round { ROUND } else { SQUARE };
        // The files are part of this crate; without them there is nothing to draw, and a test says so.
        let glyphs = Font::parse(bytes, 0)
            .map_or_else(|_| Vec::new(), |font| (b' '..=b'~').map(|c| glyph(&font, char::from(c))).collect());
        Self { glyphs }
    }

    /// Draws a straight line of ASCII; what the font lacks is left blank. Ink adds to what is in the plane.
    pub fn draw(&self, text: &str, line: &Line, onto: &mut Ink) {
        self.trace(text, line.weight, onto, |at| {
            Point::new(line.left + at.x * line.pitch, line.base + at.y * line.pitch)
        });
    }

    /// Draws a line of ASCII in any shape: `place` takes a point of the paper in pitches, (0, 0) being the left border
    /// of the first character on the base line and `y` pointing down, and says where in the plane it appears.
    pub fn trace(&self, text: &str, weight: f32, onto: &mut Ink, mut place: impl FnMut(Point) -> Point) {
        let grow = weight * STROKE / 2.0;
        for (nth, letter) in text.bytes().enumerate() {
            let Some(rings) = letter.checked_sub(b' ').and_then(|g| self.glyphs.get(usize::from(g))) else {
                continue;
            };
            let middle = nth as f32 + 0.5;
            let mut to_plane = |corner: &Corner| {
                place(Point::new(
                    middle + corner.at.x + corner.outward.x * grow,
                    corner.at.y + corner.outward.y * grow,
                ))
            };
            for ring in rings {
                let Some(last) = ring.last() else { continue };
                let mut from = to_plane(last);
                for corner in ring {
                    let to = to_plane(corner);
                    onto.edge(from, to);
                    from = to;
                }
            }
        }
    }
}

fn glyph(font: &Font<'_>, letter: char) -> Vec<Vec<Corner>> {
    let unit = PITCH_EM * f32::from(font.units_per_em());
    let mut pen = Pen { unit, rings: Vec::new() };
    let drawn = font.glyph_index(letter).and_then(|id| font.outline_glyph(id, &mut pen));
    if drawn.is_none() {
        return Vec::new();
    }
    for ring in &mut pen.rings {
        // Rings are closed by their first point.
        ring.dedup();
        if ring.first() == ring.last() {
            ring.pop();
        }
    }
    // Ink lies on the same side of every ring; the sum of their areas tells on which.
    let side = if pen.rings.iter().map(|ring| area(ring)).sum::<f32>() < 0.0 { -1.0 } else { 1.0 };
    pen.rings.iter().map(|ring| corners(ring, side)).collect()
}

/// Twice the area of a ring, positive clockwise as seen on the page.
fn area(ring: &[Point]) -> f32 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum()
}

fn corners(ring: &[Point], side: f32) -> Vec<Corner> {
    let count = ring.len();
    (0..count)
        .map(|i| {
            let at = ring[i];
            let before = normal(ring[(i + count - 1) % count], at, side);
            let after = normal(at, ring[(i + 1) % count], side);
            let sum = Point::new(before.x + after.x, before.y + after.y);
            // Along the middle of both normals, so far that both sides move by one.
            let square = (sum.x * sum.x + sum.y * sum.y).max(1e-6);
            let reach = (2.0 / square).min(MITRE / square.sqrt());
            Corner { at, outward: Point::new(sum.x * reach, sum.y * reach) }
        })
        .collect()
}

/// The way out of the ink across an edge, of length 1.
fn normal(from: Point, to: Point, side: f32) -> Point {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = (dx * dx + dy * dy).sqrt().max(1e-9) * side;
    Point::new(dy / length, -dx / length)
}

/// Collects a glyph's rings as straight pieces, in pitches.
struct Pen {
    unit: f32,
    rings: Vec<Vec<Point>>,
}

impl Pen {
    fn point(&self, x: f32, y: f32) -> Point {
        Point::new(x / self.unit - 0.5, -y / self.unit)
    }

    fn last(&self) -> Point {
        self.rings.last().and_then(|ring| ring.last()).copied().unwrap_or_default()
    }

    fn add(&mut self, at: Point) {
        if let Some(ring) = self.rings.last_mut() {
            ring.push(at);
        }
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.rings.push(vec![self.point(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add(self.point(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, by, to) = (self.last(), self.point(x1, y1), self.point(x, y));
        for step in 1..=PIECES {
            let t = f32::from(step) / f32::from(PIECES);
            self.add(mix(mix(from, by, t), mix(by, to, t), t));
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let points = [self.last(), self.point(x1, y1), self.point(x2, y2), self.point(x, y)];
        for step in 1..=PIECES {
            let t = f32::from(step) / f32::from(PIECES);
            let [a, b, c] = [0, 1, 2].map(|i| mix(points[i], points[i + 1], t));
            self.add(mix(mix(a, b, t), mix(b, c, t), t));
        }
    }

    fn close(&mut self) {}
}

fn mix(a: Point, b: Point, t: f32) -> Point {
    Point::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ink of one character at 100 pixels a pitch, its cell at (50, 150).
    fn drawn(face: Face, text: &str, weight: f32) -> Vec<f32> {
        let mut ink = Ink::new(200, 200);
        let line = Line { left: 50.0, base: 150.0, pitch: 100.0, weight };
        Outlines::new(face).draw(text, &line, &mut ink);
        ink.coverage()
    }

    #[test]
    fn every_character_of_a_zone_has_ink_of_its_own() {
        for face in [Face::Round, Face::Square] {
            let all: Vec<Vec<f32>> = (b'0'..=b'9')
                .chain(b'A'..=b'Z')
                .chain([b'<'])
                .map(|c| drawn(face, &char::from(c).to_string(), 0.0))
                .collect();
            for (i, a) in all.iter().enumerate() {
                for b in &all[..i] {
                    let off: f32 = a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum();
                    assert!(off > 100.0, "{face:?} {i}: {off}");
                }
            }
        }
    }

    #[test]
    fn a_capital_has_the_height_and_the_stroke_that_are_told() {
        let ink = drawn(Face::Round, "I", 0.0);
        let rows: Vec<usize> =
            (0..200).filter(|y| ink[y * 200..(y + 1) * 200].iter().any(|i| *i > 0.5)).collect();
        let (top, bottom) = (rows[0] as f32, rows[rows.len() - 1] as f32 + 1.0);
        assert!((bottom - top - CAPITAL * 100.0).abs() < 2.0, "{top} {bottom}");
        assert!((bottom - 150.0).abs() < 2.0, "{bottom}");
        let stem: f32 = ink[100 * 200..101 * 200].iter().sum();
        assert!((stem - STROKE * 100.0).abs() < 0.3, "{stem}");
        let heavy: f32 = drawn(Face::Round, "I", 0.5)[100 * 200..101 * 200].iter().sum();
        assert!((heavy - stem - STROKE * 50.0).abs() < 1.0, "{heavy}");
    }
}
