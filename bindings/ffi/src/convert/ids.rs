//! Identities and instants: types of the platform in both languages, so that no two of them are swapped there either.

use apoa_core::ids::Timestamp;
pub use apoa_core::ids::{AccountId, DeviceId, OpId, ReportId, UnitId};

/// An instant, to a millisecond.
pub type Instant = Timestamp;

/// Identities cross as text.
macro_rules! identities {
    ($($(#[$doc:meta])* $id:ident;)*) => {
        $(uniffi::custom_type!(
            $(#[$doc])*
            $id,
            String,
            { remote, try_lift: |text| Ok(text.parse()?), lower: |id| id.to_string() }
        );)*
    };
}

identities! {
    /// One person's stay, job or refusal, for its whole life.
    ReportId;
    /// One instruction about a report: the key by which the server recognises a repeat.
    OpId;
    /// One lodging, company or private host that reports.
    UnitId;
    /// One person who signs in.
    AccountId;
    /// One installation of the app.
    DeviceId;
}

uniffi::custom_type!(
    /// An instant, to a millisecond.
    Instant,
    i64,
    { remote, try_lift: |ms| Ok(Timestamp(ms)), lower: |at| at.0 }
);
