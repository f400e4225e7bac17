//! A machine-readable zone from both languages.

use std::collections::HashMap;

use apoa_core::fields::Field;
use apoa_core::permit::Date;
use apoa_core::report::deadline;
use apoa_core::report::draft::{zone_fact, zone_facts};
use apoa_core::scanner::{CharProof, FoundZone, MrzRead, Point};
use apoa_core::{Clock as _, SystemClock};

use super::layout::{Corner, corners};
use crate::convert::{count, texts};

/// A machine-readable zone that was found.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Zone {
    /// Whether it counts. One that does not only says where it is: its lines may be misread, and it has no facts.
    pub accepted: bool,
    /// `TD1`, `TD2`, `TD3`, `MRV-A` or `MRV-B`.
    pub format: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// Its characters, line by line.
    pub chars: Vec<ZoneChar>,
    /// Its corners, from the first character on, clockwise.
    pub corners: Vec<Corner>,
    /// What it says of its holder, by field code: what fills a draft.
    pub facts: HashMap<String, String>,
    /// The characters of the facts that no digit proves, to be underlined for the eye. Names are always among them.
    pub unproven: Vec<FactPlace>,
}

/// How sure one character is.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct ZoneChar {
    /// Its middle, in pixels of the picture.
    pub centre: Corner,
    /// Between 0 and 1.
    pub probability: f32,
    /// A check digit that fits covers it, and no likely other character would leave it fitting.
    pub proven: bool,
}

/// A character of a fact.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FactPlace {
    /// The field's code.
    pub field: String,
    /// Its place in the value, from 0.
    pub index: i32,
}

/// A zone that counts only if it is accepted and its lines hold together.
impl From<MrzRead> for Zone {
    fn from(read: MrzRead) -> Self {
        let located = Self::located(&read);
        FoundZone::of(read, today()).map_or(located, Self::from)
    }
}

impl From<FoundZone> for Zone {
    fn from(found: FoundZone) -> Self {
        let FoundZone { zone: said, unproven, read } = found;
        let place = |field: Field, index: usize| FactPlace { field: field.to_string(), index: count(index) };
        let places =
            unproven.iter().filter_map(|left| Some(place(zone_fact(&said, left.field)?, left.index)));
        Self {
            accepted: true,
            facts: texts(&zone_facts(&said)),
            unproven: places.collect(),
            ..Self::located(&read)
        }
    }
}

impl Zone {
    fn located(read: &MrzRead) -> Self {
        // `FoundZone` judges by the rest whether it counts.
        let MrzRead {
            format,
            lines,
            chars,
            cells,
            outline,
            checks: _,
            certainty: _,
            likeness: _,
            repairs: _,
            px_per_char: _,
            looks: _,
            accepted: _,
        } = read;
        Self {
            accepted: false,
            format: format.as_str().to_owned(),
            lines: lines.clone(),
            chars: chars.iter().zip(cells).map(|(proof, at)| char(*proof, *at)).collect(),
            corners: corners(outline.corners),
            facts: HashMap::new(),
            unproven: Vec::new(),
        }
    }
}

fn char(CharProof { p, runner_up: _, proven }: CharProof, at: Point) -> ZoneChar {
    ZoneChar { centre: Corner { x: at.x, y: at.y }, probability: f32::from(p) / 255.0, proven }
}

/// Today where most lodgings are: it settles the century of a birth year.
fn today() -> Date {
    deadline::Zone::default().day(SystemClock::new().wall())
}
