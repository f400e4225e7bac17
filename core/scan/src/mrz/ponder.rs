//! A second, careful reading of what was not accepted at once: for still pictures, which have the time.

use super::look::{Care, Looks};
use super::reader::{Level, Reader, Seen};
use super::score::CellScore;
use super::still::CAREFUL;
use super::zone::{MAX_LENGTH, ZoneScores};
use crate::limit::WorkLimit;

/// Quality below which a reading is mostly of other print, and more care is wasted.
const PONDERED: f32 = 1.5;

/// What moving lines against each other must gain in quality: more than a few cells do by chance.
const BETTER: f32 = 0.05;

/// Pixels a character from which half of them is enough.
const LARGE: f32 = 12.0;

impl Reader {
    /// Reads once more what was not accepted, with more care: lines that count from different characters, curves that
    /// are a little off, several looks at each cell. `levels` begin with the one that was read. Costs tens of
    /// milliseconds.
    pub(crate) fn ponder(&mut self, levels: &[Level<'_>], seen: Seen, limit: WorkLimit<'_>) -> Seen {
        let [level, smaller @ ..] = levels else { return seen };
        if seen.decoded.accepted || seen.decoded.quality < PONDERED {
            return seen;
        }
        let seen = self.shift(level, seen, CAREFUL);
        if seen.decoded.accepted || limit.passed() {
            return seen;
        }
        let looks = Looks::new(level.plane, &seen.fit);
        let bent = looks.bend(seen.fit);
        let once = self.decode(level, &bent, |fit, nth, number| looks.at(fit, nth, number));
        let around = self.decode(level, &bent, |fit, nth, number| looks.around(fit, nth, number));
        // Half the size is less noise.
        let smaller = smaller.first().filter(|_| bent.pitch >= LARGE).and_then(|half| {
            let small = bent.scaled(level.scale / half.scale);
            let halved = Looks::new(half.plane, &small);
            self.decode(level, &bent, |fit, nth, number| {
                CellScore::mean(&[looks.around(fit, nth, number), halved.at(&small, nth, number)])
            })
        });
        [once, around, smaller]
            .into_iter()
            .flatten()
            .fold(seen, |best, seen| if seen.promise() > best.promise() { seen } else { best })
    }

    /// Where the page leans, one line may count from the next one's second character: if the lines say more when moved
    /// against each other, the fit is laid anew.
    pub(super) fn shift(&mut self, level: &Level<'_>, seen: Seen, care: Care) -> Seen {
        let lines = seen.fit.lines.len();
        let mut best: Option<([isize; 2], f32)> = None;
        let mut moved = self.spare.pop().unwrap_or_default();
        for second in if lines > 2 { -2..=2_isize } else { -4..=4_isize } {
            for third in if lines > 2 { -3..=3_isize } else { 0..=0 } {
                let by = [0, second, third];
                moved.clear();
                moved.extend((0..lines * MAX_LENGTH).map(|nth| {
                    let (line, column) = (nth / MAX_LENGTH, nth % MAX_LENGTH);
                    let from = column.checked_add_signed(by[line]).filter(|from| *from < MAX_LENGTH);
                    from.map_or(CellScore::UNKNOWN, |from| seen.scores[line * MAX_LENGTH + from])
                }));
                let quality =
                    ZoneScores::new(&moved, lines).and_then(|s| self.decoder.quality(&s)).unwrap_or(f32::MIN);
                if best.is_none_or(|(_, most)| quality > most) {
                    best = Some(([second, third], quality));
                }
            }
        }
        self.spare.push(moved);
        let Some(([second, third], quality)) = best else { return seen };
        if (second, third) == (0, 0) || quality < seen.decoded.quality + BETTER {
            return seen;
        }
        let mut fit = seen.fit;
        for (line, by) in [(1, second), (2, third)].into_iter().filter(|(line, _)| *line < lines) {
            let (place, way) = if fit.upside_down { (lines - 1 - line, -1.0) } else { (line, 1.0) };
            fit.lines[place].shift += by as f32 * way;
        }
        fit.slant = 0.0;
        let Some(again) = self.read(level, &fit, care) else { return seen };
        let (better, other) = if again.rank() > seen.rank() { (again, seen) } else { (seen, again) };
        self.give_back(other);
        better
    }
}

impl Seen {
    /// Compares readings of one place.
    fn promise(&self) -> (bool, f32) {
        (self.decoded.checks().iter().all(|check| check.ok), self.decoded.certainty)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use apoa_frames::{Condition, Document, MrzFormat, Size, render_zone};

    use super::*;
    use crate::NoDeadline;
    use crate::frame::Luma;
    use crate::mrz::reader::Effort;
    use crate::plane::{Plane, halve};

    #[test]
    fn a_line_that_counts_from_another_character_is_moved_back() {
        for format in [MrzFormat::Td3, MrzFormat::Td1] {
            let document = Document::specimen(format);
            let frame = render_zone(&document, Condition::Clean, 1, 1, Size::HD);
            let plane = Luma::packed(&frame.luma, frame.width as usize, frame.height as usize);
            let (mut half, mut quarter) = (Plane::default(), Plane::default());
            halve(plane, &mut half);
            halve(half.view(), &mut quarter);
            let levels = [(plane, 1.0), (half.view(), 2.0), (quarter.view(), 4.0)]
                .map(|(plane, scale)| Level { plane, scale });
            let mut reader = Reader::default();
            let effort = Effort { fits: 12, looks: 4, care: CAREFUL };
            let mut seen = |nth| reader.look(&levels, nth, effort, WorkLimit::still(&NoDeadline));
            let (read, seen) =
                [(1, 2), (0, 1)].into_iter().find_map(|(read, nth)| Some((read, seen(nth)?))).unwrap();
            let level = &levels[read];
            for by in [-1.0, 1.0] {
                let mut fit = seen.fit;
                fit.lines[1].shift += by;
                let looks = Looks::new(level.plane, &fit);
                let moved =
                    reader.decode(level, &fit, |fit, nth, number| looks.at(fit, nth, number)).unwrap();
                assert!(!moved.decoded.lines().eq(document.lines.iter().map(String::as_str)));
                let quality = moved.decoded.quality;
                let back = reader.shift(level, moved, CAREFUL);
                assert!(back.decoded.quality > quality + 1.0, "{format:?} {by}");
                assert_eq!(back.decoded.lines().nth(1), document.lines.get(1).map(String::as_str));
            }
        }
    }
}
