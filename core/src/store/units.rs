//! Which of its units an account works for, and what each unit says about itself. The reports of a unit are in a file
//! of their own (`unit.rs`); here is only what the installation knows of it.

use std::collections::BTreeMap;

use apoa_domain::ids::UnitId;
use apoa_domain::report::profile::Profile;
use zeroize::Zeroizing;

use super::device::DeviceStore;
use crate::error::Error;
use crate::seal::envelope::Column;

impl DeviceStore {
    /// Closes the file and frees its lock.
    pub(crate) fn suspend(&self) -> Result<(), Error> {
        self.database.suspend()
    }

    /// Opens the file again.
    pub(crate) fn resume(&self) -> Result<(), Error> {
        self.database.resume()
    }

    /// The unit that is worked for; it stays while nobody is active. `None` before the first sign-in.
    pub(crate) fn active_unit(&self) -> Result<Option<UnitId>, Error> {
        let unit: Option<[u8; 16]> = self
            .database
            .read(|tx| Ok(tx.query_row("SELECT active_unit FROM device", [], |row| row.get(0))?))?;
        Ok(unit.map(UnitId::from_bytes))
    }

    /// Makes a unit of the active account the active one. `false` if it is not one of its units.
    pub(crate) fn use_unit(&self, unit: UnitId) -> Result<bool, Error> {
        self.database.write("commit.use_unit", |tx| {
            let changed = tx.execute(
                "UPDATE device SET active_unit = ?1 WHERE EXISTS(SELECT 1 FROM membership \
                 WHERE unit_id = ?1 AND account_id = device.active_account)",
                [unit.as_bytes()],
            )?;
            Ok(changed == 1)
        })
    }

    /// A unit's profile; empty before anybody filled it in.
    pub(crate) fn profile(&self, unit: UnitId) -> Result<Profile, Error> {
        self.known_profile.get(&self.database, unit, || self.read_profile(unit))
    }

    fn read_profile(&self, unit: UnitId) -> Result<Profile, Error> {
        let facts = self.profile_text(unit)?;
        profile_of(&facts)
    }

    /// A unit's profile as the server was last seen to have it.
    pub(crate) fn seen_profile(&self, unit: UnitId) -> Result<Profile, Error> {
        let facts = self.profile_text(unit)?;
        match facts.get(SEEN) {
            Some(text) => {
                profile_of(&serde_json::from_slice(text.as_bytes()).map_err(|_| Error::Stored("profile"))?)
            }
            None => Ok(Profile::default()),
        }
    }

    fn profile_text(&self, unit: UnitId) -> Result<BTreeMap<String, String>, Error> {
        let sealed: Option<Vec<u8>> = self.database.read(|tx| {
            Ok(tx.query_row("SELECT enc_profile FROM unit WHERE id = ?1", [unit.as_bytes()], |row| {
                row.get(0)
            })?)
        })?;
        let Some(sealed) = sealed else { return Ok(BTreeMap::new()) };
        let text = self.open_text(Column::UnitProfile, *unit.as_bytes(), &sealed)?;
        serde_json::from_slice(text.reveal().as_bytes()).map_err(|_| Error::Stored("profile"))
    }

    /// Keeps a unit's profile; what the server was seen to have stays.
    pub(crate) fn set_profile(&self, unit: UnitId, profile: &Profile) -> Result<(), Error> {
        let seen = self.seen_profile(unit)?;
        self.keep_profile(unit, profile, &seen)
    }

    /// Keeps a unit's profile beside what the server was seen to have.
    pub(crate) fn keep_profile(&self, unit: UnitId, profile: &Profile, seen: &Profile) -> Result<(), Error> {
        let seen = text_of(&facts_of(seen));
        let mut facts = facts_of(profile);
        facts.insert(SEEN, &seen);
        let text = text_of(&facts);
        let sealed = self.seal(Column::UnitProfile, *unit.as_bytes(), text.as_bytes())?;
        self.database.write("commit.profile", |tx| {
            tx.execute("UPDATE unit SET enc_profile = ?2 WHERE id = ?1", (unit.as_bytes(), &sealed))?;
            Ok(())
        })
    }

    /// Whether the unit revoked this installation, and nobody of its members signed in anew.
    pub(crate) fn is_locked_out(&self, unit: UnitId) -> Result<bool, Error> {
        self.database.read(|tx| {
            Ok(tx.query_row(
                "SELECT count(*) > 0 AND min(a.state) = ?2 FROM membership m JOIN account a ON a.id = m.account_id \
                 WHERE m.unit_id = ?1",
                (unit.as_bytes(), LOCKED_OUT),
                |row| row.get::<_, Option<bool>>(0),
            )?
            .unwrap_or(false))
        })
    }
}

/// State of an account whose unit revoked this installation.
pub(super) const LOCKED_OUT: i64 = 2;

/// Beside the facts of a profile: the text of those that the server was last seen to have. No fact bears this name.
const SEEN: &str = "seen";

fn facts_of(profile: &Profile) -> BTreeMap<&str, &str> {
    profile.facts().map(|(field, value)| (field.as_str(), value)).collect()
}

fn text_of(facts: &BTreeMap<&str, &str>) -> Zeroizing<String> {
    Zeroizing::new(serde_json::to_string(facts).unwrap_or_default())
}

fn profile_of(facts: &BTreeMap<String, String>) -> Result<Profile, Error> {
    let mut profile = Profile::default();
    for (code, value) in facts {
        // A fact that a later version knows stays in the file until this one writes it anew.
        if let Ok(field) = code.parse() {
            profile.set(field, value).map_err(|_| Error::Stored("profile"))?;
        }
    }
    Ok(profile)
}
