//! The reference immigration server: the contract of `core/api/openapi.yaml` made executable, with faults on command.
//!
//! It is for tests, for the demo and for integrators who want to see both ends; it shares no code with the core, so that
//! one misunderstanding cannot sit on both ends. It is not a product: one process, one SQLite file, no user management.
//!
//! From the socket inwards: `front` (faults) → `http` (endpoints) → `auth`, `ops`, `changes`, `permits` (rules, values
//! in, values out, inside one transaction) → `storage` (trait) → `sqlite`, or `memory` for simulations (`local`).
//!
//! ```no_run
//! let options = apoa_server::Options { faults: vec!["busy=5@/ops".parse()?], ..Default::default() };
//! let server = apoa_server::start(options, |event| eprintln!("{event:?}"))?;
//! println!("{} {}", server.url(), server.trust_file().display());
//! server.stop();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;

use serde::Serialize;

mod auth;
mod bodies;
mod changes;
mod config;
mod countries;
mod decisions;
mod devices;
mod drain;
mod effects;
mod error;
mod faults;
mod fields;
mod front;
mod http;
mod json;
mod keys;
mod local;
mod mailer;
mod memory;
mod model;
mod office;
mod ops;
mod packed;
mod permits;
mod problem;
mod profile;
mod random;
mod receipts;
mod running;
mod secrets;
mod seed;
mod sqlite;
mod storage;
mod tap;
mod throttle;
mod validate;

pub use decisions::{Decision, NotDecided, office_decide, office_destroy};
pub use error::ServerError;
pub use faults::{Fault, Rule, RuleError, Times};
pub use local::{Local, LocalRequest};
pub use mailer::{Mail, Mailer};
pub use office::{
    AccessCode, OfficeDeed, OfficeLookup, OfficeOp, OfficeReport, office_access_code, office_log,
    office_lookups, office_reports,
};
pub use running::{Options, Patterns, Running, start};
pub use seed::SeededAccount;
pub use tap::{Exchange, Tap};

/// A clock: milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What the server tells while it runs; written as `{"event":"committed","op_id":…}`,
/// `{"event":"looked_up","key_kind":…,"found":…}`, `{"event":"mailed"}` or `{"event":"fault","rule":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An operation had its effect, and its receipt is stored.
    Committed {
        /// Its id.
        op_id: String,
    },
    /// Somebody asked for a permit's record.
    LookedUp {
        /// What the key named, `permit_number`; the key itself is nobody's business.
        key_kind: &'static str,
        /// Whether there was a record.
        found: bool,
    },
    /// A one-time code was mailed; neither to whom nor which.
    Mailed,
    /// A rule changed a request.
    Fault {
        /// The rule, as it was given.
        rule: String,
    },
}

/// Method (lower case) and path below `/apoa/v1` of every endpoint, for comparison with the contract.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    http::routes().into_iter().map(|(method, path, _)| (method, path)).collect()
}
