//! The register of stay permits, and what a look-up by key brings. Not its job: who may ask (`auth.rs`).
//!
//! Invariant: a look-up leaves a note of who asked and what kind of key, never the key or the record.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::ServerError;
use crate::model::{KeyKind, LookedUp, Permit};
use crate::problem::{Fault, Kind, Problem};
use crate::storage::{Storage, Tables, transact};
use crate::validate;

/// Longest key: a line of a code.
const KEY_BYTES: usize = 256;

/// Body of `POST /permits/lookup`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) key_kind: KeyKind,
    key: String,
}

impl Asked {
    /// The key as the register holds it, or what is wrong with it. Record ids are told apart in small letters: a code
    /// in capitals is shorter, and issuers print both.
    pub(crate) fn key(&self) -> Result<String, Problem> {
        let visible = !self.key.is_empty() && self.key.bytes().all(|byte| byte.is_ascii_graphic());
        let fits = match self.key_kind {
            KeyKind::RecordId | KeyKind::OpaqueToken => visible && self.key.len() <= KEY_BYTES,
            KeyKind::PermitNumber | KeyKind::RegisterNumber | KeyKind::VisaNumber | KeyKind::Niora => {
                validate::is_number(&self.key)
            }
        };
        match self.key_kind {
            _ if !fits => Err(Problem::field(Kind::Malformed, "key", Fault::Form)),
            KeyKind::RecordId => Ok(self.key.to_ascii_lowercase()),
            _ => Ok(self.key.clone()),
        }
    }
}

/// Who asks.
pub(crate) struct Asker {
    pub(crate) account: Uuid,
    pub(crate) unit: Uuid,
    pub(crate) device: Uuid,
    pub(crate) now_ms: i64,
}

/// The record behind a key, if there is one; noted either way.
pub(crate) fn look_up(
    tables: &mut dyn Tables,
    asker: &Asker,
    kind: KeyKind,
    key: &str,
) -> Result<Option<Map<String, Value>>, ServerError> {
    let record = tables.permit(kind, key)?;
    tables.note_lookup(&LookedUp {
        at_ms: asker.now_ms,
        account: asker.account,
        unit: asker.unit,
        device: asker.device,
        key_kind: kind,
        found: record.is_some(),
    })?;
    Ok(record)
}

/// Fills an empty register with specimens.
pub(crate) fn fill(storage: &dyn Storage) -> Result<(), ServerError> {
    transact(storage, |tables| {
        if tables.has_permits()? {
            return Ok(());
        }
        specimens().iter().try_for_each(|permit| tables.add_permit(permit))
    })
}

/// Five permits of two invented people: one whose passport is as it should be, the card of the demo, one whose holder
/// has a new passport since, one of somebody else, and one of which the register says as little as a portal's row does.
fn specimens() -> Vec<Permit> {
    let eriksson = |passport: &str, passport_expiry: &str, permit: &str| {
        json!({
            "full_name": "ERIKSSON ANNA MARIA", "birth_date": "1974-08-12", "birth_place": "UTOPIA", "nationality": "UTO",
            "sex": "F", "passport_number": passport, "passport_expiry": passport_expiry, "permit_number": permit,
            "permit_kind": "ITAS", "permit_index": "E23", "permit_expiry": "2036-04-15", "niora": "AB12345678",
        })
    };
    let contoh = json!({
        "full_name": "CONTOH UJI", "birth_date": "1990-01-31", "birth_place": "UTOPIA", "nationality": "UTO", "sex": "M",
        "passport_number": "C01X00T47", "passport_expiry": "2035-06-30", "permit_number": "2C21XX0002K",
        "permit_kind": "ITAS", "permit_index": "E23", "permit_expiry": "2036-04-15", "niora": "12ABCD345678",
    });
    let row = json!({
        "full_name": "CONTOH UJI", "passport_number": "C01X00T47", "register_number": "2211000Z000000",
        "permit_kind": "ITAS", "permit_expiry": "2036-04-15",
    });
    let record = |number: u32| (KeyKind::RecordId, format!("00000000-0000-4000-8000-{number:012}"));
    let permit = |number: &str| (KeyKind::PermitNumber, number.to_owned());
    let niora = |number: &str| (KeyKind::Niora, number.to_owned());
    let token = (KeyKind::OpaqueToken, "c3BlY2ltZW4gdG9rZW4gMQ==".to_owned());
    let register = (KeyKind::RegisterNumber, "2211000Z000000".to_owned());
    [
        (vec![record(1), permit("2C21XX0000K"), niora("AB12345678"), token], {
            eriksson("X00000001", "2036-04-15", "2C21XX0000K")
        }),
        (vec![permit("2C11JE0001X")], eriksson("L898902C3", "2034-04-15", "2C11JE0001X")),
        (vec![record(2), permit("2C21XX0002K"), niora("12ABCD345678")], contoh),
        (vec![record(3), permit("2C21XX0003K")], eriksson("L898902C3", "2012-04-15", "2C21XX0003K")),
        (vec![register], row),
    ]
    .into_iter()
    .map(|(keys, record)| Permit { keys, record: record.as_object().cloned().unwrap_or_default() })
    .collect()
}
