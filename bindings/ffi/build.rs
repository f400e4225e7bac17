//! What the linker has to be told: 64-bit Android devices may have pages of 16 KB, and load no library that is aligned to
//! less. Here and not in a configuration file, because `RUSTFLAGS` of the environment silently replaces flags of one.

#![allow(clippy::print_stdout, reason = "how a build script speaks")]

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "android") && is("CARGO_CFG_TARGET_POINTER_WIDTH", "64") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,max-page-size=16384");
    }
}
