//! Two other ways to send what a queue holds, over the same contract: the ops are those that our run sent, told to a copy
//! of the same office.

use std::io::Read as _;
use std::time::{Duration, Instant};

use apoa_server::Exchange;
use apoa_tests::door::client_side;
use apoa_tests::proxy::Proxy;
use flate2::read::GzDecoder;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::World;

/// Reports that a client without batches sends: enough for a rate.
const PLAIN: usize = 40;
/// Beyond its first sixty seconds, which are faster than what it sustains.
const GLEAN: usize = 20;
/// Glean's limit: so many pings …
const PINGS: usize = 15;
/// … in so long.
const WINDOW: Duration = Duration::from_mins(1);
/// Failures of one upload that end it.
const ATTEMPTS: usize = 3;

/// One op as a request carries it, with the headers it went with.
pub(crate) struct Filed {
    op: Value,
    schema: Value,
    headers: Vec<(String, String)>,
}

/// The ops of a batch.
pub(crate) fn ops(exchange: &Exchange) -> Vec<Filed> {
    let mut plain = Vec::new();
    if GzDecoder::new(exchange.request_body.as_slice()).read_to_end(&mut plain).is_err() {
        plain.clone_from(&exchange.request_body);
    }
    let batch: Value = serde_json::from_slice(&plain).unwrap();
    let kept = |name: &str| name.starts_with("apoa-") && name != "apoa-request-id" || name == "authorization";
    let headers: Vec<_> = exchange.request_headers.iter().filter(|(name, _)| kept(name)).cloned().collect();
    let ops = batch["ops"].as_array().unwrap().iter();
    ops.map(|op| Filed { op: op.clone(), schema: batch["schema"].clone(), headers: headers.clone() })
        .collect()
}

/// A client that keeps its connection, and nothing else in mind.
struct Plain {
    runtime: Runtime,
    client: Client,
    url: String,
}

impl Plain {
    fn to(world: &World, proxy: &Proxy) -> Self {
        let client = Client::builder()
            .tls_backend_preconfigured(client_side(world.server.trust_file()))
            .no_proxy()
            .build()
            .unwrap();
        let runtime = Builder::new_current_thread().enable_io().enable_time().build().unwrap();
        Self { runtime, client, url: format!("{}/apoa/v1/ops", proxy.url()) }
    }

    /// Whether the op was applied.
    fn send(&self, op: &Filed) -> bool {
        let body = json!({"schema": op.schema, "ops": [op.op]}).to_string();
        let mut request = self.client.post(&self.url).header("content-type", "application/json").body(body);
        for (name, value) in &op.headers {
            request = request.header(name, value);
        }
        let answer = self.runtime.block_on(async { request.send().await?.text().await });
        answer.is_ok_and(|text| text.contains(r#""outcome":"applied""#))
    }
}

/// Reports a second, one a request.
pub(crate) fn one_by_one(world: &World, proxy: &Proxy, ops: &[Filed]) -> f64 {
    let (plain, begun) = (Plain::to(world, proxy), Instant::now());
    for op in &ops[..PLAIN] {
        assert!(plain.send(op), "a report that was not applied");
    }
    PLAIN as f64 / begun.elapsed().as_secs_f64()
}

/// Reports a second, one at a time within its limit; what fails three times waits for another day.
pub(crate) fn glean(world: &World, proxy: &Proxy, ops: &[Filed]) -> f64 {
    let (plain, begun) = (Plain::to(world, proxy), Instant::now());
    let (mut window, mut in_window) = (Instant::now(), 0);
    for op in &ops[..GLEAN] {
        if in_window == PINGS {
            std::thread::sleep(WINDOW.saturating_sub(window.elapsed()));
            (window, in_window) = (Instant::now(), 0);
        }
        in_window += 1;
        assert!((0..ATTEMPTS).any(|_| plain.send(op)), "a report that was not applied");
    }
    GLEAN as f64 / begun.elapsed().as_secs_f64()
}
