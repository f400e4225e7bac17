//! Decides what a run does next: events in, one command out, in virtual time. It knows no store, no network, no
//! clock; jitter comes from a seed.
//!
//! Order of a run: config if old, token if nearly over, changes, then batches of ops, and if a conflict came, changes
//! and what goes on top of them once more; then each photo and its op. So offline, portal, foreign certificate and wrong clock are found with
//! nothing marked. Ops are loaded after a verified answer and sent after their mark is on disk, by construction.

use core::time::Duration;

use super::delays::Delays;
use super::outcome::{StoppedBy, Trouble};
use super::policy::{FAILURES_PER_RUN, RESERVE, SPREAD_NETWORK_MS, SPREAD_PERSON_MS, spread_ms};
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
    /// The batch was answered and every outcome is on disk. So many ops were settled one way or another, some put off by
    /// the server (`waiting`), of some the report had moved on there (`conflict`).
    Settled { settled: usize, waiting: bool, conflict: bool },
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
    /// Nothing is asked before, because the server wanted silence or this device waits by itself; the past if neither.
    pub(crate) quiet_until: Duration,
    /// How far the delays of earlier runs have grown; 0 if the last one went well.
    pub(crate) grown_ms: i64,
    /// End of the budget.
    pub(crate) until: Duration,
    /// Who asked for the run.
    pub(crate) trigger: Trigger,
    /// Ops of the first request: as many as went well last.
    pub(crate) batch: usize,
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
    /// Ops of the next request.
    batch: usize,
    /// Most ops that went through in one request.
    borne: usize,
    loaded: usize,
    second_look: SecondLook,
    delays: Delays,
    /// No request begins before then, whatever it is about.
    quiet_until: Duration,
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
            batch: plan.batch.clamp(1, plan.batch_most),
            borne: plan.batch,
            loaded: 0,
            second_look: SecondLook::NotNeeded,
            delays: Delays::from(plan.grown_ms, plan.seed),
            quiet_until: plan.quiet_until,
            after_wait: Phase::Changes,
        }
    }

    /// The next command.
    pub(crate) fn handle(&mut self, event: Event, now: Duration) -> Command {
        match event {
            Event::Start => {
                let quiet = self.quiet_until > now;
                self.quiet_until = match self.plan.trigger {
                    Trigger::Person if quiet => self.quiet_until + ms(self.delays.jitter(SPREAD_PERSON_MS)),
                    // A whole quarter has its network back in one moment.
                    Trigger::NetworkUp if !quiet => now + ms(self.delays.jitter(SPREAD_NETWORK_MS)),
                    // What a schedule waits is spread already.
                    _ => self.quiet_until,
                };
                self.request(self.first(), now)
            }
            Event::Answered => self.answered(now),
            Event::Loaded { ops: 0, .. } | Event::PhotoDue if self.second_look == SecondLook::Due => {
                self.second_look = SecondLook::Done;
                self.request(Phase::Changes, now)
            }
            Event::Loaded { ops: 0, next } => match next {
                Some(next) if next + RESERVE < self.plan.until => self.wait(next.max(now), Phase::Ops),
                // What waits after trouble waits for the server; what waits from before has its own time.
                Some(_) if self.failures > 0 => Command::Finish(Some(StoppedBy::Server)),
                Some(_) => Command::Finish(None),
                None => {
                    self.delays.end();
                    Command::Finish(None)
                }
            },
            Event::Loaded { ops, .. } => {
                self.loaded = ops;
                Command::Mark
            }
            Event::PhotoDue => self.request(Phase::Photo, now),
            Event::Marked => self.within_budget(Command::Send, now),
            Event::Settled { settled, waiting, conflict } => {
                if conflict && self.second_look == SecondLook::NotNeeded {
                    self.second_look = SecondLook::Due;
                }
                if settled > 0 {
                    self.failures = 0;
                    self.delays.end();
                    self.borne = self.borne.max(self.loaded);
                    self.batch = (self.batch * 2).min(self.plan.batch_most);
                } else {
                    // Answered, and yet nothing came of it: that may not go on for ever.
                    self.failures += 1;
                }
                if waiting {
                    return Command::Postpone { delay_ms: self.delays.grow() };
                }
                self.request(Phase::Ops, now)
            }
            Event::Postponed if self.failures >= FAILURES_PER_RUN => Command::Finish(Some(StoppedBy::Server)),
            Event::Postponed | Event::Tick => self.request(self.after_wait, now),
            Event::Failed(trouble) => self.failed(trouble, now),
            Event::Cancel => Command::Finish(Some(StoppedBy::Cancelled)),
        }
    }

    /// The server would rather not be asked before then. A person who looks on may all the same.
    pub(crate) fn spare(&mut self, until: Duration) {
        if self.plan.trigger != Trigger::Person {
            self.quiet_until = self.quiet_until.max(until);
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
            Phase::Config if self.plan.token && !self.refreshed => self.request(Phase::Token, now),
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
        if self.quiet_until > now {
            return self.wait_or_give_up(self.quiet_until, phase);
        }
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
                self.borne = (self.loaded / 2).max(1);
                self.batch = self.borne;
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
        let silence_ms = retry_after_ms.map_or(0, |ms| ms + self.spread(self.plan.trigger, ms));
        self.quiet_until = self.quiet_until.max(now + ms(silence_ms));
        let delay_ms = self.delays.grow().max(silence_ms);
        if self.phase == Phase::Ops {
            // A smaller one has better chances, if it was too slow for so many.
            self.borne = (self.loaded / 2).max(1);
            self.batch = self.borne;
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

    /// What comes on top of a time that the server named.
    pub(crate) fn spread(&mut self, trigger: Trigger, retry_after_ms: i64) -> i64 {
        self.delays.jitter(spread_ms(trigger, retry_after_ms))
    }

    /// What the next run should know: how many ops a request bore, how far the delays have grown, and how long it is to
    /// wait.
    pub(crate) fn left(&self) -> Left {
        let (grown_ms, wait_ms) = self.delays.left();
        Left { batch: self.borne, grown_ms, wait_ms }
    }
}

/// What a run leaves for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) batch: usize,
    pub(crate) grown_ms: i64,
    pub(crate) wait_ms: i64,
}

/// A delay is never negative.
fn ms(delay: i64) -> Duration {
    Duration::from_millis(delay.unsigned_abs())
}

#[cfg(test)]
mod tests;
