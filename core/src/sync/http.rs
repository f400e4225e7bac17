//! The one HTTP client: reqwest over our own rustls configuration. Ring, the roots of the deployment and no others;
//! no redirect, no proxy, no cookie, no repeat, no process-wide provider, no platform verifier.

use std::error::Error as StdError;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use apoa_domain::ids::Timestamp;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{self, HeaderMap};
use reqwest::{Client, RequestBuilder, Response, redirect, retry};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::cancel::CancelFlag;
use super::policy::{ANSWER_BYTES, CONNECT_MOST, GZIP_FROM, READ_MOST};
use super::transport::{Failure, Transport};
use super::wire::{Body, JPEG_TYPE, Method, WireReply, WireRequest};
use crate::ports::Random;

/// The client could not be built: a root does not decode, or the system gives no event loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection cannot be set up")]
pub(crate) struct NoClient;

/// Carries requests to one server.
pub(crate) struct HttpTransport {
    client: Client,
    runtime: Runtime,
    origin: Url,
    random: Arc<dyn Random>,
}

/// The roots of these PEM texts.
pub(crate) fn roots(pems: &[&str]) -> Result<RootCertStore, NoClient> {
    let mut store = RootCertStore::empty();
    for pem in pems {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            store.add(certificate.map_err(|_| NoClient)?).map_err(|_| NoClient)?;
        }
    }
    if store.is_empty() { Err(NoClient) } else { Ok(store) }
}

impl HttpTransport {
    /// A client for this origin that trusts the roots of these PEM texts. Opens no connection.
    #[expect(clippy::disallowed_methods, reason = "the one place that builds the client")]
    pub(crate) fn new(
        origin: &Url,
        pems: &[&str],
        user_agent: &str,
        random: Arc<dyn Random>,
    ) -> Result<Self, NoClient> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| NoClient)?
            .with_root_certificates(roots(pems)?)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(CONNECT_MOST)
            .read_timeout(READ_MOST)
            .user_agent(user_agent)
            .build()
            .map_err(|_| NoClient)?;
        let runtime =
            Builder::new_current_thread().enable_io().enable_time().build().map_err(|_| NoClient)?;
        Ok(Self { client, runtime, origin: origin.clone(), random })
    }

    fn build(&self, request: &WireRequest) -> Result<RequestBuilder, Failure> {
        // A path that is none would lead elsewhere.
        let url = self.origin.join(&request.path).ok().filter(|url| url.origin() == self.origin.origin());
        let url = url.ok_or(Failure::Offline)?;
        let mut building = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url),
            Method::Put => self.client.put(url),
            Method::Delete => self.client.delete(url),
        };
        building = building.header("Apoa-Device", request.device.to_string());
        if let Ok(random) = self.random.array() {
            building = building
                .header("Apoa-Request-Id", uuid::Builder::from_random_bytes(random).into_uuid().to_string());
        }
        if let Some(unit) = request.unit {
            building = building.header("Apoa-Unit", unit.to_string());
        }
        if let Some(token) = &request.bearer {
            building = building.bearer_auth(token.reveal());
        }
        if let Some(tag) = &request.if_match {
            building = building.header("If-Match", tag);
        }
        match &request.body {
            Some(body) => with_body(building, body),
            None => Ok(building),
        }
    }

    async fn exchange(request: RequestBuilder) -> Result<WireReply, Failure> {
        let mut response = request.send().await.map_err(|error| sort(&error))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let body = read_body(&mut response).await?;
        Ok(reply(status, &headers, body))
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: &WireRequest, most: Duration, cancel: &CancelFlag) -> Result<WireReply, Failure> {
        let request = self.build(request)?;
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(Failure::Cancelled),
                answer = tokio::time::timeout(most, Self::exchange(request)) => answer.unwrap_or(Err(Failure::Broken)),
            }
        })
    }
}

fn with_body(building: RequestBuilder, body: &Body) -> Result<RequestBuilder, Failure> {
    let building = building.header(header::CONTENT_TYPE, body.content_type);
    let bytes = body.bytes.reveal();
    // A photo is compressed already.
    if bytes.len() < GZIP_FROM || body.content_type == JPEG_TYPE {
        return Ok(building.body(bytes.clone()));
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).map_err(|_| Failure::Offline)?;
    let compressed = encoder.finish().map_err(|_| Failure::Offline)?;
    Ok(building.header(header::CONTENT_ENCODING, "gzip").body(compressed))
}

/// The body after decompression, up to the cap: a bomb ends here, not in memory.
async fn read_body(response: &mut Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| sort(&error))? {
        if body.len() + chunk.len() > ANSWER_BYTES {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What the core reads of an answer.
fn reply(status: u16, headers: &HeaderMap, body: Vec<u8>) -> WireReply {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default();
    let date = text(header::DATE).and_then(instant);
    let retry_after_ms = text(header::RETRY_AFTER).and_then(|value| match value.trim().parse::<i64>() {
        Ok(seconds) => Some(seconds.saturating_mul(1000)),
        // A date is read against the answer's own date, so that the device's clock plays no part.
        Err(_) => Some(instant(value)?.0.saturating_sub(date?.0)),
    });
    let backoff =
        headers.get("apoa-backoff").and_then(|value| value.to_str().ok()?.trim().parse::<i64>().ok());
    let backoff_ms = backoff.map(|seconds| seconds.saturating_mul(1000));
    let [etag, content_location] =
        [header::ETAG, header::CONTENT_LOCATION].map(|name| text(name).map(str::to_owned));
    WireReply { status, content_type, body, retry_after_ms, backoff_ms, date, etag, content_location }
}

/// The same of headers in bytes; what HTTP itself refuses is left out.
#[cfg(feature = "failpoints")]
pub(super) fn heard(status: u16, headers: &[(&[u8], &[u8])], body: Vec<u8>) -> WireReply {
    let mut known = HeaderMap::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) =
            (header::HeaderName::from_bytes(name), header::HeaderValue::from_bytes(value))
        {
            // More than HTTP's own limit of headers is left out too.
            let _ = known.try_append(name, value);
        }
    }
    reply(status, &known, body)
}

fn instant(text: &str) -> Option<Timestamp> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

/// What a failure of the client means: the causes behind it decide.
fn sort(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    let mut kind = None;
    while let Some(current) = cause {
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return sort_tls(tls);
        }
        cause = match current.downcast_ref::<io::Error>() {
            Some(io) => {
                kind = Some(io.kind());
                // An I/O error hides what it wraps from `source`.
                io.get_ref().map(|inner| inner as &(dyn StdError + 'static))
            }
            None => current.source(),
        };
    }
    match kind {
        Some(io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset | io::ErrorKind::TimedOut) => {
            Failure::Broken
        }
        // Without a route or a name nothing left this device.
        _ if error.is_connect() && !error.is_timeout() => Failure::Offline,
        _ => Failure::Broken,
    }
}

fn sort_tls(error: &rustls::Error) -> Failure {
    match error {
        rustls::Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => Failure::Clock,
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => Failure::Untrusted,
        _ => Failure::Broken,
    }
}
