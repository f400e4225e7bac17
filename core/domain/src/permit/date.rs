//! Dates as Indonesian papers print them: day first always, four-digit years, months as digits or as words in
//! Indonesian or English. Month-first is never guessed.

use jiff::civil::Date;

/// What stands in a date's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintedDate {
    /// A day of the calendar.
    Day(Date),
    /// Nothing is meant: empty, dashes, "seumur hidup" (for life).
    Absent,
    /// Something else, or a day that is in no calendar.
    Impossible,
}

/// Reads `dd-mm-yyyy`, `dd/mm/yyyy`, `dd.mm.yyyy`, `dd MONTH yyyy` or `yyyy-mm-dd`.
pub fn read_date(printed: &str) -> PrintedDate {
    let text = printed.trim();
    if text.chars().all(|c| matches!(c, '-' | '–' | '—' | '.' | '/' | '*' | ' ')) {
        return PrintedDate::Absent;
    }
    let upper = text.to_uppercase();
    if matches!(upper.as_str(), "SEUMUR HIDUP" | "LIFETIME" | "PERMANENT" | "UNLIMITED" | "TIDAK TERBATAS") {
        return PrintedDate::Absent;
    }
    day_of(&upper).map_or(PrintedDate::Impossible, PrintedDate::Day)
}

fn day_of(upper: &str) -> Option<Date> {
    let mut parts = upper.split(['-', '/', '.', ' ', ',']).filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (day, year) = match (first.len(), third.len()) {
        (1 | 2, 4) => (first, third),
        (4, 2) => (third, first),
        _ => return None,
    };
    let month = if second.bytes().all(|b| b.is_ascii_digit()) && second.len() <= 2 {
        digits(second)?
    } else if first.len() <= 2 {
        month_named(second)?
    } else {
        return None;
    };
    Date::new(digits(year)?, i8::try_from(month).ok()?, i8::try_from(digits(day)?).ok()?).ok()
}

/// A number written in ASCII digits alone: `parse` would also take a sign.
fn digits(text: &str) -> Option<i16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The month of a word, in full or cut to three letters; every clash of the two languages is one month.
fn month_named(word: &str) -> Option<i16> {
    const MONTHS: [(i16, &[&str]); 12] = [
        (1, &["JANUARI", "JANUARY", "JAN"]),
        (2, &["FEBRUARI", "FEBRUARY", "PEBRUARI", "FEB", "PEB"]),
        (3, &["MARET", "MARCH", "MAR"]),
        (4, &["APRIL", "APR"]),
        (5, &["MEI", "MAY"]),
        (6, &["JUNI", "JUNE", "JUN"]),
        (7, &["JULI", "JULY", "JUL"]),
        (8, &["AGUSTUS", "AUGUST", "AGU", "AGT", "AGS", "AUG"]),
        (9, &["SEPTEMBER", "SEP", "SEPT"]),
        (10, &["OKTOBER", "OCTOBER", "OKT", "OCT"]),
        (11, &["NOVEMBER", "NOPEMBER", "NOV", "NOP"]),
        (12, &["DESEMBER", "DECEMBER", "DES", "DEC"]),
    ];
    MONTHS.iter().find(|(_, words)| words.contains(&word)).map(|(month, _)| *month)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_orders_that_permits_mix_on_one_page_are_read() {
        for text in [
            "12-08-1974",
            "12/08/1974",
            "12.8.1974",
            "12 Agustus 1974",
            "12 AUG 1974",
            "1974-08-12",
            " 12-08-1974 ",
        ] {
            assert_eq!(read_date(text), PrintedDate::Day(date(1974, 8, 12)), "{text}");
        }
    }

    #[test]
    fn month_first_two_digit_years_and_days_off_the_calendar_are_refused() {
        for text in ["12-18-2026", "31-02-2026", "12-08-74", "08/1974", "12-+8-1974", "UTOPIA", "1974-AUG-12"]
        {
            assert_eq!(read_date(text), PrintedDate::Impossible, "{text}");
        }
    }

    #[test]
    fn for_life_empty_and_dashes_mean_no_date() {
        for text in ["", "-", "—", "--/--/----", "Seumur Hidup"] {
            assert_eq!(read_date(text), PrintedDate::Absent, "{text}");
        }
    }
}
