//! A machine-readable zone that was read from pixels: what it says, and what of it is left to a person's eye.

use apoa_domain::passport::{Date, Reason, Unproven, Zone, read_mrz};
use apoa_scan::mrz::MrzRead;

/// A zone that counts. One that is merely located has no such form: nothing of it may become a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundZone {
    /// What its lines say.
    pub zone: Zone,
    /// The characters that no digit proves, to be underlined for the eye. Names are always among them.
    pub unproven: Vec<Unproven>,
    /// Its lines as read, its place, and how sure each character is.
    pub read: MrzRead,
}

impl FoundZone {
    /// The zone of a reading; `None` if it was not accepted. `today` settles the century of a birth year.
    pub fn of(read: MrzRead, today: Date) -> Option<Self> {
        if !read.accepted {
            return None;
        }
        let mut zone = read_mrz(&read.lines.join("\n"), today).zone()?.clone();
        if !zone.is_valid() {
            return None;
        }
        if read.repairs > 0 && !zone.notes.contains(&Reason::MrzRepaired) {
            zone.notes.push(Reason::MrzRepaired);
        }
        let length = read.format.length();
        let proved = |line: usize, column: usize| {
            read.chars.get(line * length + column).is_some_and(|char| char.proven)
        };
        let unproven = zone.unproven_by(proved);
        Some(Self { zone, unproven, read })
    }
}
