//! One text, one spelling: the normal forms of Unicode (UAX #15) and which characters only mark others.
//!
//! By ICU4X, whose tables `url` brings along for hosts: a second set would weigh a tenth of a megabyte in every app.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

/// Letters and their marks as one character each where there is one.
pub(crate) fn nfc(text: &str) -> impl Iterator<Item = char> {
    const { ComposingNormalizerBorrowed::new_nfc() }.normalize_iter(text.chars())
}

/// Letters and their marks apart.
pub(crate) fn nfd(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    const { DecomposingNormalizerBorrowed::new_nfd() }.normalize_iter(text)
}

/// Whether it marks another character, like an accent that is written behind its letter.
pub(crate) fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}
