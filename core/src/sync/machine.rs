//! Decides what a run does next: events in, one command out, in virtual time. It knows no store, no network, no
//! clock; jitter comes from a seed.
//!
//! Order of a run: config if old, token if nearly over, changes, then batches of ops, and if a conflict came, changes
//! and what goes on top of them once more; then each photo and its op. So offline, portal, foreign certificate and wrong clock are found with
//! nothing marked. Ops are loaded after a verified answer and sent after their mark is on disk, by construction.

use core::time::Duration;

use super::outcome::{StoppedBy, Trouble};
use super::policy::{
    BACKOFF_BASE_MS, BACKOFF_CAP_MS, BATCH_START, FAILURES_PER_RUN, RESERVE, SPREAD_PERSON_MS, spread_ms,
};
use crate::request::Trigger;

/// What happened. Times are those of one monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The run begins.
    Start,
    /// The request of the last command brought a verified answer.
    Answered,
    /// So many ops are loaded; if none, when the next one may go.
    Loaded { ops: usize, next: Option<Duration> },
    /// No op is due, but a photo whose op waits for it.
    PhotoDue,
    /// The mark is on disk.
    Marked,
    /// The batch was answered and every outcome is on disk. Some ops were put off by the server (`waiting`), of some the
    /// report had moved on there (`conflict`).
    Settled { waiting: bool, conflict: bool },
    /// The batch's delay is on disk.
    Postponed,
    /// Time passed.
    Tick,
    /// The last request brought no verified answer.
    Failed(Trouble),
    /// The caller asks to end.
    Cancel,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Fetch the signed config.
    FetchConfig,
    /// Renew the tokens.
    Refresh,
    /// Pull the changes, and put on top of them what waited on less.
    PullChanges,
    /// Load at most so many ops.
    Load { most: usize },
    /// Commit "maybe sent" for what was loaded.
    Mark,
    /// Send what was marked.
    Send,
    /// Send the photo that is due, and keep that the server has it.
    SendPhoto,
    /// Commit that the batch waits so long.
    Postpone { delay_ms: i64 },
    /// Commit that the single op of the batch, or that of the photo, needs a person.
    Wedge,
    /// Wait until then, or until a cancel.
    Wait { until: Duration },
    /// The run is over.
    Finish(Option<StoppedBy>),
}

/// How a run begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The config is missing or old.
    pub(crate) config: bool,
    /// The token is nearly over.
    pub(crate) token: bool,
    /// The server asked for silence until then; zero if it did not.
    pub(crate) silent_until: Duration,
    /// End of the budget.
    pub(crate) until: Duration,
    /// Who asked for the run.
    pub(crate) trigger: Trigger,
    /// Most ops in a request of this contract.
    pub(crate) batch_most: usize,
    /// Any number; two runs with one seed wait alike.
    pub(crate) seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Config,
    Token,
    Changes,
    Ops,
    Photo,
}

/// The pull after a conflict: once a run, so that two devices that go on moving a report cannot keep each other busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SecondLook {
    NotNeeded,
    Due,
    Done,
}

/// The state of one run.
#[derive(Debug)]
pub(crate) struct Machine {
    plan: Plan,
    phase: Phase,
    /// What goes on after a token was renewed in the middle.
    resume: Phase,
    refreshed: bool,
    answered: bool,
    failures: u32,
    batch: usize,
    loaded: usize,
    second_look: SecondLook,
    draws: u64,
    /// Where a wait leads.
    after_wait: Phase,
}

