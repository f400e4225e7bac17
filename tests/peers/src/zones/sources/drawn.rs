//! Frames and sequences drawn in this process by apoa-frames: another document each time.

use std::ops::RangeInclusive;

use apoa_frames::{
    Condition, Document, Frame, Lookalike, SEVERITIES, Size, no_zone, render_zone, zone_sequence,
};

use super::{Sample, Samples};
use crate::sources::{Kind, Picture, Place};

/// What to draw.
#[derive(Clone, Debug)]
pub(in crate::zones) struct Plan {
    /// Frames of each condition and severity.
    pub(in crate::zones) frames: u32,
    /// Frames of each kind that only looks like a zone.
    pub(in crate::zones) empty: u32,
    /// Sequences of each hard condition and severity.
    pub(in crate::zones) sequences: u32,
    /// Another seed draws other frames.
    pub(in crate::zones) seed: u64,
    /// Only places whose name holds this.
    pub(in crate::zones) only: String,
}

/// Frames of a sequence: as many looks at a document as a hand in a hurry gives.
const SEQUENCE_FRAMES: usize = 6;

/// What spoils a frame so far that another look is wanted.
const HARD: [Condition; 12] = [
    Condition::Tilt,
    Condition::Motion,
    Condition::Defocus,
    Condition::Noise,
    Condition::Glare,
    Condition::Small,
    Condition::Faded,
    Condition::Holo,
    Condition::Worn,
    Condition::Curved,
    Condition::Backdrop,
    Condition::Mixed,
];

/// Its strengths at which single frames mostly fail.
const HARD_SEVERITIES: RangeInclusive<u8> = 3..=4;

/// Seeds of one run are neighbours; those of another run lie this far off.
const SEEDS_OF_A_RUN: u64 = 1_000_000;

/// A sample not drawn yet.
struct Order {
    place: Place,
    what: What,
    nth: u32,
    seed: u64,
}

#[derive(Clone, Copy)]
enum What {
    Spoiled(Condition, u8),
    Like(Lookalike),
    Watched(Condition, u8),
}

/// Everything a plan asks for. Each is drawn when its turn comes.
pub(in crate::zones) fn drawn(plan: &Plan) -> Samples {
    let mut orders = orders(plan);
    orders.retain(|order| order.place.name().contains(&plan.only));
    Box::new(orders.into_iter().map(|order| Ok(order.draw())))
}

fn orders(plan: &Plan) -> Vec<Order> {
    let mut orders: Vec<Order> = Vec::new();
    let mut order = |kind, set: &str, condition: &str, severity, what, count| {
        let place = Place { kind, set: set.to_owned(), condition: condition.to_owned(), severity };
        for nth in 0..count {
            // Another document each time: there are five layouts, and few frames of each condition.
            let seed = plan.seed.wrapping_mul(SEEDS_OF_A_RUN).wrapping_add(orders.len() as u64);
            orders.push(Order { place: place.clone(), what, nth, seed });
        }
    };
    for condition in Condition::ZONE {
        for severity in SEVERITIES {
            let what = What::Spoiled(condition, severity);
            order(Kind::Drawn, "drawn", condition.name(), severity, what, plan.frames);
        }
    }
    for lookalike in Lookalike::ALL {
        order(Kind::Empty, "drawn, no zone", lookalike.name(), 0, What::Like(lookalike), plan.empty);
    }
    for condition in HARD {
        for severity in HARD_SEVERITIES {
            let what = What::Watched(condition, severity);
            order(Kind::Sequence, "sequences", condition.name(), severity, what, plan.sequences);
        }
    }
    orders
}

impl Order {
    fn draw(self) -> Sample {
        let seed = self.seed;
        let document = || Document::invented(seed);
        let frames = match self.what {
            What::Spoiled(condition, severity) => {
                vec![render_zone(&document(), condition, severity, seed, Size::HD)]
            }
            What::Like(lookalike) => vec![no_zone(lookalike, seed, Size::HD)],
            What::Watched(condition, severity) => {
                zone_sequence(&document(), condition, severity, seed, SEQUENCE_FRAMES)
            }
        };
        let name = format!("{} {} (seed {seed})", self.place.name(), self.nth);
        let (frames, expected) = taken(frames);
        Sample { name, place: self.place, frames, expected }
    }
}

fn taken(frames: Vec<Frame>) -> (Vec<Picture>, Option<Vec<String>>) {
    let zone = frames.first().and_then(|frame| frame.truth.zone.as_ref());
    let expected = zone.map(|zone| zone.lines.clone());
    let picture = |frame: Frame| Picture { width: frame.width, height: frame.height, luma: frame.luma };
    (frames.into_iter().map(picture).collect(), expected)
}

/// A clean frame of a specimen, and its lines.
#[cfg(test)]
pub(in crate::zones) fn easy_picture() -> (Picture, Vec<String>) {
    let document = Document::specimen(apoa_frames::MrzFormat::Td3);
    let (mut pictures, lines) = taken(vec![render_zone(&document, Condition::Clean, 1, 1, Size::HD)]);
    (pictures.remove(0), lines.unwrap())
}

/// Clean frames of a specimen, and its lines.
#[cfg(test)]
pub(in crate::zones) fn easy_sequence() -> (Vec<Picture>, Vec<String>) {
    let document = Document::specimen(apoa_frames::MrzFormat::Td3);
    let (frames, lines) = taken(zone_sequence(&document, Condition::Clean, 1, 2, SEQUENCE_FRAMES));
    (frames, lines.unwrap())
}

/// As many frames of a page of words.
#[cfg(test)]
pub(in crate::zones) fn empty_sequence() -> Vec<Picture> {
    taken((0..SEQUENCE_FRAMES as u64).map(|seed| no_zone(Lookalike::Text, seed, Size::HD)).collect()).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_is_drawn_as_what_it_is_and_no_document_twice() {
        let plan = |only: &str| Plan { frames: 2, empty: 1, sequences: 3, seed: 7, only: only.to_owned() };
        let of = |only| drawn(&plan(only)).map(Result::unwrap).collect::<Vec<_>>();
        let tilted = of("drawn/tilt-3");
        assert_eq!(tilted.len(), 2);
        assert!(tilted[0].expected.is_some() && tilted[0].expected != tilted[1].expected);
        let ticket = of("ticket");
        assert!(ticket.len() == 1 && ticket[0].expected.is_none() && ticket[0].place.kind == Kind::Empty);
        let watched = of("sequences/tilt-4");
        assert_eq!(watched.len(), 3);
        let is_sequence = |it: &Sample| it.place.kind == Kind::Sequence && it.frames.len() == SEQUENCE_FRAMES;
        assert!(watched.iter().all(|it| is_sequence(it) && it.expected.is_some()));
        assert_eq!(orders(&plan("")).len(), 18 * 4 * 2 + Lookalike::ALL.len() + 12 * 2 * 3);
    }
}
