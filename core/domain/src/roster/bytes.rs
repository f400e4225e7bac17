//! A list as bytes into text: UTF-8, UTF-16 where a mark says so, else Windows-1252, which office programs still write.

use crate::permit::text::decode;

/// The text of a list; none where the bytes are no text. A byte-order mark is dropped.
pub fn text_of(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => decode(rest).text,
        _ => decode(bytes).text,
    };
    // Programs and pictures are full of these, lists have none.
    let foreign = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{c}' | '\u{1a}');
    if text.chars().any(foreign) { None } else { Some(text) }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_that_office_programs_write_is_read() {
        for (bytes, text) in [
            (&b"Nama;M\xc3\xbcller"[..], "Nama;Müller"),
            (b"\xef\xbb\xbfNama", "Nama"),
            (b"Nama;M\xfcller \x80", "Nama;Müller €"),
            (b"\xff\xfeN\0a\0", "Na"),
            (b"\xfe\xff\0N\0a", "Na"),
            (b"", ""),
        ] {
            assert_eq!(text_of(bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_text_is_none() {
        for bytes in [&b"PK\x03\x04"[..], b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xfeN", b"\xff\xfe\x00\xd8"] {
            assert_eq!(text_of(bytes), None);
        }
    }
}
