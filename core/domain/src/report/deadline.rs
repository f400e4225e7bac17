//! When a report is due. The hours come from the server's config, an official practice and no law; the clock starts
//! at arrival, and where only a day is known, at the start of that day, so that a warning comes early, never late.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use crate::ids::Timestamp;

/// Indonesia's zones; none has daylight saving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// Western, +7.
    #[default]
    Wib,
    /// Central, +8.
    Wita,
    /// Eastern, +9.
    Wit,
}

impl Zone {
    /// By its usual name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "WIB" => Some(Self::Wib),
            "WITA" => Some(Self::Wita),
            "WIT" => Some(Self::Wit),
            _ => None,
        }
    }

    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
        }
    }

    fn offset(self) -> Offset {
        Offset::constant(match self {
            Self::Wib => 7,
            Self::Wita => 8,
            Self::Wit => 9,
        })
    }

    /// The calendar day of an instant in this zone.
    pub fn day(self, at: Timestamp) -> Date {
        self.clock(at).0
    }

    /// What calendar and clock on the wall show at an instant in this zone: the day, hours and minutes.
    pub fn clock(self, at: Timestamp) -> (Date, i8, i8) {
        let local = self.offset().to_datetime(jiff::Timestamp::from_millisecond(at.0).unwrap_or_default());
        (local.date(), local.hour(), local.minute())
    }
}

/// The last moment in time: `hours` after the start of `first` in the unit's zone. `None` where no hours are set.
pub fn due(first: Option<Date>, hours: Option<u32>, zone: Zone) -> Option<Timestamp> {
    let start = zone.offset().to_timestamp(first?.to_datetime(Time::midnight())).ok()?.as_millisecond();
    Some(Timestamp(start).plus_ms(i64::from(hours?).saturating_mul(3_600_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_starts_with_the_day_in_the_units_zone() {
        let first = Some(jiff::civil::date(2026, 11, 24));
        assert_eq!(
            due(first, Some(24), Zone::Wib).map(|at| at.to_string()).as_deref(),
            Some("2026-11-24T17:00:00Z")
        );
        assert_eq!(
            due(first, Some(24), Zone::Wit).map(|at| at.to_string()).as_deref(),
            Some("2026-11-24T15:00:00Z")
        );
    }

    #[test]
    fn without_hours_or_day_nothing_is_due() {
        assert_eq!(due(Some(jiff::civil::date(2026, 11, 24)), None, Zone::Wib), None);
        assert_eq!(due(None, Some(24), Zone::Wib), None);
    }

    #[test]
    fn a_day_is_that_of_the_zone() {
        let late = Timestamp(1_795_449_600_000); // 2026-11-23T16:00:00Z
        assert_eq!(Zone::Wib.day(late), jiff::civil::date(2026, 11, 23));
        assert_eq!(Zone::Wita.day(late), jiff::civil::date(2026, 11, 24));
        assert_eq!(Zone::Wit.clock(Timestamp(late.0 + 90_000)), (jiff::civil::date(2026, 11, 24), 1, 1));
        for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
            assert_eq!(Zone::named(zone.name()), Some(zone));
        }
    }
}
