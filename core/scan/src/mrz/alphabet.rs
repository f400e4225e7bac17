//! The characters of a machine-readable zone and their numbers as classes of the network.

/// Characters a zone may hold (Doc 9303-3, §4.3): digits, capitals and the filler, in this order.
pub const ALPHABET: [u8; 37] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";

/// The class of a cell that holds no character: paper, half of one, print of another kind.
pub const NONE: usize = ALPHABET.len();

/// Characters and [`NONE`].
pub const CLASSES: usize = ALPHABET.len() + 1;

/// The class of a character; `None` for one that no zone holds.
pub fn class_of(character: u8) -> Option<usize> {
    match character {
        b'0'..=b'9' => Some(usize::from(character - b'0')),
        b'A'..=b'Z' => Some(usize::from(character - b'A') + 10),
        b'<' => Some(36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_own_class_and_nothing_else_has_one() {
        for character in 0..=u8::MAX {
            let class = ALPHABET.iter().position(|c| *c == character);
            assert_eq!(class_of(character), class);
        }
    }
}
