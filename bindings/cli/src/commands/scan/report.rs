//! Why a scan read nothing, as a file: written for those who ask, and said again from the numbers in it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use apoa_core::diagnosis::{FrameRecord, HintForm, Report, ReportFault};
use apoa_core::scanner::{FrameHint, Hint, Signals};
use serde::Serialize;

use super::line::{rounded, words};
use crate::Ended;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::{BAD, DIM, GOOD, Line, Output, WARN};

/// One frame of a report, its hint drawn again from its numbers.
#[derive(Serialize)]
struct ReplayLine {
    at_ms: i64,
    width: u32,
    height: u32,
    read: bool,
    located: usize,
    finders: usize,
    hint: Option<HintForm>,
    /// Whether the hint is the one that was given then.
    same: bool,
    ms: f64,
    #[serde(skip)]
    advice: Option<String>,
    #[serde(skip)]
    signals: Option<Signals>,
}

pub(super) fn write(file: &Path, report: &Report) -> Result<(), Stop> {
    fs::write(file, report.to_json() + "\n").map_err(|error| Stop::unwritten(&file.display(), &error))
}

/// Says each frame of a report again. Nothing found if nothing was read then, as the scan itself said.
pub(super) fn replay(file: &Path, out: &Output) -> Ended {
    let text = fs::read_to_string(file).map_err(|error| Stop::unread(&file.display(), &error))?;
    let wrong = |fault: ReportFault| Stop::said(&format!("{}: {fault}", file.display()));
    let report = Report::from_json(&text).map_err(wrong)?;
    for (frame, hint) in report.frames.iter().zip(report.replay()) {
        out.line(&ReplayLine::new(frame, hint, out));
    }
    Ok(if report.frames.iter().any(|frame| frame.read) { Exit::Done } else { Exit::Nothing })
}

impl ReplayLine {
    fn new(frame: &FrameRecord, hint: Option<FrameHint>, out: &Output) -> Self {
        Self {
            at_ms: frame.at_ms,
            width: frame.width,
            height: frame.height,
            read: frame.read,
            located: frame.sight.located.len(),
            finders: frame.sight.finders.len(),
            hint: hint.map(rounded),
            same: hint == frame.hint,
            ms: (frame.ms * 100.0).round() / 100.0,
            advice: hint.map(|hint| words(&Hint::Frame(hint), out)),
            signals: frame.sight.signals,
        }
    }
}

impl Line for ReplayLine {
    fn text(&self, out: &Output) -> String {
        let (style, mark) = if self.read { (GOOD, "✓") } else { (DIM, "·") };
        let said = self.advice.clone().unwrap_or_else(|| out.word("scan-read", &[]));
        let mut text = format!("{style}{mark}{style:#} {:>6} ms  {WARN}{said}{WARN:#}", self.at_ms);
        if !self.same {
            let _ = write!(text, "  {BAD}≠{BAD:#}");
        }
        if let Some(s) = &self.signals {
            let module = s.px_per_module.map_or_else(|| "–".to_owned(), |px| format!("{px:.1}"));
            let _ = write!(
                text,
                "\n    {DIM}px/module {module} · blur {:.1}/{:.1} · p5 {} · p95 {} · noise {:.1} · finders {} · located {}{DIM:#}",
                s.blur.least, s.blur.most, s.p5, s.p95, s.noise, self.finders, self.located
            );
        }
        text
    }
}
