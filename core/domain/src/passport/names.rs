//! Names: splitting them into parts, and the ladder of rules by which two names count as one. The spellings of each
//! part are `spelling`'s.

use core::fmt;

use super::reason::Reason;
use super::spelling::Part;
use crate::unicode::{is_mark, nfc};

/// Characters of a name that are looked at: twice what the contract allows, so that no text makes comparing slow.
const MAX_NAME_CHARS: usize = 256;
/// Parts of a name that the rules with choices are tried on; the longest real names have about ten.
const MAX_PARTS: usize = 24;
/// The shortest part in which one wrong letter counts as a slip: in shorter ones it makes another name.
const MIN_NEAR_CHARS: usize = 6;
/// Wrong letters in all parts together.
const MAX_NEAR_EDITS: usize = 2;
/// Words that stand before or behind names without belonging to them.
const TITLES: [&str; 14] =
    ["DR", "PROF", "MR", "MRS", "MS", "MISS", "IR", "DRS", "DRA", "SIR", "TN", "NY", "BAPAK", "IBU"];

/// A name ready to be compared.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Name {
    parts: Vec<Part>,
    /// How many of the first parts are the surname; none if the paper does not say.
    surname: Option<usize>,
    /// Whether it fills its field in a zone, so that it may be cut.
    fills_field: bool,
    /// How many of the first and of the last parts may be titles; NY and MS are names too.
    titles: (usize, usize),
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name((private))")
    }
}

impl Name {
    /// A name in one field, as permits print it.
    pub(super) fn printed(text: &str) -> Result<Self, Reason> {
        let words = words(text);
        let is_title = |word: &&String| TITLES.contains(&word.as_str());
        let titles =
            (words.iter().take_while(is_title).count(), words.iter().rev().take_while(is_title).count());
        let parts: Option<Vec<Part>> = words.iter().map(|word| Part::new(word)).collect();
        let parts = parts.ok_or(Reason::NameScript)?;
        if parts.is_empty() {
            return Err(Reason::NameMissing);
        }
        let titles = if titles.0.saturating_add(titles.1) < parts.len() { titles } else { (0, 0) };
        Ok(Self { parts, surname: None, fills_field: false, titles })
    }

    /// A name in two fields, as passports carry it.
    pub(super) fn in_two(surname: &str, given: &str, fills_field: bool) -> Result<Self, Reason> {
        let first = Self::printed(surname);
        let mut name = match (first, Self::printed(given)) {
            (Ok(mut name), Ok(given)) => {
                name.surname = Some(name.parts.len());
                name.parts.extend(given.parts);
                name
            }
            (Ok(mut name), Err(Reason::NameMissing)) => {
                name.surname = Some(name.parts.len());
                name
            }
            (Err(Reason::NameMissing), Ok(name)) => name,
            (Err(problem), _) | (_, Err(problem)) => return Err(problem),
        };
        name.fills_field = fills_field;
        name.titles = (0, 0);
        Ok(name)
    }

    /// The first rule of the ladder that holds, with or without what may be titles.
    pub(super) fn compare(&self, other: &Self) -> Reason {
        let (plain, other_plain) = (self.without_titles(), other.without_titles());
        let ones = [Some(self), plain.as_ref()];
        let others = [Some(other), other_plain.as_ref()];
        let pairs = ones
            .into_iter()
            .flatten()
            .flat_map(|one| others.into_iter().flatten().map(move |two| (one, two)));
        pairs.map(|(one, two)| one.ladder(two)).min().unwrap_or(Reason::NameDifferent)
    }

    fn without_titles(&self) -> Option<Self> {
        let (first, last) = self.titles;
        let kept = self.parts.len().saturating_sub(first).saturating_sub(last);
        let parts = || self.parts.iter().skip(first).take(kept).cloned().collect();
        (self.titles != (0, 0)).then(|| Self { parts: parts(), titles: (0, 0), ..self.clone() })
    }

