//! A zone that was seen and not read, as numbers: how large it is, how flat it lies, what is missing of it.

use crate::geometry::Axes;
use crate::mrz::{MrzFormat, MrzRead};
use crate::{Point, Region};

/// A zone that was seen and not read. No character is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ZoneSignals {
    /// Whether the cells lie on the characters; if not, the other numbers are zero.
    pub laid: bool,
    /// Width of a character, in pixels of the frame.
    pub px_per_char: f32,
    /// How far the page leans out of the picture, in degrees: as the distance of its lines tells, for which the standard
    /// leaves some room, or the characters at one end that are larger than those at the other.
    pub lean: f32,
    /// Arc of the page from the first character to the last, in degrees.
    pub bend: f32,
    /// Characters in a row, at most, that do not come out amid others that do.
    pub hidden: u32,
}

/// Distance of the lines in characters: 5.6 to 6.6 mm of two, 4.8 to 6.6 of three (Doc 9303-4 to -7), at 2.54 mm a
/// character.
const APART: (f32, f32) = (1.9, 2.6);

/// Half the width of what a phone's main camera sees at a distance of one: 65 degrees.
const HALF_VIEW: f32 = 0.64;

/// Likeness from which the cells lie on the characters: of 216 frames readings with up to ten wrong characters had 3.2 and
/// more, but for four of print hardly there; pages of print of one pitch up to 2.9 (November 2026).
const LAID: f32 = 3.1;

/// Steps of 1/255 from which a character comes out, and below which it does not.
const CLEAR: u8 = 200;
const UNCLEAR: u8 = 90;

impl ZoneSignals {
    pub(super) fn of(read: &MrzRead, region: Region) -> Self {
        if read.likeness < LAID {
            return Self::default();
        }
        let length = read.format.length();
        let wide = read.px_per_char * length as f32 / region.width.max(region.height) as f32;
        Self {
            laid: true,
            px_per_char: read.px_per_char,
            lean: read
                .cells
                .chunks(length)
                .map(|line| recede(line, wide))
                .fold(squeeze(read.format, &read.cells), f32::max),
            bend: read.cells.chunks(length).map(bend).fold(0.0, f32::max),
            hidden: read
                .chars
                .chunks(length)
                .map(|line| hidden(line.iter().map(|char| char.p)))
                .max()
                .unwrap_or(0),
        }
    }
}

/// The angle under which the lines would stand as far apart as they do.
fn squeeze(format: MrzFormat, cells: &[Point]) -> f32 {
    let (lines, length) = (format.lines(), format.length());
    let at = |line: usize, column: usize| cells.get(line * length + column).copied().unwrap_or_default();
    let middle = length / 2;
    let along = (at(0, middle + 4) - at(0, middle - 4)) * 0.125;
    let down = (at(lines - 1, middle) - at(0, middle)) * (1.0 / (lines - 1) as f32);
    // Across the line only: the same character of two lines need not stand straight below.
    let across = Axes { u: along, v: down }.area().abs() / along.length().max(f32::EPSILON);
    let apart = across / along.length().max(f32::EPSILON);
    let share = if apart < APART.0 { apart / APART.0 } else { (APART.1 / apart.max(f32::EPSILON)).min(1.0) };
    share.acos().to_degrees()
}

/// The angle that brings one end of a line so much nearer to the camera than the other, where the line is this share of
/// the frame's longer side.
fn recede(line: &[Point], wide: f32) -> f32 {
    let Some(last) = line.len().checked_sub(1).filter(|last| *last >= 12) else { return 0.0 };
    let (first, end) = (line[4].distance(line[0]), line[last].distance(line[last - 4]));
    // Size falls with distance. Half the line, in distances from the camera.
    let half = wide * HALF_VIEW;
    ((first - end).abs() / (first + end).max(f32::EPSILON) / half.max(0.05)).min(1.0).asin().to_degrees()
}

/// The arc that makes characters at both ends so much narrower than in the middle, or the turn of the line's direction.
fn bend(line: &[Point]) -> f32 {
    let step = |from: usize, to: usize| (line[to] - line[from]) * (1.0 / (to - from) as f32);
    let Some(last) = line.len().checked_sub(1).filter(|last| *last >= 12) else { return 0.0 };
    let (first, middle, end) = (step(0, 4), step(last / 2 - 2, last / 2 + 2), step(last - 4, last));
    let narrower = f32::midpoint(first.length(), end.length()) / middle.length().max(f32::EPSILON);
    let arc = 2.0 * narrower.clamp(0.0, 1.0).acos();
    let turn = first.cross(end).atan2(first.x * end.x + first.y * end.y).abs();
    arc.max(turn).to_degrees()
}

/// The longest run of what does not come out; none where hardly anything does.
fn hidden(line: impl Iterator<Item = u8> + Clone) -> u32 {
    let (clear, all) = (line.clone().filter(|p| *p >= CLEAR).count(), line.clone().count());
    if 2 * clear < all {
        return 0;
    }
    let (mut run, mut most) = (0, 0);
    for p in line {
        run = if p < UNCLEAR { run + 1 } else { 0 };
        most = most.max(run);
    }
    most
}
