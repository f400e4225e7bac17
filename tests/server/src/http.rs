//! The endpoints: headers, bodies and limits in, rules called, answers out. Not its job: what the rules say, and what
//! faults do to an answer (`front.rs`).
//!
//! Invariant: [`ROUTES`] is the one list of endpoints; the router is built from it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bodies::{form, is_token, json_body};
use crate::config::{self, Config};
use crate::error::ServerError;
use crate::keys::Keys;
use crate::model::{Outcome, Right};
use crate::ops::{self, Batch, OpResult, Sender};
use crate::problem::{Fault, Kind, Problem};
use crate::receipts::{self, Purpose};
use crate::storage::{Storage, transact};
use crate::{Clock, Event, auth, changes};

/// Where every path starts.
pub(crate) const BASE: &str = "/apoa/v1";
/// Repeats the request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("apoa-request-id");
/// Wrong secrets in a row for one user before he has to wait.
const WRONG_IN_A_ROW: u32 = 10;
/// How long he waits.
const WRONG_WAIT_SECONDS: i64 = 30;

/// Everything a request needs.
pub(crate) struct App {
    pub(crate) storage: Box<dyn Storage>,
    pub(crate) keys: Keys,
    pub(crate) clock: Clock,
    pub(crate) on_event: Box<dyn Fn(Event) + Send + Sync>,
    pub(crate) wrong: Mutex<HashMap<String, (u32, i64)>>,
}

type Shared = Arc<App>;

/// Marks an answer after whose making something new is committed.
#[derive(Clone, Copy)]
pub(crate) struct Committed;

/// Method, path below the base, and what answers.
pub(crate) fn routes() -> Vec<(&'static str, &'static str, MethodRouter<Shared>)> {
    vec![
        ("get", "/config", get(read_config)),
        ("post", "/oauth/authorize-challenge", post(authorize)),
        ("post", "/oauth/token", post(token)),
        ("post", "/oauth/revoke", post(revoke)),
        ("post", "/ops", post(send_ops)),
        ("get", "/ops/{op_id}", get(read_op)),
        ("get", "/changes", get(read_changes)),
    ]
}

/// The router over all endpoints.
pub(crate) fn router(app: Shared) -> Router {
    let mut router = Router::new();
    for (_, path, endpoint) in routes() {
        router = router.route(&format!("{BASE}{path}"), endpoint);
    }
    router
        .fallback(|| async { Failure::from(Kind::NotFound) })
        .method_not_allowed_fallback(|| async { Failure::from(Kind::Method) })
        .with_state(app)
}

/// A refusal on its way out.
pub(crate) struct Failure(pub(crate) Problem);

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        Self(Problem::new(kind))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<ServerError> for Failure {
    /// A store that is locked for too long is busy; everything else is the server's fault. Details stay here.
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::Database(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) =>
            {
                Self(Problem::after(Kind::Busy, 1))
            }
            _ => Self::from(Kind::Internal),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json_response(&self.0);
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.0.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

type Answer = Result<Response, Failure>;

fn json_response<T: Serialize>(value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => ([(CONTENT_TYPE, "application/json")], bytes).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Headers every answer carries.
pub(crate) fn finish(response: &mut Response, request_id: Uuid) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&request_id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Runs rules on a thread that may block.
async fn blocking<T: Send + 'static>(
    app: Shared,
    work: impl FnOnce(&App) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(move || work(&app)).await.unwrap_or_else(|_| Err(Kind::Internal.into()))
}

/// An id in a header: lower case, with hyphens.
pub(crate) fn id_header(headers: &HeaderMap, name: &str) -> Result<Option<Uuid>, Failure> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let id = value.to_str().ok().and_then(strict_id);
    id.map(Some).ok_or_else(|| Problem::field(Kind::Malformed, name, Fault::Form).into())
}

fn strict_id(text: &str) -> Option<Uuid> {
    let id: Uuid = text.parse().ok()?;
    (id.to_string() == text).then_some(id)
}

