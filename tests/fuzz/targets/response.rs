//! Fuzzes `core::response`; what must hold stands there.
#![no_main]

#[allow(dead_code, reason = "the bodies of one crate stand in one file")]
#[path = "../bodies/core.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::response(data));
