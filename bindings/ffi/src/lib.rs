//! The bridge to Kotlin and Swift: two objects, records and enums, and the traits a platform fulfils.
//!
//! It converts in, calls the core, converts out, and decides nothing. Frames are borrowed slices, nothing is async,
//! and every exported function returns a `Result`, because a panic in a non-throwing Swift function ends the app.

#![allow(clippy::needless_pass_by_value, reason = "the generated languages hand over what they pass")]

mod client;
mod convert;
mod error;
mod ports;
mod scanner;
mod zone;

pub use client::ApoaClient;
pub use convert::{
    Account, Config, Counts, Draft, FieldProblem, Finalised, Finding, ItemReport, Page, QueueRow,
    ReceiptCheck, ReportDetail, ReportRow, SyncRequest, SyncSummary, Trigger, UnitCard,
};
pub use error::{DraftError, InputError, ScanError, StoreError, SyncError, WhyUnavailable};
pub use ports::{KeyVault, Observer, VaultError};
pub use scanner::{
    Code, Corner, FrameLayout, Hint, Payload, Picture, Reading, Region, Rotation, Scanned, Scanner, Side,
};
pub use zone::{FactPlace, Zone, ZoneChar};

uniffi::setup_scaffolding!();
