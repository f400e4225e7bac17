//! Frames drawn in this process by apoa-frames: every condition and severity, on another card each time.

use apoa_frames::{
    Condition, Frame, SEVERITIES, Scenery, Size, Trouble, no_code, render, specimen, troubled,
};

use super::{Kind, Picture, Place, Sample, Samples};
use crate::content::Expected;

/// What to draw.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Frames of each condition and severity.
    pub(crate) frames: u32,
    /// Frames without a code, of each kind and size.
    pub(crate) empty: u32,
    /// Sequences of each trouble and severity.
    pub(crate) sequences: u32,
    /// Another seed draws other frames.
    pub(crate) seed: u64,
    /// Only places whose name holds this.
    pub(crate) only: String,
}

/// Frames of a sequence: half a second.
const SEQUENCE_FRAMES: usize = 15;

/// The sizes of frames without a code: what phones give for live scanning, and what careless callers ask for.
const EMPTY_SIZES: [(&str, Size); 2] = [("empty-720p", Size::HD), ("empty-1080p", Size::FULL_HD)];

/// What the severities of [`Condition::Covered`] cover: a set of their own each, since finders can be done without
/// and nothing else here says whether a decoder does.
const COVERED: [(&str, &str); 4] = [
    ("finder covered", "top left"),
    ("finder covered", "top right"),
    ("finder covered", "bottom left"),
    ("alignment covered", "alignment"),
];

/// Everything a plan asks for. Each is drawn when its turn comes.
pub(crate) fn drawn(plan: &Plan) -> Samples {
    let seed = plan.seed;
    let mut orders = orders(plan);
    orders.retain(|order| order.place.name().contains(&plan.only));
    Box::new(orders.into_iter().map(move |order| Ok(order.draw(seed))))
}

fn orders(plan: &Plan) -> Vec<Order> {
    let mut orders = Vec::new();
    let mut order = |kind, set: &str, condition: &str, severity, what, count| {
        let place = Place { kind, set: set.to_owned(), condition: condition.to_owned(), severity };
        orders.extend((0..count).map(|nth| Order { place: place.clone(), what, nth }));
    };
    for condition in Condition::ALL {
        for severity in SEVERITIES {
            let what = What::Spoiled(condition, severity);
            order(Kind::Drawn, "drawn", condition.name(), severity, what, plan.frames);
        }
    }
    for (severity, (set, condition)) in SEVERITIES.zip(COVERED) {
        order(Kind::Drawn, set, condition, 0, What::Spoiled(Condition::Covered, severity), plan.frames);
    }
    for trouble in Trouble::ALL {
        for severity in SEVERITIES {
            let what = What::Troubled(trouble, severity);
            order(Kind::Sequence, "sequences", trouble.name(), severity, what, plan.sequences);
        }
    }
    for (set, size) in EMPTY_SIZES {
        for scenery in Scenery::ALL {
            order(Kind::Empty, set, scenery.name(), 0, What::Empty(scenery, size), plan.empty);
        }
    }
    orders
}

/// One clean frame of a small code, which every decoder reads, and what it says.
#[cfg(test)]
pub(crate) fn easy_picture() -> (Picture, Expected) {
    use apoa_frames::{Card, EcLevel, Holder};
    let card = Card::kitas(&Holder::default(), b"https://permit.example/2C11JE0001", EcLevel::Medium);
    let frame = render(&card.unwrap(), Condition::Clean, 1, 1);
    let expected = Expected::Only(frame.truth.payload.clone());
    (picture(frame), expected)
}

/// A sample not drawn yet.
struct Order {
    place: Place,
    what: What,
    nth: u32,
}

#[derive(Clone, Copy)]
enum What {
    Spoiled(Condition, u8),
    Troubled(Trouble, u8),
    Empty(Scenery, Size),
}

/// Seeds of one run are neighbours; those of another run lie this far off.
const SEEDS_OF_A_RUN: u64 = 1_000_000;

impl Order {
    fn draw(self, run: u64) -> Sample {
        // The same cards under every condition, so that conditions compare.
        let seed = run.wrapping_mul(SEEDS_OF_A_RUN).wrapping_add(u64::from(self.nth));
        let frames = match self.what {
            What::Spoiled(condition, severity) => vec![render(&specimen(seed), condition, severity, seed)],
            What::Troubled(trouble, severity) => {
                troubled(&specimen(seed), trouble, severity, seed, SEQUENCE_FRAMES)
            }
            What::Empty(scenery, size) => vec![no_code(scenery, seed, size)],
        };
        let expected = match frames.first() {
            Some(frame) if !frame.truth.payload.is_empty() => Expected::Only(frame.truth.payload.clone()),
            _ => Expected::Nothing,
        };
        Sample {
            name: format!("{} {}", self.place.name(), self.nth),
            place: self.place,
            frames: frames.into_iter().map(picture).collect(),
            expected,
        }
    }
}

fn picture(frame: Frame) -> Picture {
    Picture { width: frame.width, height: frame.height, luma: frame.luma }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(only: &str) -> Plan {
        Plan { frames: 1, empty: 1, sequences: 1, seed: 7, only: only.into() }
    }

    #[test]
    fn a_word_keeps_what_it_names_and_nothing_else_is_drawn() {
        let samples: Vec<_> = drawn(&plan("drawn/clean-2")).map(Result::unwrap).collect();
        assert_eq!(samples.len(), 1);
        assert!(samples[0].place.name() == "drawn/clean-2" && samples[0].expected.has_code());
    }

    #[test]
    fn every_kind_is_drawn_as_what_it_is() {
        let truth = |only| {
            let sample = drawn(&plan(only)).next().unwrap().unwrap();
            (sample.place.kind, sample.frames.len(), sample.expected.has_code())
        };
        assert_eq!(truth("finder covered/top right"), (Kind::Drawn, 1, true));
        assert_eq!(truth("sequences/jitter-1"), (Kind::Sequence, SEQUENCE_FRAMES, true));
        assert_eq!(truth("empty-1080p/desk"), (Kind::Empty, 1, false));
    }
}
