//! The facade's calls that need the server: sending, fetching the config. One run at a time.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use apoa_domain::ids::{OpId, ReportId};
use apoa_domain::report::plan::{Held, has_ended};
use apoa_domain::report::state::Work;
use url::Url;

use crate::VERSION;
use crate::ask::Asker;
use crate::client::ApoaClient;
use crate::config::Trust;
use crate::error::{DraftError, Error, Missing, StoreError, SyncError};
use crate::request::{Superseded, SyncRequest, SyncSummary, Trigger};
use crate::store::accounts::Account;
use crate::store::unit::UnitStore;
use crate::sync::cancel::CancelFlag;
use crate::sync::config::SignedConfig;
use crate::sync::done::Done;
use crate::sync::http::HttpTransport;
use crate::sync::line::Line;
use crate::sync::outcome::{StoppedBy, Trouble};
use crate::sync::policy::SEND_NOW_EVERY;
use crate::sync::runner::{Run, fetch_config};
use crate::sync::transport::Transport;

/// Time for a single request that a person waits for.
pub(crate) const ONE_REQUEST: Duration = Duration::from_secs(30);

/// Early cancels that are remembered: more calls than a phone has threads cannot wait to begin, and a cancel that came
/// too late for its call stays in the list until newer ones push it out.
const EARLY: usize = 64;

/// What is under way, and what was cancelled before it began.
#[derive(Default)]
pub(crate) struct Runs {
    /// Whoever is alone with queue and tokens.
    current: Option<Arc<CancelFlag>>,
    /// What `cancel` can reach.
    calls: Vec<(u64, Arc<CancelFlag>)>,
    /// Calls that were cancelled before they began, in the order of their cancels.
    cancelled_early: VecDeque<u64>,
    /// When a person's run last passed over our own delays, monotonic.
    asked: Option<Duration>,
}

/// A call that `cancel` can reach, until it is dropped.
pub struct Call<'a> {
    client: &'a ApoaClient,
    pub(crate) cancel: Arc<CancelFlag>,
}

impl Call<'_> {
    /// Whether it should end.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.client.runs().calls.retain(|(_, flag)| !Arc::ptr_eq(flag, &self.cancel));
    }
}

/// Frees the place of a run, however it ends.
pub(crate) struct Place<'a>(&'a ApoaClient);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.runs().current = None;
    }
}

impl ApoaClient {
    /// Blocks; call from a background thread. Sends what waits, until nothing is due, the budget is used up, or
    /// something stops it. A report counts as received only once its receipt has verified. It goes in the active
    /// member's name; where that one is not signed in here, or may not send, in that of another member of the unit who is.
    pub fn sync(&self, request: SyncRequest) -> Result<SyncSummary, SyncError> {
        let missing = SyncError::NotSetUp { missing: Missing::SignIn };
        let unit = self.unit().ok_or_else(|| missing.clone())?;
        let call = self.begin(request.run);
        let _place = self.take_place(&call.cancel)?;
        let config = self.signed_config()?;
        let mut senders = self.device.senders(unit.unit).map_err(StoreError::from)?.into_iter();
        let Some(account) = senders.next() else {
            let locked_out = self.device.is_locked_out(unit.unit).map_err(StoreError::from)?;
            return Err(if locked_out { SyncError::Stopped { by: StoppedBy::Revoked } } else { missing });
        };
        let tokens = self.device.tokens(account).map_err(StoreError::from)?.ok_or(missing)?;
        let further = config.as_ref().map(|config| config.tls_roots.clone()).unwrap_or_default();
        let transport = self.transport(&further)?;
        let trusted = self.trusted()?;
        let seed = self.ports.random.array().map(u64::from_le_bytes);
        let mut run = Run {
            line: self.line(&*transport, &call.cancel, request.budget),
            device: &self.device,
            unit: &unit,
            account,
            client_id: &self.config.client_id,
            trusted: &trusted,
            config,
            tokens,
            trigger: request.trigger,
            skips_backoff: request.trigger == Trigger::Person && self.asked_anew(),
            seed: seed.map_err(|error| StoreError::from(Error::from(error)))?,
            batch: Vec::new(),
            photo_of: None,
            loads: 0,
            done: Done::default(),
        };
        let mut ended = run.perform();
        let own = ended.as_ref().ok().copied().flatten();
        while may_not_send(&ended)
            && let Some(next) = senders.next()
        {
            // Whose sign-in does not open here cannot send; the others go on.
            let Ok(Some(tokens)) = self.device.tokens(next) else { continue };
            run = run.handed_to(next, tokens);
            ended = run.perform();
        }
        if may_not_send(&ended) {
            // Nobody may: what the first one is to do about it is what helps.
            ended = Ok(own);
        }
        let done = run.done;
        self.keep_clock()?;
        if !done.items.is_empty() {
            self.tell();
        }
        let stopped_by = ended.map_err(StoreError::from)?;
        if stopped_by == Some(StoppedBy::Revoked) {
            self.lock_out(unit.unit)?;
        }
        self.take_config()?;
        self.upkeep()?;
        let left = unit.queue().map_err(StoreError::from)?;
        let next_try = unit.next_run(self.ports.clock.wall()).map_err(StoreError::from)?;
        Ok(SyncSummary {
            sent: done.sent,
            received: done.received,
            left: left.len() as u32,
            stopped_by,
            next_try,
            items: done.items,
        })
    }

