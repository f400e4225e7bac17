//! The spellings that Doc 9303-3 §6 allows for one part of a name. No letter is transliterated by hand: the table is
//! the crate `mrz`'s.

use core::cmp::Ordering;

use crate::private::Private;
use crate::unicode::{is_mark, nfd};

/// Spellings of one part; a part with more special letters than that is compared by the first ones.
pub(super) const MAX_SPELLINGS: usize = 64;

/// One word of a name.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// In upper case as written, marks and all.
    pub(super) written: Private<String>,
    /// In the order of the table.
    spellings: Vec<Private<String>>,
    /// The same in the order of the alphabet, so that two sets are compared in one pass.
    sorted: Vec<Private<String>>,
    /// With digraphs taken back to their base letters, in the order of the alphabet.
    folded: Vec<Private<String>>,
}

impl Part {
    /// None if a letter is not Latin.
    pub(super) fn new(word: &str) -> Option<Self> {
        let mut spellings = vec![String::new()];
        for c in word.chars() {
            let latin = latin(c)?;
            // The common case: one spelling behind each keeps them distinct.
            if let [only] = latin.as_slice() {
                for spelling in &mut spellings {
                    spelling.push_str(only);
                }
                continue;
            }
            let mut longer =
                Vec::with_capacity(spellings.len().saturating_mul(latin.len()).min(MAX_SPELLINGS));
            for (before, after) in
                spellings.iter().flat_map(|before| latin.iter().map(move |after| (before, after)))
            {
                let spelling = format!("{before}{after}");
                if longer.len() < MAX_SPELLINGS && !longer.contains(&spelling) {
                    longer.push(spelling);
                }
            }
            spellings = longer;
        }
        let in_order = |mut all: Vec<String>| {
            all.sort_unstable();
            all.dedup();
            all.into_iter().map(Private::new).collect()
        };
        Some(Self {
            written: word.into(),
            folded: in_order(spellings.iter().map(|spelling| fold(spelling)).collect()),
            sorted: in_order(spellings.clone()),
            spellings: spellings.into_iter().map(Private::new).collect(),
        })
    }

    pub(super) fn spellings(&self) -> impl Iterator<Item = &str> {
        self.spellings.iter().map(|spelling| spelling.reveal().as_str())
    }

    pub(super) fn spelled_alike(&self, other: &Self) -> bool {
        meet(&self.sorted, &other.sorted)
    }

    pub(super) fn folded_alike(&self, other: &Self) -> bool {
        meet(&self.folded, &other.folded)
    }

    /// The lengths of its shortest and longest spelling.
    pub(super) fn lengths(&self) -> (usize, usize) {
        let lengths = || self.spellings().map(str::len);
        (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0))
    }
}

/// Whether two sets in the order of the alphabet have a member in common.
fn meet(one: &[Private<String>], other: &[Private<String>]) -> bool {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        match a.cmp(b) {
            Ordering::Less => drop(one.next()),
            Ordering::Greater => drop(other.next()),
            Ordering::Equal => return true,
        }
    }
    false
}

/// The spellings of one letter: itself, the table's, or its base letter where the table has none (Vietnamese, Welsh).
fn latin(c: char) -> Option<Vec<String>> {
    let table = mrz::transliterations(c);
    if c.is_ascii_uppercase() {
        Some(vec![c.to_string()])
    } else if !table.is_empty() {
        Some(table.iter().map(|spelling| (*spelling).to_owned()).collect())
    } else if is_mark(c) {
        Some(vec![String::new()])
    } else {
        let base = nfd([c].into_iter()).next()?;
        base.is_ascii_uppercase().then(|| vec![base.to_string()])
    }
}

/// Digraphs that stand for one special letter, taken back to its base.
fn fold(spelling: &str) -> String {
    [("UXX", "U"), ("NXX", "N"), ("AE", "A"), ("OE", "O"), ("UE", "U"), ("AA", "A")]
        .into_iter()
        .fold(spelling.to_owned(), |text, (digraph, base)| text.replace(digraph, base))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_all_allowed_spellings_and_no_more_than_sixty_four() {
        let spellings = |word| Part::new(word).unwrap().spellings().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(spellings("ÜÅ"), ["UEAA", "UEA", "UXXAA", "UXXA", "UAA", "UA"]);
        assert_eq!(spellings("ÆØÞ"), ["AEOETH"]);
        assert_eq!(spellings("NGUYỄN"), ["NGUYEN"]);
        assert_eq!(spellings("ÜÜÜÜÜÜ").len(), MAX_SPELLINGS);
        assert_eq!(spellings("ÅÅÅÅÅÅ").len(), 7);
        assert!(Part::new("АННА").is_none());
    }
}
