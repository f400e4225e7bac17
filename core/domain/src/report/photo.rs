//! Photos that go with a report: which ones may be kept at all. A photo is the most of a person that this project ever
//! holds, so every rule here is a reason to refuse it.

use jiff::civil::Date;

use super::retention::{Holder, holder};
use crate::codes::Code;

/// The only content there is a word for: the passport's page with the picture.
pub const PASSPORT_PAGE: &str = "passport_page";

/// Larger photos than this are taken by no server (400 KB of the contract); a readable page needs less.
pub const MOST_BYTES: usize = 400_000;

/// Every JPEG file begins so.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

/// What the server takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhotoRules {
    /// Contents it asks for; none by default.
    pub contents: Vec<String>,
    /// Bytes of one photo.
    pub most_bytes: usize,
}

/// Why a photo is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoProblem {
    /// The server asks for no such photo: send the report without it.
    #[error("the server takes no such photo")]
    NotTaken,
    /// The report is about a child (UU 27/2022 art. 4): send it without a photo.
    #[error("no photo of a child is kept")]
    Child,
    /// It is no JPEG: take it again as one.
    #[error("it is no JPEG")]
    Format,
    /// Scale it down first.
    #[error("it is larger than {most_bytes} bytes")]
    TooLarge {
        /// The limit.
        most_bytes: usize,
    },
}

impl PhotoProblem {
    /// The stable code.
    pub fn code(self) -> Code {
        match self {
            Self::NotTaken => Code::PhotoNotTaken,
            Self::Child => Code::PhotoOfChild,
            Self::Format => Code::PictureFormat,
            Self::TooLarge { .. } => Code::PhotoTooLarge,
        }
    }
}

/// Whether the photo of this passport's page may be kept and sent.
pub fn check(photo: &[u8], rules: &PhotoRules, birth_date: &str, today: Date) -> Result<(), PhotoProblem> {
    if !rules.contents.iter().any(|content| content == PASSPORT_PAGE) {
        return Err(PhotoProblem::NotTaken);
    }
    if holder(Some(birth_date), today) == Holder::Child {
        return Err(PhotoProblem::Child);
    }
    if !photo.starts_with(JPEG) {
        return Err(PhotoProblem::Format);
    }
    let most_bytes = rules.most_bytes.min(MOST_BYTES);
    if photo.len() > most_bytes { Err(PhotoProblem::TooLarge { most_bytes }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(most_bytes: usize) -> PhotoRules {
        PhotoRules { contents: vec![PASSPORT_PAGE.to_owned()], most_bytes }
    }

    #[test]
    fn a_photo_is_kept_only_where_nothing_speaks_against_it() {
        let (today, adult) = (jiff::civil::date(2026, 11, 24), "1974-08-12");
        let page = [JPEG, &[0; 97]].concat();
        assert_eq!(check(&page, &rules(100), adult, today), Ok(()));
        assert_eq!(check(&page, &PhotoRules::default(), adult, today), Err(PhotoProblem::NotTaken));
        assert_eq!(check(&page, &rules(100), "2008-11-25", today), Err(PhotoProblem::Child));
        assert_eq!(check(b"\x89PNG", &rules(100), adult, today), Err(PhotoProblem::Format));
        let larger = Err(PhotoProblem::TooLarge { most_bytes: 99 });
        assert_eq!(check(&page, &rules(99), adult, today), larger);
        // A server that allows more does not move the contract's own limit.
        let huge = [JPEG, &vec![0; MOST_BYTES]].concat();
        let larger = Err(PhotoProblem::TooLarge { most_bytes: MOST_BYTES });
        assert_eq!(check(&huge, &rules(usize::MAX), adult, today), larger);
    }
}
