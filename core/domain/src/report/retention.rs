//! When a report may go. An open stay or job never does; a closed one once its time is over, and what is left of it
//! then is a tombstone: ids, times and the hash of its last receipt. Source: PDP law (UU 27/2022) arts. 42 to 44, which
//! name no days; the days are the server's setting.

use jiff::civil::{Date, date};

use crate::ids::Timestamp;

const DAY_MS: i64 = 86_400_000;

/// How many years make a person an adult (art. 4: data of children are specific).
const ADULT_YEARS: i16 = 18;

/// A child's report leaves at the latest so many days after it was closed.
const CHILD_BODY_DAYS: u32 = 7;

/// Days that the server sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionRules {
    /// A closed report stays so long.
    pub body_days: u32,
    /// An untouched draft stays so long.
    pub draft_days: u32,
    /// A tombstone stays so long.
    pub tombstone_days: u32,
}

impl Default for RetentionRules {
    /// Where no server ever said anything: a month to look something up, two years to prove that it is gone.
    fn default() -> Self {
        Self { body_days: 30, draft_days: 30, tombstone_days: 730 }
    }
}

/// Whose report it is, as far as retention asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Of age, or unknown.
    Adult,
    /// Under eighteen when the report was closed.
    Child,
}

/// How far a report's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Somebody still stays or works, or it waits for the server.
    Open,
    /// The server has proved it closed.
    Closed {
        /// When.
        at: Timestamp,
        /// Whose.
        holder: Holder,
    },
    /// Dropped before the server saw it.
    Discarded {
        /// When.
        at: Timestamp,
    },
}

/// From when on a report may go; `None` while it is open.
pub fn purge_after(life: &Lifetime, rules: &RetentionRules) -> Option<Timestamp> {
    match life {
        Lifetime::Open => None,
        Lifetime::Closed { at, holder: Holder::Adult } => Some(days_after(*at, rules.body_days)),
        Lifetime::Closed { at, holder: Holder::Child } => {
            Some(days_after(*at, rules.body_days.min(CHILD_BODY_DAYS)))
        }
        // The person said that it is worth nothing; a day is left to see that it was a mistake.
        Lifetime::Discarded { at } => Some(days_after(*at, 1)),
    }
}

/// So many days later.
pub fn days_after(at: Timestamp, days: u32) -> Timestamp {
    at.plus_ms(i64::from(days).saturating_mul(DAY_MS))
}

/// Whether the person is a child on that day. Of a partly known birth date the latest possible day counts.
pub fn holder(birth_date: Option<&str>, on: Date) -> Holder {
    let latest = birth_date.and_then(|text| match text.len() {
        4 => Some(date(text.parse().ok()?, 12, 31)),
        7 => text
            .parse::<Date>()
            .ok()
            .or_else(|| format!("{text}-01").parse::<Date>().ok().map(Date::last_of_month)),
        _ => text.parse().ok(),
    });
    let of_age = latest.and_then(|born| born.checked_add(jiff::Span::new().years(ADULT_YEARS)).ok());
    match of_age {
        Some(of_age) if of_age > on => Holder::Child,
        Some(_) | None => Holder::Adult,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_report_never_goes_and_a_closed_one_in_its_time() {
        let (rules, at) = (RetentionRules::default(), Timestamp(1_790_000_000_000));
        assert_eq!(purge_after(&Lifetime::Open, &rules), None);
        let after = |holder| purge_after(&Lifetime::Closed { at, holder }, &rules);
        assert_eq!(after(Holder::Adult), Some(at.plus_ms(30 * DAY_MS)));
        assert_eq!(after(Holder::Child), Some(at.plus_ms(7 * DAY_MS)));
        assert_eq!(purge_after(&Lifetime::Discarded { at }, &rules), Some(at.plus_ms(DAY_MS)));
    }

    #[test]
    fn a_shorter_setting_of_the_server_holds_for_children_too() {
        let rules = RetentionRules { body_days: 2, ..RetentionRules::default() };
        let life = Lifetime::Closed { at: Timestamp(0), holder: Holder::Child };
        assert_eq!(purge_after(&life, &rules), Some(Timestamp(2 * DAY_MS)));
    }

    #[test]
    fn a_person_of_uncertain_age_counts_as_the_younger_one() {
        let on = date(2026, 11, 24);
        for (born, expected) in [
            (Some("2008-11-24"), Holder::Adult),
            (Some("2008-11-25"), Holder::Child),
            (Some("2008-11"), Holder::Child),
            (Some("2008-10"), Holder::Adult),
            (Some("2008"), Holder::Child),
            (Some("2007"), Holder::Adult),
            (Some("no date"), Holder::Adult),
            (None, Holder::Adult),
        ] {
            assert_eq!(holder(born, on), expected, "{born:?}");
        }
    }
}
