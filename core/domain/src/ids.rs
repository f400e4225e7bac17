//! Newtypes for every identity, so that two of them cannot be swapped by accident.
//! Identities are made on the device before the first attempt; nothing here reads a clock or a random source.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The text is no UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identity of the form 00000000-0000-7000-8000-000000000000")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A UUIDv7 from the caller's clock (milliseconds since 1970; a negative time counts as 0) and random
            /// bytes. Nothing reads the time part back: a wrong clock harms nothing.
            pub fn new(at_ms: i64, random: [u8; 10]) -> Self {
                let at_ms = u64::try_from(at_ms).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(at_ms, &random).into_uuid())
            }

            /// From the 16 bytes a database keeps.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes, in the order of the text form.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

id!(
    /// One person's stay, job or refusal, for its whole life.
    ReportId
);
id!(
    /// One instruction about a report: the key by which the server recognises a repeat.
    OpId
);
id!(
    /// One lodging, company or private host that reports.
    UnitId
);
id!(
    /// One person who signs in.
    AccountId
);
id!(
    /// One installation of the app.
    DeviceId
);

/// The place of an op in the life of its report, from 1. A base of 0 means "nothing before".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u32);

impl Revision {
    /// Before the first op.
    pub const NONE: Self = Self(0);

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A SHA-256 digest; its text form is lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Over exactly these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Milliseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This instant plus `ms`, clamped at the ends of the range.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl FromStr for Timestamp {
    type Err = jiff::Error;

    /// RFC 3339, in any zone.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|instant| Self(instant.as_millisecond()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC to the second, `2026-11-24T07:30:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0.div_euclid(1000).saturating_mul(1000)) {
            Ok(instant) => instant.fmt(f),
            Err(_) => f.write_str("outside the calendar"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_bytes_and_carries_version_seven() {
        let id = OpId::new(1_790_000_000_000, [7; 10]);
        assert_eq!(id.to_string().parse::<OpId>().unwrap(), id);
        assert_eq!(OpId::from_bytes(*id.as_bytes()), id);
        assert_eq!(id.to_string().chars().nth(14), Some('7'));
    }

    #[test]
    fn a_clock_before_1970_still_gives_an_id() {
        assert_ne!(OpId::new(-5, [1; 10]), OpId::new(-5, [2; 10]));
    }

    #[test]
    fn a_digest_is_the_published_one() {
        assert!(Digest::of(b"abc").to_string().starts_with("ba7816bf8f01cfea"));
    }

    #[test]
    fn an_instant_is_written_to_the_second() {
        assert_eq!(Timestamp(1_790_000_000_999).to_string(), "2026-09-21T14:13:20Z");
    }
}
