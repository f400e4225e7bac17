//! Live use: one frame in, at most one news out.
//!
//! The base lane sees every frame, the other lanes take turns, so that no single frame is late. While a code was
//! located but not read, the lane whose turn it is looks at that place alone. A frame without a new code is looked
//! through for a machine-readable zone as well, one size of print a frame (`mrz/live.rs`); beside a code that is held, now
//! and then.

use crate::lanes::{BASE, OTHERS, Pass};
use crate::mrz::MrzRead;
use crate::mrz::live::Live;
use crate::quality::Gauge;
use crate::tracker::{Tracker, Verdict};
use crate::{
    Coach, Deadline, Findings, FrameLayout, FrameView, Hint, Ladder, Outline, ScanError, Signals, Symbol,
    WorkLimit,
};

/// A zone that counts is looked at again after this time: nobody waits for it any longer, and no hand holds up the next
/// passport sooner.
const AGAIN_MS: i64 = 250;

/// Beside a code that counts and is still held, a zone is looked for this often while none is in sight: a look costs more
/// than the code does, and a passport that comes to lie there is seen within two or three.
const BESIDE_MS: i64 = 100;

/// How a scanner behaves. There is nothing to choose yet; `Default` is what a camera wants.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ScanSettings {}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// A code.
    Code(Symbol),
    /// The machine-readable zone of a passport, card or visa; accepted as a whole.
    Mrz(MrzRead),
}

/// What one frame brought.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum ScanOutcome {
    /// No code and no zone in sight.
    Nothing {
        /// What to change.
        hint: Option<Hint>,
    },
    /// A code or a zone is there but was not read, or was read and awaits a second look.
    Located {
        /// Where.
        outline: Outline,
        /// What to change; `None` if it was read.
        hint: Option<Hint>,
    },
    /// A payload counts; said once for what is held in view.
    Confirmed {
        /// What was read.
        payload: Payload,
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
    /// The lane for zones, what it saw in the last frame, and which zones count.
    zones: Live,
    zone: Option<MrzRead>,
    zone_tracker: Tracker,
    /// When a zone that counts was looked at last, while it is in view.
    held_at_ms: Option<i64>,
    /// When a zone was looked for last.
    looked_at_ms: Option<i64>,
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
            zones: Live::default(),
            zone: None,
            zone_tracker: Tracker::default(),
            held_at_ms: None,
            looked_at_ms: None,
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
        let code = self.judge(&found, layout.at_ms);
        // A permit is shown alone: while its code is being read nobody waits for lines.
        let zone = if matches!(code, Verdict::Confirmed(_) | Verdict::Pending) || limit.passed() {
            self.zone = None;
            Verdict::Nothing
        } else if self.is_held(layout.at_ms) {
            Verdict::Unchanged
        } else if self.may_rest(code, layout.at_ms) {
            Verdict::Nothing
        } else {
            self.looked_at_ms = Some(layout.at_ms);
            self.zone = self.zones.look(&frame, limit);
            self.judge_zone(layout.at_ms)
        };
        let hint = self.coach(&frame, &found);
        let outcome = self.conclude(&found, code, zone, hint);
        self.found = found;
        Ok(outcome)
    }

    /// The zone in view, whether it counts or not: for drawing. Its place is that of the last frame; of a zone that counts,
    /// of up to a quarter of a second ago.
    pub fn zone(&self) -> Option<&MrzRead> {
        self.zone.as_ref()
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
        if found.symbols.is_empty() && !self.zone.as_ref().is_some_and(|zone| zone.accepted) {
            let signals = self.gauge.measure(frame, found, self.zone.as_ref());
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
        let narrowed = place.and_then(|p| frame.with_region(p.surroundings(p.side() / 2.0, frame.region())?));
        self.ladder.run(&narrowed.unwrap_or(*frame), &[pass], limit, found, |_, _| false);
        self.lucky = (!found.symbols.is_empty()).then_some(pass);
        // A place that gave nothing is not trusted twice: the next turn sees the whole frame.
        self.last_place = match (narrowed.is_some(), found.symbols.first()) {
            (_, Some(symbol)) => Some(symbol.outline()),
            (true, None) => None,
            (false, None) => found.located.first().map(|l| l.outline),
        };
    }

    fn judge(&mut self, found: &Findings, at_ms: i64) -> Verdict {
        if let Some(symbol) = found.symbols.first() {
            self.last_place = Some(symbol.outline());
        }
        let easy = |s: &Symbol| s.decoder == BASE.name && s.correction.is_easy();
        self.tracker.judge(&found.symbols, at_ms, easy)
    }

    /// Whether a zone that counts was looked at so lately that it is taken to be in view still.
    fn is_held(&self, at_ms: i64) -> bool {
        self.zone.is_some() && is_within(self.held_at_ms, at_ms, AGAIN_MS)
    }

    /// Whether a frame goes without a look for zones: its code is known already, and just now there was no zone beside it.
    fn may_rest(&self, code: Verdict, at_ms: i64) -> bool {
        code == Verdict::Unchanged && self.zone.is_none() && is_within(self.looked_at_ms, at_ms, BESIDE_MS)
    }

    fn judge_zone(&mut self, at_ms: i64) -> Verdict {
        let read = self.zone.as_ref().filter(|zone| zone.accepted);
        let lines = read.map(|zone| zone.lines.concat());
        let sure = read.is_some_and(|zone| zone.looks > 1);
        let verdict = self.zone_tracker.judge_one(lines.as_deref().map(str::as_bytes), at_ms, sure);
        let counts = matches!(verdict, Verdict::Confirmed(_) | Verdict::Unchanged);
        self.held_at_ms = counts.then_some(at_ms);
        verdict
    }

    fn conclude(&self, found: &Findings, code: Verdict, zone: Verdict, hint: Option<Hint>) -> ScanOutcome {
        let payload = match (code, zone) {
            (Verdict::Confirmed(nth), _) => found.symbols.get(nth).cloned().map(Payload::Code),
            (_, Verdict::Confirmed(_)) => self.zone.clone().map(Payload::Mrz),
            _ => None,
        };
        let outline = found.symbols.first().map(Symbol::outline);
        let outline = outline.or(found.located.first().map(|l| l.outline));
        let outline = outline.or(self.zone.as_ref().map(|zone| zone.outline));
        let unchanged = [code, zone].contains(&Verdict::Unchanged);
        match (payload, outline) {
            (Some(payload), _) => ScanOutcome::Confirmed { payload },
            (None, _) if unchanged => ScanOutcome::Unchanged,
            (None, Some(outline)) => ScanOutcome::Located { outline, hint },
            (None, None) => ScanOutcome::Nothing { hint },
        }
    }
}

/// Whether `at_ms` is less than `span_ms` after `since_ms`; not if the clock went back.
fn is_within(since_ms: Option<i64>, at_ms: i64, span_ms: i64) -> bool {
    since_ms.is_some_and(|since| (0..span_ms).contains(&at_ms.saturating_sub(since)))
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner")
            .field("turn", &self.turn)
            .field("caught_panics", &self.caught_panics)
            .finish_non_exhaustive()
    }
}
