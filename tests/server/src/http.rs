//! The endpoints and what they share: routing, callers, refusals, common headers. Not its job: what the rules say, and
//! what faults do to an answer (`front.rs`).
//!
//! Invariant: [`routes`] is the one list of endpoints; the router is built from it.

mod permits;
mod photos;
mod reports;
mod sign_in;
mod units;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::auth::{self, Claim};
use crate::config::{Config, Published};
use crate::error::ServerError;
use crate::keys::Keys;
use crate::mailer::Mailer;
use crate::model::Right;
use crate::problem::{Fault, Kind, Problem};
use crate::receipts::{self, Purpose};
use crate::storage::{Storage, transact};
use crate::tap::Tap;
use crate::throttle::Throttle;
use crate::{Clock, Event};

/// Where every path starts.
pub(crate) const BASE: &str = "/apoa/v1";
/// Repeats the request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("apoa-request-id");

/// Everything a request needs.
pub(crate) struct App {
    pub(crate) storage: Box<dyn Storage>,
    pub(crate) keys: Keys,
    pub(crate) clock: Clock,
    pub(crate) on_event: Box<dyn Fn(Event) + Send + Sync>,
    pub(crate) tap: Option<Tap>,
    /// What `/config` says beside the server's own limits.
    pub(crate) published: Mutex<Published>,
    /// How often somebody guessed wrong.
    pub(crate) throttle: Throttle,
    pub(crate) mailer: Arc<dyn Mailer>,
    /// Whether receipts are the office's own.
    pub(crate) official_receipts: bool,
    /// Where rules run.
    pub(crate) blocking: Blocking,
}

/// Where work runs that may block.
#[derive(Clone, Copy)]
pub(crate) enum Blocking {
    /// On threads for that, so that sockets are not held up.
    Pool,
    /// On the caller's own thread.
    Here,
}

type Shared = Arc<App>;

impl App {
    /// Contents of photos that the configuration asks for.
    pub(crate) fn attachments(&self) -> Vec<String> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).attachments.clone()
    }
}

/// Marks an answer after whose making something new is committed.
#[derive(Clone, Copy)]
pub(crate) struct Committed;

/// Method, path below the base, and what answers.
pub(crate) fn routes() -> Vec<(&'static str, &'static str, MethodRouter<Shared>)> {
    vec![
        ("get", "/config", get(read_config)),
        ("post", "/oauth/authorize-challenge", post(sign_in::authorize)),
        ("post", "/oauth/token", post(sign_in::token)),
        ("post", "/oauth/revoke", post(sign_in::revoke)),
        ("post", "/ops", post(reports::send_ops)),
        ("post", "/ops/check", post(reports::check_ops)),
        ("get", "/ops/{op_id}", get(reports::read_op)),
        ("get", "/changes", get(reports::read_changes)),
        ("put", "/attachments/{sha256}", put(photos::keep)),
        ("post", "/permits/lookup", post(permits::look_up)),
        ("get", "/profile", get(units::read_profile)),
        ("put", "/profile", put(units::write_profile)),
        ("get", "/units/{id}/staff", get(units::staff)),
        ("get", "/units/{id}/devices", get(units::list_devices)),
        ("delete", "/units/{id}/devices/{device_id}", delete(units::revoke_device)),
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

/// A value as JSON with its ETag.
fn tag_of<T: Serialize>(value: &T) -> (Value, String) {
    let value = serde_json::to_value(value).unwrap_or_default();
    let tag = format!("\"{}\"", receipts::sha256_hex(value.to_string().as_bytes()));
    (value, tag)
}

/// A value with its ETag, or 304 where the client has it.
fn tagged<T: Serialize>(headers: &HeaderMap, value: &T) -> Response {
    let (value, tag) = tag_of(value);
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = json_response(&value);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
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
    match app.blocking {
        Blocking::Here => work(&app),
        Blocking::Pool => {
            let working = tokio::task::spawn_blocking(move || work(&app)).await;
            working.unwrap_or_else(|_| Err(Kind::Internal.into()))
        }
    }
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
        Ok(transact(app.storage.as_ref(), |tables| auth::admit(tables, &self.claim(), right, now))??)
    }

    fn claim(&self) -> Claim<'_> {
        Claim { token: &self.token, unit: self.unit, device: self.device }
    }

    /// The caller of a request with a body, and the account. Whoever may not is told so before the body is read.
    async fn with_body(app: &Shared, headers: &HeaderMap, right: Right) -> Result<(Self, Uuid), Failure> {
        let caller = Self::of(headers)?;
        blocking(Arc::clone(app), move |app| {
            let (account, _) = caller.admit(app, right)?;
            Ok((caller, account))
        })
        .await
    }
}

async fn read_config(State(app): State<Shared>) -> Answer {
    blocking(app, |app| {
        let config = {
            let published = app.published.lock().unwrap_or_else(PoisonError::into_inner);
            Config::at((app.clock)(), &app.keys.receipt, &published, app.official_receipts)
        };
        let token = receipts::sign(Purpose::Config, &config, &app.keys.root)?;
        Ok(([(CONTENT_TYPE, "application/jwt")], token).into_response())
    })
    .await
}

fn committed(mut response: Response) -> Response {
    response.extensions_mut().insert(Committed);
    response
}
