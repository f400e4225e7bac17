//! Fuzzes `domain::receipt`; what must hold stands there.
#![no_main]

#[allow(dead_code, reason = "the bodies of one crate stand in one file")]
#[path = "../bodies/domain.rs"]
mod domain;

libfuzzer_sys::fuzz_target!(|data: &[u8]| domain::receipt(data));
