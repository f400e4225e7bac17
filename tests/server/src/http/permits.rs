//! `POST /permits/lookup`. Not its job: what the register holds (`permits.rs`).

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;

use super::{Answer, Caller, Failure, Shared, blocking, json_response};
use crate::Event;
use crate::bodies::json_body;
use crate::model::Right;
use crate::permits::{self, Asked, Asker};
use crate::problem::Kind;
use crate::storage::transact;

pub(super) async fn look_up(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let (caller, account) = Caller::with_body(&app, &headers, Right::Report).await?;
    let asked: Asked = json_body(&headers, body).await?;
    let key = asked.key()?;
    blocking(app, move |app| {
        let asker = Asker { account, unit: caller.unit, device: caller.device, now_ms: (app.clock)() };
        let kind = asked.key_kind;
        let record = transact(app.storage.as_ref(), |tables| permits::look_up(tables, &asker, kind, &key))?;
        (app.on_event)(Event::LookedUp { key_kind: kind.as_str(), found: record.is_some() });
        record.map(|record| json_response(&record)).ok_or_else(|| Failure::from(Kind::NoRecord))
    })
    .await
}
