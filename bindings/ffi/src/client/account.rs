//! Who works here: signing in and out, and whose turn it is.

use super::ApoaClient;
use crate::convert::{Account, AccountId, Credentials, Member, SignedOut, UnitId};
use crate::error::{DraftError, StoreError, SyncError};

#[uniffi::export]
impl ApoaClient {
    /// Blocks. The active account; nothing before the first sign-in and while nobody is active.
    pub fn account(&self) -> Result<Option<Account>, StoreError> {
        Ok(self.0.account()?.map(Account::from))
    }

    /// Blocks; call from a background thread. Needs the network, once; after it nothing hinders saving.
    pub fn sign_in(&self, credentials: Credentials) -> Result<Account, SyncError> {
        Ok(self.0.sign_in(&credentials.into())?.into())
    }

    /// Blocks; call from a background thread. Has a code mailed to whoever has this user name. The server says the
    /// same whether or not there is such a user.
    pub fn mail_code(&self, user: String) -> Result<(), SyncError> {
        Ok(self.0.mail_code(&user)?)
    }

    /// Blocks, some seconds at most; call from a background thread. Ends the active account's sign-in here, then at
    /// the server as far as that answers. It needs no network and touches no report: whoever is next sends them.
    pub fn sign_out(&self) -> Result<SignedOut, SyncError> {
        Ok(self.0.sign_out()?.into())
    }

    /// Blocks. Everybody who ever signed in on this device, who came first first.
    pub fn members(&self) -> Result<Vec<Member>, StoreError> {
        Ok(self.0.members()?.into_iter().map(Member::from).collect())
    }

    /// Blocks. Makes a member who is known here the active one, signed in or not, without the network.
    pub fn use_account(&self, account: AccountId) -> Result<Account, DraftError> {
        Ok(self.0.use_account(account)?.into())
    }

    /// Blocks. Makes another unit of the active account the active one, without network. What waits in a unit that is
    /// not active stays there and is sent once it is active again.
    pub fn use_unit(&self, unit: UnitId) -> Result<Account, DraftError> {
        Ok(self.0.use_unit(unit)?.into())
    }

    /// Blocks. Whether the last unit worked for revoked this installation. Then nobody is active and nothing is sent;
    /// everything stays where it is, and whoever may still work here signs in anew.
    pub fn is_revoked(&self) -> Result<bool, StoreError> {
        Ok(self.0.is_revoked()?)
    }
}
