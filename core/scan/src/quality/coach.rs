//! Which hint a person sees, and for how long: one at a time, never flickering, gone at once when something was read.
//!
//! Time is the frames' own. A clock that jumps back, or a pause in which the camera was away, begins anew.

use super::cause::{causes, unread};
use super::{Hint, Signals};

/// Most codes are read within this time: no word before it.
const FIRST_MS: i64 = 700;

/// A sentence needs this long to be read.
const STAY_MS: i64 = 1_200;

/// Frames in a row that must be out of focus: a lens that is just finding it shows one or two.
const FOCUS_FRAMES: u8 = 3;

/// Frames in a row in which a code was seen and not read: the other lanes have had their turns.
const UNREAD_FRAMES: u8 = 5;

/// Nothing like a code for this long: it is elsewhere.
const WHERE_MS: i64 = 4_000;

/// Nothing read for this long: another way is better.
const GIVE_UP_MS: i64 = 8_000;

/// Between two frames of one session; more is a pause.
const PAUSE_MS: i64 = 2_000;

/// Chooses the hint over the frames of one camera session.
///
/// A small value without pixels or payloads: a copy taken before a frame, with that frame's numbers, says again what was
/// said then.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coach {
    /// What it remembers of the frames so far; `None` before the first.
    pub memory: Option<Memory>,
}

/// What a coach remembers. Times are those of frames, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// The last frame.
    pub last_ms: i64,
    /// The session's first frame, or the last that was read.
    pub since_ms: i64,
    /// The last frame with something like a code, or as `since_ms`.
    pub sighted_ms: i64,
    /// The hint shown.
    pub shown: Hint,
    /// Since when.
    pub shown_ms: i64,
    /// Frames in a row out of focus, counted up to what matters.
    pub blurred: u8,
    /// Frames in a row with a code that was not read, counted up to what matters.
    pub unread: u8,
}

impl Memory {
    fn new(at_ms: i64) -> Self {
        Self {
            last_ms: at_ms,
            since_ms: at_ms,
            sighted_ms: at_ms,
            shown: Hint::Aim,
            shown_ms: at_ms,
            blurred: 0,
            unread: 0,
        }
    }
}

impl Coach {
    /// A frame in which something was read: no hint, and the time begins anew.
    pub fn succeed(&mut self, at_ms: i64) {
        self.memory = Some(Memory::new(at_ms));
    }

    /// A frame in which nothing was read: what to say.
    pub fn advise(&mut self, at_ms: i64, signals: &Signals) -> Hint {
        let going_on = |m: &Memory| at_ms >= m.last_ms && at_ms.saturating_sub(m.last_ms) <= PAUSE_MS;
        let mut memory = self.memory.filter(going_on).unwrap_or_else(|| Memory::new(at_ms));
        memory.last_ms = at_ms;
        let wanted = memory.wanted(at_ms, signals);
        memory.show(at_ms, wanted);
        self.memory = Some(memory);
        memory.shown
    }

    /// The best-founded hint for a picture in which nothing was read: there is no next frame to wait for.
    pub fn once(signals: &Signals) -> Hint {
        let first = causes(signals).into_iter().flatten().next();
        first.or(unread(signals).map(|reason| Hint::Unreadable { reason })).unwrap_or(Hint::Where)
    }
}

impl Memory {
    /// The most urgent hint whose conditions and counts are met.
    fn wanted(&mut self, at_ms: i64, signals: &Signals) -> Hint {
        let causes = causes(signals);
        let unread = unread(signals);
        let count = |so_far: u8, more: bool, enough: u8| if more { (so_far + 1).min(enough) } else { 0 };
        self.blurred = count(self.blurred, causes.contains(&Some(Hint::Focus)), FOCUS_FRAMES);
        self.unread = count(self.unread, unread.is_some(), UNREAD_FRAMES);
        if unread.is_some() {
            self.sighted_ms = at_ms;
        }
        let waited = at_ms.saturating_sub(self.since_ms);
        if waited < FIRST_MS {
            return Hint::Aim;
        }
        let steady = |hint: &Hint| *hint != Hint::Focus || self.blurred >= FOCUS_FRAMES;
        let seen = unread.filter(|_| self.unread >= UNREAD_FRAMES).map(|reason| Hint::Unreadable { reason });
        let over = waited >= GIVE_UP_MS;
        // Where to point has been said for long enough once it is time to give up.
        let lost = !over && at_ms.saturating_sub(self.sighted_ms) >= WHERE_MS;
        causes
            .into_iter()
            .flatten()
            .find(steady)
            .or(seen)
            .or(lost.then_some(Hint::Where))
            .or(over.then_some(Hint::GiveUp))
            .unwrap_or(Hint::Aim)
    }

    /// Shows a hint, unless the one that stands has not had its time and is as urgent.
    fn show(&mut self, at_ms: i64, wanted: Hint) {
        if self.shown.says_the_same(&wanted) {
            self.shown = wanted;
            return;
        }
        let had_its_time = at_ms.saturating_sub(self.shown_ms) >= STAY_MS;
        if had_its_time || wanted.priority() < self.shown.priority() {
            self.shown = wanted;
            self.shown_ms = at_ms;
        }
    }
}