    fn ladder(&self, other: &Self) -> Reason {
        let written = |a: &Part, b: &Part| a.written == b.written;
        if self.parts.len() == other.parts.len()
            && self.parts.iter().zip(&other.parts).all(|(a, b)| written(a, b))
        {
            return Reason::NameExact;
        }
        if self.parts.len().max(other.parts.len()) > MAX_PARTS {
            return Reason::NameDifferent;
        }
        let ladder: [(Reason, &dyn Fn() -> bool); 8] = [
            (Reason::NameOrder, &|| pair_all(&self.parts, &other.parts, written)),
            (Reason::NameSpelling, &|| pair_all(&self.parts, &other.parts, Part::spelled_alike)),
            (Reason::NameJoined, &|| joined(self, other) || joined(other, self)),
            (Reason::NameTruncated, &|| truncated(self, other) || truncated(other, self)),
            (Reason::NameFolded, &|| pair_all(&self.parts, &other.parts, Part::folded_alike)),
            (Reason::NameMononym, &|| doubled(self, other) || doubled(other, self)),
            (Reason::NameSubset, &|| subset(self, other) || subset(other, self)),
            (Reason::NameNear, &|| near(&self.parts, &other.parts)),
        ];
        ladder.iter().find(|(_, holds)| holds()).map_or(Reason::NameDifferent, |(reason, _)| *reason)
    }

    /// The parts in the orders in which a person may have written them: as they are, and with the surname last.
    fn orders(&self) -> Vec<Vec<&Part>> {
        let parts: Vec<&Part> = self.parts.iter().collect();
        let cuts: Vec<usize> = match self.surname {
            Some(surname) => vec![0, surname],
            None => (0..parts.len()).collect(),
        };
        cuts.into_iter()
            .map(|cut| {
                let mut order = parts.clone();
                order.rotate_left(cut.min(parts.len()));
                order
            })
            .collect()
    }
}

/// The words of a name: split at spaces, commas, hyphens, dots and other signs; apostrophes vanish, whichever of their
/// many forms stands there.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in nfc(text).take(MAX_NAME_CHARS).chain([' ']) {
        match c {
            '\'' | '’' | '‘' | '‛' | 'ʼ' | 'ʻ' | 'ʾ' | 'ʿ' | '′' | '＇' | '`' | '´' => {}
            // Its plain upper case would be SS, and the spelling no longer seen.
            'ß' => word.push('ẞ'),
            _ if c.is_alphabetic() || is_mark(c) => {
                word.extend(c.to_uppercase());
            }
            _ if word.is_empty() => {}
            _ => words.push(core::mem::take(&mut word)),
        }
    }
    words
}

/// Whether the parts pair off completely under a relation (augmenting paths: the relation need not be transitive).
fn pair_all(one: &[Part], other: &[Part], alike: impl Fn(&Part, &Part) -> bool) -> bool {
    one.len() == other.len() && all_found(one, other, &alike)
}

fn all_found(some: &[Part], within: &[Part], alike: &impl Fn(&Part, &Part) -> bool) -> bool {
    let alike: Vec<Vec<bool>> =
        some.iter().map(|part| within.iter().map(|candidate| alike(part, candidate)).collect()).collect();
    let mut taken: Vec<Option<usize>> = vec![None; within.len()];
    (0..some.len()).all(|part| {
        let mut seen = vec![false; within.len()];
        assign(part, &alike, &mut taken, &mut seen)
    })
}

