//! A desk that files a list until it dies, and says after each chunk how many rows are safe. Arguments: data folder, how
//! many workers.

#![allow(clippy::expect_used, clippy::panic, reason = "test code: the parent sees how it ends")]

use core::ops::ControlFlow;
use std::io::{Write as _, stdout};
use std::path::Path;

use apoa_tests::lists::{request, workers};
use apoa_tests::phone::open;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, count] = arguments.as_slice() else { panic!("data folder, count") };
    let client = open(Path::new(data)).expect("open");
    let text = workers(0, count.parse().expect("a number"), &client.today().to_string());
    let list = client.read_roster(text.as_bytes(), &request()).expect("a list");
    let mut told = |filed: usize| {
        stdout().write_all(format!("{filed}\n").as_bytes()).expect("a reader");
        stdout().flush().expect("a reader");
        ControlFlow::Continue(())
    };
    client.file_roster(&list, &|_| false, &mut told).expect("filed");
}
