//! The core of APOA: what a hotel's phone needs to read a foreigner's stay permit, to compare it with the passport,
//! and to report the stay to the immigration office so that no report is lost and none arrives twice.
//!
//! Two facades, nothing else to learn: [`Scanner`] looks at frames and pictures, [`ApoaClient`] keeps and sends
//! reports. Everything they return is a value. All calls block and say so; none is async.
//!
//! | folder | what it decides |
//! | --- | --- |
//! | `seal` | which key opens which value, and where |
//! | `store` | what is on disk, and that it is there before a call returns |
//! | `sync` | what is sent when, and what an answer proves |
//! | `roster` | which rows of a file can be reported, and that they are, each once |
//! | the crates `apoa-domain`, `apoa-scan` | every rule, every pixel; without I/O |
//!
//! Three invariants carry the rest. A report that `finalise` accepted survives any kill. An op is marked "maybe sent"
//! on disk before its first byte leaves, and repeated with the same id and the same bytes. A report counts as
//! received only with a receipt whose signature, op, revision, bytes and unit were verified.

mod ask;
#[cfg(feature = "catalogue")]
pub mod catalogue;
mod changes;
mod client;
mod clock;
mod config;
mod counts;
pub mod diagnosis;
mod doctor;
mod error;
#[cfg(not(feature = "failpoints"))]
mod failpoint;
#[cfg(feature = "failpoints")]
pub mod failpoint;
#[cfg(feature = "file-vault")]
mod file_vault;
mod found_zone;
mod look_up;
mod papers;
mod patterns;
mod photos;
#[cfg(feature = "still-image")]
pub mod picture;
mod ports;
mod request;
pub mod roster;
mod runs;
pub mod scanner;
mod seal;
pub mod seam;
mod server_clock;
mod signing;
mod store;
mod sync;
mod try_out;
mod unit_office;
mod unit_work;
mod upkeep;

pub use apoa_domain::jws::JwsProblem;
pub use apoa_domain::report::summary::Summary;
pub use apoa_domain::{codes, countries, fields, ids, passport, permit, private, report};
pub use changes::Withdrawn;
pub use client::{ApoaClient, Finalised, Page};
pub use clock::{SystemClock, SystemRandom};
pub use config::{Config, Trust, TrustProblem};
pub use counts::Counts;
pub use doctor::{Check, Finding};
pub use error::{DraftError, Missing, StoreError, SyncError};
#[cfg(feature = "file-vault")]
pub use file_vault::FileVault;
pub use look_up::{LookUpRequest, LookedUp, Record};
pub use papers::{Expiring, OutageExtract, Paper, Present};
pub use ports::{Clock, KeyVault, NoRandomness, Observer, Ports, Random, VaultError};
pub use request::{Superseded, SyncRequest, SyncSummary, Trigger};
pub use runs::Call;
pub use scanner::{ScanError, Scanner};
pub use signing::SignedOut;
pub use store::accounts::{Account, Member, Right, UnitCard};
pub use store::events::{Event, Happening};
pub use store::lists::{ListedReport, WaitingOp};
pub use store::purge::{Tombstone, Upkeep};
pub use store::quarantine::Salvage;
pub use store::reports::{QueueRow, ReportDetail};
pub use store::rotate::Rotated;
pub use store::rows::ReportRow;
pub use store::shapes::UnknownShape;
pub use sync::auth::Credentials;
pub use sync::done::{ItemOutcome, ItemReport};
#[cfg(feature = "failpoints")]
pub use sync::hearing;
pub use sync::outcome::StoppedBy;
pub use sync::unit::{StaffMember, UnitDevice};
pub use sync::verdict::Verdict;
pub use try_out::{TriedOut, TryOutRequest};
pub use unit_office::ProfileSync;
pub use unit_work::HandOver;
pub use upkeep::{BreachExtract, HeldReport, Hold};

/// Version of the core, as the server sees it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