    /// Blocks; call from a background thread. Asks the server whether it ever saw the op on hold, and if it did not,
    /// puts what waits of this report on what the server has, as new ops. An op that did arrive goes on instead and
    /// brings its receipt. Where the report was withdrawn or rejected meanwhile, what waits leaves. A run of `sync` may
    /// be under way; `AlreadyRunning` only where the sign-in has to be renewed beside it.
    pub fn supersede(&self, report: ReportId) -> Result<Superseded, SyncError> {
        let missing = SyncError::NotSetUp { missing: Missing::SignIn };
        let (account, unit) = (self.account()?.ok_or(missing.clone())?, self.unit().ok_or(missing.clone())?);
        let Some(life) = unit.life(report).map_err(StoreError::from)? else { return Ok(Superseded::NotHeld) };
        let held = life.ops.iter().find(|op| op.held == Held::Wedged);
        if let Some(held) = held
            && self.op_arrived(&account, &unit, held.op)?
        {
            return match self.retry(report) {
                Ok(_) => Ok(Superseded::Arrived),
                Err(error) => Err(of_change(error)),
            };
        }
        // Where a correction is asked for the server refused the op, and never saw what stands behind it.
        if has_ended(&life) && (held.is_some() || life.work == Work::NeedsCorrection) {
            unit.let_go(report, &life, self.moment(&account)).map_err(StoreError::from)?;
            self.tell();
            return Ok(Superseded::LetGo);
        }
        if held.is_none() {
            return Ok(Superseded::NotHeld);
        }
        self.put_on_proved(report).map_err(of_change)?;
        Ok(Superseded::Replaced)
    }

    fn op_arrived(&self, account: &Account, unit: &UnitStore, op: OpId) -> Result<bool, SyncError> {
        let cancel = Arc::new(CancelFlag::default());
        let asker = Asker { account, unit: unit.unit, cancel: &cancel, budget: ONE_REQUEST };
        self.ask(&asker, "ask.op_status", |contract, sender| contract.op_status(sender, op))
    }

    /// Asks a run, a look-up, a trial or the filing of a list to end; one that has not begun yet will end at once. Nothing
    /// committed is undone.
    pub fn cancel(&self, run: u64) {
        let mut runs = self.runs();
        if let Some((_, flag)) = runs.calls.iter().find(|(known, _)| *known == run) {
            flag.cancel();
            return;
        }
        runs.cancelled_early.push_back(run);
        if runs.cancelled_early.len() > EARLY {
            runs.cancelled_early.pop_front();
        }
    }

    /// Asks whatever run is under way to end.
    pub(crate) fn cancel_current(&self) {
        if let Some(flag) = &self.runs().current {
            flag.cancel();
        }
    }

    /// Blocks. Fetches the signed config now.
    pub(crate) fn fetch_config(&self) -> Result<SignedConfig, SyncError> {
        let transport = self.transport(&[])?;
        let cancel = CancelFlag::default();
        let line = self.line(&*transport, &cancel, ONE_REQUEST);
        let trusted = self.trusted()?;
        fetch_config(&line, &self.device, &trusted).map_err(StoreError::from)?.map_err(stopped)
    }

    /// Whom to trust: as configured, else as the last sign-in left it.
    pub(crate) fn trust(&self) -> Result<Trust, SyncError> {
        if let Some(trust) = &self.config.trust {
            return Ok(trust.clone());
        }
        let (_, remembered) = self.device.server().map_err(StoreError::from)?;
        let missing = SyncError::NotSetUp { missing: Missing::Trust };
        Trust::from_pem(&remembered.ok_or_else(|| missing.clone())?).map_err(|_| missing)
    }

    /// The server: as configured, else as the last sign-in left it. Only `https` counts.
    pub(crate) fn origin(&self) -> Result<Url, SyncError> {
        let missing = SyncError::NotSetUp { missing: Missing::Server };
        let url = match &self.config.server {
            Some(url) => Some(url.clone()),
            None => self.device.server().map_err(StoreError::from)?.0.and_then(|text| Url::parse(&text).ok()),
        };
        url.filter(|url| url.scheme() == "https" && url.host().is_some()).ok_or(missing)
    }

