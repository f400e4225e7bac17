//! Records of both languages and their way from and to the core's values. Destructuring without `..` makes a new
//! field of the core stop the build here until somebody decides.

mod account;
mod draft;
mod ids;
mod lists;
mod mrz;
mod person;
mod proof;
mod roster;
mod run;
mod sides;
mod unit;
mod upkeep;
mod words;

use std::time::Duration;

pub use account::{Account, Config, Credentials, Member, SignedOut, UnitCard};
pub use draft::{Compared, Draft, FieldProblem, Finalised, FollowUp, FollowUpKind, Problem, Withdrawn};
pub(crate) use draft::{NoSuchField, pairs, texts};
pub use ids::{AccountId, DeviceId, Instant, OpId, ReportId, UnitId};
pub use lists::{Counts, Event, HandOver, Page, QueueRow, ReportDetail, ReportRow};
pub(crate) use lists::{limit, rows};
pub use mrz::{MrzCheck, MrzLines, MrzPlace, MrzReading, MrzRepair};
pub(crate) use person::day;
pub use person::{Comparison, Described, FieldVerdict, Occasion, PairVerdict, Remark, ThreeWay};
pub use proof::ReceiptCheck;
pub use roster::{
    CellFault, CellProblem, Expected, RosterChange, RosterChanges, RosterFiled, RosterPage, RosterPreview,
    RosterRequest, RosterRow,
};
pub use run::{
    ItemReport, LookUpKey, LookUpRequest, LookedUp, SyncRequest, SyncSummary, TriedOut, TryOutRequest,
};
pub use unit::{Profile, StaffMember, UnitDevice};
pub use upkeep::{BreachExtract, Finding, HeldReport, Rotated, Salvage, Tombstone, UnknownShape, Upkeep};
pub use words::{
    Check, ClockTrust, Confidence, FactSource, Happening, Hold, ItemOutcome, ListFault, NumberKind, Obstacle,
    OpKind, Origin, Pair, PictureFault, ProfileField, ProfileSync, Reason, ReportKind, RosterState, SetUp,
    Side, Standing, StoppedBy, Superseded, TriedVerdict, Trigger, UnitRight, Verdict, WhyNoZone, Work,
    ZoneField,
};

/// A time that is given; below 0 counts as none.
pub(crate) fn millis(ms: impl Into<i64>) -> Duration {
    Duration::from_millis(u64::try_from(ms.into()).unwrap_or(0))
}

/// A number of things; phones hold no more than fit.
pub(crate) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
