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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Blur, Region};

    /// A sharp, well lit place with a code in plain sight.
    fn good() -> Signals {
        Signals {
            place: Some(Region { x: 500, y: 300, width: 160, height: 160 }),
            side: 160.0,
            elongation: 1.0,
            density: 1.0,
            p5: 40,
            p95: 200,
            noise: 1.0,
            blur: Blur { least: 2.3, most: 2.4 },
            ..Signals::default()
        }
    }

    fn blurred() -> Signals {
        Signals { blur: Blur { least: 6.0, most: 6.2 }, ..good() }
    }

    fn dark() -> Signals {
        Signals { p5: 10, p95: 40, ..good() }
    }

    fn nothing() -> Signals {
        Signals { place: None, p95: 200, ..Signals::default() }
    }

    /// The hints at 30 frames a second, each with the time it appeared.
    fn play(
        coach: &mut Coach,
        from: i64,
        to: i64,
        signals: impl Fn(i64) -> Signals,
    ) -> Vec<(i64, &'static str)> {
        let mut told: Vec<(i64, &'static str)> = Vec::new();
        for at_ms in (from..to).step_by(33) {
            let kind = coach.advise(at_ms, &signals(at_ms)).kind();
            if told.last().is_none_or(|(_, last)| *last != kind) {
                told.push((at_ms, kind));
            }
        }
        told
    }

    #[test]
    fn no_word_before_seven_tenths_of_a_second() {
        let told = play(&mut Coach::default(), 0, 2_000, |_| dark());
        assert_eq!(told, [(0, "aim"), (726, "dark")]);
    }

    #[test]
    fn a_hint_stays_for_a_while_after_its_cause_is_gone() {
        let told = play(&mut Coach::default(), 0, 3_000, |at| if at < 800 { dark() } else { nothing() });
        assert_eq!(told, [(0, "aim"), (726, "dark"), (1_947, "aim")]);
    }

    #[test]
    fn only_what_is_more_urgent_replaces_a_hint_before_its_time() {
        let told = play(&mut Coach::default(), 0, 1_500, |at| if at < 900 { blurred() } else { dark() });
        assert_eq!(told, [(0, "aim"), (726, "focus"), (924, "dark")]);
        let told = play(&mut Coach::default(), 0, 2_500, |at| if at < 900 { dark() } else { blurred() });
        assert_eq!(told, [(0, "aim"), (726, "dark"), (1_947, "focus")]);
    }

    #[test]
    fn one_or_two_blurred_frames_are_a_lens_that_is_finding_its_place() {
        let told =
            play(&mut Coach::default(), 0, 3_000, |at| if at / 33 % 4 < 2 { blurred() } else { nothing() });
        assert!(told.iter().all(|(_, kind)| *kind != "focus"), "{told:?}");
    }

    #[test]
    fn nothing_in_sight_is_said_after_four_seconds_and_given_up_after_eight() {
        let told = play(&mut Coach::default(), 0, 12_000, |_| nothing());
        assert_eq!(told, [(0, "aim"), (4_026, "where"), (8_019, "give_up")]);
    }

    #[test]
    fn success_clears_at_once_and_the_time_begins_anew() {
        let mut coach = Coach::default();
        play(&mut coach, 0, 2_000, |_| dark());
        coach.succeed(2_000);
        assert_eq!(play(&mut coach, 2_033, 3_500, |_| dark())[0], (2_033, "aim"));
    }

    #[test]
    fn a_clock_that_jumps_back_and_a_pause_begin_anew() {
        for next in [-5_000, 500, 60_000, i64::MAX, i64::MIN] {
            let mut coach = Coach::default();
            play(&mut coach, 0, 2_000, |_| dark());
            assert_eq!(coach.advise(next, &dark()), Hint::Aim, "{next}");
        }
    }

    #[test]
    fn numbers_follow_the_frame_while_the_words_stay() {
        let small = |px: f32| Signals { px_per_module: Some(px), ..good() };
        let mut coach = Coach::default();
        play(&mut coach, 0, 900, |_| small(1.5));
        assert_eq!(coach.advise(924, &small(2.0)), Hint::Closer { zoom: 1.5 });
    }

    #[test]
    fn a_picture_gets_its_hint_at_once() {
        assert_eq!(Coach::once(&dark()), Hint::Dark { torch: true });
        assert_eq!(Coach::once(&nothing()), Hint::Where);
        assert_eq!(Coach::once(&good()).kind(), "unreadable");
    }
}
