//! Shows every exchange to somebody who checks it: the tests hold both sides against the contract.

use std::fmt;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::response::Response;

/// One request and its answer, as they crossed the socket.
#[derive(Clone)]
pub struct Exchange {
    /// `GET`, `POST`.
    pub method: String,
    /// Path below the base, without query.
    pub path: String,
    /// Headers of the request.
    pub request_headers: Vec<(String, String)>,
    /// Its body, still compressed if it came so.
    pub request_body: Vec<u8>,
    /// Status of the answer.
    pub status: u16,
    /// Headers of the answer.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {}", self.method, self.path, self.status)
    }
}

/// Called on the server's threads, before the answer leaves.
pub type Tap = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// The request's half.
pub(crate) struct Heard {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Reads a request and gives it back whole.
pub(crate) async fn hear(request: Request<Body>, path: &str) -> Result<(Request<Body>, Heard), axum::Error> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await?;
    let heard = Heard {
        method: parts.method.to_string(),
        path: path.to_owned(),
        headers: plain(&parts.headers),
        body: bytes.to_vec(),
    };
    Ok((Request::from_parts(parts, Body::from(bytes)), heard))
}

/// Reads an answer, shows both, and gives the answer back whole.
pub(crate) async fn show(tap: &Tap, heard: Heard, response: Response) -> Result<Response, axum::Error> {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await?;
    let mut headers = plain(&parts.headers);
    // The connection adds it behind us.
    headers.push(("date".to_owned(), "added by the connection".to_owned()));
    tap(&Exchange {
        method: heard.method,
        path: heard.path,
        request_headers: heard.headers,
        request_body: heard.body,
        status: parts.status.as_u16(),
        headers,
        body: bytes.to_vec(),
    });
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

pub(crate) fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}
