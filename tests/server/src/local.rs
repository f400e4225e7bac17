//! The server without socket, threads or files: a request goes in and its answer comes out on the caller's thread. For
//! simulations; what a connection adds (TLS, `Date`) and takes away (faults) is theirs.

use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower_service::Service as _;

use crate::auth::Effort;
use crate::error::ServerError;
use crate::http::{App, BASE, Blocking, finish, router};
use crate::keys::Keys;
use crate::mailer::{Mail, Mailer};
use crate::memory::Memory;
use crate::office::{self, OfficeReport};
use crate::seed::{self, SeededAccount};
use crate::storage::{Storage, Work};
use crate::tap::{Exchange, plain};
use crate::throttle::Throttle;
use crate::{Clock, Event, config, permits, random};

/// A server in memory.
pub struct Local {
    router: Router,
    app: Arc<App>,
    memory: Arc<Memory>,
    account: SeededAccount,
}

/// A request as it would cross a socket.
#[derive(Clone)]
pub struct LocalRequest {
    /// `GET`, `POST`, `PUT`.
    pub method: &'static str,
    /// Path and query, `/apoa/v1/config`.
    pub path: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Local {
    /// A new server with this password for its first member. Making its keys takes a moment; see [`Local::fork`].
    pub fn new(
        password: &str,
        attachments: Vec<String>,
        clock: Clock,
        on_event: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, ServerError> {
        let memory = Memory::default();
        let account = seed::account(&memory, Some(1), Some(password.to_owned()), Effort::Least)?;
        permits::fill(&memory)?;
        config::publish(&memory, None, attachments, clock())?;
        Self::over(memory, Keys::new()?, account, clock, on_event)
    }

    /// Another server with the same keys that holds the same.
    pub fn fork(
        &self,
        clock: Clock,
        on_event: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, ServerError> {
        Self::over(self.memory.fork(), self.app.keys.clone(), self.account.clone(), clock, on_event)
    }

    fn over(
        memory: Memory,
        keys: Keys,
        account: SeededAccount,
        clock: Clock,
        on_event: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, ServerError> {
        let memory = Arc::new(memory);
        let published = crate::storage::transact(&*memory, |tables| tables.published())?;
        let app = Arc::new(App {
            storage: Box::new(Shared(Arc::clone(&memory))),
            keys,
            clock,
            on_event: Box::new(on_event),
            tap: None,
            published: Mutex::new(published.ok_or(ServerError::Damaged { what: "published" })?),
            throttle: Throttle::default(),
            mailer: Arc::new(Nowhere),
            official_receipts: false,
            blocking: Blocking::Here,
        });
        Ok(Self { router: router(Arc::clone(&app)), app, memory, account })
    }

    /// Answers a request. Blocks until its effect is committed.
    pub fn ask(&self, request: LocalRequest) -> Result<Exchange, ServerError> {
        let path = request.path.strip_prefix(BASE).unwrap_or(&request.path);
        let path = path.split('?').next().unwrap_or(path).to_owned();
        let mut built = Request::builder().method(request.method).uri(&request.path);
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        let not_a_request = |_| ServerError::Damaged { what: "request" };
        let built = built.body(Body::from(request.body.clone())).map_err(not_a_request)?;
        let request_headers = plain(built.headers());
        let id = random::id()?;
        let mut router = self.router.clone();
        let answer = at_once(async {
            let mut response = match router.call(built).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            finish(&mut response, id);
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            (parts.status.as_u16(), plain(&parts.headers), body.to_vec())
        });
        let (status, headers, body) = answer.ok_or(ServerError::Damaged { what: "wait" })?;
        Ok(Exchange {
            method: request.method.to_owned(),
            path,
            request_headers,
            request_body: request.body,
            status,
            headers,
            body,
        })
    }

    /// The trust file, PEM: TLS root and the keys that sign the configuration.
    pub fn trust(&self) -> Result<String, ServerError> {
        self.app.keys.trust()
    }

    /// Who can sign in.
    pub fn account(&self) -> &SeededAccount {
        &self.account
    }

    /// What the server holds, in order of arrival.
    pub fn reports(&self) -> Result<Vec<OfficeReport>, ServerError> {
        office::listed(&*self.memory)
    }

    /// Dismisses the first member, or takes them back. Their reports stay.
    pub fn set_member(&self, is_member: bool) {
        self.memory.set_members(is_member);
    }
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Local").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Nobody reads mail here.
struct Nowhere;

impl Mailer for Nowhere {
    fn send(&self, _: &Mail) -> io::Result<()> {
        Ok(())
    }
}

/// The store, which the handle looks into too.
struct Shared(Arc<Memory>);

impl Storage for Shared {
    fn transaction(&self, work: Work<'_>) -> Result<(), ServerError> {
        self.0.transaction(work)
    }
}

/// What never waits is ready the first time or soon after; `None` if it waits for somebody.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    /// Turns that a body or a router may take to hand on what is there.
    const TURNS: u32 = 1000;
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..TURNS).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}
