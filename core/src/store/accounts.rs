//! Who may use this installation, and for which units: accounts, memberships, tokens.

use core::fmt;
use std::collections::BTreeSet;

use apoa_domain::ids::{AccountId, Timestamp, UnitId};
use apoa_domain::private::Private;
use rusqlite::OptionalExtension as _;

use super::device::DeviceStore;
use super::files::create_private_folder;
use super::unit::{self, UnitStore};
use super::units::LOCKED_OUT;
use crate::error::Error;
use crate::ports::{Ports, VaultError};
use crate::seal::envelope::Column;
use crate::seal::keys::KeyError;

/// What a member may do in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// File reports.
    Report = 1,
    /// See closed reports.
    Inspect = 2,
    /// Change profile, staff and devices.
    Manage = 4,
}

impl Right {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Report, Self::Inspect, Self::Manage];

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Inspect => "inspect",
            Self::Manage => "manage",
        }
    }
}

/// A unit as its member sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct UnitCard {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// `lodging`, `company` or `private`.
    pub kind: String,
    /// What the account may do there.
    pub rights: Vec<Right>,
}

impl fmt::Debug for UnitCard {
    /// Without the name: that of a private host's unit is a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unit, name: _, kind, rights } = self;
        f.debug_struct("UnitCard")
            .field("unit", unit)
            .field("kind", kind)
            .field("rights", rights)
            .finish_non_exhaustive()
    }
}

/// A person known on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub user: Private<String>,
    /// The units it belongs to.
    pub units: Vec<UnitCard>,
    /// The unit new reports go to.
    pub active_unit: UnitId,
}

/// A person known on this device, whether signed in or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Its user name; empty while the key does not answer.
    pub user: Private<String>,
    /// Whether this device may send in its name.
    pub signed_in: bool,
    /// The units it belongs to.
    pub units: Vec<UnitCard>,
}

/// Bearer tokens of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access: Private<String>,
    pub(crate) refresh: Private<String>,
    /// By the server's clock.
    pub(crate) expires: Timestamp,
}

/// What one sign-in brings.
pub(crate) struct SignedIn<'a> {
    pub(crate) account: AccountId,
    pub(crate) user: &'a str,
    pub(crate) units: &'a [UnitCard],
    pub(crate) tokens: &'a Tokens,
    pub(crate) server: &'a str,
    pub(crate) trust: &'a str,
}

/// Whose work ends here, and why.
enum Leaving {
    /// A person signs out.
    SignsOut(AccountId),
    /// A unit revoked this installation.
    LockedOut(UnitId),
}

