//! The server over real sockets: what a phone, a portal, a thief and the office see. Every exchange is held against the
//! contract on its way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod check;
mod contract;
mod decisions;
mod faults;
mod life;
mod ops;
mod permits;
mod photos;
mod rules;
mod sign_in;
mod units;
