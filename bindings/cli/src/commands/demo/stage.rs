//! One step after the other: announces it, times it, says what came of it, and remembers all that for the page.
//! It decides nothing; a step decides itself whether it went well.

use std::time::Instant;

use apoa_core::catalogue::{Catalogue, Language};
use apoa_core::codes::Code;
use apoa_core::scanner::ScanError;
use apoa_core::{DraftError, StoreError, SyncError};
use apoa_frames::FrameError;
use apoa_server::ServerError;
use serde::Serialize;
use serde_json::{Value, json};

use super::words;
use crate::failure::Stop;
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output};

/// Why a step did not come out as it has to.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) code: Code,
    /// In technical words; no identities.
    pub(super) cause: String,
}

impl Trouble {
    /// What was seen is not what is promised.
    pub(super) fn unmet(promise: impl Into<String>) -> Self {
        Self { code: Code::Internal, cause: promise.into() }
    }

    fn new(code: Code, cause: &impl ToString) -> Self {
        Self { code, cause: cause.to_string() }
    }
}

impl From<Stop> for Trouble {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Usage(usage) => Self::unmet(usage.in_words(&Catalogue::new(Language::English))),
            Stop::Taken(file) => Self::unmet(file),
            Stop::Failure(failure) => Self { code: failure.code, cause: failure.cause.unwrap_or_default() },
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), &error)
    }
}

impl From<SyncError> for Trouble {
    fn from(error: SyncError) -> Self {
        Self::new(error.code(), &error)
    }
}

impl From<ScanError> for Trouble {
    fn from(error: ScanError) -> Self {
        Self::new(error.code(), &error)
    }
}

impl From<DraftError> for Trouble {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Store(error) => error.into(),
            other => Self::unmet(other.to_string()),
        }
    }
}

impl From<FrameError> for Trouble {
    fn from(error: FrameError) -> Self {
        Self::unmet(error.to_string())
    }
}

impl From<ServerError> for Trouble {
    fn from(error: ServerError) -> Self {
        Self::unmet(error.to_string())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::unmet(error.to_string())
    }
}

impl From<image::ImageError> for Trouble {
    fn from(error: image::ImageError) -> Self {
        Self::unmet(error.to_string())
    }
}

/// Holds a promise against what was seen.
pub(super) fn expect(seen: bool, promise: &str) -> Result<(), Trouble> {
    if seen { Ok(()) } else { Err(Trouble::unmet(format!("not as promised: {promise}"))) }
}

/// A step that went well: what the next ones need of it, and what is said of it.
pub(super) struct Done<T> {
    pub(super) value: T,
    /// For programs.
    pub(super) detail: Value,
    /// For people, a line each.
    pub(super) said: Vec<String>,
}

/// What is remembered of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) step: &'static str,
    /// Milliseconds since the demo began.
    pub(super) at_ms: f64,
    pub(super) ms: f64,
}

#[derive(Debug, Serialize)]
struct StepLine<'a> {
    step: &'static str,
    ok: bool,
    ms: f64,
    detail: &'a Value,
    #[serde(skip)]
    said: &'a [String],
}

/// The show.
pub(super) struct Stage<'a> {
    out: &'a Output,
    begun: Instant,
    pub(super) marks: Vec<Mark>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(out: &'a Output) -> Self {
        Self { out, begun: Instant::now(), marks: Vec::new() }
    }

    /// Does one step.
    pub(super) fn step<T>(
        &mut self,
        step: &'static str,
        work: impl FnOnce() -> Result<Done<T>, Trouble>,
    ) -> Result<T, Trouble> {
        self.announce(step);
        let (begun, at_ms) = (Instant::now(), self.ms());
        let done = work();
        let ms = millis(begun);
        self.marks.push(Mark { step, at_ms, ms });
        match done {
            Ok(Done { value, detail, said }) => {
                self.out.line(&StepLine { step, ok: true, ms, detail: &detail, said: &said });
                Ok(value)
            }
            Err(trouble) => {
                let detail = json!({ "code": trouble.code.to_string(), "cause": trouble.cause });
                let said = [trouble.cause.clone()];
                self.out.line(&StepLine { step, ok: false, ms, detail: &detail, said: &said });
                Err(trouble)
            }
        }
    }

    /// Milliseconds since the demo began.
    pub(super) fn ms(&self) -> f64 {
        millis(self.begun)
    }

    /// What is done now and why it matters; programs need neither.
    fn announce(&self, step: &'static str) {
        if self.out.json {
            return;
        }
        let (nth, words) = words::of(step);
        let all = words::STEPS.len();
        self.out.print(&format!("\n{DIM}{nth:2}/{all}{DIM:#}  {BOLD}{}{BOLD:#}", words.title));
        for line in wrapped(words.why) {
            self.out.print(&format!("       {DIM}{line}{DIM:#}"));
        }
    }
}

/// Hundredths of a millisecond since then.
pub(super) fn millis(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 100_000.0).round() / 100.0
}

/// Lines of a terminal that is 80 wide, less the margin.
fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 73;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

impl Line for StepLine<'_> {
    fn text(&self, _: &Output) -> String {
        let (style, mark) = if self.ok { (GOOD, "✓") } else { (BAD, "✗") };
        let mut lines: Vec<String> = self.said.iter().map(|line| format!("       {line}")).collect();
        if let Some(first) = lines.first_mut() {
            *first = format!("    {style}{mark}{style:#}  {}", first.trim_start());
        }
        if let Some(last) = lines.last_mut() {
            *last = format!("{last}  {DIM}{}{DIM:#}", duration(self.ms));
        }
        lines.join("\n")
    }
}

/// A time as people say it.
pub(super) fn duration(ms: f64) -> String {
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.2} s", ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_within_a_terminal_and_lose_no_word() {
        for step in words::STEPS {
            let lines = wrapped(step.why);
            assert!(lines.iter().all(|line| line.chars().count() <= 73), "{}", step.step);
            assert_eq!(lines.join(" "), step.why);
        }
    }
}
