//! The endpoints of a unit: its profile, members and installations. Not its job: what a profile may hold (`profile.rs`),
//! what revoking means (`devices.rs`).

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Answer, Caller, Failure, Shared, blocking, committed, json_response, strict_id, tag_of, tagged};
use crate::bodies::json_body;
use crate::devices;
use crate::model::{Deed, Right, What};
use crate::problem::{Fault, Kind, Problem};
use crate::profile;
use crate::storage::{Tables, transact};

pub(super) async fn read_profile(State(app): State<Shared>, headers: HeaderMap) -> Answer {
    let caller = Caller::of(&headers)?;
    blocking(app, move |app| {
        caller.admit(app, Right::Report)?;
        transact(app.storage.as_ref(), |tables| {
            let unit = unit(tables, caller.unit)?;
            Ok(unit.map(|unit| tagged(&headers, &profile::view(unit.kind, &unit.profile))))
        })?
    })
    .await
}

/// Replaces the profile that the client has seen; one that somebody else changed meanwhile stays.
pub(super) async fn write_profile(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let (caller, account) = Caller::with_body(&app, &headers, Right::Manage).await?;
    let seen = headers.get(IF_MATCH).map(|tag| tag.as_bytes().to_vec());
    let seen = seen.ok_or_else(|| Problem::field(Kind::Malformed, "if-match", Fault::Missing))?;
    let profile: Map<String, Value> = json_body(&headers, body).await?;
    let problems = profile::problems(&profile);
    if !problems.is_empty() {
        return Err(Problem::with_fields(Kind::Invalid, problems).into());
    }
    blocking(app, move |app| {
        let now_ms = (app.clock)();
        transact(app.storage.as_ref(), |tables| {
            let unit = match unit(tables, caller.unit)? {
                Ok(unit) => unit,
                Err(failure) => return Ok(Err(failure)),
            };
            if tag_of(&profile::view(unit.kind, &unit.profile)).1.as_bytes() != seen {
                return Ok(Err(Kind::ProfileConflict.into()));
            }
            if unit.profile != profile {
                tables.set_profile(unit.id, &profile)?;
                tables.note(&Deed {
                    at_ms: now_ms,
                    who: Some(account.to_string()),
                    what: What::ProfileChanged,
                    unit: Some(unit.id),
                    device: Some(caller.device),
                    about: None,
                })?;
            }
            Ok(Ok(committed(tagged(&HeaderMap::new(), &profile::view(unit.kind, &profile)))))
        })?
    })
    .await
}

fn unit(
    tables: &mut dyn Tables,
    id: Uuid,
) -> Result<Result<crate::model::Unit, Failure>, crate::ServerError> {
    Ok(tables.unit(id)?.ok_or_else(|| Failure::from(Kind::Unit)))
}

pub(super) async fn staff(State(app): State<Shared>, Path(unit): Path<String>, headers: HeaderMap) -> Answer {
    let caller = caller_of(&unit, &headers)?;
    blocking(app, move |app| {
        caller.admit(app, Right::Report)?;
        Ok(json_response(&transact(app.storage.as_ref(), |tables| devices::staff(tables, caller.unit))?))
    })
    .await
}

pub(super) async fn list_devices(
    State(app): State<Shared>,
    Path(unit): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let caller = caller_of(&unit, &headers)?;
    blocking(app, move |app| {
        caller.admit(app, Right::Manage)?;
        Ok(json_response(&transact(app.storage.as_ref(), |tables| devices::list(tables, caller.unit))?))
    })
    .await
}

pub(super) async fn revoke_device(
    State(app): State<Shared>,
    Path((unit, device)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let caller = caller_of(&unit, &headers)?;
    let device =
        strict_id(&device).ok_or_else(|| Problem::field(Kind::Malformed, "device_id", Fault::Form))?;
    blocking(app, move |app| {
        let (account, _) = caller.admit(app, Right::Manage)?;
        let now_ms = (app.clock)();
        transact(app.storage.as_ref(), |tables| {
            devices::revoke(tables, account, &caller.claim(), device, now_ms)
        })??;
        Ok(committed(json_response(&json!({}))))
    })
    .await
}

/// The caller, if path and header name the same unit.
fn caller_of(unit: &str, headers: &HeaderMap) -> Result<Caller, Failure> {
    let caller = Caller::of(headers)?;
    match strict_id(unit) {
        Some(unit) if unit == caller.unit => Ok(caller),
        Some(_) => Err(Problem::field(Kind::Malformed, "apoa-unit", Fault::Form).into()),
        None => Err(Problem::field(Kind::Malformed, "id", Fault::Form).into()),
    }
}
