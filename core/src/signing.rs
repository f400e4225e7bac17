//! The part of the facade for who works here: signing in and out, and whose turn it is on a phone that is passed from
//! shift to shift. Reports belong to the unit: nobody's leaving changes one.

use std::time::Duration;

use apoa_domain::ids::{AccountId, UnitId};
use apoa_domain::private::Private;

use crate::client::ApoaClient;
use crate::error::{DraftError, Missing, StoreError, SyncError};
use crate::runs::{ONE_REQUEST, stopped};
use crate::store::accounts::{Account, Member, SignedIn, Tokens};
use crate::sync::auth::{Credentials, SignInProblem, sign_in};
use crate::sync::cancel::CancelFlag;
use crate::sync::contract::Applicant;
use crate::sync::outcome::Trouble;
use crate::sync::runner::fetch_config;

/// Whoever leaves waits no longer than this for the server to hear of it.
const REVOKE_MOST: Duration = Duration::from_secs(5);

/// Who signed out, and what waits for the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOut {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub user: Private<String>,
    /// Reports that wait in its units, whoever typed them. They stay.
    pub waiting: u32,
    /// In how many units.
    pub units: u32,
}

impl ApoaClient {
    /// Blocks; call from a background thread. Exchanges a secret for tokens and keeps account, units, server and
    /// trust. Needs the network, once; after it no expired token and no lost net hinders saving.
    pub fn sign_in(&self, credentials: &Credentials) -> Result<Account, SyncError> {
        let (origin, trust) = (self.origin()?, self.trust()?);
        let transport = self.transport(&[])?;
        let cancel = CancelFlag::default();
        let line = self.line(&*transport, &cancel, ONE_REQUEST);
        let trusted = self.trusted()?;
        // A foreign server is found before it sees a secret.
        fetch_config(&line, &self.device, &trusted).map_err(StoreError::from)?.map_err(stopped)?;
        let answer = sign_in(&line, &self.applicant(), credentials, &*self.ports.random).map_err(refused)?;
        let cards = answer.cards();
        let new = SignedIn {
            account: answer.account.id,
            user: answer.account.name.reveal(),
            units: &cards,
            tokens: &answer.tokens(self.now()),
            server: origin.as_str(),
            trust: trust.as_pem(),
        };
        self.device.remember(&new, &self.ports).map_err(StoreError::from)?;
        let account = self.account()?.ok_or(SyncError::NotSetUp { missing: Missing::SignIn })?;
        self.open_unit(account.active_unit)?;
        self.keep_clock()?;
        Ok(account)
    }

    /// Blocks, some seconds at most; call from a background thread. Ends the active account's sign-in here, then at the
    /// server as far as that answers. It needs no network, never refuses because reports wait, and touches none: whoever
    /// is next in the unit sends them. A run under way ends. Afterwards nobody is active: counts, queue and deadlines
    /// stay visible, contents stay sealed. `NotSetUp` where nobody is active.
    pub fn sign_out(&self) -> Result<SignedOut, SyncError> {
        let account = self.account()?.ok_or(SyncError::NotSetUp { missing: Missing::SignIn })?;
        // A key that does not answer hinders nobody from leaving.
        let tokens = self.device.tokens(account.account).ok().flatten();
        self.cancel_current();
        self.device.sign_out(account.account).map_err(StoreError::from)?;
        self.lock();
        if let Some(Err(error)) = tokens.map(|tokens| self.revoke(&tokens)) {
            tracing::info!(code = %error.code(), "the server was not told of a sign-out");
        }
        self.tell();
        let waiting =
            account.units.iter().map(|card| self.waiting_in(card.unit)).filter(|waiting| *waiting > 0);
        let (units, waiting) = waiting.fold((0, 0), |(units, all), here| (units + 1, all + here));
        Ok(SignedOut { account: account.account, user: account.user, waiting, units })
    }

    fn revoke(&self, tokens: &Tokens) -> Result<(), SyncError> {
        let further = self.signed_config()?.map(|config| config.tls_roots).unwrap_or_default();
        let transport = self.transport(&further)?;
        let cancel = CancelFlag::default();
        let line = self.line(&*transport, &cancel, REVOKE_MOST);
        let ask = line.contract.revoke(&self.applicant(), tokens.refresh.reveal());
        line.ask("ask.revoke", ask).map_err(stopped)
    }

    pub(crate) fn applicant(&self) -> Applicant<'_> {
        Applicant { device: self.device.device, client_id: &self.config.client_id }
    }

    /// How many reports wait in a unit; of one that does not open nobody can say, and nobody is kept for it.
    fn waiting_in(&self, unit: UnitId) -> u32 {
        let queue = self.opened(unit).and_then(|unit| Ok(unit.queue()?));
        queue.map_or(0, |queue| queue.len() as u32)
    }

    /// Blocks. Everybody who ever signed in on this device, who came first first.
    pub fn members(&self) -> Result<Vec<Member>, StoreError> {
        Ok(self.device.members()?)
    }

    /// Blocks. Makes a member who is known here the active one, signed in or not, without the network; in the unit that
    /// is active if it is one of the member's, else in the first of them. `NoUnit` if nobody here is this account.
    pub fn use_account(&self, account: AccountId) -> Result<Account, DraftError> {
        let known = self.members()?.into_iter().find(|member| member.account == account);
        let Member { user, units, .. } = known.ok_or(DraftError::NoUnit)?;
        let active = self.device.active_unit().map_err(StoreError::from)?;
        let own = units.iter().find(|card| Some(card.unit) == active).or(units.first());
        let unit = own.ok_or(DraftError::NoUnit)?.unit;
        self.move_to(unit, || self.device.use_account(account, unit))?;
        Ok(Account { account, user, units, active_unit: unit })
    }
}

fn refused(problem: SignInProblem) -> SyncError {
    match problem {
        SignInProblem::Trouble(Trouble::Denied) => SyncError::WrongSecret,
        SignInProblem::Trouble(trouble) => stopped(trouble),
        SignInProblem::Store(error) => SyncError::Store(error.into()),
    }
}
