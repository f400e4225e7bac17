//! The tables of `office.sql`: the log, installations, one-time secrets.

use rusqlite::{Row, params};
use uuid::Uuid;

use super::Open;
use super::rows::{maybe_uuid, uuid, word};
use crate::error::ServerError;
use crate::model::{Deed, Device, Secret, SecretKind, What};
use crate::storage::Ledger;

const DEVICE: &str = "unit, id, account, first_ms, last_ms, revoked_ms";

impl Ledger for Open<'_> {
    fn note(&mut self, deed: &Deed) -> Result<(), ServerError> {
        let text = |id: Option<Uuid>| id.map(|id| id.to_string());
        self.run(
            "INSERT INTO deed (at_ms, who, what, unit, device, about) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                deed.at_ms,
                deed.who,
                deed.what.as_str(),
                text(deed.unit),
                text(deed.device),
                text(deed.about)
            ],
        )
    }

    fn deeds(&mut self) -> Result<Vec<Deed>, ServerError> {
        self.all("SELECT at_ms, who, what, unit, device, about FROM deed ORDER BY seq", [], |row| {
            Ok(Deed {
                at_ms: row.get(0)?,
                who: row.get(1)?,
                what: word(row, 2, What::from_word, "deed.what")?,
                unit: maybe_uuid(row, 3, "deed.unit")?,
                device: maybe_uuid(row, 4, "deed.device")?,
                about: maybe_uuid(row, 5, "deed.about")?,
            })
        })
    }

    fn device(&mut self, unit: Uuid, id: Uuid) -> Result<Option<Device>, ServerError> {
        self.one(
            &format!("SELECT {DEVICE} FROM device WHERE unit = ?1 AND id = ?2"),
            [unit.to_string(), id.to_string()],
            device,
        )
    }

    fn put_device(&mut self, device: &Device) -> Result<(), ServerError> {
        self.run(
            &format!(
                "INSERT INTO device ({DEVICE}) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (unit, id) DO UPDATE SET \
                 account = excluded.account, last_ms = excluded.last_ms, revoked_ms = excluded.revoked_ms"
            ),
            params![
                device.unit.to_string(),
                device.id.to_string(),
                device.account.to_string(),
                device.first_ms,
                device.last_ms,
                device.revoked_ms
            ],
        )
    }

    fn devices(&mut self, unit: Uuid) -> Result<Vec<Device>, ServerError> {
        self.all(
            &format!("SELECT {DEVICE} FROM device WHERE unit = ?1 ORDER BY seq"),
            [unit.to_string()],
            device,
        )
    }

    fn is_revoked(&mut self, device: Uuid) -> Result<bool, ServerError> {
        Ok(self.0.query_row(
            "SELECT EXISTS (SELECT 1 FROM device WHERE id = ?1 AND revoked_ms IS NOT NULL)",
            [device.to_string()],
            |row| row.get(0),
        )?)
    }

    fn end_families_of(&mut self, device: Uuid) -> Result<(), ServerError> {
        self.run("UPDATE family SET revoked = 1 WHERE device = ?1", [device.to_string()])
    }

    fn secret(&mut self, hash: &str) -> Result<Option<Secret>, ServerError> {
        self.one("SELECT kind, account, expires_ms, used FROM secret WHERE hash = ?1", [hash], |row| {
            Ok(Secret {
                kind: word(row, 0, SecretKind::from_word, "secret.kind")?,
                account: uuid(row, 1, "secret.account")?,
                expires_ms: row.get(2)?,
                used: row.get(3)?,
            })
        })
    }

    fn put_secret(&mut self, hash: &str, secret: &Secret) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO secret (hash, kind, account, expires_ms, used) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (hash) DO UPDATE SET used = excluded.used",
            params![hash, secret.kind.as_str(), secret.account.to_string(), secret.expires_ms, secret.used],
        )
    }

    fn email(&mut self, account: Uuid) -> Result<Option<String>, ServerError> {
        self.one("SELECT address FROM email WHERE account = ?1", [account.to_string()], |row| Ok(row.get(0)?))
    }

    fn set_email(&mut self, account: Uuid, address: &str) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO email (account, address) VALUES (?1, ?2) \
             ON CONFLICT (account) DO UPDATE SET address = excluded.address",
            params![account.to_string(), address],
        )
    }
}

fn device(row: &Row<'_>) -> Result<Device, ServerError> {
    Ok(Device {
        unit: uuid(row, 0, "device.unit")?,
        id: uuid(row, 1, "device.id")?,
        account: uuid(row, 2, "device.account")?,
        first_ms: row.get(3)?,
        last_ms: row.get(4)?,
        revoked_ms: row.get(5)?,
    })
}
