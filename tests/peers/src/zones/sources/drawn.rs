//! Frames drawn in this process by apoa-frames: every condition and severity, another document each time.

use apoa_frames::{Condition, Document, Frame, Lookalike, SEVERITIES, Size, no_zone, render_zone};

use super::{Sample, Samples};
use crate::sources::{Kind, Picture, Place};

/// What to draw.
#[derive(Clone, Debug)]
pub(in crate::zones) struct Plan {
    /// Frames of each condition and severity.
    pub(in crate::zones) frames: u32,
    /// Frames of each kind that only looks like a zone.
    pub(in crate::zones) empty: u32,
    /// Another seed draws other frames.
    pub(in crate::zones) seed: u64,
    /// Only places whose name holds this.
    pub(in crate::zones) only: String,
}

/// Seeds of one run are neighbours; those of another run lie this far off.
const SEEDS_OF_A_RUN: u64 = 1_000_000;

/// A frame not drawn yet.
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
    orders
}

impl Order {
    fn draw(self) -> Sample {
        let frame = match self.what {
            What::Spoiled(condition, severity) => {
                render_zone(&Document::invented(self.seed), condition, severity, self.seed, Size::HD)
            }
            What::Like(lookalike) => no_zone(lookalike, self.seed, Size::HD),
        };
        let name = format!("{} {} (seed {})", self.place.name(), self.nth, self.seed);
        let (picture, expected) = taken(frame);
        Sample { name, place: self.place, picture, expected }
    }
}

fn taken(frame: Frame) -> (Picture, Option<Vec<String>>) {
    let picture = Picture { width: frame.width, height: frame.height, luma: frame.luma };
    (picture, frame.truth.zone.map(|zone| zone.lines))
}

/// A clean frame of a specimen, and its lines.
#[cfg(test)]
pub(in crate::zones) fn easy_picture() -> (Picture, Vec<String>) {
    let document = Document::specimen(apoa_frames::MrzFormat::Td3);
    let (picture, lines) = taken(render_zone(&document, Condition::Clean, 1, 1, Size::HD));
    (picture, lines.unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_is_drawn_as_what_it_is_and_no_document_twice() {
        let plan = |only: &str| Plan { frames: 2, empty: 1, seed: 7, only: only.to_owned() };
        let of = |only| drawn(&plan(only)).map(Result::unwrap).collect::<Vec<_>>();
        let tilted = of("drawn/tilt-3");
        assert_eq!(tilted.len(), 2);
        assert!(tilted[0].expected.is_some() && tilted[0].expected != tilted[1].expected);
        let ticket = of("ticket");
        assert!(ticket.len() == 1 && ticket[0].expected.is_none() && ticket[0].place.kind == Kind::Empty);
        assert_eq!(orders(&plan("")).len(), 18 * 4 * 2 + Lookalike::ALL.len());
    }
}
