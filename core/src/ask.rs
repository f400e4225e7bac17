//! A single request that somebody waits for, under the account's sign-in: one way for look-ups and for questions about
//! ops. Not the run over the outbox, which has its own machine; beside one it renews nothing.

use std::sync::Arc;
use std::time::Duration;

use apoa_domain::ids::UnitId;

use crate::client::ApoaClient;
use crate::error::{Missing, StoreError, SyncError};
use crate::runs::stopped;
use crate::store::accounts::{Account, Tokens};
use crate::sync::auth::nearly_over;
use crate::sync::cancel::CancelFlag;
use crate::sync::contract::{Ask, Contract, Sender};
use crate::sync::line::Line;
use crate::sync::outcome::{StoppedBy, Trouble};
use crate::sync::runner::refresh_tokens;

/// A request ends this much before its budget at the earliest (`policy::SETTLE_TIME`, with room for a slow clock).
const BUDGET_END: Duration = Duration::from_millis(350);

/// Who asks, and for how long.
pub(crate) struct Asker<'a> {
    pub(crate) account: &'a Account,
    pub(crate) unit: UnitId,
    pub(crate) cancel: &'a Arc<CancelFlag>,
    pub(crate) budget: Duration,
}

impl ApoaClient {
    /// Blocks. Sends a request and reads its answer. The sign-in is renewed first where it is nearly over, else once
    /// where the server says that it is: `AlreadyRunning` where a run is under way then. `place` names the request.
    pub(crate) fn ask<T>(
        &self,
        asker: &Asker<'_>,
        place: &'static str,
        question: impl Fn(&dyn Contract, &Sender) -> Ask<T>,
    ) -> Result<T, SyncError> {
        let further = self.signed_config()?.map(|config| config.tls_roots).unwrap_or_default();
        let transport = self.transport(&further)?;
        let line = self.line(&*transport, asker.cancel, asker.budget);
        let tokens = self.device.tokens(asker.account.account).map_err(StoreError::from)?;
        let mut tokens = tokens.ok_or(SyncError::NotSetUp { missing: Missing::SignIn })?;
        let mut renewed = nearly_over(&tokens, self.now());
        if renewed {
            tokens = self.renew(&line, asker, &tokens)?;
        }
        loop {
            let bearer = Some(tokens.access.clone());
            let sender = Sender { device: self.device.device, unit: Some(asker.unit), bearer };
            match line.ask(place, question(line.contract, &sender)) {
                Ok(read) => return Ok(read),
                Err(Trouble::Stop(StoppedBy::Auth)) if !renewed => {
                    tokens = self.renew(&line, asker, &tokens)?;
                    renewed = true;
                }
                Err(trouble) => return Err(self.ended(&line, asker, trouble)),
            }
        }
    }

    /// New tokens. Nobody else may renew at the same time: a refresh token that is used twice ends the sign-in.
    fn renew(&self, line: &Line<'_>, asker: &Asker<'_>, old: &Tokens) -> Result<Tokens, SyncError> {
        let _place = self.take_place(asker.cancel)?;
        let account = asker.account.account;
        let stored = self.device.tokens(account).map_err(StoreError::from)?;
        if let Some(newer) = stored.filter(|stored| stored.refresh != old.refresh) {
            return Ok(newer);
        }
        refresh_tokens(line, &self.device, &self.config.client_id, account, old)
            .map_err(StoreError::from)?
            .map_err(|trouble| self.ended(line, asker, trouble))
    }

    /// A request that broke because its time was up says so; a word that this installation is revoked is heeded.
    fn ended(&self, line: &Line<'_>, asker: &Asker<'_>, trouble: Trouble) -> SyncError {
        match trouble {
            Trouble::Stop(StoppedBy::Revoked) => match self.lock_out(asker.unit) {
                Ok(()) => stopped(trouble),
                Err(error) => error.into(),
            },
            Trouble::Broken if self.ports.clock.monotonic() + BUDGET_END >= line.until => {
                SyncError::Stopped { by: StoppedBy::Budget }
            }
            other => stopped(other),
        }
    }
}
