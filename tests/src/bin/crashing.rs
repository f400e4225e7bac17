//! A phone that works until it dies: signs in if nobody did, saves guests, corrects some, rotates its keys, sends them,
//! and says on its standard output what it was told is safe. Arguments: data folder, server, trust file, a number that
//! makes its guests different from those of other runs. With a fifth one it ends by itself after so many guests, and
//! says which failpoints it passed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test code: the parent sees how it ends"
)]

use std::io::{Write as _, stdout};
use std::path::Path;

use apoa_core::ApoaClient;
use apoa_core::failpoint::passed;
use apoa_core::fields::Field;
use apoa_tests::phone::{PASSWORD, config, credentials, guest, ports, send_now};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, url, trust, run, guests @ ..] = arguments.as_slice() else {
        panic!("data, server, trust, number, guests")
    };
    let guests = guests.first().map_or(u32::MAX, |guests| guests.parse().expect("a number"));
    let data = Path::new(data);
    let client =
        ApoaClient::open(config(data, Some(url), Some(Path::new(trust))), ports(data)).expect("open");
    if client.account().expect("account").is_none() {
        client.sign_in(&credentials(PASSWORD)).expect("sign in");
    }
    for number in 0..guests {
        let saved =
            client.finalise(guest(&client, &format!("K{run:0>5}{number:03}")), None, None).expect("finalise");
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
    for place in passed() {
        println!("passed {place}");
    }
}
