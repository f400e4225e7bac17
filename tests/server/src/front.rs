//! Stands between the socket and the router: request ids, common headers, and every fault a rule asks for. Not its job:
//! to read rules (`faults.rs`) or to answer (`http.rs`).
//!
//! Invariant: a fault after a commit never undoes or repeats it.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse as _, Response};
use ed25519_dalek::SigningKey;
use http_body::Frame;
use serde_json::Value;
use tower_service::Service;

use crate::Event;
use crate::drain::Rest;
use crate::faults::{Fault, Moment, Plan, Rule};
use crate::http::{App, BASE, Committed, Failure, finish, id_header, router};
use crate::packed;
use crate::problem::{Kind, Problem};
use crate::random;
use crate::receipts::forge;
use crate::tap;

/// Page of a Wi-Fi portal.
const PORTAL_PAGE: &str =
    "<!DOCTYPE html><html><head><title>Wi-Fi</title></head><body><h1>Please sign in</h1></body></html>";

/// The service of every connection.
#[derive(Clone)]
pub(crate) struct Front {
    router: Router,
    app: Arc<App>,
    plan: Arc<Plan>,
    peer: Option<Peer>,
}

/// Makes the service of a new connection.
#[derive(Clone)]
pub(crate) struct MakeFront(Front);

impl MakeFront {
    pub(crate) fn new(app: Arc<App>, rules: Vec<Rule>) -> Self {
        Self(Front { router: router(app.clone()), app, plan: Arc::new(Plan::new(rules)), peer: None })
    }
}

/// Where a connection comes from.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Service<SocketAddr> for MakeFront {
    type Response = Front;
    type Error = Infallible;
    type Future = Ready<Result<Front, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, from: SocketAddr) -> Self::Future {
        ready(Ok(Front { peer: Some(Peer(from.ip())), ..self.0.clone() }))
    }
}

impl<B> Service<Request<B>> for Front
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response;
    /// Closes the connection without an answer.
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let front = self.clone();
        let mut request = request.map(Body::new);
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        let packed = packed::is_taken(request.headers());
        Box::pin(async move {
            let response = front.answer_in_sight(request).await?;
            if packed { packed::pack(response).await.map_err(io::Error::other) } else { Ok(response) }
        })
    }
}

impl Front {
    /// The answer, shown to the tap if there is one.
    async fn answer_in_sight(self, request: Request<Body>) -> io::Result<Response> {
        let Some(tap) = self.app.tap.clone() else { return self.answer(request).await };
        let path = request.uri().path();
        let path = path.strip_prefix(BASE).unwrap_or(path).to_owned();
        let (request, heard) = tap::hear(request, &path).await.map_err(io::Error::other)?;
        let response = self.answer(request).await?;
        tap::show(&tap, heard, response).await.map_err(io::Error::other)
    }

