//! Decides what a run does next: events in, one command out, in virtual time. It knows no store, no network, no
//! clock; jitter comes from a seed.
//!
//! Order of a run: config if old, token if nearly over, changes, then batches of ops. So offline, portal, foreign
//! certificate and wrong clock are found with nothing marked. Ops are loaded after a verified answer and sent after
//! their mark is on disk, by construction.

use core::time::Duration;

use super::outcome::{StoppedBy, Trouble};
use super::policy::{BACKOFF_BASE_MS, BACKOFF_CAP_MS, BATCH_MOST, BATCH_START, FAILURES_PER_RUN, RESERVE};

/// What happened. Times are those of one monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The run begins.
    Start,
    /// The request of the last command brought a verified answer.
    Answered,
    /// So many ops are loaded; if none, when the next one may go.
    Loaded { ops: usize, next: Option<Duration> },
    /// The mark is on disk.
    Marked,
    /// The batch was answered and every outcome is on disk; `waiting` ops were put off by the server.
    Settled { waiting: bool },
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
    /// Pull the changes.
    PullChanges,
    /// Load at most so many ops.
    Load { most: usize },
    /// Commit "maybe sent" for what was loaded.
    Mark,
    /// Send what was marked.
    Send,
    /// Commit that the batch waits so long.
    Postpone { delay_ms: i64 },
    /// Commit that the single op of the batch needs a person.
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
    /// Any number; two runs with one seed wait alike.
    pub(crate) seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Config,
    Token,
    Changes,
    Ops,
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
            batch: BATCH_START,
            loaded: 0,
            draws: 0,
            after_wait: Phase::Changes,
        }
    }

    /// The next command.
    pub(crate) fn handle(&mut self, event: Event, now: Duration) -> Command {
        match event {
            Event::Start if self.plan.silent_until > now => {
                self.wait_or_give_up(self.plan.silent_until, self.first())
            }
            Event::Start => self.request(self.first(), now),
            Event::Answered => self.answered(now),
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
            Event::Marked => self.within_budget(Command::Send, now),
            Event::Settled { waiting } => {
                self.failures = 0;
                self.batch = (self.batch * 2).min(BATCH_MOST);
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
            Phase::Changes | Phase::Ops => self.request(Phase::Ops, now),
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
            Trouble::TooLarge | Trouble::Contract => Command::Finish(Some(StoppedBy::UpdateRequired)),
        }
    }

    fn try_again(&mut self, retry_after_ms: Option<i64>, now: Duration) -> Command {
        self.failures += 1;
        let delay_ms = self.backoff_ms().max(retry_after_ms.map_or(0, |ms| ms + self.jitter(ms / 10)));
        if self.phase == Phase::Ops {
            self.after_wait = Phase::Ops;
            return Command::Postpone { delay_ms };
        }
        if self.failures >= FAILURES_PER_RUN {
            return Command::Finish(Some(StoppedBy::Server));
        }
        self.wait_or_give_up(now + Duration::from_millis(delay_ms.unsigned_abs()), self.phase)
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

    /// Up to `most`, by the seed (splitmix64).
    fn jitter(&mut self, most: i64) -> i64 {
        self.draws += 1;
        let mut z = self.plan.seed.wrapping_add(self.draws.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % (most.unsigned_abs() + 1)) as i64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AT: fn(u64) -> Duration = Duration::from_secs;

    fn machine(config: bool, token: bool) -> Machine {
        Machine::new(Plan { config, token, silent_until: AT(0), until: AT(60), seed: 1 })
    }

    fn drive(machine: &mut Machine, events: &[Event]) -> Vec<Command> {
        events.iter().map(|event| machine.handle(*event, AT(1))).collect()
    }

    #[test]
    fn a_run_asks_for_everything_before_it_marks_and_marks_before_it_sends() {
        let commands = drive(
            &mut machine(true, true),
            &[
                Event::Start,
                Event::Answered,
                Event::Answered,
                Event::Answered,
                Event::Loaded { ops: 3, next: None },
                Event::Marked,
                Event::Settled { waiting: false },
                Event::Loaded { ops: 0, next: None },
            ],
        );
        assert_eq!(
            commands,
            [
                Command::FetchConfig,
                Command::Refresh,
                Command::PullChanges,
                Command::Load { most: 8 },
                Command::Mark,
                Command::Send,
                Command::Load { most: 16 },
                Command::Finish(None),
            ]
        );
    }

    #[test]
    fn no_answer_at_all_is_offline_and_marks_nothing() {
        for trouble in [Trouble::Offline, Trouble::Broken] {
            let commands = drive(&mut machine(false, false), &[Event::Start, Event::Failed(trouble)]);
            assert_eq!(commands, [Command::PullChanges, Command::Finish(Some(StoppedBy::Offline))]);
        }
    }

    #[test]
    fn a_refused_token_is_renewed_once_and_the_interrupted_request_repeated() {
        let refused = Event::Failed(Trouble::Stop(StoppedBy::Auth));
        let commands = drive(&mut machine(false, false), &[Event::Start, refused, Event::Answered, refused]);
        assert_eq!(
            commands,
            [
                Command::PullChanges,
                Command::Refresh,
                Command::PullChanges,
                Command::Finish(Some(StoppedBy::Auth))
            ]
        );
    }

    #[test]
    fn a_batch_that_broke_waits_and_three_in_a_row_end_the_run() {
        let mut machine = machine(false, false);
        drive(&mut machine, &[Event::Start, Event::Answered]);
        for round in 1..=3 {
            drive(&mut machine, &[Event::Loaded { ops: 2, next: None }, Event::Marked]);
            let postponed = machine.handle(Event::Failed(Trouble::Broken), AT(2));
            assert!(matches!(postponed, Command::Postpone { .. }), "{postponed:?}");
            let next = machine.handle(Event::Postponed, AT(2));
            if round < 3 {
                assert_eq!(next, Command::Load { most: 8 });
            } else {
                assert_eq!(next, Command::Finish(Some(StoppedBy::Server)));
            }
        }
    }

    #[test]
    fn a_batch_that_does_not_fit_is_halved_until_one_op_stands_alone() {
        let mut machine = machine(false, false);
        drive(
            &mut machine,
            &[Event::Start, Event::Answered, Event::Loaded { ops: 2, next: None }, Event::Marked],
        );
        assert_eq!(machine.handle(Event::Failed(Trouble::Contract), AT(2)), Command::Load { most: 1 });
        drive(&mut machine, &[Event::Loaded { ops: 1, next: None }, Event::Marked]);
        assert_eq!(machine.handle(Event::Failed(Trouble::TooLarge), AT(2)), Command::Wedge);
    }

    #[test]
    fn retry_after_is_a_minimum() {
        let mut machine =
            Machine::new(Plan { config: false, token: false, silent_until: AT(0), until: AT(600), seed: 7 });
        machine.handle(Event::Start, AT(0));
        let busy = Trouble::Temporary { retry_after_ms: Some(90_000) };
        let Command::Wait { until } = machine.handle(Event::Failed(busy), AT(1)) else { panic!("no wait") };
        assert!(until >= AT(91) && until <= AT(100), "{until:?}");
    }

    #[test]
    fn a_server_that_asked_for_silence_gets_it_also_from_the_next_run() {
        let silent = |seconds| {
            let plan = Plan { config: false, token: true, silent_until: AT(seconds), until: AT(60), seed: 1 };
            let mut machine = Machine::new(plan);
            [machine.handle(Event::Start, AT(1)), machine.handle(Event::Tick, AT(20))]
        };
        assert_eq!(silent(20), [Command::Wait { until: AT(20) }, Command::Refresh]);
        assert_eq!(silent(59)[0], Command::Finish(Some(StoppedBy::Server)));
    }

    #[test]
    fn nothing_starts_when_the_budget_is_nearly_used_up() {
        let mut machine = machine(false, false);
        assert_eq!(machine.handle(Event::Start, AT(58)), Command::Finish(Some(StoppedBy::Budget)));
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Answered),
            (0..4_usize, proptest::option::of(0..100_u64))
                .prop_map(|(ops, next)| Event::Loaded { ops, next: next.map(AT) }),
            Just(Event::Marked),
            any::<bool>().prop_map(|waiting| Event::Settled { waiting }),
            Just(Event::Postponed),
            Just(Event::Tick),
            Just(Event::Failed(Trouble::Broken)),
            Just(Event::Failed(Trouble::Contract)),
            Just(Event::Failed(Trouble::Stop(StoppedBy::Auth))),
            Just(Event::Failed(Trouble::Temporary { retry_after_ms: Some(1_000) })),
        ]
    }

    proptest! {
        /// Whatever happens, `Send` follows `Mark`, and nothing is loaded before an answer.
        #[test]
        fn nothing_is_sent_unmarked_or_loaded_unanswered(events in proptest::collection::vec(any_event(), 1..60)) {
            let mut machine = machine(true, true);
            let mut last = machine.handle(Event::Start, AT(0));
            let mut answered = false;
            for event in events {
                let fits = match last {
                    Command::FetchConfig | Command::Refresh | Command::PullChanges => {
                        matches!(event, Event::Answered | Event::Failed(_))
                    }
                    Command::Load { .. } => matches!(event, Event::Loaded { .. }),
                    Command::Mark => event == Event::Marked,
                    Command::Send => matches!(event, Event::Settled { .. } | Event::Failed(_)),
                    Command::Postpone { .. } | Command::Wedge => event == Event::Postponed,
                    Command::Wait { .. } => event == Event::Tick,
                    Command::Finish(_) => break,
                };
                if !fits {
                    continue;
                }
                answered |= event == Event::Answered;
                let next = machine.handle(event, AT(1));
                prop_assert!(next != Command::Send || last == Command::Mark);
                let loads = matches!(next, Command::Load { .. });
                prop_assert!(answered || !loads);
                last = next;
            }
        }
    }
}
