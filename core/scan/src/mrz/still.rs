//! A zone in one picture: every size, four ways up.

use super::look::Care;
use super::placing::Placing;
use super::reader::{Effort, Level, Reader, Seen};
use super::reading::MrzRead;
use crate::frame::{FrameView, Luma};
use crate::limit::WorkLimit;
use crate::plane::{Plane, halve, turn};

/// Levels at most: at the last one a character of 144 pixels, a passport across a picture of 8,192, is one of 4.5.
const LEVELS: usize = 6;

/// Pixels of the smallest side worth looking at: a line of 30 characters of four pixels is 120.
const LEAST: usize = 100;

/// What one picture is worth.
pub(super) const CAREFUL: Care = Care { every: 3, rounds: 2, enough: 0.0 };
const EFFORT: Effort = Effort { fits: 12, looks: 4, care: CAREFUL };

/// The zone of a picture; the best reading of it, accepted or not.
pub(crate) fn find(frame: &FrameView<'_>, limit: WorkLimit<'_>) -> Option<MrzRead> {
    let mut reader = Reader::default();
    let luma = frame.luma();
    let upright = look(&mut reader, luma, limit);
    let straight = Placing::new(frame, false);
    if let Some(seen) = upright.as_ref().filter(|s| s.decoded.accepted) {
        return Some(straight.read(seen, 1));
    }
    let mut sideways = Plane::default();
    turn(luma, &mut sideways);
    let turned = look(&mut reader, sideways.view(), limit);
    match (upright, turned) {
        (Some(a), Some(b)) if a.rank() >= b.rank() => Some(straight.read(&a, 1)),
        (_, Some(b)) => Some(Placing::new(frame, true).read(&b, 1)),
        (Some(a), None) => Some(straight.read(&a, 1)),
        (None, None) => None,
    }
}

fn look(reader: &mut Reader, luma: Luma<'_>, limit: WorkLimit<'_>) -> Option<Seen> {
    let mut planes: [Plane; LEVELS] = Default::default();
    let mut count = 1;
    for nth in 1..LEVELS {
        let (above, here) = planes.split_at_mut(nth);
        let from = if nth == 1 { luma } else { above[nth - 1].view() };
        if from.width() / 2 < LEAST || from.height() / 2 < LEAST {
            break;
        }
        halve(from, &mut here[0]);
        count = nth + 1;
    }
    let levels: Vec<Level<'_>> = (0..count)
        .map(|nth| {
            let plane = if nth == 0 { luma } else { planes[nth].view() };
            Level { plane, scale: (1_u32 << nth) as f32 }
        })
        .collect();
    let mut best: Option<(usize, Seen)> = None;
    // Large print first: it costs least, and a person fills the picture.
    for nth in (0..count).rev() {
        if limit.passed() {
            break;
        }
        let seen = reader.look(&levels, nth, EFFORT, limit).filter(Seen::is_like_a_zone);
        if let Some(seen) = seen.filter(|s| best.as_ref().is_none_or(|(_, b)| s.rank() > b.rank())) {
            let done = seen.decoded.accepted;
            best = Some((nth, seen));
            if done {
                break;
            }
        }
    }
    let (nth, seen) = best?;
    Some(reader.ponder(&levels[nth.saturating_sub(1)..], seen, limit))
}
