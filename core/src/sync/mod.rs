//! The queue's way to the immigration server: a pure machine decides, a thin runner performs.
//!
//! `machine`, `policy`, `contract`, `v1`, `wire` and `outcome` know neither store nor network; only `runner` joins them.
//! No op is marked as sent before one verified answer of the run, none is sent before its mark is on disk, and none
//! counts as received before its receipt verifies.

pub(crate) mod auth;
pub(crate) mod cancel;
pub(crate) mod config;
pub(crate) mod contract;
pub(crate) mod delays;
pub(crate) mod done;
#[cfg(feature = "failpoints")]
pub mod hearing;
pub(crate) mod http;
pub(crate) mod line;
pub(crate) mod machine;
pub(crate) mod outcome;
pub(crate) mod policy;
pub(crate) mod runner;
pub(crate) mod transport;
pub(crate) mod unit;
pub(crate) mod v1;
pub(crate) mod verdict;
pub(crate) mod wire;
