//! What the lines of a zone say: the specimens of Doc 9303, or anything invented, every check digit right.

use super::MrzFormat;
use crate::Rng;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &[u8] = b"0123456789";
const BOTH: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Letters that states put before the figures of a number.
const SERIES: &[u8] = b"ABCEGKLNPRSXZ";

/// Words that are nobody's name, or a specimen's.
const NAMES: [&str; 16] = [
    "ERIKSSON",
    "ANNA",
    "MARIA",
    "CONTOH",
    "SPESIMEN",
    "MUSTER",
    "ESEMPIO",
    "VOORBEELD",
    "UTOPIA",
    "FJORD",
    "QUILL",
    "JUXTA",
    "ZEPHYR",
    "WOMBAT",
    "KIOSK",
    "BYXA",
];

/// The specimen state most often, else codes whose letters are often misread.
const STATES: [&str; 14] =
    ["UTO", "UTO", "UTO", "XXA", "XXC", "D<<", "IDN", "GBR", "NLD", "AUS", "CHN", "KOR", "HUN", "MMR"];

/// A document before it is printed: its layout, the text of its zone, and a seed for everything else on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its layout.
    pub format: MrzFormat,
    /// The lines of its zone.
    pub lines: Vec<String>,
    /// Fixes its pattern, other print, place and weight of the zone.
    pub look: u64,
}

