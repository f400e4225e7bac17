//! The JSON of a scan report. Places are lists of numbers, names are those of the hints.

use std::borrow::Cow;

use apoa_scan::{
    Blur, Coach, FinderMark, Glare, Hint, Memory, Outline, Point, Region, Side, Signals, Unread,
};
use serde::{Deserialize, Serialize};

use super::{FrameRecord, Grid, Report, ReportFault, Sight};

/// The version of the form this build writes, and the only one it reads.
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Versioned {
    apoa_scan_report: u32,
}

#[derive(Serialize, Deserialize)]
struct ReportText {
    apoa_scan_report: u32,
    core: String,
    mode: Mode,
    before: Option<MemoryText>,
    frames: Vec<FrameText>,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Live,
    Still,
}

#[derive(Serialize, Deserialize)]
struct MemoryText {
    last_ms: i64,
    since_ms: i64,
    sighted_ms: i64,
    shown: HintText,
    shown_ms: i64,
    blurred: u8,
    unread: u8,
}

#[derive(Serialize, Deserialize)]
struct FrameText {
    at_ms: i64,
    width: u32,
    height: u32,
    region: Option<[u32; 4]>,
    read: bool,
    ms: f64,
    signals: Option<SignalsText>,
    finders: Vec<FinderText>,
    located: Vec<GridText>,
    hint: Option<HintText>,
}

#[derive(Serialize, Deserialize)]
struct FinderText {
    centre: [f32; 2],
    module: f32,
}

#[derive(Serialize, Deserialize)]
struct GridText {
    corners: [[f32; 2]; 4],
    modules: u8,
    lane: String,
}

#[derive(Serialize, Deserialize)]
struct SignalsText {
    place: Option<[u32; 4]>,
    located: bool,
    finders: u32,
    px_per_module: Option<f32>,
    side: f32,
    elongation: f32,
    density: f32,
    p5: u8,
    p95: u8,
    noise: f32,
    blur: [f32; 2],
    motion: Option<f32>,
    fill: f32,
    largest_finder: f32,
    cut_off: Option<SideText>,
    glare: Option<GlareText>,
    payloads: u32,
}

