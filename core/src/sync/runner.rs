//! Performs what the machine decides: the only place that joins store, contract and transport.

use std::time::Duration;

use apoa_domain::codes::Code;
use apoa_domain::ids::{AccountId, OpId, Timestamp};
use apoa_domain::jws::VerifyingKeys;
use apoa_domain::report::kinds::OpKind;
use apoa_domain::report::op::QueuedOp;
use apoa_domain::report::receipt::{self, Expected, VerifiedReceipt};
use apoa_domain::report::state::{Standing, Work};
use apoa_domain::report::summary::Summary;

use super::auth;
use super::config::SignedConfig;
use super::contract::{Applicant, ChangedReport, ChangesAnswer, Claim, Grant, Sender};
use super::done::{Done, ItemOutcome, ItemReport};
use super::line::Line;
use super::machine::{Command, Event, Left, Machine, Plan};
use super::outcome::{self, OpOutcome, StoppedBy, Trouble};
use super::policy::{BATCH_BYTES, BATCH_START, PAGES_MOST, RESERVE};
use crate::VERSION;
use crate::error::Error;
use crate::request::Trigger;
use crate::store::accounts::Tokens;
use crate::store::device::{DeviceStore, PatternsOf};
use crate::store::elsewhere::Elsewhere;
use crate::store::events::Moment;
use crate::store::settle::Settlement;
use crate::store::unit::UnitStore;

/// One run over the outbox of one unit, in the name of one account.
pub(crate) struct Run<'a> {
    pub(crate) line: Line<'a>,
    pub(crate) device: &'a DeviceStore,
    pub(crate) unit: &'a UnitStore,
    pub(crate) account: AccountId,
    pub(crate) client_id: &'a str,
    pub(crate) trusted: &'a VerifyingKeys,
    pub(crate) config: Option<SignedConfig>,
    pub(crate) tokens: Tokens,
    pub(crate) trigger: Trigger,
    /// Our own delays do not count: a person asked, and not just before.
    pub(crate) skips_backoff: bool,
    pub(crate) seed: u64,
    /// What is loaded.
    pub(crate) batch: Vec<QueuedOp>,
    /// The op of the photo that is on its way.
    pub(crate) photo_of: Option<OpId>,
    /// How often ops were asked for.
    pub(crate) loads: u32,
    pub(crate) done: Done,
}

