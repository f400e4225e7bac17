//! Which characters a place of a zone may hold, and how usual each is there before any ink is seen.

use super::alphabet::{CLASSES, NONE};

/// The class of the filler.
pub(crate) const FILLER: usize = 36;

/// What a place may hold: each member with its share. Shares within one set differ by no more than ten times, three
/// steps of the natural logarithm, which clear ink overrules.
pub(crate) struct Letters {
    /// How usual each class is; of those outside the set, how usual it is that a document breaks the rules.
    pub(crate) share: [f32; CLASSES],
    /// Bit per class.
    members: u64,
}

/// How usual a character outside the set is, against a mean member. Clear ink of a stranger thus takes the certainty
/// from the best member, which is all that may be read there.
pub(crate) const STRANGER: f32 = 0.02;

impl Letters {
    pub(crate) const fn holds(&self, class: usize) -> bool {
        class < NONE && self.members >> class & 1 == 1
    }

    /// From the share of each kind; kinds of share nothing are not members.
    pub(crate) const fn kinds(digits: f32, capitals: f32, filler: f32) -> Self {
        let mut share = [0.0; CLASSES];
        let mut class = 0;
        while class < NONE {
            share[class] = match class {
                0..=9 => digits / 10.0,
                FILLER => filler,
                _ => capitals / 26.0,
            };
            class += 1;
        }
        Self::shares(share)
    }

    /// Of these characters alone, each as usual as often as it is named.
    const fn only(characters: &[u8]) -> Self {
        let mut share = [0.0; CLASSES];
        let mut nth = 0;
        while nth < characters.len() {
            let class = match characters[nth] {
                digit @ b'0'..=b'9' => digit - b'0',
                capital @ b'A'..=b'Z' => capital - b'A' + 10,
                _ => FILLER as u8,
            };
            share[class as usize] += 1.0 / characters.len() as f32;
            nth += 1;
        }
        Self::shares(share)
    }

    /// The same with a filler of this share beside.
    const fn or_filler(self, filler: f32) -> Self {
        let mut share = [0.0; CLASSES];
        let mut class = 0;
        while class < NONE {
            if self.holds(class) {
                share[class] = self.share[class] * (1.0 - filler);
            }
            class += 1;
        }
        share[FILLER] = filler;
        Self::shares(share)
    }

    const fn shares(mut share: [f32; CLASSES]) -> Self {
        let (mut members, mut count, mut class) = (0, 0, 0);
        while class < CLASSES {
            if share[class] > 0.0 {
                members |= 1 << class;
                count += 1;
            }
            class += 1;
        }
        class = 0;
        while class < CLASSES {
            if share[class] == 0.0 {
                share[class] = STRANGER / count as f32;
            }
            class += 1;
        }
        Self { share, members }
    }
}

/// The sets of Doc 9303, parts 4 to 7.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// First character of the document code.
    Passport,
    Visa,
    Card,
    /// Its second character.
    Kind,
    /// The same on cards, where some issuers print a digit.
    CardKind,
    /// First letter of a state's code; old German documents have only this one.
    State,
    /// Its other letters.
    StateRest,
    /// The names: their shares follow from the neighbours (`names.rs`).
    Name,
    Sex,
    Digit,
    /// A digit that may be left out: the one over an empty personal number, or over a number that goes on elsewhere.
    OptionalDigit,
    /// First digits of month and day.
    MonthTens,
    DayTens,
    /// The same and other digits of a birth date, of which parts may be unknown.
    BirthDigit,
    BirthMonthTens,
    BirthDayTens,
    /// First character of the document's number; no number begins with a filler.
    Number,
    NumberRest,
    /// Optional data.
    Free,
}

/// Number of [`Place`]s.
pub(crate) const PLACES: usize = 19;

/// In the order of [`Place`].
static LETTERS: [Letters; PLACES] = [
    Letters::only(b"P"),
    Letters::only(b"V"),
    // Nearly all cards say I; A and C must be clear.
    Letters::only(b"IIIIIIIIAC"),
    Letters::kinds(0.0, 0.8, 0.2),
    Letters::kinds(0.2, 0.6, 0.2),
    Letters::kinds(0.0, 1.0, 0.0),
    Letters::kinds(0.0, 0.99, 0.01),
    Letters::kinds(0.0, 0.8, 0.2),
    Letters::only(b"MF").or_filler(0.05),
    Letters::kinds(1.0, 0.0, 0.0),
    Letters::kinds(0.8, 0.0, 0.2),
    Letters::only(b"01"),
    Letters::only(b"0123"),
    Letters::kinds(1.0, 0.0, 0.0).or_filler(0.01),
    Letters::only(b"01").or_filler(0.05),
    Letters::only(b"0123").or_filler(0.025),
    Letters::kinds(0.6, 0.4, 0.0),
    Letters::kinds(0.6, 0.38, 0.02),
    Letters::kinds(0.5, 0.3, 0.2),
];

/// The shares class by class, so that a cell is weighed for all places at once.
pub(crate) static SHARES: [[f32; PLACES]; CLASSES] = {
    let mut shares = [[0.0; PLACES]; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        let mut place = 0;
        while place < PLACES {
            shares[class][place] = LETTERS[place].share[class];
            place += 1;
        }
        class += 1;
    }
    shares
};

impl Place {
    pub(crate) fn letters(self) -> &'static Letters {
        &LETTERS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_one_and_differ_by_no_more_than_ink_overrules() {
        assert_eq!(Place::Free as usize + 1, PLACES);
        for letters in &LETTERS {
            let of = |class: &usize| letters.share[*class];
            let members: Vec<f32> = (0..CLASSES).filter(|c| letters.holds(*c)).map(|c| of(&c)).collect();
            assert!((members.iter().sum::<f32>() - 1.0).abs() < 1e-4);
            let (least, most) =
                members.iter().fold((1.0_f32, 0.0_f32), |(least, most), s| (least.min(*s), most.max(*s)));
            assert!(most <= least * 20.0, "{least} {most}");
        }
    }
}
