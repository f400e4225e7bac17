//! A phone that sends what waits, once, says what stopped it, and may be killed meanwhile. Arguments: data folder,
//! server, trust file.

#![allow(clippy::expect_used, clippy::panic, reason = "test code: the parent sees how it ends")]

use std::io::{Write as _, stdout};
use std::path::Path;

use apoa_core::ApoaClient;
use apoa_tests::phone::{config, ports, sync_now};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, url, trust] = arguments.as_slice() else { panic!("data, server, trust") };
    let data = Path::new(data);
    let client =
        ApoaClient::open(config(data, Some(url), Some(Path::new(trust))), ports(data)).expect("open");
    let summary = sync_now(&client, 30).expect("a run");
    let by = summary.stopped_by.map_or("nothing", |by| by.as_str());
    stdout().write_all(format!("{by}\n").as_bytes()).expect("a reader");
}