impl DeviceStore {
    /// Keeps account, units, tokens, server and trust in one transaction. The folder of each new unit is durable
    /// before; one that an interrupted sign-in left behind is taken in.
    pub(crate) fn remember(&self, new: &SignedIn<'_>, ports: &Ports) -> Result<(), Error> {
        self.replace_lost_key()?;
        create_private_folder(&self.units)?;
        let folders = self.folders_for(new.units, ports)?;
        let account = *new.account.as_bytes();
        let user = self.seal(Column::AccountName, account, new.user.as_bytes())?;
        let refresh = self.seal(Column::TokenRefresh, account, new.tokens.refresh.reveal().as_bytes())?;
        let access = self.seal(Column::TokenAccess, account, new.tokens.access.reveal().as_bytes())?;
        let names: Vec<Vec<u8>> = new
            .units
            .iter()
            .map(|card| self.seal(Column::UnitName, *card.unit.as_bytes(), card.name.as_bytes()))
            .collect::<Result<_, _>>()?;
        self.database.write("commit.sign_in", |tx| {
            tx.execute(
                "INSERT INTO account(id, enc_name, state) VALUES(?1, ?2, 0) \
                 ON CONFLICT(id) DO UPDATE SET enc_name = ?2, state = 0",
                (account, &user),
            )?;
            tx.execute("DELETE FROM membership WHERE account_id = ?1", [account])?;
            for ((card, folder), name) in new.units.iter().zip(&folders).zip(&names) {
                let unit = *card.unit.as_bytes();
                tx.execute(
                    "INSERT INTO unit(id, dir, kind, enc_name) VALUES(?1, ?2, ?3, ?4) \
                     ON CONFLICT(id) DO UPDATE SET kind = ?3, enc_name = ?4",
                    (unit, folder, &card.kind, name),
                )?;
                let rights = card.rights.iter().fold(0, |bits, right| bits | *right as i64);
                tx.execute("INSERT INTO membership VALUES(?1, ?2, ?3)", (account, unit, rights))?;
            }
            tx.execute(
                "INSERT OR REPLACE INTO token(account_id, enc_refresh, enc_access, expires_ms) VALUES(?1, ?2, ?3, ?4)",
                (account, &refresh, &access, new.tokens.expires.0),
            )?;
            let active = new.units.first().map(|card| *card.unit.as_bytes());
            tx.execute(
                "UPDATE device SET server = ?1, trust = ?2, active_account = ?3, active_unit = \
                 CASE WHEN active_unit IN (SELECT unit_id FROM membership WHERE account_id = ?3) THEN active_unit ELSE ?4 END",
                (new.server, new.trust, account, active),
            )?;
            Ok(())
        })
    }

    /// The folder name of each unit: the known one, an orphan's, or a new one.
    fn folders_for(&self, cards: &[UnitCard], ports: &Ports) -> Result<Vec<String>, Error> {
        let known: Vec<([u8; 16], String)> = self.database.read(|tx| {
            let mut statement = tx.prepare("SELECT id, dir FROM unit")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut orphans = Vec::new();
        for folder in
            unit::tidy(&self.units, &known.iter().map(|(_, name)| name.clone()).collect::<BTreeSet<_>>())?
        {
            // A folder whose key or file does not answer stays where it is, for a person to look at.
            if let (Ok(store), Some(name)) = (UnitStore::open(&folder, ports), folder.file_name()) {
                orphans.push((store.unit, name.to_string_lossy().into_owned()));
            }
        }
        cards
            .iter()
            .map(|card| {
                let here =
                    known.iter().find(|(id, _)| id == card.unit.as_bytes()).map(|(_, name)| name.clone());
                let found = orphans.iter().find(|(unit, _)| *unit == card.unit).map(|(_, name)| name.clone());
                match here.or(found) {
                    Some(name) => Ok(name),
                    None => UnitStore::create(&self.units, card.unit, ports),
                }
            })
            .collect()
    }

    /// The active account with its units; `None` while nobody is active. Names are empty while the key does not answer:
    /// everything else works without it.
    pub(crate) fn account(&self) -> Result<Option<Account>, Error> {
        // Without the key its names are empty, and the next one asks for them again.
        if !self.has_key() {
            return self.read_account();
        }
        self.known_account.get(&self.database, (), || self.read_account())
    }

    fn read_account(&self) -> Result<Option<Account>, Error> {
        let found = self.database.read(|tx| {
            tx.query_row(
                "SELECT a.id, a.enc_name, d.active_unit FROM device d JOIN account a ON a.id = d.active_account \
                 WHERE d.active_unit IS NOT NULL",
                [],
                |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, [u8; 16]>(2)?)),
            )
            .optional()
            .map_err(Error::from)
        })?;
        let Some((account, user, active)) = found else { return Ok(None) };
        Ok(Some(Account {
            account: AccountId::from_bytes(account),
            user: self.name(Column::AccountName, account, &user),
            units: self.units_of(account)?,
            active_unit: UnitId::from_bytes(active),
        }))
    }

