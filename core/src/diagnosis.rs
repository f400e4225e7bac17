//! The last second of a scan that read nothing, as numbers: kept in memory, written as JSON when a person asks why, and
//! played again elsewhere.
//!
//! Never payload bytes, never pixels, never the text of a card: sizes, places and brightness alone. Each frame carries
//! the numbers its hint was drawn from, and the report the coach's memory before the first of them, so that the same
//! coach says the same hints again ([`Report::replay`]). The form is versioned; a version this build does not know is
//! refused.
//!
//! ```json
//! {"apoa_scan_report":1,"core":"0.1.0","mode":"live",
//!  "before":{"last_ms":…,"since_ms":…,"sighted_ms":…,"shown":{"kind":"aim"},"shown_ms":…,"blurred":0,"unread":0},
//!  "frames":[{"at_ms":990,"width":1280,"height":720,"region":null,"read":false,"ms":1.2,
//!    "signals":{"place":[540,260,190,180],"located":false,"finders":1,"px_per_module":null,"side":158.2,"elongation":1.1,"density":0.97,"p5":31,"p95":203,
//!               "noise":0.8,"blur":[2.4,10.9],"motion":0.4,"fill":0.25,"largest_finder":0.04,"cut_off":null,
//!               "glare":null,"payloads":0,"zone":null},
//!    "finders":[{"centre":[560.5,281.0],"module":4.4}],
//!    "located":[{"corners":[[…],[…],[…],[…]],"modules":33,"lane":"half"}],
//!    "hint":{"kind":"still"}}]}
//! ```

mod wire;

use std::borrow::Cow;
use std::collections::VecDeque;

use apoa_scan::{Coach, FinderMark, FrameLayout, Hint, Outline, Region, Signals};
use serde::{Deserialize, Serialize};

pub use wire::HintForm;
use wire::{list, one, optional};

/// The report covers this much time before the last frame.
const KEPT_MS: i64 = 1_000;

/// Frames kept at most, whatever their times say: a second at twice the rate of an ordinary camera.
const KEPT_FRAMES: usize = 64;

/// Finder patterns kept a frame: a code has three, and text gives hundreds.
const KEPT_FINDERS: usize = 24;

/// The text is not a report this build can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportFault {
    /// Not the JSON of a report.
    #[error("not a scan report")]
    NotAReport,
    /// A version of the form that this build does not know.
    #[error("version {0} of a scan report is not known")]
    Version(u32),
}

/// A grid that was found and not read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Where.
    #[serde(rename = "corners", with = "one")]
    pub outline: Outline,
    /// Modules a side.
    pub modules: u8,
    /// The lane that came furthest with it.
    pub lane: Cow<'static, str>,
}

/// What a frame showed, without what it said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// Grids that were found and not read.
    pub located: Vec<Grid>,
    /// Finder patterns outside every code that was read.
    #[serde(with = "list")]
    pub finders: Vec<FinderMark>,
    /// The numbers of the place that looks most like a code; `None` if something was read.
    #[serde(with = "optional", default)]
    pub signals: Option<Signals>,
}

impl Sight {
    /// Takes over what a search found, reusing the memory.
    pub(crate) fn take(&mut self, found: &apoa_scan::Findings, signals: Option<Signals>) {
        self.signals = signals;
        self.finders.clear();
        self.finders.extend(found.finders.iter().take(KEPT_FINDERS));
        self.located.clear();
        self.located.extend(found.located.iter().map(|grid| Grid {
            outline: grid.outline,
            modules: grid.modules,
            lane: Cow::Borrowed(grid.lane),
        }));
    }
}

/// One frame of a report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrameRecord {
    /// The frame's own time.
    pub at_ms: i64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The only part looked at.
    #[serde(with = "optional", default)]
    pub region: Option<Region>,
    /// Something was read: no numbers, no hint.
    pub read: bool,
    /// What it showed.
    #[serde(flatten)]
    pub sight: Sight,
    /// What was said.
    #[serde(with = "optional", default)]
    pub hint: Option<Hint>,
    /// The scanner's own time, in milliseconds.
    pub ms: f64,
}

/// The last second of a scan, or one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// A picture of its own: its hint knows no time.
    pub still: bool,
    /// What the coach remembered before the first frame.
    pub before: Coach,
    /// In the order they were taken.
    pub frames: Vec<FrameRecord>,
}

impl Report {
    /// As JSON.
    pub fn to_json(&self) -> String {
        wire::write(self)
    }

    /// From JSON.
    ///
    /// # Errors
    /// [`ReportFault`] for anything [`Report::to_json`] did not write.
    pub fn from_json(text: &str) -> Result<Self, ReportFault> {
        wire::read(text)
    }