impl Machine {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            plan,
            phase: Phase::Config,
            resume: Phase::Changes,
            refreshed: false,
            answered: false,
            failures: 0,
            batch: BATCH_START.min(plan.batch_most),
            loaded: 0,
            second_look: SecondLook::NotNeeded,
            draws: 0,
            after_wait: Phase::Changes,
        }
    }

    /// The next command.
    pub(crate) fn handle(&mut self, event: Event, now: Duration) -> Command {
        match event {
            Event::Start if self.plan.silent_until > now => {
                // What a schedule waits is spread already.
                let more =
                    if self.plan.trigger == Trigger::Person { self.jitter(SPREAD_PERSON_MS) } else { 0 };
                self.wait_or_give_up(self.plan.silent_until + ms(more), self.first())
            }
            Event::Start => self.request(self.first(), now),
            Event::Answered => self.answered(now),
            Event::Loaded { ops: 0, .. } | Event::PhotoDue if self.second_look == SecondLook::Due => {
                self.second_look = SecondLook::Done;
                self.request(Phase::Changes, now)
            }
            Event::Loaded { ops: 0, next } => match next {
                Some(next) if next + RESERVE < self.plan.until => self.wait(next.max(now), Phase::Ops),
                // What waits after trouble waits for the server; what waits from before has its own time.
                Some(_) if self.failures > 0 => Command::Finish(Some(StoppedBy::Server)),
                Some(_) | None => Command::Finish(None),
            },
            Event::Loaded { ops, .. } => {
                self.loaded = ops;
                Command::Mark
            }
            Event::PhotoDue => self.request(Phase::Photo, now),
            Event::Marked => self.within_budget(Command::Send, now),
            Event::Settled { waiting, conflict } => {
                self.failures = 0;
                if conflict && self.second_look == SecondLook::NotNeeded {
                    self.second_look = SecondLook::Due;
                }
                self.batch = (self.batch * 2).min(self.plan.batch_most);
                if waiting {
                    let delay_ms = self.backoff_ms();
                    return Command::Postpone { delay_ms };
                }
                self.request(Phase::Ops, now)
            }
            Event::Postponed if self.failures >= FAILURES_PER_RUN => Command::Finish(Some(StoppedBy::Server)),
            Event::Postponed | Event::Tick => self.request(self.after_wait, now),
            Event::Failed(trouble) => self.failed(trouble, now),
            Event::Cancel => Command::Finish(Some(StoppedBy::Cancelled)),
        }
    }

    /// Where a run begins.
    fn first(&self) -> Phase {
        match (self.plan.config, self.plan.token) {
            (true, _) => Phase::Config,
            (false, true) => Phase::Token,
            (false, false) => Phase::Changes,
        }
    }

    fn answered(&mut self, now: Duration) -> Command {
        self.answered = true;
        self.failures = 0;
        match self.phase {
            Phase::Config if self.plan.token => self.request(Phase::Token, now),
            Phase::Config => self.request(Phase::Changes, now),
            Phase::Token => {
                self.refreshed = true;
                self.request(self.resume, now)
            }
            Phase::Changes | Phase::Ops | Phase::Photo => self.request(Phase::Ops, now),
        }
    }

    /// The command that begins a phase.
    fn request(&mut self, phase: Phase, now: Duration) -> Command {
        self.phase = phase;
        self.after_wait = phase;
        let command = match phase {
            Phase::Config => Command::FetchConfig,
            Phase::Token => Command::Refresh,
            Phase::Changes => Command::PullChanges,
            Phase::Ops => Command::Load { most: self.batch },
            Phase::Photo => Command::SendPhoto,
        };
        self.within_budget(command, now)
    }

    fn within_budget(&self, command: Command, now: Duration) -> Command {
        if now + RESERVE > self.plan.until { Command::Finish(Some(StoppedBy::Budget)) } else { command }
    }

    fn failed(&mut self, trouble: Trouble, now: Duration) -> Command {
        match trouble {
            Trouble::Stop(StoppedBy::Auth) if !self.refreshed && self.phase != Phase::Token => {
                self.resume = self.phase;
                self.refreshed = true;
                self.request(Phase::Token, now)
            }
            Trouble::Stop(by) => Command::Finish(Some(by)),
            Trouble::Denied => Command::Finish(Some(StoppedBy::Auth)),
            Trouble::Offline => Command::Finish(Some(StoppedBy::Offline)),
            // Nobody answered in this run: for a person that is "no internet".
            Trouble::Broken if !self.answered => Command::Finish(Some(StoppedBy::Offline)),
            Trouble::Broken | Trouble::CursorGone => self.try_again(None, now),
            Trouble::Temporary { retry_after_ms } => self.try_again(retry_after_ms, now),
            Trouble::TooLarge | Trouble::Contract if self.phase == Phase::Ops => {
                if self.loaded <= 1 {
                    return Command::Wedge;
                }
                // Half of it, then half of that: what is well goes through, the one that is not stands alone.
                self.batch = (self.loaded / 2).max(1);
                self.request(Phase::Ops, now)
            }
            Trouble::TooLarge | Trouble::Contract if self.phase == Phase::Photo => {
                self.after_wait = Phase::Ops;
                Command::Wedge
            }
            Trouble::TooLarge | Trouble::Contract => Command::Finish(Some(StoppedBy::UpdateRequired)),
        }
    }

    fn try_again(&mut self, retry_after_ms: Option<i64>, now: Duration) -> Command {
        self.failures += 1;
        let delay_ms =
            self.backoff_ms().max(retry_after_ms.map_or(0, |ms| ms + self.spread(self.plan.trigger, ms)));
        if self.phase == Phase::Ops {
            self.after_wait = Phase::Ops;
            return Command::Postpone { delay_ms };
        }
        if self.failures >= FAILURES_PER_RUN {
            return Command::Finish(Some(StoppedBy::Server));
        }
        self.wait_or_give_up(now + ms(delay_ms), self.phase)
    }

    fn wait_or_give_up(&mut self, until: Duration, then: Phase) -> Command {
        if until + RESERVE > self.plan.until {
            return Command::Finish(Some(StoppedBy::Server));
        }
        self.wait(until, then)
    }

    fn wait(&mut self, until: Duration, then: Phase) -> Command {
        self.after_wait = then;
        Command::Wait { until }
    }

    /// Full jitter: anything up to the doubled delay, so that many phones do not come back at once.
    fn backoff_ms(&mut self) -> i64 {
        let doublings = self.failures.saturating_sub(1).min(20);
        let most = BACKOFF_BASE_MS.saturating_mul(1 << doublings).min(BACKOFF_CAP_MS);
        BACKOFF_BASE_MS / 2 + self.jitter(most)
    }

    /// What comes on top of a time that the server named.
    pub(crate) fn spread(&mut self, trigger: Trigger, retry_after_ms: i64) -> i64 {
        self.jitter(spread_ms(trigger, retry_after_ms))
    }

    /// Up to `most`, by the seed (splitmix64).
    fn jitter(&mut self, most: i64) -> i64 {
        self.draws += 1;
        let mut z = self.plan.seed.wrapping_add(self.draws.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % (most.unsigned_abs() + 1)) as i64
    }
}

/// A delay is never negative.
fn ms(delay: i64) -> Duration {
    Duration::from_millis(delay.unsigned_abs())
}

#[cfg(test)]
mod tests;
