//! What the linker has to be told about Android. Here and not in a configuration file, because `RUSTFLAGS` of the environment
//! silently replaces flags of one.

#![allow(clippy::print_stdout, reason = "how a build script speaks")]

use std::env::var;

/// The library as small as it gets: relocations packed as Android reads them since API level 23, equal functions once (no
/// code here tells two functions apart by their addresses: docs/adr/0038), and nothing that only the generator reads.
const SMALL: [&str; 3] =
    ["--pack-dyn-relocs=android", "--icf=all", concat!("-T,", env!("CARGO_MANIFEST_DIR"), "/phone.ld")];

/// 64-bit devices may have pages of 16 KB, and load no library that is aligned to less.
const ALIGNED: &str = "-z,max-page-size=16384";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=phone.ld");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if !is("CARGO_CFG_TARGET_OS", "android") {
        return;
    }
    let aligned = is("CARGO_CFG_TARGET_POINTER_WIDTH", "64").then_some(ALIGNED);
    for flag in SMALL.into_iter().chain(aligned) {
        println!("cargo::rustc-cdylib-link-arg=-Wl,{flag}");
    }
}
