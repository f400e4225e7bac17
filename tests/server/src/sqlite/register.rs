//! The tables of `register.sql` and `photos.sql`: permits, who asked for one, photos, what the configuration is published
//! with.

use rusqlite::params;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Open;
use super::rows::{damaged, facts, text_of, uuid, word};
use crate::config::Published;
use crate::error::ServerError;
use crate::model::{KeyKind, LookedUp, Permit};
use crate::storage::Register;

impl Register for Open<'_> {
    fn has_permits(&mut self) -> Result<bool, ServerError> {
        Ok(self.0.query_row("SELECT EXISTS (SELECT 1 FROM permit)", [], |row| row.get(0))?)
    }

    fn add_permit(&mut self, permit: &Permit) -> Result<(), ServerError> {
        self.run("INSERT INTO permit (record) VALUES (?1)", [text_of(&permit.record)?])?;
        let id = self.0.last_insert_rowid();
        permit.keys.iter().try_for_each(|(kind, key)| {
            self.run(
                "INSERT INTO permit_key (kind, key, permit) VALUES (?1, ?2, ?3)",
                params![kind.as_str(), key, id],
            )
        })
    }

    fn permit(&mut self, kind: KeyKind, key: &str) -> Result<Option<Map<String, Value>>, ServerError> {
        self.one(
            "SELECT record FROM permit JOIN permit_key ON permit_key.permit = permit.id WHERE kind = ?1 AND key = ?2",
            [kind.as_str(), key],
            |row| facts(row, 0, "permit.record"),
        )
    }

    fn note_lookup(&mut self, note: &LookedUp) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO lookup (at_ms, account, unit, device, key_kind, found) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                note.at_ms,
                note.account.to_string(),
                note.unit.to_string(),
                note.device.to_string(),
                note.key_kind.as_str(),
                note.found
            ],
        )
    }

    fn lookups(&mut self) -> Result<Vec<LookedUp>, ServerError> {
        self.all("SELECT at_ms, account, unit, device, key_kind, found FROM lookup ORDER BY seq", [], |row| {
            Ok(LookedUp {
                at_ms: row.get(0)?,
                account: uuid(row, 1, "lookup.account")?,
                unit: uuid(row, 2, "lookup.unit")?,
                device: uuid(row, 3, "lookup.device")?,
                key_kind: word(row, 4, KeyKind::from_word, "lookup.key_kind")?,
                found: row.get(5)?,
            })
        })
    }

    fn keep_attachment(&mut self, unit: Uuid, sha256: &str, bytes: &[u8]) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO attachment (unit, sha256, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![unit.to_string(), sha256, bytes],
        )
    }

    fn has_attachment(&mut self, unit: Uuid, sha256: &str) -> Result<bool, ServerError> {
        Ok(self.0.query_row(
            "SELECT EXISTS (SELECT 1 FROM attachment WHERE unit = ?1 AND sha256 = ?2)",
            params![unit.to_string(), sha256],
            |row| row.get(0),
        )?)
    }

    fn published(&mut self) -> Result<Option<Published>, ServerError> {
        self.one("SELECT serial, issued_ms, patterns, attachments FROM published", [], |row| {
            let (patterns, attachments): (Option<String>, String) = (row.get(2)?, row.get(3)?);
            let patterns = patterns.map(|text| serde_json::from_str(&text)).transpose();
            Ok(Published {
                serial: row.get(0)?,
                issued_ms: row.get(1)?,
                patterns: patterns.map_err(|_| damaged("published.patterns"))?,
                attachments: serde_json::from_str(&attachments)
                    .map_err(|_| damaged("published.attachments"))?,
            })
        })
    }

    fn publish(&mut self, published: &Published) -> Result<(), ServerError> {
        let patterns = published.patterns.as_ref().map(Value::to_string);
        let attachments = published.attachments.clone();
        self.run(
            "INSERT INTO published (one, serial, issued_ms, patterns, attachments) VALUES (1, ?1, ?2, ?3, ?4) \
             ON CONFLICT (one) DO UPDATE SET serial = excluded.serial, issued_ms = excluded.issued_ms, \
             patterns = excluded.patterns, attachments = excluded.attachments",
            params![published.serial, published.issued_ms, patterns, Value::from(attachments).to_string()],
        )
    }
}
