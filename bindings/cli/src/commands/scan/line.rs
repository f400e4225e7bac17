//! What is said of one frame, and of a sequence of them.

use std::fmt::Write as _;
use std::time::Duration;

use apoa_core::codes::Code;
use apoa_core::diagnosis::{HintForm, Sight};
use apoa_core::permit::{Date, Reading};
use apoa_core::scanner::{EcLevel, FoundZone, FrameHint, FrameLayout, Hint, MrzRead, Point, Symbol};
use serde::Serialize;

use super::payload;
use crate::commands::mrz::MrzLine;
use crate::mask::Mask;
use crate::output::{BAD, Coded, DIM, GOOD, Line, Output, WARN};

/// Places of corners, clockwise from the code's own top left.
pub(crate) type Corners = [[f32; 2]; 4];

/// How far the scanner came with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// No code and no zone in sight.
    Nothing,
    /// A code or a zone is there and does not count yet.
    Located,
    /// A payload counts.
    Confirmed,
    /// What was confirmed before is still in view.
    Unchanged,
    /// No picture.
    Unreadable,
}

#[derive(Debug, Serialize)]
pub(crate) struct FrameLine {
    pub(crate) file: String,
    /// Of a PDF file, counted from 1.
    pub(crate) page: Option<u32>,
    width: Option<u32>,
    height: Option<u32>,
    pub(crate) codes: Vec<CodeLine>,
    /// The passport's lines, where they count.
    pub(crate) mrz: Option<ZoneLine>,
    /// What to change; `null` when something was read.
    hint: Option<HintForm>,
    ms: f64,
    pub(crate) error: Option<Coded>,
    pub(crate) state: State,
    /// Where a code or a zone is that does not count yet.
    pub(crate) outline: Option<Corners>,
    /// What to change, in words; of codes too: that none is a permit.
    #[serde(skip)]
    pub(crate) advice: Option<String>,
    /// What was seen and not read: for drawing.
    #[serde(skip)]
    pub(crate) sight: Sight,
    /// A zone, whether it counts or not: for drawing.
    #[serde(skip)]
    pub(crate) zone: Option<MrzRead>,
}

/// What `apoa mrz` says of the lines, and where they stand.
#[derive(Debug, Serialize)]
pub(crate) struct ZoneLine {
    #[serde(flatten)]
    mrz: MrzLine,
    lines: Vec<String>,
    corners: Corners,
    /// Frames whose characters were added up; 1 for a single look.
    looks: u16,
}

/// A hint with its numbers as exact as a person needs them.
pub(crate) fn rounded(hint: FrameHint) -> HintForm {
    HintForm(match hint {
        FrameHint::Closer { zoom } => FrameHint::Closer { zoom: tenths(zoom) },
        FrameHint::Glare { at } => FrameHint::Glare { at: Point { x: tenths(at.x), y: tenths(at.y) } },
        other => other,
    })
}

