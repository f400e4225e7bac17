//! Zones and their scores for tests: valid text, and what a network that knows how sure it may be would say of it.

use super::alphabet::{ALPHABET, CLASSES, NONE, class_of};
use super::reading::MrzFormat;
use super::score::{CellScore, LOG_STEPS};
use super::zone::ZoneScores;

/// Cells before the first and behind the last character.
pub(crate) const MARGIN: usize = 3;

/// Numbers that follow from a seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    /// From 0 to 1.
    pub(crate) fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1 << 24) as f32
    }

    /// Normal, of deviation one.
    pub(crate) fn normal(&mut self) -> f32 {
        let twelve: f32 = (0..12).map(|_| self.share()).sum();
        twelve - 6.0
    }

    pub(crate) fn one_of(&mut self, characters: &[u8]) -> char {
        char::from(characters[self.below(characters.len())])
    }

    fn word(&mut self, characters: &[u8], length: usize) -> String {
        (0..length).map(|_| self.one_of(characters)).collect()
    }
}

const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SERIAL: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// ICAO's specimen in this format.
pub(crate) fn specimen(format: MrzFormat) -> Vec<String> {
    let lines: &[&str] = match format {
        MrzFormat::Td3 => {
            &["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
        }
        MrzFormat::Td1 => &[
            "I<UTOD231458907<<<<<<<<<<<<<<<",
            "7408122F1204159UTO<<<<<<<<<<<6",
            "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        ],
        MrzFormat::Td2 => &["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"],
        MrzFormat::MrvA => {
            &["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"]
        }
        MrzFormat::MrvB => &["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// Some valid zone.
pub(crate) fn zone(dice: &mut Dice, format: MrzFormat) -> Vec<String> {
    let digit = |value: &str| char::from(b'0' + mrz::check_digit(value).unwrap() as u8);
    let with_digit = |value: String| format!("{value}{}", digit(&value));
    let length = format.length();
    let name = |dice: &mut Dice, width: usize| {
        let mut name = String::new();
        for (nth, word) in (0..2 + dice.below(3)).enumerate() {
            let letters = 2 + dice.below(8);
            name += ["", "<<", "<", "<"][nth.min(3)];
            name += &dice.word(CAPITALS, letters);
            let _ = word;
        }
        format!("{name:<<width$.width$}")
    };
    let date =
        |dice: &mut Dice| format!("{:02}{:02}{:02}", dice.below(100), 1 + dice.below(12), 1 + dice.below(28));
    let number_length = 7 + dice.below(3);
    let number = with_digit(format!("{:<<9}", dice.word(SERIAL, number_length)));
    let (birth, expiry) = (with_digit(date(dice)), with_digit(date(dice)));
    let (state, sex) = (dice.word(CAPITALS, 3), dice.one_of(b"MF<"));
    let mut optional = |width: usize| {
        let filled = if dice.share() < 0.5 { 0 } else { dice.below(width) };
        format!("{:<<width$}", dice.word(SERIAL, filled))
    };
    match format {
        MrzFormat::Td3 => {
            let personal = with_digit(optional(14));
            let composite = digit(&format!("{number}{birth}{expiry}{personal}"));
            let first = format!("P<{state}{}", name(dice, 39));
            vec![first, format!("{number}{state}{birth}{sex}{expiry}{personal}{composite}")]
        }
        MrzFormat::Td2 => {
            let rest = optional(7);
            let composite = digit(&format!("{number}{birth}{expiry}{rest}"));
            let first = format!("I<{state}{}", name(dice, 31));
            vec![first, format!("{number}{state}{birth}{sex}{expiry}{rest}{composite}")]
        }
        MrzFormat::Td1 => {
            let (first_rest, rest) = (optional(15), optional(11));
            let composite = digit(&format!("{number}{first_rest}{birth}{expiry}{rest}"));
            vec![
                format!("ID{state}{number}{first_rest}"),
                format!("{birth}{sex}{expiry}{state}{rest}{composite}"),
                name(dice, 30),
            ]
        }
        MrzFormat::MrvA | MrzFormat::MrvB => {
            let rest = optional(length - 28);
            let first = format!("V<{state}{}", name(dice, length - 5));
            vec![first, format!("{number}{state}{birth}{sex}{expiry}{rest}")]
        }
    }
}

/// What the crate `mrz` makes of lines.
pub(crate) fn parsed(format: MrzFormat, lines: &[String]) -> Option<mrz::MrzData> {
    match (format, lines) {
        (MrzFormat::Td3, [a, b]) => mrz::parse_td3(a, b),
        (MrzFormat::Td2, [a, b]) => mrz::parse_td2(a, b),
        (MrzFormat::Td1, [a, b, c]) => mrz::parse_td1(a, b, c),
        (MrzFormat::MrvA, [a, b]) => mrz::parse_mrv_a(a, b),
        (MrzFormat::MrvB, [a, b]) => mrz::parse_mrv_b(a, b),
        _ => return None,
    }
    .ok()
}

/// A print and an eye: every class has a place among features, look-alikes are near each other, and a look is off by
/// noise. The probabilities of a look follow exactly, so that a character of 90 % is wrong once in ten times.
pub(crate) struct Eye {
    features: [[f32; FEATURES]; CLASSES],
}

const FEATURES: usize = 12;

const ALIKE: [&[u8; 2]; 19] = [
    b"O0", b"I1", b"B8", b"S5", b"Z2", b"PF", b"G6", b"<K", b"RH", b"WM", b"XN", b"L1", b"U0", b"AK", b"S8",
    b"QO", b"D0", b"T7", b"YV",
];

impl Eye {
    pub(crate) fn new() -> Self {
        let mut dice = Dice::new(38);
        let mut features = [[0.0; FEATURES]; CLASSES];
        features.iter_mut().flatten().for_each(|f| *f = dice.normal());
        for [a, b] in ALIKE {
            let (a, b) = (class_of(*a).unwrap(), class_of(*b).unwrap());
            features[a] = features[b].map(|f| f + 0.45 * dice.normal());
        }
        Self { features }
    }

    /// A look at a character, or at none. `noise` of 0.25 is a clear look, 0.6 a poor one. `boast` above one makes it
    /// surer than it has reason to be.
    pub(crate) fn look(&self, dice: &mut Dice, class: usize, noise: f32, boast: f32) -> CellScore {
        let seen = self.features[class].map(|f| f + noise * dice.normal());
        let apart = |class: &[f32; FEATURES]| -> f32 {
            class.iter().zip(seen).map(|(f, s)| (f - s) * (f - s)).sum::<f32>()
        };
        let logits = self.features.map(|f| -apart(&f) * boast / (2.0 * noise * noise));
        scored(&logits)
    }

    /// Looks at every cell of a zone, paper around it; `shift` is how many cells the fit is off.
    pub(crate) fn zone(
        &self,
        dice: &mut Dice,
        lines: &[String],
        shift: isize,
        noise: f32,
        boast: f32,
    ) -> Vec<CellScore> {
        let length = lines[0].len() + 2 * MARGIN;
        let mut cells = Vec::new();
        for line in lines {
            for column in 0..length {
                let at = usize::try_from(column as isize - MARGIN as isize - shift).ok();
                let class = at.and_then(|at| line.as_bytes().get(at)).and_then(|c| class_of(*c));
                cells.push(self.look(dice, class.unwrap_or(NONE), noise, boast));
            }
        }
        cells
    }
}

pub(crate) fn scored(logits: &[f32; CLASSES]) -> CellScore {
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = logits.iter().map(|l| (l - most).exp()).sum();
    let log_p = logits.map(|l| ((l - most - sum.ln()) * LOG_STEPS) as i16);
    CellScore { log_p, known: true }
}

pub(crate) fn scores(cells: &[CellScore], lines: usize) -> ZoneScores<'_> {
    ZoneScores::new(cells, lines).unwrap()
}

/// Turns the probabilities of cells into how usual each class is in each of them, given the others.
type Shares = fn(&[[f32; CLASSES]], &mut [[f32; CLASSES]]);

/// What is read of clear ink in one cell that may be two characters, each with its probability, given the neighbours.
pub(crate) fn doubtful(shares: Shares, text: &str, nth: usize, between: [(u8, f32); 2]) -> u8 {
    let cell = |(at, letter): (usize, u8)| {
        let mut cell = [1e-6; CLASSES];
        let clear = [(letter, 1.0)];
        for (letter, p) in if at == nth { &between[..] } else { &clear[..] } {
            cell[class_of(*letter).unwrap_or(NONE)] = *p;
        }
        cell
    };
    let cells: Vec<_> = text.bytes().enumerate().map(cell).collect();
    let mut usual = vec![[0.0; CLASSES]; cells.len()];
    shares(&cells, &mut usual);
    let weigh = |class: &usize| cells[nth][*class] * usual[nth][*class];
    let best = (0..NONE).max_by(|a, b| weigh(a).total_cmp(&weigh(b)));
    ALPHABET[best.unwrap_or(0)]
}