fn needed_id(headers: &HeaderMap, name: &'static str) -> Result<Uuid, Failure> {
    id_header(headers, name)?.ok_or_else(|| Problem::field(Kind::Malformed, name, Fault::Missing).into())
}

fn bearer_token(headers: &HeaderMap) -> Result<String, Failure> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer "));
    token.map(str::to_owned).ok_or_else(|| Kind::Unauthorised.into())
}

/// Who asks, from the headers of a signed-in request.
struct Caller {
    token: String,
    unit: Uuid,
    device: Uuid,
}

impl Caller {
    fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        Ok(Self {
            token: bearer_token(headers)?,
            unit: needed_id(headers, "apoa-unit")?,
            device: needed_id(headers, "apoa-device")?,
        })
    }

    /// The account behind the token, as a member of the unit with this right.
    fn admit(&self, app: &App, right: Right) -> Result<(Uuid, Vec<Right>), Failure> {
        let now = (app.clock)();
        let verdict = transact(app.storage.as_ref(), |tables| {
            let account = match auth::bearer(tables, &self.token, now)? {
                Ok(account) => account,
                Err(problem) => return Ok(Err(problem)),
            };
            Ok(auth::member(tables, account, self.unit, right)?.map(|rights| (account, rights)))
        })?;
        Ok(verdict?)
    }
}

