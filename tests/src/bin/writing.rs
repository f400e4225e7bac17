//! A phone that works to its end: signs in, saves, sends, corrects, rotates its keys, and says on its standard output
//! what it was told is safe. Arguments: data folder, server, trust file.

#![allow(clippy::expect_used, clippy::panic, reason = "test code: the parent sees how it ends")]

use std::io::{Write as _, stdout};
use std::path::Path;

use apoa_core::ApoaClient;
use apoa_core::fields::Field;
use apoa_core::report::state::Standing;
use apoa_tests::phone::{PASSWORD, all, config, credentials, guest, ports, send_now};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, url, trust] = arguments.as_slice() else { panic!("data, server, trust") };
    let data = Path::new(data);
    let client =
        ApoaClient::open(config(data, Some(url), Some(Path::new(trust))), ports(data)).expect("open");
    client.sign_in(&credentials(PASSWORD)).expect("sign in");
    let say = |what: &str| {
        // One call of the system for each line, after what it speaks of.
        stdout().write_all(format!("{what}\n").as_bytes()).expect("a reader");
        stdout().flush().expect("a reader");
    };
    for number in 0..24 {
        let saved = client.finalise(guest(&client, &format!("W{number:08}")), None, None).expect("finalise");
        say(&format!("saved {}", saved.report));
        if number % 6 == 3 {
            let mut draft = client.draft(saved.report).expect("a draft").expect("a draft");
            draft.set(Field::Room, &format!("room {number}"));
            client.amend(saved.report, draft, None).expect("amend");
            say(&format!("room {} room {number}", saved.report));
        }
        if number == 7 {
            let _ = send_now(&client, 30);
            for row in client.reports(all()).expect("rows") {
                if row.standing == Standing::Received {
                    say(&format!("received {}", row.report));
                }
            }
        }
        if number == 15 {
            client.rotate_keys().expect("rotate");
            say("rotated");
        }
    }
    client.suspend().expect("suspend");
}
