//! What a new database starts with: one lodging with a complete profile and one member who may do everything in it.

use serde_json::{Map, Value, json};

use crate::auth::{self, Effort};
use crate::error::ServerError;
use crate::model::{Account, Membership, Right, Unit, UnitKind};
use crate::random::Dice;
use crate::storage::{Storage, transact};

/// Who can sign in, and for which unit.
#[derive(Clone)]
pub struct SeededAccount {
    /// User name.
    pub user: String,
    /// Known only right after it was made; the database holds a hash.
    pub password: Option<String>,
    /// Id of the unit.
    pub unit: String,
}

impl std::fmt::Debug for SeededAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("SeededAccount")
            .field("user", &self.user)
            .field("password", &password)
            .field("unit", &self.unit)
            .finish()
    }
}

/// Name of the first member: the front desk.
const USER: &str = "resepsionis";

/// Where its codes are mailed to; nobody has it.
const EMAIL: &str = "resepsionis@losmen.example";

/// Whether nobody was entered yet.
pub(crate) fn is_new(storage: &dyn Storage) -> Result<bool, ServerError> {
    Ok(transact(storage, |tables| tables.accounts())?.is_empty())
}

/// The account of the database; made first where there is none.
pub(crate) fn account(
    storage: &dyn Storage,
    seed: Option<u64>,
    password: Option<String>,
    effort: Effort,
) -> Result<SeededAccount, ServerError> {
    let mut dice = Dice::new(seed);
    let (unit_id, account_id) = (dice.id()?, dice.id()?);
    let password = match password {
        Some(password) => password,
        None => dice.password()?,
    };
    // Hashing takes a while; a database that has its account needs none.
    let hash = if is_new(storage)? { auth::hash_password(&password, effort)? } else { String::new() };
    transact(storage, |tables| {
        if let Some(account) = tables.accounts()?.into_iter().next() {
            let unit = tables.memberships(account.id)?.into_iter().next();
            let unit = unit.ok_or(ServerError::Damaged { what: "member" })?.unit.id.to_string();
            return Ok(SeededAccount { user: account.name, password: None, unit });
        }
        let unit = Unit {
            id: unit_id,
            name: "Losmen Contoh".to_owned(),
            kind: UnitKind::Lodging,
            profile: profile(),
        };
        let account = Account { id: account_id, name: USER.to_owned(), password: hash };
        tables.add_unit(&unit)?;
        tables.add_account(&account)?;
        tables.set_email(account.id, EMAIL)?;
        let rights = vec![Right::Report, Right::Inspect, Right::Manage];
        tables.add_member(account.id, &Membership { unit, rights })?;
        Ok(SeededAccount { user: account.name, password: Some(password), unit: unit_id.to_string() })
    })
}

/// Every fact a lodging is asked for, invented.
fn profile() -> Map<String, Value> {
    let profile = json!({
        "name": "Losmen Contoh",
        "lodging_kind": "losmen",
        "licence": "000/CONTOH/0000",
        "person_in_charge": "Pengelola Contoh",
        "address": "Jalan Contoh 1, Kota Contoh",
        "zone": "WIB",
        "office": "Kantor Imigrasi Contoh",
        "rooms": "12",
    });
    profile.as_object().cloned().unwrap_or_default()
}