/// A hint in words.
pub(crate) fn words(hint: &Hint, out: &Output) -> String {
    match hint {
        Hint::Wrong { kind } => out.word(&hint.key(), &[("kind", kind)]),
        Hint::Frame(_) => out.word(&hint.key(), &[]),
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct CodeLine {
    text: Option<String>,
    bytes_hex: String,
    pub(crate) version: u8,
    pub(crate) ec_level: &'static str,
    pub(crate) corners: Corners,
    pub(crate) px_per_module: f32,
    pub(crate) decoder: &'static str,
    reading: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct SequenceLine {
    pub(crate) sequence: bool,
    pub(crate) text: Option<String>,
    /// Counted from 0.
    pub(crate) first_frame: Option<u64>,
    pub(crate) frames: u64,
}

impl FrameLine {
    pub(crate) fn new(file: &str, layout: &FrameLayout, took: Duration) -> Self {
        Self {
            file: file.to_owned(),
            page: None,
            width: Some(layout.width),
            height: Some(layout.height),
            codes: Vec::new(),
            mrz: None,
            hint: None,
            ms: hundredths(took.as_secs_f64() * 1000.0),
            error: None,
            state: State::Nothing,
            outline: None,
            advice: None,
            sight: Sight::default(),
            zone: None,
        }
    }

    pub(crate) fn unreadable(file: &str, code: Code, out: &Output) -> Self {
        Self {
            file: file.to_owned(),
            page: None,
            width: None,
            height: None,
            codes: Vec::new(),
            mrz: None,
            hint: None,
            ms: 0.0,
            error: Some(out.coded(code, &[])),
            state: State::Unreadable,
            outline: None,
            advice: None,
            sight: Sight::default(),
            zone: None,
        }
    }

    /// What was seen and not read, and what to change. A code or a zone in the line leaves the hint `null`.
    pub(crate) fn advise(&mut self, hint: Option<&Hint>, sight: Sight, out: &Output) {
        self.sight = sight;
        self.advice = hint.map(|hint| words(hint, out));
        self.hint = match hint {
            Some(Hint::Frame(hint)) if !self.is_read() => Some(rounded(*hint)),
            _ => None,
        };
    }

    /// A page was drawn, not photographed: it cannot be held closer or into the light.
    pub(crate) fn advise_page(&mut self, out: &Output) {
        if self.hint.take().is_some() || self.state == State::Nothing {
            let word = if self.state == State::Nothing { "cli-page-nothing" } else { "cli-page-unread" };
            self.advice = Some(out.word(word, &[]));
        }
    }

    /// The file, and which page of it.
    pub(crate) fn place(&self) -> String {
        self.page.map_or_else(|| self.file.clone(), |page| format!("{}:{page}", self.file))
    }

    /// The scanner's own time.
    pub(crate) fn ms(&self) -> f64 {
        self.ms
    }

    /// The time of another look at the same.
    pub(crate) fn add_ms(&mut self, ms: f64) {
        self.ms = ((self.ms + ms) * 100.0).round() / 100.0;
    }

    /// Whether something counts.
    pub(crate) fn is_read(&self) -> bool {
        !self.codes.is_empty() || self.mrz.is_some()
    }

    /// A zone of the picture: said if it counts, else only where it is.
    pub(crate) fn show_zone(&mut self, read: MrzRead, today: Date, mask: Mask) {
        self.zone = Some(read.clone());
        let corners = corners(read.outline.corners);
        if let Some(found) = FoundZone::of(read, today) {
            self.push_zone(&found, mask);
        } else if self.state == State::Nothing {
            self.state = State::Located;
            self.outline = Some(corners);
        }
    }

    /// A zone that counts.
    pub(crate) fn push_zone(&mut self, found: &FoundZone, mask: Mask) {
        let FoundZone { zone, unproven, read } = found;
        self.state = State::Confirmed;
        self.mrz = Some(ZoneLine {
            mrz: MrzLine::of_zone(zone, unproven, mask),
            lines: read.lines.iter().map(|line| mask.text(line)).collect(),
            corners: corners(read.outline.corners),
            looks: read.looks,
        });
    }

    pub(crate) fn push(&mut self, symbol: &Symbol, reading: &Reading, mask: Mask) {
        let hex = symbol.bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        self.codes.push(CodeLine {
            text: payload::text(&symbol.bytes).map(|text| mask.text(&text)),
            bytes_hex: mask.text(&hex),
            version: symbol.version,
            ec_level: match symbol.ec_level {
                EcLevel::Low => "L",
                EcLevel::Medium => "M",
                EcLevel::Quartile => "Q",
                EcLevel::High => "H",
            },
            corners: corners(symbol.corners),
            px_per_module: (symbol.px_per_module * 100.0).round() / 100.0,
            decoder: symbol.decoder,
            reading: reading.word(),
        });
    }
}

/// Tenths of a pixel are what the scanner can tell.
pub(crate) fn corners(points: [Point; 4]) -> Corners {
    points.map(|point| [tenths(point.x), tenths(point.y)])
}

fn tenths(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl Line for FrameLine {
    fn text(&self, out: &Output) -> String {
        if let Some(error) = &self.error {
            let Coded { code, text, remedy, .. } = error;
            return format!("{BAD}✗{BAD:#} {}  {text} {remedy} {DIM}{code}{DIM:#}", self.place());
        }
        let (style, mark, word) = match self.state {
            State::Confirmed if self.codes.is_empty() => (GOOD, "✓", "scan-read-zone"),
            State::Confirmed => (GOOD, "✓", "scan-read"),
            State::Located => (WARN, "◎", "scan-located"),
            State::Unchanged => (DIM, "·", "scan-unchanged"),
            State::Nothing | State::Unreadable => (DIM, "·", "scan-nothing"),
        };
        let mut text = format!(
            "{style}{mark}{style:#} {}  {} {DIM}{:.1} ms{DIM:#}",
            self.place(),
            out.word(word, &[]),
            self.ms
        );
        if let Some(advice) = &self.advice {
            let _ = write!(text, "  {WARN}{advice}{WARN:#}");
        }
        for code in &self.codes {
            let said = out.word(&format!("reading-{}", code.reading), &[]);
            let _ = write!(
                text,
                "\n    {said} {DIM}v{}-{} · {:.1} px · {}{DIM:#}",
                code.version, code.ec_level, code.px_per_module, code.decoder
            );
            for line in code.text.as_deref().unwrap_or("–").lines() {
                let _ = write!(text, "\n    {line}");
            }
        }
        for line in self.mrz.iter().flat_map(|zone| zone.lines.iter()) {
            let _ = write!(text, "\n    {line}");
        }
        for line in self.mrz.iter().map(|zone| zone.mrz.text(out)).collect::<Vec<_>>().join("\n").lines() {
            let _ = write!(text, "\n    {line}");
        }
        text
    }
}

impl Line for SequenceLine {
    fn text(&self, out: &Output) -> String {
        let frames = self.frames.to_string();
        match self.first_frame {
            Some(first) => out.word("scan-sequence-read", &[("i", &first.to_string()), ("n", &frames)]),
            None => out.word("scan-sequence-unread", &[("n", &frames)]),
        }
    }
}
