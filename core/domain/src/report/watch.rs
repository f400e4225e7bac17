//! What a unit watches over: who is here now, and whose papers end soon. Days in, a judgement out; the app names dates,
//! never an offence.

use jiff::civil::Date;

/// Days left at which a company's board turns grey, amber and red: time to renew, to hurry, and to call the office.
const GREY_DAYS: i64 = 60;
const AMBER_DAYS: i64 = 30;
const RED_DAYS: i64 = 7;

/// How near the last valid day of a paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// More than 60 days are left.
    Far,
    /// At most 60 days.
    Grey,
    /// At most 30 days.
    Amber,
    /// At most 7 days.
    Red,
    /// Its last valid day has passed.
    Over,
}

impl Level {
    /// By the days that are left; on the last valid day it is none.
    pub fn of(days_left: i64) -> Self {
        match days_left {
            ..0 => Self::Over,
            days if days <= RED_DAYS => Self::Red,
            days if days <= AMBER_DAYS => Self::Amber,
            days if days <= GREY_DAYS => Self::Grey,
            _ => Self::Far,
        }
    }

    /// Its word: `far`, `grey`, `amber`, `red`, `over`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Far => "far",
            Self::Grey => "grey",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Over => "over",
        }
    }
}

/// Days from today to the last valid day; negative once it has passed.
pub fn days_left(last: Date, today: Date) -> i64 {
    let days = last.since((jiff::Unit::Day, today)).map(|span| span.get_days());
    // Two civil days always have a distance in days.
    days.map_or(0, i64::from)
}

/// What is to be said of a stay permit today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PermitState {
    /// The report names no last day: a guest without a permit, or a permit for life.
    NotStated,
    /// Valid today, and as long as the person is planned to stay.
    Valid,
    /// Valid today, and ends before the planned end (APOA-P206).
    EndsFirst,
    /// Its last valid day has passed (APOA-P205).
    Expired,
}

impl PermitState {
    /// By the last valid day, in the unit's zone.
    pub fn of(last: Option<Date>, planned_end: Option<Date>, today: Date) -> Self {
        match last {
            None => Self::NotStated,
            Some(last) if last < today => Self::Expired,
            Some(last) if planned_end.is_some_and(|end| last < end) => Self::EndsFirst,
            Some(_) => Self::Valid,
        }
    }

    /// Its word: `not_stated`, `valid`, `ends_first`, `expired`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStated => "not_stated",
            Self::Valid => "valid",
            Self::EndsFirst => "ends_first",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_threshold_belongs_to_the_nearer_level() {
        use Level::{Amber, Far, Grey, Over, Red};
        let levels = [-1, 0, 7, 8, 30, 31, 60, 61].map(Level::of);
        assert_eq!(levels, [Over, Red, Red, Amber, Amber, Grey, Grey, Far]);
    }

    #[test]
    fn days_count_over_months_and_years() {
        let today = date(2026, 11, 24);
        assert_eq!(days_left(today, today), 0);
        assert_eq!(days_left(date(2026, 11, 23), today), -1);
        assert_eq!(days_left(date(2027, 11, 24), today), 365);
        assert_eq!(days_left(date(2027, 1, 23), today), 60);
    }

    #[test]
    fn the_last_valid_day_is_still_valid() {
        let today = date(2026, 11, 24);
        let state = |last, end| PermitState::of(last, end, today);
        assert_eq!(state(None, Some(today)), PermitState::NotStated);
        assert_eq!(state(Some(today), Some(today)), PermitState::Valid);
        assert_eq!(state(Some(today), Some(date(2026, 11, 25))), PermitState::EndsFirst);
        assert_eq!(state(Some(date(2026, 11, 23)), None), PermitState::Expired);
    }
}
