//! Which check digits of a zone fit, told from the cells alone: some tens of times cheaper than reading the zone, so that
//! a page of many candidates is sorted by it first. The arithmetic is the crate `mrz`'s; what a zone says and whether it
//! is valid is for `parse` alone to tell.

use super::lines::Lines;
use super::mrz::{Format, ZoneField};

/// Line, first column, width.
type Part = (usize, usize, usize);

/// How many digits of the format fit, and how many there are. Of a number that overflows its field the digit stands
/// elsewhere: it and the one over all count as fitting.
pub(super) fn fitting<L: AsRef<[u8]>>(format: Format, lines: &[L]) -> (usize, usize) {
    let all: Vec<bool> = each(format, lines).collect();
    (all.iter().filter(|fits| **fits).count(), all.len())
}

/// Whether all of them fit.
pub(super) fn all_fit<L: AsRef<[u8]>>(format: Format, lines: &[L]) -> bool {
    each(format, lines).all(|fits| fits)
}

fn each<L: AsRef<[u8]>>(format: Format, lines: &[L]) -> impl Iterator<Item = bool> {
    let mut parts = Lines::of(format).covered_parts();
    let number = parts.find(|(field, ..)| *field == ZoneField::DocumentNumber);
    let number = number.map(|(_, line, start, width)| cells(lines, (line, start, width)));
    let overflows = number.is_some_and(|number| number.last() == Some(&b'<'));
    let own = Lines::of(format).covered_parts().filter(move |(field, ..)| has_own_digit(format, *field)).map(
        move |(field, line, start, width)| {
            let Some((digit, value)) = cells(lines, (line, start, width)).split_last() else { return false };
            (field == ZoneField::DocumentNumber && overflows) || verify(value, *digit)
        },
    );
    let over_all = composite(format).into_iter().map(move |(parts, digit)| {
        let covered: Vec<u8> = parts.iter().flat_map(|part| cells(lines, *part)).copied().collect();
        overflows || cells(lines, digit).first().is_some_and(|digit| verify(&covered, *digit))
    });
    own.chain(over_all)
}

fn has_own_digit(format: Format, field: ZoneField) -> bool {
    match field {
        ZoneField::DocumentNumber | ZoneField::BirthDate | ZoneField::ExpiryDate => true,
        ZoneField::PersonalNumber => format == Format::Td3,
        _ => false,
    }
}

/// What the digit over all others covers, and its cell (Doc 9303-4 §4.2.2.2, -5 §4.2.4, -6 §4.2.4). Visas have none.
fn composite(format: Format) -> Option<(&'static [Part], Part)> {
    match format {
        Format::Td3 => Some((&[(1, 0, 10), (1, 13, 7), (1, 21, 22)], (1, 43, 1))),
        Format::Td2 => Some((&[(1, 0, 10), (1, 13, 7), (1, 21, 14)], (1, 35, 1))),
        Format::Td1 => Some((&[(0, 5, 25), (1, 0, 7), (1, 8, 7), (1, 18, 11)], (1, 29, 1))),
        Format::MrvA | Format::MrvB => None,
    }
}

fn cells<L: AsRef<[u8]>>(lines: &[L], (line, start, width): Part) -> &[u8] {
    let line = lines.get(line).map(L::as_ref).unwrap_or_default();
    line.get(start..start.saturating_add(width)).unwrap_or_default()
}

fn verify(value: &[u8], digit: u8) -> bool {
    core::str::from_utf8(value).is_ok_and(|value| mrz::verify(value, char::from(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_the_specimens_fit_and_a_changed_cell_is_noticed() {
        let zones: [(Format, &[&str], usize); 4] = [
            (
                Format::Td3,
                &[
                    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
                ],
                5,
            ),
            (
                Format::Td2,
                &["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"],
                4,
            ),
            (
                Format::Td1,
                &[
                    "I<UTOD231458907<<<<<<<<<<<<<<<",
                    "7408122F1204159UTO<<<<<<<<<<<6",
                    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
                ],
                4,
            ),
            (
                Format::MrvB,
                &["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"],
                3,
            ),
        ];
        for (format, lines, all) in zones {
            assert_eq!(fitting(format, lines), (all, all), "{format:?}");
            assert!(all_fit(format, lines));
            let born = lines.iter().map(|line| line.replace("740812", "740813").replace("400907", "400908"));
            let changed: Vec<String> = born.collect();
            assert!(!all_fit(format, &changed), "{format:?}");
        }
    }
}