#[derive(Serialize, Deserialize)]
struct GlareText {
    at: [f32; 2],
    share: f32,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SideText {
    Left,
    Right,
    Up,
    Down,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum UnreadText {
    Damaged,
    Covered,
    Faded,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum HintText {
    Several { count: u32 },
    CutOff { side: SideText },
    Farther,
    Closer { zoom: f32 },
    Dark { torch: bool },
    Bright,
    Glare { x: f32, y: f32 },
    Still,
    Focus,
    Unreadable { reason: UnreadText },
    Where,
    GiveUp,
    Aim,
}

pub(super) fn write(report: &Report) -> String {
    let text = ReportText {
        apoa_scan_report: VERSION,
        core: env!("CARGO_PKG_VERSION").to_owned(),
        mode: if report.still { Mode::Still } else { Mode::Live },
        before: report.before.memory.map(|m| MemoryText {
            last_ms: m.last_ms,
            since_ms: m.since_ms,
            sighted_ms: m.sighted_ms,
            shown: m.shown.into(),
            shown_ms: m.shown_ms,
            blurred: m.blurred,
            unread: m.unread,
        }),
        frames: report.frames.iter().map(FrameText::from).collect(),
    };
    // Plain values with text keys always serialise.
    serde_json::to_string(&text).unwrap_or_default()
}

pub(super) fn read(text: &str) -> Result<Report, ReportFault> {
    let not_a_report = |_| ReportFault::NotAReport;
    let Versioned { apoa_scan_report: version } = serde_json::from_str(text).map_err(not_a_report)?;
    if version != VERSION {
        return Err(ReportFault::Version(version));
    }
    let text: ReportText = serde_json::from_str(text).map_err(not_a_report)?;
    let memory = text.before.map(|m| Memory {
        last_ms: m.last_ms,
        since_ms: m.since_ms,
        sighted_ms: m.sighted_ms,
        shown: m.shown.into(),
        shown_ms: m.shown_ms,
        blurred: m.blurred,
        unread: m.unread,
    });
    Ok(Report {
        still: text.mode == Mode::Still,
        before: Coach { memory },
        frames: text.frames.into_iter().map(FrameRecord::from).collect(),
    })
}

fn point([x, y]: [f32; 2]) -> Point {
    Point { x, y }
}

fn numbers(point: Point) -> [f32; 2] {
    [point.x, point.y]
}

fn region([x, y, width, height]: [u32; 4]) -> Region {
    Region { x, y, width, height }
}

fn sides(region: Region) -> [u32; 4] {
    [region.x, region.y, region.width, region.height]
}

impl From<&FrameRecord> for FrameText {
    fn from(frame: &FrameRecord) -> Self {
        let FrameRecord { at_ms, width, height, region, read, sight, hint, ms } = frame;
        Self {
            at_ms: *at_ms,
            width: *width,
            height: *height,
            region: region.map(sides),
            read: *read,
            ms: *ms,
            signals: sight.signals.map(SignalsText::from),
            finders: sight
                .finders
                .iter()
                .map(|mark| FinderText { centre: numbers(mark.centre), module: mark.module })
                .collect(),
            located: sight
                .located
                .iter()
                .map(|grid| GridText {
                    corners: grid.outline.corners.map(numbers),
                    modules: grid.modules,
                    lane: grid.lane.clone().into_owned(),
                })
                .collect(),
            hint: hint.map(HintText::from),
        }
    }
}

impl From<FrameText> for FrameRecord {
    fn from(text: FrameText) -> Self {
        let FrameText { at_ms, width, height, region: within, read, ms, signals, finders, located, hint } =
            text;
        let mark = |f: FinderText| FinderMark { centre: point(f.centre), module: f.module };
        let grid = |g: GridText| Grid {
            outline: Outline { corners: g.corners.map(point) },
            modules: g.modules,
            lane: Cow::Owned(g.lane),
        };
        Self {
            at_ms,
            width,
            height,
            region: within.map(region),
            read,
            sight: Sight {
                located: located.into_iter().map(grid).collect(),
                finders: finders.into_iter().map(mark).collect(),
                signals: signals.map(Signals::from),
            },
            hint: hint.map(Hint::from),
            ms,
        }
    }
}

impl From<Signals> for SignalsText {
    fn from(s: Signals) -> Self {
        Self {
            place: s.place.map(sides),
            located: s.located,
            finders: s.finders,
            px_per_module: s.px_per_module,
            side: s.side,
            elongation: s.elongation,
            density: s.density,
            p5: s.p5,
            p95: s.p95,
            noise: s.noise,
            blur: [s.blur.least, s.blur.most],
            motion: s.motion,
            fill: s.fill,
            largest_finder: s.largest_finder,
            cut_off: s.cut_off.map(SideText::from),
            glare: s.glare.map(|g| GlareText { at: numbers(g.at), share: g.share }),
            payloads: s.payloads,
        }
    }
}

impl From<SignalsText> for Signals {
    fn from(s: SignalsText) -> Self {
        let [least, most] = s.blur;
        Self {
            place: s.place.map(region),
            located: s.located,
            finders: s.finders,
            px_per_module: s.px_per_module,
            side: s.side,
            elongation: s.elongation,
            density: s.density,
            p5: s.p5,
            p95: s.p95,
            noise: s.noise,
            blur: Blur { least, most },
            motion: s.motion,
            fill: s.fill,
            largest_finder: s.largest_finder,
            cut_off: s.cut_off.map(Side::from),
            glare: s.glare.map(|g| Glare { at: point(g.at), share: g.share }),
            payloads: s.payloads,
        }
    }
}

impl From<Side> for SideText {
    fn from(side: Side) -> Self {
        match side {
            Side::Left => Self::Left,
            Side::Right => Self::Right,
            Side::Up => Self::Up,
            Side::Down => Self::Down,
        }
    }
}

impl From<SideText> for Side {
    fn from(side: SideText) -> Self {
        match side {
            SideText::Left => Self::Left,
            SideText::Right => Self::Right,
            SideText::Up => Self::Up,
            SideText::Down => Self::Down,
        }
    }
}

impl From<Hint> for HintText {
    fn from(hint: Hint) -> Self {
        match hint {
            Hint::Several { count } => Self::Several { count },
            Hint::CutOff { side } => Self::CutOff { side: side.into() },
            Hint::Farther => Self::Farther,
            Hint::Closer { zoom } => Self::Closer { zoom },
            Hint::Dark { torch } => Self::Dark { torch },
            Hint::Bright => Self::Bright,
            Hint::Glare { at: Point { x, y } } => Self::Glare { x, y },
            Hint::Still => Self::Still,
            Hint::Focus => Self::Focus,
            Hint::Unreadable { reason } => Self::Unreadable {
                reason: match reason {
                    Unread::Damaged => UnreadText::Damaged,
                    Unread::Covered => UnreadText::Covered,
                    Unread::Faded => UnreadText::Faded,
                },
            },
            Hint::Where => Self::Where,
            Hint::GiveUp => Self::GiveUp,
            Hint::Aim => Self::Aim,
        }
    }
}

impl From<HintText> for Hint {
    fn from(text: HintText) -> Self {
        match text {
            HintText::Several { count } => Self::Several { count },
            HintText::CutOff { side } => Self::CutOff { side: side.into() },
            HintText::Farther => Self::Farther,
            HintText::Closer { zoom } => Self::Closer { zoom },
            HintText::Dark { torch } => Self::Dark { torch },
            HintText::Bright => Self::Bright,
            HintText::Glare { x, y } => Self::Glare { at: Point { x, y } },
            HintText::Still => Self::Still,
            HintText::Focus => Self::Focus,
            HintText::Unreadable { reason } => Self::Unreadable {
                reason: match reason {
                    UnreadText::Damaged => Unread::Damaged,
                    UnreadText::Covered => Unread::Covered,
                    UnreadText::Faded => Unread::Faded,
                },
            },
            HintText::Where => Self::Where,
            HintText::GiveUp => Self::GiveUp,
            HintText::Aim => Self::Aim,
        }
    }
}
