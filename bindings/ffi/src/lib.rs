//! The bridge to Kotlin and Swift: two objects, records and enums, and the traits a platform fulfils.
//!
//! It converts in, calls the core, converts out, and decides nothing. Frames are borrowed slices, nothing is async,
//! and every exported function returns a `Result`, because a panic in a non-throwing Swift function ends the app.

#![allow(clippy::needless_pass_by_value, reason = "the generated languages hand over what they pass")]

mod client;
mod codes;
mod convert;
mod error;
mod log;
mod ports;
mod scanner;
mod stateless;

pub use client::ApoaClient;
pub use convert::{
    Account, AccountId, BreachExtract, CellFault, CellProblem, Check, ClockTrust, Compared, Comparison,
    Confidence, Config, Counts, Credentials, Described, DeviceId, Draft, Event, Expected, FactSource,
    FieldProblem, FieldVerdict, Finalised, Finding, FollowUp, FollowUpKind, HandOver, Happening, HeldReport,
    Hold, Instant, ItemOutcome, ItemReport, ListFault, LookUpKey, LookUpRequest, LookedUp, Member, MrzCheck,
    MrzLines, MrzPlace, MrzReading, MrzRepair, NumberKind, Obstacle, Occasion, OpId, OpKind, Origin, Page,
    Pair, PairVerdict, PictureFault, Problem, Profile, ProfileField, ProfileSync, QueueRow, Reason,
    ReceiptCheck, Remark, ReportDetail, ReportId, ReportKind, ReportRow, RosterChange, RosterChanges,
    RosterFiled, RosterPage, RosterPreview, RosterRequest, RosterRow, RosterState, Rotated, Salvage, SetUp,
    Side, SignedOut, StaffMember, Standing, StoppedBy, Superseded, SyncRequest, SyncSummary, ThreeWay,
    Tombstone, TriedOut, TriedVerdict, Trigger, TryOutRequest, UnitCard, UnitDevice, UnitId, UnitRight,
    UnknownShape, Upkeep, Verdict, WhyNoZone, Withdrawn, Work, ZoneField,
};
pub use error::{
    DraftError, InputError, PhotoProblem, RosterError, ScanError, StoreError, SyncError, WhyUnavailable,
};
pub use log::{LogLevel, LogSink, install_log};
pub use ports::{KeyVault, ListenerError, Observer, VaultError};
pub use scanner::{
    Corner, FactPlace, FoundCode, FrameLayout, Hint, Payload, Picture, Reading, Region, Rotation, Scanned,
    Scanner, Zone, ZoneChar,
};
pub use stateless::{compare, fill_draft, key_of_facts, next_guest, read_mrz, version};

uniffi::setup_scaffolding!();
