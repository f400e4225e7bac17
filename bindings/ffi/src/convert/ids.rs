//! Identities and instants: types of the platform in both languages, so that no two of them are swapped there either.

use apoa_core::ids::Timestamp;
pub use apoa_core::ids::{AccountId, DeviceId, OpId, ReportId, UnitId};

/// An instant, to a millisecond.
pub type Instant = Timestamp;

uniffi::custom_type!(
    /// One person's stay, job or refusal, for its whole life.
    ReportId,
    String,
    { remote, try_lift: |text| Ok(text.parse()?), lower: |id| id.to_string() }
);

uniffi::custom_type!(
    /// One instruction about a report: the key by which the server recognises a repeat.
    OpId,
    String,
    { remote, try_lift: |text| Ok(text.parse()?), lower: |id| id.to_string() }
);

uniffi::custom_type!(
    /// One lodging, company or private host that reports.
    UnitId,
    String,
    { remote, try_lift: |text| Ok(text.parse()?), lower: |id| id.to_string() }
);

uniffi::custom_type!(
    /// One person who signs in.
    AccountId,
    String,
    { remote, try_lift: |text| Ok(text.parse()?), lower: |id| id.to_string() }
);

uniffi::custom_type!(
    /// One installation of the app.
    DeviceId,
    String,
    { remote, try_lift: |text| Ok(text.parse()?), lower: |id| id.to_string() }
);

uniffi::custom_type!(
    /// An instant, to a millisecond.
    Instant,
    i64,
    { remote, try_lift: |ms| Ok(Timestamp(ms)), lower: |at| at.0 }
);
