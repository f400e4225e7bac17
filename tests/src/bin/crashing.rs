//! A phone that works until somebody kills it: signs in if nobody did, saves guests, corrects some, rotates its keys,
//! sends them, and says on its standard output what it was told is safe. Arguments: data folder, server, trust file, a
//! number that makes its guests different from those of other runs.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test code: the parent sees how it ends"
)]

use std::io::{Write as _, stdout};
use std::path::Path;

use apoa_core::ApoaClient;
use apoa_core::fields::Field;
use apoa_tests::phone::{PASSWORD, config, credentials, guest, ports, send_now};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, url, trust, run] = arguments.as_slice() else { panic!("data, server, trust, number") };
    let data = Path::new(data);
    let client =
        ApoaClient::open(config(data, Some(url), Some(Path::new(trust))), ports(data)).expect("open");
    if client.account().expect("account").is_none() {
        client.sign_in(&credentials(PASSWORD)).expect("sign in");
    }
    for number in 0.. {
        let saved =
            client.finalise(guest(&client, &format!("K{run:0>4}{number:04}")), None, None).expect("finalise");
        // Only what was said before the kill has to be there after it.
        println!("{}", saved.report);
        stdout().flush().expect("a reader");
        // Corrected before it is sent: its op is replaced in one step, never a moment without one.
        if number % 4 == 1 {
            let mut draft = client.draft(saved.report).expect("draft").expect("draft");
            draft.set(Field::Room, "12");
            client.amend(saved.report, draft, None).expect("amend");
        }
        if number % 5 == 4 {
            client.rotate_keys().expect("rotate");
        }
        if number % 3 == 2 {
            let _ = send_now(&client, 10);
        }
    }
}
