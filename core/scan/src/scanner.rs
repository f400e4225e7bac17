//! Live use: one frame in, at most one news out.
//!
//! The base lane sees every frame, the other lanes take turns, so that no single frame is late. While a code was
//! located but not read, the lane whose turn it is looks at that place alone.

use crate::lanes::{BASE, OTHERS, Pass};
use crate::quality::Gauge;
use crate::tracker::{Tracker, Verdict};
use crate::{
    Coach, Deadline, Findings, FrameLayout, FrameView, Hint, Ladder, Outline, Region, ScanError, Signals,
    Symbol, WorkLimit,
};

/// How a scanner behaves. There is nothing to choose yet; `Default` is what a camera wants.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ScanSettings {}

/// What one frame brought.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum ScanOutcome {
    /// No code in sight.
    Nothing {
        /// What to change.
        hint: Option<Hint>,
    },
    /// A code is there but was not read, or was read and awaits a second look.
    Located {
        /// Where.
        outline: Outline,
        /// What to change; `None` if it was read.
        hint: Option<Hint>,
    },
    /// A payload counts; said once for a code held in view.
    Confirmed {
        /// The code.
        symbol: Symbol,
    },
    /// What was confirmed before is still in view.
    Unchanged,
}

/// Reads the frames of one camera session.
///
/// Keeps buffers, the payloads of the last seconds, the place it saw a code last, and what the last frame showed. One
/// frame at a time.
pub struct Scanner {
    ladder: Ladder,
    tracker: Tracker,
    turn: usize,
    /// The lane that read the frame before: a second look by it counts sooner than a whole round of the others.
    lucky: Option<Pass>,
    last_place: Option<Outline>,
    found: Findings,
    gauge: Gauge,
    coach: Coach,
    signals: Option<Signals>,
    caught_panics: u32,
}

impl Scanner {
    /// A scanner that has seen nothing.
    pub fn new(settings: ScanSettings) -> Self {
        let ScanSettings {} = settings;
        Self {
            ladder: Ladder::of_a_camera(),
            tracker: Tracker::default(),
            turn: 0,
            lucky: None,
            last_place: None,
            found: Findings::default(),
            gauge: Gauge::default(),
            coach: Coach::default(),
            signals: None,
            caught_panics: 0,
        }
    }

    /// Looks at one frame. Frames come in the order they were taken, each with its own `at_ms`.
    ///
    /// Blocks for one millisecond at 1280 × 720 if an ordinary code is in sight, else for up to some ten; ends soon after the deadline with what was found by then.
    ///
    /// # Errors
    /// [`ScanError::BadFrame`] if the layout does not fit the slice; the scanner stays as it was.
    pub fn scan(
        &mut self,
        luma: &[u8],
        layout: FrameLayout,
        deadline: &dyn Deadline,
    ) -> Result<ScanOutcome, ScanError> {
        let frame = FrameView::new(luma, layout)?;
        let limit = WorkLimit::live(deadline);
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.ladder.run(&frame, &[BASE], limit, &mut found, |_, _| false);
        if found.symbols.is_empty() {
            self.take_turn(&frame, limit, &mut found);
        }
        self.caught_panics = self.caught_panics.saturating_add(found.caught_panics);
        let hint = self.coach(&frame, &found);
        let outcome = self.conclude(&found, hint, layout.at_ms);
        self.found = found;
        Ok(outcome)
    }

    /// What the last frame showed, with payloads if it held any: for drawing.
    pub fn findings(&self) -> &Findings {
        &self.found
    }

    /// The numbers behind the last frame's hint; `None` if something was read.
    pub fn signals(&self) -> Option<&Signals> {
        self.signals.as_ref()
    }

    /// The coach as the next frame will find it: with that frame's numbers it says the same hint again.
    pub fn coach_state(&self) -> Coach {
        self.coach
    }

    /// Why nothing was read, if nothing was.
    fn coach(&mut self, frame: &FrameView<'_>, found: &Findings) -> Option<Hint> {
        let at_ms = frame.layout().at_ms;
        if found.symbols.is_empty() {
            let signals = self.gauge.measure(frame, found);
            self.signals = Some(signals);
            return Some(self.coach.advise(at_ms, &signals));
        }
        self.signals = None;
        self.gauge.skip();
        self.coach.succeed(at_ms);
        None
    }

    /// Panics inside other crates that were caught since the scanner was made; each counted as "not read".
    pub fn caught_panics(&self) -> u32 {
        self.caught_panics
    }

    /// One of the other lanes, over the last known place if there is one.
    fn take_turn(&mut self, frame: &FrameView<'_>, limit: WorkLimit<'_>, found: &mut Findings) {
        let pass = self.lucky.take().unwrap_or_else(|| {
            let pass = OTHERS[self.turn % OTHERS.len()];
            self.turn = self.turn.wrapping_add(1);
            pass
        });
        let place = found.located.first().map(|l| l.outline).or(self.last_place);
        let narrowed = place.and_then(|p| frame.with_region(surroundings(&p, frame.region())?));
        self.ladder.run(&narrowed.unwrap_or(*frame), &[pass], limit, found, |_, _| false);
        self.lucky = (!found.symbols.is_empty()).then_some(pass);
        // A place that gave nothing is not trusted twice: the next turn sees the whole frame.
        self.last_place = match (narrowed.is_some(), found.symbols.first()) {
            (_, Some(symbol)) => Some(symbol.outline()),
            (true, None) => None,
            (false, None) => found.located.first().map(|l| l.outline),
        };
    }

    fn conclude(&mut self, found: &Findings, hint: Option<Hint>, at_ms: i64) -> ScanOutcome {
        let easy = |s: &Symbol| s.decoder == BASE.name && s.correction.is_easy();
        let verdict = self.tracker.judge(&found.symbols, at_ms, easy);
        if let Some(symbol) = found.symbols.first() {
            self.last_place = Some(symbol.outline());
        }
        let outline = found.symbols.first().map(Symbol::outline).or(found.located.first().map(|l| l.outline));
        let confirmed = match verdict {
            Verdict::Confirmed(nth) => found.symbols.get(nth),
            Verdict::Unchanged | Verdict::Pending | Verdict::Nothing => None,
        };
        match (confirmed, verdict, outline) {
            (Some(symbol), _, _) => ScanOutcome::Confirmed { symbol: symbol.clone() },
            (None, Verdict::Unchanged, _) => ScanOutcome::Unchanged,
            (None, _, Some(outline)) => ScanOutcome::Located { outline, hint },
            (None, _, None) => ScanOutcome::Nothing { hint },
        }
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner")
            .field("turn", &self.turn)
            .field("caught_panics", &self.caught_panics)
            .finish_non_exhaustive()
    }
}

/// The place of a code and half its side around it, inside `bounds`; `None` if nothing of it is inside.
fn surroundings(outline: &Outline, bounds: Region) -> Option<Region> {
    let margin = outline.side() / 2.0;
    let span = |values: [f32; 4], from: u32, length: u32| {
        let low = values.iter().copied().fold(f32::INFINITY, f32::min) - margin;
        let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max) + margin;
        // Casts from float saturate, so a wild outline ends at the bounds.
        let start = (low.max(0.0) as u32).clamp(from, from + length);
        let end = (high.max(0.0) as u32).clamp(start, from + length);
        (start, end - start)
    };
    let (x, width) = span(outline.corners.map(|c| c.x), bounds.x, bounds.width);
    let (y, height) = span(outline.corners.map(|c| c.y), bounds.y, bounds.height);
    (width > 0 && height > 0).then_some(Region { x, y, width, height })
}
