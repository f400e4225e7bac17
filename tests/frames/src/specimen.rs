//! Specimen cards whose codes differ: sizes, levels, contents and place on the card, by seed.

use crate::card::Place;
use crate::{Card, Code, EcLevel, Holder, Rng};

/// A specimen permit whose code is one of many that such cards could carry: version 2 to 10, any level, a link or
/// fields between bars. The same seed gives the same card.
pub fn specimen(seed: u64) -> Card {
    let rng = &mut Rng::forked(seed, 0xca4d);
    let holder = Holder::default();
    let code = code(&holder, rng);
    let place = Place {
        right: rng.between(24.0, 60.0) as i32,
        bottom: rng.between(20.0, 56.0) as i32,
        most: rng.between(350.0, 430.0) as i32,
        // Real cards cut the quiet zone often.
        quiet: if rng.unit() < 0.7 { 4 } else { 2 },
        dark: rng.between(16.0, 48.0) as u8,
        light: rng.between(222.0, 242.0) as u8,
    };
    Card::kitas_with(&holder, &code, place)
}

fn code(holder: &Holder, rng: &mut Rng) -> Code {
    loop {
        let payload = payload(holder, rng);
        let level =
            [EcLevel::Low, EcLevel::Medium, EcLevel::Quartile, EcLevel::High][(rng.next_u64() % 4) as usize];
        match Code::new(payload.as_bytes(), level) {
            // Versions 2 to 10: 17 modules and four a version.
            Ok(code) if (25..=57).contains(&code.size) => return code,
            Ok(_) | Err(_) => {}
        }
    }
}

/// Between 31 and 250 bytes.
fn payload(holder: &Holder, rng: &mut Rng) -> String {
    let mut token = |low: u64, high: u64| -> String {
        let letters = low + rng.next_u64() % (high - low);
        // Without the letters that are taken for digits.
        (0..letters)
            .map(|_| char::from(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[(rng.next_u64() % 32) as usize]))
            .collect()
    };
    let (short, middle, long) = (token(8, 9), token(16, 60), token(20, 120));
    match rng.next_u64() % 7 {
        0 => format!("https://permit.example/{short}"),
        1 | 2 => format!("https://permit.example/web/check?x={middle}"),
        3 | 4 => format!("https://permit.example/verify/{short}?p={long}&v=2"),
        _ => {
            let Holder { name, nationality, birth, sex, passport, permit, expiry } = holder;
            let fields = format!(
                "KITAS|{permit}|{name}|{sex}|{passport}|{nationality}|{birth}|{expiry}|{middle}|{long}|{short}"
            );
            let length = rng.between(60.0, 250.0) as usize;
            fields.chars().take(length).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn codes_of_specimens_differ_in_size_and_content() {
        let mut sizes = std::collections::BTreeSet::new();
        let mut kinds = [0, 0];
        for seed in 0..240 {
            let code = specimen(seed).code.unwrap();
            sizes.insert((code.side() / code.module) as u32);
            kinds[usize::from(code.payload.contains(&b'|'))] += 1;
            assert!((31..=250).contains(&code.payload.len()), "{}", code.payload.len());
            let (x, y, side) = code.printed();
            assert!(x > 400 && y > 84 && x + side <= 990 && y + side <= 620, "{x} {y} {side}");
        }
        assert_eq!(sizes.first(), Some(&25));
        assert!(sizes.len() >= 8 && sizes.last() == Some(&57), "{sizes:?}");
        assert!(kinds.iter().all(|k| *k > 20), "{kinds:?}");
        assert_eq!(specimen(9), specimen(9));
    }
}