    async fn answer(mut self, request: Request<Body>) -> io::Result<Response> {
        let path = request.uri().path();
        let path = path.strip_prefix(BASE).unwrap_or(path).to_owned();
        let rest = Rest::default();
        let request = request.map(|body| rest.lend(body));
        let known = id_header(request.headers(), "apoa-request-id");
        let id = match &known {
            Ok(Some(id)) => *id,
            _ => random::id().map_err(io::Error::other)?,
        };
        if let Some(Rule { fault: Fault::Slow(ms), .. }) = self.take(Moment::Arrived, &path) {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        let mut response = match (self.take(Moment::Instead, &path), known) {
            (Some(rule), _) => {
                drop(request);
                instead(rule.fault)
            }
            // OAuth has its own word for a request of another form.
            (None, Err(failure)) => {
                drop(request);
                let oauth = path.starts_with("/oauth/");
                (if oauth { Kind::InvalidRequest.into() } else { failure }).into_response()
            }
            (None, Ok(_)) => match self.router.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        };
        rest.drain().await;
        if path.starts_with("/ops") && self.plan.waits(Moment::Receipts, &path) {
            response = self.with_wrong_receipts(&path, response).await;
        }
        let committed = response.extensions().get::<Committed>().is_some();
        if committed {
            self.after_commit(&path).await?;
        }
        finish(&mut response, id);
        if let Some(Rule { fault: Fault::Cut(bytes), .. }) = self.take(Moment::Answer, &path) {
            response = cut(response, bytes).await;
        }
        Ok(response)
    }

    /// Uses up a rule and tells of it.
    fn take(&self, moment: Moment, path: &str) -> Option<Rule> {
        let rule = self.plan.take(moment, path)?;
        (self.app.on_event)(Event::Fault { rule: rule.to_string() });
        Some(rule)
    }

    /// Loses the answer to what was committed, where a rule says so.
    async fn after_commit(&self, path: &str) -> io::Result<()> {
        let lost = || Err(io::Error::other("the answer is lost on command"));
        if self.take(Moment::Tokens, path).is_some() {
            return lost();
        }
        match self.take(Moment::Committed, path).map(|rule| rule.fault) {
            None => Ok(()),
            Some(Fault::HangAfterCommit) => std::future::pending().await,
            Some(_) => lost(),
        }
    }

    /// The same answer with receipts that a stranger signed. What is stored stays true.
    async fn with_wrong_receipts(&self, path: &str, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, usize::MAX).await else {
            return Failure::from(Kind::Internal).into_response();
        };
        let forged = serde_json::from_slice(&bytes).ok().and_then(|answer| self.forge_all(answer));
        let bytes = match forged {
            Some(forged) if self.take(Moment::Receipts, path).is_some() => forged.to_string().into(),
            _ => bytes,
        };
        parts.headers.remove(CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(bytes))
    }

    /// `None` where the answer holds no receipt.
    fn forge_all(&self, mut answer: Value) -> Option<Value> {
        let foreign = SigningKey::from_bytes(&random::bytes().ok()?);
        let mut found = false;
        let mut forge_one = |result: &mut Value| {
            let receipt = result.get("receipt").and_then(Value::as_str);
            if let Some(forged) = receipt.and_then(|text| forge(text, &self.app.keys.receipt, &foreign)) {
                result["receipt"] = forged.into();
                found = true;
            }
        };
        match answer.get_mut("results").and_then(Value::as_array_mut) {
            Some(results) => results.iter_mut().for_each(&mut forge_one),
            None => forge_one(&mut answer),
        }
        found.then_some(answer)
    }
}

/// The answer of a fault that keeps a request from the rules.
fn instead(fault: Fault) -> Response {
    match fault {
        Fault::Busy(seconds) => Failure(Problem::after(Kind::Busy, seconds)).into_response(),
        Fault::Portal => {
            let mut page = PORTAL_PAGE.into_response();
            page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            page
        }
        Fault::Unauthorised => Failure::from(Kind::Unauthorised).into_response(),
        Fault::Conflict => Failure::from(Kind::RevisionConflict).into_response(),
        Fault::DropAfterCommit
        | Fault::HangAfterCommit
        | Fault::Cut(_)
        | Fault::Slow(_)
        | Fault::TokenLost
        | Fault::WrongReceipt => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Promises the whole body and ends after `bytes` of it, or after half.
async fn cut(response: Response, bytes: Option<usize>) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(whole) = to_bytes(body, usize::MAX).await else {
        return Failure::from(Kind::Internal).into_response();
    };
    let end = bytes.unwrap_or(whole.len() / 2).min(whole.len());
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    Response::from_parts(parts, Body::new(CutBody { left: Some(whole.slice(..end)), flushed: false }))
}

/// A body that breaks off.
struct CutBody {
    left: Option<Bytes>,
    flushed: bool,
}

impl http_body::Body for CutBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.left.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.flushed {
            // While the body waits, what it gave so far is sent; without this the break would swallow it.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("the answer is cut on command"))))
    }
}
