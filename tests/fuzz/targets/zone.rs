//! Fuzzes `scan::zone`; what must hold stands there.
#![no_main]

#[allow(dead_code, reason = "the bodies of one crate stand in one file")]
#[path = "../bodies/scan.rs"]
mod scan;

libfuzzer_sys::fuzz_target!(|data: &[u8]| scan::zone::zone(data));
