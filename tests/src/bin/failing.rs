//! A phone that works through a chapter and may die, fail or be slow at any failpoint (`APOA_FAILPOINTS`). It says what
//! it was told is safe, in the end which places it passed and how often something happened at one. Arguments: chapter,
//! data folder, server, trust file.

#![allow(clippy::expect_used, clippy::panic, reason = "test code: the parent sees how it ends")]

use std::io::{Write as _, stdout};
use std::path::Path;

use apoa_core::failpoint::{fired, passed};
use apoa_tests::chapter::{Chapter, Phone};

fn say(line: &str) {
    stdout().write_all(format!("{line}\n").as_bytes()).expect("a reader");
    stdout().flush().expect("a reader");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [chapter, data, url, trust] = arguments.as_slice() else { panic!("chapter, data, server, trust") };
    let chapter = Chapter::ALL.iter().find(|known| format!("{known:?}") == *chapter).expect("a chapter");
    let phone = Phone::open(Path::new(data), url, Path::new(trust), say);
    chapter.perform(&phone);
    phone.check();
    for place in passed() {
        say(&format!("passed {place}"));
    }
    say(&format!("fired {}", fired()));
}