impl Run<'_> {
    /// The same run begun again in another member's name, with what is known and done so far.
    pub(crate) fn handed_to(self, account: AccountId, tokens: Tokens) -> Self {
        Self { account, tokens, batch: Vec::new(), photo_of: None, loads: 0, ..self }
    }

    /// Runs to the end. An error of the store ends it: nothing is sent that could not be marked.
    pub(crate) fn perform(&mut self) -> Result<Option<StoppedBy>, Error> {
        self.unit.mend_waiting(self.wall())?;
        let plan = Plan {
            config: self.config.as_ref().is_none_or(|config| config.is_old(self.server_now())),
            token: auth::nearly_over(&self.tokens, self.server_now()),
            quiet_until: self.quiet_until()?,
            grown_ms: self.unit.backoff(self.wall())?.delay_ms,
            until: self.line.until,
            trigger: self.trigger,
            batch: self.unit.batch()?.unwrap_or(BATCH_START),
            batch_most: self.line.contract.batch_most(),
            seed: self.seed,
        };
        let mut machine = Machine::new(plan);
        let mut event = Event::Start;
        loop {
            if self.line.cancel.is_cancelled() {
                event = Event::Cancel;
            }
            machine.spare(self.line.spare_until.get());
            let command = machine.handle(event, self.line.clock.monotonic());
            event = match command {
                Command::FetchConfig => answer(self.fetch_config()?),
                Command::Refresh => answer(self.refresh()?),
                Command::PullChanges => answer(self.catch_up()?),
                Command::Load { most } => self.load(most)?,
                Command::Mark => self.mark()?,
                Command::Send => match self.send_batch()? {
                    Ok(settled) => settled,
                    Err(trouble) => Event::Failed(trouble),
                },
                Command::SendPhoto => answer(self.send_photo()?),
                Command::Postpone { delay_ms } => self.postpone(delay_ms)?,
                Command::Wedge => self.wedge()?,
                Command::Wait { until } => {
                    let most = until.saturating_sub(self.line.clock.monotonic());
                    self.line.clock.wait(most, self.line.cancel);
                    Event::Tick
                }
                Command::Finish(stopped_by) => {
                    self.leave(&plan, machine.left())?;
                    return Ok(stopped_by);
                }
            };
            if let Event::Failed(Trouble::Temporary { retry_after_ms: Some(ms) }) = event {
                self.unit.keep_silent(self.wall(), ms, machine.spread(Trigger::Schedule, ms))?;
            }
        }
    }

    /// Nothing is asked before: the server wanted silence, or this device waits by itself. Monotonic; zero if neither.
    fn quiet_until(&self) -> Result<Duration, Error> {
        let own = (!self.skips_backoff).then(|| self.unit.backoff(self.wall())).transpose()?;
        let asked = self.unit.silence(self.wall())?.map(|silence| match self.trigger {
            Trigger::Person => silence.least,
            Trigger::Schedule | Trigger::NetworkUp => silence.spread,
        });
        let until = own.map(|own| own.until).max(asked).filter(|until| *until > self.wall());
        Ok(until.map_or(Duration::ZERO, |until| self.monotonic_at(until)))
    }

    /// Keeps what the next run should know.
    fn leave(&self, plan: &Plan, left: Left) -> Result<(), Error> {
        if left.batch != plan.batch {
            self.unit.keep_batch(left.batch)?;
        }
        let spared = self.line.spare_until.get().saturating_sub(self.line.clock.monotonic());
        let wait_ms = left.wait_ms.max(spared.as_millis() as i64);
        if left.grown_ms != plan.grown_ms || wait_ms > 0 {
            self.unit.keep_backoff(self.wall(), wait_ms, left.grown_ms)?;
        }
        Ok(())
    }

    /// A wall time as a time of the monotonic clock; the past is now.
    fn monotonic_at(&self, at: Timestamp) -> Duration {
        let ahead = at.0.saturating_sub(self.wall().0);
        self.line.clock.monotonic() + Duration::from_millis(u64::try_from(ahead).unwrap_or(0))
    }

    fn wall(&self) -> Timestamp {
        self.line.clock.wall()
    }

    fn server_now(&self) -> Timestamp {
        self.line.server_clock.now(self.wall())
    }

    fn moment(&self) -> Moment {
        let (wall, trust) = (self.wall(), self.line.server_clock.trust());
        Moment { wall, trust, actor: Some(self.account) }
    }

    fn sender(&self) -> Sender {
        Sender {
            device: self.device.device,
            unit: Some(self.unit.unit),
            bearer: Some(self.tokens.access.clone()),
        }
    }

    fn fetch_config(&mut self) -> Result<Result<(), Trouble>, Error> {
        let config = match fetch_config(&self.line, self.device, self.trusted)? {
            Ok(config) => config,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let takes = config.takes(VERSION);
        self.config = Some(config);
        Ok(if takes { Ok(()) } else { Err(Trouble::Stop(StoppedBy::UpdateRequired)) })
    }

    fn refresh(&mut self) -> Result<Result<(), Trouble>, Error> {
        match refresh_tokens(&self.line, self.device, self.client_id, self.account, &self.tokens)? {
            Ok(tokens) => {
                self.tokens = tokens;
                Ok(Ok(()))
            }
            Err(trouble) => Ok(Err(trouble)),
        }
    }

    /// The unit's changes, and on top of them what waited on less than the server has by now.
    fn catch_up(&mut self) -> Result<Result<(), Trouble>, Error> {
        let pulled = self.pull_changes()?;
        if pulled.is_ok() {
            let moved = self.unit.rebase_overtaken(self.moment())?;
            // What a conflict held up goes on: nobody has to look.
            let over =
                |item: &ItemReport| item.problem == Some(Code::Conflict) && moved.contains(&item.report);
            self.done.items.retain(|item| !over(item));
        }
        Ok(pulled)
    }

    /// The unit's changes since the last pull, page by page. A server that has always more is heard out for so many pages
    /// of a run; the next one goes on where this one ended.
    fn pull_changes(&mut self) -> Result<Result<(), Trouble>, Error> {
        for page in 0..PAGES_MOST {
            if page > 0 && self.line.clock.monotonic() + RESERVE > self.line.until {
                return Ok(Err(Trouble::Stop(StoppedBy::Budget)));
            }
            let cursor = self.unit.cursor()?;
            let ask = self.line.contract.changes(&self.sender(), cursor.as_deref());
            let page = match self.line.ask("ask.changes", ask) {
                Ok(page) => page,
                Err(Trouble::CursorGone) if cursor.is_some() => {
                    self.unit.set_cursor("")?;
                    continue;
                }
                Err(trouble) => return Ok(Err(trouble)),
            };
            self.hear(&page)?;
            let moved = cursor.as_ref() != Some(&page.next_cursor);
            if !page.has_more || page.items.is_empty() || !moved {
                break;
            }
        }
        Ok(Ok(()))
    }

    /// Takes a page: a word of the server counts only with a receipt that verifies, and settles no op that waits here.
    fn hear(&mut self, page: &ChangesAnswer) -> Result<(), Error> {
        let words: Vec<_> = page.items.iter().filter_map(|item| self.word(item)).collect();
        for heard in self.unit.hear(&words, &page.next_cursor, self.moment())? {
            self.done.items.push(ItemReport {
                report: heard.report,
                op: heard.op,
                outcome: ItemOutcome::Decided,
                standing: heard.standing,
                work: heard.work,
                problem: match (heard.work, heard.standing) {
                    (Work::NeedsCorrection, _) => Some(Code::CorrectionAsked),
                    (_, Standing::Rejected) => Some(Code::Rejected),
                    _ => None,
                },
            });
        }
        Ok(())
    }

    /// What a line of a page proves, if anything.
    fn word(&self, item: &ChangedReport) -> Option<(Elsewhere, VerifiedReceipt)> {
        let receipt = receipt::read(&item.receipt, self.receipt_keys()).ok()?;
        let about = receipt.about();
        if about.unit != self.unit.unit || about.report != item.report_id {
            return None;
        }
        let other = Elsewhere {
            report: item.report_id,
            kind: item.kind.parse().ok()?,
            captured_by: item.captured_by,
            // No list of the contract tells a date of birth.
            summary: Summary { birth_date: None, ..item.summary.clone() },
        };
        Some((other, receipt))
    }

    fn receipt_keys(&self) -> &VerifyingKeys {
        static NONE: VerifyingKeys = VerifyingKeys::none();
        self.config.as_ref().map_or(&NONE, |config| &config.receipt_keys)
    }

    fn load(&mut self, most: usize) -> Result<Event, Error> {
        // A person who pressed "send now" skips our own delays once, at the beginning.
        let ignore_backoff = self.skips_backoff && self.loads == 0;
        self.loads += 1;
        self.batch = self.unit.due_ops(self.moment(), ignore_backoff, most, BATCH_BYTES)?;
        if self.batch.is_empty() && self.unit.photo_is_due(self.moment())? {
            return Ok(Event::PhotoDue);
        }
        let next = if self.batch.is_empty() { self.unit.next_try()? } else { None };
        let next = next.map(|at| self.monotonic_at(at));
        Ok(Event::Loaded { ops: self.batch.len(), next })
    }

    fn mark(&mut self) -> Result<Event, Error> {
        let ops: Vec<OpId> = self.batch.iter().map(|op| op.op).collect();
        self.unit.mark_attempt(&ops)?;
        Ok(Event::Marked)
    }

    /// Sends the photo that is due. It needs no mark: its bytes alone have no effect, and again they are the same.
    fn send_photo(&mut self) -> Result<Result<(), Trouble>, Error> {
        let Some(photo) = self.unit.due_photo(self.moment())? else { return Ok(Ok(())) };
        self.photo_of = Some(photo.op);
        let ask = self.line.contract.photo(&self.sender(), photo.digest, &photo.bytes);
        if let Err(trouble) = self.line.ask("ask.photo", ask) {
            return Ok(Err(trouble));
        }
        self.photo_of = None;
        self.unit.photo_arrived(photo.report, photo.digest)?;
        Ok(Ok(()))
    }

    /// Sends the batch and settles each outcome.
    fn send_batch(&mut self) -> Result<Result<Event, Trouble>, Error> {
        self.done.sent += self.batch.len() as u32;
        let claims = match self.line.ask("ask.ops", self.line.contract.ops(&self.sender(), &self.batch)) {
            Ok(claims) => claims,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let outcomes: Vec<_> = self.batch.iter().map(|op| (op.op, self.judged(op, &claims))).collect();
        let (mut settled, mut waiting) = (0, Vec::new());
        let (mut conflict, mut untrusted) = (false, false);
        for (op, outcome) in outcomes {
            let (settlement, item, problem) = match outcome {
                OpOutcome::Proved { receipt, same_as } => {
                    self.done.received += 1;
                    (Settlement::Proved { receipt, same_as }, ItemOutcome::Received, None)
                }
                OpOutcome::Invalid => {
                    (Settlement::Invalid, ItemOutcome::Invalid, Some(Code::CorrectionAsked))
                }
                OpOutcome::Wedged(code) => {
                    conflict |= code == Code::Conflict;
                    (Settlement::Wedged(code), ItemOutcome::Wedged, Some(code))
                }
                OpOutcome::Later => {
                    waiting.push(op);
                    continue;
                }
                OpOutcome::Untrusted => {
                    untrusted = true;
                    continue;
                }
            };
            self.settle(op, &settlement, item, problem)?;
            settled += 1;
        }
        if untrusted {
            return Ok(Err(Trouble::Stop(StoppedBy::Untrusted)));
        }
        self.batch.retain(|op| waiting.contains(&op.op));
        for op in self.batch.iter().filter(|op| op.kind == OpKind::Attach) {
            self.unit.photo_missing(op.report)?;
        }
        Ok(Ok(Event::Settled { settled, waiting: !waiting.is_empty(), conflict }))
    }

    /// What became of an op; one of which nothing is claimed stays in doubt and is repeated.
    fn judged(&self, op: &QueuedOp, claims: &[(OpId, Claim)]) -> OpOutcome {
        let expected = Expected {
            op: op.op,
            report: op.report,
            revision: op.revision,
            digest: op.digest,
            unit: self.unit.unit,
        };
        let claim = claims.iter().find(|(about, _)| *about == op.op);
        claim.map_or(OpOutcome::Later, |(_, claim)| outcome::of_claim(claim, &expected, self.receipt_keys()))
    }

    fn settle(
        &mut self,
        op: OpId,
        settlement: &Settlement,
        outcome: ItemOutcome,
        problem: Option<Code>,
    ) -> Result<(), Error> {
        if let Some((report, standing, work)) = self.unit.settle(op, settlement, self.moment())? {
            self.done.items.push(ItemReport { report, op, outcome, standing, work, problem });
        }
        Ok(())
    }

    fn postpone(&mut self, delay_ms: i64) -> Result<Event, Error> {
        let later = Settlement::Later { not_before: self.wall().plus_ms(delay_ms), delay_ms };
        for op in core::mem::take(&mut self.batch) {
            self.unit.settle(op.op, &later, self.moment())?;
        }
        Ok(Event::Postponed)
    }

    fn wedge(&mut self) -> Result<Event, Error> {
        let batch = core::mem::take(&mut self.batch);
        for op in batch.iter().map(|op| op.op).chain(self.photo_of.take()) {
            self.settle(op, &Settlement::Wedged(Code::Contract), ItemOutcome::Wedged, Some(Code::Contract))?;
        }
        Ok(Event::Postponed)
    }
}

fn answer(result: Result<(), Trouble>) -> Event {
    match result {
        Ok(()) => Event::Answered,
        Err(trouble) => Event::Failed(trouble),
    }
}

/// Exchanges the refresh token. The new one is on disk before the access token beside it is used.
pub(crate) fn refresh_tokens(
    line: &Line<'_>,
    device: &DeviceStore,
    client_id: &str,
    account: AccountId,
    old: &Tokens,
) -> Result<Result<Tokens, Trouble>, Error> {
    let app = Applicant { device: device.device, client_id };
    match line.ask("ask.refresh", line.contract.tokens(&app, &Grant::Refresh(old.refresh.reveal()))) {
        Ok(answer) => {
            let tokens = answer.tokens(line.server_clock.now(line.clock.wall()));
            device.set_tokens(account, &tokens)?;
            Ok(Ok(tokens))
        }
        Err(trouble) => Ok(Err(trouble)),
    }
}

/// Fetches, verifies and keeps the signed config. A foreign signature is an untrusted server.
pub(crate) fn fetch_config(
    line: &Line<'_>,
    device: &DeviceStore,
    trusted: &VerifyingKeys,
) -> Result<Result<SignedConfig, Trouble>, Error> {
    let jws = match line.ask("ask.config", line.contract.config(device.device)) {
        Ok(jws) => jws,
        Err(trouble) => return Ok(Err(trouble)),
    };
    match SignedConfig::verify(&jws, trusted) {
        Ok(config) => {
            let patterns = if config.patterns().is_ok() {
                PatternsOf::Good
            } else {
                tracing::warn!(code = %Code::PatternsRefused, serial = config.serial, "patterns refused");
                PatternsOf::Refused
            };
            device.keep_config(config.serial, &jws, patterns)?;
            Ok(Ok(config))
        }
        Err(_) => Ok(Err(Trouble::Stop(StoppedBy::Untrusted))),
    }
}
