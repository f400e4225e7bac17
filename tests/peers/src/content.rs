//! What was read, what should have been read, and whether the two say the same.
//!
//! The same text may stand in a code in several character sets, and decoders differ in whether they give bytes or
//! text; a table of decoders must not judge them by that.

use encoding_rs::{Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_1252};

/// One code as a decoder gave it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The payload as encoded.
    Bytes(Vec<u8>),
    /// The payload as the decoder understood it.
    Text(String),
}

/// What is true of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// One code that says this and nothing else: anything else read is wrong.
    Only(Vec<u8>),
    /// A photograph with a code that says this; others may be in sight.
    Among(Vec<u8>),
    /// A code of unknown content: whatever is read counts.
    Unknown,
    /// No code: anything read is wrong.
    Nothing,
}

/// How one frame went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The right content was among what was read.
    pub(crate) read: bool,
    /// Something was read that the frame does not say.
    pub(crate) wrong: bool,
}

impl Expected {
    /// Whether there is something to read.
    pub(crate) fn has_code(&self) -> bool {
        *self != Self::Nothing
    }

    /// Judges what a decoder read.
    pub(crate) fn judge(&self, contents: &[Content]) -> Verdict {
        let something = !contents.is_empty();
        match self {
            Self::Only(bytes) => {
                let right = contents.iter().filter(|c| c.says(bytes)).count();
                Verdict { read: right > 0, wrong: right < contents.len() }
            }
            Self::Among(bytes) => {
                let read = contents.iter().any(|c| c.says(bytes));
                Verdict { read, wrong: something && !read }
            }
            Self::Unknown => Verdict { read: something, wrong: false },
            Self::Nothing => Verdict { read: false, wrong: something },
        }
    }
}

impl Content {
    /// Whether this is the expected content: the same bytes, or the same text in any of the character sets that codes
    /// use. What is expected is mostly UTF-8, but the very bytes where a code holds no text.
    fn says(&self, expected: &[u8]) -> bool {
        match self {
            Self::Text(read) => readings(expected).contains(&plain_lines(read)),
            Self::Bytes(read) => {
                read == expected
                    || std::str::from_utf8(expected)
                        .is_ok_and(|text| readings(read).contains(&plain_lines(text)))
            }
        }
    }
}

/// Test sets keep line ends as their editor did, so those do not count.
fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// What bytes say in each character set in which they say anything.
fn readings(bytes: &[u8]) -> Vec<String> {
    let latin_1 = bytes.iter().copied().map(char::from).collect::<String>();
    let others = [UTF_8, SHIFT_JIS, GB18030, WINDOWS_1252]
        .into_iter()
        .filter_map(|set: &Encoding| set.decode_without_bom_handling_and_without_replacement(bytes));
    others.map(|text| plain_lines(&text)).chain([plain_lines(&latin_1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_in_another_character_set_is_the_same_content() {
        let expected = Expected::Among("日本\n".as_bytes().to_vec());
        let (shift_jis, ..) = SHIFT_JIS.encode("日本\r\n");
        assert!(expected.judge(&[Content::Bytes(shift_jis.into_owned())]).read);
        assert!(expected.judge(&[Content::Text("日本\n".into())]).read);
        let (raw, ..) = SHIFT_JIS.encode("日本");
        assert!(Expected::Among(raw.into_owned()).judge(&[Content::Text("日本".into())]).read);
        assert!(Expected::Among("é".as_bytes().to_vec()).judge(&[Content::Bytes(vec![0xe9])]).read);
    }

    #[test]
    fn a_second_content_is_wrong_where_one_code_is_all_there_is() {
        let both = [Content::Bytes(b"a".to_vec()), Content::Bytes(b"b".to_vec())];
        assert_eq!(Expected::Only(b"a".to_vec()).judge(&both), Verdict { read: true, wrong: true });
        assert_eq!(Expected::Among(b"a".to_vec()).judge(&both), Verdict { read: true, wrong: false });
        assert_eq!(Expected::Among(b"c".to_vec()).judge(&both), Verdict { read: false, wrong: true });
    }

    #[test]
    fn frames_without_a_code_can_only_be_read_wrongly() {
        assert_eq!(Expected::Nothing.judge(&[]), Verdict::default());
        assert!(Expected::Nothing.judge(&[Content::Text("x".into())]).wrong);
        assert!(Expected::Unknown.judge(&[Content::Text("x".into())]).read);
    }
}
