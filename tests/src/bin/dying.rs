//! A phone whose process is gone the moment a report was kept. Arguments: data folder, name of the draft.

#![allow(clippy::expect_used, clippy::panic, reason = "test code: the parent sees how it ends")]

use std::path::Path;

use apoa_ffi::ApoaClient;
use apoa_tests::scenario::{config, draft};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, name] = arguments.as_slice() else { panic!("data folder, draft") };
    let client = ApoaClient::open_with_file_vault(config(Path::new(data), None, None), None).expect("open");
    let draft = draft(&client, name, &serde_json::Value::Null);
    client.finalise(draft, None, None).expect("finalise");
    std::process::abort();
}
