//! Text from a code that anybody can print: hidden characters, limits, encodings, scripts and redacted shapes.
//! Hidden characters refuse a payload; they are never stripped to go on.

use unicode_security::MixedScript;

use crate::unicode::nfc;

/// The most a QR code of a permit plausibly carries; version 40 at level L holds 2,953 bytes.
pub(crate) const MAX_PAYLOAD_BYTES: usize = 4096;
/// Beyond this no issuer's address has been seen, and browsers differ.
pub(crate) const MAX_URL_BYTES: usize = 2048;
/// Characters in a line; the longest label and value of the printed permits need about 200.
pub(crate) const MAX_LINE_CHARS: usize = 256;
/// Lines in a payload; the printed permits have about 18.
pub(crate) const MAX_LINES: usize = 32;
/// Characters of a key; a UUID has 36.
pub(crate) const MAX_KEY_CHARS: usize = 64;
/// Characters of a value, as the contract allows for a text.
pub(crate) const MAX_FIELD_CHARS: usize = 128;
/// Characters of a redacted shape: enough to write a pattern from, too few to tell people apart.
const MAX_SHAPE_CHARS: usize = 64;

/// The payload as text: UTF-8, else Windows-1252, which every byte string is.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) guessed: bool,
}

pub(crate) fn decode(payload: &[u8]) -> Decoded {
    match core::str::from_utf8(payload) {
        Ok(text) => Decoded { text: text.to_owned(), guessed: false },
        Err(_) => Decoded { text: payload.iter().map(|byte| windows_1252(*byte)).collect(), guessed: true },
    }
}

/// The WHATWG table of windows-1252: the five unassigned bytes stay C1 controls, hence hidden.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte & 0x1f)).copied().unwrap_or('\u{fffd}'),
        _ => char::from(byte),
    }
}

/// Without one leading byte-order mark and the ASCII white space around.
pub(crate) fn strip_noise(text: &str) -> &str {
    let white = [' ', '\t', '\r', '\n'];
    let text = text.trim_matches(white);
    text.strip_prefix('\u{feff}').unwrap_or(text).trim_matches(white)
}

/// Whether a character is invisible or steers the text around it. Tab, CR and LF are judged by where they stand.
/// Beside the classic ones: the Arabic letter mark, line and paragraph separators, invisible operators, fillers that
/// are letters by name only, variation selectors and annotation marks. None of them is in any printed name.
pub(crate) fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\r' | '\n' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e01ef}' => true,
        _ => c.is_control(),
    }
}

/// The lines of a text, however they end: CR, LF, or both.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// NFC, trimmed, runs of white space as one space.
pub(crate) fn tidy(value: &str) -> String {
    let mut tidy = String::with_capacity(value.len());
    for word in value.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.extend(nfc(word));
    }
    tidy
}

/// Whether every word is written in one script: `С` of Cyrillic inside a Latin word is a trick or a misread.
pub(crate) fn one_script_a_word(text: &str) -> bool {
    // ASCII has one script, and most texts are ASCII.
    text.is_ascii() || text.split_whitespace().all(MixedScript::is_single_script)
}

/// Letters as `A`, digits as `9`, ASCII signs as they are, anything else as `?`.
pub(crate) fn shape_of(text: &str) -> String {
    let mut shape: String = text.chars().take(MAX_SHAPE_CHARS).map(redact).collect();
    if text.chars().nth(MAX_SHAPE_CHARS).is_some() {
        shape.push('…');
    }
    shape
}

fn redact(c: char) -> char {
    if c.is_alphabetic() {
        'A'
    } else if c.is_numeric() {
        '9'
    } else if c.is_ascii_graphic() || c == ' ' {
        c
    } else {
        '?'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_and_outer_white_space_are_noise_and_a_second_mark_is_not() {
        assert_eq!(strip_noise(" \r\n\u{feff} A B \t\n"), "A B");
        assert_eq!(strip_noise("\u{feff}\u{feff}A"), "\u{feff}A");
        assert!(is_hidden('\u{feff}'));
    }

    #[test]
    fn bytes_that_are_no_utf8_are_read_as_windows_1252() {
        let decoded = decode(b"M\xfcller \x80");
        assert_eq!((decoded.text.as_str(), decoded.guessed), ("Müller €", true));
        assert!(decode(b"\x81").text.chars().all(is_hidden));
    }

    #[test]
    fn a_shape_tells_the_form_and_nothing_else() {
        assert_eq!(shape_of("9Z-99/ZZ"), "9A-99/AA");
        assert_eq!(shape_of("Über 7\u{200b}"), "AAAA 9?");
        assert_eq!(shape_of(&"x".repeat(70)).chars().count(), 65);
    }

    #[test]
    fn a_foreign_letter_inside_a_word_shows() {
        assert!(one_script_a_word("ERIKSSON АННА"));
        assert!(!one_script_a_word("СONTOH"));
    }
}