fn assign(part: usize, alike: &[Vec<bool>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    let Some(row) = alike.get(part) else { return false };
    for (place, fits) in row.iter().enumerate() {
        if !fits || seen.get(place).copied().unwrap_or(true) {
            continue;
        }
        if let Some(mark) = seen.get_mut(place) {
            *mark = true;
        }
        let holder = taken.get(place).copied().flatten();
        if holder.is_none_or(|holder| assign(holder, alike, taken, seen)) {
            if let Some(slot) = taken.get_mut(place) {
                *slot = Some(part);
            }
            return true;
        }
    }
    false
}

/// Whether one name's letters, without separators, are the other's in an order it may be written in.
fn joined(one: &Name, other: &Name) -> bool {
    let (shortest, longest) =
        one.parts.iter().map(Part::lengths).fold((0_usize, 0_usize), |(least, most), part| {
            (least.saturating_add(part.0), most.saturating_add(part.1))
        });
    let length: usize = other.parts.iter().filter_map(|part| part.spellings().next()).map(str::len).sum();
    let may_fit = (shortest..=longest).contains(&length);
    may_fit
        && other.orders().iter().any(|order| {
            let target: String = order.iter().filter_map(|part| part.spellings().next()).collect();
            // Places in the target that the parts so far can end at.
            let mut ends = vec![0];
            for part in &one.parts {
                let mut next: Vec<usize> = Vec::new();
                for end in ends {
                    let rest = target.get(end..).unwrap_or_default();
                    let reached = part.spellings().filter(|spelling| rest.starts_with(spelling));
                    next.extend(reached.map(|spelling| end.saturating_add(spelling.len())));
                }
                next.sort_unstable();
                next.dedup();
                ends = next;
            }
            ends.contains(&target.len())
        })
}

/// Whether `zone` fills its field and each of its parts begins the part at its place; trailing parts may be lost.
fn truncated(zone: &Name, whole: &Name) -> bool {
    zone.fills_field
        && zone.parts.len() <= whole.parts.len()
        && whole.orders().iter().any(|order| {
            zone.parts.iter().zip(order).all(|(cut, part)| {
                cut.spellings().any(|start| part.spellings().any(|spelling| spelling.starts_with(start)))
            })
        })
}

fn doubled(single: &Name, repeated: &Name) -> bool {
    match single.parts.as_slice() {
        [word] => repeated.parts.len() > 1 && repeated.parts.iter().all(|part| word.spelled_alike(part)),
        _ => false,
    }
}

/// Whether all parts of `some` are in `whole`, at least two, the surname among them. Where no paper says which part is
/// the surname, it is the first or the last.
fn subset(some: &Name, whole: &Name) -> bool {
    let has = |part: &Part| some.parts.iter().any(|own| own.spelled_alike(part));
    let surname_kept = match whole.surname {
        Some(count) => whole.parts.iter().take(count).all(has),
        None if some.surname.is_some() => true,
        None => whole.parts.first().is_some_and(has) || whole.parts.last().is_some_and(has),
    };
    some.parts.len() >= 2
        && some.parts.len() < whole.parts.len()
        && surname_kept
        && all_found(&some.parts, &whole.parts, &Part::spelled_alike)
}

/// Whether the names pair off with at most two wrong letters, one in a part, in long parts only.
fn near(one: &[Part], other: &[Part]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let same = |part: &&Part, others: &[Part]| others.iter().any(|other| part.spelled_alike(other));
    let left: Vec<Part> = one.iter().filter(|part| !same(part, other)).cloned().collect();
    let right: Vec<Part> = other.iter().filter(|part| !same(part, one)).cloned().collect();
    !left.is_empty() && left.len() <= MAX_NEAR_EDITS && pair_all(&left, &right, one_letter_off)
}

fn one_letter_off(one: &Part, other: &Part) -> bool {
    one.spellings().any(|a| {
        other
            .spellings()
            .any(|b| a.len().max(b.len()) >= MIN_NEAR_CHARS && one_edit(a.as_bytes(), b.as_bytes()))
    })
}

/// Whether one letter put in, left out or replaced makes one word of the other. Spellings are ASCII.
fn one_edit(a: &[u8], b: &[u8]) -> bool {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let rest = |word: &[u8]| word.len().saturating_sub(start);
    let end =
        a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count().min(rest(a)).min(rest(b));
    rest(a).saturating_sub(end) <= 1 && rest(b).saturating_sub(end) <= 1
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_is_one_letter() {
        let edit = |a: &str, b: &str| one_edit(a.as_bytes(), b.as_bytes());
        assert!(edit("ERIKSON", "ERIKSSON") && edit("ERIKSSON", "ERIKSSOM") && edit("AA", "A"));
        assert!(!edit("ERIKSON", "ERICSSON") && !edit("ABCDEF", "ABDCEF"));
    }

    #[test]
    fn a_title_vanishes_unless_it_is_the_name() {
        let reason = |printed: &str, surname: &str, given: &str| {
            Name::printed(printed).unwrap().compare(&Name::in_two(surname, given, false).unwrap())
        };
        assert_eq!(reason("Prof. Dr. Contoh Uji", "CONTOH", "UJI"), Reason::NameExact);
        assert_eq!(reason("NY CONTOH", "NY", "CONTOH"), Reason::NameExact);
        assert_eq!(reason("DR", "DR", ""), Reason::NameExact);
    }
}