    /// Everybody who ever signed in here, who came first first.
    pub(crate) fn members(&self) -> Result<Vec<Member>, Error> {
        let rows: Vec<([u8; 16], Vec<u8>, bool)> = self.database.read(|tx| {
            let mut statement = tx.prepare(
                "SELECT id, enc_name, EXISTS(SELECT 1 FROM token WHERE account_id = account.id) FROM account \
                 ORDER BY rowid",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let member = |(account, user, signed_in): ([u8; 16], Vec<u8>, bool)| {
            Ok(Member {
                account: AccountId::from_bytes(account),
                user: self.name(Column::AccountName, account, &user),
                signed_in,
                units: self.units_of(account)?,
            })
        };
        rows.into_iter().map(member).collect()
    }

    /// Who can send for a unit: its members who are signed in here, the active one first.
    pub(crate) fn senders(&self, unit: UnitId) -> Result<Vec<AccountId>, Error> {
        self.database.read(|tx| {
            let mut statement = tx.prepare(
                "SELECT m.account_id FROM membership m JOIN token USING(account_id) \
                 JOIN account a ON a.id = m.account_id WHERE m.unit_id = ?1 AND a.state <> 2 \
                 ORDER BY m.account_id IS NOT (SELECT active_account FROM device), a.rowid",
            )?;
            let rows = statement.query_map([unit.as_bytes()], |row| row.get(0).map(AccountId::from_bytes))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Makes this account the active one, in one of its units. `false` if that is none of its units.
    pub(crate) fn use_account(&self, account: AccountId, unit: UnitId) -> Result<bool, Error> {
        self.database.write("commit.use_account", |tx| {
            let changed = tx.execute(
                "UPDATE device SET active_account = ?1, active_unit = ?2 WHERE EXISTS(SELECT 1 FROM membership m \
                 JOIN account a ON a.id = m.account_id WHERE a.id = ?1 AND a.state <> 2 AND m.unit_id = ?2)",
                (account.as_bytes(), unit.as_bytes()),
            )?;
            Ok(changed == 1)
        })
    }

    /// Deletes an account's tokens, and nobody is active any more. The active unit stays what it is.
    pub(crate) fn sign_out(&self, account: AccountId) -> Result<(), Error> {
        self.end_work(&Leaving::SignsOut(account))?;
        // The sealed tokens leave the journal too; where it cannot be emptied now, it is when the file is closed.
        let _ = self.database.truncate();
        Ok(())
    }

    /// Ends the work of every member of a unit here. Their tokens stay, unused, until somebody signs in anew.
    pub(crate) fn lock_out(&self, unit: UnitId) -> Result<(), Error> {
        self.end_work(&Leaving::LockedOut(unit))
    }

    fn end_work(&self, leaving: &Leaving) -> Result<(), Error> {
        self.database.write("commit.sign_out", |tx| {
            match leaving {
                Leaving::SignsOut(account) => {
                    tx.execute("DELETE FROM token WHERE account_id = ?1", [account.as_bytes()])?;
                    tx.execute("UPDATE account SET state = 1 WHERE id = ?1", [account.as_bytes()])?;
                    tx.execute(
                        "UPDATE device SET active_account = NULL WHERE active_account = ?1",
                        [account.as_bytes()],
                    )?;
                }
                Leaving::LockedOut(unit) => {
                    tx.execute(
                        "UPDATE account SET state = ?2 \
                         WHERE id IN (SELECT account_id FROM membership WHERE unit_id = ?1)",
                        (unit.as_bytes(), LOCKED_OUT),
                    )?;
                    tx.execute(
                        "UPDATE device SET active_account = NULL \
                         WHERE active_account IN (SELECT id FROM account WHERE state = ?1)",
                        [LOCKED_OUT],
                    )?;
                }
            }
            Ok(())
        })
    }

    fn units_of(&self, account: [u8; 16]) -> Result<Vec<UnitCard>, Error> {
        let rows: Vec<([u8; 16], String, Vec<u8>, i64)> = self.database.read(|tx| {
            let mut statement = tx.prepare(
                "SELECT u.id, u.kind, u.enc_name, m.rights FROM membership m JOIN unit u ON u.id = m.unit_id \
                 WHERE m.account_id = ?1 ORDER BY u.rowid",
            )?;
            let rows = statement
                .query_map([account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let cards = rows.into_iter().map(|(unit, kind, name, rights)| UnitCard {
            unit: UnitId::from_bytes(unit),
            name: self.name(Column::UnitName, unit, &name).reveal().clone(),
            kind,
            rights: Right::ALL.iter().copied().filter(|right| rights & (*right as i64) != 0).collect(),
        });
        Ok(cards.collect())
    }

    /// The tokens of an account; `None` when it signed out.
    pub(crate) fn tokens(&self, account: AccountId) -> Result<Option<Tokens>, Error> {
        let row = *account.as_bytes();
        let found = self.database.read(|tx| {
            tx.query_row(
                "SELECT enc_refresh, enc_access, expires_ms FROM token WHERE account_id = ?1 AND enc_access IS NOT NULL",
                [row],
                |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, i64>(2)?)),
            )
            .optional()
            .map_err(Error::from)
        })?;
        let Some((refresh, access, expires)) = found else { return Ok(None) };
        if matches!(self.keys(), Err(Error::Key(KeyError::Vault(VaultError::Lost)))) {
            return Ok(None);
        }
        Ok(Some(Tokens {
            access: self.open_text(Column::TokenAccess, row, &access)?,
            refresh: self.open_text(Column::TokenRefresh, row, &refresh)?,
            expires: Timestamp(expires),
        }))
    }

    /// Keeps renewed tokens: on disk before the access token is used, so that a crash cannot lose the refresh token.
    /// Of an account that signed out meanwhile nothing is kept.
    pub(crate) fn set_tokens(&self, account: AccountId, tokens: &Tokens) -> Result<(), Error> {
        let row = *account.as_bytes();
        let refresh = self.seal(Column::TokenRefresh, row, tokens.refresh.reveal().as_bytes())?;
        let access = self.seal(Column::TokenAccess, row, tokens.access.reveal().as_bytes())?;
        self.database.write("commit.tokens", |tx| {
            tx.execute(
                "UPDATE token SET enc_refresh = ?2, enc_access = ?3, expires_ms = ?4 WHERE account_id = ?1",
                (row, &refresh, &access, tokens.expires.0),
            )?;
            Ok(())
        })
    }

    /// A name as far as it can be read.
    fn name(&self, column: Column, row: [u8; 16], sealed: &[u8]) -> Private<String> {
        self.open_text(column, row, sealed).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::full::ports;

    #[test]
    fn tokens_that_come_after_a_sign_out_are_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let ports = ports(folder.path());
        let device = DeviceStore::open(folder.path(), &ports).unwrap();
        let tokens = |word: &str| Tokens {
            access: Private::from(word),
            refresh: Private::from(word),
            expires: Timestamp(1),
        };
        let (account, unit) = (AccountId::from_bytes([1; 16]), UnitId::from_bytes([2; 16]));
        let card = UnitCard { unit, name: "Losmen Contoh".into(), kind: "lodging".into(), rights: vec![] };
        let new = SignedIn {
            account,
            user: "resepsionis",
            units: &[card],
            tokens: &tokens("first"),
            server: "https://server.example",
            trust: "",
        };
        device.remember(&new, &ports).unwrap();
        assert_eq!(device.senders(unit).unwrap(), [account]);
        device.set_tokens(account, &tokens("second")).unwrap();
        assert_eq!(device.tokens(account).unwrap(), Some(tokens("second")));

        device.sign_out(account).unwrap();
        device.set_tokens(account, &tokens("third")).unwrap();
        assert_eq!((device.tokens(account).unwrap(), device.senders(unit).unwrap()), (None, vec![]));
    }
}
