//! The reference server as a process, to be killed. It says on its standard output when it listens and what it
//! committed, the latter before the answer leaves. Arguments: database, address, and rules of faults.

#![allow(clippy::expect_used, clippy::panic, reason = "test code: the parent sees how it ends")]

use std::io::{Write as _, stdout};
use std::thread::park;

use apoa_server::{Event, Options, start};
use apoa_tests::phone::PASSWORD;

fn say(line: &str) {
    stdout().write_all(format!("{line}\n").as_bytes()).expect("a reader");
    stdout().flush().expect("a reader");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [db, listen, faults @ ..] = arguments.as_slice() else { panic!("database, address, faults") };
    let options = Options {
        listen: listen.parse().expect("an address"),
        db: Some(db.into()),
        faults: faults.iter().map(|rule| rule.parse().expect("a rule")).collect(),
        password: Some(PASSWORD.to_owned()),
        ..Options::default()
    };
    let server = start(options, |event| {
        if let Event::Committed { op_id } = event {
            say(&format!("committed {op_id}"));
        }
    })
    .expect("a server");
    say(&format!("listens {}", server.url()));
    loop {
        park();
    }
}
