//! Words in both languages at once, and instants as people write them.

use apoa_core::catalogue::{Catalogue, Language};
use apoa_core::ids::Timestamp;
use apoa_core::permit::Date;
use apoa_core::report::deadline::Zone;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// One statement in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) en: String,
}

impl Said {
    /// The same in every language: names, numbers.
    pub(crate) fn same(text: impl Into<String>) -> Self {
        let id = text.into();
        Self { en: id.clone(), id }
    }

    /// The same put around or behind it in both languages.
    pub(crate) fn map(&self, put: impl Fn(&str) -> String) -> Self {
        Self { id: put(&self.id), en: put(&self.en) }
    }

    /// Both on one line, once where they are equal.
    pub(crate) fn joined(&self) -> String {
        if self.id == self.en { self.id.clone() } else { format!("{} · {}", self.id, self.en) }
    }
}

/// Both catalogues.
pub(crate) struct Both {
    id: Catalogue,
    en: Catalogue,
}

impl Both {
    pub(crate) fn new() -> Self {
        Self { id: Catalogue::new(Language::Indonesian), en: Catalogue::new(Language::English) }
    }

    /// What stands under this key.
    pub(crate) fn say(&self, key: &str, args: &[(&str, &str)]) -> Said {
        self.each(|words| text(words, key, args))
    }

    /// Something that is put together anew in each language.
    pub(crate) fn each(&self, say: impl Fn(&Catalogue) -> String) -> Said {
        Said { id: say(&self.id), en: say(&self.en) }
    }
}

/// What stands under this key; a missing one shows itself.
pub(crate) fn text(words: &Catalogue, key: &str, args: &[(&str, &str)]) -> String {
    words.text(key, args).unwrap_or_else(|| key.to_owned())
}

/// `24 November 2026`.
pub(crate) fn day(words: &Catalogue, day: Date) -> String {
    let month = text(words, &format!("cli-month-{}", day.month()), &[]);
    format!("{} {month} {}", day.day(), day.year())
}

/// `24 November 2026, 14.30 WIB`.
pub(crate) fn moment(words: &Catalogue, zone: Zone, at: Timestamp) -> String {
    let (date, hour, minute) = zone.clock(at);
    format!("{}, {hour:02}.{minute:02} {}", day(words, date), zone.name())
}

/// `24-11-2026`.
pub(crate) fn short_day(day: Date) -> String {
    format!("{:02}-{:02}-{}", day.day(), day.month(), day.year())
}

/// `24-11-2026 14.30`, in the zone that the head of the list names.
pub(crate) fn short_moment(zone: Zone, at: Timestamp) -> String {
    let (date, hour, minute) = zone.clock(at);
    format!("{} {hour:02}.{minute:02}", short_day(date))
}

/// Days and hours, or hours and minutes: as exact as a person needs it.
pub(crate) fn span(words: &Catalogue, ms: i64) -> String {
    let ms = ms.abs();
    let (key, most, least) = if ms >= DAY_MS {
        ("cli-span-days", ms / DAY_MS, ms % DAY_MS / HOUR_MS)
    } else {
        ("cli-span-hours", ms / HOUR_MS, ms % HOUR_MS / 60_000)
    };
    text(words, key, &[("a", &most.to_string()), ("b", &least.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24T07:30:00Z.
    const AT: Timestamp = Timestamp(1_795_505_400_000);

    #[test]
    fn instants_read_as_people_write_them() {
        let both = Both::new();
        let said = both.each(|words| moment(words, Zone::Wib, AT));
        assert_eq!(said, Said::same("24 November 2026, 14.30 WIB"));
        let later = Timestamp(AT.0 + 165 * DAY_MS);
        assert_eq!(
            both.each(|words| moment(words, Zone::Wit, later)).joined(),
            "8 Mei 2027, 16.30 WIT · 8 May 2027, 16.30 WIT"
        );
        assert_eq!(short_moment(Zone::Wita, AT), "24-11-2026 15.30");
    }

    #[test]
    fn a_span_has_two_parts() {
        let both = Both::new();
        let said = |ms| both.each(|words| span(words, ms)).joined();
        assert_eq!(said(-90 * 60_000), "1 jam 30 menit · 1 h 30 min");
        assert_eq!(said(26 * HOUR_MS), "1 hari 2 jam · 1 d 2 h");
    }
}