    /// The one given at opening, else a new one with the roots of the trust file and these.
    pub(crate) fn transport(&self, further_roots: &[String]) -> Result<Arc<dyn Transport>, SyncError> {
        let (origin, trust) = (self.origin()?, self.trust()?);
        if let Some(transport) = &self.seams.transport {
            return Ok(Arc::clone(transport));
        }
        let certificates = trust.certificates();
        let mut roots = vec![certificates.as_str()];
        roots.extend(further_roots.iter().map(String::as_str));
        let user_agent = format!("apoa-core/{VERSION} ({})", self.config.platform);
        let transport = HttpTransport::new(&origin, &roots, &user_agent, Arc::clone(&self.ports.random))
            .map_err(|_| SyncError::NotSetUp { missing: Missing::Trust })?;
        Ok(Arc::new(transport))
    }

    pub(crate) fn line<'a>(
        &'a self,
        transport: &'a dyn Transport,
        cancel: &'a CancelFlag,
        budget: Duration,
    ) -> Line<'a> {
        let clock = &*self.ports.clock;
        Line {
            transport,
            contract: &*self.seams.contract,
            cancel,
            clock,
            server_clock: &self.server_clock,
            until: clock.monotonic() + budget,
            spare_until: Cell::new(Duration::ZERO),
        }
    }

    /// A call that begins, such as the filing of a list; it ends at once if its cancel came first.
    pub fn begin(&self, run: u64) -> Call<'_> {
        let cancel = Arc::new(CancelFlag::default());
        let mut runs = self.runs();
        if runs.cancelled_early.contains(&run) {
            runs.cancelled_early.retain(|early| *early != run);
            cancel.cancel();
        }
        runs.calls.push((run, Arc::clone(&cancel)));
        Call { client: self, cancel }
    }

    /// Whether a person's run passes over our own delays: the last one that did is long enough ago.
    fn asked_anew(&self) -> bool {
        let (now, mut runs) = (self.ports.clock.monotonic(), self.runs());
        let anew = runs.asked.is_none_or(|before| now.saturating_sub(before) >= SEND_NOW_EVERY);
        if anew {
            runs.asked = Some(now);
        }
        anew
    }

    /// Takes the place of a run: who empties the queue or renews tokens must be alone with them.
    pub(crate) fn take_place(&self, cancel: &Arc<CancelFlag>) -> Result<Place<'_>, SyncError> {
        let mut runs = self.runs();
        if runs.current.is_some() {
            return Err(SyncError::AlreadyRunning);
        }
        runs.current = Some(Arc::clone(cancel));
        Ok(Place(self))
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The offset measured now serves the next process.
    pub(crate) fn keep_clock(&self) -> Result<(), StoreError> {
        if let (Some(unit), Some(offset)) = (self.unit(), self.server_clock.measured()) {
            unit.set_clock_offset(offset)?;
        }
        Ok(())
    }
}

/// Whether a run ended because of whose name it was in.
fn may_not_send(ended: &Result<Option<StoppedBy>, Error>) -> bool {
    matches!(ended, Ok(Some(StoppedBy::Auth | StoppedBy::Blocked)))
}

/// A change that could not be made because of its report needs no word of its own here: nothing was on hold.
fn of_change(error: DraftError) -> SyncError {
    match error {
        DraftError::Store(error) => SyncError::Store(error),
        DraftError::Invalid { .. }
        | DraftError::Duplicate { .. }
        | DraftError::NotPossible { .. }
        | DraftError::Photo { .. }
        | DraftError::NoReport
        | DraftError::NoUnit => SyncError::Store(StoreError::Busy),
    }
}

pub(crate) fn stopped(trouble: Trouble) -> SyncError {
    let by = match trouble {
        Trouble::Offline | Trouble::Broken => StoppedBy::Offline,
        Trouble::Temporary { .. } | Trouble::CursorGone => StoppedBy::Server,
        Trouble::Denied => StoppedBy::Auth,
        Trouble::Contract | Trouble::TooLarge => StoppedBy::UpdateRequired,
        Trouble::Stop(by) => by,
    };
    SyncError::Stopped { by }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_member_helps_only_against_what_is_the_first_one_s() {
        for by in [StoppedBy::Auth, StoppedBy::Blocked] {
            assert!(may_not_send(&Ok(Some(by))), "{by}");
        }
        for by in [
            StoppedBy::Offline,
            StoppedBy::Portal,
            StoppedBy::Untrusted,
            StoppedBy::Clock,
            StoppedBy::Revoked,
            StoppedBy::Budget,
            StoppedBy::Cancelled,
            StoppedBy::Server,
            StoppedBy::UpdateRequired,
        ] {
            assert!(!may_not_send(&Ok(Some(by))), "{by}");
        }
        assert!(!may_not_send(&Ok(None)) && !may_not_send(&Err(Error::Closed)));
    }
}
