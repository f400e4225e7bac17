//! What the system tests share: a phone on a real folder, the reference server on a real socket.
//!
//! The tests in `system/` say what the product promises; here is only what they need to say it. Everything is real:
//! files, sockets, TLS, processes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: a broken promise of the environment ends the test"
)]

pub mod canary;
pub mod chain;
pub mod chapter;
pub mod clock;
pub mod door;
pub mod files;
pub mod folder;
pub mod heard;
pub mod invariants;
pub mod lists;
pub mod office;
pub mod phone;
pub mod proxy;
pub mod random;
pub mod scenario;
pub mod serving;
pub mod starting;
pub mod trace;
pub mod upheld;
pub mod vault;