async fn read_config(State(app): State<Shared>) -> Answer {
    blocking(app, |app| {
        let config = Config::at((app.clock)(), &app.keys.receipt);
        let token = receipts::sign(Purpose::Config, &config, &app.keys.root)?;
        Ok(([(CONTENT_TYPE, "application/jwt")], token).into_response())
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    client_id: String,
    username: Option<String>,
    password: Option<String>,
    access_code: Option<String>,
    email_code: Option<String>,
    code_challenge: String,
    code_challenge_method: Option<String>,
}

async fn authorize(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let asked: SignInForm = form(&headers, body).await?;
    let method = asked.code_challenge_method.as_deref().unwrap_or("S256");
    if method != "S256" || !is_token(&asked.code_challenge, 43..=43) || asked.client_id.is_empty() {
        return Err(Kind::InvalidRequest.into());
    }
    let (Some(user), Some(password)) = (asked.username, asked.password) else {
        let other = asked.access_code.is_some() || asked.email_code.is_some();
        return Err(if other { Kind::InvalidClient } else { Kind::InvalidRequest }.into());
    };
    if asked.access_code.is_some() || asked.email_code.is_some() {
        return Err(Kind::InvalidRequest.into());
    }
    blocking(app, move |app| {
        let now = (app.clock)();
        throttle(app, &user, now)?;
        let account = transact(app.storage.as_ref(), |tables| tables.account(&user))?;
        let fits = auth::password_fits(account.as_ref(), &password);
        let Some(account) = account.filter(|_| fits) else {
            count_wrong(app, &user, now);
            return Err(Kind::AccessDenied.into());
        };
        app.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(&user);
        let code = transact(app.storage.as_ref(), |tables| {
            auth::issue_code(tables, account.id, &asked.client_id, &asked.code_challenge, now)
        })?;
        Ok(committed(json_response(&json!({ "authorization_code": code }))))
    })
    .await
}

fn committed(mut response: Response) -> Response {
    response.extensions_mut().insert(Committed);
    response
}

/// Refuses while too many wrong secrets in a row are fresh.
fn throttle(app: &App, user: &str, now_ms: i64) -> Result<(), Failure> {
    let mut wrong = app.wrong.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((count, last)) = wrong.get(user).copied() else { return Ok(()) };
    let wait = last + WRONG_WAIT_SECONDS * 1000 - now_ms;
    if wait <= 0 {
        wrong.remove(user);
        return Ok(());
    }
    if count < WRONG_IN_A_ROW {
        return Ok(());
    }
    Err(Problem::after(Kind::TooMany, (wait.unsigned_abs() / 1000).max(1)).into())
}

fn count_wrong(app: &App, user: &str, now_ms: i64) {
    /// Names remembered at once; beyond that guessing many names empties the list rather than the memory.
    const NAMES: usize = 10_000;
    let mut wrong = app.wrong.lock().unwrap_or_else(PoisonError::into_inner);
    if wrong.len() >= NAMES {
        wrong.clear();
    }
    let entry = wrong.entry(user.to_owned()).or_insert((0, now_ms));
    *entry = (entry.0 + 1, now_ms);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    grant_type: String,
    client_id: String,
    code: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

async fn token(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let asked: TokenRequest = form(&headers, body).await?;
    blocking(app, move |app| {
        let now = (app.clock)();
        let client = &asked.client_id;
        let storage = app.storage.as_ref();
        let tokens = match asked.grant_type.as_str() {
            "authorization_code" => {
                let (Some(code), Some(verifier), None) =
                    (asked.code, asked.code_verifier, asked.refresh_token)
                else {
                    return Err(Kind::InvalidRequest.into());
                };
                if !is_token(&verifier, 43..=128) {
                    return Err(Kind::InvalidRequest.into());
                }
                transact(storage, |tables| auth::redeem(tables, client, &code, &verifier, now))?
            }
            "refresh_token" => {
                let (None, None, Some(refresh)) = (asked.code, asked.code_verifier, asked.refresh_token)
                else {
                    return Err(Kind::InvalidRequest.into());
                };
                transact(storage, |tables| auth::refresh(tables, client, &refresh, now))?
            }
            _ => return Err(Kind::UnsupportedGrantType.into()),
        };
        Ok(committed(json_response(&tokens?)))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    client_id: String,
    token: String,
    #[serde(rename = "token_type_hint")]
    _token_type_hint: Option<String>,
}

async fn revoke(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let asked: Revocation = form(&headers, body).await?;
    blocking(app, move |app| {
        transact(app.storage.as_ref(), |tables| auth::revoke(tables, &asked.client_id, &asked.token))?;
        Ok(committed(json_response(&json!({}))))
    })
    .await
}

async fn send_ops(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let caller = Caller::of(&headers)?;
    let admitted = {
        let app = app.clone();
        blocking(app, move |app| {
            let (account, _) = caller.admit(app, Right::Report)?;
            Ok((caller, account))
        })
        .await?
    };
    let batch: Batch = json_body(&headers, body).await?;
    check_batch(&batch)?;
    blocking(app, move |app| {
        let (caller, account) = admitted;
        let sender = Sender {
            unit: caller.unit,
            account,
            device: caller.device,
            now_ms: (app.clock)(),
            key: &app.keys.receipt,
        };
        let results: Vec<OpResult> = batch.ops.iter().map(|op| file(app, &sender, op)).collect();
        let new = results.iter().any(OpResult::is_new);
        let answer = json!({ "server_time": config::instant(sender.now_ms), "results": results });
        let response = json_response(&answer);
        Ok(if new { committed(response) } else { response })
    })
    .await
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

/// Files one operation in its own transaction; a failure of the store fails this one alone.
fn file(app: &App, sender: &Sender<'_>, op: &ops::Envelope) -> OpResult {
    match transact(app.storage.as_ref(), |tables| ops::file(tables, sender, op)) {
        Ok(result) => {
            if result.is_new() {
                (app.on_event)(Event::Committed { op_id: result.op_id.to_string() });
            }
            result
        }
        Err(_) => OpResult {
            op_id: op.op_id,
            outcome: Outcome::Deferred,
            state: None,
            server_version: None,
            receipt: None,
            problem: Some(Problem::new(Kind::Internal)),
            same_as: None,
        },
    }
}

async fn read_op(State(app): State<Shared>, Path(op_id): Path<String>, headers: HeaderMap) -> Answer {
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

async fn read_changes(State(app): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
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
        Ok(tagged(&headers, &page))
    })
    .await
}

/// A page with its ETag, or 304 where the client has it.
fn tagged<T: Serialize>(headers: &HeaderMap, page: &T) -> Response {
    let value: Value = serde_json::to_value(page).unwrap_or_default();
    let tag = format!("\"{}\"", receipts::sha256_hex(value.to_string().as_bytes()));
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = json_response(&value);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
