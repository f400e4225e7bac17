//! The endpoints of reports: filing, looking up, changes. Not its job: what an operation does (`ops.rs`).

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_LOCATION;
use axum::http::{HeaderMap, HeaderValue, Uri};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{Answer, App, Caller, Failure, Shared, blocking, committed, json_response, strict_id, tagged};
use crate::bodies::json_body;
use crate::model::Right;
use crate::ops::{self, Batch, Envelope, OpResult, Sender, Verdict};
use crate::problem::{Fault, Kind, Problem};
use crate::storage::{rehearse, transact};
use crate::{Event, changes, config};

pub(super) async fn send_ops(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let (caller, account, batch) = batch_of(&app, &headers, body).await?;
    blocking(app, move |app| {
        let attachments = app.attachments();
        let sender = sender(app, &caller, account, &attachments);
        let results = file_all(app, &sender, &batch.ops);
        let new = results.iter().any(OpResult::is_new);
        let answer = json!({ "server_time": config::instant(sender.now_ms), "results": results });
        let response = json_response(&answer);
        Ok(if new { committed(response) } else { response })
    })
    .await
}

/// The same as [`send_ops`], undone: verdicts alone.
pub(super) async fn check_ops(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let (caller, account, batch) = batch_of(&app, &headers, body).await?;
    blocking(app, move |app| {
        let attachments = app.attachments();
        let sender = sender(app, &caller, account, &attachments);
        let verdicts: Vec<Verdict> = rehearse(app.storage.as_ref(), |tables| {
            batch.ops.iter().map(|op| Ok(ops::file(tables, &sender, op)?.into())).collect()
        })?;
        Ok(json_response(&json!({ "server_time": config::instant(sender.now_ms), "results": verdicts })))
    })
    .await
}

async fn batch_of(app: &Shared, headers: &HeaderMap, body: Body) -> Result<(Caller, Uuid, Batch), Failure> {
    let (caller, account) = Caller::with_body(app, headers, Right::Report).await?;
    let batch: Batch = json_body(headers, body).await?;
    check_batch(&batch)?;
    Ok((caller, account, batch))
}

fn sender<'a>(app: &'a App, caller: &Caller, account: Uuid, attachments: &'a [String]) -> Sender<'a> {
    Sender {
        attachments,
        unit: caller.unit,
        account,
        device: caller.device,
        now_ms: (app.clock)(),
        key: &app.keys.receipt,
    }
}

fn check_batch(batch: &Batch) -> Result<(), Failure> {
    if batch.schema != ops::SCHEMA {
        return Err(Kind::SchemaUnsupported.into());
    }
    if batch.ops.is_empty() {
        return Err(Problem::field(Kind::Malformed, "ops", Fault::Missing).into());
    }
    let too_large = batch.ops.iter().any(|op| op.body.len() > ops::OP_BYTES);
    if batch.ops.len() > ops::BATCH_OPS || too_large {
        return Err(Kind::TooLarge.into());
    }
    Ok(())
}

/// Files a batch in one transaction, since syncing the disk is what costs most. No rule makes work fail, only the store
/// does: then each operation goes alone, so that one which cannot be kept fails alone.
fn file_all(app: &App, sender: &Sender<'_>, ops: &[Envelope]) -> Vec<OpResult> {
    let storage = app.storage.as_ref();
    let together = transact(storage, |tables| {
        ops.iter().map(|op| ops::file(tables, sender, op)).collect::<Result<Vec<_>, _>>()
    });
    let results = together.unwrap_or_else(|_| {
        let alone = |op: &Envelope| {
            transact(storage, |tables| ops::file(tables, sender, op))
                .unwrap_or_else(|_| OpResult::not_kept(op.op_id))
        };
        ops.iter().map(alone).collect()
    });
    for result in results.iter().filter(|result| result.is_new()) {
        (app.on_event)(Event::Committed { op_id: result.op_id.to_string() });
    }
    results
}

pub(super) async fn read_op(
    State(app): State<Shared>,
    Path(op_id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let caller = Caller::of(&headers)?;
    let op_id = strict_id(&op_id).ok_or_else(|| Problem::field(Kind::Malformed, "op_id", Fault::Form))?;
    blocking(app, move |app| {
        caller.admit(app, Right::Report)?;
        let stored = transact(app.storage.as_ref(), |tables| tables.op(caller.unit, op_id))?;
        let stored = stored.ok_or_else(|| Failure::from(Kind::NeverSeen))?;
        let outcome = stored.outcome;
        Ok(json_response(&OpResult::stored(stored, outcome)))
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangesQuery {
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn read_changes(
    State(app): State<Shared>,
    place: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let caller = Caller::of(&headers)?;
    let uri = format!("/?{}", query.unwrap_or_default());
    let asked: ChangesQuery = uri
        .parse()
        .ok()
        .and_then(|uri| axum::extract::Query::try_from_uri(&uri).ok())
        .map(|axum::extract::Query(asked)| asked)
        .ok_or_else(|| Failure::from(Kind::Malformed))?;
    let limit = asked.limit.unwrap_or(changes::PAGE);
    if limit == 0 || limit > changes::PAGE {
        return Err(Problem::field(Kind::Malformed, "limit", Fault::Range).into());
    }
    blocking(app, move |app| {
        let (_, rights) = caller.admit(app, Right::Report)?;
        let page = transact(app.storage.as_ref(), |tables| {
            changes::page(tables, caller.unit, &rights, asked.cursor.as_deref(), limit)
        })??;
        let mut answer = tagged(&headers, &page);
        // Which page this is, so that no phone takes it for the one behind another cursor.
        let place = place.path_and_query().and_then(|place| HeaderValue::from_str(place.as_str()).ok());
        answer.headers_mut().extend(place.map(|place| (CONTENT_LOCATION, place)));
        Ok(answer)
    })
    .await
}
