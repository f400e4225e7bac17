//! What is left to a person's eye of a zone that was read from pixels, once each cell says whether a digit proves it.

use super::lines::Lines;
use super::mrz::{Unproven, Zone, ZoneField};

/// Figures of a year that a zone does not print.
const CENTURY: usize = 2;

impl Zone {
    /// The characters of its values that nothing proves. `proved` says it of a cell, by line and column from 0; a date
    /// stands for itself as `YYYY-MM-DD`. Names, states and sex have no digit and are always among them, and so are the
    /// number's look-alikes.
    pub fn unproven_by(&self, proved: impl Fn(usize, usize) -> bool) -> Vec<Unproven> {
        let birth = self.birth_date.as_ref().map_or("", |date| date.reveal().as_str());
        let expiry = self.expiry_date.map(|day| day.to_string()).unwrap_or_default();
        let under_digits = [
            (ZoneField::DocumentNumber, self.document_number.reveal().as_str(), 0),
            (ZoneField::BirthDate, birth, CENTURY),
            (ZoneField::ExpiryDate, expiry.as_str(), CENTURY),
        ];
        let under_none = [
            (ZoneField::Surname, self.surname.reveal().as_str()),
            (ZoneField::GivenNames, self.given_names.reveal().as_str()),
            (ZoneField::IssuingState, self.issuing_state.as_str()),
            (ZoneField::Nationality, self.nationality.as_str()),
            (ZoneField::Sex, self.sex.unwrap_or_default()),
        ];
        let mut left = Vec::new();
        for (field, value, skipped) in under_digits {
            let places = value.chars().enumerate().filter(|(_, c)| c.is_alphanumeric()).skip(skipped);
            for ((index, _), (line, column)) in places.zip(self.cells(field)) {
                let place = Unproven { field, index };
                if !proved(line, column) || self.unproven.contains(&place) {
                    left.push(place);
                }
            }
        }
        for (field, value) in under_none {
            left.extend((0..value.chars().count()).map(|index| Unproven { field, index }));
        }
        left
    }

    /// The cells that hold a part's characters, fillers left out.
    fn cells(&self, field: ZoneField) -> Vec<(usize, usize)> {
        let layout = Lines::of(self.format);
        let own = layout.covered_parts().filter(|(part, ..)| *part == field);
        // A number that is longer than its field goes on where the optional data begin (Doc 9303 parts 5 and 6).
        let overflow = layout.covered_parts().find(|(part, ..)| *part == ZoneField::PersonalNumber);
        let overflow = overflow.filter(|_| field == ZoneField::DocumentNumber);
        let lines: Vec<&[u8]> = self.lines.reveal().lines().map(str::as_bytes).collect();
        let filler =
            |line: usize, column: usize| lines.get(line).and_then(|line| line.get(column)) == Some(&b'<');
        own.chain(overflow)
            .flat_map(|(_, line, start, width)| {
                // The last cell is the part's digit.
                (start..start.saturating_add(width).saturating_sub(1)).map(move |column| (line, column))
            })
            .filter(|(line, column)| !filler(*line, *column))
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::super::mrz::read_mrz;

    const TD3: &str =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

    fn left(text: &str, proved: impl Fn(usize, usize) -> bool) -> Vec<(&'static str, usize)> {
        let reading = read_mrz(text, date(2026, 11, 24));
        let left = reading.zone().unwrap().unproven_by(proved);
        left.into_iter().map(|place| (place.field.as_str(), place.index)).collect()
    }

    #[test]
    fn look_alikes_and_what_no_digit_covers_stay_for_the_eye() {
        let left = left(TD3, |_, _| true);
        let of = |field| left.iter().filter(|(name, _)| *name == field).count();
        assert_eq!(left[0], ("document_number", 0), "L is alike 1");
        assert_eq!(["document_number", "birth_date", "expiry_date"].map(of), [1, 0, 0]);
        assert_eq!(
            ["surname", "given_names", "issuing_state", "nationality", "sex"].map(of),
            [8, 10, 3, 3, 1]
        );
    }

    #[test]
    fn a_cell_that_is_not_proved_is_a_place_of_its_value() {
        // The last character of the number, the first figure of the birth year, the last of the expiry day.
        let left = left(TD3, |line, column| line == 0 || ![8, 13, 26].contains(&column));
        assert_eq!(
            left[..4],
            [("document_number", 0), ("document_number", 8), ("birth_date", 2), ("expiry_date", 9)]
        );
    }

    #[test]
    fn a_number_that_overflows_goes_on_in_the_optional_data() {
        let text =
            "IDUTO123456789<07<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<4\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
        let left = left(text, |line, column| (line, column) != (0, 15));
        assert!(left.contains(&("document_number", 9)), "{left:?}");
    }
}
