//! A payload as text for people. A code's byte mode names no encoding in practice: makers write UTF-8, Shift_JIS, the
//! default of the code's Japanese origin, or a Western one. What it *means* is decided from the bytes, elsewhere.

use encoding_rs::{SHIFT_JIS, WINDOWS_1252};

/// Shorter runs of letters that could be Japanese are Western text by chance. (ZXing's guess uses the same number.)
const JAPANESE_RUN: usize = 3;

/// UTF-8, else Shift_JIS where the bytes look like it, else Windows-1252; `None` for bytes that are no text.
pub(crate) fn text(payload: &[u8]) -> Option<String> {
    if let Ok(text) = std::str::from_utf8(payload) {
        return Some(text.to_owned());
    }
    if let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(payload)
        && longest_japanese_run(&text) >= JAPANESE_RUN
    {
        return Some(text.into_owned());
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(payload);
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    text.chars().all(plain).then(|| text.into_owned())
}

fn longest_japanese_run(text: &str) -> usize {
    text.split(|c: char| c.is_ascii()).map(|run| run.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_of_real_codes_are_read() {
        assert_eq!(text("Übergröße".as_bytes()).as_deref(), Some("Übergröße"));
        assert_eq!(text(b"Google \x83\x82\x83o\x83C\x83\x8b").as_deref(), Some("Google モバイル"));
        assert_eq!(text(b"*\xc0\xde\xcc\xde\xd9QR*").as_deref(), Some("*ﾀﾞﾌﾞﾙQR*"));
        assert_eq!(text(b"M\xfcller, Caf\xe9").as_deref(), Some("Müller, Café"));
        assert_eq!(text(b"B\xe9la").as_deref(), Some("Béla"));
    }

    #[test]
    fn bytes_that_are_no_text_have_none() {
        assert_eq!(text(b"\xdc\x03\x00\xff\x01"), None);
    }
}