    /// The hints again, one a frame, drawn from the recorded numbers alone. Equal to the recorded ones unless the rules
    /// have changed since.
    pub fn replay(&self) -> Vec<Option<Hint>> {
        let mut coach = self.before;
        let say = |frame: &FrameRecord| {
            let signals = frame.sight.signals.as_ref().filter(|_| !frame.read);
            match signals {
                Some(signals) if self.still => Some(Coach::once(signals)),
                Some(signals) => Some(coach.advise(frame.at_ms, signals)),
                None => {
                    coach.succeed(frame.at_ms);
                    None
                }
            }
        };
        self.frames.iter().map(say).collect()
    }
}

/// The frames of the last second, and the coach before each.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    frames: VecDeque<(Coach, FrameRecord)>,
}

impl Ring {
    /// Adds a frame; drops what is older than a second, or from before a clock that jumped back.
    pub(crate) fn push(
        &mut self,
        before: Coach,
        layout: &FrameLayout,
        read: bool,
        hint: Option<Hint>,
        ms: f64,
    ) -> &mut Sight {
        let at_ms = layout.at_ms;
        let mut spare = None;
        let outside = |at: i64| at > at_ms || at_ms.saturating_sub(at) > KEPT_MS;
        while self.frames.len() >= KEPT_FRAMES || self.frames.front().is_some_and(|(_, f)| outside(f.at_ms)) {
            spare = self.frames.pop_front();
        }
        let (_, mut record) = spare.unwrap_or_default();
        record.at_ms = at_ms;
        (record.width, record.height, record.region) = (layout.width, layout.height, layout.region);
        (record.read, record.hint, record.ms) = (read, hint, ms);
        self.frames.push_back((before, record));
        let last = self.frames.len().saturating_sub(1);
        &mut self.frames[last].1.sight
    }

    /// The last frame's.
    pub(crate) fn last(&self) -> Option<&FrameRecord> {
        self.frames.back().map(|(_, record)| record)
    }

    pub(crate) fn report(&self) -> Report {
        Report {
            still: false,
            before: self.frames.front().map(|(before, _)| *before).unwrap_or_default(),
            frames: self.frames.iter().map(|(_, record)| record.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use apoa_scan::{Blur, Glare, Point, Side, ZoneSignals};

    fn signals() -> Signals {
        Signals {
            place: Some(Region { x: 5, y: 6, width: 70, height: 80 }),
            px_per_module: Some(1.5),
            side: 75.0,
            p5: 20,
            p95: 190,
            noise: 1.25,
            blur: Blur { least: 2.5, most: 3.0 },
            motion: Some(0.5),
            cut_off: None,
            glare: Some(Glare { at: Point { x: 30.0, y: 31.5 }, share: 0.01 }),
            zone: Some(ZoneSignals { laid: true, px_per_char: 5.5, lean: 20.0, bend: 4.5, hidden: 2 }),
            ..Signals::default()
        }
    }

    /// Frames 33 ms apart through a coach, all but every tenth unread.
    fn session(ring: &mut Ring, frames: i64) {
        let mut coach = Coach::default();
        for nth in 0..frames {
            let layout = FrameLayout { at_ms: nth * 33, ..FrameLayout::packed(1280, 720) };
            let before = coach;
            let cut_off = (nth % 50 > 40).then_some(Side::Up);
            let signals = Signals { cut_off, ..signals() };
            let hint = Some(coach.advise(layout.at_ms, &signals));
            ring.push(before, &layout, false, hint, 1.5).signals = Some(signals);
        }
    }

    #[test]
    fn a_report_covers_the_last_second_and_survives_its_json() {
        let mut ring = Ring::default();
        session(&mut ring, 400);
        let report = ring.report();
        assert_eq!(report.frames.len(), 31);
        assert_eq!(Report::from_json(&report.to_json()), Ok(report));
    }

    #[test]
    fn a_replay_says_the_same_hints_from_the_numbers_alone() {
        let mut ring = Ring::default();
        session(&mut ring, 93);
        let report = Report::from_json(&ring.report().to_json()).unwrap();
        let recorded: Vec<Option<Hint>> = report.frames.iter().map(|frame| frame.hint).collect();
        assert_eq!(report.replay(), recorded);
        let kinds: std::collections::BTreeSet<_> = recorded.iter().flatten().map(Hint::kind).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["closer", "cut_off"]);
    }

    #[test]
    fn frames_are_bounded_whatever_their_times_say() {
        let mut ring = Ring::default();
        for _ in 0..500 {
            let _ = ring.push(Coach::default(), &FrameLayout::packed(4, 4), false, None, 0.1);
        }
        assert_eq!(ring.report().frames.len(), KEPT_FRAMES);
        let back = FrameLayout { at_ms: -9_000, ..FrameLayout::packed(4, 4) };
        let _ = ring.push(Coach::default(), &back, false, None, 0.1);
        assert_eq!(ring.report().frames.len(), 1);
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for text in ["", "{}", "[1]", r#"{"apoa_scan_report":1}"#, r#"{"apoa_scan_report":"1"}"#] {
            assert_eq!(Report::from_json(text), Err(ReportFault::NotAReport), "{text}");
        }
        assert_eq!(Report::from_json(r#"{"apoa_scan_report":2}"#), Err(ReportFault::Version(2)));
    }
}
