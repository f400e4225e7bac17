//! How many reports a second the server takes: batches of 50 over TLS on the loopback, each batch durable before its
//! answer (`synchronous=FULL`), every receipt signed. `cargo bench -p apoa-server`; fails below what `docs/server.md`
//! promises.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::thread;
use std::time::{Duration, Instant};

use apoa_server::{Options, office_reports};
use serde_json::{Value, json};
use support::{Client, Draft, Server, envelope, id, options, stay};

/// Phones that send at the same time.
const PHONES: u32 = 4;
/// Batches of each.
const BATCHES: u32 = 40;
/// The contract's largest batch.
const BATCH: u32 = 50;
/// Below this the server is too slow for a city of lodgings.
const LEAST_A_SECOND: f64 = 3000.0;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(Options { db: Some(folder.path().join("office.db")), ..options() });
    let signed_in = server.signed_in();
    let phones: Vec<(Client, Vec<Vec<u8>>)> = (0..PHONES)
        .map(|phone| {
            let mut client = server.client();
            client.access.clone_from(&signed_in.access);
            (client, (0..BATCHES).map(|batch| body(&signed_in.unit, phone * BATCHES + batch)).collect())
        })
        .collect();
    let begun = Instant::now();
    let slowest = thread::scope(|scope| {
        let sending: Vec<_> =
            phones.iter().map(|(client, batches)| scope.spawn(|| send(client, batches))).collect();
        sending.into_iter().map(|phone| phone.join().unwrap()).max().unwrap()
    });
    let took = begun.elapsed().as_secs_f64();
    let reports = PHONES * BATCHES * BATCH;
    assert_eq!(office_reports(server.running.db()).unwrap().len(), reports as usize);
    let rate = f64::from(reports) / took;
    println!(
        "{reports} reports in {took:.2} s: {rate:.0} a second; slowest batch {} ms",
        slowest.as_millis()
    );
    assert!(rate >= LEAST_A_SECOND, "{rate:.0} a second");
}

fn send(client: &Client, batches: &[Vec<u8>]) -> Duration {
    let mut headers = client.headers();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let one = |batch: &Vec<u8>| {
        let begun = Instant::now();
        let reply = client.raw("post", "/ops", &headers, Some(batch.clone())).expect("an answer");
        let results = reply.json()["results"].as_array().unwrap().clone();
        assert!(
            results.len() == BATCH as usize && results.iter().all(|result| result["outcome"] == "applied")
        );
        begun.elapsed()
    };
    batches.iter().map(one).max().unwrap()
}

/// A batch of other guests.
fn body(unit: &str, batch: u32) -> Vec<u8> {
    let ops: Vec<Value> = (0..BATCH)
        .map(|place| {
            let number = batch * BATCH + place;
            let mut data = stay();
            data["passport_number"] = json!(format!("X{number:08}"));
            let draft = Draft { report: number, ..Draft::submit(unit, number) };
            let mut body = Draft { data, ..draft }.body();
            body["report_id"] = json!(id(1_000_000 + number));
            envelope(&body)
        })
        .collect();
    json!({ "schema": 1, "ops": ops }).to_string().into_bytes()
}