impl Document {
    /// The specimen of Doc 9303 in this layout.
    pub fn specimen(format: MrzFormat) -> Self {
        let lines: &[&str] = match format {
            MrzFormat::Td3 => &crate::Card::SPECIMEN_MRZ,
            MrzFormat::Td1 => &[
                "I<UTOD231458907<<<<<<<<<<<<<<<",
                "7408122F1204159UTO<<<<<<<<<<<6",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            ],
            MrzFormat::Td2 => {
                &["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
            }
            MrzFormat::MrvA => &[
                "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
            ],
            MrzFormat::MrvB => {
                &["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"]
            }
        };
        Self { format, lines: lines.iter().map(|&l| l.into()).collect(), look: 0 }
    }

    /// An invented document in any layout, passports most often.
    pub fn invented(seed: u64) -> Self {
        let format = match Rng::forked(seed, 0xf0a7).next_u64() % 20 {
            0..=9 => MrzFormat::Td3,
            10..=14 => MrzFormat::Td1,
            15 | 16 => MrzFormat::Td2,
            17 | 18 => MrzFormat::MrvA,
            _ => MrzFormat::MrvB,
        };
        Self::invented_in(format, seed)
    }

    /// An invented document in this layout. A third of the names are letters without sense, so that no list of words
    /// helps to read them.
    pub fn invented_in(format: MrzFormat, seed: u64) -> Self {
        let rng = &mut Rng::forked(seed, 0x3a2 + format as u64);
        let lines = lines(format, &Fields::new(rng), rng);
        Self { format, lines, look: rng.next_u64() }
    }
}

/// What a zone is put together from, in its alphabet.
struct Fields {
    issuer: &'static str,
    nationality: &'static str,
    /// Nine characters.
    number: String,
    birth: String,
    expiry: String,
    sex: char,
    name: String,
    /// Up to twelve characters at the state's wish.
    optional: String,
}

impl Fields {
    fn new(rng: &mut Rng) -> Self {
        let length = 7 + below(rng, 3);
        let mixed = chance(rng, 0.3);
        let mut number = any(rng, if mixed { BOTH } else { DIGITS }, length);
        if chance(rng, 0.6) {
            number.replace_range(0..1, &any(rng, SERIES, 1));
        }
        let more = below(rng, 8);
        let optional = if chance(rng, 0.4) { any(rng, BOTH, 5 + more) } else { String::new() };
        Self {
            issuer: STATES[below(rng, STATES.len())],
            nationality: STATES[below(rng, STATES.len())],
            number: filled(&number, 9),
            birth: date(rng, 1940, 80),
            expiry: date(rng, 2024, 12),
            sex: ['M', 'M', 'F', 'F', '<'][below(rng, 5)],
            name: name(rng),
            optional,
        }
    }
}

/// Family names, then given ones; some have none.
fn name(rng: &mut Rng) -> String {
    let words = |rng: &mut Rng, count: usize| {
        (0..count).map(|_| NAMES[below(rng, NAMES.len())]).collect::<Vec<_>>().join("<")
    };
    let family = if chance(rng, 0.3) { 2 } else { 1 };
    let mut name = words(rng, family);
    if chance(rng, 0.92) {
        let given = 1 + below(rng, 3);
        name = format!("{name}<<{}", words(rng, given));
    }
    if chance(rng, 0.33) {
        name = name.chars().map(|c| if c == '<' { c } else { one(rng, LETTERS) }).collect();
    }
    name
}

fn lines(format: MrzFormat, fields: &Fields, rng: &mut Rng) -> Vec<String> {
    let Fields { issuer, nationality, number, birth, expiry, sex, name, optional } = fields;
    let [number, birth, expiry] = [number, birth, expiry].map(|field| checked(field));
    let length = format.length();
    let kind = |first: char, second: char| format!("{first}{second}{issuer}");
    match format {
        MrzFormat::Td3 => {
            let mut personal = checked(&filled(optional, 14));
            if optional.is_empty() && chance(rng, 0.5) {
                personal.replace_range(14.., "<");
            }
            let whole = digit(&format!("{number}{birth}{expiry}{personal}"));
            let second = ['<', '<', '<', 'M', 'D'][below(rng, 5)];
            vec![
                filled(&(kind('P', second) + name), length),
                format!("{number}{nationality}{birth}{sex}{expiry}{personal}{whole}"),
            ]
        }
        MrzFormat::Td1 => {
            let second = ['<', 'D', 'R'][below(rng, 3)];
            let first = filled(&format!("{}{number}{optional}", kind('I', second)), length);
            let short = if chance(rng, 0.2) { any(rng, DIGITS, 4) } else { String::new() };
            let short = filled(&short, 11);
            let whole = digit(&format!("{}{birth}{expiry}{short}", &first[5..]));
            vec![first, format!("{birth}{sex}{expiry}{nationality}{short}{whole}"), filled(name, length)]
        }
        MrzFormat::Td2 => {
            let short = filled(optional, 7);
            let whole = digit(&format!("{number}{birth}{expiry}{short}"));
            vec![
                filled(&(kind('I', '<') + name), length),
                format!("{number}{nationality}{birth}{sex}{expiry}{short}{whole}"),
            ]
        }
        MrzFormat::MrvA | MrzFormat::MrvB => {
            let second = ['<', 'C', 'T'][below(rng, 3)];
            vec![
                filled(&(kind('V', second) + name), length),
                filled(&format!("{number}{nationality}{birth}{sex}{expiry}{optional}"), length),
            ]
        }
    }
}

/// A field with its digit.
fn checked(field: &str) -> String {
    format!("{field}{}", digit(field))
}

/// The check digit. Nothing outside the zone's alphabet is ever asked for.
fn digit(field: &str) -> u32 {
    mrz::check_digit(field).unwrap_or_default()
}

/// Cut or filled to a length.
fn filled(field: &str, length: usize) -> String {
    field.chars().chain(std::iter::repeat('<')).take(length).collect()
}

fn date(rng: &mut Rng, from: usize, years: usize) -> String {
    let (year, month, day) = (from + below(rng, years), 1 + below(rng, 12), 1 + below(rng, 28));
    format!("{:02}{month:02}{day:02}", year % 100)
}

pub(super) fn any(rng: &mut Rng, of: &[u8], length: usize) -> String {
    (0..length).map(|_| one(rng, of)).collect()
}

fn one(rng: &mut Rng, of: &[u8]) -> char {
    char::from(of[below(rng, of.len())])
}

pub(super) fn below(rng: &mut Rng, end: usize) -> usize {
    (rng.next_u64() % end as u64) as usize
}

pub(super) fn chance(rng: &mut Rng, share: f32) -> bool {
    rng.unit() < share
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_line_is_as_long_as_its_format_says_and_every_digit_is_right() {
        for seed in 0..400 {
            for format in MrzFormat::ALL {
                let document = Document::invented_in(format, seed);
                let lines: Vec<&str> = document.lines.iter().map(String::as_str).collect();
                assert_eq!(lines.len(), format.lines());
                assert!(lines.iter().all(|l| l.len() == format.length()), "seed {seed}: {lines:?}");
                let read = match (format, &lines[..]) {
                    (MrzFormat::Td3, [a, b]) => mrz::parse_td3(a, b),
                    (MrzFormat::Td1, [a, b, c]) => mrz::parse_td1(a, b, c),
                    (MrzFormat::Td2, [a, b]) => mrz::parse_td2(a, b),
                    (MrzFormat::MrvA, [a, b]) => mrz::parse_mrv_a(a, b),
                    (_, [a, b]) => mrz::parse_mrv_b(a, b),
                    _ => unreachable!("two or three lines"),
                };
                assert!(read.unwrap().checks.all_valid(), "seed {seed}: {lines:?}");
            }
        }
    }

    #[test]
    fn specimens_are_those_of_the_standard() {
        for format in MrzFormat::ALL {
            let document = Document::specimen(format);
            assert_eq!(document.lines.len(), format.lines());
            assert!(document.lines.iter().all(|l| l.len() == format.length()), "{}", format.name());
            let read = mrz::find_and_parse(&document.lines.join("\n")).unwrap();
            assert!(read.checks.all_valid(), "{}", format.name());
        }
    }

    #[test]
    fn numbers_have_seven_to_nine_characters_and_all_layouts_come() {
        let mut lengths = [0; 10];
        let mut formats = std::collections::BTreeMap::new();
        for seed in 0..300 {
            let document = Document::invented(seed);
            *formats.entry(document.format.name()).or_insert(0) += 1;
            let number = Document::invented_in(MrzFormat::Td3, seed).lines[1][..9].replace('<', "");
            lengths[number.len()] += 1;
        }
        assert!(lengths[..7].iter().all(|n| *n == 0) && lengths[7..].iter().all(|n| *n > 50), "{lengths:?}");
        assert!(formats.len() == 5 && formats["TD3"] > 110 && formats["MRVB"] > 4, "{formats:?}");
    }
}
